/**
 * Addresses, frames and sizes as opaque types: a quantity carries its address space and its unit.
 * At run time an address is a plain `number`: nothing is allocated and nothing is wrapped.
 * Sources: Arm ARM DDI 0487, D8 "The AArch64 Virtual Memory System Architecture";
 * xen/include/public/xen.h for the 4096-byte frame of ABI v1.
 */
declare const SPACE: unique symbol;
declare const UNIT: unique symbol;

/** `va`: stage 1 input; `ipa`: stage 1 output and stage 2 input (Xen's guest-physical); `pa`: machine. */
export type Space = "va" | "ipa" | "pa";

/** The sizes of a translation granule, in bytes. */
export type GranuleSize = 4096 | 16384 | 65536;

/** A byte address in one space. Arithmetic and comparison go through the functions of this package. */
export interface Address<S extends Space> {
  readonly [SPACE]: S;
  readonly [UNIT]: "byte";
}

/** A frame number in one space: the address divided by `G` bytes. */
export interface Frame<S extends Space, G extends GranuleSize = GranuleSize> {
  readonly [SPACE]: S;
  readonly [UNIT]: G;
}

/**
 * A guest-virtual address. The upper (TTBR1) half is held as a negative number, as the sign extension
 * from bit 55 makes it, so that every translatable address is an exact `number`.
 */
export type Va = Address<"va">;
/** An intermediate physical (guest-physical) address, below 2^52. */
export type Ipa = Address<"ipa">;
/** A machine address, below 2^52. */
export type Pa = Address<"pa">;
/** A guest frame number of ABI v1: always 4096-byte units, whatever the guest's or Xen's granule is. */
export type XenGfn = Frame<"ipa", 4096>;

/** A size in bytes. Soft unit: a plain number may become one, a count of frames may not. */
export type Bytes = number & { readonly [UNIT]?: "byte" };
/** A count of 4096-byte frames (ABI v1's unit of accounting). */
export type XenPages = number & { readonly [UNIT]?: 4096 };
/** A count of frames of some translation granule. */
export type GranuleCount = number & { readonly [UNIT]?: "granule" };

/** Addresses end below this: 2^52, the largest Arm output address. LPA2's wider encodings are out of scope. */
export const ADDRESS_LIMIT = 2 ** 52;

function checked(value: number, what: string): number {
  if (!Number.isSafeInteger(value) || value < 0 || value >= ADDRESS_LIMIT)
    throw new RangeError(`${what} ${value} is not a whole number in [0, 2^52)`);
  return value;
}

/** Bytes as an IPA. @throws RangeError outside [0, 2^52): the caller's own bug; guest values go through {@link ipaFromX}. */
// BRAND: a checked number becomes an address.
export const ipa = (value: number): Ipa => checked(value, "ipa") as unknown as Ipa;
/** Bytes as a machine address. @throws RangeError outside [0, 2^52). */
// BRAND: a checked number becomes an address.
export const pa = (value: number): Pa => checked(value, "pa") as unknown as Pa;
/** Bytes as a guest-virtual address; the TTBR1 half is negative. @throws RangeError outside [-2^52, 2^52). */
export function va(value: number): Va {
  if (!Number.isSafeInteger(value) || value < -ADDRESS_LIMIT || value >= ADDRESS_LIMIT)
    throw new RangeError(`va ${value} is not a whole number in [-2^52, 2^52)`);
  // BRAND: a checked number becomes an address.
  return value as unknown as Va;
}

/** The bytes of an address as a number, for arithmetic that leaves the type on purpose (tables, codecs, printing). */
// BRAND: the one way out of the newtype.
export const toNumber = (a: Address<Space> | Frame<Space>): number => a as unknown as number;

/** Adds bytes. The result is not range-checked: use {@link rangeIn} for what a guest said. */
// BRAND: the sum stays in its space.
export const add = <S extends Space>(a: Address<S>, bytes: Bytes): Address<S> =>
  ((a as unknown as number) + bytes) as unknown as Address<S>;
/** `a - b` in bytes, may be negative. */
export const distance = <S extends Space>(a: Address<S>, b: Address<NoInfer<S>>): Bytes => toNumber(a) - toNumber(b);
/** Negative, zero or positive, for sorting. */
export const compare = distance;
export const isBelow = <S extends Space>(a: Address<S>, b: Address<NoInfer<S>>): boolean => toNumber(a) < toNumber(b);
export const isSame = <S extends Space>(a: Address<S>, b: Address<NoInfer<S>>): boolean => a === b;

/** `value mod unit` for a power of two up to 2^31, exact for addresses beyond 32 bits and below zero. */
const low = (value: number, unit: number): number => (value & (unit - 1)) >>> 0;

/** True when `a` is a multiple of `unit` bytes (a power of two up to 2^31). */
export const isAligned = (a: Address<Space> | Bytes, unit: Bytes): boolean =>
  // BRAND: both are numbers at run time.
  low(a as unknown as number, unit) === 0;
/** Bytes above the multiple of `unit` below `a`; `unit` is a power of two up to 2^31. */
// BRAND: both are numbers at run time.
export const offsetIn = (a: Address<Space> | Bytes, unit: Bytes): Bytes => low(a as unknown as number, unit);
/** The multiple of `unit` at or below `a`. */
export const alignDown = <S extends Space>(a: Address<S>, unit: Bytes): Address<S> => add(a, -offsetIn(a, unit));
/** The multiple of `unit` at or above `a`. */
export const alignUp = <S extends Space>(a: Address<S>, unit: Bytes): Address<S> =>
  add(a, (unit - offsetIn(a, unit)) % unit);
/** `size` rounded up to a multiple of `unit` (any positive number of bytes). */
export const roundUp = (size: Bytes, unit: Bytes): Bytes => Math.ceil(size / unit) * unit;
/** True for 1, 2, 4 ... 2^52. */
export const isPowerOfTwo = (value: number): boolean =>
  Number.isSafeInteger(value) && value > 0 && 2 ** Math.round(Math.log2(value)) === value;

/** The identity between stage 1 off and on: an address that is the same number in the other space. Grep for it. */
// BRAND: the named conversion between spaces.
export const ipaFromPa = (a: Pa): Ipa => a as unknown as Ipa;
/** A flat (identity) stage 1: the VA that equals an IPA. */
// BRAND: the named conversion between spaces.
export const vaFromIpa = (a: Ipa): Va => a as unknown as Va;
/** With stage 1 off a VA is the IPA; the caller has checked that it is not negative. */
// BRAND: the named conversion between spaces.
export const ipaFromVa = (a: Va): Ipa => a as unknown as Ipa;
