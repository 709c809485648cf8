/** The command line of `granule matrix`. */
import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import { resolve } from "node:path";
import { MAX_FAILURES, type MatrixReport, REPORT_SCHEMA } from "@granule/testkit";
import { GranuleError } from "@granule/units";
import { buildCommand } from "@stricli/core";
import { guarded, type CliContext } from "../context.ts";
import { EXIT, type ExitCode } from "../output.ts";
import { merge } from "./matrixMerge.ts";
import { checkForms, emit, type OutputFlags } from "./matrixOutput.ts";
import { plan, type PlanFlags } from "./matrixPlan.ts";
import { openPool, runAll, shrinkAll } from "./matrixPool.ts";
import { createProgress } from "./matrixProgress.ts";
import { repeatOne } from "./matrixRepeat.ts";
import { loadAlteration } from "./matrixWith.ts";

export interface MatrixFlags extends OutputFlags, PlanFlags {
  readonly seed: string;
  readonly workers?: number;
  readonly failFast: boolean;
  readonly steps?: string;
  readonly trace?: string;
  readonly schema: boolean;
}
const text = (value: string): string => value;
const WORKERS_LIMIT = 64;
/** Fewer cells than this are run on one thread: they are done before a worker has started. */
const WORTH_WORKERS = 8;

function parseWorkers(value: string): number {
  if (!/^[1-9]\d?$/.test(value) || Number(value) > WORKERS_LIMIT) throw new Error(`"${value}" is no number from 1 to ${WORKERS_LIMIT}`);
  return Number(value);
}

async function runMatrix(context: CliContext, flags: MatrixFlags): Promise<ExitCode> {
  const { output } = context;
  const { cells, selection } = plan(flags);
  const file = flags.with === undefined ? "" : resolve(context.cwd, flags.with);
  if (flags.steps !== undefined || flags.trace !== undefined) return repeatOne(context, flags, cells, selection, await loadAlteration(file));
  // what is wrong with the module is said here, not in a worker
  await loadAlteration(file);
  const stop = new AbortController();
  const restore = context.onInterrupt(() => stop.abort());
  const workers = cells.length < WORTH_WORKERS ? 1 : (flags.workers ?? availableParallelism());
  const start = performance.now();
  const pool = await openPool({ seed: flags.seed, with: file, workers, entry: context.workerEntry, signal: stop.signal });
  try {
    const progress = createProgress(cells.length, output, () => performance.now());
    const results = await runAll(pool, cells, { failFast: flags.failFast, onResult: (r) => progress.step(r.passed) });
    const failing = results.filter((r) => !r.passed).slice(0, MAX_FAILURES).map((r) => r.cell);
    let shrunk = 0;
    const failures = await shrinkAll(pool, failing, () => output.progress(`shrinking: ${++shrunk} of ${failing.length}`));
    const report: MatrixReport = { format: "granule-matrix", version: 1, seed: flags.seed, selection, cells: results, failures };
    const code = emit(context, report, flags);
    output.note(`${((performance.now() - start) / 1000).toFixed(1)} s on ${pool.size === 1 ? "one thread" : `${pool.size} workers`}`);
    return stop.signal.aborted ? EXIT.interrupted : code;
  } finally {
    restore();
    await pool.close();
  }
}

export const matrixCommand = buildCommand<MatrixFlags, string[], CliContext>({
  docs: {
    brief: "Run every mix of page sizes and ABIs of two domains that share a block device",
    fullDescription: [
      "648 cells: S1, G and ABI of the front end, the same of the back end, with the 4096-byte baseline and a negotiated unit. Each moves",
      "blocks, balloons, reconnects, and is checked against what the rules say. A failing cell is shrunk to its shortest sequence of steps,",
      "and the command that repeats it is printed. The results are the same for any number of workers.",
      "",
      "--only takes the name of a cell, or comparisons of its fields: s1Front, s1Back, gFront, gBack, abiFront, abiBack, mode, fragmented,",
      "forceUnit, storeG, cpu; with == != < <= > >= ! && || and parentheses.",
      "--with takes a module whose default export alters the machines ({ plugins, disk, frontend }: Alteration in @granule/testkit), and",
      "includes the further axes.",
      "",
      "Examples:",
      "  granule matrix                                                 all of it, on every core",
      "  granule matrix --only 's1Front==64k && gBack > gFront' --summary",
      "  granule matrix --only s4k-g64k-v1/s64k-g64k-v2/baseline --trace a.jsonl",
      "  granule matrix --further --html matrix.html --junit matrix.xml",
      "  granule matrix --with examples/sabotage/skip-contiguity.ts     a fault: ends with 5",
      "  granule matrix --shard 1/2 --json > 1.json                     and 2/2 elsewhere; then:",
      "  granule matrix merge 1.json 2.json --html matrix.html",
    ].join("\n"),
  },
  parameters: {
    flags: {
      further: { kind: "boolean", brief: "Fragmented front ends, forced units, the store's G, and CPUs that lack granules as well", default: false },
      only: { kind: "parsed", parse: text, brief: "Only the cells of this expression, or the cell of this name", optional: true, placeholder: "expr" },
      shard: { kind: "parsed", parse: text, brief: "Only the i-th of n parts", optional: true, placeholder: "i/n" },
      seed: { kind: "parsed", parse: text, brief: "Seed of payloads and of the machines", default: "1" },
      with: { kind: "parsed", parse: text, brief: "Module that alters the machines", optional: true, placeholder: "file" },
      workers: { kind: "parsed", parse: parseWorkers, brief: "Threads; as many as there are cores unless given", optional: true, placeholder: "n" },
      failFast: { kind: "boolean", brief: "Stop at the first failing cell", default: false },
      steps: { kind: "parsed", parse: text, brief: "Run these steps of one cell instead of its script", optional: true },
      trace: { kind: "parsed", parse: text, brief: "Write the trace of one cell to this file, a JSON object a line", optional: true, placeholder: "file" },
      summary: { kind: "boolean", brief: "The table and the totals only", default: false },
      json: { kind: "boolean", brief: "One JSON document, which merge takes", default: false },
      tap: { kind: "boolean", brief: "TAP version 14", default: false },
      junit: { kind: "parsed", parse: text, brief: "Write JUnit XML to this file", optional: true, placeholder: "file" },
      html: { kind: "parsed", parse: text, brief: "Write one self-contained page to this file", optional: true, placeholder: "file" },
      schema: { kind: "boolean", brief: "Print the JSON Schema of --json", default: false },
    },
    positional: { kind: "array", parameter: { brief: "merge, then files that --json wrote: one report of all shards", parse: text, placeholder: "merge" } },
  },
  func(flags, ...words) {
    return guarded(this, async () => {
      checkForms(flags);
      if (flags.schema) {
        this.output.result(JSON.stringify(REPORT_SCHEMA, null, 2));
        return EXIT.ok;
      }
      const [verb, ...files] = words;
      if (verb === undefined) return runMatrix(this, flags);
      if (verb !== "merge") throw new GranuleError("GRAN0071", `"${verb}" is nothing that matrix does`, "Run it without a word, or: granule matrix merge FILE...");
      return emit(this, merge(this.cwd, files), flags);
    });
  },
});
