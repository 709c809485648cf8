// Runs tasks of the packages with turbo, which takes unchanged ones from its cache, and tells when each
// is done. What a task printed is kept for the case that it failed.
import { run } from "./steps.mjs";

const ARGS = ["--continue", "--output-logs=new-only", "--log-order=grouped", "--log-prefix=task"];
// What turbo and pnpm say about themselves, and tests that passed, are no help to who looks for the failure.
const NOISE = /^(cache (hit|miss)|\$ |\[ELIFECYCLE\]|ERROR {2}|.* ERROR {2}command |RUN {2}|✓ |↓ )/;

/**
 * `onTask(package, task, cached)` runs when the output of a finished task begins to come. Resolves to the status, to
 * what the failed tasks printed (by package), and a note on how many there were.
 */
export async function runTasks(tasks, filters, { force = false, onTask } = {}) {
  const printed = new Map();
  const failed = new Set();
  const other = [];
  const onLine = (line) => {
    const [, name, task, text] = /^(?:@granule\/)?([\w/-]+):([\w:]+): ?(.*)$/.exec(line) ?? [];
    if (name === undefined) {
      const [, broken] = /^(?:@granule\/)?([\w/-]+)#\S+:? +ERROR /.exec(line) ?? [];
      if (broken) failed.add(broken);
      else other.push(line);
      return;
    }
    const key = `${name}:${task}`;
    if (!printed.has(key)) {
      printed.set(key, []);
      onTask?.(name === "//" ? "tools" : name, task, text.startsWith("cache hit"));
    }
    if (text.trim() !== "" && !NOISE.test(text.trim())) printed.get(key).push(text.trimEnd());
    if (/\[ELIFECYCLE\]|command .*exited|ERR_PNPM/.test(text)) failed.add(name);
  };
  const args = ["run", ...tasks, ...ARGS, ...(force ? ["--force"] : []), ...filters.map((filter) => `--filter=${filter}`)];
  const { status, output } = await run("turbo", args, { onLine });
  const [, cached, total] = /Cached:\s+(\d+) cached, (\d+) total/.exec(output) ?? [];
  const note = total ? `${total} task${total === "1" ? "" : "s"}, ${cached} unchanged since an earlier run` : "";
  const told = [...printed].filter(([key]) => failed.has(key.slice(0, key.indexOf(":"))));
  const failure = status === 0 ? undefined : told.length > 0 ? told.flatMap(([key, lines]) => lines.map((line) => `${key.split(":")[0]}: ${line}`)).join("\n") : other.join("\n");
  return { status, note, failure };
}
