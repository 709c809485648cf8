/**
 * C structures as data: offsets are written, the size is asserted, fields are read through a DataView without
 * allocation. All are little-endian, as the guest ABI of Xen on Arm is (xen/include/public/arch-arm.h).
 */
import { ModelBug } from "@granule/units";

/** Scalar types. `u53` is a 64-bit field read as a number: exact below 2^53, never below 2^53 when the true value is not. */
export type ScalarType = "u8" | "u16" | "u32" | "u64" | "u53" | "i16" | "i32" | "i64";

export type Spec = readonly [offset: number, type: ScalarType] | readonly [offset: number, type: "bytes", length: number];
export type Specs = Readonly<Record<string, Spec>>;

/** The JavaScript value of a field: bigint for u64 and i64, a copy for bytes, else number. */
export type ValueOf<S extends Spec> = S[1] extends "bytes" ? Uint8Array : S[1] extends "u64" | "i64" ? bigint : number;
export type ValuesOf<F extends Specs> = { readonly [N in keyof F]: ValueOf<F[N]> };

export interface FieldCodec<V> {
  readonly name: string;
  /** Bytes from the start of the structure. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
  readonly type: ScalarType | "bytes";
  /** `base`: byte offset of the structure in the view. */
  get(view: DataView, base: number): V;
  set(view: DataView, base: number, value: V): void;
}

export interface Struct<F extends Specs> {
  readonly name: string;
  /** Bytes, padding included. */
  readonly size: number;
  readonly fields: { readonly [N in keyof F]: FieldCodec<ValueOf<F[N]>> };
  read(view: DataView, base?: number): ValuesOf<F>;
  /** Zeroes the structure, then writes the given fields: padding and absent fields are 0. */
  write(view: DataView, values: Partial<ValuesOf<F>>, base?: number): void;
  /** A new buffer of `size` bytes with the given fields. */
  encode(values: Partial<ValuesOf<F>>): Uint8Array;
}

const SIZES: Readonly<Record<ScalarType, number>> = { u8: 1, u16: 2, u32: 4, u64: 8, u53: 8, i16: 2, i32: 4, i64: 8 };

type Access = { get: (v: DataView, at: number) => number | bigint; set: (v: DataView, at: number, x: never) => void };
const ACCESS: Readonly<Record<ScalarType, Access>> = {
  u8: { get: (v, at) => v.getUint8(at), set: (v, at, x: number) => v.setUint8(at, x) },
  u16: { get: (v, at) => v.getUint16(at, true), set: (v, at, x: number) => v.setUint16(at, x, true) },
  u32: { get: (v, at) => v.getUint32(at, true), set: (v, at, x: number) => v.setUint32(at, x, true) },
  u64: { get: (v, at) => v.getBigUint64(at, true), set: (v, at, x: bigint) => v.setBigUint64(at, x, true) },
  u53: { get: (v, at) => getU53(v, at), set: (v, at, x: number) => setU53(v, at, x) },
  i16: { get: (v, at) => v.getInt16(at, true), set: (v, at, x: number) => v.setInt16(at, x, true) },
  i32: { get: (v, at) => v.getInt32(at, true), set: (v, at, x: number) => v.setInt32(at, x, true) },
  i64: { get: (v, at) => v.getBigInt64(at, true), set: (v, at, x: bigint) => v.setBigInt64(at, x, true) },
};

/** A little-endian u64 as a number: exact below 2^53; at or above 2^53 rounded, but never below 2^53. */
export const getU53 = (v: DataView, at: number): number => v.getUint32(at + 4, true) * 2 ** 32 + v.getUint32(at, true);
/** Writes a whole number in [0, 2^53] as a little-endian u64. */
export function setU53(v: DataView, at: number, x: number): void {
  v.setUint32(at, x >>> 0, true);
  v.setUint32(at + 4, Math.floor(x / 2 ** 32), true);
}

function fieldCodec(name: string, spec: Spec): FieldCodec<unknown> {
  const [offset, type] = spec;
  if (spec[1] === "bytes") {
    const size = spec[2];
    return {
      name, offset, size, type,
      get: (v, base) => new Uint8Array(v.buffer, v.byteOffset + base + offset, size).slice(),
      // BRAND: the table says this field is bytes.
      set: (v, base, x) => {
        const bytes = x as Uint8Array;
        if (bytes.length > size) throw new RangeError(`${name}: ${bytes.length} bytes do not fit ${size}`);
        new Uint8Array(v.buffer, v.byteOffset + base + offset, size).fill(0).set(bytes);
      },
    };
  }
  const access = ACCESS[spec[1]];
  return {
    name, offset, type, size: SIZES[spec[1]],
    get: (v, base) => access.get(v, base + offset),
    // BRAND: the table says this field is a scalar of `type`.
    set: (v, base, x) => access.set(v, base + offset, x as never),
  };
}

/**
 * Declares a structure. Throws {@link ModelBug} at load time when fields overlap, leave the size, or are not
 * naturally aligned (`packed` allows that).
 *
 * @example
 * const GrantEntryV1 = struct("grant_entry_v1", 8, { flags: [0, "u16"], domid: [2, "u16"], frame: [4, "u32"] });
 * GrantEntryV1.fields.frame.get(view, 8 * 3); // third entry, no allocation
 */
export function struct<const F extends Specs>(name: string, size: number, specs: F, options: { readonly packed?: boolean } = {}): Struct<F> {
  const list = Object.entries(specs).map(([field, spec]) => fieldCodec(field, spec));
  let end = 0;
  for (const f of [...list].sort((a, b) => a.offset - b.offset)) {
    if (f.offset < end) throw new ModelBug(`struct ${name}: ${f.name} at ${f.offset} overlaps the field before it`);
    end = f.offset + f.size;
    if (end > size) throw new ModelBug(`struct ${name}: ${f.name} ends at ${end}, the size is ${size} bytes`);
    if (!options.packed && f.type !== "bytes" && f.offset % f.size !== 0)
      throw new ModelBug(`struct ${name}: ${f.name} at ${f.offset} is not naturally aligned`);
  }
  const fields = Object.fromEntries(list.map((f) => [f.name, f]));
  const read = (view: DataView, base = 0): Record<string, unknown> => {
    const out: Record<string, unknown> = {};
    for (const f of list) out[f.name] = f.get(view, base);
    return out;
  };
  const write = (view: DataView, values: Readonly<Record<string, unknown>>, base = 0): void => {
    new Uint8Array(view.buffer, view.byteOffset + base, size).fill(0);
    for (const f of list) {
      const value = values[f.name];
      if (value !== undefined) f.set(view, base, value);
    }
  };
  const encode = (values: Readonly<Record<string, unknown>>): Uint8Array => {
    const bytes = new Uint8Array(size);
    write(new DataView(bytes.buffer), values);
    return bytes;
  };
  // BRAND: built from the same table that the type is computed from.
  return Object.freeze({ name, size, fields, read, write, encode }) as unknown as Struct<F>;
}

/** One row of a layout, for people and for other languages' checks. */
export interface LayoutRow {
  readonly field: string;
  readonly offset: number;
  readonly size: number;
  readonly type: string;
}

/** The layout in offset order, padding as rows named "(padding)". */
export function layoutOf(s: Struct<Specs>): readonly LayoutRow[] {
  const rows: LayoutRow[] = [];
  let end = 0;
  const pad = (to: number): void => {
    if (to > end) rows.push({ field: "(padding)", offset: end, size: to - end, type: "u8[]" });
  };
  const fields = Object.values(s.fields).sort((a, b) => a.offset - b.offset);
  for (const f of fields) {
    pad(f.offset);
    rows.push({ field: f.name, offset: f.offset, size: f.size, type: f.type });
    end = f.offset + f.size;
  }
  pad(s.size);
  return rows;
}

/** The layout as text, one field a line, like `pahole` prints it. */
export function formatLayout(s: Struct<Specs>): string {
  const rows = layoutOf(s).map((r) => `  ${r.field.padEnd(24)} ${String(r.offset).padStart(5)} ${String(r.size).padStart(5)}  ${r.type}`);
  return [`struct ${s.name} { /* ${s.size} bytes; field, offset, size, type */`, ...rows, "}"].join("\n");
}
