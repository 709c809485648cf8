import { expect, test } from "vitest";
import { furtherCells, matrixCells } from "../matrix/cells.ts";
import { dying, failing, HOSTILE, reportOf, resultOf } from "./fixture.ts";
import { formatHtml } from "./html.ts";

const CELLS = [...matrixCells(), ...furtherCells()].map((cell, i) => (i === 40 ? failing(cell, HOSTILE) : i === 41 ? dying(cell, HOSTILE) : resultOf(cell)));
const first = CELLS[40];
if (first === undefined) throw new Error("a failing cell");
const REPORT = reportOf(CELLS, { seed: HOSTILE, failures: [{ id: first.id, steps: "write:0+512@0", why: [HOSTILE], trace: [`{"kind":${JSON.stringify(HOSTILE)}}`] }] }, { with: HOSTILE, further: true });
const PAGE = formatHtml(REPORT);
const data = (page: string) => JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)?.[1] ?? "");

test("every cell is there once, with a letter, a colour, words, and what the panel shows", () => {
  const squares = [...PAGE.matchAll(/class="c (\w+)" data-i="(\d+)" tabindex="-1" aria-label="([^"]+)"><span class="k">(\w)<\/span>/g)];
  expect(squares.map((s) => Number(s[2])).sort((a, b) => a - b)).toEqual([...CELLS.keys()]);
  const letters: Record<string, string> = { mapped: "M", copied: "C", refused: "R", failed: "F" };
  for (const [, kind = "", i, label = "", letter] of squares) {
    expect(letter).toBe(letters[kind]);
    expect(kind).toBe(CELLS[Number(i)]?.passed === false ? "failed" : CELLS[Number(i)]?.outcome);
    expect(label.includes("failed")).toBe(kind === "failed");
  }
  const { names, cells } = data(PAGE);
  expect(cells).toHaveLength(CELLS.length);
  expect(cells[0]).toMatchObject({ id: CELLS[0]?.id, came: "mapped at U = 4 KiB", expected: "mapped at U = 4 KiB", bytesMoved: 131072, hypercalls: 321 });
  expect(cells[0].checks.map((i: number) => names[i])).toEqual(["payload", "nothing shared at the end"]);
});

test("a failed cell has its shortest steps and the end of its trace; others the command that makes one", () => {
  const { cells } = data(PAGE);
  expect(cells[40]).toMatchObject({ why: [HOSTILE], trace: [expect.stringContaining("alert(1)")] });
  expect(cells[40].again).toContain("--steps write:0+512@0");
  expect(cells[41].trace).toEqual([]);
  expect(cells[0].tracing).toMatch(/ --trace trace\.jsonl$/);
});

test("one file: nothing is fetched, and hostile text is neither markup nor script", () => {
  expect(PAGE).not.toMatch(/\b(src|href)=|@import|url\(|https?:/);
  expect(PAGE).toContain("default-src 'none'");
  expect(PAGE.match(/<script/g)).toHaveLength(2);
  expect(PAGE.match(/<\/script>/g)).toHaveLength(2);
  expect(PAGE).not.toContain("<script>alert(1)");
});

test("grids of a part: what was not run is a hole", () => {
  const part = formatHtml(reportOf(CELLS.slice(0, 1)));
  expect(part.match(/role="grid"/g)).toHaveLength(1);
  expect(part.match(/aria-label="not run"/g)).toHaveLength(323);
  expect(formatHtml(reportOf([]))).not.toContain('role="grid"');
});
