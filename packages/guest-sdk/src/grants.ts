/**
 * A kernel's side of its grant table: which entries are free, what they expose, and taking them back.
 * Source: xen/include/public/grant_table.h, "Introducing a valid entry into the grant table" and "Invalidating an
 * unused GTF_permit_access entry": the body first, word 0 last; taken back by compare-and-swap, because the
 * hypervisor sets GTF_reading and GTF_writing in the same word.
 */
import type { Guest, Trap } from "@granule/machine";
import { add, fail, hex, ok, type Range, type Result, type Va, vaFromIpa } from "@granule/units";
import { C } from "@granule/xen-abi";
import type { Grants } from "./contract.ts";
import type { GrantFormat } from "./grantFormat.ts";

const IN_USE = C.GTF.reading | C.GTF.writing;
/** Position of the domid in word 0. */
const DOMID_SHIFT = 16;

export function createGrants(g: Guest, format: GrantFormat): Grants {
  const base = vaFromIpa(format.start);
  /** Usable entries, those never used (from `fresh` on), and the freed ones. */
  let entries = 0;
  let fresh = C.GNTTAB_NR_RESERVED_ENTRIES;
  const freed: number[] = [];
  const granted: (Range<"ipa"> | undefined)[] = [];
  let deferred: { readonly ref: number; readonly onEnded: (() => void) | undefined }[] = [];
  const counters = { entries: 0, bytes: 0, total: 0 };

  const entryOf = (ref: number): Va => add(base, (ref - format.refBase) * format.entrySize);
  const rangeOf = (ref: number): Range<"ipa"> => {
    const r = granted[ref - format.refBase];
    if (r === undefined) throw new Error(`grant reference ${hex(ref)} is not granted`);
    return r;
  };
  function* freeIndex(): Trap<number> {
    const old = freed.pop();
    if (old !== undefined) return old;
    while (fresh >= entries) {
      const more = yield* format.grow(entries);
      if (more === entries) return -1;
      entries = more;
    }
    return fresh++;
  }
  const end = (ref: number): boolean => {
    const r = rangeOf(ref);
    const word0 = entryOf(ref);
    for (;;) {
      const old = g.load32(word0);
      if ((old & IN_USE) !== 0) return false;
      if (g.compareAndSwap32(word0, old, C.GTF.invalid) === old) break;
    }
    granted[ref - format.refBase] = undefined;
    freed.push(ref - format.refBase);
    counters.entries--;
    counters.bytes -= r.size;
    return true;
  };
  return {
    counters,
    rangeOf,
    end,
    isInUse: (ref) => (g.load32(entryOf(ref)) & IN_USE) !== 0,
    *grant(domid, r, options = {}): Trap<Result<number, "EINVAL" | "ENOSPC">> {
      const why = format.refuse(r);
      if (why !== undefined) return fail("EINVAL", why);
      const index = yield* freeIndex();
      if (index < 0) return fail("ENOSPC", `the grant table has ${entries} entries, all in use, and cannot grow`);
      const ref = format.refBase + index;
      const entry = entryOf(ref);
      format.writeBody(entry, r);
      const flags = C.GTF.permit_access | (options.readonly === true ? C.GTF.readonly : 0);
      g.store32(entry, flags + domid * 2 ** DOMID_SHIFT);
      granted[index] = r;
      counters.entries++;
      counters.bytes += r.size;
      counters.total++;
      return ok(ref);
    },
    endLater(ref, onEnded) {
      if (end(ref)) onEnded?.();
      else deferred.push({ ref, onEnded });
    },
    endDeferred() {
      const waiting = deferred;
      deferred = [];
      for (const d of waiting) {
        if (!end(d.ref)) deferred.push(d);
        else d.onEnded?.();
      }
      return deferred.length;
    },
  };
}
