/**
 * Stage 1 tables of the EL1&0 regime and the registers that point at them.
 * Source: Arm ARM DDI 0487, "TCR_EL1", "TTBR0_EL1", "SCTLR_EL1", "MAIR_EL1"; D8.2 "Translation process".
 * A guest's own tables lie in its IPA space; with stage 2 off that is machine memory.
 */
import { addressSizeEncoding, levelsOf, MAIR_ATTR, MAIR_EL1, MAX_ADDRESS_BITS, SCTLR_EL1, stage1Geometry, TCR_EL1, TTBR0_EL1 } from "@granule/arm";
import { type AnyGranule, fail, type Ipa, ok, type Result, toNumber } from "@granule/units";
import type { Stage1Attributes, TableOwner, TableTree } from "./contract.ts";
import { createTree, type TreeOptions } from "./tree.ts";
import { STAGE1_ATTRIBUTES } from "./words.ts";

export interface Stage1Config extends TableOwner<"ipa">, TreeOptions {
  readonly granule: AnyGranule;
  /** Size of this half of the address space in bits: 64 - TnSZ. */
  readonly vaBits: number;
  /** "upper" is TTBR1's half, whose addresses are negative as numbers. */
  readonly half: "lower" | "upper";
  /** Size of outputs in bits, at most 48. */
  readonly outputBits: number;
}
export type Stage1Tree = TableTree<"va", "ipa", Stage1Attributes>;

/** An empty stage 1 half. EINVAL: no such input or output size. ENOMEM: no initial table. */
export function createStage1(config: Stage1Config): Result<Stage1Tree, "EINVAL" | "ENOMEM"> {
  const geometry = stage1Geometry(config.granule, config.vaBits);
  if (!geometry.ok) return geometry;
  if (config.outputBits > MAX_ADDRESS_BITS) return fail("EINVAL", `output size ${config.outputBits} bits is above ${MAX_ADDRESS_BITS}`);
  return createTree<"va", "ipa", Stage1Attributes>(config, {
    geometry: geometry.value, origin: config.half === "upper" ? -(2 ** config.vaBits) : 0, outputBits: config.outputBits, codec: STAGE1_ATTRIBUTES,
    blocks: config.blocks ?? true, contiguous: config.contiguous ?? true,
  });
}

/** AttrIndx values of {@link STANDARD_MAIR}. */
export const ATTR_NORMAL = 0;
export const ATTR_DEVICE = 1;
export const ATTR_NORMAL_NC = 2;
/** MAIR_EL1 with Normal write-back, Device-nGnRE and Normal Non-cacheable. */
export const STANDARD_MAIR: bigint = /* @__PURE__ */ MAIR_EL1.encode({ Attr0: MAIR_ATTR.NORMAL_WB, Attr1: MAIR_ATTR.DEVICE_nGnRE, Attr2: MAIR_ATTR.NORMAL_NC });

/** One half's part of TCR_EL1 and its TTBR. */
export interface HalfSetting {
  readonly granule: AnyGranule;
  readonly vaBits: number;
  readonly root: Ipa;
  readonly asid?: number;
}
export interface Stage1Setting {
  /** TTBR0's half; absent: EPD0 is set. */
  readonly lower?: HalfSetting;
  /** TTBR1's half; absent: EPD1 is set. */
  readonly upper?: HalfSetting;
  /** Output size in bits: 32, 36, 40, 42, 44 or 48. */
  readonly outputBits: number;
  readonly mair?: bigint;
  readonly writeImpliesExecuteNever?: boolean;
}
/** Register values of a stage 1 that is on. */
export interface Stage1RegisterValues {
  readonly sctlr: bigint;
  readonly tcr: bigint;
  readonly ttbr0: bigint;
  readonly ttbr1: bigint;
  readonly mair: bigint;
}

/** The input size that an absent half gets, in bits; EPDn makes it meaningless. */
const UNUSED_BITS = 48;

/** SCTLR_EL1, TCR_EL1, TTBRn_EL1 and MAIR_EL1 for one or two halves, stage 1 and caches on. EINVAL: a size that the architecture lacks. */
export function stage1Registers(setting: Stage1Setting): Result<Stage1RegisterValues, "EINVAL"> {
  const ips = addressSizeEncoding(setting.outputBits);
  if (ips === undefined) return fail("EINVAL", `no TCR_EL1.IPS for ${setting.outputBits} bits`);
  for (const half of [setting.lower, setting.upper]) {
    const geometry = half === undefined ? undefined : stage1Geometry(half.granule, half.vaBits);
    if (geometry !== undefined && !geometry.ok) return geometry;
  }
  const { lower, upper } = setting;
  // an absent half names the other's granule: every CPU that runs the one decodes it
  const granule = (half: HalfSetting | undefined, other: HalfSetting | undefined) => half?.granule ?? other?.granule;
  const g0 = granule(lower, upper);
  const g1 = granule(upper, lower);
  if (g0 === undefined || g1 === undefined) return fail("EINVAL", "stage 1 needs at least one half");
  const tcr = TCR_EL1.encode({
    T0SZ: 64 - (lower?.vaBits ?? UNUSED_BITS), EPD0: lower === undefined ? 1 : 0, IRGN0: 1, ORGN0: 1, SH0: 3, TG0: levelsOf(g0).tg0,
    T1SZ: 64 - (upper?.vaBits ?? UNUSED_BITS), EPD1: upper === undefined ? 1 : 0, IRGN1: 1, ORGN1: 1, SH1: 3, TG1: levelsOf(g1).tg1,
    IPS: ips, AS: 1,
  });
  const ttbr = (half: HalfSetting | undefined): bigint =>
    half === undefined ? 0n : TTBR0_EL1.encode({ BADDR: toNumber(half.root) / 2, ASID: half.asid ?? 0 });
  return ok({
    sctlr: SCTLR_EL1.encode({ M: 1, C: 1, I: 1, WXN: setting.writeImpliesExecuteNever === true ? 1 : 0 }),
    tcr, ttbr0: ttbr(lower), ttbr1: ttbr(upper), mair: setting.mair ?? STANDARD_MAIR,
  });
}
