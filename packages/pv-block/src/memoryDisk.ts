/** A disk in memory, which loses nothing. */
import { type Bytes, ModelBug } from "@granule/units";
import { type Disk, SECTOR } from "./contract.ts";

/** A disk over `bytes`, which stay the caller's to look at. @throws ModelBug when their number is no multiple of 512. */
export function memoryDisk(bytes: Uint8Array): Disk {
  if (bytes.length % SECTOR !== 0) throw new ModelBug(`a disk of ${bytes.length} bytes is no multiple of ${SECTOR}`);
  const inside = (offset: Bytes, size: Bytes): boolean => offset >= 0 && offset + size <= bytes.length;
  return {
    size: bytes.length,
    read(offset, into) {
      if (!inside(offset, into.length)) return false;
      into.set(bytes.subarray(offset, offset + into.length));
      return true;
    },
    write(offset, from) {
      if (!inside(offset, from.length)) return false;
      bytes.set(from, offset);
      return true;
    },
    flush: () => true,
    discard(offset, size) {
      if (!inside(offset, size)) return false;
      bytes.fill(0, offset, offset + size);
      return true;
    },
  };
}
