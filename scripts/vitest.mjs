// Runs the tests of one project, `node ../../scripts/vitest.mjs NAME`, and ends them when they take too
// long: a test that never ends would otherwise hold everything up and say nothing. The limit is in
// tools/test/budgets.json.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "./steps.mjs";

const [name = "tools"] = process.argv.slice(2);
const { seconds, patience } = JSON.parse(readFileSync(join(root, "tools/test/budgets.json"), "utf8"));
const limit = (seconds[name] ?? seconds.default) * patience;
const running = join(process.cwd(), ".cache", "running");
rmSync(running, { force: true });

// A group of its own, so that the processes in which tests run end with it.
const child = spawn("vitest", ["run", "--root", root, "--project", name], { stdio: ["ignore", "inherit", "inherit"], detached: true });
const end = (signal) => {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // it has ended already
  }
};
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => end(signal));
const timer = setTimeout(() => {
  const files = existsSync(running) ? readFileSync(running, "utf8") : "all";
  console.error(`\n${name}: the tests were not done after ${limit} s and were ended. Not done: ${files}`);
  console.error(`The limit is ${patience} times the budget in tools/test/budgets.json. To look closer: npx vitest --project ${name}`);
  end("SIGKILL");
}, limit * 1000);
child.on("error", (error) => {
  console.error(String(error));
  process.exitCode = 1;
});
child.on("close", (status) => {
  clearTimeout(timer);
  process.exitCode = status ?? 1;
});
