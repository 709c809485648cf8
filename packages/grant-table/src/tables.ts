/** Operations on the tables themselves: size, place, version. Source: xen/include/public/grant_table.h; abi-v2, Grants. */
import type { Handler } from "@granule/kit";
import { fail, ok, XEN_PAGE } from "@granule/units";
import { C, type V1, type V2 } from "@granule/xen-abi";
import { callerState, type Core, granterState } from "./shared.ts";
import { entriesOf, type GrantState } from "./state.ts";

const FRAME = XEN_PAGE.size;
/** The only version of v1's table on Arm. */
const VERSION = 1;
/** What setup_table lists for a frame that is mapped nowhere: all ones. */
const NOWHERE = -1;

/** A domain that the caller may ask about: itself, or any for a control domain. */
type Target = { readonly found: GrantState } | { readonly found: undefined; readonly denied: boolean };
export function targetOf(core: Core, me: GrantState, domid: number): Target {
  const found = domid === C.DOMID_SELF ? me : granterState(core, domid);
  if (found === undefined) return { found, denied: false };
  return found === me || me.domain.privileged ? { found } : { found: undefined, denied: true };
}

export const createSetupTable = (core: Core): Handler<typeof V1.grant_setup_table> => (caller, a) => {
  const t = targetOf(core, callerState(core, caller), a.dom);
  if (t.found === undefined) return t.denied ? fail("GNTST_permission_denied", `permission: domain ${a.dom} is not the caller`) : fail("GNTST_bad_domain", `domain: ${a.dom} is no domain`);
  const { object } = t.found.v1;
  if (!object.grow(a.nr_frames * FRAME)) return fail("GNTST_general_error", `frames: ${a.nr_frames} frames of ${FRAME} bytes, the most is ${object.limit / FRAME}`);
  for (let i = 0; i < a.nr_frames; i++) {
    const r = a.frame_list.put(i, object.gfnOf(i) ?? NOWHERE);
    if (!r.ok) return fail("GNTST_bad_virt_addr", `list: entry ${i}: ${r.why}`);
  }
  return ok({});
};

export const createQuerySize = (core: Core): Handler<typeof V1.grant_query_size> => (caller, a) => {
  const t = targetOf(core, callerState(core, caller), a.dom);
  if (t.found === undefined) return t.denied ? fail("GNTST_permission_denied", `permission: domain ${a.dom} is not the caller`) : fail("GNTST_bad_domain", `domain: ${a.dom} is no domain`);
  const { object } = t.found.v1;
  return ok({ nr_frames: object.size / FRAME, max_nr_frames: object.limit / FRAME });
};

export const createGetVersion = (core: Core): Handler<typeof V1.grant_get_version> => (caller, a) => {
  const t = targetOf(core, callerState(core, caller), a.dom);
  if (t.found === undefined) return t.denied ? fail("EPERM", `permission: domain ${a.dom} is not the caller`) : fail("ESRCH", `domain: ${a.dom} is no domain`);
  return ok({ version: VERSION });
};

/** The version in use is written back whatever was asked. */
export const setVersion: Handler<typeof V1.grant_set_version> = (_caller, a) => {
  const out = { version: VERSION };
  if (a.version === VERSION) return ok(out);
  if (a.version === 2) return { ...fail("ENOSYS", "version-2: there is none on Arm"), out };
  return { ...fail("EINVAL", `version: ${a.version} is neither 1 nor 2`), out };
};

export const createQueryTable = (core: Core): Handler<typeof V2.grant_query_table> => (caller) => {
  const { v1, v2, handles } = callerState(core, caller);
  return ok({
    v1_entries: entriesOf(v1), v1_limit: v1.object.limit / v1.entrySize,
    v2_entries: v2 === undefined ? 0 : entriesOf(v2), v2_limit: v2 === undefined ? 0 : v2.object.limit / v2.entrySize,
    v2_bytes: v2 === undefined ? 0 : v2.object.size, handles_free: handles.free(),
  });
};
