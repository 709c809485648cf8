/**
 * The translation table walk of the EL1&0 regime: stage 1, stage 2 and both together, at every granule.
 * Source: Arm ARM DDI 0487, D8.2 "Translation process", D8.4 "Memory access control", D8.5 "Hardware updates" (absent:
 * the access flag is software's) and J1.1's AArch64.FullTranslate(), S1Walk(), S2Walk(), in its order of checks.
 * This is a hot path: addresses are numbers, the virtual address and descriptors two 32-bit words, and nothing is
 * allocated unless `onStep` listens. Every leaf covers less than 2^32 bytes (without LPA2), so a leaf mask is one word.
 */
import { DESCRIPTOR_SIZE, type TranslationFault } from "@granule/arm";
import { add, ipa as ipaOf, pa as paOf, toNumber } from "@granule/units";
import {
  type Access, ACCESS_READ, ALL_PERMISSIONS, EL0_EXECUTE, EL0_READ, EL0_WRITE, EL1_EXECUTE, EL1_READ, EL1_WRITE,
  type Stage1, type Translation, type TranslationContext,
} from "./contract.ts";
import { report } from "./explain.ts";

const WORD = 2 ** 32;
const PA_ZERO = paOf(0);
const IPA_ZERO = ipaOf(0);
/** `level1` and `level2` of a stage that is off. */
export const LEVEL_OFF = 4;
/** `shift1` and `shift2` of a stage that is off. */
const SHIFT_OFF = 48;
const PAGE_LEVEL = 3;
const NORMAL_WB_MAIR = 0xff;
const NORMAL_WB_MEMATTR = 15;
const OUTER_SHAREABLE = 2;

/** A record for walks to fill. */
export const createTranslation = (): Translation => ({
  pa: PA_ZERO, ipa: IPA_ZERO, permissions: 0, level1: 0, level2: 0, shift1: 0, shift2: 0, contiguous1: false, contiguous2: false,
  attributes: 0, shareability1: 0, memAttr2: 0, shareability2: 0, global: false,
  fault: "none", stage: 1, level: 0, s1ptw: false, faultIpa: IPA_ZERO,
});

function refuse(out: Translation, fault: TranslationFault, stage: 1 | 2, level: number): false {
  out.fault = fault;
  out.stage = stage;
  out.level = level;
  return false;
}

/** Bits `[.., shift]` of a 64-bit value in two words, as a 32-bit word; `shift` in 1..63. */
const bitsFrom = (hi: number, lo: number, shift: number): number =>
  shift < 32 ? (hi << (32 - shift)) | (lo >>> shift) : hi >>> (shift - 32);

/** Permission bits by AP[2:1]: read and write for EL1 and EL0. */
const AP_BITS: readonly number[] = [
  EL1_READ | EL1_WRITE, EL1_READ | EL1_WRITE | EL0_READ | EL0_WRITE, EL1_READ, EL1_READ | EL0_READ,
];

/**
 * What a stage 1 leaf allows. `hi`, `lo`: the leaf; `tableBits`: bits 63:59 of its table descriptors, ORed.
 * Source: D8.4.1 "Direct permissions", "Hierarchical permissions", "Effect of WXN".
 */
function stage1Permissions(stage1: Stage1, hi: number, lo: number, tableBits: number): number {
  const apTable = (tableBits >>> 2) & 3;
  const ap = (((lo >>> 6) & 3) | (apTable & 2)) & ~(apTable & 1);
  let bits = AP_BITS[ap] ?? 0;
  const wxn = stage1.writeImpliesExecuteNever;
  const pxn = ((hi >>> 21) | tableBits) & 1;
  const uxn = ((hi >>> 22) | (tableBits >>> 1)) & 1;
  // memory that EL0 can write is never executable at EL1
  if (pxn === 0 && (bits & EL0_WRITE) === 0 && !(wxn && (bits & EL1_WRITE) !== 0)) bits |= EL1_EXECUTE;
  if (uxn === 0 && !(wxn && (bits & EL0_WRITE) !== 0)) bits |= EL0_EXECUTE;
  return bits;
}

/**
 * Stage 2 alone: translates `ipa` to `out.pa`. With `s1ptw` it is the address of a stage 1 descriptor, checked as a
 * read whatever the access is. Fills `permissions`, `level2`, `shift2`, `contiguous2`, `memAttr2`, `shareability2`.
 */
export function walkStage2(context: TranslationContext, ipa: number, access: Access, el0: boolean, s1ptw: boolean, out: Translation): boolean {
  const { memory, stage2 } = context;
  const hi = (ipa / WORD) | 0;
  const lo = ipa >>> 0;
  out.s1ptw = s1ptw;
  out.faultIpa = add(IPA_ZERO, ipa);
  const { inputBits, stride } = stage2;
  const above = inputBits < 32 ? hi !== 0 || lo >>> inputBits !== 0 : hi >>> (inputBits - 32) !== 0;
  if (stage2.invalid || above) return refuse(out, "translation", 2, 0);
  if (stage2.baseTooLarge) return refuse(out, "addressSize", 2, 0);
  let table = stage2.base;
  let shift = stage2.startShift;
  let width = inputBits - shift;
  const tableMask = -1 << (stride + 3);
  const sizeShift = stage2.outputBits - 32;
  for (let level = stage2.startLevel; ; level++) {
    const index = bitsFrom(hi, lo, shift) & ((1 << width) - 1);
    const at = add(PA_ZERO, table + index * DESCRIPTOR_SIZE);
    if (!memory.contains(at)) {
      if (context.onStep !== undefined) report(context.onStep, 2, s1ptw, level, table, shift, width, index, undefined, "externalAbortOnWalk", undefined);
      return refuse(out, "externalAbortOnWalk", 2, level);
    }
    const dlo = memory.load32(at) | 0;
    const dhi = memory.load32(add(at, 4)) | 0;
    const isTable = (dlo & 3) === 3 && level < PAGE_LEVEL;
    const isLeaf = level === PAGE_LEVEL ? (dlo & 3) === 3 : (dlo & 3) === 1 && level >= stage2.firstLeafLevel;
    const dhiAddress = dhi & 0xffff;
    let fault: TranslationFault | undefined;
    if (!isTable && !isLeaf) fault = "translation";
    else if (dhiAddress >>> sizeShift !== 0) fault = "addressSize";
    else if (isLeaf) {
      out.permissions = ((dlo & 0x40) !== 0 ? EL1_READ | EL0_READ : 0) | ((dlo & 0x80) !== 0 ? EL1_WRITE | EL0_WRITE : 0) |
        ((dhi & 0x400000) === 0 ? EL1_EXECUTE | EL0_EXECUTE : 0);
      const wanted = s1ptw ? EL1_READ : 1 << (access + (el0 ? 3 : 0));
      if ((dlo & 0x400) === 0) fault = "accessFlag";
      else if ((out.permissions & wanted) === 0) fault = "permission";
    }
    if (fault !== undefined) {
      if (context.onStep !== undefined) report(context.onStep, 2, s1ptw, level, table, shift, width, index, [dhi, dlo], fault, undefined);
      return refuse(out, fault, 2, level);
    }
    if (isLeaf) {
      const mask = -1 << shift;
      const output = dhiAddress * WORD + (((dlo & mask) | (lo & ~mask)) >>> 0);
      out.pa = add(PA_ZERO, output);
      out.level2 = level;
      out.shift2 = shift;
      out.contiguous2 = (dhi & 0x100000) !== 0;
      out.memAttr2 = (dlo >>> 2) & 15;
      out.shareability2 = (dlo >>> 8) & 3;
      if (context.onStep !== undefined) report(context.onStep, 2, s1ptw, level, table, shift, width, index, [dhi, dlo], level === PAGE_LEVEL ? "page" : "block", output);
      return true;
    }
    const next = dhiAddress * WORD + ((dlo & tableMask) >>> 0);
    if (context.onStep !== undefined) report(context.onStep, 2, s1ptw, level, table, shift, width, index, [dhi, dlo], "table", next);
    table = next;
    shift -= stride;
    width = stride;
  }
}

/** Stage 1 off: the address is its own output. Source: J1.1, AArch64.S1DisabledOutput(). */
function flat(stage1: Stage1, top: number, vaLo: number, out: Translation): boolean {
  // `top` is sign-extended when the top byte is ignored; the check is of bits up to 55 then
  const upper = (top & 0x800000) !== 0 ? stage1.upper : stage1.lower;
  const hi = upper.topByteIgnored ? top & 0xffffff : top >>> 0;
  if (hi >= 2 ** (stage1.paBits - 32)) return refuse(out, "addressSize", 1, 0);
  out.ipa = add(IPA_ZERO, hi * WORD + (vaLo >>> 0));
  out.permissions = ALL_PERMISSIONS;
  out.level1 = LEVEL_OFF;
  out.shift1 = SHIFT_OFF;
  out.contiguous1 = false;
  out.attributes = stage1.defaultCacheable ? NORMAL_WB_MAIR : 0;
  out.shareability1 = stage1.defaultCacheable ? 0 : OUTER_SHAREABLE;
  out.global = true;
  return true;
}

/**
 * Stage 1 alone: translates a virtual address to `out.ipa` (as `AT S1E1R` does); its own descriptors are fetched through
 * stage 2 when that is on. Fills `permissions` and the stage 1 fields.
 */
export function walkStage1(context: TranslationContext, vaHi: number, vaLo: number, access: Access, el0: boolean, out: Translation): boolean {
  const { memory, stage1 } = context;
  out.fault = "none";
  out.s1ptw = false;
  if (!stage1.enabled) return flat(stage1, vaHi, vaLo, out);
  // bit 55 chooses the half
  const select = -((vaHi >>> 23) & 1);
  const half = select === 0 ? stage1.lower : stage1.upper;
  const { inputBits, stride } = half;
  const top = half.topByteIgnored ? (vaHi << 8) >> 8 : vaHi | 0;
  const canonical = inputBits < 32 ? top === select && (vaLo | 0) >> inputBits === select : top >> (inputBits - 32) === select;
  if (inputBits === 0 || !canonical || half.disabled) return refuse(out, "translation", 1, 0);
  if (half.baseTooLarge) return refuse(out, "addressSize", 1, 0);
  const stage2On = context.stage2.enabled;
  let table = half.base;
  let shift = half.startShift;
  let width = inputBits - shift;
  let tableBits = 0;
  const tableMask = -1 << (stride + 3);
  const sizeShift = stage1.outputBits - 32;
  for (let level = half.startLevel; ; level++) {
    const index = bitsFrom(vaHi, vaLo, shift) & ((1 << width) - 1);
    let at = add(PA_ZERO, table + index * DESCRIPTOR_SIZE);
    if (stage2On) {
      if (!walkStage2(context, toNumber(at), ACCESS_READ, false, true, out)) return false;
      at = out.pa;
    }
    if (!memory.contains(at)) {
      out.s1ptw = false;
      if (context.onStep !== undefined) report(context.onStep, 1, false, level, table, shift, width, index, undefined, "externalAbortOnWalk", undefined);
      return refuse(out, "externalAbortOnWalk", 1, level);
    }
    const dlo = memory.load32(at) | 0;
    const dhi = memory.load32(add(at, 4)) | 0;
    const isTable = (dlo & 3) === 3 && level < PAGE_LEVEL;
    const isLeaf = level === PAGE_LEVEL ? (dlo & 3) === 3 : (dlo & 3) === 1 && level >= half.firstLeafLevel;
    const dhiAddress = dhi & 0xffff;
    let fault: TranslationFault | undefined;
    if (!isTable && !isLeaf) fault = "translation";
    else if (dhiAddress >>> sizeShift !== 0) fault = "addressSize";
    else if (isLeaf) {
      out.permissions = stage1Permissions(stage1, dhi, dlo, tableBits);
      if ((dlo & 0x400) === 0) fault = "accessFlag";
      else if ((out.permissions & (1 << (access + (el0 ? 3 : 0)))) === 0) fault = "permission";
    }
    if (fault !== undefined) {
      out.s1ptw = false;
      if (context.onStep !== undefined) report(context.onStep, 1, false, level, table, shift, width, index, [dhi, dlo], fault, undefined);
      return refuse(out, fault, 1, level);
    }
    if (isLeaf) {
      const mask = -1 << shift;
      const output = dhiAddress * WORD + (((dlo & mask) | (vaLo & ~mask)) >>> 0);
      out.ipa = add(IPA_ZERO, output);
      out.s1ptw = false;
      out.level1 = level;
      out.shift1 = shift;
      out.contiguous1 = (dhi & 0x100000) !== 0;
      const attrIndex = (dlo >>> 2) & 7;
      out.attributes = ((attrIndex < 4 ? stage1.mairLo : stage1.mairHi) >>> (8 * (attrIndex & 3))) & 0xff;
      out.shareability1 = (dlo >>> 8) & 3;
      out.global = (dlo & 0x800) === 0;
      if (context.onStep !== undefined) report(context.onStep, 1, false, level, table, shift, width, index, [dhi, dlo], level === PAGE_LEVEL ? "page" : "block", output);
      return true;
    }
    const next = dhiAddress * WORD + ((dlo & tableMask) >>> 0);
    if (context.onStep !== undefined) report(context.onStep, 1, false, level, table, shift, width, index, [dhi, dlo], "table", next);
    tableBits |= (dhi >>> 27) & 31;
    table = next;
    shift -= stride;
    width = stride;
  }
}

/** Both stages (as `AT S12E1R` does): see `Walk`. */
export function walk(context: TranslationContext, vaHi: number, vaLo: number, access: Access, el0: boolean, out: Translation): boolean {
  if (!walkStage1(context, vaHi, vaLo, access, el0, out)) return false;
  if (!context.stage2.enabled) {
    out.pa = add(PA_ZERO, toNumber(out.ipa));
    out.level2 = LEVEL_OFF;
    out.shift2 = SHIFT_OFF;
    out.contiguous2 = false;
    out.memAttr2 = NORMAL_WB_MEMATTR;
    out.shareability2 = 0;
    return true;
  }
  const stage1Permits = out.permissions;
  if (!walkStage2(context, toNumber(out.ipa), access, el0, false, out)) return false;
  out.permissions &= stage1Permits;
  return true;
}
