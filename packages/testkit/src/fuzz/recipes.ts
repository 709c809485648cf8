// TABLE: arguments that are likely to do, for every hypercall.
/**
 * For each hypercall arguments that succeed more often than not in the state at hand. Undefined: nothing can be asked
 * now (no mapping to undo, say). What is missing from a structure is 0.
 */
import type { DriverArgs } from "@granule/hypervisor";
import { BACKING_UNIT, type Bytes, ipa, kib, range, XEN_PAGE } from "@granule/units";
import { C, COPY, PARAM, PLACE_OBJECT } from "@granule/xen-abi";
import type { Mapping } from "./ledger.ts";
import type { Scene } from "./scene.ts";

const FRAME: Bytes = XEN_PAGE.size;
const { DOMID_SELF, GNTMAP, GTF } = C;
/** One element, or those of a list. */
export type Recipe = (s: Scene) => DriverArgs | readonly DriverArgs[] | undefined;

const gfn = (at: number): number => at / FRAME;
const extent = (at: number, size: Bytes): DriverArgs => ({ extent: range(ipa(at), size) });
const vcpu = (s: Scene): number => s.dice.below(2);
const port: Recipe = (s) => ({ port: s.port() });
const nothing: Recipe = () => ({});

/** Own memory to register, in units of `align` bytes. */
const own = (s: Scene, align: number, f: (at: number) => DriverArgs): DriverArgs | undefined => {
  const at = s.dice.chance(0.1) ? odd(s) : s.ram(FRAME);
  return at === undefined ? undefined : f(at + align * s.dice.below(FRAME / align - 4));
};
/** Where something is that is no plain RAM, of whatever kind the caller has. */
const odd = (s: Scene): number | undefined => s.kind(s.dice.pick(["object", "grantRw", "grantRo", "foreign", "strayRw", "strayRo"])) ?? s.kind("foreign") ?? s.kind("object");
/** A grant that another domain made to the caller. */
function offered(s: Scene, v: 1 | 2): { readonly domid: number; readonly ref: number } | undefined {
  const all = [...s.world.actors.values()].flatMap((a) => a.granted.filter((g) => g.to === s.actor.domain.domid && g.ref >= C.GRANT_REF_V2 === (v === 2)).map((g) => ({ domid: a.domain.domid, ref: g.ref })));
  return all.length === 0 ? undefined : s.dice.pick(all);
}
const map1: Recipe = (s) => {
  const grant = offered(s, 1);
  const at = s.dice.chance(0.8) ? s.hole(FRAME) : s.ram(FRAME);
  return grant === undefined || at === undefined ? undefined : { host_addr: at, flags: GNTMAP.host_map + (s.dice.chance(0.4) ? GNTMAP.readonly : 0), ref: grant.ref, dom: grant.domid };
};
const unmap1: Recipe = (s) => {
  const m = s.mapping();
  if (m === undefined) return undefined;
  // now and then where something else is, or nothing, or the same memory once more
  const elsewhere = s.dice.chance(0.25) ? s.dice.pick([() => s.ram(FRAME), () => s.hole(FRAME), alias, alias])(s, m[1]) : undefined;
  return { host_addr: elsewhere ?? m[1].frame * FRAME, handle: m[0] };
};
/** Another address at which the caller has the memory of a mapping. */
function alias(s: Scene, m: Mapping): number | undefined {
  for (const [frame, cell] of s.actor.life.space) if (frame !== m.frame && m.use.tokens.includes(cell.token)) return frame * FRAME;
  return undefined;
}
const reservation = (s: Scene, ats: readonly (number | undefined)[]): DriverArgs | undefined => {
  const frames = ats.flatMap((at) => (at === undefined ? [] : [gfn(at)]));
  if (frames.length === 0) return undefined;
  const order = Math.log2(s.granule / FRAME);
  return { extent_start: s.array(8, [...new Set(frames)]), nr_extents: new Set(frames).size, extent_order: order, mem_flags: 0, domid: DOMID_SELF, start: 0 };
};
/** A frame of an object, where G can express it. */
function placement(s: Scene): { readonly space: number; readonly idx: number; readonly gpfn: number } | undefined {
  const ratio = s.granule / FRAME;
  const isTable = s.dice.chance(0.6);
  const at = isTable || s.dice.chance(0.5) ? s.hole() : s.ram(FRAME);
  if (at === undefined) return undefined;
  const idx = isTable ? s.dice.below(8) : 0;
  return { space: isTable ? C.XENMAPSPACE_grant_table : C.XENMAPSPACE_shared_info, idx, gpfn: gfn(at) + (idx % ratio) };
}
const offerOf = (s: Scene): { readonly domid: number; readonly port: number } | undefined => {
  const all = [...s.world.actors.values()].flatMap((a) => a.offers.filter((o) => o.to === s.actor.domain.domid).map((o) => ({ domid: a.domain.domid, port: o.port })));
  return all.length === 0 ? undefined : s.dice.pick(all);
};
const text = (s: Scene): DriverArgs => ({ arg: s.array(8, Array.from({ length: 128 }, () => 0)) });

export const RECIPES: Readonly<Record<string, Recipe>> = {
  "v1.populate_physmap": (s) => reservation(s, [s.hole(), s.hole()]),
  "v1.decrease_reservation": (s) => reservation(s, [s.ram(), s.dice.chance(0.3) ? odd(s) : s.ram()].map((at) => (at === undefined ? at : at - (at % s.granule)))),
  "v1.current_reservation": (s) => ({ domid: s.target() }),
  "v1.maximum_reservation": (s) => ({ domid: s.target() }),
  "v1.maximum_gpfn": (s) => ({ domid: s.target() }),
  "v1.maximum_ram_page": nothing,
  "v1.add_to_physmap": (s) => {
    const p = placement(s);
    return p === undefined ? undefined : { domid: DOMID_SELF, ...p };
  },
  "v1.add_to_physmap_batch": (s) => {
    if (s.actor.role !== "control" || s.dice.chance(0.3)) {
      const p = placement(s);
      return p === undefined ? undefined : { domid: DOMID_SELF, space: p.space, size: 1, foreign_domid: 0, idxs: s.array(8, [p.idx]), gpfns: s.array(8, [p.gpfn]), errs: s.array(4, [1]) };
    }
    const from = s.world.get(s.peer());
    const at = s.hole(FRAME);
    if (from === undefined || at === undefined) return undefined;
    const frames = [...from.life.space].filter(([, c]) => c.kind === "ram").map(([f]) => f);
    const pick = frames.length === 0 ? 0 : s.dice.pick(frames);
    return { domid: DOMID_SELF, space: C.XENMAPSPACE_gmfn_foreign, size: 1, foreign_domid: from.domain.domid, idxs: s.array(8, [pick]), gpfns: s.array(8, [gfn(at)]), errs: s.array(4, [1]) };
  },
  "v1.remove_from_physmap": (s) => {
    const at = s.dice.chance(0.6) ? odd(s) : s.ram(FRAME);
    return at === undefined ? undefined : { domid: DOMID_SELF, gpfn: gfn(at) };
  },
  "v1.event_alloc_unbound": (s) => ({ dom: DOMID_SELF, remote_dom: s.peer() }),
  "v1.event_bind_interdomain": (s) => {
    const o = offerOf(s);
    return o === undefined ? undefined : { remote_dom: o.domid, remote_port: o.port };
  },
  "v1.event_bind_virq": (s) => ({ virq: s.dice.below(24), vcpu: 0 }),
  "v1.event_bind_ipi": (s) => ({ vcpu: vcpu(s) }),
  "v1.event_close": port,
  "v1.event_send": port,
  "v1.event_status": (s) => ({ dom: DOMID_SELF, port: s.port() }),
  "v1.event_bind_vcpu": (s) => ({ port: s.port(), vcpu: vcpu(s) }),
  "v1.event_unmask": port,
  "v1.event_bind_pirq": (s) => ({ pirq: s.dice.below(2048), flags: 0 }),
  "v1.event_reset": (s) => ({ dom: s.target() }),
  "v1.event_reset_cont": () => ({ dom: DOMID_SELF }),
  "v1.event_init_control": (s) => own(s, 8, (at) => ({ control_gfn: Math.floor(at / FRAME), offset: Math.min(at % FRAME, FRAME - kib(1) / 8), vcpu: vcpu(s) })),
  "v1.event_expand_array": (s) => own(s, FRAME / 4, (at) => ({ array_gfn: Math.floor(at / FRAME) })),
  "v1.event_set_priority": (s) => ({ port: s.port(), priority: s.dice.below(16) }),
  "v1.grant_map_grant_ref": map1,
  "v1.grant_unmap_grant_ref": unmap1,
  "v1.grant_setup_table": (s) => ({ dom: DOMID_SELF, nr_frames: s.dice.below(8), frame_list: s.array(8, Array.from({ length: 8 }, () => 0)) }),
  "v1.grant_query_size": () => ({ dom: DOMID_SELF }),
  "v1.grant_copy": (s) => {
    const grant = offered(s, 1);
    const at = s.ram(FRAME);
    if (at === undefined) return undefined;
    const len = s.dice.below(FRAME);
    const mine = { frame: gfn(at), domid: DOMID_SELF, flag: false };
    const theirs = grant === undefined ? mine : { frame: grant.ref, domid: grant.domid, flag: true };
    const [from, to] = s.dice.chance(0.5) ? [mine, theirs] : [theirs, mine];
    return {
      source_u: from.frame, source_u_high: 0, source_domid: from.domid, source_offset: s.dice.below(FRAME - len), dest_u: to.frame, dest_u_high: 0, dest_domid: to.domid, dest_offset: s.dice.below(FRAME - len), len,
      flags: (from.flag ? C.GNTCOPY.source_gref : 0) + (to.flag ? C.GNTCOPY.dest_gref : 0),
    };
  },
  "v1.grant_set_version": () => ({ version: 1 }),
  "v1.grant_get_version": () => ({ dom: DOMID_SELF }),
  "v1.grant_get_status_frames": () => ({ dom: DOMID_SELF, nr_frames: 0, frame_list: 0n }),
  "v1.grant_swap_grant_ref": (s) => {
    const used = [...s.actor.life.uses.keys()].filter((ref) => ref < C.GRANT_REF_V2);
    return { ref_a: used.length > 0 && s.dice.chance(0.3) ? s.dice.pick(used) : s.dice.below(64), ref_b: s.dice.below(64) };
  },
  "v1.grant_unmap_and_replace": unmap1,
  "v1.grant_transfer": nothing,
  "v1.grant_cache_flush": (s) => {
    const m = s.mapping((x) => x.devBusAddr !== 0);
    return m === undefined ? { dev_bus_addr: 0, offset: 0, length: 0, op: C.GNTTAB_CACHE.CLEAN } : { dev_bus_addr: m[1].devBusAddr, offset: 0, length: 64, op: C.GNTTAB_CACHE.CLEAN };
  },
  "v1.xenver_version": nothing,
  "v1.xenver_extraversion": text,
  "v1.xenver_compile_info": text,
  "v1.xenver_capabilities": text,
  "v1.xenver_changeset": text,
  "v1.xenver_platform_parameters": text,
  "v1.xenver_guest_handle": text,
  "v1.xenver_commandline": text,
  "v1.xenver_get_features": () => ({ submap_idx: 0 }),
  "v1.xenver_pagesize": () => ({ arg: 0n }),
  "v1.register_vcpu_info": (s) => own(s, 8, (at) => ({ vcpu: vcpu(s), mfn: Math.floor(at / FRAME), offset: Math.min(at % FRAME, FRAME - 48), rsvd: s.dice.u32() })),
  "v1.register_runstate_memory_area": (s) => own(s, 1, (at) => ({ vcpu: vcpu(s), addr: BigInt(at) })),
  "v1.sched_yield": nothing,
  "v1.sched_block": nothing,
  "v1.sched_shutdown": (s) => ({ reason: s.dice.below(6) }),
  "v1.sched_poll": (s) => ({ ports: s.array(4, [s.port()]), nr_ports: s.dice.below(2), timeout: BigInt(1 + s.dice.below(1000)) }),
  "v1.sched_remote_shutdown": (s) => (s.actor.role === "control" ? { domain_id: s.peer(), reason: s.dice.below(6) } : { domain_id: s.peer(), reason: 0 }),
  "v1.hvm_get_param": (s) => ({ domid: s.target(), index: s.dice.pick([0, 1, 2, 17, 18]) }),
  "v1.hvm_set_param": (s) => ({ domid: s.target(), index: s.dice.pick([0, 1, 2, 17, 18]), value: s.dice.u64() }),
  "v1.console_write": (s) => ({ count: s.dice.below(200), buffer: s.array(8, Array.from({ length: 32 }, () => s.dice.u64())) }),
  "v1.console_read": (s) => ({ count: s.dice.below(64), buffer: s.array(8, [0, 0, 0, 0, 0, 0, 0, 0]) }),
  "v2.query": nothing,
  "v2.release": (s) => list(s, (size) => s.ram(size)),
  "v2.populate": (s) => list(s, (size) => s.hole(size)),
  "v2.accumulate": (s) => {
    const whole = s.ram();
    if (whole === undefined) return undefined;
    // go on with a granule that is begun, more often than not
    const begun = [...s.actor.life.pending];
    const base = begun.length > 0 && s.dice.chance(0.8) ? s.dice.pick(begun) * FRAME : whole;
    const start = base - (base % s.granule);
    const size = Math.max(FRAME, s.granule / s.dice.pick([1, 2, 4]));
    return extent(start + size * s.dice.below(s.granule / size), size);
  },
  "v2.place": (s) => {
    const object = s.dice.pick([PLACE_OBJECT.shared_info, PLACE_OBJECT.grant_table_v1, PLACE_OBJECT.grant_table_v2]);
    const size = object === PLACE_OBJECT.shared_info ? s.granule : s.dice.pick([s.granule, BACKING_UNIT]);
    const address = s.hole(size);
    const offset = object === PLACE_OBJECT.shared_info ? 0 : size * s.dice.below(3);
    return address === undefined ? undefined : { object, offset, address, size };
  },
  "v2.remove": (s) => {
    const at = s.dice.chance(0.3) ? odd(s) : s.kind("object");
    return at === undefined ? undefined : { address: at - (at % s.granule), size: s.granule };
  },
  "v2.register_vcpu_info": (s) => own(s, 64, (area) => ({ vcpu: vcpu(s), area })),
  "v2.register_runstate": (s) => own(s, 64, (area) => ({ vcpu: vcpu(s), area })),
  "v2.unregister_areas": (s) => ({ vcpu: vcpu(s) }),
  "v2.get_param": (s) => ({ index: s.dice.pick(Object.values(PARAM)) }),
  "v2.set_param": (s) => ({ index: PARAM.callback_irq, value: s.dice.u64() }),
  "v2.reset": nothing,
  "v2.event_alloc_unbound": (s) => ({ remote: s.peer() }),
  "v2.event_bind_interdomain": (s) => {
    const o = offerOf(s);
    return o === undefined ? undefined : { remote: o.domid, remote_port: o.port };
  },
  "v2.event_close": port,
  "v2.event_send": port,
  "v2.event_unmask": port,
  "v2.event_bind_virq": (s) => ({ virq: s.dice.below(24), vcpu: 0 }),
  "v2.event_bind_ipi": (s) => ({ vcpu: vcpu(s) }),
  "v2.event_status": port,
  "v2.event_init_fifo": (s) => own(s, 128, (control) => ({ vcpu: vcpu(s), control })),
  "v2.event_expand_fifo": (s) => {
    const size = s.dice.pick([FRAME, BACKING_UNIT, 4 * BACKING_UNIT, 8 * BACKING_UNIT]);
    const address = s.ram(size);
    return address === undefined ? undefined : { address, size };
  },
  "v2.event_set_priority": (s) => ({ port: s.port(), priority: s.dice.below(16) }),
  "v2.event_bind_vcpu": (s) => ({ port: s.port(), vcpu: vcpu(s) }),
  "v2.grant_map": (s) => {
    const grant = offered(s, s.granule === FRAME && s.dice.chance(0.3) ? 1 : 2);
    if (grant === undefined) return undefined;
    const size = sizeOfGrant(s, grant);
    const address = s.hole(size);
    return address === undefined ? undefined : { domid: grant.domid, flags: s.dice.chance(0.4) ? GTF.readonly : 0, ref: grant.ref, address, size };
  },
  "v2.grant_unmap": (s) => {
    const m = s.mapping();
    return m === undefined ? undefined : { handle: m[0] };
  },
  "v2.grant_copy": (s) => {
    const grant = offered(s, s.dice.chance(0.3) ? 1 : 2);
    const size = grant === undefined ? FRAME : sizeOfGrant(s, grant);
    const at = s.ram(FRAME);
    if (at === undefined) return undefined;
    const length = s.dice.below(FRAME);
    const mine = { domid: 0, ref: 0, at: at + s.dice.below(FRAME - length), flag: 0 };
    const theirs = { domid: grant?.domid ?? 0, ref: grant?.ref ?? 0, at: s.dice.below(Math.max(1, size - length)), flag: 1 };
    const [from, to] = grant === undefined ? [mine, { ...mine }] : s.dice.chance(0.5) ? [mine, theirs] : [theirs, mine];
    return {
      flags: from.flag * COPY.source_ref + to.flag * COPY.dest_ref, length, source_domid: from.domid, source_ref: from.ref, source: from.at, dest_domid: to.domid, dest_ref: to.ref, dest: to.at,
    };
  },
  "v2.grant_query_table": nothing,
};

/** One to three extents of one or two granules. */
function list(s: Scene, find: (size: Bytes) => number | undefined): readonly DriverArgs[] | undefined {
  const taken = new Set<number>();
  const elements: DriverArgs[] = [];
  for (let i = 0, n = 1 + s.dice.below(3); i < n; i++) {
    const size = s.granule * s.dice.pick([1, 1, 2]);
    const at = find(size);
    if (at === undefined || taken.has(at)) continue;
    taken.add(at);
    elements.push(extent(at, size));
  }
  return elements.length === 0 ? undefined : elements;
}
/** The size that the entry says, as a peer would have been told. */
function sizeOfGrant(s: Scene, grant: { readonly domid: number; readonly ref: number }): Bytes {
  if (grant.ref < C.GRANT_REF_V2) return FRAME;
  return s.world.get(grant.domid)?.granted.find((g) => g.ref === grant.ref)?.size ?? FRAME;
}
