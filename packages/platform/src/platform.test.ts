import { kib, mib } from "@granule/units";
import { expect, test } from "vitest";
import { createGicV2, createGenericTimers, createPl011, loadImage, planBoot, VIRT_MAP, XEN_GUEST_MAP } from "./index.ts";

test("a timer's interrupt goes through the GIC to the vcpu and back", () => {
  let now = 0;
  const gic = createGicV2({ vcpus: 1 });
  const timers = createGenericTimers({ vcpus: 1, now: () => now, onLine: gic.setLine });
  const { distributor: d, cpuInterface: c } = gic;
  d.write(0, 0, 4, 1);
  d.write(0, 0x100, 4, 1 << 27);
  c.write(0, 0, 4, 1);
  c.write(0, 4, 4, 0xf0);
  const [CTL, CVAL] = [0xdf19, 0xdf1a];
  expect(timers.write(0, CVAL, 10n, 1)).toBe(true);
  timers.write(0, CTL, 1n, 1);
  expect([timers.deadline(0), gic.irq(0)]).toEqual([160, false]);
  now = 160;
  timers.update(0);
  expect([gic.irq(0), c.read(0, 0xc, 4), c.read(0, 0xc, 4), gic.irq(0)]).toEqual([true, 27, 1023, false]);
  expect(timers.read(0, CTL, 1)).toBe(5n);
  timers.write(0, CTL, 3n, 1);
  c.write(0, 0x10, 4, 27);
  expect(gic.irq(0)).toBe(false);
});
test("uart", () => {
  const sent: number[] = [];
  const uart = createPl011({ output: (b) => sent.push(b) });
  uart.write(0, 0, 1, 65);
  uart.push(Uint8Array.of(66));
  expect([sent, uart.read(0, 0x18, 4), uart.read(0, 0, 4), uart.read(0, 0x18, 4)]).toEqual([[65], 0xc0, 66, 0x90]);
});
test("flat", async () => {
  const image = await loadImage(new Uint8Array(100), { flatOffset: kib(512) });
  if (!image.ok) throw new Error(image.why);
  for (const map of [VIRT_MAP, XEN_GUEST_MAP]) {
    const plan = planBoot(image.value, { map, vcpus: 2, memory: mib(64), initrd: new Uint8Array(7) });
    expect(plan.ok).toBe(true);
  }
});
