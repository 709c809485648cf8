/** Walks a buffer in pieces of the ABI's or a peer's unit, whatever the guest's own page is: no code here knows a granule. */
import { add, type Bytes, type Ipa, offsetIn, type Range } from "@granule/units";

/** `ipa`: start of the piece; `offset`: bytes from the start of the range; `size`: at most one unit. */
export type PieceVisitor = (ipa: Ipa, offset: Bytes, size: Bytes) => void;

/**
 * Calls `f` for each piece of `r` that lies in one `unit` (a power of two in bytes), ascending; the first and the last
 * may be smaller than a unit. Allocates nothing.
 *
 * @example
 * forEachPiece(buffer, XEN_PAGE.size, (ipa, offset, size) => segments.push({ ipa, size }));
 */
export function forEachPiece(r: Range<"ipa">, unit: Bytes, f: PieceVisitor): void {
  for (let offset = 0; offset < r.size; ) {
    const at = add(r.start, offset);
    const size = Math.min(r.size - offset, unit - offsetIn(at, unit));
    f(at, offset, size);
    offset += size;
  }
}

/** How many pieces `forEachPiece` visits: units that the range touches. */
export const countPieces = (r: Range<"ipa">, unit: Bytes): number =>
  r.size === 0 ? 0 : Math.ceil((offsetIn(r.start, unit) + r.size) / unit);
