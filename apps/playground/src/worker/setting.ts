/** From what the page sends to a machine that is ready to run. */
import { bootKernel, type KernelRun, virtMachine } from "@granule/granule";
import { findGranule, GranuleError } from "@granule/units";
import { readKernel } from "../kernelFile.ts";
import type { BootSetting } from "../protocol.ts";

const BUILDERS = { xen: bootKernel, virt: virtMachine } as const;

/** @throws GranuleError GRAN0103 for a file that is no kernel, and as `bootKernel` and `virtMachine`. */
export async function build(setting: BootSetting, output: (text: string) => void): Promise<KernelRun> {
  const { machine, kernel, initrd, cmdline, memory, vcpus, cpu } = setting;
  const read = await readKernel(kernel);
  if (!read.ok) throw new GranuleError("GRAN0103", read.why);
  const stage2 = setting.stage2 === undefined ? undefined : findGranule(setting.stage2);
  return BUILDERS[machine]({
    kernel: read.value.image, memory, vcpus, cpu, output,
    ...(cmdline === "" ? {} : { cmdline }),
    ...(initrd === undefined ? {} : { initrd }),
    ...(stage2 === undefined ? {} : { stage2 }),
  });
}
