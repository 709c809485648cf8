/**
 * Compares the reference interpreter with QEMU after every instruction of random programs.
 * `npm run verify:a64 -- --count N --seeds S [--first SEED] [--keep-going]`: S programs of N instructions.
 * `npm run verify:a64 -- --record` writes the vectors that the package's tests replay.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { generate } from "../../packages/cpu-a64/src/judge/generate.ts";
import { createImage, PROGRAM_BASE } from "../../packages/cpu-a64/src/judge/image.ts";
import { hashOf, hashProgram, hashRegisters, RECORDED } from "../../packages/cpu-a64/src/judge/recording.ts";
import { createProcess, JUDGE_CPU } from "../../packages/cpu-a64/src/judge/run.ts";
import { createDecoder } from "../../packages/cpu-a64/src/index.ts";
import { judgeVersion, runJudge } from "./qemu.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "10000" }, seeds: { type: "string", default: "4" }, first: { type: "string", default: "1" },
    "keep-going": { type: "boolean", default: false }, record: { type: "boolean", default: false },
  },
});
const version = judgeVersion();
if (version === undefined) {
  process.stderr.write("verify:a64 needs qemu-aarch64, which is not there. Debian and Ubuntu: apt-get install qemu-user\n");
  process.exit(2);
}

const decode = createDecoder(new Set(["crc32"]));
const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

/** Runs one program on both; the instructions compared, and what differed. */
function compare(seed: string, count: number): { compared: number; differences: string[] } {
  const program = generate(seed, count);
  const image = createImage(program);
  const trace = runJudge(image.elf, PROGRAM_BASE, image.end);
  const cpu = createProcess(program);
  const wide = new BigUint64Array(1);
  const sp = new Uint32Array(wide.buffer);
  const mine = new Uint32Array(cpu.state.x.buffer);
  const differences: string[] = [];
  let executed = "the start";
  for (let entry = 0; entry < trace.length; entry += 1) {
    const theirs = trace.registers(entry);
    wide[0] = cpu.state.spEl0;
    const wrong: string[] = [];
    const check = (name: string, got: bigint | number, want: bigint | number): void => {
      if (BigInt(got) !== BigInt(want)) wrong.push(`${name} ${hex(got)}, QEMU ${hex(want)}`);
    };
    let same = true;
    for (let n = 0; n < 62; n += 1) same &&= mine[n] === theirs[n];
    same &&= sp[0] === theirs[62] && sp[1] === theirs[63] && Number(cpu.state.pc) === trace.pc(entry) && cpu.state.nzcv === trace.nzcv(entry);
    if (!same) {
      const want = new BigUint64Array(theirs.buffer);
      cpu.state.x.forEach((value, n) => check(`x${n}`, value, want[n] ?? 0n));
      check("sp", cpu.state.spEl0, want[31] ?? 0n);
      check("pc", cpu.state.pc, trace.pc(entry));
      check("nzcv", cpu.state.nzcv, trace.nzcv(entry));
      differences.push(`seed ${seed}, after ${executed}: ${wrong.join("; ")}`);
      if (!values["keep-going"] || Number(cpu.state.pc) !== trace.pc(entry)) return { compared: entry, differences };
      // Goes on from QEMU's state.
      cpu.state.x.set(want.subarray(0, 31));
      cpu.state.spEl0 = want[31] ?? 0n;
      cpu.state.nzcv = trace.nzcv(entry);
    }
    const at = Number(cpu.state.pc);
    const word = program.words[(at - PROGRAM_BASE) / 4] ?? 0;
    if (cpu.step()) {
      const instruction = decode(word);
      executed = `instruction ${entry}, ${hex(word)} (${instruction?.row.name ?? "unallocated"})`;
    }
  }
  if (cpu.step()) differences.push(`seed ${seed}: QEMU ended after ${trace.length - 1} instructions, the reference interpreter goes on at ${hex(cpu.state.pc)}`);
  if (!Buffer.from(trace.data).equals(Buffer.from(cpu.data))) {
    const at = cpu.data.findIndex((byte, n) => byte !== trace.data[n]);
    differences.push(`seed ${seed}: memory differs at the end, first at offset ${hex(at)}: ${cpu.data[at]}, QEMU ${trace.data[at]}`);
  }
  return { compared: trace.length - 1, differences };
}

/** What QEMU alone says, hashed. */
function record(): void {
  const runs = RECORDED.map(({ seed, count }) => {
    const program = generate(seed, count);
    const image = createImage(program);
    const trace = runJudge(image.elf, PROGRAM_BASE, image.end);
    const states = new DataView(new ArrayBuffer(trace.length * 4));
    for (let entry = 0; entry < trace.length; entry += 1) {
      const words = trace.registers(entry);
      const sp = new BigUint64Array(words.buffer)[31] ?? 0n;
      states.setUint32(entry * 4, hashRegisters(words, sp, trace.pc(entry), trace.nzcv(entry)), true);
    }
    return { seed, count, program: hashProgram(program), data: hashOf(trace.data), states: Buffer.from(states.buffer).toString("base64") };
  });
  const file = fileURLToPath(new URL("../../packages/cpu-a64/vectors/qemu-user.json", import.meta.url));
  writeFileSync(file, `${JSON.stringify({ source: version, cpu: JUDGE_CPU, runs }, undefined, 1)}\n`);
  process.stdout.write(`${file}: ${runs.length} runs\n`);
}

function verify(): void {
  let compared = 0;
  let failed = false;
  for (let n = 0; n < Number(values.seeds); n += 1) {
    const result = compare(String(Number(values.first) + n), Number(values.count));
    compared += result.compared;
    failed ||= result.differences.length > 0;
    for (const line of result.differences) process.stdout.write(`${line}\n`);
  }
  process.stdout.write(`${compared} instructions compared with ${version} over ${values.seeds} seeds: ${failed ? "they differ" : "no difference"}\n`);
  process.exitCode = failed ? 1 : 0;
}

if (values.record) record();
else verify();
