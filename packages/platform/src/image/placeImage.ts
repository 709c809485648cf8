/**
 * Where kernel, device tree and initramfs go in a guest's RAM, and whether the CPU can run the kernel at all.
 * Source: Linux, Documentation/arch/arm64/booting.rst, "Setup the device tree" and "Call the kernel image": the Image at text_offset above
 * a multiple of 2 MiB; a device tree of at most 2 MiB at a multiple of 8 bytes; the initramfs within 32 GiB of the kernel.
 * Everything is kept in extents of 64 KiB of its own, so that no page of any granule holds two things.
 */
import { CPU_MODELS, type CpuModel } from "@granule/arm";
import { add, alignUp, BACKING_UNIT, type Bytes, DONE, fail, formatBytes, hex, type Ipa, ipa, mib, ok, type Range, type Result, toNumber } from "@granule/units";
import type { KernelImage, PlaceCode, PlaceOptions, Placement } from "../contract.ts";

const MAX_DTB = /* @__PURE__ */ mib(2);

const end = (r: { readonly start: Ipa; readonly size: Bytes }): number => toNumber(r.start) + r.size;
const show = (r: Range<"ipa">): string => `[${hex(r.start)}, ${hex(end(r))})`;

/** Refuses what is not within RAM. */
function within(what: string, r: Range<"ipa">, ram: Range<"ipa">): Result<undefined, PlaceCode> {
  if (r.size > ram.size) return fail("larger-than-memory", `${what}: ${r.size} bytes, there is room for ${formatBytes(Math.max(0, ram.size))} in RAM`);
  if (toNumber(r.start) < toNumber(ram.start)) return fail("outside-memory", `${what} at ${show(r)} begins below RAM ${show(ram)}`);
  if (end(r) > end(ram)) return fail("larger-than-memory", `${what} at ${show(r)} ends above RAM ${show(ram)}`);
  return DONE;
}

/** The kernel's segments at their addresses, ascending. */
function placeSegments(image: KernelImage, ram: Range<"ipa">): Result<Placement["kernel"], PlaceCode> {
  const base = image.format === "elf64" ? 0 : toNumber(alignUp(ram.start, image.align)) + image.textOffset;
  const kernel = image.segments.map((s) => ({ at: ipa(base + s.at), size: s.size, bytes: s.bytes })).sort((a, b) => toNumber(a.at) - toNumber(b.at));
  let last: Range<"ipa"> | undefined;
  for (const segment of kernel) {
    const r: Range<"ipa"> = { start: segment.at, size: segment.size };
    const inside = within("kernel", r, ram);
    if (!inside.ok) return inside;
    if (last !== undefined && toNumber(r.start) < end(last)) return fail("overlap", `kernel: segments at ${show(last)} and ${show(r)} overlap`);
    last = r;
  }
  return ok(kernel);
}

/**
 * Places everything: the kernel where it wants to be, the device tree in the next 64 KiB extents, then the initramfs.
 *
 * @example
 * const where = placeImage(image, { ram: { start: map.ram.start, size: mib(256) }, initrd: initramfs.length });
 * if (!where.ok) throw new Error(where.why); // larger-than-memory: initrd at [0x4a000000, 0x52345678) ends above RAM ...
 */
export function placeImage(image: KernelImage, { ram, initrd: initrdSize = 0, dtb: dtbSize = BACKING_UNIT }: PlaceOptions): Result<Placement, PlaceCode> {
  if (dtbSize > MAX_DTB) return fail("larger-than-memory", `dtb: ${dtbSize} bytes, a kernel takes at most ${formatBytes(MAX_DTB)}`);
  const kernel = placeSegments(image, ram);
  if (!kernel.ok) return kernel;
  const top = Math.max(...kernel.value.map((s) => toNumber(s.at) + s.size));
  const dtb: Range<"ipa"> = { start: alignUp(ipa(top), BACKING_UNIT), size: dtbSize };
  const dtbInside = within("dtb", dtb, ram);
  if (!dtbInside.ok) return dtbInside;
  const initrd: Range<"ipa"> | undefined = initrdSize === 0 ? undefined : { start: alignUp(ipa(end(dtb)), BACKING_UNIT), size: initrdSize };
  const initrdInside = initrd === undefined ? DONE : within("initrd", initrd, ram);
  if (!initrdInside.ok) return initrdInside;
  const first = kernel.value[0]?.at ?? ram.start;
  const entry = image.format === "elf64" ? ipa(image.entry) : add(first, image.entry);
  if (toNumber(entry) % 4 !== 0) return fail("misaligned", `entry ${hex(entry)} is not a multiple of 4 bytes`);
  return ok({ kernel: kernel.value, entry, dtb, initrd });
}

/** Refuses a kernel whose declared page size the CPU does not have at stage 1; the message names the CPU models that would do. */
export function checkPageSize(image: KernelImage, cpu: CpuModel): Result<undefined, "unsupported-granule"> {
  const { granule } = image;
  if (granule === undefined || cpu.stage1.includes(granule)) return DONE;
  const sizes = cpu.stage1.map((g) => formatBytes(g.size)).join(", ");
  const others = CPU_MODELS.filter((model) => model.stage1.includes(granule)).map((model) => model.name).join(", ");
  return fail(
    "unsupported-granule",
    `the kernel is built for pages of ${formatBytes(granule.size)} (Image header, flags 2:1), and CPU ${cpu.name} has ${sizes} at stage 1; models that have it: ${others}`,
  );
}
