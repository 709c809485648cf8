/** Raw fields of a descriptor: where their bytes are in the register file or in one element, and which values fit. */
import { getU53, setU53 } from "@granule/codec";
import type { Dir, Field, Hypercall, Kind } from "./descriptor.ts";

/** A field with its name and its place made plain. */
export interface Slot {
  readonly name: string;
  readonly field: Field<unknown, Dir>;
  readonly inRegs: boolean;
  /** Byte offset in the registers (x_n at 8 n) or in the element. */
  readonly at: number;
}

const BYTES: Readonly<Partial<Record<Kind, number>>> = { u8: 1, u16: 2, i16: 2, domid: 2, u32: 4, i32: 4, vcpu: 4, one: 4 };
/** Bytes that a field takes in a structure. */
export const sizeOf = (f: Field<unknown, Dir>): number => (f.kind === "zero" && typeof f.align === "number" ? f.align : (BYTES[f.kind] ?? 8));

export const slotsOf = (d: Hypercall): readonly Slot[] =>
  Object.entries(d.fields).map(([name, field]) => {
    const { place } = field;
    return "x" in place ? { name, field, inRegs: true, at: 8 * place.x } : { name, field, inRegs: false, at: place.at };
  });

/** The structure has this field through an accessor, not by value. */
export const isAccessor = (s: Slot): boolean => s.field.kind === "array" || s.field.kind === "bytes";

/**
 * The raw value: a bigint for u64 and guest addresses (a kernel's VA is in the upper half) and for other 64-bit fields
 * from 2^53 up, else a number. Registers are truncated to the field's width, as Xen does.
 */
export function raw(slot: Slot, regs: DataView, element: DataView): number | bigint {
  const view = slot.inRegs ? regs : element;
  const { at } = slot;
  const { kind } = slot.field;
  if (kind === "u64" || kind === "array" || kind === "bytes") return view.getBigUint64(at, true);
  if (kind === "i16") return view.getInt16(at, true);
  if (kind === "i32") return view.getInt32(at, true);
  switch (sizeOf(slot.field)) {
    case 1: return view.getUint8(at);
    case 2: return view.getUint16(at, true);
    case 4: return view.getUint32(at, true);
    default: return view.getUint32(at + 4, true) < 2 ** 21 ? getU53(view, at) : view.getBigUint64(at, true);
  }
}

/** Why a guest cannot send this value in the field; undefined when it can. */
export function misfit(slot: Slot, value: number | bigint): string | undefined {
  const signed = slot.field.kind === "i16" || slot.field.kind === "i32";
  const bits = 8 * sizeOf(slot.field);
  const limit = 2 ** (signed ? bits - 1 : bits);
  const whole = typeof value === "bigint" || Number.isSafeInteger(value);
  return whole && value >= (signed ? -limit : 0) && value < limit ? undefined : `${value} does not fit ${bits} bits`;
}

/** Writes a value; a register whole. */
export function store(slot: Slot, regs: DataView, element: DataView, value: number | bigint): void {
  const view = slot.inRegs ? regs : element;
  if (slot.inRegs || sizeOf(slot.field) === 8) {
    if (typeof value === "bigint" || value < 0) view.setBigInt64(slot.at, BigInt.asIntN(64, BigInt(value)), true);
    else setU53(view, slot.at, value);
    return;
  }
  const v = Number(value);
  if (sizeOf(slot.field) === 4) view.setUint32(slot.at, v, true);
  else if (sizeOf(slot.field) === 2) view.setUint16(slot.at, v, true);
  else view.setUint8(slot.at, v);
}
