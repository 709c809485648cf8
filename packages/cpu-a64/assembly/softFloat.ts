/**
 * Floating-point arithmetic by integers, with FPCR's rounding modes and FPSR's flags.
 * Source: Arm ARM DDI 0487, J1 "Pseudocode shared functions": FPUnpack(), FPRound(), FPProcessNaNs(), FPAdd(), FPMul(), FPMulAdd(), FPDiv(),
 * FPSqrt(), FPMax(), FPMaxNum(), FPCompare(), FPRecipStepFused(), FPRSqrtStepFused().
 * Numbers are bit patterns in u64; `size` is log2 of their bytes. A finite number is taken apart as a fraction whose highest
 * bit is bit 63, and an exponent: fraction * 2^(exponent - 63). A fraction that lost bits has its lowest bit set.
 * Wasm's own arithmetic is used where it gives the same: it rounds to nearest and has no flags, so when FPCR is 0, Inexact
 * is set already, and the result is a normal number: then no flag can change.
 */
import { R_FPCR, R_FPSR } from "./generated/layout";
import { multiplyHigh } from "./scalar";
import { R } from "./state";

export const IOC: u32 = 1;
export const DZC: u32 = 2;
export const OFC: u32 = 4;
export const UFC: u32 = 8;
export const IXC: u32 = 16;
const IDC: u32 = 128;

/** FPCR.RMode, and two that instructions ask for: to nearest with ties away, to odd. */
export const NEAREST: u32 = 0;
export const PLUS: u32 = 1;
export const MINUS: u32 = 2;
export const ZERO: u32 = 3;
export const AWAY: u32 = 4;
export const ODD: u32 = 5;

/** What FPCR says, and the flags that the instruction raised. */
export let MODE: u32 = 0;
export let FZ: bool = false;
export let DN: bool = false;
export let AHP: bool = false;
let FAST: bool = false;
let FLAGS: u32 = 0;
const FPCR_CONTROLS: u32 = 0x3c00000;

export function beginFloat(): void {
  const fpcr = load<u32>(R, R_FPCR);
  MODE = (fpcr >>> 22) & 3;
  FZ = ((fpcr >>> 24) & 1) != 0;
  DN = ((fpcr >>> 25) & 1) != 0;
  AHP = ((fpcr >>> 26) & 1) != 0;
  FAST = (fpcr & FPCR_CONTROLS) == 0 && (load<u32>(R, R_FPSR) & IXC) != 0;
  FLAGS = 0;
}
export function endFloat(): void {
  if (FLAGS != 0) store<u32>(R, load<u32>(R, R_FPSR) | FLAGS, R_FPSR);
}
export function raiseFlag(flags: u32): void { FLAGS |= flags; }

// ---- formats ----
/* @inline */ export function fractionBits(size: u32): u32 { return size == 3 ? 52 : size == 2 ? 23 : 10; }
/* @inline */ export function exponentBits(size: u32): u32 { return size == 3 ? 11 : size == 2 ? 8 : 5; }
/* @inline */ export function biasOf(size: u32): i32 { return size == 3 ? 1023 : size == 2 ? 127 : 15; }
/* @inline */ export function signBit(size: u32): u64 { return <u64>1 << ((8 << <u64>size) - 1); }
/* @inline */ export function infinityBits(size: u32): u64 { return ((<u64>1 << exponentBits(size)) - 1) << fractionBits(size); }
/* @inline */ export function quietBit(size: u32): u64 { return <u64>1 << (fractionBits(size) - 1); }
/* @inline */ export function signed(size: u32, negative: bool, magnitude: u64): u64 { return negative ? magnitude | signBit(size) : magnitude; }
export function defaultNan(size: u32): u64 { return infinityBits(size) | quietBit(size); }
export function invalid(size: u32): u64 {
  FLAGS |= IOC;
  return defaultNan(size);
}
/* @inline */ export function isNan(size: u32, x: u64): bool { return (x & (signBit(size) - 1)) > infinityBits(size); }
/* @inline */ function isSignalling(size: u32, x: u64): bool { return isNan(size, x) && (x & quietBit(size)) == 0; }
/* @inline */ export function isInfinity(size: u32, x: u64): bool { return (x & (signBit(size) - 1)) == infinityBits(size); }
/* @inline */ export function isNegative(size: u32, x: u64): bool { return (x & signBit(size)) != 0; }
/* @inline */ export function isZero(size: u32, x: u64): bool { return (x & (signBit(size) - 1)) == 0; }

/** An operand as FPUnpack() sees it: with FZ a denormal number is a zero. Half precision is not flushed. */
export function flushed(size: u32, x: u64): u64 {
  if (!FZ || size == 1) return x;
  const magnitude = x & (signBit(size) - 1);
  if (magnitude == 0 || magnitude >> fractionBits(size) != 0) return x;
  FLAGS |= IDC;
  return x & signBit(size);
}
/** Exponent and fraction of a finite number that is not zero. */
let EXPONENT: i32 = 0;
export function exponentOfLast(): i32 { return EXPONENT; }
export function fractionOf(size: u32, x: u64): u64 {
  const f = fractionBits(size);
  const biased = <i32>((x & (signBit(size) - 1)) >> f);
  let fraction = x & ((<u64>1 << f) - 1);
  if (biased == 0) {
    const zeros = <i32>clz<u64>(fraction);
    EXPONENT = 1 - biasOf(size) + (63 - zeros) - <i32>f;
    return fraction << zeros;
  }
  EXPONENT = biased - biasOf(size);
  fraction |= <u64>1 << f;
  return fraction << (63 - f);
}

export function processNan(size: u32, x: u64): u64 {
  if ((x & quietBit(size)) == 0) FLAGS |= IOC;
  return DN ? defaultNan(size) : x | quietBit(size);
}
/** One of them is a NaN: the first signalling one, else the first. */
function processNans(size: u32, x: u64, y: u64): u64 {
  if (isSignalling(size, x)) return processNan(size, x);
  if (isSignalling(size, y)) return processNan(size, y);
  return processNan(size, isNan(size, x) ? x : y);
}

// ---- rounding ----
/** After cut(): what was cut off was not zero. */
export let INEXACT: bool = false;
/** `x` without its lowest `by` bits, rounded. */
export function cut(x: u64, by: i32, negative: bool, mode: u32): u64 {
  if (by <= 0) {
    INEXACT = false;
    return x;
  }
  const kept: u64 = by < 64 ? x >> <u64>by : 0;
  const rest: u64 = by < 64 ? x & ((<u64>1 << <u64>by) - 1) : x;
  INEXACT = rest != 0;
  if (rest == 0) return kept;
  // -1, 0, 1: below, at, above the half
  const half: i32 = by > 64 ? -1 : rest > <u64>1 << (<u64>by - 1) ? 1 : rest == <u64>1 << (<u64>by - 1) ? 0 : -1;
  switch (mode) {
    case NEAREST: return half > 0 || (half == 0 && (kept & 1) != 0) ? kept + 1 : kept;
    case PLUS: return negative ? kept : kept + 1;
    case MINUS: return negative ? kept + 1 : kept;
    case AWAY: return half >= 0 ? kept + 1 : kept;
    case ODD: return kept | 1;
    default: return kept;
  }
}
/** FPRound(): bit 63 of `fraction` is set. */
export function roundPack(size: u32, negative: bool, exponent: i32, fraction: u64, mode: u32): u64 {
  const f = fractionBits(size);
  const smallest = 1 - biasOf(size);
  const tiny = exponent < smallest;
  if (tiny && FZ && size != 1) {
    FLAGS |= UFC;
    return signed(size, negative, 0);
  }
  const kept = cut(fraction, 63 - <i32>f + (tiny ? smallest - exponent : 0), negative, mode);
  if (tiny && INEXACT) FLAGS |= UFC;
  // A carry out of the fraction goes to the exponent; the leading bit of a normal number does too.
  const biased: u64 = tiny ? 0 : <u64>(exponent - smallest);
  if (size == 1 && AHP) {
    if (biased > 31 || (biased << f) + kept >= signBit(1)) {
      FLAGS |= IOC;
      return signed(1, negative, signBit(1) - 1);
    }
  } else if (biased >= (<u64>1 << exponentBits(size)) || (biased << f) + kept >= infinityBits(size)) {
    FLAGS |= OFC | IXC;
    const toInfinity = mode == NEAREST || mode == AWAY || mode == (negative ? MINUS : PLUS);
    return signed(size, negative, infinityBits(size) - <u64>!toInfinity);
  }
  if (INEXACT) FLAGS |= IXC;
  return signed(size, negative, (biased << f) + kept);
}
/** `x` shifted to the right by `by`, with its lowest bit set when bits were lost. */
function jam(x: u64, by: i32): u64 {
  if (by <= 0) return x;
  if (by >= 64) return <u64>(x != 0);
  return (x >> <u64>by) | <u64>((x << (64 - <u64>by)) != 0);
}

// ---- wasm's own arithmetic ----
const SMALLEST_NORMAL: f64 = 2.2250738585072014e-308;
const LARGEST: f64 = 1.7976931348623157e308;
const SMALLEST_NORMAL_SINGLE: f32 = 1.1754943508222875e-38;
const LARGEST_SINGLE: f32 = 3.4028234663852886e38;
/* @inline */ function f64Of(x: u64): f64 { return reinterpret<f64>(x); }
/* @inline */ function f32Of(x: u64): f32 { return reinterpret<f32>(<u32>x); }
/** Whether a result tells that no operand was special and nothing but inexactness happened. */
/* @inline */ function plain64(r: f64): bool { return abs<f64>(r) > SMALLEST_NORMAL && abs<f64>(r) <= LARGEST; }
/* @inline */ function plain32(r: f32): bool { return abs<f32>(r) > SMALLEST_NORMAL_SINGLE && abs<f32>(r) <= LARGEST_SINGLE; }
/* @inline */ function bits64(r: f64): u64 { return reinterpret<u64>(r); }
/* @inline */ function bits32(r: f32): u64 { return <u64>reinterpret<u32>(r); }

/* @inline */ export function plain64x2(r: v128): v128 { return v128.and(f64x2.gt(f64x2.abs(r), f64x2.splat(SMALLEST_NORMAL)), f64x2.le(f64x2.abs(r), f64x2.splat(LARGEST))); }
/* @inline */ export function plain32x4(r: v128): v128 { return v128.and(f32x4.gt(f32x4.abs(r), f32x4.splat(SMALLEST_NORMAL_SINGLE)), f32x4.le(f32x4.abs(r), f32x4.splat(LARGEST_SINGLE))); }
/** Whether wasm's own arithmetic may be used for what it calls plain. */
/* @inline */ export function isFast(): bool { return FAST; }

// ---- arithmetic ----
export function addFloat(size: u32, x: u64, y: u64): u64 {
  if (FAST) {
    if (size == 3) {
      const r = f64Of(x) + f64Of(y);
      if (plain64(r)) return bits64(r);
    } else {
      const r = f32Of(x) + f32Of(y);
      if (plain32(r)) return bits32(r);
    }
  }
  const a = flushed(size, x);
  const b = flushed(size, y);
  if (isNan(size, a) || isNan(size, b)) return processNans(size, a, b);
  if (isInfinity(size, a)) return isInfinity(size, b) && a != b ? invalid(size) : a;
  if (isInfinity(size, b)) return b;
  if (isZero(size, a)) return isZero(size, b) ? (a == b ? a : signed(size, MODE == MINUS, 0)) : b;
  if (isZero(size, b)) return a;
  let fa = fractionOf(size, a);
  let ea = EXPONENT;
  let fb = fractionOf(size, b);
  const eb = EXPONENT;
  let negative = isNegative(size, a);
  const same = negative == isNegative(size, b);
  if (eb > ea || (eb == ea && fb > fa)) {
    negative = isNegative(size, b);
    const fraction = fa;
    fa = fb;
    fb = jam(fraction, eb - ea);
    ea = eb;
  } else fb = jam(fb, ea - eb);
  if (same) {
    const sum = fa + fb;
    if (sum >= fa) return roundPack(size, negative, ea, sum, MODE);
    return roundPack(size, negative, ea + 1, jam(sum, 1) | (<u64>1 << 63), MODE);
  }
  const difference = fa - fb;
  if (difference == 0) return signed(size, MODE == MINUS, 0);
  const zeros = <i32>clz<u64>(difference);
  return roundPack(size, negative, ea - zeros, difference << zeros, MODE);
}
export function subtractFloat(size: u32, x: u64, y: u64): u64 {
  // The operand that is a NaN keeps its sign.
  return isNan(size, y) ? addFloat(size, x, y) : addFloat(size, x, y ^ signBit(size));
}

/** `extended`: FMULX, where infinity times zero is 2. */
export function multiplyFloat(size: u32, x: u64, y: u64, extended: bool): u64 {
  if (FAST) {
    if (size == 3) {
      const r = f64Of(x) * f64Of(y);
      if (plain64(r)) return bits64(r);
    } else {
      const r = f32Of(x) * f32Of(y);
      if (plain32(r)) return bits32(r);
    }
  }
  const a = flushed(size, x);
  const b = flushed(size, y);
  if (isNan(size, a) || isNan(size, b)) return processNans(size, a, b);
  const negative = isNegative(size, a) != isNegative(size, b);
  if (isInfinity(size, a) || isInfinity(size, b)) {
    if (isZero(size, a) || isZero(size, b)) return extended ? signed(size, negative, <u64>(biasOf(size) + 1) << fractionBits(size)) : invalid(size);
    return signed(size, negative, infinityBits(size));
  }
  if (isZero(size, a) || isZero(size, b)) return signed(size, negative, 0);
  const fa = fractionOf(size, a);
  const ea = EXPONENT;
  const fb = fractionOf(size, b);
  const exponent = ea + EXPONENT;
  const high = multiplyHigh(fa, fb);
  const low = fa * fb;
  if (<i64>high < 0) return roundPack(size, negative, exponent + 1, high | <u64>(low != 0), MODE);
  return roundPack(size, negative, exponent, (high << 1) | (low >> 63) | <u64>(low << 1 != 0), MODE);
}

export function divideFloat(size: u32, x: u64, y: u64): u64 {
  if (FAST) {
    if (size == 3) {
      const r = f64Of(x) / f64Of(y);
      if (plain64(r)) return bits64(r);
    } else {
      const r = f32Of(x) / f32Of(y);
      if (plain32(r)) return bits32(r);
    }
  }
  const a = flushed(size, x);
  const b = flushed(size, y);
  if (isNan(size, a) || isNan(size, b)) return processNans(size, a, b);
  const negative = isNegative(size, a) != isNegative(size, b);
  if (isInfinity(size, a)) return isInfinity(size, b) ? invalid(size) : signed(size, negative, infinityBits(size));
  if (isZero(size, b)) {
    if (isZero(size, a)) return invalid(size);
    FLAGS |= DZC;
    return signed(size, negative, infinityBits(size));
  }
  if (isZero(size, a) || isInfinity(size, b)) return signed(size, negative, 0);
  let rest = fractionOf(size, a);
  let exponent = EXPONENT;
  const divisor = fractionOf(size, b);
  exponent -= EXPONENT;
  if (rest < divisor) {
    exponent--;
    rest = (rest << 1) - divisor;
  } else rest -= divisor;
  let quotient: u64 = 1;
  for (let bit = 0; bit < 63; bit++) {
    const carry = <i64>rest < 0;
    rest <<= 1;
    quotient <<= 1;
    if (carry || rest >= divisor) {
      rest -= divisor;
      quotient |= 1;
    }
  }
  return roundPack(size, negative, exponent, quotient | <u64>(rest != 0), MODE);
}

export function rootFloat(size: u32, x: u64): u64 {
  if (FAST) {
    if (size == 3) {
      const r = sqrt<f64>(f64Of(x));
      if (plain64(r)) return bits64(r);
    } else {
      const r = sqrt<f32>(f32Of(x));
      if (plain32(r)) return bits32(r);
    }
  }
  const a = flushed(size, x);
  if (isNan(size, a)) return processNan(size, a);
  if (isZero(size, a)) return a;
  if (isNegative(size, a)) return invalid(size);
  if (isInfinity(size, a)) return a;
  const fraction = fractionOf(size, a);
  // as a number of 128 bits with an even exponent, two bits at a time
  let high = (EXPONENT & 1) == 0 ? fraction >> 1 : fraction;
  let low: u64 = (EXPONENT & 1) == 0 ? fraction << 63 : 0;
  const exponent = EXPONENT >> 1;
  let root: u64 = 0;
  let rest: u64 = 0;
  for (let bit = 0; bit < 62; bit++) {
    rest = (rest << 2) | (high >> 62);
    high = (high << 2) | (low >> 62);
    low <<= 2;
    const trial = (root << 2) | 1;
    root <<= 1;
    if (rest >= trial) {
      rest -= trial;
      root |= 1;
    }
  }
  return roundPack(size, false, exponent, (root << 2) | <u64>(rest != 0), MODE);
}

/** (addend + x * y) / 2^halvings with one rounding. `two`: what infinity times zero is; 0: an invalid operation. */
export function multiplyAddFloat(size: u32, addend: u64, x: u64, y: u64, halvings: i32, two: u64): u64 {
  const c = flushed(size, addend);
  const a = flushed(size, x);
  const b = flushed(size, y);
  const noProduct = (isInfinity(size, a) && isZero(size, b)) || (isZero(size, a) && isInfinity(size, b));
  if (isNan(size, c) || isNan(size, a) || isNan(size, b)) {
    const signalling = isSignalling(size, c) || isSignalling(size, a) || isSignalling(size, b);
    // FPProcessNaNs3() comes first: its flag stays
    if (noProduct && isNan(size, c) && (c & quietBit(size)) != 0) return invalid(size);
    if (isSignalling(size, c) || (!signalling && isNan(size, c))) return processNan(size, c);
    return processNans(size, a, b);
  }
  if (noProduct) return two != 0 ? two : invalid(size);
  const negative = isNegative(size, a) != isNegative(size, b);
  const infinite = isInfinity(size, a) || isInfinity(size, b);
  if (isInfinity(size, c)) return infinite && isNegative(size, c) != negative ? invalid(size) : c;
  if (infinite) return signed(size, negative, infinityBits(size));
  if (isZero(size, a) || isZero(size, b)) {
    if (!isZero(size, c)) {
      const only = fractionOf(size, c);
      return roundPack(size, isNegative(size, c), EXPONENT - halvings, only, MODE);
    }
    return isNegative(size, c) == negative ? c : signed(size, MODE == MINUS, 0);
  }
  const fa = fractionOf(size, a);
  let exponent = EXPONENT;
  const fb = fractionOf(size, b);
  exponent += EXPONENT + 1;
  // the product in 128 bits, the highest of them set
  let high = multiplyHigh(fa, fb);
  let low = fa * fb;
  if (<i64>high >= 0) {
    high = (high << 1) | (low >> 63);
    low <<= 1;
    exponent--;
  }
  if (isZero(size, c)) return roundPack(size, negative, exponent - halvings, high | <u64>(low != 0), MODE);
  return sum128(size, negative, exponent, high, low, isNegative(size, c), fractionOf(size, c), halvings);
}
/** The sum of a product in 128 bits and a number whose exponent is EXPONENT. */
function sum128(size: u32, negative: bool, exponent: i32, high: u64, low: u64, cNegative: bool, cHigh: u64, halvings: i32): u64 {
  let cLow: u64 = 0;
  let e = exponent;
  let by = exponent - EXPONENT;
  if (by < 0) {
    // the addend is larger: shift the product
    by = -by;
    e = EXPONENT;
    low = by < 64 ? (by == 0 ? low : (low >> <u64>by) | (high << (64 - <u64>by)) | <u64>(low << (64 - <u64>by) != 0)) : jam(high, by - 64) | <u64>(low != 0);
    high = by < 64 ? high >> <u64>by : 0;
  } else if (by > 0) {
    cLow = by < 64 ? cHigh << (64 - <u64>by) : jam(cHigh, by - 64);
    cHigh = by < 64 ? cHigh >> <u64>by : 0;
  }
  if (negative == cNegative) {
    const sumLow = low + cLow;
    const carry = <u64>(sumLow < low);
    const part = high + cHigh;
    const sumHigh = part + carry;
    const over = part < high || sumHigh < part;
    if (!over) return roundPack(size, negative, e - halvings, sumHigh | <u64>(sumLow != 0), MODE);
    return roundPack(size, negative, e + 1 - halvings, jam(sumHigh, 1) | (<u64>1 << 63) | <u64>(sumLow != 0), MODE);
  }
  if (high == cHigh && low == cLow) return signed(size, MODE == MINUS, 0);
  let sign = negative;
  if (high < cHigh || (high == cHigh && low < cLow)) {
    const h = high;
    const l = low;
    high = cHigh;
    low = cLow;
    cHigh = h;
    cLow = l;
    sign = cNegative;
  }
  let dHigh = high - cHigh - <u64>(low < cLow);
  let dLow = low - cLow;
  if (dHigh == 0) {
    dHigh = dLow;
    dLow = 0;
    e -= 64;
  }
  const zeros = <i32>clz<u64>(dHigh);
  if (zeros != 0) {
    dHigh = (dHigh << zeros) | (dLow >> (64 - zeros));
    dLow <<= zeros;
  }
  return roundPack(size, sign, e - zeros - halvings, dHigh | <u64>(dLow != 0), MODE);
}

// ---- comparison ----
/** Orders numbers that are no NaNs; both zeros are 0. */
function orderOf(size: u32, x: u64): i64 {
  const magnitude = <i64>(x & (signBit(size) - 1));
  return isNegative(size, x) ? -magnitude : magnitude;
}
export function maxMin(size: u32, x: u64, y: u64, greater: bool): u64 {
  const a = flushed(size, x);
  const b = flushed(size, y);
  if (isNan(size, a) || isNan(size, b)) return processNans(size, a, b);
  const oa = orderOf(size, a);
  const ob = orderOf(size, b);
  if (oa == ob) return greater ? a & b : a | b;
  return oa > ob == greater ? a : b;
}
/** A single quiet NaN counts as the infinity that loses. */
export function maxMinNumber(size: u32, x: u64, y: u64, greater: bool): u64 {
  const quietX = isNan(size, x) && !isSignalling(size, x);
  const quietY = isNan(size, y) && !isSignalling(size, y);
  const loser = signed(size, greater, infinityBits(size));
  return maxMin(size, quietX && !isNan(size, y) ? loser : x, quietY && !isNan(size, x) ? loser : y, greater);
}
/** NZCV; `signalsNans`: a quiet NaN is an invalid operation too. */
export function compareFloat(size: u32, x: u64, y: u64, signalsNans: bool): u32 {
  const a = flushed(size, x);
  const b = flushed(size, y);
  if (isNan(size, a) || isNan(size, b)) {
    if (signalsNans || isSignalling(size, a) || isSignalling(size, b)) FLAGS |= IOC;
    return 3;
  }
  const oa = orderOf(size, a);
  const ob = orderOf(size, b);
  return oa > ob ? 2 : oa < ob ? 8 : 6;
}
