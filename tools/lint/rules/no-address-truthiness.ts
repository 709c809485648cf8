// Address 0 and frame 0 are valid, and falsy.
import type { Context, ESTree, Rule } from "@oxlint/plugins";
import { isAddressName, nameOf } from "../names.ts";

type Tested =
  | ESTree.IfStatement
  | ESTree.ConditionalExpression
  | ESTree.WhileStatement
  | ESTree.DoWhileStatement
  | ESTree.ForStatement;

export const noAddressTruthiness: Rule = {
  meta: {
    type: "problem",
    messages: { truthy: "{{name}} may be 0, which is falsy: compare with undefined." },
  },
  create(context: Context) {
    const check = (node: ESTree.Node | null | undefined): void => {
      if (!node) return;
      // The negation and the left of || and && are checked where they are met.
      if (node.type === "LogicalExpression" && node.operator !== "??") return check(node.right);
      if (node.type === "ParenthesizedExpression") return check(node.expression);
      const name = nameOf(node);
      if (name && isAddressName(name)) context.report({ node, messageId: "truthy", data: { name } });
    };
    const test = (node: Tested) => check(node.test);
    return {
      IfStatement: test,
      ConditionalExpression: test,
      WhileStatement: test,
      DoWhileStatement: test,
      ForStatement: test,
      UnaryExpression: (node) => {
        if (node.operator === "!") check(node.argument);
      },
      LogicalExpression: (node) => {
        if (node.operator !== "??") check(node.left);
      },
      AssignmentExpression: (node) => {
        if (node.operator === "||=" || node.operator === "&&=") check(node.left);
      },
      CallExpression: (node) => {
        if (nameOf(node.callee) === "Boolean") check(node.arguments[0]);
      },
    };
  },
};
