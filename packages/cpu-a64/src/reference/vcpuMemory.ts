/**
 * Memory of a vcpu as the interpreter sees it: through both stages of translation, with emulated devices where stage 2
 * refuses. Source: Arm ARM DDI 0487, D8.2 "Translation process"; B2.2 "Atomicity": accesses that cross 4096 bytes are
 * two, and nothing is stored unless both parts can be.
 */
import { type CpuModel, EC, ESR_ELx, faultStatus } from "@granule/arm";
import { type AbortInfo, type AccessKind, EXECUTE, type EngineHost, READ, WRITE } from "@granule/machine";
import { createTlb, createTranslation, decodeStage1, decodeStage2, parOf, TLB_MISS, type TranslationContext, walk, walkStage1 } from "@granule/mmu";
import { hex, ModelBug, toNumber, va as vaOf, vaFromX, XEN_PAGE } from "@granule/units";
import type { AccessRights, MemoryFault, ReferenceMemory } from "./contract.ts";

const NORMAL = 0b1111;
const UNIT = BigInt(XEN_PAGE.size);
/** MAIR_EL1 attributes and stage 2 MemAttr of Device memory. */
const isDevice = (attributes: number, memAttr2: number): boolean => attributes >>> 4 === 0 || memAttr2 >>> 2 === 0;
/** How often a host may say "retry" to one access before the model is wrong. */
const MAX_RETRIES = 4;
type Size = 1 | 2 | 4 | 8;

export interface VcpuMemory extends ReferenceMemory {
  /** Forgets cached translations. */
  flush(): void;
  /** DC and IC by virtual address: nothing is cached, but the address must translate. */
  maintain(va: bigint, access: typeof READ | typeof WRITE, rights: AccessRights): MemoryFault | undefined;
  /** AT S1E1R and the like: the value of PAR_EL1. */
  addressTranslate(va: bigint, access: AccessKind, rights: AccessRights): bigint;
}

/** PAR_EL1 bit 11. */
const PAR_RES1 = 0x800n;

/** @param faultsDevice unaligned accesses to Device memory fault */
export function createVcpuMemory(host: EngineHost, cpu: CpuModel, faultsDevice: boolean): VcpuMemory {
  const { memory, regs } = host;
  const base = toNumber(memory.base);
  const stage1 = () =>
    decodeStage1(cpu, {
      sctlr: regs.get("SCTLR_EL1"), tcr: regs.get("TCR_EL1"), ttbr0: regs.get("TTBR0_EL1"), ttbr1: regs.get("TTBR1_EL1"), mair: regs.get("MAIR_EL1"), hcr: host.stage2.hcr,
    });
  const context: TranslationContext = { memory, stage1: stage1(), stage2: decodeStage2(cpu, host.stage2) };
  const out = createTranslation();
  const tlb = createTlb();
  let generation = regs.generation;
  /** Registers as they are now: any write of one that translations depend on empties the TLB, ASID changes included. */
  const refresh = (): void => {
    if (generation === regs.generation) return;
    generation = regs.generation;
    context.stage1 = stage1();
    tlb.flushAll();
  };
  const high = (va: bigint): number => Number(BigInt.asIntN(32, va >> 32n));
  const low = (va: bigint): number => Number(BigInt.asIntN(32, va));

  /** Offset in memory, or the fault; after one of stage 2 `out` says where. */
  const locate = (va: bigint, access: AccessKind, { el0 }: AccessRights, isAligned: boolean): number | MemoryFault => {
    refresh();
    const hi = high(va);
    const lo = low(va);
    const found = tlb.lookup(hi, lo, access, el0);
    if (found !== TLB_MISS) return found - base;
    const misaligned: MemoryFault = { status: faultStatus("alignment", 0), va, stage: 1 };
    if (!walk(context, hi, lo, access, el0, out)) {
      if (out.fault === "none") throw new ModelBug("a failed walk without a fault");
      // stage 1 says what memory this is before stage 2 is asked
      if (out.stage === 2 && !out.s1ptw && faultsDevice && !isAligned && isDevice(out.attributes, NORMAL)) return misaligned;
      return { status: faultStatus(out.fault, out.level), va, stage: out.stage, ...(out.stage === 2 ? { ipa: out.faultIpa } : {}) };
    }
    if (!memory.contains(out.pa)) throw new ModelBug(`stage 2 leads to ${hex(out.pa)}, which is no memory`);
    const device = isDevice(out.attributes, out.memAttr2);
    if (device && faultsDevice && !isAligned) return misaligned;
    // the TLB knows no attributes
    if (!device || !faultsDevice) tlb.fill(hi, lo, out);
    return toNumber(out.pa) - base;
  };
  /** Offset in memory, the value that a device gave for a load (0 for a store), or the fault. */
  const access = (va: bigint, bytes: Size, kind: AccessKind, rights: AccessRights, value: bigint): { readonly offset: number } | { readonly device: bigint } | MemoryFault => {
    for (let tries = 0; tries < MAX_RETRIES; tries++) {
      const offset = locate(va, kind, rights, va % BigInt(bytes) === 0n);
      if (typeof offset === "number") return { offset };
      // a walk of stage 1 tables is no access to a device
      if (offset.stage === 1 || out.s1ptw || kind === EXECUTE) return offset;
      const at = vaFromX(va, true);
      const info: AbortInfo = {
        esr: Number(ESR_ELx.encode({ EC: rights.el0 ? EC.DATA_ABORT_LOWER : EC.DATA_ABORT_SAME, IL: 1, ISS: 0 })),
        va: at.ok ? at.value : vaOf(0), write: kind === WRITE, bytes, stage: 2, ipa: out.faultIpa,
      };
      // values of 2^53 and more, which no device here takes, are rounded
      const answer = host.abort(info, Number(value));
      if (typeof answer === "number") return { device: BigInt.asUintN(8 * bytes, BigInt(answer)) };
      if (answer === "inject") return offset;
    }
    throw new ModelBug("an access faults although the host said to retry it");
  };
  const crosses = (va: bigint, bytes: Size): boolean => (va % UNIT) + BigInt(bytes) > UNIT;
  const { view, u8 } = memory;
  const get = (offset: number, bytes: Size): bigint => {
    if (bytes === 8) return view.getBigUint64(offset, true);
    return BigInt(bytes === 4 ? view.getUint32(offset, true) : bytes === 2 ? view.getUint16(offset, true) : view.getUint8(offset));
  };
  const set = (offset: number, bytes: Size, value: bigint): void => {
    if (bytes === 8) view.setBigUint64(offset, value, true);
    else if (bytes === 4) view.setUint32(offset, Number(value), true);
    else if (bytes === 2) view.setUint16(offset, Number(value), true);
    else view.setUint8(offset, Number(value));
  };
  /** Offsets of each byte of an access that crosses units; devices do not take such. */
  const scattered = (va: bigint, bytes: Size, kind: AccessKind, rights: AccessRights): readonly number[] | MemoryFault => {
    const first = Number(UNIT - (va % UNIT));
    const a = locate(va, kind, rights, false);
    if (typeof a !== "number") return a;
    const b = locate(BigInt.asUintN(64, va + BigInt(first)), kind, rights, false);
    if (typeof b !== "number") return b;
    return Array.from({ length: bytes }, (_, i) => (i < first ? a + i : b + i - first));
  };
  return {
    flush: () => tlb.flushAll(),
    maintain(va, kind, rights) {
      const found = locate(va, kind, rights, true);
      return typeof found === "number" ? undefined : found;
    },
    addressTranslate(va, kind, { el0 }) {
      refresh();
      return parOf(walkStage1(context, high(va), low(va), kind, el0, out), out, false) | PAR_RES1;
    },
    fetch(va, rights) {
      const r = access(va, 4, EXECUTE, rights, 0n);
      if ("offset" in r) return view.getUint32(r.offset, true);
      return "device" in r ? Number(r.device) : r;
    },
    load(va, bytes, rights) {
      if (crosses(va, bytes)) {
        const offsets = scattered(va, bytes, READ, rights);
        if ("status" in offsets) return offsets;
        return offsets.reduce((value, offset, i) => value | (BigInt(u8[offset] ?? 0) << BigInt(8 * i)), 0n);
      }
      const r = access(va, bytes, READ, rights, 0n);
      if ("offset" in r) return get(r.offset, bytes);
      return "device" in r ? r.device : r;
    },
    store(va, bytes, value, rights) {
      if (crosses(va, bytes)) {
        const offsets = scattered(va, bytes, WRITE, rights);
        if ("status" in offsets) return offsets;
        offsets.forEach((offset, i) => void (u8[offset] = Number((value >> BigInt(8 * i)) & 0xffn)));
        return undefined;
      }
      const r = access(va, bytes, WRITE, rights, value);
      if ("offset" in r) set(r.offset, bytes, value);
      return "status" in r ? r : undefined;
    },
  };
}
