/** The matrix over a subject, and a configuration with the cells of its pairs. */
import { type BlockSetting, type Config, runConfig } from "@granule/granule";
import { type Alteration, type Case, type Cell, casesOf, matrixCells, type MatrixReport, runCell } from "@granule/testkit";

export interface MatrixOptions {
  readonly seed: string;
  /** As a command names it; empty: nothing is altered. */
  readonly with: string;
  readonly onCell?: () => void;
}

/** `count` of the 648, evenly spread over every axis. */
export function sampleCells(count: number): readonly Cell[] {
  const all = matrixCells();
  // a step that shares no factor with the axes, whose lengths are 2 and 3, visits each value of each of them alike
  const STEP = 61;
  return Array.from({ length: Math.min(count, all.length) }, (_, i) => all[(i * STEP) % all.length]).filter((cell) => cell !== undefined);
}

export function runCells(cells: readonly Cell[], alteration: Alteration, options: MatrixOptions): MatrixReport {
  const results = cells.map((cell) => {
    const result = runCell(cell, { ...alteration, seed: options.seed });
    options.onCell?.();
    return result;
  });
  const selection = { further: false, only: "", with: options.with, total: cells.length, shard: { index: 1, count: 1 } };
  return { format: "granule-matrix", version: 1, seed: options.seed, selection, cells: results, failures: [] };
}

/** The cells of a pair: its page sizes, in both ABIs and modes at either end. */
function cellsOf({ front, back }: BlockSetting, cpu: string): readonly Cell[] {
  return matrixCells(cpu).filter((c) => c.s1Front === front.s1.name && c.gFront === front.g.name && c.s1Back === back.s1.name && c.gBack === back.g.name);
}

/** A configuration: as it stands with disks in memory, then the eight cells of each of its pairs. @throws GranuleError as `runConfig`. */
export function runPairs(config: Config, options: MatrixOptions): readonly Case[] {
  const memory: Config = { ...config, block: config.block.map((b) => ({ ...b, disk: { size: b.move } })) };
  const asItStands = runConfig(memory).devices.map((d): Case => ({
    suite: "configuration", name: `${d.front.name} and ${d.back.name}`, status: d.intact ? "passed" : "failed", why: d.intact ? [] : ["what was read back is not what was written"],
    facts: { ring: d.ring, data: d.data, unit: d.unit, bytesMoved: d.bytesMoved }, time: 0, repeat: "",
  }));
  return [...asItStands, ...config.block.flatMap((b) => casesOf(runCells(cellsOf(b, config.cpu.name), {}, options)))];
}
