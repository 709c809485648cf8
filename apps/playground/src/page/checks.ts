/** Whether what the form says can work, before anything is built: the same checks as the machine's, with the same words. */
import { CPU_MODELS, type CpuModel, findCpu } from "@granule/arm";
import { checkPageSize, type KernelImage } from "@granule/platform";
import { BACKING_UNIT, type Bytes, findGranule, formatBytes, type GranuleName } from "@granule/units";
import type { Problem } from "../protocol.ts";

export interface Choice {
  /** Undefined: none yet. */
  readonly image: KernelImage | undefined;
  readonly initrdSize: Bytes;
  readonly cpu: string;
  /** Undefined: the CPU's smallest. */
  readonly stage2: GranuleName | undefined;
  readonly memory: Bytes;
}

/** The models that have a granule at stage 2. */
const withStage2 = (name: GranuleName): string => CPU_MODELS.filter((cpu) => cpu.stage2.some((g) => g.name === name)).map(({ name: model }) => model).join(", ");

function checkStage2(cpu: CpuModel, name: GranuleName): Problem | undefined {
  const granule = findGranule(name);
  if (granule === undefined || cpu.stage2.includes(granule)) return undefined;
  const sizes = cpu.stage2.map((g) => formatBytes(g.size)).join(", ");
  return { code: "GRAN0051", message: `CPU ${cpu.name} has no stage 2 granule of ${formatBytes(granule.size)}, only ${sizes}.`, hint: `Models that have it: ${withStage2(name)}.` };
}

/** What memory has to hold at least. */
const needed = ({ image, initrdSize }: Choice): Bytes => (image?.segments.reduce((sum, { size }) => sum + size, 0) ?? 0) + initrdSize;

/** Everything that stands against a boot, the first first. */
export function problemsOf(choice: Choice): readonly Problem[] {
  const { image, memory } = choice;
  const cpu = findCpu(choice.cpu);
  if (cpu === undefined) return [{ code: "GRAN0021", message: `No CPU model is called "${choice.cpu}".` }];
  const problems: Problem[] = [];
  if (image !== undefined) {
    const runs = checkPageSize(image, cpu);
    if (!runs.ok) problems.push({ code: "GRAN0101", message: `${runs.why}.`, hint: "Choose another CPU model, or a kernel built for another page size." });
  }
  const stage2 = choice.stage2 === undefined ? undefined : checkStage2(cpu, choice.stage2);
  if (stage2 !== undefined) problems.push(stage2);
  if (!Number.isSafeInteger(memory) || memory <= 0 || memory % BACKING_UNIT !== 0)
    problems.push({ code: "GRAN0022", message: "Memory is not a positive multiple of 64 KiB." });
  else if (needed(choice) > memory)
    problems.push({ code: "GRAN0102", message: `Kernel and initramfs need ${formatBytes(needed(choice))}, memory is ${formatBytes(memory)}.`, hint: "Give the machine more memory." });
  return problems;
}
