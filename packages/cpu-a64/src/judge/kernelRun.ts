/**
 * Programs of EL1 for QEMU's virt machine, and in the reference interpreter. One raw image: set-up code, vectors,
 * literals, program, and an exit by semihosting.
 */
import { EC, ESR_ELx, ISS_SYS } from "@granule/arm";
import type { CpuState } from "../reference/contract.ts";
import { createCpuState, createReferenceCpu } from "../reference/cpu.ts";
import { createDecoder, encode } from "../spec/decode.ts";
import { DATA_BASE, DATA_SIZE, HALF_WORD, LITERALS } from "./emitter.ts";
import type { Generated } from "./generate.ts";
import { HANDLER, SCTLR_START } from "./kernelGenerate.ts";
import { createFlatMemory } from "./memory.ts";
import { IDENTIFICATION, type Process } from "./run.ts";

/** In memory of the virt machine, which starts at 1 GiB. */
export const KERNEL_BASE = 0x40400000;
const VECTORS = 0x800;
const VECTORS_END = 0x1000; // MAGIC: an offset in the image
const PROGRAM = VECTORS_END + LITERALS * 8;
/** Vectors of synchronous exceptions: SP_EL0, SP_ELx, and EL0. */
const SYNCHRONOUS = [0x000, 0x200, 0x400];
const REGISTERS = 0x600;
/** Armv8.0 with 40 bits of physical address. */
const PHYSICAL_BITS = 40;
const SPSR_EL1H = 0x3c5;
/** Arm semihosting: HLT #0xf000 with SYS_EXIT in X0 and, at X1, why and with what status. */
const SEMIHOSTING = 0xd45e0000;
const SYS_EXIT = 0x18;
const ADP_STOPPED_APPLICATION_EXIT = 0x20026n;
const EXIT_BLOCK = 0x5f0;

export interface KernelImage {
  readonly image: Uint8Array;
  /** Of the first instruction of the program, of the vectors, and after the program. Machine addresses. */
  readonly start: number;
  readonly vectors: number;
  readonly end: number;
}

export function createKernelImage({ literals, registers, words }: Generated): KernelImage {
  const end = PROGRAM + words.length * 4;
  const image = new Uint8Array(end + 64);
  const view = new DataView(image.buffer);
  const put = (at: number, list: Iterable<number>): void => {
    for (const word of list) {
      view.setUint32(at, word, true);
      at += 4;
    }
  };
  const set = (Rd: number, value: number): number[] => [
    encode("MOVZ_movewide", { sf: 1, hw: 0, imm16: value % HALF_WORD, Rd }),
    encode("MOVK_movewide", { sf: 1, hw: 1, imm16: Math.floor(value / HALF_WORD), Rd }),
  ];
  const write = (CRn: number, op2: number): number => encode("MSR_SR_systemmove", { o0: 1, CRn, CRm: 0, op2, Rt: 0 });
  const setup = [
    ...set(0, SCTLR_START), write(1, 0),
    ...set(0, KERNEL_BASE + VECTORS), write(12, 0),
    encode("SUBS_addsub_imm", { sf: 1, Rn: 31, Rd: 31 }),
    ...set(30, KERNEL_BASE + REGISTERS),
    ...Array.from({ length: 31 }, (_, n) => encode("LDR_64_ldst_pos", { Rn: 30, Rt: n, imm12: n })),
  ];
  setup.push(encode("B_only_branch_imm", { imm26: (PROGRAM - setup.length * 4) / 4 }));
  put(0, setup);
  for (const vector of SYNCHRONOUS) put(VECTORS + vector, HANDLER);
  literals.forEach((value, n) => view.setBigUint64(VECTORS_END + n * 8, value, true));
  registers.subarray(0, 31).forEach((value, n) => view.setBigUint64(REGISTERS + n * 8, value, true));
  put(PROGRAM, words);
  view.setBigUint64(EXIT_BLOCK, ADP_STOPPED_APPLICATION_EXIT, true);
  // Whatever level the program ends at
  put(end, [encode("SVC_ex_exception", { imm16: SPSR_EL1H }), ...set(0, SYS_EXIT), ...set(1, KERNEL_BASE + EXIT_BLOCK), SEMIHOSTING]);
  return { image, start: KERNEL_BASE + PROGRAM, vectors: KERNEL_BASE + VECTORS, end: KERNEL_BASE + end };
}

/**
 * Where QEMU 7.2 departs from the architecture at an exception: AArch64.TakeException() leaves the flags, QEMU clears them;
 * and the syndrome of a trapped MSR (immediate), the one with Op0 0, has Op1 and Op2 exchanged.
 */
export function departAsQemu(state: CpuState): void {
  state.nzcv = 0;
  const syndrome = ESR_ELx.decode(state.system.get("ESR_EL1") ?? 0n);
  const fields = ISS_SYS.decode(BigInt(syndrome.ISS));
  if (syndrome.EC !== EC.SYS64 || fields.Op0 !== 0) return;
  const ISS = Number(ISS_SYS.encode({ ...fields, Op1: fields.Op2, Op2: fields.Op1 }));
  state.system.set("ESR_EL1", ESR_ELx.encode({ ...syndrome, ISS }));
}

/** The same program in the reference interpreter, from its first instruction. */
export function createKernelProcess(program: Generated): Process {
  const { image, start, vectors, end } = createKernelImage(program);
  const state = createCpuState(BigInt(start));
  state.x.set(program.registers.subarray(0, 31));
  // As the set-up code leaves them: it compares 0 with 0.
  state.nzcv = 0b0110;
  state.system.set("SCTLR_EL1", BigInt(SCTLR_START));
  state.system.set("VBAR_EL1", BigInt(vectors));
  const data = new Uint8Array(DATA_SIZE);
  const regions = [{ base: KERNEL_BASE, bytes: image, writable: true }, { base: DATA_BASE, bytes: data, writable: true }];
  const cpu = createReferenceCpu(
    {
      decode: createDecoder(new Set(["crc32"])), memory: createFlatMemory(regions, { physicalBits: PHYSICAL_BITS }), identification: IDENTIFICATION,
      port: { read: () => undefined, write: () => false, operate: () => undefined },
    },
    state,
  );
  let faulted = false;
  return {
    state, data,
    get faulted() {
      return faulted;
    },
    step() {
      if (state.pc === BigInt(end)) return false;
      faulted = cpu.step().kind === "exception";
      if (faulted) departAsQemu(state);
      return true;
    },
  };
}
