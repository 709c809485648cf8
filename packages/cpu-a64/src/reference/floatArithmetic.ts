/**
 * Floating-point arithmetic and comparison, exact and then rounded once.
 * Source: Arm ARM DDI 0487, J1 "Pseudocode shared functions": FPAdd(), FPMul(), FPMulX(), FPMulAdd(), FPDiv(), FPSqrt(), FPMax(),
 * FPMaxNum(), FPCompare(), FPCompareEQ(), FPRecipStepFused(), FPRSqrtStepFused() and their kin.
 */
import {
  absolute, FLAG, type FloatControl, type Format, infinity, invalid, isInfinity, isNan, isZero, negate, processNan, processNans, round, type Unpacked, unpack, zero,
} from "./floatFormat.ts";

/** Operands and result are bit patterns of `format`. */
export type Unary = (control: FloatControl, format: Format, x: bigint) => bigint;
export type Binary = (control: FloatControl, format: Format, x: bigint, y: bigint) => bigint;

interface Exact {
  readonly value: bigint;
  readonly exponent: number;
}
/** value * 2^exponent with its sign. */
const exact = (x: Unpacked): Exact => ({ value: x.negative ? -x.mantissa : x.mantissa, exponent: x.exponent });
const product = (x: Unpacked, y: Unpacked): Exact => ({ value: exact(x).value * exact(y).value, exponent: x.exponent + y.exponent });
function sum(x: Exact, y: Exact): Exact {
  const exponent = Math.min(x.exponent, y.exponent);
  return { value: (x.value << BigInt(x.exponent - exponent)) + (y.value << BigInt(y.exponent - exponent)), exponent };
}
/** A zero that is a difference is negative only when rounding is towards minus infinity. */
function rounded(control: FloatControl, format: Format, { value, exponent }: Exact, negativeZero = control.rounding === "minus"): bigint {
  if (value === 0n) return zero(format, negativeZero);
  return round(control, format, value < 0n, value < 0n ? -value : value, exponent);
}

function addSubtract(control: FloatControl, format: Format, x: bigint, y: bigint, subtract: boolean): bigint {
  const [a, b] = [unpack(control, format, x), unpack(control, format, y)];
  const nan = processNans(control, format, [[x, a], [y, b]]);
  if (nan !== undefined) return nan;
  const second: Unpacked = { ...b, negative: b.negative !== subtract };
  if (isInfinity(a) && isInfinity(second)) return a.negative === second.negative ? infinity(format, a.negative) : invalid(control, format);
  if (isInfinity(a) || isInfinity(second)) return infinity(format, (isInfinity(a) ? a : second).negative);
  if (isZero(a) && isZero(second) && a.negative === second.negative) return zero(format, a.negative);
  return rounded(control, format, sum(exact(a), exact(second)));
}
export const add: Binary = (control, format, x, y) => addSubtract(control, format, x, y, false);
export const subtract: Binary = (control, format, x, y) => addSubtract(control, format, x, y, true);
export const absoluteDifference: Binary = (control, format, x, y) => absolute(format, subtract(control, format, x, y));

/** 2.0 and its kin, with a sign. */
const small = (format: Format, negative: boolean, value: bigint, exponent: number): bigint =>
  round({ rounding: "nearest", flushToZero: false, defaultNan: false, alternativeHalf: false, raise: () => undefined }, format, negative, value, exponent);

const multiplyWith = (infinityTimesZero: (control: FloatControl, format: Format, negative: boolean) => bigint): Binary => (control, format, x, y) => {
  const [a, b] = [unpack(control, format, x), unpack(control, format, y)];
  const nan = processNans(control, format, [[x, a], [y, b]]);
  if (nan !== undefined) return nan;
  const negative = a.negative !== b.negative;
  if ((isInfinity(a) && isZero(b)) || (isZero(a) && isInfinity(b))) return infinityTimesZero(control, format, negative);
  if (isInfinity(a) || isInfinity(b)) return infinity(format, negative);
  return rounded(control, format, product(a, b), negative);
};
export const multiply = multiplyWith((control, format) => invalid(control, format));
export const multiplyExtended = multiplyWith((_, format, negative) => small(format, negative, 2n, 0));
export const negatedMultiply: Binary = (control, format, x, y) => negate(format, multiply(control, format, x, y));

/** addend + x * y with one rounding. */
export function multiplyAdd(control: FloatControl, format: Format, addend: bigint, x: bigint, y: bigint): bigint {
  const [c, a, b] = [unpack(control, format, addend), unpack(control, format, x), unpack(control, format, y)];
  const noProduct = (isInfinity(a) && isZero(b)) || (isZero(a) && isInfinity(b));
  const nan = processNans(control, format, [[addend, c], [x, a], [y, b]]);
  if (c.kind === "quiet" && noProduct) return invalid(control, format);
  if (nan !== undefined) return nan;
  const negative = a.negative !== b.negative;
  const infinite = isInfinity(a) || isInfinity(b);
  if (noProduct || (isInfinity(c) && infinite && c.negative !== negative)) return invalid(control, format);
  if (isInfinity(c) || infinite) return infinity(format, isInfinity(c) ? c.negative : negative);
  if (isZero(c) && (isZero(a) || isZero(b)) && c.negative === negative) return zero(format, negative);
  return rounded(control, format, sum(exact(c), product(a, b)));
}

/** Quotients and roots are cut where the rounding of any format no longer sees more than that something follows. */
const EXTRA_BITS = 140;

export const divide: Binary = (control, format, x, y) => {
  const [a, b] = [unpack(control, format, x), unpack(control, format, y)];
  const nan = processNans(control, format, [[x, a], [y, b]]);
  if (nan !== undefined) return nan;
  const negative = a.negative !== b.negative;
  if ((isInfinity(a) && isInfinity(b)) || (isZero(a) && isZero(b))) return invalid(control, format);
  if (isInfinity(a) || isZero(b)) {
    if (!isInfinity(a)) control.raise(FLAG.divideByZero);
    return infinity(format, negative);
  }
  if (isZero(a) || isInfinity(b)) return zero(format, negative);
  const dividend = a.mantissa << BigInt(EXTRA_BITS);
  const quotient = dividend / b.mantissa;
  const sticky = quotient * b.mantissa === dividend ? 0n : 1n;
  return round(control, format, negative, quotient * 2n + sticky, a.exponent - b.exponent - EXTRA_BITS - 1);
};

/** The integer part of a square root. */
function integerRoot(x: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(x.toString(2).length / 2));
  for (;;) {
    const next = (root + x / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
export const squareRoot: Unary = (control, format, x) => {
  const a = unpack(control, format, x);
  if (isNan(a)) return processNan(control, format, x, a);
  if (isZero(a)) return zero(format, a.negative);
  if (a.negative) return invalid(control, format);
  if (isInfinity(a)) return infinity(format, false);
  const shift = EXTRA_BITS * 2 + (a.exponent & 1);
  const scaled = a.mantissa << BigInt(shift);
  const root = integerRoot(scaled);
  return round(control, format, false, root * 2n + (root * root === scaled ? 0n : 1n), (a.exponent - shift) / 2 - 1);
};

/** x > y, with zeros equal. Neither is a NaN. */
function isGreater(x: Unpacked, y: Unpacked): boolean {
  const rank = (u: Unpacked): number => (isInfinity(u) ? (u.negative ? -1 : 1) : 0);
  if (isInfinity(x) || isInfinity(y)) return rank(x) > rank(y);
  return sum(exact(x), exact({ ...y, negative: !y.negative })).value > 0n;
}
const extreme = (wantsGreater: boolean): Binary => (control, format, x, y) => {
  const [a, b] = [unpack(control, format, x), unpack(control, format, y)];
  const nan = processNans(control, format, [[x, a], [y, b]]);
  if (nan !== undefined) return nan;
  const chosen = (wantsGreater ? isGreater(a, b) : isGreater(b, a)) ? a : b;
  if (isInfinity(chosen)) return infinity(format, chosen.negative);
  // Of two zeros, the positive is greater.
  if (isZero(chosen)) return zero(format, isZero(a) && isZero(b) ? (wantsGreater ? a.negative && b.negative : a.negative || b.negative) : chosen.negative);
  return rounded(control, format, exact(chosen));
};
export const maximum = extreme(true);
export const minimum = extreme(false);
/** One quiet NaN counts as the infinity that loses. */
const extremeNumber = (wantsGreater: boolean): Binary => (control, format, x, y) => {
  const silent = { ...control, raise: () => undefined };
  const [a, b] = [unpack(silent, format, x), unpack(silent, format, y)];
  const loser = infinity(format, wantsGreater);
  const first = a.kind === "quiet" && !isNan(b) ? loser : x;
  const second = b.kind === "quiet" && !isNan(a) ? loser : y;
  return extreme(wantsGreater)(control, format, first, second);
};
export const maximumNumber = extremeNumber(true);
export const minimumNumber = extremeNumber(false);

/** NZCV of a comparison. `signalsNans`: FCMPE. */
export function compareFlags(control: FloatControl, format: Format, x: bigint, y: bigint, signalsNans: boolean): number {
  const [a, b] = [unpack(control, format, x), unpack(control, format, y)];
  if (isNan(a) || isNan(b)) {
    if (signalsNans || a.kind === "signalling" || b.kind === "signalling") control.raise(FLAG.invalidOperation);
    return 0b0011;
  }
  if (isGreater(a, b)) return 0b0010;
  return isGreater(b, a) ? 0b1000 : 0b0110;
}
const GREATER = 0b0010;
const EQUAL = 0b0110;
/** Equality takes quiet NaNs silently; order does not. */
export const isEqual = (control: FloatControl, format: Format, x: bigint, y: bigint): boolean => compareFlags(control, format, x, y, false) === EQUAL;
export const isGreaterThan = (control: FloatControl, format: Format, x: bigint, y: bigint): boolean => compareFlags(control, format, x, y, true) === GREATER;
export const isGreaterOrEqual = (control: FloatControl, format: Format, x: bigint, y: bigint): boolean => [GREATER, EQUAL].includes(compareFlags(control, format, x, y, true));

/** (constant - x * y) / 2^halvings: a step of Newton's method. */
const step = (constant: bigint, halvings: number): Binary => (control, format, x, y) => {
  const negated = negate(format, x);
  const [a, b] = [unpack(control, format, negated), unpack(control, format, y)];
  const nan = processNans(control, format, [[negated, a], [y, b]]);
  if (nan !== undefined) return nan;
  if ((isInfinity(a) && isZero(b)) || (isZero(a) && isInfinity(b))) return small(format, false, constant, -halvings);
  if (isInfinity(a) || isInfinity(b)) return infinity(format, a.negative !== b.negative);
  const { value, exponent } = sum({ value: constant, exponent: 0 }, product(a, b));
  return rounded(control, format, { value, exponent: exponent - halvings });
};
export const reciprocalStep = step(2n, 0);
export const reciprocalRootStep = step(3n, 1);

