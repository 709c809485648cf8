import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ringSlots, SharedRing } from "@granule/xen-abi";
import type { Exit, Trap } from "@granule/machine";
import { createBackRing, rspProdOf } from "./backRing.ts";
import type { RingAccess, SharedWords } from "./contract.ts";
import { createFrontRing, initSharedRing } from "./frontRing.ts";
import { mappedRing } from "./words.ts";

const PAUSE: Exit = { kind: "budget" };
const ENTRY = 16;

/** Shared memory of a test, and who wrote which word. */
function memory(size: number): { readonly view: DataView; words(log?: Set<number>): SharedWords } {
  const u8 = new Uint8Array(size);
  const view = new DataView(u8.buffer);
  return {
    view,
    words: (log) => ({
      load32: (o) => view.getUint32(o, true),
      store32(o, v) {
        log?.add(o);
        view.setUint32(o, v, true);
      },
      load: (o, into) => into.set(u8.subarray(o, o + into.length)),
      store(o, from) {
        for (let i = 0; i < from.length; i += 4) log?.add(o + i);
        u8.set(from, o);
      },
      barrier: () => undefined,
    }),
  };
}

/** A ring that is copied element by element, with others running between any two elements. */
function steppedRing(words: SharedWords, size: number): RingAccess {
  const queue: (() => void)[] = [];
  return {
    mode: "copied",
    size,
    fault: "",
    load: (o, into) => queue.push(() => words.load(o, into)),
    store: (o, from) => queue.push(() => words.store(o, from.slice())),
    *commit() {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        yield PAUSE;
        next();
      }
      return true;
    },
  };
}

const finish = <V>(t: Trap<V>): V => {
  for (;;) {
    const step = t.next();
    if (step.done === true) return step.value;
  }
};

const numbered = (n: number, tag: number): Uint8Array => {
  const bytes = new Uint8Array(ENTRY).fill(tag);
  new DataView(bytes.buffer).setUint32(0, n, true);
  return bytes;
};

interface World {
  /** Pending event of each end: set by the peer's notification, cleared when it wakes. */
  frontEvent: boolean;
  backEvent: boolean;
  readonly answered: number[];
  readonly served: number[];
}

/** A front end that sends 0..total-1 in batches, and sleeps when it can do nothing else. */
function* front(words: SharedWords, size: number, at: number, total: number, batch: number, w: World): Trap<void> {
  const ring = createFrontRing(words, size, ENTRY, at);
  const response = new Uint8Array(ENTRY);
  let sent = 0;
  while (w.answered.length < total) {
    for (let i = 0; i < batch && sent < total && ring.free() > 0; i++) ring.put(numbered(sent++, 0xa0));
    yield PAUSE;
    if (ring.push()) w.backEvent = true;
    yield PAUSE;
    for (let n = ring.ready(); n > 0; n--) {
      ring.take(response);
      expect(response[4]).toBe(0xb0);
      w.answered.push(new DataView(response.buffer).getUint32(0, true));
    }
    expect(ring.fault).toBe("");
    if (w.answered.length === total || (sent < total && ring.free() > 0)) continue;
    yield PAUSE;
    if (ring.arm() > 0) continue;
    while (!w.frontEvent) yield PAUSE;
    w.frontEvent = false;
  }
}

/** A back end that answers in the order that `pick` gives, some now and some later. */
function* back(access: RingAccess, at: number, pick: () => number, total: number, w: World): Trap<void> {
  const ring = createBackRing(access, ENTRY, at);
  const open: number[] = [];
  while (w.served.length < total || open.length > 0) {
    const n = yield* ring.fetch();
    expect(ring.fault).toBe("");
    for (let i = 0; i < n; i++) {
      expect(ring.requests.getUint8(i * ENTRY + 4)).toBe(0xa0);
      const id = ring.requests.getUint32(i * ENTRY, true);
      w.served.push(id);
      open.push(id);
    }
    // at least one, so that a full ring never waits for itself
    for (let left = 1 + (pick() % (open.length + 1)); left > 0 && open.length > 0; left--) {
      const [id] = open.splice(pick() % open.length, 1);
      ring.respond(numbered(id ?? -1, 0xb0));
    }
    if ((yield* ring.push()) === 1) w.frontEvent = true;
    if (open.length > 0) continue;
    if ((yield* ring.arm()) > 0 || w.served.length === total) continue;
    while (!w.backEvent) yield PAUSE;
    w.backEvent = false;
  }
}

const scenario = fc.record({
  size: fc.constantFrom(64 + ENTRY, 64 + 4 * ENTRY, 256, 1024),
  // indices cross 2^32 within the run
  at: fc.constantFrom(0, 1, 2 ** 31 - 2, 2 ** 32 - 3, 2 ** 32 - 1),
  total: fc.integer({ min: 1, max: 60 }),
  batch: fc.integer({ min: 1, max: 9 }),
  turns: fc.array(fc.boolean(), { minLength: 8, maxLength: 64 }),
  picks: fc.array(fc.nat(7), { minLength: 4, maxLength: 16 }),
  copied: fc.boolean(),
});

describe("two ends of a ring", () => {
  it("every request is served once, in order, and answered once; nobody sleeps for ever; nobody writes the peer's words", () => {
    fc.assert(
      fc.property(scenario, ({ size, at, total, batch, turns, picks, copied }) => {
        const m = memory(size);
        initSharedRing(m.words(), at);
        const w: World = { frontEvent: false, backEvent: false, answered: [], served: [] };
        const frontWrote = new Set<number>();
        const backWrote = new Set<number>();
        let picked = 0;
        const backWords = m.words(backWrote);
        const access = copied ? steppedRing(backWords, size) : mappedRing(backWords, size);
        const ends = [
          front(m.words(frontWrote), size, at, total, batch, w),
          back(access, at, () => picks[picked++ % picks.length] ?? 0, total, w),
        ];
        const done = [false, false];
        let turn = 0;
        // a schedule that starves nobody for longer than its own length; an end that cannot run is a lost wake-up
        for (; turn < 20_000 && !(done[0] === true && done[1] === true); turn++) {
          const who = turn % 3 === 2 ? turn % 2 : turns[turn % turns.length] === true ? 1 : 0;
          if (done[who] !== true) done[who] = ends[who]?.next().done === true;
        }
        expect(done).toEqual([true, true]);
        expect(w.served).toEqual(Array.from({ length: total }, (_, i) => i));
        expect([...w.answered].sort((a, b) => a - b)).toEqual(w.served);
        const words = (wrote: Set<number>): number[] => [...wrote].filter((o) => o < SharedRing.size).sort((a, b) => a - b);
        for (const o of words(frontWrote)) expect([0, 12]).toContain(o);
        for (const o of words(backWrote)) expect([4, 8]).toContain(o);
      }),
      { numRuns: 400 },
    );
  });
  it("a back end that starts on a ring in use goes on from rsp_prod", () => {
    const m = memory(256);
    const words = m.words();
    initSharedRing(words, 0xffffffff);
    expect(finish(rspProdOf(mappedRing(words, 256)))).toBe(0xffffffff);
  });
});

describe("a hostile peer", () => {
  const hostile = fc.array(fc.tuple(fc.constantFrom(0, 4, 8, 12, 64, 80), fc.oneof(fc.nat(9), fc.integer({ min: 0, max: 0xffffffff }))), { maxLength: 40 });
  it("may write anything: no exception, no loop, and never more requests than slots", () => {
    fc.assert(
      fc.property(hostile, fc.boolean(), (writes, copied) => {
        const m = memory(256);
        initSharedRing(m.words());
        const access = copied ? steppedRing(m.words(), 256) : mappedRing(m.words(), 256);
        const ring = createBackRing(access, ENTRY);
        let open = 0;
        for (const [offset, value] of writes) {
          m.view.setUint32(offset, value, true);
          const n = finish(ring.fetch());
          if (n < 0) {
            expect(ring.fault).toMatch(/^ring index req_prod: \d+ is \d+ slots ahead/);
            expect(finish(ring.fetch())).toBe(-1);
            return;
          }
          open += n;
          expect(open).toBeLessThanOrEqual(ring.slots);
          if (open > 0) {
            ring.respond(numbered(0, 0));
            open--;
          }
          expect([0, 1]).toContain(finish(ring.push()));
          finish(ring.arm());
        }
      }),
    );
  });
  it.each([
    ["one more than the ring has", 0, ringSlots(256, ENTRY) + 1, true],
    ["as many as the ring has", 0, ringSlots(256, ENTRY), false],
    ["backwards by one", 5, 4, true],
    ["across 2^32", 0xffffffff, 1, false],
    ["backwards across 2^32", 1, 0xffffffff, true],
  ])("requests: %s", (_name, at, prod, broken) => {
    const m = memory(256);
    initSharedRing(m.words(), at);
    m.view.setUint32(0, prod, true);
    const ring = createBackRing(mappedRing(m.words(), 256), ENTRY, at);
    expect(finish(ring.fetch()) === -1).toBe(broken);
    expect(ring.fault !== "").toBe(broken);
  });
  it("room counts requests that were read and not answered", () => {
    const m = memory(256);
    initSharedRing(m.words());
    const ring = createBackRing(mappedRing(m.words(), 256), ENTRY);
    m.view.setUint32(0, 8, true);
    expect(finish(ring.fetch())).toBe(8);
    m.view.setUint32(0, 9, true);
    expect(finish(ring.fetch())).toBe(-1);
    expect(ring.fault).toContain("has room for 0");
  });
  it.each([[1], [0xffffffff], [2 ** 31]])("more responses (%i) than requests", (rspProd) => {
    const m = memory(256);
    initSharedRing(m.words());
    const ring = createFrontRing(m.words(), 256, ENTRY);
    m.view.setUint32(8, rspProd, true);
    expect(ring.ready()).toBe(-1);
    expect(ring.fault).toContain("rsp_prod");
    m.view.setUint32(8, 0, true);
    expect([ring.ready(), ring.arm()]).toEqual([-1, -1]);
  });
  it("a response is not for a request that was filled but not shown", () => {
    const m = memory(256);
    initSharedRing(m.words());
    const ring = createFrontRing(m.words(), 256, ENTRY);
    ring.put(numbered(0, 0));
    m.view.setUint32(8, 1, true);
    expect(ring.ready()).toBe(-1);
  });
});
