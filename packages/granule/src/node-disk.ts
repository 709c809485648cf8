/** A disk image in a file of the host: synchronous, so that a run repeats exactly. Sizes and offsets are bytes. */
import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import type { Disk } from "@granule/pv-block";
import { SECTOR } from "@granule/pv-block";
import { GranuleError } from "@granule/units";

export interface FileDisk extends Disk {
  /** The first failure of the host, which the guest saw as an I/O error. */
  readonly fault: GranuleError | undefined;
  close(): void;
}

const reason = (e: unknown): string => (e instanceof Error ? e.message : String(e));

/**
 * Opens an image; `flush` is the host's fsync.
 * @throws GranuleError GRAN0040: it cannot be opened. GRAN0041: its size is not a positive multiple of 512.
 */
export function openFileDisk(path: string, options: { readonly readOnly?: boolean } = {}): FileDisk {
  const isReadOnly = options.readOnly === true;
  let file: number;
  try {
    file = openSync(path, isReadOnly ? "r" : "r+");
  } catch (e) {
    throw new GranuleError("GRAN0040", `disk image "${path}": ${reason(e)}`, isReadOnly ? "Check the path." : "Check the path, or open it read-only.");
  }
  const stat = fstatSync(file);
  if (!stat.isFile() || stat.size === 0 || stat.size % SECTOR !== 0) {
    closeSync(file);
    const sectors = Math.max(1, Math.ceil(stat.size / SECTOR));
    throw new GranuleError("GRAN0041", `disk image "${path}": ${stat.size} bytes is not a positive multiple of ${SECTOR}`, `Make it whole: truncate --size=${sectors * SECTOR} "${path}"`);
  }
  let fault: GranuleError | undefined;
  const guard = (work: () => void): boolean => {
    try {
      work();
      return true;
    } catch (e) {
      fault ??= e instanceof GranuleError ? e : new GranuleError("GRAN0040", `disk image "${path}": ${reason(e)}`);
      return false;
    }
  };
  /** Repeats `move` until all bytes are done; the host may do fewer at once. */
  const all = (size: number, move: (done: number) => number): boolean =>
    guard(() => {
      for (let done = 0; done < size; ) {
        const n = move(done);
        if (n === 0) throw new GranuleError("GRAN0042", `disk image "${path}": shorter than the ${stat.size} bytes it had when it was opened`, "Do not truncate an image while a machine uses it.");
        done += n;
      }
    });
  return {
    size: stat.size,
    get fault() {
      return fault;
    },
    read: (offset, into) => all(into.length, (done) => readSync(file, into, done, into.length - done, offset + done)),
    write: (offset, from) => offset + from.length <= stat.size && !isReadOnly && all(from.length, (done) => writeSync(file, from, done, from.length - done, offset + done)),
    flush: () => guard(() => fsyncSync(file)),
    close: () => closeSync(file),
  };
}
