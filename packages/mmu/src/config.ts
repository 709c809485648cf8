/**
 * Registers of the translation regimes decoded to numbers, once per register write, so that a walk does no bigint.
 * Source: Arm ARM DDI 0487, D8.2 "Translation process" and J1.1 "Pseudocode for AArch64 operation": S1TTBaseAddress(),
 * S2TTBaseAddress(), S2InvalidSL(), S2InconsistentSL().
 * Where the architecture leaves a choice this model chooses: an input size out of range is a translation fault at
 * level 0; a reserved or absent granule is the smallest that the CPU has at that stage; HCR_EL2.PTW counts as 0.
 */
import {
  addressSizeBits, type CpuModel, DESCRIPTOR_SHIFT, type GranuleLevels, HCR_EL2, levelRow, levelsOf, MAX_ADDRESS_BITS, MAX_TXSZ, MIN_TXSZ,
  SCTLR_EL1, stage2StartFault, TCR_EL1, TTBR0_EL1, VTCR_EL2, VTTBR_EL2,
} from "@granule/arm";
import { type AnyGranule, ModelBug } from "@granule/units";
import type { Stage1, Stage1Half, Stage2 } from "./contract.ts";

/** The registers that stage 1 of the EL1&0 regime depends on, as 64-bit values. */
export interface Stage1Registers {
  readonly sctlr: bigint;
  readonly tcr: bigint;
  readonly ttbr0: bigint;
  readonly ttbr1: bigint;
  readonly mair: bigint;
  /** HCR_EL2: only DC matters to stage 1. */
  readonly hcr: bigint;
}

/** The registers that stage 2 depends on, as 64-bit values. */
export interface Stage2Registers {
  readonly hcr: bigint;
  readonly vtcr: bigint;
  readonly vttbr: bigint;
}

/** The granule that an encoding selects on a CPU that has `available`; a reserved or absent one is the smallest available. */
function selectGranule(available: readonly AnyGranule[], encodingOf: (levels: GranuleLevels) => number, encoding: number): GranuleLevels {
  const chosen = available.find((g) => encodingOf(levelsOf(g)) === encoding) ?? available[0];
  if (chosen === undefined) throw new ModelBug("a CPU without a translation granule");
  return levelsOf(chosen);
}

function firstLeafLevel(levels: GranuleLevels): number {
  const row = levels.rows.find((r) => r.leaf);
  if (row === undefined) throw new ModelBug(`granule ${levels.granule.name} has no leaf level`);
  return row.level;
}

const low32 = (x: bigint): number => Number(BigInt.asUintN(32, x));
/** BADDR holds bits 47:1; `base` is aligned to the initial table's size, bits below are RES0 and ignored. */
const alignedBase = (baddr: number, tableLog2: number): number => {
  const address = baddr * 2;
  return address - (address % 2 ** tableLog2);
};

interface HalfFields {
  readonly levels: GranuleLevels;
  readonly txsz: number;
  readonly disabled: boolean;
  readonly topByteIgnored: boolean;
  readonly ttbr: bigint;
}

function decodeHalf(f: HalfFields, outputBits: number): Stage1Half {
  const inRange = f.txsz >= MIN_TXSZ && f.txsz <= MAX_TXSZ;
  const inputBits = inRange ? 64 - f.txsz : 0;
  const start = f.levels.rows.find((r) => r.shift < inputBits) ?? f.levels.rows.at(-1);
  if (start === undefined) throw new ModelBug(`granule ${f.levels.granule.name} has no levels`);
  const { BADDR, ASID } = TTBR0_EL1.decode(f.ttbr);
  const base = alignedBase(BADDR, Math.max(0, inputBits - start.shift) + DESCRIPTOR_SHIFT);
  return Object.freeze({
    disabled: f.disabled, topByteIgnored: f.topByteIgnored, inputBits, base, baseTooLarge: base >= 2 ** outputBits,
    startLevel: start.level, startShift: start.shift, stride: f.levels.stride, firstLeafLevel: firstLeafLevel(f.levels),
    granule: f.levels.granule, asid: ASID,
  });
}

/** Decodes stage 1 of the EL1&0 regime. Any values are accepted: a guest writes them. */
export function decodeStage1(cpu: CpuModel, registers: Stage1Registers): Stage1 {
  const tcr = TCR_EL1.decode(registers.tcr);
  const sctlr = SCTLR_EL1.decode(registers.sctlr);
  const hcr = HCR_EL2.decode(registers.hcr);
  const outputBits = Math.min(addressSizeBits(tcr.IPS), cpu.paBits, MAX_ADDRESS_BITS);
  const lower = decodeHalf({
    levels: selectGranule(cpu.stage1, (l) => l.tg0, tcr.TG0), txsz: tcr.T0SZ, disabled: tcr.EPD0 === 1,
    topByteIgnored: tcr.TBI0 === 1, ttbr: registers.ttbr0,
  }, outputBits);
  const upper = decodeHalf({
    levels: selectGranule(cpu.stage1, (l) => l.tg1, tcr.TG1), txsz: tcr.T1SZ, disabled: tcr.EPD1 === 1,
    topByteIgnored: tcr.TBI1 === 1, ttbr: registers.ttbr1,
  }, outputBits);
  const asid = tcr.A1 === 1 ? upper.asid : lower.asid;
  return Object.freeze({
    enabled: sctlr.M === 1 && hcr.DC === 0, defaultCacheable: hcr.DC === 1, writeImpliesExecuteNever: sctlr.WXN === 1,
    outputBits, paBits: cpu.paBits, lower, upper, mairLo: low32(registers.mair), mairHi: low32(registers.mair >> 32n),
    // with AS = 0 the ASID has eight bits
    asid: tcr.AS === 1 ? asid : asid % 256,
  });
}

/** Decodes stage 2. Any values are accepted; contradictions make `invalid`, as the architecture's checks do at each walk. */
export function decodeStage2(cpu: CpuModel, registers: Stage2Registers): Stage2 {
  const vtcr = VTCR_EL2.decode(registers.vtcr);
  const hcr = HCR_EL2.decode(registers.hcr);
  const { BADDR, VMID } = VTTBR_EL2.decode(registers.vttbr);
  const outputBits = Math.min(addressSizeBits(vtcr.PS), cpu.paBits, MAX_ADDRESS_BITS);
  const levels = selectGranule(cpu.stage2, (l) => l.tg0, vtcr.TG0);
  const startLevel = levels.startLevelBySl0[vtcr.SL0];
  const inputBits = 64 - vtcr.T0SZ;
  const invalid = vtcr.T0SZ < MIN_TXSZ || vtcr.T0SZ > MAX_TXSZ || startLevel === undefined ||
    stage2StartFault(levels.granule, startLevel, inputBits, cpu.paBits) !== undefined;
  const start = startLevel === undefined ? undefined : levelRow(levels, startLevel);
  const startShift = start?.shift ?? levels.granule.shift;
  const base = alignedBase(BADDR, Math.max(0, inputBits - startShift) + DESCRIPTOR_SHIFT);
  return Object.freeze({
    enabled: hcr.VM === 1 || hcr.DC === 1, invalid, inputBits, outputBits, base, baseTooLarge: base >= 2 ** outputBits,
    startLevel: startLevel ?? 3, startShift, stride: levels.stride, firstLeafLevel: firstLeafLevel(levels),
    granule: levels.granule, vmid: VMID,
  });
}
