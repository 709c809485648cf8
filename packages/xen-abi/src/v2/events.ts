// TABLE: v2 events.
/** Event channels in ABI v2: the same ports as v1's; FIFO control block and array by byte address. */
import { derived, field, handled, hypercall, zero } from "../descriptor.ts";
import { NR } from "../constants.ts";
import { ALIGNMENT, BUFFER, DENIED, DOMAIN, RANGE, RESERVED } from "./memory.ts";

const call = { abi: 2, nr: NR.event_v2, source: "abi-v2, Events" } as const;
const NOPORT = handled("ENOENT", "port", "no such port, or in another state");
const NOSPACE = handled("ENOSPC", "ports", "no free port");
const VCPU = derived("ENOENT", "vcpu", "no such vcpu");
const portOnly = { buffer: { x: 1, size: 8 }, fields: { port: field.u32("in", { at: 0 }, "port"), reserved: zero(4, 4) }, errors: [BUFFER, RESERVED, NOPORT] } as const;
const NOT_OWNED = handled("ENOENT", "not-owned", "the memory is not RAM that the caller owns");

export const alloc_unbound = hypercall({
  ...call, op: 0, name: "alloc_unbound", doc: "A port of the caller to which `remote` may bind.", buffer: { x: 1, size: 8 },
  fields: { remote: field.domid("in", { at: 0 }, "domain"), reserved: zero(2, 2), port: field.u32("out", { at: 4 }, "port") }, errors: [BUFFER, DOMAIN, DENIED, RESERVED, NOSPACE],
});
export const bind_interdomain = hypercall({
  ...call, op: 1, name: "bind_interdomain", doc: "Binds a new local port to the peer's unbound port.", buffer: { x: 1, size: 16 },
  fields: { remote: field.domid("in", { at: 0 }, "domain"), reserved: zero(2, 2), remote_port: field.u32("in", { at: 4 }, "port"), port: field.u32("out", { at: 8 }, "port"), reserved2: zero(12, 4) },
  errors: [BUFFER, DOMAIN, DENIED, RESERVED, NOPORT, NOSPACE],
});
export const close = hypercall({ ...call, ...portOnly, op: 2, name: "close", doc: "Frees a port; the peer's becomes unbound." });
export const send = hypercall({ ...call, ...portOnly, op: 3, name: "send", doc: "Makes the peer's port pending." });
export const unmask = hypercall({ ...call, ...portOnly, op: 4, name: "unmask", doc: "Clears the mask and raises the upcall when pending." });
export const bind_virq = hypercall({
  ...call, op: 5, name: "bind_virq", doc: "A port for a virtual interrupt of a vcpu.", buffer: { x: 1, size: 16 },
  fields: { virq: field.u32("in", { at: 0 }, "virq"), vcpu: field.vcpu("in", { at: 4 }, "vcpu"), port: field.u32("out", { at: 8 }, "port"), reserved: zero(12, 4) },
  errors: [BUFFER, RESERVED, VCPU, handled("EDOM", "virq", "no such virq"), handled("EEXIST", "bound", "bound already"), NOSPACE],
});
export const bind_ipi = hypercall({
  ...call, op: 6, name: "bind_ipi", doc: "A port that the domain sends to itself.", buffer: { x: 1, size: 8 },
  fields: { vcpu: field.vcpu("in", { at: 0 }, "vcpu"), port: field.u32("out", { at: 4 }, "port") }, errors: [BUFFER, VCPU, NOSPACE],
});
export const status = hypercall({
  ...call, op: 7, name: "status", doc: "State of a port of the caller.", buffer: { x: 1, size: 24 },
  fields: {
    port: field.u32("in", { at: 0 }, "port"), reserved: zero(4, 4), status: field.u32("out", { at: 8 }, "EVTCHNSTAT_*"), vcpu: field.u32("out", { at: 12 }, "vcpu"),
    remote: field.u32("out", { at: 16 }, "domain"), detail: field.u32("out", { at: 20 }, "port or virq"),
  },
  errors: [BUFFER, RESERVED, NOPORT],
});
export const init_fifo = hypercall({
  ...call, op: 8, name: "init_fifo", doc: "Control block of a vcpu, 72 bytes aligned to 128; the first call switches to FIFO. Pins the memory.", buffer: { x: 1, size: 16 },
  fields: { vcpu: field.vcpu("in", { at: 0 }, "vcpu"), reserved: zero(4, 4), control: field.ipa("in", { at: 8 }, "bytes (IPA)", { align: 128, class: "access", extentOf: 72 }) },
  errors: [BUFFER, RESERVED, VCPU, ALIGNMENT, RANGE, NOT_OWNED, handled("EBUSY", "registered", "this vcpu has a control block")],
});
export const expand_fifo = hypercall({
  ...call, op: 9, name: "expand_fifo", doc: "Adds event words: a range of RAM, 4 bytes a port, in units of A. Pins the memory.", buffer: { x: 1, size: 16 },
  fields: { address: field.ipa("in", { at: 0 }, "bytes (IPA)", { class: "access", align: "A", extentOf: "size" }), size: field.size("in", { at: 8 }, "bytes", { class: "access" }) },
  errors: [BUFFER, ALIGNMENT, RANGE, handled("EAGAIN", "abi", "the FIFO ABI is not in use"), handled("ENOSPC", "array", "more than 2^17 event words"), NOT_OWNED],
});
export const set_priority = hypercall({
  ...call, op: 10, name: "set_priority", doc: "Queue of a port: 0 first, 15 last. FIFO only.", buffer: { x: 1, size: 8 },
  fields: { port: field.u32("in", { at: 0 }, "port"), priority: field.u32("in", { at: 4 }, "priority") },
  errors: [BUFFER, handled("EAGAIN", "abi", "the FIFO ABI is not in use"), NOPORT, handled("EDOM", "priority", "above 15")],
});
export const bind_vcpu = hypercall({
  ...call, op: 11, name: "bind_vcpu", doc: "Moves the upcalls of an unbound or bound port, or of a global virq, to a vcpu.", buffer: { x: 1, size: 8 },
  fields: { port: field.u32("in", { at: 0 }, "port"), vcpu: field.vcpu("in", { at: 4 }, "vcpu") }, errors: [BUFFER, VCPU, NOPORT],
});
