/**
 * Extents that hold nothing but what one peer may see: zeroed when they are made, used for one device alone, and given
 * back to the kernel only at its end. What was in one before is data of the same peer, so it need not be cleared.
 */
import type { Kernel } from "@granule/guest-sdk/contract";
import { add, type Bytes, type Range } from "@granule/units";

/** One extent. `ref`: the reference under which it stays granted (feature-persistent). */
export interface Extent {
  readonly range: Range<"ipa">;
  ref: number | undefined;
}

export interface ExtentPool {
  /** Bytes of an extent, a power of two; it is aligned to that. */
  readonly size: Bytes;
  /** Undefined: all that may be made are in use. */
  take(): Extent | undefined;
  put(extent: Extent): void;
  /** All extents that were made. */
  all(): readonly Extent[];
  /** Gives memory back; those that are still in use as well as the free ones, but for `except`. */
  release(except: ReadonlySet<Extent>): void;
}

/** At most `limit` bytes of extents. A kernel page that is larger than an extent is split into several. */
export function extentPool(k: Kernel, size: Bytes, limit: Bytes): ExtentPool {
  const blockSize = Math.max(size, k.granule.size);
  const blocks: { readonly range: Range<"ipa">; readonly extents: readonly Extent[] }[] = [];
  const free: Extent[] = [];
  const grow = (): void => {
    const range = k.pages.allocExtent(Math.log2(blockSize));
    const extents: Extent[] = [];
    for (let at = 0; at < blockSize; at += size) extents.push({ range: { start: add(range.start, at), size }, ref: undefined });
    blocks.push({ range, extents });
    // the lowest is taken first
    free.push(...extents.toReversed());
  };
  return {
    size,
    take() {
      if (free.length === 0 && (blocks.length + 1) * blockSize <= Math.max(limit, blockSize)) grow();
      return free.pop();
    },
    put: (extent) => void free.push(extent),
    all: () => blocks.flatMap((b) => b.extents),
    release(except) {
      // a page of which the peer still holds a piece is never used again
      for (const b of blocks) if (!b.extents.some((e) => except.has(e))) k.pages.free(b.range);
      blocks.length = 0;
      free.length = 0;
    },
  };
}
