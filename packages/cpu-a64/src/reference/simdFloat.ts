/**
 * Floating-point instructions, scalar and vector: how each encoding class takes its operands.
 * Source: Arm ARM DDI 0487, C7.2 "Alphabetical list of A64 Advanced SIMD and floating-point instructions", "Operation" of each.
 */
import { ModelBug } from "@granule/units";
import type { Fields } from "../spec/row.ts";
import { conditionHolds, ones } from "./bits.ts";
import { type Core, type Execute, readX, widthOf, writeX } from "./core.ts";
import {
  absoluteDifference, add, type Binary, compareFlags, divide, isEqual, isGreaterOrEqual, isGreaterThan, maximum, maximumNumber, minimum, minimumNumber, multiply, multiplyAdd,
  multiplyExtended, negatedMultiply, reciprocalRootStep, reciprocalStep, squareRoot, subtract, type Unary,
} from "./floatArithmetic.ts";
import {
  convert, fromFixed, reciprocalEstimate, reciprocalExponent, reciprocalRootEstimate, toFixed, toIntegral, unsignedReciprocal, unsignedReciprocalRoot,
} from "./floatConvert.ts";
import { absolute, expandImmediate, type FloatControl, floatControl, type Format, FORMATS, negate, type Rounding, zero } from "./floatFormat.ts";
import { join, laneCount, operationOf, readLanes, readV, simdOf, writeV } from "./simdCore.ts";

type Ternary = (control: FloatControl, format: Format, addend: bigint, x: bigint, y: bigint) => bigint;

const test = (holds: (control: FloatControl, format: Format, x: bigint, y: bigint) => boolean): Binary => (control, format, x, y) => (holds(control, format, x, y) ? ones(format.bits) : 0n);
const ofMagnitudes = (operation: Binary): Binary => (control, format, x, y) => operation(control, format, absolute(format, x), absolute(format, y));
const TWO: Readonly<Record<string, Binary>> = {
  FADD: add, FSUB: subtract, FMUL: multiply, FDIV: divide, FMULX: multiplyExtended, FNMUL: negatedMultiply, FABD: absoluteDifference,
  FMAX: maximum, FMIN: minimum, FMAXNM: maximumNumber, FMINNM: minimumNumber, FRECPS: reciprocalStep, FRSQRTS: reciprocalRootStep,
  FCMEQ: test(isEqual), FCMGE: test(isGreaterOrEqual), FCMGT: test(isGreaterThan), FACGE: ofMagnitudes(test(isGreaterOrEqual)), FACGT: ofMagnitudes(test(isGreaterThan)),
};
const PAIRS: Readonly<Record<string, Binary>> = { FADDP: add, FMAXP: maximum, FMINP: minimum, FMAXNMP: maximumNumber, FMINNMP: minimumNumber };
const ACROSS: Readonly<Record<string, Binary>> = { FMAXV: maximum, FMINV: minimum, FMAXNMV: maximumNumber, FMINNMV: minimumNumber };
const multiplySubtract: Ternary = (control, format, addend, x, y) => multiplyAdd(control, format, addend, negate(format, x), y);
const THREE: Readonly<Record<string, Ternary>> = {
  FMLA: multiplyAdd, FMLS: multiplySubtract, FMADD: multiplyAdd, FMSUB: multiplySubtract,
  FNMADD: (control, format, addend, x, y) => multiplySubtract(control, format, negate(format, addend), x, y),
  FNMSUB: (control, format, addend, x, y) => multiplyAdd(control, format, negate(format, addend), x, y),
};
const integral = (rounding?: Rounding, exact = false): Unary => (control, format, x) => toIntegral(control, format, x, rounding ?? control.rounding, exact);
const fixed = (rounding: Rounding, isSigned: boolean): Unary => (control, format, x) => toFixed(control, format, x, format.bits, isSigned, rounding);
const compareZero = (operation: Binary): Unary => (control, format, x) => operation(control, format, x, zero(format, false));
const zeroCompares = (operation: Binary): Unary => (control, format, x) => operation(control, format, zero(format, false), x);
const ONE: Readonly<Record<string, Unary>> = {
  FMOV: (_control, _format, x) => x, FABS: (_control, format, x) => absolute(format, x), FNEG: (_control, format, x) => negate(format, x), FSQRT: squareRoot,
  FRINTN: integral("nearest"), FRINTP: integral("plus"), FRINTM: integral("minus"), FRINTZ: integral("zero"), FRINTA: integral("away"), FRINTX: integral(undefined, true), FRINTI: integral(),
  FCVTNS: fixed("nearest", true), FCVTNU: fixed("nearest", false), FCVTPS: fixed("plus", true), FCVTPU: fixed("plus", false), FCVTMS: fixed("minus", true), FCVTMU: fixed("minus", false),
  FCVTZS: fixed("zero", true), FCVTZU: fixed("zero", false), FCVTAS: fixed("away", true), FCVTAU: fixed("away", false),
  SCVTF: (control, format, x) => fromFixed(control, format, x, format.bits, true), UCVTF: (control, format, x) => fromFixed(control, format, x, format.bits, false),
  FCMEQ_zero: compareZero(test(isEqual)), FCMGE_zero: compareZero(test(isGreaterOrEqual)), FCMGT_zero: compareZero(test(isGreaterThan)),
  FCMLE_zero: zeroCompares(test(isGreaterOrEqual)), FCMLT_zero: zeroCompares(test(isGreaterThan)),
  FRECPE: reciprocalEstimate, FRSQRTE: reciprocalRootEstimate, FRECPX: reciprocalExponent,
  URECPE: (_control, _format, x) => unsignedReciprocal(x), URSQRTE: (_control, _format, x) => unsignedReciprocalRoot(x),
};

/** Of `sz`. */
const formatOf = (sz: number): Format => (sz === 1 ? FORMATS.double : FORMATS.single);
/** Of `ftype`. */
const formatOfType = (ftype: number): Format => (ftype === 3 ? FORMATS.half : formatOf(ftype));
const lane = (core: Core, n: number, format: Format): bigint => BigInt.asUintN(format.bits, readV(core, n));

function byLane(core: Core, f: Fields, format: Format, count: number, second: readonly bigint[], operation: Binary | undefined, ternary: Ternary | undefined): void {
  const control = floatControl(core);
  const old = readLanes(core, f.Rd, format.bits, count);
  const result = readLanes(core, f.Rn, format.bits, count).map((x, n) => {
    const y = second[n] ?? 0n;
    return operation === undefined ? (ternary?.(control, format, old[n] ?? 0n, x, y) ?? 0n) : operation(control, format, x, y);
  });
  writeV(core, f.Rd, join(result, format.bits));
}
const inPairs = (lanes: readonly bigint[], operation: (x: bigint, y: bigint) => bigint): bigint[] =>
  Array.from({ length: lanes.length / 2 }, (_, n) => operation(lanes[n * 2] ?? 0n, lanes[n * 2 + 1] ?? 0n));

export const threeSameFloat: Execute = (core, f, row) => {
  const format = formatOf(f.sz);
  const { operation } = simdOf(row);
  const count = laneCount(row, f.Q, format.bits);
  const second = readLanes(core, f.Rm, format.bits, count);
  const pairs = PAIRS[operation];
  if (pairs === undefined) return byLane(core, f, format, count, second, TWO[operation], THREE[operation]);
  const control = floatControl(core);
  writeV(core, f.Rd, join(inPairs([...readLanes(core, f.Rn, format.bits, count), ...second], (x, y) => pairs(control, format, x, y)), format.bits));
};
export const elementFloat: Execute = (core, f, row) => {
  const format = formatOf(f.sz);
  const { operation } = simdOf(row);
  const count = laneCount(row, f.Q, format.bits);
  const [value = 0n] = readLanes(core, f.M * 16 + f.Rm, format.bits, 1, f.sz === 1 ? f.H : f.H * 2 + f.L);
  byLane(core, f, format, count, Array.from({ length: count }, () => value), TWO[operation], THREE[operation]);
};
export const pairwiseFloat: Execute = (core, f, row) => {
  const format = formatOf(f.sz);
  const control = floatControl(core);
  const pairs = operationOf(PAIRS, row);
  writeV(core, f.Rd, join(inPairs(readLanes(core, f.Rn, format.bits, 2), (x, y) => pairs(control, format, x, y)), format.bits));
};
/** Four words, in halves: Reduce(). */
export const acrossFloat: Execute = (core, f, row) => {
  const control = floatControl(core);
  const combine = operationOf(ACROSS, row);
  const reduce = (lanes: readonly bigint[]): bigint => {
    if (lanes.length === 1) return lanes[0] ?? 0n;
    return combine(control, FORMATS.single, reduce(lanes.slice(0, lanes.length / 2)), reduce(lanes.slice(lanes.length / 2)));
  };
  writeV(core, f.Rd, reduce(readLanes(core, f.Rn, 32, 4)));
};

export const twoMiscFloat: Execute = (core, f, row) => {
  const { operation, scalar } = simdOf(row);
  const control = floatControl(core);
  const [wide, narrow] = f.sz === 1 ? ([FORMATS.double, FORMATS.single] as const) : ([FORMATS.single, FORMATS.half] as const);
  const half = scalar ? 1 : 64 / narrow.bits;
  if (operation === "FCVTL") {
    const lanes = readLanes(core, f.Rn, narrow.bits, half, f.Q * half);
    return writeV(core, f.Rd, join(lanes.map((x) => convert(control, narrow, wide, x)), wide.bits));
  }
  if (operation === "FCVTN" || operation === "FCVTXN") {
    const rounding = operation === "FCVTXN" ? "odd" : control.rounding;
    const result = join(readLanes(core, f.Rn, wide.bits, half).map((x) => convert(control, wide, narrow, x, rounding)), narrow.bits);
    return writeV(core, f.Rd, f.Q === 1 && !scalar ? (result << 64n) | BigInt.asUintN(64, readV(core, f.Rd)) : result);
  }
  const format = formatOf(f.sz);
  const one = operationOf(ONE, row);
  writeV(core, f.Rd, join(readLanes(core, f.Rn, format.bits, laneCount(row, f.Q, format.bits)).map((x) => one(control, format, x)), format.bits));
};
/** Fixed-point numbers, where `immb` tells how many bits are after the point. */
export const shiftFloat: Execute = (core, f, row) => {
  const { operation, size } = simdOf(row);
  const format = size === 3 ? FORMATS.double : FORMATS.single;
  const control = floatControl(core);
  const fraction = format.bits - f.immb;
  const isSigned = operation === "SCVTF" || operation === "FCVTZS";
  const one = (x: bigint): bigint =>
    operation.endsWith("CVTF") ? fromFixed(control, format, x, format.bits, isSigned, fraction) : toFixed(control, format, x, format.bits, isSigned, "zero", fraction);
  writeV(core, f.Rd, join(readLanes(core, f.Rn, format.bits, laneCount(row, f.Q, format.bits)).map(one), format.bits));
};

/** Of FCVT, by the name's last letter. */
const TARGETS: Readonly<Record<string, Format>> = { FCVT_S: FORMATS.single, FCVT_D: FORMATS.double, FCVT_H: FORMATS.half };
export const floatOne: Execute = (core, f, row) => {
  const format = formatOfType(f.ftype);
  const control = floatControl(core);
  const target = TARGETS[simdOf(row).operation];
  const x = lane(core, f.Rn, format);
  writeV(core, f.Rd, target === undefined ? operationOf(ONE, row)(control, format, x) : convert(control, format, target, x));
};
export const floatTwo: Execute = (core, f, row) => {
  const format = formatOfType(f.ftype);
  writeV(core, f.Rd, operationOf(TWO, row)(floatControl(core), format, lane(core, f.Rn, format), lane(core, f.Rm, format)));
};
export const floatThree: Execute = (core, f, row) => {
  const format = formatOfType(f.ftype);
  writeV(core, f.Rd, operationOf(THREE, row)(floatControl(core), format, lane(core, f.Ra, format), lane(core, f.Rn, format), lane(core, f.Rm, format)));
};
export const floatCompare: Execute = (core, f, row) => {
  const format = formatOfType(f.ftype);
  const { operation } = simdOf(row);
  const second = operation.endsWith("_zero") ? 0n : lane(core, f.Rm, format);
  core.state.nzcv = compareFlags(floatControl(core), format, lane(core, f.Rn, format), second, operation.startsWith("FCMPE"));
};
export const floatConditionalCompare: Execute = (core, f, row) => {
  const format = formatOfType(f.ftype);
  const compared = (): number => compareFlags(floatControl(core), format, lane(core, f.Rn, format), lane(core, f.Rm, format), simdOf(row).operation === "FCCMPE");
  core.state.nzcv = conditionHolds(f.cond, core.state.nzcv) ? compared() : f.nzcv;
};
export const floatSelect: Execute = (core, f) => writeV(core, f.Rd, lane(core, conditionHolds(f.cond, core.state.nzcv) ? f.Rn : f.Rm, formatOfType(f.ftype)));
export const floatImmediate: Execute = (core, f) => writeV(core, f.Rd, expandImmediate(f.ftype === 1 ? "double" : "single", f.imm8));

/** FMOV between the register files. */
const MOVES: Readonly<Record<string, (core: Core, f: Fields) => void>> = {
  FMOV_toGeneral: (core, f) => writeX(core, f.Rd, BigInt.asUintN(32, readV(core, f.Rn))),
  FMOV_toGeneral64: (core, f) => writeX(core, f.Rd, BigInt.asUintN(64, readV(core, f.Rn))),
  FMOV_toGeneralTop: (core, f) => writeX(core, f.Rd, readV(core, f.Rn) >> 64n),
  FMOV_fromGeneral: (core, f) => writeV(core, f.Rd, readX(core, f.Rn, 32)),
  FMOV_fromGeneral64: (core, f) => writeV(core, f.Rd, readX(core, f.Rn)),
  FMOV_fromGeneralTop: (core, f) => writeV(core, f.Rd, (readX(core, f.Rn) << 64n) | BigInt.asUintN(64, readV(core, f.Rd))),
};
/** By the letter of FCVTNS and its kin. */
const ROUNDING_LETTERS: Readonly<Record<string, Rounding>> = { N: "nearest", P: "plus", M: "minus", Z: "zero", A: "away" };
const betweenFiles = (core: Core, f: Fields, operation: string, fraction: number): void => {
  const format = formatOfType(f.ftype);
  const control = floatControl(core);
  const width = widthOf(f.sf);
  if (operation.endsWith("CVTF")) return writeV(core, f.Rd, fromFixed(control, format, readX(core, f.Rn, width), width, operation === "SCVTF", fraction));
  const rounding = ROUNDING_LETTERS[operation[4] ?? ""];
  if (rounding === undefined) throw new ModelBug(`${operation} rounds in no known way`);
  writeX(core, f.Rd, toFixed(control, format, lane(core, f.Rn, format), width, operation.endsWith("S"), rounding, fraction));
};
export const floatInteger: Execute = (core, f, row) => {
  const { operation } = simdOf(row);
  const move = MOVES[operation];
  if (move === undefined) betweenFiles(core, f, operation, 0);
  else move(core, f);
};
export const floatFixed: Execute = (core, f, row) => betweenFiles(core, f, simdOf(row).operation, 64 - f.scale);
