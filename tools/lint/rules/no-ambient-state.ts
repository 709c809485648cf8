// Replay depends on it: libraries read no clock, draw no random number and print nothing.
import type { Context, ESTree, Rule } from "@oxlint/plugins";

const OBJECTS = new Set(["console", "performance", "process"]);

export const noAmbientState: Rule = {
  meta: {
    type: "problem",
    messages: { ambient: "{{what}} makes a run unrepeatable or talks past the caller: take it as an argument." },
  },
  create(context: Context) {
    const refuse = (node: ESTree.Node) =>
      context.report({ node, messageId: "ambient", data: { what: context.sourceCode.getText(node) } });
    return {
      MemberExpression(node) {
        if (node.object.type !== "Identifier" || node.computed || !("name" in node.property)) return;
        const { name } = node.object;
        if (OBJECTS.has(name) || `${name}.${node.property.name}` === "Date.now" || `${name}.${node.property.name}` === "Math.random")
          refuse(node);
      },
      NewExpression(node) {
        if (node.callee.type === "Identifier" && node.callee.name === "Date" && node.arguments.length === 0) refuse(node);
      },
    };
  },
};
