/** Half-open byte ranges, and ABI v2's EXTENT (an aligned power-of-two range in one 64-bit word). */
import { fail, ok, type Result } from "./result.ts";
import { type Address, add, ADDRESS_LIMIT, type Bytes, type Ipa, isAligned, type Space, toNumber } from "./space.ts";

/** `[start, start + size)`, in bytes. */
export interface Range<S extends Space> {
  readonly start: Address<S>;
  readonly size: Bytes;
}

export const range = <S extends Space>(start: Address<S>, size: Bytes): Range<S> => ({ start, size });
/** First byte after the range. */
export const endOf = <S extends Space>(r: Range<S>): Address<S> => add(r.start, r.size);
export const contains = <S extends Space>(r: Range<S>, a: Address<NoInfer<S>>): boolean =>
  toNumber(a) >= toNumber(r.start) && toNumber(a) - toNumber(r.start) < r.size;
/** True when `inner` lies wholly in `outer`; an empty range does when its start does or touches the end. */
export const covers = <S extends Space>(outer: Range<S>, inner: Range<NoInfer<S>>): boolean =>
  toNumber(inner.start) >= toNumber(outer.start) && toNumber(inner.start) + inner.size <= toNumber(outer.start) + outer.size;
export const overlaps = <S extends Space>(a: Range<S>, b: Range<NoInfer<S>>): boolean =>
  toNumber(a.start) < toNumber(b.start) + b.size && toNumber(b.start) < toNumber(a.start) + a.size;

/** `a` cut at multiples of `unit` bytes: each piece lies in one unit. Order is ascending. */
export function* pieces<S extends Space>(r: Range<S>, unit: Bytes): Generator<Range<S>, void, void> {
  let at = toNumber(r.start);
  const end = at + r.size;
  while (at < end) {
    const next = Math.min(end, at - (at % unit) + unit);
    // an address in the same space, moved by whole bytes
    yield { start: add(r.start, at - toNumber(r.start)), size: next - at };
    at = next;
  }
}

/** Why a guest's `(address, size)` is no range: it wraps, or ends above `limit` (bytes, exclusive). */
export function rangeIn<S extends Space>(start: Address<S>, size: Bytes, limit: Bytes): Result<Range<S>, "EINVAL"> {
  const end = toNumber(start) + size;
  if (end > limit || end > ADDRESS_LIMIT)
    return fail("EINVAL", `range 0x${toNumber(start).toString(16)}+0x${size.toString(16)} ends above the limit 0x${limit.toString(16)}`);
  return ok({ start, size });
}

/** ABI v2 EXTENT: address | log2(size) in bits 0..5; 12 <= log2(size) <= 47; bits 6..11 zero; address aligned to size. */
export const EXTENT_MIN_LOG2 = 12;
export const EXTENT_MAX_LOG2 = 47;

/** The range as an EXTENT word; EINVAL when it is no aligned power of two of at least A = 4096 bytes. */
export function encodeExtent(r: Range<"ipa">): Result<bigint, "EINVAL"> {
  const n = Math.round(Math.log2(r.size));
  if (2 ** n !== r.size || n < EXTENT_MIN_LOG2 || n > EXTENT_MAX_LOG2)
    return fail("EINVAL", `extent size ${r.size} bytes is not a power of two in [2^12, 2^47]`);
  if (toNumber(r.start) % r.size !== 0)
    return fail("EINVAL", `extent address 0x${toNumber(r.start).toString(16)} is not a multiple of its size 0x${r.size.toString(16)}`);
  return ok(BigInt(toNumber(r.start)) | BigInt(n));
}

/** Built for messages only. */
const wordOf = (hi: number, lo: number): string => `0x${((BigInt(hi) << 32n) | BigInt(lo)).toString(16)}`;

export type ExtentFault = "reserved" | "below-A" | "alignment" | "range";
/**
 * Decodes an EXTENT given as two u32, in the documented order: reserved bits and size field, then alignment to its
 * size, then wrap or end above `limit` (bytes, exclusive). `0` is invalid (`below-A`).
 */
export function decodeExtent(hi: number, lo: number, limit: Bytes): Result<Range<"ipa">, ExtentFault> {
  if ((lo & 0xfc0) !== 0) return fail("reserved", `extent ${wordOf(hi, lo)}: bits 6..11 must be zero`);
  const n = lo & 0x3f;
  if (n < EXTENT_MIN_LOG2 || n > EXTENT_MAX_LOG2)
    return fail("below-A", `extent ${wordOf(hi, lo)}: log2 of the size is ${n}, must be in [12, 47]`);
  const size = 2 ** n;
  const low = lo - (lo & 0xfff);
  // word by word: hi * 2^32 loses bits above 2^53, where the range check refuses the word whatever they are
  if (n <= 32 ? low % size !== 0 : low !== 0 || hi % 2 ** (n - 32) !== 0)
    return fail("alignment", `extent ${wordOf(hi, lo)}: address is not a multiple of its size 0x${size.toString(16)} bytes`);
  const address = hi * 2 ** 32 + low;
  if (address + size > limit || address >= ADDRESS_LIMIT)
    return fail("range", `extent ${wordOf(hi, lo)}: ends above the IPA limit 0x${limit.toString(16)}`);
  // BRAND: checked against the IPA limit above.
  return ok({ start: address as unknown as Ipa, size });
}

/** Splits a range into the fewest EXTENTs, ascending; both ends must be multiples of `unit` bytes. */
export function extentsOf(r: Range<"ipa">, unit: Bytes): Result<readonly Range<"ipa">[], "EINVAL"> {
  if (!isAligned(r.start, unit) || r.size % unit !== 0)
    return fail("EINVAL", `range 0x${toNumber(r.start).toString(16)}+0x${r.size.toString(16)} is not a multiple of ${unit} bytes`);
  const out: Range<"ipa">[] = [];
  let at = toNumber(r.start);
  let left = r.size;
  while (left > 0) {
    let size: number = unit;
    while (size * 2 <= left && at % (size * 2) === 0 && size < 2 ** EXTENT_MAX_LOG2) size *= 2;
    out.push({ start: add(r.start, at - toNumber(r.start)), size });
    at += size;
    left -= size;
  }
  return ok(out);
}
