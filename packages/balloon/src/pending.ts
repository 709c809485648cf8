/**
 * Pieces of granules that a guest with S1 < G handed in: a bit for each 4096 bytes (A) of each granule that is begun
 * and not complete. Only owned RAM gets here, so there are never more granules than the domain owns.
 */
import { type Json, jsonList, jsonNumber } from "@granule/kit";
import { type AnyGranule, type Bytes, type Ipa, offsetIn, type Range, toNumber, XEN_PAGE } from "@granule/units";

export interface Pending {
  /** The pieces of the granule at `start` with those of `r`, as a mask; `r` lies in that granule. */
  with(start: Ipa, r: Range<"ipa">): number;
  set(start: Ipa, mask: number): void;
  /** True when the mask is the whole granule. */
  isComplete(mask: number): boolean;
  /** Forgets every granule that the range touches. */
  forget(r: Range<"ipa">): void;
  clear(): void;
  bytes(): Bytes;
  save(): Json;
  load(state: Json): void;
}

export function createPending(granule: AnyGranule): Pending {
  /** Pieces by the number of the granule. */
  const masks = new Map<number, number>();
  const unit = XEN_PAGE.size;
  const complete = 2 ** (granule.size / unit) - 1;
  const numberOf = (at: Ipa): number => toNumber(granule.frameOf<"ipa">(at));
  return {
    with: (start, r) => (masks.get(numberOf(start)) ?? 0) | ((2 ** (r.size / unit) - 1) << (offsetIn(r.start, granule.size) / unit)),
    set: (start, mask) => void masks.set(numberOf(start), mask),
    isComplete: (mask) => mask === complete,
    forget(r) {
      const first = numberOf(r.start);
      const end = Math.ceil((toNumber(r.start) + r.size) / granule.size);
      // whichever is shorter: a domain has few granules begun, or the range few granules
      if (end - first > masks.size) {
        for (const n of masks.keys()) if (n >= first && n < end) masks.delete(n);
      } else for (let n = first; n < end; n++) masks.delete(n);
    },
    clear: () => masks.clear(),
    bytes() {
      let pieces = 0;
      for (const mask of masks.values()) for (let m = mask; m > 0; m >>>= 1) pieces += m & 1;
      return pieces * unit;
    },
    save: (): Json => [...masks],
    load(state) {
      masks.clear();
      for (const pair of jsonList(state, "balloon.pending")) {
        const [n, mask] = jsonList(pair, "balloon.pending");
        masks.set(jsonNumber(n, "balloon.pending"), jsonNumber(mask, "balloon.pending"));
      }
    },
  };
}
