/** Event channels as a plugin: both ABIs, the port for others, and what happens when domains come, reset and go. */
import {
  DOMAIN_CREATE, DOMAIN_DYING, DOMAIN_GONE, DOMAIN_RESET, type Domain, DomainsPort, FramesPort, GuestMemoryPort, POLL_PENDING, VcpuInfoPort,
} from "@granule/hypervisor/contract";
import { definePlugin } from "@granule/kit";
import { MachinePort } from "@granule/machine";
import { DONE, fail, GranuleError, ok } from "@granule/units";
import { type EventChannelsConfig, EventPort, type Events } from "./contract.ts";
import { createFifo, FIFO_PORTS } from "./fifo.ts";
import { createOperations } from "./operations.ts";
import { loadEvents, saveEvents } from "./save.ts";
import { createEventState, type DomainEvents } from "./state.ts";
import { registerV1 } from "./v1.ts";
import { registerV2 } from "./v2.ts";

/** As real Xen's toolstack gives a domain. */
const DEFAULT_MAXIMUM_PORT = 1023;

const isPartial = (raw: unknown): raw is Partial<EventChannelsConfig> => typeof raw === "object" && raw !== null;
function parse(raw: unknown): EventChannelsConfig {
  const given = raw === undefined ? {} : raw;
  if (!isPartial(given)) throw new GranuleError("GRAN0020", "event-channels: the configuration is not an object");
  const { maximumPort = DEFAULT_MAXIMUM_PORT } = given;
  if (!Number.isInteger(maximumPort) || maximumPort < 1 || maximumPort >= FIFO_PORTS)
    throw new GranuleError("GRAN0022", `event-channels.maximumPort: ${String(maximumPort)} is not a port number from 1 to ${FIFO_PORTS - 1}`);
  return { maximumPort };
}

/** Provides {@link EventPort}. */
export const eventChannels = definePlugin({
  name: "event-channels",
  version: 1,
  provides: { events: EventPort },
  requires: { machine: MachinePort, domains: DomainsPort, frames: FramesPort, memory: GuestMemoryPort, infos: VcpuInfoPort },
  config: parse,
  setup({ use, on, trace, config }) {
    const { memory } = use.machine;
    const state = createEventState(memory, use.frames, use.infos);
    const byDomain = new Map<number, DomainEvents>();
    const operations = createOperations({
      state,
      maximumPort: config.maximumPort,
      eventsOf: (domid) => byDomain.get(domid),
      onRaise(e, c) {
        e.domain.counters.add("event", 1);
        if (trace.on) trace.emit("event", { domid: e.domain.domid, vcpu: c.vcpu, port: c.port });
      },
    });
    const fresh = (domain: Domain): DomainEvents => {
      // XEN_HAVE_PV_UPCALL_MASK is x86's: on Arm the vcpu's own interrupt mask is the only one
      for (const vcpu of domain.vcpus) vcpu.irqSource = () => use.infos.upcallPending(vcpu);
      return state.create(domain);
    };

    registerV1({ on, domains: use.domains, frames: use.frames, operations, state });
    registerV2({ on, domains: use.domains, frames: use.frames, operations, state, memory: use.memory });

    on.setup(DOMAIN_CREATE, (domain) => {
      const e = fresh(domain);
      byDomain.set(domain.domid, e);
      return ok(() => void byDomain.delete(domain.domid));
    });
    on.event(DOMAIN_GONE, (domain) => void byDomain.delete(domain.domid));
    // peers see their ports unbound before the domain's memory goes
    on.event(DOMAIN_DYING, (domain) => operations.reset(operations.of(domain)));
    on.event(DOMAIN_RESET, (domain) => {
      const e = operations.of(domain);
      operations.reset(e);
      e.twoLevel.wipe();
      for (const c of e.ports.all()) c.owed = false;
    });
    const isPending = (domain: Domain, port: number): boolean | undefined => {
      const e = operations.of(domain);
      const c = e.ports.inUse(port);
      return c === undefined ? undefined : e.delivery.isPending(c);
    };
    on.handled(POLL_PENDING, ({ domain, port }) => isPending(domain, port));

    const events: Events = {
      allocUnbound(domain, remoteDomid) {
        const c = operations.free(operations.of(domain));
        if (!c.ok) return c;
        operations.setUnbound(c.value, remoteDomid);
        return ok(c.value.port);
      },
      bindInterdomain(domain, remote, remotePort) {
        const e = operations.of(domain);
        const local = operations.free(e);
        if (!local.ok) return local;
        const offer = operations.offered(operations.of(remote), remotePort, domain.domid);
        if (offer === undefined) return fail("EINVAL", `port ${remotePort} of domain ${remote.domid} is not offered to domain ${domain.domid}`);
        operations.connect(e, local.value, operations.of(remote), offer);
        return ok(local.value.port);
      },
      bindStatic(domain, port, remote, remotePort) {
        const [e, peer] = [operations.of(domain), operations.of(remote)];
        const ends = [[e, port], [peer, remotePort]] as const;
        for (const [end, n] of ends) {
          if (!Number.isInteger(n) || n < 1 || n > config.maximumPort) return fail("EINVAL", `port ${n} is not from 1 to ${config.maximumPort}`);
          end.ports.grow(n + 1);
          if (end.ports.inUse(n) !== undefined) return fail("EINVAL", `port ${n} of domain ${end.domain.domid} is in use`);
        }
        const [offer, local] = ends.map(([end, n]) => end.ports.find(n));
        if (offer === undefined || local === undefined || offer === local) return fail("EINVAL", `port ${port} of domain ${domain.domid} cannot be bound to itself`);
        operations.setUnbound(offer, remote.domid);
        operations.connect(peer, local, e, offer);
        return DONE;
      },
      send: (domain, port) => operations.send(operations.of(domain), port),
      close: (domain, port) => operations.close(operations.of(domain), port),
      raiseVirq: operations.raiseVirq,
      isPending,
      isFifo: (domain) => operations.of(domain).fifo !== undefined,
      list(domain) {
        const { ports, delivery } = operations.of(domain);
        return ports.all().filter((c) => c.state !== "closed").map((c) => ({
          port: c.port, state: c.state, vcpu: c.vcpu,
          remoteDomid: c.state === "unbound" || c.state === "interdomain" ? c.remoteDomid : undefined,
          remotePort: c.state === "interdomain" ? c.remotePort : undefined,
          virq: c.state === "virq" ? c.virq : undefined,
          pending: delivery.isPending(c), masked: delivery.isMasked(c),
        }));
      },
    };
    return {
      ports: { events },
      save: () => saveEvents(memory, byDomain.values()),
      load(saved) {
        const restored = loadEvents(saved, use.domains.get, fresh, memory, (d) => createFifo(memory, use.infos, d));
        byDomain.clear();
        for (const e of restored) byDomain.set(e.domain.domid, e);
      },
    };
  },
});
