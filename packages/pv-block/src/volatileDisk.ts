/**
 * A disk with a volatile write cache, and what a power cut leaves of it. A write is only promised after a flush that
 * follows it. Until then each of its sectors may be kept or lost, on its own and in any order; one sector is never torn.
 */
import type { Bytes } from "@granule/units";
import { type Disk, SECTOR } from "./contract.ts";

/** A disk whose power can be cut. */
export interface VolatileDisk extends Disk {
  /** For each sector that was written since the last flush: keeps what is durable, or any of what was written. Empties the cache. */
  powerCut(): void;
  /** Sectors that a power cut may change. */
  readonly pending: number;
}

/** Caches writes before `disk` until `flush`. `random` answers in [0, 1). */
export function volatileDisk(disk: Disk, random: () => number): VolatileDisk {
  /** Contents since the last flush, oldest first, by sector number. */
  const cache = new Map<number, Uint8Array[]>();
  const sectors = (offset: Bytes, size: Bytes, each: (sector: number, at: Bytes) => void): void => {
    for (let at = 0; at < size; at += SECTOR) each((offset + at) / SECTOR, at);
  };
  const put = (sector: number, bytes: Uint8Array): void => {
    const versions = cache.get(sector);
    if (versions === undefined) cache.set(sector, [bytes]);
    else versions.push(bytes);
  };
  const inside = (offset: Bytes, size: Bytes): boolean => offset >= 0 && offset + size <= disk.size;
  return {
    size: disk.size,
    get pending() {
      return cache.size;
    },
    read(offset, into) {
      if (!disk.read(offset, into)) return false;
      sectors(offset, into.length, (sector, at) => {
        const newest = cache.get(sector)?.at(-1);
        if (newest !== undefined) into.set(newest, at);
      });
      return true;
    },
    write(offset, from) {
      if (!inside(offset, from.length)) return false;
      sectors(offset, from.length, (sector, at) => put(sector, from.slice(at, at + SECTOR)));
      return true;
    },
    flush() {
      for (const [sector, versions] of cache) {
        const newest = versions.at(-1);
        if (newest !== undefined && !disk.write(sector * SECTOR, newest)) return false;
      }
      cache.clear();
      return disk.flush();
    },
    discard(offset, size) {
      if (!inside(offset, size)) return false;
      sectors(offset, size, (sector) => put(sector, new Uint8Array(SECTOR)));
      return true;
    },
    powerCut() {
      for (const [sector, versions] of cache) {
        const kept = versions[Math.floor(random() * (versions.length + 1))];
        if (kept !== undefined) disk.write(sector * SECTOR, kept);
      }
      cache.clear();
    },
  };
}
