/** Runs the programs that make guests: their words go to a log, the last line to whoever watches, and failure has its reason. */
import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { GranuleError } from "@granule/units";

export interface ToolOptions {
  readonly cwd?: string;
  /** Beside the surrounding ones. */
  readonly env?: Readonly<Record<string, string>>;
  /** File that gets all output; absent: none. */
  readonly log?: string;
  /** Sees each line of standard output. */
  readonly onLine?: (line: string) => void;
  /** What to do when it fails; the log is named besides. */
  readonly hint?: string;
}

/** Lines of output that an error quotes. */
const QUOTED = 8;

/**
 * Runs a program and answers its standard output. Ctrl-C reaches it as it reaches this process.
 * @throws GranuleError GRAN0091 when it cannot be started or fails.
 */
export function runTool(command: string, args: readonly string[], { cwd, env, log, onLine, hint = "" }: ToolOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    if (log !== undefined) mkdirSync(dirname(log), { recursive: true });
    const file = log === undefined ? undefined : createWriteStream(log, { flags: "a" });
    file?.write(`$ ${[command, ...args].join(" ")}\n`);
    const child = spawn(command, args, { cwd, env: { ...process.env, LC_ALL: "C", ...env }, stdio: ["ignore", "pipe", "pipe"] });
    const texts = { all: "", out: "", rest: "" };
    const take = (chunk: string): void => {
      file?.write(chunk);
      texts.all = (texts.all + chunk).slice(-100_000);
    };
    child.stderr.setEncoding("utf8").on("data", take);
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      take(chunk);
      if (onLine === undefined) texts.out += chunk;
      else {
        const lines = (texts.rest + chunk).split("\n");
        texts.rest = lines.pop() ?? "";
        for (const line of lines) onLine(line);
      }
    });
    const fail = (why: string): void => {
      const said = texts.all.trim().split("\n").slice(-QUOTED).map((line) => `\n  | ${line}`).join("");
      reject(new GranuleError("GRAN0091", `${command} ${why}${texts.all.trim() === "" ? "" : `:${said}`}`, [hint, log === undefined ? "" : `All it said is in ${log}.`].filter((part) => part !== "").join(" ")));
    };
    child.on("error", (e) => {
      file?.end();
      fail(`could not be started: ${e.message}`);
    });
    child.on("close", (status, signal) => {
      file?.end();
      if (status === 0) resolve(texts.out);
      else if (status !== null || signal !== null) fail(`ended with ${status ?? signal}`);
    });
  });
}
