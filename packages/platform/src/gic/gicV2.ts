/**
 * A GICv2 as a guest sees it, for up to eight vcpus: distributor, CPU interfaces, input lines.
 * Source: Arm Generic Interrupt Controller Architecture Specification, version 2.0 (IHI 0048B).
 */
import { jsonObject } from "@granule/kit";
import type { GicV2, GicV2Options } from "../contract.ts";
import { loadWords, saveWords } from "../saved.ts";
import { createCpuInterface } from "./cpuInterface.ts";
import { createDistributor } from "./distributor.ts";
import { createGicState, type GicState, highestPending, isSignalled, SGIS, wordAt } from "./state.ts";

const SAVED = [
  "enabled", "latch", "line", "active", "edge", "group1", "priority", "targets", "sources", "distributor", "control", "mask", "binaryPoint",
  "aliasedBinaryPoint", "activePriorities",
] as const satisfies readonly (keyof GicState)[];

/**
 * A GICv2 after reset: everything disabled, all SPIs level-sensitive and targeted at vcpu 0.
 *
 * @throws GranuleError GRAN0026 when the options are no GICv2.
 * @example
 * const gic = createGicV2({ vcpus: 2, onIrq: (vcpu, level) => engines[vcpu].irq(level) });
 * gic.setLine(33, true);            // the UART wants attention
 * gic.cpuInterface.read(0, 0x0c, 4); // GICC_IAR of vcpu 0
 */
export function createGicV2(options: GicV2Options): GicV2 {
  const state = createGicState(options);
  const lines = new Uint8Array(state.vcpus);
  /** Sets the IRQ lines by the state. */
  function changed(): void {
    for (let vcpu = 0; vcpu < state.vcpus; vcpu++) {
      const level = isSignalled(state, vcpu, highestPending(state, vcpu)) ? 1 : 0;
      if (lines[vcpu] === level) continue;
      lines[vcpu] = level;
      options.onIrq?.(vcpu, level === 1);
    }
  }
  const exists = (intid: number, vcpu: number): boolean => intid >= SGIS && intid < state.intids && vcpu >= 0 && vcpu < state.vcpus;
  function setLine(intid: number, level: boolean, vcpu = 0): void {
    if (!exists(intid, vcpu)) return;
    const at = wordAt(state, intid >>> 5, vcpu);
    const bit = 1 << (intid & 31);
    const before = state.line[at] ?? 0;
    if (((before & bit) !== 0) === level) return;
    state.line[at] = before ^ bit;
    if (level) state.latch[at] = (state.latch[at] ?? 0) | ((state.edge[at] ?? 0) & bit);
    changed();
  }
  return {
    distributor: createDistributor(state, changed, options.ignored),
    cpuInterface: createCpuInterface(state, changed, options.ignored),
    setLine,
    pulse(intid, vcpu = 0) {
      if (!exists(intid, vcpu)) return;
      const at = wordAt(state, intid >>> 5, vcpu);
      state.latch[at] = (state.latch[at] ?? 0) | (1 << (intid & 31));
      changed();
    },
    irq: (vcpu) => lines[vcpu] === 1,
    save: () => Object.fromEntries(SAVED.map((name) => [name, saveWords(state[name])])),
    load(saved) {
      const from = jsonObject(saved, "GICv2");
      for (const name of SAVED) loadWords(state[name], from, name);
      changed();
    },
  };
}
