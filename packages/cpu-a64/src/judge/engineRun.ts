/**
 * The judge's programs in an engine of @granule/machine, one instruction a run. A user process runs at EL0 of a machine with
 * stage 1 tables; its exceptions go to a handler at EL1, which returns to the next instruction of the process.
 */
import { EC, SCTLR_EL1 } from "@granule/arm";
import { ATTR_NORMAL, createStage1, stage1Registers, type TableMemory } from "@granule/mmu";
import { GRANULE_4K, ipa, mib, ModelBug, range, toNumber, va } from "@granule/units";
import { createProgram } from "../spec/program.ts";
import { DATA_BASE, DATA_SIZE } from "./emitter.ts";
import type { Generated } from "./generate.ts";
import { createImage, PROGRAM_BASE } from "./image.ts";
import { SCTLR_START } from "./kernelGenerate.ts";
import { createKernelImage, departAsQemu, KERNEL_BASE } from "./kernelRun.ts";
import { createJudgeMachine, type EngineName, type JudgeMachine, type JudgeMachineOptions } from "./machine.ts";
import { CPACR_FPEN, JUDGE_CPU, NO_SUCH_CALL, type Process } from "./run.ts";

/** Vectors and stage 1 tables of a process: beside its code, at EL1 alone. */
const KERNEL = mib(16);
const KERNEL_SIZE = mib(1);
const FROM_EL0 = 0x400;
/** Bits 55:48 of a tagged address stay. */
const TBI0 = 1n << 37n;
const roundUp = (n: number, unit: number): number => Math.ceil(n / unit) * unit;

/** QEMU faults no unaligned access to Device memory, which all memory is with the MMU off. */
const AS_QEMU = { deviceAlignment: false } as const;

/** Stage 1 tables in the machine's RAM from `at` on. */
function tablesIn(machine: JudgeMachine, at: number, size: number): { readonly memory: TableMemory<"ipa">; readonly alloc: (bytes: number) => ReturnType<typeof ipa> | undefined } {
  const bytes = machine.ram(at, size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let next = at;
  return {
    memory: {
      contains: (a) => toNumber(a) >= at && toNumber(a) < at + size,
      load32: (a) => view.getUint32(toNumber(a) - at, true),
      store32: (a, value) => view.setUint32(toNumber(a) - at, value, true),
    },
    alloc(bytes_) {
      const found = roundUp(next, bytes_);
      next = found + bytes_;
      return next > at + size ? undefined : ipa(found);
    },
  };
}

/**
 * To the next instruction, or after SVC with what the call is answered. X0 is kept in TPIDR_EL1, which EL0 cannot see.
 */
function handler(): Uint8Array {
  const p = createProgram().msr("TPIDR_EL1", 0).mrs(0, "ESR_EL1").emit("UBFM_bitfield", { sf: 1, N: 1, immr: 26, imms: 31, Rn: 0, Rd: 0 });
  p.emit("SUBS_addsub_imm", { sf: 1, imm12: EC.SVC64, Rn: 0, Rd: 31 }).to("B_only_condbranch", "call", { cond: 0 });
  p.mrs(0, "ELR_EL1").emit("ADD_addsub_imm", { sf: 1, imm12: 4, Rn: 0, Rd: 0 }).msr("ELR_EL1", 0).mrs(0, "TPIDR_EL1").emit("ERET_64E_branch_reg");
  return p.label("call").move(0, NO_SUCH_CALL).emit("ERET_64E_branch_reg").bytes();
}

/** A program of EL0 in a machine, and where it ends. */
export interface Prepared {
  readonly machine: JudgeMachine;
  readonly end: number;
}
export type Options = Pick<JudgeMachineOptions, "engine" | "deviceAlignment" | "granule" | "cpu">;

/** A user process under a kernel that skips what faults. */
export function prepareUser(program: Generated, options: Options): Prepared {
  const image = createImage(program);
  const [code] = image.regions();
  const size = roundUp(code.bytes.length, mib(1));
  const machine = createJudgeMachine({ ...options, banks: [{ base: code.base, size }, { base: DATA_BASE, size: mib(1) }, { base: KERNEL, size: KERNEL_SIZE }] });
  machine.ram(code.base, code.bytes.length).set(code.bytes);
  const code64 = handler();
  machine.ram(KERNEL + FROM_EL0, code64.length).set(code64);
  const { memory, alloc } = tablesIn(machine, KERNEL + KERNEL_SIZE / 2, KERNEL_SIZE / 2);
  const tree = createStage1({ memory, granule: GRANULE_4K, vaBits: 39, half: "lower", outputBits: 40, allocTable: alloc, freeTable: () => undefined, flush: () => undefined });
  if (!tree.ok) throw new ModelBug(tree.why);
  const map = (at: number, bytes: number, rights: { readonly el0: boolean; readonly write: boolean; readonly executeEl1: boolean; readonly executeEl0: boolean }): void => {
    const done = tree.value.map(range(va(at), bytes), ipa(at), { ...rights, attrIndex: ATTR_NORMAL, global: true, tag: 0 });
    if (!done.ok) throw new ModelBug(done.why);
  };
  map(code.base, code.bytes.length, { el0: true, write: false, executeEl1: false, executeEl0: true });
  map(DATA_BASE, DATA_SIZE, { el0: true, write: true, executeEl1: false, executeEl0: false });
  map(KERNEL, GRANULE_4K.size, { el0: false, write: false, executeEl1: true, executeEl0: false });
  const registers = stage1Registers({ lower: { granule: GRANULE_4K, vaBits: 39, root: tree.value.root }, outputBits: 40 });
  if (!registers.ok) throw new ModelBug(registers.why);
  const { state } = machine.vcpu;
  state.spSel = 0;
  state.el = 0;
  state.daif = 0;
  state.pc = BigInt(PROGRAM_BASE);
  state.x.set(program.registers.subarray(0, 31));
  state.spEl0 = program.registers[31] ?? 0n;
  state.nzcv = Number((program.registers[32] ?? 0n) >> 28n);
  const { regs } = machine.vcpu.host;
  regs.set("SCTLR_EL1", registers.value.sctlr | SCTLR_EL1.encode({ UCT: 1, UCI: 1, DZE: 1, nTWI: 1, nTWE: 1 }));
  regs.set("CPACR_EL1", CPACR_FPEN);
  regs.set("TCR_EL1", registers.value.tcr | TBI0);
  regs.set("TTBR0_EL1", registers.value.ttbr0);
  regs.set("MAIR_EL1", registers.value.mair);
  regs.set("VBAR_EL1", BigInt(KERNEL));
  return { machine, end: image.end };
}

/** {@link createProcess} in an engine. */
export function createEngineProcess(program: Generated, engine: EngineName, cpu = JUDGE_CPU): Process {
  const { machine, end } = prepareUser(program, { engine, cpu, ...AS_QEMU });
  const { engine: pe, state } = machine.vcpu;
  let faulted = false;
  return {
    state, data: machine.ram(DATA_BASE, DATA_SIZE),
    get faulted() {
      return faulted;
    },
    step() {
      if (state.pc === BigInt(end)) return false;
      pe.run(1);
      faulted = state.el === 1;
      while (state.el === 1) pe.run(1);
      return true;
    },
  };
}

/** Vectors of synchronous exceptions from SP_EL0, SP_ELx and EL0. */
const SYNCHRONOUS = [0x000n, 0x200n, 0x400n];

/** A program of EL1 that handles its own exceptions. */
export function prepareKernel(program: Generated, options: Options): Prepared & { readonly vectors: number } {
  const { image, start, vectors, end } = createKernelImage(program);
  const machine = createJudgeMachine({ ...options, banks: [{ base: KERNEL_BASE, size: roundUp(image.length, mib(1)) }, { base: DATA_BASE, size: mib(1) }] });
  machine.ram(KERNEL_BASE, image.length).set(image);
  const { state } = machine.vcpu;
  state.x.set(program.registers.subarray(0, 31));
  state.pc = BigInt(start);
  // As the set-up code leaves them: it compares 0 with 0.
  state.nzcv = 0b0110;
  const { regs } = machine.vcpu.host;
  regs.set("SCTLR_EL1", BigInt(SCTLR_START));
  regs.set("VBAR_EL1", BigInt(vectors));
  return { machine, end, vectors };
}

/** {@link createKernelProcess} in an engine. */
export function createEngineKernelProcess(program: Generated, engine: EngineName): Process {
  const { machine, end, vectors } = prepareKernel(program, { engine, ...AS_QEMU });
  const { engine: pe, state } = machine.vcpu;
  const taken = new Set(SYNCHRONOUS.map((offset) => BigInt(vectors) + offset));
  let faulted = false;
  return {
    state, data: machine.ram(DATA_BASE, DATA_SIZE),
    get faulted() {
      return faulted;
    },
    step() {
      if (state.pc === BigInt(end)) return false;
      pe.run(1);
      // Nothing branches there.
      faulted = taken.has(state.pc);
      if (faulted) departAsQemu(state);
      return true;
    },
  };
}
