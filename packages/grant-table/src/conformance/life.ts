/** What happens to grants over time: domains that end, entries with many users, reset, snapshots. */
import { describe, expect, test } from "vitest";
import { DomainsPort, FramesPort } from "@granule/hypervisor";
import { EXECUTE, READ } from "@granule/machine";
import { add, BACKING_UNIT, GRANULE_4K, ipa, kib, mib, toNumber, vaFromIpa } from "@granule/units";
import { C, COPY, GNTST, GrantEntryV1, GrantEntryV2, PLACE_OBJECT, V1, V2 } from "@granule/xen-abi";
import type { Actor, CreateGrants } from "./testbed.ts";
import { createWorld, frameOf, granted, hole, type World } from "./world.ts";
import { MAX_PINS } from "../contract.ts";

const { GTF } = C;
const READ_ONLY = C.GNTMAP.host_map | C.GNTMAP.readonly;
const text = (s: string): Uint8Array => new TextEncoder().encode(s);
const map1 = (w: World, who: Actor, ref: number, at = hole(who.domain), flags: number = C.GNTMAP.host_map) => who.call(V1.grant_map_grant_ref, { host_addr: toNumber(at), flags, ref, dom: w.granter.domid }).out[0] ?? {};
const map2 = (w: World, who: Actor, ref: number, at = hole(who.domain), size = BACKING_UNIT) => who.call(V2.grant_map, { domid: w.granter.domid, flags: 0, ref, address: at, size }).out[0] ?? {};
const flagsOf = (w: Pick<World, "grants" | "bed" | "granter">, table: "v1" | "v2", index: number): number => {
  const object = w.grants.tableOf(w.granter.domain, table);
  return object === undefined ? -1 : (w.bed.bytes(object.at(index * (table === "v1" ? GrantEntryV1.size : GrantEntryV2.size)), 1)[0] ?? -1);
};
const destroy = (w: World, a: Actor): void => w.bed.machine.get(DomainsPort).destroy(a.domain);
const totals = (w: World) => w.bed.machine.get(FramesPort).totals();

/** Declares the tests. */
export function describeLife(create: CreateGrants): void {
  describe("a domain ends", () => {
    test("what it has mapped is given back, and the granter sees it", () => {
      const w = createWorld(create);
      w.grant1(8, w.small);
      map1(w, w.small, 8);
      map2(w, w.small, w.grant2(9, w.small), add(hole(w.small.domain), BACKING_UNIT));
      expect([flagsOf(w, "v1", 8), flagsOf(w, "v2", 9)]).toEqual([0x19, 0x19]);
      destroy(w, w.small);
      expect([flagsOf(w, "v1", 8), flagsOf(w, "v2", 9), w.grants.active(w.granter.domain)]).toEqual([1, 1, []]);
      const at = w.granter.domain.p2m.lookup(granted(w.granter.domain))?.pa;
      expect(at !== undefined && w.bed.machine.get(FramesPort).isHeld(at, BACKING_UNIT)).toBe(false);
    });
    test("what others have mapped of it stays theirs, unread by its successor, until they unmap it", () => {
      const w = createWorld(create);
      const page = granted(w.granter.domain);
      w.granter.write(page, text("last words"));
      const made = map2(w, w.large, w.grant2(9, w.large));
      expect(made["status"]).toBe(0);
      destroy(w, w.granter);
      expect(totals(w).referenced).toBe(BACKING_UNIT);
      const next = w.bed.actor(GRANULE_4K, { domid: w.granter.domid, maximum: kib(1024) });
      next.write(page, text("mine now"));
      expect(new TextDecoder().decode(w.large.read(hole(w.large.domain), 10))).toBe("last words");
      const entry = w.grants.seed(next.domain, "v2", 9, { flags: GTF.permit_access, domid: w.large.domid, extent: { start: page, size: BACKING_UNIT } });
      expect(entry.ok).toBe(true);
      expect(w.grants.mappings(w.large.domain)).toMatchObject([{ granter: next.domid, writable: true }]);
      expect(w.grants.active(next.domain)).toEqual([]);
      expect(w.large.status(V2.grant_unmap, { handle: made["handle"] })).toBe(0);
      // the successor's entry was never marked, and is not touched
      expect([totals(w).referenced, flagsOf({ grants: w.grants, bed: w.bed, granter: next }, "v2", 9)]).toEqual([0, GTF.permit_access]);
    });
    test("a frame of an object of the hypervisor is not reachable after its domain", () => {
      const w = createWorld(create);
      const gfn = frameOf(w.granter.domain.layout.objects.start);
      expect(w.granter.status(V1.add_to_physmap, { domid: C.DOMID_SELF, size: 0, space: C.XENMAPSPACE_shared_info, idx: 0, gpfn: gfn })).toBe(0);
      w.grant1(8, w.small, { frame: gfn });
      const made = map1(w, w.small, 8);
      expect([made["status"], w.small.domain.p2m.isEmpty({ start: hole(w.small.domain), size: kib(4) })]).toEqual([0, false]);
      destroy(w, w.granter);
      expect(w.small.domain.p2m.isEmpty({ start: hole(w.small.domain), size: kib(4) })).toBe(true);
      expect(w.small.status(V1.grant_unmap_grant_ref, { host_addr: toNumber(hole(w.small.domain)), handle: made["handle"] })).toBe(0);
    });
  });

  describe("pins", () => {
    test("128 writers of one entry, and 128 readers of another; then no more, not even to copy", () => {
      const w = createWorld(create);
      for (const [ref, flags] of [[8, C.GNTMAP.host_map], [9, READ_ONLY]] as const) {
        w.grant1(ref, w.small);
        const statuses = Array.from({ length: MAX_PINS + 1 }, (_, i) => map1(w, w.small, ref, add(hole(w.small.domain), (ref * 1000 + i) * kib(4)), flags)["status"]);
        expect(statuses).toEqual([...Array.from({ length: MAX_PINS }, () => 0), GNTST.GNTST_general_error]);
        expect(w.small.status(V2.grant_copy, { flags: COPY.source_ref, length: 1, source_domid: w.granter.domid, source_ref: ref, source: 0, dest: toNumber(w.small.domain.layout.ram.start) })).toBe(GNTST.GNTST_general_error);
      }
    });
    test("the first writer of a mapped v2 entry must still be named by it; v1 looks at the read-only bit alone", () => {
      const w = createWorld(create);
      w.grant1(8, w.small);
      const ref = w.grant2(9, w.small);
      expect(map1(w, w.small, 8, hole(w.small.domain), READ_ONLY)["status"]).toBe(0);
      expect(w.small.call(V2.grant_map, { domid: w.granter.domid, flags: GTF.readonly, ref, address: add(hole(w.small.domain), BACKING_UNIT), size: BACKING_UNIT }).out[0]?.["status"]).toBe(0);
      w.grant1(8, w.large);
      w.grant2(9, w.large);
      expect(map1(w, w.small, 8, add(hole(w.small.domain), kib(4)))["status"]).toBe(0);
      expect(map2(w, w.small, ref, add(hole(w.small.domain), kib(256)))["status"]).toBe(GNTST.GNTST_general_error);
    });
    test("grants are never executable, and a read-only one cannot be written", () => {
      const w = createWorld(create);
      w.grant1(8, w.small);
      map1(w, w.small, 8, hole(w.small.domain), READ_ONLY);
      const t = w.small.domain.vcpus[0]?.translator;
      const va = vaFromIpa(hole(w.small.domain));
      expect([t?.translate(va, READ, false), t?.translate(va, EXECUTE, false)]).toEqual([expect.any(Number), -1]);
      expect(t?.translate(va, READ, false)).toBeGreaterThan(0);
      expect(() => w.small.write(hole(w.small.domain), text("x"))).toThrow();
    });
  });

  describe("both tables in both ABIs", () => {
    test("v2 calls take v1 references, of 4096 bytes; v1 calls take v2 references of that size", () => {
      const w = createWorld(create);
      w.grant1(8, w.small);
      expect(map2(w, w.small, 8, hole(w.small.domain), kib(4))).toMatchObject({ status: 0, granted: kib(4) });
      expect(map2(w, w.large, 8)).toMatchObject({ status: GNTST.GNTST_general_error });
      w.grant1(9, w.large);
      expect(map2(w, w.large, 9, hole(w.large.domain), kib(4))).toMatchObject({ status: GNTST.GNTST_bad_granule, granted: kib(4) });
      const small = w.grant2(10, w.small, { size: kib(4) });
      expect(map1(w, w.small, small, add(hole(w.small.domain), kib(4)))["status"]).toBe(0);
      const copy = (ref: number) => w.small.status(V1.grant_copy, { source_u: ref, source_u_high: 7, source_domid: w.granter.domid, source_offset: 0, dest_u: frameOf(w.small.domain.layout.ram.start), dest_u_high: 0, dest_domid: C.DOMID_SELF, dest_offset: 0, len: 9, flags: C.GNTCOPY.source_gref });
      expect([copy(8), copy(small), copy(w.grant2(11, w.small))]).toEqual([0, 0, GNTST.GNTST_bad_gntref]);
    });
    test("without a v2 table there are no v2 references, and nothing to place", () => {
      const w = createWorld(create, { grants: { v2Limit: 0 } });
      expect(w.grants.tableOf(w.granter.domain, "v2")).toBeUndefined();
      expect(map2(w, w.small, C.GRANT_REF_V2)["status"]).toBe(GNTST.GNTST_bad_gntref);
      expect(w.small.status(V2.place, { object: PLACE_OBJECT.grant_table_v2, offset: 0, address: hole(w.small.domain), size: BACKING_UNIT })).toBe(-2);
      expect(w.small.call(V2.grant_query_table, {}).out[0]).toMatchObject({ v1_entries: 512, v1_limit: 32768, v2_entries: 0, v2_limit: 0, v2_bytes: 0 });
    });
    test("a guest places its v2 table, writes an entry, and another maps it; placing further grows it", () => {
      const w = createWorld(create);
      const table = w.granter.domain.layout.grantTable.start;
      const place = (offset: number, at = add(table, offset)) => w.granter.status(V2.place, { object: PLACE_OBJECT.grant_table_v2, offset, address: at, size: BACKING_UNIT });
      expect([place(0), place(BACKING_UNIT), place(BACKING_UNIT)]).toEqual([0, 0, -17]);
      expect(w.granter.call(V2.grant_query_table, {}).out[0]).toMatchObject({ v2_entries: 8192, v2_bytes: 2 * BACKING_UNIT, v2_limit: mib(1) / GrantEntryV2.size });
      w.granter.look((g) => {
        const entry = vaFromIpa(add(table, 5000 * 16));
        g.store64(vaFromIpa(ipa(toNumber(table) + 5000 * 16 + 8)), BigInt(toNumber(granted(w.granter.domain))) | 16n);
        g.store32(entry, GTF.permit_access + w.large.domid * 2 ** (8 * 2));
      });
      expect(map2(w, w.large, C.GRANT_REF_V2 + 5000)["status"]).toBe(0);
    });
  });

  describe("reset", () => {
    test("is busy while a grant of the domain is mapped, or it maps one; then the v2 table is empty and nowhere", () => {
      const w = createWorld(create);
      const made = map2(w, w.small, w.grant2(9, w.small));
      expect([w.granter.status(V2.reset, {}), w.small.status(V2.reset, {}), w.large.status(V2.reset, {})]).toEqual([-16, -16, 0]);
      expect(w.granter.status(V2.place, { object: PLACE_OBJECT.grant_table_v2, offset: 0, address: w.granter.domain.layout.grantTable.start, size: BACKING_UNIT })).toBe(0);
      expect(w.small.status(V2.grant_unmap, { handle: made["handle"] })).toBe(0);
      expect([w.granter.status(V2.reset, {}), w.small.status(V2.reset, {})]).toEqual([0, 0]);
      expect([w.granter.domain.p2m.isEmpty(w.granter.domain.layout.grantTable), flagsOf(w, "v2", 9)]).toEqual([true, 0]);
    });
  });

  test("counters of the caller count what it has done, and nothing that failed", () => {
    const w = createWorld(create);
    w.grant1(8, w.small);
    const made = map1(w, w.small, 8);
    map1(w, w.small, 77);
    w.small.status(V2.grant_copy, { flags: COPY.source_ref, length: 100, source_domid: w.granter.domid, source_ref: 8, source: 0, dest: toNumber(w.small.domain.layout.ram.start) });
    w.small.status(V2.grant_copy, { flags: COPY.source_ref, length: 5000, source_domid: w.granter.domid, source_ref: 8, source: 0, dest: toNumber(w.small.domain.layout.ram.start) });
    w.small.status(V1.grant_unmap_grant_ref, { host_addr: toNumber(hole(w.small.domain)), handle: made["handle"] });
    expect(w.small.domain.counters.all()).toMatchObject({ grant_map: 1, grant_mapped_bytes: kib(4), grant_copy: 1, grant_copy_bytes: 100, grant_unmap: 1 });
    expect(w.granter.domain.counters.get("grant_map")).toBe(0);
  });

  test("a snapshot brings everything back: pins, handles in their order, what belongs to the dead", () => {
    const w = createWorld(create);
    w.grant1(8, w.small);
    map1(w, w.small, 8);
    map1(w, w.small, 8, add(hole(w.small.domain), kib(4)), READ_ONLY);
    map1(w, w.small, 99);
    const ref = w.grant2(9, w.large, { by: w.granter });
    map2(w, w.large, ref);
    w.bed.park();
    const before = w.state();
    const saved = JSON.stringify(w.bed.machine.save());
    w.small.status(V2.grant_unmap, { handle: 0 });
    w.large.status(V2.grant_unmap, { handle: 0 });
    expect(w.state()).not.toBe(before);
    w.bed.machine.load(JSON.parse(saved));
    expect(w.state()).toBe(before);
    expect(map1(w, w.small, 8, add(hole(w.small.domain), kib(8)))["handle"]).toBe(3);
    for (const handle of [0, 1, 3]) expect(w.small.status(V2.grant_unmap, { handle })).toBe(0);
    expect(w.large.status(V2.grant_unmap, { handle: 0 })).toBe(0);
    expect([flagsOf(w, "v1", 8), flagsOf(w, "v2", 9), totals(w).referenced, w.grants.active(w.granter.domain)]).toEqual([1, 1, 0, []]);
  });
}
