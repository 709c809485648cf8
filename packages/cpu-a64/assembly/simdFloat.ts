/** Floating-point instructions, scalar and vector: operands and results. Source: Arm ARM DDI 0487, C7.2, "Operation" of each. */
import { Class, classOf, isScalar, operationOf, Simd, sizeOf } from "./generated/simd";
import { R_PSTATE } from "./generated/layout";
import { begin, finish, finishHalf, lane, lowResult, put, q, rd, readX, rm, rn, v, writeScalar, writeVector, writeX } from "./simdCore";
import { expandDouble, expandSingle } from "./simdMove";
import {
  convertFloat, fromFixed, reciprocalEstimate, reciprocalExponent, reciprocalRootEstimate, toFixed, toIntegral, unsignedReciprocal, unsignedReciprocalRoot,
} from "./softConvert";
import {
  addFloat, AWAY, beginFloat, biasOf, compareFloat, divideFloat, endFloat, fractionBits, isFast, maxMin, maxMinNumber, MINUS, MODE, multiplyAddFloat, multiplyFloat, NEAREST, ODD, plain32x4, plain64x2, PLUS,
  rootFloat, signBit, subtractFloat, ZERO,
} from "./softFloat";
import { PSTATE_NZCV, R } from "./state";

/* @inline */ function negated(size: u32, x: u64): u64 { return x ^ signBit(size); }
/* @inline */ function magnitude(size: u32, x: u64): u64 { return x & (signBit(size) - 1); }
/* @inline */ function all(holds: bool): u64 { return holds ? <u64>-1 : 0; }
const GREATER: u32 = 2;
const LESS: u32 = 8;
const EQUAL: u32 = 6;
function greaterOrEqual(size: u32, x: u64, y: u64): u64 {
  const nzcv = compareFloat(size, x, y, true);
  return all(nzcv == GREATER || nzcv == EQUAL);
}
/** 1.5, 2 and 3. */
/* @inline */ function small(size: u32, exponent: u64, half: u64): u64 { return (<u64>biasOf(size) + exponent) << fractionBits(size) | half << (fractionBits(size) - 1); }

function two(op: u32, size: u32, x: u64, y: u64, old: u64): u64 {
  switch (op) {
    case Simd.FADD:
    case Simd.FADDP: return addFloat(size, x, y);
    case Simd.FSUB: return subtractFloat(size, x, y);
    case Simd.FMUL: return multiplyFloat(size, x, y, false);
    case Simd.FNMUL: return negated(size, multiplyFloat(size, x, y, false));
    case Simd.FMULX: return multiplyFloat(size, x, y, true);
    case Simd.FDIV: return divideFloat(size, x, y);
    case Simd.FABD: return magnitude(size, subtractFloat(size, x, y));
    case Simd.FMAX:
    case Simd.FMAXP:
    case Simd.FMAXV: return maxMin(size, x, y, true);
    case Simd.FMIN:
    case Simd.FMINP:
    case Simd.FMINV: return maxMin(size, x, y, false);
    case Simd.FMAXNM:
    case Simd.FMAXNMP:
    case Simd.FMAXNMV: return maxMinNumber(size, x, y, true);
    case Simd.FMINNM:
    case Simd.FMINNMP:
    case Simd.FMINNMV: return maxMinNumber(size, x, y, false);
    case Simd.FCMEQ: return all(compareFloat(size, x, y, false) == EQUAL);
    case Simd.FCMGT: return all(compareFloat(size, x, y, true) == GREATER);
    case Simd.FCMGE: return greaterOrEqual(size, x, y);
    case Simd.FACGT: return all(compareFloat(size, magnitude(size, x), magnitude(size, y), true) == GREATER);
    case Simd.FACGE: return greaterOrEqual(size, magnitude(size, x), magnitude(size, y));
    case Simd.FMLA: return multiplyAddFloat(size, old, x, y, 0, 0);
    case Simd.FMLS: return multiplyAddFloat(size, old, negated(size, x), y, 0, 0);
    case Simd.FRECPS: return multiplyAddFloat(size, small(size, 1, 0), negated(size, x), y, 0, small(size, 1, 0));
    case Simd.FRSQRTS: return multiplyAddFloat(size, small(size, 1, 1), negated(size, x), y, 1, small(size, 0, 1));
    default: return unreachable();
  }
}

/** How FCVTNS and its kin, and FRINTN and its kin, round. */
function roundingOf(op: u32): u32 {
  switch (op) {
    case Simd.FCVTNS:
    case Simd.FCVTNU:
    case Simd.FRINTN: return NEAREST;
    case Simd.FCVTPS:
    case Simd.FCVTPU:
    case Simd.FRINTP: return PLUS;
    case Simd.FCVTMS:
    case Simd.FCVTMU:
    case Simd.FRINTM: return MINUS;
    case Simd.FCVTAS:
    case Simd.FCVTAU:
    case Simd.FRINTA: return AWAY;
    case Simd.FCVTZS:
    case Simd.FCVTZU:
    case Simd.FRINTZ: return ZERO;
    default: return MODE;
  }
}
/* @inline */ function isSignedConversion(op: u32): bool {
  return op == Simd.FCVTNS || op == Simd.FCVTPS || op == Simd.FCVTMS || op == Simd.FCVTAS || op == Simd.FCVTZS || op == Simd.SCVTF;
}
function one(op: u32, size: u32, x: u64): u64 {
  switch (op) {
    case Simd.FMOV: return x;
    case Simd.FABS: return magnitude(size, x);
    case Simd.FNEG: return negated(size, x);
    case Simd.FSQRT: return rootFloat(size, x);
    case Simd.FRINTN:
    case Simd.FRINTP:
    case Simd.FRINTM:
    case Simd.FRINTZ:
    case Simd.FRINTA:
    case Simd.FRINTI: return toIntegral(size, x, roundingOf(op), false);
    case Simd.FRINTX: return toIntegral(size, x, MODE, true);
    case Simd.SCVTF:
    case Simd.UCVTF: return fromFixed(size, x, 8 << size, op == Simd.SCVTF, 0);
    case Simd.FCMEQ_zero: return all(compareFloat(size, x, 0, false) == EQUAL);
    case Simd.FCMGT_zero: return all(compareFloat(size, x, 0, true) == GREATER);
    case Simd.FCMGE_zero: return greaterOrEqual(size, x, 0);
    case Simd.FCMLE_zero: return greaterOrEqual(size, 0, x);
    case Simd.FCMLT_zero: return all(compareFloat(size, x, 0, true) == LESS);
    case Simd.FRECPE: return reciprocalEstimate(size, x);
    case Simd.FRSQRTE: return reciprocalRootEstimate(size, x);
    case Simd.FRECPX: return reciprocalExponent(size, x);
    case Simd.URECPE: return unsignedReciprocal(<u32>x);
    case Simd.URSQRTE: return unsignedReciprocalRoot(<u32>x);
    default: return toFixed(size, x, 8 << size, isSignedConversion(op), roundingOf(op), 0);
  }
}

/** Of `sz`. */
/* @inline */ function sizeOfSz(word: u32): u32 { return 2 + ((word >>> 22) & 1); }
/* @inline */ function countOf(code: u32, word: u32, size: u32): u32 { return isScalar(code) ? 1 : (<u32>8 << q(word)) >>> size; }
/** Of `ftype`. */
/* @inline */ function sizeOfType(word: u32): u32 {
  const ftype = (word >>> 22) & 3;
  return ftype == 3 ? 1 : 2 + ftype;
}

/** All lanes at once, when nothing but inexactness happens in any; see softFloat.ts. */
function threeWhole(op: u32, size: u32, word: u32): bool {
  const a = v128.load(v(rn(word)));
  const b = v128.load(v(rm(word)));
  let r: v128;
  switch (op) {
    case Simd.FADD: r = size == 3 ? f64x2.add(a, b) : f32x4.add(a, b); break;
    case Simd.FSUB: r = size == 3 ? f64x2.sub(a, b) : f32x4.sub(a, b); break;
    case Simd.FMUL: r = size == 3 ? f64x2.mul(a, b) : f32x4.mul(a, b); break;
    case Simd.FDIV: r = size == 3 ? f64x2.div(a, b) : f32x4.div(a, b); break;
    default: return false;
  }
  const plain = size == 3 ? plain64x2(r) : plain32x4(r);
  if (i64x2.extract_lane(plain, 0) != -1 || (q(word) != 0 && i64x2.extract_lane(plain, 1) != -1)) return false;
  writeVector(rd(word), r, q(word));
  return true;
}
function threeSame(code: u32, word: u32): void {
  const op = operationOf(code);
  const size = sizeOfSz(word);
  const count = countOf(code, word, size);
  const n = v(rn(word));
  const m = v(rm(word));
  if (isFast() && !isScalar(code) && threeWhole(op, size, word)) return;
  begin();
  if (op == Simd.FADDP || op == Simd.FMAXP || op == Simd.FMINP || op == Simd.FMAXNMP || op == Simd.FMINNMP) {
    for (let i: u32 = 0; i < count; i++) {
      const from = i < count / 2 ? n : m;
      const at = (i * 2) & (count - 1);
      put(size, i, two(op, size, lane(from, size, at), lane(from, size, at + 1), 0));
    }
  } else for (let i: u32 = 0; i < count; i++) put(size, i, two(op, size, lane(n, size, i), lane(m, size, i), lane(v(rd(word)), size, i)));
  finish(rd(word));
}
function element(code: u32, word: u32): void {
  const op = operationOf(code);
  const size = sizeOfSz(word);
  const count = countOf(code, word, size);
  const high = (word >>> 11) & 1;
  const y = lane(v(rm(word)), size, size == 3 ? high : high * 2 + ((word >>> 21) & 1));
  begin();
  for (let i: u32 = 0; i < count; i++) put(size, i, two(op, size, lane(v(rn(word)), size, i), y, lane(v(rd(word)), size, i)));
  finish(rd(word));
}
function twoMisc(code: u32, word: u32): void {
  const op = operationOf(code);
  const size = sizeOfSz(word);
  const n = v(rn(word));
  begin();
  if (op == Simd.FCVTL) {
    const half: u32 = 8 >>> (size - 1);
    for (let i: u32 = 0; i < half; i++) put(size, i, convertFloat(size - 1, size, lane(n, size - 1, q(word) * half + i), MODE));
    return finish(rd(word));
  }
  if (op == Simd.FCVTN || op == Simd.FCVTXN) {
    const half: u32 = isScalar(code) ? 1 : 8 >>> (size - 1);
    for (let i: u32 = 0; i < half; i++) put(size - 1, i, convertFloat(size, size - 1, lane(n, size, i), op == Simd.FCVTXN ? ODD : MODE));
    return finishHalf(rd(word), lowResult(), !isScalar(code) && q(word) != 0);
  }
  const count = countOf(code, word, size);
  for (let i: u32 = 0; i < count; i++) put(size, i, one(op, size, lane(n, size, i)));
  finish(rd(word));
}
/** Fixed-point numbers: `immb` tells how many bits are after the point. */
function shift(code: u32, word: u32): void {
  const op = operationOf(code);
  const size = sizeOf(code);
  const width: u32 = 8 << size;
  const point = <i32>(width - ((word >>> 16) & (width - 1)));
  const count = countOf(code, word, size);
  const isSigned = isSignedConversion(op);
  begin();
  for (let i: u32 = 0; i < count; i++) {
    const x = lane(v(rn(word)), size, i);
    put(size, i, op == Simd.SCVTF || op == Simd.UCVTF ? fromFixed(size, x, width, isSigned, point) : toFixed(size, x, width, isSigned, ZERO, point));
  }
  finish(rd(word));
}
/** Four words, in halves: Reduce(). */
function across(code: u32, word: u32): void {
  const op = operationOf(code);
  const n = v(rn(word));
  const low = two(op, 2, lane(n, 2, 0), lane(n, 2, 1), 0);
  const high = two(op, 2, lane(n, 2, 2), lane(n, 2, 3), 0);
  writeScalar(rd(word), two(op, 2, low, high, 0));
}
function three(code: u32, word: u32): void {
  const op = operationOf(code);
  const size = sizeOfType(word);
  const addend = lane(v((word >>> 10) & 31), size, 0);
  const x = lane(v(rn(word)), size, 0);
  const y = lane(v(rm(word)), size, 0);
  const negatesAddend = op == Simd.FNMADD || op == Simd.FNMSUB;
  const negatesProduct = op == Simd.FMSUB || op == Simd.FNMADD;
  writeScalar(rd(word), multiplyAddFloat(size, negatesAddend ? negated(size, addend) : addend, negatesProduct ? negated(size, x) : x, y, 0, 0));
}
function oneScalar(code: u32, word: u32): void {
  const op = operationOf(code);
  const size = sizeOfType(word);
  const x = lane(v(rn(word)), size, 0);
  if (op == Simd.FCVT_S || op == Simd.FCVT_D || op == Simd.FCVT_H) writeScalar(rd(word), convertFloat(size, op == Simd.FCVT_H ? 1 : op == Simd.FCVT_S ? 2 : 3, x, MODE));
  else writeScalar(rd(word), one(op, size, x));
}

// ---- flags and conditions: PSTATE in memory is complete ----
function flags(): u32 { return load<u32>(R, R_PSTATE) >>> 28; }
function setFlags(nzcv: u32): void { store<u32>(R, (load<u32>(R, R_PSTATE) & ~PSTATE_NZCV) | (nzcv << 28), R_PSTATE); }
function conditionHolds(cond: u32): bool {
  const nzcv = flags();
  const n = (nzcv & 8) != 0;
  const z = (nzcv & 4) != 0;
  const c = (nzcv & 2) != 0;
  const overflow = (nzcv & 1) != 0;
  let holds: bool;
  switch (cond >>> 1) {
    case 0: holds = z; break;
    case 1: holds = c; break;
    case 2: holds = n; break;
    case 3: holds = overflow; break;
    case 4: holds = c && !z; break;
    case 5: holds = n == overflow; break;
    case 6: holds = n == overflow && !z; break;
    default: return true;
  }
  return holds != ((cond & 1) != 0);
}
function compare(code: u32, word: u32): void {
  const op = operationOf(code);
  const size = sizeOfType(word);
  const y = op == Simd.FCMP_zero || op == Simd.FCMPE_zero ? 0 : lane(v(rm(word)), size, 0);
  setFlags(compareFloat(size, lane(v(rn(word)), size, 0), y, op == Simd.FCMPE || op == Simd.FCMPE_zero));
}
function conditionalCompare(code: u32, word: u32): void {
  const size = sizeOfType(word);
  if (conditionHolds((word >>> 12) & 15)) setFlags(compareFloat(size, lane(v(rn(word)), size, 0), lane(v(rm(word)), size, 0), operationOf(code) == Simd.FCCMPE));
  else setFlags(word & 15);
}

// ---- general registers ----
function betweenFiles(op: u32, word: u32, point: i32): void {
  const size = sizeOfType(word);
  const width: u32 = word >>> 31 != 0 ? 64 : 32;
  if (op == Simd.SCVTF || op == Simd.UCVTF) writeScalar(rd(word), fromFixed(size, readX(rn(word)), width, op == Simd.SCVTF, point));
  else writeX(rd(word), toFixed(size, lane(v(rn(word)), size, 0), width, isSignedConversion(op), roundingOf(op), point));
}
function moveOrConvert(code: u32, word: u32): void {
  const n = rn(word);
  const d = rd(word);
  switch (operationOf(code)) {
    case Simd.FMOV_toGeneral: return writeX(d, load<u32>(v(n)));
    case Simd.FMOV_toGeneral64: return writeX(d, load<u64>(v(n)));
    case Simd.FMOV_toGeneralTop: return writeX(d, load<u64>(v(n), 8));
    case Simd.FMOV_fromGeneral: return writeScalar(d, readX(n) & 0xffffffff);
    case Simd.FMOV_fromGeneral64: return writeScalar(d, readX(n));
    case Simd.FMOV_fromGeneralTop: return store<u64>(v(d), readX(n), 8);
    default: betweenFiles(operationOf(code), word, 0);
  }
}

/** Every class whose elements are floating-point numbers. */
export function floatingPoint(code: u32, word: u32): void {
  beginFloat();
  switch (classOf(code)) {
    case Class.threeSameFloat: threeSame(code, word); break;
    case Class.twoMiscFloat: twoMisc(code, word); break;
    case Class.acrossFloat: across(code, word); break;
    case Class.pairwiseFloat: {
      const size = sizeOfSz(word);
      writeScalar(rd(word), two(operationOf(code), size, lane(v(rn(word)), size, 0), lane(v(rn(word)), size, 1), 0));
      break;
    }
    case Class.elementFloat: element(code, word); break;
    case Class.shiftFloat: shift(code, word); break;
    case Class.floatOne: oneScalar(code, word); break;
    case Class.floatTwo: {
      const size = sizeOfType(word);
      writeScalar(rd(word), two(operationOf(code), size, lane(v(rn(word)), size, 0), lane(v(rm(word)), size, 0), 0));
      break;
    }
    case Class.floatThree: three(code, word); break;
    case Class.floatCompare: compare(code, word); break;
    case Class.floatConditionalCompare: conditionalCompare(code, word); break;
    case Class.floatSelect: writeScalar(rd(word), lane(v(conditionHolds((word >>> 12) & 15) ? rn(word) : rm(word)), sizeOfType(word), 0)); break;
    case Class.floatImmediate: writeScalar(rd(word), ((word >>> 22) & 1) != 0 ? expandDouble((word >>> 13) & 255) : expandSingle((word >>> 13) & 255)); break;
    case Class.floatInteger: moveOrConvert(code, word); break;
    default: betweenFiles(operationOf(code), word, 64 - <i32>((word >>> 10) & 63));
  }
  endFloat();
}
