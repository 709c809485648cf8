/**
 * The arm64 "Image": a header of 64 bytes before the kernel.
 * Source: Linux, Documentation/arch/arm64/booting.rst, "Call the kernel image". All fields are little-endian.
 */
import { type AnyGranule, fail, formatBytes, GRANULE_16K, GRANULE_4K, GRANULE_64K, mib, ok, type Result } from "@granule/units";
import type { ImageCode, KernelImage } from "../contract.ts";
import { hex64, u52, viewOf } from "./bytes.ts";

const HEADER = 64;
const TEXT_OFFSET = 8;
const IMAGE_SIZE = 16; // MAGIC: a field's place
const FLAGS = 24;
const MAGIC = 56;
/** "ARM\x64". */
const MAGIC_VALUE = 0x644d5241;
/** Kernels before 3.17 say image_size 0, and are at this offset. */
const OLD_TEXT_OFFSET = 0x80000;
/** Flags 2:1. */
const PAGE_SIZES: readonly (AnyGranule | undefined)[] = [undefined, GRANULE_4K, GRANULE_16K, GRANULE_64K];
/** The base that text_offset counts from is a multiple of this. */
export const IMAGE_ALIGN = /* @__PURE__ */ mib(2);

export const isLinuxImage = (bytes: Uint8Array): boolean => bytes.length >= MAGIC + 4 && viewOf(bytes).getUint32(MAGIC, true) === MAGIC_VALUE;

/** Parses bytes that are {@link isLinuxImage}. */
export function parseLinuxImage(bytes: Uint8Array, compressed: boolean): Result<KernelImage, ImageCode> {
  if (bytes.length < HEADER) return fail("too-short", `Image: ${bytes.length} bytes, less than the header's ${HEADER} bytes`);
  const view = viewOf(bytes);
  const flags = view.getUint32(FLAGS, true);
  if ((flags & 1) === 1) return fail("big-endian", `Image: flags ${hex64(view, FLAGS)}, bit 0 says that the kernel is big-endian`);
  const imageSize = u52(view, IMAGE_SIZE);
  const textOffset = imageSize === 0 ? OLD_TEXT_OFFSET : u52(view, TEXT_OFFSET);
  if (imageSize < 0) return fail("bad-header", `Image: image_size ${hex64(view, IMAGE_SIZE)} bytes is not below 2^52`);
  if (textOffset < 0 || textOffset >= IMAGE_ALIGN)
    return fail("bad-header", `Image: text_offset ${hex64(view, TEXT_OFFSET)} bytes is not below ${formatBytes(IMAGE_ALIGN)}`);
  const size = Math.max(imageSize, bytes.length);
  return ok({
    format: "Image", compressed, granule: PAGE_SIZES[(flags >>> 1) & 3], segments: [{ at: 0, size, bytes }], entry: 0, textOffset, align: IMAGE_ALIGN,
  });
}
