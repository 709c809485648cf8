/** One command line run in this process, with what it wrote: for tests. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCli } from "./cli.ts";
import type { Keys } from "./context.ts";

export interface Captured {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
export interface Surroundings {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Both streams say that they are terminals. */
  readonly tty?: boolean;
  /** What is typed, on a terminal if `tty`; then the input ends, but on a terminal. Default: no input. */
  readonly keys?: string;
  /** Milliseconds after which Ctrl-C is pressed, where a command listens for it. */
  readonly interruptAfter?: number;
}

/** Runs `granule ARGV`; the environment is empty unless given. */
export async function granule(argv: readonly string[], { env = {}, cwd = process.cwd(), tty = false, keys, interruptAfter }: Surroundings = {}): Promise<Captured> {
  const texts = { stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr") => ({
    isTTY: tty,
    write(text: string | Uint8Array): boolean {
      texts[name] += String(text);
      return true;
    },
  });
  const onInterrupt = (stop: () => void): (() => void) => {
    const timer = interruptAfter === undefined ? undefined : setTimeout(stop, interruptAfter);
    return () => clearTimeout(timer);
  };
  const stdin = keys === undefined ? undefined : keyboard(keys, tty);
  const code = await runCli(argv, { ...(stdin === undefined ? {} : { stdin }), stdout: stream("stdout"), stderr: stream("stderr"), env, cwd: () => cwd, onInterrupt });
  return { code, ...texts };
}

/** Types `keys` once somebody listens. */
function keyboard(keys: string, isTTY: boolean): Keys {
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const later = (f: () => void, ms: number): void => void timers.add(setTimeout(f, ms));
  return {
    isTTY,
    setRawMode: () => undefined,
    on(event: "data" | "end", f: (chunk: Uint8Array) => void): void {
      if (event === "data") later(() => f(new TextEncoder().encode(keys)), 1);
      else if (!isTTY) later(() => f(new Uint8Array()), 2);
    },
    off: () => undefined,
    pause: () => timers.forEach(clearTimeout),
  };
}

/** An empty folder, filled with `files` and taken away after `work`. */
export async function inFolder<T>(files: Readonly<Record<string, string | Uint8Array>>, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "granule-test-"));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs the program itself in a process of its own, from sources. */
export async function program(argv: readonly string[], cwd: string): Promise<Captured> {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const node = ["--conditions=@granule/source", "--import", import.meta.resolve("tsx"), main];
  const child = spawn(process.execPath, [...node, ...argv], { cwd, env: { PATH: process.env["PATH"] }, stdio: ["ignore", "pipe", "pipe"] });
  const texts = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (texts.stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (texts.stderr += String(chunk)));
  const code = await new Promise<number>((resolve) => child.on("close", (status) => resolve(status ?? -1)));
  return { code, ...texts };
}
