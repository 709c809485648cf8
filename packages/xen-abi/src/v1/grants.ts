// TABLE: v1 grant_table_op.
/** HYPERVISOR_grant_table_op of ABI v1 (grant table version 1). Source: xen/include/public/grant_table.h. */
import { derived, field, handled, hypercall, one } from "../descriptor.ts";
import * as C from "../constants.ts";

const FAULT = derived("EFAULT", "buffer", "an element is not readable and writable; elements before it are done");
const ONE = derived("EINVAL", "count-one", "the count in x2 is not 1");
const call = { abi: 1, nr: C.NR.grant_table_op } as const;
/** The count of x2 is a signed 32-bit number; long lists are continued. */
const LIMIT = 0x7fffffff;
const list = (size: number) => ({ x: 1, size, list: { count: 2, limit: LIMIT, onError: "status" } }) as const;
const COUNT = derived("EINVAL", "list-limit", "bit 31 of the count in x2 is set");
const BAD_DOMAIN = handled("GNTST_bad_domain", "domain", "no such domain, or a domain that the operation does not take");
const DENIED = handled("GNTST_permission_denied", "permission", "the policy or the caller's rights forbid it");
const GENERAL = handled("GNTST_general_error", "entry", "not granted to the caller, or more access asked than granted");
const BAD_REF = handled("GNTST_bad_gntref", "reference", "past the table, a v2 reference larger than one frame, or no such entry");
const BAD_PAGE = handled("GNTST_bad_page", "page", "the granted frame is not RAM of the granter");

export const map_grant_ref = hypercall({
  ...call, op: C.GNTTABOP_map_grant_ref, name: "GNTTABOP_map_grant_ref", source: "grant_table.h, struct gnttab_map_grant_ref",
  doc: "Maps one granted 4096-byte frame at host_addr.", buffer: list(32),
  fields: {
    host_addr: field.u53("in", { at: 0 }, "bytes (IPA; the low 12 bits are ignored)", { class: "p2m" }), flags: field.u32("in", { at: 8 }, "GNTMAP_*"),
    ref: field.u32("in", { at: 12 }, "grant reference"), dom: field.domid("in", { at: 16 }, "granter"), status: field.i16("status", { at: 18 }, "GNTST_*"),
    handle: field.u32("out", { at: 20 }, "handle"), dev_bus_addr: field.u53("out", { at: 24 }, "bytes (machine)"),
  },
  errors: [
    COUNT, FAULT, handled("GNTST_bad_gntref", "no-map-flag", "neither host_map nor device_map"), handled("GNTST_general_error", "map-flags", "device_map, application_map or contains_pte: not on Arm"),
    BAD_DOMAIN, DENIED, handled("GNTST_bad_granule", "grant-granule", "the mapper's G is larger than 4096 bytes: copy instead"), handled("GNTST_no_device_space", "handles", "no free handle"),
    BAD_REF, GENERAL, BAD_PAGE, handled("GNTST_general_error", "host-address", "other flags are set, host_addr is above the IPA limit, or no memory for tables"),
  ],
  quirks: ["a failed map consumes a handle number, which goes to the tail of the free list", "a fault on write-back leaves the grant mapped", "host_addr may hold RAM, which stays owned: unmapping leaves a hole", "an entry that is in use is not read again, but for its read-only bit when the first writer comes", "at most 128 readers and 128 writers of one entry", "sub_page is refused here and ignored by copy"],
});
export const unmap_grant_ref = hypercall({
  ...call, op: C.GNTTABOP_unmap_grant_ref, name: "GNTTABOP_unmap_grant_ref", source: "grant_table.h, struct gnttab_unmap_grant_ref",
  doc: "Undoes a mapping by its handle; leaves a hole at host_addr.", buffer: list(24),
  fields: {
    host_addr: field.u53("in", { at: 0 }, "bytes (IPA; the low 12 bits are ignored)", { class: "p2m" }), dev_bus_addr: field.u53("in", { at: 8 }, "bytes (ignored)"),
    handle: field.u32("in", { at: 16 }, "handle"), status: field.i16("status", { at: 20 }, "GNTST_*"),
  },
  errors: [COUNT, FAULT, handled("GNTST_bad_handle", "handle", "no such mapping"), handled("GNTST_general_error", "host-address", "another frame is mapped there, or it is above the IPA limit")],
  quirks: ["host_addr is not compared with the handle's: whatever maps the same machine frame there goes, RAM included; a hole will do", "host_addr 0: okay, nothing is unmapped and the handle stays", "Xen 4.17 leaves the handle's own mapping reachable when host_addr names another place; here it goes too"],
});
export const setup_table = hypercall({
  ...call, op: C.GNTTABOP_setup_table, name: "GNTTABOP_setup_table", source: "grant_table.h, struct gnttab_setup_table",
  doc: "Grows the table to nr_frames 4096-byte frames and lists where they are mapped.", buffer: { x: 1, size: 24 },
  fields: {
    count: one(2), dom: field.domid("in", { at: 0 }, "domain"), nr_frames: field.u32("in", { at: 4 }, "4096-byte frames"), status: field.i16("status", { at: 8 }, "GNTST_*"),
    frame_list: field.array("out", { at: 16 }, "4096-byte frames", 8),
  },
  errors: [ONE, FAULT, BAD_DOMAIN, DENIED, handled("GNTST_general_error", "frames", "more than the domain's maximum, or no memory"), handled("GNTST_bad_virt_addr", "list", "frame_list is not writable")],
});
export const query_size = hypercall({
  ...call, op: C.GNTTABOP_query_size, name: "GNTTABOP_query_size", source: "grant_table.h, struct gnttab_query_size",
  doc: "Current and maximum size of the table.", buffer: { x: 1, size: 16 },
  fields: {
    count: one(2), dom: field.domid("in", { at: 0 }, "domain"), nr_frames: field.u32("out", { at: 4 }, "4096-byte frames"), max_nr_frames: field.u32("out", { at: 8 }, "4096-byte frames"),
    status: field.i16("status", { at: 12 }, "GNTST_*"),
  },
  errors: [ONE, FAULT, BAD_DOMAIN, DENIED],
});
export const copy = hypercall({
  ...call, op: C.GNTTABOP_copy, name: "GNTTABOP_copy", source: "grant_table.h, struct gnttab_copy",
  doc: "Copies bytes within one 4096-byte frame a side; each side is a reference or a frame of the caller.", buffer: list(40),
  fields: {
    source_u: field.u32("in", { at: 0 }, "reference, or 4096-byte frame (bits 31:0)", { class: "access" }), source_u_high: field.u32("in", { at: 4 }, "4096-byte frame (bits 63:32)"), source_domid: field.domid("in", { at: 8 }, "domain"), source_offset: field.u16("in", { at: 10 }, "bytes"),
    dest_u: field.u32("in", { at: 16 }, "reference, or 4096-byte frame (bits 31:0)", { class: "access" }), dest_u_high: field.u32("in", { at: 20 }, "4096-byte frame (bits 63:32)"), dest_domid: field.domid("in", { at: 24 }, "domain"), dest_offset: field.u16("in", { at: 26 }, "bytes"),
    len: field.u16("in", { at: 32 }, "bytes"), flags: field.u16("in", { at: 34 }, "GNTCOPY_*"), status: field.i16("status", { at: 36 }, "GNTST_*"),
  },
  errors: [COUNT, FAULT, BAD_DOMAIN, DENIED, BAD_REF, GENERAL, BAD_PAGE, handled("GNTST_bad_copy_arg", "bounds", "offset + len is more than 4096 bytes")],
  quirks: ["a failed element does not stop the list", "unknown flags are ignored", "a faulting list leaves x1 advanced and the remaining count in x2", "a reference is the low 32 bits of the union", "domains of both sides are checked first, then the source, then the destination, then the bounds"],
});
export const set_version = hypercall({
  ...call, op: C.GNTTABOP_set_version, name: "GNTTABOP_set_version", source: "grant_table.h, struct gnttab_set_version",
  doc: "Asks for a table version; Arm has version 1 only.", buffer: { x: 1, size: 4 }, fields: { version: field.u32("inout", { at: 0 }, "version") },
  errors: [FAULT, handled("EINVAL", "version", "neither 1 nor 2"), handled("ENOSYS", "version-2", "version 2 does not exist on Arm")],
  quirks: ["the version in use is written back on errors too"],
});
export const get_version = hypercall({
  ...call, op: C.GNTTABOP_get_version, name: "GNTTABOP_get_version", source: "grant_table.h, struct gnttab_get_version",
  doc: "The table version in use.", buffer: { x: 1, size: 8 }, fields: { dom: field.domid("in", { at: 0 }, "domain"), version: field.u32("out", { at: 4 }, "version") },
  errors: [FAULT, handled("ESRCH", "domain", "no such domain"), handled("EPERM", "permission", "another domain")],
});
export const get_status_frames = hypercall({
  ...call, op: C.GNTTABOP_get_status_frames, name: "GNTTABOP_get_status_frames", source: "grant_table.h, struct gnttab_get_status_frames",
  doc: "Lists the status frames of table version 2: there are none on Arm.", buffer: { x: 1, size: 16 },
  fields: { count: one(2), nr_frames: field.u32("in", { at: 0 }, "4096-byte frames"), dom: field.domid("in", { at: 4 }, "domain"), status: field.i16("status", { at: 6 }, "GNTST_*"), frame_list: field.array("out", { at: 8 }, "4096-byte frames", 8) },
  errors: [ONE, FAULT, BAD_DOMAIN, DENIED, handled("GNTST_general_error", "frames", "nr_frames is not 0")],
});
export const swap_grant_ref = hypercall({
  ...call, op: C.GNTTABOP_swap_grant_ref, name: "GNTTABOP_swap_grant_ref", source: "grant_table.h, struct gnttab_swap_grant_ref",
  doc: "Swaps the contents of two entries of the caller.", buffer: list(12),
  fields: { ref_a: field.u32("in", { at: 0 }, "grant reference"), ref_b: field.u32("in", { at: 4 }, "grant reference"), status: field.i16("status", { at: 8 }, "GNTST_*") },
  errors: [COUNT, FAULT, handled("GNTST_bad_gntref", "reference", "past the v1 table"), handled("GNTST_eagain", "in-use", "one of two different entries is mapped")],
});
export const unmap_and_replace = hypercall({
  ...call, op: C.GNTTABOP_unmap_and_replace, name: "GNTTABOP_unmap_and_replace", source: "grant_table.h, struct gnttab_unmap_and_replace",
  doc: "On Arm: unmap_grant_ref, for new_addr must be 0.", buffer: list(24),
  fields: {
    host_addr: field.u53("in", { at: 0 }, "bytes (IPA; the low 12 bits are ignored)", { class: "p2m" }), new_addr: field.u53("in", { at: 8 }, "bytes, must be 0"),
    handle: field.u32("in", { at: 16 }, "handle"), status: field.i16("status", { at: 20 }, "GNTST_*"),
  },
  errors: [COUNT, FAULT, handled("GNTST_bad_handle", "handle", "no such mapping"), handled("GNTST_general_error", "new-address", "new_addr is not 0, or as unmap_grant_ref")],
});
export const transfer = hypercall({
  ...call, op: C.GNTTABOP_transfer, name: "GNTTABOP_transfer", source: "grant_table.h, struct gnttab_transfer", doc: "Gives pages away: not on Arm.", fields: {},
  errors: [handled("EOPNOTSUPP", "arm", "not on Arm")], quirks: ["the buffer is not looked at"],
});
export const grant_other = hypercall({
  ...call, op: null, name: "grant_table_op", source: "grant_table.h", doc: "Any other operation.", fields: { operation: field.u32("in", { x: 0 }, "GNTTABOP_*"), count: field.u32("in", { x: 2 }, "entries") },
  errors: [handled("EINVAL", "count", "bit 31 of the count is set"), handled("EINVAL", "operation", "4096 or above"), handled("ENOSYS", "unknown", "always")],
});
export const cache_flush = hypercall({
  ...call, op: C.GNTTABOP_cache_flush, name: "GNTTABOP_cache_flush", source: "grant_table.h, struct gnttab_cache_flush",
  doc: "Cache maintenance on a granted frame by the dev_bus_addr of its mapping. Caches are not modelled: only the checks are.",
  buffer: { x: 1, size: 16, list: { count: 2, limit: LIMIT, onError: "stop" } },
  fields: {
    dev_bus_addr: field.u53("in", { at: 0 }, "bytes (machine)"), offset: field.u16("in", { at: 8 }, "bytes"), length: field.u16("in", { at: 10 }, "bytes"), op: field.u32("in", { at: 12 }, "GNTTAB_CACHE"),
  },
  errors: [COUNT, FAULT, handled("EINVAL", "arguments", "an unknown or reference operation, offset + length above 4096 bytes, or no RAM at the address"), handled("EPERM", "permission", "not another domain's frame that the caller has mapped")],
});
