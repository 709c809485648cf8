/**
 * QEMU's user-mode emulation as the judge: runs a program one instruction at a time and reads the registers that it logs
 * before each. Needs qemu-aarch64 (Debian: qemu-user), 7.2 or another that knows -singlestep.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JUDGE_CPU } from "../../packages/cpu-a64/src/judge/run.ts";

export interface Trace {
  /** Instructions that were about to run; the last entry is the state after the program. */
  readonly length: number;
  /** X0 to X30, then SP, as pairs of 32-bit words, low first: the order of a BigUint64Array. */
  registers(entry: number): Uint32Array;
  pc(entry: number): number;
  nzcv(entry: number): number;
  /** Memory at the end. */
  readonly data: Uint8Array;
}

/** The first line of `qemu-aarch64 --version`, or undefined when it is not there. */
export function judgeVersion(): string | undefined {
  const { status, stdout } = spawnSync("qemu-aarch64", ["--version"], { encoding: "utf8" });
  return status === 0 ? stdout.split("\n")[0] : undefined;
}

const ENTRY = Buffer.from(" PC=");
const REGISTERS = 32;

/** One log entry has always the same shape: where each number begins. */
function layoutOf(entry: string): { pc: number; registers: number[]; pstate: number } {
  const after = (label: string): number => {
    const at = entry.indexOf(label);
    if (at < 0) throw new Error(`no "${label}" in QEMU's log:\n${entry}`);
    return at + label.length;
  };
  const names = Array.from({ length: 31 }, (_, n) => `X${String(n).padStart(2, "0")}=`);
  return { pc: after(" PC="), registers: [...names, " SP="].map(after), pstate: after("PSTATE=") };
}

export function runJudge(elf: Uint8Array, start: number, end: number): Trace {
  const directory = mkdtempSync(join(tmpdir(), "a64-judge-"));
  try {
    const program = join(directory, "program");
    const log = join(directory, "log");
    writeFileSync(program, elf);
    chmodSync(program, 0o755);
    const range = `0x${start.toString(16)}..0x${end.toString(16)}`;
    const run = spawnSync("qemu-aarch64", ["-cpu", JUDGE_CPU, "-singlestep", "-d", "cpu,nochain", "-dfilter", range, "-D", log, program], { maxBuffer: 2 ** 28 });
    const text = readFileSync(log);
    if (run.status !== 0) throw new Error(`QEMU ended with ${run.status ?? run.signal} ${run.stderr.toString()}\n${text.subarray(-900).toString()}`);
    return parse(text, new Uint8Array(run.stdout));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function parse(log: Buffer, data: Uint8Array): Trace {
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
  return {
    length: log.length / size,
    registers(entry) {
      layout.registers.forEach((at, n) => {
        registers[n * 2] = hex(entry * size + at + 8);
        registers[n * 2 + 1] = hex(entry * size + at);
      });
      return registers;
    },
    pc: (entry) => hex(entry * size + layout.pc) * 2 ** 32 + hex(entry * size + layout.pc + 8),
    nzcv: (entry) => hex(entry * size + layout.pstate) >>> 28,
    data,
  };
}
