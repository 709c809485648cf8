import { describe, expect, it } from "vitest";
import { FAULT_STATUS, faultOfStatus, faultStatus } from "./exceptions.ts";

describe("fault status codes", () => {
  it("every code of the table comes back as its kind and level, and no two are the same", () => {
    const codes = new Set<number>();
    for (const { kind, levels } of FAULT_STATUS) {
      for (const level of levels.length === 0 ? [undefined] : levels) {
        const code = faultStatus(kind, level ?? 0);
        expect(codes.has(code)).toBe(false);
        codes.add(code);
        expect(faultOfStatus(code)).toEqual(level === undefined ? { kind } : { kind, level });
      }
    }
    expect(codes.size).toBe(21);
  });

  it("codes are those that the ESR_ELx description prints", () => {
    expect(faultStatus("translation", 3)).toBe(0b000111);
    expect(faultStatus("permission", 1)).toBe(0b001101);
    expect(faultStatus("accessFlag", 2)).toBe(0b001010);
    expect(faultStatus("addressSize", 0)).toBe(0);
    expect(faultStatus("externalAbortOnWalk", 2)).toBe(0b010110);
    expect(faultStatus("alignment", 0)).toBe(0b100001);
  });

  it("a level without a code is refused, an unknown code is nothing", () => {
    expect(() => faultStatus("permission", 0)).toThrow(RangeError);
    expect(() => faultStatus("translation", 4)).toThrow(RangeError);
    expect(faultOfStatus(0b111111)).toBeUndefined();
    expect(faultOfStatus(0b001000)).toBeUndefined();
  });
});
