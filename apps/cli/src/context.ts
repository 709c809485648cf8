/** What a command gets: where to write, and how errors become words and exit codes. */
import { GranuleError, ModelBug } from "@granule/units";
import type { CommandContext, StricliProcess } from "@stricli/core";
import { EXIT, type ExitCode, type Output } from "./output.ts";

/** The part of a readable stream, or of a terminal, that commands use. */
export interface Keys {
  readonly isTTY?: boolean;
  /** A terminal's: keys come as they are pressed, Ctrl-C among them. */
  setRawMode?(on: boolean): unknown;
  on(event: "data", f: (chunk: Uint8Array) => void): unknown;
  on(event: "end", f: () => void): unknown;
  off(event: "data", f: (chunk: Uint8Array) => void): unknown;
  off(event: "end", f: () => void): unknown;
  pause(): unknown;
}

export interface CliContext extends CommandContext {
  readonly process: StricliProcess;
  readonly output: Output;
  /** Folder that relative paths are relative to. */
  readonly cwd: string;
  /** Colour and the like follow it. */
  readonly env: NodeJS.ProcessEnv;
  /** The program that a worker thread runs; undefined: there are no workers. */
  readonly workerEntry: URL | undefined;
  /** What is typed; undefined: nobody types. */
  readonly stdin: Keys | undefined;
  /** Calls `stop` at the first Ctrl-C instead of ending the process; the answer undoes it. */
  onInterrupt(stop: () => void): () => void;
}

/** GRAN codes of the environment (files, disks) and of a subject that died; every other one is a wrong argument or configuration. */
const EXIT_OF: Readonly<Record<string, ExitCode>> = {
  GRAN0030: EXIT.environment, GRAN0040: EXIT.environment, GRAN0041: EXIT.environment, GRAN0042: EXIT.environment, GRAN0075: EXIT.environment, GRAN0077: EXIT.environment, GRAN0103: EXIT.environment,
  GRAN0090: EXIT.environment, GRAN0091: EXIT.environment, GRAN0092: EXIT.environment, GRAN0093: EXIT.environment, GRAN0094: EXIT.environment,
  GRAN0112: EXIT.environment, GRAN0114: EXIT.environment,
  GRAN0035: EXIT.crashed,
};

/** Says what went wrong and what to do next, and answers the exit code. `verbose` adds the stack. */
function reportError(error: unknown, output: Output, verbose: boolean): ExitCode {
  output.clearProgress();
  const stack = (e: Error): void => {
    if (verbose && e.stack !== undefined) output.note(e.stack);
  };
  if (error instanceof GranuleError) {
    output.note(`${output.style("red", `error[${error.code}]`)}: ${error.message}`);
    if (error.hint !== "") output.note(`  ${error.hint}`);
    output.note(`  More: granule explain ${error.code}`);
    stack(error);
    return EXIT_OF[error.code] ?? EXIT.usage;
  }
  const e = error instanceof Error ? error : new Error(String(error));
  output.note(`${output.style("red", e instanceof ModelBug ? "the model contradicts itself" : "internal error")}: ${e.message}`);
  output.note("  This is a defect of granule. Run again with GRANULE_VERBOSE=1 and report what it prints.");
  stack(e);
  return EXIT.crashed;
}

/** Runs a command's body; its number is the exit code. */
export async function guarded(context: CliContext, body: () => Promise<ExitCode> | ExitCode): Promise<void> {
  try {
    context.process.exitCode = await body();
  } catch (error) {
    context.process.exitCode = reportError(error, context.output, (context.env["GRANULE_VERBOSE"] ?? "") !== "");
  }
}
