import { expect, test } from "vitest";
import fc from "fast-check";
import { type FdtProperty, node, prop, read } from "./index.ts";

const u64 = fc.bigInt(0n, 2n ** 64n - 1n);
const of = (p: FdtProperty) => node("n@1", [p]);
/** Big-endian bytes by arithmetic alone. */
const bigEndian = (v: bigint | number, size: number): number[] => Array.from({ length: size }, (_, i) => Number((BigInt(v) >> BigInt(8 * (size - 1 - i))) & 0xffn));

test("numbers are big-endian, and are read as they were written", () => {
  fc.assert(
    fc.property(fc.nat(0xffffffff), u64, fc.array(fc.nat(0xffffffff)), (n, wide, list) => {
      expect([...prop.u32("p", n).value]).toEqual(bigEndian(n, 4));
      expect([...prop.u64("p", wide).value]).toEqual(bigEndian(wide, 8));
      expect([...prop.cells("p", list).value]).toEqual(list.flatMap((c) => bigEndian(c, 4)));
      expect(read.u32(of(prop.u32("p", n)), "p")).toEqual({ ok: true, value: n });
      expect(read.bigU64(of(prop.u64("p", wide)), "p")).toEqual({ ok: true, value: wide });
      expect(read.cells(of(prop.cells("p", list)), "p", list.length)).toEqual({ ok: true, value: list });
    }),
  );
});
test("u64 as a number is exact below 2^53 and refused from there on", () => {
  fc.assert(
    fc.property(fc.oneof(u64, fc.bigInt(2n ** 53n - 4n, 2n ** 53n + 4n), fc.maxSafeNat().map(BigInt)), (wide) => {
      const n = read.u64(of(prop.u64("p", wide)), "p");
      if (wide < 2n ** 53n) expect(n).toEqual({ ok: true, value: Number(wide) });
      else expect(n).toEqual({ ok: false, code: "range", why: `property p of node n@1 is 0x${wide.toString(16)}: not below 2^53` });
    }),
  );
});
test("strings are read as they were written, also in other scripts", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme" }).filter((s) => !s.includes("\0"))), (list) => {
      expect(read.strings(of(prop.strings("p", list)), "p")).toEqual({ ok: true, value: list });
      for (const s of list) expect(read.string(of(prop.string("p", s)), "p")).toEqual({ ok: true, value: s });
    }),
  );
});
test("reg of every width of cells", () => {
  const range = fc.record({ address: fc.maxSafeNat(), size: fc.maxSafeNat() });
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 2, max: 4 }), fc.array(range), (a, s, ranges) => {
      const p = prop.reg(a, s, ranges);
      expect([...p.value]).toEqual(ranges.flatMap((r) => [...bigEndian(r.address, 4 * a), ...bigEndian(r.size, 4 * s)]));
      expect(read.reg(of(p), a, s)).toEqual({ ok: true, value: ranges });
    }),
  );
  expect(read.reg(of(prop.reg(1, 0, [{ address: 3, size: 0 }])), 1, 0)).toEqual({ ok: true, value: [{ address: 3, size: 0 }] });
  expect(read.reg(of(prop.empty("reg")), 0, 0)).toEqual({ ok: true, value: [] });
  expect(read.reg(of(prop.cells("assigned", [1, 2])), 1, 1, "assigned")).toEqual({ ok: true, value: [{ address: 1, size: 2 }] });
});
test("what has another form is a failure that names node, property and reason", () => {
  const n = node("n@1", [
    prop.bytes("odd", [1, 2, 3]), prop.strings("two", ["a", "b"]), prop.bytes("open", [0x61]), prop.bytes("latin", [0xe9, 0]),
    prop.cells("reg", [0x200000, 0, 0, 1]), prop.cells("sizes", [0, 0, 0xffffffff, 0xffffffff]), prop.u32("#address-cells", 5), prop.empty("#size-cells"),
  ]);
  const because = (code: string, why: string) => ({ ok: false, code, why: expect.stringContaining(why) });
  for (const of of [read.bytes, read.u32, read.u64, read.bigU64, read.cells, read.string, read.strings])
    expect(of(n, "none")).toEqual(because("absent", "property none of node n@1 is absent"));
  expect(read.reg(node("n@1"), 2, 2)).toEqual(because("absent", "property reg of node n@1"));
  expect(read.u32(n, "odd")).toEqual(because("length", "property odd of node n@1 has 3 bytes, not 4"));
  expect(read.u64(n, "odd")).toEqual(because("length", "3 bytes, not 8"));
  expect(read.cells(n, "odd")).toEqual(because("length", "3 bytes: not a whole number of cells"));
  expect(read.cells(n, "reg", 3)).toEqual(because("length", "16 bytes: not 3 cells"));
  expect(read.string(n, "two")).toEqual(because("string", "holds 2 strings, not one"));
  expect(read.strings(n, "open")).toEqual(because("string", "does not end with a NUL"));
  expect(read.strings(n, "latin")).toEqual(because("string", "is not UTF-8"));
  expect(read.reg(n, 2, 1)).toEqual(because("length", "16 bytes: not whole entries of 2 + 1 cells"));
  expect(read.reg(n, 0, 0)).toEqual(because("length", "not whole entries of 0 + 0 cells"));
  expect(read.reg(n, 2, 2)).toEqual(because("range", "address of entry 0 is not below 2^53"));
  expect(read.reg(n, 2, 2, "sizes")).toEqual(because("range", "size of entry 0 is not below 2^53"));
  expect(read.cellCounts(n)).toEqual(because("range", "#address-cells of node n@1 is 5: more than 4 cells"));
  expect(read.cellCounts(node("", [prop.empty("#size-cells")]))).toEqual(because("length", "property #size-cells of node / has 0 bytes"));
});
test("cell counts have defaults", () => {
  expect(read.cellCounts(node(""))).toEqual({ ok: true, value: { addressCells: 2, sizeCells: 1 } });
  expect(read.cellCounts(node("", [prop.u32("#size-cells", 0)]))).toEqual({ ok: true, value: { addressCells: 2, sizeCells: 0 } });
});
test("values that do not fit are refused when they are written", () => {
  for (const n of [-1, 0.5, 2 ** 32, Number.NaN]) expect(() => prop.u32("p", n), String(n)).toThrow(RangeError);
  for (const n of [-1, 2 ** 53, -1n, 2n ** 64n]) expect(() => prop.u64("p", n), String(n)).toThrow(/^property p: /);
  expect(() => prop.string("p", "a\0b")).toThrow('property p: "a\\0b" has a NUL in it'.replace("\\0", "\\u0000"));
  expect(() => prop.reg(1, 1, [{ address: 2 ** 32, size: 0 }])).toThrow("property reg: 4294967296 does not fit 32 bits");
  expect(() => prop.reg(1, 0, [{ address: 0, size: 1 }])).toThrow("property reg: 1 does not fit 0 bits");
});
