/** A planned boot put into a domain: its memory, and its vcpus' registers. */
import type { CpuModel } from "@granule/arm";
import type { Domain, GuestMemory } from "@granule/hypervisor";
import { type BootPlan, checkPageSize, type KernelImage, planBoot, type PlanBootOptions } from "@granule/platform";
import { add, type Bytes, GranuleError, mib, ModelBug, xFromAddress } from "@granule/units";
import { resetVcpu } from "./vcpu.ts";

/** Refuses what cannot run before anything is built. @throws GranuleError GRAN0101, GRAN0102. */
export function plan(kernel: KernelImage, cpu: CpuModel, options: PlanBootOptions): BootPlan {
  const runs = checkPageSize(kernel, cpu);
  if (!runs.ok) throw new GranuleError("GRAN0101", runs.why, "Choose another CPU model, or a kernel built for another page size.");
  const made = planBoot(kernel, options);
  if (!made.ok) throw new GranuleError("GRAN0102", made.why, "Give the machine more memory, or a smaller kernel or initramfs.");
  return made.value;
}

/** Bytes that are written in one step, so that a refusal names where. */
const STEP: Bytes = /* @__PURE__ */ mib(1);

/** Writes the plan's pieces, and resets every vcpu to its entry: those that start later get a PC of their own by PSCI. */
export function load(memory: GuestMemory, domain: Domain, cpu: CpuModel, { pieces, entry, dtb }: BootPlan, asXen = false): void {
  for (const { what, at, bytes } of pieces)
    for (let done = 0; done < bytes.length; done += STEP) {
      const r = memory.writeIpa(domain, add(at, done), bytes.subarray(done, done + STEP));
      if (!r.ok) throw new ModelBug(`${what}: ${r.why}`);
    }
  for (const { regs, index } of domain.vcpus) resetVcpu(regs, cpu, index, { pc: xFromAddress(entry), x0: index === 0 ? xFromAddress(dtb) : 0n, asXen });
}
