/**
 * FEAT_LSE: CAS, CASP, SWP, LDADD and kin. One vcpu runs at a time, so a load and a store are atomic; both go the slow way,
 * which knows faults, devices and pages with decoded code. Order and choices are those of src/reference/atomics.ts.
 */
import { Rn, Rs, Rt } from "./generated/rows";
import { FAILED, loadSlow, misaligned, storeSlow } from "./memory";
import { base, baseRefused, readX, writeX } from "./rare";
import { NEXT, RAISED } from "./state";

/** Bit 28: "Atomic memory operations", else compare and swap; there, bit 23: one register, else a pair. */
const IS_MEMORY_OPERATION: u32 = 1 << 28;
const IS_SINGLE: u32 = 1 << 23;
/** o3 and opc, bits 15:12. */
const ADD: u32 = 0;
const CLEAR: u32 = 1;
const EXCLUSIVE_OR: u32 = 2;
const SET: u32 = 3;
const SIGNED_MAXIMUM: u32 = 4;
const SIGNED_MINIMUM: u32 = 5;
const UNSIGNED_MAXIMUM: u32 = 6;
const UNSIGNED_MINIMUM: u32 = 7;

/** What is stored instead of `old`; `unused`: bits of a doubleword above the operands, which are zero-extended. */
function combine(operation: u32, old: u64, operand: u64, unused: u64): u64 {
  switch (operation) {
    case ADD: return old + operand;
    case CLEAR: return old & ~operand;
    case EXCLUSIVE_OR: return old ^ operand;
    case SET: return old | operand;
    case SIGNED_MAXIMUM: return <i64>(old << unused) > <i64>(operand << unused) ? old : operand;
    case SIGNED_MINIMUM: return <i64>(old << unused) < <i64>(operand << unused) ? old : operand;
    case UNSIGNED_MAXIMUM: return old > operand ? old : operand;
    case UNSIGNED_MINIMUM: return old < operand ? old : operand;
    // SWP
    default: return operand;
  }
}

/** Executes an atomic instruction. Answers NEXT or RAISED. */
export function atomic(word: u32): i32 {
  const isSwap = (word & IS_MEMORY_OPERATION) == 0;
  const pair = isSwap && (word & IS_SINGLE) == 0;
  const bytes: u32 = pair ? 4 << ((word >>> 30) & 1) : 1 << (word >>> 30);
  if (baseRefused(word)) return RAISED;
  const va = base(word);
  if (misaligned(va, pair ? bytes * 2 : bytes, false, true)) return RAISED;
  const unused = 64 - 8 * <u64>bytes;
  const mask = <u64>-1 >> unused;
  const old = loadSlow(va, bytes);
  if (FAILED) return RAISED;
  if (pair) return compareAndSwapPair(word, va, bytes, mask, old);
  const operand = readX(Rs(word)) & mask;
  const value = isSwap ? (old == operand ? readX(Rt(word)) : old) : combine((word >>> 12) & 15, old, operand, unused);
  storeSlow(va, bytes, value);
  if (FAILED) return RAISED;
  writeX(isSwap ? Rs(word) : Rt(word), old);
  return NEXT;
}
/** After the lower register's part has been loaded. Register 31, which follows 30, is XZR. */
function compareAndSwapPair(word: u32, va: u64, bytes: u32, mask: u64, old: u64): i32 {
  const upper = va + bytes;
  const oldUpper = loadSlow(upper, bytes);
  if (FAILED) return RAISED;
  const s = Rs(word);
  const same = old == (readX(s) & mask) && oldUpper == (readX(s + 1) & mask);
  storeSlow(va, bytes, same ? readX(Rt(word)) : old);
  if (FAILED) return RAISED;
  storeSlow(upper, bytes, same ? readX(Rt(word) + 1) : oldUpper);
  if (FAILED) return RAISED;
  writeX(s, old);
  writeX(s + 1, oldUpper);
  return NEXT;
}
