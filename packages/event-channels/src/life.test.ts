/** Event channels between domains, through both ABIs, at every granule; and what is left when a domain resets or ends. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Domain, DomainsPort, FramesPort, VcpuInfoPort } from "@granule/hypervisor";
import { type Guest, scripted, type Trap } from "@granule/machine";
import { add, GRANULE_4K, GRANULES, ipa, kib, toNumber, va } from "@granule/units";
import { C, type Hypercall, SharedInfo, V1, V2 } from "@granule/xen-abi";
import { EventPort } from "./contract.ts";
import { eventChannels } from "./eventChannels.ts";
import { call, testMachine, type TestMachine } from "./fixture.ts";

const SELF = C.DOMID_SELF;
const RAM = 0x40000000;
const GFN = RAM / 4096;

function* works(g: Guest, d: Hypercall, args: Readonly<Record<string, number>>): Trap<Readonly<Record<string, number | bigint>>> {
  const r = yield* call(g, d, args);
  expect(r.x0, d.name).toBe(0);
  return r.out;
}
const word = (t: TestMachine, d: Domain, at: number): number => t.memory.load32(d.p2m.lookup(ipa(at))?.pa ?? expect.fail(`hole at ${at}`));
const bitmap = (t: TestMachine, d: Domain, field: "evtchn_pending" | "evtchn_mask"): number => t.memory.load32(t.m.get(VcpuInfoPort).sharedInfo(d, SharedInfo.fields[field].offset));

describe.each(GRANULES)("G = $name", (granule) => {
  test("a v1 end and a v2 end: a send wakes the peer", () => {
    const t = testMachine();
    const seen: string[] = [];
    const a = t.domain(
      function* (g) {
        const { port } = yield* works(g, V1.event_alloc_unbound, { dom: SELF, remote_dom: 2 });
        yield* g.wait();
        seen.push(`a woken, port ${String(port)} pending ${String(events.isPending(a, Number(port)))}`);
        // acknowledged as a guest does: the upcall first
        const info = t.m.get(VcpuInfoPort).vcpuInfo(a.vcpus[0] ?? expect.fail("no vcpu")) ?? expect.fail("no vcpu_info");
        t.memory.fill(info, 16, 0);
        yield* works(g, V1.event_send, { port: Number(port) });
      },
      { granule },
    );
    const b = t.domain(
      function* (g) {
        const { port } = yield* works(g, V2.event_bind_interdomain, { remote: 1, remote_port: 1 });
        seen.push(`b bound ${String(port)}, pending ${String(events.isPending(b, 1))}`);
        yield* works(g, V2.event_send, { port: Number(port) });
        const { status, remote, detail } = yield* works(g, V2.event_status, { port: Number(port) });
        seen.push(`b status ${String(status)} of ${String(remote)}/${String(detail)}`);
      },
      { granule },
    );
    const events = t.m.get(EventPort);
    t.run();
    expect(seen).toEqual(["b bound 1, pending true", "b status 2 of 1/1", "a woken, port 1 pending true"]);
    expect([a.state, b.state]).toEqual(["shutdown", "shutdown"]);
  });

  test("FIFO at any granule, both ABIs: control block and words are the same memory, pinned until reset", () => {
    const t = testMachine();
    const frames = t.m.get(FramesPort);
    const events = t.m.get(EventPort);
    const pinned: boolean[] = [];
    const isPinned = (at: number): boolean => frames.isPinned(d.p2m.lookup(ipa(at))?.pa ?? expect.fail("hole"), 4);
    const d = t.domain(
      function* (g) {
        yield* works(g, V1.event_bind_ipi, { vcpu: 0 });
        yield* works(g, V1.event_init_control, { control_gfn: GFN + 3, offset: 8, vcpu: 0 });
        yield* works(g, V2.event_init_fifo, { vcpu: 1, control: RAM + kib(12) + 128 });
        yield* works(g, V2.event_expand_fifo, { address: RAM + kib(20), size: kib(8) });
        yield* works(g, V1.event_expand_array, { array_gfn: GFN + 9 });
        yield* works(g, V1.event_send, { port: 1 });
        pinned.push(isPinned(RAM + kib(12)), isPinned(RAM + kib(24)), isPinned(RAM + kib(36)), isPinned(RAM + kib(28)));
        expect(word(t, d, RAM + kib(20) + 4)).toBe(0xa0000000);
        // head of queue 7, and ready
        expect([word(t, d, RAM + kib(12) + 8 + 8 + 28), word(t, d, RAM + kib(12) + 8)]).toEqual([1, 0x80]);
        expect(events.isFifo(d)).toBe(true);
        yield* works(g, V2.reset, {});
        expect([events.isFifo(d), events.list(d)]).toEqual([false, []]);
        pinned.push(isPinned(RAM + kib(12)), isPinned(RAM + kib(24)), isPinned(RAM + kib(36)));
      },
      { granule, vcpus: 2 },
    );
    t.run();
    expect(d.reason).toBe(String(C.SHUTDOWN.poweroff));
    expect(pinned).toEqual([true, true, true, false, false, false, false]);
  });
});

test("the end of a domain leaves its peers' ports unbound, and its neighbours and frames as they were", () => {
  const t = testMachine();
  const events = t.m.get(EventPort);
  const a = t.domain(function* () {}, { vcpus: 2 });
  const before = t.m.get(FramesPort).totals();
  const b = t.domain(
    function* (g) {
      yield* works(g, V1.event_init_control, { control_gfn: GFN + 3, offset: 0, vcpu: 0 });
      yield* works(g, V1.event_expand_array, { array_gfn: GFN + 4 });
    },
    { vcpus: 2 },
  );
  const c = t.domain(function* () {});
  for (let i = 0; i < 3; i++) expect(events.allocUnbound(a, b.domid)).toEqual({ ok: true, value: i + 1 });
  expect([events.bindInterdomain(b, a, 2), events.bindInterdomain(b, a, 3), events.bindInterdomain(c, a, 1)]).toMatchObject([{ value: 1 }, { value: 2 }, { code: "EINVAL" }]);
  t.run();
  t.m.get(DomainsPort).destroy(b);
  t.m.get(DomainsPort).destroy(c);
  expect(events.list(a).map((p) => [p.port, p.state, p.remoteDomid])).toEqual([[1, "unbound", b.domid], [2, "unbound", b.domid], [3, "unbound", b.domid]]);
  expect(events.send(a, 2)).toEqual({ ok: true, value: undefined });
  expect(t.m.get(FramesPort).totals()).toEqual(before);
});

test("v2 reset wipes the bitmaps; v1 reset leaves them as they are", () => {
  const t = testMachine();
  const bits: number[][] = [];
  const d = t.domain(function* (g) {
    for (const reset of [V1.event_reset, V2.reset]) {
      t.memory.store32(t.m.get(VcpuInfoPort).sharedInfo(d, SharedInfo.fields.evtchn_mask.offset), 0x10);
      t.memory.store32(t.m.get(VcpuInfoPort).sharedInfo(d, SharedInfo.fields.evtchn_pending.offset), 0x20);
      yield* works(g, reset, reset === V1.event_reset ? { dom: SELF } : {});
      bits.push([bitmap(t, d, "evtchn_mask"), bitmap(t, d, "evtchn_pending")]);
    }
  });
  t.run();
  expect(bits).toEqual([[0x10, 0x20], [0, 0]]);
});

test("a control domain manages other domains' ports", () => {
  const t = testMachine({ xsm: "silo" });
  const events = t.m.get(EventPort);
  const a = t.domain(function* () {});
  const b = t.domain(function* () {});
  const seen: unknown[] = [];
  t.domain(
    function* (g) {
      // between two guests the silo has the last word
      seen.push((yield* call(g, V1.event_alloc_unbound, { dom: a.domid, remote_dom: b.domid })).x0);
      const { port } = yield* works(g, V1.event_alloc_unbound, { dom: a.domid, remote_dom: SELF });
      yield* works(g, V1.event_bind_interdomain, { remote_dom: a.domid, remote_port: Number(port) });
      seen.push((yield* works(g, V1.event_status, { dom: a.domid, port: Number(port), u: 0xffffffff }))["u"]);
      yield* works(g, V1.event_reset, { dom: a.domid });
      seen.push(events.list(a).length);
    },
    { privileged: true },
  );
  t.run();
  expect(seen).toEqual([-1, 0xffff0003, 0]);
});

test("virtual interrupts: a vcpu's own by vcpu, global ones by vcpu 0, none without a binding", () => {
  const t = testMachine();
  const events = t.m.get(EventPort);
  const [timer, console_] = [0, 2];
  const d = t.domain(
    function* (g) {
      yield* works(g, V2.event_bind_virq, { virq: timer, vcpu: 1 });
      yield* works(g, V2.event_bind_virq, { virq: console_, vcpu: 0 });
      yield* works(g, V2.event_bind_vcpu, { port: 2, vcpu: 1 });
    },
    { vcpus: 2 },
  );
  t.run();
  const [zero, one] = d.vcpus;
  if (zero === undefined || one === undefined) expect.fail("no vcpus");
  expect([events.raiseVirq(zero, timer), events.raiseVirq(one, timer), events.raiseVirq(one, console_), events.raiseVirq(zero, 3)]).toEqual([false, true, true, false]);
  expect(events.list(d)).toMatchObject([{ port: 1, virq: timer, vcpu: 1, pending: true }, { port: 2, virq: console_, vcpu: 1, pending: true }]);
  expect(events.close(d, 1).ok).toBe(true);
  expect(events.raiseVirq(one, timer)).toBe(false);
});

test("an answer that cannot be written leaves the port bound, as real Xen does", () => {
  const READ_ONLY = 0x80000000;
  const t = testMachine();
  const ports: unknown[] = [];
  const d = t.domain(function* (g) {
    // two 1 GiB blocks of stage 1 (4K granule): RAM as it is, and the same read-only
    const [BLOCK, AF, READ] = [1n, 1n << 10n, 1n << 7n];
    g.store64(va(RAM + kib(4) + 8), BigInt(RAM) | BLOCK | AF);
    g.store64(va(RAM + kib(4) + 16), BigInt(RAM) | BLOCK | AF | READ);
    g.msr("TCR_EL1", 25n | (2n << 32n));
    g.msr("TTBR0_EL1", BigInt(RAM + kib(4)));
    g.msr("SCTLR_EL1", 1n);
    g.tlbi();
    for (const op of [C.EVTCHNOP_alloc_unbound, C.EVTCHNOP_bind_ipi]) {
      g.fill(va(RAM), 12, 0);
      g.store16(va(RAM), op === C.EVTCHNOP_alloc_unbound ? SELF : 0);
      g.regs.setBigUint64(0, BigInt(op), true);
      g.regs.setBigUint64(8, BigInt(READ_ONLY), true);
      g.regs.setBigUint64(8 * 16, BigInt(C.NR.event_channel_op), true);
      yield* g.hvc(C.XEN_HYPERCALL_TAG);
      ports.push(Number(g.regs.getBigInt64(0, true)), t.m.get(EventPort).list(d).map((p) => `${p.port} ${p.state}`));
    }
  });
  t.run();
  expect(ports).toEqual([-14, ["1 unbound"], -14, ["1 unbound", "2 ipi"]]);
});

test("more ports than 2-level has bits for: only under FIFO, and they survive the change", () => {
  const t = testMachine({}, { maximumPort: 5000 });
  const events = t.m.get(EventPort);
  const d = t.domain(function* (g) {
    while (events.allocUnbound(d, 9).ok);
    expect(events.list(d).length).toBe(4095);
    yield* works(g, V2.event_init_fifo, { vcpu: 0, control: RAM + kib(64) });
    yield* works(g, V2.event_expand_fifo, { address: RAM + kib(128), size: kib(20) });
    while (events.allocUnbound(d, 9).ok);
  });
  t.run();
  expect(events.list(d).length).toBe(5000);
});

test.each([0, 1.5, 2 ** 17, -1])("maximumPort %s is refused", (maximumPort) => {
  expect(() => eventChannels({ maximumPort })).toThrow(/event-channels\.maximumPort/);
});

/** An operation of both ABIs. */
type Both = readonly [v1: Hypercall, args1: Readonly<Record<string, number>>, v2: Hypercall, args2: Readonly<Record<string, number>>];
const port = fc.integer({ min: 0, max: 6 });
const vcpu = fc.integer({ min: 0, max: 2 });
const both: fc.Arbitrary<Both> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Both>([V1.event_alloc_unbound, { dom: SELF, remote_dom: SELF }, V2.event_alloc_unbound, { remote: SELF }]) },
  { weight: 3, arbitrary: port.map((p): Both => [V1.event_bind_interdomain, { remote_dom: SELF, remote_port: p }, V2.event_bind_interdomain, { remote: SELF, remote_port: p }]) },
  fc.tuple(fc.integer({ min: 0, max: 25 }), vcpu).map(([virq, v]): Both => [V1.event_bind_virq, { virq, vcpu: v }, V2.event_bind_virq, { virq, vcpu: v }]),
  { weight: 2, arbitrary: vcpu.map((v): Both => [V1.event_bind_ipi, { vcpu: v }, V2.event_bind_ipi, { vcpu: v }]) },
  port.map((p): Both => [V1.event_close, { port: p }, V2.event_close, { port: p }]),
  { weight: 4, arbitrary: port.map((p): Both => [V1.event_send, { port: p }, V2.event_send, { port: p }]) },
  fc.tuple(port, vcpu).map(([p, v]): Both => [V1.event_bind_vcpu, { port: p, vcpu: v }, V2.event_bind_vcpu, { port: p, vcpu: v }]),
  fc.tuple(port, fc.integer({ min: 0, max: 17 })).map(([p, priority]): Both => [V1.event_set_priority, { port: p, priority }, V2.event_set_priority, { port: p, priority }]),
  vcpu.map((v): Both => [V1.event_init_control, { control_gfn: GFN + 16, offset: 128 * v, vcpu: v }, V2.event_init_fifo, { vcpu: v, control: RAM + kib(64) + 128 * v }]),
  fc.constant<Both>([V1.event_expand_array, { array_gfn: GFN + 17 }, V2.event_expand_fifo, { address: RAM + kib(68), size: kib(4) }]),
);

test("an operation in v1 and in v2 from the same state ends in the same state", () => {
  const run = (ops: readonly Both[], abi: 1 | 2): unknown => {
    const t = testMachine({}, { maximumPort: 5 });
    const events = t.m.get(EventPort);
    const out: unknown[] = [];
    const d = t.domain(
      function* (g) {
        for (const [v1, args1, v2, args2] of ops) {
          const { x0 } = yield* call(g, abi === 1 ? v1 : v2, abi === 1 ? args1 : args2);
          out.push([v1.name, x0 === 0, events.list(d), events.isFifo(d)]);
        }
      },
      { vcpus: 2 },
    );
    t.run();
    const at = d.p2m.lookup(ipa(RAM + kib(64)))?.pa ?? expect.fail("hole");
    return [out, [...t.memory.bytes(at, kib(4) + 64)].join(" "), bitmap(t, d, "evtchn_pending")];
  };
  fc.assert(fc.property(fc.array(both, { maxLength: 24, size: "max" }), (ops) => void expect(run(ops, 2)).toEqual(run(ops, 1))), { numRuns: 25 });
}, 30_000);

test("saved and restored: the same ports, and the next events go on as before", () => {
  const build = (): { readonly t: TestMachine; readonly domains: readonly Domain[] } => {
    const t = testMachine();
    return { t, domains: [t.domain(setUp, { vcpus: 2 }), t.domain(function* () {}, { granule: GRANULE_4K })] };
  };
  const setUp = function* (g: Guest): Trap<void> {
    yield* works(g, V1.event_bind_ipi, { vcpu: 0 });
    yield* works(g, V1.event_bind_virq, { virq: 0, vcpu: 1 });
    yield* works(g, V1.event_init_control, { control_gfn: GFN + 16, offset: 0, vcpu: 0 });
    yield* works(g, V1.event_expand_array, { array_gfn: GFN + 17 });
    yield* works(g, V1.event_set_priority, { port: 1, priority: 3 });
    yield* works(g, V1.event_bind_ipi, { vcpu: 0 });
    yield* works(g, V1.event_send, { port: 1 });
    yield* works(g, V1.event_alloc_unbound, { dom: SELF, remote_dom: 2 });
  };
  const goOn = ({ t, domains: [a, b] }: ReturnType<typeof build>): unknown => {
    if (a === undefined || b === undefined) expect.fail("no domains");
    const events = t.m.get(EventPort);
    const bound = events.bindInterdomain(b, a, 4);
    const sent = [events.send(b, 1), events.send(a, 3)];
    const array = toNumber(a.p2m.lookup(ipa(RAM + kib(68)))?.pa ?? expect.fail("hole"));
    const words = [1, 2, 3, 4].map((p) => t.memory.load32(add(t.memory.base, array - toNumber(t.memory.base) + 4 * p)));
    return [bound, sent, words, events.list(a), events.list(b)];
  };
  const first = build();
  first.t.run();
  expect(first.domains.map((d) => first.t.m.get(EventPort).list(d).map((p) => p.state))).toEqual([["ipi", "virq", "ipi", "unbound"], []]);
  const state = first.t.m.save();
  const t = testMachine();
  t.m.get(DomainsPort).setEngines(() => scripted(function* () {}));
  t.m.load(state);
  const second = { t, domains: t.m.get(DomainsPort).list() };
  expect(second.t.m.save()).toEqual(state);
  expect(goOn(second)).toEqual(goOn(first));
});
