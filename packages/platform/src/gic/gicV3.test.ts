import { expect, test } from "vitest";
import { systemKey } from "../system/encoding.ts";
import { createGicV3 } from "./gicV3.ts";

const ICC = { PMR: systemKey(3, 0, 4, 6, 0), SGI1R: systemKey(3, 0, 12, 11, 5), IAR1: systemKey(3, 0, 12, 12, 0), EOIR1: systemKey(3, 0, 12, 12, 1), IGRPEN1: systemKey(3, 0, 12, 12, 7) } as const;
const SGI_BASE = 0x10000;
const FRAMES = 0x20000;

/** Everything on, as a kernel does. */
function started(vcpus: number) {
  const lines: boolean[] = [];
  const gic = createGicV3({ vcpus, onIrq: (vcpu, level) => void (lines[vcpu] = level) });
  gic.distributor.write(0, 0, 4, 0x12);
  for (let vcpu = 0; vcpu < vcpus; vcpu++) {
    gic.write(vcpu, ICC.PMR, 0xf8n, 1);
    gic.write(vcpu, ICC.IGRPEN1, 1n, 1);
  }
  return { gic, lines };
}

test("a pulse is taken once, whatever its trigger; the redistributor enables it for its own vcpu", () => {
  const { gic, lines } = started(2);
  gic.pulse(31, 1);
  expect(lines[1]).toBeUndefined();
  // vcpu 0 writes to the redistributor of vcpu 1
  gic.redistributors.write(0, FRAMES + SGI_BASE + 0x100, 4, 0x8000_0000);
  expect([lines[0], lines[1], gic.redistributors.read(1, FRAMES + SGI_BASE + 0x100, 4), gic.redistributors.read(1, SGI_BASE + 0x100, 4)]).toEqual([undefined, true, 0x8000_0000, 0]);
  expect(gic.read(1, ICC.IAR1, 1)).toBe(31n);
  gic.write(1, ICC.EOIR1, 31n, 1);
  expect([gic.read(1, ICC.IAR1, 1), lines[1]]).toEqual([1023n, false]);
});

test("SPIs go where GICD_IROUTER says, SGIs where ICC_SGI1R_EL1 does", () => {
  const { gic } = started(3);
  gic.distributor.write(0, 0x104, 4, 1);
  gic.distributor.write(0, 0x6000 + 8 * 32, 8, 2);
  gic.setLine(32, true);
  expect([gic.irq(0), gic.irq(2), gic.distributor.read(0, 0x6000 + 8 * 32, 8)]).toEqual([false, true, 2]);
  expect(gic.read(2, ICC.IAR1, 1)).toBe(32n);
  gic.write(0, ICC.SGI1R, (5n << 24n) | 0b010n, 1);
  expect([gic.irq(1), gic.read(1, ICC.IAR1, 1)]).toEqual([true, 5n]);
  // IRM: all but the sender
  gic.write(0, ICC.SGI1R, (1n << 40n) | (6n << 24n), 1);
  expect([gic.irq(0), gic.read(1, ICC.IAR1, 1)]).toEqual([false, 1023n]);
  gic.write(1, ICC.EOIR1, 5n, 1);
  expect(gic.read(1, ICC.IAR1, 1)).toBe(6n);
});

test("EL0 reaches nothing, and odd accesses abort", () => {
  const { gic } = started(1);
  expect([gic.read(0, ICC.IAR1, 0), gic.write(0, ICC.PMR, 0n, 0)]).toEqual([undefined, false]);
  expect([1, 2, 4, 8].map((bytes) => gic.distributor.answers?.(0, bytes))).toEqual([false, false, true, false]);
});
