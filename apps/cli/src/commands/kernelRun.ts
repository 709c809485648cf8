/** A kernel from flags to exit code: run, and what it took. */
import { resolve } from "node:path";
import type { KernelRun, KernelSetting } from "@granule/granule";
import type { Json } from "@granule/kit";
import type { CliContext } from "../context.ts";
import { EXIT, type ExitCode } from "../output.ts";
import { driveKernel, type Stop } from "./kernelDrive.ts";
import { type KernelFlags, kernelSetting } from "./kernelFlags.ts";
import { traceFile } from "./traceFile.ts";

const NS_PER_SECOND = 1e9;
const seconds = (s: number): string => `${s.toFixed(s < 10 ? 2 : 1)} s`;
const counted = (n: number): string => n.toLocaleString("en");

/** Why it stopped, in words, and the exit code. */
function conclude(run: KernelRun, stop: Stop): { readonly words: string; readonly code: ExitCode } {
  const end = run.end();
  switch (stop) {
    case "ended":
      if (end?.reason === "crash") return { words: `the guest crashed: ${end.why}`, code: EXIT.crashed };
      return { words: end?.reason === "poweroff" ? "powered off" : `ended: ${end?.reason ?? "?"}`, code: EXIT.ok };
    case "stuck":
      return { words: "the guest waits for ever: no interrupt can come", code: EXIT.failed };
    case "limit":
      return { words: "given up: it has had its instructions", code: EXIT.failed };
    case "left":
      return { words: "left; the guest was still running", code: EXIT.ok };
    case "interrupted":
      return { words: "interrupted", code: EXIT.interrupted };
  }
}

/** What differs between the machines. */
export interface KernelMachine<R extends KernelRun> {
  /** The command line of a kernel that is given none: where its console is. */
  readonly cmdline: string;
  build(setting: KernelSetting): R;
  /** What there is to say at the end beside what all machines say: for --json by key, and in words. */
  report?(run: R): { readonly fields: Readonly<Record<string, Json>>; readonly lines: readonly string[] };
}

/** Builds, runs, prints. Console text goes to stdout, what it took to stderr; with --json all is one document. */
export async function runKernel<R extends KernelRun>(context: CliContext, flags: KernelFlags, machine: KernelMachine<R>): Promise<ExitCode> {
  const { output, process, stdin } = context;
  const setting = await kernelSetting(context, flags);
  const trace = flags.trace === undefined ? undefined : traceFile(resolve(context.cwd, flags.trace));
  let text = "";
  let isLineOpen = false;
  try {
    const run = machine.build({
      cmdline: machine.cmdline,
      ...setting,
      output: (written) => {
        isLineOpen = !written.endsWith("\n");
        if (flags.json) text += written;
        else process.stdout.write(written);
      },
      ...(trace === undefined ? {} : { trace: trace.sink }),
    });
    if (stdin?.isTTY === true) output.note(output.style("dim", "Ctrl-] leaves the guest."));
    const began = performance.now();
    const stop = await driveKernel(context, run, { instructions: flags.instructions });
    const wall = (performance.now() - began) / 1000;
    const { words, code } = conclude(run, stop);
    const { instructions, time, hypercalls, firmwareCalls } = run.statistics();
    const more = machine.report?.(run) ?? { fields: {}, lines: [] };
    const report = { end: run.end()?.reason ?? stop, console: text, instructions, seconds: wall, machineTime: time, hypercalls: Object.fromEntries(hypercalls), firmwareCalls, ...more.fields };
    if (flags.json) output.result(JSON.stringify(report, null, 2));
    else {
      if (isLineOpen && stdin?.isTTY === true) output.note("");
      output.note(`${output.style("bold", words)} after ${counted(instructions)} instructions in ${seconds(wall)} (${(instructions / wall / 1e6).toFixed(0)} million a second); ${seconds(time / NS_PER_SECOND)} of the machine's time`);
      if (hypercalls.length > 0) output.note(`hypercalls: ${hypercalls.map(([name, n]) => `${name} ${n}`).join(", ")}; firmware calls: ${firmwareCalls}`);
      for (const line of more.lines) output.note(line);
    }
    return code;
  } finally {
    trace?.close();
  }
}
