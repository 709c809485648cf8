/** The worker's side of matrixPool.ts: does one job for each message. */
import { parentPort, workerData } from "node:worker_threads";
import { createJobRunner, type Job } from "./matrixJob.ts";
import { loadAlteration } from "./matrixWith.ts";

const isSetup = (value: unknown): value is { readonly seed: string; readonly with: string } => typeof value === "object" && value !== null && "seed" in value && "with" in value;

/** Serves the thread that started this one until it ends it. */
export async function serveMatrix(): Promise<void> {
  const setup: unknown = workerData;
  if (parentPort === null || !isSetup(setup)) throw new Error("a worker of granule matrix, started by something else");
  const port = parentPort;
  const jobs = createJobRunner(setup.seed, await loadAlteration(setup.with));
  port.on("message", (job: Job) => port.postMessage(job.kind === "cell" ? jobs.cell(job) : jobs.failure(job)));
}
