/**
 * A tree as source text, in the form in which dtc prints a blob. A blob has no types, so they are guessed as dtc guesses
 * them: text where all is printable, else cells, else bytes. Compiling the text gives the same tree.
 * Source: Devicetree Specification v0.4, chapter 6 "Devicetree Source (DTS) Format (version 1)".
 */
import type { FdtNode, FdtTree } from "./tree.ts";

/** Source text of the tree; the same tree always gives the same text. */
export function formatDts(tree: FdtTree): string {
  const lines = ["/dts-v1/;", ""];
  for (const { address, size } of tree.reservations) lines.push(`/memreserve/\t${hex64(address)} ${hex64(size)};`);
  formatNode(lines, tree.root, "/", "");
  return `${lines.join("\n")}\n`;
}

const hex64 = (n: number): string => `0x${n.toString(16).padStart(16, "0")}`;
const hexByte = (n: number): string => n.toString(16).padStart(2, "0");

function formatNode(lines: string[], node: FdtNode, name: string, indent: string): void {
  lines.push(`${indent}${name} {`);
  for (const p of node.properties) lines.push(`${indent}\t${p.name}${p.value.length === 0 ? "" : ` = ${formatValue(p.value)}`};`);
  for (const c of node.children) {
    lines.push("");
    formatNode(lines, c, c.name, `${indent}\t`);
  }
  lines.push(`${indent}};`);
}

function formatValue(value: Uint8Array): string {
  if (looksLikeText(value)) return formatStrings(value);
  if (value.length % 4 !== 0) return `[${Array.from(value, hexByte).join(" ")}]`;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const cells: string[] = [];
  for (let at = 0; at < value.length; at += 4) cells.push(`0x${hexByte(view.getUint32(at))}`);
  return `<${cells.join(" ")}>`;
}

const ESCAPES: Readonly<Record<number, string>> = {
  7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 0x22: '\\"', 0x5c: "\\\\",
};

/** Printable, ends with a NUL, and is not for the greater part NULs. */
function looksLikeText(value: Uint8Array): boolean {
  let nuls = 0;
  for (const b of value) {
    if (b === 0) nuls++;
    else if ((b < 0x20 && ESCAPES[b] === undefined) || b > 0x7e) return false;
  }
  return value.at(-1) === 0 && nuls <= value.length - nuls;
}

function formatStrings(value: Uint8Array): string {
  let out = '"';
  for (const b of value.subarray(0, -1)) out += b === 0 ? '", "' : (ESCAPES[b] ?? String.fromCharCode(b));
  return `${out}"`;
}
