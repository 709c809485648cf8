/**
 * Integer operations on one lane. Source: Arm ARM DDI 0487, C7.2 "Alphabetical list of A64 Advanced SIMD and floating-point
 * instructions", "Operation" of each. Lanes are zero-extended; `width` is in bits; what exceeds a result's width is dropped by
 * whoever stores it. What saturates sets QC.
 */
import { Simd } from "./generated/simd";

/** A lane was clamped. */
export let QC: bool = false;
export function clearQc(): void { QC = false; }

/* @inline */ function maskOf(width: u32): u64 { return <u64>-1 >> (64 - <u64>width); }
/* @inline */ export function sx(x: u64, width: u32): i64 { return <i64>(x << (64 - <u64>width)) >> (64 - <i64>width); }
/* @inline */ function mostPositive(width: u32): i64 { return <i64>(maskOf(width) >> 1); }

function clampSigned(value: i64, width: u32): u64 {
  const high = mostPositive(width);
  if (value >= -high - 1 && value <= high) return <u64>value;
  QC = true;
  return <u64>(value < 0 ? -high - 1 : high);
}
/** Below 64 bits. */
function clampUnsigned(value: i64, width: u32): u64 {
  if (value >= 0 && value <= <i64>maskOf(width)) return <u64>value;
  QC = true;
  return value < 0 ? 0 : maskOf(width);
}
function saturated(negative: bool, width: u32): u64 {
  QC = true;
  return negative ? <u64>(-mostPositive(width) - 1) : <u64>mostPositive(width);
}
function addSigned(a: i64, b: i64, width: u32): u64 {
  const r = a + b;
  if (width < 64) return clampSigned(r, width);
  return ((a ^ r) & (b ^ r)) < 0 ? saturated(a < 0, 64) : <u64>r;
}
function subtractSigned(a: i64, b: i64, width: u32): u64 {
  const r = a - b;
  if (width < 64) return clampSigned(r, width);
  return ((a ^ b) & (a ^ r)) < 0 ? saturated(a < 0, 64) : <u64>r;
}
function addUnsigned(x: u64, y: u64, width: u32): u64 {
  const r = x + y;
  if (width < 64 ? (r >> width) == 0 : r >= x) return r;
  QC = true;
  return maskOf(width);
}
function subtractUnsigned(x: u64, y: u64): u64 {
  if (x >= y) return x - y;
  QC = true;
  return 0;
}

/** By 1 to 128. */
function rightSigned(a: i64, by: u32, round: bool): i64 {
  if (by >= 64) return round ? 0 : a >> 63;
  return (a >> <i64>by) + (round ? (a >> (<i64>by - 1)) & 1 : 0);
}
function rightUnsigned(x: u64, by: u32, round: bool): u64 {
  if (by >= 64) return round && by == 64 ? x >> 63 : 0;
  return (x >> <u64>by) + (round ? (x >> (<u64>by - 1)) & 1 : 0);
}
function leftSigned(a: i64, by: u32, width: u32): u64 {
  if (a == 0) return 0;
  if (by >= width) return saturated(a < 0, width);
  const r = a << <i64>by;
  if (width < 64) return clampSigned(r, width);
  return r >> <i64>by == a ? <u64>r : saturated(a < 0, 64);
}
function leftUnsigned(x: u64, by: u32, width: u32): u64 {
  if (x == 0) return 0;
  const r = x << <u64>by;
  if (by < width && (width < 64 ? r >> width == 0 : r >> <u64>by == x)) return r;
  QC = true;
  return maskOf(width);
}
/** By the lowest byte of `y`, which is signed: to the left, or for a negative one to the right. */
function shiftSigned(x: u64, y: u64, width: u32, round: bool, clamp: bool): u64 {
  const by = <i32><i8>y;
  const a = sx(x, width);
  if (by < 0) return <u64>rightSigned(a, <u32>-by, round);
  if (clamp) return leftSigned(a, by, width);
  return by >= 64 ? 0 : <u64>(a << <i64>by);
}
function shiftUnsigned(x: u64, y: u64, width: u32, round: bool, clamp: bool): u64 {
  const by = <i32><i8>y;
  if (by < 0) return rightUnsigned(x, <u32>-by, round);
  if (clamp) return leftUnsigned(x, by, width);
  return by >= 64 ? 0 : x << <u64>by;
}
function doublingHigh(x: u64, y: u64, width: u32, round: bool): u64 {
  return clampSigned((sx(x, width) * sx(y, width) + (round ? <i64>1 << (width - 2) : 0)) >> (width - 1), width);
}
function polynomial(x: u64, y: u64): u64 {
  let product: u64 = 0;
  for (let bit: u64 = 0; bit < 8; bit++) if (((x >> bit) & 1) != 0) product ^= y << bit;
  return product;
}
/* @inline */ function all(holds: bool): u64 { return holds ? <u64>-1 : 0; }
function distanceSigned(x: u64, y: u64, width: u32): u64 {
  const a = sx(x, width);
  const b = sx(y, width);
  return <u64>(a < b ? b - a : a - b);
}
/* @inline */ function distance(x: u64, y: u64): u64 { return x < y ? y - x : x - y; }

/** Two lanes to one of their width. */
export function two(op: u32, x: u64, y: u64, width: u32, old: u64): u64 {
  switch (op) {
    case Simd.SHADD: return <u64>((sx(x, width) + sx(y, width)) >> 1);
    case Simd.UHADD: return (x + y) >> 1;
    case Simd.SRHADD: return <u64>((sx(x, width) + sx(y, width) + 1) >> 1);
    case Simd.URHADD: return (x + y + 1) >> 1;
    case Simd.SHSUB: return <u64>((sx(x, width) - sx(y, width)) >> 1);
    case Simd.UHSUB: return <u64>((<i64>x - <i64>y) >> 1);
    case Simd.SQADD: return addSigned(sx(x, width), sx(y, width), width);
    case Simd.UQADD: return addUnsigned(x, y, width);
    case Simd.SQSUB: return subtractSigned(sx(x, width), sx(y, width), width);
    case Simd.UQSUB: return subtractUnsigned(x, y);
    case Simd.CMGT: return all(sx(x, width) > sx(y, width));
    case Simd.CMGE: return all(sx(x, width) >= sx(y, width));
    case Simd.CMHI: return all(x > y);
    case Simd.CMHS: return all(x >= y);
    case Simd.CMEQ: return all(x == y);
    case Simd.CMTST: return all((x & y) != 0);
    case Simd.SSHL: return shiftSigned(x, y, width, false, false);
    case Simd.USHL: return shiftUnsigned(x, y, width, false, false);
    case Simd.SRSHL: return shiftSigned(x, y, width, true, false);
    case Simd.URSHL: return shiftUnsigned(x, y, width, true, false);
    case Simd.SQSHL: return shiftSigned(x, y, width, false, true);
    case Simd.UQSHL: return shiftUnsigned(x, y, width, false, true);
    case Simd.SQRSHL: return shiftSigned(x, y, width, true, true);
    case Simd.UQRSHL: return shiftUnsigned(x, y, width, true, true);
    case Simd.SMAX:
    case Simd.SMAXP:
    case Simd.SMAXV: return sx(x, width) > sx(y, width) ? x : y;
    case Simd.UMAX:
    case Simd.UMAXP:
    case Simd.UMAXV: return max(x, y);
    case Simd.SMIN:
    case Simd.SMINP:
    case Simd.SMINV: return sx(x, width) < sx(y, width) ? x : y;
    case Simd.UMIN:
    case Simd.UMINP:
    case Simd.UMINV: return min(x, y);
    case Simd.SABD: return distanceSigned(x, y, width);
    case Simd.UABD: return distance(x, y);
    case Simd.SABA: return old + distanceSigned(x, y, width);
    case Simd.UABA: return old + distance(x, y);
    case Simd.ADD:
    case Simd.ADDP:
    case Simd.ADDV: return x + y;
    case Simd.SUB: return x - y;
    case Simd.MUL: return x * y;
    case Simd.MLA: return old + x * y;
    case Simd.MLS: return old - x * y;
    case Simd.PMUL: return polynomial(x, y);
    case Simd.SQDMULH: return doublingHigh(x, y, width, false);
    case Simd.SQRDMULH: return doublingHigh(x, y, width, true);
    default: return unreachable();
  }
}

function doubled(x: u64, y: u64, width: u32): i64 {
  const product = sx(x, width) * sx(y, width);
  if (width == 32) return product == <i64>1 << 62 ? <i64>saturated(false, 64) : product << 1;
  return sx(clampSigned(product << 1, 32), 32);
}
/** Two lanes to one of twice the width, which `old` has too. */
export function long(op: u32, x: u64, y: u64, width: u32, old: u64): u64 {
  switch (op) {
    case Simd.SADDL: return <u64>(sx(x, width) + sx(y, width));
    case Simd.UADDL: return x + y;
    case Simd.SSUBL: return <u64>(sx(x, width) - sx(y, width));
    case Simd.USUBL: return x - y;
    case Simd.SABDL: return distanceSigned(x, y, width);
    case Simd.UABDL: return distance(x, y);
    case Simd.SABAL: return old + distanceSigned(x, y, width);
    case Simd.UABAL: return old + distance(x, y);
    case Simd.SMULL: return <u64>(sx(x, width) * sx(y, width));
    case Simd.UMULL: return x * y;
    case Simd.PMULL: return polynomial(x, y);
    case Simd.SMLAL: return old + <u64>(sx(x, width) * sx(y, width));
    case Simd.UMLAL: return old + x * y;
    case Simd.SMLSL: return old - <u64>(sx(x, width) * sx(y, width));
    case Simd.UMLSL: return old - x * y;
    case Simd.SQDMULL: return <u64>doubled(x, y, width);
    case Simd.SQDMLAL: return addSigned(sx(old, width * 2), doubled(x, y, width), width * 2);
    case Simd.SQDMLSL: return subtractSigned(sx(old, width * 2), doubled(x, y, width), width * 2);
    default: return unreachable();
  }
}
/** The first lane has twice the width, as the result. */
export function wide(op: u32, x: u64, y: u64, width: u32): u64 {
  switch (op) {
    case Simd.SADDW: return x + <u64>sx(y, width);
    case Simd.UADDW: return x + y;
    case Simd.SSUBW: return x - <u64>sx(y, width);
    default: return x - y;
  }
}
/** Both lanes have twice the width of the result, which is the high half. */
export function narrowHigh(op: u32, x: u64, y: u64, width: u32): u64 {
  const sum = op == Simd.ADDHN || op == Simd.RADDHN ? x + y : x - y;
  const half: u64 = op == Simd.RADDHN || op == Simd.RSUBHN ? <u64>1 << (width - 1) : 0;
  return (sum + half) >> width;
}

function reverseByte(x: u64): u64 {
  x = ((x >> 1) & 0x55) | ((x & 0x55) << 1);
  x = ((x >> 2) & 0x33) | ((x & 0x33) << 2);
  return (x >> 4) | ((x & 15) << 4);
}
function magnitude(a: i64): u64 { return <u64>(a < 0 ? -a : a); }
/** One lane to one of its width. */
export function one(op: u32, x: u64, width: u32, old: u64): u64 {
  const a = sx(x, width);
  switch (op) {
    case Simd.CLS: return <u64>(clz<i64>(a ^ (a >> 63)) - (64 - <i64>width) - 1);
    case Simd.CLZ: return <u64>(clz<i64>(<i64>x) - (64 - <i64>width));
    case Simd.CNT: return popcnt<u64>(x);
    case Simd.NOT: return ~x;
    case Simd.RBIT: return reverseByte(x);
    case Simd.ABS: return magnitude(a);
    case Simd.NEG: return 0 - x;
    case Simd.SQABS: return a == -mostPositive(width) - 1 ? saturated(false, width) : magnitude(a);
    case Simd.SQNEG: return a == -mostPositive(width) - 1 ? saturated(false, width) : <u64>-a;
    case Simd.SUQADD: {
      const o = sx(old, width);
      // room above `o`, without a sign
      return x > <u64>mostPositive(width) - <u64>o ? saturated(false, width) : <u64>o + x;
    }
    case Simd.USQADD:
      if (a >= 0) return addUnsigned(old, <u64>a, width);
      return subtractUnsigned(old, magnitude(a));
    case Simd.CMGT_zero: return all(a > 0);
    case Simd.CMGE_zero: return all(a >= 0);
    case Simd.CMEQ_zero: return all(a == 0);
    case Simd.CMLE_zero: return all(a <= 0);
    case Simd.CMLT_zero: return all(a < 0);
    default: return unreachable();
  }
}
/** A lane of twice the width to one of `width`. */
export function narrow(op: u32, x: u64, width: u32): u64 {
  switch (op) {
    case Simd.XTN: return x;
    case Simd.SQXTN: return clampSigned(sx(x, width * 2), width);
    case Simd.UQXTN: return narrowUnsigned(x, width);
    default: return clampUnsigned(sx(x, width * 2), width);
  }
}
function narrowUnsigned(x: u64, width: u32): u64 {
  if (x >> width == 0) return x;
  QC = true;
  return maskOf(width);
}
/** A pair of lanes to one of twice the width. */
export function pairLong(op: u32, x: u64, y: u64, width: u32, old: u64): u64 {
  switch (op) {
    case Simd.SADDLP: return <u64>(sx(x, width) + sx(y, width));
    case Simd.UADDLP: return x + y;
    case Simd.SADALP: return old + <u64>(sx(x, width) + sx(y, width));
    default: return old + x + y;
  }
}

/** Shifts by an immediate: `immb` is the amount to the left, or `width` less that to the right. */
export function shifted(op: u32, x: u64, immb: u32, width: u32, old: u64): u64 {
  const right = width - immb;
  switch (op) {
    case Simd.SSHR: return <u64>rightSigned(sx(x, width), right, false);
    case Simd.SSRA: return old + <u64>rightSigned(sx(x, width), right, false);
    case Simd.SRSHR: return <u64>rightSigned(sx(x, width), right, true);
    case Simd.SRSRA: return old + <u64>rightSigned(sx(x, width), right, true);
    case Simd.USHR: return rightUnsigned(x, right, false);
    case Simd.USRA: return old + rightUnsigned(x, right, false);
    case Simd.URSHR: return rightUnsigned(x, right, true);
    case Simd.URSRA: return old + rightUnsigned(x, right, true);
    case Simd.SRI: return right == 64 ? old : (x >> <u64>right) | (old & ~(maskOf(width) >> <u64>right));
    case Simd.SHL: return x << <u64>immb;
    case Simd.SLI: return (x << <u64>immb) | (old & ((<u64>1 << <u64>immb) - 1));
    case Simd.SQSHL: return leftSigned(sx(x, width), immb, width);
    case Simd.UQSHL: return leftUnsigned(x, immb, width);
    case Simd.SQSHLU:
      if (sx(x, width) >= 0) return leftUnsigned(x, immb, width);
      QC = true;
      return 0;
    default: return unreachable();
  }
}
/** A lane of twice the width, shifted to the right by up to `width`, to one of `width`. */
export function shiftedNarrow(op: u32, x: u64, right: u32, width: u32): u64 {
  switch (op) {
    case Simd.SHRN: return x >> <u64>right;
    case Simd.RSHRN: return rightUnsigned(x, right, true);
    case Simd.SQSHRN: return clampSigned(rightSigned(sx(x, width * 2), right, false), width);
    case Simd.SQRSHRN: return clampSigned(rightSigned(sx(x, width * 2), right, true), width);
    case Simd.UQSHRN: return narrowUnsigned(rightUnsigned(x, right, false), width);
    case Simd.UQRSHRN: return narrowUnsigned(rightUnsigned(x, right, true), width);
    case Simd.SQSHRUN: return clampUnsigned(rightSigned(sx(x, width * 2), right, false), width);
    default: return clampUnsigned(rightSigned(sx(x, width * 2), right, true), width);
  }
}
