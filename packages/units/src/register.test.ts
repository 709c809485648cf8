import { expect, test } from "vitest";
import fc from "fast-check";
import { formatBytes, hex, ipaFromWords, ipaFromX, paFromX, vaFromWords, vaFromX, xFromAddress } from "./register.ts";
import { ipa, pa, toNumber, va } from "./space.ts";

const u64 = fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 2n ** 53n), fc.bigInt(2n ** 64n - 2n ** 53n, 2n ** 64n - 1n));

test("a register is an IPA or PA exactly when it is below the limit", () => {
  fc.assert(
    fc.property(u64, fc.integer({ min: 1, max: 2 ** 52 }), (x, limit) => {
      const r = ipaFromX(x, limit);
      expect(r.ok).toBe(x < BigInt(limit));
      if (r.ok) expect(xFromAddress(r.value)).toBe(x);
      const p = paFromX(x);
      expect(p.ok).toBe(x < 2n ** 52n);
      if (p.ok) expect(xFromAddress(p.value)).toBe(x);
    }),
    { numRuns: 500 },
  );
});
test("a register is a VA exactly when bits 63:52 are all the same", () => {
  fc.assert(
    fc.property(u64, (x) => {
      const top = x >> 52n;
      const r = vaFromX(x);
      expect(r.ok).toBe(top === 0n || top === 0xfffn);
      if (r.ok) {
        expect(xFromAddress(r.value)).toBe(x);
        expect(toNumber(r.value) < 0).toBe(top !== 0n);
      } else expect(r.why).toContain(`0x${x.toString(16)}`);
    }),
    { numRuns: 500 },
  );
});
test("with top byte ignored, bits 63:56 are bit 55", () => {
  fc.assert(
    fc.property(u64, (x) => {
      const same = (x & (1n << 55n)) !== 0n ? x | (0xffn << 56n) : x & ~(0xffn << 56n);
      expect(vaFromX(x, true)).toEqual(vaFromX(same).ok ? vaFromX(same) : { ok: false, code: "non-canonical", why: `va 0x${x.toString(16)}: bits 63:52 are not all the same` });
    }),
    { numRuns: 500 },
  );
});
test("addresses print as 64-bit hex", () => {
  expect([hex(ipa(0)), hex(pa(2 ** 40)), hex(va(-4096)), hex(-1), hex(0x1234n)]).toEqual(["0x0", "0x10000000000", "0xfffffffffffff000", "0xffffffffffffffff", "0x1234"]);
});
test("sizes print in the largest unit that divides them", () => {
  expect([0, 100, 1024, 65536, 1536, 4 * 2 ** 20, 2 ** 40, 2 ** 50].map(formatBytes)).toEqual(["0 B", "100 B", "1 KiB", "64 KiB", "1536 B", "4 MiB", "1 TiB", "1024 TiB"]);
});

test("registers in two words convert as registers in one", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.boolean(), fc.integer({ min: 0, max: 64 }), (raw, tbi, keep) => {
      // near the edges: sign extensions of every length
      for (const x of [raw, BigInt.asUintN(64, BigInt.asIntN(Math.max(1, keep), raw))]) {
        const hi = Number(x >> 32n);
        const lo = Number(x & 0xffffffffn);
        const v = vaFromX(x, tbi);
        expect(vaFromWords(hi, lo, tbi)).toBe(v.ok ? v.value : undefined);
        const i = ipaFromX(x);
        expect(ipaFromWords(hi, lo)).toBe(i.ok ? i.value : undefined);
      }
    }),
  );
});
