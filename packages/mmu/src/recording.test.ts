import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type CpuModel, ESR_ELx, findCpu, ISS_DATA_ABORT, PAR_EL1_FAULT } from "@granule/arm";
import { hex } from "@granule/units";
import { describe, expect, it } from "vitest";
import { parOf } from "./attributes.ts";
import { decodeStage1, decodeStage2 } from "./config.ts";
import { ACCESS_READ, ACCESS_WRITE, type TranslationContext } from "./contract.ts";
import { naivePar } from "./naive-par.ts";
import { type NaiveQuery, type NaiveQuirks, NaiveWalker, NO_QUIRKS } from "./naive.ts";
import { encodeScenarios, instructionOf, INSTRUCTIONS } from "./scenario-blob.ts";
import { highWord, lowWord, readerOf, tableMemoryOf } from "./scenario-memory.ts";
import { generateScenario, type Scenario } from "./scenario.ts";
import { createTranslation, walk, walkStage1 } from "./walk.ts";

interface Recording {
  readonly cpu: CpuModel;
  readonly scenarios: readonly Scenario[];
  readonly blobSha256: string;
  readonly results: BigUint64Array;
}
function load(name: string): Recording {
  const raw: unknown = JSON.parse(readFileSync(new URL(`../vectors/at-${name}.json`, import.meta.url), "utf8"));
  const field = (key: string): string => {
    const value: unknown = typeof raw === "object" && raw !== null ? Reflect.get(raw, key) : undefined;
    return String(value);
  };
  const cpu = findCpu(field("cpu"));
  if (cpu === undefined) throw new Error(`no CPU ${field("cpu")}`);
  const bytes = Uint8Array.from(Buffer.from(field("results"), "base64"));
  return {
    cpu, blobSha256: field("blobSha256"), results: new BigUint64Array(bytes.buffer),
    scenarios: Array.from({ length: Number(field("scenarios")) }, (_, i) => generateScenario(Number(field("firstSeed")) + i, cpu, Number(field("queries")))),
  };
}

/**
 * Where QEMU 7.2 departs from the architecture. The list is closed: with these five, every answer is predicted.
 *
 * - A block descriptor at level 0 (4K) or level 0 and 1 (16K) or level 1 (64K) is reserved without LPA2 and LPA: a
 *   translation fault (D8.3.1 "VMSAv8-64 Table descriptor and Block descriptor"). QEMU takes it as a block.
 * - A stage 2 fault on a stage 1 walk reports the level of stage 2 (J1.1, AArch64.S1Walk() returns S2's fault record).
 *   QEMU reports the level of the stage 1 lookup.
 * - PAR_EL1.SH is 0b10 for Device and for Normal Inner and Outer Non-cacheable memory ("PAR_EL1"). QEMU does so for two
 *   stages together; for one it reports the descriptor's field, and 0 with stage 1 off.
 * - Device at one stage and Normal at the other is that Device type (D8.6 "Combining stage 1 and stage 2 memory type
 *   attributes"). QEMU also reads the inner nibble of the Normal type as one: Non-cacheable, 0b0100, makes nGnRE.
 * - Stage 2's input size and start level are limited by the implemented PA size (J1.1, S2InvalidTxSZ() and S2InvalidSL()
 *   use PAMax()). QEMU limits them by the smaller of that and VTCR_EL2.PS.
 */
const QEMU: NaiveQuirks = { blocksAtEveryLevel: true, stage1LevelOnWalk: true, descriptorShareability: true, normalNibbleAsDevice: true, stage2SizesByPs: true };
const QUIRKS = ["blocksAtEveryLevel", "stage1LevelOnWalk", "descriptorShareability", "normalNibbleAsDevice", "stage2SizesByPs"] as const;

/** Without NS (the security state is not modelled) and bit 11 (RES1). */
const COMPARED = BigInt.asUintN(64, ~((1n << 9n) | (1n << 11n)));
const COMPARED_FAULT = ~(1n << 11n);
/** An AT that took an exception printed (ESR_EL2 << 32) | 0x80000001. */
const isException = (result: bigint): boolean => (result & 0x8000_0001n) === 0x8000_0001n;
const STAGE2_BIT = 1n << 9n;

/** A recorded answer as PAR_EL1. ESR_EL2 has no bit for the stage of an external abort, so that S is lost there. */
function recordedPar(result: bigint): bigint {
  if ((result & 1n) === 0n) return result & COMPARED;
  if (!isException(result)) return result & COMPARED_FAULT;
  const { DFSC, S1PTW } = ISS_DATA_ABORT.decode(BigInt(ESR_ELx.fields.ISS.get(result >> 32n)));
  return PAR_EL1_FAULT.encode({ F: 1, FST: DFSC, PTW: S1PTW });
}

describe("recorded AT instructions", () => {
  for (const name of ["cortex-a35", "cortex-a57"]) {
    it(`${name}: every PAR_EL1 is what the walk and the naive walk give`, () => {
      const { cpu, scenarios, blobSha256, results } = load(name);
      expect(createHash("sha256").update(encodeScenarios(scenarios)).digest("hex")).toBe(blobSha256);
      const out = createTranslation();
      const departures = new Map<string, number>();
      const kinds = new Map<string, number>();
      let index = 0;
      let differing = 0;
      for (const [number, { registers, descriptors, queries }] of scenarios.entries()) {
        const read = readerOf(descriptors);
        const context: TranslationContext = { memory: tableMemoryOf(read), stage1: decodeStage1(cpu, registers), stage2: decodeStage2(cpu, registers) };
        const naive = (quirks: NaiveQuirks) => new NaiveWalker(cpu, registers, (at) => read(Number(at)), quirks);
        const architecture = naive(NO_QUIRKS);
        const qemu = naive(QEMU);
        for (const q of queries) {
          const result = results[index++] ?? 0n;
          const seen = (par: bigint): bigint => (isException(result) ? par & ~STAGE2_BIT : par);
          const recorded = recordedPar(result);
          const query: NaiveQuery = { va: q.va, access: q.write ? "write" : "read", el0: q.el0 };
          const ok = (q.bothStages ? walk : walkStage1)(context, highWord(q.va), lowWord(q.va), q.write ? ACCESS_WRITE : ACCESS_READ, q.el0, out);
          const par = parOf(ok, out, q.bothStages);
          const where = `scenario ${number}, ${INSTRUCTIONS[instructionOf(q)]} 0x${q.va.toString(16)}`;
          if (par !== naivePar(architecture, query, q.bothStages)) expect.fail(`${where}: the two walks differ`);
          const kind = ok ? "ok" : `${out.fault} stage ${out.stage} level ${out.level}${out.s1ptw ? " s1ptw" : ""}`;
          kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
          const predicted = naivePar(qemu, query, q.bothStages);
          if (recorded !== seen(predicted)) expect.fail(`${where}: recorded ${hex(recorded)}, the walk gives ${hex(par)}, with QEMU's departures ${hex(predicted)}`);
          if (predicted === par) continue;
          differing++;
          for (const quirk of QUIRKS) {
            if (naivePar(naive({ ...QEMU, [quirk]: false }), query, q.bothStages) !== predicted) departures.set(quirk, (departures.get(quirk) ?? 0) + 1);
          }
        }
      }
      expect(index).toBe(results.length);
      // every fault of either stage at its levels, on walks too; and answers enough
      expect(kinds.size).toBeGreaterThanOrEqual(40);
      expect(kinds.get("ok")).toBeGreaterThan(3000);
      // five answers in six are the architecture's as they stand, and no departure is listed in vain
      expect(differing / index).toBeLessThan(0.17);
      for (const quirk of QUIRKS) expect(departures.get(quirk), quirk).toBeGreaterThan(0);
    }, 60_000);
  }
});
