/** Events of ABI v2: the same ports, memory by byte address and pinned. Source: docs/spec, v2 "Events". */
import type { GuestMemory } from "@granule/hypervisor/contract";
import type { Caller } from "@granule/kit";
import { add, fail, type Failure, hex, ok, range, XEN_PAGE } from "@granule/units";
import { C, EvtchnFifoControlBlock, V2 } from "@granule/xen-abi";
import { isPerVcpu } from "./operations.ts";
import type { DomainEvents } from "./state.ts";
import type { HandlerNeeds } from "./v1.ts";

export function registerV2({ on, domains, operations: ops, state, memory }: HandlerNeeds & { readonly memory: GuestMemory }): void {
  const self = (caller: Caller): DomainEvents => ops.of(domains.of(caller));
  const noPort = (port: number): Failure<"ENOENT"> => fail("ENOENT", `port ${port}: no such port, or in another state`);

  on.hypercall(V2.event_alloc_unbound, (caller, a) => {
    const e = self(caller);
    const c = ops.free(e);
    if (!c.ok) return c;
    ops.setUnbound(c.value, a.remote);
    return { ok: true, value: { port: c.value.port }, undo: () => void ops.close(e, c.value.port) };
  });
  on.hypercall(V2.event_bind_interdomain, (caller, a) => {
    const e = self(caller);
    const d = domains.resolve(caller, a.remote);
    const offer = d === undefined ? undefined : ops.offered(ops.of(d), a.remote_port, caller.domid);
    if (d === undefined || offer === undefined) return noPort(a.remote_port);
    const local = ops.free(e);
    if (!local.ok) return local;
    ops.connect(e, local.value, ops.of(d), offer);
    return { ok: true, value: { port: local.value.port }, undo: () => void ops.close(e, local.value.port) };
  });
  on.hypercall(V2.event_bind_virq, (caller, a) => {
    const e = self(caller);
    if (a.virq >= C.NR_VIRQS || (a.vcpu !== 0 && !isPerVcpu(a.virq))) return fail("EDOM", `virq ${a.virq} of vcpu ${a.vcpu}: there are ${C.NR_VIRQS}, and global ones are on vcpu 0`);
    const port = ops.bindVirq(e, a.virq, a.vcpu);
    return port.ok ? { ok: true, value: { port: port.value }, undo: () => void ops.close(e, port.value) } : port;
  });
  on.hypercall(V2.event_bind_ipi, (caller, a) => {
    const e = self(caller);
    const port = ops.bindIpi(e, a.vcpu);
    return port.ok ? { ok: true, value: { port: port.value }, undo: () => void ops.close(e, port.value) } : port;
  });
  on.hypercall(V2.event_close, (caller, a) => (ops.close(self(caller), a.port).ok ? ok({}) : noPort(a.port)));
  on.hypercall(V2.event_send, (caller, a) => (ops.send(self(caller), a.port).ok ? ok({}) : noPort(a.port)));
  on.hypercall(V2.event_unmask, (caller, a) => {
    const e = self(caller);
    const c = e.ports.inUse(a.port);
    if (c === undefined) return noPort(a.port);
    e.delivery.unmask(c);
    return ok({});
  });
  on.hypercall(V2.event_bind_vcpu, (caller, a) => (ops.bindVcpu(self(caller), a.port, a.vcpu).ok ? ok({}) : noPort(a.port)));
  on.hypercall(V2.event_status, (caller, a) => {
    const c = self(caller).ports.inUse(a.port);
    if (c === undefined) return noPort(a.port);
    const hasPeer = c.state === "unbound" || c.state === "interdomain";
    const detail = c.state === "interdomain" ? c.remotePort : c.state === "virq" ? c.virq : 0;
    return ok({ status: C.EVTCHNSTAT[c.state], vcpu: c.vcpu, remote: hasPeer ? c.remoteDomid : 0, detail });
  });
  on.hypercall(V2.event_init_fifo, (caller, a) => {
    const e = self(caller);
    // 72 bytes aligned to 128 lie in one frame
    const run = memory.ramRuns(e.domain, range(a.control, EvtchnFifoControlBlock.size))?.[0];
    if (run === undefined) return fail("ENOENT", `control block at ${hex(a.control)} is not in RAM of domain ${caller.domid}`);
    if (e.fifo?.blocks[a.vcpu] !== undefined) return fail("EBUSY", `vcpu ${a.vcpu} has a control block`);
    state.addControlBlock(e, a.vcpu, run.start);
    return ok({});
  });
  on.hypercall(V2.event_expand_fifo, (caller, a) => {
    const e = self(caller);
    if (e.fifo === undefined) return fail("EAGAIN", "the FIFO ABI is not in use");
    const count = a.size / XEN_PAGE.size;
    if (count > state.room(e)) return fail("ENOSPC", `${count} frames of event words: the array has room for ${state.room(e)}`);
    const runs = memory.ramRuns(e.domain, range(a.address, a.size));
    if (runs === undefined) return fail("ENOENT", `${hex(a.address)}+${hex(a.size)} bytes are not all RAM of domain ${caller.domid}`);
    for (const run of runs) for (let at = 0; at < run.size; at += XEN_PAGE.size) state.addFrame(e, add(run.start, at));
    return ok({});
  });
  on.hypercall(V2.event_set_priority, (caller, a) => {
    const e = self(caller);
    if (e.fifo === undefined) return fail("EAGAIN", "the FIFO ABI is not in use");
    const c = e.ports.inUse(a.port);
    if (c === undefined) return noPort(a.port);
    if (a.priority > C.EVTCHN_FIFO.PRIORITY_MIN) return fail("EDOM", `priority ${a.priority}: the last is ${C.EVTCHN_FIFO.PRIORITY_MIN}`);
    c.priority = a.priority;
    return ok({});
  });
}
