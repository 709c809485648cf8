/**
 * The interpreter: one loop over micro-ops, one jump table. This file is compiled as generated/interpret.ts, where "CASES" has
 * become a case for each micro-op of tools/a64-engine/microOps.ts. Flags are locals; N and Z are taken from `fn` and `fz` (sign, and
 * being zero), C is `fc`, V the sign of `fv`. A case that completes goes on with `continue`; one that may fail leaves its
 * answer in `done`. Counting: `lim - ip` is 16 for each instruction that may still be executed, so a branch moves both.
 */
import { atomic } from "./atomics";
import { canonical } from "./config";
import { levelChanged, takeException, takeIrq } from "./exceptions";
import { R_PC, R_PSTATE, R_SP } from "./generated/layout";
import { hostUnallocated } from "./host";
import { FAILED, codeOf, fillCode, loadSlow, locateCode, storeSlow } from "./memory";
import { Op } from "./generated/ops";
import { makeCode, wordAt } from "./pages";
import { spMisaligned, synchronised, system, unprivileged } from "./rare";
import { crc32, extended, multiplyHigh, multiplyHighSigned, reverseBits64, reverseBytes16, reverseBytes32, reverseBytes64, shifted32, shifted64 } from "./scalar";
import { simd, simdMemory } from "./simd";
import {
  at, E_IRQ, E_LEFT, E_LEFT_NOW, E_STOP, EC_FP_ASIMD, EC_ILLEGAL_STATE, EC_PC_ALIGNMENT, EC_UNKNOWN, EXIT, EXIT_BUDGET, FP_ON, HOST_WROTE, JUMPED, LEFT, NEXT, PAGE_UOPS, PAGE_VA,
  pcOf, PSTATE_I, PSTATE_IL, PSTATE_NZCV, R, raise, raiseAt, RAISED, setHostWrote, setPage, setR, UOP, UOP_PAGE,
} from "./state";
import { ADDEND, CODE, CODE_MASK, entryOf, PAGE_MASK, TAG_R, TAG_W, TAG_X, TLB } from "./tlb";
import { translate } from "./translate";

/** ISS of a trapped SIMD or floating point instruction: COND 0b1110, CV. */
const ISS_FP: u32 = 0x1e00000;
const WORDS_MASK: u64 = 0xfffffffffffff003;

// ---- operands ----
/* @inline */ function D(ip: usize): usize { return R + load<u16>(ip, 2); }
/* @inline */ function N64(ip: usize): u64 { return load<u64>(R + load<u16>(ip, 4)); }
/* @inline */ function N32(ip: usize): u32 { return load<u32>(R + load<u16>(ip, 4)); }
/* @inline */ function M64(ip: usize): u64 { return load<u64>(R + load<u16>(ip, 6)); }
/* @inline */ function M32(ip: usize): u32 { return load<u32>(R + load<u16>(ip, 6)); }
/* @inline */ function IMM(ip: usize): u64 { return load<u64>(ip, 8); }
/* @inline */ function setD64(ip: usize, value: u64): void { store<u64>(D(ip), value); }
/* @inline */ function setD32(ip: usize, value: u32): void { store<u64>(D(ip), <u64>value); }

/** Whether the base is SP and misaligned where that faults; describes the fault. */
/* @inline */ function baseFails(ip: usize, base: u64): bool { return (base & 15) != 0 && load<u16>(ip, 4) == R_SP && spMisaligned(); }
/** Base and register offset. */
/* @inline */ function registerOffset(ip: usize): u64 {
  const option = load<u32>(ip, 8);
  const x = M64(ip);
  return (option == 3 ? x : extended(x, option)) << <u64>load<u32>(ip, 12);
}
/** Loads to `to`. Answers NEXT or RAISED. `S` is signed where the value is extended so, `W` its width. */
/* @inline */ function ld<T, W>(ip: usize, lim: usize, tlb: usize, va: u64, to: usize): i32 {
  const e = entryOf(tlb, va);
  if (load<u64>(e, TAG_R) == ((va + (sizeof<T>() - 1)) & PAGE_MASK)) {
    const value = load<T>(<usize>(<u32>va + load<u32>(e, ADDEND)));
    if (sizeof<W>() == 4) store<u64>(to, <u64><u32><i32>value);
    else store<u64>(to, <u64><W>value);
    return NEXT;
  }
  at(ip, lim);
  const value = <T>loadSlow(va, sizeof<T>());
  if (FAILED) return RAISED;
  if (sizeof<W>() == 4) store<u64>(to, <u64><u32><i32>value);
  else store<u64>(to, <u64><W>value);
  return NEXT;
}
/* @inline */ function st<T>(ip: usize, lim: usize, tlb: usize, va: u64, value: u64): i32 {
  const e = entryOf(tlb, va);
  if (load<u64>(e, TAG_W) == ((va + (sizeof<T>() - 1)) & PAGE_MASK)) {
    store<T>(<usize>(<u32>va + load<u32>(e, ADDEND)), <T>value);
    return NEXT;
  }
  at(ip, lim);
  storeSlow(va, sizeof<T>(), value);
  return FAILED ? RAISED : NEXT;
}
/** Two registers, both written when both loads succeed. */
/* @inline */ function ldp<T, W>(ip: usize, lim: usize, tlb: usize, va: u64): i32 {
  const e = entryOf(tlb, va);
  const second = R + load<u16>(ip, 6);
  if (load<u64>(e, TAG_R) == ((va + (2 * sizeof<T>() - 1)) & PAGE_MASK)) {
    const from = <usize>(<u32>va + load<u32>(e, ADDEND));
    const low = load<T>(from);
    const high = load<T>(from, sizeof<T>());
    store<u64>(second, <u64><W>high);
    store<u64>(D(ip), <u64><W>low);
    return NEXT;
  }
  at(ip, lim);
  const low = <T>loadSlow(va, sizeof<T>());
  if (FAILED) return RAISED;
  const high = <T>loadSlow(va + sizeof<T>(), sizeof<T>());
  if (FAILED) return RAISED;
  store<u64>(second, <u64><W>high);
  store<u64>(D(ip), <u64><W>low);
  return NEXT;
}
/* @inline */ function stp<T>(ip: usize, lim: usize, tlb: usize, va: u64): i32 {
  const e = entryOf(tlb, va);
  const low = load<u64>(D(ip));
  const high = M64(ip);
  if (load<u64>(e, TAG_W) == ((va + (2 * sizeof<T>() - 1)) & PAGE_MASK)) {
    const to = <usize>(<u32>va + load<u32>(e, ADDEND));
    store<T>(to, <T>low);
    store<T>(to, <T>high, sizeof<T>());
    return NEXT;
  }
  at(ip, lim);
  storeSlow(va, sizeof<T>(), low);
  if (FAILED) return RAISED;
  storeSlow(va + sizeof<T>(), sizeof<T>(), high);
  return FAILED ? RAISED : NEXT;
}
/** The base of an access with writeback gets its new value when the access succeeded. */
/* @inline */ function writeBack(ip: usize, done: i32, value: u64): void { if (done == NEXT) store<u64>(R + load<u16>(ip, 4), value); }

/** Whether the condition holds; 14 and 15 always do. */
function holds(cond: u32, fn: i64, fz: i64, fc: u32, fv: i64): bool {
  let is: bool;
  switch (cond >>> 1) {
    case 0: is = fz == 0; break;
    case 1: is = fc != 0; break;
    case 2: is = fn < 0; break;
    case 3: is = fv < 0; break;
    case 4: is = fc != 0 && fz != 0; break;
    case 5: is = (fn ^ fv) >= 0; break;
    case 6: is = (fn ^ fv) >= 0 && fz != 0; break;
    default: return true;
  }
  return is != ((cond & 1) != 0);
}
/** Operand of ARITH_SHIFTED and LOGIC_SHIFTED. */
function shiftedOperand(ip: usize, wide: bool): u64 {
  const amount = load<u8>(ip, 8);
  const kind = load<u8>(ip, 9);
  return wide ? shifted64(M64(ip), kind, amount) : <u64>shifted32(M32(ip), kind, amount);
}

// ---- flags between PSTATE and locals ----
/* @inline */ function negativeOf(pstate: u32): i64 { return <i64>(pstate & 0x80000000) << 32; }
/* @inline */ function zeroOf(pstate: u32): i64 { return <i64>(~pstate & 0x40000000); }
/* @inline */ function carryOf(pstate: u32): u32 { return (pstate >>> 29) & 1; }
/* @inline */ function overflowOf(pstate: u32): i64 { return <i64>(pstate & 0x10000000) << 35; }
function saveFlags(fn: i64, fz: i64, fc: u32, fv: i64): void {
  const rest = <u32>load<u64>(R, R_PSTATE) & ~PSTATE_NZCV;
  store<u64>(R, <u64>(rest | (fn < 0 ? 0x80000000 : 0) | (fz == 0 ? 0x40000000 : 0) | (fc << 29) | (fv < 0 ? 0x10000000 : 0)), R_PSTATE);
}

/** Looks up where execution goes on; makes its micro-ops. 0: an exception is described. */
function enterPage(pc: u64): usize {
  if ((pc & 3) != 0) {
    raiseAt(EC_PC_ALIGNMENT, 0, pc);
    return 0;
  }
  const e = entryOf(TLB, pc);
  let code: usize;
  if (load<u64>(e, TAG_X) == (pc & PAGE_MASK)) code = codeOf(e);
  else {
    const host = locateCode(pc);
    if (FAILED) return 0;
    code = makeCode(host & ~0xfff);
    fillCode(pc, host, code);
  }
  setPage(pc & PAGE_MASK, code);
  return code + ((<usize>pc & 0xffc) << 2);
}

/** Runs the vcpu whose registers are at `regs` for `budget` instructions at most. Answers an EXIT_*. */
export function run(regs: usize, budget: u32): i32 {
  setR(regs);
  levelChanged();
  store<u32>(R, 0, E_STOP);
  store<u32>(R, budget, E_LEFT);
  let left: i32 = budget;
  let tlb: usize = TLB;
  let pstate = <u32>load<u64>(R, R_PSTATE);
  let fn = negativeOf(pstate);
  let fz = zeroOf(pstate);
  let fc = carryOf(pstate);
  let fv = overflowOf(pstate);
  for (;;) {
    pstate = <u32>load<u64>(R, R_PSTATE);
    store<u32>(R, left, E_LEFT_NOW);
    setHostWrote(false);
    if (left <= 0 || load<u32>(R, E_STOP) != 0) return EXIT_BUDGET;
    if (load<u32>(R, E_IRQ) != 0 && (pstate & PSTATE_I) == 0) {
      takeIrq();
      pstate = <u32>load<u64>(R, R_PSTATE);
    }
    tlb = TLB;
    let done: i32 = NEXT;
    let ip: usize = 0;
    let lim: usize = 0;
    const pc = load<u64>(R, R_PC);
    if ((pstate & PSTATE_IL) != 0) done = raise(EC_ILLEGAL_STATE, 0);
    else {
      ip = enterPage(pc);
      if (ip == 0) done = RAISED;
    }
    if (done == RAISED) {
      left--;
      takeException(pc);
      continue;
    }
    lim = ip + (<usize>left << 4);
    let end = PAGE_UOPS + UOP_PAGE;
    let stop = min<usize>(lim, end);
    while (ip < stop) {
      done = NEXT;
      switch (<i32>load<u16>(ip)) {
        // CASES
        default:
          unreachable();
      }
      // What may fail comes here.
      ip += UOP;
      if (done != NEXT || HOST_WROTE) {
        stop = 0;
        if (done == NEXT) {
          store<u64>(R, pcOf(ip), R_PC);
          done = JUMPED;
        }
      }
    }
    left = <i32>(lim - ip) >> 4;
    store<u32>(R, left, E_LEFT_NOW);
    if (done != LEFT) saveFlags(fn, fz, fc, fv);
    if (done == NEXT) store<u64>(R, pcOf(ip), R_PC);
    else if (done == RAISED) takeException(pcOf(ip - UOP));
    else if (done == LEFT) return EXIT;
  }
  return EXIT_BUDGET;
}
