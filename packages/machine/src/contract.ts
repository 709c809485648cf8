/**
 * The machine below the hypervisor: one memory, its frames, vcpu registers, and the one contract by which every kind
 * of vcpu (scripted, A64) is driven. Modelled on KVM's run loop: `run(budget)` returns an exit.
 */
import type { CpuModel } from "@granule/arm";
import { type Json, port } from "@granule/kit";
import { type Bytes, hex, type Ipa, type Pa, type Va } from "@granule/units";
import type { VcpuRegName } from "./regs.ts";

/**
 * Machine memory: one WebAssembly.Memory of fixed size (growing would detach the views). Machine addresses start at
 * `base`, above 4 GiB, so that an IPA or an offset that is mistaken for one is caught.
 */
export interface MachineMemory {
  readonly base: Pa;
  readonly size: Bytes;
  /** What the views show: an engine in wasm imports it. */
  readonly wasm: WebAssembly.Memory;
  /** Whole memory; index = {@link offset}. */
  readonly u8: Uint8Array;
  readonly view: DataView;
  readonly i32: Int32Array;
  /** Byte offset of a machine address in the views. @throws ModelBug outside memory. */
  offset(at: Pa): number;
  /** The machine address of a byte offset. */
  at(offset: number): Pa;
  contains(at: Pa): boolean;
  load32(at: Pa): number;
  store32(at: Pa, value: number): void;
  /** A view of `size` bytes, not a copy. @throws ModelBug when it leaves memory. */
  bytes(at: Pa, size: Bytes): Uint8Array;
  fill(at: Pa, size: Bytes, value: number): void;
  copy(to: Pa, from: Pa, size: Bytes): void;
}

/**
 * Allocator of one region at 4096-byte resolution. `ram` holds all that a guest can ever reach; `tables` holds stage 2
 * tables, vcpu registers and the hypervisor's own state, which no stage 2 ever maps.
 */
export interface FrameAllocator {
  readonly start: Pa;
  readonly size: Bytes;
  /**
   * `size` contiguous bytes (a multiple of 4096), zeroed, at an address that is `phase` modulo `align` (a power of two,
   * default BACKING_UNIT; phase default 0). Undefined when there are none. First fit: deterministic.
   */
  alloc(size: Bytes, align?: Bytes, phase?: Bytes): Pa | undefined;
  /** Scrubs. @throws ModelBug when part of it was free. */
  free(at: Pa, size: Bytes): void;
  freeBytes(): Bytes;
  isFree(at: Pa): boolean;
  save(): Json;
  load(state: Json): void;
}

export interface MachineParts {
  readonly cpu: CpuModel;
  readonly memory: MachineMemory;
  readonly ram: FrameAllocator;
  readonly tables: FrameAllocator;
}
export const MachinePort = port<MachineParts>()("machine");

/** Registers that have a place in {@link VcpuRegs}: scripted guests use some of them, the A64 engine all. */
export type SysReg = VcpuRegName;

/** Registers of a vcpu, kept in machine memory outside every guest's reach. */
export interface VcpuRegs {
  /** x0..x30 as little-endian u64 at byte 8 n. */
  readonly view: DataView;
  get(name: SysReg): bigint;
  set(name: SysReg, value: bigint): void;
  /** Instructions retired (scripted: charged) since the vcpu started. */
  retired: number;
  /** Counts writes of translation registers, so that decoded copies know when they are stale. */
  generation: number;
}

/** What ended a translation: enough for ESR_EL1/EL2, FAR and HPFAR. */
export interface AbortInfo {
  /** ESR_ELx as the exception would set it (EC, ISS). */
  readonly esr: number;
  readonly va: Va;
  readonly write: boolean;
  readonly bytes: number;
  /** 1: the guest's own exception. 2: a stage 2 fault, with the IPA. */
  readonly stage: 1 | 2;
  readonly ipa: Ipa | undefined;
}

export const READ = 0;
export const WRITE = 1;
export const EXECUTE = 2;
export type AccessKind = typeof READ | typeof WRITE | typeof EXECUTE;

/** A vcpu's view of memory through both stages; caches translations. */
export interface Translator {
  /**
   * Machine address of `va` as a number, or -1 and {@link abort} says why. Valid to the end of the 4096-byte unit that holds `va`.
   */
  translate(va: Va, access: AccessKind, el0: boolean): number;
  /** The last failed translation. */
  readonly abort: AbortInfo;
  /** The guest wrote a translation register, or executed TLBI: forget what was cached for it. */
  invalidate(): void;
}

/** An access that stage 2 refuses and no device answers. */
export interface RefusedAccess {
  readonly va: Va;
  readonly ipa: Ipa;
  readonly access: AccessKind;
}
/** The vcpu stays before an access, as {@link ScriptedHost.holds} has asked: the next run tries it again. */
export interface HeldExit {
  readonly kind: "held";
  readonly refused: RefusedAccess;
  /** An interrupt would be taken before the access is tried again. */
  readonly interruptible: boolean;
}

/** One reused record, valid until the next `run`. `end`: a scripted program returned. */
export type Exit =
  | { readonly kind: "hvc"; readonly imm: number }
  /** SMC, which HCR_EL2.TSC traps: PC is at it, and whoever answers it adds 4. */
  | { readonly kind: "smc"; readonly imm: number }
  | HeldExit
  | { readonly kind: "sysreg"; readonly iss: number }
  /** WFI; `until` in ns of the machine's clock, Infinity for none. */
  | { readonly kind: "wait"; readonly until: number }
  | { readonly kind: "budget" }
  | { readonly kind: "crash"; readonly rule: string; readonly why: string }
  | { readonly kind: "end" };

/** Drives one vcpu. */
export interface Engine {
  readonly regs: VcpuRegs;
  /** Retires at most about `budget` instructions (a scripted guest yields when it traps), counted in `regs.retired`. */
  run(budget: number): Exit;
  /** Level of the virtual interrupt line; also during `run`, from a callback of the host. */
  irq(level: boolean): void;
  /** From a callback of the host: the run ends after this instruction, as if its budget were used up. */
  stop(): void;
  /** Invalidate cached translations of this vcpu. */
  flush(): void;
  /** EBUSY: a scripted guest that is not parked at a checkpoint. */
  save(): { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly code: "EBUSY"; readonly why: string };
  load(state: Json): void;
}

/** What stage 2 of a vcpu is set to, as 64-bit register values. */
export interface Stage2Values {
  readonly hcr: bigint;
  readonly vtcr: bigint;
  readonly vttbr: bigint;
}

/** What a scripted engine needs from its host. */
export interface ScriptedHost {
  readonly memory: MachineMemory;
  readonly regs: VcpuRegs;
  readonly translator: Translator;
  /**
   * A stage 2 abort of a data access: it does not leave `run`. "retry": mapped meanwhile. "inject": the guest gets a data
   * abort. A number: the value that an emulated device gave (for a write: ignored). `regs.retired` is up to date.
   */
  abort(info: AbortInfo, value: number): "retry" | "inject" | number;
  /** True: instead of an abort for a refused access the run ends before it ("held"). Absent: never. Cache maintenance is not asked for. */
  readonly holds?: (refused: RefusedAccess) => boolean;
  /** Nanoseconds of the machine's clock. */
  now(): number;
}
/** What any engine may need from its host. */
export interface EngineHost extends ScriptedHost {
  readonly stage2: Stage2Values;
  /** DFSC or IFSC of the abort for an access that stage 2 refuses and no device answers. Absent: an empty ISS, as under Xen. */
  readonly abortStatus?: number;
  /** The vcpu met an instruction that its CPU does not have, and takes the exception for it. */
  readonly unallocated?: (pc: bigint, word: number) => void;
  /**
   * A system register that the PE itself does not hold (timers, interrupt controller, PMU, debug), by its encoding
   * op0:op1:CRn:CRm:op2 packed into 16 bits. Undefined: there is no such register, and the instruction is UNDEFINED.
   */
  readSystem(key: number, el: 0 | 1): bigint | undefined;
  /** False: there is no such register. */
  writeSystem(key: number, value: bigint, el: 0 | 1): boolean;
}
export type EngineFactory = (host: EngineHost) => Engine;

/** Thrown inside a scripted guest where hardware would take a data abort; a guest may catch it as a kernel's fixup does. */
export class GuestAbort extends Error {
  override readonly name = "GuestAbort";
  readonly info: AbortInfo;
  constructor(info: AbortInfo) {
    super(`data abort at va ${hex(info.va)}, esr ${hex(info.esr)}`);
    this.info = info;
  }
}

/** A scripted guest is a generator: each trap is a yield; answers arrive in x0 and guest memory. */
export type Trap<V> = Generator<Exit, V, void>;

/**
 * What a scripted guest at EL1 has: loads and stores through its own stage 1 and stage 2 (synchronous, charged,
 * single-copy atomic when naturally aligned), system registers, and traps. Aborts throw {@link GuestAbort}.
 */
export interface Guest {
  /** x0..x30. */
  readonly regs: DataView;
  load8(at: Va): number;
  load16(at: Va): number;
  load32(at: Va): number;
  /** A u64 as a number: exact below 2^53, never below 2^53 when the true value is not. */
  load53(at: Va): number;
  load64(at: Va): bigint;
  store8(at: Va, value: number): void;
  store16(at: Va, value: number): void;
  store32(at: Va, value: number): void;
  store53(at: Va, value: number): void;
  store64(at: Va, value: bigint): void;
  read(at: Va, into: Uint8Array): void;
  write(at: Va, from: Uint8Array): void;
  fill(at: Va, size: Bytes, value: number): void;
  /** Atomic on the word; answers the old value. */
  compareAndSwap32(at: Va, expected: number, value: number): number;
  fetchOr32(at: Va, bits: number): number;
  fetchAnd32(at: Va, bits: number): number;
  mrs(name: SysReg): bigint;
  msr(name: SysReg, value: bigint): void;
  /** TLBI VMALLE1 and barriers. */
  tlbi(): void;
  hvc(imm: number): Trap<void>;
  /** WFI: returns at once when the interrupt line is up; `until` in ns of the machine's clock. */
  wait(until?: number): Trap<void>;
  /** Lets others run. */
  pause(): Trap<void>;
  /** A place where the vcpu can be saved; `state` must be enough to start the program anew. */
  checkpoint(state: () => Json): Trap<void>;
  /** Nanoseconds of the machine's clock (CNTVCT). */
  now(): number;
}
export type GuestProgram = (g: Guest, saved?: Json) => Trap<void>;
