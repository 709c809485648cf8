/** Reports as JSON: written, read back with every field checked, and shards merged into what one run would have written. */
import { GranuleError } from "@granule/units";
import type { MatrixReport } from "./contract.ts";
import { REPORT_SCHEMA, violation } from "./schema.ts";
import { shardSize } from "./summary.ts";

/** One cell a line, so that two runs can be compared with diff. */
export function formatReport(report: MatrixReport): string {
  const { cells, failures, ...head } = report;
  const lines = (items: readonly unknown[]): string => (items.length === 0 ? "[]" : `[\n${items.map((item) => JSON.stringify(item)).join(",\n")}\n]`);
  return `${JSON.stringify(head).slice(0, -1)},"cells":${lines(cells)},"failures":${lines(failures)}}\n`;
}

const isReport = (value: unknown): value is MatrixReport => violation(REPORT_SCHEMA, value) === undefined;

/** @throws GranuleError GRAN0072 naming `file` and the place of what is wrong. */
export function parseReport(text: string, file: string): MatrixReport {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (e) {
    throw new GranuleError("GRAN0072", `${file}: ${e instanceof Error ? e.message : String(e)}`, HINT);
  }
  if (!isReport(value)) throw new GranuleError("GRAN0072", `${file}: ${violation(REPORT_SCHEMA, value) ?? ""}`, HINT);
  return value;
}
const HINT = "Give what `granule matrix --json` wrote.";

/** A report and what to call it in messages. */
export interface NamedReport {
  readonly file: string;
  readonly report: MatrixReport;
}

/**
 * The shards of one run as one report, byte for byte what a run without shards writes.
 * @throws GranuleError GRAN0073: they are of different runs, one is there twice, or cells are missing.
 */
export function mergeReports(parts: readonly NamedReport[]): MatrixReport {
  const [first] = parts;
  if (first === undefined) throw new GranuleError("GRAN0073", "there is nothing to merge", HINT);
  const { selection, seed } = first.report;
  const { count } = selection.shard;
  const places = new Map<number, NamedReport>();
  for (const part of parts) {
    const other = part.report;
    const differ = (what: string, a: unknown, b: unknown): void => {
      if (a !== b) throw new GranuleError("GRAN0073", `${part.file} has ${what} ${JSON.stringify(b)}, ${first.file} has ${JSON.stringify(a)}`, "Merge the shards of one run.");
    };
    differ("seed", seed, other.seed);
    for (const key of ["further", "only", "with", "total"] as const) differ(key, selection[key], other.selection[key]);
    differ("shards:", count, other.selection.shard.count);
    const { index } = other.selection.shard;
    if (index > count) throw new GranuleError("GRAN0073", `${part.file} says that it is shard ${index}/${count}`, HINT);
    const twin = places.get(index);
    if (twin !== undefined) throw new GranuleError("GRAN0073", `${twin.file} and ${part.file} are both shard ${index}/${count}`, "Give each shard once.");
    const chosen = shardSize(other.selection);
    if (other.cells.length !== chosen) throw new GranuleError("GRAN0073", `${part.file} has ${other.cells.length} of the ${chosen} cells of shard ${index}/${count}`, "It was interrupted, or stopped at its first failure: run it again.");
    places.set(index, part);
  }
  // a count may be any number: only as many are looked at as are there
  const absent: string[] = [];
  for (let i = 1; absent.length < Math.min(3, count - places.size); i++) if (!places.has(i)) absent.push(`${i}/${count}`);
  if (absent.length > 0) throw new GranuleError("GRAN0073", `${count - places.size} of ${count} shards are missing, first ${absent.join(", ")}`, `Run: granule matrix --json --shard ${absent[0]}`);
  const cells = Array.from({ length: selection.total }, (_, i) => places.get((i % count) + 1)?.report.cells[Math.floor(i / count)]).filter((c) => c !== undefined);
  const seen = new Set<string>();
  for (const { id } of cells) {
    if (seen.has(id)) throw new GranuleError("GRAN0073", `cell ${id} is there twice`, "The shards were made by different versions of granule.");
    seen.add(id);
  }
  const details = new Map(parts.flatMap((p) => p.report.failures.map((f) => [f.id, f] as const)));
  const failures = cells.flatMap((c) => details.get(c.id) ?? []);
  return { format: "granule-matrix", version: 1, seed, selection: { ...selection, shard: { index: 1, count: 1 } }, cells, failures: failures.slice(0, MAX_FAILURES) };
}

/** Failing cells of a run that are shrunk and traced: more would cost more than they tell. */
export const MAX_FAILURES = 12;
