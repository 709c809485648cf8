/** What one job of `granule matrix` is: run a cell, or shrink one that failed and keep the end of its trace. */
import { ringSink } from "@granule/kit";
import { type Alteration, type Cell, type CellResult, type Failure, formatSteps, parseSteps, reasons, runCell, shrink, type Step } from "@granule/testkit";

/** Records of a failing cell's trace that are kept. */
const TRACE_TAIL = 60;
/** Runs that shrinking one cell may take: some seconds. */
const SHRINK_RUNS = 40;

export interface CellJob {
  readonly kind: "cell";
  readonly cell: Cell;
}
export interface FailureJob {
  readonly kind: "failure";
  readonly cell: Cell;
  /** Steps that made another cell fail: tried first, since cells mostly fail alike. Empty: none are known. */
  readonly hint: string;
}
export type Job = CellJob | FailureJob;
/** Does jobs, one after the other; the same job gives the same answer anywhere. */
export interface JobRunner {
  cell(job: CellJob): CellResult;
  failure(job: FailureJob): Failure;
}

export function createJobRunner(seed: string, alteration: Alteration): JobRunner {
  const options = { ...alteration, seed };
  const shortest = (cell: Cell, hint: string): readonly Step[] => {
    const known = hint === "" ? undefined : parseSteps(hint);
    return known !== undefined && !runCell(cell, { ...options, steps: known }).passed ? known : shrink(cell, options, SHRINK_RUNS).steps;
  };
  return {
    cell: ({ cell }) => runCell(cell, options),
    failure({ cell, hint }) {
      const steps = shortest(cell, hint);
      const tail = ringSink(TRACE_TAIL);
      const result = runCell(cell, { ...options, steps, trace: tail.sink });
      return { id: result.id, steps: formatSteps(steps), why: reasons(result), trace: tail.records().map((r) => JSON.stringify(r)) };
    },
  };
}
