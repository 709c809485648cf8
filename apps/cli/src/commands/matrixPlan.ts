/** Which cells a command line is about. */
import { type Cell, cellId, furtherCells, matrixCells, parseCellId, type Selection } from "@granule/testkit";
import { GranuleError } from "@granule/units";
import { parseOnly } from "./matrixOnly.ts";

export interface PlanFlags {
  readonly further: boolean;
  readonly only?: string;
  readonly shard?: string;
  readonly with?: string;
}
export interface Plan {
  readonly selection: Selection;
  /** In the order of the matrix. */
  readonly cells: readonly Cell[];
}

/** "2/5": the second of five. @throws GranuleError GRAN0071. */
function parseShard(text: string): Selection["shard"] {
  const [, index, count] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? [];
  if (index === undefined || Number(index) > Number(count)) throw new GranuleError("GRAN0071", `--shard: "${text}" is no shard`, "Write 1/4 for the first of four.");
  return { index: Number(index), count: Number(count) };
}

/** @throws GranuleError GRAN0070 for an expression that cannot be read, GRAN0071 for a shard, GRAN0074 when nothing is chosen. */
export function plan(flags: PlanFlags): Plan {
  const only = flags.only ?? "";
  const named = parseCellId(only);
  // whoever alters the machines is asked on every axis: some faults bite on a further one only
  const further = flags.further || flags.with !== undefined;
  const all = [...matrixCells(), ...(further ? furtherCells() : [])];
  const chosen = only === "" ? all : named !== undefined ? [named] : all.filter(parseOnly(only));
  if (chosen.length === 0) {
    const hint = further ? "Cells have names like" : "The axes fragmented, forceUnit, storeG and cpu need --further. Cells have names like";
    throw new GranuleError("GRAN0074", `--only: no cell matches ${only}`, `${hint} ${all.slice(0, 1).map(cellId).join("")}.`);
  }
  const shard = flags.shard === undefined ? { index: 1, count: 1 } : parseShard(flags.shard);
  const cells = chosen.filter((_, i) => i % shard.count === shard.index - 1);
  return { cells, selection: { further, only, with: flags.with ?? "", total: chosen.length, shard } };
}
