/**
 * The shared ring of PV devices, as data: index words, then slots that requests and responses share.
 * Source: xen/include/public/io/ring.h, DEFINE_RING_TYPES and the macros after it. Offsets and sizes are bytes.
 *
 * Nothing here is a page: a ring is as large as its two ends say, and its number of slots follows from that.
 */
import { struct } from "@granule/codec";
import type { Bytes } from "@granule/units";

/** struct name##_sring: each word has one writer. `req_prod`, `rsp_event`: the front end. `rsp_prod`, `req_event`: the back end. */
export const SharedRing = /* @__PURE__ */ struct("sring", 64, {
  req_prod: [0, "u32"],
  req_event: [4, "u32"],
  rsp_prod: [8, "u32"],
  rsp_event: [12, "u32"],
});

/** __RING_SIZE: the largest power of two of `entry` bytes that fits `ring` bytes behind the header; 0 when none does. */
export function ringSlots(ring: Bytes, entry: Bytes): number {
  const fit = Math.floor((ring - SharedRing.size) / entry);
  return fit < 1 ? 0 : 2 ** Math.floor(Math.log2(fit));
}
