/**
 * Instructions that are too rare for the interpreter's own switch: exception generation, hints, system registers, exclusive
 * and ordered accesses, LDTR and STTR. PSTATE in memory is complete when they run. Each answers NEXT, RAISED, JUMPED or LEFT.
 */
import { exceptionReturn } from "./exceptions";
import { R_PC, R_SCTLR_EL1, R_SP } from "./generated/layout";
import {
  CRm, imm16, imm9, op2, Rn, ROW_BRK_ex_exception, ROW_CLREX_barriers, ROW_ERET_64E_branch_reg, ROW_HINT_hints, ROW_HVC_ex_exception, ROW_MRS_RS_systemmove,
  ROW_MSR_SI_pstate, ROW_MSR_SR_systemmove, ROW_SMC_ex_exception, ROW_SVC_ex_exception, ROW_SYS_CR_systeminstrs, rowTransfer, Rs, Rt, Rt2, TRANSFER_EXCLUSIVE, TRANSFER_LOAD,
  TRANSFER_PAIR, TRANSFER_SIGNED, TRANSFER_WIDE, transferSizeLog2,
} from "./generated/rows";
import { FAILED, loadSlow, misaligned, setUnprivileged, storeSlow } from "./memory";
import {
  E_IMM, E_IRQ, E_MONITOR, E_MONITOR_BYTES, E_MONITOR_HI, E_MONITOR_LO, EC_BRK64, EC_SP_ALIGNMENT, EC_SVC64, EC_UNKNOWN, EC_WFX, EL0, EXIT_HVC, EXIT_SMC, EXIT_WAIT,
  EXIT_YIELD, IP, JUMPED, leave, NEXT, pcOf, R, raise, RAISED, raiseAfter, SCTLR_nTWE, SCTLR_nTWI, SCTLR_SA, SCTLR_SA0,
} from "./state";
import { moveFromSystem, moveToPstate, moveToSystem, systemInstruction } from "./system";

const XZR: u32 = 31;
const HINT_WFE: u32 = 2;
/** COND 0b1110, CV: an unconditional instruction. */
const ISS_WFX: u32 = 0x1e00000;

function undefinedInstruction(): i32 { return raise(EC_UNKNOWN, 0); }

function leaveAt(exit: i32, pc: u64): i32 {
  store<u64>(R, pc, R_PC);
  return leave(exit);
}
function wait(word: u32): i32 {
  const isEvent = (CRm(word) << 3 | op2(word)) == HINT_WFE;
  if (EL0 && (load<u64>(R, R_SCTLR_EL1) & (isEvent ? SCTLR_nTWE : SCTLR_nTWI)) == 0) return raise(EC_WFX, ISS_WFX | <u32>isEvent);
  // WFI completes at once when an interrupt is pending, masked or not
  if (!isEvent && load<u32>(R, E_IRQ) != 0) return goOn(JUMPED);
  return leaveAt(isEvent ? EXIT_YIELD : EXIT_WAIT, pcOf(IP) + 4);
}
/** HVC and SMC leave; SMC as trapped, with PC at it. */
function call(word: u32, exit: i32): i32 {
  if (EL0) return undefinedInstruction();
  store<u32>(R, imm16(word), E_IMM);
  return leaveAt(exit, exit == EXIT_HVC ? pcOf(IP) + 4 : pcOf(IP));
}

/** After an operation that wants the outer loop: PC is the next instruction. */
function goOn(done: i32): i32 {
  if (done == JUMPED) store<u64>(R, pcOf(IP) + 4, R_PC);
  return done;
}

export function system(word: u32, row: i32): i32 {
  switch (row) {
    case ROW_MRS_RS_systemmove: return moveFromSystem(word);
    case ROW_MSR_SR_systemmove: return goOn(moveToSystem(word));
    case ROW_MSR_SI_pstate: return goOn(moveToPstate(word));
    case ROW_SYS_CR_systeminstrs: return goOn(systemInstruction(word));
    case ROW_SVC_ex_exception: return raiseAfter(EC_SVC64, imm16(word));
    case ROW_BRK_ex_exception: return raise(EC_BRK64, imm16(word));
    case ROW_HVC_ex_exception: return call(word, EXIT_HVC);
    case ROW_SMC_ex_exception: return call(word, EXIT_SMC);
    case ROW_HINT_hints: return wait(word);
    case ROW_CLREX_barriers:
      store<u32>(R, 0, E_MONITOR_BYTES);
      return NEXT;
    case ROW_ERET_64E_branch_reg:
      if (EL0) return undefinedInstruction();
      exceptionReturn();
      return JUMPED;
    default:
      // SYSL: Armv8.0 has none that gives a result
      return undefinedInstruction();
  }
}

/* @inline */ export function readX(n: u32): u64 { return n == XZR ? 0 : load<u64>(R + n * 8); }
export function writeX(n: u32, value: u64): void { if (n != XZR) store<u64>(R + n * 8, value); }

/** SP must be aligned to 16 bytes where SCTLR_EL1.SA or SA0 asks for it. */
export function spMisaligned(): bool {
  if ((load<u64>(R, R_SCTLR_EL1) & (EL0 ? SCTLR_SA0 : SCTLR_SA)) == 0) return false;
  raise(EC_SP_ALIGNMENT, 0);
  return true;
}
/** The base register of an access: baseRefused() comes first. */
export function base(word: u32): u64 { return Rn(word) == XZR ? load<u64>(R, R_SP) : readX(Rn(word)); }
export function baseRefused(word: u32): bool { return Rn(word) == XZR && (load<u64>(R, R_SP) & 15) != 0 && spMisaligned(); }

/** LDXR, STXR and kin, LDAR, STLR. The monitor also compares values, so that other PEs' stores are seen. */
export function synchronised(word: u32, row: i32): i32 {
  const transfer = rowTransfer(row);
  const bytes: u32 = 1 << transferSizeLog2(transfer);
  const pair = (transfer & TRANSFER_PAIR) != 0;
  const whole = pair ? bytes * 2 : bytes;
  const isLoad = (transfer & TRANSFER_LOAD) != 0;
  const exclusive = (transfer & TRANSFER_EXCLUSIVE) != 0;
  if (baseRefused(word)) return RAISED;
  const va = base(word);
  if (misaligned(va, whole, !isLoad, true)) return RAISED;
  if (!isLoad && !exclusive) {
    storeSlow(va, bytes, readX(Rt(word)));
    return FAILED ? RAISED : NEXT;
  }
  if (!isLoad) return storeExclusive(va, bytes, pair, whole, word);
  const low = loadSlow(va, bytes);
  if (FAILED) return RAISED;
  const high = pair ? loadSlow(va + bytes, bytes) : 0;
  if (FAILED) return RAISED;
  if (pair) writeX(Rt2(word), high);
  writeX(Rt(word), low);
  if (exclusive) {
    store<u64>(R, va, E_MONITOR);
    store<u64>(R, low, E_MONITOR_LO);
    store<u64>(R, high, E_MONITOR_HI);
    store<u32>(R, whole, E_MONITOR_BYTES);
  }
  return NEXT;
}
function storeExclusive(va: u64, bytes: u32, pair: bool, whole: u32, word: u32): i32 {
  const open = load<u32>(R, E_MONITOR_BYTES) == whole && load<u64>(R, E_MONITOR) == va;
  store<u32>(R, 0, E_MONITOR_BYTES);
  if (open) {
    const low = readX(Rt(word));
    const high = pair ? readX(Rt2(word)) : 0;
    const first = loadSlow(va, bytes);
    const second = pair && !FAILED ? loadSlow(va + bytes, bytes) : 0;
    if (!FAILED && (first != load<u64>(R, E_MONITOR_LO) || (pair && second != load<u64>(R, E_MONITOR_HI)))) {
      writeX(Rs(word), 1);
      return NEXT;
    }
    // a location that cannot be read is still asked for as a store
    storeSlow(va, bytes, low);
    if (FAILED) return RAISED;
    if (pair) storeSlow(va + bytes, bytes, high);
    if (FAILED) return RAISED;
  }
  writeX(Rs(word), open ? 0 : 1);
  return NEXT;
}

/** LDTR and STTR: checked as an access of EL0. */
export function unprivileged(word: u32, row: i32): i32 {
  if (baseRefused(word)) return RAISED;
  const transfer = rowTransfer(row);
  const bytes: u32 = 1 << transferSizeLog2(transfer);
  const va = base(word) + <u64>((<i64>imm9(word) << 55) >> 55);
  setUnprivileged(true);
  if ((transfer & TRANSFER_LOAD) == 0) storeSlow(va, bytes, readX(Rt(word)));
  else {
    let value = loadSlow(va, bytes);
    if (!FAILED) {
      if ((transfer & TRANSFER_SIGNED) != 0) {
        const unused = 64 - 8 * <i64>bytes;
        value = <u64>((<i64>value << unused) >> unused);
        if ((transfer & TRANSFER_WIDE) == 0) value = <u64><u32>value;
      }
      writeX(Rt(word), value);
    }
  }
  setUnprivileged(false);
  return FAILED ? RAISED : NEXT;
}
