/** The command line of `granule explain`. */
import { buildCommand } from "@stricli/core";
import { guarded, type CliContext } from "../context.ts";
import { EXIT, formatTable } from "../output.ts";
import { explain } from "./explain.ts";

interface Flags {
  readonly json: boolean;
}

export const explainCommand = buildCommand<Flags, [string], CliContext>({
  docs: {
    brief: "Tell what an error code means and which calls answer it",
    fullDescription: [
      "Takes an errno (EXDEV, 18), a grant status (GNTST_bad_granule, bad_granule, 14) or a code of the tools (GRAN0012).",
      "",
      "Examples:",
      "  granule explain bad_granule",
      "  granule explain 18                  or: granule explain -- -18",
      "  granule explain GRAN0032 --json",
    ].join("\n"),
  },
  parameters: {
    flags: { json: { kind: "boolean", brief: "One JSON document", default: false } },
    positional: { kind: "tuple", parameters: [{ brief: "The code", parse: (value: string): string => value, placeholder: "code" }] },
  },
  func(flags, code) {
    return guarded(this, () => {
      const { output } = this;
      const e = explain(code);
      if (flags.json) {
        output.result(JSON.stringify(e, null, 2));
        return EXIT.ok;
      }
      output.result(`${output.style("bold", e.code)}${e.number === undefined ? "" : ` (${e.number})`}: ${e.meaning}`);
      if (e.where.length > 0) {
        output.result("");
        for (const line of formatTable([["call", "rule", "when"], ...e.where.map((w) => [w.call, w.rule, w.when])])) output.result(`  ${line}`);
      }
      return EXIT.ok;
    });
  },
});
