// TABLE: A64 branches, exceptions and system instructions
/** Source: Arm ARM DDI 0487, C4.1 "Branches, Exception Generating and System instructions", as Armv8.0 allocates them. */
import type { RowSpec } from "./row.ts";

export const BRANCHES = {
  // Conditional branch (immediate)
  B_only_condbranch: { mnemonic: "b.cond", bits: "0101010 0 imm19:19 0 cond:4" },
  // Exception generation. DCPS1..3 are UNDEFINED outside Debug state, which is not modelled; HLT likewise without halting debug.
  SVC_ex_exception: { mnemonic: "svc", bits: "11010100 000 imm16:16 000 01" },
  HVC_ex_exception: { mnemonic: "hvc", bits: "11010100 000 imm16:16 000 10" },
  SMC_ex_exception: { mnemonic: "smc", bits: "11010100 000 imm16:16 000 11" },
  BRK_ex_exception: { mnemonic: "brk", bits: "11010100 001 imm16:16 000 00" },
  // Hints: those that a CPU does not know are NOPs
  HINT_hints: { mnemonic: "hint", bits: "1101010100 0 00 011 0010 CRm:4 op2:3 11111" },
  // Barriers
  CLREX_barriers: { mnemonic: "clrex", bits: "1101010100 0 00 011 0011 CRm:4 010 11111" },
  DSB_barriers: { mnemonic: "dsb", bits: "1101010100 0 00 011 0011 CRm:4 100 11111" },
  DMB_barriers: { mnemonic: "dmb", bits: "1101010100 0 00 011 0011 CRm:4 101 11111" },
  ISB_barriers: { mnemonic: "isb", bits: "1101010100 0 00 011 0011 CRm:4 110 11111" },
  // PSTATE: SPSel, DAIFSet, DAIFClr
  MSR_SI_pstate: {
    mnemonic: "msr", bits: "1101010100 0 00 op1:3 0100 CRm:4 op2:3 11111",
    unallocated: [{ op1: [1, 2] }, { op1: [4, 7] }, { op1: 0, op2: [0, 4] }, { op1: 0, op2: [6, 7] }, { op1: 3, op2: [0, 5] }],
  },
  // System instructions
  SYS_CR_systeminstrs: { mnemonic: "sys", bits: "1101010100 0 01 op1:3 CRn:4 CRm:4 op2:3 Rt:5" },
  SYSL_RC_systeminstrs: { mnemonic: "sysl", bits: "1101010100 1 01 op1:3 CRn:4 CRm:4 op2:3 Rt:5" },
  // System register move; op0 is 2 + o0
  MSR_SR_systemmove: { mnemonic: "msr", bits: "1101010100 0 1 o0:1 op1:3 CRn:4 CRm:4 op2:3 Rt:5" },
  MRS_RS_systemmove: { mnemonic: "mrs", bits: "1101010100 1 1 o0:1 op1:3 CRn:4 CRm:4 op2:3 Rt:5" },
  // Unconditional branch (register). DRPS is UNDEFINED outside Debug state.
  BR_64_branch_reg: { mnemonic: "br", bits: "1101011 0000 11111 000000 Rn:5 00000" },
  BLR_64_branch_reg: { mnemonic: "blr", bits: "1101011 0001 11111 000000 Rn:5 00000" },
  RET_64R_branch_reg: { mnemonic: "ret", bits: "1101011 0010 11111 000000 Rn:5 00000" },
  ERET_64E_branch_reg: { mnemonic: "eret", bits: "1101011 0100 11111 000000 11111 00000" },
  // Unconditional branch (immediate)
  B_only_branch_imm: { mnemonic: "b", bits: "0 00101 imm26:26" },
  BL_only_branch_imm: { mnemonic: "bl", bits: "1 00101 imm26:26" },
  // Compare and branch (immediate)
  CBZ_compbranch: { mnemonic: "cbz", bits: "sf:1 011010 0 imm19:19 Rt:5" },
  CBNZ_compbranch: { mnemonic: "cbnz", bits: "sf:1 011010 1 imm19:19 Rt:5" },
  // Test and branch (immediate)
  TBZ_only_testbranch: { mnemonic: "tbz", bits: "b5:1 011011 0 b40:5 imm14:14 Rt:5" },
  TBNZ_only_testbranch: { mnemonic: "tbnz", bits: "b5:1 011011 1 b40:5 imm14:14 Rt:5" },
} as const satisfies Readonly<Record<string, RowSpec>>;
