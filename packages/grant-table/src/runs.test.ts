import { expect, test } from "vitest";
import fc from "fast-check";
import { createMachineMemory } from "@granule/machine";
import { kib, toNumber } from "@granule/units";
import { append, createRuns, isMappable, machineRanges, moveRuns, type Runs, sliceRuns } from "./runs.ts";

/** Machine memory of 64 KiB, with runs given as [offset in memory, size]. */
const memory = createMachineMemory(kib(64));
const base = toNumber(memory.base);
const runsOf = (pieces: readonly (readonly [number, number])[]): Runs => {
  const r = createRuns();
  for (const [at, size] of pieces) append(r, base + at, size);
  return r;
};
/** The naive view: the machine offset of each byte. */
const bytesOf = (r: Runs): number[] => machineRanges(r).flatMap(({ start, size }) => Array.from({ length: size }, (_, i) => toNumber(start) - base + i));

const pieces = fc.array(fc.tuple(fc.nat({ max: 200 }), fc.integer({ min: 1, max: 40 })), { minLength: 1, maxLength: 6 });

test("runs that touch are merged, and list every byte in order", () => {
  fc.assert(
    fc.property(pieces, (list) => {
      const r = runsOf(list);
      expect(bytesOf(r)).toEqual(list.flatMap(([at, size]) => Array.from({ length: size }, (_, i) => at + i)));
      for (let i = 1; i < r.count; i++) expect((r.at[i - 1] ?? 0) + (r.size[i - 1] ?? 0)).not.toBe(r.at[i]);
    }),
  );
});

test("a slice is the slice of the bytes", () => {
  fc.assert(
    fc.property(pieces, fc.nat(), fc.nat(), (list, a, b) => {
      const r = runsOf(list);
      const all = bytesOf(r);
      const offset = a % all.length;
      const size = b % (all.length - offset + 1);
      const into = createRuns();
      sliceRuns(r, offset, size, into);
      expect(bytesOf(into)).toEqual(all.slice(offset, offset + size));
    }),
  );
});

test("moving is memmove over the bytes, however the pieces lie over each other", () => {
  fc.assert(
    fc.property(pieces, pieces, fc.infiniteStream(fc.nat({ max: 255 })), (to, from, fill) => {
      const target = runsOf(to);
      const source = runsOf(from);
      const length = Math.min(bytesOf(target).length, bytesOf(source).length);
      const a = createRuns();
      const b = createRuns();
      sliceRuns(target, 0, length, a);
      sliceRuns(source, 0, length, b);
      for (let i = 0; i < 256; i++) memory.u8[i] = fill.next().value ?? 0;
      const expected = [...memory.u8.subarray(0, 256)];
      const read = bytesOf(b).map((o) => expected[o] ?? 0);
      // a destination that names a byte twice keeps its last
      bytesOf(a).forEach((o, i) => (expected[o] = read[i] ?? 0));
      moveRuns(memory, a, b, true);
      expect([...memory.u8.subarray(0, 256)]).toEqual(expected);
    }),
  );
});

test("mappable are the runs of which every granule is one aligned piece", () => {
  const step = 4096;
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 1, maxLength: 16 }), fc.constantFrom(1, 2, 4), (frames, ratio) => {
      const r = runsOf(frames.map((f) => [f * step, step]));
      const whole = frames.length % ratio === 0;
      const each = frames.every((f, i) => f % ratio === i % ratio && (i % ratio === 0 || f === (frames[i - 1] ?? -1) + 1));
      expect(isMappable(r, ratio * step)).toBe(whole && each);
    }),
    { examples: [[[0, 1, 2, 3], 4], [[4, 5, 6, 7, 0, 1, 2, 3], 4], [[1, 2, 3, 4], 4], [[2, 3], 2]] },
  );
});
