/** What the page says about a chosen file. */
import { formatBytes } from "@granule/units";
import type { KernelFile } from "../kernelFile.ts";
import { size } from "./numbers.ts";

const FORMATS = { Image: "arm64 Image", elf64: "ELF64", flat: "flat binary" } as const;

export interface KernelFacts {
  /** "64 KiB pages"; undefined: the file does not say. */
  readonly pages: string | undefined;
  readonly rest: string;
  readonly doubt: string | undefined;
}

export function kernelFacts({ image, doubt }: KernelFile): KernelFacts {
  const { granule, format, compressed, segments } = image;
  const inMemory = segments.reduce((sum, segment) => sum + segment.size, 0);
  return {
    pages: granule === undefined ? undefined : `${formatBytes(granule.size)} pages`,
    rest: `${FORMATS[format]}${compressed ? " in gzip" : ""}, ${size(inMemory)} in memory${granule === undefined ? "; says no page size" : ""}`,
    doubt,
  };
}

const isGzip = ([first, second]: Uint8Array): boolean => first === 0x1f && second === 0x8b;
/** "070701", "070702" or gzip is what any kernel unpacks; it may know others. */
export function initrdFacts(bytes: Uint8Array): string {
  const begins = new TextDecoder().decode(bytes.subarray(0, 6));
  const kind = isGzip(bytes) ? "gzip" : /^07070[12]/.test(begins) ? "cpio" : "neither cpio nor gzip: the kernel may not know it";
  return `${size(bytes.length)}, ${kind}`;
}
