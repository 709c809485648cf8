import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { type Domain, DOMAIN_RESET } from "@granule/hypervisor";
import { add, type AnyGranule, type Bytes, gib, GRANULES, ipa, kib, mib, range, toNumber } from "@granule/units";
import { V1, V2 } from "@granule/xen-abi";
import { POPULATED, RELEASED } from "./contract.ts";
import { A, fixture, type Fixture, mapped, RAM, SIZE, SPAN, sum } from "./fixture.ts";
import { Naive } from "./naive.ts";

type Op =
  | { readonly op: "decrease" | "populateV1"; readonly firsts: readonly number[]; readonly order: number }
  | { readonly op: "release" | "populate" | "accumulate"; readonly first: number; readonly order: number }
  | { readonly op: "hold"; readonly first: number }
  | { readonly op: "unhold" | "reset" };
// the first 16 pieces hold the v1 arrays: operations stay above them
const piece = fc.integer({ min: 16, max: SPAN / A - 64 });
const aligned = (order: number): fc.Arbitrary<number> => piece.map((p) => Math.max(64, p - (p % 2 ** order)));
const ops: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ op: fc.constantFrom("decrease" as const, "populateV1" as const), firsts: fc.array(fc.oneof(piece, aligned(4)), { minLength: 1, maxLength: 3 }), order: fc.integer({ min: 0, max: 5 }) }),
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 6 }).chain((order) => fc.record({ op: fc.constantFrom("release" as const, "populate" as const, "accumulate" as const), first: aligned(order), order: fc.constant(order) })) },
  // pieces of few granules, so that some become complete
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 3 }).chain((order) => fc.record({ op: fc.constant("accumulate" as const), first: fc.integer({ min: 0, max: 31 }).map((p) => 64 + p - (p % 2 ** order)), order: fc.constant(order) })) },
  fc.record({ op: fc.constant("hold" as const), first: fc.integer({ min: 64, max: 100 }) }),
  fc.record({ op: fc.constantFrom("unhold" as const, "unhold" as const, "reset" as const) }),
);
const extent = (first: number, order: number) => ({ extent: range(ipa(RAM + first * A), A * 2 ** order) });

describe.each(GRANULES.map((g) => [g.name, g] as const))("G = %s", (_name, granule) => {
  test("agrees with sets of pieces over random operations, and conserves memory", { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(fc.array(ops, { minLength: 10, maxLength: 40 }), (list) => {
        const b = fixture(granule);
        const model = new Naive(granule.size, SIZE, SIZE);
        const all = sum(b.frames);
        const holds: { piece: number; at: NonNullable<ReturnType<Domain["p2m"]["lookup"]>>["pa"] }[] = [];
        for (const o of list) {
          switch (o.op) {
            case "decrease": {
              expect(b.reservation(V1.decrease_reservation, o.firsts.map((f) => RAM / A + f), o.order)).toBe(model.decrease(o.firsts, 2 ** o.order));
              break;
            }
            case "populateV1": {
              expect(b.reservation(V1.populate_physmap, o.firsts.map((f) => RAM / A + f), o.order)).toBe(model.populateV1(o.firsts, 2 ** o.order));
              break;
            }
            case "release": case "populate": {
              expect(b.call(V2[o.op], extent(o.first, o.order)).code).toBe(model[o.op](o.first, 2 ** o.order));
              break;
            }
            case "accumulate": {
              const r = b.call(V2.accumulate, extent(o.first, o.order));
              expect(r.code ?? r.out["freed"]).toBe(model.accumulate(o.first, 2 ** o.order));
              break;
            }
            case "hold": {
              const at = b.d.p2m.lookup(ipa(RAM + o.first * A))?.pa;
              if (at === undefined || model.held.has(o.first)) break;
              b.frames.hold(at, A);
              model.held.add(o.first);
              holds.push({ piece: o.first, at });
              break;
            }
            case "unhold": {
              const h = holds.shift();
              if (h === undefined) break;
              const isGivenUp = b.frames.ownerOf(h.at) === undefined;
              b.frames.release(h.at, A);
              if (isGivenUp) model.givenUpHeld--;
              else if (!holds.some((other) => other.piece === h.piece)) model.held.delete(h.piece);
              break;
            }
            case "reset": {
              b.emit.event(DOMAIN_RESET, b.d);
              model.pending.clear();
              break;
            }
          }
          expect(mapped(b)).toEqual(model.ram);
          expect(b.d.currentBytes).toBe(model.owned * A);
          expect(b.balloon.pendingBytes(b.d)).toBe(model.pending.size * A);
          expect(sum(b.frames)).toBe(all);
        }
      }),
      { numRuns: 20 },
    );
  });

  test("populated RAM is zero and lies at its address modulo 64 KiB", () => {
    const b = fixture(granule);
    for (const order of [4, 5, 7]) {
      const e = extent(256, order);
      for (const bytes of b.bytes(range(ipa(RAM), SIZE))) bytes.fill(0xaa);
      b.call(V2.release, extent(256 - 2 ** order, order));
      expect(b.call(V2.populate, e).code).toBeUndefined();
      const runs = [...b.d.p2m.runs(e.extent)];
      expect(runs).toHaveLength(1);
      expect(b.bytes(e.extent).every((bytes) => bytes.every((x) => x === 0))).toBe(true);
      expect((toNumber(runs[0]?.pa ?? e.extent.start) - toNumber(e.extent.start)) % kib(64)).toBe(0);
      expect(b.call(V2.release, e).code).toBeUndefined();
      expect(b.call(V2.populate, extent(256 - 2 ** order, order)).code).toBeUndefined();
    }
    expect(b.d.counters.get(RELEASED)).toBe(2 * (16 + 32 + 128) * A);
    expect(b.d.counters.get(POPULATED)).toBe(2 * (16 + 32 + 128) * A);
  });

  test("on a fragmented machine v2 takes the largest pieces, v1 wants one run", () => {
    const b = fixture(granule, { machineRam: SIZE + kib(64), ram: SIZE });
    for (let first = 16; first < SIZE / A; first += 32) expect(b.call(V2.release, extent(first, 4)).code).toBeUndefined();
    expect(b.reservation(V1.populate_physmap, [RAM / A + 256], 7)).toBe(0);
    const e = extent(256, 7);
    expect(b.call(V2.populate, e).code).toBeUndefined();
    const runs = [...b.d.p2m.runs(e.extent)];
    expect(runs.length).toBeGreaterThan(1);
    for (const r of runs) expect([r.size % kib(64), (toNumber(r.pa) - toNumber(r.ipa)) % kib(64)]).toEqual([0, 0]);
    expect(b.d.currentBytes).toBe(SIZE);
  });

  test("v2 says why: not owned, busy, occupied, out of memory", () => {
    const b = fixture(granule);
    const e = extent(64, 4);
    const at = b.d.p2m.lookup(e.extent.start)?.pa;
    if (at === undefined) throw new Error("no RAM");
    b.frames.hold(at, A);
    for (const d of [V2.release, V2.accumulate]) expect(b.call(d, e)).toMatchObject({ code: "EBUSY", why: expect.stringMatching(/granted and mapped/) });
    b.frames.release(at, A);
    b.frames.pin(add(at, kib(60)), A);
    for (const d of [V2.release, V2.accumulate]) expect(b.call(d, e)).toMatchObject({ code: "EBUSY", why: expect.stringMatching(/registered/) });
    b.frames.unpin(add(at, kib(60)), A);
    expect(b.call(V2.populate, e)).toMatchObject({ code: "EEXIST", why: expect.stringMatching(/0x10000 bytes at 0x40040000 are mapped/) });
    expect(b.call(V2.populate, extent(256, 4))).toMatchObject({ code: "ENOMEM", why: expect.stringMatching(/has 0x100000 of at most 0x100000 bytes/) });
    expect(b.call(V2.release, e).code).toBeUndefined();
    for (const d of [V2.release, V2.accumulate]) expect(b.call(d, e)).toMatchObject({ code: "ENOENT", why: expect.stringMatching(/only 0x0 of 0x10000 bytes at 0x40040000 are RAM/) });
    expect(b.call(V2.populate, e).code).toBeUndefined();
  });

  test("a piece that is granted after it was handed in keeps its granule", () => {
    if (granule.size === A) return expect(fixture(granule).call(V2.accumulate, extent(64, 0)).out["freed"]).toBe(A);
    const b = fixture(granule);
    const n = granule.size / A;
    for (let i = 0; i < n - 1; i++) expect(b.call(V2.accumulate, extent(64 + i, 0)).out["freed"]).toBe(0);
    const at = b.d.p2m.lookup(ipa(RAM + 64 * A))?.pa;
    if (at === undefined) throw new Error("no RAM");
    b.frames.hold(at, A);
    const before = b.balloon.pendingBytes(b.d);
    expect(b.call(V2.accumulate, extent(64 + n - 1, 0)).code).toBe("EBUSY");
    expect(b.balloon.pendingBytes(b.d)).toBe(before);
    b.frames.release(at, A);
    expect(b.call(V2.accumulate, extent(64 + n - 1, 0)).out["freed"]).toBe(granule.size);
    expect(b.balloon.pendingBytes(b.d)).toBe(0);
  });

  test("pieces survive save and load", () => {
    const b = fixture(granule);
    if (granule.size > A) expect(b.call(V2.accumulate, extent(64, 0)).code).toBeUndefined();
    const bytes = b.balloon.pendingBytes(b.d);
    const saved = b.machine.save();
    b.emit.event(DOMAIN_RESET, b.d);
    expect(b.balloon.pendingBytes(b.d)).toBe(0);
    b.machine.load(saved);
    expect(b.balloon.pendingBytes(b.d)).toBe(bytes);
  });

  test("running out of table memory is answered and changes nothing", () => {
    const b = smallest(granule, SIZE);
    expect(b.call(V2.release, extent(64, 4)).code).toBeUndefined();
    const far = { extent: range(ipa(RAM + gib(8)), kib(64)) };
    const all = sum(b.frames);
    expect(b.call(V2.populate, far)).toMatchObject({ code: "ENOMEM", why: expect.stringMatching(/p2m-memory/) });
    expect(b.reservation(V1.populate_physmap, [toNumber(far.extent.start) / A], 4)).toBe(0);
    expect([b.d.currentBytes, sum(b.frames), b.d.p2m.isEmpty(far.extent)]).toEqual([SIZE - kib(64), all, true]);
    expect(b.call(V2.populate, extent(64, 4)).code).toBeUndefined();
  });
});

/** A domain with just the tables that its RAM needs. */
function smallest(granule: AnyGranule, ram: Bytes): Fixture {
  for (let tableLimit = kib(4); tableLimit < mib(2); tableLimit += kib(4))
    try {
      return fixture(granule, { ram, machineRam: 2 * ram, tableLimit });
    } catch {
      // too small even for the RAM
    }
  throw new Error("no limit at which the domain can be built");
}

test.each([[GRANULES[0], mib(2)], [GRANULES[1], mib(32)]] as const)("splitting a block without table memory is answered and changes nothing", (granule, block) => {
  if (granule === undefined) throw new Error("no such granule");
  const b = smallest(granule, block);
  const first = { extent: range(ipa(RAM), granule.size) };
  expect(b.d.p2m.lookup(ipa(RAM))?.size).toBe(block);
  for (const d of [V2.release, V2.accumulate]) expect(b.call(d, first)).toMatchObject({ code: "ENOMEM", why: expect.stringMatching(/p2m-memory/) });
  expect(b.reservation(V1.decrease_reservation, [RAM / A], 2)).toBe(0);
  expect([b.d.currentBytes, [...b.d.p2m.runs(range(ipa(RAM), block))].length]).toEqual([block, 1]);
});
