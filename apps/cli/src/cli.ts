/** The `granule` command: routes, help, and exit codes. */
import { buildApplication, buildRouteMap, run } from "@stricli/core";
import { explainCommand } from "./commands/explainCommand.ts";
import { runCommand } from "./commands/runCommand.ts";
import { startCommand } from "./commands/startCommand.ts";
import { walkCommand } from "./commands/walkCommand.ts";
import { createOutput, EXIT } from "./output.ts";
import type { CliContext } from "./context.ts";

const root = buildRouteMap({
  routes: { start: startCommand, run: runCommand, walk: walkCommand, explain: explainCommand },
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
      "  granule walk --s1 64k --s2 16k --va 0x40012345    a translation, step by step",
      "  granule explain EXDEV                             what an error means",
    ].join("\n"),
  },
});

const application = buildApplication(root, {
  name: "granule",
  scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
  documentation: { disableAnsiColor: true },
});

/** Streams and surroundings of one call; `process` in the real thing. */
export interface CliProcess {
  readonly stdout: Pick<NodeJS.WriteStream, "write"> & { readonly isTTY?: boolean };
  readonly stderr: Pick<NodeJS.WriteStream, "write"> & { readonly isTTY?: boolean };
  readonly env: NodeJS.ProcessEnv;
  cwd(): string;
  exitCode?: number | string | null;
}

/** Runs one command line and answers the exit code. */
export async function runCli(argv: readonly string[], process: CliProcess): Promise<number> {
  const output = createOutput(process.stdout, process.stderr, process.env);
  const context: CliContext = { process, output, cwd: process.cwd(), env: process.env };
  await run(application, [...(argv.length === 0 ? ["--help"] : argv)], context);
  const code = Number(process.exitCode ?? EXIT.ok);
  // the parser has negative codes for what it refuses; its 1 is an internal error
  return code < 0 ? EXIT.usage : code === 1 ? EXIT.crashed : code;
}
