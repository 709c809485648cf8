/**
 * Two kernels and the block device between them: the back end serves, the front end connects, works and disconnects.
 * Whatever runs a pair (a configuration, a cell of the matrix) gives the front end's work and drives the machine.
 */
import { connectXenbus, type Kernel, type Xenbus } from "@granule/guest-sdk";
import { type Domain, SchedulerPort } from "@granule/hypervisor";
import type { Machine } from "@granule/kit";
import type { Trap } from "@granule/machine";
import { serve, type Service } from "@granule/pv";
import { type BlockBackend, blockBackend, type BlockBackendOptions, type BlockDisk, blockFrontend, type BlockFrontendOptions } from "@granule/pv-block";
import { GranuleError } from "@granule/units";
import { blockPaths, type KernelProgram, type Toolstack, XVDA } from "./toolstack.ts";

export interface BlockPairOptions {
  /** The front end's domid, which names the back end's directory. */
  readonly frontDomid: number;
  readonly backend: Omit<BlockBackendOptions, "path">;
  readonly frontend?: Omit<BlockFrontendOptions, "path">;
  /** The front end's work. `connect` connects; after `close` of the disk it connects again. */
  readonly work: (k: Kernel, connect: () => Trap<BlockDisk>) => Trap<void>;
  /** The front end's kernel as its drivers see it: to watch what they do. */
  readonly observe?: (k: Kernel) => Kernel;
  /** What the back end's kernel does beside serving the device. */
  readonly beside?: (k: Kernel) => readonly Service[];
}

export interface BlockPair {
  readonly backend: BlockBackend;
  readonly frontProgram: KernelProgram;
  readonly backProgram: KernelProgram;
  /** The front end's work is done. */
  readonly hasFinished: boolean;
}

/** The programs of a pair; nothing happens before they are booted. */
export function blockPair(options: BlockPairOptions): BlockPair {
  const paths = blockPaths(options.frontDomid, XVDA);
  const backend = blockBackend({ ...options.backend, path: paths.back });
  let hasFinished = false;

  function* busOf(k: Kernel): Trap<Xenbus> {
    const bus = yield* connectXenbus(k);
    if (!bus.ok) throw new Error(`xenstore: ${bus.why}`);
    return bus.value;
  }
  return {
    backend,
    get hasFinished() {
      return hasFinished;
    },
    *backProgram(k) {
      const device = yield* backend.open(k, yield* busOf(k));
      if (!device.ok) throw new Error(`block back end: ${device.why}`);
      yield* serve(k, [device.value, ...(options.beside?.(k) ?? [])]);
    },
    *frontProgram(kernel) {
      const k = options.observe?.(kernel) ?? kernel;
      const bus = yield* busOf(k);
      yield* options.work(k, function* () {
        const disk = yield* blockFrontend(k, bus, { ...options.frontend, path: paths.front });
        if (!disk.ok) throw new Error(`block front end: ${disk.why}`);
        return disk.value;
      });
      hasFinished = true;
    },
  };
}

/** A pair that runs, and the front end's name. */
export interface RunningPair {
  readonly name: string;
  readonly pair: BlockPair;
}
export interface DriveOptions {
  /** Called every few thousand scheduler turns. */
  readonly onSlice?: () => void;
  /** Turns after which the run is given up; default: never. */
  readonly limit?: number;
}
/** Scheduler turns between two looks at what happened. */
const SLICES = 2000;

/** Runs until every pair has finished and everyone is at rest. @throws GranuleError GRAN0035 when a domain dies or all wait for ever. */
export function drive(machine: Machine, toolstack: Toolstack, pairs: readonly RunningPair[], domains: readonly Domain[], options: DriveOptions = {}): void {
  const scheduler = machine.get(SchedulerPort);
  const { onSlice, limit = Infinity } = options;
  for (let slices = 0; ; slices += SLICES) {
    const ended = scheduler.run({ slices: SLICES });
    onSlice?.();
    const dead = [toolstack.storeDomain, ...domains].find((d) => d.state === "crashed");
    if (dead !== undefined) throw new GranuleError("GRAN0035", `domain ${dead.name} crashed: ${dead.reason}`);
    const stuck = pairs.find((p) => !p.pair.hasFinished);
    if (ended === "idle" && stuck === undefined) return;
    if (ended !== "idle" && slices < limit) continue;
    const clients = toolstack.store.clients().filter((c) => c.fault !== "");
    const why = [stuck?.pair.backend.fault ?? "", ...clients.map((c) => `xenstore does not serve domain ${c.domid}: ${c.fault}`)].filter((s) => s !== "");
    const what = ended === "idle" ? `${stuck?.name} waits for ever for its back end` : `${stuck?.name ?? "somebody"} has not come to rest after ${slices} turns`;
    throw new GranuleError("GRAN0035", `${what}${why.length === 0 ? "" : `: ${why.join("; ")}`}`, "Run again with --trace FILE and look at its end.");
  }
}
