/**
 * A tree to a blob of version 17: header, memory reservation block, structure block, strings block. The same tree always
 * gives the same bytes, and they are the bytes that dtc makes of the same source.
 * Source: Devicetree Specification v0.4, chapter 5 "Flattened Devicetree (DTB) Format".
 */
import {
  duplicateName, FDT_BEGIN_NODE, FDT_END, FDT_END_NODE, FDT_LAST_COMP_VERSION, FDT_MAGIC, FDT_PROP, FDT_VERSION,
  HEADER_FIELDS, HEADER_SIZE, type HeaderField, nameFault,
} from "./format.ts";
import { resolvePhandles } from "./phandles.ts";
import type { FdtSource } from "./source.ts";
import type { FdtNode, FdtRange } from "./tree.ts";

/**
 * Builds a blob. What it returns, `parseFdt` reads (within its limits of bytes and nodes).
 *
 * @throws RangeError on what has no form in a blob: a name, two of one name in a node, nodes too deep, a reference to
 * nowhere, a reservation of zeroes or beyond 2^53.
 */
export function buildFdt(source: FdtSource): Uint8Array<ArrayBuffer> {
  const tree = resolvePhandles(source);
  const names = createStrings();
  const struct = createWriter();
  if (tree.root.name !== "") throw new RangeError(`the root's name is ${JSON.stringify(tree.root.name)}, not empty`);
  writeNode(struct, names.add, tree.root, "/");
  struct.u32(FDT_END);

  const rsvmapSize = 16 * (tree.reservations.length + 1);
  const strings = HEADER_SIZE + rsvmapSize + struct.size();
  const header: Record<HeaderField, number> = {
    magic: FDT_MAGIC,
    totalsize: strings + names.out.size(),
    off_dt_struct: HEADER_SIZE + rsvmapSize,
    off_dt_strings: strings,
    off_mem_rsvmap: HEADER_SIZE,
    version: FDT_VERSION,
    last_comp_version: FDT_LAST_COMP_VERSION,
    boot_cpuid_phys: tree.boot_cpuid_phys,
    size_dt_strings: names.out.size(),
    size_dt_struct: struct.size(),
  };
  const out = createWriter();
  for (const field of HEADER_FIELDS) {
    const n = header[field];
    if (n !== n >>> 0) throw new RangeError(`${field}: ${n} does not fit 32 bits`);
    out.u32(n);
  }
  for (const r of tree.reservations) writeReservation(out, r);
  out.bytes(new Uint8Array(16));
  out.bytes(struct.written());
  out.bytes(names.out.written());
  return out.written().slice();
}

function writeReservation(out: Writer, { address, size }: FdtRange): void {
  for (const n of [address, size])
    if (!Number.isSafeInteger(n) || n < 0) throw new RangeError(`reservation: ${n} is no whole number from 0 to 2^53 - 1`);
  if (address === 0 && size === 0) throw new RangeError("reservation: address 0 and size 0 would end the list");
  for (const n of [address, size]) {
    out.u32(Math.floor(n / 2 ** 32));
    out.u32(n);
  }
}

function writeNode(out: Writer, nameoff: (name: string) => number, node: FdtNode, path: string): void {
  const twice = duplicateName(node.properties) ?? duplicateName(node.children);
  if (twice !== undefined) throw new RangeError(`node ${path}: two properties or children named ${twice}`);
  out.u32(FDT_BEGIN_NODE);
  out.text(node.name);
  out.align();
  for (const { name, value } of node.properties) {
    const fault = nameFault("property", name);
    if (fault !== undefined) throw new RangeError(`node ${path}: the name of a property ${fault}`);
    out.u32(FDT_PROP);
    out.u32(value.length);
    out.u32(nameoff(name));
    out.bytes(value);
    out.align();
  }
  for (const c of node.children) {
    const fault = nameFault("node", c.name);
    if (fault !== undefined) throw new RangeError(`node ${path}: the name of a child ${fault}`);
    writeNode(out, nameoff, c, `${path === "/" ? "" : path}/${c.name}`);
  }
  out.u32(FDT_END_NODE);
}

/** The strings block: a name that is the end of an earlier one shares its bytes. */
function createStrings(): { readonly out: Writer; add(name: string): number } {
  const out = createWriter();
  const offsets = new Map<string, number>();
  const add = (name: string): number => {
    const known = offsets.get(name);
    if (known !== undefined) return known;
    const start = out.size();
    out.text(name);
    for (let i = 0; i < name.length; i++) {
      const end = name.slice(i);
      if (!offsets.has(end)) offsets.set(end, start + i);
    }
    return start;
  };
  return { out, add };
}

interface Writer {
  size(): number;
  /** Big-endian, modulo 2^32. */
  u32(n: number): void;
  bytes(b: Uint8Array): void;
  /** ASCII with a NUL after it. */
  text(s: string): void;
  /** Zeroes up to a multiple of 4 bytes. */
  align(): void;
  /** What was written: a view. */
  written(): Uint8Array<ArrayBuffer>;
}

/** Bytes that grow by doubling. */
function createWriter(): Writer {
  let buffer = new Uint8Array(512);
  let view = new DataView(buffer.buffer);
  let size = 0;
  const take = (n: number): number => {
    const at = size;
    size += n;
    if (size > buffer.length) {
      const grown = new Uint8Array(Math.max(size, 2 * buffer.length));
      grown.set(buffer.subarray(0, at));
      buffer = grown;
      view = new DataView(buffer.buffer);
    }
    return at;
  };
  return {
    size: () => size,
    u32: (n) => {
      const at = take(4);
      view.setUint32(at, n);
    },
    bytes: (b) => {
      const at = take(b.length);
      buffer.set(b, at);
    },
    text: (s) => {
      const at = take(s.length + 1);
      for (let i = 0; i < s.length; i++) buffer[at + i] = s.charCodeAt(i);
    },
    align: () => void take((4 - (size % 4)) % 4),
    written: () => buffer.subarray(0, size),
  };
}
