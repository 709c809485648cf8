// TABLE: A64 system registers and system instructions
/**
 * System registers that the core itself holds, and the system instructions of EL0 and EL1.
 * Source: Arm ARM DDI 0487, C5.1 "The System instruction class encoding space", C5.3 to C5.5 (System instructions) and
 * D23.2 "General system control registers", as Armv8.0 defines them. Timers, interrupt controller, PMU and debug
 * registers belong to whoever models those.
 */

/** Packed op0:op1:CRn:CRm:op2, 16 bits. */
export const systemKey = (op0: number, op1: number, CRn: number, CRm: number, op2: number): number =>
  (op0 << 14) | (op1 << 11) | (CRn << 7) | (CRm << 3) | op2; // MAGIC: the register's encoding space

/** A bit of SCTLR_EL1 that opens a register or instruction to EL0; closed, the access traps to EL1. */
export type El0Control = "UMA" | "UCT" | "UCI" | "DZE";

export interface SystemRegister {
  readonly name: string;
  readonly key: number;
  /** rw: readable and writable at EL1. ro: a write is UNDEFINED. id: identification; its value is an option of the CPU. */
  readonly access: "rw" | "ro" | "id";
  readonly el0: "none" | "r" | "rw" | El0Control;
  /** Bits that hold what is written; the others read as 0. */
  readonly writable: bigint;
}
type Line = readonly [name: string, op0: number, op1: number, CRn: number, CRm: number, op2: number, access?: SystemRegister["access"], el0?: SystemRegister["el0"], writable?: bigint];

const ALL = (1n << 64n) - 1n;
const LOW = (1n << 32n) - 1n;

const LINES: readonly Line[] = [
  // PSTATE and stack pointers
  ["NZCV", 3, 3, 4, 2, 0, "rw", "rw"],
  ["DAIF", 3, 3, 4, 2, 1, "rw", "UMA"],
  // AHP, DN, FZ, RMode; QC and the cumulative exceptions
  ["FPCR", 3, 3, 4, 4, 0, "rw", "rw", 0x07c00000n],
  ["FPSR", 3, 3, 4, 4, 1, "rw", "rw", 0x0800009fn],
  ["SPSel", 3, 0, 4, 2, 0],
  ["CurrentEL", 3, 0, 4, 2, 2, "ro"],
  ["SP_EL0", 3, 0, 4, 1, 0],
  // Exceptions. SPSR_EL1: N Z C V, SS IL, D A I F, M[4:0]
  ["SPSR_EL1", 3, 0, 4, 0, 0, "rw", "none", 0xf03003dfn],
  ["ELR_EL1", 3, 0, 4, 0, 1],
  ["AFSR0_EL1", 3, 0, 5, 1, 0, "rw", "none", LOW],
  ["AFSR1_EL1", 3, 0, 5, 1, 1, "rw", "none", LOW],
  ["ESR_EL1", 3, 0, 5, 2, 0, "rw", "none", LOW],
  ["FAR_EL1", 3, 0, 6, 0, 0],
  ["PAR_EL1", 3, 0, 7, 4, 0],
  ["VBAR_EL1", 3, 0, 12, 0, 0, "rw", "none", ALL - 0x7ffn],
  ["ISR_EL1", 3, 0, 12, 1, 0, "ro"],
  ["CONTEXTIDR_EL1", 3, 0, 13, 0, 1, "rw", "none", LOW],
  // Translation and control
  ["SCTLR_EL1", 3, 0, 1, 0, 0, "rw", "none", LOW],
  ["ACTLR_EL1", 3, 0, 1, 0, 1],
  // FPEN and TTA
  ["CPACR_EL1", 3, 0, 1, 0, 2, "rw", "none", 0x10300000n],
  ["TTBR0_EL1", 3, 0, 2, 0, 0],
  ["TTBR1_EL1", 3, 0, 2, 0, 1],
  ["TCR_EL1", 3, 0, 2, 0, 2, "rw", "none", 0x7fffffffffn],
  ["MAIR_EL1", 3, 0, 10, 2, 0],
  ["AMAIR_EL1", 3, 0, 10, 3, 0],
  // Software thread identification
  ["TPIDR_EL0", 3, 3, 13, 0, 2, "rw", "rw"],
  ["TPIDRRO_EL0", 3, 3, 13, 0, 3, "rw", "r"],
  ["TPIDR_EL1", 3, 0, 13, 0, 4],
  ["CSSELR_EL1", 3, 2, 0, 0, 0, "rw", "none", 0xfn],
  // Identification
  ["MIDR_EL1", 3, 0, 0, 0, 0, "id"],
  ["MPIDR_EL1", 3, 0, 0, 0, 5, "id"],
  ["REVIDR_EL1", 3, 0, 0, 0, 6, "id"],
  ["CCSIDR_EL1", 3, 1, 0, 0, 0, "id"],
  ["CLIDR_EL1", 3, 1, 0, 0, 1, "id"],
  ["AIDR_EL1", 3, 1, 0, 0, 7, "id"],
  ["CTR_EL0", 3, 3, 0, 0, 1, "id", "UCT"],
  ["DCZID_EL0", 3, 3, 0, 0, 7, "id", "r"],
  ["ID_PFR0_EL1", 3, 0, 0, 1, 0, "id"], ["ID_PFR1_EL1", 3, 0, 0, 1, 1, "id"], ["ID_DFR0_EL1", 3, 0, 0, 1, 2, "id"], ["ID_AFR0_EL1", 3, 0, 0, 1, 3, "id"],
  ["ID_MMFR0_EL1", 3, 0, 0, 1, 4, "id"], ["ID_MMFR1_EL1", 3, 0, 0, 1, 5, "id"], ["ID_MMFR2_EL1", 3, 0, 0, 1, 6, "id"], ["ID_MMFR3_EL1", 3, 0, 0, 1, 7, "id"],
  ["ID_ISAR0_EL1", 3, 0, 0, 2, 0, "id"], ["ID_ISAR1_EL1", 3, 0, 0, 2, 1, "id"], ["ID_ISAR2_EL1", 3, 0, 0, 2, 2, "id"], ["ID_ISAR3_EL1", 3, 0, 0, 2, 3, "id"],
  ["ID_ISAR4_EL1", 3, 0, 0, 2, 4, "id"], ["ID_ISAR5_EL1", 3, 0, 0, 2, 5, "id"], ["ID_MMFR4_EL1", 3, 0, 0, 2, 6, "id"],
  ["MVFR0_EL1", 3, 0, 0, 3, 0, "id"], ["MVFR1_EL1", 3, 0, 0, 3, 1, "id"], ["MVFR2_EL1", 3, 0, 0, 3, 2, "id"],
  ["ID_AA64PFR0_EL1", 3, 0, 0, 4, 0, "id"], ["ID_AA64PFR1_EL1", 3, 0, 0, 4, 1, "id"],
  ["ID_AA64DFR0_EL1", 3, 0, 0, 5, 0, "id"], ["ID_AA64DFR1_EL1", 3, 0, 0, 5, 1, "id"], ["ID_AA64AFR0_EL1", 3, 0, 0, 5, 4, "id"], ["ID_AA64AFR1_EL1", 3, 0, 0, 5, 5, "id"],
  ["ID_AA64ISAR0_EL1", 3, 0, 0, 6, 0, "id"], ["ID_AA64ISAR1_EL1", 3, 0, 0, 6, 1, "id"],
  ["ID_AA64MMFR0_EL1", 3, 0, 0, 7, 0, "id"], ["ID_AA64MMFR1_EL1", 3, 0, 0, 7, 1, "id"], ["ID_AA64MMFR2_EL1", 3, 0, 0, 7, 2, "id"],
];

const REGISTERS: ReadonlyMap<number, SystemRegister> = /* @__PURE__ */ new Map(
  LINES.map(([name, op0, op1, CRn, CRm, op2, access = "rw", el0 = "none", writable = ALL]) => {
    const key = systemKey(op0, op1, CRn, CRm, op2);
    return [key, { name, key, access, el0, writable }];
  }),
);

/** Identification space: op0 3, op1 0, CRn 0, CRm 1 to 7; what has no name there reads as 0. */
const IDENTIFICATION_FIRST = systemKey(3, 0, 0, 1, 0);
const IDENTIFICATION_LAST = systemKey(3, 0, 0, 7, 7);

/** The register at an encoding; undefined when the core holds none. */
export function systemRegister(key: number): SystemRegister | undefined {
  const reserved = key >= IDENTIFICATION_FIRST && key <= IDENTIFICATION_LAST;
  return REGISTERS.get(key) ?? (reserved ? { name: `S3_0_C0_C${(key >> 3) & 15}_${key & 7}`, key, access: "id", el0: "none", writable: 0n } : undefined);
}
/** Every register with a name. */
export const SYSTEM_REGISTERS: readonly SystemRegister[] = /* @__PURE__ */ Object.freeze([...REGISTERS.values()]);

export interface SystemOperation {
  readonly name: string;
  readonly key: number;
  readonly el0: "none" | El0Control;
}
type OperationLine = readonly [name: string, op1: number, CRn: number, CRm: number, op2: number, el0?: SystemOperation["el0"]];

const operation = ([name, op1, CRn, CRm, op2, el0 = "none"]: OperationLine): SystemOperation => ({ name, key: systemKey(1, op1, CRn, CRm, op2), el0 });
const OPERATION_LINES: readonly OperationLine[] = [
  ["IC IALLUIS", 0, 7, 1, 0], ["IC IALLU", 0, 7, 5, 0], ["IC IVAU", 3, 7, 5, 1, "UCI"],
  ["DC IVAC", 0, 7, 6, 1], ["DC ISW", 0, 7, 6, 2], ["DC CSW", 0, 7, 10, 2], ["DC CISW", 0, 7, 14, 2],
  ["DC ZVA", 3, 7, 4, 1, "DZE"], ["DC CVAC", 3, 7, 10, 1, "UCI"], ["DC CVAU", 3, 7, 11, 1, "UCI"], ["DC CIVAC", 3, 7, 14, 1, "UCI"],
  ["AT S1E1R", 0, 7, 8, 0], ["AT S1E1W", 0, 7, 8, 1], ["AT S1E0R", 0, 7, 8, 2], ["AT S1E0W", 0, 7, 8, 3],
  ["TLBI VMALLE1IS", 0, 8, 3, 0], ["TLBI VAE1IS", 0, 8, 3, 1], ["TLBI ASIDE1IS", 0, 8, 3, 2], ["TLBI VAAE1IS", 0, 8, 3, 3],
  ["TLBI VALE1IS", 0, 8, 3, 5], ["TLBI VAALE1IS", 0, 8, 3, 7],
  ["TLBI VMALLE1", 0, 8, 7, 0], ["TLBI VAE1", 0, 8, 7, 1], ["TLBI ASIDE1", 0, 8, 7, 2], ["TLBI VAAE1", 0, 8, 7, 3],
  ["TLBI VALE1", 0, 8, 7, 5], ["TLBI VAALE1", 0, 8, 7, 7],
];
/** System instructions: op0 is 1. */
export const SYSTEM_OPERATIONS: ReadonlyMap<number, SystemOperation> = /* @__PURE__ */ new Map(
  OPERATION_LINES.map((line) => [operation(line).key, operation(line)]),
);
