import { CPU_MODELS } from "@granule/arm";
import { virtMachine } from "@granule/granule";
import { GRANULES, GranuleError, mib } from "@granule/units";
import { expect, it } from "vitest";
import { readKernel } from "../kernelFile.ts";
import { type Choice, problemsOf } from "./checks.ts";

/** The header of an arm64 Image of 1 MiB that declares pages of 4 (1), 16 (2) or 64 KiB (3). Linux, Documentation/arch/arm64/booting.rst. */
function image(pageSize: number): Uint8Array {
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(16, BigInt(mib(1)), true);
  view.setBigUint64(24, BigInt(pageSize << 1), true);
  view.setUint32(56, 0x644d5241, true);
  return bytes;
}
async function choice(pageSize: number, changes: Partial<Choice> = {}): Promise<Choice> {
  const read = await readKernel(image(pageSize));
  if (!read.ok) throw new Error(read.why);
  return { image: read.value.image, initrdSize: 0, cpu: "cortex-a35", stage2: undefined, memory: mib(16), ...changes };
}

it("nothing stands against a kernel on a CPU with all granules, nor against a form without a kernel", async () => {
  expect(problemsOf(await choice(3))).toEqual([]);
  expect(problemsOf(await choice(3, { image: undefined }))).toEqual([]);
});

it("what the form refuses of CPU and granules is what the machine refuses", async () => {
  let refused = 0;
  for (const { name: cpu } of CPU_MODELS)
    for (const [i, kernelGranule] of GRANULES.entries())
      for (const stage2 of GRANULES) {
        const wanted = await choice(i + 1, { cpu, stage2: stage2.name, memory: mib(8) });
        expect(wanted.image?.granule).toBe(kernelGranule);
        const says = problemsOf(wanted).length > 0;
        let does = false;
        try {
          if (wanted.image !== undefined) virtMachine({ kernel: wanted.image, cpu, memory: wanted.memory, stage2, output: () => {} });
        } catch (e) {
          if (!(e instanceof GranuleError)) throw e;
          does = true;
        }
        expect([cpu, kernelGranule.name, stage2.name, says]).toEqual([cpu, kernelGranule.name, stage2.name, does]);
        refused += does ? 1 : 0;
      }
  expect(refused).toBeGreaterThan(20);
});

it.each([
  ["a CPU without the kernel's page size", 2, { cpu: "cortex-a57" }, "GRAN0101", "CPU cortex-a57 has 4 KiB, 64 KiB at stage 1"],
  ["a CPU without the stage 2 granule", 3, { cpu: "no-64k-stage2", stage2: "64k" }, "GRAN0051", "no stage 2 granule of 64 KiB, only 4 KiB, 16 KiB"],
  ["memory that is no number", 1, { memory: Number.NaN }, "GRAN0022", "multiple of 64 KiB"],
  ["an initramfs larger than memory", 1, { initrdSize: mib(20) }, "GRAN0102", "need 21 MiB, memory is 16 MiB"],
  ["a CPU that nobody makes", 1, { cpu: "z80" }, "GRAN0021", "z80"],
] as const)("%s is a problem", async (_, pageSize, changes, code, part) => {
  const problems = problemsOf(await choice(pageSize, changes));
  expect(problems.map((each) => each.code)).toEqual([code]);
  expect(problems[0]?.message).toContain(part);
});
