/**
 * `npm run bench -- engine`: the fast engine beside qemu-system-aarch64, in CPU seconds of the same run. Each workload is a
 * bare program with MMU on (workloads.c), run on granule's virt machine, stage 2 on, and on QEMU's; what starting costs is
 * taken off by running few rounds and many. Then each kernel that is at hand, from the command to INIT-DONE, in wall seconds.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder, findGuest, initramfsOf } from "../../apps/cli/src/guests/cache.ts";
import { loadImage, type KernelImage } from "../../packages/platform/src/index.ts";
import { virtMachine } from "../../packages/granule/src/index.ts";
import { mib } from "../../packages/units/src/index.ts";

/** In the order of workloads.c, with rounds that take about half a second here; QEMU does QEMU_FACTOR times as many. */
const WORKLOADS = [
  ["integer loop", 16], ["memcpy", 40], ["pointer chase", 40], ["crc32", 12], ["quicksort", 12], ["bytecode switch", 12], ["calls across pages", 20], ["recursive fib", 30], ["2048 functions", 40],
] as const;
const QEMU_FACTOR = 3;
const RATIO_TARGET = 0.25;
const RATE_TARGET = 200e6;
/** Of QEMU's wall time, for a kernel. */
const WALL_TARGET = 2;
const MEMORY = mib(128);
const MARK = "workload, rounds";

const elf = readFileSync(new URL("workloads.elf", import.meta.url));
/** The program with its parameters. */
function programOf(workload: number, rounds: number): Uint8Array<ArrayBuffer> {
  const program = Uint8Array.from(elf);
  const at = elf.indexOf(MARK) + MARK.length;
  const view = new DataView(program.buffer);
  view.setBigUint64(at, BigInt(workload), true);
  view.setBigUint64(at + 8, BigInt(rounds), true);
  return program;
}
interface Done {
  /** CPU seconds. */
  readonly seconds: number;
  readonly output: string;
}
const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
async function onGranule(workload: number, rounds: number): Promise<Done & { readonly instructions: number }> {
  const image = await loadImage(programOf(workload, rounds));
  if (!image.ok) throw new Error(image.why);
  const kernel: KernelImage = image.value;
  let output = "";
  const run = virtMachine({ kernel, memory: MEMORY, output: (text) => void (output += text) });
  const start = cpuSeconds();
  while (run.step() === "running");
  return { seconds: cpuSeconds() - start, instructions: run.statistics().instructions, output: output.trim() };
}
function onQemu(folder: string, workload: number, rounds: number): Done {
  const file = join(folder, "workload.elf");
  writeFileSync(file, programOf(workload, rounds));
  const qemu = `qemu-system-aarch64 -nodefaults -M virt,gic-version=2 -accel tcg -cpu cortex-a35 -m 128 -display none -serial stdio -kernel ${file}`;
  const done = spawnSync("bash", ["-c", `TIMEFORMAT='%U %S'; time ${qemu} < /dev/null`], { encoding: "utf8", timeout: 120_000 });
  if (done.status !== 0) throw new Error(`QEMU: ${done.stderr}`);
  const [user = 0, system = 0] = (done.stderr.trim().split("\n").at(-1) ?? "").split(" ").map(Number);
  return { seconds: user + system, output: done.stdout.trim() };
}

const hasQemu = spawnSync("qemu-system-aarch64", ["--version"]).status === 0;
const folder = mkdtempSync(join(tmpdir(), "a64-bench-"));
const rows: { readonly name: string; readonly rate: number; readonly qemu: number | undefined; readonly same: boolean }[] = [];
try {
  if (!hasQemu) console.log("no qemu-system-aarch64 (Debian: qemu-system-arm): rates without ratios");
  await onGranule(0, 1);
  for (const [workload, [name, rounds]] of WORKLOADS.entries()) {
    const few = await onGranule(workload, 1);
    const many = await onGranule(workload, 1 + rounds);
    const instructions = many.instructions - few.instructions;
    const rate = instructions / (many.seconds - few.seconds);
    const base = hasQemu ? onQemu(folder, workload, 1 + rounds) : undefined;
    const more = hasQemu ? onQemu(folder, workload, 1 + rounds * (1 + QEMU_FACTOR)) : undefined;
    const qemu = base === undefined || more === undefined ? undefined : (instructions * QEMU_FACTOR) / (more.seconds - base.seconds);
    rows.push({ name, rate, qemu, same: base === undefined || base.output === many.output });
    const beside = qemu === undefined ? "" : `${(qemu / 1e6).toFixed(0).padStart(7)} on QEMU  x${(rate / qemu).toFixed(2)}`;
    console.log(`${name.padEnd(20)}${(rate / 1e6).toFixed(0).padStart(6)} Minsn/s${beside}${rows.at(-1)?.same === false ? "  RESULTS DIFFER" : ""}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const ratios = rows.flatMap(({ rate, qemu }) => (qemu === undefined ? [] : [rate / qemu]));
const mean = Math.exp(ratios.reduce((sum, r) => sum + Math.log(r), 0) / ratios.length);
const integer = rows[0]?.rate ?? 0;

/** Wall and CPU seconds of a command line until it ends; it must have printed INIT-DONE. */
function timed(command: string): { readonly wall: number; readonly cpu: number } {
  const done = spawnSync("bash", ["-c", `TIMEFORMAT='%R %U %S'; time ${command} < /dev/null`], { encoding: "utf8", timeout: 120_000 });
  if (!done.stdout.includes("INIT-DONE")) throw new Error(`${command} did not reach INIT-DONE: ${done.stderr}`);
  const [wall = 0, user = 0, system = 0] = (done.stderr.trim().split("\n").at(-1) ?? "").split(" ").map(Number);
  return { wall, cpu: user + system };
}
const cache = cacheFolder(process.env, process.cwd());
const cli = fileURLToPath(new URL("../../apps/cli/src/main.ts", import.meta.url));
const slow: string[] = [];
for (const name of ["4k", "16k", "64k"]) {
  const kernel = findGuest(name, cache);
  const initrd = findGuest(initramfsOf(name), cache);
  if (kernel === undefined || initrd === undefined) {
    console.log(`kernel ${name}: not in the cache (granule guests build)`);
    continue;
  }
  const ours = timed(`tsx --conditions=@granule/source ${cli} boot --kernel ${kernel.path} --initrd ${initrd.path} --cmdline "console=hvc0 end=poweroff quiet"`);
  const qemu = hasQemu
    ? timed(`qemu-system-aarch64 -nodefaults -M virt,gic-version=2 -accel tcg -cpu cortex-a35 -m 256 -display none -serial stdio -kernel ${kernel.path} -initrd ${initrd.path} -append "console=ttyAMA0 end=poweroff quiet"`)
    : undefined;
  const both = ({ wall, cpu }: { readonly wall: number; readonly cpu: number }): string => `${wall.toFixed(1)} s (CPU ${cpu.toFixed(1)} s)`;
  console.log(`kernel ${name}, command to power-off: ${both(ours)}${qemu === undefined ? "" : `  QEMU ${both(qemu)}  x${(ours.wall / qemu.wall).toFixed(2)} of its wall time, in which init waits 5 s`}`);
  if (qemu !== undefined && ours.wall > WALL_TARGET * qemu.wall) slow.push(name);
}
console.log(`integer loop: ${(integer / 1e6).toFixed(0)} Minsn/s, target ${RATE_TARGET / 1e6}`);
if (ratios.length > 0) console.log(`geometric mean: ${mean.toFixed(2)} x QEMU, target ${RATIO_TARGET}`);
process.exitCode = slow.length === 0 && rows.every(({ same }) => same) && integer >= RATE_TARGET && (ratios.length === 0 || mean >= RATIO_TARGET) ? 0 : 1;
