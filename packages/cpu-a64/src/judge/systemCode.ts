/**
 * Random code that works on the system: loads and stores of every kind, changes of translation registers, cache and TLB
 * instructions, exceptions and returns, branches near and far, code that is rewritten. What it may do to X registers is kept
 * apart, so that whoever runs it decides which values reach translation registers: see {@link ROLE}.
 */
import { A64_ROWS, encode } from "../spec/decode.ts";
import { SYSTEM_OPERATIONS, SYSTEM_REGISTERS } from "../spec/systemRegisters.ts";
import type { FieldName, Fields, Row } from "../spec/row.ts";
import { randomFields, wordOf } from "./emitter.ts";
import { DATA_ROWS } from "./generate.ts";
import type { Choice } from "./random.ts";

/** X registers by what they hold. Those up to `targets` are written by the code, and bases by writeback; others never. */
export const ROLE = { targets: 11, bases: [12, 14, 15, 16], code: 13, tlbi: 17, sctlr: 18, ttbr0: 19, words: 20, spsr: 21, target: 22, tcr: 23, mair: 24 } as const;

/** Fields of MSR, MRS and SYS for a key. */
const fieldsOf = (key: number): Partial<Fields> => ({ o0: (key >> 14) & 1, op1: (key >> 11) & 7, CRn: (key >> 7) & 15, CRm: (key >> 3) & 15, op2: key & 7 }); // MAGIC: the register's encoding space
const registerNamed = (name: string): Partial<Fields> => fieldsOf(SYSTEM_REGISTERS.find((r) => r.name === name)?.key ?? 0);
const OPERATIONS = [...SYSTEM_OPERATIONS.values()];
/** SYS with X[Rt]. */
export function operationWord(name: string, Rt: number): number {
  const { op1 = 0, CRn = 0, CRm = 0, op2 = 0 } = fieldsOf(OPERATIONS.find((o) => o.name === name)?.key ?? 0);
  return encode("SYS_CR_systeminstrs", { op1, CRn, CRm, op2, Rt });
}

const ACCESSES = A64_ROWS.filter((r) => (r.transfer !== undefined || r.vector !== undefined || r.structure !== undefined) && r.addressing !== "literal");
const ORDERED = ACCESSES.filter((r) => r.exclusive === true || r.ordered === true);
const UNPRIVILEGED = ACCESSES.filter((r) => r.unprivileged === true);
const ATOMIC = A64_ROWS.filter((r) => r.atomic !== undefined);
const READ = ["FAR_EL1", "ESR_EL1", "ELR_EL1", "SPSR_EL1", "PAR_EL1", "ISR_EL1", "TTBR0_EL1", "SCTLR_EL1", "DAIF", "NZCV", "CurrentEL", "SPSel", "SP_EL0", "CTR_EL0", "ID_AA64MMFR0_EL1"] as const;
/** CNTVCT_EL0, CNTV_CTL_EL0, OSLSR_EL1: the PE's and the host's. */
const OUTSIDE = [{ o0: 1, op1: 3, CRn: 14, CRm: 0, op2: 2 }, { o0: 1, op1: 3, CRn: 14, CRm: 3, op2: 1 }, { o0: 0, op1: 0, CRn: 1, CRm: 1, op2: 4 }] as const;

const field = (value: number, width: number): number => (value < 0 ? value + 2 ** width : value);

/** One word of code. `pages`: how many 4096-byte pages a branch may go to either side. */
export function systemWord(choice: Choice, pages: number): number {
  const target = (): number => (choice.oneIn(8) ? 31 : choice.below(ROLE.targets + 1));
  /** In its field, which is half the number in a pair of CASP. */
  const register = (row: Row, name: FieldName): number => target() >> (5 - (row.fields.find((f) => f.name === name)?.width ?? 5));
  const access = (rows: readonly Row[]): number => {
    const row = choice.pick(rows);
    const fields = randomFields(choice, row);
    const near = { ...fields, imm12: choice.below(3), imm9: field(choice.between(-20, 20), 9), imm7: field(choice.between(-4, 4), 7), option: choice.pick([2, 3, 6, 7]) };
    return wordOf(row, { ...near, Rn: choice.oneIn(12) ? 31 : choice.pick(ROLE.bases), Rt: register(row, "Rt"), Rt2: target(), Rs: register(row, "Rs"), Rm: choice.below(4) });
  };
  const distance = (width: number): number => {
    const words = choice.oneIn(3) ? choice.between(-pages, pages) * 1024 + choice.between(-4, 4) : choice.between(-6, 8);
    const limit = 2 ** (width - 1);
    return field(Math.max(-limit, Math.min(limit - 1, words)), width);
  };
  const msr = (name: string, Rt: number): number => encode("MSR_SR_systemmove", { ...registerNamed(name), Rt });
  const steps: readonly (readonly [weight: number, () => number])[] = [
    [30, () => access(ACCESSES)],
    [8, () => access(ORDERED)],
    [4, () => access(UNPRIVILEGED)],
    [8, () => access(ATOMIC)],
    [12, () => {
      const row = choice.pick(DATA_ROWS);
      return wordOf(row, { ...randomFields(choice, row), Rd: target() });
    }],
    [2, () => encode(choice.pick(["LDR_64_loadlit", "LDR_32_loadlit", "LDRSW_64_loadlit"]), { imm19: distance(19), Rt: target() })],
    [3, () => encode(choice.pick(["STR_32_ldst_pos", "STR_64_ldst_pos"]), { Rt: ROLE.words, Rn: ROLE.code, imm12: choice.below(8) })],
    [2, () => encode("STP_64_ldstpair_off", { Rt: ROLE.words, Rt2: ROLE.words, Rn: ROLE.code, imm7: field(choice.between(-3, 3), 7) })],
    [2, () => operationWord("IC IVAU", ROLE.code)],
    [4, () => operationWord(choice.pick(OPERATIONS).name, choice.pick([...ROLE.bases, ROLE.tlbi]))],
    [2, () => msr("TTBR0_EL1", ROLE.ttbr0)],
    [1, () => msr("SCTLR_EL1", ROLE.sctlr)],
    [1, () => msr(choice.pick(["TCR_EL1", "MAIR_EL1"]), 31)],
    [2, () => msr("SPSR_EL1", ROLE.spsr)],
    [2, () => msr("ELR_EL1", ROLE.target)],
    [2, () => msr(choice.pick(["DAIF", "NZCV", "SPSel", "SP_EL0", "CONTEXTIDR_EL1"]), choice.pick(ROLE.bases))],
    [4, () => encode("MRS_RS_systemmove", { ...registerNamed(choice.pick(READ)), Rt: target() })],
    [2, () => encode("MRS_RS_systemmove", { ...choice.pick(OUTSIDE), Rt: target() })],
    [1, () => encode("MSR_SR_systemmove", { ...choice.pick(OUTSIDE), Rt: target() })],
    [2, () => encode("MSR_SI_pstate", choice.pick([{ op1: 0, op2: 5, CRm: choice.below(2) }, { op1: 3, op2: 6, CRm: choice.below(16) }, { op1: 3, op2: 7, CRm: choice.below(16) }]))],
    [3, () => encode("ERET_64E_branch_reg", {})],
    [3, () => encode(choice.pick(["SVC_ex_exception", "BRK_ex_exception", "HVC_ex_exception", "SMC_ex_exception"]), { imm16: choice.below(100) })],
    [2, () => encode("HINT_hints", choice.pick([{}, { op2: 1 }, { op2: 2 }, { op2: 3 }]))],
    [2, () => encode(choice.pick(["CLREX_barriers", "ISB_barriers", "DSB_barriers"]), { CRm: 15 })],
    [3, () => encode(choice.pick(["B_only_branch_imm", "BL_only_branch_imm"]), { imm26: distance(26) })],
    [3, () => encode("B_only_condbranch", { imm19: distance(19), cond: choice.below(16) })],
    [2, () => encode(choice.pick(["CBZ_compbranch", "CBNZ_compbranch"]), { sf: choice.below(2), imm19: distance(19), Rt: target() })],
    [2, () => encode(choice.pick(["TBZ_only_testbranch", "TBNZ_only_testbranch"]), { b5: choice.below(2), b40: choice.below(32), imm14: distance(14), Rt: target() })],
    [3, () => encode(choice.pick(["BR_64_branch_reg", "BLR_64_branch_reg", "RET_64R_branch_reg"]), { Rn: choice.oneIn(4) ? 30 : ROLE.target })],
  ];
  let at = choice.below(steps.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, make] of steps) if ((at -= weight) < 0) return make();
  return 0;
}
