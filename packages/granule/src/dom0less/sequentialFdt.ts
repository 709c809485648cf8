/**
 * A device tree as a writer of one pass makes it, which is how Xen makes those of its domains: names of properties are put before
 * those that are there already. `buildFdt` makes the same tree as dtc does.
 * Source: Devicetree Specification v0.4, chapter 5 "Flattened Devicetree (DTB) Format"; the order was observed on Xen 4.17.
 */
import type { FdtNode } from "@granule/fdt";

const TOKEN = { beginNode: 1, endNode: 2, prop: 3, end: 9 } as const;
const MAGIC = 0xd00dfeed;
const VERSION = 17;
const LAST_COMPATIBLE = 16;
const HEADER = 48; // MAGIC: 40 bytes, aligned to a reservation
const RESERVATIONS = 16;

const text = (s: string): Uint8Array => new TextEncoder().encode(`${s}\0`);
const u32 = (n: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, n);
  return bytes;
};
const padding = (length: number): Uint8Array => new Uint8Array((4 - (length % 4)) % 4);
const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const out = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
};

/** The blob. */
export function sequentialFdt(root: FdtNode): Uint8Array {
  /** Names, the newest first; a name may be the end of another that is there before it. */
  let names = "";
  /** Bytes from a name's start to the end of all names. */
  const fromEnd = (name: string): number => {
    if (!names.includes(`${name}\0`)) names = `${name}\0${names}`;
    return names.length - names.indexOf(`${name}\0`);
  };
  const offsets: { readonly at: number; readonly fromEnd: number }[] = [];
  const struct: Uint8Array[] = [];
  const visit = (n: FdtNode): void => {
    const name = text(n.name);
    struct.push(u32(TOKEN.beginNode), name, padding(name.length));
    for (const p of n.properties) {
      struct.push(u32(TOKEN.prop), u32(p.value.length));
      offsets.push({ at: struct.length, fromEnd: fromEnd(p.name) });
      struct.push(u32(0), p.value, padding(p.value.length));
    }
    for (const c of n.children) visit(c);
    struct.push(u32(TOKEN.endNode));
  };
  visit(root);
  struct.push(u32(TOKEN.end));
  for (const offset of offsets) struct[offset.at] = u32(names.length - offset.fromEnd);
  const body = joined(struct);
  const structAt = HEADER + RESERVATIONS;
  const stringsAt = structAt + body.length;
  const fields = [MAGIC, stringsAt + names.length, structAt, stringsAt, HEADER, VERSION, LAST_COMPATIBLE, 0, names.length, body.length];
  return joined([...fields.map(u32), new Uint8Array(HEADER + RESERVATIONS - 4 * fields.length), body, new TextEncoder().encode(names)]);
}
