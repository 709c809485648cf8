import fc from "fast-check";
import { expect, test } from "vitest";
import { ipa, toNumber } from "@granule/units";
import { C } from "@granule/xen-abi";
import { copyElementsV1, copyElementV2 } from "./copy.ts";
import type { CopySide } from "./contract.ts";

const FRAME = 4096;
const grant = fc.record({ domid: fc.constant(3), ref: fc.integer({ min: 8, max: 500 }), offset: fc.integer({ min: 0, max: FRAME }) });
const own = fc.record({ ipa: fc.integer({ min: 0, max: 3 * FRAME }).map((n) => ipa(0x40_0000_0000 + n)) });
const side: fc.Arbitrary<CopySide> = fc.oneof(grant, own);

/** The byte at `i` of a side, named as v1 names bytes. */
const byteOf = (s: CopySide, i: number): string =>
  "ref" in s ? `${s.domid}:${s.ref}+${s.offset + i}` : `${C.DOMID_SELF}:${Math.floor((toNumber(s.ipa) + i) / FRAME)}+${(toNumber(s.ipa) + i) % FRAME}`;

test("v1: the elements copy exactly the bytes of the request, each within one frame a side", () => {
  fc.assert(
    fc.property(side, side, fc.integer({ min: 0, max: 3 * FRAME }), (source, dest, length) => {
      const out: Parameters<typeof copyElementsV1>[1] = [];
      const fits = [source, dest].every((s) => !("ref" in s) || s.offset + length <= FRAME);
      expect(copyElementsV1({ source, dest, length }, out)).toBe(fits);
      if (!fits) expect(out).toEqual([]);
      if (!fits) return;
      let i = 0;
      for (const e of out) {
        expect(e.source_offset + e.len).toBeLessThanOrEqual(FRAME);
        expect(e.dest_offset + e.len).toBeLessThanOrEqual(FRAME);
        const from = `${e.source_domid}:${e.source_u + e.source_u_high * 2 ** 32}+`;
        const to = `${e.dest_domid}:${e.dest_u + e.dest_u_high * 2 ** 32}+`;
        for (const at of new Set([0, e.len - 1])) {
          expect(`${from}${e.source_offset + at}`).toBe(byteOf(source, i + at));
          expect(`${to}${e.dest_offset + at}`).toBe(byteOf(dest, i + at));
        }
        expect(e.flags).toBe(("ref" in source ? 1 : 0) + ("ref" in dest ? 2 : 0));
        i += e.len;
      }
      expect(i).toBe(length);
    }),
  );
});

test("v2: one element of byte addresses, whatever the length", () => {
  expect(copyElementV2({ source: { domid: 3, ref: 0x80000008, offset: 5000 }, dest: { ipa: ipa(0x40001234) }, length: 60000 })).toEqual({
    flags: 1, length: 60000, source_domid: 3, source_ref: 0x80000008, source: 5000, dest_domid: 0, dest_ref: 0, dest: 0x40001234,
  });
});
