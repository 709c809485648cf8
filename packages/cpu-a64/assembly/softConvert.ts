/**
 * Conversions between formats, to and from integers and fixed-point numbers, and the table-driven estimates.
 * Source: Arm ARM DDI 0487, J1 "Pseudocode shared functions": FPConvert(), FPToFixed(), FixedToFP(), FPRoundInt(), FPRecipEstimate(),
 * FPRSqrtEstimate(), FPRecpX(), RecipEstimate(), RecipSqrtEstimate().
 */
import {
  AHP, biasOf, cut, defaultNan, DN, DZC, exponentBits, exponentOfLast, flushed, fractionBits, fractionOf, FZ, INEXACT, infinityBits, invalid, IOC, isInfinity, isNan, isNegative,
  isZero, IXC, MINUS, MODE, NEAREST, OFC, PLUS, processNan, quietBit, raiseFlag, roundPack, signBit, signed, UFC,
} from "./softFloat";

export function convertFloat(from: u32, to: u32, x: u64, mode: u32): u64 {
  const a = flushed(from, x);
  const negative = isNegative(from, a);
  const alternative = to == 1 && AHP;
  const alternativeSource = from == 1 && AHP;
  if (!alternativeSource && isNan(from, a)) {
    if (alternative || (a & quietBit(from)) == 0) raiseFlag(IOC);
    if (alternative) return signed(to, negative, 0);
    if (DN) return defaultNan(to);
    const fraction = a & ((<u64>1 << fractionBits(from)) - 1);
    const grow = <i32>fractionBits(to) - <i32>fractionBits(from);
    return signed(to, negative, infinityBits(to) | quietBit(to) | (grow >= 0 ? fraction << grow : fraction >> -grow));
  }
  if (!alternativeSource && isInfinity(from, a)) {
    if (!alternative) return signed(to, negative, infinityBits(to));
    raiseFlag(IOC);
    return signed(to, negative, signBit(1) - 1);
  }
  if (isZero(from, a)) return signed(to, negative, 0);
  const fraction = fractionOf(from, a);
  return roundPack(to, negative, exponentOfLast(), fraction, mode);
}

/** To an integer of `width` bits, the lowest `point` of them after the point. */
export function toFixed(size: u32, x: u64, width: u32, isSigned: bool, mode: u32, point: i32): u64 {
  const a = flushed(size, x);
  if (isNan(size, a)) {
    raiseFlag(IOC);
    return 0;
  }
  if (isZero(size, a)) return 0;
  const negative = isNegative(size, a);
  const all: u64 = <u64>-1 >> (64 - <u64>width);
  const limit: u64 = isSigned ? (all >> 1) + <u64>negative : negative ? 0 : all;
  const fraction = fractionOf(size, a);
  const exponent = exponentOfLast() + point;
  let magnitude: u64 = 0;
  let inexact = false;
  const over = isInfinity(size, a) || exponent > 63;
  if (!over) {
    magnitude = cut(fraction, 63 - exponent, negative, mode);
    inexact = INEXACT;
  }
  if (over || magnitude > limit) {
    raiseFlag(IOC);
    magnitude = limit;
  } else if (inexact) raiseFlag(IXC);
  return (negative ? 0 - magnitude : magnitude) & all;
}
/** From an integer of `width` bits, the lowest `point` of them after the point. */
export function fromFixed(size: u32, x: u64, width: u32, isSigned: bool, point: i32): u64 {
  const unused: u64 = 64 - <u64>width;
  const value: u64 = isSigned ? <u64>(<i64>(x << unused) >> unused) : (x << unused) >> unused;
  if (value == 0) return 0;
  const negative = isSigned && <i64>value < 0;
  const magnitude = negative ? 0 - value : value;
  const zeros = <i32>clz<u64>(magnitude);
  return roundPack(size, negative, 63 - zeros - point, magnitude << zeros, MODE);
}
/** To an integral number; `exact`: FRINTX, which raises Inexact. */
export function toIntegral(size: u32, x: u64, mode: u32, exact: bool): u64 {
  const a = flushed(size, x);
  if (isNan(size, a)) return processNan(size, a);
  if (isInfinity(size, a) || isZero(size, a)) return a;
  const fraction = fractionOf(size, a);
  if (exponentOfLast() >= <i32>fractionBits(size)) return a;
  const negative = isNegative(size, a);
  const magnitude = cut(fraction, 63 - exponentOfLast(), negative, mode);
  if (exact && INEXACT) raiseFlag(IXC);
  if (magnitude == 0) return signed(size, negative, 0);
  const zeros = <i32>clz<u64>(magnitude);
  return roundPack(size, negative, 63 - zeros, magnitude << zeros, MODE);
}

/** Eight bits of 1 / a, for a of 256 to 511. */
function estimate(a: u32): u32 { return (524288 / (a * 2 + 1) + 1) >>> 1; }
/** Eight bits of 1 / sqrt(a), for a of 128 to 511. */
function rootEstimate(a: u32): u32 {
  const scaled = a < 256 ? a * 2 + 1 : ((a >>> 1) * 2 + 1) * 2;
  let b: u32 = 512;
  while (scaled * (b + 1) * (b + 1) < 268435456) b++;
  return (b + 1) >>> 1;
}
export function unsignedReciprocal(x: u32): u32 { return x >>> 31 == 0 ? 0xffffffff : estimate(x >>> 23) << 23; }
export function unsignedReciprocalRoot(x: u32): u32 { return x >>> 30 == 0 ? 0xffffffff : rootEstimate(x >>> 23) << 23; }

export function reciprocalEstimate(size: u32, x: u64): u64 {
  const a = flushed(size, x);
  const negative = isNegative(size, a);
  if (isNan(size, a)) return processNan(size, a);
  if (isInfinity(size, a)) return signed(size, negative, 0);
  if (isZero(size, a)) {
    raiseFlag(DZC);
    return signed(size, negative, infinityBits(size));
  }
  const fraction = fractionOf(size, a);
  const exponent = exponentOfLast();
  const bias = biasOf(size);
  if (exponent < -bias - 1) {
    raiseFlag(OFC | IXC);
    const toInfinity = MODE == NEAREST || MODE == (negative ? MINUS : PLUS);
    return signed(size, negative, infinityBits(size) - <u64>!toInfinity);
  }
  // the result's exponent; 0 and below are denormal
  return packEstimate(size, negative, bias - 1 - exponent, estimate(<u32>(fraction >> 55)));
}
function packEstimate(size: u32, negative: bool, biased: i32, bits: u32): u64 {
  const f = fractionBits(size);
  if (FZ && biased <= 0) {
    raiseFlag(UFC);
    return signed(size, negative, 0);
  }
  const fraction = <u64>(bits & 255) << (f - 8);
  if (biased > 0) return signed(size, negative, <u64>biased << f | fraction);
  return signed(size, negative, (fraction | <u64>1 << f) >> <u64>(1 - biased));
}
export function reciprocalRootEstimate(size: u32, x: u64): u64 {
  const a = flushed(size, x);
  if (isNan(size, a)) return processNan(size, a);
  if (isZero(size, a)) {
    raiseFlag(DZC);
    return a | infinityBits(size);
  }
  if (isNegative(size, a)) return invalid(size);
  if (isInfinity(size, a)) return 0;
  const fraction = fractionOf(size, a);
  const bias = biasOf(size);
  const biased = exponentOfLast() + bias;
  const bits = rootEstimate((biased & 1) == 0 ? <u32>(fraction >> 55) : <u32>(fraction >> 56));
  return <u64>((3 * bias - 1 - biased) >> 1) << fractionBits(size) | <u64>(bits & 255) << (fractionBits(size) - 8);
}
export function reciprocalExponent(size: u32, x: u64): u64 {
  const a = flushed(size, x);
  if (isNan(size, a)) return processNan(size, a);
  const full: u64 = (<u64>1 << exponentBits(size)) - 1;
  const biased = (a >> fractionBits(size)) & full;
  return a & signBit(size) | (biased == 0 ? full - 1 : full - biased) << fractionBits(size);
}
