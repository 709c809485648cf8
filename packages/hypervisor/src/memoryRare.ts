/**
 * Operations of memory_op of ABI v1 that come to nothing on Arm, and acquire_resource, which is the control domain's.
 * Source: xen/include/public/memory.h; answers and the order of checks as observed on Xen 4.17.
 */
import { getU53 } from "@granule/codec";
import type { Caller, Emit, On } from "@granule/kit";
import { type Bytes, fail, hex, ipa, ok, range, type Result, XEN_PAGE } from "@granule/units";
import { C, codeNumber, type GuestBytes, V1 } from "@granule/xen-abi";
import { type Domain, type Domains, type Frames, type HvObject, P2M, RESOURCE } from "./contract.ts";

const FRAME: Bytes = XEN_PAGE.size;
/** A guest's largest extent is 2^9 frames. */
const MAX_ORDER = 9;
/** XENMEM_RDM_ALL. */
const RDM_FLAGS = 1;
/** What Xen takes for the size of a resource whose type it does not know: an error, as an unsigned number. */
const UNSUPPORTED_SIZE = 2 ** 32 + codeNumber("EOPNOTSUPP");
/** Entries of a list that are read at once. */
const LIST_STEP = 32;

interface Needs {
  readonly on: On;
  readonly emit: Emit;
  readonly domains: Domains;
  readonly frames: Frames;
}

export function registerRareMemoryOps({ on, emit, domains, frames }: Needs): void {
  const permitted = (c: Caller, d: Domain): boolean => d === domains.of(c) || domains.of(c).privileged;

  on.hypercall(V1.increase_reservation, (c, a) => {
    const d = domains.resolve(c, a.domid);
    let ret = a.start;
    // memory that has no address: only its count shows, and the domain's end gives it back
    if (d !== undefined && permitted(c, d) && a.extent_order <= MAX_ORDER) while (ret < a.nr_extents && frames.allocate(d, FRAME * 2 ** a.extent_order) !== undefined) ret++;
    return ok({ ret });
  });

  on.hypercall(V1.exchange, (c, a) => {
    const isConsistent = a.nr_exchanged <= a.in_nr && a.in_domid === a.out_domid && a.in_nr * 2 ** a.in_order === a.out_nr * 2 ** a.out_order;
    if (!isConsistent) return fail("EINVAL", `${a.in_nr} extents of order ${a.in_order} for ${a.out_nr} of order ${a.out_order}, ${a.nr_exchanged} done`);
    if (a.nr_exchanged === a.in_nr) return ok({});
    const d = domains.resolve(c, a.in_domid);
    if (d === undefined) return fail("ESRCH", `no domain ${a.in_domid}`);
    if (!permitted(c, d)) return fail("EPERM", `domain ${c.domid} may not name domain ${a.in_domid}`);
    const first = a.in_start.at(a.nr_exchanged);
    return first.ok ? fail("EOPNOTSUPP", "a translated domain has no machine frames to exchange") : first;
  });

  on.hypercall(V1.get_sharing_freed_pages, () => ok({ ret: 0 }));
  on.hypercall(V1.get_sharing_shared_pages, () => ok({ ret: 0 }));
  on.hypercall(V1.claim_pages, (_c, a) => {
    if (a.extent_start !== 0n || a.extent_order !== 0 || a.mem_flags !== 0) return fail("EINVAL", "a field that must be 0 is not");
    return domains.get(a.domid) === undefined ? fail("EINVAL", `no domain ${a.domid}`) : fail("EPERM", "claims are the toolstack's");
  });
  on.hypercall(V1.get_vnumainfo, (c, a) => {
    if (a.pad !== 0) return fail("EINVAL", `the padding is ${a.pad}`);
    const d = domains.resolve(c, a.domid);
    if (d === undefined) return fail("ESRCH", `no domain ${a.domid}`);
    return permitted(c, d) ? fail("EOPNOTSUPP", "there is no topology") : fail("EPERM", `domain ${c.domid} may not name domain ${a.domid}`);
  });
  on.hypercall(V1.reserved_device_memory_map, (_c, a) => (a.flags > RDM_FLAGS ? fail("EINVAL", `flags ${hex(a.flags)}`) : ok({ nr_entries: 0 })));

  /** The resource, and how many frames it can have; 0: there is none. */
  const resourceOf = (d: Domain, type: number, id: number): { readonly object: HvObject | undefined; readonly limit: number } => {
    if (type > C.XENMEM_resource.vmtrace_buf) return { object: undefined, limit: UNSUPPORTED_SIZE };
    const object = emit.selected(RESOURCE, type)?.(d, id);
    return { object, limit: object === undefined ? 0 : object.limit / FRAME };
  };
  /** Entries [done, end) of the list; EFAULT before any is mapped. */
  const readList = (list: GuestBytes, done: number, end: number): Result<readonly number[], "EFAULT"> => {
    const bytes = new Uint8Array(8 * (end - done));
    const r = list.read(8 * done, bytes);
    if (!r.ok) return r;
    const view = new DataView(bytes.buffer);
    return ok(Array.from({ length: end - done }, (_, i) => getU53(view, 8 * i)));
  };
  /** Maps a frame of the object over what was there. */
  const place = (into: Domain, object: HvObject, index: number, gfn: number): boolean => {
    if (into.granule.size !== FRAME || !(gfn * FRAME < into.p2m.ipaLimit)) return false;
    const at = ipa(gfn * FRAME);
    const was = into.p2m.lookup(at);
    const pa = object.at(index * FRAME);
    if (!into.p2m.map(range(at, FRAME), pa, P2M.foreign, true).ok) return false;
    // first the new reference: the frame that was there may be the same one
    frames.hold(pa, FRAME);
    if (was !== undefined) frames.leafGone(was, FRAME);
    return true;
  };
  on.hypercall(V1.acquire_resource, (c, a) => {
    if (a.pad !== 0) return fail("EINVAL", `the padding is ${a.pad}`);
    const self = domains.of(c);
    const d = domains.get(a.domid);
    if (d === undefined) return fail("ESRCH", `no domain ${a.domid}`);
    if (d === self || !self.privileged) return fail("EPERM", `domain ${c.domid} may not acquire resources of domain ${a.domid}`);
    const { object, limit } = resourceOf(d, a.type, a.id);
    if (limit === 0) return fail("EINVAL", `Arm has no resource of type ${a.type}, id ${a.id}`);
    if (a.frame_list.isNull) return a.nr_frames === 0 && a.start === 0 ? ok({ nr_frames: limit }) : fail("EINVAL", `${a.nr_frames} frames without a list`);
    if (a.start >= a.nr_frames || !(a.frame + a.nr_frames <= limit)) return fail("EINVAL", `frames ${a.frame}+${a.nr_frames} of ${limit}, ${a.start} done`);
    if (object === undefined) return fail("EOPNOTSUPP", "Arm has no trace buffers");
    if (!object.grow((a.frame + a.nr_frames) * FRAME)) return fail("ENOMEM", `no memory for ${a.frame + a.nr_frames} frames`);
    for (let done = a.start; done < a.nr_frames; done += LIST_STEP) {
      const gfns = readList(a.frame_list, done, Math.min(a.nr_frames, done + LIST_STEP));
      if (!gfns.ok) return gfns;
      for (const [i, gfn] of gfns.value.entries())
        if (!place(self, object, a.frame + done + i, gfn)) return done + i === a.start ? fail("EINVAL", `gfn ${hex(gfn)} cannot be mapped`) : fail("EIO", `gfn ${hex(gfn)} cannot be mapped; those before it are`);
    }
    return ok({ nr_frames: a.nr_frames });
  });
}
