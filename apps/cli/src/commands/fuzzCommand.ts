/** `granule fuzz`: hostile domains, call by call, against a ledger of who has which memory. */
import { findGranule, GranuleError } from "@granule/units";
import { EPISODE_STEPS, fuzz, type Finding, type FuzzReport, replay } from "@granule/testkit";
import { buildCommand } from "@stricli/core";
import { guarded, type CliContext } from "../context.ts";
import { natural } from "./numbers.ts";
import { EXIT, type ExitCode, type Output } from "../output.ts";

interface Flags {
  readonly steps: number;
  readonly seed: string;
  readonly granule?: string;
  readonly episode?: number;
  readonly only?: readonly number[];
  readonly json: boolean;
}
const text = (value: string): string => value;
const naturals = (value: string): readonly number[] => value.split(",").map(natural).toSorted((a, b) => a - b);
/** How often the progress line is drawn, in steps. */
const DRAW_EVERY = EPISODE_STEPS;

const PLAIN = /^[\w.-]+$/;
/** The one command that repeats a finding. */
export const commandOf = (f: Finding, g: string | undefined): string => `granule fuzz --seed ${PLAIN.test(f.seed) ? f.seed : JSON.stringify(f.seed)}${g === undefined ? "" : ` --granule ${g}`} --episode ${f.episode} --only ${f.steps.join(",")}`;

function printFinding(output: Output, f: Finding, g: string | undefined): void {
  output.result(`${output.style("red", f.property)}: ${f.why}`);
  output.result(`seed ${f.seed}, episode ${f.episode} (${f.flavour}), ${f.steps.length} step${f.steps.length === 1 ? "" : "s"}:`);
  for (const line of f.trace) output.result(`  ${line}`);
  output.result(`Repeat: ${commandOf(f, g)}`);
}
function printReport(output: Output, r: FuzzReport): void {
  const { succeeded, rows } = r.coverage;
  const operations = Object.values(succeeded);
  output.result(`${r.steps} steps in ${r.episodes} episodes: ${r.calls} hypercalls, ${r.walks} full walks of ${r.leaves} leaves, ${r.compared} refused calls compared in full`);
  output.result(`operations that succeeded: ${operations.filter((n) => n > 0).length} of ${operations.length}; declared errors that were answered: ${rows.filter((x) => x.times > 0).length} of ${rows.length}`);
}

export const fuzzCommand = buildCommand<Flags, [], CliContext>({
  docs: {
    brief: "Hostile domains with different page sizes ask everything; a ledger and walks of stage 2 watch",
    fullDescription: [
      "Two hostile domains, a control domain and a neighbour that behaves, each with its own stage 2 granule. A step is a",
      "hypercall of either ABI, random words in shared memory, or any register contents. A finding is shrunk to the shortest",
      "list of steps; the command that repeats it is printed, and the exit code is 5.",
      "",
      "Examples:",
      "  granule fuzz --steps 100000 --seed 7",
      "  granule fuzz --granule 64k                           every hostile domain has a granule of 64 KiB",
      "  granule fuzz --seed 7 --episode 12 --only 3,88,201   chosen steps of one episode, in words",
    ].join("\n"),
  },
  parameters: {
    flags: {
      steps: { kind: "parsed", parse: natural, brief: "How many steps", default: "20000" },
      seed: { kind: "parsed", parse: text, brief: "The same seed asks the same", default: "granule" },
      granule: { kind: "parsed", parse: text, brief: "Stage 2 granule of hostile domains: 4k, 16k or 64k; mixed otherwise", optional: true },
      episode: { kind: "parsed", parse: natural, brief: "With --only: the episode", optional: true },
      only: { kind: "parsed", parse: naturals, brief: "Only these steps of one episode, by number", optional: true },
      json: { kind: "boolean", brief: "One JSON document", default: false },
    },
    aliases: { g: "granule" },
  },
  func(flags) {
    return guarded(this, (): ExitCode => {
      const { output } = this;
      const granule = flags.granule === undefined ? undefined : findGranule(flags.granule);
      if (flags.granule !== undefined && granule === undefined) throw new GranuleError("GRAN0050", `--granule ${flags.granule} is no granule`, "Use 4k, 16k or 64k.");
      if ((flags.only === undefined) !== (flags.episode === undefined)) throw new GranuleError("GRAN0080", "--episode and --only go together", "For example: granule fuzz --seed 7 --episode 12 --only 3,88");
      if (flags.only !== undefined && flags.episode !== undefined) {
        const { finding, trace } = replay(flags.seed, flags.episode, flags.only, granule?.name);
        if (flags.json) output.result(JSON.stringify({ finding: finding ?? null, trace }, null, 2));
        else if (finding !== undefined) printFinding(output, finding, flags.granule);
        else for (const line of [...trace, "nothing broke"]) output.result(line);
        return finding === undefined ? EXIT.ok : EXIT.failed;
      }
      const began = performance.now();
      const report = fuzz({
        seed: flags.seed, steps: flags.steps, ...(granule === undefined ? {} : { granule: granule.name }),
        onProgress(done) {
          const elapsed = (performance.now() - began) / 1000;
          const left = (elapsed / done) * (flags.steps - done);
          if (done % DRAW_EVERY === 0) output.progress(`${done} of ${flags.steps} steps, ${Math.round(done / elapsed)} a second, about ${Math.ceil(left)} s left`);
        },
      });
      output.clearProgress();
      if (flags.json) output.result(JSON.stringify(report, null, 2));
      else {
        printReport(output, report);
        if (report.finding !== undefined) printFinding(output, report.finding, flags.granule);
      }
      return report.finding === undefined ? EXIT.ok : EXIT.failed;
    });
  },
});
