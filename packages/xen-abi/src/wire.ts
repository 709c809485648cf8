/** Raw fields of a descriptor: where their bytes are in the register file or in one element, and which values fit. */
import { getU53, setU53 } from "@granule/codec";
import type { Dir, Field, Hypercall, Kind } from "./descriptor.ts";

/** A field with its name, its place made plain, and how its bytes are read and written: worked out once a descriptor. */
export interface Slot {
  readonly name: string;
  readonly field: Field<unknown, Dir>;
  readonly inRegs: boolean;
  /** Byte offset in the registers (x_n at 8 n) or in the element. */
  readonly at: number;
  /**
   * The raw value: a bigint for u64 and guest addresses (a kernel's VA is in the upper half) and for other 64-bit
   * fields from 2^53 up, else a number. Registers are truncated to the field's width, as Xen does.
   */
  readonly read: (regs: DataView, element: DataView) => number | bigint;
  /** Writes a value; a register whole. */
  readonly write: (regs: DataView, element: DataView, value: number | bigint) => void;
  /** Smallest value that fits, and the first that is too large. */
  readonly min: number;
  readonly limit: number;
}

const BYTES: Readonly<Partial<Record<Kind, 1 | 2 | 4>>> = { u8: 1, u16: 2, i16: 2, domid: 2, u32: 4, i32: 4, vcpu: 4, one: 4 };
/** Bytes that a field takes in a structure. */
export const sizeOf = (f: Field<unknown, Dir>): 1 | 2 | 4 | 8 => (f.kind === "zero" && (f.align === 2 || f.align === 4) ? f.align : (BYTES[f.kind] ?? 8));

type Read = (view: DataView, at: number) => number | bigint;
type Write = (view: DataView, at: number, value: number | bigint) => void;
const WIDE = 2 ** 21;
const READ: Readonly<Record<1 | 2 | 4 | 8 | "i16" | "i32" | "big", Read>> = {
  1: (v, at) => v.getUint8(at),
  2: (v, at) => v.getUint16(at, true),
  4: (v, at) => v.getUint32(at, true),
  8: (v, at) => (v.getUint32(at + 4, true) < WIDE ? getU53(v, at) : v.getBigUint64(at, true)),
  i16: (v, at) => v.getInt16(at, true),
  i32: (v, at) => v.getInt32(at, true),
  big: (v, at) => v.getBigUint64(at, true),
};
const WRITE: Readonly<Record<1 | 2 | 4 | 8, Write>> = {
  1: (v, at, x) => v.setUint8(at, Number(x)),
  2: (v, at, x) => v.setUint16(at, Number(x), true),
  4: (v, at, x) => v.setUint32(at, Number(x), true),
  8(v, at, x) {
    if (typeof x === "bigint" || x < 0) v.setBigInt64(at, BigInt.asIntN(64, BigInt(x)), true);
    else setU53(v, at, x);
  },
};
const readerOf = (f: Field<unknown, Dir>): Read => {
  const { kind } = f;
  if (kind === "u64" || kind === "array" || kind === "bytes") return READ.big;
  return kind === "i16" || kind === "i32" ? READ[kind] : READ[sizeOf(f)];
};

function slot(name: string, field: Field<unknown, Dir>): Slot {
  const { place } = field;
  const inRegs = "x" in place;
  const at = "x" in place ? 8 * place.x : place.at;
  const read = readerOf(field);
  const write = inRegs ? WRITE[8] : WRITE[sizeOf(field)];
  const bits = 8 * sizeOf(field);
  const signed = field.kind === "i16" || field.kind === "i32";
  return {
    name, field, inRegs, at, min: signed ? -(2 ** (bits - 1)) : 0, limit: 2 ** (signed ? bits - 1 : bits),
    read: inRegs ? (regs) => read(regs, at) : (_regs, element) => read(element, at),
    write: inRegs ? (regs, _element, value) => write(regs, at, value) : (_regs, element, value) => write(element, at, value),
  };
}
export const slotsOf = (d: Hypercall): readonly Slot[] => Object.entries(d.fields).map(([name, f]) => slot(name, f));

/** The structure has this field through an accessor, not by value. */
export const isAccessor = (s: Slot): boolean => s.field.kind === "array" || s.field.kind === "bytes";

/** True when a guest can send this value in the field. */
export const fits = (s: Slot, value: number | bigint): boolean => (typeof value === "bigint" || Number.isSafeInteger(value)) && value >= s.min && value < s.limit;
