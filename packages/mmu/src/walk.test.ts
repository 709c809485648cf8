import { CPU_MODELS } from "@granule/arm";
import { describe, expect, it } from "vitest";
import { accessOf, naiveText, translationText } from "./agreement.ts";
import { decodeStage1, decodeStage2 } from "./config.ts";
import type { TranslationContext } from "./contract.ts";
import { formatStep } from "./explain.ts";
import { type NaiveQuery, NaiveWalker } from "./naive.ts";
import { generateScenario } from "./scenario.ts";
import { highWord, lowWord, readerOf, tableMemoryOf } from "./scenario-memory.ts";
import { createTranslation, walk } from "./walk.ts";

const ACCESSES = ["read", "write", "execute"] as const;

describe("walk", () => {
  for (const cpu of CPU_MODELS) {
    it(`agrees with the naive walk over grown tables on ${cpu.name}`, () => {
      const out = createTranslation();
      let translated = 0;
      for (let seed = 1; seed <= 60; seed++) {
        const { registers, descriptors, queries } = generateScenario(seed, cpu, 100);
        const read = readerOf(descriptors);
        const context: TranslationContext = { memory: tableMemoryOf(read), stage1: decodeStage1(cpu, registers), stage2: decodeStage2(cpu, registers) };
        const naive = new NaiveWalker(cpu, registers, (at) => read(Number(at)));
        queries.forEach((q, i) => {
          const query: NaiveQuery = { va: q.va, el0: q.el0, access: ACCESSES[i % 3] ?? "read" };
          const answer = naive.translate(query);
          const expected = naiveText(answer);
          if (answer.ok) translated++;
          const got = translationText(walk(context, highWord(q.va), lowWord(q.va), accessOf(query), q.el0, out), out);
          if (got === expected) return;
          const steps: string[] = [];
          walk({ ...context, onStep: (s) => steps.push(formatStep(s)) }, highWord(q.va), lowWord(q.va), accessOf(query), q.el0, out);
          expect.fail(`seed ${seed} query ${i} va 0x${q.va.toString(16)} ${query.access}: ${got}\nexpected ${expected}\n${steps.join("\n")}`);
        });
      }
      // a suite of faults alone would say little
      expect(translated).toBeGreaterThan(1000);
    });
  }
});
