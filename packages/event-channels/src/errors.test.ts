/** Every error that a handler of an event descriptor declares is answered by some call, and changes nothing. */
import { expect, test } from "vitest";
import { type Domain } from "@granule/hypervisor";
import { kib, mib } from "@granule/units";
import { C, type Code, codeNumber, type Hypercall, V1, V2 } from "@granule/xen-abi";
import { EventPort, type Events } from "./contract.ts";
import { call, testMachine } from "./fixture.ts";

const SELF = C.DOMID_SELF;
const RAM = 0x40000000;
const GFN = RAM / 4096;
/** Above the domain's RAM. */
const HOLE = RAM + mib(1);

type Args = Readonly<Record<string, number>>;
interface Case {
  readonly d: Hypercall;
  /** Of the row in `errors`. */
  readonly rule: string;
  readonly code: Code;
  readonly args: Args;
  /** Calls that succeed before. */
  readonly before?: readonly (readonly [Hypercall, Args])[];
  readonly prepare?: (e: Events, self: Domain, other: Domain) => void;
  readonly silo?: boolean;
  readonly maximumPort?: number;
}

const one = { maximumPort: 1, before: [[V1.event_bind_ipi, { vcpu: 0 }]] } as const;
const fifo = [[V1.event_init_control, { control_gfn: GFN + 1, offset: 0, vcpu: 0 }]] as const;
const expand = [V1.event_expand_array, { array_gfn: GFN + 2 }] as const;
const offer = (e: Events, self: Domain, other: Domain): void => void e.allocUnbound(other, self.domid);

const CASES: readonly Case[] = [
  { d: V1.event_alloc_unbound, rule: "domain", code: "ESRCH", args: { dom: 9, remote_dom: SELF } },
  { d: V1.event_alloc_unbound, rule: "ports", code: "ENOSPC", args: { dom: SELF, remote_dom: SELF }, ...one },
  { d: V1.event_alloc_unbound, rule: "remote", code: "ESRCH", args: { dom: SELF, remote_dom: 9 }, silo: true },
  { d: V1.event_alloc_unbound, rule: "permission", code: "EPERM", args: { dom: 2, remote_dom: SELF } },
  { d: V1.event_bind_interdomain, rule: "domain", code: "ESRCH", args: { remote_dom: 9, remote_port: 1 } },
  { d: V1.event_bind_interdomain, rule: "ports", code: "ENOSPC", args: { remote_dom: 2, remote_port: 1 }, ...one, prepare: offer },
  { d: V1.event_bind_interdomain, rule: "port", code: "EINVAL", args: { remote_dom: 2, remote_port: 1 } },
  { d: V1.event_bind_interdomain, rule: "permission", code: "EPERM", args: { remote_dom: 2, remote_port: 1 }, prepare: offer, silo: true },
  { d: V1.event_bind_virq, rule: "virq", code: "EINVAL", args: { virq: 24, vcpu: 0 } },
  { d: V1.event_bind_virq, rule: "virq", code: "EINVAL", args: { virq: 3, vcpu: 1 } },
  { d: V1.event_bind_virq, rule: "vcpu", code: "ENOENT", args: { virq: 1, vcpu: 2 } },
  { d: V1.event_bind_virq, rule: "bound", code: "EEXIST", args: { virq: 1, vcpu: 1 }, before: [[V1.event_bind_virq, { virq: 1, vcpu: 1 }]] },
  { d: V1.event_bind_virq, rule: "ports", code: "ENOSPC", args: { virq: 0, vcpu: 0 }, ...one },
  { d: V1.event_bind_ipi, rule: "vcpu", code: "ENOENT", args: { vcpu: 2 } },
  { d: V1.event_bind_ipi, rule: "ports", code: "ENOSPC", args: { vcpu: 0 }, ...one },
  { d: V1.event_bind_pirq, rule: "ports", code: "ENOSPC", args: { pirq: 0 }, ...one },
  { d: V1.event_bind_pirq, rule: "pirq", code: "EINVAL", args: { pirq: 1024, flags: 0 } },
  { d: V1.event_bind_pirq, rule: "arm", code: "ENOMEM", args: { pirq: 1023, flags: 0 } },
  { d: V1.event_close, rule: "port", code: "EINVAL", args: { port: 0 } },
  { d: V1.event_send, rule: "port", code: "EINVAL", args: { port: 1 }, before: [[V1.event_bind_virq, { virq: 1, vcpu: 0 }]] },
  { d: V1.event_status, rule: "domain", code: "ESRCH", args: { dom: 9, port: 1 } },
  { d: V1.event_status, rule: "port", code: "EINVAL", args: { dom: 2, port: 64 } },
  { d: V1.event_status, rule: "permission", code: "EPERM", args: { dom: 2, port: 63 } },
  { d: V1.event_bind_vcpu, rule: "vcpu", code: "ENOENT", args: { port: 1, vcpu: 2 } },
  { d: V1.event_bind_vcpu, rule: "port", code: "EINVAL", args: { port: 1, vcpu: 1 }, before: [[V1.event_bind_ipi, { vcpu: 0 }]] },
  { d: V1.event_unmask, rule: "port", code: "EINVAL", args: { port: 64 } },
  { d: V1.event_reset, rule: "domain", code: "ESRCH", args: { dom: 9 } },
  { d: V1.event_reset, rule: "permission", code: "EPERM", args: { dom: 2 } },
  { d: V1.event_reset_cont, rule: "domain", code: "ESRCH", args: { dom: 9 } },
  { d: V1.event_reset_cont, rule: "permission", code: "EPERM", args: { dom: 2 } },
  { d: V1.event_reset_cont, rule: "reset", code: "EBUSY", args: { dom: SELF } },
  { d: V1.event_init_control, rule: "vcpu", code: "ENOENT", args: { control_gfn: GFN, offset: 0, vcpu: 2 } },
  { d: V1.event_init_control, rule: "control-block", code: "EINVAL", args: { control_gfn: HOLE / 4096, offset: 0, vcpu: 0 } },
  { d: V1.event_init_control, rule: "control-block", code: "EINVAL", args: { control_gfn: 2 ** 52, offset: 0, vcpu: 0 } },
  { d: V1.event_expand_array, rule: "abi", code: "EOPNOTSUPP", args: { array_gfn: HOLE / 4096 } },
  { d: V1.event_expand_array, rule: "array", code: "ENOSPC", args: { array_gfn: HOLE / 4096 }, before: [...fifo, ...Array.from({ length: 128 }, () => expand)] },
  { d: V1.event_expand_array, rule: "frame", code: "EINVAL", args: { array_gfn: HOLE / 4096 }, before: fifo },
  { d: V1.event_set_priority, rule: "port", code: "EINVAL", args: { port: 64, priority: 16 } },
  { d: V1.event_set_priority, rule: "abi", code: "ENOSYS", args: { port: 1, priority: 16 } },
  { d: V1.event_set_priority, rule: "state", code: "EACCES", args: { port: 1, priority: 16 }, before: fifo },
  { d: V1.event_set_priority, rule: "priority", code: "EINVAL", args: { port: 1, priority: 16 }, before: [...fifo, [V1.event_bind_ipi, { vcpu: 0 }]] },
  { d: V2.event_alloc_unbound, rule: "ports", code: "ENOSPC", args: { remote: 2 }, ...one },
  { d: V2.event_bind_interdomain, rule: "port", code: "ENOENT", args: { remote: 2, remote_port: 1 }, ...one },
  { d: V2.event_bind_interdomain, rule: "ports", code: "ENOSPC", args: { remote: 2, remote_port: 1 }, ...one, prepare: offer },
  { d: V2.event_close, rule: "port", code: "ENOENT", args: { port: 1 } },
  { d: V2.event_send, rule: "port", code: "ENOENT", args: { port: 1 } },
  { d: V2.event_unmask, rule: "port", code: "ENOENT", args: { port: 1 } },
  { d: V2.event_status, rule: "port", code: "ENOENT", args: { port: 1 } },
  { d: V2.event_bind_vcpu, rule: "port", code: "ENOENT", args: { port: 1, vcpu: 1 }, before: [[V2.event_bind_virq, { virq: 1, vcpu: 0 }]] },
  { d: V2.event_bind_virq, rule: "virq", code: "EDOM", args: { virq: 3, vcpu: 1 } },
  { d: V2.event_bind_virq, rule: "bound", code: "EEXIST", args: { virq: 3, vcpu: 0 }, before: [[V2.event_bind_virq, { virq: 3, vcpu: 0 }]] },
  { d: V2.event_bind_virq, rule: "ports", code: "ENOSPC", args: { virq: 3, vcpu: 0 }, ...one },
  { d: V2.event_bind_ipi, rule: "ports", code: "ENOSPC", args: { vcpu: 0 }, ...one },
  { d: V2.event_init_fifo, rule: "not-owned", code: "ENOENT", args: { vcpu: 0, control: HOLE } },
  { d: V2.event_init_fifo, rule: "registered", code: "EBUSY", args: { vcpu: 0, control: RAM + kib(4) }, before: fifo },
  { d: V2.event_expand_fifo, rule: "abi", code: "EAGAIN", args: { address: RAM, size: kib(4) } },
  { d: V2.event_expand_fifo, rule: "not-owned", code: "ENOENT", args: { address: HOLE - kib(4), size: kib(8) }, before: fifo },
  { d: V2.event_expand_fifo, rule: "array", code: "ENOSPC", args: { address: HOLE, size: kib(4 * 129) }, before: fifo },
  { d: V2.event_set_priority, rule: "abi", code: "EAGAIN", args: { port: 1, priority: 16 } },
  { d: V2.event_set_priority, rule: "port", code: "ENOENT", args: { port: 1, priority: 16 }, before: fifo },
  { d: V2.event_set_priority, rule: "priority", code: "EDOM", args: { port: 1, priority: 16 }, before: [...fifo, [V2.event_bind_ipi, { vcpu: 0 }]] },
];

test.each(CASES.map((c) => [`v${c.d.abi} ${c.d.name}: ${c.code} by "${c.rule}" ${JSON.stringify(c.args)}`, c] as const))("%s", (_name, c) => {
  const t = testMachine({ xsm: c.silo === true ? "silo" : "dummy" }, c.maximumPort === undefined ? {} : { maximumPort: c.maximumPort });
  const events = t.m.get(EventPort);
  const answers: number[] = [];
  const states: string[] = [];
  const self = t.domain(
    function* (g) {
      for (const [d, args] of c.before ?? []) answers.push((yield* call(g, d, args)).x0);
      states.push(JSON.stringify([events.list(self), events.isFifo(self), events.list(other)]));
      answers.push((yield* call(g, c.d, c.args)).x0);
      states.push(JSON.stringify([events.list(self), events.isFifo(self), events.list(other)]));
    },
    { vcpus: 2, ram: mib(1) },
  );
  const other = t.domain(function* () {});
  c.prepare?.(events, self, other);
  t.run();
  expect(answers).toEqual([...(c.before ?? []).map(() => 0), codeNumber(c.code)]);
  expect(states[1]).toBe(states[0]);
});

test("each row of each descriptor that a handler answers has its case", () => {
  const rows = [...Object.entries(V1), ...Object.entries(V2)]
    .filter(([key]) => key.startsWith("event_"))
    .flatMap(([, d]) => d.errors.filter((e) => e.by === "handler").map((e) => `v${d.abi} ${d.name} ${e.code} ${e.rule}`));
  const cases = CASES.map((c) => `v${c.d.abi} ${c.d.name} ${c.code} ${c.rule}`);
  expect([...new Set(cases)].sort()).toEqual([...new Set(rows)].sort());
});
