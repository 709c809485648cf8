// TABLE: a probe or more for every hypercall of ABI v2.
/** Runs every hypercall of ABI v2 as a guest would. Addresses and sizes are bytes; memory is given in pieces of `unit`. */
import { add, type Bytes, BACKING_UNIT, range, toNumber, XEN_PAGE } from "@granule/units";
import { C, COPY, type Hypercall, PARAM, PLACE_OBJECT, V2 } from "@granule/xen-abi";
import type { Outcome, Probe } from "./contract.ts";
import { type End, grantV2, must, outcome, type ProbeWorld } from "./world.ts";

const one = (run: Probe["run"]): readonly Probe[] => [{ use: "", run }];
const plain = (d: Hypercall, args: (w: ProbeWorld, unit: Bytes) => Readonly<Record<string, unknown>> = () => ({})): readonly Probe[] => one((w, unit) => outcome(w.self, d, args(w, unit)));
const spare = (w: ProbeWorld, unit: Bytes) => ({ extent: range(w.self.spare, unit) });
const alloc = (end: End, remote: number): number => Number(must(end, V2.event_alloc_unbound, { remote })["port"]);
const bound = (w: ProbeWorld): number => Number(must(w.self, V2.event_bind_interdomain, { remote: w.peer.domain.domid, remote_port: alloc(w.peer, w.self.domain.domid) })["port"]);
const fifo = (w: ProbeWorld): Outcome => outcome(w.self, V2.event_init_fifo, { vcpu: 0, control: w.self.spare });
const place = (w: ProbeWorld, size: Bytes): Outcome => outcome(w.self, V2.place, { object: PLACE_OBJECT.grant_table_v2, offset: 0, address: w.self.domain.layout.grantTable.start, size });
const mapArgs = (w: ProbeWorld, size: Bytes) => ({ domid: w.peer.domain.domid, flags: 0, ref: grantV2(w.peer, w.self, w.peer.spare, size), address: w.self.domain.layout.extended.start, size });
/** Runs the second call once the first has worked. */
const after = (first: (w: ProbeWorld, unit: Bytes) => Outcome, then: (w: ProbeWorld, unit: Bytes) => Outcome): readonly Probe[] =>
  one((w, unit) => {
    const o = first(w, unit);
    return o === "done" ? then(w, unit) : o;
  });

/** A call without a probe does not compile. */
export const PROBES_V2: Readonly<Record<keyof typeof V2, readonly Probe[]>> = {
  query: plain(V2.query),
  release: plain(V2.release, spare),
  populate: after((w, unit) => outcome(w.self, V2.release, spare(w, unit)), (w, unit) => outcome(w.self, V2.populate, spare(w, unit))),
  accumulate: plain(V2.accumulate, spare),
  place: one(place),
  remove: after(place, (w, size) => outcome(w.self, V2.remove, { address: w.self.domain.layout.grantTable.start, size })),
  register_vcpu_info: plain(V2.register_vcpu_info, (w) => ({ vcpu: 0, area: w.self.spare })),
  register_runstate: plain(V2.register_runstate, (w) => ({ vcpu: 0, area: w.self.spare })),
  unregister_areas: after((w) => outcome(w.self, V2.register_vcpu_info, { vcpu: 0, area: w.self.spare }), (w) => outcome(w.self, V2.unregister_areas, { vcpu: 0 })),
  get_param: plain(V2.get_param, () => ({ index: PARAM.store_extent })),
  set_param: plain(V2.set_param, () => ({ index: PARAM.callback_irq, value: 0n })),
  reset: plain(V2.reset),
  event_alloc_unbound: plain(V2.event_alloc_unbound, (w) => ({ remote: w.peer.domain.domid })),
  event_bind_interdomain: plain(V2.event_bind_interdomain, (w) => ({ remote: w.peer.domain.domid, remote_port: alloc(w.peer, w.self.domain.domid) })),
  event_close: plain(V2.event_close, (w) => ({ port: bound(w) })),
  event_send: plain(V2.event_send, (w) => ({ port: bound(w) })),
  event_unmask: plain(V2.event_unmask, (w) => ({ port: bound(w) })),
  event_bind_virq: plain(V2.event_bind_virq, () => ({ virq: 0, vcpu: 0 })),
  event_bind_ipi: plain(V2.event_bind_ipi, () => ({ vcpu: 0 })),
  event_status: plain(V2.event_status, (w) => ({ port: bound(w) })),
  event_init_fifo: one(fifo),
  event_expand_fifo: after(fifo, (w) => outcome(w.self, V2.event_expand_fifo, { address: add(w.self.spare, XEN_PAGE.size), size: XEN_PAGE.size })),
  event_set_priority: after(fifo, (w) => outcome(w.self, V2.event_set_priority, { port: bound(w), priority: 1 })),
  event_bind_vcpu: plain(V2.event_bind_vcpu, (w) => ({ port: bound(w), vcpu: 0 })),
  grant_map: plain(V2.grant_map, mapArgs),
  grant_unmap: one((w) => outcome(w.self, V2.grant_unmap, { handle: Number(must(w.self, V2.grant_map, mapArgs(w, BACKING_UNIT))["handle"]) })),
  grant_copy: plain(V2.grant_copy, (w) => ({
    flags: COPY.source_ref, length: 1, source_domid: w.peer.domain.domid, source_ref: grantV2(w.peer, w.self, w.peer.spare, XEN_PAGE.size), source: 1, dest_domid: C.DOMID_SELF, dest_ref: 0, dest: toNumber(w.self.spare) + 1,
  })),
  grant_query_table: plain(V2.grant_query_table),
};
