/**
 * Stage 1 as its registers say, decoded to what a walk needs. Source: Arm ARM DDI 0487, D8.2 "Translation process",
 * J1.1 S1TTBaseAddress(). Choices as in @granule/mmu's config: an input size out of range is a translation fault at level
 * 0; a reserved or absent granule is the smallest that the CPU has. Stage 2 is decoded by the host.
 */
import { R_MAIR_EL1, R_SCTLR_EL1, R_TCR_EL1, R_TTBR0_EL1, R_TTBR1_EL1 } from "./generated/layout";
import { E_GRANULES, E_OPTIONS, E_PA_BITS, E_STAGE1, OPTION_DEFAULT_CACHEABLE, SCTLR_M, SCTLR_WXN } from "./state";

/** Offsets in the part at E_STAGE1. */
export const S1_ENABLED: usize = E_STAGE1 + 0;
export const S1_WXN: usize = E_STAGE1 + 4;
export const S1_OUTPUT_BITS: usize = E_STAGE1 + 8;
export const S1_ASID: usize = E_STAGE1 + 12;
export const S1_HALVES: usize = E_STAGE1 + 16;
/** Offsets in a half; the lower one comes first. */
export const HALF_SIZE: usize = 48;
export const H_BASE: usize = 0;
export const H_INPUT_BITS: usize = 8;
export const H_DISABLED: usize = 12;
export const H_TBI: usize = 16;
export const H_START_LEVEL: usize = 20;
export const H_START_SHIFT: usize = 24;
export const H_STRIDE: usize = 28;
export const H_FIRST_LEAF: usize = 32;
export const H_BASE_TOO_LARGE: usize = 36;

/** Offsets in the part at E_STAGE2, written by the host: u64 base, then u32 each. */
export const S2_BASE: usize = 0;
export const S2_ENABLED: usize = 8;
export const S2_INVALID: usize = 12;
export const S2_INPUT_BITS: usize = 16;
export const S2_OUTPUT_BITS: usize = 20;
export const S2_START_LEVEL: usize = 24;
export const S2_START_SHIFT: usize = 28;
export const S2_STRIDE: usize = 32;
export const S2_FIRST_LEAF: usize = 36;
export const S2_BASE_TOO_LARGE: usize = 40;

const TxSZ_MIN: u32 = 16;
const TxSZ_MAX: u32 = 39;
const HAS_4K: u32 = 1;
const HAS_16K: u32 = 2;
const HAS_64K: u32 = 4;

/** Bits by PARange, IPS and PS; larger and reserved values count as 48. */
function addressBits(encoded: u32): u32 {
  switch (encoded) {
    case 0: return 32;
    case 1: return 36;
    case 2: return 40;
    case 3: return 42;
    case 4: return 44;
    default: return 48;
  }
}

/** log2 of the granule that a TG field asks for; `tg1`: in the encoding of TG1. */
function granuleShift(encoded: u32, tg1: bool, granules: u32): u32 {
  const wants: u32 = tg1 ? (encoded == 1 ? HAS_16K : encoded == 2 ? HAS_4K : encoded == 3 ? HAS_64K : 0) : (encoded == 0 ? HAS_4K : encoded == 1 ? HAS_64K : encoded == 2 ? HAS_16K : 0);
  const chosen: u32 = (wants & granules) != 0 ? wants : granules & (~granules + 1);
  return chosen == HAS_4K ? 12 : chosen == HAS_16K ? 14 : 16;
}

function configureHalf(regs: usize, upper: bool, outputBits: u32): void {
  const half = regs + S1_HALVES + (upper ? HALF_SIZE : 0);
  const tcr = load<u64>(regs, R_TCR_EL1);
  const ttbr = upper ? load<u64>(regs, R_TTBR1_EL1) : load<u64>(regs, R_TTBR0_EL1);
  const fields = <u32>(upper ? tcr >> 16 : tcr);
  const shift = granuleShift((upper ? <u32>(tcr >> 30) : <u32>(tcr >> 14)) & 3, upper, load<u32>(regs, E_GRANULES));
  const txsz = fields & 63;
  const inputBits: u32 = txsz >= TxSZ_MIN && txsz <= TxSZ_MAX ? 64 - txsz : 0;
  const stride = shift - 3;
  // the lowest level whose entries are smaller than the input; with no input bits, the last
  let level: u32 = 3;
  let levelShift = shift;
  const lowest: u32 = shift == 16 ? 1 : 0;
  while (inputBits != 0 && level > lowest && levelShift + stride < inputBits) {
    level--;
    levelShift += stride;
  }
  const tableLog2 = (inputBits > levelShift ? inputBits - levelShift : 0) + 3;
  const base = ((ttbr & 0xfffffffffffe) >> tableLog2) << tableLog2;
  store<u64>(half, base, H_BASE);
  store<u32>(half, inputBits, H_INPUT_BITS);
  store<u32>(half, (fields >>> 7) & 1, H_DISABLED);
  store<u32>(half, <u32>(tcr >> (upper ? 38 : 37)) & 1, H_TBI);
  store<u32>(half, level, H_START_LEVEL);
  store<u32>(half, levelShift, H_START_SHIFT);
  store<u32>(half, stride, H_STRIDE);
  store<u32>(half, shift == 12 ? 1 : 2, H_FIRST_LEAF);
  store<u32>(half, <u32>(outputBits < 48 && (base >> outputBits) != 0), H_BASE_TOO_LARGE);
}

/** Decodes stage 1 of a vcpu anew. */
export function configureStage1(regs: usize): void {
  const sctlr = load<u64>(regs, R_SCTLR_EL1);
  const tcr = load<u64>(regs, R_TCR_EL1);
  const outputBits = min<u32>(addressBits(<u32>(tcr >> 32) & 7), load<u32>(regs, E_PA_BITS));
  store<u32>(regs, <u32>((sctlr & SCTLR_M) != 0 && (load<u32>(regs, E_OPTIONS) & OPTION_DEFAULT_CACHEABLE) == 0), S1_ENABLED);
  store<u32>(regs, <u32>((sctlr & SCTLR_WXN) != 0), S1_WXN);
  store<u32>(regs, outputBits, S1_OUTPUT_BITS);
  configureHalf(regs, false, outputBits);
  configureHalf(regs, true, outputBits);
  const asid = <u32>((((tcr >> 22) & 1) != 0 ? load<u64>(regs, R_TTBR1_EL1) : load<u64>(regs, R_TTBR0_EL1)) >> 48);
  // with AS = 0 the ASID has eight bits
  store<u32>(regs, ((tcr >> 36) & 1) != 0 ? asid : asid & 255, S1_ASID);
}

/** MAIR_EL1's attribute byte. */
export function memoryAttribute(regs: usize, index: u32): u32 {
  return <u32>(load<u64>(regs, R_MAIR_EL1) >> (8 * <u64>index)) & 255;
}
/** AArch64.BranchAddr() and the removal of a tag: with TBI the top byte is replaced by bit 55. */
export function canonical(regs: usize, va: u64): u64 {
  const upper = ((va >> 55) & 1) != 0;
  return load<u32>(regs + (upper ? HALF_SIZE : 0), S1_HALVES + H_TBI) != 0 ? <u64>((<i64>(va << 8)) >> 8) : va;
}
