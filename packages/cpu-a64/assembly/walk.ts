/**
 * The translation table walk of the EL1&0 regime, both stages at every granule. Source: Arm ARM DDI 0487, D8.2
 * "Translation process", D8.4 "Memory access control", J1.1 AArch64.FullTranslate(), in its order of checks.
 * It answers what the walk of @granule/mmu answers, and runs the same conformance suite.
 */
import {
  H_BASE, H_BASE_TOO_LARGE, H_DISABLED, H_FIRST_LEAF, H_INPUT_BITS, H_START_LEVEL, H_START_SHIFT, H_STRIDE, H_TBI, HALF_SIZE, memoryAttribute,
  S1_ENABLED, S1_HALVES, S1_OUTPUT_BITS, S1_WXN,
  S2_BASE, S2_BASE_TOO_LARGE, S2_ENABLED, S2_FIRST_LEAF, S2_INPUT_BITS, S2_INVALID, S2_OUTPUT_BITS, S2_START_LEVEL, S2_START_SHIFT, S2_STRIDE,
} from "./config";
import { E_OPTIONS, E_PA_BITS, E_STAGE2, MEM_BASE, MEM_SIZE, OPTION_DEFAULT_CACHEABLE } from "./state";

export const READ: u32 = 0;
export const WRITE: u32 = 1;
export const EXECUTE: u32 = 2;

/** Permission bits: `1 << access` for EL1, `8 << access` for EL0. */
const EL1_READ: u32 = 1;
const EL1_WRITE: u32 = 2;
const EL1_EXECUTE: u32 = 4;
const EL0_READ: u32 = 8;
const EL0_WRITE: u32 = 16;
const EL0_EXECUTE: u32 = 32;

/** Fault status codes of level 0. Source: "ESR_EL1", DFSC. */
export const ADDRESS_SIZE: u32 = 0x00;
export const TRANSLATION: u32 = 0x04;
export const ACCESS_FLAG: u32 = 0x08;
export const PERMISSION: u32 = 0x0c;
export const EXTERNAL: u32 = 0x10;
export const EXTERNAL_ON_WALK: u32 = 0x14;
export const ALIGNMENT: u32 = 0x21;

const LEVEL_OFF: u32 = 4;
const SHIFT_OFF: u32 = 48;
const NORMAL_WB_MEMATTR: u32 = 15;

// ---- the answer of the last walk ----
export let W_PA: u64 = 0;
export let W_IPA: u64 = 0;
export let W_PERMISSIONS: u32 = 0;
export let W_ATTRIBUTES: u32 = 0;
export let W_MEMATTR2: u32 = 0;
export let W_SH1: u32 = 0;
export let W_SH2: u32 = 0;
export let W_GLOBAL: bool = false;
export let W_LEVEL1: u32 = 0;
export let W_LEVEL2: u32 = 0;
export let W_SHIFT1: u32 = 0;
export let W_SHIFT2: u32 = 0;
export let W_CONTIGUOUS1: bool = false;
export let W_CONTIGUOUS2: bool = false;
/** After a fault: status code with level, stage, whether stage 2 refused a stage 1 descriptor, and which IPA. */
export let W_STATUS: u32 = 0;
export let W_STAGE: u32 = 0;
export let W_S1PTW: bool = false;
export let W_FAULT_IPA: u64 = 0;

function refuse(status: u32, stage: u32): bool {
  W_STATUS = status;
  W_STAGE = stage;
  return false;
}

/* @inline */ function isMachine(pa: u64): bool { return pa - MEM_BASE < MEM_SIZE; }
/* @inline */ function descriptorAt(pa: u64): u64 { return load<u64>(<usize>(pa - MEM_BASE)); }

function walkStage2(regs: usize, ipa: u64, access: u32, el0: bool, s1ptw: bool): bool {
  const s2 = regs + E_STAGE2;
  W_S1PTW = s1ptw;
  W_FAULT_IPA = ipa;
  const inputBits = load<u32>(s2, S2_INPUT_BITS);
  if (load<u32>(s2, S2_INVALID) != 0 || (ipa >> inputBits) != 0) return refuse(TRANSLATION, 2);
  if (load<u32>(s2, S2_BASE_TOO_LARGE) != 0) return refuse(ADDRESS_SIZE, 2);
  const stride = load<u32>(s2, S2_STRIDE);
  const outputBits = load<u32>(s2, S2_OUTPUT_BITS);
  const tableMask: u64 = ~((<u64>1 << (stride + 3)) - 1) & 0xffffffffffff;
  let table = load<u64>(s2, S2_BASE);
  let shift = load<u32>(s2, S2_START_SHIFT);
  let width = inputBits - shift;
  for (let level = load<u32>(s2, S2_START_LEVEL); ; level++) {
    const at = table + (((ipa >> shift) & ((<u64>1 << width) - 1)) << 3);
    if (!isMachine(at)) return refuse(EXTERNAL_ON_WALK + level, 2);
    const d = descriptorAt(at);
    const kind = <u32>d & 3;
    const isTable = kind == 3 && level < 3;
    const isLeaf = level == 3 ? kind == 3 : kind == 1 && level >= load<u32>(s2, S2_FIRST_LEAF);
    if (!isTable && !isLeaf) return refuse(TRANSLATION + level, 2);
    if (((d & 0xffffffffffff) >> outputBits) != 0) return refuse(ADDRESS_SIZE + level, 2);
    if (isLeaf) {
      W_PERMISSIONS = (((<u32>d >>> 6) & 1) != 0 ? EL1_READ | EL0_READ : 0) | (((<u32>d >>> 7) & 1) != 0 ? EL1_WRITE | EL0_WRITE : 0) | (((d >> 54) & 1) == 0 ? EL1_EXECUTE | EL0_EXECUTE : 0);
      const wanted: u32 = s1ptw ? EL1_READ : 1 << (access + (el0 ? 3 : 0));
      if ((<u32>d & 0x400) == 0) return refuse(ACCESS_FLAG + level, 2);
      if ((W_PERMISSIONS & wanted) == 0) return refuse(PERMISSION + level, 2);
      const mask = (<u64>1 << shift) - 1;
      W_PA = (d & 0xffffffffffff & ~mask) | (ipa & mask);
      W_LEVEL2 = level;
      W_SHIFT2 = shift;
      W_CONTIGUOUS2 = ((d >> 52) & 1) != 0;
      W_MEMATTR2 = (<u32>d >>> 2) & 15;
      W_SH2 = (<u32>d >>> 8) & 3;
      return true;
    }
    table = d & tableMask;
    shift -= stride;
    width = stride;
  }
  return false;
}

/** What a stage 1 leaf allows. Source: D8.4.1 "Direct permissions", "Hierarchical permissions", "Effect of WXN". */
function stage1Permissions(d: u64, tableBits: u32, wxn: bool): u32 {
  const apTable = (tableBits >>> 2) & 3;
  const ap = (((<u32>d >>> 6) & 3) | (apTable & 2)) & ~(apTable & 1);
  let bits: u32 = ap == 0 ? EL1_READ | EL1_WRITE : ap == 1 ? EL1_READ | EL1_WRITE | EL0_READ | EL0_WRITE : ap == 2 ? EL1_READ : EL1_READ | EL0_READ;
  const pxn = (<u32>(d >> 53) | tableBits) & 1;
  const uxn = (<u32>(d >> 54) | (tableBits >>> 1)) & 1;
  // memory that EL0 can write is never executable at EL1
  if (pxn == 0 && (bits & EL0_WRITE) == 0 && !(wxn && (bits & EL1_WRITE) != 0)) bits |= EL1_EXECUTE;
  if (uxn == 0 && !(wxn && (bits & EL0_WRITE) != 0)) bits |= EL0_EXECUTE;
  return bits;
}

/** Stage 1 off: the address is its own output. Source: J1.1, AArch64.S1DisabledOutput(). */
function flat(regs: usize, va: u64): bool {
  const upper = ((va >> 55) & 1) != 0;
  const tbi = load<u32>(regs + (upper ? HALF_SIZE : 0), S1_HALVES + H_TBI) != 0;
  const address = tbi ? va & 0x00ffffffffffffff : va;
  if ((address >> load<u32>(regs, E_PA_BITS)) != 0) return refuse(ADDRESS_SIZE, 1);
  W_IPA = address;
  W_PERMISSIONS = 63;
  W_LEVEL1 = LEVEL_OFF;
  W_SHIFT1 = SHIFT_OFF;
  W_CONTIGUOUS1 = false;
  const cacheable = (load<u32>(regs, E_OPTIONS) & OPTION_DEFAULT_CACHEABLE) != 0;
  W_ATTRIBUTES = cacheable ? 0xff : 0;
  W_SH1 = cacheable ? 0 : 2;
  W_GLOBAL = true;
  return true;
}

/** Stage 1 alone, its descriptors fetched through stage 2 when that is on. */
export function walkStage1(regs: usize, va: u64, access: u32, el0: bool): bool {
  W_S1PTW = false;
  if (load<u32>(regs, S1_ENABLED) == 0) return flat(regs, va);
  const upper = ((va >> 55) & 1) != 0;
  const half = regs + S1_HALVES + (upper ? HALF_SIZE : 0);
  const inputBits = load<u32>(half, H_INPUT_BITS);
  const top = load<u32>(half, H_TBI) != 0 ? <i64>(va << 8) >> 8 : <i64>va;
  if (inputBits == 0 || top >> inputBits != (upper ? -1 : 0) || load<u32>(half, H_DISABLED) != 0) return refuse(TRANSLATION, 1);
  if (load<u32>(half, H_BASE_TOO_LARGE) != 0) return refuse(ADDRESS_SIZE, 1);
  const stage2On = load<u32>(regs + E_STAGE2, S2_ENABLED) != 0;
  const stride = load<u32>(half, H_STRIDE);
  const outputBits = load<u32>(regs, S1_OUTPUT_BITS);
  const tableMask: u64 = ~((<u64>1 << (stride + 3)) - 1) & 0xffffffffffff;
  let table = load<u64>(half, H_BASE);
  let shift = load<u32>(half, H_START_SHIFT);
  let width = inputBits - shift;
  let tableBits: u32 = 0;
  for (let level = load<u32>(half, H_START_LEVEL); ; level++) {
    let at = table + (((va >> shift) & ((<u64>1 << width) - 1)) << 3);
    if (stage2On) {
      if (!walkStage2(regs, at, READ, false, true)) return false;
      at = W_PA;
    }
    W_S1PTW = false;
    if (!isMachine(at)) return refuse(EXTERNAL_ON_WALK + level, 1);
    const d = descriptorAt(at);
    const kind = <u32>d & 3;
    const isTable = kind == 3 && level < 3;
    const isLeaf = level == 3 ? kind == 3 : kind == 1 && level >= load<u32>(half, H_FIRST_LEAF);
    if (!isTable && !isLeaf) return refuse(TRANSLATION + level, 1);
    if (((d & 0xffffffffffff) >> outputBits) != 0) return refuse(ADDRESS_SIZE + level, 1);
    if (isLeaf) {
      W_PERMISSIONS = stage1Permissions(d, tableBits, load<u32>(regs, S1_WXN) != 0);
      if ((<u32>d & 0x400) == 0) return refuse(ACCESS_FLAG + level, 1);
      if ((W_PERMISSIONS & (1 << (access + (el0 ? 3 : 0)))) == 0) return refuse(PERMISSION + level, 1);
      const mask = (<u64>1 << shift) - 1;
      W_IPA = (d & 0xffffffffffff & ~mask) | (va & mask);
      W_LEVEL1 = level;
      W_SHIFT1 = shift;
      W_CONTIGUOUS1 = ((d >> 52) & 1) != 0;
      W_ATTRIBUTES = memoryAttribute(regs, (<u32>d >>> 2) & 7);
      W_SH1 = (<u32>d >>> 8) & 3;
      W_GLOBAL = (<u32>d & 0x800) == 0;
      return true;
    }
    tableBits |= <u32>(d >> 59) & 31;
    table = d & tableMask;
    shift -= stride;
    width = stride;
  }
  return false;
}

/** Both stages. */
export function walk(regs: usize, va: u64, access: u32, el0: bool): bool {
  if (!walkStage1(regs, va, access, el0)) return false;
  if (load<u32>(regs + E_STAGE2, S2_ENABLED) == 0) {
    W_PA = W_IPA;
    W_LEVEL2 = LEVEL_OFF;
    W_SHIFT2 = SHIFT_OFF;
    W_CONTIGUOUS2 = false;
    W_MEMATTR2 = NORMAL_WB_MEMATTR;
    W_SH2 = 0;
    return true;
  }
  const permitted = W_PERMISSIONS;
  if (!walkStage2(regs, W_IPA, access, el0, false)) return false;
  W_PERMISSIONS &= permitted;
  return true;
}

/** The last walk's memory is Device by stage 1; also when stage 2 has refused it. */
/* @inline */ export function isDeviceAtStage1(): bool { return (W_ATTRIBUTES & 0xf0) == 0; }
/** The last walk's memory is Device at either stage. */
/* @inline */ export function isDevice(): bool { return (W_ATTRIBUTES & 0xf0) == 0 || (W_MEMATTR2 & 0xc) == 0; }
