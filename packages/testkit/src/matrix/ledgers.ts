/** What must add up: memory, grants and event channels. Each answers what is wrong; undefined: nothing. Sizes in bytes. */
import { EventPort } from "@granule/event-channels";
import { GrantPort } from "@granule/grant-table";
import { type Domain, FramesPort } from "@granule/hypervisor";
import type { Machine } from "@granule/kit";
import { MachinePort } from "@granule/machine";

/** Owned, given up but still referenced, the hypervisor's objects, and free: together all RAM. */
export function checkConserved(machine: Machine): string | undefined {
  const { owned, referenced, objects, free } = machine.get(FramesPort).totals();
  const all = machine.get(MachinePort).ram.size;
  return owned + referenced + objects + free === all ? undefined : `owned ${owned} + referenced ${referenced} + objects ${objects} + free ${free} is not all RAM, ${all} bytes`;
}

/** After every domain was destroyed. `tables`: bytes that were free for tables before the first was built. */
export function checkAllFree(machine: Machine, tables: number): string | undefined {
  const { ram, tables: now } = machine.get(MachinePort);
  if (ram.freeBytes() !== ram.size) return `${ram.size - ram.freeBytes()} bytes of RAM are not free after the last domain went`;
  return now.freeBytes() === tables ? undefined : `${tables - now.freeBytes()} bytes of tables are not free after the last domain went`;
}

/** After a disconnect: no grant in use and no event channel between the two. */
export function checkNothingShared(machine: Machine, a: Domain, b: Domain): string | undefined {
  const grants = machine.get(GrantPort);
  const events = machine.get(EventPort);
  for (const [one, other] of [[a, b], [b, a]] as const) {
    const used = grants.active(one).find((g) => g.mapper === other.domid);
    if (used !== undefined) return `domain ${other.domid} still uses reference ${used.ref} of domain ${one.domid}`;
    const mapped = grants.mappings(one).find((m) => m.granter === other.domid);
    if (mapped !== undefined) return `domain ${one.domid} still maps reference ${mapped.ref} of domain ${other.domid}`;
    const port = events.list(one).find((p) => p.remoteDomid === other.domid);
    if (port !== undefined) return `domain ${one.domid} still has event port ${port.port} (${port.state}) to domain ${other.domid}`;
  }
  return undefined;
}
