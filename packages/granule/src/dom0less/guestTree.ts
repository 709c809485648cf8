/**
 * The device tree that Xen gives a domain without a toolstack. Source: Xen, docs/features/dom0less.pandoc; the Linux bindings of its
 * nodes; order, flags and phandle as observed on Xen 4.17, byte for byte.
 */
import { type FdtNode, node, prop } from "@granule/fdt";
import { type Bytes, gib, mib, type Range, roundUp, toNumber } from "@granule/units";
import type { DomainSetting, HostSetting } from "./contract.ts";
import { sequentialFdt } from "./sequentialFdt.ts";

/** Of the interrupt controller, the only node that is referred to. */
const GIC_PHANDLE = 0xfde8;
const PPI = 1;
const SPI = 0;
const LEVEL_LOW = 0xf08;
const LEVEL_HIGH = 0xf04;
/** Secure and Non-secure physical timer, virtual timer, event channel: PPIs, from 16 on. */
const TIMER_PPIS = [13, 14, 11] as const;
const EVENT_PPI = 15;
/** Of PSCI 0.1, whose functions have no standard numbers. */
const PSCI_0_1 = { cpu_off: 1, cpu_on: 2 } as const;
/** GUEST_RAM1_BASE and the end of the address space. */
const RAM1_START = /* @__PURE__ */ gib(8);
const SPACE_END = /* @__PURE__ */ gib(1024);
const RAM0_END = /* @__PURE__ */ gib(4);
const REGION_ALIGNMENT = /* @__PURE__ */ mib(2);

interface At {
  readonly address: number;
  readonly size: Bytes;
}
const reg = (...ranges: readonly At[]): ReturnType<typeof prop.reg> => prop.reg(2, 2, ranges);
const parent = prop.u32("interrupt-parent", GIC_PHANDLE);
const ppi = (n: number): readonly number[] => [PPI, n, LEVEL_LOW];

function gicNode(version: 2 | 3): FdtNode {
  const registers: readonly At[] = version === 3 ? [{ address: 0x3001000, size: 0x10000 }, { address: 0x3020000, size: 0x1000000 }] : [{ address: 0x3001000, size: 0x1000 }, { address: 0x3002000, size: 0x2000 }]; // MAGIC: GUEST_GIC*_BASE and sizes
  return node("interrupt-controller@3001000", [
    prop.u32("#address-cells", 0), prop.u32("#interrupt-cells", 3), prop.empty("interrupt-controller"),
    prop.string("compatible", version === 3 ? "arm,gic-v3" : "arm,gic-400"), reg(...registers), prop.u32("linux,phandle", GIC_PHANDLE), prop.u32("phandle", GIC_PHANDLE),
  ]);
}

/** `ramdisk`: where it lies in the domain. */
export function domainTree(host: HostSetting, d: DomainSetting, ram: Range<"ipa">, ramdisk: Range<"ipa"> | undefined): Uint8Array {
  const start = toNumber(ram.start);
  const free = roundUp(start + ram.size, REGION_ALIGNMENT);
  const chosen = [
    ...(d.bootargs === undefined ? [] : [prop.string("bootargs", d.bootargs)]),
    ...(ramdisk === undefined ? [] : [prop.u64("linux,initrd-start", toNumber(ramdisk.start)), prop.u64("linux,initrd-end", toNumber(ramdisk.start) + ramdisk.size)]),
  ];
  const cpus = Array.from({ length: d.vcpus }, (_, i) =>
    node(`cpu@${i}`, [prop.string("compatible", host.cpu), prop.string("device_type", "cpu"), prop.u32("reg", i), prop.string("enable-method", "psci")]),
  );
  const children = [
    node("chosen", chosen),
    node("psci", [prop.strings("compatible", ["arm,psci-1.0", "arm,psci-0.2", "arm,psci"]), prop.string("method", "hvc"), prop.u32("cpu_off", PSCI_0_1.cpu_off), prop.u32("cpu_on", PSCI_0_1.cpu_on)]),
    node("cpus", [prop.u32("#address-cells", 1), prop.u32("#size-cells", 0)], cpus),
    node(`memory@${start.toString(16)}`, [prop.string("device_type", "memory"), reg({ address: start, size: ram.size })]),
    gicNode(host.gic),
    node("timer", [prop.string("compatible", "arm,armv8-timer"), prop.cells("interrupts", TIMER_PPIS.flatMap(ppi)), parent]),
  ];
  if (d.hasUart)
    children.push(node("sbsa-uart@22000000", [
      prop.string("compatible", "arm,sbsa-uart"), reg({ address: 0x22000000, size: 0x1000 }), prop.cells("interrupts", [SPI, 0, LEVEL_HIGH]), parent, prop.u32("current-speed", 115200), // MAGIC: GUEST_PL011_BASE, GUEST_PL011_SIZE
    ]));
  if (d.enhanced !== "disabled")
    children.push(node("hypervisor", [
      prop.strings("compatible", ["xen,xen-4.17", "xen,xen"]),
      reg({ address: 0x38000000, size: mib(16) }, { address: free, size: RAM0_END - free }, { address: RAM1_START, size: SPACE_END - RAM1_START }), // MAGIC: GUEST_GNTTAB_BASE
      prop.cells("interrupts", ppi(EVENT_PPI)), parent,
    ]));
  return sequentialFdt(node("", [prop.u32("#address-cells", 2), prop.u32("#size-cells", 2)], children));
}
