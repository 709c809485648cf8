/** `granule matrix merge FILE...`: the shards of a run as one report. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type MatrixReport, mergeReports, parseReport } from "@granule/testkit";
import { GranuleError } from "@granule/units";

/** @throws GranuleError GRAN0077 for what cannot be read, GRAN0072 for no report, GRAN0073 for reports that do not fit. */
export function merge(cwd: string, files: readonly string[]): MatrixReport {
  return mergeReports(files.map((file) => ({ file, report: parseReport(read(resolve(cwd, file), file), file) })));
}

function read(path: string, name: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (e) {
    throw new GranuleError("GRAN0077", `"${name}": ${e instanceof Error ? e.message : String(e)}`, "Give what `granule matrix --json` wrote.");
  }
}
