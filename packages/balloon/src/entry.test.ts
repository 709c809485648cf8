import { expect, test } from "vitest";
import { assemble } from "@granule/kit";
import { type GuestProgram, machine, scripted } from "@granule/machine";
import { DomainsPort, hypervisor, SchedulerPort } from "@granule/hypervisor";
import { GRANULE_64K, kib, mib, va } from "@granule/units";
import { C, V1, V2 } from "@granule/xen-abi";
import { balloon } from "./balloon.ts";
import { RELEASED } from "./contract.ts";
import { A, RAM } from "./fixture.ts";

type G = Parameters<GuestProgram>[0];
/** x0, x1 and x3 after a hypercall with x0..x4. */
function* hypercall(g: G, nr: number, ...x: readonly number[]) {
  x.forEach((value, i) => g.regs.setBigUint64(8 * i, BigInt(value), true));
  g.regs.setBigUint64(8 * 16, BigInt(nr), true);
  yield* g.hvc(C.XEN_HYPERCALL_TAG);
  return [0, 1, 3].map((n) => Number(g.regs.getBigInt64(8 * n, true)));
}
/** Runs a guest at G = 64K with 4 MiB to its end; answers what it released. */
function run(program: GuestProgram): number {
  const m = assemble([machine({ ram: mib(8), tables: mib(4) }), hypervisor(), balloon()]);
  const made = m.get(DomainsPort).create({ name: "guest", granule: GRANULE_64K, ram: mib(4), vcpus: [scripted(program)] });
  if (!made.ok) throw new Error(made.why);
  expect(m.get(SchedulerPort).run()).toBe("idle");
  expect([made.value.state, made.value.reason]).toEqual(["shutdown", "0"]);
  return made.value.counters.get(RELEASED);
}

test("a 4K kernel on G = 64K hands in 300 pieces with one hypercall, and x3 is what became whole granules", () => {
  const seen: number[][] = [];
  const released = run(function* (g) {
    // longer than a turn of the entry: the sum survives being pre-empted
    for (let i = 0; i < 300; i++) g.store53(va(RAM + 8 * i), RAM + mib(1) + i * A + 12);
    g.regs.setBigUint64(8 * 3, 0xffffn, true);
    seen.push(yield* hypercall(g, V2.accumulate.nr, V2.accumulate.op, RAM, 300));
    seen.push(yield* hypercall(g, V2.accumulate.nr, V2.accumulate.op, RAM + 8 * 288, 12));
    // pieces of the first granule are not its own any more
    seen.push(yield* hypercall(g, V2.accumulate.nr, V2.accumulate.op, RAM, 2));
  });
  expect(seen).toEqual([[0, 300, 18 * kib(64)], [0, 12, 0], [-2, 0, 0]]);
  expect(released).toBe(18 * kib(64));
});
test("a list of extents stops at the first that cannot be, and x1 says how many are done", () => {
  const seen: number[][] = [];
  const released = run(function* (g) {
    [RAM + mib(1) + 16, RAM + mib(2) + 17, RAM + mib(1) + 16, RAM + mib(3) + 16].forEach((extent, i) => g.store53(va(RAM + 8 * i), extent));
    seen.push(yield* hypercall(g, V2.release.nr, V2.release.op, RAM, 4));
    g.store53(va(RAM), RAM + mib(3) + 14);
    seen.push(yield* hypercall(g, V2.release.nr, V2.release.op, RAM, 1));
    seen.push(yield* hypercall(g, V2.release.nr, V2.release.op, RAM, 513));
    seen.push(yield* hypercall(g, V2.populate.nr, V2.populate.op, RAM + 8, 1));
  });
  expect(seen.map(([x0]) => x0)).toEqual([-2, -18, -7, 0]);
  expect([seen[0]?.[1], seen[1]?.[1], seen[3]?.[1]]).toEqual([2, 0, 1]);
  expect(released).toBe(kib(64) + kib(128));
});
test("v1 at G = 64K: an order-0 balloon gets 0 done, an order-4 one works", () => {
  const seen: number[] = [];
  const released = run(function* (g) {
    const call = function* (order: number, gfn: number) {
      g.store53(va(RAM + 64), gfn);
      g.store53(va(RAM), RAM + 64);
      g.store53(va(RAM + 8), 1);
      g.store32(va(RAM + 16), order);
      g.store32(va(RAM + 20), 0);
      g.store16(va(RAM + 24), C.DOMID_SELF);
      seen.push((yield* hypercall(g, V1.decrease_reservation.nr, V1.decrease_reservation.op, RAM))[0] ?? -1);
    };
    yield* call(0, (RAM + mib(1)) / A);
    yield* call(4, (RAM + mib(1)) / A + 1);
    yield* call(4, (RAM + mib(1)) / A);
  });
  expect(seen).toEqual([0, 0, 1]);
  expect(released).toBe(kib(64));
});
