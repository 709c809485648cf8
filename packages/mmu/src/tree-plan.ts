/**
 * Counts the tables that an operation on a tree will take, before anything changes.
 * Inputs count from the tree's first address, in bytes.
 */
import { DESCRIPTOR_SIZE } from "@granule/arm";
import { toNumber } from "@granule/units";
import type { TableStore } from "./table-store.ts";

/** An operation on `[from, to)`. */
export interface Plan {
  readonly from: number;
  readonly to: number;
  /** Where the output of a map begins; undefined for an operation that maps nothing. */
  readonly output: number | undefined;
  /** Whole entries need no look below: true for map and unmap, false for protect. */
  readonly wholesale: boolean;
}
interface Choice {
  /** Blocks may be used. */
  readonly blocks: boolean;
}

/** A table that does not exist yet: of invalid entries, or of the pieces of a leaf that will be split. */
const EMPTY = -1;
const PIECES = -2;

/** True when this depth may hold leaves. */
export function isLeafAllowed<O extends "ipa" | "pa">(store: TableStore<O>, choice: Choice, depth: number): boolean {
  return store.row(depth).leaf && (choice.blocks || depth === store.last);
}

/** Tables that the plan takes, exactly. */
export function tablesNeeded<O extends "ipa" | "pa">(store: TableStore<O>, choice: Choice, plan: Plan): number {
  const isMap = plan.output !== undefined;
  const delta = (plan.output ?? 0) - plan.from;
  /** One leaf, or nothing, takes the whole entry that begins at `entry`. */
  const fits = (depth: number, entry: number): boolean =>
    isMap ? isLeafAllowed(store, choice, depth) && (entry + delta) % store.size(depth) === 0 : plan.wholesale;

  const below = (depth: number, table: number, base: number, from: number, to: number): number => {
    if (depth === store.last) return 0;
    const size = store.size(depth);
    let count = 0;
    for (let at = from; at < to; ) {
      const entry = at - (at % size);
      const end = Math.min(to, entry + size);
      const whole = at === entry && end === entry + size;
      if (!(whole && fits(depth, entry))) {
        const where = table < 0 ? 0 : table + ((entry - base) / size) * DESCRIPTOR_SIZE;
        const lo = table < 0 ? 0 : store.lo(where);
        if (table >= 0 && store.isTable(depth, lo)) count += below(depth + 1, store.child(where), entry, at, end);
        else if (table === PIECES || (table >= 0 && store.isValid(lo))) {
          // a leaf is split, but protect takes a whole one as it is
          if (!whole || isMap) count += 1 + below(depth + 1, PIECES, entry, at, end);
        } else if (isMap) count += 1 + below(depth + 1, EMPTY, entry, at, end);
      }
      at = end;
    }
    return count;
  };
  return below(0, toNumber(store.root), 0, plan.from, plan.to);
}
