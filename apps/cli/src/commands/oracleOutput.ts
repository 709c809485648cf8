/** Comparisons with real Xen, for people. */
import { type Comparison, type Difference, REASONS } from "@granule/testkit";
import { formatTable, type Output } from "../output.ts";

const sum = (counts: Readonly<Partial<Record<string, number>>>): number => Object.values(counts).reduce<number>((a, b) => a + (b ?? 0), 0);
/** Sums by name, of all comparisons. */
function totals(list: readonly Readonly<Partial<Record<string, number>>>[]): Readonly<Record<string, number>> {
  const all: Record<string, number> = {};
  for (const counts of list) for (const [name, n] of Object.entries(counts)) all[name] = (all[name] ?? 0) + (n ?? 0);
  return all;
}

/** Differences shown of one script: they follow from each other. */
const SHOWN = 10;

export function printDifference(output: Output, d: Difference): void {
  output.result(`${output.style("red", "differs")} ${d.script} [${d.tag}] ${d.text}`);
  output.result(`  expected ${d.expected}`);
  output.result(`  got      ${d.got}`);
}
/** One script's differences, the vcpus that hung, and the command that repeats it. */
export function printDifferences(output: Output, { script, differences, hangs }: Comparison, repeat: string): void {
  for (const d of differences.slice(0, SHOWN)) printDifference(output, d);
  if (differences.length > SHOWN) output.result(`  and ${differences.length - SHOWN} more in ${script}`);
  if (differences.length > 0) output.result(`  repeat   ${repeat}`);
  for (const why of hangs) output.note(`${script}: ${why}`);
}
/** A row for each script, and the sums. */
export function printTable(output: Output, results: readonly Comparison[]): void {
  const rows = results.map((r) => [r.script, String(r.lines), String(r.equal), String(sum(r.deliberate)), String(r.differences.length), String(r.fields - sum(r.masked)), String(sum(r.masked))]);
  const column = (f: (r: Comparison) => number): number => results.reduce((n, r) => n + f(r), 0);
  const fields = column((r) => r.fields);
  const masked = column((r) => sum(r.masked));
  for (const line of formatTable([["script", "lines", "equal", "deliberate", "differ", "compared", "masked"], ...rows], [1, 2, 3, 4, 5, 6])) output.result(line);
  output.result(`${column((r) => r.equal)} of ${column((r) => r.lines)} lines are equal; ${fields - masked} fields compared, ${masked} masked (${((100 * masked) / Math.max(1, fields)).toFixed(1)}%)`);
  for (const [name, n] of Object.entries(totals(results.map((r) => r.masked)))) output.result(`  masked ${name}: ${n} (${Object.entries(REASONS).find(([key]) => key === name)?.[1] ?? ""})`);
  for (const [name, n] of Object.entries(totals(results.map((r) => r.deliberate)))) output.result(`  deliberate ${name}: ${n} lines; see docs/spec/decisions.md, "Where v1 differs from Xen 4.17"`);
}

