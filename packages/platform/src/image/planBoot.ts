/** Everything that a guest's memory holds when it starts, from a kernel and what it is to be started with. */
import { type Bytes, fail, formatBytes, type Ipa, ok, type Result } from "@granule/units";
import { buildDeviceTree } from "../board/deviceTree.ts";
import type { DeviceTreeOptions, KernelImage, PlaceCode } from "../contract.ts";
import { placeImage } from "./placeImage.ts";

/** A device tree's options, and the initramfs itself. */
export interface PlanBootOptions extends Omit<DeviceTreeOptions, "initrd"> {
  /** The initramfs. */
  readonly initrd?: Uint8Array;
}
/** Bytes to write; the rest of RAM is zero. */
export interface BootPiece {
  readonly what: "kernel" | "dtb" | "initrd";
  readonly at: Ipa;
  /** Bytes in memory: what is beyond `bytes` is zero. */
  readonly size: Bytes;
  readonly bytes: Uint8Array;
}
/** All pieces, and the registers that are not zero. */
export interface BootPlan {
  readonly pieces: readonly BootPiece[];
  /** PC at start: EL1, MMU and caches off, interrupts masked. */
  readonly entry: Ipa;
  /** x0 at start; x1..x3 are 0. */
  readonly dtb: Ipa;
}

/**
 * Places a kernel and builds its device tree.
 *
 * @throws RangeError as `buildDeviceTree`.
 * @example
 * const plan = planBoot(image, { map: XEN_GUEST_MAP, vcpus: 1, memory: mib(128), cmdline: "console=hvc0" });
 * if (plan.ok) for (const piece of plan.value.pieces) write(piece.at, piece.bytes);
 */
export function planBoot(image: KernelImage, { initrd, ...options }: PlanBootOptions): Result<BootPlan, PlaceCode> {
  const where = placeImage(image, { ram: { start: options.map.ram.start, size: options.memory }, initrd: initrd?.length ?? 0 });
  if (!where.ok) return where;
  const { kernel, entry, dtb, initrd: place } = where.value;
  const tree = buildDeviceTree(place === undefined ? options : { ...options, initrd: place });
  if (tree.length > dtb.size) return fail("larger-than-memory", `dtb: ${tree.length} bytes, ${formatBytes(dtb.size)} are reserved for it`);
  const pieces: BootPiece[] = kernel.map((segment) => ({ what: "kernel", ...segment }));
  pieces.push({ what: "dtb", at: dtb.start, size: dtb.size, bytes: tree });
  if (place !== undefined && initrd !== undefined) pieces.push({ what: "initrd", at: place.start, size: place.size, bytes: initrd });
  return ok({ pieces, entry, dtb: dtb.start });
}
