// Sets up the workspace when it is not set up yet, then runs one of its tasks.
// No dependencies: this is what `npm start`, `npm test` and `npm run granule` call on a fresh clone.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [task, ...args] = process.argv.slice(2);
const env = {
  ...process.env,
  npm_config_prefer_offline: "true",
  TURBO_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1",
};
const pin = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).packageManager;
const say = (text) => process.stderr.write(`${text}\n`);

/** Installs when the lockfile or a manifest differs from what was installed last. */
function install() {
  const hash = createHash("sha256");
  hash.update(process.version);
  for (const file of ["package.json", "pnpm-workspace.yaml", "pnpm-lock.yaml"]) hash.update(readFileSync(join(root, file)));
  const stampFile = join(root, "node_modules", ".granule-install");
  const stamp = hash.digest("hex");
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return;
  say(`installing dependencies (once, with ${pin}) ...`);
  const done = spawnSync("npx", ["--yes", pin, "install", "--frozen-lockfile", "--prefer-offline"], { cwd: root, env, encoding: "utf8" });
  if (done.status !== 0) {
    say(`${done.stdout ?? ""}${done.stderr ?? ""}\ninstall failed`);
    process.exit(4);
  }
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
}

/** Runs a command of node_modules/.bin with the Node that the workspace installed. */
function run(command, rest, cwd = root) {
  const path = `${join(root, "node_modules", ".bin")}${process.platform === "win32" ? ";" : ":"}${env.PATH}`;
  const done = spawnSync(command, rest, { cwd, env: { ...env, PATH: path }, stdio: "inherit" });
  if (done.error) say(String(done.error));
  return done.status ?? 1;
}

install();
if (task === "granule" || task === "start") {
  const main = join(root, "apps", "cli", "src", "main.ts");
  // npm run changes the folder; the command works in the caller's.
  const cwd = task === "granule" ? (process.env.INIT_CWD ?? root) : root;
  process.exit(run("tsx", ["--conditions=@granule/source", main, ...args], cwd));
}
process.exit(run("npx", ["--yes", pin, "run", `in:${task}`, ...args]));
