import { expect, test } from "vitest";
import fc from "fast-check";
import { createHandles, HANDLE_CHUNK, type Handles } from "./handles.ts";

const open = (chunks: number): Handles<string> => createHandles<string>(chunks * HANDLE_CHUNK);
const take = (h: Handles<string>, n: number): readonly number[] => Array.from({ length: n }, () => h.take());

test("numbers come round as on Xen 4.17: 300 times map and unmap gives 0..255, then 0 again", () => {
  const h = open(4);
  const seen = Array.from({ length: 300 }, () => {
    const n = h.take();
    h.giveBack(n);
    return n;
  });
  expect(seen).toEqual(Array.from({ length: 300 }, (_, i) => i % 256));
});

test("a chunk is opened when one number is left, before that one is used, as on Xen 4.17", () => {
  const h = open(4);
  expect(take(h, 250).at(-1)).toBe(249);
  h.giveBack(0);
  h.giveBack(1);
  expect(take(h, 10)).toEqual([250, 251, 252, 253, 254, 255, 0, 256, 257, 258]);
});

test("the last number of all is never given", () => {
  const h = open(1);
  expect(h.free()).toBe(255);
  expect(take(h, 255)).toEqual(Array.from({ length: 255 }, (_, i) => i));
  expect([h.hasFree(), h.free(), h.take()]).toEqual([false, 0, -1]);
  h.giveBack(3);
  expect([h.hasFree(), h.take(), h.take()]).toEqual([true, 255, -1]);
});

test("every number is held once at most, whatever the order; and a saved list goes on the same", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 600 }), { maxLength: 900 }), (steps) => {
      let h = open(2);
      const held = new Set<number>();
      for (const [i, s] of steps.entries()) {
        const victim = [...held][s];
        if (victim !== undefined && s % 3 === 0) {
          h.giveBack(victim);
          held.delete(victim);
        } else {
          const n = h.take();
          expect(n < 0 ? held.size : !held.has(n)).toBe(n < 0 ? 2 * HANDLE_CHUNK - 1 : true);
          if (n >= 0) {
            held.add(n);
            h.set(n, `mapping ${n}`);
          }
        }
        if (i % 50 === 49) {
          const copy = open(2);
          copy.loadList(h.saveList());
          for (const [n, m] of h.entries()) copy.set(n, m);
          h = copy;
        }
        expect(h.used()).toBe(held.size);
        expect(h.free()).toBe(2 * HANDLE_CHUNK - 1 - held.size);
      }
      expect([...h.entries()]).toEqual([...held].sort((a, b) => a - b).map((n) => [n, `mapping ${n}`]));
    }),
    { numRuns: 30 },
  );
});
