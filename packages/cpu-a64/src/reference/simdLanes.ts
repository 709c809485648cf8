/**
 * Integer operations lane by lane: what each does to one lane, by name.
 * Source: Arm ARM DDI 0487, C7.2 "Alphabetical list of A64 Advanced SIMD and floating-point instructions", "Operation" of each.
 * Lanes are unsigned bigints; what exceeds the result's width is dropped by the caller.
 */
import { ones } from "./bits.ts";
import type { Core } from "./core.ts";
import { countLeadingSigns, countLeadingZeros, reverseBits } from "./scalar.ts";
import { saturate } from "./simdCore.ts";

/** `width`: bits of the operands. `old`: the destination's lane. */
export type Two = (x: bigint, y: bigint, width: number, core: Core, old: bigint) => bigint;
export type One = (x: bigint, width: number, core: Core, old: bigint) => bigint;

const signed = (operation: Two): Two => (x, y, width, core, old) => operation(BigInt.asIntN(width, x), BigInt.asIntN(width, y), width, core, old);
const test = (holds: (x: bigint, y: bigint) => boolean): Two => (x, y, width) => (holds(x, y) ? ones(width) : 0n);
const min = (x: bigint, y: bigint): bigint => (x < y ? x : y);
const max = (x: bigint, y: bigint): bigint => (x > y ? x : y);
const distance = (x: bigint, y: bigint): bigint => (x < y ? y - x : x - y);
const saturated = (operation: (x: bigint, y: bigint) => bigint, isSigned: boolean): Two => {
  const unsigned: Two = (x, y, width, core) => saturate(core, operation(x, y), width, isSigned);
  return isSigned ? signed(unsigned) : unsigned;
};
const plus = (x: bigint, y: bigint): bigint => x + y;
const minus = (x: bigint, y: bigint): bigint => x - y;

/** By the lowest byte of the second operand, which is signed: to the left, or for a negative one to the right. */
const shiftByRegister = (isSigned: boolean, { round = false, clamp = false }): Two => (x, y, width, core) => {
  const by = BigInt.asIntN(8, y);
  const value = isSigned ? BigInt.asIntN(width, x) : x;
  const result = by >= 0n ? value << by : (value + (round ? 1n << (-by - 1n) : 0n)) >> -by;
  return clamp ? saturate(core, result, width, isSigned) : result;
};
const doublingHigh = (round: boolean): Two => signed((x, y, width, core) => saturate(core, (2n * x * y + (round ? 1n << BigInt(width - 1) : 0n)) >> BigInt(width), width, true));
/** Carry-less product. */
function polynomial(x: bigint, y: bigint): bigint {
  let product = 0n;
  for (let bit = 0n; x >> bit !== 0n; bit += 1n) if (((x >> bit) & 1n) === 1n) product ^= y << bit;
  return product;
}

export const THREE_SAME: Readonly<Record<string, Two>> = {
  SHADD: signed((x, y) => (x + y) >> 1n), UHADD: (x, y) => (x + y) >> 1n, SRHADD: signed((x, y) => (x + y + 1n) >> 1n), URHADD: (x, y) => (x + y + 1n) >> 1n,
  SHSUB: signed((x, y) => (x - y) >> 1n), UHSUB: (x, y) => (x - y) >> 1n,
  SQADD: saturated(plus, true), UQADD: saturated(plus, false), SQSUB: saturated(minus, true), UQSUB: saturated(minus, false),
  CMGT: signed(test((x, y) => x > y)), CMGE: signed(test((x, y) => x >= y)), CMHI: test((x, y) => x > y), CMHS: test((x, y) => x >= y),
  CMEQ: test((x, y) => x === y), CMTST: test((x, y) => (x & y) !== 0n),
  SSHL: shiftByRegister(true, {}), USHL: shiftByRegister(false, {}), SRSHL: shiftByRegister(true, { round: true }), URSHL: shiftByRegister(false, { round: true }),
  SQSHL: shiftByRegister(true, { clamp: true }), UQSHL: shiftByRegister(false, { clamp: true }),
  SQRSHL: shiftByRegister(true, { round: true, clamp: true }), UQRSHL: shiftByRegister(false, { round: true, clamp: true }),
  SMAX: signed(max), UMAX: max, SMIN: signed(min), UMIN: min, SABD: signed(distance), UABD: distance,
  SABA: signed((x, y, _width, _core, old) => old + distance(x, y)), UABA: (x, y, _width, _core, old) => old + distance(x, y),
  ADD: plus, SUB: minus, MUL: (x, y) => x * y, MLA: (x, y, _width, _core, old) => old + x * y, MLS: (x, y, _width, _core, old) => old - x * y,
  PMUL: polynomial, SQDMULH: doublingHigh(false), SQRDMULH: doublingHigh(true),
};
/** Neighbours of both operands, one after the other. */
export const PAIRWISE: Readonly<Record<string, Two>> = {
  ADDP: plus, SMAXP: signed(max), SMINP: signed(min), UMAXP: max, UMINP: min,
};
export const LOGICAL: Readonly<Record<string, (x: bigint, y: bigint, old: bigint) => bigint>> = {
  AND: (x, y) => x & y, BIC: (x, y) => x & ~y, ORR: (x, y) => x | y, ORN: (x, y) => x | ~y, EOR: (x, y) => x ^ y,
  BSL: (x, y, old) => (x & old) | (y & ~old), BIT: (x, y, old) => (x & y) | (old & ~y), BIF: (x, y, old) => (x & ~y) | (old & y),
};

const doubling = (combine: (old: bigint, product: bigint) => bigint): Two => signed((x, y, width, core, old) => {
  const product = BigInt.asIntN(width * 2, saturate(core, 2n * x * y, width * 2, true));
  return saturate(core, combine(BigInt.asIntN(width * 2, old), product), width * 2, true);
});
/** Two lanes to one of twice the width; `old` has that width too. */
export const LONG: Readonly<Record<string, Two>> = {
  SADDL: signed(plus), UADDL: plus, SSUBL: signed(minus), USUBL: minus, SABDL: signed(distance), UABDL: distance,
  SABAL: signed((x, y, _width, _core, old) => old + distance(x, y)), UABAL: (x, y, _width, _core, old) => old + distance(x, y),
  SMULL: signed((x, y) => x * y), UMULL: (x, y) => x * y, PMULL: polynomial,
  SMLAL: signed((x, y, _width, _core, old) => old + x * y), UMLAL: (x, y, _width, _core, old) => old + x * y,
  SMLSL: signed((x, y, _width, _core, old) => old - x * y), UMLSL: (x, y, _width, _core, old) => old - x * y,
  SQDMULL: doubling((_old, product) => product), SQDMLAL: doubling(plus), SQDMLSL: doubling(minus),
};
/** The first operand has twice the width. */
export const WIDE: Readonly<Record<string, Two>> = {
  SADDW: (x, y, width) => x + BigInt.asIntN(width, y), UADDW: plus, SSUBW: (x, y, width) => x - BigInt.asIntN(width, y), USUBW: minus,
};
/** Both operands have twice the width; the result is the high half. */
const high = (combine: (x: bigint, y: bigint) => bigint, round: boolean): Two => (x, y, width) => (combine(x, y) + (round ? 1n << BigInt(width - 1) : 0n)) >> BigInt(width);
export const NARROW_HIGH: Readonly<Record<string, Two>> = { ADDHN: high(plus, false), RADDHN: high(plus, true), SUBHN: high(minus, false), RSUBHN: high(minus, true) };

const against0 = (holds: (x: bigint) => boolean): One => (x, width) => (holds(BigInt.asIntN(width, x)) ? ones(width) : 0n);
const absolute = (x: bigint, width: number): bigint => {
  const value = BigInt.asIntN(width, x);
  return value < 0n ? -value : value;
};
export const ONE: Readonly<Record<string, One>> = {
  CLS: countLeadingSigns, CLZ: countLeadingZeros, NOT: (x) => ~x, RBIT: reverseBits, ABS: absolute, NEG: (x) => -x,
  CNT: (x) => BigInt(x.toString(2).replaceAll("0", "").length),
  SQABS: (x, width, core) => saturate(core, absolute(x, width), width, true), SQNEG: (x, width, core) => saturate(core, -BigInt.asIntN(width, x), width, true),
  SUQADD: (x, width, core, old) => saturate(core, BigInt.asIntN(width, old) + x, width, true),
  USQADD: (x, width, core, old) => saturate(core, old + BigInt.asIntN(width, x), width, false),
  CMGT_zero: against0((x) => x > 0n), CMGE_zero: against0((x) => x >= 0n), CMEQ_zero: against0((x) => x === 0n), CMLE_zero: against0((x) => x <= 0n), CMLT_zero: against0((x) => x < 0n),
};
/** From twice the width; `width` is that of the result. */
export const NARROW: Readonly<Record<string, One>> = {
  XTN: (x) => x, SQXTN: (x, width, core) => saturate(core, BigInt.asIntN(width * 2, x), width, true),
  UQXTN: (x, width, core) => saturate(core, x, width, false), SQXTUN: (x, width, core) => saturate(core, BigInt.asIntN(width * 2, x), width, false),
};
/** A pair of lanes to one of twice the width. */
export const PAIRS_LONG: Readonly<Record<string, Two>> = {
  SADDLP: signed(plus), UADDLP: plus, SADALP: signed((x, y, _width, _core, old) => old + x + y), UADALP: (x, y, _width, _core, old) => old + x + y,
};
/** All lanes to one; of the first two, to one of twice the width. */
export const ACROSS: Readonly<Record<string, Two>> = { SADDLV: plus, UADDLV: plus, ADDV: plus, SMAXV: max, SMINV: min, UMAXV: max, UMINV: min };

/** `by`: the amount. `width`: bits of the operand. */
export type Shift = (x: bigint, by: bigint, width: number, core: Core, old: bigint) => bigint;
const right = (isSigned: boolean, round: boolean, accumulate = false): Shift => (x, by, width, _core, old) =>
  (((isSigned ? BigInt.asIntN(width, x) : x) + (round ? 1n << (by - 1n) : 0n)) >> by) + (accumulate ? old : 0n);
export const SHIFT_RIGHT: Readonly<Record<string, Shift>> = {
  SSHR: right(true, false), SSRA: right(true, false, true), SRSHR: right(true, true), SRSRA: right(true, true, true),
  USHR: right(false, false), USRA: right(false, false, true), URSHR: right(false, true), URSRA: right(false, true, true),
  SRI: (x, by, width, _core, old) => (x >> by) | (old & (ones(width) ^ (ones(width) >> by))),
};
export const SHIFT_LEFT: Readonly<Record<string, Shift>> = {
  SHL: (x, by) => x << by, SLI: (x, by, _width, _core, old) => (x << by) | (old & ((1n << by) - 1n)),
  SQSHL: (x, by, width, core) => saturate(core, BigInt.asIntN(width, x) << by, width, true), UQSHL: (x, by, width, core) => saturate(core, x << by, width, false),
  SQSHLU: (x, by, width, core) => saturate(core, BigInt.asIntN(width, x) << by, width, false),
};
/** From twice the width; `width` is that of the result. */
const narrowed = (fromSigned: boolean, round: boolean, toSigned: boolean): Shift => (x, by, width, core) =>
  saturate(core, ((fromSigned ? BigInt.asIntN(width * 2, x) : x) + (round ? 1n << (by - 1n) : 0n)) >> by, width, toSigned);
export const SHIFT_NARROW: Readonly<Record<string, Shift>> = {
  SHRN: (x, by) => x >> by, RSHRN: (x, by) => (x + (1n << (by - 1n))) >> by,
  SQSHRN: narrowed(true, false, true), SQRSHRN: narrowed(true, true, true), UQSHRN: narrowed(false, false, false), UQRSHRN: narrowed(false, true, false),
  SQSHRUN: narrowed(true, false, false), SQRSHRUN: narrowed(true, true, false),
};
export const SHIFT_LONG: Readonly<Record<string, Shift>> = { SSHLL: (x, by, width) => BigInt.asIntN(width, x) << by, USHLL: (x, by) => x << by };
