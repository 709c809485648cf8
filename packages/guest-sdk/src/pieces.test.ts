import fc from "fast-check";
import { expect, test } from "vitest";
import { ipa, range, toNumber } from "@granule/units";
import { countPieces, forEachPiece } from "./pieces.ts";

test("pieces are the runs of bytes that lie in one unit", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 }), fc.constantFrom(16, 32, 64), fc.constantFrom(0, 2 ** 40), (start, size, unit, base) => {
      const expected: [number, number, number][] = [];
      for (let i = 0; i < size; i++) {
        const at = base + start + i;
        const last = expected.at(-1);
        if (last !== undefined && Math.floor(at / unit) === Math.floor((at - 1) / unit)) last[2]++;
        else expected.push([at, i, 1]);
      }
      const r = range(ipa(base + start), size);
      const seen: [number, number, number][] = [];
      forEachPiece(r, unit, (at, offset, n) => seen.push([toNumber(at), offset, n]));
      expect(seen).toEqual(expected);
      expect(countPieces(r, unit)).toBe(expected.length);
    }),
  );
});
