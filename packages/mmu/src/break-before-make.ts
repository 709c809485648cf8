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
import { ADDRESS_HI, CONTIGUOUS_HI } from "./words.ts";

/** Address bits 31:12 (a larger granule leaves the lowest 0), SH, AttrIndx or MemAttr with bit 5 apart, nG and type. */
const LO_FIXED = -GRANULE_4K.size | (3 << 8) | (15 << 2) | (1 << 11) | DESCRIPTOR_TYPE_MASK;
const HI_FIXED = ADDRESS_HI | CONTIGUOUS_HI;

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
  const stale = new Map<number, readonly [hi: number, lo: number]>();
  const isSameMapping = (a: readonly [number, number], b: readonly [number, number]): boolean =>
    ((a[0] ^ b[0]) & HI_FIXED) === 0 && ((a[1] ^ b[1]) & LO_FIXED) === 0;
  const store32 = (at: Address<S>, value: number): void => {
    const byte = toNumber(at);
    const isHigh = byte % DESCRIPTOR_SIZE !== 0;
    const base = add(at, isHigh ? -(DESCRIPTOR_SIZE / 2) : 0);
    const before = [memory.load32(add(base, DESCRIPTOR_SIZE / 2)) | 0, memory.load32(base) | 0] as const;
    const after = isHigh ? ([value | 0, before[1]] as const) : ([before[0], value | 0] as const);
    const wasValid = (before[1] & DESCRIPTOR_VALID) !== 0;
    const isValid = (after[1] & DESCRIPTOR_VALID) !== 0;
    const key = toNumber(base);
    const old = wasValid ? before : stale.get(key);
    if (isValid && old !== undefined && !isSameMapping(old, after))
      throw new ModelBug(`descriptor at ${hex(key)} changes from ${text(old)} to ${text(after)} ${wasValid ? "while valid" : "without a flush"}`);
    if (wasValid && !isValid) stale.set(key, before);
    memory.store32(at, value);
  };
  const text = ([hi, lo]: readonly [number, number]): string => hex((BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0));
  return { memory: { contains: (at) => memory.contains(at), load32: (at) => memory.load32(at), store32 }, flushed: () => stale.clear() };
}
