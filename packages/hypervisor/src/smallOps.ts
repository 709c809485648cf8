/**
 * xen_version, sched_op, hvm_op, console_io of ABI v1; parameters and reset of ABI v2.
 * Sources: xen/include/public/{version,sched,xen}.h, hvm/params.h; answers observed on Xen 4.17.
 */
import type { Caller, Clock, Emit, On } from "@granule/kit";
import { type Bytes, encodeExtent, fail, ipa, kib, ok, range, type Result, XEN_PAGE } from "@granule/units";
import { C, type GuestBytes, PARAM, V1, V2 } from "@granule/xen-abi";
import type { Watchdogs } from "./watchdogs.ts";
import { type Consoles, type Domain, DOMAIN_RESET, type Domains, POLL_PENDING, RESET_BUSY, type Scheduler } from "./contract.ts";

/** What xen_version answers. */
export interface Personality {
  readonly name: "granule" | "xen-4.17";
  /** ABI v2 is there, and XENFEAT 21 says so. */
  readonly abi2: boolean;
  readonly major: number;
  readonly minor: number;
  readonly extraversion: string;
  readonly capabilities: string;
}

/** Bits of Xen's control domain, whose memory is where the machine has it. */
const XENFEAT_dom0 = 11;
const XENFEAT_direct_mapped = 17;
/** Start of Xen's part of the address space: XENVER_platform_parameters on arm64. */
const VIRT_START = 0x200000n;
/** A longer line of console output is cut, as Xen 4.17 was observed to do. */
const LINE_LIMIT: Bytes = 254;
/** Largest count of CONSOLEIO_read. */
const READ_LIMIT = 2 ** 31 - 1;
/** The ring of a PV device or store lies in an extent of 64 KiB of its own; v1 names its first frame. */
const MAGIC_EXTENT: Bytes = kib(64);

interface Needs {
  readonly on: On;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly domains: Domains;
  readonly scheduler: () => Scheduler;
  readonly watchdogs: Watchdogs;
  readonly personality: Personality;
}

export function registerVersionOps({ on, domains, personality: p }: Needs): void {
  const put = (to: GuestBytes, text: string | Uint8Array, size: Bytes): Result<Record<never, never>, "EFAULT"> => {
    const bytes = new Uint8Array(size);
    bytes.set((typeof text === "string" ? new TextEncoder().encode(text) : text).subarray(0, size));
    const r = to.write(0, bytes);
    return r.ok ? ok({}) : r;
  };
  // MAGIC: the major version is in the upper half-word
  on.hypercall(V1.xenver_version, () => ok({ ret: p.major * 0x10000 + p.minor }));
  on.hypercall(V1.xenver_extraversion, (_c, a) => put(a.arg, p.extraversion, 16));
  on.hypercall(V1.xenver_compile_info, (_c, a) => put(a.arg, "granule", 192));
  on.hypercall(V1.xenver_capabilities, (_c, a) => put(a.arg, p.capabilities, 1024));
  on.hypercall(V1.xenver_changeset, (_c, a) => put(a.arg, "", 64));
  on.hypercall(V1.xenver_platform_parameters, (_c, a) => {
    const word = new DataView(new ArrayBuffer(8));
    word.setBigUint64(0, VIRT_START, true);
    return put(a.arg, new Uint8Array(word.buffer), 8);
  });
  on.hypercall(V1.xenver_guest_handle, (_c, a) => put(a.arg, "", 16));
  on.hypercall(V1.xenver_commandline, (_c, a) => put(a.arg, "<denied>", 1024));
  on.hypercall(V1.xenver_get_features, (c, a) => {
    if (a.submap_idx !== 0) return fail("EINVAL", `submap ${a.submap_idx}: there is submap 0 only`);
    const own = !p.abi2 && domains.of(c).privileged ? [XENFEAT_dom0, XENFEAT_direct_mapped] : [C.XENFEAT.not_direct_mapped];
    const base = [C.XENFEAT.writable_page_tables, C.XENFEAT.auto_translated_physmap, C.XENFEAT.memory_op_vnode_supported, C.XENFEAT.ARM_SMCCC_supported, ...own];
    const bits = p.abi2 ? [...base, C.XENFEAT.abi_v2] : base;
    return ok({ submap: bits.reduce<number>((mask, bit) => mask + 2 ** bit, 0) });
  });
  on.hypercall(V1.xenver_build_id, () => fail("EPERM", "denied to guests"));
  on.hypercall(V1.xenver_pagesize, (_c, a) => (a.arg === 0n ? ok({ ret: XEN_PAGE.size }) : fail("EINVAL", "the argument must be NULL")));
}

export function registerSchedOps({ on, emit, clock, domains, scheduler, watchdogs }: Needs): void {
  on.hypercall(V1.sched_shutdown_code, () => ok({}));
  on.hypercall(V1.sched_pin_override, () => fail("EPERM", "only the hardware domain pins vcpus"));
  on.hypercall(V1.sched_watchdog, (c, a) => {
    const ret = watchdogs.set(domains.of(c), a.id, a.timeout);
    // one without a time-out expires before the call returns
    watchdogs.expire();
    return ret === undefined ? fail("EINVAL", `watchdog ${a.id} is not in use`) : ok({ ret });
  });
  on.hypercall(V1.sched_yield, (c) => {
    scheduler().yield(domains.vcpuOf(c));
    return ok({});
  });
  on.hypercall(V1.sched_block, (c) => {
    scheduler().block(domains.vcpuOf(c), Infinity);
    return ok({});
  });
  on.hypercall(V1.sched_shutdown, (c, a) => {
    domains.shutdown(domains.of(c), a.reason);
    return ok({});
  });
  on.hypercall(V1.sched_poll, (c, a) => {
    const domain = domains.of(c);
    if (a.nr_ports > C.SCHEDOP_POLL_MAX) return fail("EINVAL", `${a.nr_ports} ports, the limit is ${C.SCHEDOP_POLL_MAX}`);
    const ports: number[] = [];
    for (let i = 0; i < a.nr_ports; i++) {
      const port = a.ports.at(i);
      if (!port.ok) return port;
      const pending = emit.handled(POLL_PENDING, { domain, port: port.value });
      if (pending === undefined) return fail("EINVAL", `port ${port.value}: no such port`);
      if (pending) return ok({});
      ports.push(port.value);
    }
    scheduler().poll(domains.vcpuOf(c), ports, a.timeout === 0n ? Infinity : Math.max(clock.now(), Number(a.timeout)));
    return ok({});
  });
  on.hypercall(V1.sched_remote_shutdown, (c, a) => {
    const self = domains.of(c);
    const d = a.domain_id === C.DOMID_SELF ? undefined : domains.get(a.domain_id);
    if (d === undefined) return fail("ESRCH", `no domain ${a.domain_id}`);
    if (!self.privileged) return fail("EPERM", `domain ${c.domid} is not privileged`);
    domains.shutdown(d, a.reason);
    return ok({});
  });
}

const ARM_PARAMS: readonly number[] = [C.HVM_PARAM_CALLBACK_IRQ, C.HVM_PARAM_STORE_PFN, C.HVM_PARAM_STORE_EVTCHN, C.HVM_PARAM_CONSOLE_PFN, C.HVM_PARAM_CONSOLE_EVTCHN];
/** v1 parameters that only the control domain reads. */
const MONITOR_RING_PFN = 28;

export function registerParamOps({ on, emit, domains }: Needs): void {
  const target = (caller: Caller, domid: number): Result<Domain, "ESRCH" | "EPERM"> => {
    const d = domains.resolve(caller, domid);
    if (d === undefined) return fail("ESRCH", `no domain ${domid}`);
    return d === domains.of(caller) || domains.of(caller).privileged ? ok(d) : fail("EPERM", `domain ${caller.domid} may not name domain ${domid}`);
  };
  on.hypercall(V1.hvm_guest_request_vm_event, (_c, a) => (a.arg === 0n ? ok({}) : fail("EINVAL", "the argument must be NULL")));
  on.hypercall(V1.hvm_get_param, (c, a) => {
    const d = target(c, a.domid);
    if (!d.ok) return d;
    if (a.index === MONITOR_RING_PFN) return fail("EPERM", `parameter ${a.index} is the control domain's`);
    if (!ARM_PARAMS.includes(a.index)) return fail("EINVAL", `parameter ${a.index} does not exist on Arm`);
    return ok({ value: d.value.params.get(a.index) ?? 0n });
  });
  on.hypercall(V1.hvm_set_param, (c, a) => {
    const d = target(c, a.domid);
    if (!d.ok) return d;
    if (!ARM_PARAMS.includes(a.index) && a.index !== MONITOR_RING_PFN) return fail("EINVAL", `parameter ${a.index} does not exist on Arm`);
    if (!domains.of(c).privileged) return fail("EPERM", "only the control domain sets parameters");
    d.value.params.set(a.index, a.value);
    return ok({});
  });

  /** v2 names the whole extent where v1 names its first frame. */
  const extentOf = (d: Domain, index: number): bigint => {
    const pfn = d.params.get(index) ?? 0n;
    // the control domain may have set any 64 bits
    if (pfn === 0n || pfn >= BigInt(d.p2m.ipaLimit / XEN_PAGE.size)) return 0n;
    const e = encodeExtent(range(ipa(Number(pfn) * XEN_PAGE.size), MAGIC_EXTENT));
    return e.ok ? e.value : 0n;
  };
  on.hypercall(V2.get_param, (c, a) => {
    const d = domains.of(c);
    switch (a.index) {
      case PARAM.store_extent:
        return ok({ value: extentOf(d, C.HVM_PARAM_STORE_PFN) });
      case PARAM.store_port:
        return ok({ value: d.params.get(C.HVM_PARAM_STORE_EVTCHN) ?? 0n });
      case PARAM.console_extent:
        return ok({ value: extentOf(d, C.HVM_PARAM_CONSOLE_PFN) });
      case PARAM.console_port:
        return ok({ value: d.params.get(C.HVM_PARAM_CONSOLE_EVTCHN) ?? 0n });
      case PARAM.callback_irq:
        return ok({ value: d.params.get(C.HVM_PARAM_CALLBACK_IRQ) ?? 0n });
      default:
        return fail("ENOENT", `no parameter ${a.index}`);
    }
  });
  on.hypercall(V2.set_param, (c, a) => {
    if (!Object.values<number>(PARAM).includes(a.index)) return fail("ENOENT", `no parameter ${a.index}`);
    if (a.index !== PARAM.callback_irq) return fail("EPERM", `parameter ${a.index} is not writable by a guest`);
    domains.of(c).params.set(C.HVM_PARAM_CALLBACK_IRQ, a.value);
    return ok({});
  });
  on.hypercall(V2.reset, (c) => {
    const d = domains.of(c);
    const busy = emit.handled(RESET_BUSY, d);
    if (busy !== undefined) return fail("EBUSY", busy);
    emit.event(DOMAIN_RESET, d);
    return ok({});
  });
}

/** Bytes of one console_io write that are taken in one step. */
const WRITE_STEP: Bytes = 128;

export function registerConsoleOps({ on }: Pick<Needs, "on">): Consoles {
  const partial = new Map<number, string>();
  const lines: { domid: number; text: string }[] = [];
  const listeners: ((domid: number, text: string) => void)[] = [];
  const flush = (domid: number): void => {
    const text = partial.get(domid) ?? "";
    partial.set(domid, "");
    lines.push({ domid, text });
    for (const f of listeners) f(domid, text);
  };
  on.hypercall(V1.console_write, (c, a) => {
    const chunk = new Uint8Array(WRITE_STEP);
    for (let done = 0; done < a.count; done += WRITE_STEP) {
      const part = chunk.subarray(0, Math.min(WRITE_STEP, a.count - done));
      const r = a.buffer.read(done, part);
      if (!r.ok) return r;
      for (const byte of part) {
        const text = partial.get(c.domid) ?? "";
        if (byte === 10 || text.length >= LINE_LIMIT) flush(c.domid);
        // Xen drops what is not printable
        if (byte >= 32 && byte < 127) partial.set(c.domid, (partial.get(c.domid) ?? "") + String.fromCharCode(byte));
      }
    }
    return ok({});
  });
  on.hypercall(V1.console_read, (_c, a) => (a.count > READ_LIMIT ? fail("E2BIG", `${a.count} bytes, the limit is ${READ_LIMIT}`) : ok({ ret: 0 })));
  return { lines: () => lines, onLine: (f) => void listeners.push(f) };
}
