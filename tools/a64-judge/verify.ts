/**
 * Compares both interpreters with QEMU after every instruction of random programs, and with each other in blocks.
 * `npm run verify:a64 -- --count N --seeds S [--el1 | --atomics] [--first SEED] [--keep-going]`: S programs of N instructions.
 * `npm run verify:a64 -- --record [--atomics]` writes the vectors that the package's tests replay.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createDecoder } from "../../packages/cpu-a64/src/index.ts";
import { generateAtomics } from "../../packages/cpu-a64/src/judge/atomicsGenerate.ts";
import { createEngineKernelProcess, createEngineProcess, type Prepared, prepareKernel, prepareUser } from "../../packages/cpu-a64/src/judge/engineRun.ts";
import { generate } from "../../packages/cpu-a64/src/judge/generate.ts";
import { createImage, PROGRAM_BASE } from "../../packages/cpu-a64/src/judge/image.ts";
import { generateKernel } from "../../packages/cpu-a64/src/judge/kernelGenerate.ts";
import { createKernelImage, createKernelProcess, KERNEL_BASE } from "../../packages/cpu-a64/src/judge/kernelRun.ts";
import { lockstep } from "../../packages/cpu-a64/src/judge/lockstep.ts";
import type { EngineName } from "../../packages/cpu-a64/src/judge/machine.ts";
import { hashOf, hashProgram, hashRegisters, type Level, RECORDED, RECORDED_ATOMICS, simdState, wordsOf } from "../../packages/cpu-a64/src/judge/recording.ts";
import { createProcess, FEATURES_LSE, JUDGE_CPU, JUDGE_CPU_LSE, MODEL_LSE, type Process } from "../../packages/cpu-a64/src/judge/run.ts";
import { savedStatus } from "../../packages/cpu-a64/src/reference/exceptions.ts";
import { runKernel, runUser, type Trace, versionOf } from "./qemu.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "10000" }, seeds: { type: "string", default: "4" }, first: { type: "string", default: "1" },
    "keep-going": { type: "boolean", default: false }, record: { type: "boolean", default: false }, el1: { type: "boolean", default: false },
    atomics: { type: "boolean", default: false },
  },
});
const needed = values.record && !values.atomics ? ["qemu-aarch64", "qemu-system-aarch64"] : values.el1 ? ["qemu-system-aarch64"] : ["qemu-aarch64"];
const versions = needed.map(versionOf);
if (versions.includes(undefined)) {
  process.stderr.write(`verify:a64 needs ${needed.join(" and ")}. Debian and Ubuntu: apt-get install qemu-user qemu-system-arm\n`);
  process.exit(2);
}
const version = versions.join(", ");

const decode = createDecoder(new Set(values.atomics ? FEATURES_LSE : ["crc32"]));
/** Budgets of the runs in which the engines are compared with each other. */
const BLOCKS = [[7], [1000]] as const;
const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

interface Case {
  /** The reference interpreter, and the fast engine. */
  readonly cpus: readonly { readonly name: string; readonly cpu: Process }[];
  readonly trace: Trace;
  /** The same program in a machine of an engine. */
  machine(engine: EngineName): Prepared;
  /** The instruction at an address of the program. */
  wordAt(address: number): number;
  readonly hash: number;
}
function prepare(level: Level, seed: string, count: number): Case {
  if (level === "EL0") {
    const program = generate(seed, count);
    const image = createImage(program);
    const trace = runUser(image.elf, PROGRAM_BASE, image.end);
    const cpus = [{ name: "reference", cpu: createProcess(program) }, { name: "fast", cpu: createEngineProcess(program, "fast") }];
    return { cpus, trace, machine: (engine) => prepareUser(program, { engine }), hash: hashProgram(program), wordAt: (at) => program.words[(at - PROGRAM_BASE) / 4] ?? 0 };
  }
  if (level === "atomics") {
    const program = generateAtomics(seed, count);
    const image = createImage(program);
    const trace = runUser(image.elf, PROGRAM_BASE, image.end, JUDGE_CPU_LSE);
    const cpus = [{ name: "reference", cpu: createProcess(program, FEATURES_LSE) }, { name: "fast", cpu: createEngineProcess(program, "fast", MODEL_LSE) }];
    return {
      cpus, trace, machine: (engine) => prepareUser(program, { engine, cpu: MODEL_LSE }), hash: hashProgram(program), wordAt: (at) => program.words[(at - PROGRAM_BASE) / 4] ?? 0,
    };
  }
  const program = generateKernel(seed, count);
  const { image, vectors, end } = createKernelImage(program);
  const view = new DataView(image.buffer);
  const wordAt = (at: number): number => (at >= KERNEL_BASE && at < end && at % 4 === 0 ? view.getUint32(at - KERNEL_BASE, true) : 0);
  const cpus = [{ name: "reference", cpu: createKernelProcess(program) }, { name: "fast", cpu: createEngineKernelProcess(program, "fast") }];
  return { cpus, machine: (engine) => prepareKernel(program, { engine }), trace: runKernel(image, KERNEL_BASE, vectors, end), hash: hashProgram(program), wordAt };
}

interface Result {
  readonly compared: number;
  readonly differences: string[];
}
/** Runs one program on all; the instructions compared, and what differed. */
function compare(level: Level, seed: string, count: number): Result {
  const judged = prepare(level, seed, count);
  const results = judged.cpus.map(({ name, cpu }) => compareWith(judged, cpu, level, `${name}, seed ${seed}`));
  const blocks = BLOCKS.flatMap((budgets) => {
    const [reference, fast] = [judged.machine("reference"), judged.machine("fast")];
    const { difference } = lockstep(reference.machine, fast.machine, { budgets, instructions: count * 4, end: reference.end });
    return difference === undefined ? [] : [`seed ${seed}, blocks of ${budgets.join(", ")}: ${difference}`];
  });
  return { compared: Math.min(...results.map((r) => r.compared)), differences: [...results.flatMap((r) => r.differences), ...blocks] };
}

/** Runs a program on QEMU and one interpreter. */
function compareWith({ trace, wordAt }: Case, cpu: Process, level: Level, seed: string): Result {
  const { state } = cpu;
  const wide = new BigUint64Array(1);
  const sp = new Uint32Array(wide.buffer);
  const mine = wordsOf(state.x);
  const vectors = wordsOf(state.v);
  const differences: string[] = [];
  let executed = "the start";
  for (let entry = 0; entry < trace.length; entry += 1) {
    const theirs = trace.registers(entry);
    const spSel1 = state.el === 1 && state.spSel === 1;
    wide[0] = spSel1 ? state.spEl1 : state.spEl0;
    let same = sp[0] === theirs[62] && sp[1] === theirs[63] && Number(state.pc) === trace.pc(entry) && savedStatus(state) === trace.pstate(entry);
    for (let n = 0; n < 62; n += 1) same &&= mine[n] === theirs[n];
    const simd = trace.simd(entry);
    if (simd !== undefined) {
      const own = simdState(state, vectors);
      same &&= own.fpcr === simd.fpcr && own.fpsr === simd.fpsr;
      for (let n = 0; n < 128; n += 1) same &&= vectors[n] === simd.words[n];
    }
    if (!same) {
      const want = new BigUint64Array(theirs.buffer);
      const wrong: string[] = [];
      const check = (name: string, got: bigint | number, expected: bigint | number): void => {
        if (BigInt(got) !== BigInt(expected)) wrong.push(`${name} ${hex(got)}, QEMU ${hex(expected)}`);
      };
      state.x.forEach((value, n) => check(`x${n}`, value, want[n] ?? 0n));
      check("sp", wide[0], want[31] ?? 0n);
      check("pc", state.pc, trace.pc(entry));
      check("pstate", savedStatus(state), trace.pstate(entry));
      if (simd !== undefined) {
        const wanted = new BigUint64Array(simd.words.buffer);
        state.v.forEach((value, n) => check(`v${n >> 1}.d[${n & 1}]`, value, wanted[n] ?? 0n));
        check("fpcr", state.system.get("FPCR") ?? 0n, simd.fpcr);
        check("fpsr", state.system.get("FPSR") ?? 0n, simd.fpsr);
      }
      differences.push(`${seed}, after ${executed}: ${wrong.join("; ")}`);
      if (!values["keep-going"] || Number(state.pc) !== trace.pc(entry) || savedStatus(state) % 16 !== trace.pstate(entry) % 16) return { compared: entry, differences };
      // Goes on from QEMU's state.
      if (simd !== undefined) {
        state.v.set(new BigUint64Array(simd.words.buffer));
        state.system.set("FPCR", BigInt(simd.fpcr));
        state.system.set("FPSR", BigInt(simd.fpsr));
      }
      state.x.set(want.subarray(0, 31));
      if (spSel1) state.spEl1 = want[31] ?? 0n;
      else state.spEl0 = want[31] ?? 0n;
      state.nzcv = trace.pstate(entry) >>> 28;
    }
    const word = wordAt(Number(state.pc));
    if (cpu.step()) executed = `step ${entry}, ${hex(word)} (${decode(word)?.row.name ?? "unallocated"})`;
  }
  if (cpu.step()) differences.push(`${seed}: QEMU ended after ${trace.length - 1} instructions, the interpreter goes on at ${hex(state.pc)}`);
  if (level !== "EL1" && !Buffer.from(trace.data).equals(Buffer.from(cpu.data))) {
    const at = cpu.data.findIndex((byte, n) => byte !== trace.data[n]);
    differences.push(`${seed}: memory differs at the end, first at offset ${hex(at)}: ${cpu.data[at]}, QEMU ${trace.data[at]}`);
  }
  return { compared: trace.length - 1, differences };
}

/** What QEMU alone says, hashed. */
function record(): void {
  const runs = (values.atomics ? RECORDED_ATOMICS : RECORDED).map(({ level, seed, count }) => {
    const { trace, hash } = prepare(level, seed, count);
    const states = new DataView(new ArrayBuffer(trace.length * 4));
    for (let entry = 0; entry < trace.length; entry += 1) {
      const words = trace.registers(entry);
      const sp = new BigUint64Array(words.buffer)[31] ?? 0n;
      states.setUint32(entry * 4, hashRegisters(words, sp, trace.pc(entry), trace.pstate(entry), trace.simd(entry)), true);
    }
    return { level, seed, count, program: hash, data: hashOf(trace.data), states: Buffer.from(states.buffer).toString("base64") };
  });
  const file = fileURLToPath(new URL(`../../packages/cpu-a64/vectors/${values.atomics ? "atomics" : "qemu"}.json`, import.meta.url));
  writeFileSync(file, `${JSON.stringify({ source: version, cpu: values.atomics ? JUDGE_CPU_LSE : JUDGE_CPU, runs }, undefined, 1)}\n`);
  process.stdout.write(`${file}: ${runs.length} runs\n`);
}

function verify(): void {
  let compared = 0;
  let failed = false;
  for (let n = 0; n < Number(values.seeds); n += 1) {
    const result = compare(values.atomics ? "atomics" : values.el1 ? "EL1" : "EL0", String(Number(values.first) + n), Number(values.count));
    compared += result.compared;
    failed ||= result.differences.length > 0;
    for (const line of result.differences) process.stdout.write(`${line}\n`);
  }
  process.stdout.write(`${compared} instructions of each interpreter compared with ${version} over ${values.seeds} seeds: ${failed ? "they differ" : "no difference"}\n`);
  process.exitCode = failed ? 1 : 0;
}

if (values.record) record();
else verify();
