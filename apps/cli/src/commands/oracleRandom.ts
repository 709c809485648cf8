/** `granule oracle random`: scripts that nobody has tried, to real Xen and to granule. */
import { type Comparison, type Difference, type OracleFiles, type RandomKind, type RandomScript, randomScript, shrinkSlowly } from "@granule/testkit";
import { buildCommand } from "@stricli/core";
import { guarded, type CliContext } from "../context.ts";
import { cacheFolder } from "../guests/cache.ts";
import { XEN_FLAGS, type XenFlags } from "./oracleFlags.ts";
import { natural } from "./numbers.ts";
import { EXIT, type Output } from "../output.ts";
import { compareLive, realXen } from "./oracleLive.ts";
import { printDifference, printDifferences, printTable } from "./oracleOutput.ts";
import { oracleFiles, parseText } from "./oracleScripts.ts";

interface Flags extends XenFlags {
  readonly seed: number;
  readonly seeds: number;
  readonly operations: number;
  readonly kind?: RandomKind;
  readonly text: boolean;
  readonly json: boolean;
}
/** Scripts in which a difference was found, made short. */
interface Shortest {
  readonly difference: Difference;
  readonly text: string;
}
const KINDS: readonly RandomKind[] = ["alone", "turns"];
const nameOf = ({ kind, seed }: RandomScript): string => `random-${kind}-${seed}`;
const commandOf = ({ kind, seed, steps }: RandomScript): string => `granule oracle random --seed ${seed} --kind ${kind} --operations ${steps.length}`;

/** A part of a script may hang, since what kept it from doing so is not in it: ten times what a whole one takes. */
const PATIENCE_MS = 15_000;
/** The fewest steps in which the same line differs. */
async function shrink(script: RandomScript, first: Difference, files: OracleFiles, xen: string, output: Output): Promise<Shortest> {
  let tried = 0;
  let difference = first;
  const steps = await shrinkSlowly(script.steps, async (part) => {
    output.progress(`${nameOf(script)}: a shorter script for "${first.text}" (${++tried} tried, ${part.length} steps)`);
    const { differences } = await compareLive(parseText(nameOf(script), script.text(part)), files, xen, { limit: PATIENCE_MS });
    const same = differences.find((d) => d.tag === first.tag && d.text === first.text);
    difference = same ?? difference;
    return same !== undefined;
  });
  output.clearProgress();
  return { difference, text: script.text(steps) };
}

function printShortest(output: Output, { difference, text }: Shortest): void {
  output.result("the shortest script:");
  for (const line of text.trimEnd().split("\n")) output.result(`  | ${line}`);
  printDifference(output, difference);
}

export const randomCommand = buildCommand<Flags, [], CliContext>({
  docs: {
    brief: "Random scripts, compared with real Xen in QEMU",
    fullDescription: [
      "Each seed makes a script whose hypercalls mostly make sense in the state that they meet. \"alone\" is one domain; \"turns\" three",
      "domains that use each other's grants and event channels, one at a time. Real Xen 4.17 in QEMU answers it in the same run (see",
      "granule oracle compare --live for what that needs). A difference is shrunk to the shortest script that shows it; exit code 5.",
      "",
      "Examples:",
      "  granule oracle random --seeds 40 --operations 2000",
      "  granule oracle random --seed 7 --kind turns --operations 500",
      "  granule oracle random --seed 7 --kind alone --text > mine.t",
    ].join("\n"),
  },
  parameters: {
    flags: {
      seed: { kind: "parsed", parse: natural, brief: "The first seed; the same one asks the same", default: "1" },
      seeds: { kind: "parsed", parse: natural, brief: "How many seeds", default: "1" },
      operations: { kind: "parsed", parse: natural, brief: "Steps of each script", default: "500" },
      kind: { kind: "enum", values: KINDS, brief: "One kind of scripts; both otherwise", optional: true },
      text: { kind: "boolean", brief: "Print the scripts, and ask nobody", default: false },
      json: { kind: "boolean", brief: "One JSON document", default: false },
      ...XEN_FLAGS,
    },
  },
  func(flags) {
    return guarded(this, async () => {
      const { output } = this;
      const seeds = Array.from({ length: flags.seeds }, (_, i) => String(flags.seed + i));
      const scripts = seeds.flatMap((seed) => (flags.kind === undefined ? KINDS : [flags.kind]).map((kind) => randomScript(seed, kind, flags.operations)));
      if (flags.text) {
        for (const script of scripts) output.result(script.text().trimEnd());
        return EXIT.ok;
      }
      const files = oracleFiles();
      const xen = await realXen(flags.xen, this.cwd, cacheFolder(this.env, this.cwd, flags.cache), (line) => output.note(line));
      const results: Comparison[] = [];
      const found: Shortest[] = [];
      for (const script of scripts) {
        output.progress(`${nameOf(script)} (${results.length + 1} of ${scripts.length})`);
        const result = await compareLive(parseText(nameOf(script), script.text()), files, xen);
        output.clearProgress();
        results.push(result);
        if (!flags.json) printDifferences(output, result, commandOf(script));
        const [first] = result.differences;
        if (first === undefined) continue;
        const shortest = await shrink(script, first, files, xen, output);
        found.push(shortest);
        if (!flags.json) printShortest(output, shortest);
      }
      if (flags.json) output.result(JSON.stringify({ equal: found.length === 0, scripts: results, shortest: found }, null, 2));
      else printTable(output, results);
      return found.length === 0 ? EXIT.ok : EXIT.failed;
    });
  },
});
