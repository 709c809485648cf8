/**
 * One random sequence, played on the plugin by hypercalls and on the naive model, and compared: what each domain reaches
 * (by walking its stage 2), the entries' words, the references to frames, and every byte.
 */
import { expect } from "vitest";
import { FramesPort, P2M } from "@granule/hypervisor";
import { type AnyGranule, BACKING_UNIT, ipa, ModelBug, pa, range, toNumber } from "@granule/units";
import { C, type Code, codeNumber, COPY, GNTST, GrantEntryV1, GrantEntryV2, V1, V2 } from "@granule/xen-abi";
import { GrantPort } from "../contract.ts";
import { type Entry, Model, type ModelMapping, type Page, type SideBytes } from "./model.ts";
import { GRANTABLE, PAGE, PAGES, RAM, type SideStep, SLOTS, type Step, UNIT } from "./steps.ts";
import { type Actor, type CreateGrants, createTestbed, type Testbed } from "./testbed.ts";

interface Player {
  readonly actor: Actor;
  readonly firstPage: number;
  /** Handles of the model's mappings. */
  readonly handles: Map<ModelMapping, number>;
}

/** The plugin and the model, side by side. */
export class Game {
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
        d.reach.set(firstPage + i, { page: this.page(actor.domid, machine, i >= GRANTABLE), writable: true, ram: true });
      }
    }
  }
  /** Names a page of machine memory, and fills it so that it is told from others. */
  private page(owner: number, machine: number, hasArguments: boolean): Page {
    const bytes = this.bed.bytes(pa(machine), PAGE);
    bytes.forEach((_, i) => (bytes[i] = (this.all.length * 31 + i * 7 + (i >> 8)) % 251));
    const page: Page = { owner, machine, bytes: bytes.slice(), gone: false, holds: 0, hasArguments };
    // a page that was given up and freed may come again
    const old = this.all.findIndex((other) => other.machine === machine);
    if (old >= 0) this.all.splice(old, 1);
    this.all.push(page);
    return page;
  }
  private playerOf(domid: number): Player {
    const p = this.players.find(({ actor }) => actor.domid === domid);
    if (p === undefined) throw new ModelBug("three players");
    return p;
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
  /** A guest that keeps to the rules leaves an entry alone while it is marked; a rude one does not. */
  private grant(p: Player, s: Step & { kind: "grant" }): void {
    const ref = refOf(s.table, s.index);
    if (this.model.pinned.has(`${p.actor.domid}/${ref}`) && s.rude > 2) return;
    const to = this.player(s.to).actor.domid;
    // at times what others have granted: it is not its own to grant
    const { mappings } = this.model.get(p.actor.domid);
    const first = (s.slot < SLOTS ? mappings[s.slot % Math.max(1, mappings.length)]?.at : undefined) ?? p.firstPage + s.page;
    // never the unit with the calls' arguments: a copy from it would read bytes that the model does not know
    const fits = (n: number): boolean => first - (first % 2 ** n) + 2 ** n <= p.firstPage + GRANTABLE || first >= p.firstPage + PAGES;
    const log2 = s.table === 1 ? 0 : s.log2 > 0 && !fits(s.log2) ? 0 : s.log2;
    const page = first - (first % 2 ** log2);
    const grants = this.bed.machine.get(GrantPort);
    const seeded = s.table === 1 ? grants.seed(p.actor.domain, "v1", s.index, { flags: s.flags, domid: to, frame: page }) : grants.seed(p.actor.domain, "v2", s.index, { flags: s.flags, domid: to, extent: range(ipa(page * PAGE), PAGE * 2 ** log2) });
    expect(seeded.ok).toBe(true);
    this.model.get(p.actor.domid).entries.set(ref, { flags: s.flags, to, page, pages: 2 ** log2 });
  }
  /** An entry that is there, of those for `to` when there are any. */
  private pick(n: number, to?: number): { readonly of: number; readonly ref: number; readonly entry: Entry } | undefined {
    const list = [...this.model.domains.values()].flatMap((d) => [...d.entries].map(([ref, entry]) => ({ of: d.id, ref, entry })));
    const fitting = list.filter(({ entry }) => entry.to === to);
    const from = fitting.length > 0 ? fitting : list;
    return from[n % Math.max(1, from.length)];
  }
  /** Ends access without asking: those who have it mapped keep it. */
  private end(_p: Player, s: Step & { kind: "end" }): void {
    const found = this.pick(s.pick);
    if (found === undefined) return;
    this.word(this.playerOf(found.of), found.ref).setUint16(0, 0, true);
    found.entry.flags = 0;
  }
  private word(p: Player, ref: number): DataView {
    const isV2 = ref >= C.GRANT_REF_V2;
    const object = this.bed.machine.get(GrantPort).tableOf(p.actor.domain, isV2 ? "v2" : "v1");
    if (object === undefined) throw new ModelBug("no table");
    const size = isV2 ? GrantEntryV2.size : GrantEntryV1.size;
    const bytes = this.bed.bytes(object.at((ref % C.GRANT_REF_V2) * size), size);
    return new DataView(bytes.buffer, bytes.byteOffset, size);
  }
  private map(stray: Player, s: Step & { kind: "map" }): void {
    const found = this.pick(s.pick);
    if (found === undefined) return;
    const { of, ref, entry } = found;
    const p = s.stray === 0 ? stray : this.playerOf(entry.to);
    const at = this.slot(p, s.slot, s.sub);
    const right = this.model.pinned.get(`${of}/${ref}`)?.pages.length ?? entry.pages;
    const pages = s.size === 0 ? right * 2 : right;
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
    const { mappings, reach } = this.model.get(p.actor.domid);
    const m = mappings[s.which % Math.max(1, mappings.length)];
    if (m === undefined) return;
    const handle = p.handles.get(m);
    const there = reach.get(m.at);
    const isLarge = m.pinned.pages.length > 1;
    const status = s.abi === 1 ? p.actor.status(V1.grant_unmap_grant_ref, { host_addr: m.at * PAGE, handle }) : p.actor.status(V2.grant_unmap, { handle });
    if (s.abi === 1 && isLarge) expect(status).toBe(GNTST.GNTST_bad_handle);
    else if (s.abi === 1 && there !== undefined && there.page !== m.pinned.pages[0]) expect(status).toBe(GNTST.GNTST_general_error);
    else {
      expect(status).toBe(GNTST.GNTST_okay);
      this.model.unmap(p.actor.domid, m);
      p.handles.delete(m);
    }
  }
  private copy(stray: Player, s: Step & { kind: "copy" }): void {
    const first = this.pick(s.source.pick);
    const p = s.stray === 0 || first === undefined ? stray : this.playerOf(first.entry.to);
    const me = p.actor.domid;
    const from = s.source.isRef ? first : undefined;
    const to = s.dest.isRef ? this.pick(s.dest.pick, me) : undefined;
    const start = (found: typeof from, side: SideStep): number => (found === undefined ? p.firstPage * PAGE + (side.at % (GRANTABLE * PAGE)) : side.at % (found.entry.pages * PAGE + 1));
    const left = (found: typeof from, side: SideStep): number => (found === undefined ? GRANTABLE * PAGE - (side.at % (GRANTABLE * PAGE)) : found.entry.pages * PAGE - start(found, side));
    const source = start(from, s.source);
    const dest = start(to, s.dest);
    // never over the arguments of the call itself, which are the last unit of RAM
    const length = s.fits === 0 ? Math.min(s.length, from === undefined ? left(from, s.source) : s.length, to === undefined ? left(to, s.dest) : s.length) : Math.min(s.length, left(from, s.source), left(to, s.dest));
    const read = this.model.side(me, from?.of ?? me, from?.ref, source, length, false);
    const write = isClaimError(read) ? read : this.model.side(me, to?.of ?? me, to?.ref, dest, length, true);
    const expected = worst(read, write);
    const status = p.actor.status(V2.grant_copy, {
      flags: (from === undefined ? 0 : COPY.source_ref) | (to === undefined ? 0 : COPY.dest_ref), length, source_domid: from?.of ?? me, source_ref: from?.ref ?? 0, source, dest_domid: to?.of ?? me, dest_ref: to?.ref ?? 0, dest,
    });
    expect([s.kind, status]).toEqual([s.kind, expected === undefined ? 0 : codeNumber(expected)]);
    if (typeof read === "string" || typeof write === "string") return;
    const bytes = read.map(([page, o]) => page.bytes[o] ?? 0);
    write.forEach(([page, o], i) => (page.bytes[o] = bytes[i] ?? 0));
  }
  /** As v1's decrease_reservation: whatever others have mapped. Then perhaps other memory comes, aligned to G alone. */
  private release(p: Player, s: Step & { kind: "release" }): void {
    const first = p.firstPage + s.unit * UNIT;
    const { domain } = p.actor;
    const { reach } = this.model.get(p.actor.domid);
    const frames = this.bed.machine.get(FramesPort);
    for (let i = 0; i < UNIT; i++) {
      const r = reach.get(first + i);
      if (r !== undefined) frames.disown(domain, pa(r.page.machine), PAGE);
    }
    const where = range(ipa(first * PAGE), BACKING_UNIT);
    expect(domain.p2m.unmap(where).ok).toBe(true);
    this.model.release(p.actor.domid, first, UNIT);
    const fresh = s.again > 3 ? undefined : frames.allocate(domain, BACKING_UNIT, BACKING_UNIT, domain.granule.size % BACKING_UNIT);
    if (fresh === undefined) return;
    expect(domain.p2m.map(where, fresh, P2M.ram, true).ok).toBe(true);
    for (let i = 0; i < UNIT; i++) reach.set(first + i, { page: this.page(domain.domid, toNumber(fresh) + i * PAGE, false), writable: true, ram: true });
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
      const parts = whole ? [range(ipa(0), domain.p2m.ipaLimit)] : [domain.layout.ram, range(domain.layout.extended.start, (SLOTS + 1) * 2 * BACKING_UNIT)];
      for (const r of parts.flatMap((part) => [...domain.p2m.runs(part)]))
        for (let o = 0; o < r.size; o += PAGE, reached++) {
          const at = (toNumber(r.ipa) + o) / PAGE;
          const there = model.reach.get(at);
          if (there === undefined || there.page.machine !== toNumber(r.pa) + o || there.writable !== r.writable || r.type !== (there.ram ? P2M.ram : there.writable ? P2M.grantRw : P2M.grantRo)) differs(`domain ${domain.domid} reaches page ${at}${r.writable ? " writable" : ""}`);
        }
      if (reached !== model.reach.size) differs(`domain ${domain.domid} reaches ${reached} pages instead of ${model.reach.size}`);
      for (const [ref, e] of model.entries) {
        const word = this.word(p, ref);
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
    for (const page of this.all) {
      if (page.hasArguments || (page.gone && page.holds === 0)) continue;
      if (!same(this.bed.bytes(pa(page.machine), PAGE), page.bytes)) throw new Error(`machine page ${page.machine} has other bytes than the model`);
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

const isClaimError = (side: SideBytes | Code): side is Code => typeof side === "string" && side !== "GNTST_bad_copy_arg" && side !== "GNTST_bad_page" && side !== "EFAULT";

/** Of two sides' errors the one that is checked first: claims, then bounds, then the source's bytes, then the destination's. */
function worst(source: SideBytes | Code, dest: SideBytes | Code): Code | undefined {
  const rank = (side: Code): number => (side === "GNTST_bad_copy_arg" ? 1 : side === "GNTST_bad_page" || side === "EFAULT" ? 2 : 0);
  const errors = [source, dest].filter((x) => typeof x === "string").sort((a, b) => rank(a) - rank(b));
  return errors[0];
}
