import { find, type FdtNode, parseFdt, read, walk } from "@granule/fdt";
import { ipa, kib, mib, range } from "@granule/units";
import { describe, expect, it } from "vitest";
import type { DeviceTreeOptions, MemoryMap } from "../contract.ts";
import { buildDeviceTree } from "./deviceTree.ts";
import { VIRT_MAP, XEN_GUEST_MAP } from "./maps.ts";

interface Tree {
  at(path: string): FdtNode;
  has(path: string): boolean;
  readonly paths: readonly string[];
}
function treeOf(options: DeviceTreeOptions): Tree {
  const tree = parseFdt(buildDeviceTree(options));
  if (!tree.ok) throw new Error(tree.why);
  const paths = [...walk(tree.value.root)].map((visit) => visit.path);
  return {
    paths,
    has: (path) => find(tree.value, path) !== undefined,
    at(path) {
      const node = find(tree.value, path);
      if (node === undefined) throw new Error(`no ${path} in ${paths.join(" ")}`);
      return node;
    },
  };
}
const value = <T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string }): T => {
  if (!result.ok) throw new Error(result.why);
  return result.value;
};
const cells = (node: FdtNode, name: string): readonly number[] => value(read.cells(node, name));
const strings = (node: FdtNode, name: string): readonly string[] => value(read.strings(node, name));
/** Interrupts as INTID and flags, the way an interrupt controller driver reads them. */
const interrupts = (node: FdtNode): readonly (readonly [number, number])[] => {
  const list = cells(node, "interrupts");
  expect(list.length % 3).toBe(0);
  return Array.from({ length: list.length / 3 }, (_, i) => {
    const [kind, n, flags] = list.slice(3 * i);
    return [n! + (kind === 1 ? 16 : 32), flags!] as const;
  });
};
const base = (map: MemoryMap): DeviceTreeOptions => ({ map, vcpus: 2, memory: mib(128) });

describe("device trees", () => {
  it("Xen's guest: what the toolstack tells a guest of GICv2, timers, memory, console and hypervisor", () => {
    const extended = range(ipa(0x10_0000_0000), mib(64));
    const t = treeOf({ ...base(XEN_GUEST_MAP), cmdline: "console=hvc0", initrd: range(ipa(0x4400_0000), 12345), extendedRegions: [extended] });
    expect(strings(t.at("/"), "compatible")).toEqual(["xen,xenvm-4.17", "xen,xenvm"]);
    expect(value(read.reg(t.at("/interrupt-controller@3001000"), 2, 2))).toEqual([{ address: 0x3001000, size: 0x1000 }, { address: 0x3002000, size: 0x2000 }]);
    expect(value(read.reg(t.at("/memory@40000000"), 2, 2))).toEqual([{ address: 0x40000000, size: mib(128) }]);
    const hypervisor = t.at("/hypervisor");
    expect(strings(hypervisor, "compatible")).toEqual(["xen,xen-4.17", "xen,xen"]);
    expect(value(read.reg(hypervisor, 2, 2))).toEqual([{ address: 0x38000000, size: mib(16) }, { address: 0x1000000000, size: mib(64) }]);
    expect(interrupts(hypervisor)).toEqual([[31, 0x304]]);
    expect(interrupts(t.at("/sbsa-uart@22000000"))).toEqual([[32, 4]]);
    expect(strings(t.at("/sbsa-uart@22000000"), "compatible")).toEqual(["arm,sbsa-uart"]);
    const chosen = t.at("/chosen");
    expect(strings(chosen, "bootargs")).toEqual(["console=hvc0"]);
    expect([cells(chosen, "linux,initrd-start"), cells(chosen, "linux,initrd-end")]).toEqual([[0, 0x44000000], [0, 0x44000000 + 12345]]);
    expect(t.has(strings(chosen, "stdout-path")[0]!)).toBe(true);
  });

  it("QEMU's virt machine: a PL011 with its clocks, no hypervisor", () => {
    const t = treeOf({ ...base(VIRT_MAP), psci: "smc" });
    expect(t.has("/hypervisor")).toBe(false);
    expect(value(read.reg(t.at("/interrupt-controller@8000000"), 2, 2))).toEqual([{ address: 0x8000000, size: kib(64) }, { address: 0x8010000, size: kib(64) }]);
    const uart = t.at("/pl011@9000000");
    expect(strings(uart, "compatible")).toEqual(["arm,pl011", "arm,primecell"]);
    expect(interrupts(uart)).toEqual([[33, 4]]);
    const clock = cells(t.at("/apb-pclk"), "phandle")[0];
    expect(cells(uart, "clocks")).toEqual([clock, clock]);
    expect(strings(uart, "clock-names")).toEqual(["uartclk", "apb_pclk"]);
    expect(strings(t.at("/psci"), "method")).toEqual(["smc"]);
  });

  it.each([["xen", XEN_GUEST_MAP], ["virt", VIRT_MAP]] as const)("%s: CPUs, PSCI, timers and interrupt parent for 1 to 8 vcpus", (_, map) => {
    for (let vcpus = 1; vcpus <= 8; vcpus++) {
      const t = treeOf({ ...base(map), vcpus });
      const mask = (2 ** vcpus - 1) * 256 + 4;
      expect(interrupts(t.at("/timer"))).toEqual([[29, mask], [30, mask], [27, mask], [26, mask]]);
      expect(t.paths.filter((p) => p.startsWith("/cpus/")).length).toBe(vcpus);
      for (let i = 0; i < vcpus; i++) expect([cells(t.at(`/cpus/cpu@${i}`), "reg"), strings(t.at(`/cpus/cpu@${i}`), "enable-method")]).toEqual([[i], ["psci"]]);
      expect(strings(t.at("/psci"), "compatible")).toContain("arm,psci-0.2");
      const gic = t.paths.find((p) => p.startsWith("/interrupt-controller@"))!;
      expect(cells(t.at("/"), "interrupt-parent")).toEqual(cells(t.at(gic), "phandle"));
      expect(cells(t.at(gic), "#interrupt-cells")).toEqual([3]);
    }
  });

  it("without a UART there is neither node nor stdout-path", () => {
    const t = treeOf({ ...base(VIRT_MAP), uart: false });
    expect([t.has("/pl011@9000000"), t.has("/apb-pclk"), read.strings(t.at("/chosen"), "stdout-path").ok]).toEqual([false, false, false]);
  });

  it("refuses what is no machine", () => {
    for (const wrong of [{ vcpus: 0 }, { vcpus: 9 }, { vcpus: 1.5 }, { memory: 0 }, { memory: mib(4096) }, { memory: NaN }])
      expect(() => buildDeviceTree({ ...base(XEN_GUEST_MAP), ...wrong })).toThrow(RangeError);
    expect(() => buildDeviceTree({ ...base(XEN_GUEST_MAP), cmdline: "a\0b" })).toThrow(RangeError);
  });
});

describe("maps", () => {
  it.each([["xen", XEN_GUEST_MAP], ["virt", VIRT_MAP]] as const)("%s: nothing overlaps", (_, map) => {
    const ranges = [map.gicd.at, map.gicc.at, map.uart.at, map.ram, ...(map.xen === undefined ? [] : [map.xen.grantTable, map.xen.magic])];
    const sorted = ranges.map((r) => [Number(r.start), Number(r.start) + r.size] as const).sort((a, b) => a[0] - b[0]);
    sorted.slice(1).forEach(([start], i) => expect(start).toBeGreaterThanOrEqual(sorted[i]![1]));
  });
});
