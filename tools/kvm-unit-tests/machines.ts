/** The two machines that run a test: QEMU's virt and granule's. Both get the same CPU, GIC, memory and arguments. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { UnitTest } from "./tests.ts";

/** Runs a program of a test and answers what it printed, and then what the machine itself said; cut short after `limit` milliseconds. */
export type Machine = (program: string, test: UnitTest, limit: number) => Promise<string>;

function capture(command: string, args: readonly string[], limit: number): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    const texts = { console: "", errors: "" };
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (texts.console += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (texts.errors += chunk));
    const timer = setTimeout(() => child.kill("SIGKILL"), limit);
    child.on("error", fail);
    child.on("close", () => {
      clearTimeout(timer);
      done(`${texts.console}\n${texts.errors}`);
    });
  });
}

/** Without the test's own exit device: the status at the end is on the UART then. */
export const qemu = (cpu: string): Machine => (program, test, limit) =>
  capture("qemu-system-aarch64", [
    "-nodefaults", "-M", "virt,gic-version=2", "-accel", "tcg", "-cpu", cpu, "-smp", `${test.cpus}`, "-m", `${test.memory}`,
    "-display", "none", "-serial", "stdio", "-kernel", program, "-append", test.args,
  ], limit);

const main = fileURLToPath(new URL("../../apps/cli/src/main.ts", import.meta.url));

export const granule = (cpu: string): Machine => (program, test, limit) =>
  capture(process.execPath, [
    "--conditions=@granule/source", "--import", import.meta.resolve("tsx"), main, "machine", "virt",
    "--cpu", cpu, "--vcpus", `${test.cpus}`, "--memory", `${test.memory}M`, "--kernel", program, "--cmdline", test.args,
  ], limit);
