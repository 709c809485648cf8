/**
 * The CPU interface's registers, banked for each vcpu: Arm IHI 0048B, 4.4 "CPU interface register descriptions". 32-bit
 * accesses only. Without Security Extensions: GICC_BPR is of Group 0, GICC_ABPR of Group 1.
 */
import type { Ignored, MmioDevice } from "../contract.ts";
import { firstSource, takeSource } from "./distributor.ts";
import {
  ACK_CTL, CTLR_MASK, dropPriority, ENABLE_GROUP0, ENABLE_GROUP1, EOI_MODE, type GicState, groupPriority, highestPending, isGroup1, isSignalled,
  MIN_ABPR, MIN_BPR, PRIORITY_MASK, pushPriority, runningPriority, SGIS, SPECIAL, SPURIOUS, SPURIOUS_GROUP1, wordAt,
} from "./state.ts";

const SIZE = 0x2000;
/** A GIC-400: architecture version 2 in bits 19:16. */
const GICC_IIDR_VALUE = 0x0202143b;

const GICC_CTLR = 0x00;
const GICC_PMR = 0x04;
const GICC_BPR = 0x08;
const GICC_IAR = 0x0c;
const GICC_EOIR = 0x10;
const GICC_RPR = 0x14;
const GICC_HPPIR = 0x18;
const GICC_ABPR = 0x1c;
const GICC_AIAR = 0x20;
const GICC_AEOIR = 0x24;
const GICC_AHPPIR = 0x28;
const GICC_APR0 = 0xd0;
const GICC_NSAPR0 = 0xe0;
const GICC_IIDR = 0xfc;
const GICC_DIR = 0x1000; // MAGIC: the second half of the CPU interface's register map

/** Who sees an interrupt: through GICC_IAR and GICC_HPPIR all, unless AckCtl leaves Group 1 to the aliased registers. */
function visible(state: GicState, vcpu: number, intid: number, aliased: boolean): number {
  if (intid === SPURIOUS) return SPURIOUS;
  const group1 = isGroup1(state, intid, vcpu);
  if (aliased) return group1 ? intid : SPURIOUS;
  return group1 && ((state.control[vcpu] ?? 0) & ACK_CTL) === 0 ? SPURIOUS_GROUP1 : intid;
}
/** Bits 12:10 of GICC_IAR and GICC_HPPIR: who sent the SGI. */
const withSource = (intid: number, source: number): number => intid | (source << 10);

/** 4.4.4 GICC_IAR: the interrupt becomes active, and no longer pending unless its line says so. */
function acknowledge(state: GicState, vcpu: number, aliased: boolean): number {
  const pending = highestPending(state, vcpu);
  const intid = isSignalled(state, vcpu, pending) ? visible(state, vcpu, pending, aliased) : SPURIOUS;
  if (intid >= SPECIAL) return intid;
  pushPriority(state, vcpu, groupPriority(state, intid, vcpu));
  const at = wordAt(state, intid >>> 5, vcpu);
  const bit = 1 << (intid & 31);
  state.active[at] = (state.active[at] ?? 0) | bit;
  if (intid < SGIS) return withSource(intid, takeSource(state, vcpu, intid));
  state.latch[at] = (state.latch[at] ?? 0) & ~bit;
  return intid;
}

/** 4.4.7 GICC_HPPIR: whatever the mask and the running priority say. */
function peek(state: GicState, vcpu: number, aliased: boolean): number {
  const pending = highestPending(state, vcpu);
  if (pending === SPURIOUS) return SPURIOUS;
  const enable = isGroup1(state, pending, vcpu) ? ENABLE_GROUP1 : ENABLE_GROUP0;
  if (((state.control[vcpu] ?? 0) & enable) === 0) return SPURIOUS;
  const intid = visible(state, vcpu, pending, aliased);
  return intid < SGIS ? withSource(intid, firstSource(state, vcpu, intid)) : intid;
}

function deactivate(state: GicState, vcpu: number, intid: number): void {
  if (intid >= state.intids) return;
  const at = wordAt(state, intid >>> 5, vcpu);
  state.active[at] = (state.active[at] ?? 0) & ~(1 << (intid & 31));
}
/**
 * 4.4.5 GICC_EOIR: drops the highest active priority and, with EOImode 0, deactivates. Nothing when nothing is active, or for a
 * special INTID. That the INTID is the last one acknowledged is the guest's business.
 */
function endOfInterrupt(state: GicState, vcpu: number, value: number): void {
  const intid = value & 0x3ff;
  if (intid >= SPECIAL || !dropPriority(state, vcpu)) return;
  if (((state.control[vcpu] ?? 0) & EOI_MODE) === 0) deactivate(state, vcpu, intid);
}

/** `changed`: as for the distributor. */
export function createCpuInterface(state: GicState, changed: () => void, ignored: Ignored | undefined): MmioDevice {
  const name = "GICC";
  function readRegister(vcpu: number, offset: number): number | undefined {
    switch (offset) {
      case GICC_CTLR: return state.control[vcpu];
      case GICC_PMR: return state.mask[vcpu];
      case GICC_BPR: return state.binaryPoint[vcpu];
      case GICC_ABPR: return state.aliasedBinaryPoint[vcpu];
      case GICC_RPR: return runningPriority(state, vcpu);
      case GICC_HPPIR: return peek(state, vcpu, false);
      case GICC_AHPPIR: return peek(state, vcpu, true);
      case GICC_APR0: return state.activePriorities[vcpu];
      case GICC_IIDR: return GICC_IIDR_VALUE;
      case GICC_IAR:
      case GICC_AIAR: {
        const value = acknowledge(state, vcpu, offset === GICC_AIAR);
        changed();
        return value;
      }
      // Write-only, and what only Security Extensions have.
      case GICC_EOIR:
      case GICC_AEOIR:
      case GICC_DIR:
      case GICC_NSAPR0: return 0;
      default: return undefined;
    }
  }
  function writeRegister(vcpu: number, offset: number, value: number): boolean {
    switch (offset) {
      case GICC_CTLR:
        state.control[vcpu] = value & CTLR_MASK;
        return true;
      case GICC_PMR:
        state.mask[vcpu] = value & PRIORITY_MASK;
        return true;
      case GICC_BPR:
        state.binaryPoint[vcpu] = Math.max(value & 7, MIN_BPR);
        return true;
      case GICC_ABPR:
        state.aliasedBinaryPoint[vcpu] = Math.max(value & 7, MIN_ABPR);
        return true;
      case GICC_APR0:
        state.activePriorities[vcpu] = value;
        return true;
      case GICC_EOIR:
      case GICC_AEOIR:
        endOfInterrupt(state, vcpu, value);
        return true;
      case GICC_DIR:
        // 4.4.15: UNPREDICTABLE with EOImode 0; here without effect.
        if (((state.control[vcpu] ?? 0) & EOI_MODE) !== 0) deactivate(state, vcpu, value & 0x3ff);
        return true;
      // Read-only, and what only Security Extensions have.
      case GICC_IAR:
      case GICC_AIAR:
      case GICC_RPR:
      case GICC_HPPIR:
      case GICC_AHPPIR:
      case GICC_IIDR:
      case GICC_NSAPR0: return true;
      default: return false;
    }
  }
  return {
    name,
    size: SIZE,
    read(vcpu, offset, bytes) {
      const value = bytes === 4 ? readRegister(vcpu, offset) : undefined;
      if (value === undefined) ignored?.(name, vcpu, offset, bytes, undefined);
      return value ?? 0;
    },
    write(vcpu, offset, bytes, value) {
      if (bytes === 4 && writeRegister(vcpu, offset, value)) changed();
      else ignored?.(name, vcpu, offset, bytes, value);
    },
  };
}
