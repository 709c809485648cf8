/** Advisories about PV drivers, replayed. What each was about is in one sentence above its test. */
import { expect, it } from "vitest";
import type { Trap } from "@granule/machine";
import { createBackRing, mappedRing, openBack, offerBack, type SharedWords, waitForPeer, wordsAt } from "@granule/pv";
import { blockFrontend, memoryDisk } from "@granule/pv-block";
import { XenbusState } from "@granule/guest-sdk";
import { GRANULE_4K, GRANULE_64K, kib, vaFromIpa, xenGfn } from "@granule/units";
import { createStore } from "@granule/xenstore";
import { BACK_PATH, createBlockWorld, FRONT_PATH } from "../blockWorld.ts";
import { storeClient } from "./storeClient.ts";

const finish = <V>(trap: Trap<V>): V => {
  const r = trap.next();
  if (r.done !== true) throw new Error("a mapped ring does not trap");
  return r.value;
};

// Back ends read a request from the shared ring more than once, and used what they had not checked.
it("XSA-155: each byte of a request is read once, and what was read is what is used", () => {
  const memory = new DataView(new ArrayBuffer(kib(4)));
  const reads = new Map<number, number>();
  const count = (offset: number, n: number): void => {
    for (let i = offset; i < offset + n; i++) reads.set(i, (reads.get(i) ?? 0) + 1);
  };
  const words: SharedWords = {
    load32(offset) {
      count(offset, 4);
      return memory.getUint32(offset, true);
    },
    store32: (offset, value) => memory.setUint32(offset, value, true),
    load(offset, into) {
      count(offset, into.length);
      into.set(new Uint8Array(memory.buffer, offset, into.length));
    },
    store: (offset, from) => new Uint8Array(memory.buffer).set(from, offset),
    barrier: () => undefined,
  };
  const entry = 112;
  const ring = createBackRing(mappedRing(words, kib(4)), entry);
  const shared = new Uint8Array(memory.buffer);
  shared.fill(0x11, 64, 64 + 3 * entry);
  memory.setUint32(0, 3, true);
  expect(finish(ring.fetch())).toBe(3);
  // the other end changes everything now
  shared.fill(0xee, 64);
  expect(new Uint8Array(ring.requests.buffer, 0, 3 * entry).every((b) => b === 0x11)).toBe(true);
  const slots = [...reads].filter(([at]) => at >= 64);
  expect([slots.length, slots.every(([, n]) => n === 1)]).toEqual([3 * entry, true]);
});

// A front end wrote a watched path over and over, and the back end's queue of events grew until memory was gone.
it("XSA-349: events that a back end has not fetched are bounded, and equal ones wait once", () => {
  const store = createStore({ quotas: { memory: 20_000 } });
  const dom0 = storeClient(store, 0);
  const [front, back] = [5, 6].map((domid) => {
    store.introduce(domid, xenGfn(1), 1);
    dom0.ask("XS_MKDIR", `/local/domain/${domid}\0`);
    dom0.ask("XS_SET_PERMS", `/local/domain/${domid}\0b${domid}\0`);
    return storeClient(store, domid);
  });
  back?.ask("XS_WATCH", "/local/domain/5\0t\0");
  back?.events();
  for (let i = 0; i < 3000; i++) {
    front?.write("state", String(i));
    front?.write(`extra${i % 500}`, "x");
  }
  expect(store.usage(6).bytes).toBeLessThanOrEqual(20_000);
  const events = back?.events() ?? [];
  expect(events.filter((path) => path.endsWith("/state"))).toHaveLength(1);
  expect(events.length).toBeLessThanOrEqual(501);
});

// A front end granted whole pages of which its data was a part; the rest showed what else it had in memory.
it("XSA-403: in a unit of 64 KiB that carries 4 KiB the back end finds nothing else", () => {
  const UNIT = kib(64);
  const { Initialised, Closing, Closed, Connected } = XenbusState;
  let seen: Uint8Array | undefined;
  const end = { s1: GRANULE_4K, g: GRANULE_4K, abi: 2 } as const;
  const w = createBlockWorld({
    front: end, back: { s1: GRANULE_64K, g: GRANULE_64K, abi: 2 }, device: { disk: memoryDisk(new Uint8Array(kib(512))) },
    *backMain(k, xenbus) {
      const opened = yield* openBack(k, xenbus, BACK_PATH);
      if (!opened.ok) throw new Error(opened.why);
      const device = opened.value;
      yield* offerBack(device, {
        // oxlint-disable-next-line require-yield
        *advertise() {
          return { sectors: 1024, "sector-size": 512, info: 0, "unit-max": UNIT, "unit-preferred": UNIT };
        },
        connect: () => { throw new Error("unused"); },
        disconnect: () => { throw new Error("unused"); },
      });
      yield* waitForPeer(k, device, [Initialised]);
      expect(yield* device.readPeer("unit")).toBe(String(UNIT));
      const ringSize = Number((yield* device.readPeer("ring-size")) ?? kib(4));
      const [ring] = yield* k.mapper.map([{ domid: device.peer, ref: Number(yield* device.readPeer("ring-ref")), size: ringSize }]);
      const port = yield* k.events.bindInterdomain(device.peer, Number(yield* device.readPeer("event-channel")));
      if (ring?.ok !== true || !port.ok) throw new Error("no ring");
      const words = wordsAt(k.g, ring.value.va);
      yield* device.setState(Connected);
      k.events.on(port.value, () => {});
      yield* k.events.waitFor(() => words.load32(0) > 0);
      const slot = new DataView(new ArrayBuffer(112));
      words.load(64, new Uint8Array(slot.buffer));
      const [data] = yield* k.mapper.map([{ domid: device.peer, ref: slot.getUint32(24, true), size: UNIT, readonly: true }]);
      if (data?.ok !== true) throw new Error("no data");
      seen = new Uint8Array(UNIT);
      k.g.read(data.value.va, seen);
      yield* k.mapper.unmap([data.value]);
      yield* device.setState(Closing);
      yield* waitForPeer(k, device, [Closing, Closed]);
      yield* k.mapper.unmap([ring.value]);
      yield* waitForPeer(k, device, [Closed]);
      yield* device.setState(Closed);
    },
  });
  w.run(function* (k, xenbus) {
    // its memory is full of what nobody should see
    const all = k.pages.alloc(kib(512));
    k.g.fill(vaFromIpa(all.start), all.size, 0xbd);
    k.pages.free(all);
    const disk = yield* blockFrontend(k, xenbus, { path: FRONT_PATH });
    if (!disk.ok) throw new Error(disk.why);
    const page = k.pages.alloc(kib(4));
    k.g.fill(vaFromIpa(page.start), kib(4), 0x77);
    expect((yield* disk.value.write(0, page)).ok).toBe(false);
    yield* disk.value.close();
  });
  const data = [...(seen ?? [])].filter((x) => x === 0x77).length;
  expect([data, [...(seen ?? [])].filter((x) => x !== 0x77 && x !== 0).length, seen?.length]).toEqual([kib(4), 0, UNIT]);
});
