/** The cells of the matrix, in a fixed order, and their names. A name says S1, G and ABI of the front end, then of the back end. */
import { CPU_MODELS, findCpu } from "@granule/arm";
import { type Bytes, findGranule, type GranuleName, GRANULES, KIB } from "@granule/units";
import type { Cell, Expectation } from "./contract.ts";
import { predict } from "./expect.ts";

const NAMES: readonly GranuleName[] = /* @__PURE__ */ GRANULES.map((g) => g.name);
const ABIS = [1, 2] as const;
const MODES = ["baseline", "negotiated"] as const;
/** The CPU of a cell that names none: every granule at both stages. */
export const DEFAULT_CPU = "all-granules";

/** The 648: S1 x S1 x G x G x ABI x ABI x mode, the last changing fastest. On another CPU some of them are refused. */
export function matrixCells(cpu: string = DEFAULT_CPU): readonly Cell[] {
  const rest = cpu === DEFAULT_CPU ? {} : { cpu };
  const cells: Cell[] = [];
  for (const s1Front of NAMES) for (const s1Back of NAMES)
    for (const gFront of NAMES) for (const gBack of NAMES)
      for (const abiFront of ABIS) for (const abiBack of ABIS)
        for (const mode of MODES) cells.push({ s1Front, s1Back, gFront, gBack, abiFront, abiBack, mode, ...rest });
  return cells;
}

/** Axes beside the 648: fragmented front ends, forced units, the store's granule, CPUs that lack some. */
export function furtherCells(): readonly Cell[] {
  const base = { s1Front: "4k", s1Back: "4k", abiFront: 2, abiBack: 2, mode: "negotiated" } as const;
  const cells: Cell[] = [];
  for (const s1Front of NAMES) for (const gFront of NAMES) for (const gBack of NAMES) {
    for (const s1Back of NAMES) cells.push({ ...base, s1Front, s1Back, gFront, gBack, fragmented: true });
    for (const { size } of GRANULES) cells.push({ ...base, s1Front, gFront, gBack, forceUnit: size });
  }
  for (const storeG of NAMES.slice(1)) for (const gFront of NAMES) for (const gBack of NAMES)
    for (const abiFront of ABIS) for (const abiBack of ABIS) cells.push({ ...base, abiFront, abiBack, gFront, gBack, storeG });
  for (const { name: cpu } of CPU_MODELS) {
    if (cpu === DEFAULT_CPU) continue;
    for (const s1 of NAMES) for (const g of NAMES) cells.push({ ...base, s1Front: s1, s1Back: s1, gFront: g, gBack: g, cpu });
  }
  return cells;
}

const kibOf = (size: Bytes): string => `${size / KIB}k`;

/** "s64k-g4k-v2/s4k-g16k-v1/negotiated", then what differs from the 648: "/fragmented", "/unit-64k", "/store-g64k", "/cpu-only-4k". */
export function cellId(cell: Cell): string {
  const parts = [`s${cell.s1Front}-g${cell.gFront}-v${cell.abiFront}`, `s${cell.s1Back}-g${cell.gBack}-v${cell.abiBack}`, cell.mode];
  if (cell.fragmented !== undefined) parts.push("fragmented");
  if (cell.forceUnit !== undefined) parts.push(`unit-${kibOf(cell.forceUnit)}`);
  if (cell.storeG !== undefined) parts.push(`store-g${cell.storeG}`);
  if (cell.cpu !== undefined) parts.push(`cpu-${cell.cpu}`);
  return parts.join("/");
}

const SHAPE =
  /^s(?<s1Front>\w+)-g(?<gFront>\w+)-v(?<abiFront>[12])\/s(?<s1Back>\w+)-g(?<gBack>\w+)-v(?<abiBack>[12])\/(?<mode>baseline|negotiated)(?<fragmented>\/fragmented)?(?:\/unit-(?<unit>[1-9]\d{0,5})k)?(?:\/store-g(?<storeG>\w+))?(?:\/cpu-(?<cpu>[\w.-]+))?$/;

/** The cell of a name; undefined when it names none. */
export function parseCellId(id: string): Cell | undefined {
  const part = SHAPE.exec(id)?.groups;
  if (part === undefined) return undefined;
  const granule = (key: string): GranuleName | undefined => findGranule(part[key] ?? "")?.name;
  const s1Front = granule("s1Front"), s1Back = granule("s1Back"), gFront = granule("gFront"), gBack = granule("gBack"), storeG = granule("storeG");
  if (s1Front === undefined || s1Back === undefined || gFront === undefined || gBack === undefined || (storeG === undefined && part["storeG"] !== undefined)) return undefined;
  const { unit, cpu } = part;
  if (cpu !== undefined && !CPU_MODELS.some((model) => model.name === cpu)) return undefined;
  const cell: Cell = {
    s1Front, s1Back, gFront, gBack, abiFront: part["abiFront"] === "1" ? 1 : 2, abiBack: part["abiBack"] === "1" ? 1 : 2, mode: part["mode"] === "baseline" ? "baseline" : "negotiated",
    ...(part["fragmented"] === undefined ? {} : { fragmented: true }), ...(unit === undefined ? {} : { forceUnit: Number(unit) * KIB }),
    ...(storeG === undefined ? {} : { storeG }), ...(cpu === undefined ? {} : { cpu }),
  };
  return cell;
}

/** What the rules say of a cell, on the CPU that it names; a CPU that is none has no granules. */
export const expected = (cell: Cell): Expectation => predict(cell, findCpu(cell.cpu ?? DEFAULT_CPU) ?? { stage1: [], stage2: [] });
