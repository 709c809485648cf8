/** Branches, exception-generating instructions, hints and barriers. Source: Arm ARM DDI 0487, C6.2, "Operation" of each. */
import { EC, ISS_WFX } from "@granule/arm";
import type { BRANCHES } from "../spec/branches.ts";
import { conditionHolds, ones, signedField } from "./bits.ts";
import { branchAddress, controls, type Core, type Execute, Left, readX, Taken, undefinedInstruction, widthOf, writeX } from "./core.ts";
import { exceptionReturn } from "./exceptions.ts";
import { moveFromSystem, moveToPstate, moveToSystem, systemInstruction } from "./system.ts";

const jump = (core: Core, imm: number, bits: number): void => {
  core.nextPc = branchAddress(core, (core.state.pc + BigInt(signedField(imm, bits) * 4)) & ones(64));
};
const link = (core: Core): void => writeX(core, 30, (core.state.pc + 4n) & ones(64));
const compareAndBranch = (wanted: boolean): Execute => (core, f) => {
  if ((readX(core, f.Rt, widthOf(f.sf)) === 0n) === wanted) jump(core, f.imm19, 19);
};
const testAndBranch = (wanted: bigint): Execute => (core, f) => {
  if (((readX(core, f.Rt) >> BigInt(f.b5 * 32 + f.b40)) & 1n) === wanted) jump(core, f.imm14, 14);
};
/** An instruction that only EL1 may execute. */
const privileged = (execute: Execute): Execute => (core, f, row) => {
  if (core.state.el === 0) throw undefinedInstruction();
  execute(core, f, row);
};

/** HINT numbers, CRm:op2, that do something. YIELD, SEV and SEVL are complete at once on one PE; others are NOPs. */
const HINT_WFE = 2;
const HINT_WFI = 3;

const hint: Execute = (core, f) => {
  const number = f.CRm * 8 + f.op2;
  if (number !== HINT_WFE && number !== HINT_WFI) return;
  const event = number === HINT_WFE;
  if (core.state.el === 0 && !controls(core, event ? "nTWE" : "nTWI"))
    throw new Taken(EC.WFX, Number(ISS_WFX.encode({ TI: event ? 1 : 0, COND: 0b1110, CV: 1 })));
  throw new Left({ kind: "wait", event }, true);
};

/** One PE, in order: nothing to wait for. */
const barrier: Execute = () => {};

export const BRANCH: Readonly<Record<keyof typeof BRANCHES, Execute>> = {
  B_only_condbranch: (core, f) => {
    if (conditionHolds(f.cond, core.state.nzcv)) jump(core, f.imm19, 19);
  },
  SVC_ex_exception: (_, f) => {
    throw new Taken(EC.SVC64, f.imm16, undefined, 4n);
  },
  HVC_ex_exception: privileged((_, f) => {
    throw new Left({ kind: "hvc", imm: f.imm16 }, true);
  }),
  SMC_ex_exception: privileged((_, f) => {
    throw new Left({ kind: "smc", imm: f.imm16 }, false);
  }),
  BRK_ex_exception: (_, f) => {
    throw new Taken(EC.BRK64, f.imm16);
  },
  HINT_hints: hint,
  CLREX_barriers: (core) => {
    core.state.monitor = undefined;
  },
  DSB_barriers: barrier,
  DMB_barriers: barrier,
  ISB_barriers: barrier,
  MSR_SI_pstate: moveToPstate,
  SYS_CR_systeminstrs: systemInstruction,
  // Armv8.0 has no system instruction with a result.
  SYSL_RC_systeminstrs: () => {
    throw undefinedInstruction();
  },
  MSR_SR_systemmove: moveToSystem,
  MRS_RS_systemmove: moveFromSystem,
  BR_64_branch_reg: (core, f) => {
    core.nextPc = branchAddress(core, readX(core, f.Rn));
  },
  BLR_64_branch_reg: (core, f) => {
    core.nextPc = branchAddress(core, readX(core, f.Rn));
    link(core);
  },
  RET_64R_branch_reg: (core, f) => {
    core.nextPc = branchAddress(core, readX(core, f.Rn));
  },
  ERET_64E_branch_reg: privileged(exceptionReturn),
  B_only_branch_imm: (core, f) => jump(core, f.imm26, 26),
  BL_only_branch_imm: (core, f) => {
    jump(core, f.imm26, 26);
    link(core);
  },
  CBZ_compbranch: compareAndBranch(true),
  CBNZ_compbranch: compareAndBranch(false),
  TBZ_only_testbranch: testAndBranch(0n),
  TBNZ_only_testbranch: testAndBranch(1n),
};
