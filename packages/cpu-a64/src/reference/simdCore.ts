/**
 * SIMD and FP registers, lanes of them, and the check that every instruction of theirs begins with.
 * Source: Arm ARM DDI 0487, J1 "Pseudocode shared functions": V[], Elem[], SignedSatQ(), UnsignedSatQ(), CheckFPAdvSIMDEnabled64().
 * Widths in bits. A lane is an unsigned bigint of its width.
 */
import { EC } from "@granule/arm";
import { ModelBug } from "@granule/units";
import type { Row, SimdOperation } from "../spec/row.ts";
import { ones } from "./bits.ts";
import { type Core, readSystem, Taken } from "./core.ts";

/** FPSR: cumulative saturation. */
const FPSR_QC = 1n << 27n;
/** CPACR_EL1.FPEN: bit 20 opens EL1, bit 21 with it EL0. */
const FPEN_EL1 = 1n << 20n;
const FPEN_EL0 = 1n << 21n;
/** ISS of a trapped access: CV, COND 0b1110. */
const ISS_ALWAYS = 0x1e00000;

/** @throws Taken when CPACR_EL1 closes SIMD and FP to this Exception level */
export function checkSimdEnabled(core: Core): void {
  const cpacr = readSystem(core, "CPACR_EL1");
  if ((cpacr & FPEN_EL1) === 0n || (core.state.el === 0 && (cpacr & FPEN_EL0) === 0n)) throw new Taken(EC.FP_ASIMD, ISS_ALWAYS);
}

/** V[n], 128 bits. */
export const readV = (core: Core, n: number): bigint => ((core.state.v[n * 2 + 1] ?? 0n) << 64n) | (core.state.v[n * 2] ?? 0n);
/** Writes all of V[n]: a shorter value clears the rest. */
export function writeV(core: Core, n: number, value: bigint): void {
  core.state.v[n * 2] = value;
  core.state.v[n * 2 + 1] = value >> 64n;
}

export const split = (value: bigint, width: number, count: number): bigint[] =>
  Array.from({ length: count }, (_, n) => BigInt.asUintN(width, value >> BigInt(n * width)));
/** Lanes of `width` bits, lowest first; what exceeds a lane is dropped. */
export const join = (lanes: readonly bigint[], width: number): bigint => lanes.reduceRight((all, lane) => (all << BigInt(width)) | BigInt.asUintN(width, lane), 0n);
/** The lanes of V[n] from `first` on. */
export const readLanes = (core: Core, n: number, width: number, count: number, first = 0): bigint[] => split(readV(core, n) >> BigInt(first * width), width, count);

/** `value` clamped to a number of `width` bits; sets FPSR.QC when it had to be. */
export function saturate(core: Core, value: bigint, width: number, signed: boolean): bigint {
  const high = signed ? ones(width - 1) : ones(width);
  const low = signed ? -high - 1n : 0n;
  const clamped = value > high ? high : value < low ? low : value;
  if (clamped !== value) core.state.system.set("FPSR", readSystem(core, "FPSR") | FPSR_QC);
  return BigInt.asUintN(width, clamped);
}

/** What the row does. @throws ModelBug for a row of another kind */
export function simdOf(row: Row): SimdOperation {
  if (row.simd === undefined) throw new ModelBug(`${row.name} is no SIMD operation`);
  return row.simd;
}
/** The operation of a row in its class's table. @throws ModelBug when it is not there */
export function operationOf<T>(table: Readonly<Record<string, T>>, row: Row): T {
  const operation = table[simdOf(row).operation];
  if (operation === undefined) throw new ModelBug(`${row.name} cannot be executed`);
  return operation;
}
/** Lanes of this width in an operation: one of a scalar, else as Q says. */
export const laneCount = (row: Row, Q: number, width: number): number => (simdOf(row).scalar ? 1 : (Q === 1 ? 128 : 64) / width);
