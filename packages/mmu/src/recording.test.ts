import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fromBase64 } from "@granule/codec";
import { describe, expect, it } from "vitest";
import { parOf } from "./attributes.ts";
import { decodeStage1, decodeStage2 } from "./config.ts";
import { ACCESS_READ, ACCESS_WRITE, type TranslationContext } from "./contract.ts";
import { type Answers, checkRecording, parseRecording } from "./recorded.ts";
import { encodeScenarios } from "./scenario-blob.ts";
import { highWord, lowWord, readerOf, tableMemoryOf } from "./scenario-memory.ts";
import { createTranslation, walk, walkStage1 } from "./walk.ts";

const answers: Answers = (cpu, registers, descriptors) => {
  const out = createTranslation();
  const context: TranslationContext = { memory: tableMemoryOf(readerOf(descriptors)), stage1: decodeStage1(cpu, registers), stage2: decodeStage2(cpu, registers) };
  return (q) => {
    const ok = (q.bothStages ? walk : walkStage1)(context, highWord(q.va), lowWord(q.va), q.write ? ACCESS_WRITE : ACCESS_READ, q.el0, out);
    const kind = ok ? "ok" : `${out.fault} stage ${out.stage} level ${out.level}${out.s1ptw ? " s1ptw" : ""}`;
    return { par: parOf(ok, out, q.bothStages), kind };
  };
};

describe("recorded AT instructions", () => {
  for (const name of ["cortex-a35", "cortex-a57"]) {
    it(`${name}: every PAR_EL1 is what the walk and the naive walk give`, () => {
      const recording = parseRecording(JSON.parse(readFileSync(new URL(`../vectors/at-${name}.json`, import.meta.url), "utf8")), fromBase64);
      expect(createHash("sha256").update(encodeScenarios(recording.scenarios)).digest("hex")).toBe(recording.blobSha256);
      const { queries, differing, departures, kinds } = checkRecording(recording, answers);
      // every fault of either stage at its levels, on walks too; and answers enough
      expect(kinds.size).toBeGreaterThanOrEqual(40);
      expect(kinds.get("ok")).toBeGreaterThan(3000);
      // five answers in six are the architecture's as they stand, and no departure is listed in vain
      expect(differing / queries).toBeLessThan(0.17);
      for (const [quirk, count] of departures) expect(count, quirk).toBeGreaterThan(0);
    }, 60_000);
  }
});
