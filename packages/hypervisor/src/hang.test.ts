import { assemble } from "@granule/kit";
import { type EngineFactory, type GuestProgram, type HeldExit, machine, scripted, WRITE } from "@granule/machine";
import { add, GRANULE_4K, ipa, mib, range, va, vaFromIpa } from "@granule/units";
import { expect, test } from "vitest";
import { diagnoseHang, DomainsPort, hypervisor, P2M, SchedulerPort } from "./index.ts";

const HOLE = ipa(0x5000_0000);
const world = (personality: "granule" | "xen-4.17") => assemble([machine({ ram: mib(16), tables: mib(4) }), hypervisor({ personality })]);
const create = (m: ReturnType<typeof world>, name: string, engine: EngineFactory) => {
  const made = m.get(DomainsPort).create({ name, granule: GRANULE_4K, ram: mib(2), vcpus: [engine] });
  if (!made.ok) throw new Error(made.why);
  return made.value;
};
/** Maps the domain's first frame a second time, for reading. */
function mapReadOnly(d: ReturnType<typeof create>): void {
  const first = d.p2m.lookup(d.layout.ram.start);
  expect(first !== undefined && d.p2m.map(range(HOLE, GRANULE_4K.size), first.pa, P2M.grantRo, false).ok).toBe(true);
}

test("a store to what is mapped for reading hangs the vcpu with personality xen-4.17, is named, and others run on", () => {
  const m = world("xen-4.17");
  const seen: string[] = [];
  const writer: GuestProgram = function* (g) {
    yield* g.pause();
    expect(g.load32(vaFromIpa(HOLE))).toBe(0);
    try {
      g.store32(add(vaFromIpa(HOLE), 8), 1);
    } catch {
      seen.push("caught");
    }
    yield* g.pause();
    seen.push("never");
  };
  const d = create(m, "writer", scripted(writer));
  mapReadOnly(d);
  create(m, "other", scripted(function* (g) {
    for (let i = 0; i < 5; i++) yield* g.pause();
    seen.push("other");
  }));
  expect(m.get(SchedulerPort).run()).toBe("idle");
  expect(seen).toEqual(["caught", "other"]);
  const [v] = d.vcpus;
  if (v === undefined) throw new Error("no vcpu");
  expect([d.state, v.state]).toEqual(["running", "hung"]);
  expect(diagnoseHang(v)?.text).toMatch(/^domain 1 "writer" vcpu 0 hangs: the instruction at PC 0x0 writes VA 0x50000008 \(IPA 0x50000008\), which is a read-only grant mapping/);
});

test("with personality granule it is a data abort, and where nothing is mapped it always is", () => {
  for (const [personality, at] of [["granule", HOLE], ["xen-4.17", add(HOLE, mib(1))]] as const) {
    const m = world(personality);
    const d = create(m, "writer", scripted(function* (g) {
      yield* g.pause();
      g.store32(vaFromIpa(at), 1);
    }));
    mapReadOnly(d);
    m.get(SchedulerPort).run();
    expect([d.state, d.reason]).toEqual(["crashed", expect.stringContaining("data abort at va")]);
    expect(d.vcpus.map(diagnoseHang)).toEqual([undefined]);
  }
});

test("a vcpu that hangs goes on when stage 2 changes or an interrupt comes, and not before", () => {
  const m = world("xen-4.17");
  const runs: number[] = [];
  let isLetGo = false;
  const held: HeldExit = { kind: "held", refused: { va: va(0x5000_0000), ipa: HOLE, access: WRITE }, interruptible: true };
  const stubborn: EngineFactory = (host) => ({
    regs: host.regs, irq: () => undefined, stop: () => undefined, flush: () => undefined, save: () => ({ ok: true, value: null }), load: () => undefined,
    run() {
      runs.push(host.regs.retired);
      host.regs.retired++;
      return isLetGo ? { kind: "end" } : held;
    },
  });
  const d = create(m, "stubborn", stubborn);
  mapReadOnly(d);
  const scheduler = m.get(SchedulerPort);
  scheduler.run();
  // it tries once more, since the trap has cleared its monitor
  expect([runs.length, d.vcpus[0]?.state]).toEqual([2, "hung"]);
  scheduler.run();
  expect(runs).toHaveLength(2);
  expect(d.p2m.unmap(range(HOLE, GRANULE_4K.size)).ok).toBe(true);
  scheduler.run();
  expect([runs.length, d.vcpus[0]?.state]).toEqual([3, "hung"]);
  let pending = true;
  const [v] = d.vcpus;
  if (v !== undefined) v.irqSource = () => pending;
  isLetGo = true;
  scheduler.run();
  pending = false;
  expect([runs.length, d.state]).toEqual([4, "shutdown"]);
});
