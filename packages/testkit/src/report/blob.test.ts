import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { furtherCells, matrixCells } from "../matrix/cells.ts";
import { formatReport, MAX_FAILURES, mergeReports, parseReport } from "./blob.ts";
import { cellAt, dying, failing, HOSTILE, reportOf, resultOf } from "./fixture.ts";
import type { MatrixReport } from "./contract.ts";
import { REPORT_SCHEMA } from "./schema.ts";
import { outcomeRows, totalsLine } from "./summary.ts";

const CELLS = [...matrixCells(), ...furtherCells()].map((cell, i) => (i % 50 === 7 ? failing(cell) : i % 50 === 8 ? dying(cell) : resultOf(cell)));
const WHOLE = reportOf(CELLS, { failures: CELLS.filter((c) => !c.passed).slice(0, MAX_FAILURES).map((c) => ({ id: c.id, steps: "flush", why: [HOSTILE], trace: ["{}"] })) });

/** As the command makes them: each shard has the failures that are first in it. */
function shards(whole: MatrixReport, count: number): readonly MatrixReport[] {
  return Array.from({ length: count }, (_, k) => {
    const cells = whole.cells.filter((_c, i) => i % count === k);
    const failures = cells.filter((c) => !c.passed).slice(0, MAX_FAILURES).map((c) => ({ id: c.id, steps: "flush", why: [HOSTILE], trace: ["{}"] }));
    return { ...whole, cells, failures, selection: { ...whole.selection, shard: { index: k + 1, count } } };
  });
}
const named = (reports: readonly MatrixReport[]) => reports.map((report, i) => ({ file: `${i}.json`, report }));

test("what is written is read back", () => {
  const text = formatReport(WHOLE);
  expect(formatReport(parseReport(text, "a"))).toBe(text);
  expect(text.split("\n").length).toBeGreaterThan(CELLS.length);
  expect(JSON.parse(formatReport(reportOf([])))).toMatchObject({ cells: [], failures: [] });
});

test("shards in any number and order merge to what one run writes, byte for byte", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }).chain((n) => fc.shuffledSubarray([...shards(WHOLE, n).keys()], { minLength: n }).map((order) => ({ n, order }))), ({ n, order }) => {
      const parts = shards(WHOLE, n).map((s) => parseReport(formatReport(s), "x"));
      expect(formatReport(mergeReports(named(order.map((i) => parts[i]).filter((p) => p !== undefined))))).toBe(formatReport(WHOLE));
    }),
    { numRuns: 12 },
  );
});

const [a, b, c] = shards(WHOLE, 3);
if (a === undefined || b === undefined || c === undefined) throw new Error("three shards");
test.each([
  ["nothing", [], "nothing to merge"],
  ["a gap", [a, c], "1 of 3 shards are missing, first 2/3"],
  ["an overlap", [a, b, b], "1.json and 2.json are both shard 2/3"],
  ["another seed", [a, { ...b, seed: "2" }, c], '1.json has seed "2", 0.json has "1"'],
  ["another choice", [a, { ...b, selection: { ...b.selection, only: "abiBack==2" } }, c], '1.json has only "abiBack==2"'],
  ["another module", [a, { ...b, selection: { ...b.selection, with: "x.mjs" } }, c], "1.json has with"],
  ["another total", [a, { ...b, selection: { ...b.selection, total: 7 } }, c], "1.json has total 7"],
  ["another number of shards", [a, { ...b, selection: { ...b.selection, shard: { index: 2, count: 4 } } }, c], "1.json has shards: 4"],
  ["an interrupted shard", [a, { ...b, cells: b.cells.slice(0, -1) }, c], `1.json has ${b.cells.length - 1} of the ${b.cells.length} cells of shard 2/3`],
  ["a cell twice", [a, { ...b, cells: a.cells.slice(0, b.cells.length) }, c], "is there twice"],
  ["a shard that cannot be", [{ ...a, selection: { ...a.selection, shard: { index: 4, count: 3 } } }], "says that it is shard 4/3"],
  ["more shards than anyone has", [reportOf([], {}, { total: 0, shard: { index: 1, count: 2 ** 52 } })], "shards are missing, first 2/"],
])("%s is refused", (_, parts, why) => {
  expect(() => mergeReports(named(parts))).toThrow(expect.objectContaining({ code: "GRAN0073", message: expect.stringContaining(why) }));
});

const damaged = (change: (r: any) => void): string => {
  const copy = JSON.parse(formatReport(reportOf([resultOf(cellAt(0))])));
  change(copy);
  return JSON.stringify(copy);
};
test.each([
  ["no JSON", "{", "JSON"],
  ["a number", "7", "the document is integer, not object"],
  ["null", "null", "the document is null, not object"],
  ["a list", "[]", "the document is array"],
  ["another format", damaged((r) => (r.format = "junit")), 'format is not "granule-matrix"'],
  ["another version", damaged((r) => (r.version = 2)), "version is not 1"],
  ["a key missing", damaged((r) => delete r.selection.total), "selection.total is missing"],
  ["a key too many", damaged((r) => (r.cells[0].cell.more = 1)), "cells[0].cell.more is unknown"],
  ["__proto__", '{"__proto__": {}, "format": "granule-matrix"}', "missing"],
  ["no granule", damaged((r) => (r.cells[0].cell.s1Back = "8k")), "cells[0].cell.s1Back is none of 4k, 16k, 64k"],
  ["a negative count", damaged((r) => (r.cells[0].hypercalls = -1)), "cells[0].hypercalls is below 0"],
  ["half a byte", damaged((r) => (r.cells[0].unit = 0.5)), "cells[0].unit is number, not integer"],
  ["a check that says nothing", damaged((r) => (r.cells[0].checks = [null])), "cells[0].checks[0] is null"],
])("%s is no report", (_, text, why) => {
  expect(() => parseReport(text, "x.json")).toThrow(expect.objectContaining({ code: "GRAN0072", message: expect.stringContaining(why) }));
});

test("the published schema is the checked one: granule matrix --schema > docs/spec/matrix.schema.json", () => {
  expect(readFileSync(new URL("../../../../docs/spec/matrix.schema.json", import.meta.url), "utf8")).toBe(`${JSON.stringify(REPORT_SCHEMA, null, 2)}\n`);
});

test("the outcomes of the rules are the table of docs/spec", () => {
  const rows = outcomeRows(matrixCells().map((cell) => resultOf(cell)));
  expect(rows.map((r) => [r.group, r.cells, r.mapped, r.copied, r.failed, r.units])).toEqual([
    ["baseline, G back = 4K", 108, 108, 0, 0, "4 KiB 108"],
    ["baseline, G back > 4K", 216, 0, 216, 0, "4 KiB 216"],
    ["negotiated, a v1 end, G back = 4K", 81, 81, 0, 0, "4 KiB 81"],
    ["negotiated, a v1 end, G back > 4K", 162, 0, 162, 0, "4 KiB 162"],
    ["negotiated, v2 and v2", 81, 81, 0, 0, "4 KiB 3, 16 KiB 21, 64 KiB 57"],
  ]);
});

test("totals say what is missing", () => {
  expect(totalsLine(WHOLE)).toMatch(/^\d+ cells: \d+ mapped, \d+ copied, \d+ refused, \d+ failed \(seed 1\)\.$/);
  expect(totalsLine(reportOf([resultOf(cellAt(0))], {}, { total: 9, shard: { index: 2, count: 2 } }))).toBe("1 cell: 1 mapped, 0 copied, 0 refused, 0 failed (seed 1, shard 2/2 of 9). 3 of 4 were not run.");
});
