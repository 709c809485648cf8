/**
 * What reporters take. A {@link Case} is one result of any suite; a {@link MatrixReport} is a run of the matrix, whole or
 * a shard. Reporters are pure: results in, text out. Every string in them may come from somebody else's plugin.
 */
import type { CellResult } from "../matrix/contract.ts";

/** "failed": it ended otherwise than it must. "error": it did not get to its end. */
export type Status = "passed" | "failed" | "error" | "skipped";

/** One result, for the formats that every CI reads. */
export interface Case {
  readonly suite: string;
  readonly name: string;
  readonly status: Status;
  /** Why it is not passed, a line each; empty when it is. */
  readonly why: readonly string[];
  /** Numbers and words about the run, for formats that carry them. */
  readonly facts: Readonly<Record<string, string | number>>;
  /** Nanoseconds of the machine's clock: the same on any host. */
  readonly time: number;
  /** The command that does it again; empty when there is none. */
  readonly repeat: string;
}

/** Which cells a run was about. All but `shard` must be the same for runs that are merged. */
export interface Selection {
  /** The axes beside the 648 as well. */
  readonly further: boolean;
  /** The expression or cell name that chose among them; empty: all. */
  readonly only: string;
  /** The module that altered the machines; empty: none. */
  readonly with: string;
  /** Cells chosen, before sharding. */
  readonly total: number;
  /** Shard `index` of `count`, from 1: the cells whose place modulo `count` is `index - 1`. */
  readonly shard: { readonly index: number; readonly count: number };
}

/** A failing cell, shrunk. */
export interface Failure {
  readonly id: string;
  /** The shortest sequence of steps that still fails. */
  readonly steps: string;
  /** Failed checks of that sequence. */
  readonly why: readonly string[];
  /** The last records of its trace, a JSON object a line. */
  readonly trace: readonly string[];
}

export interface MatrixReport {
  readonly format: "granule-matrix";
  readonly version: 1;
  readonly seed: string;
  readonly selection: Selection;
  /** In the order of the matrix; fewer than chosen when the run was interrupted or stopped at its first failure. */
  readonly cells: readonly CellResult[];
  /** The first failing cells, in the order of the matrix. */
  readonly failures: readonly Failure[];
}
