import { readFileSync } from "node:fs";
import { fromBase64 } from "@granule/codec";
import { describe, expect, it } from "vitest";
import { A64_ROWS, createDecoder } from "../spec/decode.ts";
import { generate } from "./generate.ts";
import { PROGRAM_BASE } from "./image.ts";
import { hashOf, hashProgram, hashState, RECORDED } from "./recording.ts";
import { createProcess } from "./run.ts";

const decode = createDecoder(new Set(["crc32"]));
const file = new URL("../../vectors/qemu-user.json", import.meta.url);
const recording = JSON.parse(readFileSync(file, "utf8")) as {
  runs: { seed: string; count: number; program: number; data: number; states: string }[];
};

/** Rows that a user process cannot complete, or that answer differently from run to run. */
const NOT_AT_EL0 = ["HVC_ex_exception", "SMC_ex_exception", "ERET_64E_branch_reg", "MSR_SI_pstate", "SYSL_RC_systeminstrs", "BRK_ex_exception", "SVC_ex_exception"];
const completed = new Set<string>();

/** Words of QEMU 7.2's cortex-a35, one per instruction: `npm run verify:a64 -- --record` records anew. */
describe("the reference interpreter and QEMU agree after every instruction", () => {
  it("of the runs that the generator makes", () => {
    expect(recording.runs.map(({ seed, count }) => ({ seed, count }))).toEqual(RECORDED);
  });
  it.each(recording.runs)("$seed", ({ seed, count, program: wantedProgram, data, states }) => {
    const program = generate(seed, count);
    expect(hashProgram(program), "the generator has changed: record anew").toBe(wantedProgram);
    const bytes = fromBase64(states);
    const hashes = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const cpu = createProcess(program);
    const registers = new Uint32Array(cpu.state.x.buffer);
    let executed = "the start";
    let entry = 0;
    for (; ; entry += 1) {
      if (hashState(cpu.state, registers) !== hashes.getUint32(entry * 4, true)) expect.fail(`differs after ${executed} (entry ${entry})`);
      const word = program.words[(Number(cpu.state.pc) - PROGRAM_BASE) / 4] ?? 0;
      if (!cpu.step()) break;
      const row = decode(word)?.row;
      if (row !== undefined && !cpu.faulted) completed.add(row.name);
      executed = `0x${word.toString(16)} (${row?.name ?? "unallocated"})`;
    }
    expect(entry).toBe(bytes.length / 4 - 1);
    expect(hashOf(cpu.data)).toBe(data);
  });
  it("of every row that EL0 can complete", () => {
    expect(A64_ROWS.map((row) => row.name).filter((name) => !completed.has(name))).toEqual(expect.arrayContaining(NOT_AT_EL0));
    expect(A64_ROWS.map((row) => row.name).filter((name) => !completed.has(name) && !NOT_AT_EL0.includes(name))).toEqual([]);
  });
});
