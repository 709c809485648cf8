/**
 * Mappings that are kept from request to request, for a front end that grants the same memory again and again.
 * Source: xen/include/public/io/blkif.h, feature-persistent. Their number is bounded: what does not fit is mapped and
 * unmapped as without the feature.
 */
import type { Kernel, Mapping } from "@granule/guest-sdk/contract";
import type { Trap } from "@granule/machine";
import type { Va } from "@granule/units";

export interface PersistentGrants {
  /** Where a reference is mapped. */
  find(ref: number): Va | undefined;
  /** Keeps a mapping; false: no room, the caller unmaps it. */
  keep(ref: number, mapping: Mapping): boolean;
  /** Unmaps all; answers how many. */
  release(): Trap<number>;
}

/** Keeps at most `limit` mappings. */
export function persistentGrants(k: Kernel, limit: number): PersistentGrants {
  const kept = new Map<number, Mapping>();
  return {
    find: (ref) => kept.get(ref)?.va,
    keep(ref, mapping) {
      if (kept.size >= limit || kept.has(ref)) return false;
      kept.set(ref, mapping);
      return true;
    },
    *release() {
      const all = [...kept.values()];
      kept.clear();
      if (all.length > 0) yield* k.mapper.unmap(all);
      return all.length;
    },
  };
}
