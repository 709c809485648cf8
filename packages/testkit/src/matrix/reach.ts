/**
 * No over-exposure: every 4096 bytes of machine memory that a domain's stage 2 reaches are its own RAM, one of its own
 * objects of the hypervisor, or were granted to it, with no more rights than the grant gave. What was granted is what
 * the granting kernel says where that is known, so that a ledger which is wrong the same way as the map is caught too.
 * Source: docs/spec, "The rules for mixed granules", rule 2.
 */
import { GRANT_TABLE_V1, GRANT_TABLE_V2, type GrantMapping, GrantPort } from "@granule/grant-table";
import { type Domain, DomainsPort, FramesPort, ObjectsPort, P2M } from "@granule/hypervisor";
import type { Machine } from "@granule/kit";
import { MachinePort } from "@granule/machine";
import { add, alignDown, BACKING_UNIT, hex, ipa, type Pa, pa, type Range, range, toNumber, XEN_PAGE } from "@granule/units";
import { SHARED_INFO } from "@granule/vcpu-info";

/** What a kernel granted under a reference, by its own account; undefined: nothing is known of it. */
export type Granted = (granter: number, ref: number) => Range<"ipa"> | undefined;

const FRAME = XEN_PAGE.size;
const OBJECTS = [SHARED_INFO, GRANT_TABLE_V1, GRANT_TABLE_V2];

/** Machine addresses of the 64 KiB extents behind a domain's own objects. */
function objectExtents(machine: Machine, domain: Domain): ReadonlySet<number> {
  const objects = machine.get(ObjectsPort);
  const extents = new Set<number>();
  for (const name of OBJECTS) {
    const object = objects.find(domain, name);
    if (object === undefined) continue;
    for (let offset = 0; offset < object.size; offset += BACKING_UNIT) extents.add(toNumber(alignDown(object.at(offset), BACKING_UNIT)));
  }
  return extents;
}

/** Machine address -> may it be written, for each frame that a domain was granted and has mapped. */
function grantedFrames(machine: Machine, domain: Domain, granted: Granted): ReadonlyMap<number, boolean> {
  const frames = new Map<number, boolean>();
  const put = (at: Pa, writable: boolean): void => void frames.set(toNumber(at), writable || frames.get(toNumber(at)) === true);
  for (const m of machine.get(GrantPort).mappings(domain)) {
    const granter = machine.get(DomainsPort).get(m.granter);
    const extent = granted(m.granter, m.ref);
    if (granter !== undefined && extent !== undefined) eachGuestFrame(granter, extent, (at) => put(at, m.writable));
    else eachMachineFrame(m, (at) => put(at, m.writable));
  }
  return frames;
}
function eachGuestFrame(granter: Domain, extent: Range<"ipa">, each: (at: Pa) => void): void {
  for (let offset = 0; offset < extent.size; offset += FRAME) {
    const entry = granter.p2m.lookup(add(extent.start, offset));
    if (entry !== undefined) each(entry.pa);
  }
}
function eachMachineFrame(m: GrantMapping, each: (at: Pa) => void): void {
  for (const run of m.machine) for (let offset = 0; offset < run.size; offset += FRAME) each(add(run.start, offset));
}

/** What a domain reaches and must not; undefined: nothing. */
export function checkReach(machine: Machine, granted: Granted): string | undefined {
  const { memory } = machine.get(MachinePort);
  const frames = machine.get(FramesPort);
  for (const domain of machine.get(DomainsPort).list()) {
    const objects = objectExtents(machine, domain);
    const shared = grantedFrames(machine, domain, granted);
    for (const run of domain.p2m.runs(range(ipa(0), domain.p2m.highest())))
      for (let offset = 0; offset < run.size; offset += FRAME) {
        const at = toNumber(run.pa) + offset;
        const owner = memory.contains(pa(at)) ? frames.ownerOf(pa(at)) : undefined;
        if (owner === domain.domid) continue;
        if (owner === undefined && run.type === P2M.object && objects.has(at - (at % BACKING_UNIT))) continue;
        const writable = shared.get(at);
        const where = `domain ${domain.domid} (${domain.name}) reaches machine frame ${hex(at)} at ipa ${hex(add(run.ipa, offset))}`;
        if (writable === undefined) return `${where}, which is ${owner === undefined ? "nobody's" : `domain ${owner}'s`} and was not granted to it`;
        if (run.writable && !writable) return `${where} for writing; it was granted for reading`;
      }
  }
  return undefined;
}
