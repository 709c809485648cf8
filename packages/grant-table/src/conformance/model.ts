/**
 * A naive model of grants, to compare the plugin with: every 4096 bytes of memory is a page with a name, every mapping
 * a list of names, every rule a sentence of the specification looked at page by page. No runs, no tables, no addresses.
 */
import { type Bytes, XEN_PAGE } from "@granule/units";
import { C } from "@granule/xen-abi";
import type { Code } from "@granule/xen-abi";

const PAGE = XEN_PAGE.size;
const { GTF } = C;

/** A page of machine memory: what was in the domain's RAM at the start has a name for ever. */
export interface Page {
  readonly owner: number;
  /** Where it is in machine memory. */
  readonly machine: number;
  readonly bytes: Uint8Array;
  /** Given up by its owner. */
  gone: boolean;
  holds: number;
  /** Holds the arguments of calls: its bytes are not compared. */
  readonly hasArguments: boolean;
}
export interface Entry {
  flags: number;
  to: number;
  /** First page in the granter's space, and how many. */
  page: number;
  pages: number;
}
/** What one entry's users share. */
interface Pinned {
  readonly granter: number;
  readonly ref: number;
  readonly to: number;
  readonly pages: readonly Page[];
  readers: number;
  writers: number;
}
export interface ModelMapping {
  readonly pinned: Pinned;
  readonly at: number;
  readonly writable: boolean;
}
export interface ModelDomain {
  readonly id: number;
  /** Pages in a granule of stage 2. */
  readonly granule: number;
  /** By page number in its space: what it reaches, and whether it may write. */
  readonly reach: Map<number, { readonly page: Page; readonly writable: boolean; readonly ram: boolean }>;
  readonly entries: Map<number, Entry>;
  readonly mappings: ModelMapping[];
}
/** The bytes of one side of a copy, in order. */
export type SideBytes = readonly (readonly [Page, number])[];
export type Outcome = "ok" | Code;

export class Model {
  readonly domains = new Map<number, ModelDomain>();
  readonly pinned = new Map<string, Pinned>();

  get(id: number): ModelDomain {
    const d = this.domains.get(id);
    if (d === undefined) throw new Error(`no domain ${id}`);
    return d;
  }
  /** Pages of an entry that its owner still has, in order; undefined when one is missing. */
  private owned(d: ModelDomain, e: Entry): readonly Page[] | undefined {
    const list: Page[] = [];
    for (let i = 0; i < e.pages; i++) {
      const r = d.reach.get(e.page + i);
      if (r === undefined || r.page.owner !== d.id || r.page.gone) return undefined;
      list.push(r.page);
    }
    return list;
  }
  /** May `by` use the entry like this? Marks it as the hypervisor would. */
  private claim(granter: ModelDomain, ref: number, by: number, writes: boolean): Outcome {
    const e = granter.entries.get(ref);
    const pin = this.pinned.get(`${granter.id}/${ref}`);
    if (pin !== undefined && pin.to !== by) return "GNTST_general_error";
    const isV2 = ref >= C.GRANT_REF_V2;
    if (pin === undefined || (writes && pin.writers === 0)) {
      if (e === undefined) return "GNTST_general_error";
      if ((pin === undefined || isV2) && ((e.flags & GTF.type_mask) !== GTF.permit_access || e.to !== by)) return "GNTST_general_error";
      if (writes && (e.flags & GTF.readonly) !== 0) return "GNTST_general_error";
      e.flags |= GTF.reading | (writes ? GTF.writing : 0);
    }
    return "ok";
  }
  private unmark(granter: number, ref: number, marks: number): void {
    const e = this.domains.get(granter)?.entries.get(ref);
    if (e !== undefined) e.flags &= ~marks;
  }

  map(by: number, granterId: number, ref: number, at: number, pages: number, writes: boolean, abi: 1 | 2): Outcome {
    const me = this.get(by);
    const granter = this.get(granterId);
    if (abi === 1 && me.granule > 1) return "GNTST_bad_granule";
    const claimed = this.claim(granter, ref, by, writes);
    if (claimed !== "ok") return claimed;
    const key = `${granterId}/${ref}`;
    const old = this.pinned.get(key);
    const found = old?.pages ?? this.owned(granter, granter.entries.get(ref) ?? { flags: 0, to: 0, page: 0, pages: 0 });
    const refuse = (why: Outcome): Outcome => {
      const writers = old?.writers ?? 0;
      this.unmark(granterId, ref, (old === undefined ? GTF.reading : 0) | (writes && writers === 0 ? GTF.writing : 0));
      return why;
    };
    if (found === undefined) return refuse("GNTST_bad_page");
    if (abi === 1 && found.length !== 1) return refuse("GNTST_bad_gntref");
    if (abi === 2) {
      if (found.length !== pages) return refuse("EMSGSIZE");
      const g = me.granule;
      for (let i = 0; i < Math.max(found.length, g); i++) {
        const first = found[i - (i % g)];
        const here = found[i];
        if (first === undefined || here === undefined || (first.machine / PAGE) % g !== 0 || here.machine !== first.machine + (i % g) * PAGE) return refuse("GNTST_bad_granule");
      }
      for (let i = 0; i < pages; i++) if (me.reach.has(at + i)) return refuse("EEXIST");
    }
    const pin = old ?? { granter: granterId, ref, to: by, pages: found, readers: 0, writers: 0 };
    if (old === undefined) {
      for (const p of found) p.holds++;
      this.pinned.set(key, pin);
    }
    if (writes) pin.writers++;
    else pin.readers++;
    found.forEach((page, i) => me.reach.set(at + i, { page, writable: writes, ram: false }));
    me.mappings.push({ pinned: pin, at, writable: writes });
    return "ok";
  }
  /** Unmaps what is left of a mapping where it was made. */
  unmap(by: number, m: ModelMapping): void {
    const me = this.get(by);
    me.mappings.splice(me.mappings.indexOf(m), 1);
    m.pinned.pages.forEach((page, i) => {
      const there = me.reach.get(m.at + i);
      if (there !== undefined && !there.ram && there.page === page) me.reach.delete(m.at + i);
    });
    const { pinned } = m;
    if (m.writable) pinned.writers--;
    else pinned.readers--;
    const last = pinned.readers + pinned.writers === 0;
    if (last) {
      for (const p of pinned.pages) p.holds--;
      this.pinned.delete(`${pinned.granter}/${pinned.ref}`);
    }
    this.unmark(pinned.granter, pinned.ref, (m.writable && pinned.writers === 0 ? GTF.writing : 0) | (last ? GTF.reading : 0));
  }
  /** Bytes of a side as (page, offset) in order, or why not. Own memory: `ref` undefined, `offset` from page 0 of its space. */
  side(by: number, granterId: number, ref: number | undefined, offset: Bytes, length: Bytes, writes: boolean): SideBytes | Code {
    const me = this.get(by);
    const bytes: (readonly [Page, number])[] = [];
    if (ref === undefined) {
      for (let i = offset; i < offset + length; i++) {
        const r = me.reach.get(Math.floor(i / PAGE));
        if (r === undefined || r.page.owner !== by || r.page.gone) return "EFAULT";
        bytes.push([r.page, i % PAGE]);
      }
      return bytes;
    }
    const granter = this.get(granterId);
    const e = granter.entries.get(ref);
    const pin = this.pinned.get(`${granterId}/${ref}`);
    const kept = e?.flags ?? 0;
    const claimed = this.claim(granter, ref, by, writes);
    if (claimed !== "ok") return claimed;
    // marks last as long as the copy: only what others hold stays
    if (e !== undefined) {
      const cleared = (pin === undefined ? GTF.reading : 0) | (writes && (pin?.writers ?? 0) === 0 ? GTF.writing : 0);
      e.flags = (kept | e.flags) & ~cleared;
    }
    const size = (pin?.pages.length ?? e?.pages ?? 0) * PAGE;
    if (offset + length > size) return "GNTST_bad_copy_arg";
    for (let i = offset; i < offset + length; i++) {
      const r = granter.reach.get((e?.page ?? 0) + Math.floor(i / PAGE));
      const page = pin === undefined ? (r !== undefined && r.page.owner === granterId && !r.page.gone ? r.page : undefined) : pin.pages[Math.floor(i / PAGE)];
      if (page === undefined) return "GNTST_bad_page";
      bytes.push([page, i % PAGE]);
    }
    return bytes;
  }
  /** The owner gives pages up, though others may have them mapped. */
  release(id: number, page: number, pages: number): void {
    const d = this.get(id);
    for (let i = page; i < page + pages; i++) {
      const r = d.reach.get(i);
      if (r !== undefined) r.page.gone = true;
      d.reach.delete(i);
    }
  }
}
