/**
 * Values of properties. A property is what somebody else wrote: what is absent or has another form is a Result failure
 * that names node, property and what is wrong.
 * Source: Devicetree Specification v0.4, section 2.2.4 "Properties", 2.3.5 "#address-cells and #size-cells", 2.3.6 "reg".
 */
import { fail, ok, type Result } from "@granule/units";
import type { FdtNode, FdtRange } from "./tree.ts";

/** `absent`; `length`: not the number of bytes of this type; `range`: not below 2^53; `string`: not terminated, or not UTF-8. */
export type ReadCode = "absent" | "length" | "range" | "string";

/** Cells (of 32 bits) of an address and of a size in the `reg` of a node's children. */
export interface CellCounts {
  readonly addressCells: number;
  readonly sizeCells: number;
}

const CELL = 4;
const NUMBER_LIMIT = 2 ** 53;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const title = (node: FdtNode, name: string): string => `property ${name} of node ${node.name || "/"}`;
const valueOf = (node: FdtNode, name: string): Uint8Array | undefined => node.properties.find((p) => p.name === name)?.value;
const viewOf = (b: Uint8Array): DataView => new DataView(b.buffer, b.byteOffset, b.byteLength);

const has = (node: FdtNode, name: string): boolean => valueOf(node, name) !== undefined;

function bytes(node: FdtNode, name: string): Result<Uint8Array, "absent"> {
  const value = valueOf(node, name);
  return value === undefined ? fail("absent", `${title(node, name)} is absent`) : ok(value);
}

/** The value, if it has `length` bytes. */
function sized(node: FdtNode, name: string, length: number): Result<DataView, "absent" | "length"> {
  const value = bytes(node, name);
  if (!value.ok) return value;
  if (value.value.length !== length) return fail("length", `${title(node, name)} has ${value.value.length} bytes, not ${length}`);
  return ok(viewOf(value.value));
}

function u32(node: FdtNode, name: string): Result<number, "absent" | "length"> {
  const view = sized(node, name, CELL);
  return view.ok ? ok(view.value.getUint32(0)) : view;
}

function bigU64(node: FdtNode, name: string): Result<bigint, "absent" | "length"> {
  const view = sized(node, name, 2 * CELL);
  return view.ok ? ok(view.value.getBigUint64(0)) : view;
}

function u64(node: FdtNode, name: string): Result<number, ReadCode> {
  const value = bigU64(node, name);
  if (!value.ok) return value;
  const n = Number(value.value);
  return n < NUMBER_LIMIT ? ok(n) : fail("range", `${title(node, name)} is 0x${value.value.toString(16)}: not below 2^53`);
}

function cells(node: FdtNode, name: string, count?: number): Result<readonly number[], "absent" | "length"> {
  const value = bytes(node, name);
  if (!value.ok) return value;
  const { length } = value.value;
  if (count !== undefined ? length !== count * CELL : length % CELL !== 0)
    return fail("length", `${title(node, name)} has ${length} bytes: not ${count ?? "a whole number of"} cells of 4 bytes`);
  const view = viewOf(value.value);
  return ok(Array.from({ length: length / CELL }, (_, i) => view.getUint32(i * CELL)));
}

function strings(node: FdtNode, name: string): Result<readonly string[], "absent" | "string"> {
  const value = bytes(node, name);
  if (!value.ok) return value;
  if (value.value.length === 0) return ok([]);
  if (value.value.at(-1) !== 0) return fail("string", `${title(node, name)} does not end with a NUL`);
  try {
    return ok(utf8.decode(value.value.subarray(0, -1)).split("\0"));
  } catch {
    return fail("string", `${title(node, name)} is not UTF-8`);
  }
}

function string(node: FdtNode, name: string): Result<string, "absent" | "string"> {
  const list = strings(node, name);
  if (!list.ok) return list;
  const [first, ...more] = list.value;
  if (first === undefined || more.length > 0) return fail("string", `${title(node, name)} holds ${list.value.length} strings, not one`);
  return ok(first);
}

/** A big-endian number of `count` cells; at or above 2^53 rounded, but never below 2^53. */
function wide(view: DataView, at: number, count: number): number {
  let n = 0;
  for (let i = 0; i < count; i++) n = n * 2 ** 32 + view.getUint32(at + i * CELL);
  return n;
}

function reg(node: FdtNode, addressCells: number, sizeCells: number, name = "reg"): Result<readonly FdtRange[], ReadCode> {
  const value = bytes(node, name);
  if (!value.ok) return value;
  const entry = (addressCells + sizeCells) * CELL;
  const { length } = value.value;
  // also where an entry has no cells at all: then nothing but nothing is a list of them
  if (entry === 0 ? length !== 0 : length % entry !== 0)
    return fail("length", `${title(node, name)} has ${length} bytes: not whole entries of ${addressCells} + ${sizeCells} cells`);
  const view = viewOf(value.value);
  const out: FdtRange[] = [];
  for (let at = 0; at < length; at += entry) {
    const address = wide(view, at, addressCells);
    const size = wide(view, at + addressCells * CELL, sizeCells);
    if (address >= NUMBER_LIMIT || size >= NUMBER_LIMIT)
      return fail("range", `${title(node, name)}: ${address >= NUMBER_LIMIT ? "address" : "size"} of entry ${out.length} is not below 2^53`);
    out.push({ address, size });
  }
  return ok(out);
}

function cellCounts(node: FdtNode): Result<CellCounts, "length" | "range"> {
  const of = (name: string, otherwise: number): Result<number, "length" | "range"> => {
    if (!has(node, name)) return ok(otherwise);
    const view = sized(node, name, CELL);
    if (!view.ok) return fail("length", view.why);
    const n = view.value.getUint32(0);
    return n <= 4 ? ok(n) : fail("range", `${title(node, name)} is ${n}: more than 4 cells`);
  };
  const addressCells = of("#address-cells", 2);
  if (!addressCells.ok) return addressCells;
  const sizeCells = of("#size-cells", 1);
  return sizeCells.ok ? ok({ addressCells: addressCells.value, sizeCells: sizeCells.value }) : sizeCells;
}

/** Readers of a node's properties. */
export const read = {
  has,
  /** The bytes as they are; a view, not a copy. */
  bytes,
  u32,
  /** A number of two cells, below 2^53. */
  u64,
  /** A number of two cells, whatever it is (a `kaslr-seed`). */
  bigU64,
  /** All cells; with `count`, exactly that many. */
  cells,
  /** The one string. */
  string,
  /** A list of strings, such as `compatible`. */
  strings,
  /** The entries of `reg` (or of another property of its form), by the parent's cell counts. */
  reg,
  /** `#address-cells` and `#size-cells` for a node's children; 2 and 1 where absent, as specified; at most 4. */
  cellCounts,
} as const;
