/**
 * The front end's work in a cell: carries out the steps, and compares every byte with a model of the disk. The buffer
 * is known in full: outside a transfer's memory it holds the marker, before and after.
 */
import { firstDifference, seededBytes } from "@granule/granule";
import type { Kernel } from "@granule/guest-sdk";
import { createRandom } from "@granule/kit";
import type { Trap } from "@granule/machine";
import { type BlockDisk, SECTOR } from "@granule/pv-block";
import { add, BACKING_UNIT, type Bytes, range, vaFromIpa, XEN_PAGE } from "@granule/units";
import type { Checks } from "./checks.ts";
import type { Step } from "./contract.ts";
import { BUFFER, DISK } from "./script.ts";
import { SECRET } from "./watchGrants.ts";

/** Data repeats after this many bytes: a prime, so that no two granules of it are the same. */
const PERIOD = 65521;

/** Bytes before and after a transfer that are compared too. */
const GUARD: Bytes = XEN_PAGE.size;

export interface WorkOptions {
  readonly seed: string;
  readonly steps: readonly Step[];
  readonly checks: Checks;
  /** What the disk durably holds. */
  readonly stored: Uint8Array;
  readonly connect: () => Trap<BlockDisk>;
  /** Called while connected and at rest. `moved`: bytes since the connection. `isBallooned`: memory left and came back. */
  readonly look: (disk: BlockDisk, moved: Bytes, isBallooned: boolean) => void;
  /** Called after a disconnect. */
  readonly closed: (disk: BlockDisk) => void;
  readonly balloon: () => Trap<void>;
}

export function* work(k: Kernel, options: WorkOptions): Trap<void> {
  const { steps, checks, stored } = options;
  const model = new Uint8Array(DISK);
  const data = seededBytes(`${options.seed}/data`, PERIOD).map((byte) => byte & 0x7f);
  const random = createRandom(`${options.seed}/phase`);
  const buffer = k.pages.alloc(BUFFER, BACKING_UNIT);
  const at = vaFromIpa(buffer.start);
  /** What the buffer must hold. */
  const wanted = new Uint8Array(BUFFER).fill(SECRET);
  const seen = new Uint8Array(BUFFER);
  k.g.fill(at, BUFFER, SECRET);
  let disk = yield* options.connect();
  /** In this connection. */
  let moved: Bytes = 0;
  let isBallooned = false;

  /** Compares what a transfer could have reached by mistake: its own bytes and a granule on either side. */
  const compareAround = (what: string, memory: Bytes, size: Bytes): void => {
    const from = Math.max(0, memory - (memory % SECTOR) - GUARD);
    const to = Math.min(BUFFER, memory + size + GUARD);
    const part = seen.subarray(from, to);
    k.g.read(add(at, from), part);
    const i = firstDifference(part, wanted.subarray(from, to));
    checks.note("bytes", i < 0 ? undefined : `${what}: byte ${from + i} of the buffer is ${part[i]}, must be ${wanted[from + i]}`);
  };
  function* transfer(step: Extract<Step, { readonly at: Bytes }>): Trap<void> {
    const part = range(add(buffer.start, step.memory), step.size);
    const what = `${step.do} of ${step.size} bytes at byte ${step.at} of the disk, memory ${step.memory}`;
    const before = { ...disk.counters };
    if (step.do === "write") {
      for (let done = 0, phase = Math.floor(random() * PERIOD); done < step.size; phase = 0) {
        const piece = data.subarray(phase, Math.min(PERIOD, phase + step.size - done));
        model.set(piece, step.at + done);
        done += piece.length;
      }
      wanted.set(model.subarray(step.at, step.at + step.size), step.memory);
      k.g.write(vaFromIpa(part.start), model.subarray(step.at, step.at + step.size));
    } else k.g.fill(vaFromIpa(part.start), part.size, 0);
    const answer = step.do === "write" ? yield* disk.write(step.at / SECTOR, part) : yield* disk.read(step.at / SECTOR, part);
    checks.note("requests", answer.ok ? undefined : `${what}: ${answer.why}`);
    if (step.do === "read") wanted.set(model.subarray(step.at, step.at + step.size), step.memory);
    compareAround(what, step.memory, step.size);
    wanted.fill(SECRET, step.memory, step.memory + step.size);
    k.g.fill(vaFromIpa(part.start), part.size, SECRET);
    moved += step.size;

    // what a unit above the piece costs: less than one at each end of the transfer, and nothing else
    const granted = disk.counters.bytesExposed - before.bytesExposed;
    const isExplained = granted % disk.unit === 0 && granted >= step.size && granted < step.size + 2 * disk.unit;
    checks.note("exposed", isExplained || !answer.ok ? undefined : `${what}: ${granted} bytes were granted in units of ${disk.unit}`);
  }
  function* close(): Trap<void> {
    options.look(disk, moved, isBallooned);
    yield* disk.close();
    checks.note("grants end", k.grants.counters.entries === 0 ? undefined : `${k.grants.counters.entries} grants of ${k.grants.counters.bytes} bytes after the disconnect`);
    options.closed(disk);
    moved = 0;
  }

  for (const step of steps) {
    if (step.do === "write" || step.do === "read") yield* transfer(step);
    else if (step.do === "balloon") {
      options.look(disk, moved, isBallooned);
      yield* options.balloon();
      isBallooned = true;
    } else if (step.do === "reconnect") {
      yield* close();
      disk = yield* options.connect();
    } else {
      const flushed = yield* disk.flush();
      checks.note("requests", flushed.ok ? undefined : `flush: ${flushed.why}`);
      const i = firstDifference(stored, model);
      checks.note("durable", i < 0 ? undefined : `after a flush, byte ${i} of what survives a power cut is ${stored[i]}, must be ${model[i]}`);
    }
  }
  yield* close();
}
