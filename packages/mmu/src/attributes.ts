/**
 * Memory attributes of both stages together, and PAR_EL1 as an AT instruction would set it.
 * Source: Arm ARM DDI 0487, D8.6 "Memory region attributes": "Combining stage 1 and stage 2 memory type attributes",
 * "Combining ... cacheability", "Combining ... shareability"; "PAR_EL1, Physical Address Register".
 * HCR_EL2.FWB does not exist in Armv8.0. Hints of stage 1 stay; stage 2 has none.
 */
import { faultStatus, PAR_EL1, PAR_EL1_FAULT, SH } from "@granule/arm";
import { ModelBug, toNumber, XEN_PAGE } from "@granule/units";
import type { Translation } from "./contract.ts";
import { LEVEL_OFF } from "./walk.ts";

/** Cacheability of a MAIR nibble, ordered so that the smaller wins: Non-cacheable, Write-Through, Write-Back. */
const cacheability = (nibble: number): 1 | 2 | 3 => (nibble === 4 ? 1 : (nibble & 4) === 0 ? 2 : 3);
const NON_CACHEABLE = 4;
/** Bits of a MAIR nibble: Write-Back and not Write-Through; non-transient. */
const WRITE_BACK_BIT = 4;

/** Combines one nibble (inner or outer) with a stage 2 cacheability of 1..3 (MemAttr's encoding). */
function combineNibble(nibble: number, stage2: number): number {
  const result = Math.min(cacheability(nibble), stage2);
  if (result === 1) return NON_CACHEABLE;
  // Write-Through by stage 2 keeps stage 1's hints and transience: 11RW becomes 10RW, 01RW becomes 00RW
  return result === 2 ? nibble & ~WRITE_BACK_BIT : nibble;
}

/** The MAIR byte of both stages' combination. Device is 0000dd00, and the stricter type wins. */
export function combineAttributes(stage1: number, memAttr: number): number {
  const device1 = stage1 >>> 4 === 0;
  const device2 = memAttr >>> 2 === 0;
  if (device1 && device2) return Math.min(stage1, (memAttr & 3) << 2);
  if (device1) return stage1;
  if (device2) return (memAttr & 3) << 2;
  return (combineNibble(stage1 >>> 4, memAttr >>> 2) << 4) | combineNibble(stage1 & 15, memAttr & 3);
}

/** The shareability of both stages' combination; `attributes` is the combined MAIR byte. */
export function combineShareability(attributes: number, shareability1: number, shareability2: number): number {
  const nonCacheable = attributes === ((NON_CACHEABLE << 4) | NON_CACHEABLE);
  if (attributes >>> 4 === 0 || nonCacheable || shareability1 === SH.OUTER || shareability2 === SH.OUTER) return SH.OUTER;
  return shareability1 === SH.INNER || shareability2 === SH.INNER ? SH.INNER : SH.NON;
}

/**
 * PAR_EL1 after a walk; RES1 bits are 0, NS is 0. `ok`: what the walk returned; `bothStages`: whether it was `walk`
 * (AT S12E1R ...) or `walkStage1` (AT S1E1R ...).
 */
export function parOf(ok: boolean, t: Translation, bothStages: boolean): bigint {
  if (!ok) {
    if (t.fault === "none") throw new ModelBug("a failed walk without a fault");
    return PAR_EL1_FAULT.encode({ F: 1, FST: faultStatus(t.fault, t.level), PTW: t.s1ptw ? 1 : 0, S: t.stage === 2 ? 1 : 0 });
  }
  const combined = bothStages && t.level2 !== LEVEL_OFF;
  const ATTR = combined ? combineAttributes(t.attributes, t.memAttr2) : t.attributes;
  const SH_ = combineShareability(ATTR, t.shareability1, combined ? t.shareability2 : SH.NON);
  // PA holds bits 47:12: 4096-byte units, whatever the granule
  return PAR_EL1.encode({ PA: toNumber(XEN_PAGE.frameOf(bothStages ? t.pa : t.ipa)), ATTR, SH: SH_ });
}
