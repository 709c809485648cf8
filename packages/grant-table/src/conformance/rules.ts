/** The rules for mixed granules, one by one: what can be granted, what can be mapped, what a copy may touch. */
import { describe, expect, test } from "vitest";
import { type Domain, FramesPort, P2M } from "@granule/hypervisor";
import { MachinePort } from "@granule/machine";
import { add, type AnyGranule, BACKING_UNIT, type Bytes, GRANULE_4K, GRANULES, type Ipa, kib, range, toNumber, XEN_PAGE } from "@granule/units";
import { C, COPY, GNTST, V1, V2 } from "@granule/xen-abi";
import { GrantPort } from "../contract.ts";
import { type Actor, type CreateGrants, createTestbed, type Testbed } from "./testbed.ts";
import { createWorld, frameOf, granted, hole, type World } from "./world.ts";

const OKAY = GNTST.GNTST_okay;
const BAD = GNTST.GNTST_bad_granule;
const map = (who: Actor, of: Actor, ref: number, size: Bytes = BACKING_UNIT, at = hole(who.domain)): number => who.status(V2.grant_map, { domid: of.domid, flags: 0, ref, address: at, size });
const copyOut = (who: Actor, of: Actor, ref: number, length: Bytes, source = 0): number =>
  who.status(V2.grant_copy, { flags: COPY.source_ref, length, source_domid: of.domid, source_ref: ref, source, dest_domid: 0, dest_ref: 0, dest: toNumber(who.domain.layout.ram.start) });
const pattern = (size: Bytes): Uint8Array => Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8)) % 251);

/** Gives 64 KiB of a domain's RAM new machine memory that is contiguous, and `phase` bytes off 64 KiB. */
function shift(bed: Testbed, d: Domain, at: Ipa, phase: Bytes): void {
  const frames = bed.machine.get(FramesPort);
  const old = d.p2m.lookup(at);
  if (old === undefined) throw new Error("no RAM there");
  expect(d.p2m.unmap(range(at, BACKING_UNIT)).ok).toBe(true);
  frames.disown(d, old.pa, BACKING_UNIT);
  const fresh = frames.allocate(d, BACKING_UNIT, BACKING_UNIT, phase);
  if (fresh === undefined) throw new Error("no memory to shift");
  expect(d.p2m.map(range(at, BACKING_UNIT), fresh, P2M.ram, true).ok).toBe(true);
}

function describeMapping(create: CreateGrants): void {
  describe("only the mapper's G and the granter's machine contiguity count", () => {
    const cases = GRANULES.flatMap((granter) => GRANULES.flatMap((mapper) => [false, true].map((fragmented) => ({ granter, mapper, fragmented, name: `${granter.name} ${fragmented ? "in pieces of its G" : "in one run"} on ${mapper.name}` }))));
    test.each(cases)("64 KiB of a granter with G = $name", ({ granter, mapper, fragmented }: { granter: AnyGranule; mapper: AnyGranule; fragmented: boolean }) => {
      const bed = createTestbed(create);
      const from = bed.actor(granter, fragmented ? { fragment: granter.size } : {});
      const to = bed.actor(mapper);
      const page = granted(from.domain);
      from.write(page, pattern(BACKING_UNIT));
      const can = !fragmented || mapper.size <= granter.size;
      expect(bed.machine.get(GrantPort).seed(from.domain, "v2", 3, { flags: C.GTF.permit_access, domid: to.domid, extent: range(page, BACKING_UNIT) }).ok).toBe(true);
      expect(map(to, from, C.GRANT_REF_V2 + 3)).toBe(can ? OKAY : BAD);
      if (can) expect(to.read(hole(to.domain), BACKING_UNIT)).toEqual(pattern(BACKING_UNIT));
      // copying works whatever the granules are
      expect(copyOut(to, from, C.GRANT_REF_V2 + 3, BACKING_UNIT - 5, 5)).toBe(OKAY);
      expect(to.read(to.domain.layout.ram.start, BACKING_UNIT - 5)).toEqual(pattern(BACKING_UNIT).subarray(5));
    });
    test.each(GRANULES.slice(0, -1).map((g) => ({ g, name: g.name })))("contiguous is not enough: it must be aligned, to the mapper's G and no more ($name)", ({ g }) => {
      const w = createWorld(create);
      const middle = w.bed.actor(g);
      shift(w.bed, w.granter.domain, granted(w.granter.domain), g.size);
      expect([map(middle, w.granter, w.grant2(1, middle)), map(w.large, w.granter, w.grant2(2, w.large))]).toEqual([OKAY, BAD]);
    });
    test("an extent smaller than the mapper's G", () => {
      const w = createWorld(create);
      expect(map(w.large, w.granter, w.grant2(1, w.large, { size: kib(32) }), kib(32))).toBe(BAD);
    });
  });
}

function describeOwning(create: CreateGrants): void {
  describe("a domain grants what it owns", () => {
    const onward = (w: World): void => {
      expect(map(w.small, w.granter, w.grant2(1, w.small))).toBe(OKAY);
    };
    test("what others granted to it is not its to grant, nor to copy from as its own", () => {
      const w = createWorld(create);
      onward(w);
      const ref = w.grant2(1, w.large, { by: w.small, at: hole(w.small.domain) });
      expect([map(w.large, w.small, ref), copyOut(w.large, w.small, ref, 8)]).toEqual([GNTST.GNTST_bad_page, GNTST.GNTST_bad_page]);
      w.grant1(2, w.fragmented, { by: w.small, frame: frameOf(hole(w.small.domain)) });
      expect(w.fragmented.status(V1.grant_map_grant_ref, { host_addr: toNumber(hole(w.fragmented.domain)), flags: C.GNTMAP.host_map, ref: 2, dom: w.small.domid })).toBe(GNTST.GNTST_bad_page);
      const own = { flags: 0, length: 8, source_domid: 0, source_ref: 0, dest_domid: 0, dest_ref: 0 };
      const ram = toNumber(w.small.domain.layout.ram.start);
      expect([w.small.status(V2.grant_copy, { ...own, source: toNumber(hole(w.small.domain)), dest: ram }), w.small.status(V2.grant_copy, { ...own, source: ram, dest: toNumber(hole(w.small.domain)) })]).toEqual([-14, -14]);
    });
    test("a frame of an object is granted in v1, and is no RAM in v2", () => {
      const w = createWorld(create);
      const at = w.granter.domain.layout.objects.start;
      expect(w.granter.status(V1.add_to_physmap, { domid: C.DOMID_SELF, size: 0, space: C.XENMAPSPACE_shared_info, idx: 0, gpfn: frameOf(at) })).toBe(0);
      w.grant1(1, w.small, { frame: frameOf(at) });
      expect(map(w.small, w.granter, 1, XEN_PAGE.size)).toBe(OKAY);
      expect(map(w.small, w.granter, w.grant2(1, w.small, { at, size: XEN_PAGE.size }), XEN_PAGE.size, add(hole(w.small.domain), BACKING_UNIT))).toBe(GNTST.GNTST_bad_page);
    });
    test("half an extent is no extent to map, and its good half can be copied", () => {
      const w = createWorld(create);
      const { ram } = w.granter.domain.layout;
      const gap = range(add(ram.start, BACKING_UNIT + kib(32)), kib(32));
      const at = w.granter.domain.p2m.lookup(gap.start);
      if (at === undefined) throw new Error("no RAM there");
      w.granter.domain.p2m.unmap(gap);
      w.bed.machine.get(FramesPort).disown(w.granter.domain, at.pa, gap.size);
      const ref = w.grant2(1, w.small);
      expect([map(w.small, w.granter, ref), copyOut(w.small, w.granter, ref, kib(32)), copyOut(w.small, w.granter, ref, kib(32) + 1)]).toEqual([GNTST.GNTST_bad_page, OKAY, GNTST.GNTST_bad_page]);
    });
  });
}

function describeOverlays(create: CreateGrants): void {
  test("unmapping takes what is left of the mapping, and nothing that v1 has laid over it", () => {
    const w = createWorld(create);
    const at = hole(w.small.domain);
    w.granter.write(granted(w.granter.domain), pattern(BACKING_UNIT));
    expect(map(w.small, w.granter, w.grant2(1, w.small))).toBe(OKAY);
    w.grant1(2, w.small, { frame: frameOf(w.granter.domain.layout.ram.start) });
    w.granter.write(w.granter.domain.layout.ram.start, Uint8Array.of(42));
    expect(w.small.status(V1.grant_map_grant_ref, { host_addr: toNumber(add(at, kib(8))), flags: C.GNTMAP.host_map, ref: 2, dom: w.granter.domid })).toBe(OKAY);
    expect(w.small.status(V2.grant_unmap, { handle: 0 })).toBe(OKAY);
    expect([...w.small.domain.p2m.runs(range(at, BACKING_UNIT))].map((r) => [toNumber(r.ipa) - toNumber(at), r.size])).toEqual([[kib(8), kib(4)]]);
    expect(w.small.read(add(at, kib(8)), 1)).toEqual(Uint8Array.of(42));
  });
  test("an overlay of own RAM leaves it owned, and a hole afterwards", () => {
    const w = createWorld(create);
    const { domain } = w.small;
    const before = domain.currentBytes;
    const page = granted(domain);
    w.grant1(1, w.small);
    const host_addr = toNumber(page);
    expect(w.small.status(V1.grant_map_grant_ref, { host_addr, flags: C.GNTMAP.host_map, ref: 1, dom: w.granter.domid })).toBe(OKAY);
    expect(w.small.status(V1.grant_unmap_grant_ref, { host_addr, handle: 0 })).toBe(OKAY);
    expect([domain.currentBytes, domain.p2m.isEmpty(range(page, XEN_PAGE.size))]).toEqual([before, true]);
  });
}

function describeCopies(create: CreateGrants): void {
  test.each([1, -1])("a copy over itself in pieces is as memmove (%i)", (direction) => {
    const bed = createTestbed(create);
    const a = bed.actor(GRANULE_4K, { fragment: XEN_PAGE.size });
    const start = a.domain.layout.ram.start;
    const all = pattern(kib(96));
    a.write(start, all);
    const [source, dest] = direction > 0 ? [0, 5000] : [5000, 0];
    const length = kib(64) + 77;
    expect(a.status(V2.grant_copy, { flags: 0, length, source_domid: 0, source_ref: 0, source: toNumber(start) + source, dest_domid: 0, dest_ref: 0, dest: toNumber(start) + dest })).toBe(OKAY);
    all.copyWithin(dest, source, source + length);
    expect(a.read(start, kib(96))).toEqual(all);
  });
  test("nobody is a messenger: in silo a copy between two domains that may not talk is refused", () => {
    const bed = createTestbed(create, { xsm: "silo" });
    const control = bed.actor(GRANULE_4K, { privileged: true });
    const [a, b] = [bed.actor(GRANULE_4K), bed.actor(GRANULE_4K)];
    const grants = bed.machine.get(GrantPort);
    for (const d of [a, b]) grants.seed(d.domain, "v1", 1, { flags: C.GTF.permit_access, domid: control.domid, frame: frameOf(granted(d.domain)) });
    const between = (from: Actor, to: Actor): number => control.status(V2.grant_copy, { flags: COPY.source_ref | COPY.dest_ref, length: 4, source_domid: from.domid, source_ref: 1, source: 0, dest_domid: to.domid, dest_ref: 1, dest: 0 });
    expect([between(a, b), between(a, a), copyOut(control, a, 1, 4)]).toEqual([GNTST.GNTST_permission_denied, OKAY, OKAY]);
  });
  test("no byte beyond the grant changes, and the marks are gone", () => {
    const w = createWorld(create);
    const page = granted(w.granter.domain);
    const { memory } = w.bed.machine.get(MachinePort);
    w.granter.write(add(page, -16), new Uint8Array(BACKING_UNIT + 32).fill(7));
    const ref = w.grant2(1, w.small);
    w.small.write(w.small.domain.layout.ram.start, pattern(kib(64)));
    const into = (dest: number, length: number): number =>
      w.small.status(V2.grant_copy, { flags: COPY.dest_ref, length, source_domid: 0, source_ref: 0, source: toNumber(w.small.domain.layout.ram.start), dest_domid: w.granter.domid, dest_ref: ref, dest });
    expect([into(0, BACKING_UNIT), into(1, BACKING_UNIT), into(BACKING_UNIT, 1), into(BACKING_UNIT, 0)]).toEqual([OKAY, GNTST.GNTST_bad_copy_arg, GNTST.GNTST_bad_copy_arg, OKAY]);
    expect([...w.granter.read(add(page, -16), 16), ...w.granter.read(add(page, BACKING_UNIT), 16)]).toEqual(Array.from({ length: 32 }, () => 7));
    expect(w.granter.read(page, BACKING_UNIT)).toEqual(pattern(BACKING_UNIT));
    const table = w.grants.tableOf(w.granter.domain, "v2");
    expect(table === undefined ? -1 : memory.load32(table.at(16))).toBe(C.GTF.permit_access + w.small.domid * 2 ** (8 * 2));
  });
}

/** Declares the tests. */
export function describeRules(create: CreateGrants): void {
  describeMapping(create);
  describeOwning(create);
  describeOverlays(create);
  describeCopies(create);
}
