/** What happens to grants when a domain is built, reset or ends. */
import { type Domain, type HvObject } from "@granule/hypervisor/contract";
import { BACKING_UNIT, fail, ok, type Result, XEN_PAGE } from "@granule/units";
import { GRANT_TABLE_V1, GRANT_TABLE_V2 } from "./contract.ts";
import { createHandles } from "./handles.ts";
import { type Core, forget } from "./shared.ts";
import { remove } from "./install.ts";
import { createTable, type GrantState, type InUse, type Mapping, refOf } from "./state.ts";

/** State of a domain whose objects exist. */
export const createState = (core: Core, domain: Domain, v1: HvObject, v2: HvObject | undefined): GrantState => ({
  domain, v1: createTable(domain, 1, v1), v2: v2 === undefined ? undefined : createTable(domain, 2, v2), handles: createHandles<Mapping>(core.config.handles),
});

/** DOMAIN_CREATE: v1 starts with one frame, as Xen's; v2 with one extent of 64 KiB, so that a toolstack can reserve entries. */
export function onCreate(core: Core, domain: Domain): Result<() => void, string> {
  const { objects, config } = core;
  const v1 = objects.create(domain, GRANT_TABLE_V1, XEN_PAGE.size, config.maxFrames * XEN_PAGE.size);
  if (!v1.ok) return fail("grant_table_v1", v1.why);
  const v2 = config.v2Limit === 0 ? undefined : objects.create(domain, GRANT_TABLE_V2, Math.min(BACKING_UNIT, config.v2Limit), config.v2Limit);
  if (v2 !== undefined && !v2.ok) return fail("grant_table_v2", v2.why);
  core.states.set(domain.domid, createState(core, domain, v1.value, v2?.value));
  return ok(() => void core.states.delete(domain.domid));
}

/** DOMAIN_DYING: what it has mapped is unmapped; what others have mapped of it stays theirs until they unmap it. */
export function onDying(core: Core, domain: Domain): void {
  const s = core.states.get(domain.domid);
  if (s === undefined) return;
  for (const [handle, m] of s.handles.entries()) forget(core, s, handle, m);
  for (const table of [s.v1, s.v2]) {
    for (const use of table?.inUse.values() ?? []) {
      if (use.isObject) revoke(core, use);
      use.table = undefined;
    }
    table?.inUse.clear();
  }
}

/** An object of the hypervisor ends with its domain: who has mapped a frame of it keeps the handle and loses the mapping. */
function revoke(core: Core, use: InUse): void {
  const mapper = core.states.get(use.mapper);
  for (const [, m] of mapper?.handles.entries() ?? []) if (mapper !== undefined && m.use === use) remove(mapper.domain, m);
  core.pins.dropFrames(use);
}

/** RESET_BUSY: why the domain cannot be reset now. */
export function whyBusy(core: Core, domain: Domain): string | undefined {
  const s = core.states.get(domain.domid);
  if (s === undefined) return undefined;
  for (const table of [s.v1, s.v2])
    for (const use of table?.inUse.values() ?? []) return `grant reference ${refOf(use.version, use.index)} is mapped by domain ${use.mapper}`;
  for (const [handle, m] of s.handles.entries()) return `handle ${handle} maps grant reference ${refOf(m.use.version, m.use.index)} of domain ${m.use.granter}`;
  return undefined;
}

/** DOMAIN_RESET: the v2 table is nowhere and empty, as it was before the first v2 kernel. */
export function onReset(core: Core, domain: Domain): void {
  const v2 = core.states.get(domain.domid)?.v2;
  if (v2 === undefined) return;
  core.objects.unplace(domain, v2.object);
  for (let at = 0; at < v2.object.size; at += XEN_PAGE.size) core.memory.fill(v2.object.at(at), XEN_PAGE.size, 0);
}
