/**
 * MSR, MRS and SYS. Source: Arm ARM DDI 0487, C6.2 "MSR (immediate)", "MSR (register)", "MRS", "SYS"; D23.2, "Accessing" of
 * each register.
 */
import { EC, ISS_SYS } from "@granule/arm";
import type { Fields } from "../spec/row.ts";
import { type El0Control, SYSTEM_OPERATIONS, systemKey, type SystemRegister, systemRegister } from "../spec/systemRegisters.ts";
import type { SystemEncoding } from "./contract.ts";
import { controls, type Core, dataAbort, type Execute, readSystem, readX, store, Taken, undefinedInstruction, writeX } from "./core.ts";
import { checkSimdEnabled } from "./simdCore.ts";

const encodingOf = (f: Fields, op0: number): SystemEncoding => ({ op0, op1: f.op1, CRn: f.CRn, CRm: f.CRm, op2: f.op2 });
const keyOf = (e: SystemEncoding): number => systemKey(e.op0, e.op1, e.CRn, e.CRm, e.op2);

/** A trapped access, as EL1 is told of it. */
const trapped = (e: SystemEncoding, Rt: number, isRead: boolean): Taken =>
  new Taken(EC.SYS64, Number(ISS_SYS.encode({ Direction: isRead ? 1 : 0, CRm: e.CRm, Rt, CRn: e.CRn, Op1: e.op1, Op2: e.op2, Op0: e.op0 })));

const isControl = (el0: SystemRegister["el0"]): el0 is El0Control => el0 !== "none" && el0 !== "r" && el0 !== "rw";

/** Whether EL0 may do this. @throws Taken when it may not. */
function checkEl0(core: Core, el0: SystemRegister["el0"], encoding: SystemEncoding, Rt: number, isRead: boolean): void {
  if (core.state.el === 1 || el0 === "rw" || (el0 === "r" && isRead)) return;
  if (!isControl(el0)) throw undefinedInstruction();
  if (!controls(core, el0)) throw trapped(encoding, Rt, isRead);
}

const DCZID_DZP = 16n;

function readRegister(core: Core, { name, access }: SystemRegister): bigint {
  const { state } = core;
  const value = core.identification[name] ?? 0n;
  // DZP tells EL0 what SCTLR_EL1.DZE prohibits.
  if (name === "DCZID_EL0" && state.el === 0 && !controls(core, "DZE")) return value | DCZID_DZP;
  if (access === "id") return value;
  switch (name) {
    case "NZCV":
      return BigInt(state.nzcv) << 28n;
    case "DAIF":
      return BigInt(state.daif) << 6n;
    case "SPSel":
      return BigInt(state.spSel);
    case "CurrentEL":
      return BigInt(state.el) << 2n;
    case "SP_EL0":
      // With SPSel 0 it is the stack pointer in use, and its access is UNDEFINED.
      if (state.spSel === 0) throw undefinedInstruction();
      return state.spEl0;
    default:
      return readSystem(core, name);
  }
}

function writeRegister(core: Core, { name, writable }: SystemRegister, value: bigint): void {
  const { state } = core;
  switch (name) {
    case "NZCV":
      state.nzcv = Number((value >> 28n) & 15n);
      return;
    case "DAIF":
      state.daif = Number((value >> 6n) & 15n);
      return;
    case "SPSel":
      state.spSel = (value & 1n) === 1n ? 1 : 0;
      return;
    case "SP_EL0":
      if (state.spSel === 0) throw undefinedInstruction();
      state.spEl0 = value;
      return;
    default:
      state.system.set(name, value & writable);
  }
}

/** FPCR and FPSR are closed where SIMD and FP are. @throws Taken when they are */
function checkFloat(core: Core, { name }: SystemRegister): void {
  if (name === "FPCR" || name === "FPSR") checkSimdEnabled(core);
}

export const moveFromSystem: Execute = (core, f) => {
  const encoding = encodingOf(f, 2 + f.o0);
  const register = systemRegister(keyOf(encoding));
  if (register === undefined) {
    const value = core.port.read(encoding, core.state.el);
    if (value === undefined) throw undefinedInstruction();
    writeX(core, f.Rt, value);
    return;
  }
  checkEl0(core, register.el0, encoding, f.Rt, true);
  checkFloat(core, register);
  writeX(core, f.Rt, readRegister(core, register));
};

export const moveToSystem: Execute = (core, f) => {
  const encoding = encodingOf(f, 2 + f.o0);
  const register = systemRegister(keyOf(encoding));
  const value = readX(core, f.Rt);
  if (register === undefined) {
    if (!core.port.write(encoding, value, core.state.el)) throw undefinedInstruction();
    return;
  }
  if (register.access !== "rw") throw undefinedInstruction();
  checkEl0(core, register.el0, encoding, f.Rt, false);
  checkFloat(core, register);
  writeRegister(core, register, value);
};

/** SPSel is EL1's; DAIFSet and DAIFClr are EL0's too where SCTLR_EL1.UMA says so. The constraints leave only these. */
export const moveToPstate: Execute = (core, f) => {
  const { state } = core;
  if (f.op1 === 0) {
    if (state.el === 0) throw undefinedInstruction();
    state.spSel = (f.CRm & 1) === 1 ? 1 : 0;
    return;
  }
  // Its trap reports the encoding of the instruction: op0 0, CRn 4, Rt 31.
  if (state.el === 0 && !controls(core, "UMA")) throw trapped({ op0: 0, op1: f.op1, CRn: 4, CRm: f.CRm, op2: f.op2 }, 31, false);
  state.daif = f.op2 === 6 ? state.daif | f.CRm : state.daif & ~f.CRm;
};

/** DCZID_EL0: BS, log2 of the block in words; DZP, which prohibits DC ZVA. */
function zeroBlock(core: Core, address: bigint, encoding: SystemEncoding, Rt: number): void {
  const dczid = core.identification.DCZID_EL0 ?? 0n;
  if ((dczid & DCZID_DZP) !== 0n) throw core.state.el === 0 ? trapped(encoding, Rt, false) : undefinedInstruction();
  const bytes = 4n << (dczid & 15n);
  const start = address - (address % bytes);
  for (let at = start; at < start + bytes; at += 8n) store(core, at, 8, 0n, {});
}

export const systemInstruction: Execute = (core, f) => {
  const encoding = encodingOf(f, 1);
  const operation = SYSTEM_OPERATIONS.get(keyOf(encoding));
  if (operation === undefined) throw undefinedInstruction();
  checkEl0(core, operation.el0, encoding, f.Rt, false);
  const value = readX(core, f.Rt);
  if (operation.name === "DC ZVA") return zeroBlock(core, value, encoding, f.Rt);
  const fault = core.port.operate(operation.name, value, core.state.el);
  if (fault !== undefined) dataAbort(core, fault, true, true);
};
