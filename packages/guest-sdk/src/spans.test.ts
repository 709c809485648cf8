import fc from "fast-check";
import { expect, test } from "vitest";
import { ipa, range, toNumber } from "@granule/units";
import { createSpans } from "./spans.ts";

const UNITS = 64;
const UNIT = 4096;
const BASE = 0x40000000;

test("allocates, takes and frees as a map of single units does", () => {
  const op = fc.oneof(
    fc.record({ kind: fc.constant("alloc" as const), n: fc.integer({ min: 1, max: 9 }), align: fc.constantFrom(1, 2, 4, 16) }),
    fc.record({ kind: fc.constant("take" as const), at: fc.integer({ min: 0, max: UNITS - 1 }), n: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ kind: fc.constant("free" as const), pick: fc.nat() }),
  );
  fc.assert(
    fc.property(fc.array(op, { maxLength: 120 }), (ops) => {
      const used: boolean[] = Array.from({ length: UNITS }, () => false);
      const held: { at: number; n: number }[] = [];
      const spans = createSpans(range(ipa(BASE), UNITS * UNIT));
      const isFree = (at: number, n: number): boolean => at + n <= UNITS && !used.slice(at, at + n).includes(true);
      const mark = (at: number, n: number, value: boolean): void => void used.fill(value, at, at + n);
      for (const o of ops) {
        if (o.kind === "alloc") {
          let want = -1;
          for (let at = 0; at < UNITS && want < 0; at += o.align) if (isFree(at, o.n)) want = at;
          const r = spans.alloc(o.n * UNIT, o.align * UNIT);
          expect(r === undefined ? -1 : (toNumber(r.start) - BASE) / UNIT).toBe(want);
          if (want < 0) continue;
          mark(want, o.n, true);
          held.push({ at: want, n: o.n });
        } else if (o.kind === "take") {
          const can = isFree(o.at, o.n);
          expect(spans.take(range(ipa(BASE + o.at * UNIT), o.n * UNIT))).toBe(can);
          if (!can) continue;
          mark(o.at, o.n, true);
          held.push({ at: o.at, n: o.n });
        } else {
          const [h] = held.splice(o.pick % Math.max(1, held.length), 1);
          if (h === undefined) continue;
          spans.free(range(ipa(BASE + h.at * UNIT), h.n * UNIT));
          mark(h.at, h.n, false);
          expect(() => spans.free(range(ipa(BASE + h.at * UNIT), h.n * UNIT))).toThrow("not allocated");
        }
        expect(spans.bytesFree).toBe(used.filter((u) => !u).length * UNIT);
      }
    }),
  );
});
