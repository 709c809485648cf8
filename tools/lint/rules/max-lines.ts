// A file is one idea; tables may be long.
import type { Context, Rule } from "@oxlint/plugins";

export const maxLines: Rule = {
  meta: {
    type: "suggestion",
    schema: [{ type: "object", properties: { max: { type: "integer" } } }],
    messages: {
      long: "{{lines}} lines, at most {{max}}: split the file, or mark a table with `// TABLE: what` in its header.",
    },
  },
  create(context: Context) {
    const { max = 400 } = (context.options[0] ?? {}) as { max?: number };
    return {
      Program(node) {
        const lines = context.sourceCode.text.replace(/\n+$/, "").split("\n").length;
        const first = node.body[0]?.start ?? Number.POSITIVE_INFINITY;
        const comments = context.sourceCode.getAllComments().filter((comment) => comment.start < first);
        if (lines <= max || comments.some((comment) => /^[\s*]*TABLE:/m.test(comment.value))) return;
        context.report({ loc: { line: 1, column: 0 }, messageId: "long", data: { lines: `${lines}`, max: `${max}` } });
      },
    };
  },
};
