// `npm test [-- STEP... PACKAGE... --force]`: every check and every test, one line each, closed by
// `N passed, N failed`. STEP is one of the names below, PACKAGE limits the tests.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { close, commands, counts, part, root, run, step } from "./steps.mjs";
import { runTasks } from "./turbo.mjs";

const args = process.argv.slice(2);
const force = args.includes("--force");
const folders = ["packages", "apps"].flatMap((parent) =>
  readdirSync(join(root, parent))
    .filter((name) => existsSync(join(root, parent, name, "package.json")))
    .map((name) => ({ name, dir: join(root, parent, name), filter: `@granule/${name}` })),
);
const own = { name: "tools", dir: root, filter: "//" };

const checks = {
  manifests: commands([["node", "scripts/packages.mjs"], ["node", "scripts/changesets.mjs"]]),
  lint: commands([["oxlint", "--quiet", "--format=unix"]]),
  types: commands([["tsc", "-p", "tsconfig.lib.json"], ["tsc", "-p", "tsconfig.json"], ["tsc", "-p", "apps/playground"], ["tsc", "-p", "apps/playground/src/worker"]]),
  boundaries: commands([["turbo", "boundaries"]]),
  unused: commands([["knip", "--no-progress", "--treat-config-hints-as-errors"]]),
  sizes: commands([["node", "scripts/size.mjs"]]),
  tests,
  packages,
  api,
};
/** What uses both cores and tells its parts: one after another, after the rest. */
const LONG = ["tests", "packages", "api"];
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

/** Runs the tests of each package (or takes the result of unchanged ones), tells each when it is there, and adds up the counts. */
async function tests() {
  const chosen = limited.length > 0 ? limited : [...folders, own];
  const { seconds } = JSON.parse(readFileSync(join(root, "tools/test/budgets.json"), "utf8"));
  const fileOf = ({ dir }) => join(dir, ".cache", "test.json");
  for (const folder of chosen) rmSync(fileOf(folder), { force: true });
  const tell = (folder, cached) => {
    const budget = seconds[folder.name] ?? seconds.default;
    const lost = { passed: 0, failed: 1, skipped: 0, ms: 0 };
    const result = existsSync(fileOf(folder)) ? JSON.parse(readFileSync(fileOf(folder), "utf8")) : lost;
    for (const key of Object.keys(counts)) counts[key] += result[key];
    const notes = [
      ...(result.failed > 0 ? [`${result.failed} FAILED`] : []), ...(result.skipped > 0 ? [`${result.skipped} skipped`] : []),
      ...(cached ? ["unchanged since an earlier run"] : result.ms / 1000 > budget ? [`above its budget of ${budget} s`] : []),
    ];
    part(`${folder.name.padEnd(16)}${`${result.passed}`.padStart(6)} passed${(result.ms / 1000).toFixed(1).padStart(8)} s  ${notes.join(", ")}`.trimEnd());
    return result;
  };
  const told = new Map();
  const onTask = (name, task, cached) => {
    const folder = task.startsWith("test") ? chosen.find((each) => each.name === name) : undefined;
    if (folder && !told.has(name)) told.set(name, tell(folder, cached));
  };
  const tasks = [...(chosen.some(({ filter }) => filter !== "//") ? ["test"] : []), ...(chosen.includes(own) ? ["//#test:tools"] : [])];
  const { status, note, failure } = await runTasks(tasks, chosen.map(({ filter }) => filter), { force, onTask });
  for (const folder of chosen) if (!told.has(folder.name)) told.set(folder.name, tell(folder, false));
  const failed = [...told.values()].reduce((sum, result) => sum + result.failed, 0);
  if (status !== 0 && failed === 0) counts.failed += 1;
  return status === 0 && failed === 0 ? { counted: true, note } : { counted: true, note, failure: failure ?? "some packages left no result" };
}

const onPackage = (name, task, cached) => {
  if (task !== "build" && !cached) part(name);
};
/** Builds and packs each package, and checks the tarballs. */
async function packages() {
  const { note, failure } = await runTasks(["pack:check"], [], { force, onTask: onPackage });
  return failure === undefined ? { note } : { note, failure };
}

/** Compares what each package exports with etc/, or writes it there. */
async function api() {
  const { note, failure } = await runTasks(["api"], [], { force, onTask: onPackage });
  if (failure !== undefined) return { failure };
  const found = new Map();
  for (const { dir } of folders) {
    const reports = join(dir, ".cache", "api");
    if (existsSync(reports)) for (const file of readdirSync(reports)) found.set(file, readFileSync(join(reports, file), "utf8"));
  }
  const etc = join(root, "etc");
  mkdirSync(etc, { recursive: true });
  const old = readdirSync(etc).filter((file) => file.endsWith(".api.md"));
  const wrong = [...new Set([...old, ...found.keys()])].sort().filter((file) => !found.has(file) || !old.includes(file) || readFileSync(join(etc, file), "utf8") !== found.get(file));
  if (args.includes("--write")) {
    for (const file of wrong) {
      if (found.has(file)) writeFileSync(join(etc, file), found.get(file));
      else rmSync(join(etc, file));
    }
    return { note: wrong.length === 0 ? "all as they were" : `wrote ${wrong.join(", ")}` };
  }
  if (wrong.length === 0) return { note };
  const diffs = [];
  for (const file of wrong) {
    const made = join(root, ".cache", "api", file);
    mkdirSync(join(made, ".."), { recursive: true });
    writeFileSync(made, found.get(file) ?? "");
    const was = old.includes(file) ? join("etc", file) : "/dev/null";
    const { output } = await run("git", ["diff", "--no-index", "--no-color", was, join(".cache", "api", file)]);
    diffs.push(output.split("\n").filter((line) => !/^(diff|index|---|new file|deleted file) /.test(line)).slice(0, 60).join("\n"));
  }
  return { failure: `${diffs.join("\n")}\nwhat these packages export changed: \`npm run gen:api\`, and commit etc/ with the change` };
}

// The checks that only read run two at a time.
const cheap = steps.filter((name) => !LONG.includes(name));
const next = async () => {
  for (let name = cheap.shift(); name; name = cheap.shift()) await step(name, checks[name]);
};
await Promise.all([next(), next()]);
for (const name of LONG) {
  if (!steps.includes(name)) continue;
  console.log(`       ${name} ...`);
  await step(name, checks[name]);
}
close();
