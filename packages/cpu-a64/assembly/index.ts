/** What the host calls. Addresses are bytes in wasm memory; see state.ts for the parts of a vcpu's registers. */
import { configureStage1 } from "./config";
import { run as interpret } from "./generated/interpret";
import { createPool, dropAllCode, poolBytes } from "./pages";
import {
  E_FEATURES, E_GRANULES, E_IMM, E_INJECT_ISS, E_IO_VA, E_IO_VALUE, E_IRQ, E_LEFT_NOW, E_MONITOR, E_OPTIONS, E_PA_BITS, E_RECORD, E_STAGE2, E_STOP, E_TIME, MOST_VCPUS, RECORD, setMachine,
  setR, setVcpus, V_REGS, V_STALE, V_VMID, VCPUS, VCPUS_END,
} from "./state";
import { translateAddress } from "./system";
import { createTables, flushVcpu as flushRecord, TLBS } from "./tlb";
import {
  W_ATTRIBUTES, W_CONTIGUOUS1, W_CONTIGUOUS2, W_FAULT_IPA, W_GLOBAL, W_IPA, W_LEVEL1, W_LEVEL2, W_MEMATTR2, W_PA, W_PERMISSIONS, W_S1PTW, W_SH1, W_SH2, W_SHIFT1, W_SHIFT2,
  W_STAGE, W_STATUS, walk as walkBoth,
} from "./walk";

export { dropAllCode, poolBytes };
/** Bytes of the TLBs of one vcpu. */
export function tlbBytes(): u32 { return TLBS; }

/** Memory of `size` bytes, whose first byte has machine address `base`; micro-op pages and their administration at `pool`. */
export function createMachine(baseHi: u32, baseLo: u32, size: f64, pool: usize, pages: u32): void {
  setMachine((<u64>baseHi << 32) | baseLo, <u64>size);
  createPool(pool, pages);
}
/**
 * A vcpu of domain `vmid` whose registers are at `regs`, new, or again after its registers were loaded; `tables`: tlbBytes() for
 * a new one, and for an old one what it had. Answers its record; 0: there are too many.
 */
export function addVcpu(regs: usize, tables: usize, vmid: u32): usize {
  let v = VCPUS;
  while (v < VCPUS_END && load<u32>(v, V_REGS) != <u32>regs) v += RECORD;
  if (v == VCPUS_END) {
    if (VCPUS_END - VCPUS == <usize>MOST_VCPUS * RECORD) return 0;
    setVcpus(VCPUS, VCPUS_END + RECORD);
  }
  store<u32>(v, <u32>regs, V_REGS);
  store<u32>(v, vmid, V_VMID);
  store<u32>(regs, <u32>v, E_RECORD);
  createTables(v, tables);
  configureStage1(regs);
  return v;
}
/** Forgets the translations of a vcpu. */
export function flushVcpu(regs: usize): void { flushRecord(load<u32>(regs, E_RECORD)); }
/** The registers were written by the host: decodes them anew and forgets translations. */
export function registersChanged(regs: usize): void {
  configureStage1(regs);
  flushVcpu(regs);
}
export function run(regs: usize, budget: u32): i32 { return interpret(regs, budget); }

// ---- where the host finds what ----
export function offsetIrq(): u32 { return <u32>E_IRQ; }
export function offsetStop(): u32 { return <u32>E_STOP; }
export function offsetMonitor(): u32 { return <u32>E_MONITOR; }
export function offsetFeatures(): u32 { return <u32>E_FEATURES; }
export function offsetInjectIss(): u32 { return <u32>E_INJECT_ISS; }
export function offsetGranules(): u32 { return <u32>E_GRANULES; }
export function offsetPaBits(): u32 { return <u32>E_PA_BITS; }
export function offsetTime(): u32 { return <u32>E_TIME; }
export function offsetIoVa(): u32 { return <u32>E_IO_VA; }
export function offsetIoValue(): u32 { return <u32>E_IO_VALUE; }
export function offsetImm(): u32 { return <u32>E_IMM; }
/** From the start of a vcpu's record. */
export function offsetStale(): u32 { return <u32>V_STALE; }
export function offsetLeft(): u32 { return <u32>E_LEFT_NOW; }
export function offsetOptions(): u32 { return <u32>E_OPTIONS; }
export function offsetStage2(): u32 { return <u32>E_STAGE2; }

/** What AT S1E1R and kin do. */
export function addressTranslate(regs: usize, vaHi: u32, vaLo: u32, write: bool, el0: bool): void {
  setR(regs);
  translateAddress((<u64>vaHi << 32) | vaLo, write, el0);
}
/** A walk for tests and tools: fills `out` (u64 PA, IPA, fault IPA; u32 the rest in the order below). True after success. */
export function walk(regs: usize, vaHi: u32, vaLo: u32, access: u32, el0: bool, out: usize): bool {
  setR(regs);
  const ok = walkBoth(regs, (<u64>vaHi << 32) | vaLo, access, el0);
  store<u64>(out, W_PA);
  store<u64>(out, W_IPA, 8);
  store<u64>(out, W_FAULT_IPA, 16);
  store<u32>(out, W_PERMISSIONS, 24);
  store<u32>(out, W_ATTRIBUTES, 28);
  store<u32>(out, W_MEMATTR2, 32);
  store<u32>(out, W_SH1, 36);
  store<u32>(out, W_SH2, 40);
  store<u32>(out, <u32>W_GLOBAL, 44);
  store<u32>(out, W_LEVEL1, 48);
  store<u32>(out, W_LEVEL2, 52);
  store<u32>(out, W_SHIFT1, 56);
  store<u32>(out, W_SHIFT2, 60);
  store<u32>(out, <u32>W_CONTIGUOUS1, 64);
  store<u32>(out, <u32>W_CONTIGUOUS2, 68);
  store<u32>(out, W_STATUS, 72);
  store<u32>(out, W_STAGE, 76);
  store<u32>(out, <u32>W_S1PTW, 80);
  return ok;
}
