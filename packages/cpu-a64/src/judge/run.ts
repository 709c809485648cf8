/** A generated program in the reference interpreter, as a user process sees it: an exception skips its instruction. */
import { EC, SCTLR_EL1, TCR_EL1 } from "@granule/arm";
import { createCpuState, createReferenceCpu } from "../reference/cpu.ts";
import type { CpuState, ReferenceCpu } from "../reference/contract.ts";
import { createDecoder } from "../spec/decode.ts";
import type { Feature } from "../spec/row.ts";
import type { Generated } from "./generate.ts";
import { createImage, PROGRAM_BASE } from "./image.ts";
import { createFlatMemory } from "./memory.ts";

/** The CPU that the judge and the interpreter both are. Its identification as EL0 reads it. */
export const JUDGE_CPU = "cortex-a35";
export const IDENTIFICATION = { CTR_EL0: 0x84448004n, DCZID_EL0: 4n };
/** The judge's CPU that has FEAT_LSE; in a machine, the model that has it. */
export const JUDGE_CPU_LSE = "cortex-a76";
export const MODEL_LSE = "armv8.1-lse";
export const FEATURES_LSE: readonly Feature[] = ["crc32", "lse"];
/** CPACR_EL1.FPEN: SIMD and FP open to EL0. */
export const CPACR_FPEN = 0x300000n;
/** ENOSYS, what the system call that programs make is answered with. */
export const NO_SUCH_CALL = -38n;

export interface Process {
  readonly state: CpuState;
  readonly data: Uint8Array;
  /** Whether the last step ended in an exception. */
  readonly faulted: boolean;
  /** One instruction of the program, or nothing when it has ended. */
  step(): boolean;
}

/** What a kernel that skips does: to the next instruction, at EL0, the monitor cleared. */
function resume(cpu: ReferenceCpu, ec: number): void {
  const { state } = cpu;
  state.pc = (state.system.get("ELR_EL1") ?? 0n) + (ec === EC.SVC64 ? 0n : 4n);
  state.el = 0;
  state.daif = 0;
  state.monitor = undefined;
  if (ec === EC.SVC64) state.x[0] = NO_SUCH_CALL;
}

/** @param features that instructions may be of */
export function createProcess(program: Generated, features: readonly Feature[] = ["crc32"]): Process {
  const image = createImage(program);
  const regions = image.regions();
  const state = createCpuState(BigInt(PROGRAM_BASE));
  state.x.set(program.registers.subarray(0, 31));
  state.spEl0 = program.registers[31] ?? 0n;
  state.nzcv = Number((program.registers[32] ?? 0n) >> 28n);
  state.el = 0;
  state.spSel = 0;
  state.daif = 0;
  // As Linux runs user space, but for SA0: QEMU checks no SP alignment.
  state.system.set("SCTLR_EL1", SCTLR_EL1.encode({ UCT: 1, UCI: 1, DZE: 1, nTWI: 1, nTWE: 1 }));
  state.system.set("CPACR_EL1", CPACR_FPEN);
  state.system.set("TCR_EL1", TCR_EL1.encode({ TBI0: 1 }));
  const cpu = createReferenceCpu(
    {
      decode: createDecoder(new Set(features)), memory: createFlatMemory(regions), identification: IDENTIFICATION,
      port: { read: () => undefined, write: () => false, operate: () => undefined },
    },
    state,
  );
  const end = BigInt(image.end);
  let faulted = false;
  return {
    state,
    get faulted() {
      return faulted;
    },
    data: regions[1].bytes,
    step() {
      if (state.pc === end) return false;
      const outcome = cpu.step();
      faulted = outcome.kind === "exception";
      if (outcome.kind === "exception") resume(cpu, outcome.ec);
      return true;
    },
  };
}
