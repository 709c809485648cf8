/**
 * Loads and stores that the TLB did not answer: tags, alignment, page crossings, walks, faults, devices, and stores to
 * pages that hold code. Each answers through FAILED; a failed access has described its exception, and changed nothing
 * but what an earlier part of a crossing store changed. Little-endian.
 */
import { canonical } from "./config";
import { R_SCTLR_EL1 } from "./generated/layout";
import { hostAccess, hostHolds } from "./host";
import { codeAt, codeChanged } from "./pages";
import {
  E_INJECT_ISS, E_IO_VA, E_IO_VALUE, E_LEFT, E_OPTIONS, EC_DATA_ABORT, EC_INSTRUCTION_ABORT, EL0, IP, LIM, hold, MEM_BASE, MEM_SIZE, OPTION_DEVICE_ALIGNMENT, R, raiseAt,
  SCTLR_A, setHostWrote,
} from "./state";
import { ADDEND, ALIGNED, CODE, CODE_MASK, entryOf, fill, INVALID, isAlignedDevice, PAGE_MASK, SLOW, TAG_MASK, TAG_R, TAG_W, TLB, TLB_EL0 } from "./tlb";
import { ALIGNMENT, EXECUTE, EXTERNAL, isDevice, isDeviceAtStage1, READ, W_FAULT_IPA, W_GLOBAL, W_PA, W_PERMISSIONS, W_S1PTW, W_SHIFT1, W_STAGE, W_STATUS, walk, WRITE } from "./walk";

/** The last access failed: its exception is described, see raise(). */
export let FAILED: bool = false;
const WNR: u32 = 1 << 6;
const CACHE_MAINTENANCE: u32 = 1 << 8;

/** A translation's result beside success. */
const FAULT: i32 = 1;
const STAGE2: i32 = 2;
/** Stage 2 refused a descriptor of stage 1: no device can answer. */
const WALK: i32 = 3;
/** After FAULT: the status code. */
let STATUS: u32 = 0;
/** Wasm address of what was translated. */
let HOST: usize = 0;
let DEVICE: bool = false;
/** The accesses of LDTR and STTR are checked as EL0's. */
let UNPRIVILEGED: bool = false;
export function setUnprivileged(on: bool): void { UNPRIVILEGED = on; }

/* @inline */ function sameLevel(ec: u32): u32 { return EL0 ? ec : ec + 1; }

/** What canonical() changed of the address of an access: FAR_EL1 has its tag. */
let TAGS: u64 = 0;
function untag(tagged: u64): u64 {
  const va = canonical(R, tagged);
  TAGS = tagged ^ va;
  return va;
}
function abortAt(va: u64, status: u32, write: bool): void {
  FAILED = true;
  raiseAt(sameLevel(EC_DATA_ABORT), status | (write ? WNR : 0), va ^ TAGS);
}
/** The host may want the vcpu to stay before an access whose abort is described. */
function holdIfWanted(va: u64, access: u32): void {
  const ipa = W_FAULT_IPA;
  store<u64>(R, va, E_IO_VA);
  if (hostHolds(<u32>ipa, <u32>(ipa >> 32), access)) hold();
}
/** The abort that a data access gets which stage 2 refused and nobody answers. */
function abortUnclaimed(va: u64, write: bool): void {
  FAILED = true;
  const status = load<u32>(R, E_INJECT_ISS);
  raiseAt(sameLevel(EC_DATA_ABORT), status | (write && status != 0 ? WNR : 0), va ^ TAGS);
}
function refused(va: u64, write: bool): void {
  abortUnclaimed(va, write);
  holdIfWanted(va, write ? WRITE : READ);
}
/* @inline */ function faultsDevice(): bool { return (load<u32>(R, E_OPTIONS) & OPTION_DEVICE_ALIGNMENT) != 0; }
/** What a tag of what was walked last has beside its page. */
function checks(): u64 {
  const all: u64 = (load<u64>(R, R_SCTLR_EL1) & SCTLR_A) != 0 ? SLOW : 0;
  return isDevice() && faultsDevice() ? all | ALIGNED : all;
}

/**
 * Translates a canonical address and fills the TLB: 0, or why not. `table` is that of the Exception level `el0`.
 */
function translate(table: usize, va: u64, access: u32, el0: bool): i32 {
  if (!walk(R, va, access, el0)) {
    STATUS = W_STATUS;
    return W_STAGE != 2 ? FAULT : W_S1PTW ? WALK : STAGE2;
  }
  const offset = W_PA - MEM_BASE;
  if (offset >= MEM_SIZE) {
    STATUS = EXTERNAL;
    return FAULT;
  }
  HOST = <usize>offset;
  DEVICE = isDevice();
  const host = HOST & ~0xfff;
  const code = codeAt(host);
  const p = el0 ? W_PERMISSIONS >>> 3 : W_PERMISSIONS;
  const page = va & PAGE_MASK;
  const tag = page | checks();
  const shift = min<u32>(W_SHIFT1, 48);
  fill(entryOf(table, va), page, (p & 1) != 0 ? tag : INVALID, (p & 2) == 0 ? INVALID : code == 0 ? tag : tag | SLOW, code != 0 && (p & 4) != 0, host, code, shift, W_GLOBAL);
  return 0;
}

/** What the host makes of a data access that stage 2 refused. 0: try again, 1: failed, 2: done. */
function askHost(va: u64, bytes: u32, write: bool, value: u64): i32 {
  const ipa = W_FAULT_IPA;
  store<u64>(R, va, E_IO_VA);
  store<u64>(R, value, E_IO_VALUE);
  const answer = hostAccess(<u32>ipa, <u32>(ipa >> 32), bytes, write, load<u32>(R, E_LEFT) - <u32>((LIM - IP) >>> 4));
  setHostWrote(true);
  if (answer == 1) refused(va, write);
  return answer;
}
function loadBytes(host: usize, bytes: u32): u64 {
  switch (bytes) {
    case 1: return load<u8>(host);
    case 2: return load<u16>(host);
    case 4: return load<u32>(host);
    default: return load<u64>(host);
  }
}
function storeBytes(host: usize, bytes: u32, value: u64): void {
  switch (bytes) {
    case 1: store<u8>(host, <u8>value); break;
    case 2: store<u16>(host, <u16>value); break;
    case 4: store<u32>(host, <u32>value); break;
    default: store<u64>(host, value);
  }
}

/** Looks `va` up, walks when needed. Answers 0 (HOST is set), 1 failed, 2 a device: stage 2 has refused. */
function locate(va: u64, aligned: bool, write: bool): i32 {
  const el0 = EL0 || UNPRIVILEGED;
  const table = el0 ? TLB_EL0 : TLB;
  const e = entryOf(table, va);
  const tag = load<u64>(e + (write ? TAG_W : TAG_R));
  if ((tag & TAG_MASK) == (va & PAGE_MASK)) {
    if (!aligned && (tag & ALIGNED) != 0) {
      abortAt(va, ALIGNMENT, write);
      return 1;
    }
    HOST = <usize>(<u32>va + load<u32>(e, ADDEND));
    return 0;
  }
  const failed = translate(table, va, write ? WRITE : READ, el0);
  if (failed == FAULT || failed == WALK) {
    if (failed == WALK) refused(va, write);
    else abortAt(va, STATUS, write);
    return 1;
  }
  // what stage 1 says of the memory counts before stage 2 is asked
  if (!aligned && faultsDevice() && (failed == STAGE2 ? isDeviceAtStage1() : DEVICE)) {
    abortAt(va, ALIGNMENT, write);
    return 1;
  }
  return failed == STAGE2 ? 2 : 0;
}
/** Whether an access as a whole is misaligned where that matters; describes the fault. */
export function misaligned(va: u64, bytes: u32, write: bool, always: bool): bool {
  if ((va & (bytes - 1)) == 0 || (!always && (load<u64>(R, R_SCTLR_EL1) & SCTLR_A) == 0)) return false;
  TAGS = 0;
  abortAt(va, ALIGNMENT, write);
  return true;
}
/** Where a part of an access that crosses 4096 bytes lies; 0: it failed. Devices take no such accesses. */
function locatePart(va: u64, write: bool): usize {
  const where = locate(va, false, write);
  if (where == 2) refused(va, write);
  return where == 0 ? HOST : 0;
}

/** A load of 1, 2, 4 or 8 bytes, zero-extended. */
export function loadSlow(tagged: u64, bytes: u32): u64 {
  FAILED = false;
  const e = entryOf(TLB, tagged);
  if (isAlignedDevice(load<u64>(e, TAG_R), tagged, bytes) && !UNPRIVILEGED) return loadBytes(<usize>(<u32>tagged + load<u32>(e, ADDEND)), bytes);
  if (misaligned(tagged, bytes, false, false)) return 0;
  const va = untag(tagged);
  const before: u32 = 4096 - (<u32>va & 0xfff);
  if (before < bytes) {
    const first = locatePart(va, false);
    if (FAILED) return 0;
    const second = locatePart(va + before, false);
    if (FAILED) return 0;
    let value: u64 = 0;
    for (let i: u32 = 0; i < bytes; i++) value |= <u64>load<u8>(i < before ? first + i : second + (i - before)) << (8 * <u64>i);
    return value;
  }
  for (;;) {
    const where = locate(va, (va & (bytes - 1)) == 0, false);
    if (where == 0) return loadBytes(HOST, bytes);
    if (where == 1) return 0;
    const answer = askHost(va, bytes, false, 0);
    if (answer == 1) return 0;
    if (answer == 2) return bytes == 8 ? load<u64>(R, E_IO_VALUE) : load<u64>(R, E_IO_VALUE) & ((<u64>1 << (8 * <u64>bytes)) - 1);
  }
  return 0;
}

/** A store of 1, 2, 4 or 8 bytes. */
export function storeSlow(tagged: u64, bytes: u32, value: u64): void {
  FAILED = false;
  const e = entryOf(TLB, tagged);
  if (isAlignedDevice(load<u64>(e, TAG_W), tagged, bytes) && !UNPRIVILEGED) return storeBytes(<usize>(<u32>tagged + load<u32>(e, ADDEND)), bytes, value);
  if (misaligned(tagged, bytes, true, false)) return;
  const va = untag(tagged);
  const before: u32 = 4096 - (<u32>va & 0xfff);
  if (before < bytes) {
    // both pages first, so that a fault of the second leaves the first as it was
    const first = locatePart(va, true);
    if (FAILED) return;
    const second = locatePart(va + before, true);
    if (FAILED) return;
    for (let i: u32 = 0; i < bytes; i++) {
      const to = i < before ? first + i : second + (i - before);
      store<u8>(to, <u8>(value >> (8 * <u64>i)));
      codeChanged(to, 1);
    }
    return;
  }
  for (;;) {
    const where = locate(va, (va & (bytes - 1)) == 0, true);
    if (where == 1) return;
    if (where == 0) {
      storeBytes(HOST, bytes, value);
      codeChanged(HOST, bytes);
      return;
    }
    if (askHost(va, bytes, true, bytes == 8 ? value : value & ((<u64>1 << (8 * <u64>bytes)) - 1)) != 0) return;
  }
}

/** DC and IC by VA: the address must translate. A fault of stage 1 is that of a write with ISS.CM. Answers its wasm address. */
export function locateForMaintenance(tagged: u64, write: bool): usize {
  FAILED = false;
  const va = untag(tagged);
  const table = EL0 ? TLB_EL0 : TLB;
  const e = entryOf(table, va);
  if (load<u64>(e + (write ? TAG_W : TAG_R)) == (va & PAGE_MASK)) return <usize>(<u32>va + load<u32>(e, ADDEND));
  const failed = translate(table, va, write ? WRITE : READ, EL0);
  if (failed == 0) return HOST;
  if (failed != FAULT) abortUnclaimed(va, write);
  else abortAt(va, STATUS | CACHE_MAINTENANCE, true);
  return 0;
}

/** Where the code at `va` lies, in wasm memory; FAILED and an instruction abort when it does not translate. */
export function locateCode(va: u64): usize {
  FAILED = false;
  if (walk(R, va, EXECUTE, EL0)) {
    const offset = W_PA - MEM_BASE;
    if (offset < MEM_SIZE) return <usize>offset;
    FAILED = true;
    raiseAt(sameLevel(EC_INSTRUCTION_ABORT), EXTERNAL, va);
    return 0;
  }
  FAILED = true;
  raiseAt(sameLevel(EC_INSTRUCTION_ABORT), W_STAGE == 2 ? load<u32>(R, E_INJECT_ISS) : W_STATUS, va);
  if (W_STAGE == 2) holdIfWanted(va, EXECUTE);
  return 0;
}
/** After locateCode() and the making of its micro-ops: remembers the translation. */
export function fillCode(va: u64, host: usize, code: usize): void {
  const p = EL0 ? W_PERMISSIONS >>> 3 : W_PERMISSIONS;
  const page = va & PAGE_MASK;
  fill(entryOf(TLB, va), page, (p & 1) != 0 ? page | checks() : INVALID, INVALID, true, host & ~0xfff, code, min<u32>(W_SHIFT1, 48), W_GLOBAL);
}
/* @inline */ export function codeOf(entry: usize): usize { return load<u32>(entry, CODE) & CODE_MASK; }
