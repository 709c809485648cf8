/** What the instructions' code shares: register access, memory access with its checks, and the ways to leave an instruction. */
import { EC, type ExceptionClass, faultStatus, SCTLR_EL1, TCR_EL1 } from "@granule/arm";
import type { Fields, Row } from "../spec/row.ts";
import { ones, signExtend, type Width } from "./bits.ts";
import type { CpuOptions, CpuState, MemoryFault, Outcome } from "./contract.ts";

/** An exception to EL1 that ends the instruction. Thrown by instructions, caught by step() alone. */
export class Taken extends Error {
  override readonly name = "Taken";
  readonly ec: ExceptionClass;
  /** ESR_EL1.ISS. */
  readonly iss: number;
  /** FAR_EL1, where the exception sets it. */
  readonly far: bigint | undefined;
  /** From the start of the instruction: 4 for SVC, whose preferred return address is the next instruction. */
  readonly returnOffset: bigint;
  constructor(ec: ExceptionClass, iss = 0, far?: bigint, returnOffset = 0n) {
    super(`exception class ${ec}`);
    this.ec = ec;
    this.iss = iss;
    this.far = far;
    this.returnOffset = returnOffset;
  }
}
/** The instruction ended in something that is the host's business. Thrown by instructions, caught by step() alone. */
export class Left extends Error {
  override readonly name = "Left";
  readonly outcome: Outcome;
  /** Whether the instruction has completed, so that PC moves on. */
  readonly completed: boolean;
  constructor(outcome: Outcome, completed: boolean) {
    super(outcome.kind);
    this.outcome = outcome;
    this.completed = completed;
  }
}

export interface Core extends CpuOptions {
  readonly state: CpuState;
  /** Where execution goes on; branches change it. */
  nextPc: bigint;
}
export type Execute = (core: Core, fields: Fields, row: Row) => void;

/** An unallocated encoding, or one that this Exception level may not execute. */
export const undefinedInstruction = (): Taken => new Taken(EC.UNKNOWN);

export const widthOf = (sf: number): Width => (sf === 1 ? 64 : 32);

/** X[n] or W[n]; 31 is the zero register. */
export const readX = (core: Core, n: number, width: Width = 64): bigint => BigInt.asUintN(width, core.state.x[n] ?? 0n);
/** Writes X[n]; a 32-bit value clears the upper half. 31 is discarded. */
export function writeX(core: Core, n: number, value: bigint): void {
  if (n !== 31) core.state.x[n] = value;
}

const usesSpEl1 = ({ state }: Core): boolean => state.el === 1 && state.spSel === 1;
/** SP[]: the stack pointer that is selected. */
const stackPointer = (core: Core): bigint => (usesSpEl1(core) ? core.state.spEl1 : core.state.spEl0);
function setStackPointer(core: Core, value: bigint): void {
  if (usesSpEl1(core)) core.state.spEl1 = value & ones(64);
  else core.state.spEl0 = value & ones(64);
}
/** X[n] or W[n] where 31 is the stack pointer. */
export const readXSp = (core: Core, n: number, width: Width = 64): bigint => (n === 31 ? BigInt.asUintN(width, stackPointer(core)) : readX(core, n, width));
export function writeXSp(core: Core, n: number, value: bigint): void {
  if (n === 31) setStackPointer(core, value);
  else writeX(core, n, value);
}

/** A system register that the core holds; 0 after reset. */
export const readSystem = (core: Core, name: string): bigint => core.state.system.get(name) ?? 0n;

/** Bits of SCTLR_EL1, as a test. */
export const controls = (core: Core, bit: keyof typeof SCTLR_EL1.fields): boolean => SCTLR_EL1.fields[bit].get(readSystem(core, "SCTLR_EL1")) === 1;

/** AArch64.BranchAddr(): with TCR_EL1.TBIn the top byte of a target is replaced by bit 55. */
export function branchAddress(core: Core, target: bigint): bigint {
  const upper = ((target >> 55n) & 1n) === 1n;
  const ignored = TCR_EL1.fields[upper ? "TBI1" : "TBI0"].get(readSystem(core, "TCR_EL1")) === 1;
  return ignored ? signExtend(target, 56, 64) : target;
}

/** The base register of a load or store. SP must be aligned where SCTLR_EL1.SA or SA0 asks for it. */
export function baseAddress(core: Core, n: number): bigint {
  if (n === 31 && (stackPointer(core) & 15n) !== 0n && controls(core, core.state.el === 1 ? "SA" : "SA0")) throw new Taken(EC.SP_ALIGNMENT);
  return readXSp(core, n);
}

const WNR = 1 << 6;
/** Ends the instruction with a Data Abort, or leaves it to stage 2. */
export function dataAbort(core: Core, fault: MemoryFault, write: boolean, cacheMaintenance = false): never {
  if (fault.stage === 2) throw new Left({ kind: "abort", fault, write, maintenance: cacheMaintenance }, false);
  const iss = fault.status | (write ? WNR : 0) | (cacheMaintenance ? 1 << 8 : 0);
  throw new Taken(core.state.el === 0 ? EC.DATA_ABORT_LOWER : EC.DATA_ABORT_SAME, iss, fault.va);
}

type Size = 1 | 2 | 4 | 8;
export interface MemoryAccess {
  readonly unprivileged?: boolean | undefined;
  /** Exclusive and ordered accesses fault when unaligned, whatever SCTLR_EL1.A says. */
  readonly aligned?: boolean | undefined;
}
/** AArch64.CheckAlignment() for an access of `bytes` as a whole. */
export function checkAlignment(core: Core, va: bigint, bytes: number, write: boolean, access: MemoryAccess): void {
  if ((va & BigInt(bytes - 1)) === 0n || (access.aligned !== true && !controls(core, "A"))) return;
  dataAbort(core, { status: faultStatus("alignment", 0), va, stage: 1 }, write);
}
const rightsOf = (core: Core, access: MemoryAccess): { readonly el0: boolean } => ({ el0: core.state.el === 0 || access.unprivileged === true });

export function load(core: Core, va: bigint, bytes: Size, access: MemoryAccess): bigint {
  const got = core.memory.load(va, bytes, rightsOf(core, access));
  return typeof got === "bigint" ? got : dataAbort(core, got, false);
}
export function store(core: Core, va: bigint, bytes: Size, value: bigint, access: MemoryAccess): void {
  const fault = core.memory.store(va, bytes, BigInt.asUintN(bytes * 8, value), rightsOf(core, access));
  if (fault !== undefined) dataAbort(core, fault, true);
}
