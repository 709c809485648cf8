/**
 * MSR, MRS, SYS and MSR (immediate). Source: Arm ARM DDI 0487, C6.2 "MSR (immediate)", "MSR (register)", "MRS", "SYS";
 * D23.2 and D23.8, "Accessing" of each register. Each function answers NEXT, RAISED or JUMPED.
 */
import { canonical, configureStage1 } from "./config";
import { levelChanged, writePstate } from "./exceptions";
import {
  R_CNTKCTL_EL1, R_PAR_EL1, R_PSTATE, R_SCTLR_EL1, R_SP_EL0,
} from "./generated/layout";
import {
  operationEl0, OP_AT_S1E0R, OP_AT_S1E0W, OP_AT_S1E1R, OP_AT_S1E1W, OP_DC_CISW, OP_DC_CSW, OP_DC_ISW, OP_DC_IVAC, OP_DC_ZVA, OP_IC_IALLU, OP_IC_IALLUIS, OP_IC_IVAU,
  OP_TLBI_ASIDE1, OP_TLBI_ASIDE1IS, OP_TLBI_VAAE1, OP_TLBI_VAAE1IS, OP_TLBI_VAALE1, OP_TLBI_VAALE1IS, OP_TLBI_VAE1, OP_TLBI_VAE1IS, OP_TLBI_VALE1, OP_TLBI_VALE1IS,
  OP_TLBI_VMALLE1, OP_TLBI_VMALLE1IS, registerAccess, registerEl0, registerPlace, registerWritable, SYS_CPACR_EL1, SYS_CurrentEL, SYS_DAIF, SYS_DCZID_EL0, SYS_FPCR, SYS_FPSR, SYS_ISR_EL1,
  SYS_MAIR_EL1, SYS_NZCV, SYS_SCTLR_EL1, SYS_SP_EL0, SYS_SPSel, SYS_TCR_EL1, SYS_TTBR0_EL1, SYS_TTBR1_EL1,
} from "./generated/registers";
import { CRm, CRn, op1, op2, Rt } from "./generated/rows";
import { hostSystem } from "./host";
import { FAILED, locateForMaintenance, storeSlow } from "./memory";
import { codeAllChanged, codeRangeChanged } from "./pages";
import {
  E_IO_VALUE, E_IRQ, E_LEFT, E_TIME, EC_FP_ASIMD, EC_SYS64, EC_UNKNOWN, EL0, FP_ON, IP, JUMPED, LIM, NEXT, PSTATE_DAIF, PSTATE_NZCV, PSTATE_SP, R, raise, record, SCTLR_DZE, SCTLR_UCI,
  SCTLR_UCT, SCTLR_UMA, setHostWrote, V_STALE,
} from "./state";
import { flushVcpu, invalidateByAsid, invalidateVa, invalidateVmid, selectTables } from "./tlb";
import { READ, W_ATTRIBUTES, W_IPA, W_S1PTW, W_SH1, W_STAGE, W_STATUS, walkStage1, WRITE } from "./walk";

/** The generic timer's registers that the PE answers; others are the host's. op0 3, op1 3, CRn 14 but for CNTKCTL_EL1. */
const SYS_CNTFRQ_EL0: i32 = 0xdf00;
const SYS_CNTPCT_EL0: i32 = 0xdf01;
const SYS_CNTVCT_EL0: i32 = 0xdf02;
const SYS_CNTKCTL_EL1: i32 = 0xc708;
const EL0PCTEN: u64 = 1;
const EL0VCTEN: u64 = 2;
/** The counter runs at 62.5 MHz: a tick is 16 ns, and an instruction 1 ns. */
const CNTFRQ: u64 = 62500000;
const TICK_LOG2: u64 = 4;

const DCZID_DZP: u64 = 16;
const RES1_PAR: u64 = 1 << 11;
const XZR: u32 = 31;

function undefinedInstruction(): i32 { return raise(EC_UNKNOWN, 0); }

/* @inline */ function readX(n: u32): u64 { return n == XZR ? 0 : load<u64>(R + n * 8); }
function writeX(n: u32, value: u64): void { if (n != XZR) store<u64>(R + n * 8, value); }
function controls(bit: u64): bool { return (load<u64>(R, R_SCTLR_EL1) & bit) != 0; }
/** Packed op0:op1:CRn:CRm:op2; the word has op0 - 2 in bit 19, and 1 in bit 19 and 20 for system instructions. */
function keyOf(word: u32): i32 { return <i32>(((word >>> 19) & 3) << 14 | op1(word) << 11 | CRn(word) << 7 | CRm(word) << 3 | op2(word)); }

/** A trapped access, as EL1 is told of it. */
function trapped(word: u32, op0: u32, rt: u32, isRead: bool): i32 {
  return raise(EC_SYS64, <u32>isRead | CRm(word) << 1 | rt << 5 | CRn(word) << 10 | op1(word) << 14 | op2(word) << 17 | op0 << 20);
}
/** Whether EL0 may do this, by the rule of generated/registers. NEXT when it may. */
function checkEl0(rule: i32, word: u32, isRead: bool): i32 {
  if (!EL0 || rule == 2 || (rule == 1 && isRead)) return NEXT;
  if (rule < 3) return undefinedInstruction();
  const bit = rule == 3 ? SCTLR_UMA : rule == 4 ? SCTLR_UCT : rule == 5 ? SCTLR_UCI : SCTLR_DZE;
  return controls(bit) ? NEXT : trapped(word, (word >>> 19) & 3, Rt(word), isRead);
}

function executed(): u32 { return load<u32>(R, E_LEFT) - <u32>((LIM - IP) >>> 4); }
/** Ticks of the counter at the instruction that runs. */
function counter(): u64 { return (load<u64>(R, E_TIME) + executed()) >> TICK_LOG2; }

/** The generic timer's registers. -1: not one of them. */
function timer(key: i32, word: u32, write: bool): i32 {
  if (key == SYS_CNTKCTL_EL1) {
    if (EL0) return undefinedInstruction();
    if (write) store<u64>(R, readX(Rt(word)) & 0x3ff, R_CNTKCTL_EL1);
    else writeX(Rt(word), load<u64>(R, R_CNTKCTL_EL1));
    return NEXT;
  }
  if (key != SYS_CNTFRQ_EL0 && key != SYS_CNTPCT_EL0 && key != SYS_CNTVCT_EL0) return -1;
  // CNTFRQ_EL0 is writable at the highest Exception level only
  if (write) return undefinedInstruction();
  if (EL0) {
    const opens = key == SYS_CNTPCT_EL0 ? EL0PCTEN : key == SYS_CNTVCT_EL0 ? EL0VCTEN : EL0PCTEN | EL0VCTEN;
    if ((load<u64>(R, R_CNTKCTL_EL1) & opens) == 0) return trapped(word, 3, Rt(word), true);
  }
  writeX(Rt(word), key == SYS_CNTFRQ_EL0 ? CNTFRQ : counter());
  return NEXT;
}

/** FPCR and FPSR are closed where SIMD and FP are. */
/* @inline */ function isClosed(key: i32): bool { return (key == SYS_FPCR || key == SYS_FPSR) && !FP_ON; }
/** COND 0b1110, CV. */
const ISS_FP: u32 = 0x1e00000;

export function moveFromSystem(word: u32): i32 {
  const key = keyOf(word);
  const place = registerPlace(key);
  if (place == -2) {
    const done = timer(key, word, false);
    if (done >= 0) return done;
    if (!hostSystem(key, false, EL0 ? 0 : 1, executed())) return undefinedInstruction();
    setHostWrote(true);
    writeX(Rt(word), load<u64>(R, E_IO_VALUE));
    return NEXT;
  }
  const refused = checkEl0(registerEl0(key), word, true);
  if (refused != NEXT) return refused;
  if (isClosed(key)) return raise(EC_FP_ASIMD, ISS_FP);
  let value: u64 = place >= 0 ? load<u64>(R + place) : 0;
  const pstate = load<u64>(R, R_PSTATE);
  if (key == SYS_NZCV) value = pstate & PSTATE_NZCV;
  else if (key == SYS_DAIF) value = pstate & PSTATE_DAIF;
  else if (key == SYS_SPSel) value = pstate & PSTATE_SP;
  else if (key == SYS_CurrentEL) value = pstate & 0xc;
  else if (key == SYS_ISR_EL1) value = load<u32>(R, E_IRQ) != 0 ? 0x80 : 0;
  else if (key == SYS_SP_EL0) {
    // with SPSel 0 it is the stack pointer in use, and its access is UNDEFINED
    if ((pstate & PSTATE_SP) == 0) return undefinedInstruction();
    value = load<u64>(R, R_SP_EL0);
  } else if (key == SYS_DCZID_EL0 && EL0 && !controls(SCTLR_DZE)) value |= DCZID_DZP;
  writeX(Rt(word), value);
  return NEXT;
}

export function moveToSystem(word: u32): i32 {
  const key = keyOf(word);
  const place = registerPlace(key);
  const value = readX(Rt(word));
  if (place == -2) {
    const done = timer(key, word, true);
    if (done >= 0) return done;
    store<u64>(R, value, E_IO_VALUE);
    if (!hostSystem(key, true, EL0 ? 0 : 1, executed())) return undefinedInstruction();
    setHostWrote(true);
    return NEXT;
  }
  if (registerAccess(key) != 0) return undefinedInstruction();
  const refused = checkEl0(registerEl0(key), word, false);
  if (refused != NEXT) return refused;
  if (isClosed(key)) return raise(EC_FP_ASIMD, ISS_FP);
  const pstate = <u32>load<u64>(R, R_PSTATE);
  switch (key) {
    case SYS_NZCV:
      store<u64>(R, <u64>((pstate & ~PSTATE_NZCV) | (<u32>value & PSTATE_NZCV)), R_PSTATE);
      return NEXT;
    case SYS_DAIF:
      store<u64>(R, <u64>((pstate & ~PSTATE_DAIF) | (<u32>value & PSTATE_DAIF)), R_PSTATE);
      return afterNext();
    case SYS_SPSel:
      writePstate((pstate & ~PSTATE_SP) | (<u32>value & 1));
      return NEXT;
    case SYS_SP_EL0:
      if ((pstate & PSTATE_SP) == 0) return undefinedInstruction();
      store<u64>(R, value, R_SP_EL0);
      return NEXT;
    case SYS_SCTLR_EL1:
    case SYS_TCR_EL1:
    case SYS_MAIR_EL1:
      store<u64>(R + place, value & registerWritable(key));
      configureStage1(R);
      flushVcpu(record());
      selectTables();
      return afterNext();
    case SYS_TTBR0_EL1:
    case SYS_TTBR1_EL1:
      store<u64>(R + place, value & registerWritable(key));
      configureStage1(R);
      store<u32>(record(), 1, V_STALE);
      selectTables();
      return afterNext();
    case SYS_CPACR_EL1:
      store<u64>(R + place, value & registerWritable(key));
      levelChanged();
      return NEXT;
    default:
      store<u64>(R + place, value & registerWritable(key));
      return NEXT;
  }
}
/** Goes on at the next instruction by way of the outer loop, which looks at interrupts and translations again. */
function afterNext(): i32 { return JUMPED; }

/** SPSel is EL1's; DAIFSet and DAIFClr are EL0's too where SCTLR_EL1.UMA says so. */
export function moveToPstate(word: u32): i32 {
  const pstate = <u32>load<u64>(R, R_PSTATE);
  if (op1(word) == 0) {
    if (EL0) return undefinedInstruction();
    writePstate((pstate & ~PSTATE_SP) | (CRm(word) & 1));
    return NEXT;
  }
  if (EL0 && !controls(SCTLR_UMA)) return trapped(word, 0, XZR, false);
  const bits = CRm(word) << 6;
  const isSet = op2(word) == 6;
  store<u64>(R, <u64>(isSet ? pstate | bits : pstate & ~bits), R_PSTATE);
  return isSet ? NEXT : JUMPED;
}

function zeroBlock(address: u64, word: u32): i32 {
  const dczid = load<u64>(R + registerPlace(SYS_DCZID_EL0));
  if ((dczid & DCZID_DZP) != 0) return EL0 ? trapped(word, 1, Rt(word), false) : undefinedInstruction();
  const bytes = <u64>4 << (dczid & 15);
  const start = address & ~(bytes - 1);
  for (let o: u64 = 0; o < bytes; o += 8) {
    storeSlow(start + o, 8, 0);
    if (FAILED) return 1;
  }
  return NEXT;
}

/** AT S1E1R and kin: PAR_EL1. Source: "PAR_EL1". */
export function translateAddress(va: u64, write: bool, el0: bool): void {
  let par: u64 = RES1_PAR;
  if (walkStage1(R, va, write ? WRITE : READ, el0)) {
    const device = (W_ATTRIBUTES & 0xf0) == 0;
    const sh: u64 = device || W_ATTRIBUTES == 0x44 ? 2 : W_SH1;
    par |= (W_IPA & 0xfffffffff000) | (<u64>W_ATTRIBUTES << 56) | (sh << 7);
  } else par |= 1 | (<u64>W_STATUS << 1) | (W_S1PTW ? <u64>1 << 8 : 0) | (W_STAGE == 2 ? <u64>1 << 9 : 0);
  store<u64>(R, par, R_PAR_EL1);
}

export function systemInstruction(word: u32): i32 {
  const key = keyOf(word);
  const rule = operationEl0(key);
  if (rule < 0) return undefinedInstruction();
  const refused = checkEl0(rule, word, false);
  if (refused != NEXT) return refused;
  const value = readX(Rt(word));
  switch (key) {
    case OP_DC_ZVA: return zeroBlock(value, word);
    case OP_IC_IALLU:
    case OP_IC_IALLUIS:
      codeAllChanged();
      return NEXT;
    case OP_IC_IVAU: {
      const host = locateForMaintenance(value, false);
      if (FAILED) return 1;
      // CTR_EL0.IminLine of every model is at most 64 bytes
      codeRangeChanged(host & ~63, 64);
      return NEXT;
    }
    case OP_DC_ISW:
    case OP_DC_CSW:
    case OP_DC_CISW:
      return NEXT;
    case OP_AT_S1E1R: translateAddress(value, false, false); return NEXT;
    case OP_AT_S1E1W: translateAddress(value, true, false); return NEXT;
    case OP_AT_S1E0R: translateAddress(value, false, true); return NEXT;
    case OP_AT_S1E0W: translateAddress(value, true, true); return NEXT;
    case OP_TLBI_VMALLE1: invalidateVmid(false); break;
    case OP_TLBI_VMALLE1IS: invalidateVmid(true); break;
    case OP_TLBI_VAE1:
    case OP_TLBI_VALE1: invalidateVa(value, false, false); break;
    case OP_TLBI_VAE1IS:
    case OP_TLBI_VALE1IS: invalidateVa(value, false, true); break;
    case OP_TLBI_VAAE1:
    case OP_TLBI_VAALE1: invalidateVa(value, true, false); break;
    case OP_TLBI_VAAE1IS:
    case OP_TLBI_VAALE1IS: invalidateVa(value, true, true); break;
    case OP_TLBI_ASIDE1: invalidateByAsid(<u32>(value >> 48), false); break;
    case OP_TLBI_ASIDE1IS: invalidateByAsid(<u32>(value >> 48), true); break;
    default:
      // DC by VA: there are no caches, but the address must translate
      locateForMaintenance(value, key == OP_DC_IVAC);
      return FAILED ? 1 : NEXT;
  }
  selectTables();
  return JUMPED;
}
