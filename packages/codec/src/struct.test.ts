import { expect, test } from "vitest";
import fc from "fast-check";
import { formatLayout, getU53, layoutOf, setU53, struct } from "./struct.ts";

const Every = struct("every", 48, {
  a: [0, "u8"], b: [2, "u16"], c: [4, "u32"], d: [8, "u64"], e: [16, "u53"], f: [24, "i16"], g: [28, "i32"], h: [32, "i64"], raw: [41, "bytes", 5],
});
const values = fc.record({
  a: fc.nat(0xff), b: fc.nat(0xffff), c: fc.nat(0xffffffff), d: fc.bigInt(0n, 2n ** 64n - 1n), e: fc.maxSafeNat(), f: fc.integer({ min: -0x8000, max: 0x7fff }),
  g: fc.integer({ min: -0x80000000, max: 0x7fffffff }), h: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), raw: fc.uint8Array({ minLength: 5, maxLength: 5 }),
});
const repeat = (n: number, value: number): number[] => Array.from({ length: n }, () => value);
/** Little-endian bytes of a value, by arithmetic alone. */
const littleEndian = (v: bigint | number, size: number): number[] => Array.from({ length: size }, (_, i) => Number((BigInt.asUintN(8 * size, BigInt(v)) >> BigInt(8 * i)) & 0xffn));

test("fields are little-endian at their offsets, padding is zero, and reading gives back what was written", () => {
  fc.assert(
    fc.property(values, fc.nat(7), (v, base) => {
      const buffer = new Uint8Array(64).fill(0xaa);
      const view = new DataView(buffer.buffer);
      Every.write(view, v, base);
      const expected = repeat(48, 0);
      const put = (at: number, bytes: number[]): void => bytes.forEach((b, i) => void (expected[at + i] = b));
      put(0, littleEndian(v.a, 1));
      put(2, littleEndian(v.b, 2));
      put(4, littleEndian(v.c, 4));
      put(8, littleEndian(v.d, 8));
      put(16, littleEndian(v.e, 8));
      put(24, littleEndian(v.f, 2));
      put(28, littleEndian(v.g, 4));
      put(32, littleEndian(v.h, 8));
      put(41, [...v.raw]);
      expect([...buffer]).toEqual([...repeat(base, 0xaa), ...expected, ...repeat(16 - base, 0xaa)]);
      expect(Every.read(view, base)).toEqual(v);
      expect(Every.fields.g.get(view, base)).toBe(v.g);
      expect([...Every.encode(v)]).toEqual(expected);
    }),
  );
});
test("one field changes its own bytes only", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 48, maxLength: 48 }), fc.nat(0xffffffff), (bytes, x) => {
      const copy = bytes.slice();
      Every.fields.c.set(new DataView(copy.buffer), 0, x);
      expect([...copy]).toEqual([...bytes.slice(0, 4), ...littleEndian(x, 4), ...bytes.slice(8)]);
    }),
  );
});
test("u53 is exact below 2^53 and never below 2^53 when the true value is not", () => {
  const view = new DataView(new ArrayBuffer(8));
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (x) => {
      view.setBigUint64(0, x, true);
      if (x < 2n ** 53n) expect(BigInt(getU53(view, 0))).toBe(x);
      else expect(getU53(view, 0)).toBeGreaterThanOrEqual(2 ** 53);
    }),
  );
  fc.assert(
    fc.property(fc.maxSafeNat(), (x) => {
      setU53(view, 0, x);
      expect(view.getBigUint64(0, true)).toBe(BigInt(x));
    }),
  );
});
test("bytes shorter than their field are filled with zeroes, longer ones are refused", () => {
  const S = struct("s", 4, { raw: [0, "bytes", 4] });
  expect([...S.encode({ raw: Uint8Array.of(1, 2) })]).toEqual([1, 2, 0, 0]);
  expect(() => S.encode({ raw: new Uint8Array(5) })).toThrow("raw: 5 bytes do not fit 4");
});
test("a table that is wrong throws when it is loaded", () => {
  expect(() => struct("s", 8, { a: [0, "u32"], b: [3, "u8"] })).toThrow("struct s: b at 3 overlaps the field before it");
  expect(() => struct("s", 8, { a: [4, "u64"] })).toThrow("struct s: a ends at 12, the size is 8 bytes");
  expect(() => struct("s", 8, { a: [2, "u32"] })).toThrow("struct s: a at 2 is not naturally aligned");
  expect(() => struct("s", 8, { a: [-4, "u32"] })).toThrow("overlaps");
  expect(struct("s", 8, { a: [2, "u32"] }, { packed: true }).fields.a.offset).toBe(2);
});
test("a layout names its padding", () => {
  expect(layoutOf(struct("s", 8, { a: [2, "u16"] })).map((r) => `${r.field}@${r.offset}+${r.size}`)).toEqual(["(padding)@0+2", "a@2+2", "(padding)@4+4"]);
  expect(formatLayout(Every)).toMatchInlineSnapshot(`
    "struct every { /* 48 bytes; field, offset, size, type */
      a                            0     1  u8
      (padding)                    1     1  u8[]
      b                            2     2  u16
      c                            4     4  u32
      d                            8     8  u64
      e                           16     8  u53
      f                           24     2  i16
      (padding)                   26     2  u8[]
      g                           28     4  i32
      h                           32     8  i64
      (padding)                   40     1  u8[]
      raw                         41     5  bytes
      (padding)                   46     2  u8[]
    }"
  `);
});
test("wrong fields and values are compile errors", () => {
  // @ts-expect-error no such field
  expect(Every.encode({ z: 1 })).toHaveLength(48);
  // @ts-expect-error a u64 is a bigint
  expect(() => Every.encode({ d: 1 })).toThrow(TypeError);
});
