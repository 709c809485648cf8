/**
 * Where words go: results to stdout, everything else to stderr. Colour follows NO_COLOR, FORCE_COLOR, TERM=dumb and
 * whether the stream is a terminal.
 */
import { styleText } from "node:util";

/** Exit codes of every command. */
export const EXIT = /* @__PURE__ */ Object.freeze({
  ok: 0,
  /** Wrong arguments or configuration. */
  usage: 2,
  /** Everything was skipped. */
  skipped: 3,
  /** The environment: a file, a missing tool. */
  environment: 4,
  /** The subject failed: bytes differ, a cell is red. */
  failed: 5,
  /** A guest crashed, or the model contradicts itself. */
  crashed: 6,
  interrupted: 130,
});
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface Output {
  /** A line of the result. */
  result(line: string): void;
  /** A line about what is going on. */
  note(line: string): void;
  /** Whether progress is drawn: a terminal that is no CI's. */
  readonly isLive: boolean;
  /** Replaces the last progress line on a terminal; nothing elsewhere. */
  progress(text: string): void;
  /** Takes the progress line away. */
  clearProgress(): void;
  readonly style: (format: "bold" | "dim" | "red" | "green" | "yellow" | "cyan", text: string) => string;
}

type Stream = Pick<NodeJS.WriteStream, "write"> & { readonly isTTY?: boolean };

const wantsColour = (stream: Stream, env: NodeJS.ProcessEnv): boolean => {
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  if ((env["FORCE_COLOR"] ?? "") !== "" && env["FORCE_COLOR"] !== "0") return true;
  return stream.isTTY === true && env["TERM"] !== "dumb";
};

export function createOutput(stdout: Stream, stderr: Stream, env: NodeJS.ProcessEnv): Output {
  const colour = wantsColour(stdout, env);
  const live = stderr.isTTY === true && (env["CI"] ?? "") === "" && env["TERM"] !== "dumb";
  let drawn = false;
  const clear = (): void => {
    if (drawn) stderr.write("\r\u001b[2K");
    drawn = false;
  };
  return {
    isLive: live,
    result(line) {
      clear();
      stdout.write(`${line}\n`);
    },
    note(line) {
      clear();
      stderr.write(`${line}\n`);
    },
    progress(text) {
      if (!live) return;
      clear();
      stderr.write(text);
      drawn = true;
    },
    clearProgress: clear,
    style: (format, text) => (colour ? styleText(format, text, { validateStream: false }) : text),
  };
}

/** Rows as a table with aligned columns; the first row is the header. Numbers (columns in `right`) are aligned right. */
export function formatTable(rows: readonly (readonly string[])[], right: readonly number[] = []): readonly string[] {
  const widths = (rows[0] ?? []).map((_, c) => Math.max(...rows.map((r) => (r[c] ?? "").length)));
  return rows.map((r) => r.map((cell, c) => (right.includes(c) ? cell.padStart(widths[c] ?? 0) : cell.padEnd(widths[c] ?? 0))).join("  ").trimEnd());
}
