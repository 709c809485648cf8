import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstDifference, seededBytes } from "./bytes.ts";

const naive = (a: Uint8Array, b: Uint8Array): number => {
  for (let i = 0; i < Math.max(a.length, b.length); i++) if (a[i] !== b[i]) return i;
  return -1;
};

describe("bytes", () => {
  it("the first difference is what a loop finds, at any alignment", () => {
    const bytes = fc.uint8Array({ max: 1, maxLength: 40 });
    fc.assert(fc.property(bytes, bytes, fc.nat(7), fc.nat(7), fc.boolean(), (a, other, i, j, isSame) => {
      const x = a.subarray(Math.min(i, a.length));
      const b = isSame ? Uint8Array.from(a) : other;
      const y = b.subarray(Math.min(isSame ? i : j, b.length));
      expect(firstDifference(x, y)).toBe(naive(x, y));
    }));
  });
  it("a seed gives the same bytes, whatever their number", () => {
    const long = seededBytes("a", 1001);
    expect([long.length, firstDifference(long.subarray(0, 77), seededBytes("a", 77))]).toEqual([1001, -1]);
    expect(firstDifference(long, seededBytes("b", 1001))).toBeGreaterThanOrEqual(0);
  });
});
