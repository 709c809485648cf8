/**
 * Common integer operations on whole registers with wasm's own lanes; an operand of 8 bytes is the low half of 16, whose other
 * lanes do no harm. Each function answers false when wasm has nothing for these lanes. Source: Arm ARM DDI 0487, C7.2, "Operation" of each.
 */
import { Simd } from "./generated/simd";
import { finishHalf, q, rd, rm, rn, v, writeVector } from "./simdCore";

/** Three registers, lane by lane. */
export function threeWhole(op: u32, size: u32, word: u32): bool {
  const a = v128.load(v(rn(word)));
  const b = v128.load(v(rm(word)));
  let r: v128;
  switch (op) {
    case Simd.ADD: r = size == 0 ? i8x16.add(a, b) : size == 1 ? i16x8.add(a, b) : size == 2 ? i32x4.add(a, b) : i64x2.add(a, b); break;
    case Simd.SUB: r = size == 0 ? i8x16.sub(a, b) : size == 1 ? i16x8.sub(a, b) : size == 2 ? i32x4.sub(a, b) : i64x2.sub(a, b); break;
    case Simd.CMEQ: r = equal(a, b, size); break;
    case Simd.CMGT: r = greater(a, b, size); break;
    case Simd.CMGE: r = v128.not(greater(b, a, size)); break;
    case Simd.CMHI:
      if (size == 3) return false;
      r = size == 0 ? i8x16.gt_u(a, b) : size == 1 ? i16x8.gt_u(a, b) : i32x4.gt_u(a, b);
      break;
    case Simd.CMHS:
      if (size == 3) return false;
      r = size == 0 ? i8x16.ge_u(a, b) : size == 1 ? i16x8.ge_u(a, b) : i32x4.ge_u(a, b);
      break;
    case Simd.CMTST: r = v128.not(equal(v128.and(a, b), i64x2.splat(0), size)); break;
    case Simd.UMAX: r = size == 0 ? i8x16.max_u(a, b) : size == 1 ? i16x8.max_u(a, b) : i32x4.max_u(a, b); break;
    case Simd.UMIN: r = size == 0 ? i8x16.min_u(a, b) : size == 1 ? i16x8.min_u(a, b) : i32x4.min_u(a, b); break;
    case Simd.SMAX: r = size == 0 ? i8x16.max_s(a, b) : size == 1 ? i16x8.max_s(a, b) : i32x4.max_s(a, b); break;
    case Simd.SMIN: r = size == 0 ? i8x16.min_s(a, b) : size == 1 ? i16x8.min_s(a, b) : i32x4.min_s(a, b); break;
    case Simd.MUL:
      if (size == 0) return false;
      r = size == 1 ? i16x8.mul(a, b) : i32x4.mul(a, b);
      break;
    default: return false;
  }
  writeVector(rd(word), r, q(word));
  return true;
}
function equal(a: v128, b: v128, size: u32): v128 { return size == 0 ? i8x16.eq(a, b) : size == 1 ? i16x8.eq(a, b) : size == 2 ? i32x4.eq(a, b) : i64x2.eq(a, b); }
function greater(a: v128, b: v128, size: u32): v128 { return size == 0 ? i8x16.gt_s(a, b) : size == 1 ? i16x8.gt_s(a, b) : size == 2 ? i32x4.gt_s(a, b) : i64x2.gt_s(a, b); }
/** Every second lane of two registers, from the first or from the second on. */
function evenLanes(a: v128, b: v128, size: u32): v128 {
  if (size == 0) return i8x16.shuffle(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  if (size == 1) return i16x8.shuffle(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
  return size == 2 ? i32x4.shuffle(a, b, 0, 2, 4, 6) : i64x2.shuffle(a, b, 0, 2);
}
function oddLanes(a: v128, b: v128, size: u32): v128 {
  if (size == 0) return i8x16.shuffle(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
  if (size == 1) return i16x8.shuffle(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
  return size == 2 ? i32x4.shuffle(a, b, 1, 3, 5, 7) : i64x2.shuffle(a, b, 1, 3);
}

/** Neighbours of both operands, one after the other. */
export function pairsWhole(op: u32, size: u32, word: u32): bool {
  if (size == 3 || !(op == Simd.ADDP || op == Simd.UMAXP || op == Simd.UMINP || op == Simd.SMAXP || op == Simd.SMINP)) return false;
  let a = v128.load(v(rn(word)));
  let b = v128.load(v(rm(word)));
  // eight bytes of each: both in one
  if (q(word) == 0) {
    a = i64x2.shuffle(a, b, 0, 2);
    b = a;
  }
  const x = evenLanes(a, b, size);
  const y = oddLanes(a, b, size);
  let r: v128;
  switch (op) {
    case Simd.ADDP: r = size == 0 ? i8x16.add(x, y) : size == 1 ? i16x8.add(x, y) : i32x4.add(x, y); break;
    case Simd.UMAXP: r = size == 0 ? i8x16.max_u(x, y) : size == 1 ? i16x8.max_u(x, y) : i32x4.max_u(x, y); break;
    case Simd.UMINP: r = size == 0 ? i8x16.min_u(x, y) : size == 1 ? i16x8.min_u(x, y) : i32x4.min_u(x, y); break;
    case Simd.SMAXP: r = size == 0 ? i8x16.max_s(x, y) : size == 1 ? i16x8.max_s(x, y) : i32x4.max_s(x, y); break;
    default: r = size == 0 ? i8x16.min_s(x, y) : size == 1 ? i16x8.min_s(x, y) : i32x4.min_s(x, y);
  }
  writeVector(rd(word), r, q(word));
  return true;
}

/** One register, lane by lane. */
export function oneWhole(op: u32, size: u32, word: u32): bool {
  const a = v128.load(v(rn(word)));
  const zero = i64x2.splat(0);
  let r: v128;
  switch (op) {
    case Simd.CMEQ_zero: r = equal(a, zero, size); break;
    case Simd.CMGT_zero: r = greater(a, zero, size); break;
    case Simd.CMLT_zero: r = greater(zero, a, size); break;
    case Simd.CMGE_zero: r = v128.not(greater(zero, a, size)); break;
    case Simd.CMLE_zero: r = v128.not(greater(a, zero, size)); break;
    case Simd.NEG: r = size == 0 ? i8x16.neg(a) : size == 1 ? i16x8.neg(a) : size == 2 ? i32x4.neg(a) : i64x2.neg(a); break;
    case Simd.ABS: r = size == 0 ? i8x16.abs(a) : size == 1 ? i16x8.abs(a) : size == 2 ? i32x4.abs(a) : i64x2.abs(a); break;
    case Simd.CNT: r = i8x16.popcnt(a); break;
    case Simd.NOT: r = v128.not(a); break;
    case Simd.XTN:
      finishLow(word, evenLanes(a, a, size));
      return true;
    default: return false;
  }
  writeVector(rd(word), r, q(word));
  return true;
}
/** A narrow result: to the low half, or for Q to the high one. */
function finishLow(word: u32, value: v128): void { finishHalf(rd(word), i64x2.extract_lane(value, 0), q(word) != 0); }

/** Shifts by an immediate: `immb` is the amount to the left, or the width less that to the right. */
export function shiftWhole(op: u32, size: u32, immb: u32, word: u32): bool {
  const a = v128.load(v(rn(word)));
  const right: i32 = (8 << size) - immb;
  const left: i32 = immb;
  let r: v128;
  switch (op) {
    case Simd.SHL: r = size == 0 ? i8x16.shl(a, left) : size == 1 ? i16x8.shl(a, left) : size == 2 ? i32x4.shl(a, left) : i64x2.shl(a, left); break;
    case Simd.USHR:
    case Simd.USRA:
    case Simd.SSHR:
    case Simd.SSRA: {
      // wasm takes amounts modulo the width
      if (immb == 0) return false;
      if (op == Simd.USHR || op == Simd.USRA) r = size == 0 ? i8x16.shr_u(a, right) : size == 1 ? i16x8.shr_u(a, right) : size == 2 ? i32x4.shr_u(a, right) : i64x2.shr_u(a, right);
      else r = size == 0 ? i8x16.shr_s(a, right) : size == 1 ? i16x8.shr_s(a, right) : size == 2 ? i32x4.shr_s(a, right) : i64x2.shr_s(a, right);
      if (op == Simd.USRA || op == Simd.SSRA) {
        const d = v128.load(v(rd(word)));
        r = size == 0 ? i8x16.add(r, d) : size == 1 ? i16x8.add(r, d) : size == 2 ? i32x4.add(r, d) : i64x2.add(r, d);
      }
      break;
    }
    case Simd.SHRN:
      // from lanes of twice the width
      r = size == 0 ? i16x8.shr_u(a, right) : size == 1 ? i32x4.shr_u(a, right) : i64x2.shr_u(a, right);
      finishLow(word, evenLanes(r, r, size));
      return true;
    case Simd.USHLL:
    case Simd.SSHLL: {
      const half = q(word) == 0 ? a : i64x2.shuffle(a, a, 1, 1);
      if (op == Simd.USHLL) r = size == 0 ? i16x8.extend_low_i8x16_u(half) : size == 1 ? i32x4.extend_low_i16x8_u(half) : i64x2.extend_low_i32x4_u(half);
      else r = size == 0 ? i16x8.extend_low_i8x16_s(half) : size == 1 ? i32x4.extend_low_i16x8_s(half) : i64x2.extend_low_i32x4_s(half);
      r = size == 0 ? i16x8.shl(r, left) : size == 1 ? i32x4.shl(r, left) : i64x2.shl(r, left);
      v128.store(v(rd(word)), r);
      return true;
    }
    default: return false;
  }
  writeVector(rd(word), r, q(word));
  return true;
}

/** ZIP1 of whole registers. */
function zipLow(a: v128, b: v128, size: u32): v128 {
  if (size == 0) return i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  if (size == 1) return i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
  return size == 2 ? i32x4.shuffle(a, b, 0, 4, 1, 5) : i64x2.shuffle(a, b, 0, 2);
}
function zipHigh(a: v128, b: v128, size: u32): v128 {
  if (size == 0) return i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  if (size == 1) return i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
  return size == 2 ? i32x4.shuffle(a, b, 2, 6, 3, 7) : i64x2.shuffle(a, b, 1, 3);
}
/** `a` with its odd lanes, or its even ones, replaced by the other's even, or odd, ones. */
function transpose(a: v128, b: v128, size: u32, odd: bool): v128 {
  if (size == 0) return odd ? i8x16.shuffle(a, b, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31) : i8x16.shuffle(a, b, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
  if (size == 1) return odd ? i16x8.shuffle(a, b, 1, 9, 3, 11, 5, 13, 7, 15) : i16x8.shuffle(a, b, 0, 8, 2, 10, 4, 12, 6, 14);
  if (size == 2) return odd ? i32x4.shuffle(a, b, 1, 5, 3, 7) : i32x4.shuffle(a, b, 0, 4, 2, 6);
  return odd ? i64x2.shuffle(a, b, 1, 3) : i64x2.shuffle(a, b, 0, 2);
}
export function permuteWhole(op: u32, size: u32, word: u32): void {
  const a = v128.load(v(rn(word)));
  const b = v128.load(v(rm(word)));
  const whole = q(word);
  let r: v128;
  switch (op) {
    case Simd.ZIP1: r = zipLow(a, b, size); break;
    case Simd.ZIP2:
      // of eight bytes, the upper lanes are in the middle of what ZIP1 gives
      r = whole ? zipHigh(a, b, size) : zipLow(a, b, size);
      if (whole == 0) r = i64x2.shuffle(r, r, 1, 1);
      break;
    case Simd.TRN1: r = transpose(a, b, size, false); break;
    case Simd.TRN2: r = transpose(a, b, size, true); break;
    default: {
      const x = whole ? a : i64x2.shuffle(a, b, 0, 2);
      const y = whole ? b : x;
      r = op == Simd.UZP1 ? evenLanes(x, y, size) : oddLanes(x, y, size);
    }
  }
  writeVector(rd(word), r, whole);
}
/** EXT: bytes from `from` on, of one register and then of the other. */
export function extractWhole(from: u32, word: u32): void {
  const a = v128.load(v(rn(word)));
  const b = v128.load(v(rm(word)));
  const places = i8x16.add(i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), i8x16.splat(<i8>from));
  // an index of 16 or more takes 0
  if (q(word) == 0) return writeVector(rd(word), i8x16.swizzle(i64x2.shuffle(a, b, 0, 2), places), 0);
  v128.store(v(rd(word)), v128.or(i8x16.swizzle(a, places), i8x16.swizzle(b, i8x16.sub(places, i8x16.splat(16)))));
}
