/**
 * Exchange of RAM with the hypervisor in one ABI. v1: decrease_reservation and populate_physmap, an extent of 2^order
 * frames of 4096 bytes each. v2: release, populate and accumulate of EXTENTs.
 * Source: xen/include/public/memory.h, struct xen_memory_reservation; abi-v2, Memory.
 */
import type { Guest, Trap } from "@granule/machine";
import { add, type Bytes, type Failure, type Range, toNumber, vaFromIpa, XEN_PAGE } from "@granule/units";
import { C, type Code, V1, V2 } from "@granule/xen-abi";
import type { Calls } from "./contract.ts";

/** What an exchange did: the first `done` of the given ranges, and why it stopped (v1 never says). */
interface Exchange {
  readonly done: number;
  readonly failure: Failure<Code> | undefined;
}
/** Lists of any length, of ranges of one size. */
export interface BalloonCalls {
  release(list: readonly Range<"ipa">[]): Trap<Exchange>;
  populate(list: readonly Range<"ipa">[]): Trap<Exchange>;
  /** Undefined in ABI v1. `freed`: bytes that left the domain. */
  readonly accumulate: ((list: readonly Range<"ipa">[]) => Trap<Exchange & { readonly freed: Bytes }>) | undefined;
}

/** Bytes of a frame number in a list. */
const GFN_SIZE = 8;

/** `scratch`: own RAM for lists of frames. */
export function balloonCallsV1(g: Guest, calls: Calls, scratch: Range<"ipa">): BalloonCalls {
  const at = vaFromIpa(scratch.start);
  const limit = Math.floor(scratch.size / GFN_SIZE);
  function* exchange(d: typeof V1.decrease_reservation | typeof V1.populate_physmap, list: readonly Range<"ipa">[]): Trap<Exchange> {
    const call = calls.caller(d);
    const extent_order = Math.round(Math.log2((list[0]?.size ?? XEN_PAGE.size) / XEN_PAGE.size));
    let done = 0;
    while (done < list.length) {
      const part = list.slice(done, done + limit);
      for (const [i, r] of part.entries()) g.store53(add(at, i * GFN_SIZE), toNumber(XEN_PAGE.frameOf(r.start)));
      const r = yield* call({ extent_start: at, nr_extents: part.length, extent_order, mem_flags: 0, domid: C.DOMID_SELF, start: 0 });
      if (!r.ok) return { done, failure: r };
      done += r.value.ret;
      if (r.value.ret < part.length) break;
    }
    return { done, failure: undefined };
  }
  return { release: (list) => exchange(V1.decrease_reservation, list), populate: (list) => exchange(V1.populate_physmap, list), accumulate: undefined };
}

export function balloonCallsV2(calls: Calls): BalloonCalls {
  const elements = (list: readonly Range<"ipa">[]) => list.map((extent) => ({ extent }));
  return {
    release: (list) => calls.callUntilFailure(V2.release, elements(list)),
    populate: (list) => calls.callUntilFailure(V2.populate, elements(list)),
    *accumulate(list) {
      const { done, failure, answers } = yield* calls.callUntilFailure(V2.accumulate, elements(list));
      return { done, failure, freed: answers.reduce((sum, a) => sum + a.freed, 0) };
    },
  };
}
