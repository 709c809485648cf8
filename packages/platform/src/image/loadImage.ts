/** Any kernel file to one form: arm64 Image, ELF64, gzip of either, or a flat binary at an offset. */
import { type Bytes, fail, formatBytes, gib, mib, ok, type Result } from "@granule/units";
import type { ImageCode, KernelImage, LoadImageOptions } from "../contract.ts";
import { viewOf } from "./bytes.ts";
import { isElf, parseElf } from "./elf.ts";
import { gunzip, isGzip } from "./gzip.ts";
import { IMAGE_ALIGN, isLinuxImage, parseLinuxImage } from "./linuxImage.ts";

/** No header is looked at in less. */
const SHORTEST = 64;
const firstBytes = (bytes: Uint8Array): string => [...bytes.subarray(0, 4)].map((b) => b.toString(16).padStart(2, "0")).join(" ");

function flat(bytes: Uint8Array, compressed: boolean, offset: Bytes, slack: Bytes): Result<KernelImage, ImageCode> {
  if (bytes.length === 0) return fail("too-short", "flat binary: 0 bytes");
  if (!Number.isSafeInteger(offset) || offset < 0) return fail("bad-header", `flat binary: offset ${offset} bytes is no whole number from 0`);
  return ok({ format: "flat", compressed, granule: undefined, segments: [{ at: 0, size: bytes.length + slack, bytes }], entry: 0, textOffset: offset, align: IMAGE_ALIGN });
}

/** "MZ" and "zimg": a kernel packed in an EFI program that unpacks it. */
const isZboot = (bytes: Uint8Array): boolean => viewOf(bytes).getUint16(0, true) === 0x5a4d && viewOf(bytes).getUint32(4, true) === 0x676d697a;

/** {@link loadImage} of what is not compressed. */
export function parseImage(bytes: Uint8Array, options: LoadImageOptions = {}, compressed = false): Result<KernelImage, ImageCode> {
  if (isElf(bytes)) return parseElf(bytes, compressed);
  if (isLinuxImage(bytes)) return parseLinuxImage(bytes, compressed);
  if (options.flatOffset !== undefined) return flat(bytes, compressed, options.flatOffset, options.flatSlack ?? mib(2));
  if (bytes.length < SHORTEST) return fail("too-short", `image: ${bytes.length} bytes, less than any header's ${SHORTEST} bytes`);
  if (isZboot(bytes)) return fail("wrong-machine", "image: an EFI zboot program (\"zimg\" at byte 4), which only EFI firmware starts; unpack the kernel in it first");
  return fail("wrong-machine", `image: begins with ${firstBytes(bytes)} and has no "ARM\\x64" at byte 56: neither an arm64 Image, ELF64 nor gzip; a flat binary needs flatOffset`);
}

/**
 * Reads a kernel. Nothing in the file is trusted: every failure names field, value and unit.
 *
 * @example
 * const image = await loadImage(bytes);
 * if (!image.ok) throw new Error(image.why);
 * image.value.granule?.name; // "16k": what the header says the kernel was built for
 */
export async function loadImage(bytes: Uint8Array, options: LoadImageOptions = {}): Promise<Result<KernelImage, ImageCode>> {
  const limit = options.limit ?? gib(1);
  if (!isGzip(bytes)) {
    if (bytes.length > limit) return fail("too-large", `image: ${bytes.length} bytes, more than the limit of ${formatBytes(limit)}`);
    return parseImage(bytes, options);
  }
  const unpacked = await gunzip(bytes, limit);
  return unpacked.ok ? parseImage(unpacked.value, options, true) : unpacked;
}
