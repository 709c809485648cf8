/**
 * A model of who has which memory, kept from what guests asked and were answered, and from the bytes of their grant
 * tables; never from the hypervisor's own lists. Machine memory is tokens: one for each 4096 bytes. Where a token is
 * in the machine is learned by the first walk that sees it, and must stay so while the token lives.
 */
import { type Bytes, hex, XEN_PAGE } from "@granule/units";
import { Violation } from "./contract.ts";

const UNIT: Bytes = XEN_PAGE.size;
/** A token's machine address before it has been seen. */
const UNSEEN = -1;

/** 4096 bytes of machine memory. */
export interface Token {
  readonly life: Life;
  /** Part of an object of the hypervisor; undefined: RAM. */
  readonly object: string | undefined;
  isGivenUp: boolean;
  /** Its domain may have no further reference to a frame of an object. */
  isLost: boolean;
  /** By grants and foreign maps. */
  references: number;
  /** Cells that reach it without being counted. */
  kept: number;
  pins: number;
  /** Machine address in bytes. */
  at: number;
}
/** Strays: v1 grants that stay mapped after their handle is gone. */
export type CellKind = "ram" | "grantRw" | "grantRo" | "foreign" | "strayRw" | "strayRo" | "object";
export const isStray = (kind: CellKind): boolean => kind === "strayRw" || kind === "strayRo";
/** What a domain has at 4096 bytes of its IPA space. */
export interface Cell {
  readonly kind: CellKind;
  readonly token: Token;
}
/** A grant entry that somebody has mapped, with the memory it named when that began. */
export interface Use {
  readonly granter: Life;
  readonly ref: number;
  readonly mapper: Life;
  /** Empty once the granter has ended, if it was an object of the hypervisor: those end with their domain. */
  tokens: readonly Token[];
  mappings: number;
  writers: number;
}
export interface Mapping {
  readonly use: Use;
  /** First frame of 4096 bytes in the mapper's space. */
  readonly frame: number;
  readonly writable: boolean;
  /** GNTTABOP_map_grant_ref, not v2's map. */
  readonly devBusAddr: number;
}
/** A domain from its creation to its end. Frames are numbered in 4096 bytes. */
export interface Life {
  readonly domid: number;
  readonly granule: Bytes;
  readonly space: Map<number, Cell>;
  readonly tokens: Set<Token>;
  readonly objects: Map<string, Token>;
  readonly uses: Map<number, Use>;
  readonly mappings: Map<number, Mapping>;
  /** Registered memory by what it is for: "info 0", "runstate 0", "fifo", "adopted NAME:INDEX". */
  readonly pinned: Map<string, Token[]>;
  /** Frames handed in by `accumulate` in granules that are not complete. */
  readonly pending: Set<number>;
  owned: number;
  /** Run states go to a virtual address of its own choice (v1): any memory of its own may change at any turn. */
  isWrittenByVa: boolean;
}

export interface Ledger {
  begin(domid: number, granule: Bytes): Life;
  end(life: Life): void;
  /** Fresh RAM at a frame. */
  addRam(life: Life, frame: number): void;
  /** RAM that has no address: the domain has it until it ends. */
  addUnreachable(life: Life, frames: number): void;
  /** Puts something at a frame in place of what was there. */
  set(life: Life, frame: number, cell: Cell): void;
  /** Takes away what is at a frame; RAM stays owned. */
  clear(life: Life, frame: number): void;
  /** Takes away and gives up RAM. */
  giveUp(life: Life, frame: number): void;
  /** Gives up RAM that is still reached where it has its address. */
  giveUpAlias(life: Life, token: Token): void;
  objectToken(life: Life, name: string, index: number): Token;
  pin(life: Life, what: string, token: Token): void;
  unpin(life: Life, what: string): void;
  addUse(use: Use): void;
  addMapping(life: Life, handle: number, mapping: Mapping): void;
  /** A mapping that is about to be forgotten stays where it is. */
  abandon(life: Life, handle: number): void;
  /** Unmaps what is left of a mapping and forgets it. */
  dropMapping(life: Life, handle: number): void;
  /** A walk saw the token at a machine address. @throws Violation when it cannot be there. */
  see(token: Token, at: number): void;
  /** Bytes given up by their owners and still referenced or registered. */
  referencedBytes(): Bytes;
  /** What a domain is told that it has: its own RAM, and what it gave up while that is referenced or registered. */
  chargedBytes(life: Life): Bytes;
  ownedBytes(): Bytes;
}

export function createLedger(): Ledger {
  const seen = new Map<number, Token>();
  const lingering = new Set<Token>();
  const lives = new Set<Life>();
  const settle = (t: Token): void => {
    if (!t.isGivenUp) return;
    if (t.references > 0 || t.pins > 0 || t.kept > 0) {
      lingering.add(t);
      return;
    }
    lingering.delete(t);
    t.life.tokens.delete(t);
    if (t.at !== UNSEEN) seen.delete(t.at);
  };
  const release = (t: Token): void => {
    t.references--;
    if (t.references < 0) throw new Violation("references", `a frame of domain ${t.life.domid} is released more often than it was referenced`);
    settle(t);
  };
  const surrender = (t: Token): void => {
    if (!t.isGivenUp && t.object === undefined) t.life.owned--;
    t.isGivenUp = true;
    settle(t);
  };
  /** Whatever goes: a foreign frame is referenced no longer, and a granule whose RAM changes is not half handed in. */
  const displaced = (life: Life, frame: number): void => {
    const was = life.space.get(frame);
    if (was === undefined) return;
    if (was.kind === "foreign") release(was.token);
    if (isStray(was.kind)) {
      was.token.kept--;
      settle(was.token);
    }
    if (life.pending.size === 0) return;
    const ratio = life.granule / UNIT;
    for (let f = frame - (frame % ratio), end = f + ratio; f < end; f++) life.pending.delete(f);
  };
  const create = (life: Life, object: string | undefined): Token => {
    const t: Token = { life, object, isGivenUp: false, isLost: false, references: 0, kept: 0, pins: 0, at: UNSEEN };
    life.tokens.add(t);
    if (object === undefined) life.owned++;
    return t;
  };
  /** Takes a grant away from who has it mapped; the handle stays. */
  const revoke = (use: Use): void => {
    for (const m of use.mapper.mappings.values()) if (m.use === use) unmap(use.mapper, m);
    use.tokens.forEach(release);
    use.tokens = [];
  };
  /** Clears what is left of a mapping. */
  const unmap = (life: Life, m: Mapping): void =>
    m.use.tokens.forEach((t, i) => {
      const cell = life.space.get(m.frame + i);
      if (cell !== undefined && cell.token === t && (cell.kind === "grantRw" || cell.kind === "grantRo")) ledger.clear(life, m.frame + i);
    });
  const ledger: Ledger = {
    begin(domid, granule) {
      const life: Life = {
        domid, granule, space: new Map(), tokens: new Set(), objects: new Map(), uses: new Map(), mappings: new Map(), pinned: new Map(), pending: new Set(), owned: 0, isWrittenByVa: false,
      };
      lives.add(life);
      return life;
    },
    end(life) {
      for (const handle of Array.from(life.mappings.keys())) ledger.dropMapping(life, handle);
      for (const frame of Array.from(life.space.keys())) ledger.clear(life, frame);
      for (const what of Array.from(life.pinned.keys())) ledger.unpin(life, what);
      for (const use of life.uses.values()) if (use.tokens.some((t) => t.object !== undefined)) revoke(use);
      for (const t of Array.from(life.tokens)) surrender(t);
      lives.delete(life);
    },
    addRam: (life, frame) => ledger.set(life, frame, { kind: "ram", token: create(life, undefined) }),
    addUnreachable(life, frames) {
      for (let i = 0; i < frames; i++) create(life, undefined);
    },
    set(life, frame, cell) {
      if (cell.kind === "foreign") cell.token.references++;
      if (isStray(cell.kind)) cell.token.kept++;
      displaced(life, frame);
      life.space.set(frame, cell);
    },
    clear(life, frame) {
      displaced(life, frame);
      life.space.delete(frame);
    },
    giveUp(life, frame) {
      const cell = life.space.get(frame);
      if (cell?.kind !== "ram") throw new Violation("ownership", `domain ${life.domid} gave up ${hex(frame * UNIT)}, where it has ${cell?.kind ?? "nothing"}`);
      ledger.clear(life, frame);
      surrender(cell.token);
    },
    giveUpAlias(life, token) {
      for (const [frame, cell] of life.space) if (cell.kind === "ram" && cell.token === token) ledger.set(life, frame, { kind: "strayRw", token });
      surrender(token);
    },
    objectToken(life, name, index) {
      const key = `${name}:${index}`;
      const adopted = life.pinned.get(`adopted ${key}`)?.[0];
      if (adopted !== undefined) return adopted;
      let t = life.objects.get(key);
      if (t === undefined) life.objects.set(key, (t = create(life, name)));
      return t;
    },
    pin(life, what, token) {
      token.pins++;
      const list = life.pinned.get(what) ?? [];
      list.push(token);
      life.pinned.set(what, list);
    },
    unpin(life, what) {
      for (const t of life.pinned.get(what) ?? []) {
        t.pins--;
        settle(t);
      }
      life.pinned.delete(what);
    },
    addUse(use) {
      for (const t of use.tokens) t.references++;
      use.granter.uses.set(use.ref, use);
    },
    addMapping(life, handle, mapping) {
      if (life.mappings.has(handle)) throw new Violation("handles", `domain ${life.domid} got handle ${handle}, which it has already`);
      life.mappings.set(handle, mapping);
      mapping.use.mappings++;
      if (mapping.writable) mapping.use.writers++;
    },
    abandon(life, handle) {
      const m = life.mappings.get(handle);
      m?.use.tokens.forEach((token, i) => {
        const cell = life.space.get(m.frame + i);
        if (cell?.token === token && (cell.kind === "grantRw" || cell.kind === "grantRo")) ledger.set(life, m.frame + i, { kind: m.writable ? "strayRw" : "strayRo", token });
      });
    },
    dropMapping(life, handle) {
      const m = life.mappings.get(handle);
      if (m === undefined) throw new Violation("handles", `domain ${life.domid} unmapped handle ${handle}, which it has not`);
      unmap(life, m);
      life.mappings.delete(handle);
      m.use.mappings--;
      if (m.writable) m.use.writers--;
      if (m.use.mappings > 0) return;
      m.use.tokens.forEach(release);
      if (m.use.granter.uses.get(m.use.ref) === m.use) m.use.granter.uses.delete(m.use.ref);
    },
    see(token, at) {
      const other = seen.get(at);
      if (other !== undefined && other !== token) throw new Violation("aliasing", `${hex(at)} is memory of domain ${token.life.domid} and of domain ${other.life.domid} at once`);
      if (token.at !== UNSEEN && token.at !== at) throw new Violation("moved", `memory of domain ${token.life.domid} was at ${hex(token.at)} and is at ${hex(at)}`);
      token.at = at;
      seen.set(at, token);
    },
    chargedBytes(life) {
      let frames = life.owned;
      for (const t of lingering) if (t.life === life && t.object === undefined && t.references + t.pins > 0) frames++;
      return frames * UNIT;
    },
    referencedBytes: () => lingering.size * UNIT,
    ownedBytes() {
      let frames = 0;
      for (const life of lives) frames += life.owned;
      return frames * UNIT;
    },
  };
  return ledger;
}
