/** The toolkit's xenstore client against the store, through a real ring and real event channels. */
import { expect, test } from "vitest";
import { eventChannels } from "@granule/event-channels";
import { grantTable } from "@granule/grant-table";
import { boot, connectXenbus, type Kernel, readState, switchState, waitForPeerState, type Xenbus, XenbusState } from "@granule/guest-sdk";
import { type Domain, DomainsPort, hypervisor, SchedulerPort } from "@granule/hypervisor";
import { assemble } from "@granule/kit";
import { machine, MachinePort, scripted, type Trap } from "@granule/machine";
import { type AnyGranule, add, endOf, GRANULE_16K, GRANULE_4K, GRANULE_64K, GRANULES, ipa, kib, mib, toNumber, XEN_PAGE } from "@granule/units";
import { C, V1, XSD_SOCKMSG_TYPE } from "@granule/xen-abi";
import { vcpuInfo } from "@granule/vcpu-info";
import { advertise, bytesOf, createConnection, createStore, pump, type RingWords } from "@granule/xenstore";

/** Runs a client (domain 1) whose ring is served by domain 2; `store` is the store itself, for what others would write. */
function play(granule: AnyGranule, stage2: AnyGranule, abi: 1 | 2, main: (bus: Xenbus, k: Kernel, write: (path: string, value: string) => void) => Trap<void>): void {
  const m = assemble([machine({ ram: mib(64), tables: mib(16) }), hypervisor(), vcpuInfo(), eventChannels(), grantTable()]);
  const { memory } = m.get(MachinePort);
  const store = createStore();
  const session = store.connect(0);
  /** A request of domain 0. */
  const toolstack = (type: number, payload: string): void => {
    if (!session.ok) throw new Error(session.why);
    session.value.handle({ type, reqId: 1, txId: 0, payload: bytesOf(payload) });
    while (session.value.peek() !== undefined) session.value.shift();
  };
  const built: { client?: Domain; server?: Domain } = {};
  let isReady = false;
  let port = 0;
  const ringAt = (): number => toNumber(endOf(built.client!.layout.ram)) - kib(64);

  const made = m.get(DomainsPort).create({ name: "client", granule: stage2, ram: mib(8), vcpus: [scripted(function* (g) {
    while (!isReady) yield* g.pause();
    const k = yield* boot(g, { granule, abi, info: { ...built.client!.layout, vcpus: 1, args: {} } });
    expect(k.pages.take({ start: ipa(ringAt()), size: kib(64) })).toBe(false);
    const bus = yield* connectXenbus(k);
    if (!bus.ok) throw new Error(bus.why);
    yield* main(bus.value, k, (path, value) => toolstack(XSD_SOCKMSG_TYPE.XS_WRITE, `${path}\0${value}`));
    yield* k.call(V1.sched_shutdown, { reason: C.SHUTDOWN.poweroff });
  })] });
  const served = m.get(DomainsPort).create({ name: "store", granule: GRANULE_4K, ram: mib(8), privileged: true, vcpus: [scripted(function* (g) {
    const k = yield* boot(g, { granule: GRANULE_4K, abi: 1, info: { ...built.server!.layout, vcpus: 1, args: {} } });
    const free = yield* k.call(V1.event_alloc_unbound, { dom: 1, remote_dom: C.DOMID_SELF });
    if (!free.ok) throw new Error(free.why);
    const local = yield* k.events.bindInterdomain(1, free.value.port);
    if (!local.ok) throw new Error(local.why);
    port = free.value.port;
    for (const [index, value] of [[C.HVM_PARAM_STORE_PFN, ringAt() / XEN_PAGE.size], [C.HVM_PARAM_STORE_EVTCHN, port]] as const)
      yield* k.call(V1.hvm_set_param, { domid: 1, index, value: BigInt(value) });
    toolstack(XSD_SOCKMSG_TYPE.XS_MKDIR, "/local/domain/1\0");
    toolstack(XSD_SOCKMSG_TYPE.XS_SET_PERMS, "/local/domain/1\0n1\0");
    store.introduce(1, XEN_PAGE.frameOf(ipa(ringAt())), port);
    const connection = createConnection(store, 1);
    if (!connection.ok) throw new Error(connection.why);
    // the client's RAM is one run of machine memory
    const at = built.client!.p2m.lookup(ipa(ringAt()))!.pa;
    const words: RingWords = {
      load32: (o) => memory.load32(add(at, o)), store32: (o, v) => memory.store32(add(at, o), v),
      load: (o, into) => into.set(memory.bytes(add(at, o), into.length)), store: (o, from) => memory.bytes(add(at, o), from.length).set(from), barrier: () => {},
    };
    advertise(words);
    isReady = true;
    for (;;) {
      while (pump(connection.value, words) === "progress") yield* k.events.send(local.value);
      k.events.consume(local.value);
      if (built.client!.state !== "running") return;
      yield* g.pause();
    }
  })] });
  if (!made.ok || !served.ok) throw new Error("no domains");
  Object.assign(built, { client: made.value, server: served.value });
  expect(m.get(SchedulerPort).run({ slices: 50_000 })).toBe("idle");
  expect([made.value.state, made.value.reason, served.value.state]).toEqual(["shutdown", String(C.SHUTDOWN.poweroff), "shutdown"]);
}

const cells = GRANULES.flatMap((granule) => ([1, 2] as const).map((abi) => ({ granule, stage2: GRANULES[2 - GRANULES.indexOf(granule)]!, abi, name: `S1 ${granule.name} v${abi}` })));

test.each(cells)("reads, writes, lists, and says why not: $name", ({ granule, stage2, abi }) => {
  play(granule, stage2, abi, function* (bus) {
    const long = "x".repeat(1500);
    expect((yield* bus.write("a/long", long)).ok).toBe(true);
    expect(yield* bus.read("a/long")).toEqual({ ok: true, value: long });
    expect((yield* bus.mkdir("a/b")).ok).toBe(true);
    expect(yield* bus.directory("/local/domain/1/a")).toEqual({ ok: true, value: ["b", "long"] });
    expect((yield* bus.setPermissions("a", ["n1", "r2"])).ok).toBe(true);
    expect((yield* bus.rm("a")).ok).toBe(true);
    const gone = yield* bus.read("a/long");
    expect(gone.ok ? "" : gone.code).toBe("ENOENT");
    const denied = yield* bus.write("/local/domain/2/x", "1");
    expect(denied.ok ? "" : denied.code).toBe("EACCES");
    const large = yield* bus.write("a", "x".repeat(4096));
    expect(large.ok ? "" : large.code).toBe("E2BIG");
  });
});

test("a transaction that met a conflict runs again, and a failed one leaves nothing", () => {
  play(GRANULE_16K, GRANULE_64K, 2, function* (bus, _k, write) {
    yield* bus.write("n", "1");
    let runs = 0;
    const r = yield* bus.transaction(function* (tx) {
      const n = yield* bus.read("n", tx);
      if (!n.ok) return n;
      if (runs++ === 0) write("/local/domain/1/n", "10");
      yield* bus.write("n", String(Number(n.value) + 1), tx);
      return n;
    });
    expect([r, runs, yield* bus.read("n")]).toEqual([{ ok: true, value: "10" }, 2, { ok: true, value: "11" }]);
    const failed = yield* bus.transaction(function* (tx) {
      yield* bus.write("n", "99", tx);
      return yield* bus.read("nothing", tx);
    });
    expect(failed.ok ? "" : failed.code).toBe("ENOENT");
    expect(yield* bus.read("n")).toEqual({ ok: true, value: "11" });
  });
});

test("watches fire when set and when something changes; a peer's state is waited for", () => {
  play(GRANULE_64K, GRANULE_4K, 1, function* (bus, _k, write) {
    const w = yield* bus.watch("device");
    if (!w.ok) throw new Error(w.why);
    expect([yield* bus.waitFor(w.value), w.value.next(), w.value.next()]).toEqual([true, "device", undefined]);
    yield* bus.write("device/vbd/0", "x");
    expect([yield* bus.waitFor(w.value), w.value.next(), w.value.isFired]).toEqual([true, "device/vbd/0", false]);
    yield* w.value.remove();
    yield* bus.write("device/vbd/1", "x");
    expect(w.value.isFired).toBe(false);

    yield* switchState(bus, "device", XenbusState.Initialised);
    expect(yield* readState(bus, "device")).toBe(XenbusState.Initialised);
    expect(yield* readState(bus, "elsewhere")).toBe(XenbusState.Unknown);
    write("/local/domain/1/peer/state", "2");
    expect(yield* waitForPeerState(bus, "peer", [XenbusState.InitWait, XenbusState.Connected])).toEqual({ ok: true, value: XenbusState.InitWait });
    const late = yield* waitForPeerState(bus, "peer", [XenbusState.Connected], 0);
    expect(late.ok ? "" : late.code).toBe("ETIMEDOUT");
  });
});
