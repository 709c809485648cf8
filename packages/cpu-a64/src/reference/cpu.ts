/** The step of the reference interpreter: fetch, decode, execute, or the exception instead. Source: Arm ARM DDI 0487, D1.3 "Exceptions". */
import { EC } from "@granule/arm";
import { ModelBug } from "@granule/units";
import type { Instruction, OperationName } from "../spec/decode.ts";
import { atomic } from "./atomics.ts";
import { ones } from "./bits.ts";
import { BRANCH } from "./branches.ts";
import type { CpuOptions, CpuState, Outcome, ReferenceCpu } from "./contract.ts";
import { type Core, type Execute, Left, Taken, undefinedInstruction } from "./core.ts";
import { DATA_PROCESSING } from "./dataProcessing.ts";
import { takeException, takeInterrupt } from "./exceptions.ts";
import { transferData } from "./loadsStores.ts";
import { simdExecutor } from "./simd.ts";

const OPERATIONS: Readonly<Record<OperationName, Execute>> = { ...DATA_PROCESSING, ...BRANCH };
const isOperation = (name: string): name is OperationName => name in OPERATIONS;

/** The code of a row. @throws ModelBug when it has none. */
function executorOf({ row }: Pick<Instruction, "row">): Execute {
  if (row.transfer !== undefined) return transferData;
  if (row.atomic !== undefined) return atomic;
  const simd = simdExecutor(row);
  if (simd !== undefined) return simd;
  if (isOperation(row.name)) return OPERATIONS[row.name];
  throw new ModelBug(`${row.name} cannot be executed`);
}

/** Registers as after a reset that starts in EL1 with SP_EL1 and everything masked; UNKNOWN ones are 0. */
export const createCpuState = (pc: bigint): CpuState => ({
  x: new BigUint64Array(31), v: new BigUint64Array(64), spEl0: 0n, spEl1: 0n, pc, nzcv: 0, el: 1, spSel: 1, daif: 0b1111, il: false, system: new Map(), monitor: undefined,
});

function fetch(core: Core): Instruction {
  const { state } = core;
  if (state.il) throw new Taken(EC.ILLEGAL_STATE);
  if ((state.pc & 3n) !== 0n) throw new Taken(EC.PC_ALIGNMENT, 0, state.pc);
  const word = core.memory.fetch(state.pc, { el0: state.el === 0 });
  if (typeof word !== "number") {
    if (word.stage === 2) throw new Left({ kind: "abort", fault: word, write: false, maintenance: false }, false);
    throw new Taken(state.el === 0 ? EC.INSTRUCTION_ABORT_LOWER : EC.INSTRUCTION_ABORT_SAME, word.status, word.va);
  }
  const instruction = core.decode(word);
  if (instruction === undefined) throw undefinedInstruction();
  return instruction;
}

const RETIRED: Outcome = Object.freeze({ kind: "retired" });

/** A PE over `state`, which the caller may read and change between steps. */
export function createReferenceCpu(options: CpuOptions, state: CpuState): ReferenceCpu {
  const core: Core = { ...options, state, nextPc: 0n };
  return {
    state,
    step() {
      try {
        core.nextPc = (state.pc + 4n) & ones(64);
        const instruction = fetch(core);
        executorOf(instruction)(core, instruction.fields, instruction.row);
      } catch (thrown) {
        if (thrown instanceof Taken) {
          takeException(core, thrown);
          return { kind: "exception", ec: thrown.ec };
        }
        if (!(thrown instanceof Left)) throw thrown;
        if (thrown.completed) state.pc = core.nextPc;
        return thrown.outcome;
      }
      state.pc = core.nextPc;
      return RETIRED;
    },
    interrupt: (kind) => takeInterrupt(core, kind),
  };
}
