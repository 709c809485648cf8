/**
 * The interpreter's state where it is a vcpu's: in machine memory, as `VcpuRegsLayout` of @granule/machine says. Nothing is
 * kept beside it but the exclusive monitor, so whoever looks between two instructions sees the truth, and another engine
 * can go on.
 */
import { idRegisterAt, type VcpuRegName, type VcpuRegs, VcpuRegsLayout } from "@granule/machine";
import { SYSTEM_REGISTERS } from "../spec/systemRegisters.ts";
import type { CpuState } from "./contract.ts";

const F = VcpuRegsLayout.fields;
const HELD: ReadonlySet<string> = new Set(Object.values(F).filter((field) => field.type === "u64").map((field) => field.name));
const isHeld = (name: string): name is VcpuRegName => HELD.has(name);
/** Registers that translations depend on: writing them makes decoded copies stale. */
const TRANSLATION: ReadonlySet<string> = new Set<VcpuRegName>(["SCTLR_EL1", "TCR_EL1", "TTBR0_EL1", "TTBR1_EL1", "MAIR_EL1"]);
const ISR_I = 1n << 7n;

/** System registers by name. */
class RegisterMap extends Map<string, bigint> {
  readonly #regs: VcpuRegs;
  readonly #isPending: () => boolean;
  constructor(regs: VcpuRegs, isPending: () => boolean) {
    super();
    this.#regs = regs;
    this.#isPending = isPending;
  }
  override get(name: string): bigint | undefined {
    if (isHeld(name)) return F[name].get(this.#regs.view, 0);
    // the level of the interrupt line, masked or not
    return name === "ISR_EL1" && this.#isPending() ? ISR_I : undefined;
  }
  override set(name: string, value: bigint): this {
    if (!isHeld(name)) return this;
    if (TRANSLATION.has(name)) this.#regs.set(name, value);
    else F[name].set(this.#regs.view, 0, BigInt.asUintN(64, value));
    return this;
  }
}

// PSTATE has the format of SPSR_EL1: N Z C V in 31:28, IL 20, D A I F in 9:6, EL in 3:2, SP in 0
const NZCV_SHIFT = 28;
const IL = 1 << 20;
const DAIF_SHIFT = 6;
const DAIF = 0b1111 << DAIF_SHIFT;
const EL1 = 0b0100;
const SP_SELECT = 0b0001;
/** PSTATE.M[3:0] of EL1h: the one mode that uses SP_EL1. */
const EL1H = EL1 | SP_SELECT;

class VcpuState implements CpuState {
  readonly x: BigUint64Array;
  readonly v: BigUint64Array;
  readonly system: Map<string, bigint>;
  monitor: CpuState["monitor"] = undefined;
  readonly #view: DataView;

  constructor(regs: VcpuRegs, isPending: () => boolean) {
    this.#view = regs.view;
    const words = (field: { readonly offset: number; readonly size: number }): BigUint64Array =>
      new BigUint64Array(regs.view.buffer, regs.view.byteOffset + field.offset, field.size / BigUint64Array.BYTES_PER_ELEMENT);
    this.x = words(F.x);
    this.v = words(F.V);
    this.system = new RegisterMap(regs, isPending);
  }
  get #pstate(): number {
    return this.#view.getUint32(F.PSTATE.offset, true);
  }
  #setPstate(clear: number, set: number): void {
    const old = this.#pstate;
    const next = (old & ~clear) | set;
    this.#view.setUint32(F.PSTATE.offset, next, true);
    const usedSp1 = (old & 0b1111) === EL1H;
    const usesSp1 = (next & 0b1111) === EL1H;
    if (usedSp1 === usesSp1) return;
    // the register that is selected is in SP, the other one in its own place
    F[usedSp1 ? "SP_EL1" : "SP_EL0"].set(this.#view, 0, F.SP.get(this.#view, 0));
    F.SP.set(this.#view, 0, F[usesSp1 ? "SP_EL1" : "SP_EL0"].get(this.#view, 0));
  }
  #placeOfSp(el: 0 | 1): "SP" | "SP_EL0" | "SP_EL1" {
    const selected = (this.#pstate & 0b1111) === EL1H ? 1 : 0;
    return selected === el ? "SP" : el === 1 ? "SP_EL1" : "SP_EL0";
  }
  get spEl0(): bigint {
    return F[this.#placeOfSp(0)].get(this.#view, 0);
  }
  set spEl0(value: bigint) {
    F[this.#placeOfSp(0)].set(this.#view, 0, value);
  }
  get spEl1(): bigint {
    return F[this.#placeOfSp(1)].get(this.#view, 0);
  }
  set spEl1(value: bigint) {
    F[this.#placeOfSp(1)].set(this.#view, 0, value);
  }
  get pc(): bigint {
    return F.PC.get(this.#view, 0);
  }
  set pc(value: bigint) {
    F.PC.set(this.#view, 0, value);
  }
  get nzcv(): number {
    return this.#pstate >>> NZCV_SHIFT;
  }
  set nzcv(value: number) {
    this.#setPstate(0b1111 << NZCV_SHIFT, value << NZCV_SHIFT);
  }
  get el(): 0 | 1 {
    return (this.#pstate & EL1) === 0 ? 0 : 1;
  }
  set el(value: 0 | 1) {
    this.#setPstate(EL1, value === 1 ? EL1 : 0);
  }
  get spSel(): 0 | 1 {
    return (this.#pstate & SP_SELECT) === 0 ? 0 : 1;
  }
  set spSel(value: 0 | 1) {
    this.#setPstate(SP_SELECT, value);
  }
  get daif(): number {
    return (this.#pstate & DAIF) >>> DAIF_SHIFT;
  }
  set daif(value: number) {
    this.#setPstate(DAIF, value << DAIF_SHIFT);
  }
  get il(): boolean {
    return (this.#pstate & IL) !== 0;
  }
  set il(value: boolean) {
    this.#setPstate(IL, value ? IL : 0);
  }
}

/** A vcpu's registers as the interpreter's state. `isPending`: level of the interrupt line. */
export const createVcpuState = (regs: VcpuRegs, isPending: () => boolean): CpuState => new VcpuState(regs, isPending);

const IDENTIFICATION = SYSTEM_REGISTERS.filter(({ access }) => access === "id").map(({ name, key }) => {
  const CRm = (key >>> 3) & 0b1111;
  return { name, at: idRegisterAt(CRm === 0 ? name : { CRm, op2: key & 0b111 }) };
});
/** Values of the identification registers, by name. */
export function readIdentification({ view }: VcpuRegs): Record<string, bigint> {
  return Object.fromEntries(IDENTIFICATION.map(({ name, at }) => [name, view.getBigUint64(at, true)]));
}
