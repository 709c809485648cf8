/**
 * The matrix as one page that needs nothing else: a grid for each mode, front ends down and back ends across, with a
 * letter and a colour for what came, and a panel with a cell's numbers, checks, command and the end of its trace.
 */
import { GRANULES, KIB } from "@granule/units";
import type { Cell, CellResult } from "../matrix/contract.ts";
import { failuresById, reasons, repeatCommand, sharing } from "./cases.ts";
import type { MatrixReport } from "./contract.ts";
import { scriptJson, xml } from "./escape.ts";
import { SCRIPT } from "./htmlScript.ts";
import { STYLE } from "./htmlStyle.ts";
import { outcomeRows, outcomeTable, totalsLine } from "./summary.ts";

/** One end of the device, as a row or a column of a grid. */
interface End {
  readonly s1: string;
  readonly g: string;
  readonly abi: 1 | 2;
}
const ENDS: readonly End[] = /* @__PURE__ */ GRANULES.flatMap((s1) => GRANULES.flatMap((g) => ([1, 2] as const).map((abi) => ({ s1: s1.name, g: g.name, abi }))));
const upper = (granule: string): string => granule.toUpperCase();
const endName = (e: End): string => `S1 ${upper(e.s1)} G ${upper(e.g)} v${e.abi}`;
const frontOf = (c: Cell): End => ({ s1: c.s1Front, g: c.gFront, abi: c.abiFront });
const backOf = (c: Cell): End => ({ s1: c.s1Back, g: c.gBack, abi: c.abiBack });
const isPlain = ({ cell }: CellResult): boolean => cell.fragmented === undefined && cell.forceUnit === undefined && cell.storeG === undefined && cell.cpu === undefined;

/** Letter and class: F whenever a check failed, whatever the outcome. */
const kindOf = (r: CellResult): "mapped" | "copied" | "refused" | "failed" => (r.passed ? r.outcome : "failed");
const LETTERS = { mapped: "M", copied: "C", refused: "R", failed: "F" } as const;
const shortUnit = (r: CellResult): string => (r.unit === 0 ? "" : String(r.unit / KIB));

function square(tag: "td" | "li", r: CellResult, index: number, label: string): string {
  const kind = kindOf(r);
  const role = tag === "td" ? ' role="gridcell"' : "";
  const button = tag === "li" ? ' role="button"' : "";
  const face = `<span class="k">${LETTERS[kind]}</span>${kind === "failed" ? "" : `<span class="u">${shortUnit(r)}</span>`}`;
  const words = xml(`${label}: ${kind === "failed" ? "failed, " : ""}${sharing(r)}`);
  return tag === "td" ? `<td${role} class="c ${kind}" data-i="${index}" tabindex="-1" aria-label="${words}">${face}</td>` : `<li><span${button} class="c ${kind}" data-i="${index}" tabindex="-1" aria-label="${words}">${face}</span></li>`;
}

/** Heads that span the ends with the same S1, and the same S1 and G. */
function headRow(name: string, of: (e: End) => string, span: number): string {
  const heads = ENDS.filter((_, i) => i % span === 0).map((e) => `<th scope="${span === 1 ? "col" : "colgroup"}" colspan="${span}"${span === 6 ? ' class="b"' : ""}>${of(e)}</th>`);
  return `<tr><th class="axis" colspan="3">${name}</th>${heads.join("")}</tr>`;
}

function grid(mode: Cell["mode"], report: MatrixReport): string {
  const places = new Map<string, number>();
  for (const [i, r] of report.cells.entries()) if (r.cell.mode === mode && isPlain(r)) places.set(`${endName(frontOf(r.cell))}/${endName(backOf(r.cell))}`, i);
  if (places.size === 0) return "";
  const rows = ENDS.map((front, row) => {
    const heads = [
      row % 6 === 0 ? `<th scope="rowgroup" rowspan="6">${upper(front.s1)}</th>` : "",
      row % 2 === 0 ? `<th scope="rowgroup" rowspan="2">${upper(front.g)}</th>` : "",
      `<th scope="row">v${front.abi}</th>`,
    ];
    const cells = ENDS.map((back) => {
      const i = places.get(`${endName(front)}/${endName(back)}`);
      const r = i === undefined ? undefined : report.cells[i];
      return r === undefined || i === undefined ? '<td class="c none" aria-label="not run">·</td>' : square("td", r, i, `front ${endName(front)}, back ${endName(back)}`);
    });
    return `<tr${row % 6 === 0 ? ' class="b"' : ""}>${heads.join("")}${cells.join("")}</tr>`;
  });
  const caption = mode === "baseline" ? "baseline: 4 KiB, nothing is agreed on" : "negotiated: U is agreed on where both ends have ABI v2";
  return [
    `<figure><figcaption>${caption} <span>front ends down, back ends across</span></figcaption><table role="grid" aria-label="${mode}"><thead>`,
    headRow("back S1", (e) => upper(e.s1), 6), headRow("back G", (e) => upper(e.g), 2), headRow("back ABI", (e) => `v${e.abi}`, 1),
    `</thead><tbody>${rows.join("\n")}</tbody></table></figure>`,
  ].join("\n");
}

/** The axes beside the 648, as rows of squares. */
function others(report: MatrixReport): string {
  const rest = report.cells.filter((r) => !isPlain(r));
  return outcomeRows(rest).map(({ group, results }) => {
    const items = results.map((r) => square("li", r, report.cells.indexOf(r), r.id));
    return `<section><h2>${xml(group)}</h2><ul class="row" aria-label="${xml(group)}">${items.join("")}</ul></section>`;
  }).join("\n");
}

function outcomes(report: MatrixReport): string {
  const [header = [], ...rows] = outcomeTable(report);
  const line = (cells: readonly string[], tag: "th" | "td"): string => `<tr>${cells.map((c, i) => `<${tag}${i > 0 && i < 6 ? ' class="n"' : ""}${tag === "th" ? ' scope="col"' : ""}>${xml(c)}</${tag}>`).join("")}</tr>`;
  return `<table class="outcomes"><thead>${line(header, "th")}</thead><tbody>${rows.map((r) => line(r, "td")).join("")}</tbody></table>`;
}

/** What the panel shows of each cell. Names of checks are said once. */
function panelData(report: MatrixReport): object {
  const names = [...new Set(report.cells.flatMap((r) => r.checks.map((c) => c.name)))];
  const place = new Map(names.map((name, i) => [name, i]));
  const shrunk = failuresById(report);
  const cells = report.cells.map((r) => {
    const { id, bytesMoved, exposed, hypercalls, time, expected } = r;
    const short = shrunk.get(id);
    return {
      id, bytesMoved, exposed, hypercalls, time, kind: kindOf(r), came: sharing(r), expected: sharing(expected), balloonFront: expected.balloonFront, balloonBack: expected.balloonBack,
      front: endName(frontOf(r.cell)), back: endName(backOf(r.cell)), checks: r.checks.map((c) => (c.ok ? (place.get(c.name) ?? 0) : [place.get(c.name) ?? 0, c.why])),
      again: repeatCommand(report, id, short?.steps), tracing: `${repeatCommand(report, id)} --trace trace.jsonl`,
      ...(r.passed ? {} : { why: short?.why ?? reasons(r), trace: short?.trace ?? [], shrunk: short !== undefined }),
    };
  });
  return { names, cells };
}

/** The whole page. Nothing in it comes from the network, and nothing of a report is run or read as markup. */
export function formatHtml(report: MatrixReport): string {
  const legend = Object.entries(LETTERS).map(([kind, letter]) => `<span><span class="c ${kind}"><span class="k">${letter}</span></span> ${kind}</span>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>granule matrix, seed ${xml(report.seed)}</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>granule matrix</h1><p>${xml(totalsLine(report))}</p></header>
${outcomes(report)}
<p class="legend">${legend.join(" ")} <span>the number is U in KiB</span> <span>arrow keys move, Enter keeps a cell</span></p>
<main>
<div id="grids">
${grid("baseline", report)}
${grid("negotiated", report)}
${others(report)}
</div>
<aside id="panel" aria-live="polite"><p>Point at a cell, or move to one with Tab and the arrow keys.</p><noscript><p>The panel needs JavaScript.</p></noscript></aside>
</main>
<script type="application/json" id="data">${scriptJson(panelData(report))}</script>
<script>${SCRIPT}</script>
</body>
</html>
`;
}
