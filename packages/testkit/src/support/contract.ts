/**
 * What SUPPORT.md is made of: rows of statuses, each of which a probe has found by running the feature. Nothing is
 * claimed that was not run.
 */
import type { Bytes } from "@granule/units";
import type { ProbeWorld } from "./world.ts";

/** What a probe found: it worked, or the code (or other answer) with which it was refused. */
export type Outcome = "done" | (string & {});

/** One way to use a call. */
export interface Probe {
  /** Which use it is, where a call has several; else empty. */
  readonly use: string;
  /** Runs it in a fresh world. `unit`: bytes of memory that it gives, places or shares; a probe to which it means nothing ignores it. */
  readonly run: (world: ProbeWorld, unit: Bytes) => Outcome;
}

/** One row of a table: what, and its status in each column. */
export interface SupportRow {
  readonly what: string;
  readonly statuses: readonly string[];
}

/** A table with its heading; `columns` are the headings of the statuses. */
export interface SupportTable {
  readonly title: string;
  /** What a probe of this table does, in a sentence or two. */
  readonly about: string;
  /** Heading of the first column. */
  readonly what: string;
  readonly columns: readonly string[];
  readonly rows: readonly SupportRow[];
}
