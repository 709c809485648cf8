/**
 * State of a GICv2 and what follows from it: which interrupt is the highest pending, and whether it is signalled.
 * Source: Arm Generic Interrupt Controller Architecture Specification, version 2.0 (IHI 0048B), chapter 3 "Interrupt
 * Handling and Prioritization". Without Security Extensions; 5 bits of priority (the 32 levels of the virtual CPU
 * interface), so one GICC_APR holds every preemption level.
 */
import { GranuleError } from "@granule/units";
import type { GicV2Options } from "../contract.ts";

/** INTIDs below are software-generated; below PRIVATE, private to a CPU. */
export const SGIS = 16;
export const PRIVATE = 32;
/** No interrupt; and a Group 1 interrupt where only Group 0 may be taken. */
export const SPURIOUS = 1023;
export const SPURIOUS_GROUP1 = 1022;
/** From here INTIDs are special. */
export const SPECIAL = 1020;
/** Bits 7:3 of a priority exist. */
export const PRIORITY_MASK = 0xf8;
const IDLE_PRIORITY = 0xff;
const PRIORITY_SHIFT = 3;
/** The smallest binary points that five bits allow: group priority [7:3]. */
export const MIN_BPR = 2;
export const MIN_ABPR = 3;

/** GICC_CTLR. FIQEn (bit 3) is RAZ/WI: there is no FIQ line. */
export const ENABLE_GROUP0 = 1;
export const ENABLE_GROUP1 = 2;
export const ACK_CTL = 4;
const CBPR = 16;
export const EOI_MODE = 0x200;
export const CTLR_MASK = ENABLE_GROUP0 | ENABLE_GROUP1 | ACK_CTL | CBPR | 0x1e0 | EOI_MODE;

/**
 * Words of 32 interrupts, a bit each. The word of INTIDs 0..31 is banked: those of all vcpus come first, then the SPIs.
 * Bytes (priority, targets) are at 32 x word + bit.
 */
export interface GicState {
  readonly vcpus: number;
  /** INTIDs 0 to `intids` - 1 exist. */
  readonly intids: number;
  readonly enabled: Uint32Array;
  /** Pending by an edge or by a write; of a level-sensitive interrupt the line counts as well. For SGIs: has sources. */
  readonly latch: Uint32Array;
  readonly line: Uint32Array;
  readonly active: Uint32Array;
  readonly edge: Uint32Array;
  readonly group1: Uint32Array;
  readonly priority: Uint8Array;
  readonly targets: Uint8Array;
  /** 16 x vcpu + SGI: who sent it, a bit for each vcpu. */
  readonly sources: Uint8Array;
  /** GICD_CTLR in [0]. */
  readonly distributor: Uint32Array;
  /** GICC_CTLR, PMR, BPR, ABPR and APR of each vcpu. */
  readonly control: Uint32Array;
  readonly mask: Uint8Array;
  readonly binaryPoint: Uint8Array;
  readonly aliasedBinaryPoint: Uint8Array;
  readonly activePriorities: Uint32Array;
}

/** @throws GranuleError GRAN0026 when the options are no GICv2. */
export function createGicState({ vcpus, spis = 64 }: Pick<GicV2Options, "vcpus" | "spis">): GicState {
  if (!Number.isInteger(vcpus) || vcpus < 1 || vcpus > 8) throw new GranuleError("GRAN0026", `GICv2: ${vcpus} vcpus, not 1 to 8`);
  if (!Number.isInteger(spis) || spis < 0 || spis > 960 || spis % 32 !== 0)
    throw new GranuleError("GRAN0026", `GICv2: ${spis} SPIs, not a multiple of 32 up to 960`);
  const words = vcpus + spis / 32;
  const word = (): Uint32Array => new Uint32Array(words);
  const state: GicState = {
    vcpus,
    intids: Math.min(PRIVATE + spis, SPECIAL),
    enabled: word(), latch: word(), line: word(), active: word(), edge: word(), group1: word(),
    priority: new Uint8Array(32 * words),
    targets: new Uint8Array(32 * words).fill(1),
    sources: new Uint8Array(SGIS * vcpus),
    distributor: new Uint32Array(1),
    control: new Uint32Array(vcpus),
    mask: new Uint8Array(vcpus),
    binaryPoint: new Uint8Array(vcpus).fill(MIN_BPR),
    aliasedBinaryPoint: new Uint8Array(vcpus).fill(MIN_ABPR),
    activePriorities: new Uint32Array(vcpus),
  };
  for (let vcpu = 0; vcpu < vcpus; vcpu++) {
    // SGIs are always enabled and edge-triggered.
    state.enabled[vcpu] = 0xffff;
    state.edge[vcpu] = 0xffff;
    state.targets.fill(1 << vcpu, 32 * vcpu, 32 * vcpu + 32);
  }
  return state;
}

/** Index of the word with INTIDs 32 x `n` and up, as a vcpu sees it. */
export const wordAt = (state: GicState, n: number, vcpu: number): number => (n === 0 ? vcpu : state.vcpus + n - 1);
/** Index of an INTID's byte. */
export const byteAt = (state: GicState, intid: number, vcpu: number): number => 32 * wordAt(state, intid >>> 5, vcpu) + (intid & 31);

export const pendingWord = (state: GicState, at: number): number => (state.latch[at] ?? 0) | ((state.line[at] ?? 0) & ~(state.edge[at] ?? 0));
export const isGroup1 = (state: GicState, intid: number, vcpu: number): boolean =>
  ((state.group1[wordAt(state, intid >>> 5, vcpu)] ?? 0) & (1 << (intid & 31))) !== 0;

/**
 * The interrupt that the distributor forwards to a vcpu: pending, enabled, not active, of an enabled group, targeted; the
 * highest priority, then the lowest INTID. SPURIOUS: none.
 */
export function highestPending(state: GicState, vcpu: number): number {
  const groups = state.distributor[0] ?? 0;
  const words = (state.intids + 31) >>> 5;
  const me = 1 << vcpu;
  let best = SPURIOUS;
  let bestPriority = 0x100;
  for (let n = 0; n < words; n++) {
    const at = wordAt(state, n, vcpu);
    const group1 = state.group1[at] ?? 0;
    const forwarded = ((groups & ENABLE_GROUP0) !== 0 ? ~group1 : 0) | ((groups & ENABLE_GROUP1) !== 0 ? group1 : 0);
    let candidates = pendingWord(state, at) & (state.enabled[at] ?? 0) & ~(state.active[at] ?? 0) & forwarded;
    while (candidates !== 0) {
      const bit = 31 - Math.clz32(candidates & -candidates);
      candidates &= candidates - 1;
      const byte = 32 * at + bit;
      const priority = state.priority[byte] ?? 0;
      if (priority >= bestPriority || ((state.targets[byte] ?? 0) & me) === 0) continue;
      best = 32 * n + bit;
      bestPriority = priority;
    }
  }
  return best;
}

/** The group priority of an interrupt: what it must be higher than to be preempted. 3.3.3 "Priority grouping". */
export function groupPriority(state: GicState, intid: number, vcpu: number): number {
  const own = isGroup1(state, intid, vcpu) && ((state.control[vcpu] ?? 0) & CBPR) === 0;
  const point = own ? (state.aliasedBinaryPoint[vcpu] ?? 0) - 1 : (state.binaryPoint[vcpu] ?? 0);
  return (state.priority[byteAt(state, intid, vcpu)] ?? 0) & (0xff << (point + 1)) & 0xff;
}

/** GICC_RPR: the highest group priority that is active. */
export function runningPriority(state: GicState, vcpu: number): number {
  const apr = state.activePriorities[vcpu] ?? 0;
  return apr === 0 ? IDLE_PRIORITY : (31 - Math.clz32(apr & -apr)) << PRIORITY_SHIFT;
}
export function pushPriority(state: GicState, vcpu: number, priority: number): void {
  state.activePriorities[vcpu] = (state.activePriorities[vcpu] ?? 0) | (1 << (priority >>> PRIORITY_SHIFT));
}
/** Priority drop. False: nothing was active. */
export function dropPriority(state: GicState, vcpu: number): boolean {
  const apr = state.activePriorities[vcpu] ?? 0;
  state.activePriorities[vcpu] = apr & (apr - 1);
  return apr !== 0;
}

/** True when the CPU interface lets the interrupt through: its group is enabled, its priority beats the mask and what runs. */
export function isSignalled(state: GicState, vcpu: number, intid: number): boolean {
  if (intid === SPURIOUS) return false;
  const enable = isGroup1(state, intid, vcpu) ? ENABLE_GROUP1 : ENABLE_GROUP0;
  return (
    ((state.control[vcpu] ?? 0) & enable) !== 0 &&
    (state.priority[byteAt(state, intid, vcpu)] ?? 0) < (state.mask[vcpu] ?? 0) &&
    groupPriority(state, intid, vcpu) < runningPriority(state, vcpu)
  );
}
