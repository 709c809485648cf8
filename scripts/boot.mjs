// Sets up the workspace when it is not set up yet, then runs one of its tasks.
// No dependencies: `npm start`, `npm test` and the others call it on a fresh clone with nothing but
// Node 20 and npm. It keeps stdout for the task.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pnpm = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).packageManager;
const bin = join(root, "node_modules", ".bin");
// node_modules/.bin comes first: on Linux it has the Node that the tools need, from the registry.
const env = {
  ...process.env,
  PATH: `${bin}${delimiter}${process.env.PATH}`,
  // What a stranger would run with; the tools may need a later one.
  GRANULE_SYSTEM_NODE: process.env.GRANULE_SYSTEM_NODE ?? process.env.npm_node_execpath ?? process.execPath,
  npm_config_prefer_offline: "true",
  npm_config_update_notifier: "false",
  TURBO_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1",
};
const say = (text) => process.stderr.write(`${text}\n`);
const TSX = ["tsx", "--conditions=@granule/source"];
// pnpm is fetched by version, not expected on the machine; turbo needs it on PATH.
const WITH_PNPM = ["npx", "--yes", "--package", pnpm, "--", "node"];

const tasks = {
  start: { what: "the main job: two pairs of domains with different page sizes", command: [...TSX, join(root, "apps/cli/src/main.ts"), "start"] },
  granule: { command: [...TSX, join(root, "apps/cli/src/main.ts")], inCallersFolder: true },
  playground: { what: "a web page on which kernels boot", command: [...TSX, join(root, "apps/playground/src/server/main.ts")] },
  test: { what: "all checks and tests", command: [...WITH_PNPM, "scripts/test.mjs"] },
  consumer: { what: "the packed packages in a foreign project", command: [...WITH_PNPM, "scripts/consumer.mjs"] },
  "gen:api": { what: "the API reports in etc/", command: [...WITH_PNPM, "scripts/test.mjs", "api", "--write"] },
  "gen:support": { what: "SUPPORT.md, from the probes", command: ["vitest", "run", "--project", "testkit", "packages/testkit/src/support", "--update"] },
  "release:check": { what: "the next release, on a copy", command: [...WITH_PNPM, "scripts/release.mjs"] },
  bench: { what: "benchmarks", command: [...TSX, "scripts/bench.mjs"] },
};

/** Installs when the lockfile differs from what was installed last. */
function install() {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}`);
  for (const file of ["package.json", "pnpm-workspace.yaml", "pnpm-lock.yaml"]) hash.update(readFileSync(join(root, file)));
  const stamp = hash.digest("hex");
  const file = join(root, "node_modules", ".granule-install");
  if (existsSync(file) && readFileSync(file, "utf8") === stamp) return;
  say(`granule: installing dependencies with ${pnpm} (again only when the lockfile changes) ...`);
  const start = Date.now();
  const args = ["--yes", pnpm, "install", "--frozen-lockfile", "--prefer-offline"];
  // Not with the Node in node_modules, which npm puts first: it may be about to be replaced.
  const outside = (process.env.PATH ?? "").split(delimiter).filter((path) => !path.includes("node_modules"));
  const done = spawnSync("npx", args, { cwd: root, env: { ...env, PATH: outside.join(delimiter) }, encoding: "utf8" });
  if (done.status !== 0) {
    say(`${done.stdout ?? ""}${done.stderr ?? ""}${done.error ?? ""}`);
    say(`granule: install failed. It needs Node >= 20.19 (this is ${process.version}) and the npm registry.`);
    process.exit(4);
  }
  say(`granule: installed in ${((Date.now() - start) / 1000).toFixed(0)} s`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, stamp);
}

/** Makes the engine for A64 code when what it is made from differs from what it was made from last. */
function generate() {
  const hash = createHash("sha256").update(readFileSync(join(root, "pnpm-lock.yaml")));
  const sources = ["tools/a64-engine", "packages/cpu-a64/assembly", "packages/cpu-a64/src/spec"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
      .sort()
      .map((file) => join(root, folder, file)),
  );
  for (const file of [...sources, join(root, "packages/machine/src/regs.ts")]) hash.update(file.slice(root.length)).update(readFileSync(file));
  const stamp = hash.digest("hex");
  const file = join(root, "packages/cpu-a64/.cache/engine");
  if (existsSync(file) && existsSync(join(root, "packages/cpu-a64/src/engine/generated.ts")) && readFileSync(file, "utf8") === stamp) return;
  say("granule: making the engine for A64 code (again only when its sources change) ...");
  const done = spawnSync("tsx", ["--conditions=@granule/source", "tools/a64-engine/build.ts"], { cwd: root, env, encoding: "utf8" });
  if (done.status !== 0) {
    say(`${done.stdout ?? ""}${done.stderr ?? ""}${done.error ?? ""}`);
    process.exit(4);
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, stamp);
}

const [name, ...args] = process.argv.slice(2);
const task = tasks[name];
if (!task) {
  say(`usage: node scripts/boot.mjs TASK [ARGS]\ntasks: ${Object.keys(tasks).join(", ")}`);
  process.exit(2);
}
install();
generate();
if (task.what) say(`granule: ${name}: ${task.what}`);
const [command, ...rest] = task.command;
// npm changes to the root; the command works where its caller is.
const cwd = task.inCallersFolder ? (process.env.INIT_CWD ?? root) : root;
const done = spawnSync(command, [...rest, ...args], { cwd, env, stdio: "inherit" });
if (done.error) say(String(done.error));
process.exit(done.signal === "SIGINT" ? 130 : (done.status ?? 1));
