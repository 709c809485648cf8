// TABLE: where guests find their devices
/**
 * Memory maps of two platforms: a Xen guest, and QEMU's "virt" machine for guests that know nothing of Xen.
 * Sources: xen/include/public/arch-arm.h, "Physical Address Space" (GUEST_*); QEMU's documentation of the "virt" machine, and the
 * device tree that it gives its guests.
 */
import { type Bytes, gib, ipa, kib, mib, range, type Range } from "@granule/units";
import type { MemoryMap } from "../contract.ts";

const at = (start: number, size: Bytes): Range<"ipa"> => range(ipa(start), size);

/** What Xen's toolstack gives a guest with a GICv2: GUEST_GICD_BASE, GUEST_GICC_BASE, GUEST_PL011_BASE, GUEST_RAM0_BASE and so on. */
export const XEN_GUEST_MAP: MemoryMap = /* @__PURE__ */ Object.freeze({
  name: "xen",
  gicd: { at: at(0x0300_1000, kib(4)) },
  gicc: { at: at(0x0300_2000, kib(8)) },
  // GUEST_VPL011_SPI
  uart: { at: at(0x2200_0000, kib(4)), intid: 32 },
  ram: at(0x4000_0000, gib(3)),
  xen: {
    grantTable: at(0x3800_0000, mib(16)),
    magic: at(0x3900_0000, mib(16)),
    // GUEST_EVTCHN_PPI
    eventChannel: 31,
  },
} satisfies MemoryMap);

/** QEMU's virt machine with a GICv2, as far as it is modelled: interrupt controller, one PL011, RAM. */
export const VIRT_MAP: MemoryMap = /* @__PURE__ */ Object.freeze({
  name: "virt",
  gicd: { at: at(0x0800_0000, kib(64)) },
  gicc: { at: at(0x0801_0000, kib(64)) },
  uart: { at: at(0x0900_0000, kib(4)), intid: 33 },
  ram: at(0x4000_0000, gib(255)),
} satisfies MemoryMap);
