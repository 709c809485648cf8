export { cellId, DEFAULT_CPU, expected, furtherCells, matrixCells, parseCellId } from "./matrix/cells.ts";
export { predict } from "./matrix/expect.ts";
export type { CpuGranules } from "./matrix/expect.ts";
export { formatSteps, parseSteps } from "./matrix/steps.ts";
export type { Alteration, BalloonRule, Cell, CellResult, Check, Expectation, RunCell, RunCellOptions, Step } from "./matrix/contract.ts";
