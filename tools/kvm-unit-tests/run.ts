/**
 * Runs kvm-unit-tests on granule's virt machine and on QEMU's, and compares them result by result.
 * `npm run kvm-unit-tests -- --source DIR [--granule 4k,16k,64k] [--only NAME,...] [--machine both|qemu|granule] [--cpu NAME]`
 * The last line is `N passed, N failed`, over results; a result fails when QEMU's is better, or when it fails and QEMU was not
 * asked. Results that granule is known not to have are told with the reason and not counted.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cacheFolder } from "../../apps/cli/src/guests/cache.ts";
import { findGranule, type GranuleName, GRANULES } from "../../packages/units/src/index.ts";
import { build, findSources } from "./build.ts";
import { granule, type Machine, qemu } from "./machines.ts";
import { compare, type Difference, type Outcome, parseOutcome } from "./outcomes.ts";
import { KNOWN, TESTS } from "./tests.ts";

const { values } = parseArgs({
  options: {
    source: { type: "string" }, git: { type: "string" }, ref: { type: "string" }, cache: { type: "string" }, granule: { type: "string" }, only: { type: "string" },
    machine: { type: "string", default: "both" }, cpu: { type: "string", default: "cortex-a35" }, limit: { type: "string", default: "90" }, verbose: { type: "boolean", default: false },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const sizes: readonly GranuleName[] = values.granule === undefined ? GRANULES.map((g) => g.name) : values.granule.split(",").flatMap((name) => findGranule(name)?.name ?? []);
const wanted = values.only?.split(",");
const tests = TESTS.filter(({ name }) => wanted === undefined || wanted.some((each) => name.startsWith(each)));
if (sizes.length === 0 || tests.length === 0) throw new Error("nothing is chosen: --granule takes 4k, 16k, 64k; --only the beginnings of test names");

const cache = cacheFolder(process.env, process.cwd(), values.cache);
const sources = findSources({ source: values.source ?? process.env["KVM_UNIT_TESTS"], git: values.git, ref: values.ref }, cache);
const limit = Number(values.limit) * 1000;
const machines: readonly (readonly [string, Machine])[] = [
  ...(values.machine === "granule" ? [] : [["qemu", qemu(values.cpu)] as const]), ...(values.machine === "qemu" ? [] : [["granule", granule(values.cpu)] as const]),
];

/** Lines that are shown of a machine that came to no result. */
const SAID = 5;
let passed = 0;
let failed = 0;
for (const size of sizes) {
  const programs = build(sources, size, cache);
  for (const test of tests) {
    const outcomes: Outcome[] = [];
    const seconds: string[] = [];
    for (const [name, run] of machines) {
      const began = performance.now();
      const text = await run(join(programs, `${test.program}.flat`), test, limit);
      seconds.push(`${name} ${((performance.now() - began) / 1000).toFixed(1)} s`);
      const outcome = parseOutcome(text);
      if (values.verbose) say(text);
      else if (outcome.results.size === 0) say(`${name} said only: ${text.trim().split("\n").slice(-SAID).join("\n  ")}`);
      outcomes.push(outcome);
    }
    const [first, second] = outcomes;
    if (first === undefined) break;
    // one machine alone is held against a run in which everything passes and that ends
    const ideal: Outcome = { results: new Map([...first.results].map(([name, status]) => [name, status === "SKIP" ? "SKIP" : "PASS"])), ended: true };
    const differences = second === undefined ? compare(ideal, first) : compare(first, second);
    const reasonOf = (d: Difference): string | undefined =>
      values.machine === "qemu" ? undefined : KNOWN.find((k) => test.name.startsWith(k.test) && k.result.test(d.name))?.why;
    const counted = differences.filter((d) => d.counts);
    const bad = counted.filter((d) => reasonOf(d) === undefined).length;
    const shown = second ?? first;
    const good = Math.max(shown.results.size + (shown.ended ? 1 : 0) - counted.length, 0);
    failed += bad;
    passed += good;
    say(`${bad === 0 ? "ok    " : "FAILED"} ${size.padEnd(4)} ${test.name.padEnd(24)} ${`${good}`.padStart(3)} passed  ${seconds.join(", ")}`);
    for (const d of differences.filter((each) => reasonOf(each) === undefined)) say(`         ${d.name}: ${d.found}, not ${d.expected}${d.counts ? "" : " (better)"}`);
    const reasons = differences.flatMap((d) => reasonOf(d) ?? []);
    for (const why of new Set(reasons)) say(`         ${reasons.filter((each) => each === why).length} known: ${why}`);
  }
}
say(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
