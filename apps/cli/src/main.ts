#!/usr/bin/env node
import { runCli } from "./cli.ts";

// whoever read our output has seen enough (`granule explain EINVAL | head`)
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

const { stdout, stderr, env } = process;
process.exitCode = await runCli(process.argv.slice(2), { stdout, stderr, env, cwd: () => process.cwd() });
