/**
 * Event channels: one bit of news between two ends. A port of one domain is bound to a port of another, to a virtual
 * interrupt, or to the domain itself; both ABIs see the same ports. Source: xen/include/public/event_channel.h.
 */
import type { Domain, Vcpu } from "@granule/hypervisor/contract";
import { port } from "@granule/kit";
import type { Result } from "@granule/units";

/** What a port is bound to: the names of EVTCHNSTAT_*. */
export type PortState = "closed" | "unbound" | "interdomain" | "virq" | "ipi";

/** A port in use, for people. */
export interface PortInfo {
  readonly port: number;
  readonly state: PortState;
  /** The vcpu whose upcall it raises. */
  readonly vcpu: number;
  /** `unbound` and `interdomain`: the peer's domid. */
  readonly remoteDomid: number | undefined;
  /** `interdomain`: the peer's port. */
  readonly remotePort: number | undefined;
  readonly virq: number | undefined;
  readonly pending: boolean;
  readonly masked: boolean;
}

/** Event channels for a toolstack and for other plugins: no policy is asked. */
export interface Events {
  /** A port of `domain` to which `remoteDomid` may bind. */
  allocUnbound(domain: Domain, remoteDomid: number): Result<number, "ENOSPC">;
  /** A port of `domain` bound to `remotePort`, which must be unbound and meant for `domain`. */
  bindInterdomain(domain: Domain, remote: Domain, remotePort: number): Result<number, "ENOSPC" | "EINVAL">;
  /** Two free ports of given numbers, bound to each other: static event channels. EINVAL: a port is no port, or is in use. */
  bindStatic(domain: Domain, port: number, remote: Domain, remotePort: number): Result<undefined, "EINVAL">;
  /** As EVTCHNOP_send: EINVAL for a port that is free or a virq's. */
  send(domain: Domain, port: number): Result<undefined, "EINVAL">;
  close(domain: Domain, port: number): Result<undefined, "EINVAL">;
  /** Raises VIRQ_* `virq` (a vcpu's own, or a global one through vcpu 0); false when no port is bound to it. */
  raiseVirq(vcpu: Vcpu, virq: number): boolean;
  /** Undefined: no such port, or it is free. */
  isPending(domain: Domain, port: number): boolean | undefined;
  /** True when the domain has switched to the FIFO ABI. */
  isFifo(domain: Domain): boolean;
  /** Ports in use, ascending. */
  list(domain: Domain): readonly PortInfo[];
}
export const EventPort = port<Events>()("events");

export interface EventChannelsConfig {
  /**
   * Highest port number of a domain. Default 1023, as Xen's toolstack gives; at most 2^17 - 1, of which the 2-level ABI
   * reaches the first 4095.
   */
  readonly maximumPort: number;
}
