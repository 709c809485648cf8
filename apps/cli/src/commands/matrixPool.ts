/**
 * Runs cells on worker threads, or on this one. Results come back in the order of the cells, whatever the number of
 * workers; with `failFast` what is after the first failing cell is dropped, so that this too is the same for any number.
 */
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { Cell, CellResult, Failure } from "@granule/testkit";
import { type CellJob, createJobRunner, type FailureJob, type Job } from "./matrixJob.ts";
import { loadAlteration } from "./matrixWith.ts";

/** Given to a worker when it starts. */
interface WorkerSetup {
  readonly seed: string;
  /** Absolute path of the module that alters machines; empty: none. */
  readonly with: string;
}
export interface PoolOptions extends WorkerSetup {
  readonly workers: number;
  /** The program that a worker runs; absent: everything runs on this thread. */
  readonly entry: URL | undefined;
  /** Stops everything at once. */
  readonly signal: AbortSignal;
}
/** Answers undefined when the pool was stopped. */
export interface Pool {
  readonly size: number;
  cell(job: CellJob): Promise<CellResult | undefined>;
  failure(job: FailureJob): Promise<Failure | undefined>;
  close(): Promise<void>;
}

export async function openPool(options: PoolOptions): Promise<Pool> {
  const { workers, entry, signal } = options;
  if (workers < 2 || entry === undefined) {
    const jobs = createJobRunner(options.seed, await loadAlteration(options.with));
    // a turn of the event loop between two cells, for Ctrl-C
    const inTurn = async <T>(work: () => T): Promise<T | undefined> => {
      await setImmediate();
      return signal.aborted ? undefined : work();
    };
    return { size: 1, cell: (job) => inTurn(() => jobs.cell(job)), failure: (job) => inTurn(() => jobs.failure(job)), close: async () => undefined };
  }
  const setup: WorkerSetup = { seed: options.seed, with: options.with };
  const idle = Array.from({ length: workers }, () => createLane(entry, setup));
  const all = [...idle];
  const close = async (): Promise<void> => {
    await Promise.all(all.map((lane) => lane.end()));
  };
  signal.addEventListener("abort", () => void close(), { once: true });
  const withLane = async <T>(work: (lane: Lane) => Promise<T | undefined>): Promise<T | undefined> => {
    const lane = idle.pop();
    if (lane === undefined || signal.aborted) return undefined;
    try {
      return await work(lane);
    } finally {
      idle.push(lane);
    }
  };
  return { size: workers, cell: (job) => withLane((lane) => lane.cell(job)), failure: (job) => withLane((lane) => lane.failure(job)), close };
}

/** One worker, which does one job at a time. */
interface Lane extends Pick<Pool, "cell" | "failure"> {
  end(): Promise<void>;
}

function createLane(entry: URL, setup: WorkerSetup): Lane {
  const worker = new Worker(entry, { workerData: setup });
  let ending = false;
  let waiting: { resolve(answer: unknown): void; reject(error: Error): void } | undefined;
  let broken: Error | undefined;
  const breakWith = (error: Error): void => {
    broken ??= error;
    if (ending) waiting?.resolve(undefined);
    else waiting?.reject(broken);
    waiting = undefined;
  };
  worker.on("message", (answer: unknown) => {
    waiting?.resolve(answer);
    waiting = undefined;
  });
  worker.on("error", breakWith);
  worker.on("exit", (code) => breakWith(new Error(`a worker ended with ${code}`)));
  const ask = <T>(job: Job, isAnswer: (value: unknown) => value is T): Promise<T | undefined> =>
    new Promise<unknown>((resolve, reject) => {
      if (broken !== undefined) return ending ? resolve(undefined) : reject(broken);
      waiting = { resolve, reject };
      worker.postMessage(job);
    }).then((answer) => (isAnswer(answer) ? answer : undefined));
  return {
    cell: (job) => ask(job, isResult),
    failure: (job) => ask(job, isFailure),
    async end() {
      ending = true;
      await worker.terminate();
    },
  };
}

// the other end is matrixWorker.ts of the same version: these tell answers apart, they do not check them
const isResult = (value: unknown): value is CellResult => typeof value === "object" && value !== null && "checks" in value;
const isFailure = (value: unknown): value is Failure => typeof value === "object" && value !== null && "trace" in value;

export interface RunAllOptions {
  readonly failFast: boolean;
  readonly onResult: (result: CellResult) => void;
}

/** Runs `cells`; what a stop left undone is missing from the answer. */
export async function runAll(pool: Pool, cells: readonly Cell[], { failFast, onResult }: RunAllOptions): Promise<readonly CellResult[]> {
  const results: (CellResult | undefined)[] = [];
  let next = 0;
  let end = cells.length;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < end; i = next++) {
      const cell = cells[i];
      const result = cell === undefined ? undefined : await pool.cell({ kind: "cell", cell });
      if (result === undefined) return;
      results[i] = result;
      if (failFast && !result.passed) end = Math.min(end, i + 1);
      onResult(result);
    }
  };
  await Promise.all(Array.from({ length: pool.size }, lane));
  return results.slice(0, end).filter((r) => r !== undefined);
}

/** Shrinks cells: the first alone, the others with its steps as a hint. What a stop left undone is missing. */
export async function shrinkAll(pool: Pool, cells: readonly Cell[], onFailure: () => void): Promise<readonly Failure[]> {
  const [first, ...others] = cells;
  if (first === undefined) return [];
  const one = async (cell: Cell, hint: string): Promise<Failure | undefined> => {
    const failure = await pool.failure({ kind: "failure", cell, hint });
    onFailure();
    return failure;
  };
  const found = [await one(first, "")];
  const hint = found[0]?.steps ?? "";
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < others.length; i = next++) {
      const cell = others[i];
      if (cell !== undefined) found[i + 1] = await one(cell, hint);
    }
  };
  await Promise.all(Array.from({ length: pool.size }, lane));
  return found.filter((f) => f !== undefined);
}
