/**
 * What the files of the engine share: where the running vcpu's registers are, where it is in its code, and what an
 * instruction wants to become of it. All vcpus of a machine share the instance; `enter` of run.ts switches.
 * Offsets E_* are in the `engine` part of a vcpu's registers. Addresses of wasm memory are `usize`.
 */
import { R_engine } from "./generated/layout";

/** Registers of the running vcpu. */
export let R: usize = 0;
export function setR(at: usize): void { R = at; }

/** The micro-op that is executed, and the limit: `LIM - IP` is 16 for each instruction that may still be executed. */
export let IP: usize = 0;
export let LIM: usize = 0;
export function at(ip: usize, lim: usize): void { IP = ip; LIM = lim; }
/** Virtual address and micro-ops of the page that is executed. */
export let PAGE_VA: u64 = 0;
export let PAGE_UOPS: usize = 0;
export function setPage(va: u64, uops: usize): void { PAGE_VA = va; PAGE_UOPS = uops; }

/** Bytes of a micro-op, and of those of 4096 bytes of code. */
export const UOP: usize = 16;
export const UOP_PAGE: usize = 16384;
/** The virtual address of a micro-op. */
/* @inline */ export function pcOf(ip: usize): u64 { return PAGE_VA + <u64>((ip - PAGE_UOPS) >>> 2); }

/** PSTATE.EL is 0. */
export let EL0: bool = false;
export function setEl0(on: bool): void { EL0 = on; }
/** CPACR_EL1 lets the current Exception level use SIMD and floating point. */
export let FP_ON: bool = false;
export function setFpOn(on: bool): void { FP_ON = on; }

/** Why an instruction did not simply complete: see {@link NEXT} and the others. */
export const NEXT: i32 = 0;
/** An exception to EL1, described by EXC_*; PC is at the instruction. */
export const RAISED: i32 = 1;
/** The vcpu's PC holds where to go on; translations, Exception level or masks may have changed. */
export const JUMPED: i32 = 2;
/** The run ends with {@link EXIT}; the vcpu's PC holds where to go on. */
export const LEFT: i32 = 3;

export let EXC_EC: u32 = 0;
export let EXC_ISS: u32 = 0;
export let EXC_FAR: u64 = 0;
export let EXC_SETS_FAR: bool = false;
/** From the instruction to the preferred return address. */
export let EXC_RETURN: u32 = 0;
/** There is no exception: the host wants the vcpu to stay before the instruction. */
export let EXC_HELD: bool = false;
export function hold(): void { EXC_HELD = true; }
/** Describes an exception to EL1. Answers RAISED. */
export function raise(ec: u32, iss: u32): i32 {
  EXC_EC = ec;
  EXC_ISS = iss;
  EXC_SETS_FAR = false;
  EXC_RETURN = 0;
  EXC_HELD = false;
  return RAISED;
}
export function raiseAt(ec: u32, iss: u32, far: u64): i32 {
  raise(ec, iss);
  EXC_FAR = far;
  EXC_SETS_FAR = true;
  return RAISED;
}
export function raiseAfter(ec: u32, iss: u32): i32 {
  raise(ec, iss);
  EXC_RETURN = 4;
  return RAISED;
}

/** How a run ends. */
export const EXIT_BUDGET: i32 = 0;
export const EXIT_HVC: i32 = 1;
export const EXIT_SMC: i32 = 2;
export const EXIT_WAIT: i32 = 3;
/** WFE: others may run. */
export const EXIT_YIELD: i32 = 4;
export let EXIT: i32 = 0;
export function leave(exit: i32): i32 { EXIT = exit; return LEFT; }
/** After a call to the host that may have changed what comes next. */
export let HOST_WROTE: bool = false;
export function setHostWrote(on: bool): void { HOST_WROTE = on; }

/** Exception classes. Source: Arm ARM DDI 0487, "ESR_EL1", EC. */
export const EC_UNKNOWN: u32 = 0x00;
export const EC_WFX: u32 = 0x01;
export const EC_FP_ASIMD: u32 = 0x07;
export const EC_ILLEGAL_STATE: u32 = 0x0e;
export const EC_SVC64: u32 = 0x15;
export const EC_SYS64: u32 = 0x18;
/** From a lower Exception level; from the same one is 1 more. */
export const EC_INSTRUCTION_ABORT: u32 = 0x20;
export const EC_PC_ALIGNMENT: u32 = 0x22;
export const EC_DATA_ABORT: u32 = 0x24;
export const EC_SP_ALIGNMENT: u32 = 0x26;
export const EC_BRK64: u32 = 0x3c;

/** SCTLR_EL1. */
export const SCTLR_M: u64 = 1 << 0;
export const SCTLR_A: u64 = 1 << 1;
export const SCTLR_SA: u64 = 1 << 3;
export const SCTLR_SA0: u64 = 1 << 4;
export const SCTLR_UMA: u64 = 1 << 9;
export const SCTLR_DZE: u64 = 1 << 14;
export const SCTLR_UCT: u64 = 1 << 15;
export const SCTLR_nTWI: u64 = 1 << 16;
export const SCTLR_nTWE: u64 = 1 << 18;
export const SCTLR_WXN: u64 = 1 << 19;
export const SCTLR_UCI: u64 = 1 << 26;

/** PSTATE as SPSR_EL1 holds it. */
export const PSTATE_SP: u32 = 1;
export const PSTATE_EL1: u32 = 4;
export const PSTATE_I: u32 = 1 << 7;
export const PSTATE_DAIF: u32 = 15 << 6;
export const PSTATE_IL: u32 = 1 << 20;
export const PSTATE_NZCV: u32 = 0xf0000000;

// ---- the engine's part of a vcpu's registers ----
const E: usize = R_engine;
/** u32: level of the interrupt line. */
export const E_IRQ: usize = E + 0;
/** u32: the vcpu's record, see VCPUS. */
export const E_RECORD: usize = E + 4;
/** u32: optional features of the CPU, see generated/rows. */
export const E_FEATURES: usize = E + 8;
/** u32: ISS of an abort that the host wants injected. */
export const E_INJECT_ISS: usize = E + 12;
/** u32: granules of stage 1, as bits 0: 4K, 1: 16K, 2: 64K. */
export const E_GRANULES: usize = E + 16;
/** u32: PA size in bits. */
export const E_PA_BITS: usize = E + 20;
/** u64: counter in ns at the start of the run; with what was executed since it is the time. */
export const E_TIME: usize = E + 24;
/** u64: data of a call to the host: virtual address and value. */
export const E_IO_VA: usize = E + 32;
export const E_IO_VALUE: usize = E + 40;
/** u64, u64, u64, u32: the local monitor: address, values, and bytes (0: open). */
export const E_MONITOR: usize = E + 48;
export const E_MONITOR_LO: usize = E + 56;
export const E_MONITOR_HI: usize = E + 64;
export const E_MONITOR_BYTES: usize = E + 72;
/** u32: the immediate of the HVC or SMC that ended a run. */
export const E_IMM: usize = E + 80;
/** u32: this run's budget in instructions; what is left of it (i32). */
export const E_LEFT: usize = E + 88;
export const E_LEFT_NOW: usize = E + 136;
/** u32: nonzero when the host wants the run to end after this instruction. */
export const E_STOP: usize = E + 140;
/** u32: options: bit 0, unaligned accesses to Device memory fault. */
export const E_OPTIONS: usize = E + 92;
export const OPTION_DEVICE_ALIGNMENT: u32 = 1;
/** Bit 1: HCR_EL2.DC, with which stage 1 is off and its memory Normal. */
export const OPTION_DEFAULT_CACHEABLE: u32 = 2;

/** Stage 1 and stage 2 as decoded: see config.ts. */
export const E_STAGE1: usize = E + 192;
export const E_STAGE2: usize = E + 320;

// ---- the machine ----
/** First machine address and bytes of memory; wasm address 0 is MEM_BASE. */
export let MEM_BASE: u64 = 0;
export let MEM_SIZE: u64 = 0;

// ---- records of vcpus ----
/**
 * What is known of each vcpu for the sake of others, in memory of the engine's own: registers of a vcpu that is gone are
 * somebody else's. From VCPUS up to VCPUS_END.
 */
export let VCPUS: usize = 0;
export let VCPUS_END: usize = 0;
export const RECORD: usize = 64;
export const MOST_VCPUS: u32 = 1024;
/** u32: address of the registers. */
export const V_REGS: usize = 0;
/** u32: identifies the vcpu's domain: TLB maintenance that is broadcast reaches all vcpus with it. */
export const V_VMID: usize = 4;
/** u32: nonzero when translations that others cached for this vcpu are stale. */
export const V_STALE: usize = 8;
/** u32: where this vcpu's TLBs are; u32: which slot the next new ASID gets. */
export const V_TLBS: usize = 12;
export const V_VICTIM: usize = 16;
/** u32 each: ASID of a slot, or NO_ASID. */
export const V_SLOTS: usize = 20;
export const SLOTS: u32 = 8;
export const NO_ASID: u32 = 0xffffffff;
/** The running vcpu's record. */
/* @inline */ export function record(): usize { return load<u32>(R, E_RECORD); }
export function setMachine(base: u64, size: u64): void { MEM_BASE = base; MEM_SIZE = size; }
export function setVcpus(first: usize, end: usize): void { VCPUS = first; VCPUS_END = end; }
