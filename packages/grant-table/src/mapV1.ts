/**
 * GNTTABOP_map_grant_ref and GNTTABOP_unmap_grant_ref: one frame of 4096 bytes, on domains whose G is 4096 bytes.
 * Checks are in the order that Xen 4.17 shows. Source: xen/include/public/grant_table.h, "grant table operations".
 */
import { P2M } from "@granule/hypervisor/contract";
import type { Handler } from "@granule/kit";
import { fail, hex, ipa, offsetIn, ok, range, toNumber, XEN_PAGE, xenPages } from "@granule/units";
import { type Answer, C, type V1 } from "@granule/xen-abi";
import { install } from "./install.ts";
import { abandon, callerState, type Core, displaced, granterState, mayTalk, record } from "./shared.ts";
import { type GrantState, type InUse, indexOfRef, tableOfRef } from "./state.ts";

const { GNTMAP } = C;
/** Kinds of mapping that Arm has not. */
const NOT_ON_ARM = GNTMAP.device_map | GNTMAP.application_map | GNTMAP.contains_pte;
const FRAME = XEN_PAGE.size;

type Map1 = typeof V1.grant_map_grant_ref;
type Unmap1 = typeof V1.grant_unmap_grant_ref;

export const createMapV1 = (core: Core): Handler<Map1> => (caller, a) => {
  if ((a.flags & (GNTMAP.host_map | GNTMAP.device_map)) === 0) return fail("GNTST_bad_gntref", `no-map-flag: flags ${hex(a.flags)} ask for no mapping`);
  if ((a.flags & NOT_ON_ARM) !== 0) return fail("GNTST_general_error", `map-flags: flags ${hex(a.flags)} are not supported on Arm`);
  const me = callerState(core, caller);
  const granter = granterState(core, a.dom);
  if (granter === undefined) return fail("GNTST_bad_domain", `domain: ${a.dom} is no domain`);
  if (!mayTalk(core, me.domain, granter.domain)) return fail("GNTST_permission_denied", `permission: the policy denies grants of domain ${a.dom} to domain ${caller.domid}`);
  if (me.domain.granule.size > FRAME)
    return fail("GNTST_bad_granule", `grant-granule: a grant of ${FRAME} bytes cannot be mapped on a stage 2 granule of ${me.domain.granule.size} bytes; copy it`);
  const handle = me.handles.take();
  if (handle < 0) return fail("GNTST_no_device_space", `handles: no free handle of ${core.config.handles}`);
  const r = mapFrame(core, me, granter, a.ref, a.flags, a.host_addr);
  if (typeof r === "object") {
    record(me, handle, r, a.host_addr - offsetIn(a.host_addr, FRAME), (a.flags & GNTMAP.readonly) === 0);
    return ok({ handle, dev_bus_addr: r.runs.at[0] ?? 0 });
  }
  // a failed map uses a number up: it goes to the tail
  me.handles.giveBack(handle);
  return fail(r, `${RULE[r]}: reference ${a.ref} of domain ${a.dom} at ${hex(a.host_addr)}`);
};

type MapError = "GNTST_bad_gntref" | "GNTST_general_error" | "GNTST_bad_page";
const RULE: Readonly<Record<MapError, string>> = { GNTST_bad_gntref: "reference", GNTST_general_error: "entry or host-address", GNTST_bad_page: "page" };

function mapFrame(core: Core, me: GrantState, granter: GrantState, ref: number, flags: number, hostAddr: number): InUse | MapError {
  const writes = (flags & GNTMAP.readonly) === 0;
  const use = core.pins.pin(tableOfRef(granter, ref), indexOfRef(ref), me.domain.domid, writes);
  if (typeof use === "string") return use;
  const refuse = (code: MapError): MapError => {
    core.pins.unpin(use, writes);
    return code;
  };
  if (use.size !== FRAME) return refuse("GNTST_bad_gntref");
  if ((flags & ~GNTMAP.readonly) !== GNTMAP.host_map) return refuse("GNTST_general_error");
  const { p2m } = me.domain;
  if (hostAddr >= p2m.ipaLimit) return refuse("GNTST_general_error");
  const address = hostAddr - offsetIn(hostAddr, FRAME);
  const was = p2m.lookup(ipa(address));
  if (!install(me.domain, use.runs, address, writes)) return refuse("GNTST_general_error");
  // its own frame, where it was placed (observed on Xen 4.17)
  if (was?.type === P2M.object && toNumber(was.pa) === use.runs.at[0]) core.objects.covered(me.domain, xenPages(address));
  displaced(core, me.domain, address, was);
  return use;
}

export const createUnmapV1 = (core: Core): Handler<Unmap1> => (caller, a) => unmapFrame(core, callerState(core, caller), a.handle, a.host_addr);

/**
 * Unmaps by handle. host_addr need not be the handle's: what maps the same machine frame there goes, and a hole will do.
 * The handle goes in any case; its own mapping stays where host_addr points elsewhere.
 */
export function unmapFrame(core: Core, me: GrantState, handle: number, hostAddr: number): Answer<Unmap1> {
  const { p2m } = me.domain;
  const m = me.handles.get(handle);
  if (m === undefined || m.use.size !== FRAME) return fail("GNTST_bad_handle", `handle: ${handle} is no mapping of a frame by domain ${me.domain.domid}`);
  if (hostAddr === 0) return ok({});
  if (hostAddr >= p2m.ipaLimit) return fail("GNTST_general_error", `host-address: ${hex(hostAddr)} is above the IPA limit ${hex(p2m.ipaLimit)}`);
  const page = ipa(hostAddr - offsetIn(hostAddr, FRAME));
  const there = p2m.lookup(page);
  if (there !== undefined) {
    const mapped = m.use.runs.at[0] ?? 0;
    if (toNumber(there.pa) !== mapped) return fail("GNTST_general_error", `host-address: ${hex(page)} maps ${hex(there.pa)}, handle ${handle} is for ${hex(mapped)}`);
    const r = p2m.unmap(range(page, FRAME));
    if (!r.ok) return fail("GNTST_general_error", `host-address: ${r.why}`);
    displaced(core, me.domain, toNumber(page), there);
  }
  abandon(core, me, handle, m);
  return ok({});
}
