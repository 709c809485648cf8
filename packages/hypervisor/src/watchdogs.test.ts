import { assemble } from "@granule/kit";
import { machine, scripted } from "@granule/machine";
import { GRANULE_16K, mib } from "@granule/units";
import { V1 } from "@granule/xen-abi";
import { expect, test } from "vitest";
import { createDriver, type Domain, DomainsPort, hypervisor, SchedulerPort } from "./index.ts";

const SECOND = 1e9;
const parts = () => assemble([machine({ ram: mib(16), tables: mib(4) }), hypervisor()]);
const waits = scripted(function* (g) {
  for (;;) yield* g.checkpoint(() => null);
});
function driven(m: ReturnType<typeof parts>): { readonly d: Domain; readonly set: (id: number, timeout: number) => number } {
  const driver = createDriver();
  const made = m.get(DomainsPort).create({ name: "dog", granule: GRANULE_16K, ram: mib(2), vcpus: [driver.engine] });
  if (!made.ok) throw new Error(made.why);
  driver.attach(made.value, m.get(SchedulerPort));
  return { d: made.value, set: (id, timeout) => driver.call(V1.sched_watchdog, { id, timeout }).x0 };
}

test("a watchdog that is set anew in time does nothing; one that is not ends a domain that waits, at its time", () => {
  const m = parts();
  const { d, set } = driven(m);
  const scheduler = m.get(SchedulerPort);
  expect(set(0, 2)).toBe(1);
  const began = m.now();
  scheduler.run({ horizon: began + SECOND });
  expect([d.state, set(1, 2)]).toEqual(["running", 0]);
  scheduler.run({ horizon: began + 2.5 * SECOND });
  expect(d.state).toBe("running");
  expect(scheduler.run()).toBe("idle");
  expect([d.state, d.reason, Math.floor((m.now() - began) / SECOND)]).toEqual(["shutdown", "4", 3]);
});

test("two timers a domain; what is stopped can be set no more, and the next domain of that number has none", () => {
  const m = parts();
  const { d, set } = driven(m);
  expect([set(0, 50), set(0, 60), set(0, 70), set(1, 0), set(1, 0), set(3, 1), set(0, 80)]).toEqual([1, 2, 0xffffffe4, 0, -22, -22, 1]);
  m.get(DomainsPort).destroy(d);
  const next = driven(m);
  expect([next.d.domid, next.set(2, 1), m.get(SchedulerPort).run(), next.d.state]).toEqual([d.domid, -22, "idle", "running"]);
});

test("a snapshot keeps them", () => {
  const m = parts();
  const made = m.get(DomainsPort).create({ name: "dog", granule: GRANULE_16K, ram: mib(2), vcpus: [waits] });
  const other = driven(m);
  expect([made.ok, other.set(0, 3)]).toEqual([true, 1]);
  m.get(DomainsPort).shutdown(other.d, 0);
  expect(m.get(SchedulerPort).park()).toBe(true);
  const state = JSON.stringify(m.save());
  expect(state).toContain('"watchdogs":[[2,[');
});
