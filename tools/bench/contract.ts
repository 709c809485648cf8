// What a `src/**/*.bench.ts` file exports, and `npm run bench` runs:
//
//   import type { Bench } from "@granule/bench";
//   export const benches: Bench[] = [{ name: "align down", unit: "op", run: (ms) => ... }];

/** Work done: how many units, in how many seconds. */
export interface Measure {
  readonly count: number;
  readonly seconds: number;
}

/** One benchmark. */
export interface Bench {
  /** What is measured; unique in its package. */
  readonly name: string;
  /** What `count` counts, in the singular: "walk", "byte", "event". */
  readonly unit: string;
  /**
   * Least acceptable rate, in units per operation of the calibration loop. It holds on a slow
   * machine as on a fast one. Below it the run fails.
   */
  readonly target?: number;
  /**
   * Runs for about `ms` milliseconds. Sets up first and measures only the work, in batches, with
   * the clock of `timed`, which the runner passes in because libraries read none.
   */
  run(ms: number, timed: Timed): Measure | Promise<Measure>;
}

/** Repeats `batch`, which returns how many units it did, until `ms` milliseconds have passed. */
export type Timed = (ms: number, batch: () => number) => Measure;
