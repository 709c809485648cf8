// TABLE: arguments that break one rule that a handler checks.
/**
 * For rows of `errors` that a handler answers and that garbage does not find, or that share a code with another row:
 * what to ask. Undefined: not possible now. The rules are spelled as in the descriptors.
 */
import type { DriverArgs } from "@granule/hypervisor";
import { BACKING_UNIT, ipa, kib, range, toNumber, XEN_PAGE } from "@granule/units";
import { C, COPY, PARAM, V1 } from "@granule/xen-abi";
import { type Recipe, RECIPES } from "./recipes.ts";
import type { Scene } from "./scene.ts";
import { NOBODY } from "./spoil.ts";
import { portsOf } from "./world.ts";

const FRAME = XEN_PAGE.size;
const { DOMID_SELF, GNTMAP, GRANT_REF_V2 } = C;
/** Past every table, and past every port. */
const FAR = 100_000;

const isOne = (v: DriverArgs | readonly DriverArgs[]): v is DriverArgs => !Array.isArray(v);
/** What should work, with a change. */
const but = (key: string, change: (s: Scene) => DriverArgs | undefined): Recipe => (s) => {
  const good = RECIPES[key]?.(s);
  const changed = change(s);
  if (good === undefined || changed === undefined) return undefined;
  const first = isOne(good) ? good : good[0];
  return first === undefined ? undefined : { ...first, ...changed };
};
const set = (key: string, change: DriverArgs): Recipe => but(key, () => change);
/** Another hostile domain's business, for one that is not privileged. */
const others = (key: string, field: string): Recipe => but(key, (s) => (s.actor.role === "hostile" ? { [field]: 3 - s.actor.domain.domid } : undefined));
const inHole = (s: Scene): number | undefined => s.hole();
const when = (flavour: string, key: string): Recipe => (s) => (s.world.flavour.name === flavour ? RECIPES[key]?.(s) : undefined);
const map1 = "v1.grant_map_grant_ref";
/** Something to map, granted or not. */
const map1Args = (s: Scene, change: DriverArgs): DriverArgs => ({ host_addr: s.hole(FRAME) ?? 0, flags: GNTMAP.host_map, ref: 8, dom: s.peer(), ...change });

export const AIMS: Readonly<Record<string, Readonly<Record<string, Recipe>>>> = {
  "v1.add_to_physmap": { "space-denied": set("v1.add_to_physmap", { space: C.XENMAPSPACE_dev_mmio }), space: set("v1.add_to_physmap", { space: 9 }), index: set("v1.add_to_physmap", { idx: FAR }) },
  "v1.add_to_physmap_batch": {
    array: but("v1.add_to_physmap_batch", (s) => ({ idxs: BigInt(inHole(s) ?? 0), size: 1 })), "space-denied": set("v1.add_to_physmap_batch", { space: C.XENMAPSPACE_dev_mmio }),
    space: set("v1.add_to_physmap_batch", { space: 9 }), frame: but("v1.add_to_physmap_batch", (s) => ({ gpfns: s.array(8, [2n ** 64n - 1n]), size: 1 })),
  },
  "v1.event_alloc_unbound": {
    domain: set("v1.event_alloc_unbound", { dom: NOBODY }), remote: but("v1.event_alloc_unbound", (s) => (s.world.flavour.xsm === "silo" ? { remote_dom: NOBODY } : undefined)),
    ports: when("ports", "v1.event_alloc_unbound"), permission: others("v1.event_alloc_unbound", "dom"),
  },
  "v1.event_bind_interdomain": { domain: set("v1.event_bind_interdomain", { remote_dom: NOBODY }), ports: when("ports", "v1.event_bind_interdomain"), permission: when("silo", "v1.event_bind_interdomain"), port: () => ({ remote_dom: DOMID_SELF, remote_port: FAR }) },
  "v1.event_bind_ipi": { ports: when("ports", "v1.event_bind_ipi") },
  "v1.event_bind_pirq": { ports: when("ports", "v1.event_bind_pirq") },
  "v1.event_reset": { permission: others("v1.event_reset", "dom"), domain: () => ({ dom: NOBODY }) },
  "v1.event_status": { permission: others("v1.event_status", "dom"), port: () => ({ dom: DOMID_SELF, port: FAR }) },
  "v1.event_expand_array": { array: (s) => ((s.actor.life.pinned.get("fifo")?.length ?? 0) > 128 ? RECIPES["v1.event_expand_array"]?.(s) : undefined), frame: (s) => ({ array_gfn: (inHole(s) ?? 0) / FRAME }) },
  "v1.event_set_priority": { port: () => ({ port: FAR, priority: 0 }), priority: (s) => ({ port: s.port(), priority: 16 }) },
  [map1]: {
    "no-map-flag": (s) => map1Args(s, { flags: GNTMAP.readonly }), "map-flags": (s) => map1Args(s, { flags: GNTMAP.host_map + GNTMAP.device_map }),
    reference: (s) => map1Args(s, { ref: FAR }), entry: (s) => map1Args(s, { ref: kib(1) / 2 - 1 }), domain: (s) => map1Args(s, { dom: NOBODY }), permission: (s) => map1Args(s, {}),
    "grant-granule": (s) => (s.granule === FRAME ? undefined : map1Args(s, {})), "host-address": but(map1, (s) => ({ host_addr: s.actor.domain.p2m.ipaLimit, flags: GNTMAP.host_map + GNTMAP.readonly })),
    handles: when("handles", map1),
  },
  "v1.grant_unmap_grant_ref": { "host-address": but("v1.grant_unmap_grant_ref", (s) => ({ host_addr: s.ram(FRAME) ?? s.actor.scratch })), handle: () => ({ host_addr: 0, handle: FAR }) },
  "v1.grant_unmap_and_replace": { "new-address": set("v1.grant_unmap_and_replace", { new_addr: FRAME }), handle: () => ({ host_addr: 0, new_addr: 0, handle: FAR }) },
  "v1.grant_setup_table": {
    permission: others("v1.grant_setup_table", "dom"), frames: set("v1.grant_setup_table", { nr_frames: 65 }), list: but("v1.grant_setup_table", (s) => ({ nr_frames: 1, frame_list: BigInt(inHole(s) ?? 0) })),
  },
  "v1.grant_query_size": { permission: others("v1.grant_query_size", "dom"), domain: () => ({ dom: NOBODY }) },
  "v1.grant_copy": {
    domain: set("v1.grant_copy", { source_domid: NOBODY }), permission: but("v1.grant_copy", (s) => ({ flags: 0, source_domid: s.actor.domain.domid })), reference: but("v1.grant_copy", (s) => ({ flags: C.GNTCOPY.source_gref, source_domid: s.actor.domain.domid, source_u: FAR })),
    bounds: but("v1.grant_copy", (s) => ({ flags: 0, source_domid: DOMID_SELF, dest_domid: DOMID_SELF, source_u: (s.ram(FRAME) ?? 0) / FRAME, dest_u: (s.ram(FRAME) ?? 0) / FRAME, source_offset: FRAME - 1, len: 2 })),
  },
  "v1.grant_set_version": { "version-2": () => ({ version: 2 }), version: () => ({ version: 3 }) },
  "v1.grant_get_version": { permission: others("v1.grant_get_version", "dom") },
  "v1.grant_get_status_frames": { permission: others("v1.grant_get_status_frames", "dom"), frames: set("v1.grant_get_status_frames", { nr_frames: 1 }), domain: set("v1.grant_get_status_frames", { dom: NOBODY }) },
  "v1.grant_swap_grant_ref": { reference: () => ({ ref_a: FAR, ref_b: 9 }) },
  "v1.grant_cache_flush": { arguments: () => ({ dev_bus_addr: 0, offset: FRAME, length: 1, op: 1 }), permission: (s) => ({ dev_bus_addr: toNumber(portsOf(s.world).parts.memory.base), offset: 0, length: 8, op: 1 }) },
  "v1.sched_poll": { list: (s) => ({ ports: BigInt(inHole(s) ?? 0), nr_ports: 1, timeout: 1n }), ports: (s) => ({ ports: s.array(4, [FAR]), nr_ports: 1, timeout: 1n }) },
  "v1.sched_remote_shutdown": { domain: () => ({ domain_id: NOBODY, reason: 0 }) },
  "v1.hvm_set_param": { index: set("v1.hvm_set_param", { index: 5 }) },
  "v1.console_read": { count: set("v1.console_read", { count: 0x80000000 }) },
  "v1.console_write": { buffer: but("v1.console_write", (s) => ({ count: 8, buffer: BigInt(inHole(s) ?? 0) })) },
  "v1.event_bind_virq": {
    vcpu: () => ({ virq: 1, vcpu: 7 }), virq: () => ({ virq: 24, vcpu: 0 }), ports: when("ports", "v1.event_bind_virq"), bound: () => ({ virq: 0, vcpu: 0 }),
  },
  "v2.populate": { occupied: (s) => ({ extent: range(ipa(s.ram() ?? s.actor.scratch), s.granule) }) },
  "v2.release": { busy: (s) => busyExtent(s), "not-owned": (s) => ({ extent: range(ipa(inHole(s) ?? 0), s.granule) }), "p2m-memory": when("tables", "v2.release") },
  "v2.accumulate": { busy: (s) => busyExtent(s), "p2m-memory": when("tables", "v2.release") },
  "v2.place": { occupied: but("v2.place", (s) => ({ address: s.ram(BACKING_UNIT) ?? s.actor.scratch })), "p2m-memory": but("v2.place", (s) => (s.world.flavour.name === "tables" ? { address: s.actor.domain.p2m.ipaLimit / 2 + BACKING_UNIT * s.dice.below(FRAME) } : undefined)) },
  "v1.register_vcpu_info": { offset: set("v1.register_vcpu_info", { offset: FRAME - 4 }), area: but("v1.register_vcpu_info", (s) => ({ mfn: (inHole(s) ?? 0) / FRAME })) },
  "v2.register_vcpu_info": { "not-owned": (s) => ({ vcpu: s.dice.below(2), area: inHole(s) ?? 0 }) },
  "v2.register_runstate": { "not-owned": (s) => ({ vcpu: s.dice.below(2), area: inHole(s) ?? 0 }) },
  "v2.set_param": { permission: () => ({ index: PARAM.store_port, value: 1n }) },
  "v2.event_bind_ipi": { ports: when("ports", "v2.event_bind_ipi") },
  "v2.event_bind_virq": { bound: () => ({ virq: 0, vcpu: 0 }), ports: when("ports", "v2.event_bind_virq") },
  "v2.event_alloc_unbound": { ports: when("ports", "v2.event_alloc_unbound") },
  "v2.event_bind_interdomain": { ports: when("ports", "v2.event_bind_interdomain"), port: (s) => ({ remote: s.actor.domain.domid, remote_port: FAR }) },
  "v2.event_init_fifo": { "not-owned": (s) => ({ vcpu: s.dice.below(2), control: inHole(s) ?? 0 }) },
  "v2.event_expand_fifo": { array: (s) => ({ address: s.actor.scratch, size: FRAME * 129 }), "not-owned": (s) => ({ address: inHole(s) ?? 0, size: FRAME }) },
  "v2.event_set_priority": { port: () => ({ port: FAR, priority: 0 }), priority: (s) => ({ port: s.port(), priority: 16 }) },
  "v2.event_bind_vcpu": { port: () => ({ port: FAR, vcpu: 0 }) },
  "v2.grant_map": {
    flags: (s) => ({ domid: s.actor.domain.domid, flags: 1, ref: GRANT_REF_V2, address: s.hole() ?? 0, size: s.granule }), size: but("v2.grant_map", (s) => ({ size: BACKING_UNIT * 2, address: s.hole(BACKING_UNIT * 2) ?? 0 })), reference: but("v2.grant_map", () => ({ ref: GRANT_REF_V2 + FAR })),
    handles: when("handles", "v2.grant_map"), "p2m-memory": but("v2.grant_map", (s) => (s.world.flavour.name === "tables" ? { address: s.actor.domain.p2m.ipaLimit / 2 + BACKING_UNIT * s.dice.below(FRAME) } : undefined)),
    "grant-granule": inPieces,
    occupied: but("v2.grant_map", (s) => ({ address: s.ram(BACKING_UNIT) ?? s.actor.scratch })),
  },
  "v2.grant_copy": {
    flags: set("v2.grant_copy", { flags: 4 }), reference: but("v2.grant_copy", (s) => ({ flags: COPY.source_ref, source_domid: s.actor.domain.domid, source_ref: FAR })), "own-range": but("v2.grant_copy", (s) => ({ flags: 0, dest: inHole(s) ?? 0, length: 8 })), bounds: but("v2.grant_copy", () => ({ length: 2 ** 20 })),
  },
};

const DOMID_FIELDS: readonly string[] = ["domid", "dom", "remote_dom", "domain_id"];
/** "domain" and "permission" of a call that names a domain. */
export function aimAtDomain(key: string, rule: string): Recipe | undefined {
  const field = DOMID_FIELDS.find((name) => name in (V1_FIELDS.get(key) ?? {}));
  if (field === undefined) return undefined;
  return rule === "domain" ? set(key, { [field]: NOBODY }) : rule === "permission" ? others(key, field) : undefined;
}
const V1_FIELDS = /* @__PURE__ */ new Map(Object.entries(V1).map(([name, d]) => [`v1.${name}`, d.fields]));

/** A grant of whole granules of the mapper whose memory is in pieces. */
function inPieces(s: Scene): DriverArgs | undefined {
  const all = [...s.world.actors.values()].flatMap((a) => a.granted.filter((g) => g.to === s.actor.domain.domid && a.granule.size < s.granule && g.size >= s.granule).map((g) => ({ ...g, domid: a.domain.domid })));
  const grant = all.length === 0 ? undefined : s.dice.pick(all);
  const address = grant === undefined ? undefined : s.hole(grant.size);
  return grant === undefined || address === undefined ? undefined : { domid: grant.domid, flags: C.GTF.readonly, ref: grant.ref, address, size: grant.size };
}

/** A granule of its own RAM that somebody has mapped, or that is registered. */
function busyExtent(s: Scene): DriverArgs | undefined {
  for (const [frame, cell] of s.actor.life.space)
    if (cell.kind === "ram" && cell.token.references + cell.token.pins > 0) return { extent: range(ipa(frame * FRAME - ((frame * FRAME) % s.granule)), s.granule) };
  return undefined;
}
