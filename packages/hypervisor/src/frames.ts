/**
 * Who owns each 4096 bytes of guest-reachable RAM, who references it, and what is registered with the hypervisor.
 * A frame that its owner gave up stays allocated, and counted as the owner's, while it is referenced or pinned; then
 * it is scrubbed and freed, or waits, counted as nobody's, until no stage 2 reaches it any more. So owned + given up but
 * not free + objects + free = all, at any time.
 */
import { type Json, jsonList, jsonObject } from "@granule/kit";
import type { MachineParts } from "@granule/machine";
import { add, type Bytes, distance, hex, ModelBug, type Pa, XEN_PAGE } from "@granule/units";
import { type Domain, type Frames, P2M } from "./contract.ts";

const NOBODY = -1;
/** The owner has ended, or is charged no longer: a successor with its domid has no part in it. */
const ENDED = -3;
/** Frames of the hypervisor's objects, by the domain that they serve. */
const objectOf = (domid: number): number => -16 - domid; // MAGIC: below the other marks
const isObjects = (owner: number): boolean => owner <= objectOf(0);
const GIVEN_UP = 1;
/** An object's frame that its domain gave up: without a reference there is no further one. */
const LOST = 2;

/** What the core needs beyond {@link Frames}. */
export interface FrameTable extends Frames {
  /** Changes of a domain's count, in bytes. */
  currentOf(domid: number): Bytes;
  /** Gives up everything that a domain still owns; what others reference stays, charged to nobody. */
  disownAll(domid: number): void;
  save(): Json;
  load(state: Json): void;
}

export function createFrames(parts: MachineParts): FrameTable {
  const { ram } = parts;
  const unit = XEN_PAGE.size;
  const count = ram.size / unit;
  const owner = new Int32Array(count).fill(NOBODY);
  const refs = new Uint32Array(count);
  const pins = new Uint32Array(count);
  const kept = new Uint32Array(count);
  const givenUp = new Uint8Array(count);
  const counted = new Map<number, Bytes>();
  let objectBytes = 0;

  const span = (at: Pa, size: Bytes): { first: number; end: number } => {
    const from = distance(at, ram.start);
    if (from < 0 || size < 0 || from + size > ram.size) throw new ModelBug(`machine range ${hex(at)}+${hex(size)} is not guest RAM`);
    return { first: Math.floor(from / unit), end: Math.ceil((from + size) / unit) };
  };
  const charge = (domid: number, bytes: Bytes): void => void counted.set(domid, (counted.get(domid) ?? 0) + bytes);
  const settle = (i: number): void => {
    if (givenUp[i] !== GIVEN_UP || (refs[i] ?? 0) > 0 || (pins[i] ?? 0) > 0) return;
    const was = owner[i] ?? NOBODY;
    if (was >= 0) charge(was, -unit);
    owner[i] = ENDED;
    if ((kept[i] ?? 0) > 0) return;
    owner[i] = NOBODY;
    givenUp[i] = 0;
    ram.free(add(ram.start, i * unit), unit);
  };
  const count_ = (table: Uint32Array, what: string, by: 1 | -1) => (at: Pa, size: Bytes): void => {
    const { first, end } = span(at, size);
    for (let i = first; i < end; i++) {
      const n = (table[i] ?? 0) + by;
      if (n < 0) throw new ModelBug(`${what} of machine frame ${hex(add(ram.start, i * unit))} below zero`);
      table[i] = n;
      if (by < 0) settle(i);
    }
  };
  const any = (table: Uint32Array) => (at: Pa, size: Bytes): boolean => {
    const { first, end } = span(at, size);
    for (let i = first; i < end; i++) if ((table[i] ?? 0) > 0) return true;
    return false;
  };
  const disownFrame = (i: number, domid: number): void => {
    if (owner[i] !== domid || givenUp[i] !== 0) throw new ModelBug(`domain ${domid} gives up machine frame ${hex(add(ram.start, i * unit))} that it does not own`);
    givenUp[i] = 1;
    settle(i);
  };
  const release = count_(refs, "references", -1);
  const unkeep = count_(kept, "leaves", -1);
  const indexOf = (at: Pa): number => {
    const from = distance(at, ram.start);
    return from < 0 || from >= ram.size ? -1 : Math.floor(from / unit);
  };
  return {
    allocate(domain: Domain, size, align, phase) {
      if ((counted.get(domain.domid) ?? 0) + size > domain.maximumBytes) return undefined;
      const at = ram.alloc(size, align, phase);
      if (at === undefined) return undefined;
      const { first, end } = span(at, size);
      owner.fill(domain.domid, first, end);
      charge(domain.domid, size);
      return at;
    },
    disown(domain, at, size) {
      const { first, end } = span(at, size);
      for (let i = first; i < end; i++) disownFrame(i, domain.domid);
    },
    disownAll(domid) {
      for (let i = 0; i < count; i++) {
        if (owner[i] === domid && givenUp[i] === 0) disownFrame(i, domid);
        if (owner[i] === domid) owner[i] = ENDED;
      }
      counted.delete(domid);
    },
    ownerOf(at) {
      const i = indexOf(at);
      const o = owner[i] ?? NOBODY;
      return o >= 0 && givenUp[i] === 0 ? o : undefined;
    },
    mayReference({ domid }, at) {
      const i = indexOf(at);
      return owner[i] === domid || (owner[i] === objectOf(domid) && (givenUp[i] === 0 || (refs[i] ?? 0) + (pins[i] ?? 0) > 0));
    },
    isObject: (at) => isObjects(owner[indexOf(at)] ?? NOBODY),
    lose(at) {
      const i = indexOf(at);
      if (!isObjects(owner[i] ?? NOBODY)) throw new ModelBug(`machine frame ${hex(at)} is no object's`);
      givenUp[i] = LOST;
    },
    hold: count_(refs, "references", 1),
    release,
    keep: count_(kept, "leaves", 1),
    leafGone({ type, pa }, size) {
      if (type === P2M.foreign) release(pa, size);
      if (type === P2M.stray) unkeep(pa, size);
    },
    isHeld: any(refs),
    pin: count_(pins, "pins", 1),
    unpin: count_(pins, "pins", -1),
    isPinned: any(pins),
    totals() {
      let referenced = 0;
      let owned = 0;
      for (let i = 0; i < count; i++) {
        if (givenUp[i] === GIVEN_UP) referenced += unit;
        else if ((owner[i] ?? NOBODY) >= 0) owned += unit;
      }
      return { referenced, owned, free: ram.freeBytes(), objects: objectBytes };
    },
    allocateObject({ domid }, size) {
      const at = ram.alloc(size);
      if (at === undefined) return undefined;
      const { first, end } = span(at, size);
      owner.fill(objectOf(domid), first, end);
      objectBytes += size;
      return at;
    },
    freeObject(at, size) {
      const { first, end } = span(at, size);
      for (let i = first; i < end; i++) if (!isObjects(owner[i] ?? NOBODY) || givenUp[i] === GIVEN_UP) throw new ModelBug(`machine frame ${hex(add(ram.start, i * unit))} is no object's`);
      objectBytes -= size;
      // v1 lets a domain grant a frame of an object that it has placed: somebody may have it mapped
      givenUp.fill(GIVEN_UP, first, end);
      for (let i = first; i < end; i++) settle(i);
    },
    currentOf: (domid) => counted.get(domid) ?? 0,
    save: (): Json => ({ owner: sparse(owner, NOBODY), refs: sparse(refs, 0), pins: sparse(pins, 0), kept: sparse(kept, 0), givenUp: sparse(givenUp, 0), counted: [...counted], objectBytes }),
    load(state) {
      const s = jsonObject(state, "frames");
      restore(owner, s["owner"], NOBODY);
      restore(refs, s["refs"], 0);
      restore(pins, s["pins"], 0);
      restore(kept, s["kept"], 0);
      restore(givenUp, s["givenUp"], 0);
      counted.clear();
      for (const p of jsonList(s["counted"], "frames.counted")) {
        const [domid, bytes] = jsonList(p, "a count of frames");
        counted.set(Number(domid), Number(bytes));
      }
      objectBytes = Number(s["objectBytes"]);
    },
  };
}

type Table = Int32Array | Uint32Array | Uint8Array;
/** Runs [start, value, length] of what is not `empty`. */
function sparse(table: Table, empty: number): Json {
  const out: number[][] = [];
  for (let i = 0; i < table.length; ) {
    const value = table[i] ?? empty;
    let end = i + 1;
    while (end < table.length && table[end] === value) end++;
    if (value !== empty) out.push([i, value, end - i]);
    i = end;
  }
  return out;
}
function restore(table: Table, runs: Json | undefined, empty: number): void {
  table.fill(empty);
  for (const r of jsonList(runs, "frames")) {
    const [start, value, length] = jsonList(r, "a run of frames");
    table.fill(Number(value), Number(start), Number(start) + Number(length));
  }
}
