// TABLE: the block interface.
/**
 * blkif, the PV block protocol, as data with arm64's offsets.
 * Source: xen/include/public/io/blkif.h. Sectors are 512 bytes, whatever the disk's sector size, the granules and the
 * unit of sharing are. `first_sect` and `last_sect` count sectors from the start of what the reference covers, so one
 * segment describes up to 128 KiB: a unit of 16 KiB or 64 KiB needs no other format.
 */
import { struct } from "@granule/codec";
import { type Bytes, XEN_PAGE } from "@granule/units";

/** Bytes of the protocol's sector. */
export const BLKIF_SECTOR_SIZE: Bytes = 512;

export const BLKIF_OP_READ = 0;
export const BLKIF_OP_WRITE = 1;
/** All earlier writes are durable before it, and it before it completes. */
export const BLKIF_OP_WRITE_BARRIER = 2;
/** All completed writes are durable when it completes. */
export const BLKIF_OP_FLUSH_DISKCACHE = 3;
export const BLKIF_OP_DISCARD = 5;
export const BLKIF_OP_INDIRECT = 6;

export const BLKIF_RSP_OKAY = 0;
export const BLKIF_RSP_ERROR = -1;
export const BLKIF_RSP_EOPNOTSUPP = -2;

export const BLKIF_MAX_SEGMENTS_PER_REQUEST = 11;
export const BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST = 8;
/** Bit of a discard's `flag`: the data must not be recoverable. */
export const BLKIF_DISCARD_SECURE = 1;

/** Bits of the key `info`. */
export const VDISK_CDROM = 1;
export const VDISK_REMOVABLE = 2;
export const VDISK_READONLY = 4;

/** struct blkif_request_segment. Sectors are inclusive on both ends. */
export const BlkifRequestSegment = /* @__PURE__ */ struct("blkif_request_segment", 8, {
  gref: [0, "u32"],
  first_sect: [4, "u8"],
  last_sect: [5, "u8"],
});

/** struct blkif_request: `seg` holds up to 11 segments. */
export const BlkifRequest = /* @__PURE__ */ struct("blkif_request", 112, {
  operation: [0, "u8"],
  nr_segments: [1, "u8"],
  handle: [2, "u16"],
  id: [8, "u64"],
  sector_number: [16, "u53"],
  seg: [24, "bytes", 88],
});

/** struct blkif_request_discard. */
export const BlkifRequestDiscard = /* @__PURE__ */ struct("blkif_request_discard", 32, {
  operation: [0, "u8"],
  flag: [1, "u8"],
  handle: [2, "u16"],
  id: [8, "u64"],
  sector_number: [16, "u53"],
  nr_sectors: [24, "u53"],
});

/** struct blkif_request_indirect: `indirect_op` is READ or WRITE; the segments are in the pages of `indirect_grefs`. */
export const BlkifRequestIndirect = /* @__PURE__ */ struct("blkif_request_indirect", 64, {
  operation: [0, "u8"],
  indirect_op: [1, "u8"],
  nr_segments: [2, "u16"],
  id: [8, "u64"],
  sector_number: [16, "u53"],
  handle: [24, "u16"],
  indirect_grefs: [28, "bytes", 32],
});

/** struct blkif_response. */
export const BlkifResponse = /* @__PURE__ */ struct("blkif_response", 16, {
  id: [0, "u64"],
  operation: [8, "u8"],
  status: [10, "i16"],
});

/** union blkif_sring_entry: what a slot of the ring takes. */
export const BLKIF_RING_ENTRY: Bytes = BlkifRequest.size;

/** An indirect page is 4096 bytes whatever the unit of sharing is. */
export const BLKIF_INDIRECT_PAGE: Bytes = XEN_PAGE.size;
/** Segments in one indirect page. */
export const SEGS_PER_INDIRECT_FRAME: number = BLKIF_INDIRECT_PAGE / BlkifRequestSegment.size;
