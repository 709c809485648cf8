/**
 * Trees that somebody writes: nodes and properties, and references to nodes by path, whose phandles are allocated when
 * the tree is built.
 * Source: Devicetree Specification v0.4, section 2.2.4 "Properties", 2.3.3 "phandle".
 */
import type { FdtNode, FdtProperty, FdtRange, FdtTree } from "./tree.ts";

/** Stands for the phandle of the node at a full path. */
export interface PhandleOf {
  readonly phandleOf: string;
}
/** 32 bits of a property. */
export type Cell = number | PhandleOf;
/** A property with references in it. */
export interface CellsSource {
  readonly name: string;
  readonly cells: readonly Cell[];
}
export type PropertySource = FdtProperty | CellsSource;
/** A node with references in it or below. */
export interface NodeSource {
  readonly name: string;
  readonly properties: readonly PropertySource[];
  readonly children: readonly NodeSource[];
}
/** What can be built: every {@link FdtTree}, and what is still to be given phandles. */
export interface FdtSource {
  readonly root: NodeSource;
  readonly reservations?: readonly FdtRange[];
  readonly boot_cpuid_phys?: number;
}

/** The phandle of the node at `path`, which is full and exact, as in `"/intc@8000000"`. */
export const phandleOf = (path: string): PhandleOf => ({ phandleOf: path });

/**
 * A node; the root's name is empty.
 *
 * @example
 * node("memory@40000000", [prop.string("device_type", "memory"), prop.reg(2, 2, [{ address: gib(1), size: mib(64) }])]);
 */
export function node(name: string, properties?: readonly FdtProperty[], children?: readonly FdtNode[]): FdtNode;
export function node(name: string, properties?: readonly PropertySource[], children?: readonly NodeSource[]): NodeSource;
export function node(name: string, properties: readonly PropertySource[] = [], children: readonly NodeSource[] = []): NodeSource {
  return { name, properties, children };
}

const utf8 = new TextEncoder();
const refuse = (name: string, why: string): RangeError => new RangeError(`property ${name}: ${why}`);

/** Writes `value` as `count` big-endian cells at byte `at`. */
function setWide(view: DataView, at: number, count: number, value: number | bigint, name: string): void {
  if (value < 0 || (typeof value === "number" ? !Number.isSafeInteger(value) : false)) throw refuse(name, `${value} is no whole number from 0 to 2^53 - 1`);
  if (count < 2 && value >= 2 ** (32 * count)) throw refuse(name, `${value} does not fit ${32 * count} bits`);
  let left = BigInt(value);
  for (let i = count - 1; i >= 0; i--, left >>= 32n) view.setUint32(at + 4 * i, Number(left & 0xffffffffn));
  if (left !== 0n) throw refuse(name, `${value} does not fit ${32 * count} bits`);
}

/** A property of numbers of `count` cells each. */
function wide(name: string, count: number, values: readonly (number | bigint)[]): FdtProperty {
  const view = new DataView(new ArrayBuffer(4 * count * values.length));
  for (const [i, v] of values.entries()) setWide(view, 4 * count * i, count, v, name);
  return { name, value: new Uint8Array(view.buffer) };
}

const isNumber = (cell: Cell): cell is number => typeof cell === "number";
function cells(name: string, list: readonly number[]): FdtProperty;
function cells(name: string, list: readonly Cell[]): PropertySource;
function cells(name: string, list: readonly Cell[]): PropertySource {
  return list.every(isNumber) ? wide(name, 1, list) : { name, cells: list };
}

function strings(name: string, list: readonly string[]): FdtProperty {
  for (const s of list) if (s.includes("\0")) throw refuse(name, `${JSON.stringify(s)} has a NUL in it`);
  return { name, value: utf8.encode(list.map((s) => `${s}\0`).join("")) };
}

function reg(addressCells: number, sizeCells: number, ranges: readonly FdtRange[], name = "reg"): FdtProperty {
  const entry = 4 * (addressCells + sizeCells);
  const view = new DataView(new ArrayBuffer(entry * ranges.length));
  for (const [i, { address, size }] of ranges.entries()) {
    setWide(view, entry * i, addressCells, address, name);
    setWide(view, entry * i + 4 * addressCells, sizeCells, size, name);
  }
  return { name, value: new Uint8Array(view.buffer) };
}

/** Builders of properties. @throws RangeError on a value that does not fit. */
export const prop = {
  /** A property that says something by being there. */
  empty: (name: string): FdtProperty => ({ name, value: new Uint8Array(0) }),
  /** A copy of the bytes. */
  bytes: (name: string, value: Uint8Array | readonly number[]): FdtProperty => ({ name, value: Uint8Array.from(value) }),
  u32: (name: string, value: number): FdtProperty => wide(name, 1, [value]),
  /** Two cells; a bigint for what is not below 2^53. */
  u64: (name: string, value: number | bigint): FdtProperty => wide(name, 2, [value]),
  /** 32-bit cells, of which any may be {@link phandleOf} a node. */
  cells,
  string: (name: string, value: string): FdtProperty => strings(name, [value]),
  strings,
  /** Addresses and sizes in bytes, by the parent's #address-cells and #size-cells; `name` for other properties of the form. */
  reg,
} as const;

/** True when the property has its bytes, and no references. */
export const isNumeric = (p: PropertySource): p is FdtProperty => "value" in p;
/** The bytes of cells, by the phandles of `of`. @throws RangeError on a value that does not fit. */
export const encodeCells = (p: CellsSource, of: (path: string) => number): FdtProperty =>
  wide(p.name, 1, p.cells.map((c) => (isNumber(c) ? c : of(c.phandleOf))));
/** The rest of a document, with what was left out. */
export const complete = (source: FdtSource, root: FdtNode): FdtTree => ({
  root, reservations: source.reservations ?? [], boot_cpuid_phys: source.boot_cpuid_phys ?? 0,
});
