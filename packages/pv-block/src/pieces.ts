/**
 * How the front end cuts a buffer into segments. A unit is granted where it lies only when every byte of it is the
 * buffer's and it is no larger than one of the kernel's own pages; all else goes through extents that hold nothing
 * else, so that the peer never sees a neighbour of the buffer (XSA-403).
 */
import { add, type Bytes, isAligned, pieces, type Range } from "@granule/units";
import { SECTOR } from "./contract.ts";

/** What one segment carries: at most one unit. */
export interface Piece {
  readonly memory: Range<"ipa">;
  /** The unit at `memory` is granted itself; else its bytes are copied through an extent. */
  readonly isDirect: boolean;
}

/** Cuts a buffer, a multiple of 512 bytes at any address, in ascending order. `unit`: U, `s1`: the kernel's page; bytes. */
export function* piecesOf(buffer: Range<"ipa">, unit: Bytes, s1: Bytes): Generator<Piece, void, void> {
  if (unit <= s1 && isAligned(buffer.start, SECTOR)) {
    for (const memory of pieces(buffer, unit)) yield { memory, isDirect: memory.size === unit };
    return;
  }
  for (let done = 0; done < buffer.size; done += unit) yield { memory: { start: add(buffer.start, done), size: Math.min(unit, buffer.size - done) }, isDirect: false };
}
