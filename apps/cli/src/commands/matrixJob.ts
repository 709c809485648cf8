/** What one job of `granule matrix` is: run a cell, or shrink one that failed and keep the end of its trace. */
import { ringSink } from "@granule/kit";
import { type Alteration, type Cell, type CellResult, type Failure, formatSteps, reasons, runCell, shrink } from "@granule/testkit";

/** Records of a failing cell's trace that are kept. */
const TRACE_TAIL = 60;
/** Runs that shrinking one cell may take: some seconds. */
const SHRINK_RUNS = 40;

export interface Job {
  readonly kind: "cell" | "failure";
  readonly cell: Cell;
}
export type Answer = CellResult | Failure;
/** Does jobs, one after the other; the same job gives the same answer anywhere. */
export interface JobRunner {
  cell(cell: Cell): CellResult;
  failure(cell: Cell): Failure;
}

export function createJobRunner(seed: string, alteration: Alteration): JobRunner {
  return {
    cell: (cell) => runCell(cell, { ...alteration, seed }),
    failure(cell) {
      const { steps } = shrink(cell, { ...alteration, seed }, SHRINK_RUNS);
      const tail = ringSink(TRACE_TAIL);
      const result = runCell(cell, { ...alteration, seed, steps, trace: tail.sink });
      return { id: result.id, steps: formatSteps(steps), why: reasons(result), trace: tail.records().map((r) => JSON.stringify(r)) };
    },
  };
}
