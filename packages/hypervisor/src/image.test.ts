import { describe, expect, test } from "vitest";
import { assemble, definePlugin } from "@granule/kit";
import { type GuestProgram, machine, MachinePort, scripted } from "@granule/machine";
import { add, type AnyGranule, GRANULE_16K, GRANULE_4K, GRANULE_64K, GRANULES, GranuleError, kib, mib, range, vaFromIpa } from "@granule/units";
import { DomainsPort, FramesPort, hypervisor, layoutFor, restoreImage, saveImage, SchedulerPort } from "./index.ts";

const RAM = mib(2);
const { ram } = layoutFor(RAM);
const COUNT = vaFromIpa(add(ram.start, kib(4)));
/** Counts in memory; its state is how far it was. */
const counter: GuestProgram = function* (g, saved) {
  for (let step = typeof saved === "number" ? saved : 0; step < 10; step++) {
    const now = step;
    yield* g.checkpoint(() => now);
    g.store32(COUNT, g.load32(COUNT) + 1);
    yield* g.pause();
  }
};
const nothing = definePlugin({ name: "nothing", version: 1, provides: {}, requires: {}, setup: () => ({ ports: {}, save: () => null, load: () => undefined }) });

function host(cpu = "all-granules") {
  const m = assemble([machine({ ram: mib(16), tables: mib(8), cpu }), hypervisor(), nothing()]);
  return { m, parts: m.get(MachinePort), domains: m.get(DomainsPort), frames: m.get(FramesPort), scheduler: m.get(SchedulerPort) };
}
/** A domain that has counted to `steps` and is parked; `hole`: bytes given back at its middle. */
function parked(granule: AnyGranule, hole: number) {
  const h = host();
  const made = h.domains.create({ name: "counter", granule, ram: RAM, vcpus: [scripted(counter)] });
  if (!made.ok) throw new Error(made.why);
  h.scheduler.run({ slices: 5 });
  expect(h.scheduler.park()).toBe(true);
  const r = range(add(ram.start, mib(1)), hole);
  if (hole > 0) {
    const runs = [...made.value.p2m.runs(r)];
    made.value.p2m.unmap(r);
    for (const run of runs) h.frames.disown(made.value, run.pa, run.size);
  }
  const image: unknown = JSON.parse(JSON.stringify(saveImage(h.parts, made.value)));
  return { image, counted: h.parts.memory.view.getUint32(h.parts.memory.offset(made.value.p2m.lookup(add(ram.start, kib(4)))?.pa ?? h.parts.memory.base), true) };
}
const isJson = (v: unknown): v is Parameters<typeof restoreImage>[3] => typeof v === "object";

describe.each(GRANULES.flatMap((from) => GRANULES.map((to) => ({ from, to }))))("an image from G = $from.name on G = $to.name", ({ from, to }) => {
  test("goes on where it was, memory and holes as they were", () => {
    const { image, counted } = parked(from, kib(64));
    const h = host();
    if (!isJson(image)) throw new Error("not JSON");
    const r = restoreImage(h.parts, h.domains, h.frames, image, to, () => scripted(counter));
    if (!r.ok) throw new Error(r.why);
    expect(counted).toBeGreaterThan(0);
    expect(r.value.currentBytes).toBe(RAM - kib(64));
    expect(r.value.p2m.isEmpty(range(add(ram.start, mib(1)), kib(64)))).toBe(true);
    h.scheduler.run();
    const at = r.value.p2m.lookup(add(ram.start, kib(4)));
    expect(at && h.parts.memory.view.getUint32(h.parts.memory.offset(at.pa), true)).toBe(10);
    expect(r.value.state).toBe("shutdown");
  });
});
test.each([[GRANULE_4K, GRANULE_16K, kib(4)], [GRANULE_4K, GRANULE_64K, kib(16)], [GRANULE_16K, GRANULE_64K, kib(48)]])(
  "G = $0.name with a hole that G = $1.name cannot express is refused, and nothing is left behind", (from, to, hole) => {
    const { image } = parked(from, hole);
    const h = host();
    const before = h.frames.totals();
    if (!isJson(image)) throw new Error("not JSON");
    const r = restoreImage(h.parts, h.domains, h.frames, image, to, () => scripted(counter));
    expect(r).toMatchObject({ ok: false, code: "EINVAL" });
    expect(!r.ok && r.why).toMatch(new RegExp(`its RAM at 0x.* bytes is no multiple of the new stage 2 granule of ${to.size} bytes`));
    expect(h.frames.totals()).toEqual(before);
  },
);
test("a CPU without the granule, a torn image", () => {
  const { image } = parked(GRANULE_64K, 0);
  const h = host("only-4k");
  if (!isJson(image)) throw new Error("not JSON");
  expect(restoreImage(h.parts, h.domains, h.frames, image, GRANULE_64K, () => scripted(counter))).toMatchObject({ ok: false, code: "EINVAL" });
  expect(() => restoreImage(h.parts, h.domains, h.frames, {}, GRANULE_4K, () => scripted(counter))).toThrow(GranuleError);
});
