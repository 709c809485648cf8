/** Advisories about memory, the P2M and registration, replayed. What each was about is in one sentence above its test. */
import { describe, expect, it } from "vitest";
import { GRANULE_16K, GRANULE_4K, GRANULE_64K, GRANULES, ipa, kib, mib, pa, range } from "@granule/units";
import { createDriver, type Domain } from "@granule/hypervisor";
import { C, codeNumber, V1, V2 } from "@granule/xen-abi";
import { createBench } from "./bench.ts";

const FRAME = kib(4);
const HOLE = 0x10_0000_0000;
const HOST = C.GNTMAP.host_map;
const array = (values: readonly number[]): Uint8Array => new Uint8Array(new BigUint64Array(values.map(BigInt)).buffer);

// Copies to guest memory did not look at the stage 2 permission, so that a hypercall wrote where the guest could only read.
it("XSA-98: a hypercall does not write through a read-only mapping", () => {
  const b = createBench();
  const owner = b.subject(GRANULE_4K);
  const guest = b.subject(GRANULE_4K);
  const secret = owner.ram + kib(64);
  owner.poke(ipa(secret), new Uint8Array(64).fill(0x77));
  b.grant(owner, 8, guest, secret, C.GTF.permit_access | C.GTF.readonly);
  expect(guest.status(V1.grant_map_grant_ref, { host_addr: HOLE, flags: HOST | C.GNTMAP.readonly, ref: 8, dom: owner.domid })).toBe(0);
  expect([...guest.peek(ipa(HOLE), 4)]).toEqual([0x77, 0x77, 0x77, 0x77]);
  expect(guest.call(V1.xenver_extraversion, { arg: BigInt(HOLE) }).x0).toBe(codeNumber("EFAULT"));
  expect([...owner.peek(ipa(secret), 64)].every((x) => x === 0x77)).toBe(true);
});

// One populate or decrease of an enormous order kept the hypervisor busy for as long as it took.
it.each(GRANULES)("XSA-158: an extent of a huge order does nothing (G $name)", (g) => {
  const s = createBench().subject(g, { maximum: mib(8) });
  const list = s.ram + kib(32);
  for (const order of [10, 18, 31, 63, 0xffffffff])
    for (const d of [V1.populate_physmap, V1.decrease_reservation]) {
      s.poke(ipa(list), array([s.ram / FRAME + 16]));
      expect(s.call(d, { extent_start: BigInt(list), nr_extents: 1, extent_order: order, mem_flags: 0, domid: C.DOMID_SELF, start: 0 }).x0).toBe(0);
    }
  expect(s.domain.currentBytes).toBe(mib(1));
});

// When VMIDs ran out the host crashed instead of refusing the domain.
it("XSA-181: without a free VMID the domain is refused, and one that ends gives its own back", () => {
  const b = createBench({ ram: mib(64), tables: mib(32), grants: { v2Limit: 0 } });
  const more = () => b.domains.create({ name: "d", granule: GRANULE_4K, ram: kib(64), tableLimit: kib(64), vcpus: [createDriver().engine] });
  const made: Domain[] = [];
  for (let r = more(); made.length < 300; r = more()) {
    if (!r.ok) {
      expect(r).toMatchObject({ code: "ENOMEM", why: expect.stringContaining("255 VMIDs") });
      break;
    }
    made.push(r.value);
  }
  expect(made).toHaveLength(255);
  b.domains.destroy(made[7]!);
  expect(more().ok).toBe(true);
  expect(more().ok).toBe(false);
});

// Taking a page out of a large mapping needs memory for a table; when there was none the page was freed although it stayed mapped.
it("XSA-222: what cannot be unmapped for want of tables is not given up either", () => {
  const b = createBench();
  const probe = b.subject(GRANULE_4K, { ram: mib(2) });
  const least = probe.domain.p2m.tableBytes();
  const s = b.subject(GRANULE_4K, { ram: mib(2), tableLimit: least });
  const at = s.ram + kib(64);
  const owned = b.frames.totals().owned;
  expect(s.list(V2.release, [{ extent: range(ipa(at), FRAME) }])).toMatchObject({ x0: codeNumber("ENOMEM"), x1: 0 });
  s.poke(ipa(s.ram + kib(32)), array([at / FRAME]));
  expect(s.call(V1.decrease_reservation, { extent_start: BigInt(s.ram + kib(32)), nr_extents: 1, extent_order: 0, mem_flags: 0, domid: C.DOMID_SELF, start: 0 }).x0).toBe(0);
  expect([b.frames.totals().owned, s.machineAt(at) >= 0]).toEqual([owned, true]);
  s.poke(ipa(at), new Uint8Array(FRAME).fill(1));
});

// An error path of add_to_physmap kept a lock, so that the next call never returned.
it("XSA-235: after a placement that fails the next one works", () => {
  const s = createBench().subject(GRANULE_4K);
  for (const bad of [{ space: 1, idx: 10 ** 9 }, { space: 0, idx: 1 }, { space: 9, idx: 0 }, { space: 5, idx: 0 }])
    expect(s.call(V1.add_to_physmap, { domid: C.DOMID_SELF, gpfn: HOLE / FRAME, ...bad }).x0).toBeLessThan(0);
  expect(s.call(V1.add_to_physmap, { domid: C.DOMID_SELF, gpfn: HOLE / FRAME, space: 1, idx: 0 }).x0).toBe(0);
});

// A frame number above the address space ran into an assertion of the P2M code.
it.each(GRANULES)("XSA-301: frame numbers that no domain has are refused (G $name)", (g) => {
  const s = createBench().subject(g);
  for (const gpfn of [2 ** 28, 2 ** 36, 2n ** 52n, 2n ** 63n, 2n ** 64n - 1n]) {
    expect(s.call(V1.add_to_physmap, { domid: C.DOMID_SELF, gpfn, space: 1, idx: 0 }).x0).toBe(codeNumber("EINVAL"));
    expect(s.call(V1.remove_from_physmap, { domid: C.DOMID_SELF, gpfn }).x0).toBe(codeNumber("ENOENT"));
  }
});

// A vcpu_info at an odd address was accepted, and the hypervisor's first atomic access to it faulted.
it("XSA-327: a vcpu_info that is not aligned is refused in both ABIs", () => {
  const s = createBench().subject(GRANULE_16K);
  for (const offset of [1, 2, 4, 4047, 4049]) expect(s.call(V1.register_vcpu_info, { vcpu: 0, mfn: s.ram / FRAME + 16, offset, rsvd: 0 }).x0).toBe(codeNumber("ENXIO"));
  for (const off of [1, 8, 32, 63]) expect(s.call(V2.register_vcpu_info, { vcpu: 0, area: s.ram + kib(64) + off }).x0).toBe(codeNumber("EDOM"));
});

// Memory went to a new owner with what the old one had left in it.
it.each(GRANULES)("XSA-372: a new owner finds zeroes (G $name)", (g) => {
  const b = createBench({ ram: mib(4) });
  const old = b.subject(g);
  for (let at = 0; at < mib(1); at += kib(64)) old.poke(ipa(old.ram + at), new Uint8Array(kib(64)).fill(0xa5));
  const where = old.machineAt(old.ram);
  b.domains.destroy(old.domain);
  expect(b.bytes(where, mib(1)).every((x) => x === 0)).toBe(true);
  const next = b.subject(g);
  expect(next.machineAt(next.ram)).toBe(where);
  expect(next.peek(ipa(next.ram), mib(1)).every((x) => x === 0)).toBe(true);
});

// Domains were built without a limit of memory (383), or came past it by asking in large orders (385).
describe("XSA-383, XSA-385: a domain gets no more than its maximum", () => {
  it.each([["4k", 0, GRANULE_4K], ["4k", 5, GRANULE_4K], ["16k", 4, GRANULE_16K], ["64k", 6, GRANULE_64K]] as const)("G %s, order %i", (_name, order, g) => {
    const s = createBench().subject(g, { maximum: mib(1) + kib(256) });
    const list = s.ram + kib(32);
    const frames = Array.from({ length: 100 }, (_, i) => HOLE / FRAME + i * 2 ** order);
    s.poke(ipa(list), array(frames));
    const { x0 } = s.call(V1.populate_physmap, { extent_start: BigInt(list), nr_extents: frames.length, extent_order: order, mem_flags: 0, domid: C.DOMID_SELF, start: 0 });
    expect(x0).toBe(Math.floor(kib(256) / (FRAME * 2 ** order)));
    expect(s.list(V2.populate, [{ extent: range(ipa(HOLE + mib(64)), mib(1)) }]).x0).toBe(codeNumber("ENOMEM"));
    expect(s.domain.currentBytes).toBeLessThanOrEqual(mib(1) + kib(256));
  });
});

// An entry whose valid bit had been cleared for other reasons was taken for a hole, and stayed usable after it had been removed.
it.each(GRANULES)("XSA-393: what was given up is reachable no longer, in the middle of a large mapping too (G $name)", (g) => {
  const b = createBench();
  const s = b.subject(g, { ram: mib(2) });
  const at = s.ram + mib(1);
  expect(s.list(V2.release, [{ extent: range(ipa(at), g.size) }])).toMatchObject({ x0: 0, x1: 1 });
  expect([s.machineAt(at - 1) >= 0, s.machineAt(at), s.machineAt(at + g.size - 1), s.machineAt(at + g.size) >= 0]).toEqual([true, -1, -1, true]);
  expect(s.call(V1.xenver_extraversion, { arg: BigInt(at) }).x0).toBe(codeNumber("EFAULT"));
});

// Stage 2 tables came from the hypervisor's own memory without a limit (409), and freeing very many took very long (410).
it("XSA-409, XSA-410: tables are charged to their domain, and all come back at its end", () => {
  const b = createBench();
  const other = b.subject(GRANULE_4K);
  const before = b.parts.tables.freeBytes();
  const s = b.subject(GRANULE_4K, { tableLimit: kib(256) });
  let x0 = 0;
  let placed = 0;
  // each at a place of its own, so that each takes a table; the RAM comes from its own beginning
  for (; x0 === 0 && placed < 200; placed++) {
    s.list(V2.release, [{ extent: range(ipa(s.ram + kib(64) + placed * FRAME), FRAME) }]);
    x0 = s.list(V2.populate, [{ extent: range(ipa(HOLE + placed * mib(512)), FRAME) }]).x0;
  }
  expect(x0).toBe(codeNumber("ENOMEM"));
  expect(s.domain.p2m.tableBytes()).toBeLessThanOrEqual(kib(256));
  expect(other.call(V2.place, { object: 1, offset: 0, address: HOLE, size: FRAME }).x0).toBe(0);
  b.domains.destroy(s.domain);
  expect(b.parts.tables.freeBytes()).toBeGreaterThanOrEqual(before - kib(64));
});

// References to frames of other domains were taken and not given back on some ways out, or given back too often.
describe("XSA-473: a foreign frame is referenced exactly while it is mapped", () => {
  const world = () => {
    const b = createBench();
    const owner = b.subject(GRANULE_4K);
    const control = b.subject(GRANULE_4K, { privileged: true });
    const page = owner.ram + kib(64);
    const where = owner.machineAt(page);
    const foreign = (idx: number, gpfn: number): number => {
      control.poke(ipa(control.ram + kib(32)), array([idx, gpfn, 1]));
      const { x0 } = control.call(V1.add_to_physmap_batch, {
        domid: C.DOMID_SELF, space: C.XENMAPSPACE_gmfn_foreign, size: 1, foreign_domid: owner.domid, idxs: BigInt(control.ram + kib(32)), gpfns: BigInt(control.ram + kib(32) + 8), errs: BigInt(control.ram + kib(32) + 16),
      });
      expect(x0).toBe(0);
      return new DataView(control.peek(ipa(control.ram + kib(32) + 16), 4).buffer).getInt32(0, true);
    };
    expect(foreign(page / FRAME, HOLE / FRAME)).toBe(0);
    return { b, owner, control, page, foreign, isHeld: () => b.frames.isHeld(pa(where), FRAME) };
  };
  it("when it is removed, replaced by another one, by an object, by RAM, or its mapper ends", () => {
    for (const undo of ["remove", "foreign", "object", "populate", "destroy"] as const) {
      const w = world();
      expect([undo, w.isHeld()]).toEqual([undo, true]);
      if (undo === "remove") expect(w.control.call(V1.remove_from_physmap, { domid: C.DOMID_SELF, gpfn: HOLE / FRAME }).x0).toBe(0);
      if (undo === "foreign") expect(w.foreign(w.page / FRAME + 1, HOLE / FRAME)).toBe(0);
      if (undo === "object") expect(w.control.call(V1.add_to_physmap, { domid: C.DOMID_SELF, space: 1, idx: 0, gpfn: HOLE / FRAME }).x0).toBe(0);
      if (undo === "populate") {
        w.control.list(V2.release, [{ extent: range(ipa(w.control.ram + kib(64)), FRAME) }]);
        w.control.poke(ipa(w.control.ram + kib(32)), array([HOLE / FRAME]));
        expect(w.control.call(V1.populate_physmap, { extent_start: BigInt(w.control.ram + kib(32)), nr_extents: 1, extent_order: 0, mem_flags: 0, domid: C.DOMID_SELF, start: 0 }).x0).toBe(1);
      }
      if (undo === "destroy") w.b.domains.destroy(w.control.domain);
      expect([undo, w.isHeld()]).toEqual([undo, false]);
    }
  });
  it("and its owner's end does not take it away", () => {
    const w = world();
    w.owner.poke(ipa(w.page), new Uint8Array([7]));
    w.b.domains.destroy(w.owner.domain);
    expect([w.isHeld(), w.control.peek(ipa(HOLE), 1)[0], w.b.frames.totals().referenced]).toEqual([true, 7, FRAME]);
    expect(w.control.call(V1.remove_from_physmap, { domid: C.DOMID_SELF, gpfn: HOLE / FRAME }).x0).toBe(0);
    expect(w.b.frames.totals().referenced).toBe(0);
  });
});
