/**
 * `granule machine virt`: a plain machine as QEMU's "virt", for kernels and bare-metal programs that know nothing of Xen. There
 * is a hypervisor all the same: its stage 2 is how the model places RAM, flat, and an address where nothing is aborts. Console
 * is the PL011; PSCI is by hvc.
 */
import { DomainsPort, GuestMemoryPort, hypervisor } from "@granule/hypervisor";
import { assemble } from "@granule/kit";
import { machine as machinePlugin, MachinePort } from "@granule/machine";
import { VIRT_MAP } from "@granule/platform";
import { GRANULE_4K, GranuleError, mib } from "@granule/units";
import { armPlatform } from "./armPlatform.ts";
import { ArmPlatformPort } from "./contract.ts";
import { load, plan } from "./load.ts";
import { countCalls, DEFAULT_KERNEL_CPU, engineFor, KERNEL_TABLES, type KernelRun, kernelRun, type KernelSetting } from "./run.ts";
import { terminal } from "./terminal.ts";

/** For alignment. */
const OVERHEAD = /* @__PURE__ */ mib(36);

/**
 * Builds it; nothing runs before {@link KernelRun.step}. @throws GranuleError as `bootKernel`.
 *
 * @example
 * const image = await loadImage(program.bytes(), { flatOffset: 0 });
 * const run = virtMachine({ kernel: image.value, memory: mib(16), output });
 * while (run.step() === "running");
 */
export function virtMachine(setting: KernelSetting): KernelRun {
  const { kernel, initrd, cmdline, memory, vcpus = 1, cpu: cpuName = DEFAULT_KERNEL_CPU, output, seed } = setting;
  const counter = countCalls(setting.trace);
  const machine = assemble([machinePlugin({ cpu: cpuName, ram: memory + OVERHEAD, tables: KERNEL_TABLES }), hypervisor({ refusedAccess: "external" }), armPlatform()], {
    trace: counter.sink, ...(seed === undefined ? {} : { seed }),
  });
  const parts = machine.get(MachinePort);
  const { cpu } = parts;
  const bootPlan = plan(kernel, cpu, { map: VIRT_MAP, vcpus, memory, ...(cmdline === undefined ? {} : { cmdline }), ...(initrd === undefined ? {} : { initrd }) });
  const factory = engineFor(setting, parts);
  const made = machine.get(DomainsPort).create({
    name: "virt", granule: setting.stage2 ?? cpu.stage2[0] ?? GRANULE_4K, ram: memory, vcpus: Array.from({ length: vcpus }, () => factory), online: 1,
  });
  if (!made.ok) throw new GranuleError("GRAN0034", made.why);
  const screen = terminal(output);
  const { uart } = machine.get(ArmPlatformPort).attach(made.value, { map: VIRT_MAP, output: (byte) => screen.byte("uart", byte) });
  load(machine.get(GuestMemoryPort), made.value, cpu, bootPlan);
  return kernelRun(machine, made.value, counter, (text) => uart.push(new TextEncoder().encode(text)));
}
