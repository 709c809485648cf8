/** Two machines that do the same, compared after each of a series of runs: registers and exits each time, RAM at the end. */
import type { Exit } from "@granule/machine";
import { difference, type JudgeMachine } from "./machine.ts";

const exitText = (exit: Exit): string => (exit.kind === "hvc" || exit.kind === "smc" ? `${exit.kind} ${exit.imm}` : exit.kind);

/** The first word of RAM in which two machines differ, if one does. */
export function ramDifference(a: JudgeMachine, b: JudgeMachine): string | undefined {
  const words = ({ memory, ramStart, ramEnd }: JudgeMachine): Int32Array => memory.i32.subarray(ramStart / 4, ramEnd / 4);
  const [x, y] = [words(a), words(b)];
  for (let at = 0; at < x.length; at++) if (x[at] !== y[at]) return `RAM at offset 0x${(at * 4).toString(16)}: ${x[at]} and ${y[at]}`;
  return undefined;
}

export interface LockstepOptions {
  /** Instructions of each run, over and over. */
  readonly budgets: readonly number[];
  /** Ends when so many were retired, or at this PC. */
  readonly instructions: number;
  readonly end?: number;
  /** Between two runs: the host's part, done to each machine. False: no more. */
  readonly between?: (machine: JudgeMachine, exit: Exit, run: number) => boolean;
}
export interface LockstepResult {
  readonly retired: number;
  readonly difference: string | undefined;
}

/** Runs the first vcpus of two machines side by side. */
export function lockstep(a: JudgeMachine, b: JudgeMachine, { budgets, instructions, end, between }: LockstepOptions): LockstepResult {
  const { regs } = a.vcpu.host;
  let run = 0;
  let from = regs.get("PC");
  for (; regs.retired < instructions && (end === undefined || regs.get("PC") !== BigInt(end)); run++) {
    const budget = budgets[run % budgets.length] ?? 1;
    from = regs.get("PC");
    const exits = [a, b].map((m) => ({ ...m.vcpu.engine.run(budget) }));
    const [x, y] = exits;
    if (x === undefined || y === undefined) break;
    const differs = exitText(x) === exitText(y) ? difference(a.vcpu, b.vcpu) : `exit: ${exitText(x)} and ${exitText(y)}`;
    if (differs !== undefined) return { retired: regs.retired, difference: `run ${run} of ${budget} from 0x${from.toString(16)}: ${differs}` };
    if (between !== undefined && ![between(a, x, run), between(b, y, run)].every(Boolean)) break;
  }
  return { retired: regs.retired, difference: ramDifference(a, b) };
}
