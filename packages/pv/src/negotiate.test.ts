import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acceptRingSize, acceptUnit, chooseUnit, offerOf, parseSize } from "./negotiate.ts";

const K4 = 4096;
const K16 = 16384;
const K64 = 65536;
const SIZES = [K4, K16, K64] as const;

/** What both ends agree on, through the text of the keys. */
function agree(front: { abi: 1 | 2; s1: number }, back: { abi: 1 | 2; s1: number; g: number }, force?: number): number {
  const offer = offerOf(back);
  const text = { max: offer && String(offer.max), preferred: offer && String(offer.preferred) };
  const chosen = chooseUnit(front, text, force);
  if (!chosen.ok) throw new Error(chosen.why);
  const accepted = acceptUnit(offer, front.abi === 1 ? undefined : String(chosen.value));
  if (!accepted.ok) throw new Error(accepted.why);
  expect(accepted.value).toBe(chosen.value);
  return accepted.value;
}

describe("the unit of sharing", () => {
  it("the matrix: U = max(S1 front, S1 back, G back) when both ends have ABI v2, else 4096", () => {
    const counts: Record<number, number> = {};
    for (const s1f of SIZES) for (const s1b of SIZES) for (const g of SIZES) for (const fa of [1, 2] as const) for (const ba of [1, 2] as const) {
      const unit = agree({ abi: fa, s1: s1f }, { abi: ba, s1: s1b, g });
      if (fa === 1 || ba === 1) expect(unit).toBe(K4);
      else {
        expect(unit).toBe(Math.max(s1f, s1b, g));
        // G of the front end is the third axis of the published counts
        counts[unit] = (counts[unit] ?? 0) + SIZES.length;
      }
    }
    // docs/spec, outcomes of the matrix: 81 cells
    expect(counts).toEqual({ [K4]: 3, [K16]: 21, [K64]: 57 });
  });
  it("a front end that ignores what is preferred gets what it forces, within the maximum", () => {
    expect(agree({ abi: 2, s1: K4 }, { abi: 2, s1: K64, g: K64 }, K4)).toBe(K4);
    expect(agree({ abi: 2, s1: K64 }, { abi: 2, s1: K4, g: K4 }, K16)).toBe(K16);
    expect(agree({ abi: 2, s1: K64 }, { abi: 2, s1: K4, g: K4 }, 2 * K64)).toBe(K64);
  });
  // [unit-max, unit-preferred, S1 of the front] -> U, or the key that is refused
  it.each([
    [undefined, undefined, K64, K4], [undefined, "65536", K64, K4], ["65536", undefined, K4, K4], ["65536", undefined, K16, K16],
    ["16384", "65536", K4, K16], ["16384", "4096", K64, K16], ["4096", "4096", K64, K4], ["131072", "131072", K4, 131072],
    ["", "4096", K4, "unit-max"], ["banana", "4096", K4, "unit-max"], ["0", "4096", K4, "unit-max"], ["12288", "4096", K4, "unit-max"],
    ["2048", "4096", K4, "unit-max"], ["-4096", "4096", K4, "unit-max"], ["4096.0", "4096", K4, "unit-max"], ["0x1000", "4096", K4, "unit-max"],
    ["1e5", "4096", K4, "unit-max"], [" 4096", "4096", K4, "unit-max"], ["65536", "5000", K4, "unit-preferred"], ["65536", "99999999999999999999", K4, "unit-preferred"],
  ] as const)("offered %s, preferred %s, S1 %i: %s", (max, preferred, s1, expected) => {
    const unit = chooseUnit({ abi: 2, s1 }, { max, preferred });
    if (typeof expected === "number") expect(unit).toEqual({ ok: true, value: expected });
    else expect(unit).toMatchObject({ ok: false, code: "EINVAL", why: expect.stringMatching(new RegExp(`^${expected} ".*": .*bytes`)) });
  });
  it.each([
    [{ max: K64, preferred: K64 }, undefined, K4], [{ max: K64, preferred: K64 }, "4096", K4], [{ max: K64, preferred: K4 }, "65536", K64],
    [undefined, undefined, K4], [undefined, "4096", K4], [undefined, "16384", "refused"], [{ max: K16, preferred: K4 }, "65536", "refused"],
    [{ max: K64, preferred: K64 }, "12288", "refused"], [{ max: K64, preferred: K64 }, "", "refused"],
  ] as const)("a back end that offers %o takes unit %s: %s", (offer, unit, expected) => {
    expect(acceptUnit(offer, unit)).toMatchObject(expected === "refused" ? { ok: false, code: "EINVAL" } : { ok: true, value: expected });
  });
  it("no text makes a size that is not allowed", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.bigInt({ min: -5n, max: 2n ** 70n }).map(String)), (text) => {
      const size = parseSize("unit", text);
      if (size.ok) expect([String(size.value), size.value % K4, Math.log2(size.value) % 1]).toEqual([text.replace(/^0+/, ""), 0, 0]);
    }));
  });
  it.each([[undefined, K4], ["4096", K4], ["65536", K64], ["131072", "refused"], ["4095", "refused"]] as const)("ring-size %s: %s", (text, expected) => {
    expect(acceptRingSize(text)).toMatchObject(expected === "refused" ? { ok: false } : { ok: true, value: expected });
  });
});
