/** Where the report of a run goes: stdout in one form, files in others, and annotations for GitHub. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { casesOf, failureLines, formatAnnotations, formatHtml, formatJunit, formatReport, formatTap, MAX_FAILURES, type MatrixReport, outcomeTable, totalsLine } from "@granule/testkit";
import { GranuleError } from "@granule/units";
import type { CliContext } from "../context.ts";
import { EXIT, type ExitCode, formatTable } from "../output.ts";

export interface OutputFlags {
  readonly json: boolean;
  readonly tap: boolean;
  readonly summary: boolean;
  readonly junit?: string;
  readonly html?: string;
}

/** @throws GranuleError GRAN0071 for two forms on one stdout. */
export function checkForms(flags: OutputFlags): void {
  const forms = (["json", "tap", "summary"] as const).filter((form) => flags[form]);
  if (forms.length > 1) throw new GranuleError("GRAN0071", `${forms.map((f) => `--${f}`).join(" and ")}: stdout has one form`, "Use --junit FILE or --html FILE beside it.");
}

/** @throws GranuleError GRAN0077. */
function writeFile(cwd: string, path: string, text: string): void {
  try {
    writeFileSync(resolve(cwd, path), text);
  } catch (e) {
    throw new GranuleError("GRAN0077", `"${path}": ${e instanceof Error ? e.message : String(e)}`, "Give a path that can be written.");
  }
}

/** Writes it everywhere, and answers what the run ends with. */
export function emit(context: CliContext, report: MatrixReport, flags: OutputFlags): ExitCode {
  const { output, cwd, env } = context;
  const failed = report.cells.filter((r) => !r.passed).length;
  const cases = casesOf(report);
  output.clearProgress();
  // files before stdout, which may be a pipe that nobody reads to its end
  if (flags.junit !== undefined) writeFile(cwd, flags.junit, formatJunit("granule matrix", cases));
  if (flags.html !== undefined) writeFile(cwd, flags.html, formatHtml(report));
  if (flags.json) output.result(formatReport(report).trimEnd());
  else if (flags.tap) output.result(formatTap(cases).trimEnd());
  else printTable(context, report, flags.summary, failed);
  if ((env["GITHUB_ACTIONS"] ?? "") === "true") for (const line of formatAnnotations(cases)) output.note(line);
  return failed === 0 ? EXIT.ok : EXIT.failed;
}

function printTable({ output }: CliContext, report: MatrixReport, brief: boolean, failed: number): void {
  const [header = [], ...rows] = formatTable(outcomeTable(report), [1, 2, 3, 4, 5]);
  output.result(output.style("bold", header.toString()));
  for (const line of rows) output.result(line);
  output.result("");
  if (!brief)
    for (const line of failureLines(report, MAX_FAILURES)) output.result(line.startsWith("FAILED") ? output.style("red", line) : line);
  const [single, ...more] = report.cells;
  if (single !== undefined && more.length === 0 && !brief) {
    for (const c of single.checks) if (c.ok) output.result(`${output.style("green", "ok")} ${c.name}`);
    output.result("");
  }
  output.result(output.style(failed === 0 ? "green" : "red", totalsLine(report)));
}
