/**
 * Word 0 of a grant entry, flags:16 | domid:16, in memory that guest and hypervisor share. It is claimed by a 32-bit
 * compare-and-swap: the guest may write it at any moment between our reading and our marking it.
 * Sources: xen/include/public/grant_table.h, "grant table entries"; abi-v2, Grants.
 */
import { C, GrantEntryV1 } from "@granule/xen-abi";

const { GTF } = C;
/** How often a guest may change the word under our hands before the claim is refused. */
export const CLAIM_TRIES = 4;
/** Word 0 divided by this is the domid. */
const DOMID_UNIT = 2 ** (8 * GrantEntryV1.fields.domid.offset);
/** The low half of word 0. */
export const ALL_FLAGS = DOMID_UNIT - 1;

/** Compares and swaps; answers the old value. Atomics.compareExchange, but for tests that play the guest. */
export type Swap = (words: Int32Array, index: number, expected: number, value: number) => number;
const swapWord: Swap = (words, index, expected, value) => Atomics.compareExchange(words, index, expected, value);

/** What a claim demands of the word. */
export interface Demand {
  /** The entry must name this domain. */
  readonly domid: number;
  readonly writes: boolean;
  /** Type and domid are checked: a first claim, or a table that checks them every time. */
  readonly checksOwner: boolean;
  /** Of these flags only permit_access may be set. */
  readonly typeMask: number;
}

/**
 * Reads the word once a try, checks it, and sets GTF_reading (and GTF_writing) by compare-and-swap. False: not granted
 * like that, or it changed {@link CLAIM_TRIES} times.
 */
export function claimWord(words: Int32Array, index: number, d: Demand, swap: Swap = swapWord): boolean {
  const marks = d.writes ? GTF.reading | GTF.writing : GTF.reading;
  let seen = Atomics.load(words, index);
  for (let tries = 0; tries < CLAIM_TRIES; tries++) {
    if (d.checksOwner && ((seen & d.typeMask) !== GTF.permit_access || Math.floor((seen >>> 0) / DOMID_UNIT) !== d.domid)) return false;
    if (d.writes && (seen & GTF.readonly) !== 0) return false;
    const old = swap(words, index, seen, seen | marks);
    if (old === seen) return true;
    seen = old;
  }
  return false;
}

/** Tells the guest that the last user is gone: after the mapping and the reference to the frames are. */
export function clearMarks(words: Int32Array, index: number, marks: number): void {
  Atomics.and(words, index, ~marks);
}

/** Word 0 of an entry. */
export const entryWord = (flags: number, domid: number): number => (flags | (domid * DOMID_UNIT)) >>> 0;
