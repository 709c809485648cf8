/**
 * Conversions between formats, to and from fixed-point numbers, and the table-driven estimates.
 * Source: Arm ARM DDI 0487, J1 "Pseudocode shared functions": FPConvert(), FPToFixed(), FixedToFP(), FPRoundInt(), FPRecipEstimate(),
 * FPRSqrtEstimate(), FPRecpX(), RecipEstimate(), RecipSqrtEstimate(), UnsignedRecipEstimate(), UnsignedRSqrtEstimate().
 */
import type { Unary } from "./floatArithmetic.ts";
import {
  defaultNan, FLAG, type FloatControl, type Format, infinity, invalid, isInfinity, isNan, isZero, maxNormal, processNan, round, type Rounding, roundToInteger, unpack, zero,
} from "./floatFormat.ts";
import { ones } from "./bits.ts";

/** From one format to another. Alternative half precision has neither infinities nor NaNs. */
export function convert(control: FloatControl, from: Format, to: Format, x: bigint, rounding = control.rounding): bigint {
  const a = unpack(control, from, x);
  const alternative = to.bits === 16 && control.alternativeHalf;
  if (isNan(a)) {
    if (a.kind === "signalling" || alternative) control.raise(FLAG.invalidOperation);
    if (alternative) return zero(to, a.negative);
    if (control.defaultNan) return defaultNan(to);
    // The top of the fraction is kept.
    const grow = to.fraction - from.fraction;
    const fraction = grow >= 0 ? a.mantissa << BigInt(grow) : a.mantissa >> BigInt(-grow);
    return infinity(to, a.negative) | (1n << BigInt(to.fraction - 1)) | fraction;
  }
  if (isInfinity(a)) {
    if (!alternative) return infinity(to, a.negative);
    control.raise(FLAG.invalidOperation);
    return zero(to, a.negative) | ones(15);
  }
  if (isZero(a)) return zero(to, a.negative);
  return round(control, to, a.negative, a.mantissa, a.exponent, rounding);
}

/** To a number of `width` bits, of which `fractionBits` are after the point. */
export function toFixed(control: FloatControl, format: Format, x: bigint, width: number, isSigned: boolean, rounding: Rounding, fractionBits = 0): bigint {
  const a = unpack(control, format, x);
  if (isNan(a)) {
    control.raise(FLAG.invalidOperation);
    return 0n;
  }
  const high = isSigned ? ones(width - 1) : ones(width);
  const low = isSigned ? -high - 1n : 0n;
  const { magnitude, exact } = isInfinity(a) ? { magnitude: 1n << 64n, exact: true } : roundToInteger(rounding, a.negative, a.mantissa, a.exponent + fractionBits);
  const value = a.negative ? -magnitude : magnitude;
  const clamped = value > high ? high : value < low ? low : value;
  if (clamped !== value) control.raise(FLAG.invalidOperation);
  else if (!exact) control.raise(FLAG.inexact);
  return BigInt.asUintN(width, clamped);
}
/** From a number of `width` bits, of which `fractionBits` are after the point. */
export function fromFixed(control: FloatControl, format: Format, x: bigint, width: number, isSigned: boolean, fractionBits = 0): bigint {
  const value = isSigned ? BigInt.asIntN(width, x) : BigInt.asUintN(width, x);
  return value === 0n ? zero(format, false) : round(control, format, value < 0n, value < 0n ? -value : value, -fractionBits);
}
/** To an integral number of the same format. `exact`: FRINTX, which raises Inexact. */
export function toIntegral(control: FloatControl, format: Format, x: bigint, rounding: Rounding, exact: boolean): bigint {
  const a = unpack(control, format, x);
  if (isNan(a)) return processNan(control, format, x, a);
  if (isInfinity(a)) return infinity(format, a.negative);
  if (isZero(a)) return zero(format, a.negative);
  const integer = roundToInteger(rounding, a.negative, a.mantissa, a.exponent);
  if (!integer.exact && exact) control.raise(FLAG.inexact);
  return integer.magnitude === 0n ? zero(format, a.negative) : round(control, format, a.negative, integer.magnitude, 0);
}

/** Eight bits of 1 / a, for a of 256 to 511. */
function estimateReciprocal(a: number): number {
  const b = Math.floor(2 ** 19 / (a * 2 + 1));
  return (b + 1) >> 1;
}
/** Eight bits of 1 / sqrt(a), for a of 128 to 511. */
function estimateReciprocalRoot(a: number): number {
  const scaled = a < 256 ? a * 2 + 1 : ((a >> 1) * 2 + 1) * 2;
  let b = 512;
  while (scaled * (b + 1) * (b + 1) < 2 ** 28) b += 1;
  return (b + 1) >> 1;
}
/** URECPE: of a word in [0.5, 1), else all ones. */
export const unsignedReciprocal = (x: bigint): bigint => (x >> 31n === 0n ? ones(32) : BigInt(estimateReciprocal(Number(x >> 23n))) << 23n);
/** URSQRTE: of a word in [0.25, 1), else all ones. */
export const unsignedReciprocalRoot = (x: bigint): bigint => (x >> 30n === 0n ? ones(32) : BigInt(estimateReciprocalRoot(Number(x >> 23n))) << 23n);

const exponentOf = (format: Format, x: bigint): number => Number(BigInt.asUintN(format.exponent, x >> BigInt(format.fraction)));
/** The fraction of a normal or denormal number with its leading one shifted out, and the exponent that belongs to it. */
function normalised(format: Format, x: bigint): { readonly fraction: bigint; readonly exponent: number } {
  let fraction = BigInt.asUintN(format.fraction, x);
  let exponent = exponentOf(format, x);
  if (exponent > 0) return { fraction, exponent };
  for (; fraction >> BigInt(format.fraction - 1) === 0n; exponent -= 1) fraction <<= 1n;
  return { fraction: BigInt.asUintN(format.fraction, fraction << 1n), exponent };
}

export const reciprocalEstimate: Unary = (control, format, x) => {
  const a = unpack(control, format, x);
  const { negative } = a;
  if (isNan(a)) return processNan(control, format, x, a);
  if (isInfinity(a)) return zero(format, negative);
  if (isZero(a)) {
    control.raise(FLAG.divideByZero);
    return infinity(format, negative);
  }
  const { fraction, exponent } = normalised(format, x);
  const top = 2 ** format.exponent - 3;
  // Below 2^-(bias + 1) the reciprocal is too large.
  if (exponent < -1) {
    control.raise(FLAG.overflow | FLAG.inexact);
    const toInfinity = control.rounding === "nearest" || control.rounding === (negative ? "minus" : "plus");
    return toInfinity ? infinity(format, negative) : maxNormal(format, negative);
  }
  const resultExponent = top - exponent;
  if (control.flushToZero && resultExponent <= 0) {
    control.raise(FLAG.underflow);
    return zero(format, negative);
  }
  const estimate = estimateReciprocal(256 + Number(fraction >> BigInt(format.fraction - 8)));
  const bits = BigInt(estimate & 255) << BigInt(format.fraction - 8);
  const implied = bits | (1n << BigInt(format.fraction));
  const magnitude = resultExponent > 0 ? (BigInt(resultExponent) << BigInt(format.fraction)) | bits : implied >> BigInt(1 - resultExponent);
  return zero(format, negative) | magnitude;
};

export const reciprocalRootEstimate: Unary = (control, format, x) => {
  const a = unpack(control, format, x);
  if (isNan(a)) return processNan(control, format, x, a);
  if (isZero(a)) {
    control.raise(FLAG.divideByZero);
    return infinity(format, a.negative);
  }
  if (a.negative) return invalid(control, format);
  if (isInfinity(a)) return zero(format, false);
  const { fraction, exponent } = normalised(format, x);
  const even = (exponent & 1) === 0;
  const scaled = even ? 256 + Number(fraction >> BigInt(format.fraction - 8)) : 128 + Number(fraction >> BigInt(format.fraction - 7));
  const bias3 = 3 * (2 ** (format.exponent - 1) - 1) - 1;
  const resultExponent = Math.floor((bias3 - exponent) / 2);
  return (BigInt(resultExponent) << BigInt(format.fraction)) | (BigInt(estimateReciprocalRoot(scaled) & 255) << BigInt(format.fraction - 8));
};

/** FRECPX: the exponent inverted, the fraction gone. */
export const reciprocalExponent: Unary = (control, format, x) => {
  const a = unpack(control, format, x);
  if (isNan(a)) return processNan(control, format, x, a);
  const exponent = exponentOf(format, x);
  const inverted = exponent === 0 ? ones(format.exponent) - 1n : ones(format.exponent) ^ BigInt(exponent);
  return zero(format, a.negative) | (inverted << BigInt(format.fraction));
};
