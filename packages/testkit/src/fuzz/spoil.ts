/** Arguments gone wrong: random ones by the kind of their field, and one chosen derived rule broken with the rest as it was. */
import type { DriverArgs } from "@granule/hypervisor";
import { encodeExtent, GRANULES, ipa, range, XEN_PAGE } from "@granule/units";
import { C, type Dir, type ErrorRow, type Field, type Hypercall } from "@granule/xen-abi";
import type { Plan } from "./contract.ts";
import type { Scene } from "./scene.ts";

const FRAME = XEN_PAGE.size;
/** A domid that nobody has. */
export const NOBODY = 0x1234;
/** No domain has an address with this bit: what is not an array made for the purpose is none at all. */
const OUT_OF_REACH = 1n << 50n;
/** Longest array that garbage points at. */
const ARRAY_ITEMS = 12;
/** A number that no operation on grant tables has. */
const UNUSED_OPERATION = 64;
/** 64-bit words of an entry of multicall. */
const ENTRY_WORDS = 8;

/** Any value that its field can hold. */
function garbage(s: Scene, f: Field<unknown, Dir>): unknown {
  const { dice } = s;
  switch (f.kind) {
    case "u8": return dice.edge(8);
    case "u16": return dice.edge(16);
    case "u32": return dice.chance(0.5) ? dice.below(16) : dice.edge(32);
    case "i16":
    case "i32": return dice.below(16);
    case "zero": return dice.chance(0.3) ? 1 : 0;
    case "vcpu": return dice.chance(0.7) ? dice.below(3) : dice.edge(32);
    case "domid": return dice.pick([C.DOMID_SELF, s.actor.domain.domid, s.peer(), NOBODY, C.DOMID_IO, C.DOMID_XEN, C.DOMID_COW, C.DOMID_INVALID, 0, 0xffff]);
    case "ipa": return dice.chance(0.8) ? s.anywhere() : dice.u64();
    case "size":
    case "offset": return dice.chance(0.7) ? dice.pick(GRANULES).size * dice.below(4) : dice.u64();
    case "extent": return dice.chance(0.7) ? BigInt(s.anywhere()) + BigInt(12 + dice.below(6)) : dice.u64();
    case "u53":
    case "u64": return dice.chance(0.4) ? dice.u64() : dice.chance(0.5) ? dice.below(64) : Math.floor(s.anywhere() / FRAME);
    case "array": return dice.chance(0.8) ? s.array(f.element ?? 8, Array.from({ length: ARRAY_ITEMS }, () => (dice.chance(0.6) ? Math.floor(s.anywhere(0) / FRAME) : dice.u64()))) : dice.u64() | OUT_OF_REACH;
    case "bytes": return dice.chance(0.5) ? BigInt(s.anywhere()) : dice.u64();
    case "one": return 1;
  }
}
/** Whether a guest gives the field. */
const isGiven = (f: Field<unknown, Dir>): boolean => f.kind === "array" || f.kind === "bytes" || (f.dir !== "out" && f.dir !== "status");

/** All fields garbage, or one or two of them. */
export function spoil(s: Scene, d: Hypercall, good: DriverArgs | undefined): DriverArgs {
  const fields = Object.entries(d.fields).filter(([, f]) => isGiven(f));
  if (fields.length === 0) return good ?? {};
  const all = good === undefined || s.dice.chance(0.25);
  const chosen = all ? fields : Array.from({ length: 1 + s.dice.below(2) }, () => s.dice.pick(fields));
  const changes = Object.fromEntries(chosen.map(([name, f]) => [name, garbage(s, f)]));
  return tame(s, { ...good, ...changes });
}
/** Keeps what would only cost time (endless reservations), and lengths beyond the arrays, whose contents no model can know. */
function tame(s: Scene, args: DriverArgs): DriverArgs {
  const out: Record<string, unknown> = { ...args };
  const lengthOf = (name: string): number => s.arrays.find((x) => BigInt(x.at) === out[name])?.values.length ?? ARRAY_ITEMS;
  if ("nr_extents" in out) {
    const { nr_extents, start, extent_order } = out;
    const most = lengthOf("extent_start");
    if (typeof nr_extents !== "number" || nr_extents > most) out["nr_extents"] = most;
    if (typeof start !== "number" || start > 2 * ARRAY_ITEMS) out["start"] = 0;
    if (typeof extent_order === "number" && extent_order > 6 && extent_order < 10) out["extent_order"] = 4;
    if (s.world.flavour.spareTables !== undefined) out["extent_order"] = Math.log2(s.granule / FRAME);
  }
  // other calls by another name
  if (typeof out["operation"] === "number") out["operation"] = Math.max(out["operation"], UNUSED_OPERATION);
  // what lies elsewhere is nothing that the ledger knows
  if ("frame_list" in out && "pad" in out) {
    if (!s.arrays.some((x) => BigInt(x.at) === out["frame_list"])) out["frame_list"] = OUT_OF_REACH;
    if (typeof out["nr_frames"] === "number") out["nr_frames"] %= 1 + lengthOf("frame_list");
  }
  if (typeof out["nr_calls"] === "number" && s.arrays.some((x) => BigInt(x.at) === out["call_list"])) out["nr_calls"] %= 1 + lengthOf("call_list") / ENTRY_WORDS;
  // what was mapped before the errors could not be written stays mapped, and no answer tells
  if ("errs" in out && !s.arrays.some((x) => BigInt(x.at) === out["errs"])) out["size"] = 0;
  if ("errs" in out && typeof out["size"] === "number") out["size"] %= 1 + Math.min(lengthOf("idxs"), lengthOf("gpfns"), lengthOf("errs"));
  return out;
}

const isRange = (v: unknown): v is { readonly start: unknown; readonly size: number } => typeof v === "object" && v !== null && "start" in v && "size" in v;

/** The plan with one derived rule broken; undefined: it cannot be broken by this caller now. */
export function breakRule(s: Scene, plan: Plan, row: ErrorRow): Plan | undefined {
  const { descriptor: d } = plan;
  const { dice } = s;
  const last = plan.elements.length - 1;
  const aimed = (change: DriverArgs): Plan => ({ ...plan, aim: row.rule, elements: plan.elements.map((e, i) => (i === last ? { ...e, ...change } : e)) });
  const field = (...kinds: readonly string[]): string | undefined => Object.entries(d.fields).find(([, f]) => isGiven(f) && kinds.includes(f.kind))?.[0];
  const set = (name: string | undefined, value: unknown): Plan | undefined => (name === undefined ? undefined : aimed({ [name]: value }));
  const valueOf = (name: string | undefined): number => {
    const v = name === undefined ? undefined : plan.elements[last]?.[name];
    return typeof v === "number" ? v : 0;
  };
  const limit = s.actor.domain.p2m.ipaLimit;
  const extent = field("extent");
  const address = field("ipa");
  const size = field("size", "offset");
  switch (row.rule) {
    case "buffer": {
      const hole = s.hole();
      if (d.abi === 2 && dice.chance(0.3)) return { ...plan, aim: row.rule, bufferAt: BigInt(s.actor.scratch + 4) };
      return { ...plan, aim: row.rule, bufferAt: hole === undefined || dice.chance(0.3) ? dice.u64() | (1n << 50n) : BigInt(hole) };
    }
    case "count-one": return { ...plan, aim: row.rule, count: BigInt(dice.pick([0, 2, 3])) };
    case "list-limit": return { ...plan, aim: row.rule, count: d.abi === 1 ? 0x80000000n + BigInt(dice.below(9)) : BigInt((d.buffer?.list?.limit ?? 0) + 1 + dice.below(9)) };
    case "vcpu": return set(field("vcpu"), 2 + dice.below(9));
    case "domain": return set(field("domid"), NOBODY);
    case "permission": return s.world.flavour.xsm === "silo" && s.actor.role === "hostile" ? set(field("domid"), 3 - s.actor.domain.domid) : undefined;
    case "reserved":
      if (extent !== undefined) return set(extent, BigInt(s.actor.scratch + s.granule) + 12n + 64n);
      return field("zero") === undefined || dice.chance(0.2) ? set(address, valueOf(address) + 1) : set(field("zero"), 1);
    case "alignment":
      if (extent !== undefined) return set(extent, BigInt(s.actor.scratch + FRAME) + 20n);
      if (size !== undefined && (address === undefined || d.fields[address]?.class === "p2m" || dice.chance(0.5))) return set(size, valueOf(size) + 1);
      return set(address, valueOf(address) + 1);
    case "range": {
      if (extent === undefined) return set(address, limit);
      const word = encodeExtent(range(ipa(limit), FRAME));
      return set(extent, word.ok ? word.value : 0n);
    }
    case "granule": {
      if (s.granule === FRAME) return undefined;
      if (extent !== undefined) return set(extent, isRange(plan.elements[last]?.[extent]) ? range(ipa(s.actor.scratch + s.granule), FRAME) : undefined);
      return size === undefined ? undefined : set(field("size") ?? size, FRAME);
    }
    default: return undefined;
  }
}
