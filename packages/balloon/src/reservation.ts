/**
 * XENMEM_populate_physmap and XENMEM_decrease_reservation of ABI v1. Sources: xen/include/public/memory.h, struct
 * xen_memory_reservation; answers as observed on Xen 4.17: every failure answers the number of extents done. On a
 * domain with G > 4K an extent that is not a multiple of G stops the list.
 */
import type { Caller, Emit, On } from "@granule/kit";
import { type Bytes, bytesOfXenPages, type Ipa, ipa, offsetIn, ok, range, type Range, toNumber, XEN_PAGE } from "@granule/units";
import { type In, V1 } from "@granule/xen-abi";
import { type Domain, type Domains, type Frames, P2M, RAM_REMOVED } from "@granule/hypervisor";
import type { Ram } from "./ram.ts";

/** A guest's largest extent is 2^9 frames. */
const MAX_ORDER = 9;
/** mem_flags, bits 0..7: the memory must lie below 2^n bytes. Nothing does for n up to the size of a frame. */
const ADDRESS_BITS = 0xff;
const MIN_ADDRESS_BITS = 13;
/** mem_flags: populate on demand, which Arm does not have. */
const XENMEMF_populate_on_demand = 1 << 16; // MAGIC: a flag of memory.h

type Reservation = In<typeof V1.populate_physmap>;

export function registerReservationOps(on: On, emit: Emit, domains: Domains, frames: Frames, ram: Ram): void {
  /** The domain that the call names: the caller, or any for a privileged caller. */
  const target = (caller: Caller, domid: number): Domain | undefined => {
    const self = domains.of(caller);
    const d = domains.resolve(caller, domid);
    return d === self || self.privileged ? d : undefined;
  };
  /** The extent at a 4096-byte frame, cut where the IPA space ends; undefined when G cannot express it or nothing of it is below. */
  const extentAt = (d: Domain, gfn: number, size: Bytes): Range<"ipa"> | undefined => {
    const start = bytesOfXenPages(gfn);
    if (!(start < d.p2m.ipaLimit) || offsetIn(start, d.granule.size) !== 0 || size % d.granule.size !== 0) return undefined;
    return range(ipa(start), Math.min(size, d.p2m.ipaLimit - start));
  };
  /** Runs `each` over the extents from `start` on, until one fails; answers how many are done. */
  const overExtents = (a: Reservation, each: (gfn: number, size: Bytes, index: number) => boolean): number => {
    const size = bytesOfXenPages(2 ** a.extent_order);
    let done = a.start;
    while (done < a.nr_extents) {
      const gfn = a.extent_start.at(done);
      if (!gfn.ok || !each(gfn.value, size, done)) break;
      done++;
    }
    return done;
  };

  on.hypercall(V1.populate_physmap, (c, a) => {
    const d = target(c, a.domid);
    const bits = a.mem_flags & ADDRESS_BITS;
    const isPossible = a.extent_order <= MAX_ORDER && (bits === 0 || bits >= MIN_ADDRESS_BITS) && (a.mem_flags & XENMEMF_populate_on_demand) === 0;
    if (d === undefined || !isPossible) return ok({ ret: a.start });
    const ret = overExtents(a, (gfn, size) => {
      const r = extentAt(d, gfn, size);
      const inside = r?.size ?? 0;
      // the guest is translated: the frame is not written back
      if (inside === size) return r !== undefined && ram.fill(d, r, false).ok;
      // above the address space the memory is there before its address turns out to be none: it stays the domain's, out of reach
      if (d.granule.size !== XEN_PAGE.size || d.currentBytes + size > d.maximumBytes) return false;
      if (r === undefined || ram.fill(d, r, false).ok) frames.allocate(d, size - inside);
      return false;
    });
    return ok({ ret });
  });

  /**
   * Takes what is mapped in one granule. What others granted stays. A frame that is the domain's own is given up, also where a grant to
   * itself maps it; one of the hypervisor's objects is lost to it.
   */
  const takeGranule = (d: Domain, at: Ipa): boolean => {
    const granule = range(at, d.granule.size);
    const entry = d.p2m.lookup(at);
    if (entry === undefined || entry.type === P2M.device) return false;
    if (entry.type === P2M.ram) return ram.take(d, granule).ok;
    // larger granules hold objects only, which may be placed again
    const isFrame = granule.size === XEN_PAGE.size;
    if (isFrame && !frames.mayReference(d, entry.pa)) return false;
    if (!d.p2m.unmap(granule).ok) return false;
    frames.leafGone(entry, granule.size);
    if (isFrame && frames.isObject(entry.pa)) frames.lose(entry.pa);
    else if (frames.ownerOf(entry.pa) === d.domid) ram.giveUpFrame(d, entry.pa);
    emit.event(RAM_REMOVED, { domain: d, range: granule });
    return true;
  };
  on.hypercall(V1.decrease_reservation, (c, a) => {
    const d = target(c, a.domid);
    if (d === undefined || a.extent_order > MAX_ORDER) return ok({ ret: a.start });
    const ret = overExtents(a, (gfn, size) => {
      const r = extentAt(d, gfn, size);
      if (r === undefined) return false;
      const first = toNumber(r.start);
      // granule by granule: at a hole the extent stops, and what came before it stays freed
      for (let at = first; at < first + r.size; at += d.granule.size) if (!takeGranule(d, ipa(at))) return false;
      return r.size === size;
    });
    return ok({ ret });
  });
}
