import { expect, test } from "vitest";
import fc from "fast-check";
import { add, gib, kib, ModelBug, pa, toNumber } from "@granule/units";
import { createMachineMemory, MEMORY_BASE } from "./memory.ts";

const SIZE = kib(64);
const memory = createMachineMemory(SIZE);

test("every access outside memory is the model's bug, every one inside works", () => {
  fc.assert(
    fc.property(fc.integer({ min: -16, max: SIZE + 16 }), fc.integer({ min: 0, max: 16 }), (offset, n) => {
      const at = add(memory.base, offset);
      const inside = offset >= 0 && offset + n <= SIZE;
      if (inside) expect(memory.bytes(at, n).length).toBe(n);
      else expect(() => memory.bytes(at, n)).toThrow(ModelBug);
      expect(memory.contains(at)).toBe(offset >= 0 && offset < SIZE);
      if (!inside) {
        expect(() => memory.fill(at, n, 1)).toThrow(ModelBug);
        expect(() => memory.copy(memory.base, at, n)).toThrow(ModelBug);
        expect(() => memory.copy(at, memory.base, n)).toThrow(ModelBug);
      }
      if (offset < 0 || offset >= SIZE) expect(() => memory.offset(at)).toThrow(ModelBug);
      else expect(toNumber(memory.at(memory.offset(at)))).toBe(toNumber(at));
    }),
  );
  expect(() => memory.bytes(memory.base, -1)).toThrow(ModelBug);
});
test("addresses that are small, as offsets and IPAs are, are outside", () => {
  expect(toNumber(MEMORY_BASE)).toBe(gib(4));
  expect(() => memory.load32(pa(0))).toThrow("machine address 0x0 is outside memory");
});
test("words are little-endian, copies overlap as memmove, all views are one memory", () => {
  memory.store32(memory.base, 0x80010203);
  expect([...memory.u8.subarray(0, 4)]).toEqual([3, 2, 1, 0x80]);
  expect([memory.load32(memory.base), memory.i32[0], memory.view.getInt32(0, true)]).toEqual([0x80010203, 0x80010203 | 0, 0x80010203 | 0]);
  memory.copy(add(memory.base, 1), memory.base, 4);
  expect([...memory.u8.subarray(0, 5)]).toEqual([3, 3, 2, 1, 0x80]);
  memory.fill(memory.base, 2, 0xff);
  expect([...memory.bytes(memory.base, 3)]).toEqual([0xff, 0xff, 2]);
});
test("sizes are multiples of 64 KiB up to 3.5 GiB", () => {
  for (const size of [0, -kib(64), 1000, kib(64) + 1, gib(4)]) expect(() => createMachineMemory(size)).toThrow(RangeError);
});
