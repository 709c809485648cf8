import { expect, test } from "vitest";
import fc from "fast-check";
import type { GranuleSize } from "./space.ts";
import { BACKING_UNIT, bytesOfXenPages, findGranule, GIB, gib, GRANULE_16K, GRANULE_4K, GRANULE_64K, GRANULES, KIB, kib, type Granule, MIB, mib, XEN_PAGE, xenGfn, xenPages } from "./granule.ts";
import { ADDRESS_LIMIT, ipa, toNumber, va } from "./space.ts";

/** The same object, its size forgotten, so that one test body serves all three. */
const findSame = (g: unknown): Granule<GranuleSize> => g as Granule<GranuleSize>;

test.each(GRANULES.map((g) => [g.name, g] as const))("%s: conversions agree with BigInt", (_name, any) => {
  const g: Granule<GranuleSize> = findSame(any);
  const size = BigInt(g.size);
  expect(g.size).toBe(2 ** g.shift);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: ADDRESS_LIMIT - 65536 }), fc.maxSafeNat(), (n, bytes) => {
      const a = ipa(n);
      const frame = g.frameOf(a);
      expect(BigInt(toNumber(frame))).toBe(BigInt(n) / size);
      expect(BigInt(toNumber(g.addressOf(frame)))).toBe((BigInt(n) / size) * size);
      expect(g.alignDown(a)).toBe(g.addressOf(frame));
      expect(BigInt(toNumber(g.alignUp(a)))).toBe(((BigInt(n) + size - 1n) / size) * size);
      expect(BigInt(g.offsetOf(a))).toBe(BigInt(n) % size);
      expect(g.isAligned(a)).toBe(BigInt(n) % size === 0n);
      expect(BigInt(g.countUp(bytes))).toBe((BigInt(bytes) + size - 1n) / size);
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: -ADDRESS_LIMIT, max: -1 }), (n) => {
      const floor = BigInt.asIntN(64, BigInt.asUintN(64, BigInt(n)) & ~(size - 1n));
      expect(BigInt(toNumber(g.alignDown(va(n))))).toBe(floor);
      expect(BigInt(toNumber(g.frameOf(va(n)))) * size).toBe(floor);
    }),
  );
  expect([findGranule(g.name), findGranule(g.name.toUpperCase()), findGranule(g.size)]).toEqual([g, g, g]);
});
test("granules are three, smallest first; ABI v1's unit and the backing unit are fixed", () => {
  expect(GRANULES).toEqual([GRANULE_4K, GRANULE_16K, GRANULE_64K]);
  expect([XEN_PAGE.size, BACKING_UNIT]).toEqual([4096, 65536]);
  expect([findGranule("8k"), findGranule(8192), findGranule("")]).toEqual([undefined, undefined, undefined]);
});
test("ABI v1 counts are exact or refused", () => {
  expect(xenPages(3 * 4096)).toBe(3);
  expect(bytesOfXenPages(3)).toBe(12288);
  expect(() => xenPages(4097)).toThrow("4097 bytes are not a multiple of 4096");
  expect(toNumber(XEN_PAGE.addressOf(xenGfn(5)))).toBe(20480);
});
test("KiB, MiB and GiB are powers of 1024", () => {
  expect([kib(3), mib(3), gib(3)]).toEqual([3 * 2 ** 10, 3 * 2 ** 20, 3 * 2 ** 30]);
  expect([KIB, MIB, GIB]).toEqual([2 ** 10, 2 ** 20, 2 ** 30]);
});
