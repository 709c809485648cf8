/** The matrix on a terminal: a table of outcomes by rule, totals, and each failing cell with the command that repeats it. */
import { formatBytes, GRANULE_4K } from "@granule/units";
import type { CellResult } from "../matrix/contract.ts";
import { failuresById, reasons, repeatCommand } from "./cases.ts";
import type { MatrixReport } from "./contract.ts";
import { oneLine } from "./escape.ts";

type Has = (r: CellResult) => boolean;
const small: Has = ({ cell }) => cell.gBack === GRANULE_4K.name;
const agrees: Has = ({ cell }) => cell.mode === "negotiated" && cell.abiFront === 2 && cell.abiBack === 2;
const refusable: Has = ({ cell }) => cell.cpu !== undefined;
const plain: Has = ({ cell }) => cell.cpu === undefined && cell.storeG === undefined && cell.fragmented === undefined && cell.forceUnit === undefined;

/** The rows of docs/spec, "Outcomes of the matrix"; a cell belongs to the first that has it. */
const GROUPS: readonly { readonly name: string; readonly has: Has }[] = [
  { name: "CPUs that lack granules", has: refusable },
  { name: "the store at a larger G", has: ({ cell }) => cell.storeG !== undefined },
  { name: "a fragmented front end", has: ({ cell }) => cell.fragmented !== undefined },
  { name: "a front end with a unit of its own", has: ({ cell }) => cell.forceUnit !== undefined },
  { name: "baseline, G back = 4K", has: (r) => plain(r) && r.cell.mode === "baseline" && small(r) },
  { name: "baseline, G back > 4K", has: (r) => plain(r) && r.cell.mode === "baseline" },
  { name: "negotiated, a v1 end, G back = 4K", has: (r) => plain(r) && !agrees(r) && small(r) },
  { name: "negotiated, a v1 end, G back > 4K", has: (r) => plain(r) && !agrees(r) },
  { name: "negotiated, v2 and v2", has: plain },
];
/** As a reader meets them: the 648 first. */
const SHOWN = [4, 5, 6, 7, 8, 0, 1, 2, 3];

export interface OutcomeRow {
  readonly group: string;
  readonly cells: number;
  readonly mapped: number;
  readonly copied: number;
  readonly refused: number;
  /** Whatever the outcome: a check failed, or it is not the expected one. Such cells are in no other column. */
  readonly failed: number;
  /** Passed cells by U, "4 KiB 3, 16 KiB 21". */
  readonly units: string;
  readonly results: readonly CellResult[];
}

/** Outcomes by rule; groups without a cell are left out. */
export function outcomeRows(cells: readonly CellResult[]): readonly OutcomeRow[] {
  const buckets = GROUPS.map((): CellResult[] => []);
  for (const r of cells) buckets[GROUPS.findIndex((g) => g.has(r))]?.push(r);
  return SHOWN.flatMap((i) => {
    const own = buckets[i] ?? [];
    return own.length === 0 ? [] : [row(GROUPS[i]?.name ?? "", own)];
  });
}

function row(group: string, cells: readonly CellResult[]): OutcomeRow {
  const passed = cells.filter((r) => r.passed);
  const count = (outcome: CellResult["outcome"]): number => passed.filter((r) => r.outcome === outcome).length;
  const sizes = new Map<number, number>();
  for (const r of passed) if (r.outcome !== "refused") sizes.set(r.unit, (sizes.get(r.unit) ?? 0) + 1);
  const units = [...sizes].sort(([a], [b]) => a - b).map(([unit, n]) => `${formatBytes(unit)} ${n}`).join(", ");
  return { group, cells: cells.length, mapped: count("mapped"), copied: count("copied"), refused: count("refused"), failed: cells.length - passed.length, units, results: cells };
}

/** Rows for a table, header first; the columns after the first and before the last are numbers. */
export function outcomeTable(report: MatrixReport): readonly (readonly string[])[] {
  const rows = outcomeRows(report.cells);
  return [["cells", "count", "mapped", "copied", "refused", "failed", "U of those that passed"], ...rows.map((r) => [r.group, String(r.cells), String(r.mapped), String(r.copied), String(r.refused), String(r.failed), r.units])];
}

/** "648 cells: 270 mapped, 378 copied, 0 refused, 0 failed (seed 1)." and what is missing. */
export function totalsLine(report: MatrixReport): string {
  const t = row("", report.cells);
  const { total, shard } = report.selection;
  const chosen = shardSize(report.selection);
  const missing = chosen === t.cells ? "" : ` ${chosen - t.cells} of ${chosen} were not run.`;
  const part = shard.count === 1 ? "" : `, shard ${shard.index}/${shard.count} of ${total}`;
  return `${t.cells} cell${t.cells === 1 ? "" : "s"}: ${t.mapped} mapped, ${t.copied} copied, ${t.refused} refused, ${t.failed} failed (seed ${oneLine(report.seed)}${part}).${missing}`;
}

/** Cells that belong to a shard. */
export const shardSize = ({ total, shard }: MatrixReport["selection"]): number => Math.max(0, Math.ceil((total - shard.index + 1) / shard.count));

/** Each failing cell: its name, what was expected and what came, and the command; those beyond `limit` are only counted. */
export function failureLines(report: MatrixReport, limit: number): readonly string[] {
  const shrunk = failuresById(report);
  const failed = report.cells.filter((r) => !r.passed);
  const lines = failed.slice(0, limit).flatMap((r) => {
    const short = shrunk.get(r.id);
    return [`FAILED ${oneLine(r.id)}`, ...(short?.why ?? reasons(r)).map((line) => `  ${oneLine(line)}`), `  again: ${repeatCommand(report, r.id, short?.steps)}`, ""];
  });
  return failed.length > limit ? [...lines, `${failed.length - limit} more cells failed: --json has them all`, ""] : lines;
}
