/**
 * The TLB: whole translations, tagged at 4096 bytes whatever the leaf's size, in tables of 1024 entries. A vcpu has SLOTS
 * address spaces, each for one ASID, with a table for EL1 and one for EL0; a new ASID evicts a slot. An entry is 32 bytes:
 * u64 tags for reads, writes and execution (virtual address of the 4096 bytes, or INVALID), u32 addend (wasm address minus
 * low word of the virtual address), u32 micro-op page, in whose low bits are log2 of the leaf's bytes and GLOBAL. A tag for
 * reads or writes has SLOW where memory.ts must look at each access, and ALIGNED for Device memory, where unaligned ones fault.
 * A vcpu is named by its record here: see state.ts. Source of what TLBI must reach: Arm ARM DDI 0487, D8.14 "TLB maintenance".
 */
import { S1_ASID } from "./config";
import { EL0, NO_ASID, R, RECORD, record, SLOTS, V_SLOTS, V_STALE, V_TLBS, V_VICTIM, V_VMID, VCPUS, VCPUS_END } from "./state";

export const ENTRY: u32 = 32;
export const ENTRIES: u32 = 1024;
/** Bytes of a table. */
export const TABLE: u32 = 32768;
/** Bytes of the TLBs of a vcpu. */
export const TLBS: u32 = TABLE * 2 * SLOTS;

export const TAG_R: usize = 0;
export const TAG_W: usize = 8;
export const TAG_X: usize = 16;
export const ADDEND: usize = 24;
export const CODE: usize = 28;
/** Equal to no virtual address of a page. */
export const INVALID: u64 = 0xffffffffffffffff;
export const PAGE_MASK: u64 = 0xfffffffffffff000;
/** Bits of a tag, above those that say how an access of up to 16 bytes is aligned. */
export const SLOW: u64 = 16;
export const ALIGNED: u64 = 32;
/** The page of a tag, unless that is INVALID. */
export const TAG_MASK: u64 = 0xffffffffffffffcf;
/** In CODE: log2 of the leaf's bytes; the translation holds for every ASID; the rest is the address of micro-ops. */
const LEAF_SHIFT: u32 = 63;
const GLOBAL: u32 = 64;
export const CODE_MASK: u32 = 0xffffc000;

/** Tables of the current address space: of the current Exception level, and EL0's. */
export let TLB: usize = 0;
export let TLB_EL0: usize = 0;

/* @inline */ export function entryOf(table: usize, va: u64): usize { return table + ((<u32>(va >> 12) & (ENTRIES - 1)) << 5); }

/** Whether a tag is that of Device memory for `bytes` (a power of two) at `va`, which are aligned: the interpreter knows Normal memory only. */
/* @inline */ export function isAlignedDevice(tag: u64, va: u64, bytes: u64): bool { return tag == ((va & (PAGE_MASK | (bytes - 1))) | ALIGNED); }

function tableOf(v: usize, slot: u32, el0: u32): usize { return load<u32>(v, V_TLBS) + (slot * 2 + el0) * TABLE; }

function flushSlot(v: usize, slot: u32): void {
  memory.fill(tableOf(v, slot, 0), 0xff, TABLE * 2);
}
/** Forgets every translation of a vcpu. */
export function flushVcpu(v: usize): void {
  memory.fill(load<u32>(v, V_TLBS), 0xff, TLBS);
  store<u32>(v, 1, V_STALE);
}
/** Gives a vcpu its tables: TLBS bytes at `tables`. */
export function createTables(v: usize, tables: usize): void {
  store<u32>(v, <u32>tables, V_TLBS);
  store<u32>(v, 0, V_VICTIM);
  for (let slot: u32 = 0; slot < SLOTS; slot++) store<u32>(v + slot * 4, NO_ASID, V_SLOTS);
  flushVcpu(v);
}
export function flushVmid(vmid: u32): void {
  for (let v = VCPUS; v < VCPUS_END; v += RECORD) if (load<u32>(v, V_VMID) == vmid) flushVcpu(v);
}
export function flushAll(): void {
  for (let v = VCPUS; v < VCPUS_END; v += RECORD) flushVcpu(v);
}

function slotOf(v: usize, asid: u32): u32 {
  for (let slot: u32 = 0; slot < SLOTS; slot++) if (load<u32>(v + slot * 4, V_SLOTS) == asid) return slot;
  return SLOTS;
}
/** Chooses the tables of the running vcpu's ASID and Exception level. */
export function selectTables(): void {
  const asid = load<u32>(R, S1_ASID);
  const v = record();
  let slot = slotOf(v, asid);
  if (slot == SLOTS) {
    slot = load<u32>(v, V_VICTIM);
    store<u32>(v, (slot + 1) % SLOTS, V_VICTIM);
    if (load<u32>(v + slot * 4, V_SLOTS) != NO_ASID) flushSlot(v, slot);
    store<u32>(v + slot * 4, asid, V_SLOTS);
  }
  TLB_EL0 = tableOf(v, slot, 1);
  TLB = EL0 ? TLB_EL0 : tableOf(v, slot, 0);
}

/** Fills an entry; `read`, `write`: tags; `host`: wasm address of its 4096 bytes. */
export function fill(entry: usize, page: u64, read: u64, write: u64, execute: bool, host: usize, code: usize, leafShift: u32, global: bool): void {
  store<u64>(entry, read, TAG_R);
  store<u64>(entry, write, TAG_W);
  store<u64>(entry, execute ? page : INVALID, TAG_X);
  store<u32>(entry, <u32>host - <u32>page, ADDEND);
  store<u32>(entry, <u32>code | leafShift | (global ? GLOBAL : 0), CODE);
}
function clear(entry: usize): void {
  store<u64>(entry, INVALID, TAG_R);
  store<u64>(entry, INVALID, TAG_W);
  store<u64>(entry, INVALID, TAG_X);
}
/** The page of an entry, from whichever tag is valid; INVALID when none is. */
function pageOf(entry: usize): u64 {
  const r = load<u64>(entry, TAG_R);
  if (r != INVALID) return r & TAG_MASK;
  const w = load<u64>(entry, TAG_W);
  return w != INVALID ? w & TAG_MASK : load<u64>(entry, TAG_X);
}

/** Makes the tags for writes SLOW in every entry that reaches the 4096 bytes at wasm address `host`: they hold code now. */
export function withholdWrites(host: usize): void {
  for (let v = VCPUS; v < VCPUS_END; v += RECORD)
    for (let slot: u32 = 0; slot < SLOTS; slot++) {
      if (load<u32>(v + slot * 4, V_SLOTS) == NO_ASID) continue;
      const end = tableOf(v, slot, 0) + TABLE * 2;
      for (let e = tableOf(v, slot, 0); e < end; e += ENTRY) {
        const tag = load<u64>(e, TAG_W);
        if (tag != INVALID && <usize>(<u32>(tag & TAG_MASK) + load<u32>(e, ADDEND)) == host) store<u64>(e, tag | SLOW, TAG_W);
      }
    }
}

/** Invalidates what holds the page of `va` in a table; `onlyGlobal`: of another ASID. */
function invalidatePage(table: usize, va: u64, onlyGlobal: bool): void {
  // leaves larger than 4096 bytes have entries all over the table
  for (let e = table; e < table + TABLE; e += ENTRY) {
    const page = pageOf(e);
    if (page == INVALID) continue;
    const code = load<u32>(e, CODE);
    if (onlyGlobal && (code & GLOBAL) == 0) continue;
    if (((page ^ va) >> (code & LEAF_SHIFT)) == 0) clear(e);
  }
}
function invalidateVcpu(v: usize, va: u64, asid: u32, everyAsid: bool): void {
  for (let slot: u32 = 0; slot < SLOTS; slot++) {
    const has = load<u32>(v + slot * 4, V_SLOTS);
    if (has == NO_ASID) continue;
    const onlyGlobal = !everyAsid && has != asid;
    invalidatePage(tableOf(v, slot, 0), va, onlyGlobal);
    invalidatePage(tableOf(v, slot, 1), va, onlyGlobal);
  }
  store<u32>(v, 1, V_STALE);
}
function invalidateAsid(v: usize, asid: u32): void {
  // global translations may stay; forgetting them is allowed too
  const slot = slotOf(v, asid);
  if (slot != SLOTS) flushSlot(v, slot);
  store<u32>(v, 1, V_STALE);
}

/** TLBI VAE1 and kin: `value` holds the ASID in 63:48 and address bits 55:12 in 43:0. `shared`: broadcast. */
export function invalidateVa(value: u64, everyAsid: bool, shared: bool): void {
  const va = <u64>((<i64>(value << 20)) >> 8);
  const asid = <u32>(value >> 48);
  if (!shared) return invalidateVcpu(record(), va, asid, everyAsid);
  const vmid = load<u32>(record(), V_VMID);
  for (let v = VCPUS; v < VCPUS_END; v += RECORD) if (load<u32>(v, V_VMID) == vmid) invalidateVcpu(v, va, asid, everyAsid);
}
export function invalidateByAsid(asid: u32, shared: bool): void {
  if (!shared) return invalidateAsid(record(), asid);
  const vmid = load<u32>(record(), V_VMID);
  for (let v = VCPUS; v < VCPUS_END; v += RECORD) if (load<u32>(v, V_VMID) == vmid) invalidateAsid(v, asid);
}
export function invalidateVmid(shared: bool): void {
  if (shared) flushVmid(load<u32>(record(), V_VMID));
  else flushVcpu(record());
}
