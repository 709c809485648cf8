/** What all grant operations use: ports, the state of domains, and looking up who is meant by a domid and a reference. */
import { type Domain, type Domains, type Frames, type Objects, P2M, type P2mEntry, RAM_REMOVED } from "@granule/hypervisor/contract";
import type { Caller, Emit } from "@granule/kit";
import type { MachineMemory } from "@granule/machine";
import { ipa, ModelBug, range, XEN_PAGE } from "@granule/units";
import type { GrantTableConfig } from "./contract.ts";
import type { Pins } from "./pins.ts";
import type { GrantState, InUse, Mapping } from "./state.ts";
import { remove, whatIsLeft } from "./install.ts";

export interface Core {
  readonly memory: MachineMemory;
  readonly frames: Frames;
  readonly domains: Domains;
  readonly objects: Objects;
  readonly emit: Emit;
  readonly pins: Pins;
  readonly config: GrantTableConfig;
  /** By domid. */
  readonly states: Map<number, GrantState>;
}

/** Counters on the caller's domain. Bytes mapped are counted when they are mapped, and not taken back. */
export const COUNTER = Object.freeze({ map: "grant_map", unmap: "grant_unmap", copy: "grant_copy", copyBytes: "grant_copy_bytes", mappedBytes: "grant_mapped_bytes" });

/** @throws ModelBug for a domain that was not created with this plugin. */
export function stateOf(core: Core, domain: Domain): GrantState {
  const s = core.states.get(domain.domid);
  if (s === undefined) throw new ModelBug(`domain ${domain.domid} has no grant tables`);
  return s;
}
export const callerState = (core: Core, caller: Caller): GrantState => stateOf(core, core.domains.of(caller));

/** A live domain by its real domid: DOMID_SELF is none. */
export function granterState(core: Core, domid: number): GrantState | undefined {
  const d = core.domains.get(domid);
  return d === undefined || d.state === "dying" ? undefined : core.states.get(domid);
}
export const mayTalk = (core: Core, a: Domain, b: Domain): boolean => a === b || core.domains.mayTalk(a, b);

/** A mapping is known under its handle, and counted. */
export function record(s: GrantState, handle: number, use: InUse, address: number, writable: boolean): void {
  s.handles.set(handle, { use, address, writable });
  s.domain.counters.add(COUNTER.map, 1);
  s.domain.counters.add(COUNTER.mappedBytes, use.size);
}
/**
 * v1: a handle whose mapping is where the caller did not point keeps the mapping, as on Xen 4.17; the leaf keeps the frames, so
 * that nobody else ever gets them while they can be reached.
 */
export function abandon(core: Core, s: GrantState, handle: number, m: Mapping): void {
  for (const { start, size } of whatIsLeft(s.domain, m)) {
    const entry = s.domain.p2m.lookup(start);
    if (entry === undefined) continue;
    const r = s.domain.p2m.map(range(start, size), entry.pa, P2M.stray, m.writable);
    // it is mapped as finely already: no table is needed
    if (!r.ok) throw new ModelBug(`a mapping that stays: ${r.why}`);
    core.frames.keep(entry.pa, size);
  }
  forget(core, s, handle, m);
}
/** Stage 2 first, then the pin, then the handle: nothing is reachable that is not pinned. */
export function forget(core: Core, s: GrantState, handle: number, m: Mapping): void {
  remove(s.domain, m);
  core.pins.unpin(m.use, m.writable);
  s.handles.giveBack(handle);
  s.domain.counters.add(COUNTER.unmap, 1);
}

/** v1 only: a frame of 4096 bytes that was there has left the P2M. RAM stays owned; a foreign frame is no longer referenced. */
export function displaced(core: Core, domain: Domain, at: number, was: P2mEntry | undefined): void {
  if (was !== undefined) core.frames.leafGone(was, XEN_PAGE.size);
  if (was?.type === P2M.ram) core.emit.event(RAM_REMOVED, { domain, range: range(ipa(at), XEN_PAGE.size) });
}
