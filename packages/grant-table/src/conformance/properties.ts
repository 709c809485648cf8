/**
 * Random sequences of grant, map, unmap, copy, end of access and release between three domains, compared with the naive
 * model after every step: what each domain reaches (by walking its stage 2), the entries' words, the references to
 * frames, and every byte.
 */
import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { FramesPort } from "@granule/hypervisor";
import { type AnyGranule, BACKING_UNIT, GRANULES, ipa, kib, ModelBug, pa, range, toNumber, XEN_PAGE } from "@granule/units";
import { C, type Code, codeNumber, COPY, GNTST, V1, V2 } from "@granule/xen-abi";
import { GrantPort } from "../contract.ts";
import { Model, type ModelMapping, type Page, type SideBytes } from "./model.ts";
import { type Actor, type CreateGrants, createTestbed, type Testbed } from "./testbed.ts";

const PAGE = XEN_PAGE.size;
const RAM = kib(512);
const PAGES = RAM / PAGE;
/** Pages of a 64 KiB unit, and places for mappings, each of that size. */
const UNIT = BACKING_UNIT / PAGE;
const SLOTS = 6;
const REFS = 3;
/** The last unit holds the arguments of calls. */
const GRANTABLE = PAGES - UNIT;

type Step =
  | { readonly kind: "grant"; readonly table: 1 | 2; readonly index: number; readonly by: number; readonly to: number; readonly page: number; readonly log2: number; readonly flags: number }
  | { readonly kind: "end"; readonly table: 1 | 2; readonly index: number; readonly by: number }
  | { readonly kind: "map"; readonly abi: 1 | 2; readonly table: 1 | 2; readonly index: number; readonly by: number; readonly of: number; readonly slot: number; readonly sub: number; readonly size: number; readonly writes: boolean }
  | { readonly kind: "unmap"; readonly abi: 1 | 2; readonly by: number; readonly which: number }
  | { readonly kind: "copy"; readonly by: number; readonly from: number; readonly to: number; readonly refs: number; readonly index: number; readonly table: 1 | 2; readonly at: number; readonly offset: number; readonly length: number }
  | { readonly kind: "release"; readonly by: number; readonly unit: number };

const who = fc.nat({ max: 2 });
const table = fc.constantFrom<1 | 2>(1, 2, 2);
const index = fc.nat({ max: REFS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("grant" as const), table, index, by: who, to: who, page: fc.nat({ max: GRANTABLE - 1 }), log2: fc.constantFrom(0, 2, 4, 4, 5), flags: fc.constantFrom(1, 1, 1, 5, 2, 0) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("end" as const), table, index, by: who }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("map" as const), abi: fc.constantFrom<1 | 2>(1, 2, 2), table, index, by: who, of: who, slot: fc.nat({ max: SLOTS - 1 }), sub: fc.nat({ max: 1 }), size: fc.constantFrom(0, 0, 0, 0, 4), writes: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("unmap" as const), abi: fc.constantFrom<1 | 2>(1, 2), by: who, which: fc.nat({ max: 7 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("copy" as const), by: who, from: who, to: who, refs: fc.nat({ max: 3 }), index, table, at: fc.nat({ max: RAM - 1 }), offset: fc.nat({ max: BACKING_UNIT }), length: fc.oneof(fc.nat({ max: 200 }), fc.nat({ max: 40000 })) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("release" as const), by: who, unit: fc.nat({ max: GRANTABLE / UNIT - 1 }) }) },
);

interface Player {
  readonly actor: Actor;
  readonly firstPage: number;
  /** Handles of the model's mappings. */
  readonly handles: Map<ModelMapping, number>;
}

class Game {
  readonly bed: Testbed;
  readonly model = new Model();
  readonly players: readonly Player[];
  readonly all: Page[] = [];

  constructor(create: CreateGrants, granules: readonly AnyGranule[], fragmented: readonly boolean[]) {
    this.bed = createTestbed(create);
    this.players = granules.map((g, i) => {
      const actor = this.bed.actor(g, { ram: RAM, ...(fragmented[i] === true ? { fragment: g.size } : {}) });
      return { actor, firstPage: toNumber(actor.domain.layout.ram.start) / PAGE, handles: new Map() };
    });
    for (const { actor, firstPage } of this.players) {
      const d = { id: actor.domid, granule: actor.domain.granule.size / PAGE, reach: new Map(), entries: new Map(), mappings: [] };
      this.model.domains.set(actor.domid, d);
      for (let i = 0; i < PAGES; i++) {
        const machine = actor.domain.p2m.find(ipa((firstPage + i) * PAGE), true);
        const bytes = this.bed.bytes(pa(machine), PAGE);
        // told apart by their first bytes
        bytes[0] = i;
        bytes[1] = actor.domid;
        const page: Page = { owner: actor.domid, machine, bytes: bytes.slice(), gone: false, holds: 0 };
        this.all.push(page);
        d.reach.set(firstPage + i, { page, writable: true, ram: true });
      }
    }
  }
  player(i: number): Player {
    const p = this.players[i];
    if (p === undefined) throw new ModelBug("three players");
    return p;
  }
  slot(p: Player, slot: number, sub: number): number {
    return toNumber(p.actor.domain.layout.extended.start) / PAGE + slot * 2 * UNIT + sub * p.actor.domain.granule.size / PAGE;
  }

  play(s: Step): void {
    const p = this.player(s.by);
    switch (s.kind) {
      case "grant": return this.grant(p, s);
      case "end": return this.end(p, s);
      case "map": return this.map(p, s);
      case "unmap": return this.unmap(p, s);
      case "copy": return this.copy(p, s);
      case "release": return this.release(p, s);
    }
  }
  private grant(p: Player, s: Step & { kind: "grant" }): void {
    const ref = refOf(s.table, s.index);
    // a guest that keeps to the rules leaves an entry alone while it is marked
    if (this.model.pinned.has(`${p.actor.domid}/${ref}`)) return;
    const to = this.player(s.to).actor.domid;
    const log2 = s.table === 1 ? 0 : s.log2;
    const page = p.firstPage + s.page - (s.page % 2 ** log2);
    const grants = this.bed.machine.get(GrantPort);
    const seeded = s.table === 1 ? grants.seed(p.actor.domain, "v1", s.index, { flags: s.flags, domid: to, frame: page }) : grants.seed(p.actor.domain, "v2", s.index, { flags: s.flags, domid: to, extent: range(ipa(page * PAGE), PAGE * 2 ** log2) });
    expect(seeded.ok).toBe(true);
    this.model.get(p.actor.domid).entries.set(ref, { flags: s.flags, to, page, pages: 2 ** log2 });
  }
  /** Ends access without asking: those who have it mapped keep it. */
  private end(p: Player, s: Step & { kind: "end" }): void {
    const entry = this.model.get(p.actor.domid).entries.get(refOf(s.table, s.index));
    if (entry === undefined) return;
    const at = this.word(p, s.table, s.index);
    at.setUint16(0, 0, true);
    entry.flags = 0;
  }
  private word(p: Player, t: 1 | 2, i: number): DataView {
    const object = this.bed.machine.get(GrantPort).tableOf(p.actor.domain, t === 1 ? "v1" : "v2");
    if (object === undefined) throw new ModelBug("no table");
    const size = t === 1 ? 8 : 16;
    const bytes = this.bed.bytes(object.at(i * size), size);
    return new DataView(bytes.buffer, bytes.byteOffset, size);
  }
  private map(p: Player, s: Step & { kind: "map" }): void {
    const of = this.player(s.of).actor.domid;
    const ref = refOf(s.table, s.index);
    const at = this.slot(p, s.slot, s.sub);
    const key = `${of}/${ref}`;
    // most calls ask for the right size
    const pages = s.size === 0 ? (this.model.pinned.get(key)?.pages.length ?? this.model.get(of).entries.get(ref)?.pages ?? 1) : s.size;
    const expected = this.model.map(p.actor.domid, of, ref, at, pages, s.writes, s.abi);
    const r =
      s.abi === 1
        ? p.actor.call(V1.grant_map_grant_ref, { host_addr: at * PAGE, flags: C.GNTMAP.host_map | (s.writes ? 0 : C.GNTMAP.readonly), ref, dom: of })
        : p.actor.call(V2.grant_map, { domid: of, flags: s.writes ? 0 : C.GTF.readonly, ref, address: at * PAGE, size: pages * PAGE });
    expect([s.kind, Number(r.out[0]?.["status"])]).toEqual([s.kind, expected === "ok" ? GNTST.GNTST_okay : codeNumber(expected)]);
    const made = this.model.get(p.actor.domid).mappings.at(-1);
    if (expected === "ok" && made !== undefined) p.handles.set(made, Number(r.out[0]?.["handle"]));
  }
  private unmap(p: Player, s: Step & { kind: "unmap" }): void {
    const { mappings } = this.model.get(p.actor.domid);
    const m = mappings[s.which % Math.max(1, mappings.length)];
    if (m === undefined) return;
    const handle = p.handles.get(m);
    const there = this.model.get(p.actor.domid).reach.get(m.at);
    const misfit = s.abi === 1 && (m.pinned.pages.length > 1 || (there !== undefined && there.page !== m.pinned.pages[0]));
    const status = s.abi === 1 ? p.actor.status(V1.grant_unmap_grant_ref, { host_addr: m.at * PAGE, handle }) : p.actor.status(V2.grant_unmap, { handle });
    if (misfit) expect(status).toBe(m.pinned.pages.length > 1 ? GNTST.GNTST_bad_handle : GNTST.GNTST_general_error);
    else {
      expect(status).toBe(GNTST.GNTST_okay);
      this.model.unmap(p.actor.domid, m);
      p.handles.delete(m);
    }
  }
  private copy(p: Player, s: Step & { kind: "copy" }): void {
    const me = p.actor.domid;
    const from = this.player(s.from).actor.domid;
    const to = this.player(s.to).actor.domid;
    const fromRef = (s.refs & 1) === 0 ? undefined : refOf(s.table, s.index);
    const toRef = (s.refs & 2) === 0 ? undefined : refOf(s.table, (s.index + 1) % REFS);
    // not over the arguments of the call itself
    const own = p.firstPage * PAGE + (s.at % (GRANTABLE * PAGE));
    const length = Math.min(s.length, p.firstPage * PAGE + GRANTABLE * PAGE - own);
    const offset = s.offset;
    const source = this.model.side(me, from, fromRef, fromRef === undefined ? own : offset, length, false);
    const dest = typeof source === "string" && source !== "GNTST_bad_copy_arg" && source !== "GNTST_bad_page" && source !== "EFAULT" ? source : this.model.side(me, to, toRef, toRef === undefined ? own : offset, length, true);
    const expected = worst(source, dest);
    const status = p.actor.status(V2.grant_copy, {
      flags: (fromRef === undefined ? 0 : COPY.source_ref) | (toRef === undefined ? 0 : COPY.dest_ref), length, source_domid: from, source_ref: fromRef ?? 0, source: fromRef === undefined ? own : offset,
      dest_domid: to, dest_ref: toRef ?? 0, dest: toRef === undefined ? own : offset,
    });
    expect([s.kind, status]).toEqual([s.kind, expected === undefined ? 0 : codeNumber(expected)]);
    if (typeof source === "string" || typeof dest === "string") return;
    const bytes = source.map(([page, o]) => page.bytes[o] ?? 0);
    dest.forEach(([page, o], i) => (page.bytes[o] = bytes[i] ?? 0));
  }
  /** As v1's decrease_reservation: whatever others have mapped. */
  private release(p: Player, s: Step & { kind: "release" }): void {
    const first = p.firstPage + s.unit * UNIT;
    const { domain } = p.actor;
    const frames = this.bed.machine.get(FramesPort);
    for (let i = 0; i < UNIT; i++) {
      const r = this.model.get(p.actor.domid).reach.get(first + i);
      if (r !== undefined) frames.disown(domain, pa(r.page.machine), PAGE);
    }
    expect(domain.p2m.unmap(range(ipa(first * PAGE), BACKING_UNIT)).ok).toBe(true);
    this.model.release(p.actor.domid, first, UNIT);
  }

  /**
   * Compares everything but bytes. `whole`: walks all of each IPA space, else the parts that these steps touch.
   * @throws Error naming the first difference.
   */
  check(whole: boolean): void {
    const frames = this.bed.machine.get(FramesPort);
    const differs = (what: string): never => {
      throw new Error(`differs from the model: ${what}`);
    };
    for (const p of this.players) {
      const { domain } = p.actor;
      const model = this.model.get(domain.domid);
      let reached = 0;
      const parts = whole ? [range(ipa(0), domain.p2m.ipaLimit)] : [domain.layout.ram, range(domain.layout.extended.start, SLOTS * 2 * BACKING_UNIT)];
      for (const r of parts.flatMap((part) => [...domain.p2m.runs(part)]))
        for (let o = 0; o < r.size; o += PAGE, reached++) {
          const at = (toNumber(r.ipa) + o) / PAGE;
          const there = model.reach.get(at);
          if (there === undefined || there.page.machine !== toNumber(r.pa) + o || there.writable !== r.writable) differs(`domain ${domain.domid} reaches page ${at}${r.writable ? " writable" : ""}`);
        }
      if (reached !== model.reach.size) differs(`domain ${domain.domid} reaches ${reached} pages instead of ${model.reach.size}`);
      for (const [ref, e] of model.entries) {
        const word = this.word(p, ref >= C.GRANT_REF_V2 ? 2 : 1, ref % C.GRANT_REF_V2);
        if (word.getUint16(0, true) !== e.flags || word.getUint16(2, true) !== e.to) differs(`entry ${ref} of domain ${domain.domid} has flags ${word.getUint16(0, true)} instead of ${e.flags}`);
      }
    }
    for (const page of this.all) {
      if (frames.isHeld(pa(page.machine), PAGE) !== page.holds > 0) differs(`machine page ${page.machine} is held ${page.holds} times`);
      if (frames.ownerOf(pa(page.machine)) !== (page.gone ? undefined : page.owner)) differs(`machine page ${page.machine} has another owner than ${page.owner}`);
    }
    const referenced = this.all.filter((page) => page.gone && page.holds > 0).length;
    const owned = this.all.filter((page) => !page.gone).length;
    const totals = frames.totals();
    if (totals.referenced !== referenced * PAGE || totals.owned !== owned * PAGE) differs(`${totals.referenced} bytes are referenced and ${totals.owned} owned`);
  }
  /** Bytes of pages that somebody still has; the unit with the calls' arguments is not compared. */
  checkBytes(): void {
    for (const [i, page] of this.all.entries()) {
      if (i % PAGES >= GRANTABLE || (page.gone && page.holds === 0)) continue;
      if (!same(this.bed.bytes(pa(page.machine), PAGE), page.bytes)) throw new Error(`page ${i} has other bytes than the model`);
    }
  }
  unmapAll(): void {
    for (const p of this.players) {
      const { mappings } = this.model.get(p.actor.domid);
      for (let m = mappings.at(-1); m !== undefined; m = mappings.at(-1)) {
        expect(p.actor.status(V2.grant_unmap, { handle: p.handles.get(m) })).toBe(0);
        this.model.unmap(p.actor.domid, m);
      }
    }
  }
}
const refOf = (t: 1 | 2, i: number): number => (t === 1 ? i : C.GRANT_REF_V2 + i);
function same(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Of two sides' errors the one that is checked first: claims, then bounds, then the source's bytes, then the destination's. */
function worst(source: SideBytes | Code, dest: SideBytes | Code): Code | undefined {
  const rank = (side: Code): number => (side === "GNTST_bad_copy_arg" ? 1 : side === "GNTST_bad_page" || side === "EFAULT" ? 2 : 0);
  const errors = [source, dest].filter((x) => typeof x === "string").sort((a, b) => rank(a) - rank(b));
  return errors[0];
}

/** Declares the properties. */
export function describeProperties(create: CreateGrants): void {
  const granule = fc.constantFrom(...GRANULES);
  describe("random sequences agree with the naive model", () => {
    test("reach, references, entry words and bytes", () => {
      fc.assert(
        fc.property(fc.tuple(granule, granule, granule), fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()), fc.array(step, { minLength: 10, maxLength: 60 }), (granules, fragmented, steps) => {
          const game = new Game(create, granules, fragmented);
          for (const s of steps) {
            game.play(s);
            game.check(false);
          }
          game.check(true);
          game.checkBytes();
          game.unmapAll();
          game.check(true);
          expect(game.bed.machine.get(FramesPort).totals().referenced).toBe(0);
        }),
        { numRuns: 40 },
      );
    });
  });
}
