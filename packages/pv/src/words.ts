/** Shared memory at a guest-virtual address: as words, and as the list of transfers that is simply done at once. */
import type { Guest } from "@granule/machine";
import { add, type Bytes, type Va } from "@granule/units";
import type { RingAccess, SharedWords } from "./contract.ts";

/** Bytes of an index word. */
const WORD: Bytes = 4;

/** Words at `at`. A model's loads and stores are done in program order, so a barrier is a mark for the reader. */
export function wordsAt(g: Guest, at: Va): SharedWords {
  return {
    load32: (offset) => g.load32(add(at, offset)),
    store32: (offset, value) => g.store32(add(at, offset), value),
    load: (offset, into) => g.read(add(at, offset), into),
    store: (offset, from) => g.write(add(at, offset), from),
    barrier: () => undefined,
  };
}

/** A ring of `size` bytes that this end has mapped. */
export function mappedRing(words: SharedWords, size: Bytes): RingAccess {
  const scratch = new DataView(new ArrayBuffer(WORD));
  const scratchBytes = new Uint8Array(scratch.buffer);
  return {
    mode: "mapped",
    size,
    fault: "",
    load(offset, into) {
      if (into.length === WORD) {
        scratch.setUint32(0, words.load32(offset), true);
        into.set(scratchBytes);
      } else words.load(offset, into);
      words.barrier();
    },
    store(offset, from) {
      if (from.length === WORD) {
        scratchBytes.set(from);
        words.store32(offset, scratch.getUint32(0, true));
      } else words.store(offset, from);
      words.barrier();
    },
    // oxlint-disable-next-line require-yield -- done already
    *commit() {
      return true;
    },
  };
}
