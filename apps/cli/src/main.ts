#!/usr/bin/env node
/** The program: a command line, or a worker thread of one. */
import { isMainThread } from "node:worker_threads";

if (isMainThread) {
  const { runCli } = await import("./cli.ts");
  // whoever read our output has seen enough (`granule explain EINVAL | head`)
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    throw error;
  });
  const { stdout, stderr, env } = process;
  // the loader that reads TypeScript does not come along into the worker threads of Node 20
  const hasWorkers = !import.meta.url.endsWith(".ts") || Number.parseInt(process.versions.node, 10) >= 22;
  const onInterrupt = (stop: () => void): (() => void) => {
    process.once("SIGINT", stop);
    return () => process.off("SIGINT", stop);
  };
  process.exitCode = await runCli(process.argv.slice(2), {
    get stdin() {
      return process.stdin;
    },
    stdout, stderr, env, cwd: () => process.cwd(), ...(hasWorkers ? { workerEntry: new URL(import.meta.url) } : {}), onInterrupt,
  });
} else {
  const { serveMatrix } = await import("./commands/matrixWorker.ts");
  await serveMatrix();
}
