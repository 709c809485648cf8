/**
 * What the rules for mixed granules say of a cell. Written from the rules alone: it shares no code with the drivers that
 * negotiate, or with the hypervisor that refuses. Source: docs/spec, "The rules for mixed granules".
 */
import { type Bytes, findGranule, type GranuleName, ModelBug, XEN_PAGE } from "@granule/units";
import type { BalloonRule, Cell, Expectation } from "./contract.ts";

/** What a CPU has at each stage. */
export interface CpuGranules {
  readonly stage1: readonly { readonly name: GranuleName }[];
  readonly stage2: readonly { readonly name: GranuleName }[];
}

export function predict(cell: Cell, cpu: CpuGranules): Expectation {
  const balloonFront = balloon(cell.s1Front, cell.gFront, cell.abiFront);
  const balloonBack = balloon(cell.s1Back, cell.gBack, cell.abiBack);
  const has = (list: CpuGranules["stage1"], ...names: readonly GranuleName[]): boolean => names.every((name) => list.some((g) => g.name === name));
  if (!has(cpu.stage1, cell.s1Front, cell.s1Back) || !has(cpu.stage2, cell.gFront, cell.gBack, cell.storeG ?? cell.gBack))
    return { outcome: "refused", ring: undefined, data: undefined, unit: 0, balloonFront, balloonBack };

  // rule 4: a larger unit needs two ends of ABI v2 that both speak of it; the front end may insist on its own
  const isAgreed = cell.mode === "negotiated" && cell.abiFront === 2 && cell.abiBack === 2;
  const wanted = cell.forceUnit ?? Math.max(sizeOf(cell.s1Front), sizeOf(cell.s1Back), sizeOf(cell.gBack));
  const unit = isAgreed ? wanted : XEN_PAGE.size;
  // rule 2: only the mapper's G counts, and the granter's machine contiguity
  const contiguous = cell.fragmented === true ? sizeOf(cell.gFront) : Infinity;
  const how = sizeOf(cell.gBack) <= Math.min(unit, contiguous) ? "mapped" : "copied";
  return { outcome: how, ring: how, data: how, unit, balloonFront, balloonBack };
}

const balloon = (s1: GranuleName, g: GranuleName, abi: 1 | 2): BalloonRule =>
  sizeOf(s1) >= sizeOf(g) ? "whole granules" : abi === 2 ? "accumulates" : "refused";

function sizeOf(name: GranuleName): Bytes {
  const granule = findGranule(name);
  if (granule === undefined) throw new ModelBug(`no granule ${name}`);
  return granule.size;
}
