/** Allocator of a kernel's own RAM in units of its stage 1 granule. */
import type { Guest } from "@granule/machine";
import { type Bytes, formatBytes, hex, type Range, roundUp, toNumber, vaFromIpa } from "@granule/units";
import type { Pages } from "./contract.ts";
import { createSpans } from "./spans.ts";

/** `ram` is a multiple of `unit` (S1 in bytes). Memory is zeroed through the guest's own stores, at VA = IPA. */
export function createPages(g: Guest, ram: Range<"ipa">, unit: Bytes): Pages {
  const spans = createSpans(ram);
  const check = (r: Range<"ipa">): void => {
    if (toNumber(r.start) % unit !== 0 || r.size % unit !== 0 || r.size <= 0) throw new Error(`${hex(r.start)}+${hex(r.size)} is not whole pages of ${formatBytes(unit)}`);
  };
  const tryAlloc = (size: Bytes, align: Bytes = unit): Range<"ipa"> | undefined => {
    const r = spans.alloc(roundUp(Math.max(size, 1), unit), Math.max(align, unit));
    if (r !== undefined) g.fill(vaFromIpa(r.start), r.size, 0);
    return r;
  };
  const alloc = (size: Bytes, align: Bytes = unit): Range<"ipa"> => {
    const r = tryAlloc(size, align);
    if (r === undefined) throw new Error(`out of memory: ${formatBytes(size)} at a multiple of ${formatBytes(align)}, ${formatBytes(spans.bytesFree)} are free`);
    return r;
  };
  return {
    unit, alloc, tryAlloc,
    allocExtent(log2) {
      const size = Math.max(2 ** log2, unit);
      return alloc(size, size);
    },
    take(r) {
      check(r);
      return spans.take(r);
    },
    free(r) {
      check(r);
      spans.free(r);
    },
    get bytesFree() {
      return spans.bytesFree;
    },
    bytesTotal: ram.size,
  };
}
