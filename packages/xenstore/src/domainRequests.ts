/** Requests about domains, and CONTROL. All but GET_DOMAIN_PATH are for privileged domains. */
import { fail, ok, type Result, xenGfn } from "@granule/units";
import { type Domain, isPrivileged } from "./core.ts";
import { introduceDomain, releaseDomain } from "./domains.ts";
import { acknowledged, type Reply } from "./nodeRequests.ts";
import { domainPath } from "./path.ts";
import { decimal, domidOf, OK_REPLY, onlyString, stringsOf, stringsReply } from "./payload.ts";
import type { Call } from "./perform.ts";

const LARGEST_PORT = 0x7fffffff;

/** `<domid>|<gfn>|<evtchn>|`; further strings are reserved. */
export function introduce(call: Call): Reply {
  const [domidText, gfnText, evtchnText] = stringsOf(call.payload);
  const domid = domidOf(domidText);
  const gfn = decimal(gfnText, Number.MAX_SAFE_INTEGER);
  const evtchn = decimal(evtchnText, LARGEST_PORT);
  if (domid === undefined || gfn === undefined || evtchn === undefined) return fail("EINVAL", "payload: domid, gfn and event channel are needed");
  return acknowledged(introduceDomain(call.core, domid, xenGfn(gfn), evtchn, call.origin));
}

/** `<domid>|`. */
export function release(call: Call): Reply {
  const domain = onlyDomain(call);
  return domain.ok ? acknowledged(releaseDomain(call.core, domain.value.domid, call.origin)) : domain;
}

/** `<domid>|`. */
export function resume(call: Call): Reply {
  const domain = onlyDomain(call);
  if (!domain.ok) return domain;
  domain.value.domain.isShutdown = false;
  return ok(OK_REPLY);
}

/** The introduced, unprivileged domain that is the whole payload. */
function onlyDomain(call: Call): Result<{ readonly domid: number; readonly domain: Domain }, "EINVAL" | "ENOENT"> {
  const domid = domidOf(onlyString(call.payload));
  if (domid === undefined || isPrivileged(call.core, domid)) return fail("EINVAL", "payload: an unprivileged domain's id is needed");
  const domain = call.core.domains.get(domid);
  return domain === undefined ? fail("ENOENT", `domain ${domid} is not introduced`) : ok({ domid, domain });
}

/** `<domid>|`: the domain need not exist. */
export function getDomainPath(call: Call): Reply {
  const domid = decimal(onlyString(call.payload), 0xffff);
  return domid === undefined ? fail("EINVAL", "payload: a domain id is needed") : ok(stringsReply(domainPath(domid)));
}

/** `<domid>|`. */
export function isDomainIntroduced(call: Call): Reply {
  const domid = decimal(onlyString(call.payload), 0xffff);
  if (domid === undefined) return fail("EINVAL", "payload: a domain id is needed");
  return ok(stringsReply(call.core.domains.has(domid) ? "T" : "F"));
}

/** `<domid>|<tdomid>|`. ENOENT: one of them is not introduced. */
export function setTarget(call: Call): Reply {
  const [domidText, targetText] = stringsOf(call.payload);
  const domid = domidOf(domidText);
  const target = domidOf(targetText);
  if (domid === undefined || target === undefined) return fail("EINVAL", "payload: two domain ids are needed");
  const domain = call.core.domains.get(domid);
  if (domain === undefined || !call.core.domains.has(target)) return fail("ENOENT", `domain ${domid} or ${target} is not introduced`);
  domain.target = target;
  return ok(OK_REPLY);
}

/** `<command>|`: help only. */
export function control(call: Call): Reply {
  return stringsOf(call.payload)[0] === "help" ? ok(stringsReply("help")) : fail("EINVAL", "command: only help is known");
}
