/**
 * What happens to ports, whichever ABI asks: bind, send, close. Codes are ABI v1's, in the order in which Xen 4.17
 * answers them; ABI v2's handlers check what v2 checks first.
 */
import type { Domain, Vcpu } from "@granule/hypervisor/contract";
import { DONE, fail, type Failure, ModelBug, ok, type Result } from "@granule/units";
import { C } from "@granule/xen-abi";
import type { DomainEvents, EventState } from "./state.ts";
import type { Channel } from "./ports.ts";

export interface Operations {
  of(domain: Domain): DomainEvents;
  /** The lowest free port, not yet bound. */
  free(e: DomainEvents): Result<Channel, "ENOSPC">;
  setUnbound(c: Channel, remoteDomid: number): void;
  /** The peer's port, if it is unbound and meant for `domid`. */
  offered(remote: DomainEvents, remotePort: number, domid: number): Channel | undefined;
  /** Binds a free port to an offered one. The local port becomes pending: the peer may have sent before. */
  connect(e: DomainEvents, local: Channel, remote: DomainEvents, offer: Channel): void;
  bindVirq(e: DomainEvents, virq: number, vcpu: number): Result<number, "EEXIST" | "ENOSPC">;
  bindIpi(e: DomainEvents, vcpu: number): Result<number, "ENOSPC">;
  bindVcpu(e: DomainEvents, port: number, vcpu: number): Result<undefined, "EINVAL">;
  send(e: DomainEvents, port: number): Result<undefined, "EINVAL">;
  raiseVirq(vcpu: Vcpu, virq: number): boolean;
  close(e: DomainEvents, port: number): Result<undefined, "EINVAL">;
  /** Closes all ports and returns to 2-level. */
  reset(e: DomainEvents): void;
}

/** A virtual interrupt that each vcpu has of its own; the others are bound on vcpu 0 only. */
export const isPerVcpu = (virq: number): boolean => C.VIRQ_PER_VCPU.includes(virq);

interface Needs {
  readonly state: EventState;
  /** Highest port number. */
  readonly maximumPort: number;
  eventsOf(domid: number): DomainEvents | undefined;
  /** Tells that a port was raised. */
  onRaise(e: DomainEvents, c: Channel): void;
}

export function createOperations({ state, maximumPort, eventsOf, onRaise }: Needs): Operations {
  const noPort = (port: number): Failure<"EINVAL"> => fail("EINVAL", `port ${port}: no such port, or in another state`);
  const raise = (e: DomainEvents, c: Channel): void => {
    onRaise(e, c);
    e.delivery.raise(c);
  };
  const free = (e: DomainEvents): Result<Channel, "ENOSPC"> => {
    const limit = Math.min(maximumPort + 1, e.delivery.portLimit);
    const c = e.ports.free(limit, e.delivery.isBusy);
    if (c === undefined) return fail("ENOSPC", `no free port: domain ${e.domain.domid} has ${limit - 1}`);
    c.vcpu = 0;
    c.priority = C.EVTCHN_FIFO.PRIORITY_DEFAULT;
    return ok(c);
  };
  const peerOf = (c: Channel): { readonly e: DomainEvents; readonly c: Channel } => {
    const e = eventsOf(c.remoteDomid);
    const peer = e?.ports.inUse(c.remotePort);
    if (e === undefined || peer?.state !== "interdomain") throw new ModelBug(`event channel ${c.port}: its peer ${c.remoteDomid}/${c.remotePort} is not bound to it`);
    return { e, c: peer };
  };
  const shut = (e: DomainEvents, c: Channel): void => {
    if (c.state === "interdomain") {
      const peer = peerOf(c).c;
      peer.state = "unbound";
      peer.remoteDomid = e.domain.domid;
    }
    if (c.state === "virq") e.virqs.forEach((port, i) => port === c.port && (e.virqs[i] = 0));
    e.delivery.clear(c);
    e.ports.release(c);
  };
  return {
    of(domain) {
      const e = eventsOf(domain.domid);
      if (e === undefined) throw new ModelBug(`events: domain ${domain.domid} has no ports`);
      return e;
    },
    free,
    setUnbound(c, remoteDomid) {
      c.state = "unbound";
      c.remoteDomid = remoteDomid;
    },
    offered(remote, remotePort, domid) {
      const c = remote.ports.inUse(remotePort);
      return c?.state === "unbound" && c.remoteDomid === domid ? c : undefined;
    },
    connect(e, local, remote, offer) {
      local.state = "interdomain";
      local.remoteDomid = remote.domain.domid;
      local.remotePort = offer.port;
      offer.state = "interdomain";
      offer.remoteDomid = e.domain.domid;
      offer.remotePort = local.port;
      raise(e, local);
    },
    bindVirq(e, virq, vcpu) {
      const slot = vcpu * C.NR_VIRQS + virq;
      const bound = e.virqs[slot] ?? 0;
      if (bound !== 0) return fail("EEXIST", `virq ${virq} of vcpu ${vcpu} is bound to port ${bound}`);
      const c = free(e);
      if (!c.ok) return c;
      c.value.state = "virq";
      c.value.virq = virq;
      c.value.vcpu = vcpu;
      e.virqs[slot] = c.value.port;
      return ok(c.value.port);
    },
    bindIpi(e, vcpu) {
      const c = free(e);
      if (!c.ok) return c;
      c.value.state = "ipi";
      c.value.vcpu = vcpu;
      return ok(c.value.port);
    },
    bindVcpu(e, port, vcpu) {
      const c = e.ports.inUse(port);
      const movable = c !== undefined && (c.state === "unbound" || c.state === "interdomain" || (c.state === "virq" && !isPerVcpu(c.virq)));
      if (!movable) return noPort(port);
      c.vcpu = vcpu;
      return DONE;
    },
    send(e, port) {
      const c = e.ports.inUse(port);
      if (c === undefined || c.state === "virq") return noPort(port);
      if (c.state === "ipi") raise(e, c);
      if (c.state === "interdomain") {
        const peer = peerOf(c);
        raise(peer.e, peer.c);
      }
      return DONE;
    },
    raiseVirq(vcpu, virq) {
      const e = eventsOf(vcpu.domain.domid);
      const c = e?.ports.inUse(e.virqs[(isPerVcpu(virq) ? vcpu.index : 0) * C.NR_VIRQS + virq] ?? 0);
      if (e === undefined || c?.state !== "virq") return false;
      raise(e, c);
      return true;
    },
    close(e, port) {
      const c = e.ports.inUse(port);
      if (c === undefined) return noPort(port);
      shut(e, c);
      return DONE;
    },
    reset(e) {
      for (const c of e.ports.all()) if (c.state !== "closed") shut(e, c);
      state.leaveFifo(e);
    },
  };
}
