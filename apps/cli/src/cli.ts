/** The `granule` command: routes, help, and exit codes. */
import { readFileSync } from "node:fs";
import { buildApplication, buildRouteMap, run } from "@stricli/core";
import { bootCommand } from "./commands/bootCommand.ts";
import { dom0lessCommand } from "./commands/dom0lessCommand.ts";
import { explainCommand } from "./commands/explainCommand.ts";
import { fuzzCommand } from "./commands/fuzzCommand.ts";
import { guestsCommand } from "./commands/guestsCommand.ts";
import { machineCommand } from "./commands/machineCommand.ts";
import { matrixCommand } from "./commands/matrixCommand.ts";
import { oracleCommand } from "./commands/oracleCommand.ts";
import { runCommand } from "./commands/runCommand.ts";
import { startCommand } from "./commands/startCommand.ts";
import { walkCommand } from "./commands/walkCommand.ts";
import { createOutput, EXIT } from "./output.ts";
import type { CliContext } from "./context.ts";

const root = buildRouteMap({
  routes: { start: startCommand, run: runCommand, boot: bootCommand, machine: machineCommand, dom0less: dom0lessCommand, oracle: oracleCommand, matrix: matrixCommand, fuzz: fuzzCommand, walk: walkCommand, guests: guestsCommand, explain: explainCommand },
  docs: {
    brief: "Xen's guest ABI on Arm at any mix of page sizes",
    fullDescription: [
      "Xen's guest ABI on Arm at any mix of page sizes.",
      "",
      "Results go to stdout, everything else to stderr. NO_COLOR is respected; --json prints one document.",
      "Exit codes: 0 ok, 2 wrong arguments or configuration, 4 a file or tool is missing, 5 the subject failed,",
      "6 a guest or the model crashed, 130 interrupted.",
      "",
      "Examples:",
      "  granule start                                     two pairs of domains exchange blocks in both ABIs",
      "  granule run examples/pair.json --trace a.jsonl    a configuration of your own",
      "  granule matrix --html matrix.html                 every mix of page sizes and ABIs, checked against the rules",
      "  granule walk --s1 64k --s2 16k --va 0x40012345    a translation, step by step",
      "  granule boot --kernel Image.gz --cmdline console=hvc0  an unmodified kernel in a domain",
      "  granule oracle compare evtchn                     what real Xen answered, line by line",
      "  granule guests build 4k                           a real kernel, from Debian's packages",
      "  granule explain EXDEV                             what an error means",
    ].join("\n"),
  },
});

const manifest = new URL("../package.json", import.meta.url);
const version = (): string => {
  const read: unknown = JSON.parse(readFileSync(manifest, "utf8"));
  return typeof read === "object" && read !== null && "version" in read ? String(read.version) : "";
};

const application = buildApplication(root, {
  name: "granule",
  versionInfo: { getCurrentVersion: async () => version() },
  scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
  documentation: { disableAnsiColor: true },
});

/** Streams and surroundings of one call; `process` in the real thing. */
export interface CliProcess {
  readonly stdout: Pick<NodeJS.WriteStream, "write"> & { readonly isTTY?: boolean };
  readonly stderr: Pick<NodeJS.WriteStream, "write"> & { readonly isTTY?: boolean };
  readonly env: NodeJS.ProcessEnv;
  cwd(): string;
  /** The program that a worker thread runs; absent: everything runs on this thread. */
  readonly workerEntry?: URL;
  /** See {@link CliContext}; absent: nobody types. */
  readonly stdin?: CliContext["stdin"];
  /** See {@link CliContext}; absent: Ctrl-C ends the process. */
  readonly onInterrupt?: CliContext["onInterrupt"];
  exitCode?: number | string | null;
}

/** Runs one command line and answers the exit code. */
export async function runCli(argv: readonly string[], process: CliProcess): Promise<number> {
  const output = createOutput(process.stdout, process.stderr, process.env);
  const context: CliContext = {
    process, output, cwd: process.cwd(), env: process.env, workerEntry: process.workerEntry, onInterrupt: process.onInterrupt ?? (() => () => undefined),
    // only commands that read it open it
    get stdin() {
      return process.stdin;
    },
  };
  await run(application, [...(argv.length === 0 ? ["--help"] : argv)], context);
  const code = Number(process.exitCode ?? EXIT.ok);
  // the parser has negative codes for what it refuses; its 1 is an internal error
  return code < 0 ? EXIT.usage : code === 1 ? EXIT.crashed : code;
}
