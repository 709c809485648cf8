/**
 * Seeded scenarios of translation: register values, sparse tables and queries. The same seed gives the same scenario
 * for ever, because recordings of a real walker are replayed against it.
 * They cover both stages on and off, every input size, start level and concatenation, blocks at every level (also where
 * they are illegal), contiguous runs, permissions, access flags, bad addresses and missing memory.
 */
import {
  addressSizeEncoding, type CpuModel, HCR_EL2, levelsOf, SCTLR_EL1, TCR_EL1, VTCR_EL2, VTTBR_EL2, TTBR0_EL1, stage1Geometry,
} from "@granule/arm";
import { type AnyGranule, gib, mib } from "@granule/units";
import type { NaiveRegisters } from "./naive.ts";
import { seeded, type Random } from "./random.ts";
import { type Shape, TableForest } from "./scenario-tables.ts";

/** An address translation instruction: what `AT S12E1R` etc. ask. */
export interface AtQuery {
  readonly va: bigint;
  readonly write: boolean;
  readonly el0: boolean;
  /** False for `AT S1E..`: stage 1's own answer. */
  readonly bothStages: boolean;
}
export interface Scenario {
  readonly registers: NaiveRegisters;
  /** Descriptors by machine address; all other memory of the window reads 0. */
  readonly descriptors: ReadonlyMap<number, bigint>;
  readonly queries: readonly AtQuery[];
}

export const SCENARIO_WINDOW = { start: gib(1) + mib(4), size: mib(12) } as const;

/** Machine addresses without memory, as is everything from 4 GiB up. */
const SCENARIO_HOLE = { start: gib(2), size: gib(1) } as const;

/** MAIR_EL1 bytes that scenarios choose from: Device types, Non-cacheable, Write-Through and Write-Back with and without hints. */
const MAIR_BYTES = [0x00, 0x04, 0x08, 0x0c, 0x44, 0x4f, 0xf4, 0xbb, 0xff, 0xee, 0xaa, 0xbf] as const;

interface Stage1Choice {
  readonly granule: AnyGranule;
  readonly inputBits: number;
  readonly txsz: number;
  readonly base: bigint;
  readonly shape: Shape | undefined;
}

const big = (n: number): bigint => BigInt(n);

function chooseStage2(random: Random, cpu: CpuModel, forest: TableForest): { vtcr: bigint; vttbr: bigint; shape: Shape | undefined } {
  const granule = random.pick(cpu.stage2);
  const levels = levelsOf(granule);
  const sl0 = random.chance(0.04) ? random.below(4) : random.pick(levels.startLevelBySl0.flatMap((level, i) => (level === undefined || cpu.paBits < (levels.leastPaBits[level] ?? 0) ? [] : [i])));
  const row = levels.rows.find((r) => r.level === levels.startLevelBySl0[sl0]);
  const startShift = row?.shift ?? granule.shift;
  // mostly an input size that this start level resolves
  const least = Math.max(25, startShift + 1);
  const most = Math.min(cpu.paBits, startShift + levels.stride + 4);
  const ipaBits = random.chance(0.05) || least > most ? 64 - random.below(64) : least + random.below(most - least + 1);
  const startIndexBits = Math.max(1, ipaBits - startShift);
  const usable = row !== undefined && ipaBits >= least && ipaBits <= most;
  const shape: Shape | undefined = usable ? forest.root({ levels, inputBits: ipaBits, startLevel: row.level, startIndexBits, outputBits: cpu.paBits, stage: 2 }) : undefined;
  const base = random.chance(0.02) ? badBase(random) : shape?.root ?? SCENARIO_WINDOW.start;
  const ps = random.chance(0.1) ? random.below(8) : addressSizeEncoding(cpu.paBits) ?? 5;
  const tg0 = random.chance(0.03) ? random.below(4) : levels.tg0;
  return {
    shape, vtcr: VTCR_EL2.encode({ T0SZ: (64 - ipaBits) & 63, SL0: sl0, TG0: tg0, PS: ps, RES1: 1 }),
    vttbr: VTTBR_EL2.encode({ BADDR: (base + lowNoise(random, startIndexBits)) / 2, VMID: 1 + random.below(255) }),
  };
}

/** A table base without memory, and often above the output size. */
const badBase = (random: Random): number => gib(4) + random.below(2 ** 19) * 2 ** 28;

/** Sometimes bits below the table's alignment, which the walk ignores. Even, in bytes. */
const lowNoise = (random: Random, startIndexBits: number): number => (random.chance(0.2) ? random.below(2 ** (startIndexBits + 2)) * 2 : 0);

function chooseHalf(random: Random, cpu: CpuModel, forest: TableForest, outputBits: number): Stage1Choice {
  const granule = random.pick(cpu.stage1);
  const txsz = random.chance(0.04) ? random.below(64) : 16 + random.below(24);
  const inputBits = 64 - txsz;
  const geometry = stage1Geometry(granule, inputBits);
  if (!geometry.ok) return { granule, inputBits, txsz, base: big(SCENARIO_WINDOW.start), shape: undefined };
  const { levels, startLevel, startIndexBits } = geometry.value;
  const shape = forest.root({ levels, inputBits, startLevel, startIndexBits, outputBits, stage: 1 });
  const base = random.chance(0.02) ? badBase(random) : forest.addressOf(shape) + lowNoise(random, startIndexBits);
  return { granule, inputBits, txsz, base: big(base), shape };
}

/** One scenario for a CPU: about `count` queries. */
export function generateScenario(seed: number, cpu: CpuModel, count = 64): Scenario {
  const random = seeded(seed);
  const forest = new TableForest(random, SCENARIO_WINDOW, SCENARIO_HOLE);
  const stage2On = random.chance(0.75);
  const dc = random.chance(0.05);
  const stage1On = random.chance(0.9) && !dc;
  const stage2 = chooseStage2(random, cpu, forest);
  if (stage2On || dc) forest.stage2 = stage2.shape;
  const outputBits = stage2On ? stage2.shape?.inputBits ?? cpu.paBits : cpu.paBits;
  const lower = chooseHalf(random, cpu, forest, outputBits);
  const upper = chooseHalf(random, cpu, forest, outputBits);
  const ips = random.chance(0.1) ? random.below(8) : addressSizeEncoding(cpu.paBits) ?? 5;
  const tbi = [random.below(2), random.below(2)] as const;
  const tcr = TCR_EL1.encode({
    T0SZ: lower.txsz, T1SZ: upper.txsz, IPS: ips, TBI0: tbi[0], TBI1: tbi[1], AS: random.below(2), A1: random.below(2),
    EPD0: random.chance(0.04) ? 1 : 0, EPD1: random.chance(0.04) ? 1 : 0,
    TG0: random.chance(0.02) ? 3 : levelsOf(lower.granule).tg0, TG1: random.chance(0.02) ? 0 : levelsOf(upper.granule).tg1,
  });
  let mair = 0n;
  for (let i = 0; i < 8; i++) mair |= big(random.pick(MAIR_BYTES)) << big(8 * i);
  const asid = (): bigint => TTBR0_EL1.encode({ ASID: random.below(256) });
  const registers: NaiveRegisters = {
    tcr, mair, ttbr0: asid() | lower.base, ttbr1: asid() | upper.base, vtcr: stage2.vtcr, vttbr: stage2.vttbr,
    sctlr: SCTLR_EL1.encode({ M: stage1On ? 1 : 0, C: 1, I: 1, WXN: random.chance(0.2) ? 1 : 0 }),
    hcr: HCR_EL2.encode({ VM: stage2On ? 1 : 0, DC: dc ? 1 : 0, RW: 1 }),
  };
  const queries: AtQuery[] = [];
  const ask = (va: bigint): void => {
    queries.push({ va: BigInt.asUintN(64, va), write: random.chance(0.4), el0: random.chance(0.4), bothStages: random.chance(0.8) });
  };
  while (queries.length < count) {
    if (!stage1On) {
      const at = forest.placeOutput(outputBits);
      ask(big(at) | (random.chance(0.1) ? big(random.below(256)) << 56n : 0n) | (random.chance(0.05) ? 1n << big(36 + random.below(28)) : 0n));
      continue;
    }
    const isUpper = random.chance(0.4);
    const half = isUpper ? upper : lower;
    if (half.shape === undefined || random.chance(0.02)) {
      ask((big(random.below(2 ** 32)) << 32n) | big(random.below(2 ** 32)));
      continue;
    }
    const input = forest.randomInput(half.shape);
    forest.place(half.shape, input);
    let va = isUpper ? big(input) - (1n << big(half.inputBits)) : big(input);
    // a tag, which TBI ignores and otherwise faults; a bit beyond the input size
    if (random.chance(tbi[isUpper ? 1 : 0] === 1 ? 0.3 : 0.03)) va ^= big(random.below(256)) << 56n;
    if (random.chance(0.03)) va ^= 1n << big(half.inputBits + random.below(56 - half.inputBits));
    ask(va);
    if (random.chance(0.5)) ask(va);
  }
  return { registers, descriptors: forest.descriptors, queries };
}
