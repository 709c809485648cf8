/** One command line run in this process, with what it wrote: for tests. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "./cli.ts";

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
}

/** Runs `granule ARGV`; the environment is empty unless given. */
export async function granule(argv: readonly string[], { env = {}, cwd = process.cwd(), tty = false }: Surroundings = {}): Promise<Captured> {
  const texts = { stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr") => ({
    isTTY: tty,
    write(text: string | Uint8Array): boolean {
      texts[name] += String(text);
      return true;
    },
  });
  const code = await runCli(argv, { stdout: stream("stdout"), stderr: stream("stderr"), env, cwd: () => cwd });
  return { code, ...texts };
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
