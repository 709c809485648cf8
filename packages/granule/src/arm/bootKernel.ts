/**
 * `granule boot`: an unmodified arm64 kernel in a domain, with everything that Xen's toolstack gives one: device tree, PV console
 * on hvc0, vpl011, xenstore. Sources: docs/misc/arm/device-tree/guest.txt and docs/misc/xenstore-paths.pandoc of Xen.
 */
import { ConsolesPort, type Domain, GuestMemoryPort, layoutFor } from "@granule/hypervisor";
import { assemble } from "@granule/kit";
import { MachinePort } from "@granule/machine";
import { XEN_GUEST_MAP } from "@granule/platform";
import { consoleHub } from "@granule/pv";
import type { BlockBackend, Disk } from "@granule/pv-block";
import { type AnyGranule, GRANULE_4K, KIB, mib } from "@granule/units";
import { preset } from "../preset.ts";
import { createToolstack, RINGS_SIZE, type Toolstack } from "../toolstack.ts";
import { armPlatform } from "./armPlatform.ts";
import { ArmPlatformPort } from "./contract.ts";
import { attachDisk } from "./diskDomain.ts";
import { load, plan } from "./load.ts";
import { countCalls, DEFAULT_KERNEL_CPU, engineFor, KERNEL_TABLES, type KernelRun, kernelRun, type KernelSetting } from "./run.ts";
import { terminal } from "./terminal.ts";

/** Beside the guest's RAM: the domains of the store and of a disk, grant tables, and what alignment costs. */
const OVERHEAD = /* @__PURE__ */ mib(48);

/** Nodes that Linux looks for: the balloon's target, requests of the control domain, and vcpus that may be online. */
function describeGuest(toolstack: Toolstack, domain: Domain): void {
  const home = `/local/domain/${domain.domid}`;
  const readable = ["n0", `r${domain.domid}`];
  const kib = String(domain.currentBytes / KIB);
  for (const [path, value] of [["memory", ""], ["memory/static-max", String(domain.maximumBytes / KIB)], ["memory/target", kib], ["control", ""], ["vm", ""], ["cpu", ""]] as const)
    toolstack.write(`${home}/${path}`, value, readable);
  // the guest says there what it does when it is asked
  for (const path of ["control/shutdown", "control/sysrq", "control/feature-poweroff", "control/feature-reboot", "control/feature-suspend"])
    toolstack.write(`${home}/${path}`, "", [`n${domain.domid}`]);
  for (const { index } of domain.vcpus) toolstack.write(`${home}/cpu/${index}/availability`, "online", readable);
}

/** What a domain's kernel is started with. */
export interface BootSetting extends KernelSetting {
  /** The guest's xvda, served by a domain of its own. */
  readonly disk?: Disk;
  /** G of that domain; default: as the guest's. */
  readonly diskStage2?: AnyGranule;
}
export interface BootRun extends KernelRun {
  /** What serves the disk; undefined: there is none. */
  readonly disk: BlockBackend | undefined;
}

/**
 * Builds the machine and the domain; nothing runs before {@link KernelRun.step}. @throws GranuleError GRAN0034 when the
 * domain cannot be built, GRAN0101 for a kernel whose page size the CPU lacks, GRAN0102 when things do not fit its memory.
 *
 * @example
 * const run = bootKernel({ kernel, memory: mib(128), cmdline: "console=hvc0", output });
 * while (run.step() === "running");
 */
export function bootKernel(setting: BootSetting): BootRun {
  const { kernel, initrd, cmdline, memory, vcpus = 1, cpu: cpuName = DEFAULT_KERNEL_CPU, output, seed, disk } = setting;
  const counter = countCalls(setting.trace);
  const machine = assemble([...preset({ cpu: cpuName, ram: memory + OVERHEAD, tables: KERNEL_TABLES }), armPlatform()], { trace: counter.sink, ...(seed === undefined ? {} : { seed }) });
  const parts = machine.get(MachinePort);
  const { cpu } = parts;
  const bootPlan = plan(kernel, cpu, {
    map: XEN_GUEST_MAP, vcpus, memory: memory - RINGS_SIZE, extendedRegions: [layoutFor(memory).extended],
    ...(cmdline === undefined ? {} : { cmdline }), ...(initrd === undefined ? {} : { initrd }),
  });
  const screen = terminal(output);
  const hub = consoleHub((_domid, text) => screen.text("hvc", text));
  const granule = setting.stage2 ?? cpu.stage2[0] ?? GRANULE_4K;
  const [s1 = GRANULE_4K] = cpu.stage1;
  const toolstack = createToolstack(machine, { s1, g: granule }, { beside: (k) => [hub.service(k)] });
  const factory = engineFor(setting, parts);
  const { domain, ports } = toolstack.createDomain({
    name: "guest", granule, ram: memory, vcpus: Array.from({ length: vcpus }, () => factory), online: 1,
  });
  describeGuest(toolstack, domain);
  const { uart } = machine.get(ArmPlatformPort).attach(domain, { map: XEN_GUEST_MAP, output: (byte) => screen.byte("uart", byte) });
  load(machine.get(GuestMemoryPort), domain, cpu, bootPlan);
  // the emergency console
  machine.get(ConsolesPort).onLine((domid, line) => {
    if (domid === domain.domid) screen.text("console_io", `${line}\n`);
  });
  hub.attach(domain.domid, ports.console);
  toolstack.wake();
  const backend = disk === undefined ? undefined : attachDisk(toolstack, domain, { disk, stage1: s1, stage2: setting.diskStage2 ?? granule });
  const run = kernelRun(machine, domain, counter, (text) => {
    if (screen.last === "uart") uart.push(new TextEncoder().encode(text));
    else {
      hub.type(domain.domid, text);
      toolstack.wake();
    }
  });
  return { ...run, disk: backend };
}
