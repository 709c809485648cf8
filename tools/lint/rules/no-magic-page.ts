// Page sizes come from a granule value, so a numeral that is one is refused.
import type { Context, ESTree, Rule } from "@oxlint/plugins";
import { isAddressName, nameOf } from "../names.ts";
import { hasReason, reasons } from "../reason.ts";

const SIZES = new Set([4096, 16384, 65536]);
const MASKS = new Set([4095, 16383, 65535]);
const SHIFTS = new Set([12, 14, 16]);
const SHIFT_OPERATORS = new Set(["<<", ">>", ">>>", "<<=", ">>=", ">>>="]);

const numberOf = (node: ESTree.Node): number | undefined => {
  if (node.type !== "Literal") return undefined;
  if (typeof node.value === "number") return node.value;
  return typeof node.value === "bigint" ? Number(node.value) : undefined;
};

function isMask(node: ESTree.Node, value: number): boolean {
  const parent = node.parent;
  if (parent?.type === "UnaryExpression") return parent.operator === "~";
  if (parent?.type !== "BinaryExpression" && parent?.type !== "AssignmentExpression") return false;
  if (parent.operator !== "&" && parent.operator !== "&=") return false;
  // 0xffff is also how sixteen-bit fields are cut out: only an address makes it a page mask.
  return value !== 0xffff || isAddressName(nameOf(parent.left === node ? parent.right : parent.left));
}

function folded(node: ESTree.BinaryExpression): number | undefined {
  const left = numberOf(node.left);
  const right = numberOf(node.right);
  if (left === undefined || right === undefined) return undefined;
  return node.operator === "*" ? left * right : node.operator === "**" ? left ** right : undefined;
}

export const noMagicPage: Rule = {
  meta: {
    type: "problem",
    schema: [{ type: "object", properties: { allow: { type: "array", items: { type: "string" } } } }],
    messages: {
      numeral: "{{text}} is a page size, mask or shift: take it from a granule, or say why it is not one with `// MAGIC: reason`.",
    },
  },
  create(context: Context) {
    const { allow = [] } = (context.options[0] ?? {}) as { allow?: string[] };
    if (allow.some((path) => context.filename.replaceAll("\\", "/").includes(path))) return {};
    const comments = reasons(context, "MAGIC");
    const refuse = (node: ESTree.Node) => {
      if (hasReason(context, node, comments)) return;
      context.report({ node, messageId: "numeral", data: { text: context.sourceCode.getText(node) } });
    };
    return {
      Literal(node) {
        const value = numberOf(node);
        if (value !== undefined && (SIZES.has(value) || (MASKS.has(value) && isMask(node, value)))) refuse(node);
      },
      BinaryExpression(node) {
        const value = folded(node);
        const shift = SHIFT_OPERATORS.has(node.operator) ? numberOf(node.right) : undefined;
        if ((value !== undefined && SIZES.has(value)) || (shift !== undefined && SHIFTS.has(shift))) refuse(node);
      },
      AssignmentExpression(node) {
        const shift = SHIFT_OPERATORS.has(node.operator) ? numberOf(node.right) : undefined;
        if (shift !== undefined && SHIFTS.has(shift)) refuse(node);
      },
    };
  },
};
