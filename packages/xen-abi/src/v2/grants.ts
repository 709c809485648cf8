// TABLE: v2 grants.
/** Grants in ABI v2: a reference names an EXTENT, mapping answers its size, copying takes byte addresses. */
import { derived, field, handled, hypercall, zero } from "../descriptor.ts";
import { NR } from "../constants.ts";
import { ALIGNMENT, BUFFER, GRANULE, LIMIT, LIST_LIMIT, RANGE, RESERVED } from "./memory.ts";

const call = { abi: 2, nr: NR.grant_v2, source: "abi-v2, Grants" } as const;
const list = (size: number) => ({ x: 1, size, list: { count: 2, limit: LIST_LIMIT, onError: "status" } }) as const;
const BAD_DOMAIN = derived("GNTST_bad_domain", "domain", "no such domain");
const DENIED = derived("GNTST_permission_denied", "permission", "the policy forbids it");
const BAD_REF = handled("GNTST_bad_gntref", "reference", "past its table, or no entry there");
const GENERAL = handled("GNTST_general_error", "entry", "not granted to the caller, more access asked than granted, or the entry changed under the claim");
const BAD_PAGE = handled("GNTST_bad_page", "page", "the granted extent is not wholly RAM that the granter owns");
const FLAGS = handled("EINVAL", "flags", "a bit of `flags` that has no meaning is set");

/** Derived errors of an element go into its status: EINVAL, EDOM, ERANGE, EXDEV as negative errno beside GNTST_*. */
export const map_v2 = hypercall({
  ...call, op: 0, name: "map", doc: "Maps a whole grant at an empty range of the caller; answers its size and a handle. References of both tables.", buffer: list(40),
  fields: {
    domid: field.domid("in", { at: 0 }, "granter"), flags: field.u16("in", { at: 2 }, "GTF_readonly or 0"), ref: field.u32("in", { at: 4 }, "reference"),
    address: field.ipa("in", { at: 8 }, "bytes (IPA)", { extentOf: "size" }), size: field.size("in", { at: 16 }, "bytes; must be the grant's", { class: "shared" }),
    status: field.i32("status", { at: 24 }, "GNTST_* or -errno"), handle: field.u32("out", { at: 28 }, "handle"), granted: field.u53("out", { at: 32 }, "bytes the grant covers"),
  },
  errors: [
    LIMIT, BUFFER, BAD_DOMAIN, DENIED, RESERVED, ALIGNMENT, RANGE, GRANULE, FLAGS, BAD_REF, GENERAL, BAD_PAGE,
    handled("EMSGSIZE", "size", "not the grant's size; `granted` says it"),
    handled("GNTST_bad_granule", "grant-granule", "a granule of the mapper's G is not one aligned machine run of the grant: copy, or agree on a larger unit"),
    handled("EEXIST", "occupied", "something is placed at the range"), handled("GNTST_no_device_space", "handles", "no free handle"), handled("GNTST_no_space", "p2m-memory", "no memory for tables"),
  ],
});
export const unmap_v2 = hypercall({
  ...call, op: 1, name: "unmap", doc: "Undoes a mapping by handle alone: the range is empty afterwards.", buffer: list(8),
  fields: { handle: field.u32("in", { at: 0 }, "handle"), status: field.i32("status", { at: 4 }, "GNTST_*") },
  errors: [LIMIT, BUFFER, handled("GNTST_bad_handle", "handle", "no such mapping of this domain")],
});
/** Bits of `flags` of copy: the side is a reference instead of the caller's own RAM. */
export const COPY = /* @__PURE__ */ Object.freeze({ source_ref: 1, dest_ref: 2 });
export const copy_v2 = hypercall({
  ...call, op: 2, name: "copy", doc: "Copies bytes, any alignment, within one grant a side; a side without reference is an IPA range in the caller's RAM. Overlapping is as memmove.", buffer: list(48),
  fields: {
    flags: field.u32("in", { at: 0 }, "COPY"), length: field.u32("in", { at: 4 }, "bytes"),
    source_domid: field.u16("in", { at: 8 }, "granter"), reserved: zero(10, 2), source_ref: field.u32("in", { at: 12 }, "reference"), source: field.u53("in", { at: 16 }, "bytes: offset in the grant, or IPA", { class: "access" }),
    dest_domid: field.u16("in", { at: 24 }, "granter"), reserved2: zero(26, 2), dest_ref: field.u32("in", { at: 28 }, "reference"), dest: field.u53("in", { at: 32 }, "bytes: offset in the grant, or IPA", { class: "access" }),
    status: field.i32("status", { at: 40 }, "GNTST_* or -errno"), reserved3: zero(44, 4),
  },
  errors: [
    LIMIT, BUFFER, RESERVED, FLAGS, handled("GNTST_bad_domain", "domain", "no such domain on a side that is a reference"), handled("GNTST_permission_denied", "permission", "the policy forbids it"),
    BAD_REF, GENERAL, handled("GNTST_bad_copy_arg", "bounds", "offset + length leaves the grant"), handled("GNTST_bad_page", "page", "the bytes of the grant are not all RAM that the granter owns"), handled("EFAULT", "own-range", "the caller's side is not wholly RAM that it owns"),
  ],
});
export const query_table = hypercall({
  ...call, op: 3, name: "query_table", doc: "Geometry of both tables in entries and bytes.", buffer: { x: 1, size: 32 },
  fields: {
    v1_entries: field.u32("out", { at: 0 }, "entries"), v1_limit: field.u32("out", { at: 4 }, "entries"), v2_entries: field.u32("out", { at: 8 }, "entries"), v2_limit: field.u32("out", { at: 12 }, "entries"),
    v2_bytes: field.u53("out", { at: 16 }, "bytes"), handles_free: field.u32("out", { at: 24 }, "handles"), reserved: zero(28, 4),
  },
  errors: [BUFFER, RESERVED],
});
