/** Event channels of a kernel: the hypercalls of its ABI, and a main loop that loses no wakeup. */
import type { Guest, Trap } from "@granule/machine";
import { add, DONE, fail, ok, type Result, type Va } from "@granule/units";
import { C, V1, V2, VcpuInfo } from "@granule/xen-abi";
import type { Calls, EventCode, Events } from "./contract.ts";
import type { EventBits } from "./eventBits.ts";

type PortResult = Trap<Result<number, EventCode>>;
/** The operations that an event ABI makes of a hypercall ABI; each answers a port, or nothing. */
interface PortCalls {
  allocUnbound(remote: number): PortResult;
  bindInterdomain(remote: number, remotePort: number): PortResult;
  close(port: number): Trap<Result<object, EventCode>>;
  send(port: number): Trap<Result<object, EventCode>>;
  unmask(port: number): Trap<Result<object, EventCode>>;
}

function portCallsV1(calls: Calls): PortCalls {
  const alloc_unbound = calls.caller(V1.event_alloc_unbound);
  const bind_interdomain = calls.caller(V1.event_bind_interdomain);
  const [close, send, unmask] = [calls.caller(V1.event_close), calls.caller(V1.event_send), calls.caller(V1.event_unmask)];
  return {
    *allocUnbound(remote) {
      const r = yield* alloc_unbound({ dom: C.DOMID_SELF, remote_dom: remote });
      return r.ok ? ok(r.value.port) : r;
    },
    *bindInterdomain(remote, remotePort) {
      const r = yield* bind_interdomain({ remote_dom: remote, remote_port: remotePort });
      return r.ok ? ok(r.value.local_port) : r;
    },
    close: (port) => close({ port }), send: (port) => send({ port }), unmask: (port) => unmask({ port }),
  };
}
function portCallsV2(calls: Calls): PortCalls {
  const alloc_unbound = calls.caller(V2.event_alloc_unbound);
  const bind_interdomain = calls.caller(V2.event_bind_interdomain);
  const [close, send, unmask] = [calls.caller(V2.event_close), calls.caller(V2.event_send), calls.caller(V2.event_unmask)];
  return {
    *allocUnbound(remote) {
      const r = yield* alloc_unbound({ remote });
      return r.ok ? ok(r.value.port) : r;
    },
    *bindInterdomain(remote, remotePort) {
      const r = yield* bind_interdomain({ remote, remote_port: remotePort });
      return r.ok ? ok(r.value.port) : r;
    },
    close: (port) => close({ port }), send: (port) => send({ port }), unmask: (port) => unmask({ port }),
  };
}

export function createEvents(g: Guest, calls: Calls, abi: 1 | 2, bits: EventBits, vcpuInfo: Va): Events {
  const ports = abi === 1 ? portCallsV1(calls) : portCallsV2(calls);
  const upcallPending = add(vcpuInfo, VcpuInfo.fields.evtchn_upcall_pending.offset);
  const handlers = new Map<number, (port: number) => Trap<void> | void>();

  /** A port that was just bound gets room for its state, or is closed again. */
  function* settle(bound: Result<number, EventCode>): PortResult {
    if (!bound.ok || bits.reserve === undefined || (yield* bits.reserve(bound.value))) return bound;
    yield* ports.close(bound.value);
    return fail("ENOMEM", `no memory for the state of event port ${bound.value}`);
  }
  function* dispatch(): Trap<void> {
    // the upcall first: an event that comes later sets it again, and the next wait returns at once
    g.store8(upcallPending, 0);
    const found: number[] = [];
    bits.scan(found);
    for (const port of found) {
      const handler = handlers.get(port);
      if (handler === undefined || !bits.consume(port)) continue;
      const work = handler(port);
      if (work !== undefined) yield* work;
    }
  }
  return {
    dispatch,
    *allocUnbound(remote) {
      return yield* settle(yield* ports.allocUnbound(remote));
    },
    *bindInterdomain(remote, remotePort) {
      return yield* settle(yield* ports.bindInterdomain(remote, remotePort));
    },
    *close(port) {
      handlers.delete(port);
      const r = yield* ports.close(port);
      return r.ok ? DONE : r;
    },
    *send(port) {
      const r = yield* ports.send(port);
      return r.ok ? DONE : r;
    },
    mask: bits.mask,
    *unmask(port) {
      bits.unmask(port);
      // only the hypervisor can raise the upcall for what became pending behind the mask
      if (!bits.isPending(port)) return DONE;
      const r = yield* ports.unmask(port);
      return r.ok ? DONE : r;
    },
    isPending: bits.isPending,
    consume: bits.consume,
    on: (port, handler) => void handlers.set(port, handler),
    off: (port) => void handlers.delete(port),
    *waitFor(condition, until = Infinity) {
      for (;;) {
        if (condition()) return true;
        yield* dispatch();
        if (condition()) return true;
        if (g.now() >= until) return false;
        yield* g.wait(until);
      }
    },
  };
}
