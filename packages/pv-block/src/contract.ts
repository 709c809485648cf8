/**
 * What a block device stores its bytes in, and what both ends count. Offsets and sizes are bytes, multiples of 512;
 * no size here is a page.
 */
import type { Bytes } from "@granule/units";
import { BLKIF_SECTOR_SIZE } from "@granule/xen-abi";

/** Bytes of a sector, the unit of every offset and size. */
export const SECTOR: Bytes = BLKIF_SECTOR_SIZE;

/** Storage, synchronous. False: the storage failed, and nothing can be said of the bytes. */
export interface Disk {
  readonly size: Bytes;
  read(offset: Bytes, into: Uint8Array): boolean;
  write(offset: Bytes, from: Uint8Array): boolean;
  /** True: what was written before survives a power cut from now on. */
  flush(): boolean;
  /** The bytes may be forgotten. Absent: not supported. */
  discard?(offset: Bytes, size: Bytes): boolean;
}

/** What one end did since it was made. */
export interface BlockCounters {
  requests: number;
  segments: number;
  /** Front end: entries granted for data. */
  grantEntries: number;
  /** Back end: elements of map and unmap calls, for data. */
  mapElements: number;
  unmapElements: number;
  /** Back end: elements and bytes of copy calls, the ring's included. */
  copyElements: number;
  copyBytes: Bytes;
  /** Bytes of data that were asked for. */
  bytesRequested: Bytes;
  /** Bytes that were granted for them: what is above {@link bytesRequested} was exposed without need. */
  bytesExposed: Bytes;
}

/** All zero. */
export const createCounters = (): BlockCounters => ({
  requests: 0, segments: 0, grantEntries: 0, mapElements: 0, unmapElements: 0, copyElements: 0, copyBytes: 0, bytesRequested: 0, bytesExposed: 0,
});

export type DataMode = "mapped" | "copied";
