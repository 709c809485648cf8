/** Registers and descriptors as bit fields, msb:lsb as the Arm ARM prints them, over 64-bit `bigint` values. */
import { ModelBug } from "@granule/units";

export type BitSpecs = Readonly<Record<string, readonly [msb: number, lsb: number]>>;
export type BitValues<F extends BitSpecs> = { readonly [N in keyof F]: number };

export interface BitField {
  readonly name: string;
  readonly msb: number;
  readonly lsb: number;
  /** The field's value, right-aligned. */
  get(x: bigint): number;
  /** `x` with the field replaced. @throws RangeError when the value does not fit. */
  set(x: bigint, value: number): bigint;
}

export interface Register<F extends BitSpecs> {
  readonly name: string;
  readonly fields: { readonly [N in keyof F]: BitField };
  decode(x: bigint): BitValues<F>;
  /** Absent fields are 0. @throws RangeError when a value does not fit its field. */
  encode(values: Partial<BitValues<F>>): bigint;
}

/**
 * Declares a 64-bit register. Throws {@link ModelBug} at load time when fields overlap, leave bits 63:0 or are
 * wider than 52 bits (such a field is not a number).
 *
 * @example
 * const VTCR_EL2 = reg("VTCR_EL2", { T0SZ: [5, 0], SL0: [7, 6], TG0: [15, 14], PS: [18, 16] });
 * VTCR_EL2.fields.TG0.get(0x4000n); // 1
 */
export function reg<const F extends BitSpecs>(name: string, specs: F): Register<F> {
  let used = 0n;
  const list: BitField[] = Object.entries(specs).map(([field, [msb, lsb]]) => {
    const width = msb - lsb + 1;
    if (lsb < 0 || msb > 63 || width < 1 || width > 52) throw new ModelBug(`${name}.${field}: [${msb}:${lsb}] is no field`);
    const limit = 2 ** width;
    const shift = BigInt(lsb);
    const mask = (1n << BigInt(width)) - 1n;
    if ((used & (mask << shift)) !== 0n) throw new ModelBug(`${name}.${field}: [${msb}:${lsb}] overlaps another field`);
    used |= mask << shift;
    return {
      name: field, msb, lsb,
      get: (x) => Number((x >> shift) & mask),
      set: (x, value) => {
        if (!Number.isInteger(value) || value < 0 || value >= limit) throw new RangeError(`${name}.${field}: ${value} does not fit ${width} bits`);
        return (x & ~(mask << shift)) | (BigInt(value) << shift);
      },
    };
  });
  const fields = Object.fromEntries(list.map((f) => [f.name, f]));
  const decode = (x: bigint): Record<string, number> => Object.fromEntries(list.map((f) => [f.name, f.get(x)]));
  const encode = (values: Readonly<Record<string, number | undefined>>): bigint =>
    list.reduce((x, f) => f.set(x, values[f.name] ?? 0), 0n);
  // BRAND: built from the same table that the type is computed from.
  return Object.freeze({ name, fields, decode, encode }) as unknown as Register<F>;
}
