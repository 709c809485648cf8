/**
 * Advanced SIMD on integers. Common operations work on whole registers, see simdWhole.ts; the others lane by lane, see
 * simdLanes.ts. Source: Arm ARM DDI 0487, C7.2, "Operation" of each.
 */
import { isScalar, operationOf, Simd, sizeOf } from "./generated/simd";
import { begin, finish, finishHalf, lane, lowResult, put, q, rd, rm, rn, setQc, v, writeScalar, writeVector } from "./simdCore";
import { clearQc, long, narrow, narrowHigh, one, pairLong, QC, shifted, shiftedNarrow, sx, two, wide } from "./simdLanes";
import { oneWhole, pairsWhole, shiftWhole, threeWhole } from "./simdWhole";

/* @inline */ function sizeField(word: u32): u32 { return (word >>> 22) & 3; }
/* @inline */ function countOf(code: u32, word: u32, size: u32): u32 { return isScalar(code) ? 1 : (<u32>8 << q(word)) >>> size; }

export function threeSame(code: u32, word: u32): void {
  const op = operationOf(code);
  const size = sizeField(word);
  if (!isScalar(code) && (threeWhole(op, size, word) || pairsWhole(op, size, word))) return;
  const count = countOf(code, word, size);
  const n = v(rn(word));
  const m = v(rm(word));
  clearQc();
  begin();
  if (op == Simd.ADDP) {
    // doublewords
    put(3, 0, load<u64>(n) + load<u64>(n, 8));
    put(3, 1, load<u64>(m) + load<u64>(m, 8));
  } else for (let i: u32 = 0; i < count; i++) put(size, i, two(op, lane(n, size, i), lane(m, size, i), 8 << size, lane(v(rd(word)), size, i)));
  finish(rd(word));
  if (QC) setQc();
}
export function logical(code: u32, word: u32): void {
  const a = v128.load(v(rn(word)));
  const b = v128.load(v(rm(word)));
  let r: v128;
  switch (operationOf(code)) {
    case Simd.AND: r = v128.and(a, b); break;
    case Simd.BIC: r = v128.andnot(a, b); break;
    case Simd.ORR: r = v128.or(a, b); break;
    case Simd.ORN: r = v128.or(a, v128.not(b)); break;
    case Simd.EOR: r = v128.xor(a, b); break;
    case Simd.BSL: r = v128.bitselect(a, b, v128.load(v(rd(word)))); break;
    case Simd.BIT: r = v128.bitselect(a, v128.load(v(rd(word))), b); break;
    default: r = v128.bitselect(v128.load(v(rd(word))), a, b);
  }
  writeVector(rd(word), r, q(word));
}

/** Lanes that a long operation reads begin in the high half when Q says so; a scalar reads one. */
function longLanes(op: u32, code: u32, word: u32, size: u32, fixed: bool, second: u64): void {
  const count: u32 = isScalar(code) ? 1 : 8 >>> size;
  const first: u32 = isScalar(code) ? 0 : q(word) * count;
  const n = v(rn(word));
  for (let i: u32 = 0; i < count; i++)
    put(size + 1, i, long(op, lane(n, size, first + i), fixed ? second : lane(v(rm(word)), size, first + i), 8 << size, lane(v(rd(word)), size + 1, i)));
  finish(rd(word));
}
export function threeDifferent(code: u32, word: u32): void {
  const op = operationOf(code);
  const size = sizeField(word);
  const count: u32 = 8 >>> size;
  const n = v(rn(word));
  const m = v(rm(word));
  clearQc();
  begin();
  switch (op) {
    case Simd.ADDHN:
    case Simd.RADDHN:
    case Simd.SUBHN:
    case Simd.RSUBHN:
      for (let i: u32 = 0; i < count; i++) put(size, i, narrowHigh(op, lane(n, size + 1, i), lane(m, size + 1, i), 8 << size));
      return finishHalf(rd(word), lowResult(), q(word) != 0);
    case Simd.SADDW:
    case Simd.UADDW:
    case Simd.SSUBW:
    case Simd.USUBW:
      for (let i: u32 = 0; i < count; i++) put(size + 1, i, wide(op, lane(n, size + 1, i), lane(m, size, q(word) * count + i), 8 << size));
      return finish(rd(word));
    default:
      longLanes(op, code, word, size, false, 0);
      if (QC) setQc();
  }
}
/** Index H:L:M and Vm<3:0> of half-words, H:L and Vm of words. */
export function element(code: u32, word: u32): void {
  const op = operationOf(code);
  const size = sizeField(word);
  const high = (word >>> 11) & 1;
  const low = (word >>> 21) & 1;
  const y = size == 1 ? lane(v(rm(word) & 15), 1, high * 4 + low * 2 + ((word >>> 20) & 1)) : lane(v(rm(word)), 2, high * 2 + low);
  clearQc();
  begin();
  if (op == Simd.MUL || op == Simd.MLA || op == Simd.MLS || op == Simd.SQDMULH || op == Simd.SQRDMULH) {
    const count = countOf(code, word, size);
    for (let i: u32 = 0; i < count; i++) put(size, i, two(op, lane(v(rn(word)), size, i), y, 8 << size, lane(v(rd(word)), size, i)));
    finish(rd(word));
  } else longLanes(op, code, word, size, true, y);
  if (QC) setQc();
}

function reverse(word: u32, size: u32, container: u32): void {
  const perContainer: u32 = 1 << (container - size);
  const count = (<u32>8 << q(word)) >>> size;
  for (let i: u32 = 0; i < count; i++) put(size, i ^ (perContainer - 1), lane(v(rn(word)), size, i));
  finish(rd(word));
}
export function twoMisc(code: u32, word: u32): void {
  const op = operationOf(code);
  // NOT and RBIT are of bytes, and `size` tells them apart
  const size: u32 = op == Simd.NOT || op == Simd.RBIT ? 0 : sizeField(word);
  if (!isScalar(code) && oneWhole(op, size, word)) return;
  const n = v(rn(word));
  const count = countOf(code, word, size);
  clearQc();
  begin();
  switch (op) {
    case Simd.REV64: return reverse(word, size, 3);
    case Simd.REV32: return reverse(word, size, 2);
    case Simd.REV16: return reverse(word, size, 1);
    case Simd.SADDLP:
    case Simd.UADDLP:
    case Simd.SADALP:
    case Simd.UADALP:
      for (let i: u32 = 0; i < count / 2; i++) put(size + 1, i, pairLong(op, lane(n, size, i * 2), lane(n, size, i * 2 + 1), 8 << size, lane(v(rd(word)), size + 1, i)));
      return finish(rd(word));
    case Simd.XTN:
    case Simd.SQXTN:
    case Simd.UQXTN:
    case Simd.SQXTUN: {
      const narrows: u32 = isScalar(code) ? 1 : 8 >>> size;
      for (let i: u32 = 0; i < narrows; i++) put(size, i, narrow(op, lane(n, size + 1, i), 8 << size));
      finishHalf(rd(word), lowResult(), !isScalar(code) && q(word) != 0);
      break;
    }
    case Simd.SHLL: {
      const halves: u32 = 8 >>> size;
      for (let i: u32 = 0; i < halves; i++) put(size + 1, i, lane(n, size, q(word) * halves + i) << (<u64>8 << size));
      return finish(rd(word));
    }
    default:
      for (let i: u32 = 0; i < count; i++) put(size, i, one(op, lane(n, size, i), 8 << size, lane(v(rd(word)), size, i)));
      finish(rd(word));
  }
  if (QC) setQc();
}
export function across(code: u32, word: u32): void {
  const op = operationOf(code);
  const size = sizeField(word);
  const count = (<u32>8 << q(word)) >>> size;
  const n = v(rn(word));
  const isLong = op == Simd.SADDLV || op == Simd.UADDLV;
  let result = lane(n, size, 0);
  if (op == Simd.SADDLV) result = <u64>sx(result, 8 << size);
  for (let i: u32 = 1; i < count; i++) {
    const x = lane(n, size, i);
    result = isLong ? result + (op == Simd.SADDLV ? <u64>sx(x, 8 << size) : x) : two(op, result, x, 8 << size, 0);
  }
  begin();
  put(isLong ? size + 1 : size, 0, result);
  finish(rd(word));
}
/** ADDP of the two doublewords. */
export function pairwise(word: u32): void { writeScalar(rd(word), load<u64>(v(rn(word))) + load<u64>(v(rn(word)), 8)); }

export function shift(code: u32, word: u32): void {
  const op = operationOf(code);
  const size = sizeOf(code);
  const width: u32 = 8 << size;
  const immb = (word >>> 16) & (width - 1);
  if (!isScalar(code) && shiftWhole(op, size, immb, word)) return;
  const n = v(rn(word));
  clearQc();
  begin();
  switch (op) {
    case Simd.SHRN:
    case Simd.RSHRN:
    case Simd.SQSHRN:
    case Simd.SQRSHRN:
    case Simd.UQSHRN:
    case Simd.UQRSHRN:
    case Simd.SQSHRUN:
    case Simd.SQRSHRUN: {
      const count: u32 = isScalar(code) ? 1 : 8 >>> size;
      for (let i: u32 = 0; i < count; i++) put(size, i, shiftedNarrow(op, lane(n, size + 1, i), width - immb, width));
      finishHalf(rd(word), lowResult(), !isScalar(code) && q(word) != 0);
      break;
    }
    case Simd.SSHLL:
    case Simd.USHLL: {
      const count: u32 = 8 >>> size;
      for (let i: u32 = 0; i < count; i++) {
        const x = lane(n, size, q(word) * count + i);
        put(size + 1, i, (op == Simd.SSHLL ? <u64>sx(x, width) : x) << <u64>immb);
      }
      return finish(rd(word));
    }
    default: {
      const count = countOf(code, word, size);
      for (let i: u32 = 0; i < count; i++) put(size, i, shifted(op, lane(n, size, i), immb, width, lane(v(rd(word)), size, i)));
      finish(rd(word));
    }
  }
  if (QC) setQc();
}
