/**
 * The suite that any walker of the EL1&0 regime runs: `@granule/mmu`'s own, and an engine's. Every answer (address,
 * permissions, levels, attributes; or fault, stage, level, s1ptw and IPA) is compared with a slow second walk that
 * follows the architecture's numbered steps.
 */
import { type CpuModel, CPU_MODELS, findCpu } from "@granule/arm";
import { ModelBug } from "@granule/units";
export { type Answer, type Answers, checkRecording, parseRecording, type RecordedTranslations, type RecordingStatistics } from "./recorded.ts";
import { accessOf, naiveText, translationText } from "./agreement.ts";
import { decodeStage1, decodeStage2 } from "./config.ts";
import type { TranslationContext, Walk } from "./contract.ts";
import { formatStep } from "./explain.ts";
import { type NaiveQuery, type NaiveRegisters, NaiveWalker } from "./naive.ts";
import { seeded } from "./random.ts";
import { garbageAddress, garbageMemory, garbageRegisters } from "./scenario-garbage.ts";
import { highWord, lowWord, type ReadDescriptor, readerOf, tableMemoryOf } from "./scenario-memory.ts";
import { generateScenario } from "./scenario.ts";
import { createTranslation, walk as referenceWalk } from "./walk.ts";

/** Of a walker that reads registers and memory of its own, and not the context's: gets what each walk needs before it. */
export interface WalkerMemory {
  /** Machine addresses in bytes that it has memory for; nothing else has any in this suite. */
  readonly window: { readonly start: number; readonly size: number };
  /** Other registers, and memory that is zero. */
  begin(cpu: CpuModel, registers: NaiveRegisters): void;
  /** The descriptor at a machine address. */
  store(at: number, descriptor: bigint): void;
}
/** A walker under test. */
export interface WalkerSubject {
  readonly name: string;
  readonly walk: Walk;
  readonly memory?: WalkerMemory;
}
export type { AtQuery, Scenario } from "./scenario.ts";
export type { NaiveRegisters } from "./naive.ts";
export { SCENARIO_WINDOW } from "./scenario.ts";
/** How the suite declares a case: `it` of a test runner. */
export type DeclareCase = (name: string, run: () => void) => void;

const ACCESSES = ["read", "write", "execute"] as const;

interface Setting {
  readonly cpu: CpuModel;
  readonly registers: NaiveRegisters;
  readonly read: ReadDescriptor;
  /** Says where a difference is: seed and kind. */
  readonly label: string;
}

/** One set of registers and memory; `check` compares one query and is true when it translates. @throws Error where the walks differ. */
function comparison(subject: WalkerSubject, { cpu, registers, read: readAll, label }: Setting): (query: NaiveQuery) => boolean {
  const own = subject.memory;
  own?.begin(cpu, registers);
  const read: ReadDescriptor = (at) => {
    const inside = own === undefined || (at >= own.window.start && at < own.window.start + own.window.size);
    const descriptor = inside ? readAll(at) : undefined;
    // the naive walk goes first: what it reads, the other one will
    if (descriptor !== undefined) own?.store(at, descriptor);
    return descriptor;
  };
  const context: TranslationContext = { memory: tableMemoryOf(read), stage1: decodeStage1(cpu, registers), stage2: decodeStage2(cpu, registers) };
  const naive = new NaiveWalker(cpu, registers, (at) => read(Number(at)));
  const out = createTranslation();
  return (query) => {
    const hi = highWord(query.va);
    const lo = lowWord(query.va);
    const answer = naive.translate(query);
    const expected = naiveText(answer);
    const got = translationText(subject.walk(context, hi, lo, accessOf(query), query.el0, out), out);
    if (got === expected) return answer.ok;
    const steps: string[] = [];
    referenceWalk({ ...context, onStep: (s) => steps.push(formatStep(s)) }, hi, lo, accessOf(query), query.el0, out);
    throw new Error(`${subject.name}, ${label}: ${query.access} of 0x${query.va.toString(16)} at EL${query.el0 ? 0 : 1}\n  gives    ${got}\n  expected ${expected}\n${steps.join("\n")}`);
  };
}

function requireTranslations(count: number, least: number): void {
  if (count < least) throw new ModelBug(`only ${count} of the queries translate: the scenarios say too little`);
}

/** Declares the suite. `scale` multiplies the number of comparisons (1: about 110,000 in all). */
export function describeWalker(subject: WalkerSubject, it: DeclareCase, scale = 1): void {
  for (const cpu of CPU_MODELS) {
    it(`agrees with the naive walk over grown tables on ${cpu.name}`, () => {
      let translated = 0;
      const seeds = Math.ceil(40 * scale);
      for (let seed = 1; seed <= seeds; seed++) {
        const { registers, descriptors, queries } = generateScenario(seed, cpu, 100);
        const check = comparison(subject, { cpu, registers, read: readerOf(descriptors), label: `seed ${seed}` });
        queries.forEach((q, i) => {
          if (check({ va: q.va, el0: q.el0, access: ACCESSES[i % ACCESSES.length] ?? "read" })) translated++;
        });
      }
      requireTranslations(translated, seeds * 20);
    });
  }
  for (const name of ["all-granules", "cortex-a57"]) {
    it(`agrees with the naive walk over garbage on ${name}`, () => {
      const cpu = findCpu(name);
      if (cpu === undefined) throw new ModelBug(`no CPU model ${name}`);
      let translated = 0;
      const seeds = Math.ceil(600 * scale);
      for (let seed = 1; seed <= seeds; seed++) {
        const random = seeded(seed);
        const window = subject.memory?.window;
        const check = comparison(subject, { cpu, registers: garbageRegisters(seed, window), read: garbageMemory(seed, window), label: `garbage seed ${seed}` });
        for (let i = 0; i < 60; i++) {
          const query: NaiveQuery = { va: garbageAddress(random), access: random.pick(ACCESSES), el0: random.chance(0.5) };
          if (check(query)) translated++;
        }
      }
      requireTranslations(translated, seeds / 2);
    });
  }
}
