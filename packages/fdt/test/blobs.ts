/** Recorded blobs, and blobs made wrong on purpose. */
import { readFileSync } from "node:fs";
import { offsetOfField, type HeaderField } from "../src/format.ts";
import { type FdtTree, parseFdt } from "../src/index.ts";

export const file = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`../vectors/${name}`, import.meta.url)));
export const viewOf = (b: Uint8Array): DataView => new DataView(b.buffer, b.byteOffset, b.byteLength);
export const field = (blob: Uint8Array, name: HeaderField): number => viewOf(blob).getUint32(offsetOfField(name));

/** A copy with words of 32 bits replaced: a header's field by name, others by offset. */
export function withWords(blob: Uint8Array, words: Partial<Record<HeaderField, number>> | readonly (readonly [number, number])[]): Uint8Array {
  const copy = blob.slice();
  const pairs = Array.isArray(words) ? words : Object.entries(words).map(([name, v]) => [offsetOfField(name as HeaderField), v]);
  for (const [at, v] of pairs) viewOf(copy).setUint32(at, v);
  return copy;
}

/** A blob around a structure block of these words (and text, NUL-terminated and padded) and a strings block. */
export function blobOf(struct: readonly (number | string)[], strings = "a\0bb\0", version = 17): Uint8Array {
  const bytes = struct.flatMap((w) => {
    if (typeof w === "number") return [w >>> 24, (w >>> 16) & 255, (w >>> 8) & 255, w & 255];
    const text = [...new TextEncoder().encode(`${w}\0`)];
    return [...text, ...Array.from({ length: (4 - (text.length % 4)) % 4 }, () => 0)];
  });
  const names = new TextEncoder().encode(strings);
  const out = new Uint8Array(56 + bytes.length + names.length);
  out.set(bytes, 56);
  out.set(names, 56 + bytes.length);
  return withWords(out, {
    magic: 0xd00dfeed, totalsize: out.length, off_dt_struct: 56, off_dt_strings: 56 + bytes.length, off_mem_rsvmap: 40,
    version, last_comp_version: 16, size_dt_strings: names.length, size_dt_struct: bytes.length,
  });
}

export function parsed(blob: Uint8Array): FdtTree {
  const tree = parseFdt(blob);
  if (!tree.ok) throw new Error(tree.why);
  return tree.value;
}
