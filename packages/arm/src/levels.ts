/**
 * What differs by translation granule, one row per granule and lookup level. Nothing outside this file asks which
 * granule it has.
 * Source: Arm ARM DDI 0487, D8.2 "Translation process", D8.3 "Translation table descriptor formats" and D8.6.1
 * "The Contiguous bit". Input and output addresses have at most 48 bits: LPA, LPA2 and LVA are out of scope.
 * Units: shifts and widths in bits, sizes in bytes.
 */
import { type AnyGranule, fail, type GranuleName, GRANULE_16K, GRANULE_4K, GRANULE_64K, ok, type Result } from "@granule/units";

/** A lookup level as the Arm ARM numbers it: 3 is the page level. */
export type Level = 0 | 1 | 2 | 3;

/** One lookup level of one granule. */
export interface LevelRow {
  readonly level: Level;
  /** log2 of the bytes that one entry covers; the lowest index bit. */
  readonly shift: number;
  /** Index bits of one whole table (fewer when 48 address bits end first). */
  readonly indexBits: number;
  /** True when a block (levels 0..2) or page (level 3) descriptor is allowed. */
  readonly leaf: boolean;
  /** Entries in a contiguous run, stage 1 and stage 2 alike; 1 where there is no leaf. */
  readonly contiguous: number;
}

/** Everything about a granule that the translation system's code needs. */
export interface GranuleLevels {
  readonly granule: AnyGranule;
  /** Bits that one level resolves: log2 of the entries of a table that fills a granule. */
  readonly stride: number;
  /** The rows, lowest level first; the last is level 3. */
  readonly rows: readonly LevelRow[];
  /** TCR_EL1.TG0 and VTCR_EL2.TG0. */
  readonly tg0: number;
  /** TCR_EL1.TG1: another encoding than TG0's. */
  readonly tg1: number;
  /** Initial lookup level of stage 2 by VTCR_EL2.SL0; undefined where S2InvalidSL() holds for every PA size. */
  readonly startLevelBySl0: readonly (Level | undefined)[];
  /** The least PA size in bits for which stage 2 may start at a level (S2InvalidSL); absent levels need none. */
  readonly leastPaBits: Readonly<Partial<Record<Level, number>>>;
}

/** Largest input and output address size, in bits. */
export const MAX_ADDRESS_BITS = 48;
/** Largest T0SZ/T1SZ without FEAT_TTST: the smallest input address has 25 bits. */
export const MAX_TXSZ = 39;
/** Smallest T0SZ/T1SZ. */
export const MIN_TXSZ = 16;
/** Stage 2 may concatenate 2^4 tables at its initial level. */
export const MAX_CONCATENATED_LOG2 = 4;
/** log2 of the bytes of a descriptor. */
export const DESCRIPTOR_SHIFT = 3;
/** Bytes of a descriptor. */
export const DESCRIPTOR_SIZE = 8;

type RowSpec = readonly [level: Level, shift: number, indexBits: number, leaf: "leaf" | "table", contiguous: number];
const rows = (...specs: readonly RowSpec[]): readonly LevelRow[] =>
  specs.map(([level, shift, indexBits, kind, contiguous]) => Object.freeze({ level, shift, indexBits, leaf: kind === "leaf", contiguous }));

const LEVELS_4K: GranuleLevels = /* @__PURE__ */ Object.freeze({
  granule: GRANULE_4K, stride: 9, tg0: 0, tg1: 2,
  rows: rows([0, 39, 9, "table", 1], [1, 30, 9, "leaf", 16], [2, 21, 9, "leaf", 16], [3, 12, 9, "leaf", 16]),
  startLevelBySl0: [2, 1, 0, undefined] as const, leastPaBits: { 0: 44 },
});
const LEVELS_16K: GranuleLevels = /* @__PURE__ */ Object.freeze({
  granule: GRANULE_16K, stride: 11, tg0: 2, tg1: 1,
  rows: rows([0, 47, 1, "table", 1], [1, 36, 11, "table", 1], [2, 25, 11, "leaf", 32], [3, 14, 11, "leaf", 128]),
  startLevelBySl0: [3, 2, 1, undefined] as const, leastPaBits: { 1: 42 },
});
const LEVELS_64K: GranuleLevels = /* @__PURE__ */ Object.freeze({
  granule: GRANULE_64K, stride: 13, tg0: 1, tg1: 3,
  rows: rows([1, 42, 6, "table", 1], [2, 29, 13, "leaf", 32], [3, 16, 13, "leaf", 32]),
  startLevelBySl0: [3, 2, 1, undefined] as const, leastPaBits: { 1: 44 },
});

/** The levels of each granule, by its name. */
export const LEVELS: Readonly<Record<GranuleName, GranuleLevels>> = /* @__PURE__ */ Object.freeze({ "4k": LEVELS_4K, "16k": LEVELS_16K, "64k": LEVELS_64K });

/** The levels of a granule. */
export const levelsOf = (granule: AnyGranule): GranuleLevels => LEVELS[granule.name];

/** The row of one level; undefined where the granule has no such level. */
export const levelRow = (levels: GranuleLevels, level: number): LevelRow | undefined => levels.rows.find((row) => row.level === level);

/** Sizes in bytes that one leaf of this granule can have, smallest (the granule) first; contiguous runs are not leaves. */
export const leafSizes = (granule: AnyGranule): readonly number[] =>
  levelsOf(granule).rows.filter((row) => row.leaf).map((row) => 2 ** row.shift).reverse();

/** How a translation of `inputBits` begins. */
export interface Geometry {
  readonly levels: GranuleLevels;
  readonly inputBits: number;
  /** Initial lookup level. */
  readonly startLevel: Level;
  /** Concatenated tables at the initial level; 1 at stage 1. */
  readonly tables: number;
  /** Index bits at the initial level, concatenation included. */
  readonly startIndexBits: number;
  /** VTCR_EL2.SL0 for this start; 0 at stage 1, which has no such field. */
  readonly sl0: number;
}

const noGeometry = (why: string): Result<Geometry, "EINVAL"> => fail("EINVAL", why);

function inputBitsRule(inputBits: number): string | undefined {
  const least = 64 - MAX_TXSZ;
  const most = 64 - MIN_TXSZ;
  return Number.isInteger(inputBits) && inputBits >= least && inputBits <= most
    ? undefined
    : `input size ${inputBits} bits is not in [${least}, ${most}] (TxSZ in [${MIN_TXSZ}, ${MAX_TXSZ}])`;
}

/** Stage 1's initial level for an input size in bits. EINVAL outside 25..48 bits. Source: D8.2, "Initial lookup level, stage 1". */
export function stage1Geometry(granule: AnyGranule, inputBits: number): Result<Geometry, "EINVAL"> {
  const rule = inputBitsRule(inputBits);
  if (rule !== undefined) return noGeometry(rule);
  const levels = levelsOf(granule);
  const row = levels.rows.find((r) => r.shift < inputBits);
  if (row === undefined) return noGeometry(`no level of granule ${granule.name} resolves ${inputBits} bits`);
  return ok({ levels, inputBits, startLevel: row.level, tables: 1, startIndexBits: inputBits - row.shift, sl0: 0 });
}

/**
 * Why stage 2 may not start at `level`: the architecture's S2InvalidSL() and S2InconsistentSL(), and an input size
 * above the PA size. Undefined when it may.
 */
export function stage2StartFault(granule: AnyGranule, level: Level, inputBits: number, paBits: number): string | undefined {
  const levels = levelsOf(granule);
  const row = levelRow(levels, level);
  const least = levels.leastPaBits[level] ?? 0;
  if (row === undefined || !levels.startLevelBySl0.includes(level)) return `stage 2 of granule ${granule.name} never starts at level ${level}`;
  if (paBits < least) return `stage 2 of granule ${granule.name} starts at level ${level} only with ${least} PA bits or more, not ${paBits}`;
  if (inputBits > paBits) return `input size ${inputBits} bits is above the PA size of ${paBits} bits`;
  const most = row.shift + levels.stride + MAX_CONCATENATED_LOG2;
  return inputBits > row.shift && inputBits <= most
    ? undefined
    : `input size ${inputBits} bits does not start at level ${level} of granule ${granule.name}: it resolves ${row.shift + 1} to ${most} bits`;
}

/**
 * Stage 2's initial level for an input size: the highest-numbered (fewest lookups) that the architecture allows, its
 * tables concatenated where it needs that. EINVAL when `ipaBits` is above `paBits` or outside 25..48.
 */
export function stage2Geometry(granule: AnyGranule, ipaBits: number, paBits: number): Result<Geometry, "EINVAL"> {
  const rule = inputBitsRule(ipaBits);
  if (rule !== undefined) return noGeometry(rule);
  const levels = levelsOf(granule);
  for (const row of levels.rows.toReversed()) {
    if (stage2StartFault(granule, row.level, ipaBits, paBits) !== undefined) continue;
    const startIndexBits = ipaBits - row.shift;
    const tables = 2 ** Math.max(0, startIndexBits - levels.stride);
    return ok({ levels, inputBits: ipaBits, startLevel: row.level, tables, startIndexBits, sl0: levels.startLevelBySl0.indexOf(row.level) });
  }
  return noGeometry(`stage 2 of granule ${granule.name} has no initial level for ${ipaBits} IPA bits with ${paBits} PA bits`);
}
