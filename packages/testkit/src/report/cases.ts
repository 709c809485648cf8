/** The matrix as cases of a suite, and the commands that repeat a cell. */
import { formatBytes } from "@granule/units";
import type { CellResult } from "../matrix/contract.ts";
import type { Case, Failure, MatrixReport } from "./contract.ts";
import { shellWord } from "./escape.ts";

/** The one line that runs a cell again; without `steps`: its whole script. */
export function repeatCommand(report: Pick<MatrixReport, "seed" | "selection">, id: string, steps?: string): string {
  const words = ["granule", "matrix", "--only", id, "--seed", report.seed];
  if (steps !== undefined) words.push("--steps", steps);
  if (report.selection.with !== "") words.push("--with", report.selection.with);
  return words.map(shellWord).join(" ");
}

/** "mapped at U = 64 KiB", "copied at U = 4 KiB", "ring mapped, data copied at U = 4 KiB", "refused". */
export function sharing(r: Pick<CellResult["expected"], "ring" | "data" | "unit"> & { readonly outcome: CellResult["outcome"] }): string {
  if (r.outcome === "refused") return "refused before start";
  if (r.ring === undefined || r.data === undefined) return "never connected";
  const how = r.ring === r.data ? r.data : `ring ${r.ring}, data ${r.data}`;
  return `${how} at U = ${formatBytes(r.unit)}`;
}

/** What a failing cell did wrong, a line each: what was expected and what came first, then each failed check. */
export function reasons(r: CellResult): readonly string[] {
  if (r.passed) return [];
  const wanted = sharing(r.expected), got = sharing(r);
  const failed = r.checks.filter((c) => !c.ok).map((c) => `${c.name}: ${c.why}`);
  const contrast = wanted === got && r.outcome !== "failed" ? [] : [`expected: ${wanted}`, `came: ${got}${r.outcome === "failed" && r.ring !== undefined ? ", and did not get to its end" : ""}`];
  return [...contrast, ...failed];
}

/** The first failures by name. */
export const failuresById = (report: MatrixReport): ReadonlyMap<string, Failure> => new Map(report.failures.map((f) => [f.id, f]));

/** Each cell as a case of the suite "matrix". */
export function casesOf(report: MatrixReport): readonly Case[] {
  const shrunk = failuresById(report);
  return report.cells.map((r): Case => ({
    suite: "matrix",
    name: r.id,
    status: r.passed ? "passed" : r.outcome === "failed" ? "error" : "failed",
    why: reasons(r),
    facts: { sharing: sharing(r), bytesMoved: r.bytesMoved, exposed: r.exposed, hypercalls: r.hypercalls, checks: r.checks.length },
    time: r.time,
    repeat: repeatCommand(report, r.id, shrunk.get(r.id)?.steps),
  }));
}
