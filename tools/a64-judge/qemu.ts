/**
 * QEMU as the judge: runs a program one instruction at a time and logs the registers before each. Needs qemu-aarch64 and, for
 * EL1, qemu-system-aarch64 (Debian: qemu-user, qemu-system-arm), 7.2 or another version that knows -singlestep.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SimdState } from "../../packages/cpu-a64/src/judge/recording.ts";
import { JUDGE_CPU } from "../../packages/cpu-a64/src/judge/run.ts";

export interface Trace {
  /** Instructions that were about to run; the last entry is the state after the program. */
  readonly length: number;
  /** X0 to X30, then SP, as pairs of 32-bit words, low first: the order of a BigUint64Array. */
  registers(entry: number): Uint32Array;
  pc(entry: number): number;
  /** V0 to V31 as pairs of doublewords, low first, FPCR and FPSR; undefined where they are not logged. */
  simd(entry: number): SimdState | undefined;
  /** As SPSR_EL1 saves it. */
  pstate(entry: number): number;
  /** Standard output: of a user program, memory at the end. */
  readonly data: Uint8Array;
}

/** The first line of `qemu-... --version`, or undefined when it is not there. */
export function versionOf(command: string): string | undefined {
  const { status, stdout } = spawnSync(command, ["--version"], { encoding: "utf8" });
  return status === 0 ? stdout.split("\n")[0] : undefined;
}

const ENTRY = Buffer.from(" PC=");
const REGISTERS = 32;

/** One log entry has always the same shape: where each number begins. */
function layoutOf(entry: string): { pc: number; registers: number[]; pstate: number; simd: { vectors: number[]; fpcr: number; fpsr: number } | undefined } {
  const after = (label: string): number => {
    const at = entry.indexOf(label);
    if (at < 0) throw new Error(`no "${label}" in QEMU's log:\n${entry}`);
    return at + label.length;
  };
  const names = Array.from({ length: 31 }, (_, n) => `X${String(n).padStart(2, "0")}=`);
  const vectors = Array.from({ length: REGISTERS }, (_, n) => `Q${String(n).padStart(2, "0")}=`);
  const simd = entry.includes("FPCR=") ? { vectors: vectors.map(after), fpcr: after("FPCR="), fpsr: after("FPSR=") } : undefined;
  return { simd, pc: after(" PC="), registers: [...names, " SP="].map(after), pstate: after("PSTATE=") };
}

/** Runs a command that gets a file with `program` and logs to another; the log's entries from `start` to `end`. */
function trace(program: Uint8Array, start: number, end: number, items: string, cpu: string, command: (file: string) => readonly [string, ...string[]]): Trace {
  const directory = mkdtempSync(join(tmpdir(), "a64-judge-"));
  try {
    const file = join(directory, "program");
    const log = join(directory, "log");
    writeFileSync(file, program);
    chmodSync(file, 0o755);
    const [name, ...args] = command(file);
    const range = `0x${start.toString(16)}..0x${end.toString(16)}`;
    const run = spawnSync(name, ["-cpu", cpu, "-singlestep", "-d", `${items},nochain`, "-dfilter", range, "-D", log, ...args], { maxBuffer: 2 ** 28, timeout: 120_000 });
    if (run.status !== 0) throw new Error(`QEMU ended with ${run.status ?? run.signal ?? run.error?.message}: ${run.stderr?.toString()}`);
    return parse(readFileSync(log), new Uint8Array(run.stdout), end);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** A user program. */
export const runUser = (elf: Uint8Array, start: number, end: number, cpu = JUDGE_CPU): Trace => trace(elf, start, end, "cpu,fpu", cpu, (file) => ["qemu-aarch64", file]);

/** A raw image at `base`, where it starts at EL1 of the virt machine; from `start`, it runs until it exits by semihosting. */
export const runKernel = (image: Uint8Array, base: number, start: number, end: number): Trace =>
  trace(image, start, end, "cpu", JUDGE_CPU, (file) => [
    "qemu-system-aarch64", "-M", "virt", "-m", "1G", "-display", "none", "-serial", "none", "-monitor", "none", "-net", "none", "-semihosting",
    "-device", `loader,file=${file},addr=0x${base.toString(16)},force-raw=on,cpu-num=0`,
  ]);

function parse(log: Buffer, data: Uint8Array, end: number): Trace {
  const second = log.indexOf(ENTRY, 1);
  const size = second < 0 ? log.length : second;
  const layout = layoutOf(log.subarray(0, size).toString("latin1"));
  if (log.length % size !== 0) throw new Error("entries of QEMU's log differ in length");
  const hex = (at: number): number => {
    let value = 0;
    for (let n = at; n < at + 8; n += 1) {
      const code = log[n] ?? 0;
      value = value * 16 + (code < 58 ? code - 48 : code - 87);
    }
    return value;
  };
  const registers = new Uint32Array(REGISTERS * 2);
  const vectors = new Uint32Array(REGISTERS * 4);
  const pc = (entry: number): number => hex(entry * size + layout.pc) * 2 ** 32 + hex(entry * size + layout.pc + 8);
  // After the program's end a kernel's vectors may run once more.
  let length = log.length / size;
  while (length > 0 && pc(length - 1) !== end) length -= 1;
  return {
    length, pc,
    registers(entry) {
      layout.registers.forEach((at, n) => {
        registers[n * 2] = hex(entry * size + at + 8);
        registers[n * 2 + 1] = hex(entry * size + at);
      });
      return registers;
    },
    simd(entry) {
      if (layout.simd === undefined) return undefined;
      const at = entry * size;
      // The high doubleword, a colon, the low one
      layout.simd.vectors.forEach((first, n) => [25, 17, 8, 0].forEach((digit, word) => void (vectors[n * 4 + word] = hex(at + first + digit))));
      return { words: vectors, fpcr: hex(at + layout.simd.fpcr), fpsr: hex(at + layout.simd.fpsr) };
    },
    pstate: (entry) => hex(entry * size + layout.pstate),
    data,
  };
}
