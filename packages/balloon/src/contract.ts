/** What others may ask of the balloon. Its hypercalls are in `@granule/xen-abi`: V1 reservations, V2 release, populate and accumulate. */
import { port } from "@granule/kit";
import type { Bytes } from "@granule/units";
import type { Domain } from "@granule/hypervisor";

export interface Balloon {
  /** Bytes that the domain handed in by `accumulate` in granules that are not complete yet: still its own. */
  pendingBytes(domain: Domain): Bytes;
}
export const BalloonPort = port<Balloon>()("balloon");

/** Names of the domain's counters, in bytes. */
export const RELEASED = "balloon_released_bytes";
export const POPULATED = "balloon_populated_bytes";
