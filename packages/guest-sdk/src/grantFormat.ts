/**
 * What differs between the two grant tables of the ABI: entry, reference, and how the table grows.
 * Sources: xen/include/public/grant_table.h, struct grant_entry_v1 ("Grant table entry v1"); abi-v2, Grants.
 */
import type { Guest, Trap } from "@granule/machine";
import { add, BACKING_UNIT, type Bytes, type Ipa, isAligned, isPowerOfTwo, type Range, toNumber, type Va, XEN_PAGE } from "@granule/units";
import { C, GrantEntryV1, GrantEntryV2, PLACE_OBJECT, V1, V2 } from "@granule/xen-abi";
import type { BootInfo, CallResult, Calls } from "./contract.ts";

export interface GrantFormat {
  /** Where the table is placed. */
  readonly start: Ipa;
  /** Bytes. */
  readonly entrySize: Bytes;
  /** Added to an index to make a reference. */
  readonly refBase: number;
  /** Why a range cannot be one entry; undefined when it can. */
  refuse(r: Range<"ipa">): string | undefined;
  /** Writes an entry but for word 0, which is written last. */
  writeBody(entry: Va, r: Range<"ipa">): void;
  /** Places more of the table; answers the entries that are usable then, as many as before when it cannot grow. */
  grow(entries: number): Trap<number>;
}

/** v1: an entry names one frame of 4096 bytes; the table is placed frame by frame, index i at gfn start + i. */
export function grantFormatV1(g: Guest, calls: Calls, info: BootInfo): GrantFormat {
  const frame = XEN_PAGE.size;
  const perFrame = frame / GrantEntryV1.size;
  const add_to_physmap = calls.caller(V1.add_to_physmap);
  const gfn = toNumber(XEN_PAGE.frameOf(info.grantTable.start));
  return {
    start: info.grantTable.start,
    entrySize: GrantEntryV1.size,
    refBase: 0,
    refuse: (r) => (r.size === frame && isAligned(r.start, frame) ? undefined : `ABI v1 grants one aligned frame of ${frame} bytes, not ${r.size} bytes`),
    writeBody: (entry, r) => g.store32(add(entry, GrantEntryV1.fields.frame.offset), toNumber(XEN_PAGE.frameOf(r.start))),
    *grow(entries) {
      const idx = entries / perFrame;
      if ((idx + 1) * frame > info.grantTable.size) return entries;
      const r = yield* add_to_physmap({ domid: C.DOMID_SELF, size: 0, space: C.XENMAPSPACE_grant_table, idx, gpfn: gfn + idx });
      // EBUSY: placed by the kernel that ran before, at the place that the device tree names
      return r.ok || r.code === "EBUSY" ? entries + perFrame : entries;
    },
  };
}

/** v2: an entry names an EXTENT; the table is placed in steps of 64 KiB, a multiple of every granule, from the middle of its hole. */
export function grantFormatV2(g: Guest, calls: Calls, info: BootInfo, query: CallResult<typeof V2.query>): GrantFormat {
  const step = BACKING_UNIT;
  const half = Math.floor(info.grantTable.size / 2 / step) * step;
  const start = add(info.grantTable.start, half);
  const limit = Math.min(info.grantTable.size - half, query.grant_table_limit);
  const place = calls.caller(V2.place);
  return {
    start,
    entrySize: query.grant_entry_size,
    refBase: C.GRANT_REF_V2,
    refuse: (r) =>
      isPowerOfTwo(r.size) && r.size >= XEN_PAGE.size && toNumber(r.start) % r.size === 0 ? undefined : `ABI v2 grants an aligned power of two of at least ${XEN_PAGE.size} bytes, not ${r.size} bytes at ${toNumber(r.start)}`,
    writeBody: (entry, r) => g.store53(add(entry, GrantEntryV2.fields.extent.offset), toNumber(r.start) + Math.round(Math.log2(r.size))),
    *grow(entries) {
      const offset = entries * query.grant_entry_size;
      if (offset + step > limit) return entries;
      const r = yield* place({ object: PLACE_OBJECT.grant_table_v2, offset, address: add(start, offset), size: step });
      return r.ok ? entries + step / query.grant_entry_size : entries;
    },
  };
}
