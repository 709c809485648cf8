/** Two seams of a running pair: a disk that lets a check look around while data is mapped, and a balloon in the back end's kernel. */
import type { Kernel } from "@granule/guest-sdk";
import type { Trap } from "@granule/machine";
import type { Service } from "@granule/pv";
import type { Disk } from "@granule/pv-block";

/** A disk that calls `look` at the first read and the first write: data is mapped then, and nobody else runs. */
export function probeDisk(disk: Disk, look: () => void): Disk {
  const done = new Set<"read" | "write">();
  const once = (direction: "read" | "write"): void => {
    if (done.has(direction)) return;
    done.add(direction);
    look();
  };
  return {
    ...disk,
    read(offset, into) {
      once("read");
      return disk.read(offset, into);
    },
    write(offset, from) {
      once("write");
      return disk.write(offset, from);
    },
  };
}

/** Work in the back end's kernel, beside its device, each time that somebody starts it. */
export interface BalloonService {
  of(k: Kernel): Service;
  start(): void;
  readonly hasEnded: boolean;
  /** What was wrong the last time. */
  readonly why: string | undefined;
}
export function balloonService(run: (k: Kernel) => Trap<string | undefined>): BalloonService {
  let isWanted = false;
  let why: string | undefined;
  return {
    start: () => void (isWanted = true),
    get hasEnded() {
      return !isWanted;
    },
    get why() {
      return why;
    },
    of: (k) => ({
      isReady: () => isWanted,
      *step() {
        why = yield* run(k);
        isWanted = false;
        return true;
      },
    }),
  };
}
