/** `granule oracle`: what real Xen answered to scripts of hypercalls, against what granule answers. */
import { type Comparison, compareAnswers, REASONS, runScript } from "@granule/testkit";
import { GranuleError } from "@granule/units";
import { buildCommand, buildRouteMap } from "@stricli/core";
import { oracleScripts } from "../assets.ts";
import { guarded, type CliContext } from "../context.ts";
import { cacheFolder } from "../guests/cache.ts";
import { EXIT, formatTable, type Output } from "../output.ts";
import { askXen, realXen } from "./oracleLive.ts";
import { isFile, oracleAnswers, oracleFiles, oracleScript } from "./oracleScripts.ts";

interface Flags {
  readonly json: boolean;
  readonly live: boolean;
  readonly xen?: string;
  readonly cache?: string;
}

const sum = (counts: Readonly<Partial<Record<string, number>>>): number => Object.values(counts).reduce<number>((a, b) => a + (b ?? 0), 0);
/** Sums by name, of all comparisons. */
function totals(list: readonly Readonly<Partial<Record<string, number>>>[]): Readonly<Record<string, number>> {
  const all: Record<string, number> = {};
  for (const counts of list) for (const [name, n] of Object.entries(counts)) all[name] = (all[name] ?? 0) + (n ?? 0);
  return all;
}

function print(output: Output, results: readonly Comparison[], live: boolean): void {
  for (const { script, differences } of results)
    for (const d of differences) {
      output.result(`${output.style("red", "differs")} ${script} [${d.tag}] ${d.text}`);
      output.result(`  expected ${d.expected}`);
      output.result(`  got      ${d.got}`);
      output.result(`  repeat   granule oracle compare ${script}${live ? " --live" : ""}`);
    }
  const rows = results.map((r) => [r.script, String(r.lines), String(r.equal), String(sum(r.deliberate)), String(r.differences.length), String(r.fields - sum(r.masked)), String(sum(r.masked))]);
  const column = (f: (r: Comparison) => number): number => results.reduce((n, r) => n + f(r), 0);
  const fields = column((r) => r.fields);
  const masked = column((r) => sum(r.masked));
  for (const line of formatTable([["script", "lines", "equal", "deliberate", "differ", "compared", "masked"], ...rows], [1, 2, 3, 4, 5, 6])) output.result(line);
  output.result(`${column((r) => r.equal)} of ${column((r) => r.lines)} lines are equal; ${fields - masked} fields compared, ${masked} masked (${((100 * masked) / Math.max(1, fields)).toFixed(1)}%)`);
  for (const [name, n] of Object.entries(totals(results.map((r) => r.masked)))) output.result(`  masked ${name}: ${n} (${Object.entries(REASONS).find(([key]) => key === name)?.[1] ?? ""})`);
  for (const [name, n] of Object.entries(totals(results.map((r) => r.deliberate)))) output.result(`  deliberate ${name}: ${n} lines; see docs/spec/decisions.md, "Where v1 differs from Xen 4.17"`);
}

const compareCommand = buildCommand<Flags, string[], CliContext>({
  docs: {
    brief: "Run scripts of hypercalls, and compare with what real Xen answered",
    fullDescription: [
      "Guests execute the scripts under granule's dom0less; every answer is compared, field by field, with the recorded answers of Xen",
      "4.17. Without names all scripts run. --live asks real Xen in QEMU in the same run instead of the recording: it needs",
      "qemu-system-aarch64, and fetches Debian's package of Xen into the cache. A name that ends in .t is a file of yours; nobody has",
      "recorded its answers, so it needs --live. Exit code 5 when a line differs.",
      "",
      "Examples:",
      "  granule oracle compare",
      "  granule oracle compare evtchn gnttab",
      "  granule oracle compare memory --live",
      "  granule oracle compare ./mine.t --live",
    ].join("\n"),
  },
  parameters: {
    flags: {
      json: { kind: "boolean", brief: "One JSON document", default: false },
      live: { kind: "boolean", brief: "Ask real Xen in QEMU now", default: false },
      xen: { kind: "parsed", parse: (value: string): string => value, optional: true, brief: "Xen's binary for --live; Debian's otherwise", placeholder: "FILE" },
      cache: { kind: "parsed", parse: (value: string): string => value, optional: true, brief: "Folder of the cache", placeholder: "DIR" },
    },
    positional: { kind: "array", parameter: { brief: "Scripts, or files of them; all scripts otherwise", parse: (value: string): string => value, placeholder: "script" } },
  },
  func(flags, ...names) {
    return guarded(this, async () => {
      const { output } = this;
      const unanswered = flags.live ? undefined : names.find(isFile);
      if (unanswered !== undefined) throw new GranuleError("GRAN0113", `${unanswered}: nobody has recorded what Xen answers to it`, `granule oracle compare ${unanswered} --live`);
      const scripts = (names.length === 0 ? oracleScripts() : names).map((name) => oracleScript(name, this.cwd));
      const files = oracleFiles();
      const xen = flags.live ? await realXen(flags.xen, this.cwd, cacheFolder(this.env, this.cwd, flags.cache), (line) => output.note(line)) : undefined;
      const results: Comparison[] = [];
      for (const script of scripts) {
        output.progress(`${script.name} (${results.length + 1} of ${scripts.length})`);
        const expected = xen === undefined ? oracleAnswers(script.name) : await askXen(script, files, xen);
        results.push(compareAnswers(script, expected, await runScript(script, files)));
      }
      output.clearProgress();
      const isEqual = results.every((r) => r.differences.length === 0);
      if (flags.json) output.result(JSON.stringify({ equal: isEqual, scripts: results }, null, 2));
      else print(output, results, flags.live);
      return isEqual ? EXIT.ok : EXIT.failed;
    });
  },
});

export const oracleCommand = buildRouteMap({
  routes: { compare: compareCommand },
  docs: {
    brief: "Compare answers with those of real Xen",
    fullDescription: "Scripts of hypercalls that real Xen 4.17 has answered, and what granule answers to them.\n\nExamples:\n  granule oracle compare hello",
  },
});
