/** v2 `copy`. Source: abi-v2, Grants. */
import type { Handler } from "@granule/kit";
import { type Bytes, fail, ok } from "@granule/units";
import { COPY, type V2 } from "@granule/xen-abi";
import { createSide, finish, letGo, maySpeak, resolveClaim, type Side, sideState } from "./copy.ts";
import type { ClaimError } from "./pins.ts";
import { ownRuns } from "./runs.ts";
import { callerState, type Core } from "./shared.ts";
import { indexOfRef, tableOfRef } from "./state.ts";

type Copy2 = typeof V2.grant_copy;
type Copy2Error = ClaimError | "GNTST_bad_copy_arg" | "EFAULT";

/** v2 `copy`: byte addresses, any alignment, within one grant or the caller's own RAM a side. */
export function createCopyV2(core: Core): Handler<Copy2> {
  const source = createSide();
  const dest = createSide();
  const close = (code: Copy2Error, rule: string) => {
    letGo(core, source, dest);
    return fail(code, rule);
  };
  const resolve = (side: Side, isRef: boolean, at: number, length: Bytes): "GNTST_bad_page" | "EFAULT" | undefined => {
    if (isRef) return resolveClaim(core, side, at, length) ? undefined : "GNTST_bad_page";
    return side.domain !== undefined && ownRuns(side.domain, core.frames, at, length, false, side.runs) ? undefined : "EFAULT";
  };

  return (caller, a) => {
    if ((a.flags & ~(COPY.source_ref | COPY.dest_ref)) !== 0) return fail("EINVAL", `flags: ${a.flags} has bits that mean nothing`);
    const me = callerState(core, caller);
    const sourceIsRef = (a.flags & COPY.source_ref) !== 0;
    const destIsRef = (a.flags & COPY.dest_ref) !== 0;
    const from = sourceIsRef ? sideState(core, me, a.source_domid) : me;
    const to = destIsRef ? sideState(core, me, a.dest_domid) : me;
    if (from === undefined || to === undefined) return fail("GNTST_bad_domain", `domain: ${from === undefined ? a.source_domid : a.dest_domid} is no domain`);
    if (!maySpeak(core, me, from, to))
      return fail("GNTST_permission_denied", `permission: the policy denies domains ${from.domain.domid} and ${to.domain.domid} to domain ${caller.domid}`);
    source.domain = from.domain;
    dest.domain = to.domain;
    if (sourceIsRef) {
      const failed = core.pins.claim(source.claim, tableOfRef(from, a.source_ref), indexOfRef(a.source_ref), caller.domid, false);
      if (failed !== undefined) return close(failed, "source");
    }
    if (destIsRef) {
      const failed = core.pins.claim(dest.claim, tableOfRef(to, a.dest_ref), indexOfRef(a.dest_ref), caller.domid, true);
      if (failed !== undefined) return close(failed, "destination");
    }
    if ((sourceIsRef && a.source + a.length > source.claim.size) || (destIsRef && a.dest + a.length > dest.claim.size)) return close("GNTST_bad_copy_arg", "bounds: offset + length leaves the grant");
    const failed = resolve(source, sourceIsRef, a.source, a.length) ?? resolve(dest, destIsRef, a.dest, a.length);
    if (failed !== undefined) return close(failed, "source or destination");
    finish(core, me, source, dest, a.length);
    return ok({});
  };
}
