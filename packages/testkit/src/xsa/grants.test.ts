/** Advisories about grant tables, replayed. What each was about is in one sentence above its test. */
import { expect, it } from "vitest";
import { GRANULE_16K, GRANULE_4K, GRANULE_64K, GRANULES, ipa, kib, mib, pa, range } from "@granule/units";
import { C, codeNumber, COPY, GrantEntryV1, V1, V2 } from "@granule/xen-abi";
import { type Bench, createBench, type Subject } from "./bench.ts";

const FRAME = kib(4);
const HOLE = 0x10_0000_0000;
const { GTF, GRANT_REF_V2 } = C;
const HOST = C.GNTMAP.host_map;
const RO = HOST | C.GNTMAP.readonly;

interface Pair {
  readonly b: Bench;
  readonly owner: Subject;
  readonly mapper: Subject;
  /** A page of the owner, granted by reference 8. */
  readonly page: number;
  map(handleAt: number, flags?: number, ref?: number): number;
  unmap(handle: number, at: number): number;
  flags(): number;
}
function pair(): Pair {
  const b = createBench();
  const owner = b.subject(GRANULE_4K);
  const mapper = b.subject(GRANULE_4K);
  const page = owner.ram + kib(64);
  b.grant(owner, 8, mapper, page);
  return {
    b, owner, mapper, page,
    map(at, flags = HOST, ref = 8) {
      const { out } = mapper.list(V1.grant_map_grant_ref, [{ host_addr: at, flags, ref, dom: owner.domid }]);
      const status = Number(out[0]?.["status"]);
      return status === 0 ? Number(out[0]?.["handle"]) : status;
    },
    unmap: (handle, host_addr) => mapper.status(V1.grant_unmap_grant_ref, { host_addr, handle }),
    flags: () => {
      const table = b.grants.tableOf(owner.domain, "v1");
      if (table === undefined) throw new Error("no table");
      return GrantEntryV1.fields.flags.get(b.parts.memory.view, b.parts.memory.offset(table.at(8 * GrantEntryV1.size)));
    },
  };
}

// Unmapping one of several mappings dropped references and marks that the others still needed.
it("XSA-224: two mappings of one entry are counted, whichever goes first", () => {
  for (const [first, second] of [[HOST, RO], [RO, HOST], [HOST, HOST]] as const) {
    const p = pair();
    const one = p.map(HOLE, first);
    const two = p.map(HOLE + FRAME, second);
    expect(p.unmap(one, HOLE)).toBe(0);
    expect([p.owner.list(V2.release, [{ extent: range(ipa(p.page), FRAME) }]).x0, p.mapper.machineAt(HOLE + FRAME)]).toEqual([codeNumber("EBUSY"), p.owner.machineAt(p.page)]);
    expect((p.flags() & GTF.writing) !== 0).toBe(second === HOST);
    expect(p.unmap(two, HOLE + FRAME)).toBe(0);
    expect([p.flags(), p.unmap(two, HOLE + FRAME)]).toEqual([GTF.permit_access, codeNumber("GNTST_bad_handle")]);
    expect(p.owner.list(V2.release, [{ extent: range(ipa(p.page), FRAME) }]).x0).toBe(0);
  }
});

// The free list of handles was updated without a lock, so that one handle came to be in use twice.
it("XSA-228: no handle is given out while it is in use", () => {
  const p = pair();
  const held = new Map<number, number>();
  for (let i = 0; i < 1200; i++) {
    const at = HOLE + (i % 97) * FRAME;
    const old = [...held].find(([, where]) => where === at);
    if (old !== undefined) {
      expect(p.unmap(old[0], at)).toBe(0);
      held.delete(old[0]);
      if (i % 5 === 0) continue;
    }
    // every seventh fails, which uses a number up
    const handle = p.map(at, HOST, i % 7 === 0 ? 9 : 8);
    if (handle < 0) continue;
    expect(held.has(handle)).toBe(false);
    held.set(handle, at);
  }
  expect(held.size).toBeGreaterThan(50);
});

// GTF_reading and GTF_writing were cleared while another use of the entry was not over.
it("XSA-230: the marks stay until the last use is over, copies included", () => {
  const p = pair();
  const handle = p.map(HOLE);
  const copy = { flags: COPY.dest_ref, length: 8, source: p.mapper.ram + kib(64), dest_domid: p.owner.domid, dest_ref: 8, dest: 0 };
  for (const d of [1, 2]) {
    if (d === 2) expect(p.mapper.status(V2.grant_copy, copy)).toBe(0);
    else expect(p.mapper.status(V1.grant_copy, { source_u: 8, source_domid: p.owner.domid, dest_u: (p.mapper.ram + kib(64)) / FRAME, dest_domid: C.DOMID_SELF, len: 8, flags: C.GNTCOPY.source_gref })).toBe(0);
    expect(p.flags()).toBe(GTF.permit_access | GTF.reading | GTF.writing);
  }
  p.unmap(handle, HOLE);
  expect(p.flags()).toBe(GTF.permit_access);
});

// The count of pins and the reference to the page were not taken together, so that a page could be freed while it was mapped.
it.each(GRANULES)("XSA-236: what is mapped stays the mapper's, whatever its owner does with entry and page (G $name)", (g) => {
  const b = createBench();
  const owner = b.subject(g);
  const mapper = b.subject(g);
  const page = owner.ram + kib(64);
  owner.poke(ipa(page), new Uint8Array(kib(64)).fill(0x42));
  expect(b.grants.seed(owner.domain, "v2", 3, { flags: GTF.permit_access, domid: mapper.domid, extent: range(ipa(page), kib(64)) }).ok).toBe(true);
  expect(mapper.status(V2.grant_map, { domid: owner.domid, flags: 0, ref: GRANT_REF_V2 + 3, address: HOLE, size: kib(64) })).toBe(0);
  // the entry names something else now, and the page is given up as v1 lets it
  b.grants.seed(owner.domain, "v2", 3, { flags: 0, domid: 0, extent: range(ipa(owner.ram), kib(64)) });
  owner.poke(ipa(owner.ram + kib(32)), new Uint8Array(new BigUint64Array([BigInt(page / FRAME)]).buffer));
  const order = Math.log2(g.size / FRAME);
  expect(owner.call(V1.decrease_reservation, { extent_start: BigInt(owner.ram + kib(32)), nr_extents: 1, extent_order: order, mem_flags: 0, domid: C.DOMID_SELF, start: 0 }).x0).toBe(1);
  for (let i = 0; i < 20; i++) owner.list(V2.populate, [{ extent: range(ipa(HOLE + i * kib(64)), kib(64)) }]);
  expect(mapper.peek(ipa(HOLE), kib(64)).every((x) => x === 0x42)).toBe(true);
  expect(b.frames.totals().referenced).toBe(g.size);
  b.domains.destroy(owner.domain);
  expect(mapper.peek(ipa(HOLE), kib(64)).every((x) => x === 0x42)).toBe(true);
  b.domains.destroy(mapper.domain);
  expect(b.frames.totals().referenced).toBe(0);
});

// Changing the table's version while entries were in use left pages and counts of the other version behind.
it("XSA-255, XSA-501: there is no version to change to, and asking changes nothing", () => {
  const p = pair();
  const handle = p.map(HOLE);
  for (const version of [2, 0, 3, 0xffffffff]) expect(p.owner.call(V1.grant_set_version, { version })).toMatchObject({ x0: codeNumber(version === 2 ? "ENOSYS" : "EINVAL"), out: { version: 1 } });
  expect(p.owner.call(V1.grant_get_version, { dom: C.DOMID_SELF }).out).toEqual({ version: 1 });
  expect([p.flags() & GTF.reading, p.unmap(handle, HOLE), p.flags()]).toEqual([GTF.reading, 0, GTF.permit_access]);
});

// A map that failed answered a positive number, which drivers took for success with that handle.
it("XSA-316: every map that fails says so with a negative status and keeps nothing", () => {
  const p = pair();
  const bad = [
    { flags: HOST, ref: 9 }, { flags: HOST, ref: 10 ** 6 }, { flags: 0, ref: 8 }, { flags: HOST, ref: 8, host_addr: 2n ** 63n }, { flags: HOST, ref: 8, dom: 77 }, { flags: HOST | 2 ** 20, ref: 8 },
  ];
  for (const change of bad) expect(p.mapper.status(V1.grant_map_grant_ref, { host_addr: HOLE, dom: p.owner.domid, ...change })).toBeLessThan(0);
  expect([p.flags(), p.mapper.machineAt(HOLE), p.b.grants.mappings(p.mapper.domain)]).toEqual([GTF.permit_access, -1, []]);
});

// A long list of copies that was interrupted reported the wrong number as done, or the wrong elements.
it("XSA-318: of a list that is interrupted each element is done once and has its own status", () => {
  const p = pair();
  const list = kib(128) + p.mapper.ram;
  const count = 1000;
  const bad = new Set([0, 255, 256, 257, 511, 512, 999]);
  const elements = Array.from({ length: count }, (_, i) => ({
    source_u: bad.has(i) ? 10 ** 6 : 8, source_domid: p.owner.domid, source_offset: (4 * i) % FRAME, dest_u: (p.mapper.ram + kib(512)) / FRAME, dest_domid: C.DOMID_SELF, dest_offset: (4 * i) % FRAME, len: 4, flags: C.GNTCOPY.source_gref,
  }));
  p.owner.poke(ipa(p.page), new Uint8Array(FRAME).map((_, i) => i % 251));
  const { x0, out } = p.mapper.list(V1.grant_copy, elements, ipa(list));
  expect(x0).toBe(0);
  expect(out.map((o) => Number(o["status"]))).toEqual(elements.map((_, i) => (bad.has(i) ? codeNumber("GNTST_bad_gntref") : 0)));
  expect([...p.mapper.peek(ipa(p.mapper.ram + kib(512)), 4 * count)]).toEqual(Array.from({ length: 4 * count }, (_, i) => (bad.has(Math.floor(i / 4)) ? 0 : i % 251)));
  expect(p.mapper.domain.counters.get("grant_copy")).toBe(count - bad.size);
});

// The end of a domain looked through whole tables and handle lists without a pause.
it("XSA-380: a mapper with many mappings ends, and nothing of them is left", () => {
  const p = pair();
  for (let ref = 8; ref < 24; ref++) {
    p.b.grant(p.owner, ref, p.mapper, p.page + (ref - 8) * FRAME);
    for (let i = 0; i < 60; i++) expect(p.map(HOLE + (60 * ref + i) * FRAME, i % 2 === 0 ? HOST : RO, ref)).toBeGreaterThanOrEqual(0);
  }
  p.b.domains.destroy(p.mapper.domain);
  expect([p.b.grants.active(p.owner.domain), p.flags(), p.b.frames.isHeld(pa(p.owner.machineAt(p.page)), mib(1) - kib(64))]).toEqual([[], GTF.permit_access, false]);
});

// Pages of a table that was no longer in use stayed mapped in the guest after they had been freed (384); frames were placed where others were (486).
it.each([GRANULE_4K, GRANULE_16K, GRANULE_64K])("XSA-384, XSA-486: no frame of a table is reachable twice, or after the table was taken away (G $name)", (g) => {
  const b = createBench();
  const s = b.subject(g);
  for (const [object, name] of [[1, "v1"], [2, "v2"]] as const) {
    const at = HOLE + object * mib(1);
    expect(s.call(V2.place, { object, offset: 0, address: at, size: g.size }).x0).toBe(0);
    expect([s.call(V2.place, { object, offset: 0, address: at, size: g.size }).x0, s.call(V2.place, { object, offset: 0, address: at + kib(64), size: g.size }).x0]).toEqual([codeNumber("EEXIST"), codeNumber("EBUSY")]);
    if (name === "v1") expect(s.call(V1.add_to_physmap, { domid: C.DOMID_SELF, space: 1, idx: 0, gpfn: (HOLE + mib(8)) / FRAME }).x0).toBe(codeNumber("EBUSY"));
  }
  // a part that begins in one extent of 64 KiB and ends in the next one
  if (g.size < kib(64)) {
    expect(s.call(V2.place, { object: 2, offset: kib(48), address: HOLE + mib(4), size: kib(32) }).x0).toBe(0);
    const table = b.grants.tableOf(s.domain, "v2");
    expect([s.machineAt(HOLE + mib(4)), s.machineAt(HOLE + mib(4) + kib(16))]).toEqual([Number(table?.at(kib(48))), Number(table?.at(kib(64)))]);
  }
  expect(s.call(V2.reset).x0).toBe(0);
  expect([s.machineAt(HOLE + mib(1)) >= 0, s.machineAt(HOLE + 2 * mib(1)), s.machineAt(HOLE + mib(4))]).toEqual([true, -1, -1]);
});

// Unmapping stopped half way and left a mapping without a reference.
it("XSA-394: a mapping that was mapped over is unmapped as far as it is there, and its references go", () => {
  const b = createBench();
  const owner = b.subject(GRANULE_4K);
  const mapper = b.subject(GRANULE_4K);
  const page = owner.ram + kib(64);
  b.grants.seed(owner.domain, "v2", 1, { flags: GTF.permit_access, domid: mapper.domid, extent: range(ipa(page), kib(64)) });
  const { out } = mapper.list(V2.grant_map, [{ domid: owner.domid, flags: 0, ref: GRANT_REF_V2 + 1, address: HOLE, size: kib(64) }]);
  // v1 puts frames of an object into the middle, and takes one of them out; what is mapped by a handle it does not take
  for (const [idx, at] of [5, 9].entries()) expect(mapper.call(V1.add_to_physmap, { domid: C.DOMID_SELF, space: 1, idx, gpfn: HOLE / FRAME + at }).x0).toBe(0);
  expect(mapper.call(V1.remove_from_physmap, { domid: C.DOMID_SELF, gpfn: HOLE / FRAME + 7 }).x0).toBe(codeNumber("ENOENT"));
  expect(mapper.call(V1.remove_from_physmap, { domid: C.DOMID_SELF, gpfn: HOLE / FRAME + 9 }).x0).toBe(0);
  const object = mapper.machineAt(HOLE + 5 * FRAME);
  expect(mapper.status(V2.grant_unmap, { handle: out[0]?.["handle"] })).toBe(0);
  expect(Array.from({ length: 16 }, (_, i) => mapper.machineAt(HOLE + i * FRAME))).toEqual(Array.from({ length: 16 }, (_, i) => (i === 5 ? object : -1)));
  expect(b.frames.isHeld(pa(owner.machineAt(page)), kib(64))).toBe(false);
});

// A copy trusted an entry that was in use already, although it had been changed or revoked since.
it("XSA-500: a copy by an entry that is mapped uses what was latched, and obeys read-only and the grantee", () => {
  const p = pair();
  const third = p.b.subject(GRANULE_4K);
  p.b.grant(p.owner, 8, p.mapper, p.page, GTF.permit_access | GTF.readonly);
  expect(p.map(HOLE, RO)).toBeGreaterThanOrEqual(0);
  p.owner.poke(ipa(p.page), new Uint8Array(8).fill(0x11));
  p.owner.poke(ipa(p.page + FRAME), new Uint8Array(8).fill(0x22));
  // now it names another page, and another domain
  p.b.grant(p.owner, 8, third, p.page + FRAME, GTF.permit_access | GTF.readonly);
  const into = p.mapper.ram + kib(128);
  const read = { flags: COPY.source_ref, length: 8, source_domid: p.owner.domid, source_ref: 8, source: 0, dest: into };
  expect([p.mapper.status(V2.grant_copy, read), [...p.mapper.peek(ipa(into), 8)]]).toEqual([0, Array.from({ length: 8 }, () => 0x11)]);
  expect(p.mapper.status(V2.grant_copy, { flags: COPY.dest_ref, length: 8, source: into, dest_domid: p.owner.domid, dest_ref: 8, dest: 0 })).toBe(codeNumber("GNTST_general_error"));
  expect(third.status(V2.grant_copy, { ...read, dest: third.ram + kib(128) })).toBe(codeNumber("GNTST_general_error"));
});

// An object of the hypervisor that a domain had granted was freed at the domain's end while somebody had it mapped.
it("found by the fuzzer: a granted frame of an object is reachable no longer when its domain has ended", () => {
  const p = pair();
  expect(p.owner.call(V1.add_to_physmap, { domid: C.DOMID_SELF, space: 1, idx: 0, gpfn: HOLE / FRAME }).x0).toBe(0);
  p.b.grant(p.owner, 8, p.mapper, HOLE);
  const handle = p.map(HOLE);
  const where = p.mapper.machineAt(HOLE);
  expect(where).toBe(p.owner.machineAt(HOLE));
  p.b.domains.destroy(p.owner.domain);
  const next = p.b.subject(GRANULE_4K);
  expect([p.mapper.machineAt(HOLE), next.domid, p.unmap(handle, HOLE)]).toEqual([-1, p.owner.domid, 0]);
  expect(p.b.frames.totals().referenced).toBe(0);
});

// What others still referenced of a domain that had ended was counted against the next domain with its domid.
it("found by the fuzzer: a domain does not pay for its predecessor", () => {
  const p = pair();
  expect(p.map(HOLE)).toBeGreaterThanOrEqual(0);
  p.b.domains.destroy(p.owner.domain);
  const next = p.b.subject(GRANULE_4K);
  expect([next.domid, next.domain.currentBytes, p.b.frames.totals().referenced]).toEqual([p.owner.domid, mib(1), FRAME]);
  expect(p.unmap(0, HOLE)).toBe(0);
  expect([next.domain.currentBytes, p.b.frames.totals().referenced]).toEqual([mib(1), 0]);
});
