/** `granule oracle`: what real Xen answered to scripts of hypercalls, against what granule answers. */
import { type Comparison, compareAnswers, runScript, unusedDifferences } from "@granule/testkit";
import { GranuleError } from "@granule/units";
import { buildCommand, buildRouteMap } from "@stricli/core";
import { oracleScripts } from "../assets.ts";
import { guarded, type CliContext } from "../context.ts";
import { cacheFolder } from "../guests/cache.ts";
import { XEN_FLAGS, type XenFlags } from "./oracleFlags.ts";
import { EXIT } from "../output.ts";
import { fetchCommand } from "./oracleFetch.ts";
import { compareLive, realXen } from "./oracleLive.ts";
import { printDifferences, printTable } from "./oracleOutput.ts";
import { randomCommand } from "./oracleRandom.ts";
import { recordCommand } from "./oracleRecord.ts";
import { isAnswered, oracleAnswers, oracleFiles, oracleScript } from "./oracleScripts.ts";

interface Flags extends XenFlags {
  readonly json: boolean;
  readonly live: boolean;
}

const compareCommand = buildCommand<Flags, string[], CliContext>({
  docs: {
    brief: "Run scripts of hypercalls, and compare with what real Xen answered",
    fullDescription: [
      "Guests execute the scripts under granule's dom0less; every answer is compared, field by field, with the recorded answers of Xen",
      "4.17. Without names all scripts run. --live asks real Xen in QEMU in the same run instead of the recording: it needs",
      "qemu-system-aarch64, and fetches Debian's package of Xen into the cache. A name that ends in .t is a file of yours; its",
      "answers are in mine.json beside mine.t (granule oracle record), or it needs --live. Exit code 5 when a line differs.",
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
      ...XEN_FLAGS,
    },
    positional: { kind: "array", parameter: { brief: "Scripts, or files of them; all scripts otherwise", parse: (value: string): string => value, placeholder: "script" } },
  },
  func(flags, ...names) {
    return guarded(this, async () => {
      const { output } = this;
      const unanswered = flags.live ? undefined : names.find((name) => !isAnswered(name, this.cwd));
      if (unanswered !== undefined) throw new GranuleError("GRAN0113", `${unanswered}: nobody has recorded what Xen answers to it`, `Ask it: granule oracle compare ${unanswered} --live`);
      const wanted = names.length === 0 ? oracleScripts() : names;
      const scripts = wanted.map((name) => oracleScript(name, this.cwd));
      const files = oracleFiles();
      const xen = flags.live ? await realXen(flags.xen, this.cwd, cacheFolder(this.env, this.cwd, flags.cache), (line) => output.note(line)) : undefined;
      const results: Comparison[] = [];
      for (const [i, script] of scripts.entries()) {
        output.progress(`${script.name} (${results.length + 1} of ${scripts.length})`);
        results.push(xen === undefined ? compareAnswers(script, oracleAnswers(wanted[i] ?? script.name, this.cwd), await runScript(script, files)) : await compareLive(script, files, xen));
      }
      output.clearProgress();
      // what is meant to differ must: a rule that nothing needs would hide what goes wrong next
      const unused = names.length === 0 ? unusedDifferences(results) : [];
      const isEqual = results.every((r) => r.differences.length === 0) && unused.length === 0;
      if (flags.json) output.result(JSON.stringify({ equal: isEqual, scripts: results, unused }, null, 2));
      else {
        for (const [i, r] of results.entries()) printDifferences(output, r, `granule oracle compare ${names[i] ?? r.script}${flags.live ? " --live" : ""}`);
        printTable(output, results);
        for (const name of unused) output.result(`${output.style("red", "unused")} deliberate difference ${name}: no script differs by it any more`);
      }
      return isEqual ? EXIT.ok : EXIT.failed;
    });
  },
});

export const oracleCommand = buildRouteMap({
  routes: { compare: compareCommand, random: randomCommand, record: recordCommand, fetch: fetchCommand },
  docs: {
    brief: "Compare answers with those of real Xen",
    fullDescription: "Scripts of hypercalls that real Xen 4.17 has answered, and what granule answers to them.\n\nExamples:\n  granule oracle compare hello\n  granule oracle random --seeds 10\n  granule oracle record ./mine.t > mine.json\n  granule oracle fetch",
  },
});
