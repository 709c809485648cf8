/**
 * `granule dom0less`: the host that Xen boots on, without Xen: its device tree and what a boot loader put into memory become domains, and
 * their consoles are shown as Xen shows them. Personality xen-4.17, G = 4K.
 */
import { ConsolesPort, type Domain, DomainsPort, GuestMemoryPort, layoutFor, type Scheduler, SchedulerPort } from "@granule/hypervisor";
import { EventPort } from "@granule/event-channels";
import { assemble, type Machine } from "@granule/kit";
import { type EngineFactory, MachinePort } from "@granule/machine";
import { type BootPiece, type BootPlan, loadImage, type MemoryMap, placeImage, XEN_GUEST_MAP } from "@granule/platform";
import { type Bytes, GRANULE_4K, GranuleError, ipa, mib, range, roundUp, toNumber } from "@granule/units";
import { C } from "@granule/xen-abi";
import { armPlatform } from "../arm/armPlatform.ts";
import { ArmPlatformPort } from "../arm/contract.ts";
import { ENGINES } from "../arm/engines.ts";
import { load } from "../arm/load.ts";
import { preset } from "../preset.ts";
import { shownLine, uartLines } from "./consoles.ts";
import type { Dom0lessOptions, DomainSetting, HostSetting } from "./contract.ts";
import { domainTree } from "./guestTree.ts";
import { parseHost } from "./hostTree.ts";
import { switchTime } from "./switchTime.ts";

/** The observed host's CPU. */
const CPU = "cortex-a57";
/** Beside the domains' RAM: grant tables, shared_info, alignment. */
const OVERHEAD = /* @__PURE__ */ mib(64);
const TABLES = /* @__PURE__ */ mib(96);
/** Kernel modules lie in units of this size, below the end of RAM or of its first 128 MiB. */
const MODULE_UNIT = /* @__PURE__ */ mib(2);
const LOW_RAM = /* @__PURE__ */ mib(128);
/** Where Xen gave the observed control domain its RAM: it is where the machine has it. */
const DOM0_RAM = /* @__PURE__ */ ipa(0x4400_0000);
/** The first PPI that the host does not use; HVM_PARAM_CALLBACK_TYPE_PPI, level-sensitive and active high. */
const DOM0_PPI = 16;
const DOM0_CALLBACK = (2n << 56n) | (2n << 8n) | BigInt(DOM0_PPI);
const DOM0_MAP: MemoryMap = { ...XEN_GUEST_MAP, ...(XEN_GUEST_MAP.xen === undefined ? {} : { xen: { ...XEN_GUEST_MAP.xen, eventChannel: DOM0_PPI } }) };
/** The store's page is not there yet; its event channel is, for the control domain to bind to. */
const NO_STORE_PAGE = 2n ** 64n - 1n;
/** Scheduler turns of a step. */
const SLICES = 2000;

/** A host and its domains. */
export interface Dom0less {
  readonly machine: Machine;
  readonly host: HostSetting;
  readonly domains: readonly Domain[];
  /** Runs some turns. "stuck": every domain that is left waits for ever. */
  step(options?: Parameters<Scheduler["run"]>[0]): "running" | "waiting" | "stuck" | "ended";
}

/** Where Xen puts everything: the kernel where it wants to be, ramdisk and device tree at the end of low RAM. */
async function planDomain(host: HostSetting, d: DomainSetting, ramStart: number): Promise<BootPlan> {
  const ram = range(ipa(ramStart), d.memory);
  const image = await loadImage(d.kernel);
  if (!image.ok) throw new GranuleError("GRAN0110", `device tree: node ${d.node}: the kernel: ${image.why}`);
  const where = placeImage(image.value, { ram });
  if (!where.ok) throw new GranuleError("GRAN0110", `device tree: node ${d.node}: property memory: ${d.memory} bytes: ${where.why}`);
  const end = ramStart + Math.min(d.memory, LOW_RAM);
  const size = d.ramdisk?.length ?? 0;
  const ramdiskAt = end - roundUp(size, MODULE_UNIT);
  const dtbAt = ramdiskAt - MODULE_UNIT;
  const ramdisk = d.ramdisk === undefined ? undefined : range(ipa(ramdiskAt), size);
  const dtb = domainTree(host, d, ram, ramdisk);
  const top = Math.max(...where.value.kernel.map((k) => toNumber(k.at) + k.size));
  if (top > dtbAt) throw new GranuleError("GRAN0110", `device tree: node ${d.node}: property memory: kernel and modules do not fit ${d.memory} bytes`);
  const pieces: BootPiece[] = where.value.kernel.map((k) => ({ what: "kernel", ...k }));
  pieces.push({ what: "dtb", at: ipa(dtbAt), size: MODULE_UNIT, bytes: dtb });
  if (d.ramdisk !== undefined) pieces.push({ what: "initrd", at: ipa(ramdiskAt), size, bytes: d.ramdisk });
  return { pieces, entry: where.value.entry, dtb: ipa(dtbAt) };
}

/** Static event channels: ports of their own numbers, bound before anybody runs. */
function bindChannels(machine: Machine, host: HostSetting): void {
  const events = machine.get(EventPort);
  const domains = machine.get(DomainsPort);
  for (const d of host.domains)
    for (const c of d.channels) {
      // each pair is written at both ends
      if (c.remoteDomid < d.domid || (c.remoteDomid === d.domid && c.remotePort < c.port)) continue;
      const [a, b] = [domains.get(d.domid), domains.get(c.remoteDomid)];
      const bound = a === undefined || b === undefined ? undefined : events.bindStatic(a, c.port, b, c.remotePort);
      if (bound?.ok !== true) throw new GranuleError("GRAN0110", `device tree: node ${d.node}: property xen,evtchn: ${bound?.why ?? `no domain ${c.remoteDomid}`}`);
    }
}

/**
 * Builds the machine and all domains; nothing runs before {@link Dom0less.step}. @throws GranuleError GRAN0110 about the device tree,
 * GRAN0111 about Xen's command line, GRAN0034 when a domain cannot be built.
 *
 * @example
 * const run = await dom0less({ dtb, files: [{ address: 0x6000_0000, bytes: image, name: "guest.img" }], output: console.log });
 * while (run.step() === "running");
 */
export async function dom0less(options: Dom0lessOptions): Promise<Dom0less> {
  const { dtb, files, xenArgs, output, engine = "fast", trace, seed } = options;
  const host = parseHost(dtb, files, xenArgs);
  const all: Bytes = host.domains.reduce((sum, d) => sum + roundUp(d.memory, MODULE_UNIT), OVERHEAD);
  const machine = assemble([...preset({ cpu: CPU, ram: all, tables: TABLES, personality: "xen-4.17", xsm: host.xsm }), armPlatform(), switchTime()], {
    ...(trace === undefined ? {} : { trace }), ...(seed === undefined ? {} : { seed }),
  });
  const parts = machine.get(MachinePort);
  const factory: EngineFactory = typeof engine === "string" ? ENGINES[engine](parts) : engine(parts);
  const domains: Domain[] = [];
  for (const d of host.domains) {
    const { ram } = layoutFor(d.memory, d.domid === 0 ? DOM0_RAM : undefined);
    const plan = await planDomain(host, d, toNumber(ram.start));
    const made = machine.get(DomainsPort).create({
      name: d.node.slice(d.node.lastIndexOf("/") + 1), domid: d.domid, privileged: d.domid === 0, granule: GRANULE_4K, ram: d.memory,
      vcpus: Array.from({ length: d.vcpus }, () => factory), online: 1,
      ...(d.domid === 0 ? { ramAt: DOM0_RAM } : {}),
    });
    if (!made.ok) throw new GranuleError("GRAN0034", made.why);
    machine.get(ArmPlatformPort).attach(made.value, { map: d.domid === 0 ? DOM0_MAP : XEN_GUEST_MAP, gic: host.gic, uart: d.hasUart, exact: true, output: uartLines(d.domid, output) });
    load(machine.get(GuestMemoryPort), made.value, parts.cpu, plan, true);
    if (d.domid === 0) made.value.params.set(C.HVM_PARAM_CALLBACK_IRQ, DOM0_CALLBACK);
    if (d.enhanced === "enabled" && d.domid !== 0) {
      const port = machine.get(EventPort).allocUnbound(made.value, 0);
      if (!port.ok) throw new GranuleError("GRAN0034", port.why);
      made.value.params.set(C.HVM_PARAM_STORE_EVTCHN, BigInt(port.value)).set(C.HVM_PARAM_STORE_PFN, NO_STORE_PAGE);
    }
    domains.push(made.value);
  }
  bindChannels(machine, host);
  machine.get(ConsolesPort).onLine((domid, text) => output(shownLine(domid, text), domid));
  const scheduler = machine.get(SchedulerPort);
  return {
    machine, host, domains,
    step(step = {}) {
      // the control domain is the hardware domain: its end is the machine's
      const isOver = (): boolean => domains.every((d) => d.state !== "running") || domains.some((d) => d.domid === 0 && d.state !== "running");
      const ended = scheduler.run({ slices: SLICES, until: isOver, ...step });
      if (isOver()) return "ended";
      return ended === "idle" ? "stuck" : ended === "horizon" ? "waiting" : "running";
    },
  };
}
