/**
 * memory_op of ABI v1 (what is not the balloon's) and the query, place and remove of ABI v2.
 * Sources: xen/include/public/memory.h; docs/spec/abi-v2.md. The order of v1's checks was observed on Xen 4.17.
 */
import type { Caller, Emit, On } from "@granule/kit";
import type { MachineParts } from "@granule/machine";
import { leafSizes } from "@granule/arm";
import { type Bytes, fail, type Failure, hex, ipa, ModelBug, ok, range, type Result, toNumber, XEN_PAGE, xenPages } from "@granule/units";
import { C, codeNumber, GrantEntryV2, LIST_LIMIT, PLACE_OBJECT, SharedInfo, V1, V2, VcpuInfo } from "@granule/xen-abi";
import { type Domain, type Domains, type Frames, type HvObject, type Objects, P2M, type P2mType, PLACE_V2, PLACEMENT, RAM_REMOVED } from "./contract.ts";

const FRAME: Bytes = XEN_PAGE.size;
interface Needs {
  readonly on: On;
  readonly emit: Emit;
  readonly domains: Domains;
  readonly frames: Frames;
  readonly objects: Objects;
  readonly parts: MachineParts;
}

/** What v2's remove takes away. */
const PLACED: readonly P2mType[] = [P2M.object, P2M.foreign, P2M.stray];
/** ~0 as the nearest number: "no frame" in Xen's interfaces. */
const INVALID_GFN = 2 ** 64;
const noFrame = (): Failure<"EINVAL"> => fail("EINVAL", "gpfn ~0 is no frame");

export function registerMemoryOps({ on, emit, domains, frames, objects, parts }: Needs): void {
  /** The domain that a v1 call names: the caller, or any for a privileged caller. */
  const target = (caller: Caller, domid: number): Result<Domain, "ESRCH" | "EPERM"> => {
    const d = domains.resolve(caller, domid);
    if (d === undefined) return fail("ESRCH", `no domain ${domid}`);
    const self = domains.of(caller);
    return d === self || self.privileged ? ok(d) : fail("EPERM", `domain ${caller.domid} may not name domain ${domid}`);
  };
  const count = (size: Bytes): number => xenPages(size);

  on.hypercall(V1.current_reservation, (c, a) => {
    const d = target(c, a.domid);
    return d.ok ? ok({ ret: count(d.value.currentBytes) }) : d;
  });
  on.hypercall(V1.maximum_reservation, (c, a) => {
    const d = target(c, a.domid);
    return d.ok ? ok({ ret: count(d.value.maximumBytes) }) : d;
  });
  on.hypercall(V1.maximum_gpfn, (c, a) => {
    const d = target(c, a.domid);
    return d.ok ? ok({ ret: Math.max(0, Math.ceil(d.value.p2m.highest() / FRAME) - 1) }) : d;
  });
  on.hypercall(V1.maximum_ram_page, () => ok({ ret: Math.floor((toNumber(parts.memory.base) + parts.memory.size) / FRAME) }));

  on.hypercall(V1.add_to_physmap, (c, a) => {
    if (a.space === C.XENMAPSPACE_gmfn_foreign) return fail("ENOSYS", "frames of other domains are mapped by the batch");
    const isDevice = a.space === C.XENMAPSPACE_dev_mmio;
    if (isDevice && domains.resolve(c, a.domid) !== undefined) return fail("EACCES", "device memory belongs to the hardware domain");
    const d = target(c, a.domid);
    if (!d.ok) return d;
    if (a.gpfn >= INVALID_GFN) return noFrame();
    // a range of none is done, though ranges are not known
    if (a.space === C.XENMAPSPACE_gmfn_range && a.size === 0) return ok({});
    const place = emit.selected(PLACEMENT, a.space);
    if (place === undefined) return fail("ENOSYS", `space ${a.space} is not known`);
    const r = place(c, d.value, a.idx, a.gpfn);
    return r.ok ? ok({}) : r;
  });

  /** Maps one 4096-byte frame of another domain; both own granules must be 4K, or a frame is less than a mapping. */
  const mapForeign = (d: Domain, from: Domain, gfn: number, gpfn: number): number => {
    if (d.granule.size !== FRAME) return codeNumber("EINVAL");
    if (!(gfn * FRAME < from.p2m.ipaLimit) || !(gpfn * FRAME < d.p2m.ipaLimit)) return codeNumber("EINVAL");
    const entry = from.p2m.lookup(ipa(gfn * FRAME));
    if (entry === undefined || entry.type !== P2M.ram || frames.ownerOf(entry.pa) !== from.domid) return codeNumber("EINVAL");
    const was = d.p2m.lookup(ipa(gpfn * FRAME));
    const r = d.p2m.map(range(ipa(gpfn * FRAME), FRAME), entry.pa, P2M.foreign, entry.writable);
    if (!r.ok) return codeNumber(r.code);
    // first the new reference: the frame that was there may be the same one
    frames.hold(entry.pa, FRAME);
    if (was !== undefined) frames.leafGone(was, FRAME);
    return 0;
  };
  /** Whose frames are mapped: somebody else's. */
  const foreignOf = (c: Caller, domid: number): Result<Domain, "ESRCH" | "EPERM" | "EINVAL"> => {
    if (domid === C.DOMID_SELF) return fail("EINVAL", "a domain maps no frames of its own");
    if (domid === c.domid) return fail("ESRCH", `domain ${domid} is the caller itself`);
    if (domid === C.DOMID_IO && !domains.of(c).privileged) return fail("EPERM", "device memory is the control domain's");
    return target(c, domid);
  };
  on.hypercall(V1.add_to_physmap_batch, (c, a) => {
    const noDevice = (): Failure<"EACCES"> => fail("EACCES", "device memory belongs to the hardware domain");
    const isDevice = a.space === C.XENMAPSPACE_dev_mmio;
    if (isDevice && !domains.of(c).privileged && domains.resolve(c, a.domid) !== undefined) return noDevice();
    const d = target(c, a.domid);
    if (!d.ok) return d;
    if (a.start > 0 && a.start >= a.size) return fail("EILSEQ", `${a.start} of ${a.size} entries are done`);
    if (isDevice) return noDevice();
    const foreign = a.space === C.XENMAPSPACE_gmfn_foreign ? foreignOf(c, a.foreign_domid) : undefined;
    const place = emit.selected(PLACEMENT, a.space);
    for (let i = a.start; i < a.size; i++) {
      const idx = a.idxs.at(i);
      const gpfn = a.gpfns.at(i);
      if (!idx.ok) return idx;
      if (!gpfn.ok) return gpfn;
      if (gpfn.value >= INVALID_GFN) return noFrame();
      let answer: number;
      if (foreign?.ok === false) answer = codeNumber(foreign.code);
      else if (foreign !== undefined) answer = mapForeign(d.value, foreign.value, idx.value, gpfn.value);
      else {
        const r = place?.(c, d.value, idx.value, gpfn.value);
        answer = r === undefined ? codeNumber("ENOSYS") : r.ok ? 0 : codeNumber(r.code);
      }
      const put = a.errs.put(i, answer);
      if (!put.ok) return put;
    }
    return ok({});
  });

  on.hypercall(V1.remove_from_physmap, (c, a) => {
    const d = target(c, a.domid);
    if (!d.ok) return d;
    const { p2m, granule } = d.value;
    const entry = a.gpfn * FRAME < p2m.ipaLimit ? p2m.lookup(ipa(a.gpfn * FRAME)) : undefined;
    if (entry === undefined) return fail("ENOENT", `gfn ${hex(a.gpfn)} is a hole`);
    if (granule.size !== FRAME) return fail("EINVAL", `gfn ${hex(a.gpfn)}: ${FRAME} bytes are less than the stage 2 granule of ${granule.size} bytes`);
    // what others granted is unmapped by its handle
    if (entry.type !== P2M.foreign && entry.type !== P2M.device && !frames.mayReference(d.value, entry.pa)) return fail("ENOENT", `gfn ${hex(a.gpfn)} is no frame of the domain's`);
    const where = range(ipa(a.gpfn * FRAME), FRAME);
    const r = p2m.unmap(where);
    if (!r.ok) return fail("EINVAL", r.why);
    frames.leafGone(entry, FRAME);
    emit.event(RAM_REMOVED, { domain: d.value, range: where });
    return ok({});
  });

  on.hypercall(V2.query, (c) => {
    const d = domains.of(c);
    const v2 = objects.find(d, "grant_table_v2");
    const sizes = leafSizes(d.granule).reduce((mask, size) => mask + size, 0);
    const features = emit.hypercalls().reduce((mask, h) => (h.abi === 2 ? mask | (1 << (h.nr - C.NR.query_v2)) : mask), 0);
    return ok({
      alignment: FRAME, stage2_sizes: sizes, ipa_limit: d.p2m.ipaLimit, shared_info_size: SharedInfo.size, vcpu_info_size: VcpuInfo.size, list_limit: LIST_LIMIT,
      grant_table_limit: v2?.limit ?? 0, grant_entry_size: GrantEntryV2.size, grant_entries: Math.floor((v2?.size ?? 0) / GrantEntryV2.size),
      current_bytes: d.currentBytes, maximum_bytes: d.maximumBytes, domid: d.domid, vcpus: d.vcpus.length, features, p2m_free: d.p2m.tableLimit - d.p2m.tableBytes(),
    });
  });

  const objectOf = (d: Domain, id: number): HvObject | undefined => emit.selected(PLACE_V2, id)?.(d);
  on.hypercall(V2.place, (c, a) => {
    const d = domains.of(c);
    const object = objectOf(d, a.object);
    if (object === undefined) return fail("ENOENT", `no object ${a.object}; objects are ${Object.entries(PLACE_OBJECT).map(([name, id]) => `${id} ${name}`).join(", ")}`);
    const r = objects.place(d, object, a.offset, a.address, a.size);
    return r.ok ? ok({}) : r;
  });
  on.hypercall(V2.remove, (c, a) => {
    const d = domains.of(c);
    const where = range(a.address, a.size);
    let covered = 0;
    for (const run of d.p2m.runs(where)) {
      if (!PLACED.includes(run.type)) return fail("ENOENT", `${hex(run.ipa)} holds no placed object`);
      covered += run.size;
    }
    if (covered !== a.size) return fail("ENOENT", `only ${hex(covered)} of ${hex(a.size)} bytes are placed objects`);
    const gone = [...d.p2m.runs(where)];
    const r = d.p2m.unmap(where);
    // objects are mapped 64 KiB at a time and foreign frames one by one: no block has to be split, so no table is needed
    if (!r.ok) throw new ModelBug(`removing ${hex(a.size)} bytes of objects: ${r.why}`);
    for (const run of gone) frames.leafGone(run, run.size);
    return ok({});
  });
}
