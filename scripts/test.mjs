// `npm test [-- STEP... PACKAGE... --force]`: every check and every test, one line each, closed by
// `N passed, N failed`. STEP is one of the names below, PACKAGE limits the tests.
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { close, commands, counts, root, run, step } from "./steps.mjs";

const args = process.argv.slice(2);
const force = args.includes("--force") ? ["--force"] : [];
const folders = ["packages", "apps"].flatMap((parent) =>
  readdirSync(join(root, parent))
    .filter((name) => existsSync(join(root, parent, name, "package.json")))
    .map((name) => ({ name, dir: join(root, parent, name), filter: `@granule/${name}` })),
);
const own = { name: "tools", dir: root, filter: "//" };

const checks = {
  manifests: commands([["node", "scripts/packages.mjs"], ["node", "scripts/changesets.mjs"]]),
  lint: commands([["oxlint", "--quiet", "--format=unix"]]),
  types: commands([["tsc", "-p", "tsconfig.lib.json"], ["tsc", "-p", "tsconfig.json"]]),
  boundaries: commands([["turbo", "boundaries"]]),
  unused: commands([["knip", "--no-progress", "--treat-config-hints-as-errors"]]),
  tests,
  packages,
};
const named = args.filter((arg) => !arg.startsWith("--"));
const limited = [...folders, own].filter(({ name }) => named.includes(name));
const steps = Object.keys(checks).filter(
  (name) => named.length === 0 || named.includes(name) || (name === "tests" && limited.length > 0),
);
const unknown = named.filter((name) => !(name in checks) && !limited.some((folder) => folder.name === name));
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(" ")}\nsteps: ${Object.keys(checks).join(" ")}\npackages: ${folders.map(({ name }) => name).join(" ")} tools`);
  process.exit(2);
}

const cachedNote = (output) => {
  const [, cached, total] = /Cached:\s+(\d+) cached, (\d+) total/.exec(output) ?? [];
  return total ? `${total} task${total === "1" ? "" : "s"}, ${cached} unchanged since an earlier run` : "";
};
// What turbo says about itself is no help to who looks for the failure.
const NOISE = /^(•|cache (hit|miss)|\$ |\[ELIFECYCLE\]|ERROR {2}|WARNING {2}|(Tasks|Cached|Time|Failed):|@granule\/.*#.* (ERROR|WARNING)  command)/;
const useful = (output) =>
  output
    .split("\n")
    .map((line) => line.replace(/^(?:@granule\/)?([\w/-]+):[\w:]+: ?/, "$1\0").trim())
    .filter((line) => line.replace(/^.*\0/, "").trim() !== "" && !NOISE.test(line.replace(/^.*\0/, "").trim()))
    .map((line) => line.replace("\0", ": "))
    .join("\n");
const TURBO = ["--continue", "--output-logs=errors-only", "--log-prefix=task", ...force];

/** Runs the tests of each package (or takes the result of unchanged ones) and adds up the counts. */
async function tests() {
  const chosen = limited.length > 0 ? limited : [...folders, own];
  for (const { dir } of chosen) rmSync(join(dir, ".cache", "test.json"), { force: true });
  const tasks = [...(chosen.some(({ filter }) => filter !== "//") ? ["test"] : []), ...(chosen.includes(own) ? ["//#test:tools"] : [])];
  const { status, output } = await run("turbo", ["run", ...tasks, ...TURBO, ...chosen.map(({ filter }) => `--filter=${filter}`)]);
  const results = chosen.map(({ name, dir }) => {
    const file = join(dir, ".cache", "test.json");
    return { name, ...(existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { passed: 0, failed: 1, skipped: 0, ms: 0 }) };
  });
  for (const key of Object.keys(counts)) for (const result of results) counts[key] += result[key];
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  if (status !== 0 && failed === 0) counts.failed += 1;
  budget = results;
  const note = cachedNote(output);
  return status === 0 && failed === 0 ? { counted: true, note } : { counted: true, note, failure: useful(output) };
}

/** Builds and packs each package, and checks the tarballs. */
async function packages() {
  const { status, output } = await run("turbo", ["run", "pack:check", ...TURBO]);
  return status === 0 ? { note: cachedNote(output) } : { failure: useful(output) };
}

function printBudget(results) {
  const budgets = JSON.parse(readFileSync(join(root, "tools/test/budgets.json"), "utf8"));
  console.log(`\n${"tests of".padEnd(18)}${"passed".padStart(8)}${"failed".padStart(8)}${"seconds".padStart(9)}${"budget".padStart(8)}`);
  for (const { name, passed, failed, ms } of results) {
    const limit = budgets[name] ?? budgets.default;
    const over = ms / 1000 > limit ? "  over" : "";
    console.log(`${name.padEnd(18)}${`${passed}`.padStart(8)}${`${failed}`.padStart(8)}${(ms / 1000).toFixed(1).padStart(9)}${`${limit}`.padStart(8)}${over}`);
  }
}

let budget;
// The checks that only read run two at a time; what uses both cores comes after.
const cheap = steps.filter((name) => name !== "tests" && name !== "packages");
const next = async () => {
  for (let name = cheap.shift(); name; name = cheap.shift()) await step(name, checks[name]);
};
await Promise.all([next(), next()]);
for (const name of ["tests", "packages"]) if (steps.includes(name)) await step(name, checks[name]);
if (budget) printBudget(budget);
close();
