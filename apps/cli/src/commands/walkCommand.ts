/** The command line of `granule walk`. */
import { buildCommand } from "@stricli/core";
import { guarded, type CliContext } from "../context.ts";
import { EXIT } from "../output.ts";
import { runWalk } from "./walk.ts";

interface Flags {
  readonly s1: string;
  readonly s2: string;
  readonly va: string;
  readonly cpu: string;
  readonly access: "read" | "write" | "execute";
  readonly el0: boolean;
  readonly pages: boolean;
  readonly json: boolean;
}
const text = (value: string): string => value;

export const walkCommand = buildCommand<Flags, [], CliContext>({
  docs: {
    brief: "Show a translation step by step, for any granule at both stages",
    fullDescription: [
      "Builds a flat stage 1 (VA = IPA) and a stage 2 over 256 MiB of RAM at 0x40000000, and walks them for one address.",
      "A fault is a result, not a failure of the command.",
      "",
      "Examples:",
      "  granule walk --s1 64k --s2 16k --va 0x40012345",
      "  granule walk --s1 off --s2 4k --va 0x60000000 --pages     a hole at stage 2",
      "  granule walk --s1 16k --s2 64k --va 0x40000000 --json",
    ].join("\n"),
  },
  parameters: {
    flags: {
      s1: { kind: "parsed", parse: text, brief: "Stage 1 granule: 4k, 16k, 64k or off", default: "4k" },
      s2: { kind: "parsed", parse: text, brief: "Stage 2 granule: 4k, 16k, 64k or off", default: "4k" },
      va: { kind: "parsed", parse: text, brief: "Virtual address, 0x... or decimal" },
      cpu: { kind: "parsed", parse: text, brief: "CPU model", default: "all-granules" },
      access: { kind: "enum", values: ["read", "write", "execute"], brief: "What is tried", default: "read" },
      el0: { kind: "boolean", brief: "As EL0 instead of EL1", default: false },
      pages: { kind: "boolean", brief: "Map with pages only, no blocks or contiguous runs", default: false },
      json: { kind: "boolean", brief: "One JSON document", default: false },
    },
  },
  func(flags) {
    return guarded(this, () => {
      const { output } = this;
      const report = runWalk(flags);
      if (flags.json) {
        const steps = report.steps.map((s) => ({ ...s, table: `0x${s.table.toString(16)}`, descriptor: s.descriptor === undefined ? null : `0x${s.descriptor.toString(16)}`, output: s.output === undefined ? null : `0x${s.output.toString(16)}` }));
        const { lines: _lines, ...rest } = report;
        output.result(JSON.stringify({ ...rest, steps }, null, 2));
        return EXIT.ok;
      }
      output.result(`CPU ${report.cpu}, stage 1 ${report.s1}, stage 2 ${report.s2}: ${flags.access} at ${flags.el0 ? "EL0" : "EL1"}`);
      for (const line of report.lines) output.result(`  ${line}`);
      output.result(output.style(report.ok ? "green" : "yellow", report.summary));
      return EXIT.ok;
    });
  },
});
