import { findCpu } from "@granule/arm";
import { describe, expect, it } from "vitest";
import { decodeStage1, decodeStage2 } from "./config.ts";
import { describeWalker } from "./conformance.ts";
import { ACCESS_READ, type TranslationContext, type WalkStep } from "./contract.ts";
import { formatStep } from "./explain.ts";
import { generateScenario } from "./scenario.ts";
import { highWord, lowWord, readerOf, tableMemoryOf } from "./scenario-memory.ts";
import { createTranslation, walk } from "./walk.ts";

describe("walk", () => {
  describeWalker({ name: "@granule/mmu", walk }, it);

  it("the suite notices a walker that forgets one rule", () => {
    const broken: string[] = [];
    const forgetful: typeof walk = (context, hi, lo, access, el0, out) =>
      walk({ ...context, stage1: { ...context.stage1, writeImpliesExecuteNever: false } }, hi, lo, access, el0, out);
    describeWalker({ name: "without WXN", walk: forgetful }, (name, run) => {
      try {
        run();
      } catch {
        broken.push(name);
      }
    }, 0.2);
    expect(broken.length).toBeGreaterThan(3);
  });

  it("listening to the steps changes no answer, and the last step tells it", () => {
    const cpu = findCpu("all-granules");
    if (cpu === undefined) throw new Error("no CPU");
    let told = 0;
    for (let seed = 1; seed <= 10; seed++) {
      const { registers, descriptors, queries } = generateScenario(seed, cpu);
      const context: TranslationContext = { memory: tableMemoryOf(readerOf(descriptors)), stage1: decodeStage1(cpu, registers), stage2: decodeStage2(cpu, registers) };
      for (const { va } of queries) {
        const quiet = createTranslation();
        const heard = createTranslation();
        const steps: WalkStep[] = [];
        const ok = walk(context, highWord(va), lowWord(va), ACCESS_READ, false, quiet);
        expect(walk({ ...context, onStep: (s) => steps.push(s) }, highWord(va), lowWord(va), ACCESS_READ, false, heard)).toBe(ok);
        expect(heard).toEqual(quiet);
        const last = steps.at(-1);
        if (last === undefined) continue;
        told++;
        if (ok) expect(["block", "page"]).toContain(last.decision);
        // a fault before the first lookup of a stage has no step of its own
        else if (last.stage === heard.stage && last.level === heard.level && !["block", "page", "table"].includes(last.decision)) expect(last.decision).toBe(heard.fault);
      }
    }
    expect(told).toBeGreaterThan(300);
  });

  it("a step reads as a line of text", () => {
    const step: WalkStep = {
      stage: 2, s1ptw: true, level: 2, table: 0x4040_0000, bits: [29, 21], index: 2, descriptor: 0x4040_1003n, decision: "table", output: 0x4040_1000,
    };
    expect(formatStep(step)).toBe("    stage 2 level 2: table 0x40400000 [29:21] = 2 -> 0x40401003: next table at 0x40401000");
  });
});
