/** Makes a failing cell's script as short and its transfers as small as they can be while the same check still fails. */
import { SECTOR } from "@granule/pv-block";
import type { Cell, CellResult, RunCellOptions, Step } from "./contract.ts";
import { runCell } from "./runCell.ts";
import { scriptOf } from "./script.ts";

export interface Shrunk {
  /** The shortest sequence found; all of the script when the cell passes. */
  readonly steps: readonly Step[];
  /** Its result. */
  readonly result: CellResult;
  /** Runs that it took. */
  readonly runs: number;
}

/** Runs after which the best so far is good enough. */
const MOST_RUNS = 80;

/** Smaller forms of a step, the smallest first. */
function smaller(step: Step): readonly Step[] {
  if (!("at" in step)) return [];
  const half = SECTOR * Math.floor(step.size / SECTOR / 2);
  const forms = [
    { ...step, at: 0, size: SECTOR, memory: 0 }, { ...step, size: SECTOR }, { ...step, size: half },
    { ...step, at: step.at + half, size: step.size - half, memory: step.memory + half }, { ...step, at: 0 }, { ...step, memory: 0 },
  ];
  return forms.filter((f) => f.size > 0 && (f.size < step.size || (f.size === step.size && f.at + f.memory < step.at + step.memory)));
}

/** Shrinks the script of a cell, or the `steps` given. `limit`: most runs. */
export function shrink(cell: Cell, options: RunCellOptions, limit: number = MOST_RUNS): Shrunk {
  let steps = options.steps ?? scriptOf(cell, options.seed);
  let result = runCell(cell, { ...options, steps });
  let runs = 1;
  const names = new Set(result.checks.filter((c) => !c.ok).map((c) => c.name));
  /** True, and kept, when one of the same checks still fails. */
  const accept = (candidate: readonly Step[]): boolean => {
    if (runs >= limit) return false;
    runs++;
    const answer = runCell(cell, { ...options, steps: candidate });
    if (!answer.checks.some((c) => !c.ok && names.has(c.name))) return false;
    steps = candidate;
    result = answer;
    return true;
  };
  if (names.size === 0) return { steps, result, runs };

  // whole stretches first, then single steps: what was left in front may become superfluous, so from the end
  for (let stretch = steps.length; stretch >= 1; stretch = Math.floor(stretch / 2))
    for (let end = steps.length; end > 0; end -= stretch) accept([...steps.slice(0, Math.max(0, end - stretch)), ...steps.slice(end)]);
  for (let i = 0; i < steps.length; i++)
    for (let again = true; again; ) {
      const step = steps[i];
      again = step !== undefined && smaller(step).some((form) => accept(steps.with(i, form)));
    }
  return { steps, result, runs };
}
