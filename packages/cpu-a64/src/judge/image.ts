/**
 * A generated program as a static ELF executable for Linux on A64, and as memory for the reference interpreter.
 * Signal handlers skip an instruction that faults, on a stack of their own, so the program goes on as the interpreter does.
 * Sources: System V ABI, "Object Files"; Linux's A64 system call numbers and signal frame (a fact of its user ABI).
 */
import { encode } from "../spec/decode.ts";
import { DATA_BASE, DATA_SIZE, HALF_WORD, LITERALS } from "./emitter.ts";
import type { Generated } from "./generate.ts";
import type { Region } from "./memory.ts";

const CODE_BASE = 0x400000;
/** Set-up code and the handler come first, literals and program after them. */
const SETUP_SIZE = 0x800;
const LITERALS_BASE = CODE_BASE + SETUP_SIZE;
export const PROGRAM_BASE = LITERALS_BASE + LITERALS * 8;
/** No sum of a few data addresses. */
const SIGNAL_STACK = 0x7a3c0000;
const SIGNAL_STACK_SIZE = 0x20000;
/** Segments are whole pages of any granule. */
const SEGMENT_ALIGN = 0x20000;

const SYS_EXIT = 93;
const SYS_WRITE = 64;
const SYS_SIGALTSTACK = 132;
const SYS_RT_SIGACTION = 134;
const SYS_RT_SIGRETURN = 139;
const SIGNALS = [4, 5, 7, 11]; // SIGILL, SIGTRAP, SIGBUS, SIGSEGV
const SA_FLAGS = 0x08000004n; // SA_ONSTACK, SA_SIGINFO
/** uc_mcontext.pc in struct ucontext. */
const UCONTEXT_PC = 440;

/** Words of the set-up and exit code. */
class Assembly {
  readonly words: number[] = [];
  emit(name: string, operands: Parameters<typeof encode>[1]): void {
    this.words.push(encode(name, operands));
  }
  /** A constant below 2^32. */
  set(Rd: number, value: number): void {
    this.emit("MOVZ_movewide", { sf: 1, hw: 0, imm16: value % HALF_WORD, Rd });
    this.emit("MOVK_movewide", { sf: 1, hw: 1, imm16: Math.floor(value / HALF_WORD), Rd });
  }
  call(number: number, ...args: readonly number[]): void {
    args.forEach((value, n) => this.set(n, value));
    this.set(8, number);
    this.emit("SVC_ex_exception", {});
  }
}

const HEADERS = 64 + 3 * 56;
/** In the set-up block, after code: struct stack_t, struct kernel_sigaction, and the registers of the start. */
const TABLES = 0x500;
const STACK_T = TABLES;
const SIGACTION = TABLES + 24;
const REGISTERS = TABLES + 64;

interface Setup {
  readonly words: readonly number[];
  readonly handler: number;
  readonly entry: number;
}
function setupCode(): Setup {
  const handlerAt = CODE_BASE + HEADERS;
  const code = new Assembly();
  code.emit("LDR_64_ldst_pos", { Rn: 2, Rt: 0, imm12: UCONTEXT_PC / 8 });
  code.emit("ADD_addsub_imm", { sf: 1, imm12: 4, Rn: 0, Rd: 0 });
  code.emit("STR_64_ldst_pos", { Rn: 2, Rt: 0, imm12: UCONTEXT_PC / 8 });
  code.call(SYS_RT_SIGRETURN);
  const entry = handlerAt + code.words.length * 4;
  code.call(SYS_SIGALTSTACK, CODE_BASE + STACK_T, 0);
  for (const signal of SIGNALS) code.call(SYS_RT_SIGACTION, signal, CODE_BASE + SIGACTION, 0, 8);
  code.set(30, CODE_BASE + REGISTERS);
  const from = (n: number, Rt: number): void => code.emit("LDR_64_ldst_pos", { Rn: 30, Rt, imm12: n });
  from(32, 0);
  code.emit("MSR_SR_systemmove", { o0: 1, op1: 3, CRn: 4, CRm: 2, op2: 0, Rt: 0 });
  from(31, 0);
  code.emit("ADD_addsub_imm", { sf: 1, Rn: 0, Rd: 31 });
  for (let n = 0; n <= 30; n += 1) from(n, n);
  code.emit("B_only_branch_imm", { imm26: (PROGRAM_BASE - (handlerAt + code.words.length * 4)) / 4 });
  return { words: code.words, handler: handlerAt, entry };
}

export interface Image {
  readonly elf: Uint8Array;
  /** Copies of what the program starts with: code first, then data. */
  regions(): readonly [code: Region, data: Region];
  /** The first address after the program: there, the data is written out. */
  readonly end: number;
}

/** The ELF executable writes its data to standard output at the end. */
export function createImage({ literals, registers, words }: Generated): Image {
  const setup = setupCode();
  const end = PROGRAM_BASE + words.length * 4;
  const exit = new Assembly();
  exit.call(SYS_WRITE, 1, DATA_BASE, DATA_SIZE);
  exit.call(SYS_EXIT, 0);
  const size = Math.ceil((end + exit.words.length * 4 - CODE_BASE) / SEGMENT_ALIGN) * SEGMENT_ALIGN;
  const code = new Uint8Array(size);
  const view = new DataView(code.buffer);
  const put = (at: number, list: Iterable<number>): void => {
    for (const word of list) {
      view.setUint32(at - CODE_BASE, word, true);
      at += 4;
    }
  };
  put(setup.handler, setup.words);
  put(PROGRAM_BASE, words);
  put(end, exit.words);
  literals.forEach((value, n) => view.setBigUint64(LITERALS_BASE - CODE_BASE + n * 8, value, true));
  registers.forEach((value, n) => view.setBigUint64(REGISTERS + n * 8, value, true));
  view.setBigUint64(STACK_T, BigInt(SIGNAL_STACK), true);
  view.setBigUint64(STACK_T + 16, BigInt(SIGNAL_STACK_SIZE), true);
  view.setBigUint64(SIGACTION, BigInt(setup.handler), true);
  view.setBigUint64(SIGACTION + 8, SA_FLAGS, true);
  elfHeaders(view, setup.entry, size);
  const regions = (): [Region, Region] => [
    { base: CODE_BASE, bytes: code.slice(), writable: false },
    { base: DATA_BASE, bytes: new Uint8Array(DATA_SIZE), writable: true },
  ];
  return { elf: code, regions, end };
}

const PF = { X: 1, W: 2, R: 4 } as const;
const EM_AARCH64 = 183;
function elfHeaders(view: DataView, entry: number, size: number): void {
  [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1].forEach((byte, at) => view.setUint8(at, byte));
  view.setUint16(16, 2, true); // ET_EXEC
  view.setUint16(18, EM_AARCH64, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(24, BigInt(entry), true);
  view.setBigUint64(32, 64n, true); // e_phoff
  view.setUint16(52, 64, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 3, true);
  const segments = [
    [PF.R | PF.X, CODE_BASE, size, size],
    [PF.R | PF.W, DATA_BASE, 0, DATA_SIZE],
    [PF.R | PF.W, SIGNAL_STACK, 0, SIGNAL_STACK_SIZE],
  ] as const;
  segments.forEach(([flags, address, fileSize, memorySize], n) => {
    const at = 64 + n * 56;
    view.setUint32(at, 1, true); // PT_LOAD
    view.setUint32(at + 4, flags, true);
    view.setBigUint64(at + 16, BigInt(address), true);
    view.setBigUint64(at + 24, BigInt(address), true);
    view.setBigUint64(at + 32, BigInt(fileSize), true);
    view.setBigUint64(at + 40, BigInt(memorySize), true);
    view.setBigUint64(at + 48, BigInt(SEGMENT_ALIGN), true);
  });
}
