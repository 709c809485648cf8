/**
 * Recorded answers of a real walker to AT instructions, and the check that a walker runs against them: it must answer as the
 * architecture does, and the recording must be that with the departures of the recorded machine.
 */
import { type CpuModel, ESR_ELx, findCpu, ISS_DATA_ABORT, PAR_EL1_FAULT } from "@granule/arm";
import { hex, ModelBug } from "@granule/units";
import { naivePar } from "./naive-par.ts";
import { type NaiveQuery, type NaiveQuirks, type NaiveRegisters, NaiveWalker, NO_QUIRKS } from "./naive.ts";
import { instructionOf, INSTRUCTIONS } from "./scenario-blob.ts";
import { readerOf } from "./scenario-memory.ts";
import { type AtQuery, generateScenario, type Scenario } from "./scenario.ts";

export interface RecordedTranslations {
  readonly cpu: CpuModel;
  readonly scenarios: readonly Scenario[];
  /** Of the scenarios as the recorder loaded them. */
  readonly blobSha256: string;
  readonly results: BigUint64Array;
}
/** `raw`: a file of vectors/, parsed. `bytesOf` decodes base64. */
export function parseRecording(raw: unknown, bytesOf: (base64: string) => Uint8Array): RecordedTranslations {
  const field = (key: string): string => String(typeof raw === "object" && raw !== null ? Reflect.get(raw, key) : undefined);
  const cpu = findCpu(field("cpu"));
  if (cpu === undefined) throw new ModelBug(`no CPU ${field("cpu")}`);
  return {
    cpu, blobSha256: field("blobSha256"), results: new BigUint64Array(bytesOf(field("results")).slice().buffer),
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

/** PAR_EL1 after the AT instruction of a query, without bit 11, and the kind of answer for statistics. */
export type Answer = (query: AtQuery) => { readonly par: bigint; readonly kind: string };
/** A walker over the registers and descriptors of one scenario. */
export type Answers = (cpu: CpuModel, registers: NaiveRegisters, descriptors: ReadonlyMap<number, bigint>) => Answer;

export interface RecordingStatistics {
  readonly queries: number;
  /** Answers where the recorded machine departs from the architecture. */
  readonly differing: number;
  /** By name of the departure: answers that need it. */
  readonly departures: ReadonlyMap<string, number>;
  readonly kinds: ReadonlyMap<string, number>;
}

/** Replays a recording. @throws Error at the first answer that is not the architecture's, or not predicted. */
export function checkRecording({ cpu, scenarios, results }: RecordedTranslations, answers: Answers): RecordingStatistics {
  const departures = new Map<string, number>(QUIRKS.map((quirk) => [quirk, 0]));
  const kinds = new Map<string, number>();
  let index = 0;
  let differing = 0;
  for (const [number, { registers, descriptors, queries }] of scenarios.entries()) {
    const read = readerOf(descriptors);
    const answer = answers(cpu, registers, descriptors);
    const naive = (quirks: NaiveQuirks) => new NaiveWalker(cpu, registers, (at) => read(Number(at)), quirks);
    const architecture = naive(NO_QUIRKS);
    const qemu = naive(QEMU);
    for (const q of queries) {
      const result = results[index++] ?? 0n;
      const seen = (par: bigint): bigint => (isException(result) ? par & ~STAGE2_BIT : par);
      const query: NaiveQuery = { va: q.va, access: q.write ? "write" : "read", el0: q.el0 };
      const { par, kind } = answer(q);
      const where = `scenario ${number}, ${INSTRUCTIONS[instructionOf(q)]} 0x${q.va.toString(16)}`;
      const expected = naivePar(architecture, query, q.bothStages);
      if (par !== expected) throw new Error(`${where}: the walk gives ${hex(par)}, the naive walk ${hex(expected)}`);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      const predicted = naivePar(qemu, query, q.bothStages);
      if (recordedPar(result) !== seen(predicted)) throw new Error(`${where}: recorded ${hex(recordedPar(result))}, the walk gives ${hex(par)}, with QEMU's departures ${hex(predicted)}`);
      if (predicted === par) continue;
      differing++;
      for (const quirk of QUIRKS) {
        if (naivePar(naive({ ...QEMU, [quirk]: false }), query, q.bothStages) !== predicted) departures.set(quirk, (departures.get(quirk) ?? 0) + 1);
      }
    }
  }
  if (index !== results.length) throw new Error(`${results.length} answers are recorded, ${index} were asked for`);
  return { queries: index, differing, departures, kinds };
}
