import { readFileSync } from "node:fs";
import { fromBase64 } from "@granule/codec";
import { describe, expect, it } from "vitest";
import { A64_ROWS, createDecoder } from "../spec/decode.ts";
import { generateAtomics } from "./atomicsGenerate.ts";
import { generate, type Generated } from "./generate.ts";
import { PROGRAM_BASE } from "./image.ts";
import { createEngineKernelProcess, createEngineProcess } from "./engineRun.ts";
import { generateKernel } from "./kernelGenerate.ts";
import { createKernelImage, createKernelProcess } from "./kernelRun.ts";
import { hashOf, hashProgram, hashState, type Level, RECORDED, RECORDED_ATOMICS, simdState, wordsOf } from "./recording.ts";
import { createProcess, FEATURES_LSE, MODEL_LSE } from "./run.ts";

const decode = createDecoder(new Set(FEATURES_LSE));
interface Run {
  readonly level: Level;
  readonly seed: string;
  readonly count: number;
  readonly program: number;
  readonly data: number;
  readonly states: string;
}
const runsOf = (file: string): readonly Run[] => (JSON.parse(readFileSync(new URL(`../../vectors/${file}.json`, import.meta.url), "utf8")) as { runs: Run[] }).runs;
const runs = [...runsOf("qemu"), ...runsOf("atomics")];
const GENERATE: Readonly<Record<Level, typeof generate>> = { EL0: generate, EL1: generateKernel, atomics: generateAtomics };

/** The interpreter by itself over flat memory, and both engines over a machine's memory, tables and registers. */
const SUBJECTS = [
  { name: "the reference interpreter", EL0: (p: Generated) => createProcess(p), atomics: (p: Generated) => createProcess(p, FEATURES_LSE), EL1: createKernelProcess },
  { name: "the reference engine", EL0: (p: Generated) => createEngineProcess(p, "reference"), atomics: (p: Generated) => createEngineProcess(p, "reference", MODEL_LSE), EL1: (p: Generated) => createEngineKernelProcess(p, "reference") },
  { name: "the fast engine", EL0: (p: Generated) => createEngineProcess(p, "fast"), atomics: (p: Generated) => createEngineProcess(p, "fast", MODEL_LSE), EL1: (p: Generated) => createEngineKernelProcess(p, "fast") },
] as const;

/** Rows that end in an exception or leave the core. */
const NEVER = ["HVC_ex_exception", "SMC_ex_exception", "SYSL_RC_systeminstrs", "BRK_ex_exception", "SVC_ex_exception"];

/** Words of QEMU 7.2's cortex-a35 and, with FEAT_LSE, cortex-a76, one per instruction: `npm run verify:a64 -- --record [--atomics]` records anew. */
describe.each(SUBJECTS)("$name and QEMU agree after every instruction", (subject) => {
  const completed = new Set<string>();
  it("of the runs that the generators make", () => {
    expect(runs.map(({ level, seed, count }) => ({ level, seed, count }))).toEqual([...RECORDED, ...RECORDED_ATOMICS]);
  });
  it.each(runs)("$level $seed", ({ level, seed, count, program: wantedProgram, data, states }) => {
    const program = GENERATE[level](seed, count);
    expect(hashProgram(program), "the generator has changed: record anew").toBe(wantedProgram);
    const bytes = fromBase64(states);
    const hashes = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const cpu = subject[level](program);
    const base = level === "EL1" ? createKernelImage(program).start : PROGRAM_BASE;
    const registers = wordsOf(cpu.state.x);
    const vectors = wordsOf(cpu.state.v);
    let executed = "the start";
    let entry = 0;
    for (; ; entry += 1) {
      if (hashState(cpu.state, registers, level !== "EL1" ? simdState(cpu.state, vectors) : undefined) !== hashes.getUint32(entry * 4, true)) expect.fail(`differs after ${executed} (entry ${entry})`);
      const word = program.words[(Number(cpu.state.pc) - base) / 4] ?? 0;
      if (!cpu.step()) break;
      const row = decode(word)?.row;
      if (row !== undefined && !cpu.faulted) completed.add(row.name);
      executed = `0x${word.toString(16)} (${row?.name ?? "unallocated"})`;
    }
    expect(entry).toBe(bytes.length / 4 - 1);
    if (level !== "EL1") expect(hashOf(cpu.data)).toBe(data);
  });
  it("of every row that completes", () => {
    expect(A64_ROWS.map((row) => row.name).filter((name) => !completed.has(name)).sort()).toEqual([...NEVER].sort());
  });
});
