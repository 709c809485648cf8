// TABLE: identification registers
/**
 * What a vcpu says it is: a core of Armv8.0-A without cryptography, PMU and AArch32, as the Cortex-A35 is where those are
 * left out; address size, granules and optional instructions (CRC32, FEAT_LSE) are the CPU model's.
 * Source: Arm ARM DDI 0487, D23.2, field values of each register; Cortex-A35 TRM (100236), "Identification registers", for
 * cache geometry.
 */
import type { CpuModel } from "@granule/arm";
import type { VcpuRegs } from "./contract.ts";
import { idRegisterAt } from "./regs.ts";

/** Bit 31 is RES1. Vcpus are numbered as Xen does: 16 to a cluster. */
const MPIDR_RES1 = 0x80000000;
const CLUSTER = 16;

/** MPIDR_EL1 of a vcpu, which PSCI and the device tree name it by. */
export const mpidrOf = (vcpu: number): number => MPIDR_RES1 + Math.floor(vcpu / CLUSTER) * 0x100 + (vcpu % CLUSTER);

/** Registers that do not depend on the model. Those that are not here read as 0: absent. */
const FIXED: readonly (readonly [register: string | { readonly CRm: number; readonly op2: number }, value: bigint])[] = [
  // lines of 64 bytes; PIPT data and VIPT instruction cache
  ["CTR_EL0", 0x84448004n],
  ["CLIDR_EL1", 0x0a200023n],
  ["CCSIDR_EL1", 0x700fe01an],
  // DC ZVA zeroes 64 bytes
  ["DCZID_EL0", 4n],
  // ID_AA64PFR0_EL1: EL0 and EL1 in AArch64 only, floating point and SIMD
  [{ CRm: 4, op2: 0 }, 0x11n],
  // ID_AA64DFR0_EL1: 6 breakpoints, 4 watchpoints, no PMU
  [{ CRm: 5, op2: 0 }, 0x10305006n],
];

/** Fills the identification registers of a vcpu. */
export function identify({ view }: Pick<VcpuRegs, "view">, cpu: CpuModel, vcpu: number): void {
  const set = (register: string | { readonly CRm: number; readonly op2: number }, value: bigint): void => view.setBigUint64(idRegisterAt(register), value, true);
  for (const [register, value] of FIXED) set(register, value);
  set("MIDR_EL1", cpu.midr);
  set("MPIDR_EL1", BigInt(mpidrOf(vcpu)));
  // ID_AA64ISAR0_EL1
  set({ CRm: 6, op2: 0 }, cpu.idAa64isar0);
  // ID_AA64MMFR0_EL1
  set({ CRm: 7, op2: 0 }, cpu.idAa64mmfr0);
}
