import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GicV2 } from "../contract.ts";
import { createGicV2 } from "./gicV2.ts";
import { NaiveGic } from "./naive.ts";

const SPIS = 32;
/** Few interrupts and few priorities, so that they meet. */
const intid = fc.constantFrom(0, 1, 15, 16, 27, 30, 32, 33, 40, 63);
const value = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }),
  intid.map((n) => 2 ** (n % 32)),
  intid,
  fc.constantFrom(0, 1, 2, 3, 7, 0xffffffff, 0xf8, 0x80),
);
const bitRegister = fc.tuple(fc.constantFrom(0x80, 0x100, 0x180, 0x200, 0x280, 0x300, 0x380), fc.constantFrom(0, 4)).map(([a, b]) => a + b);
type Op =
  | { readonly op: "line"; readonly cpu: number; readonly id: number; readonly level: boolean }
  | { readonly op: "pulse"; readonly cpu: number; readonly id: number }
  | { readonly op: "gicd" | "gicc"; readonly cpu: number; readonly at: number; readonly bytes: number; readonly write: number | undefined }
  | { readonly op: "save" };

function operations(vcpus: number): fc.Arbitrary<Op[]> {
  const cpu = fc.integer({ min: 0, max: vcpus - 1 });
  const gicd = (at: fc.Arbitrary<number>, bytes: fc.Arbitrary<number>, write: fc.Arbitrary<number | undefined>): fc.Arbitrary<Op> =>
    fc.record({ op: fc.constant("gicd" as const), cpu, at, bytes, write });
  const gicc = (at: fc.Arbitrary<number>, write: fc.Arbitrary<number | undefined>): fc.Arbitrary<Op> =>
    fc.record({ op: fc.constant("gicc" as const), cpu, at, bytes: fc.constant(4), write });
  const some = <T>(x: T): fc.Arbitrary<T> => fc.constant(x);
  const maybe = fc.option(value, { nil: undefined });
  return fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.record({ op: some("line" as const), cpu, id: fc.oneof(intid, fc.integer({ min: 16, max: 31 + SPIS })), level: fc.boolean() }) },
      { weight: 2, arbitrary: fc.record({ op: some("pulse" as const), cpu, id: intid }) },
      { weight: 6, arbitrary: gicc(fc.constantFrom(0x0c, 0x0c, 0x20), some(undefined)) },
      { weight: 4, arbitrary: gicc(fc.constantFrom(0x10, 0x10, 0x24, 0x1000), intid) },
      { weight: 4, arbitrary: gicd(some(0xf00), some(4), fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 15)).map(([f, l, n]) => f * 2 ** 24 + l * 65536 + n)) },
      { weight: 6, arbitrary: gicd(bitRegister, some(4), maybe) },
      { weight: 5, arbitrary: gicd(intid.map((n) => 0x400 + n), some(1), fc.constantFrom(0, 8, 0x10, 0x18, 0x40, 0x80, 0xa8, 0xf8, 0xff)) },
      { weight: 3, arbitrary: gicd(intid.map((n) => 0x800 + n), some(1), fc.integer({ min: 0, max: 255 })) },
      { weight: 2, arbitrary: gicd(fc.constantFrom(0xc00, 0xc04, 0xc08, 0xc0c), some(4), maybe) },
      { weight: 2, arbitrary: gicd(fc.integer({ min: 0xf10, max: 0xf2f }), some(1), maybe.map((v) => (v === undefined ? v : v % 256))) },
      { weight: 2, arbitrary: gicd(fc.constantFrom(0, 4, 8, 0xfe8), some(4), maybe) },
      { weight: 2, arbitrary: gicd(fc.constantFrom(0x400, 0x41c, 0x420, 0x800, 0x820, 0x43c, 0xf10, 0xf20), some(4), maybe) },
      { weight: 2, arbitrary: gicc(some(0x00), fc.constantFrom(0, 1, 3, 7, 0x17, 0x203, 0x207, 0x213, 0x3ff, undefined)) },
      { weight: 2, arbitrary: gicc(some(0x04), fc.constantFrom(0, 0x40, 0x88, 0xf8, 0xff, undefined)) },
      { weight: 3, arbitrary: gicc(fc.constantFrom(0x08, 0x1c), fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined })) },
      { weight: 1, arbitrary: gicc(fc.constantFrom(0x14, 0x18, 0x28, 0xfc), maybe) },
      { weight: 1, arbitrary: gicc(some(0xd0), fc.constantFrom(undefined, 0, 0x10000, 0x80000001)) },
      // Anything at all: mostly refused.
      { weight: 2, arbitrary: gicd(fc.integer({ min: 0, max: 0xfcf }), fc.constantFrom(1, 2, 4), maybe) },
      { weight: 1, arbitrary: some({ op: "save" as const }) },
    ),
    { minLength: 20, maxLength: 120 },
  );
}

/** Groups, interfaces and interrupts on, so that random operations do something. */
function open(vcpus: number): Op[] {
  const cpus = Array.from({ length: vcpus }, (_, cpu) => cpu);
  return [
    { op: "gicd", cpu: 0, at: 0, bytes: 4, write: 3 },
    { op: "gicd", cpu: 0, at: 0x104, bytes: 4, write: 0xffffffff },
    ...cpus.flatMap((cpu): Op[] => [
      { op: "gicd", cpu, at: 0x100, bytes: 4, write: 0xffffffff },
      { op: "gicc", cpu, at: 0, bytes: 4, write: 7 },
      { op: "gicc", cpu, at: 4, bytes: 4, write: 0xff },
    ]),
  ];
}

describe("GICv2 against a second model", () => {
  it.each([1, 2, 3, 8])("%i vcpus: every value read and every line", (vcpus) => {
    fc.assert(
      fc.property(operations(vcpus), fc.boolean(), (random, opened) => {
        const lines = Array.from({ length: vcpus }, () => false);
        const create = (): GicV2 => createGicV2({ vcpus, spis: SPIS, onIrq: (vcpu, level) => (expect(lines[vcpu]).toBe(!level), (lines[vcpu] = level)) });
        let gic = create();
        const naive = new NaiveGic(vcpus, SPIS);
        for (const op of [...(opened ? open(vcpus) : []), ...random]) {
          if (op.op === "line") {
            gic.setLine(op.id, op.level, op.cpu);
            if (op.id >= 16) naive.setLine(op.id, op.level, op.cpu);
          } else if (op.op === "pulse") {
            gic.pulse(op.id, op.cpu);
            if (op.id >= 16) naive.pulse(op.id, op.cpu);
          } else if (op.op === "save") {
            const saved = gic.save();
            lines.fill(false);
            gic = create();
            gic.load(JSON.parse(JSON.stringify(saved)));
            expect(gic.save()).toEqual(saved);
          } else if (op.op === "gicc") {
            if (op.write === undefined) expect(gic.cpuInterface.read(op.cpu, op.at, 4)).toBe(naive.readCpu(op.cpu, op.at));
            else {
              gic.cpuInterface.write(op.cpu, op.at, 4, op.write);
              naive.writeCpu(op.cpu, op.at, op.write);
            }
          } else if (op.write === undefined) expect(gic.distributor.read(op.cpu, op.at, op.bytes), `GICD+0x${op.at.toString(16)}`).toBe(naive.readDistributor(op.cpu, op.at, op.bytes));
          else {
            gic.distributor.write(op.cpu, op.at, op.bytes, op.write);
            naive.writeDistributor(op.cpu, op.at, op.bytes, op.write);
          }
          if (op.op !== "save") {
            const { cpu } = op;
            for (const at of [0x14, 0x18, 0xd0]) expect(gic.cpuInterface.read(cpu, at, 4), `GICC+0x${at.toString(16)}`).toBe(naive.readCpu(cpu, at));
            for (const at of [0x200, 0x300, 0x304, 0xc00]) expect(gic.distributor.read(cpu, at, 4), `GICD+0x${at.toString(16)}`).toBe(naive.readDistributor(cpu, at, 4));
          }
          const expected = naive.cpus.map((c) => naive.irq(c.index));
          expect(expected.map((_, vcpu) => gic.irq(vcpu))).toEqual(expected);
          expect(lines).toEqual(expected);
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe("a guest or a snapshot that means harm", () => {
  const isWord = (read: number, bytes: number): boolean => Number.isInteger(read) && read >= 0 && read < 2 ** (8 * bytes);
  const access = fc.record({
    device: fc.constantFrom("distributor" as const, "cpuInterface" as const), vcpu: fc.integer({ min: 0, max: 1 }), at: fc.integer({ min: 0, max: 0xffff }), bytes: fc.constantFrom(1, 2, 4, 8),
    write: fc.option(fc.integer({ min: 0, max: 2 ** 53 - 1 }), { nil: undefined }),
  });
  function poke(gic: GicV2, list: readonly (typeof access extends fc.Arbitrary<infer T> ? T : never)[]): void {
    for (const { device, vcpu, at, bytes, write } of list) {
      if (write === undefined) expect(isWord(gic[device].read(vcpu, at, bytes), bytes), `${device} 0x${at.toString(16)}`).toBe(true);
      else gic[device].write(vcpu, at, bytes, write % 2 ** (8 * bytes));
      gic.setLine(at % 1100, (at & 1) === 1, vcpu);
    }
  }

  it("any access at any offset and width: a number of its width, never an exception, and what nothing answers to is told", () => {
    fc.assert(
      fc.property(fc.array(access, { maxLength: 100 }), (list) => {
        let told = 0;
        const gic = createGicV2({ vcpus: 2, ignored: () => void told++ });
        poke(gic, list);
        const wide = list.filter((a) => a.bytes === 8 || a.at % Math.min(a.bytes, 4) !== 0).length;
        expect(told).toBeGreaterThanOrEqual(wide);
      }),
    );
  });

  it("state of any numbers of the right lengths runs; anything else is refused", () => {
    const lengths = Object.entries(createGicV2({ vcpus: 2 }).save() ?? {}).map(([name, list]) => [name, Array.isArray(list) ? list.length : 0] as const);
    const numbers = fc.oneof(fc.integer({ min: 0, max: 0xffffffff }), fc.constantFrom(-1, 0.5, 1e300));
    fc.assert(
      fc.property(fc.record(Object.fromEntries(lengths.map(([name, length]) => [name, fc.array(numbers, { minLength: length, maxLength: length })]))), fc.array(access, { maxLength: 30 }), (state, list) => {
        const gic = createGicV2({ vcpus: 2 });
        gic.load(state);
        poke(gic, list);
      }),
    );
    for (const torn of [null, {}, { ...(createGicV2({ vcpus: 1 }).save() as object) }]) expect(() => createGicV2({ vcpus: 2 }).load(torn)).toThrow("the snapshot is torn");
  });

  it("options that are no GICv2 are refused", () => {
    for (const options of [{ vcpus: 0 }, { vcpus: 9 }, { vcpus: 1.5 }, { vcpus: 1, spis: 31 }, { vcpus: 1, spis: 992 }, { vcpus: 1, spis: -32 }]) expect(() => createGicV2(options)).toThrow("GICv2: ");
    for (const spis of [0, 32, 960]) expect(createGicV2({ vcpus: 8, spis }).distributor.read(0, 4, 4)).toBe(spis / 32 + 7 * 32);
  });
});
