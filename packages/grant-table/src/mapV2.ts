/**
 * v2 `map` and `unmap`: a whole grant at an empty range. The mapper's G decides what can be mapped, the granter's
 * machine contiguity whether it is. Nothing is rounded; an error changes nothing. Source: abi-v2, Grants.
 */
import type { Handler } from "@granule/kit";
import { DONE, fail, formatBytes, hex, ModelBug, ok, range, type Result, toNumber } from "@granule/units";
import { C, type V2 } from "@granule/xen-abi";
import { install } from "./install.ts";
import { isMappable } from "./runs.ts";
import { callerState, type Core, forget, granterState, record } from "./shared.ts";
import { type GrantState, type InUse, indexOfRef, tableOfRef } from "./state.ts";

const { GTF } = C;
type Map2 = typeof V2.grant_map;
type Unmap2 = typeof V2.grant_unmap;
type MapArgs = Parameters<Handler<Map2>>[1];

export const createMapV2 = (core: Core): Handler<Map2> => (caller, a) => {
  if ((a.flags & ~GTF.readonly) !== 0) return fail("EINVAL", `flags: ${hex(a.flags)} has bits other than GTF_readonly`);
  const me = callerState(core, caller);
  const granter = granterState(core, a.domid);
  // the descriptor has checked domain and permission; a domain that is dying has nothing to grant
  if (granter === undefined) return fail("GNTST_bad_gntref", `reference: domain ${a.domid} is going`);
  const writes = (a.flags & GTF.readonly) === 0;
  const use = core.pins.pin(tableOfRef(granter, a.ref), indexOfRef(a.ref), caller.domid, writes);
  if (typeof use === "string") return fail(use, `reference ${hex(a.ref)} of domain ${a.domid}, ${writes ? "writable" : "read-only"}`);
  const placed = place(me, use, a, writes);
  if (!placed.ok) {
    core.pins.unpin(use, writes);
    return { ...placed, out: { granted: use.size } };
  }
  const handle = me.handles.take();
  if (handle < 0) throw new ModelBug("a free handle was there a moment ago");
  record(me, handle, use, toNumber(a.address), writes);
  return ok({ handle, granted: use.size });
};

function place(me: GrantState, use: InUse, a: MapArgs, writes: boolean): Result<undefined, "EMSGSIZE" | "GNTST_bad_granule" | "EEXIST" | "GNTST_no_device_space" | "GNTST_no_space"> {
  const { domain } = me;
  if (a.size !== use.size) return fail("EMSGSIZE", `size: ${formatBytes(a.size)}, the grant is ${formatBytes(use.size)}`);
  if (use.size < domain.granule.size || !isMappable(use.runs, domain.granule.size))
    return fail("GNTST_bad_granule", `grant-granule: the grant of ${formatBytes(use.size)} in ${use.runs.count} machine runs cannot be mapped on a stage 2 granule of ${formatBytes(domain.granule.size)}; copy it`);
  const at = range(a.address, a.size);
  if (!domain.p2m.isEmpty(at)) return fail("EEXIST", `occupied: ${hex(a.address)}+${hex(a.size)}`);
  if (!me.handles.hasFree()) return fail("GNTST_no_device_space", "handles: none is free");
  if (!install(domain, use.runs, toNumber(a.address), writes)) return fail("GNTST_no_space", `p2m-memory: ${domain.p2m.tableBytes()} of ${domain.p2m.tableLimit} bytes are in use`);
  return DONE;
}

export const createUnmapV2 = (core: Core): Handler<Unmap2> => (caller, a) => {
  const me = callerState(core, caller);
  const m = me.handles.get(a.handle);
  if (m === undefined) return fail("GNTST_bad_handle", `handle: ${a.handle} is no mapping of domain ${caller.domid}`);
  forget(core, me, a.handle, m);
  return ok({});
};
