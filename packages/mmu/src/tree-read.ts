/**
 * Looks up leaves of a tree. Inputs count from the tree's first address, in bytes.
 */
import { DESCRIPTOR_SIZE } from "@granule/arm";
import { toNumber } from "@granule/units";
import type { FoundLeaf, Leaf } from "./contract.ts";
import type { TableStore } from "./table-store.ts";
import { type AttributeCodec, CONTIGUOUS_HI, tagOf } from "./words.ts";

/** As `TableTree.find`: fills `found`, allocates nothing. */
export function findLeaf<O extends "ipa" | "pa", A>(store: TableStore<O>, codec: AttributeCodec<A>, input: number, found: FoundLeaf): boolean {
  let table = toNumber(store.root);
  for (let depth = 0; ; depth++) {
    const row = store.row(depth);
    const size = store.size(depth);
    const entry = Math.floor(input / size);
    const at = table + (entry & (store.entries(depth) - 1)) * DESCRIPTOR_SIZE;
    const lo = store.lo(at);
    if (!store.isValid(lo)) return false;
    if (store.isTable(depth, lo)) {
      table = store.child(at);
      continue;
    }
    const hi = store.hi(at);
    const offset = input - entry * size;
    found.output = store.addressIn(hi, lo, row.shift) + offset;
    found.size = size - offset;
    found.level = row.level;
    found.tag = tagOf(hi);
    found.writable = codec.isWritable(lo);
    return true;
  }
}

/**
 * The leaf at an input, and where a search for the next one goes on: the end of the leaf, or of the invalid entries that
 * follow each other in one table, as far as `until`.
 */
export function leafAt<A, O extends "ipa" | "pa">(
  store: TableStore<O>, config: { readonly codec: AttributeCodec<A>; readonly origin: number }, input: number, until: number,
): { readonly leaf: Leaf<A> | undefined; readonly end: number } {
  let table = toNumber(store.root);
  for (let depth = 0; ; depth++) {
    const row = store.row(depth);
    const size = store.size(depth);
    const start = input - (input % size);
    const index = (start / size) & (store.entries(depth) - 1);
    const at = table + index * DESCRIPTOR_SIZE;
    const lo = store.lo(at);
    if (!store.isValid(lo)) {
      let next = 1;
      while (start + next * size < until && index + next < store.entries(depth) && !store.isValid(store.lo(at + next * DESCRIPTOR_SIZE))) next++;
      return { leaf: undefined, end: start + next * size };
    }
    if (store.isTable(depth, lo)) {
      table = store.child(at);
      continue;
    }
    const hi = store.hi(at);
    const leaf: Leaf<A> = {
      level: row.level, input: config.origin + start, output: store.addressIn(hi, lo, row.shift), size,
      contiguous: (hi & CONTIGUOUS_HI) !== 0, attributes: config.codec.decode(hi, lo),
    };
    return { leaf, end: start + size };
  }
}
