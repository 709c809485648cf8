/**
 * State of the reference interpreter and what it needs from outside. Registers are bigints: this is the slow and plain
 * model that faster ones are compared with. Source: Arm ARM DDI 0487, B1 "The AArch64 Application Level Programmers' Model"
 * and D1 "The AArch64 System Level Programmers' Model".
 */
import type { ExceptionClass } from "@granule/arm";
import type { Ipa } from "@granule/units";
import type { Decoder } from "../spec/decode.ts";

/** One PE at EL0 and EL1, AArch64 only. */
export interface CpuState {
  /** X0 to X30. Writes wrap to 64 bits. */
  readonly x: BigUint64Array;
  /** V0 to V31, each as two doublewords, low first. */
  readonly v: BigUint64Array;
  spEl0: bigint;
  spEl1: bigint;
  pc: bigint;
  /** PSTATE.{N,Z,C,V}: 4 bits, N highest. */
  nzcv: number;
  /** PSTATE.EL. */
  el: 0 | 1;
  /** PSTATE.SP: which stack pointer EL1 uses. */
  spSel: 0 | 1;
  /** PSTATE.{D,A,I,F}: 4 bits, D highest. */
  daif: number;
  /** PSTATE.IL. */
  il: boolean;
  /** System registers by name, as the table spells them; absent ones hold their reset value. */
  readonly system: Map<string, bigint>;
  /** The local exclusive monitor: what the last load exclusive marked, and what it loaded (0 beside one register). */
  monitor: { readonly address: bigint; readonly bytes: number; readonly values: readonly [bigint, bigint] } | undefined;
}

/** How an access counts for permissions: `el0` is false for EL1 but for LDTR and STTR. */
export interface AccessRights {
  readonly el0: boolean;
}
/** Why an access failed. */
export interface MemoryFault {
  /** DFSC or IFSC: `faultStatus()` of @granule/arm. */
  readonly status: number;
  /** The first byte that faulted: not always the first of the access. */
  readonly va: bigint;
  /** 1: an exception of EL1. 2: the hypervisor's business, which ends the step with "abort". */
  readonly stage: 1 | 2;
  /** Of stage 2: where. */
  readonly ipa?: Ipa;
}
/** Memory by virtual address (64 bits, with tag). Little-endian. Accesses may be unaligned and cross pages. */
export interface ReferenceMemory {
  /** The instruction word. */
  fetch(va: bigint, rights: AccessRights): number | MemoryFault;
  load(va: bigint, bytes: 1 | 2 | 4 | 8, rights: AccessRights): bigint | MemoryFault;
  store(va: bigint, bytes: 1 | 2 | 4 | 8, value: bigint, rights: AccessRights): MemoryFault | undefined;
}

/** Where a system register or instruction is encoded. */
export interface SystemEncoding {
  readonly op0: number;
  readonly op1: number;
  readonly CRn: number;
  readonly CRm: number;
  readonly op2: number;
}
/** Everything beside the core: timers, interrupt controller, PMU and debug registers, caches and TLBs. */
export interface SystemPort {
  /** A register that the core does not hold; undefined: there is none. */
  read(register: SystemEncoding, el: 0 | 1): bigint | undefined;
  /** False: there is no such register. */
  write(register: SystemEncoding, value: bigint, el: 0 | 1): boolean;
  /** TLBI, AT, IC, and DC but ZVA, by name ("TLBI VAE1IS"). A fault ends in a Data Abort. */
  operate(name: string, value: bigint, el: 0 | 1): MemoryFault | undefined;
}

export interface CpuOptions {
  readonly decode: Decoder;
  readonly memory: ReferenceMemory;
  readonly port: SystemPort;
  /** Values of the identification registers, by name (MIDR_EL1, CTR_EL0, DCZID_EL0, ID_AA64PFR0_EL1, ...). Absent ones read as 0. */
  readonly identification: Readonly<Record<string, bigint>>;
}

/** What one step did. After "exception" the state is that at the vector of EL1. */
export type Outcome =
  | { readonly kind: "retired" }
  | { readonly kind: "exception"; readonly ec: ExceptionClass }
  /** HVC at EL1; PC is after it. */
  | { readonly kind: "hvc"; readonly imm: number }
  /** SMC at EL1, trapped as HCR_EL2.TSC does: PC is at it. */
  | { readonly kind: "smc"; readonly imm: number }
  /** WFI or WFE, completed; the host decides how long it waits. */
  | { readonly kind: "wait"; readonly event: boolean }
  /** A stage 2 fault; nothing was done and PC is at the instruction. `maintenance`: of caches, which moves no data. */
  | { readonly kind: "abort"; readonly fault: MemoryFault; readonly write: boolean; readonly maintenance: boolean };

/** A reference PE. */
export interface ReferenceCpu {
  readonly state: CpuState;
  /** Executes one instruction, or takes the exception that it causes. */
  step(): Outcome;
  /** Takes an interrupt at EL1, whatever PSTATE masks: the caller has looked. */
  interrupt(kind: "irq" | "fiq" | "serror"): void;
}
