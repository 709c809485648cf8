/**
 * event_channel_op of ABI v1. Sources: xen/include/public/event_channel.h; errors, their order and what is left behind
 * as observed on Xen 4.17.
 */
import { type Domain, type Domains, type Frames, ownFrame } from "@granule/hypervisor/contract";
import type { Caller, On } from "@granule/kit";
import { add, fail, type Failure, hex, isAligned, ok, type Pa, type Result, XEN_PAGE } from "@granule/units";
import { C, EvtchnFifoControlBlock, V1 } from "@granule/xen-abi";
import { isPerVcpu, type Operations } from "./operations.ts";
import type { DomainEvents, EventState } from "./state.ts";

/** Control blocks are aligned to this many bytes. */
const BLOCK_ALIGNMENT = 8;

// MAGIC: the domid takes bits 15:0 of the union's first word
const withDomid = (u: number, domid: number): number => u - (u % 2 ** 16) + domid;

export interface HandlerNeeds {
  readonly on: On;
  readonly domains: Domains;
  readonly frames: Frames;
  readonly operations: Operations;
  readonly state: EventState;
}

/** Where event words may be. */
function frameAt(frames: Frames, domain: Domain, gfn: number): Result<Pa, "EINVAL"> {
  const frame = ownFrame(frames, domain, gfn);
  return frame === undefined ? fail("EINVAL", `gfn ${hex(gfn)} is no frame of domain ${domain.domid}`) : ok(frame);
}

export function registerV1({ on, domains, frames, operations: ops, state }: HandlerNeeds): void {
  const self = (caller: Caller): DomainEvents => ops.of(domains.of(caller));
  const noDomain = (domid: number): Failure<"ESRCH"> => fail("ESRCH", `no domain ${domid}`);
  const denied = (caller: Caller, domid: number): Failure<"EPERM"> => fail("EPERM", `the policy denies domain ${domid} to domain ${caller.domid}`);
  /** Another domain's ports are for the control domain. */
  const mayManage = (caller: Caller, d: Domain): boolean => d.domid === caller.domid || domains.of(caller).privileged;

  on.hypercall(V1.event_alloc_unbound, (caller, a) => {
    const d = domains.resolve(caller, a.dom);
    if (d === undefined) return noDomain(a.dom);
    const e = ops.of(d);
    const c = ops.free(e);
    if (!c.ok) return c;
    const remoteDomid = a.remote_dom === C.DOMID_SELF ? caller.domid : a.remote_dom;
    const remote = domains.get(remoteDomid);
    // the dummy module does not look whether there is such a domain
    if (domains.xsm === "silo" && remote === undefined) return noDomain(remoteDomid);
    if (!mayManage(caller, d)) return denied(caller, a.dom);
    if (remote !== undefined && !domains.mayTalk(d, remote)) return denied(caller, remoteDomid);
    ops.setUnbound(c.value, remoteDomid);
    return ok({ port: c.value.port });
  });
  on.hypercall(V1.event_bind_interdomain, (caller, a) => {
    const e = self(caller);
    const d = domains.resolve(caller, a.remote_dom);
    if (d === undefined) return noDomain(a.remote_dom);
    const local = ops.free(e);
    if (!local.ok) return local;
    const offer = ops.offered(ops.of(d), a.remote_port, caller.domid);
    if (offer === undefined) return fail("EINVAL", `port ${a.remote_port} of domain ${d.domid} is not offered to domain ${caller.domid}`);
    if (!domains.mayTalk(e.domain, d)) return denied(caller, a.remote_dom);
    ops.connect(e, local.value, ops.of(d), offer);
    return ok({ local_port: local.value.port });
  });
  on.hypercall(V1.event_bind_virq, (caller, a) => {
    const e = self(caller);
    if (a.virq >= C.NR_VIRQS) return fail("EINVAL", `virq ${a.virq}: there are ${C.NR_VIRQS}`);
    if (a.vcpu !== 0 && !isPerVcpu(a.virq)) return fail("EINVAL", `virq ${a.virq} is global: it is bound on vcpu 0, not ${a.vcpu}`);
    if (a.vcpu >= e.domain.vcpus.length) return fail("ENOENT", `no vcpu ${a.vcpu}`);
    const port = ops.bindVirq(e, a.virq, a.vcpu);
    return port.ok ? ok({ port: port.value }) : port;
  });
  on.hypercall(V1.event_bind_ipi, (caller, a) => {
    const e = self(caller);
    if (a.vcpu >= e.domain.vcpus.length) return fail("ENOENT", `no vcpu ${a.vcpu}`);
    const port = ops.bindIpi(e, a.vcpu);
    return port.ok ? ok({ port: port.value }) : port;
  });
  on.hypercall(V1.event_bind_pirq, (caller, a) => {
    if (a.pirq >= C.NR_PIRQS) return fail("EINVAL", `pirq ${a.pirq}: must be below ${C.NR_PIRQS}`);
    const c = ops.free(self(caller));
    return c.ok ? fail("ENOMEM", `pirq ${a.pirq}: there are no physical interrupts on Arm`) : c;
  });
  on.hypercall(V1.event_close, (caller, a) => {
    const r = ops.close(self(caller), a.port);
    return r.ok ? ok({}) : r;
  });
  on.hypercall(V1.event_send, (caller, a) => {
    const r = ops.send(self(caller), a.port);
    return r.ok ? ok({}) : r;
  });
  on.hypercall(V1.event_status, (caller, a) => {
    const d = domains.resolve(caller, a.dom);
    if (d === undefined) return noDomain(a.dom);
    const c = ops.of(d).ports.find(a.port);
    if (c === undefined) return fail("EINVAL", `no port ${a.port}`);
    if (!mayManage(caller, d)) return denied(caller, a.dom);
    const status = C.EVTCHNSTAT[c.state];
    // bytes of the union that this state does not use stay as the caller gave them
    const isPeer = c.state === "unbound" || c.state === "interdomain";
    const u = c.state === "virq" ? c.virq : isPeer ? withDomid(a.u, c.remoteDomid) : a.u;
    return ok({ status, vcpu: c.vcpu, u, u_port: c.state === "interdomain" ? c.remotePort : a.u_port });
  });
  on.hypercall(V1.event_bind_vcpu, (caller, a) => {
    const e = self(caller);
    if (a.vcpu >= e.domain.vcpus.length) return fail("ENOENT", `no vcpu ${a.vcpu}`);
    const r = ops.bindVcpu(e, a.port, a.vcpu);
    return r.ok ? ok({}) : r;
  });
  on.hypercall(V1.event_unmask, (caller, a) => {
    const e = self(caller);
    if (e.ports.find(a.port) === undefined) return fail("EINVAL", `no port ${a.port}`);
    const c = e.ports.inUse(a.port);
    if (c !== undefined) e.delivery.unmask(c);
    return ok({});
  });

  /** The domain of a reset, when the caller may reset it. */
  const resettable = (caller: Caller, domid: number): Result<Domain, "ESRCH" | "EPERM"> => {
    const d = domains.resolve(caller, domid);
    if (d === undefined) return noDomain(domid);
    return mayManage(caller, d) ? ok(d) : denied(caller, domid);
  };
  on.hypercall(V1.event_reset, (caller, a) => {
    const d = resettable(caller, a.dom);
    if (!d.ok) return d;
    ops.reset(ops.of(d.value));
    return ok({});
  });
  on.hypercall(V1.event_reset_cont, (caller, a) => {
    const d = resettable(caller, a.dom);
    return d.ok ? fail("EBUSY", `no reset of domain ${d.value.domid} is under way`) : d;
  });

  on.hypercall(V1.event_init_control, (caller, a) => {
    const e = self(caller);
    if (a.vcpu >= e.domain.vcpus.length) return fail("ENOENT", `no vcpu ${a.vcpu}`);
    if (a.offset > XEN_PAGE.size - EvtchnFifoControlBlock.size || !isAligned(a.offset, BLOCK_ALIGNMENT))
      return fail("EINVAL", `offset ${a.offset} bytes: must be a multiple of ${BLOCK_ALIGNMENT} and leave ${EvtchnFifoControlBlock.size} bytes of the frame`);
    if (e.fifo?.blocks[a.vcpu] !== undefined) return fail("EINVAL", `vcpu ${a.vcpu} has a control block`);
    const frame = frameAt(frames, e.domain, a.control_gfn);
    if (!frame.ok) return frame;
    state.addControlBlock(e, a.vcpu, add(frame.value, a.offset));
    return ok({ link_bits: C.EVTCHN_FIFO.LINK_BITS });
  });
  on.hypercall(V1.event_expand_array, (caller, a) => {
    const e = self(caller);
    if (e.fifo === undefined) return fail("EOPNOTSUPP", "the FIFO ABI is not in use");
    if (state.room(e) === 0) return fail("ENOSPC", `the event array has its ${e.fifo.frames.length} frames`);
    const frame = frameAt(frames, e.domain, a.array_gfn);
    if (!frame.ok) return frame;
    state.addFrame(e, frame.value);
    return ok({});
  });
  on.hypercall(V1.event_set_priority, (caller, a) => {
    const e = self(caller);
    if (e.ports.find(a.port) === undefined) return fail("EINVAL", `no port ${a.port}`);
    if (e.fifo === undefined) return fail("ENOSYS", "the FIFO ABI is not in use");
    const c = e.ports.inUse(a.port);
    if (c === undefined) return fail("EACCES", `port ${a.port} is free`);
    if (a.priority > C.EVTCHN_FIFO.PRIORITY_MIN) return fail("EINVAL", `priority ${a.priority}: the last is ${C.EVTCHN_FIFO.PRIORITY_MIN}`);
    c.priority = a.priority;
    return ok({});
  });
}

