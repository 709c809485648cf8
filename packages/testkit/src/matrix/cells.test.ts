/** The cells, their names and scripts, and what the rules say of each: the table of docs/spec, "Outcomes of the matrix". */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CPU_MODELS } from "@granule/arm";
import { GRANULES, mib } from "@granule/units";
import { cellId, expected, furtherCells, matrixCells, parseCellId } from "./cells.ts";
import type { Cell, Step } from "./contract.ts";
import { BUFFER, DISK, scriptOf } from "./script.ts";
import { formatSteps, parseSteps } from "./steps.ts";

const cells = matrixCells();
const count = (list: readonly Cell[], is: (c: Cell) => boolean): number => list.filter(is).length;
const anyCell = fc.constantFrom(...cells, ...furtherCells());

describe("the predicate", () => {
  it("gives the totals of the table", () => {
    const rows = new Map<string, number>();
    for (const c of cells) {
      const e = expected(c);
      const row = `${c.mode}, ${c.abiFront === 2 && c.abiBack === 2 ? "v2 and v2" : "a v1 end"}: ring ${e.ring}, data ${e.data} at ${e.unit}`;
      rows.set(row, (rows.get(row) ?? 0) + 1);
    }
    expect(Object.fromEntries([...rows].sort())).toEqual({
      "baseline, a v1 end: ring copied, data copied at 4096": 162, "baseline, a v1 end: ring mapped, data mapped at 4096": 81,
      "baseline, v2 and v2: ring copied, data copied at 4096": 54, "baseline, v2 and v2: ring mapped, data mapped at 4096": 27,
      "negotiated, a v1 end: ring copied, data copied at 4096": 162, "negotiated, a v1 end: ring mapped, data mapped at 4096": 81,
      "negotiated, v2 and v2: ring mapped, data mapped at 4096": 3, "negotiated, v2 and v2: ring mapped, data mapped at 16384": 21,
      "negotiated, v2 and v2: ring mapped, data mapped at 65536": 57,
    });
  });
  it("refuses what a CPU lacks: as many run as have only granules that it has", () => {
    const runnable = Object.fromEntries(CPU_MODELS.map(({ name }) => [name, count(matrixCells(name), (c) => expected(c).outcome !== "refused")]));
    expect(runnable).toMatchObject({ "all-granules": 648, "no-16k": 128, "cortex-a57": 128, "only-4k": 8, "only-16k": 8, "only-64k": 8, "no-4k-stage2": 288, "no-16k-stage2": 288 });
    for (const cpu of CPU_MODELS) expect(runnable[cpu.name]).toBe((cpu.stage1.length * cpu.stage2.length) ** 2 * 8);
  });
  it("does not look at the seed, and does not fail for a CPU that is none", () => {
    expect(expected({ ...cells[0]!, cpu: "z80" }).outcome).toBe("refused");
  });
  it("is 40 lines at most and knows nothing but granules", () => {
    const text = readFileSync(new URL("expect.ts", import.meta.url), "utf8");
    expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(40);
    expect([...text.matchAll(/^import (type )?.* from "(.*)";$/gm)].map(([, type, from]) => `${type ?? ""}${from}`)).toEqual(["@granule/units", "type ./contract.ts"]);
  });
});

describe("names", () => {
  it("648 and the further ones, each once, and each names its cell", () => {
    const all = [...cells, ...furtherCells()];
    expect([cells.length, new Set(all.map(cellId)).size]).toEqual([648, all.length]);
    for (const c of all) expect(parseCellId(cellId(c))).toEqual(c);
  });
  it.each(["", "s4k-g4k-v1", "s8k-g4k-v1/s4k-g4k-v1/baseline", "s4k-g4k-v3/s4k-g4k-v1/baseline", "s4k-g4k-v1/s4k-g4k-v1/baseline/cpu-z80", "s4k-g4k-v1/s4k-g4k-v1/baseline/store-g5k"])("%s names none", (id) => {
    expect(parseCellId(id)).toBeUndefined();
  });
});

describe("scripts", () => {
  const crosses = (from: number, size: number, unit: number): boolean => Math.floor(from / unit) !== Math.floor((from + size - 1) / unit) && (from % unit !== 0 || size % unit !== 0);
  it("move a mebibyte each way, cross every boundary on the disk and in memory, and leave neither", () => {
    fc.assert(fc.property(anyCell, fc.nat(), (cell, seed) => {
      const steps = scriptOf(cell, seed);
      for (const operation of ["write", "read"] as const) {
        const moves = steps.filter((s): s is Extract<Step, { readonly at: number }> => s.do === operation);
        expect(moves.reduce((sum, s) => sum + s.size, 0)).toBeGreaterThanOrEqual(mib(1));
        for (const { size: unit } of GRANULES) {
          expect(moves.some((s) => crosses(s.at, s.size, unit))).toBe(true);
          expect(moves.some((s) => s.memory % 512 === 0 && crosses(s.memory, s.size, unit))).toBe(true);
        }
        for (const s of moves) expect([s.size % 512, s.at % 512, s.at + s.size <= DISK, s.memory + s.size <= BUFFER]).toEqual([0, 0, true, true]);
      }
      expect(parseSteps(formatSteps(steps))).toEqual(steps);
      expect(scriptOf(cell, seed)).toEqual(steps);
    }), { numRuns: 20 });
  });
  it("no steps at all have a name too", () => {
    const none: readonly Step[] = [];
    expect(parseSteps(formatSteps(none))).toEqual(none);
  });
  it.each(["", "jump", "write:0+0@0", "write:0+100@0", "read:512+1048576@0", "flush,,flush", "write:-1+512@0"])("%j is refused", (text) => {
    expect(() => parseSteps(text)).toThrow(expect.objectContaining({ code: "GRAN0061" }));
  });
});
