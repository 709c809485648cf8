import { GRANULES, GRANULE_16K, GRANULE_4K, GRANULE_64K } from "@granule/units";
import { describe, expect, it } from "vitest";
import { leafSizes, levelRow, levelsOf, MAX_ADDRESS_BITS, stage1Geometry, stage2Geometry, stage2StartFault } from "./levels.ts";

describe("lookup levels", () => {
  for (const granule of GRANULES) {
    const levels = levelsOf(granule);
    it(`${granule.name}: shifts follow from granule and stride, tables fill a granule`, () => {
      expect(2 ** levels.stride * 8).toBe(granule.size);
      for (const row of levels.rows) {
        expect(row.shift).toBe(granule.shift + (3 - row.level) * levels.stride);
        expect(row.indexBits).toBe(Math.min(levels.stride, MAX_ADDRESS_BITS - row.shift));
      }
      expect(levels.rows.at(-1)).toMatchObject({ level: 3, leaf: true });
    });

    it(`${granule.name}: every leaf covers less than 2^32 bytes, and a run fits its table`, () => {
      for (const row of levels.rows.filter((r) => r.leaf)) {
        expect(row.shift).toBeLessThan(32);
        expect(row.contiguous).toBeLessThanOrEqual(2 ** levels.stride);
      }
    });
  }

  it("blocks and contiguous runs are those of the architecture's tables", () => {
    const rowsOf = (granule: (typeof GRANULES)[number]) => levelsOf(granule).rows.filter((r) => r.leaf).map((r) => [r.level, 2 ** r.shift, r.contiguous]);
    expect(rowsOf(GRANULE_4K)).toEqual([[1, 2 ** 30, 16], [2, 2 ** 21, 16], [3, 4096, 16]]);
    expect(rowsOf(GRANULE_16K)).toEqual([[2, 2 ** 25, 32], [3, 16384, 128]]);
    expect(rowsOf(GRANULE_64K)).toEqual([[2, 2 ** 29, 32], [3, 65536, 32]]);
    expect(leafSizes(GRANULE_4K)).toEqual([4096, 2 ** 21, 2 ** 30]);
    expect(levelRow(levelsOf(GRANULE_64K), 0)).toBeUndefined();
  });
});

describe("geometry", () => {
  it("stage 1 starts where one table resolves what is left of the input", () => {
    for (const granule of GRANULES) {
      for (let bits = 25; bits <= 48; bits++) {
        const g = stage1Geometry(granule, bits);
        if (!g.ok) throw new Error(g.why);
        // the architecture's formula
        const stride = granule.shift - 3;
        expect(g.value.startLevel).toBe(4 - Math.ceil((bits - granule.shift) / stride));
        expect(g.value.startIndexBits).toBeGreaterThanOrEqual(1);
        expect(g.value.startIndexBits).toBeLessThanOrEqual(stride);
      }
      expect(stage1Geometry(granule, 24).ok).toBe(false);
      expect(stage1Geometry(granule, 49).ok).toBe(false);
    }
  });

  it("stage 2 with 40 PA bits: 4K level 1 x2, 16K level 2 x16, 64K level 2 x1", () => {
    const start = (granule: (typeof GRANULES)[number], bits: number, pa: number) => {
      const g = stage2Geometry(granule, bits, pa);
      return g.ok ? [g.value.startLevel, g.value.tables, g.value.sl0] : g.code;
    };
    expect(start(GRANULE_4K, 40, 40)).toEqual([1, 2, 1]);
    expect(start(GRANULE_16K, 40, 40)).toEqual([2, 16, 1]);
    expect(start(GRANULE_64K, 40, 40)).toEqual([2, 1, 1]);
    expect(start(GRANULE_4K, 33, 40)).toEqual([2, 8, 0]);
    expect(start(GRANULE_64K, 33, 40)).toEqual([3, 16, 0]);
    expect(start(GRANULE_4K, 48, 48)).toEqual([0, 1, 2]);
    expect(start(GRANULE_16K, 48, 48)).toEqual([1, 2, 2]);
    expect(start(GRANULE_64K, 46, 48)).toEqual([2, 16, 1]);
    expect(start(GRANULE_64K, 48, 48)).toEqual([1, 1, 2]);
    expect(start(GRANULE_4K, 41, 40)).toBe("EINVAL");
  });

  it("stage 2 concatenates at most 16 tables and starts at no level that its PA size forbids", () => {
    for (const granule of GRANULES) {
      for (const pa of [32, 36, 40, 42, 44, 48]) {
        for (let bits = 25; bits <= pa; bits++) {
          const g = stage2Geometry(granule, bits, pa);
          if (!g.ok) throw new Error(g.why);
          const { startLevel, tables, startIndexBits, levels, sl0 } = g.value;
          expect(tables).toBeLessThanOrEqual(16);
          expect(startIndexBits).toBe(bits - granule.shift - (3 - startLevel) * levels.stride);
          expect(levels.startLevelBySl0[sl0]).toBe(startLevel);
          expect(stage2StartFault(granule, startLevel, bits, pa)).toBeUndefined();
        }
      }
    }
  });

  it("S2InvalidSL: the least PA sizes of the lowest start levels", () => {
    expect(stage2StartFault(GRANULE_4K, 0, 43, 43)).toMatch(/44 PA bits/);
    expect(stage2StartFault(GRANULE_4K, 0, 44, 44)).toBeUndefined();
    expect(stage2StartFault(GRANULE_16K, 1, 40, 40)).toMatch(/42 PA bits/);
    expect(stage2StartFault(GRANULE_16K, 1, 42, 42)).toBeUndefined();
    expect(stage2StartFault(GRANULE_64K, 1, 43, 42)).toMatch(/44 PA bits/);
    expect(stage2StartFault(GRANULE_64K, 1, 44, 44)).toBeUndefined();
    expect(stage2StartFault(GRANULE_16K, 0, 48, 48)).toMatch(/never/);
  });
});
