/** Turns a step's dice into something that a domain does: a call that should work, one that should not, or words in shared memory. */
import type { DriverArgs } from "@granule/hypervisor";
import { BACKING_UNIT, type Bytes, encodeExtent, hex, ipa, range, XEN_PAGE } from "@granule/units";
import { C, type ErrorRow, GrantEntryV1, GrantEntryV2, type Hypercall, PLACE_OBJECT, V1, V2 } from "@granule/xen-abi";
import { aimAtDomain, AIMS } from "./aims.ts";
import { TABLE_V1, TABLE_V2 } from "./apply.ts";
import type { FlavourName, Plan } from "./contract.ts";
import { type Recipe, RECIPES } from "./recipes.ts";
import { AIMS_RARE, RECIPES_RARE } from "./recipesRare.ts";
import type { Scene } from "./scene.ts";
import { breakRule, spoil } from "./spoil.ts";

const FRAME: Bytes = XEN_PAGE.size;

/** Hypercalls by "v1.name" and "v2.name". */
export const CALLS: ReadonlyMap<string, Hypercall> = /* @__PURE__ */ new Map([
  ...Object.entries(V1).map(([name, d]): [string, Hypercall] => [`v1.${name}`, d]),
  ...Object.entries(V2).map(([name, d]): [string, Hypercall] => [`v2.${name}`, d]),
]);
/** What fails half the time whatever is asked (ports and handles come and go), or what the others need: how often beside its turn. */
const WEIGHTS: Readonly<Record<string, number>> = {
  "v1.event_close": 2, "v2.event_close": 2, "v1.event_unmask": 1, "v2.event_unmask": 2, "v1.event_bind_vcpu": 3, "v2.event_bind_vcpu": 3, "v1.event_send": 2, "v2.event_send": 2, "v2.event_status": 2,
  "v1.event_bind_interdomain": 6, "v2.event_bind_interdomain": 6, "v1.event_set_priority": 5, "v2.event_set_priority": 8, "v1.event_expand_array": 3, "v2.event_expand_fifo": 2, "v1.event_init_control": 2,
  "v1.event_bind_virq": 1, "v2.event_bind_virq": 1, "v1.event_bind_ipi": 3, "v2.event_bind_ipi": 2, "v1.event_alloc_unbound": 3, "v2.event_alloc_unbound": 4,
  "v1.grant_map_grant_ref": 8, "v2.grant_map": 6, "v1.grant_unmap_grant_ref": 18, "v1.grant_unmap_and_replace": 16, "v2.grant_unmap": 7, "v1.sched_poll": 2, "v1.grant_copy": 3, "v2.grant_copy": 3, "v1.grant_setup_table": 1,
  "v1.add_to_physmap": 2, "v2.place": 3, "v2.remove": 1, "v1.remove_from_physmap": 5, "v2.populate": 3, "v1.populate_physmap": 2, "v2.release": 1, "v2.reset": 1,
  "v1.increase_reservation": 1, "v1.sched_watchdog": 3,
  "v1.register_vcpu_info": 1, "v2.register_vcpu_info": 2, "v2.register_runstate": 1, "v2.event_init_fifo": 2,
};
const KEYS: readonly string[] = /* @__PURE__ */ [...CALLS.keys()];
const WEIGHTED: readonly string[] = /* @__PURE__ */ Object.entries(WEIGHTS).flatMap(([key, n]) => Array.from({ length: n }, () => key));

export type Action =
  | { readonly kind: "call"; readonly plan: Plan }
  | { readonly kind: "raw"; readonly nr: bigint; readonly x: readonly bigint[]; readonly imm: number }
  | { readonly kind: "write"; readonly at: number; readonly bytes: Uint8Array; readonly what: string; readonly grant?: { readonly ref: number; readonly to: number; readonly size: Bytes } };

/** Each call in turn, so that none is left out, or one that deserves more. */
const keyOf = (s: Scene, number: number): string => (s.dice.chance(0.65) ? (KEYS[number % KEYS.length] ?? "v2.query") : s.dice.pick(WEIGHTED));

const isList = (v: DriverArgs | readonly DriverArgs[]): v is readonly DriverArgs[] => Array.isArray(v);
const recipeOf = (key: string): Recipe | undefined => RECIPES[key] ?? RECIPES_RARE[key];
const aimOf = (key: string, rule: string): Recipe | undefined => (AIMS[key] ?? AIMS_RARE[key])?.[rule] ?? aimAtDomain(key, rule);
/** A plan that should work; undefined: nothing to ask now. */
function goodPlan(s: Scene, key: string): Plan | undefined {
  const descriptor = CALLS.get(key);
  const args = recipeOf(key)?.(s);
  if (descriptor === undefined || args === undefined) return undefined;
  return { key, descriptor, elements: isList(args) ? args : [args], arrays: s.arrays };
}
function spoiltPlan(s: Scene, key: string): Plan | undefined {
  const descriptor = CALLS.get(key);
  if (descriptor === undefined) return undefined;
  const [first, ...rest] = goodPlan(s, key)?.elements ?? [];
  const bad = spoil(s, descriptor, first);
  return { key, descriptor, elements: descriptor.buffer?.list === undefined ? [bad] : s.dice.chance(0.5) ? [bad] : [...rest, bad], arrays: s.arrays };
}
/** Every row of every call. */
const ROWS: readonly { readonly key: string; readonly row: ErrorRow }[] = /* @__PURE__ */ [...CALLS].flatMap(([key, d]) => d.errors.map((row) => ({ key, row })));
/** A plan that breaks one row of one call's errors. */
function aimedPlan(s: Scene, { key, row }: (typeof ROWS)[number]): Plan | undefined {
  if (row.by === "handler") {
    const descriptor = CALLS.get(key);
    const args = aimOf(key, row.rule)?.(s);
    if (descriptor === undefined || args === undefined) return spoiltPlan(s, key);
    return { key, descriptor, elements: isList(args) ? args : [args], arrays: s.arrays, aim: row.rule, inMulticall: key === "v1.multicall" && row.rule === "nested" };
  }
  const good = goodPlan(s, key) ?? spoiltPlan(s, key);
  return good === undefined ? undefined : breakRule(s, good, row);
}

/** The IPA at which the caller has the first frame of one of its objects. */
function objectAt(s: Scene, name: string): number | undefined {
  const token = s.world.ledger.objectToken(s.actor.life, name, 0);
  for (const [frame, cell] of s.actor.life.space) if (cell.token === token && cell.kind !== "grantRo") return frame * FRAME;
  return undefined;
}
/** Puts the table where its entries can be written. */
function placeTable(s: Scene, isV2: boolean): Plan | undefined {
  const at = s.hole();
  const descriptor = isV2 ? V2.place : V1.add_to_physmap;
  if (at === undefined) return undefined;
  const args = isV2 ? { object: PLACE_OBJECT.grant_table_v2, offset: 0, address: at, size: s.granule } : { domid: C.DOMID_SELF, space: C.XENMAPSPACE_grant_table, idx: 0, gpfn: at / FRAME };
  return { key: isV2 ? "v2.place" : "v1.add_to_physmap", descriptor, elements: [args], arrays: s.arrays };
}
/** Grants something to a peer, as a guest does: by its stores. */
function grant(s: Scene): Action | undefined {
  const isV2 = s.dice.chance(0.5);
  const table = objectAt(s, isV2 ? TABLE_V2 : TABLE_V1);
  if (table === undefined) {
    const plan = placeTable(s, isV2);
    return plan === undefined ? undefined : { kind: "call", plan };
  }
  const to = s.peer();
  const readonly = s.dice.chance(0.3) ? C.GTF.readonly : 0;
  const flags = C.GTF.permit_access + readonly;
  const size = isV2 ? s.dice.pick([FRAME, s.granule, BACKING_UNIT]) : FRAME;
  const at = s.dice.chance(0.05) ? s.anywhere() - (s.anywhere() % size) : s.ram(size);
  if (at === undefined || at < 0) return undefined;
  if (!isV2) {
    const index = C.GNTTAB_NR_RESERVED_ENTRIES + s.dice.below(48);
    return { kind: "write", at: table + index * GrantEntryV1.size, bytes: GrantEntryV1.encode({ flags, domid: to, frame: at / FRAME }), what: `grants ${hex(at)} by v1 reference ${index}`, grant: { ref: index, to, size } };
  }
  const index = s.dice.below(48);
  const word = encodeExtent(range(ipa(at - (at % size)), size));
  if (!word.ok) return undefined;
  return {
    kind: "write", at: table + index * GrantEntryV2.size, bytes: GrantEntryV2.encode({ flags, domid: to, extent: word.value }), what: `grants ${hex(at)}+${hex(size)} by v2 reference ${index}`,
    grant: { ref: C.GRANT_REF_V2 + index, to, size },
  };
}
/** Random words over whatever is shared with the hypervisor or with others. */
function scribble(s: Scene): Action | undefined {
  const kind = s.dice.pick(["object", "object", "ram", "grantRw"] as const);
  const at = kind === "ram" ? s.ram(FRAME) : s.kind(kind);
  if (at === undefined) return undefined;
  const words = new Uint32Array(1 + s.dice.below(8)).map(() => (s.dice.chance(0.5) ? s.dice.u32() : s.dice.edge(32)));
  const offset = s.dice.chance(0.7) ? 4 * s.dice.below(64) : 4 * s.dice.below(FRAME / 4 - words.length);
  return { kind: "write", at: at + offset, bytes: new Uint8Array(words.buffer), what: `scribbles over ${kind} at ${hex(at + offset)}` };
}
function raw(s: Scene): Action {
  const { dice } = s;
  const nr = dice.chance(0.6) ? BigInt(dice.pick([...Object.values(C.NR), 70, 63, 255])) : dice.u64();
  // what ends or blocks a domain has calls of its own
  const op = nr === BigInt(C.NR.sched_op) ? BigInt(6 + dice.below(9)) : dice.chance(0.4) ? 64n + BigInt(dice.below(2 ** 20)) * 64n + 63n : dice.u64() | (1n << 33n);
  const imm = dice.chance(0.03) ? dice.below(0x10000) : C.XEN_HYPERCALL_TAG; // MAGIC: an hvc immediate has 16 bits
  return { kind: "raw", nr, x: [nr < BigInt(C.NR.query_v2) && nr !== BigInt(C.NR.sched_op) ? op | 63n : op, ...Array.from({ length: 4 }, () => dice.u64())], imm };
}

/** Calls whose errors need the scarcity of a flavour. */
const BY_FLAVOUR: Readonly<Partial<Record<FlavourName, readonly string[]>>> = {
  silo: ["v1.event_alloc_unbound", "v1.event_bind_interdomain", "v2.event_alloc_unbound", "v2.grant_copy"],
  ports: ["v1.event_bind_pirq", "v1.event_bind_interdomain", "v2.event_bind_interdomain", "v1.event_bind_ipi", "v2.event_bind_ipi", "v1.event_bind_virq", "v2.event_bind_virq"],
  handles: ["v2.event_init_fifo", "v2.event_expand_fifo", "v2.event_expand_fifo", "v1.event_expand_array"],
  tables: ["v2.release", "v2.accumulate", "v2.grant_map", "v2.place", "v1.add_to_physmap"],
  fragmented: ["v2.grant_map"],
  memory: ["v2.populate", "v2.place", "v1.grant_setup_table", "v1.increase_reservation"],
};
/** What only the control domain may do. */
const PRIVILEGED: readonly string[] = ["v1.hvm_set_param", "v1.sched_remote_shutdown", "v1.add_to_physmap_batch", "v1.acquire_resource", "v1.acquire_resource", "v1.domctl", "v1.sysctl"];
/** Many mappings at once, where handles are few. */
function mapMany(s: Scene): Action | undefined {
  const key = s.granule === FRAME && s.dice.chance(0.5) ? "v1.grant_map_grant_ref" : "v2.grant_map";
  const first = goodPlan(s, key);
  const [args] = first?.elements ?? [];
  if (first === undefined || args === undefined) return undefined;
  const size = typeof args["size"] === "number" ? args["size"] : FRAME;
  const at = s.hole(size * MANY);
  if (at === undefined) return undefined;
  const elements = Array.from({ length: MANY }, (_, i) => ({ ...args, [key === "v2.grant_map" ? "address" : "host_addr"]: at + i * size }));
  return { kind: "call", plan: { ...first, elements, aim: "handles" } };
}
const MANY = 32;
/** A whole granule of somebody whose RAM is in smaller pieces. */
function mapPieces(s: Scene): Plan | undefined {
  const args = AIMS["v2.grant_map"]?.["grant-granule"]?.(s);
  return args === undefined || isList(args) ? undefined : { key: "v2.grant_map", descriptor: V2.grant_map, elements: [args], arrays: s.arrays, aim: "grant-granule" };
}

/** Where the machine has little memory: the last frame of a hostile domain's grant table. */
function growTable(s: Scene): Plan | undefined {
  const args = AIMS_RARE["v1.acquire_resource"]?.["table"]?.(s);
  return args === undefined || isList(args) ? undefined : { key: "v1.acquire_resource", descriptor: V1.acquire_resource, elements: [args], arrays: s.arrays, aim: "table" };
}

/** Now and then one entry of a multicall. */
const maybeListed = (s: Scene, plan: Plan): Plan => (plan.descriptor.abi === 1 && plan.inMulticall !== true && s.dice.chance(LISTED) ? { ...plan, inMulticall: true } : plan);
const LISTED = 0.08;

/** What this step does; `number`: of the step in the whole run. The control domain only does what should work or fail cleanly. */
export function chooseAction(s: Scene, number: number): Action {
  const { dice } = s;
  const kind = dice.below(100);
  const fallback = (): Action => ({ kind: "call", plan: { key: "v2.query", descriptor: V2.query, elements: [{}] } });
  const call = (plan: Plan | undefined): Action | undefined => (plan === undefined ? undefined : { kind: "call", plan: plan.aim === undefined ? plan : maybeListed(s, plan) });
  const good = (key: string): Plan | undefined => {
    const plan = goodPlan(s, key);
    return plan === undefined ? undefined : maybeListed(s, plan);
  };
  if (kind < 7) return grant(s) ?? fallback();
  const isHostile = s.actor.role === "hostile";
  if (kind < 10 && isHostile) return scribble(s) ?? fallback();
  if (kind < 11 && isHostile) return raw(s);
  if (kind < 35 && s.world.flavour.name === "handles") return mapMany(s) ?? grant(s) ?? fallback();
  if (kind < 22 && s.world.flavour.name === "fragmented") return call(mapPieces(s)) ?? grant(s) ?? fallback();
  if (kind < 30 && !isHostile && s.world.flavour.name === "memory") return call(growTable(s)) ?? fallback();
  const scarce = BY_FLAVOUR[s.world.flavour.name];
  const key = !isHostile && dice.chance(0.5) ? dice.pick(PRIVILEGED) : scarce !== undefined && dice.chance(0.15) ? dice.pick(scarce) : keyOf(s, number);
  if (kind < 21 && isHostile) return call(spoiltPlan(s, key)) ?? fallback();
  if (kind < 40) {
    // in turn, so that none is left out; or of the call that was drawn
    const rows = dice.chance(isHostile ? 0.6 : 0.2) ? ROWS : ROWS.filter((r) => r.key === key);
    const row = rows[number % Math.max(1, rows.length)];
    return call(row === undefined ? undefined : aimedPlan(s, row)) ?? call(good(key)) ?? fallback();
  }
  return call(good(key) ?? (key.includes("grant_unmap") ? (goodPlan(s, "v1.grant_map_grant_ref") ?? goodPlan(s, "v2.grant_map")) : undefined)) ?? grant(s) ?? fallback();
}

const show = (v: unknown): string => {
  if (typeof v === "number") return v > 255 ? hex(v) : String(v);
  if (typeof v === "bigint") return `0x${v.toString(16)}`;
  if (typeof v === "object" && v !== null && "start" in v && "size" in v && typeof v.size === "number") return `${hex(Number(v.start))}+${hex(v.size)}`;
  return String(v);
};
/** The action in words, for a person. */
export function describeAction(a: Action): string {
  if (a.kind === "write") return a.what;
  if (a.kind === "raw") return `hvc #${hex(a.imm)} x16 ${show(a.nr)} x0.. ${a.x.map(show).join(" ")}`;
  const { plan } = a;
  const elements = plan.elements.map((e) => `{ ${Object.entries(e).map(([k, v]) => `${k}: ${show(v)}`).join(", ")} }`);
  const where = plan.bufferAt === undefined ? "" : ` at ${show(plan.bufferAt)}`;
  const arrays = (plan.arrays ?? []).map((x) => ` [${x.values.slice(0, 12).map(show).join(" ")}]`).join("");
  return `${plan.inMulticall === true ? "multicall of " : ""}${plan.key} ${elements.join(" ")}${plan.count === undefined ? "" : ` count ${show(plan.count)}`}${where}${arrays}${plan.aim === undefined ? "" : ` (aims at "${plan.aim}")`}`;
}
