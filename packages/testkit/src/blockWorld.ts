/** A machine with the store, a back end and a front end, each a domain with its own S1, G and ABI, and one block device. */
import { createToolstack, preset, type Toolstack, XVDA } from "@granule/granule";
import { connectXenbus, type Kernel, type Xenbus } from "@granule/guest-sdk";
import { type Domain, SchedulerPort } from "@granule/hypervisor";
import { assembleList, type Machine } from "@granule/kit";
import type { Trap } from "@granule/machine";
import { type BlockBackend, blockBackend, type BlockBackendOptions } from "@granule/pv-block";
import { type AnyGranule, type Bytes, GRANULE_4K, mib } from "@granule/units";

/** One domain's three choices. */
export interface End {
  /** S1. */
  readonly s1: AnyGranule;
  /** G. */
  readonly g: AnyGranule;
  readonly abi: 1 | 2;
}

/** A guest's main function. */
export type Main = (k: Kernel, xenbus: Xenbus) => Trap<void>;

export interface BlockWorldOptions {
  readonly front: End;
  readonly back: End;
  /** Default: 4K at both stages. */
  readonly store?: Pick<End, "s1" | "g">;
  /** Bytes of the pieces that the front end's RAM comes in; default: one run. */
  readonly fragment?: Bytes;
  readonly device: Omit<BlockBackendOptions, "path">;
  /** RAM of either domain in bytes; default 4 MiB. */
  readonly memory?: Bytes;
  /** Instead of the back end: a hostile one, say. */
  readonly backMain?: Main;
}

export interface BlockWorld {
  readonly backend: BlockBackend;
  readonly toolstack: Toolstack;
  readonly machine: Machine;
  readonly front: Domain;
  readonly back: Domain;
  /** Runs the front end's main function to its end. @throws Error when a domain crashes or all wait for ever. */
  run(main: Main): void;
}

/** The front end's directory, relative to its home. */
export const FRONT_PATH: string = `device/vbd/${XVDA}`;
/** The back end's; the front end's domain is the second guest. */
export const BACK_PATH: string = `backend/vbd/2/${XVDA}`;
const MEMORY: Bytes = mib(4);
/** Turns after which a run is given up. */
const SLICES = 400_000;

/** Builds the machine; no guest has run yet. */
export function createBlockWorld(options: BlockWorldOptions): BlockWorld {
  const { front, back, store = { s1: GRANULE_4K, g: GRANULE_4K }, fragment, memory = MEMORY } = options;
  const machine = assembleList(preset({ ram: 2 * memory + mib(32) }));
  const toolstack = createToolstack(machine, store);
  const backend = blockBackend({ ...options.device, path: BACK_PATH });
  let main: Main = function* () {};
  let hasEnded = false;

  function* connect(k: Kernel): Trap<Xenbus> {
    const bus = yield* connectXenbus(k);
    if (!bus.ok) throw new Error(bus.why);
    return bus.value;
  }
  const backDomain = toolstack.createGuest({ name: "back", ...back, ram: memory }, function* (k) {
    const xenbus = yield* connect(k);
    if (options.backMain !== undefined) return yield* options.backMain(k, xenbus);
    const ended = yield* backend.run(k, xenbus);
    if (!ended.ok) throw new Error(ended.why);
  });
  const frontDomain = toolstack.createGuest({ name: "front", ...front, ram: memory, ...(fragment === undefined ? {} : { fragment }) }, function* (k) {
    yield* main(k, yield* connect(k));
    hasEnded = true;
  });
  toolstack.attachBlock({ front: frontDomain, back: backDomain, device: XVDA });

  return {
    backend, toolstack, machine, front: frontDomain, back: backDomain,
    run(body) {
      main = body;
      const all = [toolstack.storeDomain, backDomain, frontDomain];
      const ended = machine.get(SchedulerPort).run({ slices: SLICES, until: () => hasEnded || all.some((d) => d.state === "crashed") });
      for (const d of all) if (d.state === "crashed") throw new Error(`${d.name}: ${d.reason}`);
      if (!hasEnded) throw new Error(`the front end has not ended: ${ended}; back end: ${backend.fault}; store: ${JSON.stringify(toolstack.store.clients())}`);
    },
  };
}
