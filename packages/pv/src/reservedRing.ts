/**
 * A ring that the toolstack gave a guest (xenstore, console) as a service domain maps it: it sits alone in a 64 KiB extent
 * of the guest's memory, which is granted under a reserved reference of both tables. v1's names its first 4096 bytes,
 * v2's the extent, so it can be mapped at any granule. Source: xen/include/public/grant_table.h, GNTTAB_RESERVED_*.
 */
import type { Kernel, MapCode, Mapping } from "@granule/guest-sdk/contract";
import type { Trap } from "@granule/machine";
import { BACKING_UNIT, fail, type Result, XEN_PAGE } from "@granule/units";
import { C } from "@granule/xen-abi";

/** Maps the ring of `domid` under reserved reference `reserved`. A domain with G above 4 KiB needs ABI v2 for that. */
export function* mapReservedRing(k: Kernel, domid: number, reserved: number): Trap<Result<Mapping, MapCode>> {
  const isWholeExtent = k.stage2 !== undefined && k.stage2.size > XEN_PAGE.size;
  const request = isWholeExtent ? { domid, ref: C.GRANT_REF_V2 + reserved, size: BACKING_UNIT } : { domid, ref: reserved, size: XEN_PAGE.size };
  const [mapped] = yield* k.mapper.map([request]);
  if (mapped?.ok === true) return mapped;
  return fail(mapped?.code ?? "ENOSYS", `reference ${request.ref} of ${request.size} bytes: ${mapped?.why ?? "no answer"}`);
}
