// Names that hold an address or a frame number, by the project's naming habit.
import type { ESTree } from "@oxlint/plugins";

const WORDS = new Set(["addr", "address", "ipa", "pa", "va", "gfn", "mfn", "frame", "start"]);
const QUESTIONS = new Set(["is", "has", "can", "should", "was", "needs", "at", "on"]);

/** The name that a variable or member access ends in, if it is one. */
export function nameOf(node: ESTree.Node | null | undefined): string | undefined {
  if (!node) return undefined;
  if (node.type === "Identifier") return node.name;
  if (node.type === "ChainExpression" || node.type === "TSNonNullExpression" || node.type === "ParenthesizedExpression")
    return nameOf(node.expression);
  if (node.type !== "MemberExpression" || node.computed) return undefined;
  return "name" in node.property ? node.property.name : undefined;
}

/** True when the last word of a camelCase or UPPER_CASE name is one of the address words. */
export function isAddressName(name: string | undefined): boolean {
  if (!name) return false;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(/[\s_$#]+/)
    .filter(Boolean)
    .map((word) => word.toLowerCase().replace(/\d+k?$/, ""));
  return WORDS.has(words.at(-1) ?? "") && !(words.length > 1 && QUESTIONS.has(words[0] ?? ""));
}
