// TABLE: v1 event_channel_op.
/** HYPERVISOR_event_channel_op of ABI v1. Source: xen/include/public/event_channel.h. */
import { derived, field, handled, hypercall } from "../descriptor.ts";
import * as C from "../constants.ts";

const FAULT = derived("EFAULT", "buffer", "the structure is not readable (or, where written back, not writable)");
const ESRCH = handled("ESRCH", "domain", "no such domain");
const EPERM = handled("EPERM", "permission", "the policy forbids it");
const NOPORT = handled("EINVAL", "port", "no such port, or in another state");
const NOVCPU = handled("ENOENT", "vcpu", "no such vcpu");
const NOSPACE = handled("ENOSPC", "ports", "no free port");
const call = { abi: 1, nr: C.NR.event_channel_op } as const;
const port = (at: number) => field.u32("in", { at }, "port");
const vcpu = (at: number) => field.u32("in", { at }, "vcpu");

export const alloc_unbound = hypercall({
  ...call, op: C.EVTCHNOP_alloc_unbound, name: "EVTCHNOP_alloc_unbound", source: "event_channel.h, struct evtchn_alloc_unbound",
  doc: "A port of `dom` to which `remote_dom` may bind.", buffer: { x: 1, size: 8 },
  fields: { dom: field.domid("in", { at: 0 }, "domain"), remote_dom: field.domid("in", { at: 2 }, "domain"), port: field.u32("out", { at: 4 }, "port") },
  errors: [FAULT, ESRCH, NOSPACE, handled("ESRCH", "remote", "no such `remote_dom`, where the policy looks at it"), EPERM], quirks: ["a fault on write-back frees the port again"],
});
export const bind_interdomain = hypercall({
  ...call, op: C.EVTCHNOP_bind_interdomain, name: "EVTCHNOP_bind_interdomain", source: "event_channel.h, struct evtchn_bind_interdomain",
  doc: "A local port bound to the peer's unbound port; the local port becomes pending once.", buffer: { x: 1, size: 12 },
  fields: { remote_dom: field.domid("in", { at: 0 }, "domain"), remote_port: port(4), local_port: field.u32("out", { at: 8 }, "port") },
  errors: [FAULT, ESRCH, NOSPACE, NOPORT, EPERM], quirks: ["a fault on write-back keeps the port"],
});
export const bind_virq = hypercall({
  ...call, op: C.EVTCHNOP_bind_virq, name: "EVTCHNOP_bind_virq", source: "event_channel.h, struct evtchn_bind_virq",
  doc: "A port for a virtual interrupt of a vcpu.", buffer: { x: 1, size: 12 },
  fields: { virq: field.u32("in", { at: 0 }, "virq"), vcpu: vcpu(4), port: field.u32("out", { at: 8 }, "port") },
  errors: [FAULT, handled("EINVAL", "virq", "24 or above, or a global virq on a vcpu other than 0"), NOVCPU, handled("EEXIST", "bound", "bound already"), NOSPACE],
});
export const bind_ipi = hypercall({
  ...call, op: C.EVTCHNOP_bind_ipi, name: "EVTCHNOP_bind_ipi", source: "event_channel.h, struct evtchn_bind_ipi",
  doc: "A port that the domain sends to itself.", buffer: { x: 1, size: 8 },
  fields: { vcpu: vcpu(0), port: field.u32("out", { at: 4 }, "port") }, errors: [FAULT, NOVCPU, NOSPACE],
});
export const close = hypercall({
  ...call, op: C.EVTCHNOP_close, name: "EVTCHNOP_close", source: "event_channel.h, struct evtchn_close",
  doc: "Frees a port; the peer's becomes unbound.", buffer: { x: 1, size: 4 }, fields: { port: port(0) }, errors: [FAULT, NOPORT],
});
export const send = hypercall({
  ...call, op: C.EVTCHNOP_send, name: "EVTCHNOP_send", source: "event_channel.h, struct evtchn_send",
  doc: "Makes the peer's port pending. To an unbound port: 0, and nothing happens.", buffer: { x: 1, size: 4 }, fields: { port: port(0) }, errors: [FAULT, NOPORT],
});
export const status = hypercall({
  ...call, op: C.EVTCHNOP_status, name: "EVTCHNOP_status", source: "event_channel.h, struct evtchn_status",
  doc: "State of a port: EVTCHNSTAT_*, its vcpu and its peer.", buffer: { x: 1, size: 24 },
  fields: {
    dom: field.domid("in", { at: 0 }, "domain"), port: port(4), status: field.u32("out", { at: 8 }, "EVTCHNSTAT_*"), vcpu: field.u32("out", { at: 12 }, "vcpu"),
    u: field.u32("inout", { at: 16 }, "virq, or domain in bits 15:0"), u_port: field.u32("inout", { at: 20 }, "port"),
  },
  errors: [FAULT, ESRCH, handled("EINVAL", "port", "no such port"), EPERM],
  quirks: ["u.unbound.dom and u.interdomain.dom are bits 15:0 at 16, u.interdomain.port is at 20, u.virq at 16: bytes of the union that the state does not use stay as the caller gave them", "a free port that exists is EVTCHNSTAT_closed; ports come to exist 64 at a time"],
});
export const bind_vcpu = hypercall({
  ...call, op: C.EVTCHNOP_bind_vcpu, name: "EVTCHNOP_bind_vcpu", source: "event_channel.h, struct evtchn_bind_vcpu",
  doc: "Moves a port's upcalls to a vcpu.", buffer: { x: 1, size: 8 }, fields: { port: port(0), vcpu: vcpu(4) }, errors: [FAULT, NOVCPU, NOPORT],
});
export const unmask = hypercall({
  ...call, op: C.EVTCHNOP_unmask, name: "EVTCHNOP_unmask", source: "event_channel.h, struct evtchn_unmask",
  doc: "Clears the mask bit and raises the upcall when the port is pending.", buffer: { x: 1, size: 4 }, fields: { port: port(0) },
  errors: [FAULT, handled("EINVAL", "port", "no such port")], quirks: ["of a free port that exists: 0, and nothing happens"],
});
export const bind_pirq = hypercall({
  ...call, op: C.EVTCHNOP_bind_pirq, name: "EVTCHNOP_bind_pirq", source: "event_channel.h, struct evtchn_bind_pirq",
  doc: "A port for a physical interrupt: never possible on Arm.", buffer: { x: 1, size: 12 },
  fields: { pirq: field.u32("in", { at: 0 }, "pirq"), flags: field.u32("in", { at: 4 }, "flags"), port: field.u32("out", { at: 8 }, "port") },
  errors: [FAULT, handled("EINVAL", "pirq", "1024 or above"), NOSPACE, handled("ENOMEM", "arm", "always: Arm has no physical interrupts for event channels")],
});
export const reset = hypercall({
  ...call, op: C.EVTCHNOP_reset, name: "EVTCHNOP_reset", source: "event_channel.h, struct evtchn_reset",
  doc: "Closes all ports and returns to the 2-level ABI.", buffer: { x: 1, size: 2 }, fields: { dom: field.domid("in", { at: 0 }, "domain") }, errors: [FAULT, ESRCH, EPERM],
});
export const reset_cont = hypercall({
  ...call, op: C.EVTCHNOP_reset_cont, name: "EVTCHNOP_reset_cont", source: "event_channel.h, EVTCHNOP_reset_cont",
  doc: "Goes on with a reset that the hypervisor interrupted; here a reset is never interrupted.", buffer: { x: 1, size: 2 },
  fields: { dom: field.domid("in", { at: 0 }, "domain") }, errors: [FAULT, ESRCH, EPERM, handled("EBUSY", "reset", "no reset is under way")],
});
export const init_control = hypercall({
  ...call, op: C.EVTCHNOP_init_control, name: "EVTCHNOP_init_control", source: "event_channel.h, struct evtchn_init_control",
  doc: "Switches to the FIFO ABI, or sets the control block of one more vcpu.", buffer: { x: 1, size: 24 },
  fields: {
    control_gfn: field.u53("in", { at: 0 }, "4096-byte frame", { class: "access" }), offset: field.u32("in", { at: 8 }, "bytes"), vcpu: vcpu(12),
    link_bits: field.u8("out", { at: 16 }, "bits"),
  },
  errors: [FAULT, handled("ENOENT", "vcpu", "no such vcpu"), handled("EINVAL", "control-block", "offset not a multiple of 8, block crosses the frame, frame not RAM, or set already")],
  quirks: ["events of a vcpu without a control block are dropped; events pending in the 2-level bitmaps are raised again as the array grows to hold them"],
});
export const expand_array = hypercall({
  ...call, op: C.EVTCHNOP_expand_array, name: "EVTCHNOP_expand_array", source: "event_channel.h, struct evtchn_expand_array",
  doc: "Adds one 4096-byte frame of 1024 event words.", buffer: { x: 1, size: 8 },
  fields: { array_gfn: field.u53("in", { at: 0 }, "4096-byte frame", { class: "access" }) },
  errors: [FAULT, handled("EOPNOTSUPP", "abi", "the FIFO ABI is not in use"), handled("ENOSPC", "array", "the array has its 128 frames"), handled("EINVAL", "frame", "frame not RAM")],
});
export const set_priority = hypercall({
  ...call, op: C.EVTCHNOP_set_priority, name: "EVTCHNOP_set_priority", source: "event_channel.h, struct evtchn_set_priority",
  doc: "Queue of a port: 0 first, 15 last.", buffer: { x: 1, size: 8 }, fields: { port: port(0), priority: field.u32("in", { at: 4 }, "priority") },
  errors: [
    FAULT, handled("EINVAL", "port", "no such port"), handled("ENOSYS", "abi", "the FIFO ABI is not in use"), handled("EACCES", "state", "the port is free"),
    handled("EINVAL", "priority", "above 15"),
  ],
});
