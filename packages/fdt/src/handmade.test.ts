/** The trees of vectors/virt.dts and vectors/dom0less.dts, written with this package: the blobs must be dtc's. */
import { expect, test } from "vitest";
import { gib, kib, mib } from "@granule/units";
import { file } from "../test/blobs.ts";
import { buildFdt, node, type NodeSource, phandleOf, prop } from "./index.ts";

test("virt: references get the phandles that dtc gives them", () => {
  const cpu = (n: number): NodeSource =>
    node(`cpu@${n}`, [prop.string("device_type", "cpu"), prop.string("compatible", "arm,cortex-a57"), prop.u32("reg", n), prop.string("enable-method", "psci")]);
  const core = (n: number): NodeSource => node(`core${n}`, [prop.cells("cpu", [phandleOf(`/cpus/cpu@${n}`)])]);
  const gic = "/interrupt-controller@8000000";
  const blob = buildFdt({
    reservations: [{ address: 0x48000000, size: kib(64) }, { address: 0x8080000000, size: kib(128) }],
    root: node("", [
      prop.string("compatible", "linux,dummy-virt"), prop.u32("#address-cells", 2), prop.u32("#size-cells", 2), prop.cells("interrupt-parent", [phandleOf(gic)]),
    ], [
      node("chosen", [
        prop.string("stdout-path", "serial0:115200n8"), prop.string("bootargs", "console=ttyAMA0 root=/dev/vda"),
        prop.u64("linux,initrd-start", 0x48000000), prop.u64("linux,initrd-end", 0x48400000), prop.u64("kaslr-seed", 0xfedcba9876543210n),
      ]),
      node("aliases", [prop.string("serial0", "/pl011@9000000")]),
      node("memory@40000000", [
        prop.string("device_type", "memory"), prop.reg(2, 2, [{ address: gib(1), size: gib(1) }, { address: gib(514), size: gib(4) }]),
      ]),
      node("cpus", [prop.u32("#address-cells", 1), prop.u32("#size-cells", 0)], [
        cpu(0), cpu(1), node("cpu-map", [], [node("cluster0", [], [core(0), core(1)])]),
      ]),
      node("psci", [prop.strings("compatible", ["arm,psci-1.0", "arm,psci-0.2", "arm,psci"]), prop.string("method", "hvc")]),
      node("timer", [
        prop.string("compatible", "arm,armv8-timer"), prop.cells("interrupts", [13, 14, 11, 10].flatMap((n) => [1, n, 0xf08])), prop.empty("always-on"),
      ]),
      node("interrupt-controller@8000000", [
        prop.string("compatible", "arm,gic-v3"), prop.u32("#interrupt-cells", 3), prop.u32("#address-cells", 2), prop.u32("#size-cells", 2),
        prop.empty("ranges"), prop.empty("interrupt-controller"),
        prop.reg(2, 2, [{ address: 0x8000000, size: kib(64) }, { address: 0x80a0000, size: 0xf60000 }]),
      ], [
        node("msi-controller@8080000", [
          prop.string("compatible", "arm,gic-v3-its"), prop.empty("msi-controller"), prop.u32("#msi-cells", 1),
          prop.reg(2, 2, [{ address: 0x8080000, size: kib(128) }]), prop.u32("phandle", 2),
        ]),
      ]),
      node("apb-pclk", [prop.string("compatible", "fixed-clock"), prop.u32("#clock-cells", 0), prop.u32("clock-frequency", 24_000_000)]),
      node("pl011@9000000", [
        prop.strings("compatible", ["arm,pl011", "arm,primecell"]), prop.reg(2, 2, [{ address: 0x9000000, size: kib(4) }]), prop.cells("interrupts", [0, 1, 4]),
        prop.cells("clocks", [phandleOf("/apb-pclk"), phandleOf("/apb-pclk")]), prop.strings("clock-names", ["uartclk", "apb_pclk"]),
      ]),
      node("pcie@10000000", [
        prop.string("compatible", "pci-host-ecam-generic"), prop.cells("msi-map", [0, phandleOf(`${gic}/msi-controller@8080000`), 0, 0x10000]),
        prop.bytes("mac-address", [0x52, 0x54, 0, 0x12, 0x34, 0x56]),
      ]),
    ]),
  });
  expect(blob).toEqual(file("virt.dtb"));
});

test("dom0less: numeric phandles, children of one cell of size", () => {
  const counts = [prop.u32("#address-cells", 2), prop.u32("#size-cells", 1)];
  const boot = (kind: string, address: number, size: number, bootargs?: string) =>
    node(`module@${address.toString(16)}`, [
      prop.strings("compatible", [`multiboot,${kind}`, "multiboot,module"]), prop.reg(2, 1, [{ address, size }]),
      ...(bootargs === undefined ? [] : [prop.string("bootargs", bootargs)]),
    ]);
  const blob = buildFdt({
    root: node("", [...counts, prop.u32("interrupt-parent", 65000)], [
      node("chosen", [...counts, prop.string("xen,xen-bootargs", "console=dtuart dtuart=serial0 dom0_mem=512M")], [
        boot("kernel", 0x42000000, mib(28), "console=hvc0 earlycon=xen"),
        node("domU1", [
          prop.string("compatible", "xen,domain"), ...counts, prop.u64("memory", mib(128) / kib(1)), prop.u32("cpus", 1), prop.empty("vpl011"),
          prop.reg(2, 1, [{ address: 0x50000000, size: mib(128) }], "xen,static-mem"),
        ], [boot("kernel", 0x44000000, mib(15), "console=ttyAMA0"), boot("ramdisk", 0x45000000, mib(8))]),
        node("domU2", [prop.string("compatible", "xen,domain"), ...counts, prop.u64("memory", mib(256) / kib(1)), prop.u32("cpus", 2)], [
          boot("kernel", 0x46000000, mib(15)), boot("device-tree", 0x47000000, kib(4)),
        ]),
      ]),
      node("hypervisor", [
        prop.strings("compatible", ["xen,xen-4.17", "xen,xen"]), prop.reg(2, 1, [{ address: 0x38000000, size: mib(16) }]), prop.cells("interrupts", [1, 15, 0xf08]),
      ]),
      node("interrupt-controller@3001000", [
        prop.string("compatible", "arm,cortex-a15-gic"), prop.u32("#interrupt-cells", 3), prop.u32("#address-cells", 0), prop.empty("interrupt-controller"),
        prop.reg(2, 1, [{ address: 0x3001000, size: kib(4) }, { address: 0x3002000, size: kib(8) }]), prop.u32("phandle", 65000),
      ]),
    ]),
  });
  expect(blob).toEqual(file("dom0less.dtb"));
});
