// Runs the steps of a task, one line each, and keeps the counts of its closing line.
import { spawn } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const counts = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

/** Runs a command; resolves to its exit status and everything it printed. `onLine` sees each line when it comes. */
export function run(command, args, { onLine, ...options } = {}) {
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0", ...options.env };
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], ...options, env });
    let output = "";
    let rest = "";
    const take = (chunk) => {
      output += chunk;
      if (!onLine) return;
      const lines = (rest + chunk).split("\n");
      rest = lines.pop();
      for (const line of lines) onLine(line);
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", take);
    child.on("error", (error) => resolve({ status: 1, output: String(error) }));
    child.on("close", (status) => {
      if (rest !== "") onLine?.(rest);
      resolve({ status: status ?? 1, output });
    });
  });
}

/** A line about a part of the step that is running. */
export const part = (text) => console.log(`       ${text}`);
export const indent = (text) => text.trim().replace(/^/gm, "  | ");

/** A step passes when `work` resolves to no text of failure; it may return a note for its line. */
export async function step(name, work) {
  const start = process.hrtime.bigint();
  let result;
  try {
    result = (await work()) ?? {};
  } catch (error) {
    result = { failure: String(error?.stack ?? error) };
  }
  const seconds = (Number(process.hrtime.bigint() - start) / 1e9).toFixed(1).padStart(6);
  const ok = result.failure === undefined;
  if (!result.counted) counts[ok ? "passed" : "failed"] += 1;
  if (!ok) failures.push(name);
  console.log(`${ok ? "ok    " : "FAILED"} ${name.padEnd(12)}${seconds} s  ${result.note ?? ""}`.trimEnd());
  if (!ok && result.failure) console.log(`${indent(result.failure)}\n`);
  return ok;
}

/** A step that is commands to run one after another. */
export const commands = (list) => async () => {
  for (const [command, ...args] of list) {
    const { status, output } = await run(command, args);
    if (status !== 0) return { failure: output || `${command} ${args.join(" ")} ended with ${status}` };
  }
};

/** Prints the closing line and sets the exit status. */
export function close() {
  if (failures.length > 0) console.log(`\nfailed: ${failures.join(", ")}`);
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
  console.log(`\n${counts.passed} passed, ${counts.failed} failed${skipped}`);
  process.exitCode = counts.failed > 0 || failures.length > 0 ? 1 : 0;
}
