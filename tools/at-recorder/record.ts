/**
 * Records what QEMU's page table walk answers to AT instructions, for packages/mmu/src/recording.test.ts to replay.
 * Needs qemu-system-aarch64 and aarch64-linux-gnu-gcc. Run: `npm run record:at`.
 *
 * CPUs: cortex-a35, the plainest that QEMU has with all three granules at both stages (Armv8.0, 40 PA bits, none of
 * LPA2, LVA, TTST, HAFDBS, XNX); and cortex-a57 for its 44 PA bits (other start levels) and its missing 16K granule.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findCpu } from "../../packages/arm/src/index.ts";
import { encodeScenarios } from "../../packages/mmu/src/scenario-blob.ts";
import { generateScenario } from "../../packages/mmu/src/scenario.ts";

const RUNS = [
  { cpu: "cortex-a35", firstSeed: 1000, scenarios: 360, queries: 64 },
  { cpu: "cortex-a57", firstSeed: 5000, scenarios: 160, queries: 64 },
] as const;
/** As at.S expects. */
const BLOB_ADDRESS = "0x42000000";
const TEXT_ADDRESS = "0x40200000";
/** Without memory above 4 GiB: there a walk finds none. */
const MACHINE = "virt,virtualization=on,highmem=off,gic-version=2";

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "at-recorder-"));
try {
  const program = join(directory, "at.elf");
  execFileSync("aarch64-linux-gnu-gcc", ["-nostdlib", "-static", "-no-pie", "-Wl,--build-id=none", `-Wl,-Ttext=${TEXT_ADDRESS}`, "-o", program, here("at.S")]);
  const version = execFileSync("qemu-system-aarch64", ["--version"], { encoding: "utf8" }).split("\n")[0];
  for (const run of RUNS) {
    const cpu = findCpu(run.cpu);
    if (cpu === undefined) throw new Error(`no CPU model ${run.cpu}`);
    const scenarios = Array.from({ length: run.scenarios }, (_, i) => generateScenario(run.firstSeed + i, cpu, run.queries));
    const bytes = encodeScenarios(scenarios);
    const blob = join(directory, "blob.bin");
    writeFileSync(blob, bytes);
    const output = execFileSync("qemu-system-aarch64", [
      "-M", MACHINE, "-cpu", run.cpu, "-m", "128M", "-display", "none", "-serial", "stdio", "-monitor", "none", "-net", "none",
      "-kernel", program, "-device", `loader,file=${blob},addr=${BLOB_ADDRESS},force-raw=on`,
    ], { encoding: "latin1", maxBuffer: 2 ** 26, timeout: 120_000 });
    const lines = output.trim().split(/\r?\n/);
    const expected = scenarios.reduce((n, s) => n + s.queries.length, 0);
    if (lines.length !== expected || !lines.every((line) => /^[0-9a-f]{16}$/.test(line))) throw new Error(`${lines.length} answers to ${expected} queries; the last: ${lines.at(-1)}`);
    const results = new BigUint64Array(lines.map((line) => BigInt(`0x${line}`)));
    const recording = {
      source: version, machine: MACHINE, cpu: run.cpu, firstSeed: run.firstSeed, scenarios: run.scenarios, queries: run.queries,
      blobSha256: createHash("sha256").update(bytes).digest("hex"),
      results: Buffer.from(results.buffer).toString("base64"),
    };
    const file = here(`../../packages/mmu/vectors/at-${run.cpu}.json`);
    writeFileSync(file, `${JSON.stringify(recording, undefined, 1)}\n`);
    process.stdout.write(`${run.cpu}: ${expected} answers to ${file}\n`);
  }
} finally {
  rmSync(directory, { recursive: true });
}
