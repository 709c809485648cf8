/** The block device with one end that breaks the rules: the other refuses, says why, harms nobody, and can connect again. */
import { describe, expect, it } from "vitest";
import { type Kernel, XenbusState, type Xenbus } from "@granule/guest-sdk";
import { createRandom } from "@granule/kit";
import type { Trap } from "@granule/machine";
import { closeFront, type DeviceEnd, initSharedRing, type Keys, offerBack, openBack, openFront, type SharedWords, waitForPeer, wordsAt } from "@granule/pv";
import { blockFrontend, memoryDisk } from "@granule/pv-block";
import { type AnyGranule, GRANULE_16K, GRANULE_4K, GRANULE_64K, kib, type Range, vaFromIpa } from "@granule/units";
import { BACK_PATH, type BlockWorld, createBlockWorld, type End, FRONT_PATH, type Main } from "./blockWorld.ts";

const DISK = kib(512);
const BY = { "4k": GRANULE_4K, "16k": GRANULE_16K, "64k": GRANULE_64K } as const;
const V2: End = { s1: GRANULE_4K, g: GRANULE_4K, abi: 2 };
const DONE = { ok: true, value: undefined };
const { Initialising, InitWait, Initialised, Connected, Closing, Closed } = XenbusState;

interface RawFront {
  readonly end: DeviceEnd;
  readonly words: SharedWords;
  readonly port: number;
  close(): Trap<void>;
}
/** A front end that writes the keys it is told to (undefined: leaves one out) and waits for Connected or a refusal. */
function* rawFront(k: Kernel, xenbus: Xenbus, size: number, keys: Record<string, string | number | undefined> = {}): Trap<RawFront & { state: number }> {
  const opened = yield* openFront(k, xenbus, FRONT_PATH);
  if (!opened.ok) throw new Error(opened.why);
  const end = opened.value;
  yield* end.setState(Initialising);
  yield* waitForPeer(k, end, [InitWait]);
  const ring = k.pages.alloc(size, size);
  const words = wordsAt(k.g, vaFromIpa(ring.start));
  initSharedRing(words);
  const ref = yield* k.grants.grant(end.peer, ring);
  const port = yield* k.events.allocUnbound(end.peer);
  if (!ref.ok || !port.ok) throw new Error("no ring");
  k.events.on(port.value, () => {});
  const all = { "ring-ref": ref.value, "event-channel": port.value, unit: 4096, "ring-size": size, ...keys };
  yield* end.write(Object.fromEntries(Object.entries(all).flatMap(([key, v]) => (v === undefined ? [] : [[key, v]]))));
  for (const [key, value] of Object.entries(all)) if (value === undefined) yield* xenbus.rm(`${FRONT_PATH}/${key}`);
  yield* end.setState(Initialised);
  const answer = yield* waitForPeer(k, end, [Connected, Closing, Closed]);
  const driver = { prepare: () => { throw new Error("unused"); }, connected: () => { throw new Error("unused"); }, *release() {
    yield* k.events.close(port.value);
    expect(k.grants.end(ref.value)).toBe(true);
    k.pages.free(ring);
  } };
  return {
    end, words, port: port.value, state: answer.ok ? answer.value : 0,
    *close() {
      yield* closeFront(k, end, driver);
      yield* end.end();
    },
  };
}
/** A well-behaved front end works now. */
function* works(k: Kernel, xenbus: Xenbus): Trap<void> {
  const disk = yield* blockFrontend(k, xenbus, { path: FRONT_PATH });
  if (!disk.ok) throw new Error(disk.why);
  const page = k.pages.alloc(4096);
  k.g.fill(vaFromIpa(page.start), 4096, 0x77);
  expect(yield* disk.value.write(1000, page)).toEqual(DONE);
  expect(yield* disk.value.read(1000, page)).toEqual(DONE);
  yield* disk.value.close();
  k.pages.free(page);
}
const errorNode = (w: BlockWorld): string => w.toolstack.read(`/local/domain/${w.back.domid}/error/${BACK_PATH}/error`) ?? "";

describe("a front end whose keys are not allowed is refused by name, and may connect again", () => {
  const cases: readonly [string, Record<string, string | number | undefined>, RegExp][] = [
    ["unit that is no power of two", { unit: 12288 }, /unit "12288": must be a power of two and a multiple of 4096, in bytes/],
    ["unit above the maximum", { unit: 131072 }, /unit "131072": larger than unit-max, 65536 bytes/],
    ["unit that is no number", { unit: "banana" }, /unit "banana"/],
    ["unit in hex", { unit: "0x1000" }, /unit "0x1000"/],
    ["ring that is too large", { "ring-size": 131072 }, /ring-size "131072": larger than 65536 bytes/],
    ["ring that is larger than its grant", { "ring-size": 8192 }, /ring-ref \d+ of 8192 bytes/],
    ["no ring", { "ring-ref": undefined }, /ring-ref is absent/],
    ["negative ring", { "ring-ref": -1 }, /ring-ref "-1": must be a decimal number below 2\^32/],
    ["ring that is not granted", { "ring-ref": 2 ** 31 + 99 }, /ring-ref 2147483747 of 4096 bytes/],
    ["ring above 32 bits", { "ring-ref": "4294967296" }, /ring-ref "4294967296"/],
    ["no event channel", { "event-channel": undefined }, /event-channel is absent/],
    ["event channel of nobody", { "event-channel": 999 }, /event-channel 999/],
    ["event channel that is no port", { "event-channel": 4294967295 }, /event-channel 4294967295/],
  ];
  const run = (g: AnyGranule, some: typeof cases): void => {
    const w = createBlockWorld({ front: V2, back: { ...V2, g }, device: { disk: memoryDisk(new Uint8Array(DISK)) } });
    w.run(function* (k, xenbus) {
      for (const [name, keys, why] of some) {
        const front = yield* rawFront(k, xenbus, 4096, keys);
        expect([name, front.state, errorNode(w)]).toEqual([name, Closing, expect.stringMatching(why)]);
        yield* front.close();
      }
      yield* works(k, xenbus);
    });
  };
  it("mapped ring", () => run(GRANULE_4K, cases));
  // a ring that is copied is not mapped first, so another sentence says what is wrong with it
  it("copied ring", () => run(GRANULE_64K, [...cases.filter(([name]) => !name.startsWith("ring that is")), ["ring that is not granted", { "ring-ref": 2 ** 31 + 99 }, /reference 2147483747/]]));
});

describe("a front end that breaks the ring", () => {
  it.each([["4k", 33], ["64k", 33], ["4k", 0xffffffff], ["64k", 0x80000000]] as const)("G back %s: req_prod %s", (g, reqProd) => {
    const w = createBlockWorld({ front: V2, back: { ...V2, g: BY[g] }, device: { disk: memoryDisk(new Uint8Array(DISK)) } });
    w.run(function* (k, xenbus) {
      const front = yield* rawFront(k, xenbus, 4096);
      expect(front.state).toBe(Connected);
      front.words.store32(0, reqProd);
      yield* k.events.send(front.port);
      expect(yield* waitForPeer(k, front.end, [Closing])).toMatchObject({ ok: true });
      expect(errorNode(w)).toBe(`5 ring index req_prod: ${reqProd} is ${reqProd} slots ahead of the last request read (0), but the ring of 32 slots has room for 32`);
      yield* front.close();
      yield* works(k, xenbus);
    });
  });
});

describe("requests of any bytes", () => {
  it.each([["4k", 4096], ["16k", 4096], ["16k", 16384], ["64k", 65536]] as const)("G back %s, unit %s: every one is answered, and memory that is not granted stays as it was", (g, unit) => {
    const random = createRandom(`requests/${g}/${unit}`);
    const pick = (n: number): number => Math.floor(random() * n);
    const w = createBlockWorld({ front: V2, back: { ...V2, g: BY[g] }, device: { disk: memoryDisk(new Uint8Array(DISK)) } });
    let okay = 0;
    let refused = 0;
    w.run(function* (k, xenbus) {
      const front = yield* rawFront(k, xenbus, 4096, { unit });
      expect(front.state).toBe(Connected);
      const shared: Range<"ipa">[] = [];
      const refs: number[] = [];
      for (let i = 0; i < 4; i++) {
        const r = k.pages.alloc(unit, unit);
        const ref = yield* k.grants.grant(front.end.peer, r, { readonly: i === 3 });
        if (!ref.ok) throw new Error(ref.why);
        shared.push(r);
        refs.push(ref.value);
      }
      const own = k.pages.alloc(kib(256));
      k.g.fill(vaFromIpa(own.start), own.size, 0x3c);
      const slot = new DataView(new ArrayBuffer(112));
      let prod = 0;
      for (let round = 0; round < 60; round++) {
        const n = 1 + pick(32);
        for (let i = 0; i < n; i++, prod++) {
          for (let b = 0; b < 112; b++) slot.setUint8(b, pick(256));
          // mostly near enough to the truth to get past the first checks
          if (pick(8) > 0) slot.setUint8(0, pick(7));
          if (pick(4) > 0) slot.setUint8(1, pick(13));
          if (pick(4) > 0) slot.setUint16(2, slot.getUint8(0) === 6 ? pick(20) : 51712, true);
          if (pick(4) > 0) slot.setBigUint64(16, BigInt(pick(DISK / 512)), true);
          if (slot.getUint8(0) === 6) {
            slot.setUint8(1, pick(3));
            slot.setUint16(24, 51712, true);
            slot.setUint32(28, refs[pick(4)]!, true);
          } else
            for (let s = 0; s < 11; s++) {
              if (pick(16) > 0) slot.setUint32(24 + 8 * s, refs[pick(4)]!, true);
              if (pick(16) > 0) slot.setUint8(28 + 8 * s, pick(4));
              if (pick(16) > 0) slot.setUint8(29 + 8 * s, 4 + pick(4));
            }
          front.words.store(64 + (prod % 32) * 112, new Uint8Array(slot.buffer));
        }
        front.words.store32(0, prod);
        front.words.store32(12, prod);
        yield* k.events.send(front.port);
        yield* k.events.waitFor(() => front.words.load32(8) === prod || front.end.watch.isFired);
        for (let i = 0; i < n; i++) {
          const at = 64 + ((prod - 1 - i) % 32) * 112;
          const response = new Uint8Array(16);
          front.words.load(at, response);
          const status = new DataView(response.buffer).getInt16(10, true);
          expect([0, -1, -2]).toContain(status);
          if (status === 0) okay++;
          else refused++;
        }
      }
      expect(front.words.load32(8)).toBe(prod);
      const after = new Uint8Array(own.size);
      k.g.read(vaFromIpa(own.start), after);
      expect(after.every((b) => b === 0x3c)).toBe(true);
      expect(w.backend.counters.bytesRequested).toBeGreaterThan(0);
      for (const ref of refs) expect(k.grants.end(ref)).toBe(true);
      yield* front.close();
      yield* works(k, xenbus);
    });
    // the fuzzer reaches both sides of the checks
    expect([okay > 20, refused > 100]).toEqual([true, true]);
  });
  it.each([GRANULE_4K, GRANULE_64K])("a request that changes after it was read is the one that was checked (G back $name)", (g) => {
    const stored = new Uint8Array(DISK).fill(0x11);
    const w = createBlockWorld({ front: V2, back: { ...V2, g }, device: { disk: memoryDisk(stored) } });
    w.run(function* (k, xenbus) {
      const front = yield* rawFront(k, xenbus, 4096);
      const page = k.pages.alloc(4096);
      const ref = yield* k.grants.grant(front.end.peer, page);
      if (!ref.ok) throw new Error(ref.why);
      const fill = (lastSect: number, sector: number): void => {
        const v = new DataView(new ArrayBuffer(112));
        v.setUint8(0, 1);
        v.setUint8(1, 11);
        v.setUint16(2, 51712, true);
        v.setBigUint64(16, BigInt(sector), true);
        for (let s = 0; s < 11; s++) {
          v.setUint32(24 + 8 * s, ref.value, true);
          v.setUint8(29 + 8 * s, lastSect);
        }
        for (let i = 0; i < 32; i++) front.words.store(64 + i * 112, new Uint8Array(v.buffer));
      };
      fill(7, 8);
      front.words.store32(12, 32);
      front.words.store32(0, 32);
      yield* k.events.send(front.port);
      let turns = 0;
      for (; front.words.load32(8) !== 32; turns++) {
        yield* k.g.pause();
        // the back end has read the ring and is at work: now every slot says another sector and leaves its reference
        if (front.words.load32(8) === 0) fill(255, 0);
        expect(turns).toBeLessThan(1000);
      }
      // else there was no moment at which a second look would have shown
      expect(turns).toBeGreaterThan(2);
      for (let i = 0; i < 32; i++) {
        const response = new Uint8Array(16);
        front.words.load(64 + i * 112, response);
        expect(new DataView(response.buffer).getInt16(10, true)).toBe(0);
      }
      expect(k.grants.end(ref.value)).toBe(true);
      yield* front.close();
    });
    expect([stored.indexOf(0), stored.lastIndexOf(0)]).toEqual([4096, 4096 + 45055]);
  });
});

/** A back end that is connected as a good one would be, and then does as it likes with the ring. */
const rawBack = (keys: Keys, misbehave: (k: Kernel, words: SharedWords, end: DeviceEnd, port: number) => Trap<void>): Main =>
  function* (k, xenbus) {
    const opened = yield* openBack(k, xenbus, BACK_PATH);
    if (!opened.ok) throw new Error(opened.why);
    const end = opened.value;
    yield* offerBack(end, {
      // oxlint-disable-next-line require-yield
      *advertise() {
        return { sectors: 1024, "sector-size": 512, info: 0, "feature-flush-cache": 1, "unit-max": 65536, "unit-preferred": 4096, ...keys };
      },
      connect: () => { throw new Error("unused"); },
      disconnect: () => { throw new Error("unused"); },
    });
    const state = yield* waitForPeer(k, end, [Initialised, Closing]);
    if (state.ok && state.value === Initialised) {
      const [ring] = yield* k.mapper.map([{ domid: end.peer, ref: Number(yield* end.readPeer("ring-ref")), size: 4096 }]);
      const port = yield* k.events.bindInterdomain(end.peer, Number(yield* end.readPeer("event-channel")));
      if (ring?.ok !== true || !port.ok) throw new Error("no ring");
      const words = wordsAt(k.g, ring.value.va);
      yield* end.setState(Connected);
      k.events.on(port.value, () => {});
      do yield* k.events.waitFor(() => words.load32(0) > 0 || end.watch.isFired);
      while (words.load32(0) === 0 && (yield* end.peerState()) !== Closing);
      if (words.load32(0) > 0) yield* misbehave(k, words, end, port.value);
      yield* waitForPeer(k, end, [Closing, Closed]);
      yield* k.mapper.unmap([ring.value]);
    }
    yield* end.setState(Closing);
    yield* waitForPeer(k, end, [Closed]);
    yield* end.setState(Closed);
  };
const refOfFirst = (words: SharedWords): number => {
  const slot = new Uint8Array(112);
  words.load(64, slot);
  return new DataView(slot.buffer).getUint32(24, true);
};
function* answer(k: Kernel, words: SharedWords, port: number, id: bigint, rspProd: number): Trap<void> {
  const response = new DataView(new ArrayBuffer(16));
  response.setBigUint64(0, id, true);
  words.store(64, new Uint8Array(response.buffer));
  words.store32(8, rspProd);
  yield* k.events.send(port);
}

describe("a back end that breaks the rules ends the device, and the front end lives on", () => {
  it.each<[string, Keys, (k: Kernel, words: SharedWords, end: DeviceEnd, port: number) => Trap<void>, RegExp]>([
    ["more responses than requests", {}, (k, words, _e, port) => answer(k, words, port, 0n, 5), /rsp_prod: 5 is 5 slots ahead .* 1 requests are outstanding/],
    ["a response that goes backwards", {}, (k, words, _e, port) => answer(k, words, port, 0n, 0xffffffff), /rsp_prod: 4294967295/],
    ["a response to nothing", {}, (k, words, _e, port) => answer(k, words, port, 7n, 1), /response id 7: no request in flight has it/],
    ["a response with an absurd id", {}, (k, words, _e, port) => answer(k, words, port, 2n ** 64n - 1n, 1), /response id 18446744073709551615/],
    ["leaving without an answer", {}, function* (_k, _w, end) { yield* end.setState(Closing); }, /the back end left/],
    ["memory that is not let go of", {}, function* (k, words, end, port) {
      const [kept] = yield* k.mapper.map([{ domid: end.peer, ref: refOfFirst(words), size: 4096, readonly: true }]);
      expect(kept?.ok).toBe(true);
      yield* answer(k, words, port, 0n, 1);
    }, /reference \d+: the back end still uses it after its answer/],
  ])("%s", (_name, keys, misbehave, why) => {
    const w = createBlockWorld({ front: V2, back: V2, device: { disk: memoryDisk(new Uint8Array(DISK)) }, backMain: rawBack(keys, misbehave) });
    w.run(function* (k, xenbus) {
      const disk = yield* blockFrontend(k, xenbus, { path: FRONT_PATH });
      if (!disk.ok) throw new Error(disk.why);
      const page = k.pages.alloc(4096);
      const first = yield* disk.value.write(0, page);
      const second = yield* disk.value.read(0, page);
      expect(disk.value.fault).toMatch(why);
      expect([first.ok && !_name.startsWith("memory"), second]).toEqual([false, expect.objectContaining({ ok: false, code: "EIO", why: expect.stringMatching(why) })]);
      yield* disk.value.close();
    });
  });
  it.each([["unit-max", "banana"], ["unit-max", "12288"], ["unit-preferred", "0"], ["sectors", "none"]])("%s = %s", (key, value) => {
    const w = createBlockWorld({ front: V2, back: V2, device: { disk: memoryDisk(new Uint8Array(DISK)) }, backMain: rawBack({ [key]: value }, function* () {}) });
    w.run(function* (k, xenbus) {
      const disk = yield* blockFrontend(k, xenbus, { path: FRONT_PATH });
      expect(disk).toMatchObject({ ok: false, code: "EINVAL", why: expect.stringContaining(key) });
      expect(w.toolstack.read(`/local/domain/${w.front.domid}/error/${FRONT_PATH}/error`)).toMatch(/^22 /);
      expect(k.grants.counters.entries).toBe(0);
    });
  });
  it("a back end that never comes: the front end gives up when it said it would", () => {
    const w = createBlockWorld({ front: V2, back: V2, device: { disk: memoryDisk(new Uint8Array(DISK)) }, backMain: function* () {} });
    w.run(function* (k, xenbus) {
      const disk = yield* blockFrontend(k, xenbus, { path: FRONT_PATH, timeout: 1_000_000 });
      expect(disk).toMatchObject({ ok: false, code: "ETIMEDOUT", why: expect.stringMatching(/in state Initialising, waited for InitWait/) });
    });
  });
});
