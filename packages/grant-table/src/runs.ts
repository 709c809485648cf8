/**
 * Machine runs: where the bytes of a grant, or of a range of a domain's own memory, are. Lists are reused between
 * operations, so that a copy allocates nothing. Addresses are plain numbers here (bytes): this is the hot path.
 */
import { type Domain, type Frames } from "@granule/hypervisor/contract";
import type { MachineMemory } from "@granule/machine";
import { type Bytes, ipa, offsetIn, pa, type Range, toNumber } from "@granule/units";

/** Runs in ascending order of offset, merged where they touch in machine memory. */
export interface Runs {
  count: number;
  /** Machine address of a run's first byte. */
  readonly at: number[];
  readonly size: number[];
  /** Offset of a run's first byte in the whole. */
  readonly offset: number[];
}
export const createRuns = (): Runs => ({ count: 0, at: [], size: [], offset: [] });

/** Appends bytes; the offset goes on where the last run ended. */
export function append(into: Runs, at: number, size: Bytes): void {
  const last = into.count - 1;
  const end = last < 0 ? 0 : (into.offset[last] ?? 0) + (into.size[last] ?? 0);
  if (last >= 0 && (into.at[last] ?? 0) + (into.size[last] ?? 0) === at) {
    into.size[last] = (into.size[last] ?? 0) + size;
    return;
  }
  into.at[into.count] = at;
  into.size[into.count] = size;
  into.offset[into.count] = end;
  into.count++;
}

/** A copy that stays. */
export const keep = (r: Runs): Runs => ({ count: r.count, at: r.at.slice(0, r.count), size: r.size.slice(0, r.count), offset: r.offset.slice(0, r.count) });

export function machineRanges(r: Runs): readonly Range<"pa">[] {
  return r.at.slice(0, r.count).map((at, i) => ({ start: pa(at), size: r.size[i] ?? 0 }));
}

/**
 * Machine address of a byte that the domain may grant, else -1: it lies in a machine frame that the domain owns, or (v1
 * only) in any that it may reference. What others granted to it is not its to grant.
 */
function ownByte(domain: Domain, frames: Frames, at: number, isV1: boolean): number {
  const found = domain.p2m.find(ipa(at), false);
  if (found < 0) return -1;
  const isOwn = isV1 ? frames.mayReference(domain, pa(found)) : frames.ownerOf(pa(found)) === domain.domid;
  return isOwn ? found : -1;
}

/** Collects the machine runs of a range of the domain's memory; false when some of it is not its own, see {@link ownByte}. */
export function ownRuns(domain: Domain, frames: Frames, start: number, size: Bytes, isV1: boolean, into: Runs): boolean {
  into.count = 0;
  const end = start + size;
  // also refuses what is not exact above 2^53
  if (!(end <= domain.p2m.ipaLimit)) return false;
  const unit = domain.granule.size;
  for (let at = start; at < end; ) {
    const n = Math.min(end - at, unit - offsetIn(at, unit));
    const found = ownByte(domain, frames, at, isV1);
    if (found < 0) return false;
    append(into, found, n);
    at += n;
  }
  return true;
}

/** Index of the run that holds the byte at `offset`. */
function runAt(r: Runs, offset: Bytes): number {
  let low = 0;
  let high = r.count - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((r.offset[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Collects `[offset, offset + size)` of `from`, which must hold it. */
export function sliceRuns(from: Runs, offset: Bytes, size: Bytes, into: Runs): void {
  into.count = 0;
  let left = size;
  let at = offset;
  for (let i = runAt(from, offset); left > 0; i++) {
    const skip = at - (from.offset[i] ?? 0);
    const n = Math.min(left, (from.size[i] ?? 0) - skip);
    append(into, (from.at[i] ?? 0) + skip, n);
    at += n;
    left -= n;
  }
}

/** True when every piece of `granule` bytes is one machine run, aligned to `granule`: then stage 2 can map it. */
export function isMappable(r: Runs, granule: Bytes): boolean {
  for (let i = 0; i < r.count; i++) if (offsetIn(r.at[i] ?? 0, granule) !== 0 || offsetIn(r.offset[i] ?? 0, granule) !== 0 || (r.size[i] ?? 0) % granule !== 0) return false;
  return true;
}

/** Calls `each` for the largest pieces that are one run on both sides. */
function pairUp(to: Runs, from: Runs, each: (to: number, from: number, size: Bytes) => void): void {
  let i = 0;
  let j = 0;
  let a = 0;
  let b = 0;
  while (i < to.count && j < from.count) {
    const n = Math.min((to.size[i] ?? 0) - a, (from.size[j] ?? 0) - b);
    each((to.at[i] ?? 0) + a, (from.at[j] ?? 0) + b, n);
    a += n;
    b += n;
    if (a === to.size[i]) {
      i++;
      a = 0;
    }
    if (b === from.size[j]) {
      j++;
      b = 0;
    }
  }
}

/**
 * Copies `from` to `to`, which are as long as each other, as memmove does. `mayOverlap`: both sides are memory of one
 * domain; where they also are in pieces, the bytes go through a buffer, since no order of the pieces would do.
 */
export function moveRuns(memory: MachineMemory, to: Runs, from: Runs, mayOverlap: boolean): void {
  const { u8 } = memory;
  const base = toNumber(memory.base);
  if (to.count === 1 && from.count === 1) {
    const source = (from.at[0] ?? 0) - base;
    u8.copyWithin((to.at[0] ?? 0) - base, source, source + (from.size[0] ?? 0));
  } else if (!mayOverlap) pairUp(to, from, (target, source, size) => void u8.copyWithin(target - base, source - base, source - base + size));
  else {
    const last = from.count - 1;
    const through = new Uint8Array((from.offset[last] ?? 0) + (from.size[last] ?? 0));
    eachRun(from, base, (o, offset, size) => through.set(u8.subarray(o, o + size), offset));
    eachRun(to, base, (o, offset, size) => u8.set(through.subarray(offset, offset + size), o));
  }
}

function eachRun(r: Runs, base: number, each: (at: number, offset: Bytes, size: Bytes) => void): void {
  for (let i = 0; i < r.count; i++) each((r.at[i] ?? 0) - base, r.offset[i] ?? 0, r.size[i] ?? 0);
}
