/**
 * The device tree that a guest starts with: CPUs, memory, PSCI, timers, interrupt controller, UART and, for Xen, the hypervisor.
 * Sources: the Linux devicetree bindings arm/cpus, arm/psci, arm,arch_timer, arm,gic, arm,pl011, arm,sbsa-uart and arm/xen;
 * Devicetree Specification v0.4, 3.6 "/chosen Node". Small on purpose: every node costs a guest time.
 */
import { buildFdt, type FdtSource, node, type NodeSource, phandleOf, prop, type PropertySource } from "@granule/fdt";
import { add, type Range, toNumber } from "@granule/units";
import type { DeviceTreeOptions, MemoryMap } from "../contract.ts";

/** First cell of an interrupt; the second counts from the first INTID of the kind. */
const SPI = 0;
const PPI = 1;
const FIRST_SPI = 32;
const FIRST_PPI = 16;
/** Third cell: active high and level-sensitive; for PPIs with the CPUs in bits 15:8. */
const LEVEL_HIGH = 4;
/** Secure and Non-secure EL1 physical timer, virtual timer, EL2 physical timer. */
const TIMERS = [29, 30, 27, 26] as const;
/** Hz. Nobody measures the baud rate. */
const UART_CLOCK = 24_000_000;

const hexName = (base: string, at: Range<"ipa">): string => `${base}@${toNumber(at.start).toString(16)}`;
const spi = (intid: number): readonly number[] => [SPI, intid - FIRST_SPI, LEVEL_HIGH];
const ppi = (intid: number, vcpus: number): readonly number[] => [PPI, intid - FIRST_PPI, (((1 << vcpus) - 1) << 8) | LEVEL_HIGH];
const reg = (...ranges: readonly Range<"ipa">[]): PropertySource => prop.reg(2, 2, ranges.map((r) => ({ address: toNumber(r.start), size: r.size })));
const gicName = (map: MemoryMap): string => hexName("interrupt-controller", map.gicd.at);

function cpus({ vcpus, cpu = "arm,cortex-a35" }: DeviceTreeOptions): NodeSource {
  const one = (index: number): NodeSource =>
    node(`cpu@${index}`, [
      prop.string("device_type", "cpu"), prop.strings("compatible", [cpu, "arm,armv8"]), prop.u32("reg", index), prop.string("enable-method", "psci"),
    ]);
  return node("cpus", [prop.u32("#address-cells", 1), prop.u32("#size-cells", 0)], Array.from({ length: vcpus }, (_, index) => one(index)));
}

/** Xen's console is the SBSA subset, which has no clock; QEMU's is a whole PL011 with two. */
function uart(map: MemoryMap): readonly NodeSource[] {
  const at = [reg(map.uart.at), prop.cells("interrupts", spi(map.uart.intid ?? FIRST_SPI))];
  if (map.xen !== undefined) return [node(uartName(map), [prop.string("compatible", "arm,sbsa-uart"), ...at, prop.u32("current-speed", 115200)])];
  const clock = phandleOf("/apb-pclk");
  return [
    node("apb-pclk", [
      prop.string("compatible", "fixed-clock"), prop.u32("#clock-cells", 0), prop.u32("clock-frequency", UART_CLOCK), prop.string("clock-output-names", "clk24mhz"),
    ]),
    node(uartName(map), [
      prop.strings("compatible", ["arm,pl011", "arm,primecell"]), ...at, prop.strings("clock-names", ["uartclk", "apb_pclk"]), prop.cells("clocks", [clock, clock]),
    ]),
  ];
}
const uartName = (map: MemoryMap): string => hexName(map.xen === undefined ? "pl011" : "sbsa-uart", map.uart.at);

function chosen({ cmdline, initrd, map, uart: hasUart = true }: DeviceTreeOptions): NodeSource {
  const properties: PropertySource[] = [];
  if (cmdline !== undefined) properties.push(prop.string("bootargs", cmdline));
  if (initrd !== undefined)
    properties.push(prop.u64("linux,initrd-start", toNumber(initrd.start)), prop.u64("linux,initrd-end", toNumber(add(initrd.start, initrd.size))));
  if (hasUart) properties.push(prop.string("stdout-path", `/${uartName(map)}`));
  return node("chosen", properties);
}

/**
 * The tree as a value, for those who add to it.
 *
 * @throws RangeError on a cmdline with a NUL, and when memory or vcpus are not positive or more than the map has.
 */
export function deviceTreeSource(options: DeviceTreeOptions): FdtSource {
  const { map, vcpus, memory, psci = "hvc", uart: hasUart = true, extendedRegions = [] } = options;
  if (!Number.isInteger(vcpus) || vcpus < 1 || vcpus > 8) throw new RangeError(`device tree: ${vcpus} vcpus, not 1 to 8`);
  if (!(memory > 0 && memory <= map.ram.size)) throw new RangeError(`device tree: memory of ${memory} bytes, not 1 to ${map.ram.size} bytes`);
  const ram: Range<"ipa"> = { start: map.ram.start, size: memory };
  const children: NodeSource[] = [
    chosen(options),
    cpus(options),
    node(hexName("memory", ram), [prop.string("device_type", "memory"), reg(ram)]),
    node("psci", [prop.strings("compatible", ["arm,psci-1.0", "arm,psci-0.2"]), prop.string("method", psci)]),
    node("timer", [
      prop.string("compatible", "arm,armv8-timer"), prop.cells("interrupts", TIMERS.flatMap((intid) => ppi(intid, vcpus))), prop.empty("always-on"),
    ]),
    node(gicName(map), [
      prop.string("compatible", "arm,cortex-a15-gic"), prop.u32("#interrupt-cells", 3), prop.u32("#address-cells", 0), prop.empty("interrupt-controller"),
      reg(map.gicd.at, map.gicc.at),
    ]),
  ];
  if (hasUart) children.push(...uart(map));
  if (map.xen !== undefined)
    children.push(
      node("hypervisor", [
        prop.strings("compatible", ["xen,xen-4.17", "xen,xen"]), reg(map.xen.grantTable, ...extendedRegions),
        prop.cells("interrupts", ppi(map.xen.eventChannel, vcpus)),
      ]),
    );
  const compatible = map.xen === undefined ? prop.string("compatible", "linux,dummy-virt") : prop.strings("compatible", ["xen,xenvm-4.17", "xen,xenvm"]);
  return {
    root: node("", [
      compatible, prop.u32("#address-cells", 2), prop.u32("#size-cells", 2), prop.cells("interrupt-parent", [phandleOf(`/${gicName(map)}`)]),
    ], children),
  };
}

/** {@link deviceTreeSource} as a blob. @throws RangeError as there. */
export const buildDeviceTree = (options: DeviceTreeOptions): Uint8Array<ArrayBuffer> => buildFdt(deviceTreeSource(options));
