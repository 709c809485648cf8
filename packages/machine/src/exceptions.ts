/**
 * Synchronous exceptions that a hypervisor gives to a guest at EL1: entry over the registers of a vcpu, between two
 * instructions. Source: Arm ARM DDI 0487, D1.3 "Exceptions"; J1.1 AArch64.TakeException().
 */
import { EC, ESR_ELx, SPSR_ELx } from "@granule/arm";
import type { HeldExit, RefusedAccess, VcpuRegs } from "./contract.ts";
import { VcpuRegsLayout } from "./regs.ts";

/** Offsets in a vector table by PSTATE.M[3:0] of where the exception comes from; those for EL0 are the default. */
const VECTOR_LOWER_A64 = 0x400n;
const VECTORS: Readonly<Record<number, bigint>> = { 0b0100: 0x000n, 0b0101: 0x200n };
/** VBAR_EL1 bits 10:0 are RES0. */
const VECTOR_ALIGN = 0x800n;
const EL1H = 0b0101;
const SIGNIFICANT = 64;

/** A synchronous exception of EL1. */
export interface GuestException {
  /** ESR_EL1. */
  readonly esr: bigint;
  /** FAR_EL1, where the exception sets it. */
  readonly far?: bigint;
  /** ELR_EL1; default: PC. */
  readonly returnTo?: bigint;
}

/** The vcpu whose registers these are stays before an access. */
export const heldExit = ({ view }: Pick<VcpuRegs, "view">, refused: RefusedAccess): HeldExit =>
  ({ kind: "held", refused, interruptible: SPSR_ELx.decode(VcpuRegsLayout.fields.PSTATE.get(view, 0)).I === 0 });

/** Makes the vcpu go on at its vector for synchronous exceptions, as if the instruction at PC had taken one. */
export function injectException({ view }: Pick<VcpuRegs, "view">, { esr, far, returnTo }: GuestException): void {
  const f = VcpuRegsLayout.fields;
  const pstate = f.PSTATE.get(view, 0);
  const mode = Number(pstate & 0xfn);
  f.ESR_EL1.set(view, 0, esr);
  if (far !== undefined) f.FAR_EL1.set(view, 0, BigInt.asUintN(SIGNIFICANT, far));
  f.SPSR_EL1.set(view, 0, pstate);
  f.ELR_EL1.set(view, 0, BigInt.asUintN(SIGNIFICANT, returnTo ?? f.PC.get(view, 0)));
  const base = f.VBAR_EL1.get(view, 0);
  f.PC.set(view, 0, BigInt.asUintN(SIGNIFICANT, base - (base % VECTOR_ALIGN) + (VECTORS[mode] ?? VECTOR_LOWER_A64)));
  if (mode !== EL1H) {
    f.SP_EL0.set(view, 0, f.SP.get(view, 0));
    f.SP.set(view, 0, f.SP_EL1.get(view, 0));
  }
  const flags = SPSR_ELx.decode(pstate);
  f.PSTATE.set(view, 0, SPSR_ELx.encode({ N: flags.N, Z: flags.Z, C: flags.C, V: flags.V, D: 1, A: 1, I: 1, F: 1, M: EL1H }));
}

/** The instruction at `returnTo` (default: PC) is UNDEFINED. */
export const injectUndefined = (regs: Pick<VcpuRegs, "view">, returnTo?: bigint): void =>
  injectException(regs, { esr: ESR_ELx.encode({ EC: EC.UNKNOWN, IL: 1, ISS: 0 }), ...(returnTo === undefined ? {} : { returnTo }) });

/**
 * An access that stage 2 refuses and no device answers: an abort, by default with an empty ISS, as Xen on Arm gives
 * (observed on Xen 4.17: ESR_EL1 0x96000000 for a load at EL1).
 */
export function injectAbort(regs: Pick<VcpuRegs, "view">, kind: "data" | "instruction", far: bigint, iss = 0): void {
  const fromEl0 = Number(VcpuRegsLayout.fields.PSTATE.get(regs.view, 0) & 0xfn) === 0;
  const ec = kind === "data" ? (fromEl0 ? EC.DATA_ABORT_LOWER : EC.DATA_ABORT_SAME) : fromEl0 ? EC.INSTRUCTION_ABORT_LOWER : EC.INSTRUCTION_ABORT_SAME;
  injectException(regs, { esr: ESR_ELx.encode({ EC: ec, IL: 1, ISS: iss }), far });
}
