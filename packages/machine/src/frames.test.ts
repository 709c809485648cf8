import { expect, test } from "vitest";
import fc from "fast-check";
import { add, distance, mib, ModelBug, type Pa, toNumber } from "@granule/units";
import { createFrameAllocator } from "./frames.ts";
import { createMachineMemory } from "./memory.ts";

const UNIT = 4096;
const COUNT = 64;
const memory = createMachineMemory(mib(1));
/** Not at the memory's start: phases are those of machine addresses, not of offsets. */
const start = add(memory.base, 0x30000);
const create = () => createFrameAllocator(memory, start, COUNT * UNIT);

type Op = { readonly op: "alloc"; readonly n: number; readonly alignLog2: number; readonly phase: number } | { readonly op: "free"; readonly which: number };
const ops: fc.Arbitrary<Op> = fc.oneof(
  fc.record({ op: fc.constant("alloc" as const), n: fc.integer({ min: 1, max: 20 }), alignLog2: fc.nat(5), phase: fc.nat(31) }),
  fc.record({ op: fc.constant("free" as const), which: fc.nat(20) }),
);

test("agrees with a first-fit search over a list of free frames", () => {
  fc.assert(
    fc.property(fc.array(ops, { maxLength: 60 }), (list) => {
      memory.bytes(start, COUNT * UNIT).fill(0);
      let a = create();
      const isFree = Array.from({ length: COUNT }, () => true);
      const live: { at: Pa; n: number }[] = [];
      for (const o of list) {
        if (o.op === "alloc") {
          const step = 2 ** o.alignLog2;
          const phase = o.phase % step;
          const fits = (i: number): boolean => (toNumber(start) / UNIT + i) % step === phase && isFree.slice(i, i + o.n).every(Boolean) && i + o.n <= COUNT;
          const first = isFree.findIndex((_, i) => fits(i));
          const at = a.alloc(o.n * UNIT, step * UNIT, phase * UNIT);
          expect(at === undefined ? -1 : distance(at, start) / UNIT).toBe(first);
          if (at === undefined) continue;
          expect(memory.bytes(at, o.n * UNIT).every((b) => b === 0)).toBe(true);
          // the owner writes; nothing of it may be found by the next one
          memory.bytes(at, o.n * UNIT).fill(0xaa);
          isFree.fill(false, first, first + o.n);
          live.push({ at, n: o.n });
        } else {
          const [block] = live.splice(o.which % Math.max(1, live.length), 1);
          if (block === undefined) continue;
          a.free(block.at, block.n * UNIT);
          isFree.fill(true, distance(block.at, start) / UNIT, distance(block.at, start) / UNIT + block.n);
        }
        expect(a.freeBytes()).toBe(isFree.filter(Boolean).length * UNIT);
        const copy = create();
        copy.load(JSON.parse(JSON.stringify(a.save())));
        expect(isFree.map((_, i) => copy.isFree(add(start, i * UNIT)))).toEqual(isFree);
        // go on with the copy: it must find the same places
        a = copy;
      }
    }),
    { numRuns: 150 },
  );
});
test("frees what is not allocated, not whole or not its own: the model's bug", () => {
  const a = create();
  const at = a.alloc(UNIT);
  if (at === undefined) throw new Error("no memory");
  a.free(at, UNIT);
  expect(() => a.free(at, UNIT)).toThrow(ModelBug);
  expect(() => a.free(add(start, -UNIT), UNIT)).toThrow(ModelBug);
  expect(() => a.free(add(start, 1), UNIT)).toThrow(ModelBug);
  expect(() => a.free(add(start, (COUNT - 1) * UNIT), 2 * UNIT)).toThrow(ModelBug);
  for (const size of [0, -UNIT, 100]) expect(() => a.alloc(size)).toThrow(ModelBug);
  expect(() => a.alloc(UNIT, UNIT * 2, 100)).toThrow(ModelBug);
  expect(() => a.load({})).toThrow(ModelBug);
});
test("blocks lie on 64 KiB unless asked otherwise", () => {
  const a = create();
  expect([a.alloc(UNIT), a.alloc(UNIT), a.alloc(UNIT, UNIT)].map((at) => (at === undefined ? -1 : distance(at, start)))).toEqual([0, 0x10000, 0x1000]);
});
