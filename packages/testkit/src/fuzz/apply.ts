/** Brings the ledger up to date from a call and its answer: memory of ABI v1 and v2. Grants are in applyGrants.ts. */
import { type Bytes, decodeExtent, hex, type Range, toNumber, XEN_PAGE } from "@granule/units";
import { C, PLACE_OBJECT } from "@granule/xen-abi";
import { type Plan, type PlanAnswer, Violation } from "./contract.ts";
import { type Cell, isStray, type Life, type Token } from "./ledger.ts";
import { lifeOf } from "./scene.ts";
import { type Actor, portsOf, type World } from "./world.ts";

const FRAME: Bytes = XEN_PAGE.size;
const SHARED_INFO = "shared_info";
export const TABLE_V1 = "grant_table_v1";
export const TABLE_V2 = "grant_table_v2";

export interface Applied {
  readonly world: World;
  readonly actor: Actor;
  readonly plan: Plan;
  readonly answer: PlanAnswer;
}
export type Apply = (a: Applied) => void;

/** A field of an element as a number; extents and the like are not asked by it. */
export function numberOf(args: Readonly<Record<string, unknown>> | undefined, name: string): number {
  const v = args?.[name];
  return typeof v === "number" ? v : typeof v === "bigint" ? Number(v) : 0;
}
export const wrong = (a: Applied, property: string, why: string): Violation => new Violation(property, `domain ${a.actor.domain.domid}, ${a.plan.key}: ${why}`);
export const valuesOf = (a: Applied, at: unknown): readonly number[] => (a.plan.arrays ?? []).find((x) => BigInt(x.at) === at)?.values.map(Number) ?? [];
const answersOf = (a: Applied, at: unknown): readonly number[] => {
  const i = (a.plan.arrays ?? []).findIndex((x) => BigInt(x.at) === at);
  return a.answer.arrays[i] ?? [];
};
const first = (a: Applied) => a.plan.elements[0] ?? {};
export const targetOf = (a: Applied): Life => {
  const args = first(a);
  const life = lifeOf(a.world, a.actor, numberOf(args, "dom" in args ? "dom" : "domid"));
  if (life === undefined) throw wrong(a, "domain", `succeeded on domain ${numberOf(args, "domid")}, which is not there`);
  return life;
};
const cellAt = (a: Applied, life: Life, frame: number): Cell => {
  const cell = life.space.get(frame);
  if (cell === undefined) throw wrong(a, "ownership", `used ${hex(frame * FRAME)}, where nothing is mapped`);
  return cell;
};
/** Memory that a domain may register: its own RAM, or (v1) whatever it may reference. */
const ownToken = (a: Applied, frame: number, isV1: boolean): Token => {
  const cell = cellAt(a, a.actor.life, frame);
  if (isV1 ? !mayReference(a.actor.life, cell) : cell.kind !== "ram") throw wrong(a, "ownership", `registered ${hex(frame * FRAME)}, which is ${cell.kind}`);
  return cell.token;
};

/** v1: one frame of an object. G = 4K: replaces what is there. G > 4K: a granule into a hole, own RAM adopted, or a repeat. */
function placeFrame(a: Applied, life: Life, space: number, index: number, gpfn: number): void {
  const { ledger } = a.world;
  const name = space === C.XENMAPSPACE_shared_info ? SHARED_INFO : TABLE_V1;
  if (life.granule === FRAME) return ledger.set(life, gpfn, { kind: "object", token: ledger.objectToken(life, name, index) });
  const ratio = life.granule / FRAME;
  const cell = life.space.get(gpfn);
  if (cell === undefined) {
    const sub = gpfn % ratio;
    for (let i = 0; i < ratio; i++) ledger.set(life, gpfn - sub + i, { kind: "object", token: ledger.objectToken(life, name, index - sub + i) });
  } else if (cell.kind === "ram") ledger.pin(life, `adopted ${name}:${index}`, cell.token);
  else if (cell.token !== ledger.objectToken(life, name, index)) throw wrong(a, "placement", `frame ${index} of ${name} was accepted at ${hex(gpfn * FRAME)}, where ${cell.kind} is`);
}
function mapForeign(a: Applied, life: Life, from: Life, index: number, gpfn: number): void {
  const cell = cellAt(a, from, index);
  if (life.granule !== FRAME || cell.kind !== "ram") throw wrong(a, "foreign", `mapped ${cell.kind} of domain ${from.domid} at a granule of ${life.granule} bytes`);
  a.world.ledger.set(life, gpfn, { kind: "foreign", token: cell.token });
}

/** Whether the domain may have a further reference to what is there: its own, given up or not, and its objects' frames. */
export const mayReference = (life: Life, { token }: Cell): boolean => token.life === life && (token.references + token.pins > 0 || (token.object === undefined ? !token.isGivenUp : !token.isLost));
/** What one granule of decrease_reservation takes away: RAM is given up, also where a grant maps it; what is somebody else's stays. */
function takeGranule(a: Applied, life: Life, frame: number): boolean {
  const { ledger } = a.world;
  const count = life.granule / FRAME;
  const cell = life.space.get(frame);
  if (cell === undefined) return false;
  if (count === 1 && !mayReference(life, cell)) return false;
  if (count === 1 && cell.kind !== "ram") {
    ledger.clear(life, frame);
    if (cell.token.object !== undefined) cell.token.isLost = true;
    else if (!cell.token.isGivenUp) ledger.giveUpAlias(life, cell.token);
    return true;
  }
  for (let f = frame; f < frame + count; f++) {
    if (cell.kind === "ram") ledger.giveUp(life, f);
    else ledger.clear(life, f);
  }
  return true;
}
/** Frames of extents `start` to `ret` (exclusive), and of the one that stopped the list. */
function reservation(a: Applied, each: (life: Life, frame: number, count: number, isDone: boolean) => void): void {
  const args = first(a);
  const start = numberOf(args, "start");
  const done = a.answer.x0;
  const life = targetOfList(a);
  if (life === undefined) return;
  const frames = valuesOf(a, args["extent_start"]);
  const count = 2 ** numberOf(args, "extent_order");
  const last = Math.min(done, numberOf(args, "nr_extents"), frames.length);
  for (let i = start; i < last; i++) each(life, frames[i] ?? 0, count, true);
  if (last >= start && last < Math.min(numberOf(args, "nr_extents"), frames.length)) each(life, frames[last] ?? 0, count, false);
}
const targetOfList = (a: Applied): Life | undefined => {
  const life = lifeOf(a.world, a.actor, numberOf(first(a), "domid"));
  return life === a.actor.life || a.actor.role === "control" ? life : undefined;
};
const fits = (life: Life, frame: number, count: number, limit: number): boolean => {
  const ratio = life.granule / FRAME;
  return frame % ratio === 0 && count % ratio === 0 && (frame + count) * FRAME <= limit;
};

/**
 * A frame above the address space stops populate_physmap; what was allocated for it stays the domain's, and what is below is mapped. Only whether there was any
 * is asked of the hypervisor: it must be so for a frame that the domain may have, while the machine has one.
 */
function leaveUnreachable(a: Applied, life: Life, frame: number, count: number): void {
  const domain = a.world.get(life.domid)?.domain;
  const { ledger } = a.world;
  if (domain === undefined || life.granule !== FRAME || (frame + count) * FRAME <= domain.p2m.ipaLimit) return;
  const charged = ledger.chargedBytes(life);
  if (domain.currentBytes === charged && (count > 1 || charged === domain.maximumBytes || portsOf(a.world).frames.totals().free === 0)) return;
  if (charged + count * FRAME > domain.maximumBytes) throw wrong(a, "maximum", `allocated ${count} frames beyond ${domain.maximumBytes} bytes`);
  const below = Math.max(0, Math.min(count, domain.p2m.ipaLimit / FRAME - frame));
  for (let f = frame; f < frame + below; f++) ledger.addRam(life, f);
  ledger.addUnreachable(life, count - below);
}

const LOW = 0xffffffffn;
const isRange = (v: unknown): v is Range<"ipa"> => typeof v === "object" && v !== null && "start" in v && "size" in v;
const rangeOf = (v: unknown): { readonly first: number; readonly count: number } | undefined => {
  if (typeof v === "bigint") {
    const r = decodeExtent(Number(v >> 32n), Number(v & LOW), Infinity);
    return r.ok ? { first: toNumber(r.value.start) / FRAME, count: r.value.size / FRAME } : undefined;
  }
  return isRange(v) ? { first: toNumber(v.start) / FRAME, count: v.size / FRAME } : undefined;
};
/** v2 lists of extents: the elements that were done. */
function extents(a: Applied, each: (first: number, count: number) => void): void {
  for (const e of a.plan.elements.slice(0, a.answer.x1)) {
    const r = rangeOf(e["extent"]);
    if (r !== undefined) each(r.first, r.count);
  }
}
const release = (a: Applied, first_: number, count: number): void => {
  const { life } = a.actor;
  for (let f = first_; f < first_ + count; f++) {
    const cell = cellAt(a, life, f);
    if (cell.token.references > 0 || cell.token.pins > 0) throw wrong(a, "busy", `released ${hex(f * FRAME)}, which is ${cell.token.pins > 0 ? "registered" : "mapped by others"}`);
    a.world.ledger.giveUp(life, f);
  }
};

/** By key; a call without an entry changes no memory. */
export const APPLY_MEMORY: Readonly<Record<string, Apply>> = {
  "v1.populate_physmap": (a) =>
    reservation(a, (life, frame, count, isDone) => {
      if (!isDone) return leaveUnreachable(a, life, frame, count);
      if (!fits(life, frame, count, Infinity)) throw wrong(a, "granule", `populated ${count} frames at ${hex(frame * FRAME)} with a granule of ${life.granule} bytes`);
      for (let f = frame; f < frame + count; f++) a.world.ledger.addRam(life, f);
    }),
  "v1.decrease_reservation": (a) =>
    reservation(a, (life, frame, count, isDone) => {
      const limit = a.world.get(life.domid)?.domain.p2m.ipaLimit ?? 0;
      const isCut = frame * FRAME < limit && (frame + count) * FRAME > limit && fits(life, frame, count, Infinity);
      if ((!isCut && !fits(life, frame, count, limit)) || numberOf(first(a), "extent_order") > 9) {
        if (isDone) throw wrong(a, "granule", `gave up ${count} frames at ${hex(frame * FRAME)} with a granule of ${life.granule} bytes`);
        return;
      }
      // where tables run out an extent is one granule, so that it is done or it is not
      if (!isDone && a.world.flavour.spareTables !== undefined) return;
      const ratio = life.granule / FRAME;
      for (let f = frame; f < frame + count && f * FRAME < limit; f += ratio)
        if (!takeGranule(a, life, f)) {
          if (isDone) throw wrong(a, "hole", `went past the hole at ${hex(f * FRAME)}`);
          return;
        }
      if (!isDone && !isCut) throw wrong(a, "decrease", `stopped at ${hex(frame * FRAME)}, where everything was there to be given up`);
    }),
  "v1.add_to_physmap": (a) => {
    const args = first(a);
    if (numberOf(args, "space") === C.XENMAPSPACE_gmfn_range) {
      if (numberOf(args, "size") !== 0) throw wrong(a, "placement", "moved a range of frames");
      return;
    }
    placeFrame(a, targetOf(a), numberOf(args, "space"), numberOf(args, "idx"), numberOf(args, "gpfn"));
  },
  "v1.add_to_physmap_batch": (a) => {
    const args = first(a);
    const life = targetOf(a);
    const errs = answersOf(a, args["errs"]);
    const gpfns = valuesOf(a, args["gpfns"]);
    const idxs = valuesOf(a, args["idxs"]);
    for (let i = 0; i < Math.min(numberOf(args, "size"), errs.length); i++) {
      if (errs[i] !== 0) continue;
      if (numberOf(args, "space") !== C.XENMAPSPACE_gmfn_foreign) placeFrame(a, life, numberOf(args, "space"), idxs[i] ?? 0, gpfns[i] ?? 0);
      else {
        const from = lifeOf(a.world, a.actor, numberOf(args, "foreign_domid"));
        if (from !== undefined) mapForeign(a, life, from, idxs[i] ?? 0, gpfns[i] ?? 0);
      }
    }
  },
  "v1.remove_from_physmap": (a) => {
    const life = targetOf(a);
    const gpfn = numberOf(first(a), "gpfn");
    cellAt(a, life, gpfn);
    a.world.ledger.clear(life, gpfn);
  },
  "v1.register_vcpu_info": (a) => a.world.ledger.pin(a.actor.life, `info ${numberOf(first(a), "vcpu")}`, ownToken(a, numberOf(first(a), "mfn"), true)),
  "v1.register_runstate_memory_area": (a) => {
    a.actor.life.isWrittenByVa = true;
    a.world.ledger.unpin(a.actor.life, `runstate ${numberOf(first(a), "vcpu")}`);
  },
  "v1.event_init_control": (a) => a.world.ledger.pin(a.actor.life, "fifo", ownToken(a, numberOf(first(a), "control_gfn"), true)),
  "v1.event_expand_array": (a) => a.world.ledger.pin(a.actor.life, "fifo", ownToken(a, numberOf(first(a), "array_gfn"), true)),
  "v1.event_reset": (a) => a.world.ledger.unpin(targetOf(a), "fifo"),
  "v2.release": (a) => extents(a, (from, count) => release(a, from, count)),
  "v2.populate": (a) =>
    extents(a, (from, count) => {
      for (let f = from; f < from + count; f++) {
        if (a.actor.life.space.has(f)) throw wrong(a, "occupied", `populated ${hex(f * FRAME)}, where something is`);
        a.world.ledger.addRam(a.actor.life, f);
      }
    }),
  "v2.accumulate": (a) => {
    const { life } = a.actor;
    const ratio = life.granule / FRAME;
    let freed = 0;
    extents(a, (from, count) => {
      const start = from - (from % ratio);
      const size = Math.max(count, ratio);
      if (count < ratio) for (let f = from; f < from + count; f++) life.pending.add(f);
      let complete = 0;
      for (let f = start; f < start + ratio; f++) if (life.pending.has(f)) complete++;
      if (count < ratio && complete < ratio) return;
      release(a, start, size);
      freed += size * FRAME;
    });
    const said = numberOf(a.answer.out[0], "freed");
    if (a.answer.x0 === 0 && said !== freed) throw wrong(a, "accumulate", `says that it freed ${said} bytes; ${freed} were complete`);
  },
  "v2.place": (a) => {
    const args = first(a);
    const object = numberOf(args, "object");
    const name = object === PLACE_OBJECT.shared_info ? SHARED_INFO : object === PLACE_OBJECT.grant_table_v1 ? TABLE_V1 : TABLE_V2;
    const at = numberOf(args, "address") / FRAME;
    for (let i = 0; i < numberOf(args, "size") / FRAME; i++) {
      if (a.actor.life.space.has(at + i)) throw wrong(a, "occupied", `placed ${name} at ${hex((at + i) * FRAME)}, where something is`);
      a.world.ledger.set(a.actor.life, at + i, { kind: "object", token: a.world.ledger.objectToken(a.actor.life, name, numberOf(args, "offset") / FRAME + i) });
    }
  },
  "v2.remove": (a) => {
    const at = numberOf(first(a), "address") / FRAME;
    for (let i = 0; i < numberOf(first(a), "size") / FRAME; i++) {
      const { kind } = cellAt(a, a.actor.life, at + i);
      if (kind !== "object" && kind !== "foreign" && !isStray(kind)) throw wrong(a, "remove", `removed ${kind} at ${hex((at + i) * FRAME)}`);
      a.world.ledger.clear(a.actor.life, at + i);
    }
  },
  "v2.register_vcpu_info": (a) => a.world.ledger.pin(a.actor.life, `info ${numberOf(first(a), "vcpu")}`, ownToken(a, Math.floor(numberOf(first(a), "area") / FRAME), false)),
  "v2.register_runstate": (a) => a.world.ledger.pin(a.actor.life, `runstate ${numberOf(first(a), "vcpu")}`, ownToken(a, Math.floor(numberOf(first(a), "area") / FRAME), false)),
  "v2.unregister_areas": (a) => {
    for (const what of ["info", "runstate"]) a.world.ledger.unpin(a.actor.life, `${what} ${numberOf(first(a), "vcpu")}`);
  },
  "v2.event_init_fifo": (a) => a.world.ledger.pin(a.actor.life, "fifo", ownToken(a, Math.floor(numberOf(first(a), "control") / FRAME), false)),
  "v2.event_expand_fifo": (a) => {
    const at = numberOf(first(a), "address") / FRAME;
    for (let i = 0; i < numberOf(first(a), "size") / FRAME; i++) a.world.ledger.pin(a.actor.life, "fifo", ownToken(a, at + i, false));
  },
  "v2.reset": (a) => {
    const { life } = a.actor;
    for (const what of Array.from(life.pinned.keys())) if (!what.startsWith("adopted")) a.world.ledger.unpin(life, what);
    life.pending.clear();
    const ratio = life.granule / FRAME;
    for (const [frame, cell] of Array.from(life.space))
      if (cell.kind === "object" && cell.token.object === TABLE_V2) for (let f = frame - (frame % ratio), end = f + ratio; f < end; f++) a.world.ledger.clear(life, f);
  },
};
