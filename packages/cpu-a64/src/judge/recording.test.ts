import { readFileSync } from "node:fs";
import { fromBase64 } from "@granule/codec";
import { describe, expect, it } from "vitest";
import { A64_ROWS, createDecoder } from "../spec/decode.ts";
import { generate, type Generated } from "./generate.ts";
import { PROGRAM_BASE } from "./image.ts";
import { createEngineKernelProcess, createEngineProcess } from "./engineRun.ts";
import { generateKernel } from "./kernelGenerate.ts";
import { createKernelImage, createKernelProcess } from "./kernelRun.ts";
import { hashOf, hashProgram, hashState, type Level, RECORDED, simdState, wordsOf } from "./recording.ts";
import { createProcess } from "./run.ts";

const decode = createDecoder(new Set(["crc32"]));
const file = new URL("../../vectors/qemu.json", import.meta.url);
const recording = JSON.parse(readFileSync(file, "utf8")) as {
  runs: { level: Level; seed: string; count: number; program: number; data: number; states: string }[];
};

/** The interpreter by itself over flat memory, and both engines over a machine's memory, tables and registers. */
const SUBJECTS = [
  { name: "the reference interpreter", process: createProcess, kernel: createKernelProcess },
  { name: "the reference engine", process: (p: Generated) => createEngineProcess(p, "reference"), kernel: (p: Generated) => createEngineKernelProcess(p, "reference") },
  { name: "the fast engine", process: (p: Generated) => createEngineProcess(p, "fast"), kernel: (p: Generated) => createEngineKernelProcess(p, "fast") },
] as const;

/** Rows that end in an exception or leave the core. */
const NEVER = ["HVC_ex_exception", "SMC_ex_exception", "SYSL_RC_systeminstrs", "BRK_ex_exception", "SVC_ex_exception"];

/** Words of QEMU 7.2's cortex-a35, one per instruction: `npm run verify:a64 -- --record` records anew. */
describe.each(SUBJECTS)("$name and QEMU agree after every instruction", (subject) => {
  const completed = new Set<string>();
  it("of the runs that the generator makes", () => {
    expect(recording.runs.map(({ level, seed, count }) => ({ level, seed, count }))).toEqual(RECORDED);
  });
  it.each(recording.runs)("$level $seed", ({ level, seed, count, program: wantedProgram, data, states }) => {
    const program = level === "EL0" ? generate(seed, count) : generateKernel(seed, count);
    expect(hashProgram(program), "the generator has changed: record anew").toBe(wantedProgram);
    const bytes = fromBase64(states);
    const hashes = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const cpu = level === "EL0" ? subject.process(program) : subject.kernel(program);
    const base = level === "EL0" ? PROGRAM_BASE : createKernelImage(program).start;
    const registers = wordsOf(cpu.state.x);
    const vectors = wordsOf(cpu.state.v);
    let executed = "the start";
    let entry = 0;
    for (; ; entry += 1) {
      if (hashState(cpu.state, registers, level === "EL0" ? simdState(cpu.state, vectors) : undefined) !== hashes.getUint32(entry * 4, true)) expect.fail(`differs after ${executed} (entry ${entry})`);
      const word = program.words[(Number(cpu.state.pc) - base) / 4] ?? 0;
      if (!cpu.step()) break;
      const row = decode(word)?.row;
      if (row !== undefined && !cpu.faulted) completed.add(row.name);
      executed = `0x${word.toString(16)} (${row?.name ?? "unallocated"})`;
    }
    expect(entry).toBe(bytes.length / 4 - 1);
    if (level === "EL0") expect(hashOf(cpu.data)).toBe(data);
  });
  it("of every row that completes", () => {
    expect(A64_ROWS.map((row) => row.name).filter((name) => !completed.has(name)).sort()).toEqual([...NEVER].sort());
  });
});
