// TABLE: v1 memory_op that has little to say to a guest of Arm.
/** Operations of HYPERVISOR_memory_op that come to nothing, or are the control domain's. Source: xen/include/public/memory.h; answers and order observed on Xen 4.17. */
import { derived, field, handled, hypercall } from "../descriptor.ts";
import * as C from "../constants.ts";
import { reservation, reservationQuirks } from "./memory.ts";

const FAULT = derived("EFAULT", "buffer", "the structure is not readable (or, where written back, not writable)");
const ESRCH = handled("ESRCH", "domain", "no such domain");
const EPERM = handled("EPERM", "permission", "another domain, and the caller is not privileged");
const call = { abi: 1, nr: C.NR.memory_op } as const;
const source = (name: string) => `memory.h, struct ${name}`;

export const increase_reservation = hypercall({
  ...call, op: C.XENMEM_increase_reservation, name: "XENMEM_increase_reservation", source: source("xen_memory_reservation"),
  doc: "Gives a domain RAM without an address: of a translated domain it only counts.", buffer: { x: 1, size: 32 }, faultAnswer: 0, fields: reservation, errors: [FAULT],
  quirks: [...reservationQuirks, "the array is not looked at"],
});
export const exchange = hypercall({
  ...call, op: C.XENMEM_exchange, name: "XENMEM_exchange", source: source("xen_memory_exchange"), doc: "Exchanges extents of memory: not for translated domains.", buffer: { x: 1, size: 72 }, noStart: "EINVAL",
  fields: {
    in_start: field.array("in", { at: 0 }, "4096-byte frames", 8), in_nr: field.u53("in", { at: 8 }, "entries"), in_order: field.u32("in", { at: 16 }, "log2 of 4096-byte frames"), in_domid: field.domid("in", { at: 24 }, "domain"),
    out_nr: field.u53("in", { at: 40 }, "entries"), out_order: field.u32("in", { at: 48 }, "log2 of 4096-byte frames"), out_domid: field.domid("in", { at: 56 }, "domain"), nr_exchanged: field.u53("in", { at: 64 }, "entries done already"),
  },
  errors: [
    FAULT, handled("EINVAL", "arguments", "more is done than there is to do, or domains or sizes of the two sides differ"), ESRCH, EPERM, handled("EFAULT", "list", "the list is not readable"),
    handled("EOPNOTSUPP", "translated", "always, unless nothing is left to do"),
  ],
});
const sharing = <const O extends number, const N extends string>(op: O, name: N) =>
  hypercall({ ...call, op, name, source: "memory.h", doc: "Pages that sharing has saved: none on Arm. The argument is not looked at.", noStart: "ENOSYS", fields: { ret: field.u53("out", { x: 0 }, "4096-byte frames") }, errors: [] });
export const get_sharing_freed_pages = sharing(C.XENMEM_get_sharing_freed_pages, "XENMEM_get_sharing_freed_pages");
export const get_sharing_shared_pages = sharing(C.XENMEM_get_sharing_shared_pages, "XENMEM_get_sharing_shared_pages");
export const claim_pages = hypercall({
  ...call, op: C.XENMEM_claim_pages, name: "XENMEM_claim_pages", source: source("xen_memory_reservation"), doc: "Sets memory aside for a domain that is to be built: the toolstack's.", buffer: { x: 1, size: 32 }, noStart: "EINVAL",
  fields: {
    extent_start: field.u64("in", { at: 0 }, "must be NULL"), extent_order: field.u32("in", { at: 16 }, "must be 0"), mem_flags: field.u32("in", { at: 20 }, "must be 0"), domid: field.domid("in", { at: 24 }, "domain"),
  },
  errors: [FAULT, handled("EINVAL", "arguments", "a field that must be 0 is not, or there is no such domain: DOMID_SELF is none"), handled("EPERM", "permission", "always: claims are not modelled")],
});
export const get_vnumainfo = hypercall({
  ...call, op: C.XENMEM_get_vnumainfo, name: "XENMEM_get_vnumainfo", source: source("xen_vnuma_topology_info"), doc: "The NUMA topology that a domain sees: none has one on Arm.", buffer: { x: 1, size: 40 }, noStart: "EINVAL",
  fields: { domid: field.domid("in", { at: 0 }, "domain"), pad: field.u16("in", { at: 2 }, "must be 0") },
  errors: [FAULT, handled("EINVAL", "pad", "the padding is not 0"), ESRCH, EPERM, handled("EOPNOTSUPP", "topology", "always: there is no topology")],
});
export const reserved_device_memory_map = hypercall({
  ...call, op: C.XENMEM_reserved_device_memory_map, name: "XENMEM_reserved_device_memory_map", source: source("xen_reserved_device_memory_map"),
  doc: "Memory that devices reserve: none.", buffer: { x: 1, size: 24 }, noStart: "EINVAL", fields: { flags: field.u32("in", { at: 0 }, "XENMEM_RDM_ALL: 1"), nr_entries: field.u32("out", { at: 4 }, "entries") },
  errors: [FAULT, handled("EINVAL", "flags", "above 1")],
});
export const acquire_resource = hypercall({
  ...call, op: C.XENMEM_acquire_resource, name: "XENMEM_acquire_resource", source: source("xen_mem_acquire_resource"),
  doc: "Control domain: maps frames of another domain's grant table. Without a list: how many frames there can be.", buffer: { x: 1, size: 32 },
  fields: {
    start: field.u53("in", { x: 0 }, "entries done already (all command bits above 5)"), domid: field.domid("in", { at: 0 }, "domain"), type: field.u16("in", { at: 2 }, "XENMEM_resource_*"), id: field.u32("in", { at: 4 }, "as the type says"),
    nr_frames: field.u32("inout", { at: 8 }, "4096-byte frames"), pad: field.u32("in", { at: 12 }, "must be 0"), frame: field.u53("in", { at: 16 }, "first 4096-byte frame of the resource"),
    frame_list: field.bytes("in", { at: 24 }, "4096-byte frames, 8 bytes each", { class: "p2m" }),
  },
  errors: [
    FAULT, handled("EINVAL", "pad", "the padding is not 0"), handled("ESRCH", "domain", "no such domain; DOMID_SELF is none"), handled("EPERM", "permission", "the caller itself, or the caller is not privileged"),
    handled("EINVAL", "resource", "Arm has no such resource"), handled("EINVAL", "frames", "nothing to do, or frames past the end"), handled("EOPNOTSUPP", "trace", "a trace buffer, which Arm has not"),
    handled("EFAULT", "list", "the list is not readable; the table has grown"), handled("ENOMEM", "table", "no memory for the table to grow"),
    handled("EINVAL", "frame", "the first frame of the list cannot be mapped"), handled("EIO", "later-frame", "a later one cannot; those before it are mapped"),
  ],
  quirks: ["the size of a trace buffer is -EOPNOTSUPP as an unsigned number, and the call answers 0", "the list is read before anything is mapped"],
});
