import { readFileSync } from "node:fs";
import type { CpuModel, TranslationFault } from "@granule/arm";
import { fromBase64 } from "@granule/codec";
import { VcpuRegsLayout } from "@granule/machine";
import { createTranslation, LEVEL_OFF, parOf, type Translation, type Walk } from "@granule/mmu";
import { checkRecording, describeWalker, type NaiveRegisters, parseRecording, SCENARIO_WINDOW, type WalkerMemory } from "@granule/mmu/conformance";
import { ipa, kib, mib, pa } from "@granule/units";
import { describe, expect, it } from "vitest";
import { writeSettings } from "./settings.ts";
import { instantiateEngine } from "./wasm.ts";

/** In wasm memory: the window of the scenarios, registers, an answer, the engine's own. */
const { size } = SCENARIO_WINDOW;
const REGS = size;
const OUT = size + kib(16);
const POOL = size + kib(64);
const TLBS = size + mib(2);
const TOTAL = size + mib(4);
const WASM_PAGE = kib(64);

const FAULTS: readonly (readonly [first: number, fault: TranslationFault])[] = [[0, "addressSize"], [4, "translation"], [8, "accessFlag"], [12, "permission"], [20, "externalAbortOnWalk"]];
const high = (x: bigint): number => Number(x >> 32n);
const low = (x: bigint): number => Number(x & 0xffff_ffffn);

interface EngineWalker extends WalkerMemory {
  /** Both stages; 0 or 1 for a read or a write. */
  translate(va: bigint, access: number, el0: boolean, out: Translation): boolean;
  /** PAR_EL1 after AT S1E1R and kin. */
  addressTranslate(va: bigint, write: boolean, el0: boolean): bigint;
}
function createEngineWalker(): EngineWalker {
  const memory = new WebAssembly.Memory({ initial: TOTAL / WASM_PAGE, maximum: TOTAL / WASM_PAGE });
  const { engine, offsets } = instantiateEngine(memory, { access: () => 1, system: () => 0, unallocated: () => undefined, holds: () => 0 });
  engine.createMachine(0, SCENARIO_WINDOW.start, size, POOL, 1);
  const all = new DataView(memory.buffer);
  const regs = new DataView(memory.buffer, REGS, VcpuRegsLayout.size);
  const f = VcpuRegsLayout.fields;
  let stored: number[] = [];
  return {
    window: SCENARIO_WINDOW,
    begin(cpu: CpuModel, r: NaiveRegisters) {
      for (const at of stored) all.setBigUint64(at, 0n, true);
      stored = [];
      f.SCTLR_EL1.set(regs, 0, r.sctlr);
      f.TCR_EL1.set(regs, 0, r.tcr);
      f.TTBR0_EL1.set(regs, 0, r.ttbr0);
      f.TTBR1_EL1.set(regs, 0, r.ttbr1);
      f.MAIR_EL1.set(regs, 0, r.mair);
      writeSettings(regs, offsets, cpu, { stage2: r }, true);
      engine.addVcpu(REGS, TLBS, 1);
    },
    store(at, descriptor) {
      const offset = at - SCENARIO_WINDOW.start;
      stored.push(offset);
      all.setBigUint64(offset, descriptor, true);
    },
    translate(va, access, el0, out) {
      const ok = engine.walk(REGS, high(va), low(va), access, el0 ? 1 : 0, OUT) !== 0;
      fill(out, ok, new DataView(memory.buffer, OUT, 96));
      return ok;
    },
    addressTranslate(va, write, el0) {
      engine.addressTranslate(REGS, high(va), low(va), write ? 1 : 0, el0 ? 1 : 0);
      return f.PAR_EL1.get(regs, 0);
    },
  };
}
/** See walk() of assembly/index.ts. */
function fill(out: Translation, ok: boolean, answer: DataView): void {
  const u64 = (at: number): number => Number(answer.getBigUint64(at, true));
  const u32 = (at: number): number => answer.getUint32(at, true);
  const [first, fault] = FAULTS.findLast(([code]) => u32(72) >= code) ?? [0, "addressSize"];
  const flag = (at: number): boolean => u32(at) !== 0;
  Object.assign(out, ok ? { fault: "none" } : { fault, level: u32(72) - first, stage: u32(76) === 2 ? 2 : 1, s1ptw: flag(80), faultIpa: ipa(u64(16)) });
  if (!ok) return;
  Object.assign(out, {
    pa: pa(u64(0)), ipa: ipa(u64(8)), permissions: u32(24), attributes: u32(28), memAttr2: u32(32), shareability1: u32(36), shareability2: u32(40), global: flag(44),
    level1: u32(48), level2: u32(52), shift1: u32(56), shift2: u32(60), contiguous1: flag(64), contiguous2: flag(68),
  });
}

const RES1 = 1n << 11n;

describe("the fast engine's walk", () => {
  const walker = createEngineWalker();
  // its context is in its registers
  const walk: Walk = (_, vaHi, vaLo, access, el0, out) => walker.translate((BigInt(vaHi >>> 0) << 32n) | BigInt(vaLo >>> 0), access, el0, out);
  describeWalker({ name: "the fast engine", walk, memory: walker }, it);

  it("the suite notices when it forgets one register", () => {
    const broken: string[] = [];
    const memory: WalkerMemory = { ...walker, begin: (cpu, registers) => walker.begin(cpu, { ...registers, mair: 0n }) };
    describeWalker({ name: "without MAIR_EL1", walk, memory }, (name, run) => {
      try {
        run();
      } catch {
        broken.push(name);
      }
    }, 0.05);
    expect(broken.length).toBeGreaterThan(3);
  });

  it.each(["cortex-a35", "cortex-a57"])("recorded AT instructions of %s", (name) => {
    const recording = parseRecording(JSON.parse(readFileSync(new URL(`../../../mmu/vectors/at-${name}.json`, import.meta.url), "utf8")), fromBase64);
    const out = createTranslation();
    const { queries } = checkRecording(recording, (cpu, registers, descriptors) => {
      walker.begin(cpu, registers);
      for (const [at, descriptor] of descriptors) walker.store(at, descriptor);
      return (q) => {
        // AT S1E.. is the engine's own; of AT S12E.., an instruction of EL2, it has the walk
        if (!q.bothStages) return { par: walker.addressTranslate(q.va, q.write, q.el0) & ~RES1, kind: "stage 1" };
        const ok = walker.translate(q.va, q.write ? 1 : 0, q.el0, out);
        return { par: parOf(ok, out, true), kind: out.level2 === LEVEL_OFF ? "stage 1 alone" : "both stages" };
      };
    });
    expect(queries).toBeGreaterThan(5000);
  });
});
