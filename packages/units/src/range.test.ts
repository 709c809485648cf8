import { expect, test } from "vitest";
import fc from "fast-check";
import { contains, covers, decodeExtent, encodeExtent, endOf, EXTENT_MAX_LOG2, EXTENT_MIN_LOG2, extentsOf, overlaps, pieces, range, rangeIn } from "./range.ts";
import { ipa, toNumber } from "./space.ts";

const small = fc.nat(40);
const ranges = fc.tuple(small, small).map(([start, size]) => range(ipa(start), size));
/** The naive truth: every byte by itself. */
const bytesOf = (r: { start: ReturnType<typeof ipa>; size: number }): Set<number> => new Set(Array.from({ length: r.size }, (_, i) => toNumber(r.start) + i));

test("contains, covers and overlaps agree with sets of bytes", () => {
  fc.assert(
    fc.property(ranges, ranges, small, (a, b, at) => {
      const [x, y] = [bytesOf(a), bytesOf(b)];
      expect(contains(a, ipa(at))).toBe(x.has(at));
      if (b.size > 0) expect(covers(a, b)).toBe([...y].every((n) => x.has(n)));
      expect(toNumber(endOf(a))).toBe(toNumber(a.start) + x.size);
      if (a.size > 0 && b.size > 0) expect(overlaps(a, b)).toBe([...y].some((n) => x.has(n)));
    }),
    { numRuns: 1000 },
  );
});
test("pieces are the range again, each within one unit", () => {
  fc.assert(
    fc.property(ranges, fc.integer({ min: 1, max: 16 }), (r, unit) => {
      const list = [...pieces(r, unit)];
      expect(list.flatMap((p) => [...bytesOf(p)])).toEqual([...bytesOf(r)]);
      for (const p of list) expect(Math.floor(toNumber(p.start) / unit)).toBe(Math.floor((toNumber(p.start) + p.size - 1) / unit));
    }),
  );
});
test("a range above the limit is refused with both numbers in the message", () => {
  expect(rangeIn(ipa(0x1000), 0x1000, 0x2000)).toEqual({ ok: true, value: range(ipa(0x1000), 0x1000) });
  expect(rangeIn(ipa(0x1000), 0x1001, 0x2000)).toMatchObject({ ok: false, code: "EINVAL", why: "range 0x1000+0x1001 ends above the limit 0x2000" });
  expect(rangeIn(ipa(2 ** 52 - 1), 2, 2 ** 60).ok).toBe(false);
});

const LIMIT = 2 ** 48 - 4096;
const words = fc.oneof(
  fc.bigInt(0n, 2n ** 64n - 1n),
  fc.tuple(fc.bigInt(0n, 2n ** 12n), fc.integer({ min: 12, max: 47 })).map(([i, n]) => (i << BigInt(n)) | BigInt(n)),
  fc.tuple(fc.bigInt(0n, 2n ** 52n - 1n), fc.integer({ min: 0, max: 63 })).map(([i, n]) => (i << 12n) | BigInt(n)),
);
test("decoding an EXTENT agrees with BigInt over every word, errors in the documented order", () => {
  fc.assert(
    fc.property(words, (raw) => {
      const word = BigInt.asUintN(64, raw);
      const n = word & 0x3fn;
      const address = word & ~0xfffn;
      const size = 1n << n;
      const expected =
        (word & 0xfc0n) !== 0n ? "reserved"
        : n < 12n || n > 47n ? "below-A"
        : address % size !== 0n ? "alignment"
        : address + size > BigInt(LIMIT) ? "range"
        : undefined;
      const r = decodeExtent(Number(word >> 32n), Number(word & 0xffff_ffffn), LIMIT);
      expect(r.ok ? undefined : r.code).toBe(expected);
      if (r.ok) expect([BigInt(toNumber(r.value.start)), BigInt(r.value.size)]).toEqual([address, size]);
      else expect(r.why).toContain(`extent 0x${word.toString(16)}: `);
    }),
    { numRuns: 3000 },
  );
});
test("every size of extent survives the way there and back", () => {
  for (let n = EXTENT_MIN_LOG2; n <= EXTENT_MAX_LOG2; n++)
    for (const i of [0, 1, 2 ** (47 - n) - 1]) {
      const r = range(ipa(i * 2 ** n), 2 ** n);
      const e = encodeExtent(r);
      if (!e.ok) throw new Error(e.why);
      expect(decodeExtent(Number(e.value >> 32n), Number(e.value & 0xffff_ffffn), 2 ** 48)).toEqual({ ok: true, value: r });
    }
});
test("what is no extent is not encoded", () => {
  for (const [start, size] of [[0, 2048], [0, 4097], [0, 12288], [4096, 8192], [1, 4096], [0, 2 ** 48], [0, 0]] as const)
    expect(encodeExtent(range(ipa(start), size)), `${start}+${size}`).toMatchObject({ ok: false, code: "EINVAL" });
});
test.each([4096, 16384, 65536])("a range splits into the fewest extents at unit %i", (unit) => {
  /** Fewest aligned powers of two, by trying every first piece. */
  const fewest = (at: number, left: number): number => {
    if (left === 0) return 0;
    let best = Infinity;
    for (let size = 1; size <= left && at % size === 0; size *= 2) best = Math.min(best, 1 + fewest(at + size, left - size));
    return best;
  };
  fc.assert(
    fc.property(fc.nat(16), fc.nat(12), (first, count) => {
      const r = range(ipa(first * unit), count * unit);
      const list = extentsOf(r, unit);
      if (!list.ok) throw new Error(list.why);
      let at = toNumber(r.start);
      for (const e of list.value) {
        expect(toNumber(e.start)).toBe(at);
        expect(encodeExtent(e).ok).toBe(true);
        at += e.size;
      }
      expect(at).toBe(toNumber(endOf(r)));
      expect(list.value).toHaveLength(first === 0 ? fewest(2 ** 20, count) : fewest(first, count));
    }),
  );
  expect(extentsOf(range(ipa(unit / 2), unit), unit).ok).toBe(false);
  expect(extentsOf(range(ipa(unit), unit / 2), unit).ok).toBe(false);
});
