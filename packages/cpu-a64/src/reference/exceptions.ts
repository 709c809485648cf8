/**
 * Exception entry to EL1 and return from it, AArch64 only.
 * Source: Arm ARM DDI 0487, D1.3 "Exceptions"; J1.1 AArch64.TakeException(), AArch64.ExceptionReturn(), IllegalExceptionReturn().
 */
import { EC, ESR_ELx, SPSR_ELx } from "@granule/arm";
import { ones } from "./bits.ts";
import type { CpuState } from "./contract.ts";
import { branchAddress, type Core, readSystem, type Taken } from "./core.ts";

/** Offsets of a vector table: by where the exception comes from, then by its kind. */
const VECTOR_CURRENT_SP0 = 0x000n;
const VECTOR_CURRENT_SPX = 0x200n;
const VECTOR_LOWER_A64 = 0x400n;
const VECTOR_KIND = { synchronous: 0x000n, irq: 0x080n, fiq: 0x100n, serror: 0x180n } as const;
type Kind = keyof typeof VECTOR_KIND;

/** VBAR_EL1 bits 10:0 are RES0. */
const VECTOR_ALIGN = 0x800n;
/** PSTATE.{D,A,I,F} on entry. */
const ALL_MASKED = 0b1111;

/** SPSR_EL1.M of an AArch64 state: EL0t, EL1t, EL1h. */
const MODES = [{ m: 0b0000, el: 0, spSel: 0 }, { m: 0b0100, el: 1, spSel: 0 }, { m: 0b0101, el: 1, spSel: 1 }] as const;

/** PSTATE as SPSR_EL1 saves it: N Z C V in 31:28, IL 20, D A I F in 9:6, M in 3:0. */
export function savedStatus({ nzcv, il, daif, el, spSel }: CpuState): number {
  const mode = MODES.find((row) => row.el === el && (el === 0 || row.spSel === spSel));
  return ((nzcv << 28) | (il ? 1 << 20 : 0) | (daif << 6) | (mode?.m ?? 0)) >>> 0;
}

function enter(core: Core, kind: Kind, preferredReturn: bigint): void {
  const { state } = core;
  const from = state.el === 0 ? VECTOR_LOWER_A64 : state.spSel === 1 ? VECTOR_CURRENT_SPX : VECTOR_CURRENT_SP0;
  state.system.set("SPSR_EL1", BigInt(savedStatus(state)));
  state.system.set("ELR_EL1", preferredReturn & ones(64));
  const base = readSystem(core, "VBAR_EL1");
  state.pc = branchAddress(core, (base - (base % VECTOR_ALIGN) + from + VECTOR_KIND[kind]) & ones(64));
  state.el = 1;
  state.spSel = 1;
  state.daif = ALL_MASKED;
  state.il = false;
}

/** Takes a synchronous exception from the instruction at PC. */
export function takeException(core: Core, exception: Taken): void {
  const { system, pc } = core.state;
  // All A64 instructions have 32 bits, and the classes without an instruction set IL too.
  system.set("ESR_EL1", ESR_ELx.encode({ EC: exception.ec, IL: 1, ISS: exception.iss }));
  if (exception.far !== undefined) system.set("FAR_EL1", exception.far);
  enter(core, "synchronous", pc + exception.returnOffset);
}

/** Takes an interrupt before the instruction at PC. An SError sets ESR_EL1 with an IMPLEMENTATION DEFINED syndrome of 0. */
export function takeInterrupt(core: Core, kind: "irq" | "fiq" | "serror"): void {
  if (kind === "serror") core.state.system.set("ESR_EL1", ESR_ELx.encode({ EC: EC.SERROR, IL: 1, ISS: 0 }));
  enter(core, kind, core.state.pc);
}

/** ERET. A return to EL2, EL3 or AArch32 is illegal: PSTATE.IL is set, and the next instruction takes that exception. */
export function exceptionReturn(core: Core): void {
  const { state } = core;
  const spsr = SPSR_ELx.decode(readSystem(core, "SPSR_EL1"));
  const target = readSystem(core, "ELR_EL1");
  const mode = spsr.nRW === 1 ? undefined : MODES.find(({ m }) => m === spsr.M);
  state.nzcv = (spsr.N << 3) | (spsr.Z << 2) | (spsr.C << 1) | spsr.V;
  state.daif = (spsr.D << 3) | (spsr.A << 2) | (spsr.I << 1) | spsr.F;
  state.il = mode === undefined || spsr.IL === 1;
  if (mode !== undefined) {
    state.el = mode.el;
    state.spSel = mode.spSel;
  }
  // Tags are removed by the rules of the level that is returned to; EL0 and EL1 share them.
  core.nextPc = branchAddress(core, target);
  state.monitor = undefined;
}
