// A type assertion switches off the checks that opaque types exist for.
import type { Context, ESTree, Rule } from "@oxlint/plugins";
import { hasReason, reasons } from "../reason.ts";

export const noAsOutsideUnits: Rule = {
  meta: {
    type: "problem",
    schema: [{ type: "object", properties: { allow: { type: "array", items: { type: "string" } } } }],
    messages: {
      outside: "No type assertions here: use a constructor of @granule/units, a narrowing, or `satisfies`.",
      reason: "A type assertion needs a `// BRAND: reason` comment.",
    },
  },
  create(context: Context) {
    const { allow = [] } = (context.options[0] ?? {}) as { allow?: string[] };
    const inside = allow.some((path) => context.filename.replaceAll("\\", "/").includes(path));
    const comments = reasons(context, "BRAND");
    const check = (node: ESTree.TSAsExpression | ESTree.TSTypeAssertion) => {
      if (context.sourceCode.getText(node.typeAnnotation) === "const") return;
      if (!inside) context.report({ node, messageId: "outside" });
      else if (!hasReason(context, node, comments)) context.report({ node, messageId: "reason" });
    };
    return { TSAsExpression: check, TSTypeAssertion: check };
  },
};
