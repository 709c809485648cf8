#!/usr/bin/env node
/** The `granule-harness` command. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { formatAnnotations, formatJunit, formatTap } from "@granule/testkit";
import { GranuleError } from "@granule/units";
import { runHarness } from "./harness.ts";

const HELP = `granule-harness FILE [--cells N] [--seed S] [--junit FILE] [--tap] [--github]

Runs somebody else's parts through the conformance suites and the matrix.
FILE is a module whose default export is a subject ({ grantTable, store, walk, plugins, disk, frontend }:
Subject in @granule/testkit) or a configuration, or a configuration in JSON.

  --cells N      cells of the 648, spread over all axes (default 54; 648: all; 0: none)
  --seed S       seed of payloads and machines (default 1)
  --junit FILE   write JUnit XML
  --tap          TAP version 14 on stdout
  --github       annotations for GitHub Actions on stdout

Exit codes: 0 all passed, 2 wrong arguments or file, 3 everything was skipped, 5 something failed, 6 something crashed.`;
const EXIT = { ok: 0, usage: 2, skipped: 3, failed: 5, crashed: 6 } as const;
/** A twelfth of the matrix. */
const CELLS = 54;

async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv], allowPositionals: true,
    options: {
      cells: { type: "string", default: String(CELLS) }, seed: { type: "string", default: "1" }, junit: { type: "string" },
      tap: { type: "boolean", default: false }, github: { type: "boolean", default: false }, help: { type: "boolean", short: "h", default: false },
    },
  });
  const [file, ...others] = positionals;
  if (values.help || file === undefined || others.length > 0 || !/^\d{1,3}$/.test(values.cells)) {
    console.log(HELP);
    return values.help ? EXIT.ok : EXIT.usage;
  }
  const cases = await runHarness({ file, cells: Number(values.cells), seed: values.seed });
  if (values.junit !== undefined) writeFileSync(values.junit, formatJunit("granule-harness", cases));
  if (values.tap) process.stdout.write(formatTap(cases));
  if (values.github) for (const line of formatAnnotations(cases)) console.log(line);
  const count = (status: string): number => cases.filter((c) => c.status === status).length;
  const bad = cases.filter((c) => c.status === "failed" || c.status === "error");
  for (const c of bad) console.error([`FAILED ${c.suite}: ${c.name}`, ...c.why.map((why) => `  ${why}`), ...(c.repeat === "" ? [] : [`  again: ${c.repeat}`])].join("\n"));
  console.error(`${cases.length} cases: ${count("passed")} passed, ${count("skipped")} skipped, ${bad.length} failed`);
  if (bad.length > 0) return EXIT.failed;
  return count("passed") === 0 ? EXIT.skipped : EXIT.ok;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (e) {
  const isOurs = e instanceof GranuleError;
  console.error(isOurs ? `error[${e.code}]: ${e.message}\n  ${e.hint}` : e);
  process.exitCode = isOurs && e.code !== "GRAN0035" ? EXIT.usage : e instanceof TypeError ? EXIT.usage : EXIT.crashed;
}
