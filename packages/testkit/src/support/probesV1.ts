// TABLE: a probe or more for every hypercall of ABI v1.
/** Runs every hypercall of ABI v1 as a guest would. Frames and counts are 4096-byte units, as the ABI has them. */
import { add, type Bytes, ModelBug, toNumber, XEN_PAGE } from "@granule/units";
import { C, type Hypercall, V1, V2 } from "@granule/xen-abi";
import type { Outcome, Probe } from "./contract.ts";
import { answerOf, codeOf, type End, frameOf, grantV1, grantV2, must, outcome, outcomeOf, type ProbeWorld, putWords } from "./world.ts";

const SELF = { domid: C.DOMID_SELF };
const FRAME: Bytes = XEN_PAGE.size;
type Run = Probe["run"];
const one = (run: Run): readonly Probe[] => [{ use: "", run }];
/** The guest makes the call with these arguments. */
const plain = (d: Hypercall, args: (w: ProbeWorld) => Readonly<Record<string, unknown>> = () => ({})): readonly Probe[] => one((w) => outcome(w.self, d, args(w)));

/** decrease and populate answer how many extents they did, never a code. */
function counted(end: End, d: Hypercall, unit: Bytes): Outcome {
  const { x0 } = answerOf(end, d, { extent_start: putWords(end, [frameOf(end.spare)]), nr_extents: 1, extent_order: Math.log2(unit / FRAME), mem_flags: 0, domid: C.DOMID_SELF, start: 0 });
  return x0 < 0 ? codeOf(d, x0) : x0 === 1 ? "done" : `${x0} done`;
}
const addFrame = (w: ProbeWorld, space: number, gpfn: number): Outcome => outcome(w.self, V1.add_to_physmap, { ...SELF, size: 0, space, idx: 0, gpfn });
function batch(end: End, from: End, space: number, idx: number, gpfn: number): Outcome {
  const list = Number(putWords(end, [idx, gpfn, 0]));
  const o = outcome(end, V1.add_to_physmap_batch, { ...SELF, space, size: 1, foreign_domid: from.domain.domid, idxs: list, gpfns: list + 8, errs: list + 16 });
  if (o !== "done") return o;
  const answer = new DataView(end.driver.peek(add(end.list, 16), 4).buffer).getInt32(0, true);
  return answer === 0 ? "done" : codeOf(V1.add_to_physmap, answer);
}

const alloc = (end: End, remote: number): number => Number(must(end, V1.event_alloc_unbound, { dom: C.DOMID_SELF, remote_dom: remote })["port"]);
const bound = (w: ProbeWorld): number => Number(must(w.self, V1.event_bind_interdomain, { remote_dom: w.peer.domain.domid, remote_port: alloc(w.peer, w.self.domain.domid) })["local_port"]);
const fifo = (w: ProbeWorld): Outcome => outcome(w.self, V1.event_init_control, { control_gfn: frameOf(w.self.spare), offset: 0, vcpu: 0 });

const window = (w: ProbeWorld): number => toNumber(w.self.domain.layout.extended.start);
/** The peer's memory mapped into the guest: by v1 where a frame is enough, else a whole granule by v2. */
function map(w: ProbeWorld, unit: Bytes): { readonly o: Outcome; readonly handle: number } {
  if (unit === FRAME) {
    const answer = answerOf(w.self, V1.grant_map_grant_ref, { host_addr: window(w), flags: C.GNTMAP.host_map, ref: grantV1(w.peer, w.self, w.peer.spare), dom: w.peer.domain.domid });
    return { o: outcomeOf(V1.grant_map_grant_ref, answer), handle: Number(answer.out["handle"]) };
  }
  const out = must(w.self, V2.grant_map, { domid: w.peer.domain.domid, flags: 0, ref: grantV2(w.peer, w.self, w.peer.spare, unit), address: window(w), size: unit });
  return { o: "done", handle: Number(out["handle"]) };
}
/** What is done to a mapping, once there is one. */
const withMapping = (then: (w: ProbeWorld, handle: number) => Outcome): readonly Probe[] =>
  one((w, unit) => {
    const { o, handle } = map(w, unit);
    return o === "done" ? then(w, handle) : o;
  });
const text = (d: Hypercall): readonly Probe[] => one((w) => outcome(w.self, d, { arg: BigInt(toNumber(w.self.list)) }));

/** The domain is down afterwards; no answer comes. */
function shutsDown(call: () => unknown, end: End): Outcome {
  try {
    call();
  } catch (error) {
    if (!(error instanceof ModelBug)) throw error;
  }
  return end.domain.state === "shutdown" ? "done" : `still ${end.domain.state}`;
}

/** A structure of a control interface: the command and the version of the interface, then what the command is about. */
const control = (end: End, d: Hypercall, cmd: number, version: number, about = 0): Outcome => outcome(end, d, { op: putWords(end, [cmd + version * 2 ** 32, about]) });
const acquire = (w: ProbeWorld, gfns: readonly number[]): Outcome =>
  outcome(w.control, V1.acquire_resource, {
    start: 0, domid: w.peer.domain.domid, type: C.XENMEM_resource.grant_table, id: C.XENMEM_resource_grant_table_id_shared, nr_frames: gfns.length, pad: 0, frame: 0, frame_list: gfns.length === 0 ? 0n : putWords(w.control, gfns),
  });

/** A call without a probe does not compile. */
export const PROBES_V1: Readonly<Record<keyof typeof V1, readonly Probe[]>> = {
  populate_physmap: one((w, unit) => {
    const emptied = counted(w.self, V1.decrease_reservation, unit);
    return emptied === "done" ? counted(w.self, V1.populate_physmap, unit) : emptied;
  }),
  decrease_reservation: one((w, unit) => counted(w.self, V1.decrease_reservation, unit)),
  current_reservation: plain(V1.current_reservation, () => SELF),
  maximum_reservation: plain(V1.maximum_reservation, () => SELF),
  maximum_gpfn: plain(V1.maximum_gpfn, () => SELF),
  maximum_ram_page: plain(V1.maximum_ram_page),
  add_to_physmap: [
    { use: "shared_info into a hole", run: (w) => addFrame(w, C.XENMAPSPACE_shared_info, frameOf(w.self.domain.layout.objects.start)) },
    { use: "shared_info over own RAM, at any frame", run: (w) => addFrame(w, C.XENMAPSPACE_shared_info, frameOf(w.self.spare) + 1) },
    { use: "grant table frame 0 at the start of a granule", run: (w) => addFrame(w, C.XENMAPSPACE_grant_table, frameOf(w.self.domain.layout.grantTable.start)) },
    { use: "grant table frame 0 inside a granule's hole", run: (w) => addFrame(w, C.XENMAPSPACE_grant_table, frameOf(w.self.domain.layout.grantTable.start) + 1) },
  ],
  add_to_physmap_batch: [
    { use: "grant table", run: (w) => batch(w.self, w.self, C.XENMAPSPACE_grant_table, 0, frameOf(w.self.domain.layout.grantTable.start)) },
    { use: "gmfn_foreign, by a control domain", run: (w) => batch(w.control, w.peer, C.XENMAPSPACE_gmfn_foreign, frameOf(w.peer.spare), frameOf(w.control.domain.layout.extended.start)) },
  ],
  remove_from_physmap: plain(V1.remove_from_physmap, (w) => ({ ...SELF, gpfn: frameOf(w.self.spare) })),
  increase_reservation: plain(V1.increase_reservation, () => ({ extent_start: 0n, nr_extents: 0, extent_order: 0, mem_flags: 0, ...SELF, start: 0 })),
  exchange: plain(V1.exchange, (w) => ({ in_start: putWords(w.self, [frameOf(w.self.spare)]), in_nr: 1, in_order: 0, in_domid: C.DOMID_SELF, out_nr: 1, out_order: 0, out_domid: C.DOMID_SELF, nr_exchanged: 0 })),
  get_sharing_freed_pages: plain(V1.get_sharing_freed_pages),
  get_sharing_shared_pages: plain(V1.get_sharing_shared_pages),
  claim_pages: plain(V1.claim_pages, (w) => ({ extent_start: 0n, extent_order: 0, mem_flags: 0, domid: w.self.domain.domid })),
  get_vnumainfo: plain(V1.get_vnumainfo, () => ({ ...SELF, pad: 0 })),
  reserved_device_memory_map: plain(V1.reserved_device_memory_map, () => ({ flags: 0 })),
  acquire_resource: [
    { use: "size of a grant table, by a control domain", run: (w) => acquire(w, []) },
    { use: "a frame of a grant table, by a control domain", run: (w) => acquire(w, [frameOf(w.control.domain.layout.extended.start)]) },
  ],
  event_alloc_unbound: plain(V1.event_alloc_unbound, (w) => ({ dom: C.DOMID_SELF, remote_dom: w.peer.domain.domid })),
  event_bind_interdomain: plain(V1.event_bind_interdomain, (w) => ({ remote_dom: w.peer.domain.domid, remote_port: alloc(w.peer, w.self.domain.domid) })),
  event_bind_virq: plain(V1.event_bind_virq, () => ({ virq: 0, vcpu: 0 })),
  event_bind_ipi: plain(V1.event_bind_ipi, () => ({ vcpu: 0 })),
  event_close: plain(V1.event_close, (w) => ({ port: bound(w) })),
  event_send: plain(V1.event_send, (w) => ({ port: bound(w) })),
  event_status: plain(V1.event_status, (w) => ({ dom: C.DOMID_SELF, port: bound(w), u: 0, u_port: 0 })),
  event_bind_vcpu: plain(V1.event_bind_vcpu, (w) => ({ port: bound(w), vcpu: 0 })),
  event_unmask: plain(V1.event_unmask, (w) => ({ port: bound(w) })),
  event_bind_pirq: plain(V1.event_bind_pirq, () => ({ pirq: 0, flags: 0 })),
  event_reset: plain(V1.event_reset, () => ({ dom: C.DOMID_SELF })),
  event_reset_cont: plain(V1.event_reset_cont, () => ({ dom: C.DOMID_SELF })),
  event_init_control: one(fifo),
  event_expand_array: one((w) => (fifo(w), outcome(w.self, V1.event_expand_array, { array_gfn: frameOf(w.self.spare) + 1 }))),
  event_set_priority: one((w) => (fifo(w), outcome(w.self, V1.event_set_priority, { port: bound(w), priority: 1 }))),
  grant_map_grant_ref: one((w) => map(w, FRAME).o),
  grant_unmap_grant_ref: withMapping((w, handle) => outcome(w.self, V1.grant_unmap_grant_ref, { host_addr: window(w), dev_bus_addr: 0, handle })),
  grant_setup_table: plain(V1.grant_setup_table, (w) => ({ dom: C.DOMID_SELF, nr_frames: 1, frame_list: BigInt(toNumber(w.self.list)) })),
  grant_query_size: plain(V1.grant_query_size, () => ({ dom: C.DOMID_SELF })),
  grant_copy: plain(V1.grant_copy, (w) => ({
    source_u: grantV1(w.peer, w.self, w.peer.spare), source_u_high: 0, source_domid: w.peer.domain.domid, source_offset: 0, dest_u: frameOf(w.self.spare), dest_u_high: 0, dest_domid: C.DOMID_SELF, dest_offset: 0,
    len: FRAME, flags: C.GNTCOPY.source_gref,
  })),
  grant_set_version: [
    { use: "1", run: (w) => outcome(w.self, V1.grant_set_version, { version: 1 }) },
    { use: "2", run: (w) => outcome(w.self, V1.grant_set_version, { version: 2 }) },
  ],
  grant_get_version: plain(V1.grant_get_version, () => ({ dom: C.DOMID_SELF })),
  grant_get_status_frames: plain(V1.grant_get_status_frames, () => ({ nr_frames: 0, dom: C.DOMID_SELF, frame_list: 0n })),
  grant_swap_grant_ref: plain(V1.grant_swap_grant_ref, (w) => ({ ref_a: grantV1(w.self, w.peer, w.self.spare), ref_b: 9 })),
  grant_unmap_and_replace: withMapping((w, handle) => outcome(w.self, V1.grant_unmap_and_replace, { host_addr: window(w), new_addr: 0, handle })),
  grant_transfer: plain(V1.grant_transfer),
  grant_cache_flush: withMapping((w) => {
    const at = w.peer.domain.p2m.lookup(w.peer.spare);
    return outcome(w.self, V1.grant_cache_flush, { dev_bus_addr: at === undefined ? 0 : toNumber(at.pa), offset: 0, length: FRAME, op: C.GNTTAB_CACHE.CLEAN });
  }),
  grant_other: plain(V1.grant_other, () => ({ operation: C.GNTTABOP_cache_flush + 1, count: 1 })),
  xenver_version: plain(V1.xenver_version),
  xenver_extraversion: text(V1.xenver_extraversion),
  xenver_compile_info: text(V1.xenver_compile_info),
  xenver_capabilities: text(V1.xenver_capabilities),
  xenver_changeset: text(V1.xenver_changeset),
  xenver_platform_parameters: text(V1.xenver_platform_parameters),
  xenver_guest_handle: text(V1.xenver_guest_handle),
  xenver_commandline: text(V1.xenver_commandline),
  xenver_get_features: plain(V1.xenver_get_features, () => ({ submap_idx: 0 })),
  xenver_pagesize: plain(V1.xenver_pagesize, () => ({ arg: 0n })),
  xenver_build_id: plain(V1.xenver_build_id),
  register_vcpu_info: plain(V1.register_vcpu_info, (w) => ({ vcpu: 0, mfn: frameOf(w.self.spare), offset: 0, rsvd: 0 })),
  register_runstate_memory_area: plain(V1.register_runstate_memory_area, (w) => ({ vcpu: 0, addr: BigInt(toNumber(w.self.spare)) })),
  vcpu_op_other: plain(V1.vcpu_op_other, () => ({ vcpu: 0 })),
  sched_yield: plain(V1.sched_yield),
  // a registered vcpu_info has its upcall pending, so that nothing has to wake the guest
  sched_block: one((w) => (must(w.self, V1.register_vcpu_info, { vcpu: 0, mfn: frameOf(w.self.spare), offset: 0, rsvd: 0 }), outcome(w.self, V1.sched_block))),
  sched_shutdown: one((w) => shutsDown(() => w.self.driver.call(V1.sched_shutdown, { reason: C.SHUTDOWN.poweroff }), w.self)),
  // a port is pending once when it is bound
  sched_poll: plain(V1.sched_poll, (w) => ({ ports: putWords(w.self, [bound(w)], 4), nr_ports: 1, timeout: 0n })),
  sched_remote_shutdown: one((w) => shutsDown(() => must(w.control, V1.sched_remote_shutdown, { domain_id: w.peer.domain.domid, reason: C.SHUTDOWN.poweroff }), w.peer)),
  sched_shutdown_code: plain(V1.sched_shutdown_code, () => ({ reason: C.SHUTDOWN.poweroff })),
  sched_watchdog: plain(V1.sched_watchdog, () => ({ id: 0, timeout: 60 })),
  sched_pin_override: plain(V1.sched_pin_override),
  hvm_get_param: plain(V1.hvm_get_param, () => ({ ...SELF, index: C.HVM_PARAM_STORE_PFN })),
  hvm_set_param: [
    { use: "by a guest", run: (w) => outcome(w.self, V1.hvm_set_param, { ...SELF, index: C.HVM_PARAM_CALLBACK_IRQ, value: 0n }) },
    { use: "by a control domain", run: (w) => outcome(w.control, V1.hvm_set_param, { domid: w.peer.domain.domid, index: C.HVM_PARAM_CALLBACK_IRQ, value: 0n }) },
  ],
  hvm_guest_request_vm_event: plain(V1.hvm_guest_request_vm_event, () => ({ arg: 0n })),
  multicall: plain(V1.multicall, () => ({ call_list: 0n, nr_calls: 0 })),
  vm_assist_enable: plain(V1.vm_assist_enable, () => ({ type: C.VMASST_TYPE_runstate_update_flag })),
  vm_assist_disable: plain(V1.vm_assist_disable, () => ({ type: C.VMASST_TYPE_runstate_update_flag })),
  domctl: [
    { use: "getdomaininfo, by a control domain", run: (w) => control(w.control, V1.domctl, C.XEN_DOMCTL_getdomaininfo, C.XEN_DOMCTL_INTERFACE_VERSION, w.peer.domain.domid) },
    { use: "by a guest", run: (w) => control(w.self, V1.domctl, C.XEN_DOMCTL_getdomaininfo, C.XEN_DOMCTL_INTERFACE_VERSION, w.peer.domain.domid) },
  ],
  sysctl: [
    { use: "physinfo, by a control domain", run: (w) => control(w.control, V1.sysctl, C.XEN_SYSCTL_physinfo, C.XEN_SYSCTL_INTERFACE_VERSION) },
    { use: "by a guest", run: (w) => control(w.self, V1.sysctl, C.XEN_SYSCTL_physinfo, C.XEN_SYSCTL_INTERFACE_VERSION) },
  ],
  platform_op: one((w) => control(w.self, V1.platform_op, 0, C.XENPF_INTERFACE_VERSION)),
  hypfs_op: plain(V1.hypfs_op),
  console_write: plain(V1.console_write, (w) => ({ count: 1, buffer: BigInt(toNumber(w.self.list)) })),
  console_read: plain(V1.console_read, (w) => ({ count: 1, buffer: BigInt(toNumber(w.self.list)) })),
};
