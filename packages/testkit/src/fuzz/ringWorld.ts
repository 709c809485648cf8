/**
 * A machine for hostile rings: a store, two back ends, and two front ends of which one behaves. The hostile one is
 * connected as a good one would be, and then its rings, the store's and the device's, are words to be spoilt.
 */
import { blockPaths, createToolstack, preset, type Toolstack, XVDA } from "@granule/granule";
import { connectXenbus, findRing, type Kernel, type Xenbus, XenbusState } from "@granule/guest-sdk";
import { type Domain, SchedulerPort } from "@granule/hypervisor";
import { assembleList, type Machine } from "@granule/kit";
import type { Trap } from "@granule/machine";
import { initSharedRing, openFront, type SharedWords, waitForPeer, wordsAt } from "@granule/pv";
import { blockBackend, blockFrontend, memoryDisk } from "@granule/pv-block";
import { add, type AnyGranule, BACKING_UNIT, type Bytes, endOf, GRANULE_4K, kib, mib, ModelBug, vaFromIpa, XEN_PAGE } from "@granule/units";

const RAM: Bytes = mib(4);
const DISK: Bytes = kib(128);
/** Turns for everyone to connect. */
const CONNECT_SLICES = 400_000;
/** Bytes that the good front end writes and reads back at a time. */
const BLOCK: Bytes = XEN_PAGE.size;

/** Both front ends' directory, relative to their homes. */
const FRONT = `device/vbd/${XVDA}`;

/** What the hostile domain has in its hands. */
export interface Hands {
  readonly k: Kernel;
  /** struct xenstore_domain_interface. */
  readonly store: SharedWords;
  readonly storePort: number;
  /** The block ring of one frame. */
  readonly block: SharedWords;
  readonly blockPort: number;
  /** Something that it has granted to the back end. */
  readonly dataRef: number;
}
export interface RingWorld {
  readonly machine: Machine;
  readonly toolstack: Toolstack;
  readonly domains: readonly Domain[];
  readonly hostile: Domain;
  /** Lets the hostile domain do one thing in its own turn. */
  act(f: (h: Hands) => Trap<void>): void;
  /** Blocks that the good front end has written and read back, and nodes likewise. */
  progress(): number;
  /** Asks for one more; answers whether it came in so many turns. */
  ask(slices: number): boolean;
}

function* connect(k: Kernel): Trap<Xenbus> {
  const bus = yield* connectXenbus(k);
  if (!bus.ok) throw new ModelBug(bus.why);
  return bus.value;
}

/** G of the hostile domain, both back ends and the neighbour, and of the store. */
export function createRingWorld(g: { readonly hostile: AnyGranule; readonly back: AnyGranule; readonly store: AnyGranule }): RingWorld {
  const machine = assembleList(preset({ ram: mib(40) }));
  const toolstack = createToolstack(machine, { s1: GRANULE_4K, g: g.store });
  const scheduler = machine.get(SchedulerPort);
  let todo: ((h: Hands) => Trap<void>) | undefined;
  let hands: Hands | undefined;
  let wanted = 0;
  let progress = 0;

  const backMain = (front: number) =>
    function* (k: Kernel): Trap<void> {
      const xenbus = yield* connect(k);
      const backend = blockBackend({ path: blockPaths(front, XVDA).back, disk: memoryDisk(new Uint8Array(DISK)) });
      yield* backend.run(k, xenbus);
      // its front end may be beyond help; the domain stays
      for (;;) yield* k.events.waitFor(() => false);
    };
  function* hostileMain(k: Kernel): Trap<void> {
    const xenbus = yield* connect(k);
    const opened = yield* openFront(k, xenbus, FRONT);
    const ring = yield* findRing(k, k.query, "store");
    if (!opened.ok || ring === undefined) throw new ModelBug("no device or no store");
    const device = opened.value;
    yield* device.setState(XenbusState.Initialising);
    yield* waitForPeer(k, device, [XenbusState.InitWait]);
    const page = k.pages.alloc(XEN_PAGE.size);
    const data = k.pages.alloc(XEN_PAGE.size);
    const block = wordsAt(k.g, vaFromIpa(page.start));
    initSharedRing(block);
    const ref = yield* k.grants.grant(device.peer, page);
    const dataRef = yield* k.grants.grant(device.peer, data);
    const port = yield* k.events.allocUnbound(device.peer);
    if (!ref.ok || !port.ok || !dataRef.ok) throw new ModelBug("no ring");
    yield* device.write({ "ring-ref": ref.value, "event-channel": port.value });
    yield* device.setState(XenbusState.Initialised);
    yield* waitForPeer(k, device, [XenbusState.Connected]);
    const store = wordsAt(k.g, vaFromIpa(add(endOf(k.info.ram), -BACKING_UNIT)));
    hands = { k, store, storePort: ring.port, block, blockPort: port.value, dataRef: dataRef.value };
    for (;;) {
      const f = todo;
      todo = undefined;
      if (f !== undefined) yield* f(hands);
      yield* k.g.pause();
    }
  }
  function* neighbourMain(k: Kernel): Trap<void> {
    const xenbus = yield* connect(k);
    const disk = yield* blockFrontend(k, xenbus, { path: FRONT });
    if (!disk.ok) throw new ModelBug(disk.why);
    const page = k.pages.alloc(BLOCK);
    const view = new Uint8Array(BLOCK);
    for (let round = 0; ; round++) {
      while (progress >= wanted) yield* k.g.pause();
      const value = 1 + (round % 255);
      k.g.fill(vaFromIpa(page.start), BLOCK, value);
      const wrote = yield* disk.value.write(0, page);
      k.g.fill(vaFromIpa(page.start), BLOCK, 0);
      const read = yield* disk.value.read(0, page);
      k.g.read(vaFromIpa(page.start), view);
      const node = yield* xenbus.write("data/round", String(round));
      const back = yield* xenbus.read("data/round");
      const isRight = wrote.ok && read.ok && node.ok && back.ok && back.value === String(round) && view.every((b) => b === value);
      if (!isRight) throw new ModelBug(`the neighbour's round ${round} went wrong`);
      progress++;
    }
  }

  const build = (name: string, granule: AnyGranule, main: (k: Kernel) => Trap<void>): Domain => toolstack.createGuest({ name, s1: GRANULE_4K, g: granule, abi: 2, ram: RAM }, main);
  // domids go up from 1: each back end must know its front end's before that is built
  const back1 = build("back1", g.back, backMain(3));
  const back2 = build("back2", GRANULE_4K, backMain(4));
  const hostile = build("hostile", g.hostile, hostileMain);
  const neighbour = build("neighbour", GRANULE_4K, neighbourMain);
  toolstack.attachBlock({ front: hostile, back: back1, device: XVDA });
  toolstack.attachBlock({ front: neighbour, back: back2, device: XVDA });
  wanted = 1;
  const all = [toolstack.storeDomain, back1, back2, hostile, neighbour];
  scheduler.run({ slices: CONNECT_SLICES, until: () => (hands !== undefined && progress === 1) || all.some((d) => d.state !== "running") });
  if (hands === undefined || progress !== 1) throw new ModelBug(`the ring world did not connect: ${all.map((d) => `${d.name} ${d.state} ${d.reason}`).join(", ")}`);
  return {
    machine, toolstack, domains: all, hostile,
    act(f) {
      todo = f;
      scheduler.run({ slices: 200, until: () => todo === undefined });
    },
    progress: () => progress,
    ask(slices) {
      wanted = progress + 1;
      scheduler.run({ slices, until: () => progress >= wanted || all.some((d) => d.state !== "running") });
      return progress >= wanted;
    },
  };
}
