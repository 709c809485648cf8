/**
 * Exception entry to EL1 and return from it. Source: Arm ARM DDI 0487, D1.3 "Exceptions"; J1.1 AArch64.TakeException(),
 * AArch64.ExceptionReturn(), IllegalExceptionReturn().
 */
import { canonical } from "./config";
import { R_CPACR_EL1, R_ELR_EL1, R_ESR_EL1, R_FAR_EL1, R_PC, R_PSTATE, R_SP, R_SP_EL0, R_SP_EL1, R_SPSR_EL1, R_VBAR_EL1 } from "./generated/layout";
import {
  E_MONITOR_BYTES, E_STOP, EXC_EC, EXC_FAR, EXC_HELD, EXC_ISS, EXC_RETURN, EXC_SETS_FAR, PSTATE_DAIF, PSTATE_EL1, PSTATE_IL, PSTATE_NZCV, PSTATE_SP, R, setEl0, setFpOn,
} from "./state";
import { selectTables } from "./tlb";

const SYNCHRONOUS: u64 = 0x000;
const IRQ: u64 = 0x080;
const FROM_SPX: u64 = 0x200;
const FROM_LOWER: u64 = 0x400;
const ESR_IL: u64 = 1 << 25;
/** SPSR_EL1.M: AArch64 modes that EL1 may return to are EL0t, EL1t and EL1h. */
const MODE_BITS: u32 = 0x1f;
const IS_EL1H: u32 = 5;

/** Whether PSTATE selects SP_EL1. */
/* @inline */ function usesSpEl1(pstate: u32): bool { return (pstate & 0xf) == IS_EL1H; }

/** Writes PSTATE; the stack pointers change places when it selects another one. */
export function writePstate(pstate: u32): void {
  const old = <u32>load<u64>(R, R_PSTATE);
  if (usesSpEl1(old) != usesSpEl1(pstate)) {
    const sp = load<u64>(R, R_SP);
    if (usesSpEl1(old)) {
      store<u64>(R, sp, R_SP_EL1);
      store<u64>(R, load<u64>(R, R_SP_EL0), R_SP);
    } else {
      store<u64>(R, sp, R_SP_EL0);
      store<u64>(R, load<u64>(R, R_SP_EL1), R_SP);
    }
  }
  store<u64>(R, <u64>pstate, R_PSTATE);
  levelChanged();
}
/** After PSTATE.EL, the ASID or CPACR_EL1 may have changed. */
export function levelChanged(): void {
  const el0 = (<u32>load<u64>(R, R_PSTATE) & PSTATE_EL1) == 0;
  setEl0(el0);
  const fpen = <u32>(load<u64>(R, R_CPACR_EL1) >> 20) & 3;
  setFpOn(fpen == 3 || (fpen == 1 && !el0));
  selectTables();
}

function enter(vector: u64, preferredReturn: u64): void {
  const pstate = <u32>load<u64>(R, R_PSTATE);
  const from = (pstate & PSTATE_EL1) == 0 ? FROM_LOWER : (pstate & PSTATE_SP) != 0 ? FROM_SPX : 0;
  store<u64>(R, <u64>pstate, R_SPSR_EL1);
  store<u64>(R, preferredReturn, R_ELR_EL1);
  store<u64>(R, canonical(R, (load<u64>(R, R_VBAR_EL1) & ~0x7ff) + from + vector), R_PC);
  writePstate((pstate & PSTATE_NZCV) | PSTATE_DAIF | PSTATE_EL1 | PSTATE_SP);
}
/** The run ends before the instruction at `pc`, as if the hypervisor had trapped it and returned to it. */
function stay(pc: u64): void {
  store<u64>(R, pc, R_PC);
  store<u32>(R, 0, E_MONITOR_BYTES);
  store<u32>(R, 1, E_STOP);
}
/** Takes the exception that raise() described, from the instruction at `pc`. PSTATE must be complete. */
export function takeException(pc: u64): void {
  if (EXC_HELD) return stay(pc);
  store<u64>(R, (<u64>EXC_EC << 26) | ESR_IL | EXC_ISS, R_ESR_EL1);
  if (EXC_SETS_FAR) store<u64>(R, EXC_FAR, R_FAR_EL1);
  enter(SYNCHRONOUS, pc + EXC_RETURN);
}
/** Takes an IRQ before the instruction at PC. */
export function takeIrq(): void {
  enter(IRQ, load<u64>(R, R_PC));
}

/** ERET. A return to EL2, EL3 or AArch32 is illegal: PSTATE.IL is set, and the next instruction takes that exception. */
export function exceptionReturn(): void {
  const spsr = <u32>load<u64>(R, R_SPSR_EL1);
  const target = load<u64>(R, R_ELR_EL1);
  const mode = spsr & MODE_BITS;
  const legal = mode == 0 || mode == 4 || mode == IS_EL1H;
  const old = <u32>load<u64>(R, R_PSTATE);
  const kept = legal ? mode : old & MODE_BITS;
  writePstate((spsr & (PSTATE_NZCV | PSTATE_DAIF | PSTATE_IL)) | (legal ? 0 : PSTATE_IL) | kept);
  store<u64>(R, canonical(R, target), R_PC);
  store<u32>(R, 0, E_MONITOR_BYTES);
}
