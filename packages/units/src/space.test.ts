import { expect, test } from "vitest";
import fc from "fast-check";
import {
  add, ADDRESS_LIMIT, alignDown, alignUp, compare, distance, ipa, ipaFromPa, ipaFromVa, isAligned, isBelow, isPowerOfTwo, isSame, offsetIn, pa, roundUp, toNumber, va, vaFromIpa,
} from "./space.ts";

const big = (n: number): bigint => BigInt(n);
const addresses = fc.oneof(fc.integer({ min: 0, max: ADDRESS_LIMIT - 1 }), fc.nat(2 ** 20).map((n) => n * 4096), fc.constant(0), fc.constant(ADDRESS_LIMIT - 1));
const vas = fc.integer({ min: -ADDRESS_LIMIT, max: ADDRESS_LIMIT - 1 });
const units = fc.integer({ min: 0, max: 31 }).map((n) => 2 ** n);
/** The remainder that is never negative. */
const mod = (a: bigint, b: bigint): bigint => ((a % b) + b) % b;

test("alignment agrees with BigInt in both halves of the VA space", () => {
  fc.assert(
    fc.property(vas, units, (n, unit) => {
      const a = va(n);
      const rest = mod(big(n), big(unit));
      expect(big(offsetIn(a, unit))).toBe(rest);
      expect(isAligned(a, unit)).toBe(rest === 0n);
      expect(big(toNumber(alignDown(a, unit)))).toBe(big(n) - rest);
      expect(big(toNumber(alignUp(a, unit)))).toBe(rest === 0n ? big(n) : big(n) - rest + big(unit));
    }),
    { numRuns: 1000 },
  );
});
test("sums, differences and order agree with BigInt", () => {
  fc.assert(
    fc.property(addresses, addresses, (x, y) => {
      const [a, b] = [ipa(x), ipa(y)];
      expect(big(distance(a, b))).toBe(big(x) - big(y));
      expect(toNumber(add(b, distance(a, b)))).toBe(x);
      expect(isBelow(a, b)).toBe(big(x) < big(y));
      expect(isSame(a, b)).toBe(big(x) === big(y));
      expect(Math.sign(compare(a, b))).toBe(big(x) < big(y) ? -1 : big(x) > big(y) ? 1 : 0);
    }),
  );
});
test("roundUp agrees with BigInt for any unit", () => {
  fc.assert(
    fc.property(fc.nat(2 ** 30), fc.integer({ min: 1, max: 2 ** 30 }), (size, unit) => {
      expect(big(roundUp(size, unit))).toBe(((big(size) + big(unit) - 1n) / big(unit)) * big(unit));
    }),
  );
});
test("powers of two are those whose BigInt has one bit", () => {
  const oneBit = (n: number): boolean => n > 0 && big(n).toString(2).replace(/0/g, "") === "1";
  fc.assert(fc.property(fc.oneof(fc.maxSafeNat(), fc.integer({ min: 0, max: 52 }).map((n) => 2 ** n)), (n) => void expect(isPowerOfTwo(n)).toBe(oneBit(n))));
  for (const n of [0, -4, 1.5, 2 ** 53, Number.NaN, Infinity]) expect(isPowerOfTwo(n)).toBe(false);
});
test("constructors refuse what is no address", () => {
  for (const make of [ipa, pa]) {
    for (const n of [-1, 0.5, ADDRESS_LIMIT, Number.NaN]) expect(() => make(n)).toThrow(RangeError);
    expect(toNumber(make(ADDRESS_LIMIT - 1))).toBe(ADDRESS_LIMIT - 1);
  }
  for (const n of [-ADDRESS_LIMIT - 1, 0.5, ADDRESS_LIMIT, Number.NaN]) expect(() => va(n)).toThrow(RangeError);
  expect(toNumber(va(-ADDRESS_LIMIT))).toBe(-ADDRESS_LIMIT);
});
test("named conversions between spaces keep the number", () => {
  fc.assert(fc.property(addresses, (n) => void expect([ipaFromPa(pa(n)), vaFromIpa(ipa(n)), ipaFromVa(va(n))].map(toNumber)).toEqual([n, n, n])));
});
