/** Results for the reporters' tests: made from the rules alone, nothing is run. */
import { cellId, expected, matrixCells } from "../matrix/cells.ts";
import type { Cell, CellResult, Check } from "../matrix/contract.ts";
import type { MatrixReport, Selection } from "./contract.ts";

/** What a cell that does as the rules say answers; `change` alters it. */
export function resultOf(cell: Cell, change: Partial<CellResult> = {}): CellResult {
  const rules = expected(cell);
  const checks: readonly Check[] = [{ name: "payload", ok: true, why: "" }, { name: "nothing shared at the end", ok: true, why: "" }];
  return {
    id: cellId(cell), cell, seed: "1", outcome: rules.outcome, ring: rules.ring, data: rules.data, unit: rules.unit, bytesMoved: 131072, exposed: 0, hypercalls: 321, checks,
    expected: rules, passed: true, time: 1_234_567, ...change,
  };
}

/** A cell whose payload came back different. */
export const failing = (cell: Cell, why = "byte 7 is 0x00, not 0x5a"): CellResult =>
  resultOf(cell, { passed: false, checks: [{ name: "payload", ok: false, why }, { name: "nothing shared at the end", ok: true, why: "" }] });
/** A cell that died before it was connected. */
export const dying = (cell: Cell, why = "domain back crashed: data abort"): CellResult =>
  resultOf(cell, { passed: false, outcome: "failed", ring: undefined, data: undefined, unit: 0, checks: [{ name: "ran to its end", ok: false, why }] });

export const reportOf = (cells: readonly CellResult[], change: Partial<MatrixReport> = {}, selection: Partial<Selection> = {}): MatrixReport => ({
  format: "granule-matrix", version: 1, seed: "1", selection: { further: false, only: "", with: "", total: cells.length, shard: { index: 1, count: 1 }, ...selection }, cells, failures: [], ...change,
});

/** The cell at a place of the 648. @throws Error when there is none. */
export function cellAt(i: number): Cell {
  const cell = matrixCells()[i];
  if (cell === undefined) throw new Error(`no cell ${i}`);
  return cell;
}

/** Everything that some format takes for its own. */
export const HOSTILE = "]]></failure><script>alert(1)</script>\u0000\u001b[31m\"'&<>% ::error::\r\n# SKIP \\ ---\u2028\ud800,`$(rm) \u{1f4a5}";
