import { describe, expect, it } from "vitest";
import { BLKIF_RING_ENTRY, BlkifRequest, BlkifRequestDiscard, BlkifRequestIndirect, BlkifRequestSegment, BlkifResponse, SEGS_PER_INDIRECT_FRAME } from "./blkif.ts";
import { XenconsInterface } from "./consoleRing.ts";
import { ringSlots, SharedRing } from "./ring.ts";

describe("rings", () => {
  it("has the slots that Linux and Xen compute for the same bytes", () => {
    // io/ring.h's __CONST_RING_SIZE with 112-byte entries: 32 in 4 KiB; Linux's multi-page rings give the same series
    const rows: readonly [number, number][] = [[4096, 32], [8192, 64], [16384, 128], [32768, 256], [65536, 512]];
    expect(rows.map(([bytes]) => [bytes, ringSlots(bytes, BLKIF_RING_ENTRY)])).toEqual(rows);
  });
  it("has no slot where none fits", () => {
    expect([0, 63, 64, 64 + 111].map((n) => ringSlots(n, 112))).toEqual([0, 0, 0, 0]);
    expect(ringSlots(64 + 112, 112)).toBe(1);
    expect(ringSlots(64 + 3 * 112, 112)).toBe(2);
  });
});

describe("layouts", () => {
  // offsetof and sizeof of a C compiler for an LP64 target, over the structures as io/ring.h, io/blkif.h and io/console.h declare them
  const ROWS = [
    [SharedRing, 64, { req_prod: 0, req_event: 4, rsp_prod: 8, rsp_event: 12 }],
    [BlkifRequestSegment, 8, { gref: 0, first_sect: 4, last_sect: 5 }],
    [BlkifRequest, 112, { operation: 0, nr_segments: 1, handle: 2, id: 8, sector_number: 16, seg: 24 }],
    [BlkifRequestDiscard, 32, { operation: 0, flag: 1, handle: 2, id: 8, sector_number: 16, nr_sectors: 24 }],
    [BlkifRequestIndirect, 64, { operation: 0, indirect_op: 1, nr_segments: 2, id: 8, sector_number: 16, handle: 24, indirect_grefs: 28 }],
    [XenconsInterface, 3088, { in: 0, out: 1024, in_cons: 3072, in_prod: 3076, out_cons: 3080, out_prod: 3084 }],
    [BlkifResponse, 16, { id: 0, operation: 8, status: 10 }],
  ] as const;
  it.each(ROWS)("$0.name", (s, size, offsets) => {
    expect(s.size).toBe(size);
    expect(Object.fromEntries(Object.values(s.fields).map((f) => [f.name, f.offset]))).toEqual(offsets);
  });
  it("a 4096-byte indirect page holds 512 segments, and no slot is smaller than a request", () => {
    expect(SEGS_PER_INDIRECT_FRAME).toBe(512);
    expect(BLKIF_RING_ENTRY).toBe(112);
  });
});
