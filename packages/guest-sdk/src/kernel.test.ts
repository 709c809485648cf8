/** The kernel over a stand-in for the hypervisor: stage 2 is off (IPA = PA) and each test says what hypercalls answer. */
import { expect, test } from "vitest";
import { findCpu, TCR_EL1 } from "@granule/arm";
import { createMachineMemory, createScriptedEngine, createVcpuRegs, type EngineHost, GuestAbort, type Guest, type GuestProgram, type SysReg, type Translator, type Trap, WRITE } from "@granule/machine";
import { createTranslation, decodeStage1, decodeStage2, walk } from "@granule/mmu";
import { add, type AnyGranule, GRANULE_16K, GRANULE_4K, GRANULE_64K, GRANULES, ipa, kib, mib, pa, range, toNumber, va, vaFromIpa } from "@granule/units";
import { type Answer, C, type CheckEnv, codeNumber, compile, EvtchnFifoControlBlock, GrantEntryV1, GrantEntryV2, type Hypercall, type In, SharedInfo, V1, V2, VcpuInfo } from "@granule/xen-abi";
import { boot } from "./boot.ts";
import type { BootInfo, Kernel, KernelConfig } from "./contract.ts";
import { firstGuest } from "./examples/first-guest.ts";

const BASE = 2 ** 32;
const info: BootInfo = {
  ram: range(ipa(BASE + mib(1)), mib(8)), objects: range(ipa(BASE + mib(16)), kib(64)), grantTable: range(ipa(BASE + mib(17)), kib(256)),
  extended: range(ipa(BASE + mib(20)), mib(1)), vcpus: 1, args: {},
};
type Handler = (regs: DataView, memory: DataView) => void;

/** Registers handlers by descriptor, decoding with the hypervisor's half of `compile`. */
class Fake {
  readonly memory = createMachineMemory(mib(32));
  readonly calls: { name: string; args: Record<string, unknown>; n: number }[] = [];
  readonly #handlers = new Map<string, Handler>();
  irq: (level: boolean) => void = () => {};
  at = (a: number): number => a - BASE;
  on<const D extends Hypercall>(d: D, handler: (args: In<D>, index: number) => Answer<D>): void {
    const compiled = compile(d);
    const env: CheckEnv = {
      self: 1, vcpus: 1, granule: 4096, ipaLimit: 2 ** 40, domain: () => "ok",
      array: (address) => ({ at: (i) => ({ ok: true, value: Number(this.memory.view.getBigUint64(this.at(Number(address)) + 8 * i, true)) }), put: () => ({ ok: true, value: undefined }) }),
      bytes: (address) => ({ isNull: address === 0n, read: (o, into) => (into.set(this.memory.u8.subarray(this.at(Number(address)) + o).subarray(0, into.length)), { ok: true, value: undefined }), write: () => ({ ok: true, value: undefined }) }),
    };
    this.#handlers.set(`${d.nr}/${d.op}`, (regs) => {
      const n = d.buffer?.list === undefined ? 1 : regs.getUint32(8 * d.buffer.list.count, true);
      const start = d.buffer === undefined ? 0 : this.at(Number(regs.getBigUint64(8 * d.buffer.x, true)));
      let x0 = 0;
      let i = 0;
      for (; i < n && x0 === 0; i++) {
        const view = new DataView(this.memory.view.buffer, d.buffer === undefined ? 0 : start + i * d.buffer.size, d.buffer?.size ?? 0);
        const before = compiled.before(regs, env);
        const decoded = before ?? compiled.decode(regs, view, env);
        if ("rule" in decoded) throw new Error(`${d.name}: ${decoded.why}`);
        this.calls.push({ name: d.name, args: { ...decoded.value }, n });
        const answer = handler(decoded.value, i);
        const code = answer.ok ? 0 : codeNumber(answer.code);
        compiled.answer(answer.ok ? answer.value : undefined, code, regs, view);
        if (!compiled.hasStatus) x0 = code;
      }
      const returns = Object.values(d.fields).some((f) => f.dir === "out" && "x" in f.place && f.place.x === 0);
      if (d.buffer?.list?.onError === "stop") regs.setBigUint64(8, BigInt(x0 === 0 ? i : i - 1), true);
      if (!returns || x0 !== 0) regs.setBigInt64(0, BigInt(x0), true);
    });
  }
  hypercall(regs: DataView): void {
    const [nr, op] = [Number(regs.getBigUint64(128, true)), regs.getUint32(0, true)];
    const handler = this.#handlers.get(`${nr}/${op}`) ?? this.#handlers.get(`${nr}/${op % 64}`);
    if (handler === undefined) regs.setBigInt64(0, -38n, true);
    else handler(regs, this.memory.view);
  }
}

function translatorOf(host: Pick<EngineHost, "memory" | "regs">): Translator {
  const cpu = findCpu("all-granules")!;
  const out = createTranslation();
  let abort = { esr: 0, va: va(0), write: false, bytes: 0, stage: 1 as const, ipa: undefined };
  const get = (name: SysReg): bigint => host.regs.get(name);
  const decode = () => decodeStage1(cpu, { sctlr: get("SCTLR_EL1"), tcr: get("TCR_EL1"), ttbr0: get("TTBR0_EL1"), ttbr1: get("TTBR1_EL1"), mair: get("MAIR_EL1"), hcr: 0n });
  const stage2 = decodeStage2(cpu, { hcr: 0n, vtcr: 0n, vttbr: 0n });
  let stage1 = decode();
  let generation = host.regs.generation;
  return {
    get abort() {
      return abort;
    },
    translate(at, access, el0) {
      if (generation !== host.regs.generation) stage1 = decode();
      generation = host.regs.generation;
      const context = { memory: host.memory, stage1, stage2 };
      const a = toNumber(at);
      if (walk(context, Math.floor(a / 2 ** 32) >>> 0, a >>> 0, access, el0, out)) return toNumber(out.pa);
      abort = { ...abort, va: at, write: access === WRITE };
      return -1;
    },
    invalidate() {},
  };
}

/** Runs a kernel to its end; answers how many times it slept. */
const run = (fake: Fake, config: Partial<KernelConfig>, main: (k: Kernel, g: Guest) => Trap<void>, onWait?: () => void): number =>
  runProgram(fake, function* (g) {
    const k = yield* boot(g, { granule: GRANULE_4K, abi: 1, info, ...config });
    yield* main(k, g);
  }, onWait);
function runProgram(fake: Fake, program: GuestProgram, onWait: () => void = () => {}): number {
  const regs = createVcpuRegs(fake.memory, pa(BASE));
  const host = { memory: fake.memory, regs };
  const engine = createScriptedEngine({ ...host, translator: translatorOf(host), abort: () => "inject", now: () => 0 }, program);
  fake.irq = (level) => engine.irq(level);
  let waits = 0;
  for (let steps = 0; steps < 100_000; steps++) {
    const exit = engine.run(1000);
    if (exit.kind === "end") return waits;
    if (exit.kind === "crash") throw new Error(`${exit.rule}: ${exit.why}`);
    if (exit.kind === "hvc") fake.hypercall(regs.view);
    if (exit.kind === "wait") {
      waits++;
      onWait();
    }
  }
  throw new Error("the kernel never ended");
}

const yes = { ok: true, value: {} } as const;
function standIn(granule: AnyGranule = GRANULE_4K): Fake {
  const fake = new Fake();
  fake.on(V1.add_to_physmap, () => yes);
  fake.on(V1.register_vcpu_info, () => yes);
  fake.on(V2.place, () => yes);
  fake.on(V2.register_vcpu_info, () => yes);
  fake.on(V2.query, () => ({
    ok: true,
    value: {
      alignment: 4096, stage2_sizes: granule.size + 2 ** 29, ipa_limit: 2 ** 40, shared_info_size: 1088, vcpu_info_size: 48, list_limit: 512, grant_table_limit: kib(64), grant_entry_size: 16,
      grant_entries: 0, current_bytes: mib(8), maximum_bytes: mib(8), domid: 1, vcpus: 1, features: 0x3f, p2m_free: mib(1),
    },
  }));
  return fake;
}
const both = GRANULES.flatMap((granule) => ([1, 2] as const).map((abi) => ({ granule, abi, name: `${granule.name} v${abi}` })));

test.each(both)("boots at S1 = $name: flat stage 1, objects where the device tree says", ({ granule, abi }) => {
  const fake = standIn(GRANULE_16K);
  const lines: string[] = [];
  fake.on(V1.console_write, (a) => {
    const bytes = new Uint8Array(a.count);
    a.buffer.read(0, bytes);
    lines.push(new TextDecoder().decode(bytes));
    return yes;
  });
  run(fake, { granule, abi }, function* (k, g) {
    expect(TCR_EL1.decode(g.mrs("TCR_EL1"))).toMatchObject({ T0SZ: 64 - 39, EPD1: 1, TG0: { "4k": 0, "16k": 2, "64k": 1 }[granule.name] });
    expect(g.mrs("SCTLR_EL1") & 1n).toBe(1n);
    const page = k.pages.alloc(1);
    g.store32(vaFromIpa(page.start), 0x1234);
    expect(fake.memory.load32(pa(toNumber(page.start)))).toBe(0x1234);
    for (const hole of [info.objects, info.grantTable, info.extended]) g.load32(vaFromIpa(add(hole.start, hole.size - 4)));
    expect(() => g.load32(vaFromIpa(add(info.extended.start, info.extended.size)))).toThrow(GuestAbort);
    expect(() => g.load32(va(BASE))).toThrow(GuestAbort);
    expect(page.size).toBe(granule.size);
    expect(k.stage2).toBe(abi === 2 ? GRANULE_16K : undefined);
    yield* k.log(`up with ${granule.name}`);
  });
  expect(lines).toEqual([`up with ${granule.name}\n`]);
  const placed = fake.calls.find((c) => c.name === (abi === 1 ? "XENMEM_add_to_physmap" : "place"));
  expect(placed?.args).toMatchObject(
    abi === 1
      ? { domid: C.DOMID_SELF, size: 0, space: C.XENMAPSPACE_shared_info, idx: 0, gpfn: toNumber(info.objects.start) / 4096 }
      : { object: 0, offset: 0, address: info.objects.start, size: 16384 },
  );
});

test("without ABI v2 a v2 kernel ends with a sentence", () => {
  expect(() => run(new Fake(), { abi: 2 }, function* () {})).toThrow("program: no ABI v2 here");
});

test.each(both)("grants at $name are in the table as the ABI has them, and are not taken back while in use", ({ granule, abi }) => {
  const fake = standIn();
  run(fake, { granule, abi }, function* (k, g) {
    const page = k.pages.alloc(granule.size, granule.size);
    const what = abi === 1 ? range(page.start, 4096) : page;
    const ref = yield* k.grants.grant(7, what, { readonly: true });
    if (!ref.ok) throw new Error(ref.why);
    const table = abi === 1 ? toNumber(info.grantTable.start) : toNumber(info.grantTable.start) + kib(128);
    const entry = table + (abi === 1 ? 8 * ref.value : 16 * (ref.value - 0x80000000));
    const read = (abi === 1 ? GrantEntryV1 : GrantEntryV2).read(fake.memory.view, entry - BASE);
    expect(ref.value).toBe(abi === 1 ? 8 : 0x80000008);
    expect(read).toEqual(abi === 1 ? { flags: 5, domid: 7, frame: toNumber(page.start) / 4096 } : { flags: 5, domid: 7, extent: BigInt(toNumber(page.start) + granule.shift) });
    expect(k.grants.counters).toEqual({ entries: 1, bytes: what.size, total: 1 });

    g.fetchOr32(va(entry), C.GTF.reading);
    expect([k.grants.isInUse(ref.value), k.grants.end(ref.value)]).toEqual([true, false]);
    const ended: number[] = [];
    k.grants.endLater(ref.value, () => ended.push(ref.value));
    expect(k.grants.endDeferred()).toBe(1);
    g.fetchAnd32(va(entry), ~C.GTF.reading);
    expect([k.grants.endDeferred(), ended]).toEqual([0, [ref.value]]);
    expect(g.load32(va(entry))).toBe(0);
    expect(k.grants.counters).toEqual({ entries: 0, bytes: 0, total: 1 });
    expect(() => k.grants.end(ref.value)).toThrow("is not granted");

    const bad = yield* k.grants.grant(7, range(page.start, abi === 1 ? 8192 : 12288));
    expect(bad.ok ? "" : bad.code).toBe("EINVAL");
    for (let n = 0; n < 4096 - 8; n++) yield* k.grants.grant(7, range(page.start, 4096));
    const full = yield* k.grants.grant(7, range(page.start, 4096));
    // v2: one step of 64 KiB is 4096 entries, the stand-in's limit; v1 goes on to 32 frames and then past
    expect(full.ok).toBe(abi === 1);
  });
});

test.each(["2-level", "fifo"] as const)("events (%s): handlers run once, the rest stays, no wakeup is lost", (events) => {
  const fake = standIn();
  let vcpuInfo = 0;
  let control = 0;
  const words: number[] = [];
  fake.on(V2.register_vcpu_info, (a) => ((vcpuInfo = toNumber(a.area) - BASE), yes));
  fake.on(V2.event_init_fifo, (a) => ((control = toNumber(a.control) - BASE), yes));
  fake.on(V2.event_expand_fifo, (a) => (words.push(toNumber(a.address) - BASE), yes));
  let nextPort = 0;
  fake.on(V2.event_alloc_unbound, () => ({ ok: true, value: { port: ++nextPort } }));
  let sent = 0;
  fake.on(V2.event_unmask, () => yes);
  const m = fake.memory;
  /** What the hypervisor does for a port that becomes pending and is the only one of its queue. */
  const raise = (port: number): void => {
    if (events === "fifo") {
      m.view.setUint32((words[0] ?? 0) + 4 * port, 2 ** 31 + 2 ** 29, true);
      m.view.setUint32(control + EvtchnFifoControlBlock.fields.head.offset + 4 * port, port, true);
      m.view.setUint32(control, m.view.getUint32(control, true) | (1 << port), true);
    } else {
      const at = toNumber(info.objects.start) - BASE + SharedInfo.fields.evtchn_pending.offset;
      m.u8[at + (port >> 3)] = (m.u8[at + (port >> 3)] ?? 0) | (1 << (port & 7));
      m.u8[vcpuInfo + VcpuInfo.fields.evtchn_pending_sel.offset] = 1;
    }
    m.u8[vcpuInfo] = 1;
  };
  fake.on(V2.event_send, () => {
    sent++;
    return yes;
  });
  const seen: number[] = [];
  const waits = run(fake, { abi: 2, events }, function* (k, g) {
    const ports: number[] = [];
    for (let i = 0; i < 3; i++) {
      const r = yield* k.events.allocUnbound(2);
      if (r.ok) ports.push(r.value);
    }
    expect(ports).toEqual([1, 2, 3]);
    k.events.on(1, (p) => void seen.push(p));
    k.events.on(3, function* (p) {
      seen.push(p);
      yield* k.events.send(p);
    });
    raise(1);
    raise(2);
    raise(3);
    yield* k.events.dispatch();
    expect(seen).toEqual([1, 3]);
    expect(sent).toBe(1);
    expect([k.events.isPending(1), k.events.isPending(2), k.events.isPending(3)]).toEqual([false, true, false]);
    expect([k.events.consume(2), k.events.consume(2)]).toEqual([true, false]);

    // an event that comes between the scan and the sleep: the line is up, and the sleep ends at once
    k.events.on(3, () => {
      raise(1);
      fake.irq(true);
    });
    raise(3);
    expect(yield* k.events.waitFor(() => seen.length === 3)).toBe(true);
    fake.irq(false);
    expect(seen).toEqual([1, 3, 1]);
    // woken from a real sleep
    expect(yield* k.events.waitFor(() => seen.length === 4)).toBe(true);
    expect(yield* k.events.waitFor(() => false, 0)).toBe(false);
    k.events.mask(2);
    raise(2);
    yield* k.events.dispatch();
    expect(k.events.isPending(2)).toBe(true);
    expect((yield* k.events.unmask(2)).ok).toBe(true);
    expect(fake.calls.some((c) => c.name === "unmask")).toBe(true);
    expect(g.load8(va(vcpuInfo + BASE))).toBe(0);
  }, () => raise(1));
  expect(waits).toBe(1);
});

test("list calls are cut at the limit, answer in order, and stop where the hypervisor stopped", () => {
  const fake = standIn();
  fake.on(V2.grant_unmap, (a) => (a.handle % 7 === 3 ? { ok: false, code: "GNTST_bad_handle", why: "" } : yes));
  fake.on(V2.release, (a) => (toNumber(a.extent.start) === 700 * 4096 ? { ok: false, code: "EBUSY", why: "" } : yes));
  run(fake, { abi: 2 }, function* (k) {
    const results = yield* k.callEach(V2.grant_unmap, Array.from({ length: 1200 }, (_, handle) => ({ handle })));
    expect(results.map((r) => (r.ok ? 0 : r.code))).toEqual(Array.from({ length: 1200 }, (_, i) => (i % 7 === 3 ? "GNTST_bad_handle" : 0)));
    const stop = yield* k.callUntilFailure(V2.release, Array.from({ length: 1000 }, (_, i) => ({ extent: range(ipa(i * 4096), 4096) })));
    expect([stop.done, stop.failure?.code]).toEqual([700, "EBUSY"]);
    const none = yield* k.callUntilFailure(V2.populate, [{ extent: range(ipa(0), 4096) }]);
    expect([none.done, none.failure?.code]).toEqual([0, "ENOSYS"]);
  });
  expect([...new Set(fake.calls.filter((c) => c.name === "unmap").map((c) => c.n))]).toEqual([512, 176]);
});

test("a field that is called status is an answer where it is no code", () => {
  const fake = standIn();
  fake.on(V2.event_status, () => ({ ok: true, value: { status: 2, vcpu: 0, remote: 3, detail: 4 } }));
  run(fake, {}, function* (k) {
    const r = yield* k.call(V2.event_status, { port: 1 });
    expect(r).toEqual({ ok: true, value: { status: 2, vcpu: 0, remote: 3, detail: 4 } });
  });
});

test("an answer that no descriptor declares, and arguments that cannot be encoded, end the kernel", () => {
  const fake = standIn();
  fake.on(V1.event_send, () => ({ ok: false, code: "EDOM", why: "" }) as never);
  expect(() => run(fake, {}, function* (k) { yield* k.events.send(1); })).toThrow("EVTCHNOP_send answered -33 in x0, which its descriptor does not declare");
  expect(() => run(standIn(), { abi: 2 }, function* (k) { yield* k.callUntilFailure(V2.release, [{ extent: range(ipa(4096), 8192) }]); })).toThrow("is not a multiple of its size");
});

test("v1 balloon: extents of one guest page, as 4096-byte frames with an order", () => {
  const fake = standIn();
  fake.on(V1.decrease_reservation, (a) => ({ ok: true, value: { ret: Math.min(a.nr_extents, 5), extent_start: a.extent_start } }));
  run(fake, { granule: GRANULE_64K, abi: 1 }, function* (k) {
    const free = k.pages.bytesFree;
    expect(yield* k.balloon.inflate(kib(400))).toMatchObject({ asked: kib(448), moved: kib(320), changed: kib(320), stopped: { code: undefined } });
    expect([k.balloon.bytesOut, free - k.pages.bytesFree]).toEqual([kib(320), kib(320)]);
  });
  // the stand-in leaves the command whole: extents done already, above the operation's six bits
  expect(fake.calls.at(-1)?.args).toMatchObject({ nr_extents: 7, extent_order: 4, start: C.XENMEM_decrease_reservation });
});

test("v2 balloon with S1 < G hands in pieces and completes granules first", () => {
  const fake = standIn(GRANULE_64K);
  const pieces = new Map<number, number>();
  let freed = 0;
  fake.on(V2.accumulate, (a, index) => {
    if (index === 0) freed = 0;
    const granule = Math.floor(toNumber(a.extent.start) / kib(64));
    pieces.set(granule, (pieces.get(granule) ?? 0) + 1);
    if (pieces.get(granule) === 4) freed += kib(64);
    return { ok: true, value: { freed } };
  });
  fake.on(V2.populate, (a) => (expect(a.extent.size).toBe(kib(64)), yes));
  run(fake, { granule: GRANULE_16K, abi: 2 }, function* (k) {
    expect(yield* k.balloon.inflate(kib(48))).toEqual({ asked: kib(48), moved: kib(48), changed: 0, stopped: undefined });
    expect([k.balloon.bytesPending, k.balloon.bytesOut]).toEqual([kib(48), 0]);
    expect(yield* k.balloon.inflate(kib(32))).toEqual({ asked: kib(32), moved: kib(32), changed: kib(64), stopped: undefined });
    expect([k.balloon.bytesPending, k.balloon.bytesOut]).toEqual([kib(16), kib(64)]);
    expect(yield* k.balloon.deflate(kib(100))).toMatchObject({ asked: kib(128), moved: kib(64), changed: kib(64), stopped: { code: "ENOENT" } });
  });
});

test.each(both)("the README's first guest runs at $name", ({ granule, abi }) => {
  const fake = standIn(GRANULE_64K);
  const lines: string[] = [];
  let area = 0;
  fake.on(V1.register_vcpu_info, (a) => ((area = a.mfn * 4096 + a.offset - BASE), yes));
  fake.on(V2.register_vcpu_info, (a) => ((area = toNumber(a.area) - BASE), yes));
  fake.on(V1.event_alloc_unbound, () => ({ ok: true, value: { port: 1 } }));
  fake.on(V2.event_alloc_unbound, () => ({ ok: true, value: { port: 1 } }));
  fake.on(V1.event_close, () => yes);
  fake.on(V2.event_close, () => yes);
  fake.on(V1.console_write, (a) => {
    const bytes = new Uint8Array(a.count);
    a.buffer.read(0, bytes);
    lines.push(new TextDecoder().decode(bytes));
    return yes;
  });
  const waits = runProgram(fake, firstGuest({ granule, abi, info: { ...info, args: { peer: "2" } } }), () => {
    // the peer's event: port 1 of word 0
    fake.memory.u8[toNumber(info.objects.start) - BASE + SharedInfo.fields.evtchn_pending.offset] = 2;
    fake.memory.u8[area + VcpuInfo.fields.evtchn_pending_sel.offset] = 1;
  });
  expect([lines, waits]).toEqual([[`ref ${abi === 1 ? 8 : 0x80000008} port 1\n`, "done\n"], 1]);
});
