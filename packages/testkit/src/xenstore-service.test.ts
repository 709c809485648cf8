/** The store in a service domain, at every granule of its own: who is served, in what turn, and what a bad client can do. */
import { describe, expect, it } from "vitest";
import { createToolstack, preset, type Toolstack } from "@granule/granule";
import { GrantPort } from "@granule/grant-table";
import { connectXenbus, findRing, type Kernel, type Xenbus } from "@granule/guest-sdk";
import { type Domain, SchedulerPort } from "@granule/hypervisor";
import { assembleList, type Machine } from "@granule/kit";
import type { Trap } from "@granule/machine";
import { wordsAt } from "@granule/pv";
import { add, type AnyGranule, endOf, GRANULE_16K, GRANULE_4K, GRANULE_64K, kib, mib, vaFromIpa } from "@granule/units";
import { MASK_XENSTORE_IDX, XENSTORE_ERROR_RINGIDX, XENSTORE_RECONNECT, XENSTORE_RING_SIZE, XenstoreDomainInterface, XSD_SOCKMSG_TYPE, XsdSockmsg } from "@granule/xen-abi";

const SHAPES = [["4k", GRANULE_4K], ["16k", GRANULE_16K], ["64k", GRANULE_64K]] as const;

interface World {
  readonly machine: Machine;
  readonly toolstack: Toolstack;
  /** Adds a guest whose main function gets its xenstore client. */
  guest(name: string, abi: 1 | 2, main: (k: Kernel, bus: Xenbus) => Trap<void>, g?: AnyGranule): Domain;
  run(until: () => boolean): void;
}
function world(store: AnyGranule): World {
  const machine = assembleList(preset({ ram: mib(64) }));
  const toolstack = createToolstack(machine, { s1: store, g: store });
  const all: Domain[] = [];
  return {
    machine, toolstack,
    guest(name, abi, main, g = GRANULE_4K) {
      const d = toolstack.createGuest({ name, s1: g, g, abi, ram: mib(4) }, function* (k) {
        const bus = yield* connectXenbus(k);
        if (!bus.ok) throw new Error(bus.why);
        yield* main(k, bus.value);
      });
      all.push(d);
      return d;
    },
    run(until) {
      const ended = machine.get(SchedulerPort).run({ slices: 60_000, until });
      for (const d of [toolstack.storeDomain, ...all]) expect([d.name, d.state === "crashed" ? d.reason : ""]).toEqual([d.name, ""]);
      expect(ended).toBe("until");
    },
  };
}
/** The words of a client's own ring: the last 64 KiB of its RAM. */
const ringOf = (k: Kernel) => wordsAt(k.g, vaFromIpa(add(endOf(k.info.ram), -kib(64))));
const { req, req_prod, req_cons, rsp_prod, rsp_cons, connection, error } = XenstoreDomainInterface.fields;

describe.each(SHAPES)("a store whose S1 and G are %s", (_name, granule) => {
  it("serves clients of every granule and both ABIs, and tells them what the others wrote", () => {
    const w = world(granule);
    const seen: string[] = [];
    const clients = SHAPES.flatMap(([name, g]) => ([1, 2] as const).map((abi) => ({ name: `g${name}v${abi}`, g, abi })));
    for (const { name, g, abi } of clients)
      w.guest(name, abi, function* (k, bus) {
        const watch = yield* bus.watch("data/go");
        if (!watch.ok) throw new Error(watch.why);
        watch.value.next();
        yield* bus.write("data/hello", name);
        expect(yield* bus.waitFor(watch.value)).toBe(true);
        const text = yield* bus.read("data/go");
        seen.push(`${name} ${text.ok ? text.value : text.why}`);
        yield* k.events.waitFor(() => false);
      }, g);
    w.run(() => clients.every((_c, i) => w.toolstack.read(`/local/domain/${i + 1}/data/hello`) !== undefined));
    expect(clients.map((_c, i) => w.toolstack.read(`/local/domain/${i + 1}/data/hello`))).toEqual(clients.map((c) => c.name));
    // the host writes as dom0, and the store's domain is woken
    clients.forEach((_c, i) => w.toolstack.write(`/local/domain/${i + 1}/data/go`, `go${i}`));
    w.run(() => seen.length === clients.length);
    expect(seen.sort()).toEqual(clients.map((c, i) => `${c.name} go${i}`).sort());
    expect(w.toolstack.store.clients()).toEqual(clients.map((_c, i) => ({ domid: i + 1, fault: "" })));
  });
});

/** A guest that keeps its ring full of requests and never sleeps; `taken` is told the bytes that the store took. */
const flooder = (taken: (bytes: number) => void) =>
  function* (k: Kernel): Trap<void> {
    const found = yield* findRing(k, k.query, "store");
    if (found === undefined) throw new Error("no ring");
    const ring = ringOf(k);
    const payload = new TextEncoder().encode("/local\0");
    const message = new Uint8Array([...XsdSockmsg.encode({ type: XSD_SOCKMSG_TYPE.XS_DIRECTORY, len: payload.length }), ...payload]);
    let prod = ring.load32(req_prod.offset);
    for (let at = 0, cons = prod; ; ) {
      const now = ring.load32(req_cons.offset);
      taken((now - cons) >>> 0);
      cons = now;
      for (; ((prod - cons) >>> 0) < XENSTORE_RING_SIZE; at++, prod = (prod + 1) >>> 0) ring.store(req.offset + MASK_XENSTORE_IDX(prod), message.subarray(at % message.length, (at % message.length) + 1));
      ring.store32(req_prod.offset, prod);
      ring.store32(rsp_cons.offset, ring.load32(rsp_prod.offset));
      yield* k.events.send(found.port);
      yield* k.g.pause();
    }
  };

describe("a client that misbehaves", () => {
  it("floods: between a request of another client and its reply it gets a few rings' worth, no more", () => {
    const w = world(GRANULE_16K);
    let flooded = 0;
    const between: number[] = [];
    for (const name of ["flood1", "flood2"]) w.guest(name, 2, flooder((bytes) => void (flooded += bytes)));
    w.guest("patient", 2, function* (_k, bus) {
      for (let i = 0; i < 40; i++) {
        const before = flooded;
        expect((yield* bus.write("data/n", String(i))).ok).toBe(true);
        between.push(flooded - before);
      }
    });
    w.run(() => between.length === 40);
    expect(flooded).toBeGreaterThan(2 * XENSTORE_RING_SIZE);
    expect(Math.max(...between)).toBeLessThanOrEqual(4 * 2 * XENSTORE_RING_SIZE);
  });
  it("breaks its indices: its connection ends with the reason, nobody else's does, and it may reconnect", () => {
    const w = world(GRANULE_64K);
    let isBroken = false;
    let hasRecovered = false;
    let hasWritten = false;
    w.guest("bad", 1, function* (k, bus) {
      const found = yield* findRing(k, k.query, "store");
      if (found === undefined) throw new Error("no ring");
      expect((yield* bus.write("data/n", "1")).ok).toBe(true);
      const ring = ringOf(k);
      ring.store32(req_prod.offset, (ring.load32(req_cons.offset) + 5000) >>> 0);
      yield* k.events.send(found.port);
      yield* k.events.waitFor(() => ring.load32(error.offset) === XENSTORE_ERROR_RINGIDX);
      isBroken = true;
      yield* k.events.waitFor(() => hasWritten, k.g.now() + 5_000_000);
      ring.store32(connection.offset, XENSTORE_RECONNECT);
      yield* k.events.send(found.port);
      yield* k.events.waitFor(() => ring.load32(connection.offset) === 0);
      const again = yield* connectXenbus(k);
      hasRecovered = again.ok && (yield* again.value.write("data/n", "2")).ok;
    });
    w.guest("good", 2, function* (k, bus) {
      while (!isBroken) yield* k.g.pause();
      hasWritten = (yield* bus.write("data/n", "3")).ok;
      yield* k.events.waitFor(() => false);
    });
    w.run(() => hasRecovered);
    expect([hasWritten, w.toolstack.read("/local/domain/1/data/n"), w.toolstack.read("/local/domain/2/data/n")]).toEqual([true, "2", "3"]);
  });
  it("has not granted its ring: it is not served, and the reason is known", () => {
    const w = world(GRANULE_4K);
    const d = w.guest("late", 2, function* (k) {
      yield* k.events.waitFor(() => false);
    });
    expect(w.toolstack.store.release(d.domid).ok).toBe(true);
    // its entry now names nothing that may be mapped
    expect(w.machine.get(GrantPort).seed(d, "v1", 1, { flags: 0, domid: 0, frame: 0 }).ok).toBe(true);
    expect(w.toolstack.store.introduce(d.domid, 1).ok).toBe(true);
    w.run(() => w.toolstack.store.clients().length > 0);
    expect(w.toolstack.store.clients()).toEqual([{ domid: d.domid, fault: expect.stringMatching(/^reference 1 of 4096 bytes: /) }]);
  });
});

it("a domain that is gone is let go of: nothing of it stays mapped, and its nodes are removed", () => {
  const w = world(GRANULE_64K);
  let isReady = false;
  const d = w.guest("short", 2, function* (k, bus) {
    isReady = (yield* bus.write("data/n", "1")).ok;
    yield* k.events.waitFor(() => false);
  });
  w.run(() => isReady);
  const mappings = (): number => w.machine.get(GrantPort).mappings(w.toolstack.storeDomain).length;
  expect(mappings()).toBe(1);
  w.toolstack.destroy(d);
  w.run(() => mappings() === 0);
  expect([w.toolstack.store.clients(), w.toolstack.read("/local/domain/1/data/n")]).toEqual([[], undefined]);
});
