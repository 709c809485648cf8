/**
 * No over-exposure: every 4096 bytes of machine memory that a domain's stage 2 reaches are its own RAM, one of its own
 * objects of the hypervisor, or were granted to it, with no more rights than the grant gave. What was granted is what
 * the granting kernel says where that is known, so that a ledger which is wrong the same way as the map is caught too.
 * Source: docs/spec, "The rules for mixed granules", rule 2.
 */
import { GRANT_TABLE_V1, GRANT_TABLE_V2, GrantPort } from "@granule/grant-table";
import { type Domain, DomainsPort, FramesPort, ObjectsPort, P2M } from "@granule/hypervisor";
import type { Machine } from "@granule/kit";
import { MachinePort } from "@granule/machine";
import { add, alignDown, BACKING_UNIT, hex, ipa, pa, type Range, range, toNumber, XEN_PAGE } from "@granule/units";
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

/**
 * Machine address -> may it be written, for each frame that a domain was granted and has mapped. Where the granter is
 * still there its own stage 2 says which frames those are, not the ledger of the grants.
 */
function grantedFrames(machine: Machine, domain: Domain, granted: Granted): ReadonlyMap<number, boolean> {
  const frames = new Map<number, boolean>();
  const put = (at: number, writable: boolean): void => void frames.set(at, writable || frames.get(at) === true);
  const grants = machine.get(GrantPort);
  for (const m of grants.mappings(domain)) {
    const granter = machine.get(DomainsPort).get(m.granter);
    if (granter === undefined) {
      for (const run of m.machine) for (let offset = 0; offset < run.size; offset += FRAME) put(toNumber(run.start) + offset, m.writable);
      continue;
    }
    const extent = granted(m.granter, m.ref) ?? grants.active(granter).find((g) => g.ref === m.ref)?.extent;
    for (let offset = 0; extent !== undefined && offset < extent.size; offset += FRAME) {
      const entry = granter.p2m.lookup(add(extent.start, offset));
      if (entry !== undefined) put(toNumber(entry.pa), m.writable);
    }
  }
  return frames;
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
