// TABLE: v1 memory_op.
/** HYPERVISOR_memory_op of ABI v1. Source: xen/include/public/memory.h. All counts and frames are 4096-byte units. */
import { derived, field, handled, hypercall } from "../descriptor.ts";
import * as C from "../constants.ts";

const FAULT = derived("EFAULT", "buffer", "the structure is not readable (or, where written back, not writable) at the caller's address");
const source = (name: string) => `memory.h, struct ${name}`;

/** The fields of xen_memory_reservation where it is about a list. */
export const reservation = {
  extent_start: field.array("inout", { at: 0 }, "4096-byte frames", 8, "p2m"),
  nr_extents: field.u53("in", { at: 8 }, "entries"),
  extent_order: field.u32("in", { at: 16 }, "log2 of 4096-byte frames"),
  mem_flags: field.u32("in", { at: 20 }, "flags"),
  domid: field.domid("in", { at: 24 }, "domain"),
  start: field.u53("in", { x: 0 }, "entries done already (all command bits above 5)"),
  ret: field.u53("out", { x: 0 }, "entries done"),
};
export const reservationQuirks = [
  "every failure, EFAULT and ESRCH included, answers the number of extents done and never -errno",
  "the largest order is 9; an order above it does nothing",
  "extents need not be aligned to their size",
];
const domidBuffer = { x: 1, size: 2 } as const;
const query = { domid: field.domid("in", { at: 0 }, "domain"), ret: field.u53("out", { x: 0 }, "4096-byte frames") };
const queryErrors = [FAULT, handled("ESRCH", "domain", "no such domain"), handled("EPERM", "permission", "another domain, and the caller is not privileged")] as const;

export const populate_physmap = hypercall({
  abi: 1, nr: C.NR.memory_op, op: C.XENMEM_populate_physmap, name: "XENMEM_populate_physmap", source: source("xen_memory_reservation"),
  doc: "Puts fresh RAM at the given frames; the array is written back with the frames.",
  buffer: { x: 1, size: 32 }, faultAnswer: 0, fields: reservation, errors: [FAULT], quirks: reservationQuirks,
});
export const decrease_reservation = hypercall({
  abi: 1, nr: C.NR.memory_op, op: C.XENMEM_decrease_reservation, name: "XENMEM_decrease_reservation", source: source("xen_memory_reservation"),
  doc: "Gives RAM at the given frames back. Stops at a hole; earlier extents stay freed.",
  buffer: { x: 1, size: 32 }, faultAnswer: 0, fields: reservation, errors: [FAULT], quirks: reservationQuirks,
});
export const current_reservation = hypercall({
  abi: 1, nr: C.NR.memory_op, op: C.XENMEM_current_reservation, name: "XENMEM_current_reservation", source: source("domid_t"),
  doc: "The domain's RAM in 4096-byte frames, counted when it was allocated, not where it is mapped.",
  buffer: domidBuffer, noStart: "EINVAL", fields: query, errors: queryErrors,
});
export const maximum_reservation = hypercall({
  abi: 1, nr: C.NR.memory_op, op: C.XENMEM_maximum_reservation, name: "XENMEM_maximum_reservation", source: source("domid_t"),
  doc: "The most RAM that the domain may have, in 4096-byte frames.",
  buffer: domidBuffer, noStart: "EINVAL", fields: query, errors: queryErrors,
});
export const maximum_gpfn = hypercall({
  abi: 1, nr: C.NR.memory_op, op: C.XENMEM_maximum_gpfn, name: "XENMEM_maximum_gpfn", source: source("domid_t"),
  doc: "The highest guest frame that was ever mapped.",
  buffer: domidBuffer, noStart: "EINVAL", fields: query, errors: queryErrors,
});
export const maximum_ram_page = hypercall({
  abi: 1, nr: C.NR.memory_op, op: C.XENMEM_maximum_ram_page, name: "XENMEM_maximum_ram_page", source: source("none"),
  doc: "The machine's highest RAM frame plus one. The argument is not looked at.",
  noStart: "EINVAL", fields: { ret: field.u53("out", { x: 0 }, "4096-byte frames") }, errors: [],
});
export const add_to_physmap = hypercall({
  abi: 1, nr: C.NR.memory_op, op: C.XENMEM_add_to_physmap, name: "XENMEM_add_to_physmap", source: source("xen_add_to_physmap"),
  doc: "Places an object of the hypervisor (shared_info, a grant table frame) at a frame. Selected by `space`.",
  buffer: { x: 1, size: 24 },
  fields: {
    domid: field.domid("in", { at: 0 }, "domain"), size: field.u16("in", { at: 2 }, "4096-byte frames (gmfn_range only)"),
    space: field.u32("in", { at: 4 }, "XENMAPSPACE_*"), idx: field.u53("in", { at: 8 }, "index in the space"),
    gpfn: field.u53("in", { at: 16 }, "4096-byte frame", { class: "p2m" }),
  },
  errors: [
    FAULT, handled("ESRCH", "domain", "no such domain"), handled("EPERM", "permission", "another domain, and the caller is not privileged"),
    handled("ENOSYS", "space", "the space is not known on Arm"), handled("EACCES", "space-denied", "dev_mmio by a domain that is not the hardware domain"),
    handled("EINVAL", "index", "index outside the space, frame outside the address space, or (G > 4K) a placement that G cannot express"),
    handled("EBUSY", "placed", "the object is mapped at another frame"), handled("ENOMEM", "p2m-memory", "no memory for tables"),
  ],
});
export const add_to_physmap_batch = hypercall({
  abi: 1, nr: C.NR.memory_op, op: C.XENMEM_add_to_physmap_batch, name: "XENMEM_add_to_physmap_batch", source: source("xen_add_to_physmap_batch"),
  doc: "The same for a list; each element's answer (a negative errno or 0) goes into errs. Also maps frames of another domain (gmfn_foreign).",
  buffer: { x: 1, size: 32 },
  fields: {
    start: field.u53("in", { x: 0 }, "entries done already (all command bits above 5)"), domid: field.domid("in", { at: 0 }, "domain"), space: field.u16("in", { at: 2 }, "XENMAPSPACE_*"), size: field.u16("in", { at: 4 }, "entries"),
    foreign_domid: field.u16("in", { at: 6 }, "domain (gmfn_foreign)"), idxs: field.array("in", { at: 8 }, "index in the space", 8, "p2m"),
    gpfns: field.array("in", { at: 16 }, "4096-byte frames", 8, "p2m"), errs: field.array("out", { at: 24 }, "errno", 4),
  },
  errors: [
    FAULT, handled("ESRCH", "domain", "no such domain"), handled("EPERM", "permission", "another domain, and the caller is not privileged"),
    handled("EILSEQ", "start", "the list has no more entries than are done"), handled("EFAULT", "array", "an element of a list is not accessible"), handled("EINVAL", "frame", "an element of gpfns is ~0"), handled("EACCES", "space-denied", "dev_mmio by a domain that is not the hardware domain"),
  ],
  quirks: ["an unknown space, and a foreign domain that does not exist or may not be named, are errors of each element: the call answers 0"],
});
export const remove_from_physmap = hypercall({
  abi: 1, nr: C.NR.memory_op, op: C.XENMEM_remove_from_physmap, name: "XENMEM_remove_from_physmap", source: source("xen_remove_from_physmap"),
  doc: "Unmaps one frame. RAM that is not mapped elsewhere stays the domain's in the count.",
  buffer: { x: 1, size: 16 }, noStart: "EINVAL",
  fields: { domid: field.domid("in", { at: 0 }, "domain"), gpfn: field.u53("in", { at: 8 }, "4096-byte frame", { class: "p2m" }) },
  errors: [
    FAULT, handled("ESRCH", "domain", "no such domain"), handled("EPERM", "permission", "another domain, and the caller is not privileged"),
    handled("ENOENT", "hole", "nothing is mapped there"), handled("EINVAL", "granule", "G > 4K: one frame is less than a granule"),
  ],
});
