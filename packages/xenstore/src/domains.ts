/**
 * The life of domains as the store sees it: introduced, shut down, released.
 * Source: docs/misc/xenstore.txt, "Domain management and xenstored communications"; XSA-322, XSA-325 and XSA-417 for
 * what must not outlive a domain.
 */
import { DONE, fail, type Result, type XenGfn } from "@granule/units";
import type { XsdError } from "@granule/xen-abi";
import type { Client, Origin } from "./client.ts";
import { type Core, isPrivileged, principalOf, publish, stepOf } from "./core.ts";
import { closeClient, resetClient } from "./endings.ts";
import { forgetDomain } from "./nodes.ts";
import { DOMID_FIRST_RESERVED } from "./payload.ts";
import type { Permissions } from "./permission.ts";
import { fireSpecial } from "./watches.ts";

export const INTRODUCE_DOMAIN = "@introduceDomain";
export const RELEASE_DOMAIN = "@releaseDomain";

const isRealDomid = (domid: number): boolean => Number.isInteger(domid) && domid >= 0 && domid < DOMID_FIRST_RESERVED;

const clientsOf = (core: Core, domid: number): readonly Client[] => [...core.clients.values()].filter((client) => client.domid === domid);

function tell(core: Core, name: string, domid: number, origin: Origin | undefined): void {
  const permissions = core.special.get(name);
  if (permissions !== undefined) fireSpecial(core.watches, (who) => principalOf(core, who), permissions, name, domid, origin);
}

/** INTRODUCE. The transport is asked when the domain may connect already, and can refuse. */
export function introduceDomain(core: Core, domid: number, gfn: XenGfn, evtchn: number, origin?: Origin): Result<undefined, XsdError> {
  if (!isRealDomid(domid) || domid === 0) return fail("EINVAL", `domid ${domid}: not a real domain other than 0`);
  if (evtchn <= 0) return fail("EINVAL", `event channel ${evtchn}: not a port`);
  const isNew = !core.domains.has(domid);
  if (isNew) core.domains.set(domid, { target: undefined, isShutdown: false });
  for (const client of clientsOf(core, domid)) resetClient(core, client);
  const connected = core.transport?.introduce(domid, gfn, evtchn) ?? DONE;
  if (!connected.ok) {
    if (isNew) forget(core, domid);
    return connected;
  }
  if (isNew) tell(core, INTRODUCE_DOMAIN, domid, origin);
  return DONE;
}

/** Ends the domain's sessions, and removes it from whatever names it. */
function forget(core: Core, domid: number): void {
  for (const client of clientsOf(core, domid)) closeClient(core, client);
  core.domains.delete(domid);
  for (const domain of core.domains.values()) if (domain.target === domid) domain.target = undefined;
}

/** RELEASE, and the death of a domain. */
export function releaseDomain(core: Core, domid: number, origin?: Origin): Result<undefined, "EINVAL" | "ENOENT"> {
  if (!isRealDomid(domid) || isPrivileged(core, domid)) return fail("EINVAL", `domid ${domid}: not a real unprivileged domain`);
  const wasIntroduced = core.domains.has(domid);
  forget(core, domid);
  const [heir] = core.privileged;
  const step = stepOf(core, heir, core.root);
  forgetDomain(step, domid, heir);
  publish(core, step.root, step.delta, step.events, origin);
  for (const [name, [owner, ...others]] of core.special) {
    const list: Permissions = [owner.domid === domid ? { domid: heir, access: owner.access } : owner, ...others.filter((p) => p.domid !== domid)];
    core.special.set(name, list);
  }
  core.accounts.forget(domid);
  // an open transaction may have given the dead domain permissions or nodes; the next domain of that id must not find them
  for (const client of core.clients.values()) for (const transaction of client.transactions.values()) transaction.isStale = true;
  if (!wasIntroduced) return fail("ENOENT", `domain ${domid} is not introduced`);
  core.transport?.release(domid);
  tell(core, RELEASE_DOMAIN, domid, origin);
  return DONE;
}

/** The domain shut down: told once until RESUME. */
export function shutdownDomain(core: Core, domid: number): Result<undefined, "EINVAL" | "ENOENT"> {
  if (isPrivileged(core, domid)) return fail("EINVAL", `domain ${domid} is privileged`);
  const domain = core.domains.get(domid);
  if (domain === undefined) return fail("ENOENT", `domain ${domid} is not introduced`);
  if (domain.isShutdown) return DONE;
  domain.isShutdown = true;
  tell(core, RELEASE_DOMAIN, domid, undefined);
  return DONE;
}
