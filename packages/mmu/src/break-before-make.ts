/**
 * A checker of break-before-make: wraps the memory that tables lie in and refuses changes of a valid descriptor that
 * need it made invalid, flushed and written anew.
 * Source: Arm ARM DDI 0487, D8.13 "Using break-before-make when updating translation table entries". Permissions, access
 * flag and software bits may change in place; output address, size (block, page, table), contiguous bit and memory
 * attributes may not.
 */
import { DESCRIPTOR_SIZE, DESCRIPTOR_TYPE_MASK, DESCRIPTOR_VALID } from "@granule/arm";
import { add, type Address, GRANULE_4K, hex, ModelBug, toNumber } from "@granule/units";
import type { TableMemory } from "./contract.ts";
import { ADDRESS_HI, CONTIGUOUS_HI, type Words } from "./words.ts";

/** Address bits 31:12 (a larger granule leaves the lowest 0), SH, bits 5:2 (AttrIndx and NS, or MemAttr), nG and type. */
const LO_FIXED = -GRANULE_4K.size | (3 << 8) | (15 << 2) | (1 << 11) | DESCRIPTOR_TYPE_MASK;
const HI_FIXED = ADDRESS_HI | CONTIGUOUS_HI;

/** Bytes of a word: the high one follows the low one. */
const HALF = DESCRIPTOR_SIZE / 2;

const isSameMapping = (a: Words, b: Words): boolean => ((a.hi ^ b.hi) & HI_FIXED) === 0 && ((a.lo ^ b.lo) & LO_FIXED) === 0;
const text = (w: Words): string => hex((BigInt(w.hi >>> 0) << 32n) | BigInt(w.lo >>> 0));

export interface BreakBeforeMake<S extends "ipa" | "pa"> {
  /** Use this where the tree would use the memory. */
  readonly memory: TableMemory<S>;
  /** Call from the owner's flush: what was made invalid before may be reused. */
  flushed(): void;
}

/**
 * Wraps `memory`. @throws ModelBug at the store that breaks the rule, naming descriptor, old and new value.
 */
export function checkBreakBeforeMake<S extends "ipa" | "pa">(memory: TableMemory<S>): BreakBeforeMake<S> {
  /** Descriptors that were valid and are not flushed yet, by address, with what they were. */
  const stale = new Map<number, Words>();
  const store32 = (at: Address<S>, value: number): void => {
    const isHigh = toNumber(at) % DESCRIPTOR_SIZE !== 0;
    const base = add(at, isHigh ? -HALF : 0);
    const lo = memory.load32(base) | 0;
    const wasValid = (lo & DESCRIPTOR_VALID) !== 0;
    const isValid = isHigh ? wasValid : (value & DESCRIPTOR_VALID) !== 0;
    if (wasValid || (isValid && stale.size > 0)) {
      const before = { hi: memory.load32(add(base, HALF)) | 0, lo };
      const after = isHigh ? { hi: value | 0, lo } : { hi: before.hi, lo: value | 0 };
      const key = toNumber(base);
      const old = wasValid ? before : stale.get(key);
      if (isValid && old !== undefined && !isSameMapping(old, after))
        throw new ModelBug(`descriptor at ${hex(key)} changes from ${text(old)} to ${text(after)} ${wasValid ? "while valid" : "without a flush"}`);
      if (!isValid) stale.set(key, before);
    }
    memory.store32(at, value);
  };
  return { memory: { contains: (at) => memory.contains(at), load32: (at) => memory.load32(at), store32 }, flushed: () => stale.clear() };
}
