import { buildCommand } from "@stricli/core";
import type { CliContext } from "../context.ts";
export const startCommand = buildCommand<Record<never, never>, [], CliContext>({ docs: { brief: "start" }, parameters: {}, func() { this.output.note("not wired"); } });
