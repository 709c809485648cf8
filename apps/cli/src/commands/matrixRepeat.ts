/** One cell again: with steps of one's own, or with its trace in a file. */
import { resolve } from "node:path";
import { type Alteration, type Cell, formatSteps, type MatrixReport, parseSteps, reasons, runCell, type Selection } from "@granule/testkit";
import { GranuleError } from "@granule/units";
import type { CliContext } from "../context.ts";
import type { ExitCode } from "../output.ts";
import { emit, type OutputFlags } from "./matrixOutput.ts";
import { traceFile } from "./traceFile.ts";

interface RepeatFlags extends OutputFlags {
  readonly seed: string;
  readonly steps?: string;
  readonly trace?: string;
}

/** @throws GranuleError GRAN0071 when more than one cell is chosen, GRAN0061 for what is no step. */
export function repeatOne(context: CliContext, flags: RepeatFlags, cells: readonly Cell[], selection: Selection, alteration: Alteration): ExitCode {
  const [cell, ...others] = cells;
  if (cell === undefined || others.length > 0) throw new GranuleError("GRAN0071", `--${flags.steps === undefined ? "trace" : "steps"}: ${cells.length} cells are chosen, and it takes one`, "Name one: --only s4k-g4k-v2/s4k-g4k-v2/negotiated");
  const steps = flags.steps === undefined ? undefined : parseSteps(flags.steps);
  const trace = flags.trace === undefined ? undefined : traceFile(resolve(context.cwd, flags.trace));
  try {
    const result = runCell(cell, { ...alteration, seed: flags.seed, ...(steps === undefined ? {} : { steps }), ...(trace === undefined ? {} : { trace: trace.sink }) });
    // it is as short as its owner wanted: repeated as it is
    const failures = result.passed || steps === undefined ? [] : [{ id: result.id, steps: formatSteps(steps), why: reasons(result), trace: [] }];
    const report: MatrixReport = { format: "granule-matrix", version: 1, seed: flags.seed, selection, cells: [result], failures };
    return emit(context, report, flags);
  } finally {
    trace?.close();
  }
}
