/** A guest that calls every event hypercall with anything, and scribbles over what it registered: nobody else notices. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { DomainsPort, FramesPort } from "@granule/hypervisor";
import { GRANULES, ipa, kib, va } from "@granule/units";
import { C, type Hypercall, V1, V2 } from "@granule/xen-abi";
import { EventPort } from "./contract.ts";
import { call, testMachine } from "./fixture.ts";

const RAM = 0x40000000;
const GFN = RAM / 4096;
const named = (abi: string, all: Readonly<Record<string, Hypercall>>) => Object.entries(all).filter(([key]) => key.startsWith("event_") || key === "reset").map(([key, d]) => [`${abi}.${key}`, d] as const);
const CALLS: ReadonlyMap<string, Hypercall> = new Map([...named("V1", V1), ...named("V2", V2)]);
/** Numbers that mean something to a field now and then. */
const CANDIDATES: Readonly<Record<string, readonly number[]>> = {
  domid: [C.DOMID_SELF, C.DOMID_SELF, 1, 2, 9],
  vcpu: [0, 0, 1, 2 ** 32 - 1],
  u53: [GFN + 16, GFN + 17, GFN + 256, 2 ** 40],
  ipa: [RAM + kib(64), RAM + kib(64) + 128, RAM + kib(68), RAM + kib(1020), 1],
  size: [kib(4), kib(8), kib(4) * 129],
};
const SMALL = [0, 1, 1, 2, 2, 3, 4, 5, 63, 64, 2 ** 31];
const pick = (kind: string, seed: number): number => {
  const list = CANDIDATES[kind] ?? SMALL;
  return list[seed % list.length] ?? 0;
};

const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ name: fc.constantFrom(...CALLS.keys()), seeds: fc.array(fc.nat(1000), { minLength: 4, maxLength: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ at: fc.integer({ min: 0, max: 2047 }), word: fc.integer({ min: 0, max: 2 ** 32 - 1 }) }) },
);

test("no exception, no crash, no change of a neighbour's memory beyond its own events, and nothing stays pinned", () => {
  let answered = 0;
  fc.assert(
    fc.property(fc.nat(GRANULES.length - 1), fc.array(action, { minLength: 10, maxLength: 80, size: "max" }), (which, actions) => {
      const granule = GRANULES[which] ?? expect.fail("no granule");
      const t = testMachine();
      const events = t.m.get(EventPort);
      const free = t.m.get(FramesPort).totals().free;
      const attacker = t.domain(
        function* (g) {
          for (const a of actions) {
            if ("word" in a) g.store32(va(RAM + kib(64) + 4 * a.at), a.word);
            else {
              const d = CALLS.get(a.name) ?? expect.fail(a.name);
              const fields = Object.entries(d.fields).filter(([, f]) => f.dir === "in" || f.dir === "inout");
              const { x0 } = yield* call(g, d, Object.fromEntries(fields.map(([name, f], i) => [name, pick(f.kind, a.seeds[i] ?? 0)])));
              if (x0 === 0) answered++;
            }
          }
        },
        { granule, vcpus: 2 },
      );
      const victim = t.domain(
        function* (g) {
          yield* call(g, V2.event_init_fifo, { vcpu: 0, control: RAM + kib(64) });
          yield* call(g, V2.event_expand_fifo, { address: RAM + kib(68), size: kib(4) });
        },
        { granule },
      );
      events.allocUnbound(victim, attacker.domid);
      events.allocUnbound(victim, victim.domid);
      t.run();
      expect([attacker.state, attacker.reason, victim.reason]).toEqual(["shutdown", "0", "0"]);
      const ram = t.memory.bytes(victim.p2m.lookup(ipa(RAM))?.pa ?? expect.fail("hole"), kib(1024)).slice();
      // its own arguments, control block and first event words
      for (const [at, size] of [[0, kib(4)], [kib(64), 72], [kib(68), 12]] as const) ram.fill(0, at, at + size);
      expect(new BigUint64Array(ram.buffer).findIndex((x) => x !== 0n)).toBe(-1);
      const peer = events.list(victim)[0];
      expect([peer?.port, peer?.state === "unbound" || peer?.state === "interdomain", events.list(victim)[1]?.state]).toEqual([1, true, "unbound"]);
      t.m.get(DomainsPort).destroy(attacker);
      expect(events.list(victim).map((p) => p.state)).toEqual(["unbound", "unbound"]);
      t.m.get(DomainsPort).destroy(victim);
      expect(t.m.get(FramesPort).totals()).toEqual({ referenced: 0, owned: 0, objects: 0, free });
    }),
    { numRuns: 20 },
  );
  // calls succeed often enough to matter
  expect(answered).toBeGreaterThan(100);
}, 30_000);
