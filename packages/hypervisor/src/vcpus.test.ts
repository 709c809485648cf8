import { definePlugin, assemble } from "@granule/kit";
import { type EngineFactory, type GuestProgram, machine, scripted } from "@granule/machine";
import { GRANULE_16K, mib } from "@granule/units";
import { expect, test } from "vitest";
import { DomainsPort, hypervisor, SchedulerPort, SMCCC, UNDEFINED } from "./index.ts";

const CONFIG = { granule: GRANULE_16K, ram: mib(2) };
const firmware = definePlugin({
  name: "firmware", version: 1, provides: {}, requires: { domains: DomainsPort, scheduler: SchedulerPort },
  setup({ on, use }) {
    on.handled(SMCCC, ({ vcpu, conduit }) => {
      if (vcpu.regs.view.getUint32(0, true) !== 1) return undefined;
      const other = vcpu.domain.vcpus[1];
      if (other !== undefined) use.scheduler.start(other);
      vcpu.regs.view.setBigUint64(0, conduit === "hvc" ? 100n : 200n, true);
      return true;
    });
    on.handled(UNDEFINED, ({ why }) => (why.startsWith("hvc #0x5 ") ? true : undefined));
    return { ports: {}, save: () => null, load: () => undefined };
  },
});
const parts = () => assemble([machine({ ram: mib(16), tables: mib(4) }), hypervisor(), firmware()]);

test("hvc #0 is the firmware's, hvc #n is undefined, and a vcpu that starts offline runs once it is started", () => {
  const m = parts();
  const seen: (string | number)[] = [];
  const first: GuestProgram = function* (g) {
    for (const call of [1, 2]) {
      g.regs.setBigUint64(0, BigInt(call), true);
      yield* g.hvc(0);
      seen.push(Number(g.regs.getBigInt64(0, true)));
    }
    yield* g.hvc(5);
    seen.push("after hvc 5");
    yield* g.hvc(6);
    seen.push("never");
  };
  // oxlint-disable-next-line require-yield -- it only has to run
  const second: GuestProgram = function* () {
    seen.push("second");
  };
  const made = m.get(DomainsPort).create({ ...CONFIG, name: "g", vcpus: [scripted(first), scripted(second)], online: 1 });
  if (!made.ok) throw new Error(made.why);
  expect(made.value.vcpus.map((v) => v.state)).toEqual(["runnable", "offline"]);
  m.get(SchedulerPort).run();
  expect(seen).toEqual([100, -1, "after hvc 5"]);
  expect([made.value.state, made.value.reason]).toEqual(["crashed", "undefined-instruction: hvc #0x6 is undefined; hypercalls are hvc #0xea1"]);
});

test("how many vcpus are online must be some of them", () => {
  const made = parts().get(DomainsPort).create({ ...CONFIG, name: "g", vcpus: [scripted(function* (g) {
    yield* g.wait();
  })], online: 2 });
  expect(made).toMatchObject({ ok: false, code: "EINVAL", why: "domain g: online: 2 vcpus of 1" });
});

/** Retires whole budgets, and notes when each run began. */
const counting = (began: number[], exitAfter: number): EngineFactory => (host) => ({
  regs: host.regs,
  run(budget) {
    began.push(host.regs.retired);
    if (host.regs.retired >= exitAfter) return { kind: "end" };
    host.regs.retired += budget;
    return { kind: "budget" };
  },
  irq: () => undefined, stop: () => undefined, flush: () => undefined, save: () => ({ ok: true, value: null }), load: () => undefined,
});

test("a run ends exactly at the vcpu's deadline, and its turn goes on", () => {
  const m = parts();
  const began: number[] = [];
  const made = m.get(DomainsPort).create({ ...CONFIG, name: "g", vcpus: [counting(began, 20_000)] });
  const vcpu = made.ok ? made.value.vcpus[0] : undefined;
  if (vcpu === undefined) throw new Error("no vcpu");
  const interrupts: number[] = [];
  let deadline = 1234;
  vcpu.irqSource = () => {
    if (m.now() < deadline) return false;
    interrupts.push(m.now());
    deadline = deadline === 1234 ? 7000 : Infinity;
    return false;
  };
  vcpu.deadlineSource = () => deadline;
  m.get(SchedulerPort).run({ slices: 1 });
  expect(began).toEqual([0, 1234, 7000]);
  expect(interrupts).toEqual([1234, 7000]);
  m.get(SchedulerPort).run();
  expect(began).toEqual([0, 1234, 7000, 20_000]);
});
