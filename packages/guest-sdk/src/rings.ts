/**
 * Where the store's and the console's rings are, and their ports: memory of the guest's own that its builder set aside.
 * v1: HVM parameters, a frame of 4096 bytes. v2: an EXTENT. Sources: xen/include/public/hvm/params.h; abi-v2, Parameters.
 */
import type { Trap } from "@granule/machine";
import { alignDown, BACKING_UNIT, type Bytes, decodeExtent, type Ipa, ipa, range, type Range, XEN_PAGE } from "@granule/units";
import { C, PARAM, V1, V2 } from "@granule/xen-abi";
import type { CallResult, Calls } from "./contract.ts";

/** A ring that both ABIs name by a memory and a port parameter. */
export interface Ring {
  readonly memory: Range<"ipa">;
  readonly port: number;
}
const INDEX = /* @__PURE__ */ Object.freeze({
  store: { v1: [C.HVM_PARAM_STORE_PFN, C.HVM_PARAM_STORE_EVTCHN], v2: [PARAM.store_extent, PARAM.store_port] },
  console: { v1: [C.HVM_PARAM_CONSOLE_PFN, C.HVM_PARAM_CONSOLE_EVTCHN], v2: [PARAM.console_extent, PARAM.console_port] },
} as const);
export type RingName = keyof typeof INDEX;

/** A frame number that a parameter holds; 0 and ~0 mean that there is none. */
function frameAddress(value: bigint, limit: Bytes): Ipa | undefined {
  const gfn = Number(value);
  return gfn > 0 && gfn * XEN_PAGE.size < limit ? ipa(gfn * XEN_PAGE.size) : undefined;
}

/** Undefined: the domain has no such ring, or it has no memory yet. `query` is what ABI v2 answered; undefined: v1. */
export function* findRing(calls: Calls, query: CallResult<typeof V2.query> | undefined, name: RingName): Trap<Ring | undefined> {
  if (query === undefined) {
    const [pfn, evtchn] = INDEX[name].v1;
    const frame = yield* calls.call(V1.hvm_get_param, { domid: C.DOMID_SELF, index: pfn });
    const port = yield* calls.call(V1.hvm_get_param, { domid: C.DOMID_SELF, index: evtchn });
    const start = frame.ok ? frameAddress(frame.value.value, 2 ** 48) : undefined;
    return start === undefined || !port.ok ? undefined : { memory: range(start, XEN_PAGE.size), port: Number(port.value.value) };
  }
  const [extent, event] = INDEX[name].v2;
  const memory = yield* calls.call(V2.get_param, { index: extent });
  const port = yield* calls.call(V2.get_param, { index: event });
  if (!memory.ok || !port.ok) return undefined;
  const word = memory.value.value;
  const r = decodeExtent(Number(word >> 32n), Number(word & 0xffff_ffffn), query.ipa_limit);
  return r.ok ? { memory: r.value, port: Number(port.value.value) } : undefined;
}

/** What a kernel must leave alone around a ring: its whole 64 KiB. */
export const ringExtent = (ring: Ring): Range<"ipa"> =>
  range(alignDown(ring.memory.start, BACKING_UNIT), Math.max(ring.memory.size, BACKING_UNIT));
