import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";
export const runCommand = buildCommand<Record<never, never>, [], CliContext>({ docs: { brief: "run" }, parameters: {}, func() { this.output.note("not wired"); } });
