/**
 * FEAT_LSE. Source: Arm ARM DDI 0487, C6.2, "Operation" of CAS, CASP, SWP, LDADD, LDCLR, LDEOR, LDSET, LDSMAX, LDSMIN, LDUMAX,
 * LDUMIN; "ESR_EL1", ISS encoding for a Data Abort, WnR: a fault that a read of the location would have is reported as that of a
 * read, any other as that of a write. So it is first loaded, then stored. Where the architecture allows a choice:
 *
 * - a comparison that fails stores what was loaded, and so needs write permission as one that succeeds;
 * - a device is asked for a load and then for a store.
 *
 * Between load and store nothing else of the machine runs. Registers are written last.
 */
import { ModelBug } from "@granule/units";
import type { AtomicOperation } from "../spec/row.ts";
import { baseAddress, checkAlignment, type Execute, load, readX, store, writeX } from "./core.ts";

type Combine = (old: bigint, operand: bigint, bits: number) => bigint;
const signedly = (pick: (a: bigint, b: bigint) => boolean): Combine => (old, operand, bits) => (pick(BigInt.asIntN(bits, old), BigInt.asIntN(bits, operand)) ? old : operand);
const COMBINE: Readonly<Record<Exclude<AtomicOperation, "compareAndSwap">, Combine>> = {
  swap: (_, operand) => operand,
  add: (old, operand) => old + operand,
  clear: (old, operand) => old & ~operand,
  exclusiveOr: (old, operand) => old ^ operand,
  set: (old, operand) => old | operand,
  signedMaximum: signedly((a, b) => a > b),
  signedMinimum: signedly((a, b) => a <= b),
  unsignedMaximum: (old, operand) => (old > operand ? old : operand),
  unsignedMinimum: (old, operand) => (old < operand ? old : operand),
};

/** Executes any row of FEAT_LSE. */
export const atomic: Execute = (core, f, row) => {
  if (row.atomic === undefined) throw new ModelBug(`${row.name} is not atomic`);
  const { operation, bytes, pair } = row.atomic;
  const bits = bytes * 8;
  const operand = (n: number): bigint => BigInt.asUintN(bits, readX(core, n));
  const address = baseAddress(core, f.Rn);
  // Whatever SCTLR_EL1.A says: there is no FEAT_LSE2.
  checkAlignment(core, address, pair ? bytes * 2 : bytes, false, { aligned: true });
  const old = load(core, address, bytes, {});
  if (operation !== "compareAndSwap") {
    store(core, address, bytes, COMBINE[operation](old, operand(f.Rs), bits), {});
    writeX(core, f.Rt, old);
    return;
  }
  if (!pair) {
    store(core, address, bytes, old === operand(f.Rs) ? operand(f.Rt) : old, {});
    writeX(core, f.Rs, old);
    return;
  }
  const [first, second] = [f.Rs * 2, f.Rt * 2];
  // Aligned, so it lies in one page and does not wrap.
  const upper = address + BigInt(bytes);
  const oldUpper = load(core, upper, bytes, {});
  const same = old === operand(first) && oldUpper === operand(first + 1);
  store(core, address, bytes, same ? operand(second) : old, {});
  store(core, upper, bytes, same ? operand(second + 1) : oldUpper, {});
  writeX(core, first, old);
  writeX(core, first + 1, oldUpper);
};
