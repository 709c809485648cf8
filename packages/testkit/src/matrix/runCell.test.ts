/** Cells that run: one or more of each row of the table. All 648 are run by `granule matrix`. */
import { describe, expect, it } from "vitest";
import { parseCellId } from "./cells.ts";
import type { Cell } from "./contract.ts";
import { runCell } from "./runCell.ts";
import { shrink } from "./shrink.ts";
import { parseSteps } from "./steps.ts";

const cellOf = (id: string): Cell => {
  const cell = parseCellId(id);
  if (cell === undefined) throw new Error(id);
  return cell;
};

describe("each row of the table", () => {
  it.each([
    ["s64k-g16k-v1/s4k-g4k-v2/baseline", "mapped", 4096],
    ["s4k-g64k-v2/s16k-g4k-v2/baseline", "mapped", 4096],
    ["s16k-g64k-v1/s64k-g16k-v1/baseline", "copied", 4096],
    ["s4k-g4k-v2/s4k-g64k-v2/baseline", "copied", 4096],
    ["s64k-g4k-v1/s16k-g4k-v2/negotiated", "mapped", 4096],
    ["s16k-g16k-v2/s4k-g64k-v1/negotiated", "copied", 4096],
    ["s4k-g64k-v2/s4k-g4k-v2/negotiated", "mapped", 4096],
    ["s4k-g64k-v2/s16k-g4k-v2/negotiated", "mapped", 16384],
    ["s16k-g4k-v2/s4k-g64k-v2/negotiated", "mapped", 65536],
    ["s16k-g4k-v2/s4k-g16k-v2/negotiated/fragmented", "copied", 16384],
    ["s4k-g4k-v2/s4k-g64k-v2/negotiated/unit-16k", "copied", 16384],
    ["s64k-g16k-v2/s4k-g16k-v1/negotiated/store-g64k", "copied", 4096],
  ] as const)("%s: %s at %i bytes", (id, how, unit) => {
    const r = runCell(cellOf(id), { seed: "test" });
    expect(r.checks.filter((c) => !c.ok)).toEqual([]);
    expect(r).toMatchObject({ id, passed: true, outcome: how, ring: how, data: how, unit });
    expect(r.bytesMoved).toBeGreaterThanOrEqual(2 << 20);
    // every check was made: none is ok because it was never asked
    expect(r.checks.map((c) => c.name).sort()).toEqual(CHECKS);
  });
  it("a CPU that lacks a granule: refused before start", () => {
    const r = runCell(cellOf("s16k-g4k-v2/s4k-g4k-v2/negotiated/cpu-cortex-a57"), { seed: 1 });
    expect(r).toMatchObject({ outcome: "refused", passed: true, unit: 0, bytesMoved: 0, time: 0 });
  });
});

const CHECKS = [
  "all free at the end", "balloon of the back end", "balloon of the front end", "bytes", "conserved", "data", "durable", "exposed", "grants end", "nothing shared",
  "only data is shown", "reach", "requests", "ring", "starts", "unit",
];

describe("a run", () => {
  const cell = cellOf("s4k-g4k-v2/s4k-g16k-v2/negotiated");
  const steps = [{ do: "write", at: 512, size: 70_656, memory: 100 }, { do: "read", at: 0, size: 131_072, memory: 512 }, { do: "reconnect" }] as const;
  it("is the same each time for a cell, a seed and steps", () => {
    expect(runCell(cell, { seed: 7, steps })).toEqual(runCell(cell, { seed: 7, steps }));
    expect(runCell(cell, { seed: 8, steps })).toMatchObject({ passed: true, exposed: runCell(cell, { seed: 7, steps }).exposed });
  });
  it("says what a unit above the pieces exposes", () => {
    // 70656 bytes at byte 100 go through five extents of 16 KiB, and 131072 bytes at byte 512 through eight
    expect(runCell(cell, { seed: 7, steps }).exposed).toBe(5 * 16384 - 70_656 + 8 * 16384 - 131_072);
  });
  it("of no steps at all connects and disconnects", () => {
    expect(runCell(cell, { seed: 7, steps: [] })).toMatchObject({ passed: true, outcome: "mapped", ring: "mapped", data: undefined, unit: 16384, bytesMoved: 0, exposed: 0 });
  });
  it("never throws: what goes wrong is a check", () => {
    const broken = runCell(cell, { seed: 1, steps, plugins: () => [] });
    expect(broken).toMatchObject({ outcome: "failed", passed: false, checks: [{ name: "ends", ok: false, why: expect.stringMatching(/no plugin provides port/) }] });
    const dead = runCell(cell, { seed: 1, steps, disk: () => ({ size: 0, read: () => false, write: () => false, flush: () => false }) });
    expect(dead).toMatchObject({ outcome: "failed", passed: false, checks: expect.arrayContaining([{ name: "ends", ok: false, why: expect.stringMatching(/sectors: absent/) }]) });
  });
});

describe("shrinking", () => {
  const cell = cellOf("s4k-g4k-v2/s4k-g4k-v2/baseline");
  it("a disk that spoils one sector: one transfer of that sector is left", { timeout: 120_000 }, () => {
    const steps = parseSteps("balloon,write:0+65536@0,read:32768+65536@512,flush,reconnect,read:65536+512@0");
    const spoiled = shrink(cell, { seed: 1, steps, disk: (d) => ({ ...d, read(offset, into) {
      const isRead = d.read(offset, into);
      if (offset <= 51_200 && offset + into.length > 51_200) into[51_200 - offset] = 1;
      return isRead;
    } }) });
    expect(spoiled.runs).toBeLessThan(80);
    expect(spoiled.result.passed).toBe(false);
    expect(spoiled.steps).toEqual([{ do: "read", at: 51_200, size: 512, memory: 0 }]);
  });
  it("a cell that passes is left alone, and the limit holds", { timeout: 30_000 }, () => {
    const flush = [{ do: "flush" }] as const;
    expect(shrink(cell, { seed: 1, steps: flush })).toMatchObject({ steps: flush, runs: 1, result: { passed: true } });
    expect(shrink(cell, { seed: 1, disk: (d) => ({ ...d, flush: () => true }) }, 3).runs).toBe(3);
  });
});
