/**
 * The interpreter: one loop over micro-ops, one jump table. Flags are locals; N and Z are taken from `fn` and `fz` (sign, and
 * being zero), C is `fc`, V the sign of `fv`. A case that completes goes on with `continue`; one that may fail leaves its
 * answer in `done`. Counting: `lim - ip` is 16 for each instruction that may still be executed, so a branch moves both.
 */
import { canonical } from "./config";
import { levelChanged, takeException, takeIrq } from "./exceptions";
import { R_PC, R_PSTATE, R_SP } from "./generated/layout";
import { hostUnallocated } from "./host";
import { FAILED, codeOf, fillCode, loadSlow, locateCode, storeSlow } from "./memory";
import { Op } from "./ops";
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
// @ts-ignore: decorator
@inline function D(ip: usize): usize { return R + load<u16>(ip, 2); }
// @ts-ignore: decorator
@inline function N64(ip: usize): u64 { return load<u64>(R + load<u16>(ip, 4)); }
// @ts-ignore: decorator
@inline function N32(ip: usize): u32 { return load<u32>(R + load<u16>(ip, 4)); }
// @ts-ignore: decorator
@inline function M64(ip: usize): u64 { return load<u64>(R + load<u16>(ip, 6)); }
// @ts-ignore: decorator
@inline function M32(ip: usize): u32 { return load<u32>(R + load<u16>(ip, 6)); }
// @ts-ignore: decorator
@inline function IMM(ip: usize): u64 { return load<u64>(ip, 8); }
// @ts-ignore: decorator
@inline function setD64(ip: usize, value: u64): void { store<u64>(D(ip), value); }
// @ts-ignore: decorator
@inline function setD32(ip: usize, value: u32): void { store<u64>(D(ip), <u64>value); }

/** Whether the base is SP and misaligned where that faults; describes the fault. */
// @ts-ignore: decorator
@inline function baseFails(ip: usize, base: u64): bool { return (base & 15) != 0 && load<u16>(ip, 4) == R_SP && spMisaligned(); }
/** Base and register offset. */
// @ts-ignore: decorator
@inline function registerOffset(ip: usize): u64 {
  const option = load<u32>(ip, 8);
  const x = M64(ip);
  return (option == 3 ? x : extended(x, option)) << <u64>load<u32>(ip, 12);
}
/** Loads to `to`. Answers NEXT or RAISED. `S` is signed where the value is extended so, `W` its width. */
// @ts-ignore: decorator
@inline function ld<T, W>(ip: usize, lim: usize, tlb: usize, va: u64, to: usize): i32 {
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
// @ts-ignore: decorator
@inline function st<T>(ip: usize, lim: usize, tlb: usize, va: u64, value: u64): i32 {
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
// @ts-ignore: decorator
@inline function ldp<T, W>(ip: usize, lim: usize, tlb: usize, va: u64): i32 {
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
// @ts-ignore: decorator
@inline function stp<T>(ip: usize, lim: usize, tlb: usize, va: u64): i32 {
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
// @ts-ignore: decorator
@inline function writeBack(ip: usize, done: i32, value: u64): void { if (done == NEXT) store<u64>(R + load<u16>(ip, 4), value); }

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
  let fn: i64 = <i64>(pstate & 0x80000000) << 32;
  let fz: i64 = <i64>(~pstate & 0x40000000);
  let fc: u32 = (pstate >>> 29) & 1;
  let fv: i64 = <i64>(pstate & 0x10000000) << 35;
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
        case Op.DECODE:
          translate(ip);
          continue;
        case Op.UNALLOCATED:
          hostUnallocated(load<u32>(ip, 8), <u32>pcOf(ip), <u32>(pcOf(ip) >> 32));
          done = raise(EC_UNKNOWN, 0);
          break;
        case Op.NOP:
          ip += UOP;
          continue;
        case Op.SYSTEM:
          at(ip, lim);
          pstate = <u32>load<u64>(R, R_PSTATE) & ~PSTATE_NZCV;
          store<u64>(R, <u64>(pstate | (fn < 0 ? 0x80000000 : 0) | (fz == 0 ? 0x40000000 : 0) | (fc << 29) | (fv < 0 ? 0x10000000 : 0)), R_PSTATE);
          done = system(load<u32>(ip, 8), load<u32>(ip, 12));
          pstate = <u32>load<u64>(R, R_PSTATE);
          fn = <i64>(pstate & 0x80000000) << 32;
          fz = <i64>(~pstate & 0x40000000);
          fc = (pstate >>> 29) & 1;
          fv = <i64>(pstate & 0x10000000) << 35;
          tlb = TLB;
          break;
        case Op.SIMD:
          at(ip, lim);
          if (!FP_ON) done = raise(EC_FP_ASIMD, ISS_FP);
          else {
            store<u64>(R, <u64>((<u32>load<u64>(R, R_PSTATE) & ~PSTATE_NZCV) | (fn < 0 ? 0x80000000 : 0) | (fz == 0 ? 0x40000000 : 0) | (fc << 29) | (fv < 0 ? 0x10000000 : 0)), R_PSTATE);
            if (simd(ip) != 0) done = raise(EC_UNKNOWN, 0);
            else {
              pstate = <u32>load<u64>(R, R_PSTATE);
              fn = <i64>(pstate & 0x80000000) << 32;
              fz = <i64>(~pstate & 0x40000000);
              fc = (pstate >>> 29) & 1;
              fv = <i64>(pstate & 0x10000000) << 35;
            }
          }
          break;
        case Op.SIMD_MEMORY:
          at(ip, lim);
          done = FP_ON ? simdMemory(ip) : raise(EC_FP_ASIMD, ISS_FP);
          break;
        case Op.MOVI:
          setD64(ip, IMM(ip));
          ip += UOP;
          continue;
        case Op.MOVK64:
          setD64(ip, (load<u64>(D(ip)) & ~(<u64>0xffff << <u64>load<u16>(ip, 4))) | IMM(ip));
          ip += UOP;
          continue;
        case Op.MOVK32:
          setD32(ip, <u32>((load<u64>(D(ip)) & ~(<u64>0xffff << <u64>load<u16>(ip, 4))) | IMM(ip)));
          ip += UOP;
          continue;
        case Op.ADR:
          setD64(ip, pcOf(ip) + IMM(ip));
          ip += UOP;
          continue;
        case Op.ADRP:
          setD64(ip, PAGE_VA + IMM(ip));
          ip += UOP;
          continue;
        case Op.ADDI64:
          setD64(ip, N64(ip) + IMM(ip));
          ip += UOP;
          continue;
        case Op.ADDI32:
          setD32(ip, N32(ip) + <u32>IMM(ip));
          ip += UOP;
          continue;
        case Op.ADDSI64: {
          const a = N64(ip);
          const b = IMM(ip);
          const r = a + b;
          setD64(ip, r);
          fn = fz = <i64>r;
          fc = <u32>(r < a);
          fv = <i64>((a ^ r) & (b ^ r));
          ip += UOP;
          continue;
        }
        case Op.ADDSI32: {
          const a = N32(ip);
          const b = <u32>IMM(ip);
          const r = a + b;
          setD32(ip, r);
          fn = fz = <i64><i32>r;
          fc = <u32>(r < a);
          fv = <i64><i32>((a ^ r) & (b ^ r));
          ip += UOP;
          continue;
        }
        case Op.SUBSI64: {
          const a = N64(ip);
          const b = IMM(ip);
          const r = a - b;
          setD64(ip, r);
          fn = fz = <i64>r;
          fc = <u32>(a >= b);
          fv = <i64>((a ^ b) & (a ^ r));
          ip += UOP;
          continue;
        }
        case Op.SUBSI32: {
          const a = N32(ip);
          const b = <u32>IMM(ip);
          const r = a - b;
          setD32(ip, r);
          fn = fz = <i64><i32>r;
          fc = <u32>(a >= b);
          fv = <i64><i32>((a ^ b) & (a ^ r));
          ip += UOP;
          continue;
        }
        case Op.ANDI:
          setD64(ip, N64(ip) & IMM(ip));
          ip += UOP;
          continue;
        case Op.ORRI64:
          setD64(ip, N64(ip) | IMM(ip));
          ip += UOP;
          continue;
        case Op.ORRI32:
          setD32(ip, N32(ip) | <u32>IMM(ip));
          ip += UOP;
          continue;
        case Op.EORI64:
          setD64(ip, N64(ip) ^ IMM(ip));
          ip += UOP;
          continue;
        case Op.EORI32:
          setD32(ip, N32(ip) ^ <u32>IMM(ip));
          ip += UOP;
          continue;
        case Op.ANDSI64: {
          const r = N64(ip) & IMM(ip);
          setD64(ip, r);
          fn = fz = <i64>r;
          fc = 0;
          fv = 0;
          ip += UOP;
          continue;
        }
        case Op.ANDSI32: {
          const r = N32(ip) & <u32>IMM(ip);
          setD32(ip, r);
          fn = fz = <i64><i32>r;
          fc = 0;
          fv = 0;
          ip += UOP;
          continue;
        }
        case Op.UBF64:
          setD64(ip, (N64(ip) << <u64>load<u32>(ip, 8)) >> <u64>load<u32>(ip, 12));
          ip += UOP;
          continue;
        case Op.UBF32:
          setD32(ip, (N32(ip) << load<u32>(ip, 8)) >> load<u32>(ip, 12));
          ip += UOP;
          continue;
        case Op.SBF64:
          setD64(ip, <u64>(<i64>(N64(ip) << <u64>load<u32>(ip, 8)) >> <i64>load<u32>(ip, 12)));
          ip += UOP;
          continue;
        case Op.SBF32:
          setD32(ip, <u32>(<i32>(N32(ip) << load<u32>(ip, 8)) >> load<u32>(ip, 12)));
          ip += UOP;
          continue;
        case Op.BFM64:
          setD64(ip, (load<u64>(D(ip)) & ~IMM(ip)) | (rotr<u64>(N64(ip), <u64>load<u16>(ip, 6)) & IMM(ip)));
          ip += UOP;
          continue;
        case Op.BFM32:
          setD32(ip, (load<u32>(D(ip)) & ~<u32>IMM(ip)) | (rotr<u32>(N32(ip), load<u16>(ip, 6)) & <u32>IMM(ip)));
          ip += UOP;
          continue;
        case Op.EXTR64:
          setD64(ip, IMM(ip) == 0 ? M64(ip) : (M64(ip) >> IMM(ip)) | (N64(ip) << (64 - IMM(ip))));
          ip += UOP;
          continue;
        case Op.EXTR32:
          setD32(ip, IMM(ip) == 0 ? M32(ip) : (M32(ip) >> <u32>IMM(ip)) | (N32(ip) << (32 - <u32>IMM(ip))));
          ip += UOP;
          continue;
        case Op.LSLI64:
          setD64(ip, N64(ip) << IMM(ip));
          ip += UOP;
          continue;
        case Op.LSRI64:
          setD64(ip, N64(ip) >> IMM(ip));
          ip += UOP;
          continue;
        case Op.MOV64:
          setD64(ip, M64(ip));
          ip += UOP;
          continue;
        case Op.MOV32:
          setD32(ip, M32(ip));
          ip += UOP;
          continue;
        case Op.ADD64:
          setD64(ip, N64(ip) + M64(ip));
          ip += UOP;
          continue;
        case Op.ADD32:
          setD32(ip, N32(ip) + M32(ip));
          ip += UOP;
          continue;
        case Op.SUB64:
          setD64(ip, N64(ip) - M64(ip));
          ip += UOP;
          continue;
        case Op.SUB32:
          setD32(ip, N32(ip) - M32(ip));
          ip += UOP;
          continue;
        case Op.ADDS64: {
          const a = N64(ip);
          const b = M64(ip);
          const r = a + b;
          setD64(ip, r);
          fn = fz = <i64>r;
          fc = <u32>(r < a);
          fv = <i64>((a ^ r) & (b ^ r));
          ip += UOP;
          continue;
        }
        case Op.ADDS32: {
          const a = N32(ip);
          const b = M32(ip);
          const r = a + b;
          setD32(ip, r);
          fn = fz = <i64><i32>r;
          fc = <u32>(r < a);
          fv = <i64><i32>((a ^ r) & (b ^ r));
          ip += UOP;
          continue;
        }
        case Op.SUBS64: {
          const a = N64(ip);
          const b = M64(ip);
          const r = a - b;
          setD64(ip, r);
          fn = fz = <i64>r;
          fc = <u32>(a >= b);
          fv = <i64>((a ^ b) & (a ^ r));
          ip += UOP;
          continue;
        }
        case Op.SUBS32: {
          const a = N32(ip);
          const b = M32(ip);
          const r = a - b;
          setD32(ip, r);
          fn = fz = <i64><i32>r;
          fc = <u32>(a >= b);
          fv = <i64><i32>((a ^ b) & (a ^ r));
          ip += UOP;
          continue;
        }
        case Op.AND64:
          setD64(ip, N64(ip) & M64(ip));
          ip += UOP;
          continue;
        case Op.AND32:
          setD32(ip, N32(ip) & M32(ip));
          ip += UOP;
          continue;
        case Op.ORR64:
          setD64(ip, N64(ip) | M64(ip));
          ip += UOP;
          continue;
        case Op.ORR32:
          setD32(ip, N32(ip) | M32(ip));
          ip += UOP;
          continue;
        case Op.EOR64:
          setD64(ip, N64(ip) ^ M64(ip));
          ip += UOP;
          continue;
        case Op.EOR32:
          setD32(ip, N32(ip) ^ M32(ip));
          ip += UOP;
          continue;
        case Op.ANDS64: {
          const r = N64(ip) & M64(ip);
          setD64(ip, r);
          fn = fz = <i64>r;
          fc = 0;
          fv = 0;
          ip += UOP;
          continue;
        }
        case Op.ANDS32: {
          const r = N32(ip) & M32(ip);
          setD32(ip, r);
          fn = fz = <i64><i32>r;
          fc = 0;
          fv = 0;
          ip += UOP;
          continue;
        }
        case Op.BIC64:
          setD64(ip, N64(ip) & ~M64(ip));
          ip += UOP;
          continue;
        case Op.BIC32:
          setD32(ip, N32(ip) & ~M32(ip));
          ip += UOP;
          continue;
        case Op.ORN64:
          setD64(ip, N64(ip) | ~M64(ip));
          ip += UOP;
          continue;
        case Op.ORN32:
          setD32(ip, N32(ip) | ~M32(ip));
          ip += UOP;
          continue;
        case Op.EON64:
          setD64(ip, N64(ip) ^ ~M64(ip));
          ip += UOP;
          continue;
        case Op.EON32:
          setD32(ip, N32(ip) ^ ~M32(ip));
          ip += UOP;
          continue;
        case Op.BICS64: {
          const r = N64(ip) & ~M64(ip);
          setD64(ip, r);
          fn = fz = <i64>r;
          fc = 0;
          fv = 0;
          ip += UOP;
          continue;
        }
        case Op.BICS32: {
          const r = N32(ip) & ~M32(ip);
          setD32(ip, r);
          fn = fz = <i64><i32>r;
          fc = 0;
          fv = 0;
          ip += UOP;
          continue;
        }
        case Op.ADD_LSL64:
          setD64(ip, N64(ip) + (M64(ip) << IMM(ip)));
          ip += UOP;
          continue;
        case Op.ARITH_SHIFTED: {
          const kind = load<u32>(ip, 12);
          if ((kind & 8) != 0) {
            const a = N64(ip);
            const b = shiftedOperand(ip, true);
            const r = (kind & 2) != 0 ? a - b : a + b;
            setD64(ip, r);
            if ((kind & 1) != 0) {
              fn = fz = <i64>r;
              fc = <u32>((kind & 2) != 0 ? a >= b : r < a);
              fv = <i64>((kind & 2) != 0 ? (a ^ b) & (a ^ r) : (a ^ r) & (b ^ r));
            }
          } else {
            const a = N32(ip);
            const b = <u32>shiftedOperand(ip, false);
            const r = (kind & 2) != 0 ? a - b : a + b;
            setD32(ip, r);
            if ((kind & 1) != 0) {
              fn = fz = <i64><i32>r;
              fc = <u32>((kind & 2) != 0 ? a >= b : r < a);
              fv = <i64><i32>((kind & 2) != 0 ? (a ^ b) & (a ^ r) : (a ^ r) & (b ^ r));
            }
          }
          ip += UOP;
          continue;
        }
        case Op.ARITH_EXTENDED: {
          const kind = load<u32>(ip, 12);
          if ((kind & 8) != 0) {
            const a = N64(ip);
            const b = extended(M64(ip), load<u8>(ip, 9)) << <u64>load<u8>(ip, 8);
            const r = (kind & 2) != 0 ? a - b : a + b;
            setD64(ip, r);
            if ((kind & 1) != 0) {
              fn = fz = <i64>r;
              fc = <u32>((kind & 2) != 0 ? a >= b : r < a);
              fv = <i64>((kind & 2) != 0 ? (a ^ b) & (a ^ r) : (a ^ r) & (b ^ r));
            }
          } else {
            const a = N32(ip);
            const b = <u32>extended(M64(ip), load<u8>(ip, 9)) << load<u8>(ip, 8);
            const r = (kind & 2) != 0 ? a - b : a + b;
            setD32(ip, r);
            if ((kind & 1) != 0) {
              fn = fz = <i64><i32>r;
              fc = <u32>((kind & 2) != 0 ? a >= b : r < a);
              fv = <i64><i32>((kind & 2) != 0 ? (a ^ b) & (a ^ r) : (a ^ r) & (b ^ r));
            }
          }
          ip += UOP;
          continue;
        }
        case Op.LOGIC_SHIFTED: {
          const kind = load<u32>(ip, 12);
          const wide = (kind & 8) != 0;
          let b = shiftedOperand(ip, wide);
          if ((kind & 4) != 0) b = ~b;
          const a = N64(ip);
          let r: u64;
          switch (kind & 3) {
            case 1: r = a | b; break;
            case 2: r = a ^ b; break;
            default: r = a & b;
          }
          if (!wide) r = <u64><u32>r;
          setD64(ip, r);
          if ((kind & 3) == 3) {
            fn = fz = wide ? <i64>r : <i64><i32>r;
            fc = 0;
            fv = 0;
          }
          ip += UOP;
          continue;
        }
        case Op.ADC64:
          setD64(ip, N64(ip) + M64(ip) + <u64>fc);
          ip += UOP;
          continue;
        case Op.ADC32:
          setD32(ip, N32(ip) + M32(ip) + fc);
          ip += UOP;
          continue;
        case Op.ADCS64: {
          const a = N64(ip);
          const b = M64(ip);
          const r = a + b + <u64>fc;
          setD64(ip, r);
          fc = <u32>(fc != 0 ? r <= a : r < a);
          fn = fz = <i64>r;
          fv = <i64>((a ^ r) & (b ^ r));
          ip += UOP;
          continue;
        }
        case Op.ADCS32: {
          const a = N32(ip);
          const b = M32(ip);
          const r = a + b + fc;
          setD32(ip, r);
          fc = <u32>(fc != 0 ? r <= a : r < a);
          fn = fz = <i64><i32>r;
          fv = <i64><i32>((a ^ r) & (b ^ r));
          ip += UOP;
          continue;
        }
        case Op.SBC64:
          setD64(ip, N64(ip) + ~M64(ip) + <u64>fc);
          ip += UOP;
          continue;
        case Op.SBC32:
          setD32(ip, N32(ip) + ~M32(ip) + fc);
          ip += UOP;
          continue;
        case Op.SBCS64: {
          const a = N64(ip);
          const b = ~M64(ip);
          const r = a + b + <u64>fc;
          setD64(ip, r);
          fc = <u32>(fc != 0 ? r <= a : r < a);
          fn = fz = <i64>r;
          fv = <i64>((a ^ r) & (b ^ r));
          ip += UOP;
          continue;
        }
        case Op.SBCS32: {
          const a = N32(ip);
          const b = ~M32(ip);
          const r = a + b + fc;
          setD32(ip, r);
          fc = <u32>(fc != 0 ? r <= a : r < a);
          fn = fz = <i64><i32>r;
          fv = <i64><i32>((a ^ r) & (b ^ r));
          ip += UOP;
          continue;
        }
        case Op.CCMP64: {
          const operands = load<u32>(ip, 8);
          if (holds(operands >>> 4, fn, fz, fc, fv)) {
            const a = N64(ip);
            const b = M64(ip) + <u64>load<u32>(ip, 12);
            const r = a - b;
            fn = fz = <i64>r;
            fc = <u32>(a >= b);
            fv = <i64>((a ^ b) & (a ^ r));
          } else {
            fn = <i64>operands << 60;
            fz = <i64>(~operands & 4);
            fc = (operands >>> 1) & 1;
            fv = <i64>operands << 63;
          }
          ip += UOP;
          continue;
        }
        case Op.CCMP32: {
          const operands = load<u32>(ip, 8);
          if (holds(operands >>> 4, fn, fz, fc, fv)) {
            const a = N32(ip);
            const b = M32(ip) + <u32>load<u32>(ip, 12);
            const r = a - b;
            fn = fz = <i64><i32>r;
            fc = <u32>(a >= b);
            fv = <i64><i32>((a ^ b) & (a ^ r));
          } else {
            fn = <i64>operands << 60;
            fz = <i64>(~operands & 4);
            fc = (operands >>> 1) & 1;
            fv = <i64>operands << 63;
          }
          ip += UOP;
          continue;
        }
        case Op.CCMN64: {
          const operands = load<u32>(ip, 8);
          if (holds(operands >>> 4, fn, fz, fc, fv)) {
            const a = N64(ip);
            const b = M64(ip) + <u64>load<u32>(ip, 12);
            const r = a + b;
            fn = fz = <i64>r;
            fc = <u32>(r < a);
            fv = <i64>((a ^ r) & (b ^ r));
          } else {
            fn = <i64>operands << 60;
            fz = <i64>(~operands & 4);
            fc = (operands >>> 1) & 1;
            fv = <i64>operands << 63;
          }
          ip += UOP;
          continue;
        }
        case Op.CCMN32: {
          const operands = load<u32>(ip, 8);
          if (holds(operands >>> 4, fn, fz, fc, fv)) {
            const a = N32(ip);
            const b = M32(ip) + <u32>load<u32>(ip, 12);
            const r = a + b;
            fn = fz = <i64><i32>r;
            fc = <u32>(r < a);
            fv = <i64><i32>((a ^ r) & (b ^ r));
          } else {
            fn = <i64>operands << 60;
            fz = <i64>(~operands & 4);
            fc = (operands >>> 1) & 1;
            fv = <i64>operands << 63;
          }
          ip += UOP;
          continue;
        }
        case Op.CSEL64:
          setD64(ip, holds(load<u32>(ip, 8), fn, fz, fc, fv) ? N64(ip) : M64(ip));
          ip += UOP;
          continue;
        case Op.CSEL32:
          setD32(ip, holds(load<u32>(ip, 8), fn, fz, fc, fv) ? N32(ip) : M32(ip));
          ip += UOP;
          continue;
        case Op.CSINC64:
          setD64(ip, holds(load<u32>(ip, 8), fn, fz, fc, fv) ? N64(ip) : M64(ip) + 1);
          ip += UOP;
          continue;
        case Op.CSINC32:
          setD32(ip, holds(load<u32>(ip, 8), fn, fz, fc, fv) ? N32(ip) : M32(ip) + 1);
          ip += UOP;
          continue;
        case Op.CSINV64:
          setD64(ip, holds(load<u32>(ip, 8), fn, fz, fc, fv) ? N64(ip) : ~M64(ip));
          ip += UOP;
          continue;
        case Op.CSINV32:
          setD32(ip, holds(load<u32>(ip, 8), fn, fz, fc, fv) ? N32(ip) : ~M32(ip));
          ip += UOP;
          continue;
        case Op.CSNEG64:
          setD64(ip, holds(load<u32>(ip, 8), fn, fz, fc, fv) ? N64(ip) : 0 - M64(ip));
          ip += UOP;
          continue;
        case Op.CSNEG32:
          setD32(ip, holds(load<u32>(ip, 8), fn, fz, fc, fv) ? N32(ip) : 0 - M32(ip));
          ip += UOP;
          continue;
        case Op.MADD64:
          setD64(ip, load<u64>(R + load<u32>(ip, 8)) + N64(ip) * M64(ip));
          ip += UOP;
          continue;
        case Op.MADD32:
          setD32(ip, load<u32>(R + load<u32>(ip, 8)) + N32(ip) * M32(ip));
          ip += UOP;
          continue;
        case Op.MSUB64:
          setD64(ip, load<u64>(R + load<u32>(ip, 8)) - N64(ip) * M64(ip));
          ip += UOP;
          continue;
        case Op.MSUB32:
          setD32(ip, load<u32>(R + load<u32>(ip, 8)) - N32(ip) * M32(ip));
          ip += UOP;
          continue;
        case Op.SMADDL:
          setD64(ip, load<u64>(R + load<u32>(ip, 8)) + <u64>(<i64><i32>N32(ip) * <i64><i32>M32(ip)));
          ip += UOP;
          continue;
        case Op.SMSUBL:
          setD64(ip, load<u64>(R + load<u32>(ip, 8)) - <u64>(<i64><i32>N32(ip) * <i64><i32>M32(ip)));
          ip += UOP;
          continue;
        case Op.UMADDL:
          setD64(ip, load<u64>(R + load<u32>(ip, 8)) + <u64>N32(ip) * <u64>M32(ip));
          ip += UOP;
          continue;
        case Op.UMSUBL:
          setD64(ip, load<u64>(R + load<u32>(ip, 8)) - <u64>N32(ip) * <u64>M32(ip));
          ip += UOP;
          continue;
        case Op.SMULH:
          setD64(ip, multiplyHighSigned(<i64>N64(ip), <i64>M64(ip)));
          ip += UOP;
          continue;
        case Op.UMULH:
          setD64(ip, multiplyHigh(N64(ip), M64(ip)));
          ip += UOP;
          continue;
        case Op.UDIV64:
          setD64(ip, M64(ip) == 0 ? 0 : N64(ip) / M64(ip));
          ip += UOP;
          continue;
        case Op.UDIV32:
          setD32(ip, M32(ip) == 0 ? 0 : N32(ip) / M32(ip));
          ip += UOP;
          continue;
        case Op.SDIV64:
          setD64(ip, M64(ip) == 0 ? 0 : M64(ip) == <u64>-1 ? 0 - N64(ip) : <u64>(<i64>N64(ip) / <i64>M64(ip)));
          ip += UOP;
          continue;
        case Op.SDIV32:
          setD32(ip, M32(ip) == 0 ? 0 : M32(ip) == <u32>-1 ? 0 - N32(ip) : <u32>(<i32>N32(ip) / <i32>M32(ip)));
          ip += UOP;
          continue;
        case Op.LSLV64:
          setD64(ip, N64(ip) << (M64(ip) & 63));
          ip += UOP;
          continue;
        case Op.LSLV32:
          setD32(ip, N32(ip) << (M32(ip) & 31));
          ip += UOP;
          continue;
        case Op.LSRV64:
          setD64(ip, N64(ip) >> (M64(ip) & 63));
          ip += UOP;
          continue;
        case Op.LSRV32:
          setD32(ip, N32(ip) >> (M32(ip) & 31));
          ip += UOP;
          continue;
        case Op.ASRV64:
          setD64(ip, <u64>(<i64>N64(ip) >> <i64>(M64(ip) & 63)));
          ip += UOP;
          continue;
        case Op.ASRV32:
          setD32(ip, <u32>(<i32>N32(ip) >> <i32>(M32(ip) & 31)));
          ip += UOP;
          continue;
        case Op.RORV64:
          setD64(ip, rotr<u64>(N64(ip), M64(ip) & 63));
          ip += UOP;
          continue;
        case Op.RORV32:
          setD32(ip, rotr<u32>(N32(ip), M32(ip) & 31));
          ip += UOP;
          continue;
        case Op.CRC32:
          setD32(ip, crc32(N32(ip), M64(ip), 1 << (load<u32>(ip, 8) & 3), (load<u32>(ip, 8) & 4) != 0));
          ip += UOP;
          continue;
        case Op.RBIT64:
          setD64(ip, reverseBits64(N64(ip)));
          ip += UOP;
          continue;
        case Op.RBIT32:
          setD64(ip, reverseBits64(<u64>N32(ip)) >> 32);
          ip += UOP;
          continue;
        case Op.REV16_64:
          setD64(ip, reverseBytes16(N64(ip)));
          ip += UOP;
          continue;
        case Op.REV16_32:
          setD64(ip, reverseBytes16(<u64>N32(ip)));
          ip += UOP;
          continue;
        case Op.REV32:
          setD64(ip, reverseBytes32(<u64>N32(ip)));
          ip += UOP;
          continue;
        case Op.REV64:
          setD64(ip, reverseBytes64(N64(ip)));
          ip += UOP;
          continue;
        case Op.REV32_64:
          setD64(ip, reverseBytes32(N64(ip)));
          ip += UOP;
          continue;
        case Op.CLZ64:
          setD64(ip, clz<u64>(N64(ip)));
          ip += UOP;
          continue;
        case Op.CLZ32:
          setD32(ip, clz<u32>(N32(ip)));
          ip += UOP;
          continue;
        case Op.CLS64:
          setD64(ip, clz<u64>((N64(ip) ^ (N64(ip) << 1)) | 1));
          ip += UOP;
          continue;
        case Op.CLS32:
          setD32(ip, clz<u32>((N32(ip) ^ (N32(ip) << 1)) | 1));
          ip += UOP;
          continue;
        case Op.B: {
          const go: isize = <isize>load<i32>(ip, 8);
          lim += go - UOP;
          ip += go;
          stop = min<usize>(lim, end);
          continue;
        }
        case Op.BL: {
          store<u64>(R + 240, pcOf(ip) + 4);
          const go: isize = <isize>load<i32>(ip, 8);
          lim += go - UOP;
          ip += go;
          stop = min<usize>(lim, end);
          continue;
        }
        case Op.CBZ64:
          if (N64(ip) == 0) {
            const go = <isize>load<i32>(ip, 8);
            lim += go - UOP;
            ip += go;
            stop = min<usize>(lim, end);
            continue;
          }
          ip += UOP;
          continue;
        case Op.CBZ32:
          if (N32(ip) == 0) {
            const go = <isize>load<i32>(ip, 8);
            lim += go - UOP;
            ip += go;
            stop = min<usize>(lim, end);
            continue;
          }
          ip += UOP;
          continue;
        case Op.CBNZ64:
          if (N64(ip) != 0) {
            const go = <isize>load<i32>(ip, 8);
            lim += go - UOP;
            ip += go;
            stop = min<usize>(lim, end);
            continue;
          }
          ip += UOP;
          continue;
        case Op.CBNZ32:
          if (N32(ip) != 0) {
            const go = <isize>load<i32>(ip, 8);
            lim += go - UOP;
            ip += go;
            stop = min<usize>(lim, end);
            continue;
          }
          ip += UOP;
          continue;
        case Op.TBZ:
          if (((N64(ip) >> <u64>load<u16>(ip, 2)) & 1) == 0) {
            const go = <isize>load<i32>(ip, 8);
            lim += go - UOP;
            ip += go;
            stop = min<usize>(lim, end);
            continue;
          }
          ip += UOP;
          continue;
        case Op.TBNZ:
          if (((N64(ip) >> <u64>load<u16>(ip, 2)) & 1) != 0) {
            const go = <isize>load<i32>(ip, 8);
            lim += go - UOP;
            ip += go;
            stop = min<usize>(lim, end);
            continue;
          }
          ip += UOP;
          continue;
        case Op.BEQ:
          if (fz == 0) {
            const go = <isize>load<i32>(ip, 8);
            lim += go - UOP;
            ip += go;
            stop = min<usize>(lim, end);
            continue;
          }
          ip += UOP;
          continue;
        case Op.BNE:
          if (fz != 0) {
            const go = <isize>load<i32>(ip, 8);
            lim += go - UOP;
            ip += go;
            stop = min<usize>(lim, end);
            continue;
          }
          ip += UOP;
          continue;
        case Op.BCS:
          if (fc != 0) {
            const go = <isize>load<i32>(ip, 8);
            lim += go - UOP;
            ip += go;
            stop = min<usize>(lim, end);
            continue;
          }
          ip += UOP;
          continue;
        case Op.BCC:
          if (fc == 0) {
            const go = <isize>load<i32>(ip, 8);
            lim += go - UOP;
            ip += go;
            stop = min<usize>(lim, end);
            continue;
          }
          ip += UOP;
          continue;
        case Op.BMI:
          if (fn < 0) {
            const go = <isize>load<i32>(ip, 8);
            lim += go - UOP;
            ip += go;
            stop = min<usize>(lim, end);
            continue;
          }
          ip += UOP;
          continue;
        case Op.BPL:
          if (fn >= 0) {
            const go = <isize>load<i32>(ip, 8);
            lim += go - UOP;
            ip += go;
            stop = min<usize>(lim, end);
            continue;
          }
          ip += UOP;
          continue;
        case Op.BVS:
          if (fv < 0) {
            const go = <isize>load<i32>(ip, 8);
            lim += go - UOP;
            ip += go;
            stop = min<usize>(lim, end);
            continue;
          }
          ip += UOP;
          continue;
        case Op.BVC:
          if (fv >= 0) {
            const go = <isize>load<i32>(ip, 8);
            lim += go - UOP;
            ip += go;
            stop = min<usize>(lim, end);
            continue;
          }
          ip += UOP;
          continue;
        case Op.BHI:
          if (fc != 0 && fz != 0) {
            const go = <isize>load<i32>(ip, 8);
            lim += go - UOP;
            ip += go;
            stop = min<usize>(lim, end);
            continue;
          }
          ip += UOP;
          continue;
        case Op.BLS:
          if (fc == 0 || fz == 0) {
            const go = <isize>load<i32>(ip, 8);
            lim += go - UOP;
            ip += go;
            stop = min<usize>(lim, end);
            continue;
          }
          ip += UOP;
          continue;
        case Op.BGE:
          if ((fn ^ fv) >= 0) {
            const go = <isize>load<i32>(ip, 8);
            lim += go - UOP;
            ip += go;
            stop = min<usize>(lim, end);
            continue;
          }
          ip += UOP;
          continue;
        case Op.BLT:
          if ((fn ^ fv) < 0) {
            const go = <isize>load<i32>(ip, 8);
            lim += go - UOP;
            ip += go;
            stop = min<usize>(lim, end);
            continue;
          }
          ip += UOP;
          continue;
        case Op.BGT:
          if ((fn ^ fv) >= 0 && fz != 0) {
            const go = <isize>load<i32>(ip, 8);
            lim += go - UOP;
            ip += go;
            stop = min<usize>(lim, end);
            continue;
          }
          ip += UOP;
          continue;
        case Op.BLE:
          if ((fn ^ fv) < 0 || fz == 0) {
            const go = <isize>load<i32>(ip, 8);
            lim += go - UOP;
            ip += go;
            stop = min<usize>(lim, end);
            continue;
          }
          ip += UOP;
          continue;
        case Op.B_FAR: {
          const target: u64 = pcOf(ip) + IMM(ip);
          const entry = entryOf(tlb, target);
          if (load<u64>(entry, TAG_X) == (target & WORDS_MASK)) {
            const code: usize = load<u32>(entry, CODE) & CODE_MASK;
            const next = code + ((<usize>target & 0xffc) << 2);
            setPage(target & PAGE_MASK, code);
            end = code + UOP_PAGE;
            lim = next + (lim - ip) - UOP;
            ip = next;
            stop = min<usize>(lim, end);
            continue;
          }
          store<u64>(R, canonical(R, target), R_PC);
          done = JUMPED;
          break;
        }
        case Op.BL_FAR: {
          const target: u64 = pcOf(ip) + IMM(ip);
          store<u64>(R + 240, pcOf(ip) + 4);
          const entry = entryOf(tlb, target);
          if (load<u64>(entry, TAG_X) == (target & WORDS_MASK)) {
            const code: usize = load<u32>(entry, CODE) & CODE_MASK;
            const next = code + ((<usize>target & 0xffc) << 2);
            setPage(target & PAGE_MASK, code);
            end = code + UOP_PAGE;
            lim = next + (lim - ip) - UOP;
            ip = next;
            stop = min<usize>(lim, end);
            continue;
          }
          store<u64>(R, canonical(R, target), R_PC);
          done = JUMPED;
          break;
        }
        case Op.CBZ64_FAR: {
          if (!(N64(ip) == 0)) {
            ip += UOP;
            continue;
          }
          const target: u64 = pcOf(ip) + IMM(ip);
          const entry = entryOf(tlb, target);
          if (load<u64>(entry, TAG_X) == (target & WORDS_MASK)) {
            const code: usize = load<u32>(entry, CODE) & CODE_MASK;
            const next = code + ((<usize>target & 0xffc) << 2);
            setPage(target & PAGE_MASK, code);
            end = code + UOP_PAGE;
            lim = next + (lim - ip) - UOP;
            ip = next;
            stop = min<usize>(lim, end);
            continue;
          }
          store<u64>(R, canonical(R, target), R_PC);
          done = JUMPED;
          break;
        }
        case Op.CBZ32_FAR: {
          if (!(N32(ip) == 0)) {
            ip += UOP;
            continue;
          }
          const target: u64 = pcOf(ip) + IMM(ip);
          const entry = entryOf(tlb, target);
          if (load<u64>(entry, TAG_X) == (target & WORDS_MASK)) {
            const code: usize = load<u32>(entry, CODE) & CODE_MASK;
            const next = code + ((<usize>target & 0xffc) << 2);
            setPage(target & PAGE_MASK, code);
            end = code + UOP_PAGE;
            lim = next + (lim - ip) - UOP;
            ip = next;
            stop = min<usize>(lim, end);
            continue;
          }
          store<u64>(R, canonical(R, target), R_PC);
          done = JUMPED;
          break;
        }
        case Op.CBNZ64_FAR: {
          if (!(N64(ip) != 0)) {
            ip += UOP;
            continue;
          }
          const target: u64 = pcOf(ip) + IMM(ip);
          const entry = entryOf(tlb, target);
          if (load<u64>(entry, TAG_X) == (target & WORDS_MASK)) {
            const code: usize = load<u32>(entry, CODE) & CODE_MASK;
            const next = code + ((<usize>target & 0xffc) << 2);
            setPage(target & PAGE_MASK, code);
            end = code + UOP_PAGE;
            lim = next + (lim - ip) - UOP;
            ip = next;
            stop = min<usize>(lim, end);
            continue;
          }
          store<u64>(R, canonical(R, target), R_PC);
          done = JUMPED;
          break;
        }
        case Op.CBNZ32_FAR: {
          if (!(N32(ip) != 0)) {
            ip += UOP;
            continue;
          }
          const target: u64 = pcOf(ip) + IMM(ip);
          const entry = entryOf(tlb, target);
          if (load<u64>(entry, TAG_X) == (target & WORDS_MASK)) {
            const code: usize = load<u32>(entry, CODE) & CODE_MASK;
            const next = code + ((<usize>target & 0xffc) << 2);
            setPage(target & PAGE_MASK, code);
            end = code + UOP_PAGE;
            lim = next + (lim - ip) - UOP;
            ip = next;
            stop = min<usize>(lim, end);
            continue;
          }
          store<u64>(R, canonical(R, target), R_PC);
          done = JUMPED;
          break;
        }
        case Op.TBZ_FAR: {
          if (!(((N64(ip) >> <u64>load<u16>(ip, 2)) & 1) == 0)) {
            ip += UOP;
            continue;
          }
          const target: u64 = pcOf(ip) + IMM(ip);
          const entry = entryOf(tlb, target);
          if (load<u64>(entry, TAG_X) == (target & WORDS_MASK)) {
            const code: usize = load<u32>(entry, CODE) & CODE_MASK;
            const next = code + ((<usize>target & 0xffc) << 2);
            setPage(target & PAGE_MASK, code);
            end = code + UOP_PAGE;
            lim = next + (lim - ip) - UOP;
            ip = next;
            stop = min<usize>(lim, end);
            continue;
          }
          store<u64>(R, canonical(R, target), R_PC);
          done = JUMPED;
          break;
        }
        case Op.TBNZ_FAR: {
          if (!(((N64(ip) >> <u64>load<u16>(ip, 2)) & 1) != 0)) {
            ip += UOP;
            continue;
          }
          const target: u64 = pcOf(ip) + IMM(ip);
          const entry = entryOf(tlb, target);
          if (load<u64>(entry, TAG_X) == (target & WORDS_MASK)) {
            const code: usize = load<u32>(entry, CODE) & CODE_MASK;
            const next = code + ((<usize>target & 0xffc) << 2);
            setPage(target & PAGE_MASK, code);
            end = code + UOP_PAGE;
            lim = next + (lim - ip) - UOP;
            ip = next;
            stop = min<usize>(lim, end);
            continue;
          }
          store<u64>(R, canonical(R, target), R_PC);
          done = JUMPED;
          break;
        }
        case Op.BCOND_FAR: {
          if (!(holds(load<u16>(ip, 2), fn, fz, fc, fv))) {
            ip += UOP;
            continue;
          }
          const target: u64 = pcOf(ip) + IMM(ip);
          const entry = entryOf(tlb, target);
          if (load<u64>(entry, TAG_X) == (target & WORDS_MASK)) {
            const code: usize = load<u32>(entry, CODE) & CODE_MASK;
            const next = code + ((<usize>target & 0xffc) << 2);
            setPage(target & PAGE_MASK, code);
            end = code + UOP_PAGE;
            lim = next + (lim - ip) - UOP;
            ip = next;
            stop = min<usize>(lim, end);
            continue;
          }
          store<u64>(R, canonical(R, target), R_PC);
          done = JUMPED;
          break;
        }
        case Op.BR: {
          const target: u64 = N64(ip);
          const entry = entryOf(tlb, target);
          if (load<u64>(entry, TAG_X) == (target & WORDS_MASK)) {
            const code: usize = load<u32>(entry, CODE) & CODE_MASK;
            const next = code + ((<usize>target & 0xffc) << 2);
            setPage(target & PAGE_MASK, code);
            end = code + UOP_PAGE;
            lim = next + (lim - ip) - UOP;
            ip = next;
            stop = min<usize>(lim, end);
            continue;
          }
          store<u64>(R, canonical(R, target), R_PC);
          done = JUMPED;
          break;
        }
        case Op.BLR: {
          const target: u64 = N64(ip);
          store<u64>(R + 240, pcOf(ip) + 4);
          const entry = entryOf(tlb, target);
          if (load<u64>(entry, TAG_X) == (target & WORDS_MASK)) {
            const code: usize = load<u32>(entry, CODE) & CODE_MASK;
            const next = code + ((<usize>target & 0xffc) << 2);
            setPage(target & PAGE_MASK, code);
            end = code + UOP_PAGE;
            lim = next + (lim - ip) - UOP;
            ip = next;
            stop = min<usize>(lim, end);
            continue;
          }
          store<u64>(R, canonical(R, target), R_PC);
          done = JUMPED;
          break;
        }
        case Op.RET: {
          const target: u64 = N64(ip);
          const entry = entryOf(tlb, target);
          if (load<u64>(entry, TAG_X) == (target & WORDS_MASK)) {
            const code: usize = load<u32>(entry, CODE) & CODE_MASK;
            const next = code + ((<usize>target & 0xffc) << 2);
            setPage(target & PAGE_MASK, code);
            end = code + UOP_PAGE;
            lim = next + (lim - ip) - UOP;
            ip = next;
            stop = min<usize>(lim, end);
            continue;
          }
          store<u64>(R, canonical(R, target), R_PC);
          done = JUMPED;
          break;
        }
        case Op.LDRB: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : ld<u8, u64>(ip, lim, tlb, va, D(ip));
          break;
        }
        case Op.LDRH: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : ld<u16, u64>(ip, lim, tlb, va, D(ip));
          break;
        }
        case Op.LDRW: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : ld<u32, u64>(ip, lim, tlb, va, D(ip));
          break;
        }
        case Op.LDRX: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : ld<u64, u64>(ip, lim, tlb, va, D(ip));
          break;
        }
        case Op.LDRSB64: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : ld<i8, i64>(ip, lim, tlb, va, D(ip));
          break;
        }
        case Op.LDRSH64: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : ld<i16, i64>(ip, lim, tlb, va, D(ip));
          break;
        }
        case Op.LDRSW: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : ld<i32, i64>(ip, lim, tlb, va, D(ip));
          break;
        }
        case Op.LDRSB32: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : ld<i8, i32>(ip, lim, tlb, va, D(ip));
          break;
        }
        case Op.LDRSH32: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : ld<i16, i32>(ip, lim, tlb, va, D(ip));
          break;
        }
        case Op.STRB: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : st<u8>(ip, lim, tlb, va, load<u64>(D(ip)));
          break;
        }
        case Op.STRH: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : st<u16>(ip, lim, tlb, va, load<u64>(D(ip)));
          break;
        }
        case Op.STRW: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : st<u32>(ip, lim, tlb, va, load<u64>(D(ip)));
          break;
        }
        case Op.STRX: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : st<u64>(ip, lim, tlb, va, load<u64>(D(ip)));
          break;
        }
        case Op.LDRB_R: {
          const base = N64(ip);
          const va: u64 = base + registerOffset(ip);
          done = baseFails(ip, base) ? RAISED : ld<u8, u64>(ip, lim, tlb, va, D(ip));
          break;
        }
        case Op.LDRH_R: {
          const base = N64(ip);
          const va: u64 = base + registerOffset(ip);
          done = baseFails(ip, base) ? RAISED : ld<u16, u64>(ip, lim, tlb, va, D(ip));
          break;
        }
        case Op.LDRW_R: {
          const base = N64(ip);
          const va: u64 = base + registerOffset(ip);
          done = baseFails(ip, base) ? RAISED : ld<u32, u64>(ip, lim, tlb, va, D(ip));
          break;
        }
        case Op.LDRX_R: {
          const base = N64(ip);
          const va: u64 = base + registerOffset(ip);
          done = baseFails(ip, base) ? RAISED : ld<u64, u64>(ip, lim, tlb, va, D(ip));
          break;
        }
        case Op.LDRSB64_R: {
          const base = N64(ip);
          const va: u64 = base + registerOffset(ip);
          done = baseFails(ip, base) ? RAISED : ld<i8, i64>(ip, lim, tlb, va, D(ip));
          break;
        }
        case Op.LDRSH64_R: {
          const base = N64(ip);
          const va: u64 = base + registerOffset(ip);
          done = baseFails(ip, base) ? RAISED : ld<i16, i64>(ip, lim, tlb, va, D(ip));
          break;
        }
        case Op.LDRSW_R: {
          const base = N64(ip);
          const va: u64 = base + registerOffset(ip);
          done = baseFails(ip, base) ? RAISED : ld<i32, i64>(ip, lim, tlb, va, D(ip));
          break;
        }
        case Op.LDRSB32_R: {
          const base = N64(ip);
          const va: u64 = base + registerOffset(ip);
          done = baseFails(ip, base) ? RAISED : ld<i8, i32>(ip, lim, tlb, va, D(ip));
          break;
        }
        case Op.LDRSH32_R: {
          const base = N64(ip);
          const va: u64 = base + registerOffset(ip);
          done = baseFails(ip, base) ? RAISED : ld<i16, i32>(ip, lim, tlb, va, D(ip));
          break;
        }
        case Op.STRB_R: {
          const base = N64(ip);
          const va: u64 = base + registerOffset(ip);
          done = baseFails(ip, base) ? RAISED : st<u8>(ip, lim, tlb, va, load<u64>(D(ip)));
          break;
        }
        case Op.STRH_R: {
          const base = N64(ip);
          const va: u64 = base + registerOffset(ip);
          done = baseFails(ip, base) ? RAISED : st<u16>(ip, lim, tlb, va, load<u64>(D(ip)));
          break;
        }
        case Op.STRW_R: {
          const base = N64(ip);
          const va: u64 = base + registerOffset(ip);
          done = baseFails(ip, base) ? RAISED : st<u32>(ip, lim, tlb, va, load<u64>(D(ip)));
          break;
        }
        case Op.STRX_R: {
          const base = N64(ip);
          const va: u64 = base + registerOffset(ip);
          done = baseFails(ip, base) ? RAISED : st<u64>(ip, lim, tlb, va, load<u64>(D(ip)));
          break;
        }
        case Op.LDRB_PRE: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : ld<u8, u64>(ip, lim, tlb, va, D(ip));
          writeBack(ip, done, va);
          break;
        }
        case Op.LDRH_PRE: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : ld<u16, u64>(ip, lim, tlb, va, D(ip));
          writeBack(ip, done, va);
          break;
        }
        case Op.LDRW_PRE: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : ld<u32, u64>(ip, lim, tlb, va, D(ip));
          writeBack(ip, done, va);
          break;
        }
        case Op.LDRX_PRE: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : ld<u64, u64>(ip, lim, tlb, va, D(ip));
          writeBack(ip, done, va);
          break;
        }
        case Op.LDRSB64_PRE: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : ld<i8, i64>(ip, lim, tlb, va, D(ip));
          writeBack(ip, done, va);
          break;
        }
        case Op.LDRSH64_PRE: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : ld<i16, i64>(ip, lim, tlb, va, D(ip));
          writeBack(ip, done, va);
          break;
        }
        case Op.LDRSW_PRE: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : ld<i32, i64>(ip, lim, tlb, va, D(ip));
          writeBack(ip, done, va);
          break;
        }
        case Op.LDRSB32_PRE: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : ld<i8, i32>(ip, lim, tlb, va, D(ip));
          writeBack(ip, done, va);
          break;
        }
        case Op.LDRSH32_PRE: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : ld<i16, i32>(ip, lim, tlb, va, D(ip));
          writeBack(ip, done, va);
          break;
        }
        case Op.STRB_PRE: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : st<u8>(ip, lim, tlb, va, load<u64>(D(ip)));
          writeBack(ip, done, va);
          break;
        }
        case Op.STRH_PRE: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : st<u16>(ip, lim, tlb, va, load<u64>(D(ip)));
          writeBack(ip, done, va);
          break;
        }
        case Op.STRW_PRE: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : st<u32>(ip, lim, tlb, va, load<u64>(D(ip)));
          writeBack(ip, done, va);
          break;
        }
        case Op.STRX_PRE: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : st<u64>(ip, lim, tlb, va, load<u64>(D(ip)));
          writeBack(ip, done, va);
          break;
        }
        case Op.LDRB_POST: {
          const base = N64(ip);
          const va: u64 = base;
          done = baseFails(ip, base) ? RAISED : ld<u8, u64>(ip, lim, tlb, va, D(ip));
          writeBack(ip, done, base + IMM(ip));
          break;
        }
        case Op.LDRH_POST: {
          const base = N64(ip);
          const va: u64 = base;
          done = baseFails(ip, base) ? RAISED : ld<u16, u64>(ip, lim, tlb, va, D(ip));
          writeBack(ip, done, base + IMM(ip));
          break;
        }
        case Op.LDRW_POST: {
          const base = N64(ip);
          const va: u64 = base;
          done = baseFails(ip, base) ? RAISED : ld<u32, u64>(ip, lim, tlb, va, D(ip));
          writeBack(ip, done, base + IMM(ip));
          break;
        }
        case Op.LDRX_POST: {
          const base = N64(ip);
          const va: u64 = base;
          done = baseFails(ip, base) ? RAISED : ld<u64, u64>(ip, lim, tlb, va, D(ip));
          writeBack(ip, done, base + IMM(ip));
          break;
        }
        case Op.LDRSB64_POST: {
          const base = N64(ip);
          const va: u64 = base;
          done = baseFails(ip, base) ? RAISED : ld<i8, i64>(ip, lim, tlb, va, D(ip));
          writeBack(ip, done, base + IMM(ip));
          break;
        }
        case Op.LDRSH64_POST: {
          const base = N64(ip);
          const va: u64 = base;
          done = baseFails(ip, base) ? RAISED : ld<i16, i64>(ip, lim, tlb, va, D(ip));
          writeBack(ip, done, base + IMM(ip));
          break;
        }
        case Op.LDRSW_POST: {
          const base = N64(ip);
          const va: u64 = base;
          done = baseFails(ip, base) ? RAISED : ld<i32, i64>(ip, lim, tlb, va, D(ip));
          writeBack(ip, done, base + IMM(ip));
          break;
        }
        case Op.LDRSB32_POST: {
          const base = N64(ip);
          const va: u64 = base;
          done = baseFails(ip, base) ? RAISED : ld<i8, i32>(ip, lim, tlb, va, D(ip));
          writeBack(ip, done, base + IMM(ip));
          break;
        }
        case Op.LDRSH32_POST: {
          const base = N64(ip);
          const va: u64 = base;
          done = baseFails(ip, base) ? RAISED : ld<i16, i32>(ip, lim, tlb, va, D(ip));
          writeBack(ip, done, base + IMM(ip));
          break;
        }
        case Op.STRB_POST: {
          const base = N64(ip);
          const va: u64 = base;
          done = baseFails(ip, base) ? RAISED : st<u8>(ip, lim, tlb, va, load<u64>(D(ip)));
          writeBack(ip, done, base + IMM(ip));
          break;
        }
        case Op.STRH_POST: {
          const base = N64(ip);
          const va: u64 = base;
          done = baseFails(ip, base) ? RAISED : st<u16>(ip, lim, tlb, va, load<u64>(D(ip)));
          writeBack(ip, done, base + IMM(ip));
          break;
        }
        case Op.STRW_POST: {
          const base = N64(ip);
          const va: u64 = base;
          done = baseFails(ip, base) ? RAISED : st<u32>(ip, lim, tlb, va, load<u64>(D(ip)));
          writeBack(ip, done, base + IMM(ip));
          break;
        }
        case Op.STRX_POST: {
          const base = N64(ip);
          const va: u64 = base;
          done = baseFails(ip, base) ? RAISED : st<u64>(ip, lim, tlb, va, load<u64>(D(ip)));
          writeBack(ip, done, base + IMM(ip));
          break;
        }
        case Op.LDRW_LIT:
          done = ld<u32, u64>(ip, lim, tlb, pcOf(ip) + IMM(ip), D(ip));
          break;
        case Op.LDRX_LIT:
          done = ld<u64, u64>(ip, lim, tlb, pcOf(ip) + IMM(ip), D(ip));
          break;
        case Op.LDRSW_LIT:
          done = ld<i32, i64>(ip, lim, tlb, pcOf(ip) + IMM(ip), D(ip));
          break;
        case Op.LDPX: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : ldp<u64, u64>(ip, lim, tlb, va);
          break;
        }
        case Op.LDPW: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : ldp<u32, u64>(ip, lim, tlb, va);
          break;
        }
        case Op.LDPSW: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : ldp<i32, i64>(ip, lim, tlb, va);
          break;
        }
        case Op.STPX: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : stp<u64>(ip, lim, tlb, va);
          break;
        }
        case Op.STPW: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : stp<u32>(ip, lim, tlb, va);
          break;
        }
        case Op.LDPX_PRE: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : ldp<u64, u64>(ip, lim, tlb, va);
          writeBack(ip, done, va);
          break;
        }
        case Op.LDPW_PRE: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : ldp<u32, u64>(ip, lim, tlb, va);
          writeBack(ip, done, va);
          break;
        }
        case Op.LDPSW_PRE: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : ldp<i32, i64>(ip, lim, tlb, va);
          writeBack(ip, done, va);
          break;
        }
        case Op.STPX_PRE: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : stp<u64>(ip, lim, tlb, va);
          writeBack(ip, done, va);
          break;
        }
        case Op.STPW_PRE: {
          const base = N64(ip);
          const va: u64 = base + IMM(ip);
          done = baseFails(ip, base) ? RAISED : stp<u32>(ip, lim, tlb, va);
          writeBack(ip, done, va);
          break;
        }
        case Op.LDPX_POST: {
          const base = N64(ip);
          const va: u64 = base;
          done = baseFails(ip, base) ? RAISED : ldp<u64, u64>(ip, lim, tlb, va);
          writeBack(ip, done, base + IMM(ip));
          break;
        }
        case Op.LDPW_POST: {
          const base = N64(ip);
          const va: u64 = base;
          done = baseFails(ip, base) ? RAISED : ldp<u32, u64>(ip, lim, tlb, va);
          writeBack(ip, done, base + IMM(ip));
          break;
        }
        case Op.LDPSW_POST: {
          const base = N64(ip);
          const va: u64 = base;
          done = baseFails(ip, base) ? RAISED : ldp<i32, i64>(ip, lim, tlb, va);
          writeBack(ip, done, base + IMM(ip));
          break;
        }
        case Op.STPX_POST: {
          const base = N64(ip);
          const va: u64 = base;
          done = baseFails(ip, base) ? RAISED : stp<u64>(ip, lim, tlb, va);
          writeBack(ip, done, base + IMM(ip));
          break;
        }
        case Op.STPW_POST: {
          const base = N64(ip);
          const va: u64 = base;
          done = baseFails(ip, base) ? RAISED : stp<u32>(ip, lim, tlb, va);
          writeBack(ip, done, base + IMM(ip));
          break;
        }
        case Op.SYNCHRONISED:
          at(ip, lim);
          done = synchronised(load<u32>(ip, 8), load<u32>(ip, 12));
          break;
        case Op.UNPRIVILEGED:
          at(ip, lim);
          done = unprivileged(load<u32>(ip, 8), load<u32>(ip, 12));
          break;
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
    if (done != LEFT) {
      pstate = <u32>load<u64>(R, R_PSTATE) & ~PSTATE_NZCV;
      store<u64>(R, <u64>(pstate | (fn < 0 ? 0x80000000 : 0) | (fz == 0 ? 0x40000000 : 0) | (fc << 29) | (fv < 0 ? 0x10000000 : 0)), R_PSTATE);
    }
    if (done == NEXT) store<u64>(R, pcOf(ip), R_PC);
    else if (done == RAISED) takeException(pcOf(ip - UOP));
    else if (done == LEFT) return EXIT;
  }
  return EXIT_BUDGET;
}
