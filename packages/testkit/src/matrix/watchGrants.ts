/**
 * A front end's kernel, watched: what it grants, and that what it grants holds nothing but its data. All memory that is
 * not data holds a marker byte, which no data has.
 */
import type { Kernel } from "@granule/guest-sdk";
import { type Bytes, type Range, vaFromIpa } from "@granule/units";

/** The byte that stands in all memory of the front end that no peer may see. Data is below 0x80. */
export const SECRET = 0xa5;
/** Four of them: one alone may be part of a reference. */
const MARKER = 0xa5a5a5a5 | 0;

export interface GrantWatch {
  /** The kernel to hand to drivers. */
  readonly kernel: Kernel;
  /** What was granted last under a reference. */
  rangeOf(ref: number): Range<"ipa"> | undefined;
  /** The first grant that showed a marker; undefined: none did. */
  readonly leak: string | undefined;
}

export function watchGrants(k: Kernel): GrantWatch {
  const ranges = new Map<number, Range<"ipa">>();
  let leak: string | undefined;
  let scratch = new Int32Array(0);
  /** Byte of the range that shows the marker; negative: none does. */
  const find = (r: Range<"ipa">): Bytes => {
    const words = r.size / scratch.BYTES_PER_ELEMENT;
    if (scratch.length < words) scratch = new Int32Array(words);
    k.g.read(vaFromIpa(r.start), new Uint8Array(scratch.buffer, 0, r.size));
    return scratch.subarray(0, words).indexOf(MARKER) * scratch.BYTES_PER_ELEMENT;
  };
  const kernel: Kernel = {
    ...k,
    grants: {
      ...k.grants,
      *grant(domid, r, options) {
        const at = find(r);
        const granted = yield* k.grants.grant(domid, r, options);
        if (granted.ok) ranges.set(granted.value, r);
        if (granted.ok && at >= 0) leak ??= `reference ${granted.value} of ${r.size} bytes shows byte ${at}, which is none of the device's`;
        return granted;
      },
    },
  };
  return {
    kernel,
    rangeOf: (ref) => ranges.get(ref),
    get leak() {
      return leak;
    },
  };
}

/** Fills all memory that is free with the marker. */
export function markFreeMemory(k: Kernel): void {
  const taken: Range<"ipa">[] = [];
  // halves, as long as there is room: what is left is less than a page of the kernel's
  for (let size = k.pages.bytesTotal; size >= k.pages.unit; ) {
    const r = k.pages.tryAlloc(size);
    if (r === undefined) size = Math.floor(size / 2 / k.pages.unit) * k.pages.unit;
    else taken.push(r);
  }
  for (const r of taken) k.g.fill(vaFromIpa(r.start), r.size, SECRET);
  for (const r of taken) k.pages.free(r);
}
