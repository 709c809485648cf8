/** GNTTABOP_copy. Checks are in the order that Xen 4.17 shows. Source: xen/include/public/grant_table.h, struct gnttab_copy. */
import type { Handler } from "@granule/kit";
import { type Bytes, fail, ok, XEN_PAGE } from "@granule/units";
import { C, type V1 } from "@granule/xen-abi";
import { createSide, finish, letGo, resolveClaim, type Side, sideState } from "./copy.ts";
import type { ClaimError } from "./pins.ts";
import { ownRuns, type Runs } from "./runs.ts";
import { callerState, type Core } from "./shared.ts";
import { type GrantState, indexOfRef, tableOfRef } from "./state.ts";

const { DOMID_SELF, GNTCOPY } = C;
const FRAME = XEN_PAGE.size;
type Copy1 = typeof V1.grant_copy;
type Copy1Error = "GNTST_bad_domain" | "GNTST_permission_denied" | ClaimError | "GNTST_bad_copy_arg";
const HIGH = 2 ** 32;
const NOT_SELF = "permission: a frame is the caller's, by DOMID_SELF";

/** GNTTABOP_copy: within one frame of 4096 bytes a side. */
export function createCopyV1(core: Core): Handler<Copy1> {
  const source = createSide();
  const dest = createSide();

  /** Claims a reference, or looks a frame of the caller up; the whole frame is resolved, whatever part is copied. */
  const open = (side: Side, me: GrantState, of: GrantState, isRef: boolean, low: number, high: number, writes: boolean): ClaimError | undefined => {
    side.domain = of.domain;
    if (!isRef) return ownRuns(of.domain, core.frames, (high * HIGH + low) * FRAME, FRAME, true, side.runs) ? undefined : "GNTST_bad_page";
    const failed = core.pins.claim(side.claim, tableOfRef(of, low), indexOfRef(low), me.domain.domid, writes);
    if (failed !== undefined) return failed;
    if (side.claim.size !== FRAME) return "GNTST_bad_gntref";
    return resolveClaim(core, side, 0, FRAME) ? undefined : "GNTST_bad_page";
  };
  const close = (code: Copy1Error, rule: string) => {
    letGo(core, source, dest);
    return fail(code, rule);
  };

  return (caller, a) => {
    const me = callerState(core, caller);
    const from = sideState(core, me, a.source_domid);
    const to = sideState(core, me, a.dest_domid);
    if (from === undefined || to === undefined) return fail("GNTST_bad_domain", `domain: ${from === undefined ? a.source_domid : a.dest_domid} is no domain`);
    const sourceIsRef = (a.flags & GNTCOPY.source_gref) !== 0;
    const destIsRef = (a.flags & GNTCOPY.dest_gref) !== 0;
    if (!sourceIsRef && a.source_domid !== DOMID_SELF) return fail("GNTST_permission_denied", NOT_SELF);
    // the policy is asked about the two sides, not about the caller
    if (!core.domains.mayTalk(from.domain, to.domain)) return fail("GNTST_permission_denied", `permission: the policy denies domains ${from.domain.domid} and ${to.domain.domid} to each other`);
    const badSource = open(source, me, from, sourceIsRef, a.source_u, a.source_u_high, false);
    if (badSource !== undefined) return close(badSource, "source");
    if (!destIsRef && a.dest_domid !== DOMID_SELF) return close("GNTST_permission_denied", NOT_SELF);
    const badDest = open(dest, me, to, destIsRef, a.dest_u, a.dest_u_high, true);
    if (badDest !== undefined) return close(badDest, "destination");
    if (a.source_offset + a.len > FRAME || a.dest_offset + a.len > FRAME) return close("GNTST_bad_copy_arg", "bounds: offset + len is more than a frame");
    narrow(source.runs, a.source_offset, a.len);
    narrow(dest.runs, a.dest_offset, a.len);
    finish(core, me, source, dest, a.len);
    return ok({});
  };
}

/** A part of a frame, which is one run always: no granule is smaller. */
function narrow(r: Runs, offset: Bytes, length: Bytes): void {
  r.at[0] = (r.at[0] ?? 0) + offset;
  r.size[0] = length;
}
