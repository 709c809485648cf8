/**
 * Random programs of EL1 and EL0 with the MMU off, and the vectors that keep them going: after an exception the handler
 * reads the syndrome into X1 to X4 and skips the instruction; after SVC it returns to the mode that the immediate names.
 */
import { A64_ROWS, encode } from "../spec/decode.ts";
import { SYSTEM_OPERATIONS, SYSTEM_REGISTERS } from "../spec/systemRegisters.ts";
import type { Fields } from "../spec/row.ts";
import { DATA_BASE, DATA_SIZE, type Emitter, HALF_WORD, LITERALS, randomFields, wordOf } from "./emitter.ts";
import { type Generated, startEmission } from "./generate.ts";
import { snippetsOf } from "./snippets.ts";

/** Fields of MSR and MRS for a key. */
const registerFields = (key: number): Partial<Fields> => ({ o0: (key >> 14) & 1, op1: (key >> 11) & 7, CRn: (key >> 7) & 15, CRm: (key >> 3) & 15, op2: key & 7 }); // MAGIC: the register's encoding space
const keyNamed = (name: string): Partial<Fields> => {
  const register = SYSTEM_REGISTERS.find((r) => r.name === name);
  if (register === undefined) throw new RangeError(`no register ${name}`);
  return registerFields(register.key);
};
const mrs = (name: string, Rt: number): number => encode("MRS_RS_systemmove", { ...keyNamed(name), Rt });
const msr = (name: string, Rt: number): number => encode("MSR_SR_systemmove", { ...keyNamed(name), Rt });

/** Bits of SCTLR_EL1 that are 1 in Armv8.0, and nTWI and nTWE. */
export const SCTLR_START = 0x30d50800;
/** SCTLR_EL1.{A, UMA, DZE, UCT, UCI}: what programs turn on and off. */
const SCTLR_CHOICES = [1 << 1, 1 << 9, 1 << 14, 1 << 15, 1 << 26] as const; // MAGIC: bits of SCTLR_EL1

const EC_SVC = 0x15;
/** One handler, for the three vectors of synchronous exceptions. */
export const HANDLER: readonly number[] = [
  mrs("ESR_EL1", 1), mrs("FAR_EL1", 2), mrs("SPSR_EL1", 3), mrs("ELR_EL1", 4),
  encode("UBFM_bitfield", { sf: 0, immr: 26, imms: 31, Rn: 1, Rd: 5 }),
  encode("SUBS_addsub_imm", { sf: 0, imm12: EC_SVC, Rn: 5, Rd: 31 }),
  encode("B_only_condbranch", { cond: 0, imm19: 7 }),
  encode("ADD_addsub_imm", { sf: 1, imm12: 4, Rn: 4, Rd: 4 }),
  // and x4, x4, #-4: after a misaligned PC; and x3, x3, without bit 20: after an illegal return
  encode("AND_log_imm", { sf: 1, N: 1, immr: 62, imms: 61, Rn: 4, Rd: 4 }),
  encode("AND_log_imm", { sf: 1, N: 1, immr: 43, imms: 62, Rn: 3, Rd: 3 }),
  msr("ELR_EL1", 4), msr("SPSR_EL1", 3),
  encode("ERET_64E_branch_reg", {}),
  encode("UBFM_bitfield", { sf: 1, N: 1, immr: 0, imms: 15, Rn: 1, Rd: 3 }),
  msr("SPSR_EL1", 3),
  encode("ERET_64E_branch_reg", {}),
];

/** Held by the core and the same on every CPU. SCTLR_EL1, VBAR_EL1 and TCR_EL1 are set by programs only to what they can bear. */
const PLAIN = [
  "NZCV", "DAIF", "SPSel", "CurrentEL", "SP_EL0", "SPSR_EL1", "ELR_EL1", "ESR_EL1", "FAR_EL1", "TPIDR_EL0", "TPIDRRO_EL0",
  "TPIDR_EL1", "MAIR_EL1", "PAR_EL1",
] as const;
/** QEMU's SPSR_EL1, ESR_EL1 and CONTEXTIDR_EL1 hold RES0 bits: no random values for them. */
const WRITTEN = PLAIN.filter((name) => name !== "SPSR_EL1" && name !== "ESR_EL1");
/** Legal, and a few that EL1 cannot return to. AArch32 is no option: QEMU's CPU has it. */
const MODES = [0, 0, 4, 5, 5, 5, 1, 2, 6, 8, 9] as const;
const OPERATIONS = [...SYSTEM_OPERATIONS.values()].filter(({ name }) => !/^AT|SW$/.test(name));
/** Not for random words: loads, stores, branches and system instructions. */
const isDataProcessing = (word: number): boolean => [0b1000, 0b1001, 0b0101, 0b1101].includes((word >>> 25) & 15);

function kernelSnippets(emitter: Emitter, set: (n: number, value: number) => void): readonly (() => void)[] {
  const { choice, emit, word } = emitter;
  const status = (): number => choice.pick(MODES) + choice.below(16) * 64;
  return [
    // SIMD and FP opened and closed, and what tells of it: FMOV to a general register, LDR, MRS and MSR
    () => {
      const n = choice.below(31);
      emit("MOVZ_movewide", { sf: 1, hw: 1, imm16: choice.below(4) * 16, Rd: n });
      word(msr("CPACR_EL1", n));
    },
    () => emit("FMOV_64D_float2int", { Rn: choice.below(32), Rd: choice.below(32) }),
    () => emit("FMOV_D64_float2int", { Rn: choice.below(32), Rd: choice.below(32) }),
    () => word(choice.oneIn(2) ? mrs(choice.pick(["FPCR", "FPSR", "CPACR_EL1"]), choice.below(31)) : msr("FPCR", 31)),
    () => {
      set(7, DATA_BASE);
      emit(choice.pick(["LDR_Q_ldst_pos", "LD1_asisdlse_R1", "STP_D_ldstpair_off"]), { Rn: 7, Rt: choice.below(32) });
    },
    // After a return that may be illegal, a NOP that takes the exception: no preparation is lost.
    () => {
      emit("SVC_ex_exception", { imm16: status() });
      emit("HINT_hints", {});
    },
    () => {
      emit("ADR_only_pcreladdr", { immhi: 5, Rd: 9 });
      word(msr("ELR_EL1", 9));
      emit("MOVZ_movewide", { sf: 1, imm16: status(), Rd: 10 });
      word(msr("SPSR_EL1", 10));
      emit("ERET_64E_branch_reg", {});
      emit("HINT_hints", {});
    },
    () => emit("MSR_SI_pstate", choice.pick([{ op1: 0, op2: 5 }, { op1: 3, op2: 6, CRm: choice.below(16) }, { op1: 3, op2: 7, CRm: choice.below(16) }])),
    () => emit("MSR_SI_pstate", { op1: 0, op2: 5, CRm: choice.below(2) }),
    () => word(mrs(choice.pick(PLAIN), choice.below(32))),
    () => word(msr(choice.pick(WRITTEN), choice.below(32))),
    () => {
      const n = choice.below(31);
      set(n, SCTLR_START + SCTLR_CHOICES.filter(() => choice.oneIn(2)).reduce((sum, bit) => sum + bit, 0));
      word(msr("SCTLR_EL1", n));
    },
    () => emit("BRK_ex_exception", { imm16: choice.below(HALF_WORD) }),
    // An address that no memory has: an Address size fault
    () => {
      const row = choice.pick(A64_ROWS.filter((r) => r.transfer !== undefined && r.addressing === "signedOffset"));
      emit("MOVZ_movewide", { sf: 1, hw: 3, imm16: 1 + choice.below(HALF_WORD - 2), Rd: 7 });
      emit("MOVK_movewide", { sf: 1, hw: 1, imm16: 1, Rd: 7 });
      word(wordOf(row, { ...randomFields(choice, row), Rn: 7 }));
    },
    // An unaligned exclusive load
    () => {
      const row = choice.pick(A64_ROWS.filter((r) => r.exclusive === true && r.transfer?.kind === "load" && r.transfer.bytes > 1));
      set(7, DATA_BASE + 1 + choice.below(DATA_SIZE / 2));
      word(wordOf(row, { ...randomFields(choice, row), Rn: 7, Rt: 8, Rt2: 9 }));
    },
    // A misaligned target; the handler goes on at the next whole instruction
    () => {
      const n = choice.below(31);
      emit("ADR_only_pcreladdr", { immlo: choice.between(1, 3), immhi: 2, Rd: n });
      emit(choice.pick(["BR_64_branch_reg", "BLR_64_branch_reg"]), { Rn: n });
      emit("HINT_hints", {});
    },
    () => {
      const n = choice.below(31);
      set(n, DATA_BASE + choice.below(DATA_SIZE));
      const { key } = choice.pick(OPERATIONS);
      const { op1 = 0, CRn = 0, CRm = 0, op2 = 0 } = registerFields(key);
      emit("SYS_CR_systeminstrs", { op1, CRn, CRm, op2, Rt: n });
    },
    // Trapped or not, with another Rt each time; the value is not compared
    () => word(encode("MRS_RS_systemmove", { ...keyNamed(choice.pick(["CTR_EL0", "DCZID_EL0"])), Rt: choice.below(32) })),
  ];
}

/** A program of at least `count` instructions, to be started at EL1 with SCTLR_EL1 = {@link SCTLR_START}. */
export function generateKernel(seed: string, count: number): Generated {
  const { emitter, words, data } = startEmission(seed);
  const { choice } = emitter;
  const set = (n: number, value: number): void => {
    emitter.emit("MOVZ_movewide", { sf: 1, hw: 0, imm16: value % HALF_WORD, Rd: n });
    emitter.emit("MOVK_movewide", { sf: 1, hw: 1, imm16: Math.floor(value / HALF_WORD), Rd: n });
  };
  const { literal, memory, branch } = snippetsOf(emitter, data);
  const kernel = kernelSnippets(emitter, set);
  const literals = BigUint64Array.from({ length: LITERALS }, () => choice.value());
  const registers = BigUint64Array.from({ length: 33 }, () => choice.value());
  while (words.length < count) {
    const kind = choice.below(100);
    if (kind < 20) data();
    else if (kind < 30) literal();
    else if (kind < 45) memory();
    else if (kind < 50) branch();
    else if (kind < 95) choice.pick(kernel)();
    else {
      const word = choice.below(2 ** 32);
      if (isDataProcessing(word)) emitter.word(word);
    }
  }
  return { literals, registers, words: Uint32Array.from(words) };
}
