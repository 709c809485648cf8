import { describe, expect, test } from "vitest";
import { P2M } from "@granule/hypervisor";
import { GRANULE_4K, type Ipa, ipa, range } from "@granule/units";
import { C, V1 } from "@granule/xen-abi";
import { A, ARRAY, fixture, type Fixture, mapped, RAM, SIZE } from "./fixture.ts";

describe("ABI v1 at G = 4K answers as was recorded from Xen 4.17", () => {
  const b4 = (): Fixture => fixture(GRANULE_4K);
  const gfn = (offset: number): number => RAM / A + offset;
  test.each([
    // order, done
    [0, 1], [1, 1], [2, 1], [6, 1], [10, 0], [11, 0], [18, 0], [20, 0], [32, 0], [0xffffffff, 0],
  ])("decrease of order %i: %i done", (order, done) => {
    expect(b4().reservation(V1.decrease_reservation, [gfn(65)], order)).toBe(done);
  });
  test("a hole stops a decrease, and what came before it stays freed", () => {
    const b = b4();
    expect(b.reservation(V1.decrease_reservation, [gfn(69)], 0)).toBe(1);
    expect(b.reservation(V1.decrease_reservation, [gfn(64)], 4)).toBe(0);
    expect([...mapped(b)].filter((p) => p >= 64 && p < 80)).toEqual([70, 71, 72, 73, 74, 75, 76, 77, 78, 79]);
    expect(b.d.currentBytes).toBe(SIZE - 6 * A);
  });
  test("the list starts where the command says, and a start at or past the end is answered back", () => {
    const b = b4();
    expect(b.reservation(V1.decrease_reservation, [gfn(64), gfn(65), gfn(66)], 0, { start: 2 })).toBe(3);
    expect([...mapped(b)].filter((p) => p >= 64 && p < 67)).toEqual([64, 65]);
    expect(b.reservation(V1.decrease_reservation, [gfn(64)], 0, { start: 1 })).toBe(1);
    expect(b.reservation(V1.populate_physmap, [gfn(64)], 0, { start: 2n ** 56n })).toBe(2 ** 56);
  });
  test("an array that ends in unmapped memory stops the list", () => {
    const b = b4();
    const tail = RAM + SIZE - 8;
    const array = b.d.vcpus[0]?.env.array(BigInt(tail), 8);
    array?.put(0, gfn(64));
    expect(b.reservation(V1.decrease_reservation, [], 0, { extent_start: BigInt(tail), nr_extents: 5 })).toBe(1);
  });
  test("unknown and forbidden domains: nothing done, never -errno", () => {
    for (const domid of [2, 9, C.DOMID_IO, 0x7fff]) expect(b4().reservation(V1.decrease_reservation, [gfn(64)], 0, { domid })).toBe(0);
    expect(b4().reservation(V1.decrease_reservation, [gfn(64)], 0, { domid: 1 })).toBe(1);
  });
  test.each([
    // mem_flags, done
    [0x10000, 0], [0x20000, 1], [0x40000, 1], [0x20, 1], [0x01, 0], [0xff, 1], [0x100, 1], [0x500, 1],
  ])("populate with flags %i: %i done", (mem_flags, done) => {
    const b = b4();
    expect(b.reservation(V1.decrease_reservation, [gfn(64)], 0)).toBe(1);
    expect(b.reservation(V1.populate_physmap, [gfn(300)], 0, { mem_flags })).toBe(done);
  });
  test("populate writes the frames back, and may put a second frame where one is", () => {
    const b = b4();
    expect(b.reservation(V1.decrease_reservation, [gfn(64), gfn(65)], 0)).toBe(2);
    expect(b.reservation(V1.populate_physmap, [gfn(80)], 0)).toBe(1);
    expect(b.d.vcpus[0]?.env.array(BigInt(ARRAY), 8).at(0)).toEqual({ ok: true, value: gfn(80) });
    expect(b.d.currentBytes).toBe(SIZE - A);
  });
  test("populate stops at the maximum and above the address space", () => {
    const b = b4();
    expect(b.reservation(V1.decrease_reservation, [gfn(64), gfn(65)], 0)).toBe(2);
    expect(b.reservation(V1.populate_physmap, [gfn(300), gfn(301), gfn(302)], 0)).toBe(2);
    expect(b.reservation(V1.decrease_reservation, [gfn(300)], 0)).toBe(1);
    for (const far of [2 ** 28, 2 ** 40, 2 ** 52]) expect(b.reservation(V1.populate_physmap, [far], 0)).toBe(0);
  });
  test("a decreased frame that a peer has mapped stays counted until it is let go", () => {
    const b = b4();
    const at = b.d.p2m.lookup(ipa(RAM + 64 * A))?.pa;
    if (at === undefined) throw new Error("no RAM");
    b.frames.hold(at, A);
    expect(b.reservation(V1.decrease_reservation, [gfn(64)], 0)).toBe(1);
    expect(b.d.currentBytes).toBe(SIZE);
    b.frames.release(at, A);
    expect(b.d.currentBytes).toBe(SIZE - A);
  });
  test("a decrease over a grant to itself gives the frame up, which stays reachable where it was RAM", () => {
    const b = b4();
    const at = b.d.p2m.lookup(ipa(RAM + 64 * A))?.pa;
    if (at === undefined) throw new Error("no RAM");
    const hole: Ipa = ipa(RAM + SIZE);
    expect(b.d.p2m.map(range(hole, A), at, P2M.grantRw, true).ok).toBe(true);
    b.frames.hold(at, A);
    expect(b.reservation(V1.decrease_reservation, [gfn(SIZE / A)], 0)).toBe(1);
    expect(b.d.p2m.lookup(hole)).toBeUndefined();
    expect(b.d.currentBytes).toBe(SIZE);
    // the grant ends: nobody is charged, and nobody else gets the frame while it is reachable
    b.frames.release(at, A);
    expect([b.d.currentBytes, b.frames.totals().referenced]).toEqual([SIZE - A, A]);
    expect(b.d.p2m.lookup(ipa(RAM + 64 * A))?.type).toBe(P2M.stray);
    expect(b.reservation(V1.decrease_reservation, [gfn(64)], 0)).toBe(0);
  });
});
