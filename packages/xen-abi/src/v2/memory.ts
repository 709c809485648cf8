// TABLE: v2 query, memory, vcpu areas, parameters, reset.
/**
 * ABI v2: byte addresses with stated alignment, extents instead of orders, buffers by IPA, ordered and distinct errors.
 * The decisions are in docs/spec/abi-v2.md; this file is the normative table. x0 is the operation, x1 the IPA of the
 * buffer, x2 the number of list elements; on return x0 is 0 or -errno, x1 the number of elements done.
 */
import { derived, field, handled, hypercall, zero } from "../descriptor.ts";
import { NR } from "../constants.ts";

export const BUFFER = derived("EFAULT", "buffer", "the buffer is not wholly in the caller's own RAM (or misaligned to 8)");
export const RESERVED = derived("EINVAL", "reserved", "a reserved field or bit is not zero");
export const ALIGNMENT = derived("EDOM", "alignment", "an address or size is not aligned as its field demands");
export const RANGE = derived("ERANGE", "range", "the range wraps or ends above the IPA limit");
export const GRANULE = derived("EXDEV", "granule", "an address or size is not a multiple of the domain's G");
export const LIMIT = derived("E2BIG", "list-limit", "more elements than the limit");
export const DOMAIN = derived("ESRCH", "domain", "no such domain");
export const DENIED = derived("EPERM", "permission", "the policy forbids it");
/** Elements of one list; the query reports it. */
export const LIST_LIMIT = 512;
const NOT_OWNED = handled("ENOENT", "not-owned", "some of the range is not RAM that the caller owns there");
const BUSY = handled("EBUSY", "busy", "some of the range is granted, pinned, or holds a registered area");
const NO_TABLES = handled("ENOMEM", "p2m-memory", "the domain's allowance for page tables, or the machine, is out of memory");

const memory = { abi: 2, nr: NR.memory_v2, source: "abi-v2, Memory" } as const;
const list = (size: number) => ({ x: 1, size, list: { count: 2, limit: LIST_LIMIT, onError: "stop" } }) as const;
const extent = field.extent("in", { at: 0 }, "EXTENT");

export const query = hypercall({
  abi: 2, nr: NR.query_v2, op: 0, name: "query", source: "abi-v2, Query", doc: "What the caller must know before anything else, in bytes.",
  buffer: { x: 1, size: 96 },
  fields: {
    alignment: field.u53("out", { at: 0 }, "bytes (A)"), stage2_sizes: field.u53("out", { at: 8 }, "mask of bytes: lowest bit G, higher bits block sizes"),
    ipa_limit: field.u53("out", { at: 16 }, "bytes (exclusive)"), shared_info_size: field.u53("out", { at: 24 }, "bytes"), vcpu_info_size: field.u32("out", { at: 32 }, "bytes"),
    list_limit: field.u32("out", { at: 36 }, "entries"), grant_table_limit: field.u53("out", { at: 40 }, "bytes"), grant_entry_size: field.u32("out", { at: 48 }, "bytes"),
    grant_entries: field.u32("out", { at: 52 }, "entries now usable"), current_bytes: field.u53("out", { at: 56 }, "bytes of RAM owned"), maximum_bytes: field.u53("out", { at: 64 }, "bytes of RAM allowed"),
    domid: field.u32("out", { at: 72 }, "domain"), vcpus: field.u32("out", { at: 76 }, "vcpus"), features: field.u53("out", { at: 80 }, "bit per v2 hypercall number minus 64"),
    p2m_free: field.u53("out", { at: 88 }, "bytes left for stage 2 tables"),
  },
  errors: [BUFFER],
});
export const release = hypercall({
  ...memory, op: 0, name: "release", doc: "Gives RAM back: whole granules, all at once per extent.", buffer: list(8), fields: { extent }, errors: [LIMIT, BUFFER, RESERVED, ALIGNMENT, RANGE, GRANULE, NOT_OWNED, BUSY, NO_TABLES],
});
export const populate = hypercall({
  ...memory, op: 1, name: "populate", doc: "Puts zeroed RAM at an empty range, all or nothing per extent.", buffer: list(8), fields: { extent },
  errors: [LIMIT, BUFFER, RESERVED, ALIGNMENT, RANGE, GRANULE, handled("EEXIST", "occupied", "something is placed in the range"), handled("ENOMEM", "maximum", "above the maximum, the machine or the table allowance is out of memory")],
});
export const accumulate = hypercall({
  ...memory, op: 2, name: "accumulate",
  doc: "For a guest whose S1 is smaller than G: hands in pieces of a granule. Pieces stay owned and reachable, contents unspecified, until their granule is complete; then it is released. Repeats are idempotent. x3 is the number of bytes really freed.",
  buffer: list(8), fields: { extent: field.extent("in", { at: 0 }, "EXTENT", { class: "access" }), freed: field.u53("out", { x: 3 }, "bytes freed, summed over the list") },
  errors: [LIMIT, BUFFER, RESERVED, ALIGNMENT, RANGE, NOT_OWNED, BUSY, NO_TABLES],
});
/** Objects of the hypervisor that `place` takes. */
export const PLACE_OBJECT = /* @__PURE__ */ Object.freeze({ shared_info: 0, grant_table_v1: 1, grant_table_v2: 2 });
export const place = hypercall({
  ...memory, op: 3, name: "place", doc: "Maps a range of an object of the hypervisor at an empty range; placing past its end grows it up to its limit.", buffer: { x: 1, size: 32 },
  fields: { object: field.u32("in", { at: 0 }, "PLACE_OBJECT"), reserved: zero(4, 4), offset: field.offset("in", { at: 8 }, "bytes from the object's start"), address: field.ipa("in", { at: 16 }, "bytes (IPA)", { extentOf: "size" }), size: field.size("in", { at: 24 }, "bytes") },
  errors: [BUFFER, RESERVED, ALIGNMENT, RANGE, GRANULE, handled("ENOENT", "object", "no such object, or the range leaves it"), handled("EEXIST", "occupied", "something is placed there"), handled("EBUSY", "placed", "that part of the object is mapped elsewhere"), NO_TABLES],
});
export const remove = hypercall({
  ...memory, op: 4, name: "remove", doc: "Unmaps a placed object or a foreign range; never RAM (that is release).", buffer: { x: 1, size: 16 },
  fields: { address: field.ipa("in", { at: 0 }, "bytes (IPA)", { extentOf: "size" }), size: field.size("in", { at: 8 }, "bytes") },
  errors: [BUFFER, RESERVED, ALIGNMENT, RANGE, GRANULE, handled("ENOENT", "not-placed", "the range is not wholly placed objects")],
});

const vcpu = { abi: 2, nr: NR.vcpu_v2, source: "abi-v2, Vcpu areas" } as const;
const VCPU = derived("ENOENT", "vcpu", "no such vcpu");
const areaFields = <const N extends number, const A extends 64>(bytes: N, align: A) => ({
  vcpu: field.vcpu("in", { at: 0 }, "vcpu"), reserved: zero(4, 4), area: field.ipa("in", { at: 8 }, "bytes (IPA)", { align, class: "access", extentOf: bytes }),
});
const areaErrors = [BUFFER, RESERVED, VCPU, ALIGNMENT, RANGE, handled("ENOENT", "not-owned", "the area is not in RAM that the caller owns"), handled("EBUSY", "registered", "an area is registered for this vcpu: unregister first")] as const;
export const register_vcpu_info_v2 = hypercall({ ...vcpu, op: 0, name: "register_vcpu_info", doc: "vcpu_info of a vcpu at a byte address, aligned to 64 so that it crosses no boundary; pins the memory.", buffer: { x: 1, size: 16 }, fields: areaFields(48, 64), errors: areaErrors });
export const register_runstate_v2 = hypercall({ ...vcpu, op: 1, name: "register_runstate", doc: "vcpu_runstate_info at a byte address (not a virtual one), aligned to 64; pins the memory.", buffer: { x: 1, size: 16 }, fields: areaFields(48, 64), errors: areaErrors });
export const unregister_areas = hypercall({
  ...vcpu, op: 2, name: "unregister_areas", doc: "Takes both areas of a vcpu back and unpins them; vcpu_info returns to shared_info. Idempotent.", buffer: { x: 1, size: 8 },
  fields: { vcpu: field.vcpu("in", { at: 0 }, "vcpu"), reserved: zero(4, 4) }, errors: [BUFFER, RESERVED, VCPU],
});

const domain = { abi: 2, nr: NR.domain_v2, source: "abi-v2, Parameters and reset" } as const;
/** Parameters of `get_param`. Addresses are bytes; an EXTENT says its size. 0: not there. */
export const PARAM = /* @__PURE__ */ Object.freeze({ store_extent: 0, store_port: 1, console_extent: 2, console_port: 3, callback_irq: 4 });
export const get_param = hypercall({
  ...domain, op: 0, name: "get_param", doc: "Reads a parameter of the caller.", buffer: { x: 1, size: 16 },
  fields: { index: field.u32("in", { at: 0 }, "PARAM"), reserved: zero(4, 4), value: field.u64("out", { at: 8 }, "EXTENT, port or flags") },
  errors: [BUFFER, RESERVED, handled("ENOENT", "index", "no such parameter")],
});
export const set_param = hypercall({
  ...domain, op: 1, name: "set_param", doc: "Writes a parameter; a guest may write callback_irq only.", buffer: { x: 1, size: 16 },
  fields: { index: field.u32("in", { at: 0 }, "PARAM"), reserved: zero(4, 4), value: field.u64("in", { at: 8 }, "as the parameter says") },
  errors: [BUFFER, RESERVED, handled("ENOENT", "index", "no such parameter"), handled("EPERM", "permission", "not writable by a guest")],
});
export const reset = hypercall({
  ...domain, op: 2, name: "reset", doc: "Unregisters areas, closes ports, returns to 2-level events, drops the v2 grant table and pending balloon pieces: what a kernel does before it starts the next one.",
  fields: {}, errors: [handled("EBUSY", "mapped", "grants of the caller are mapped, or it maps some")],
});
