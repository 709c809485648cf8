import { expect, test } from "vitest";
import fc from "fast-check";
import { reg } from "./bits.ts";

const R = reg("R", { low: [5, 0], one: [6, 6], wide: [58, 7], top: [63, 60] });
const values = fc.record({ low: fc.nat(63), one: fc.nat(1), wide: fc.maxSafeNat().map((n) => n % 2 ** 52), top: fc.nat(15) });
/** The bits of a register as text, msb first, cut where the field is. */
const cut = (x: bigint, msb: number, lsb: number): bigint => BigInt(`0b${BigInt.asUintN(64, x).toString(2).padStart(64, "0").slice(63 - msb, 64 - lsb)}`);

test("fields are the bits that the table says", () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (x) => {
      for (const f of Object.values(R.fields)) expect(BigInt(f.get(x))).toBe(cut(x, f.msb, f.lsb));
      expect(R.decode(x)).toEqual({ low: R.fields.low.get(x), one: R.fields.one.get(x), wide: R.fields.wide.get(x), top: R.fields.top.get(x) });
    }),
  );
});
test("encoding and decoding undo each other, and setting one field leaves the others", () => {
  fc.assert(
    fc.property(values, fc.bigInt(0n, 2n ** 64n - 1n), fc.nat(63), (v, x, low) => {
      expect(R.decode(R.encode(v))).toEqual(v);
      const y = R.fields.low.set(x, low);
      expect(y >> 6n).toBe(x >> 6n);
      expect(R.fields.low.get(y)).toBe(low);
    }),
  );
});
test("absent fields are 0 and values that do not fit are refused", () => {
  expect(R.encode({ one: 1 })).toBe(0x40n);
  for (const low of [64, -1, 1.5]) expect(() => R.encode({ low })).toThrow(`R.low: ${low} does not fit 6 bits`);
});
test("a table that is wrong throws when it is loaded", () => {
  expect(() => reg("R", { a: [5, 0], b: [5, 5] })).toThrow("R.b: [5:5] overlaps another field");
  for (const bad of [[0, 1], [64, 60], [3, -1], [63, 0]] as const) expect(() => reg("R", { a: bad })).toThrow("is no field");
});
test("a field that is not in the table is a compile error", () => {
  // @ts-expect-error no such field
  expect(R.encode({ middle: 1 })).toBe(0n);
});
