// TABLE: registers of a vcpu
/**
 * Registers of a vcpu in machine memory, outside every guest's reach: what scripted guests and an engine in wasm share.
 * Source of the names: Arm ARM DDI 0487, D23.2 "General system control registers".
 */
import { struct, type Spec } from "@granule/codec";
import type { MachineMemory, SysReg, VcpuRegs } from "./contract.ts";
import type { Pa } from "@granule/units";

/**
 * `SP` is the stack pointer that PSTATE selects, so that it is register 31; `SP_EL0` and `SP_EL1` keep the other one.
 * `zero` is read and `sink` written as XZR. `PSTATE` has the format of SPSR_EL1. `V` is V0 to V31, 16 bytes each. `id` holds
 * identification registers, see {@link idRegisterAt}. `engine` is the engine's own.
 */
export const VcpuRegsLayout = /* @__PURE__ */ struct("vcpu_regs", 4096, { // MAGIC: a frame for each vcpu
  x: [0, "bytes", 248], SP: [248, "u64"], zero: [256, "u64"], sink: [264, "u64"], PC: [272, "u64"], PSTATE: [280, "u64"], SP_EL0: [288, "u64"], SP_EL1: [296, "u64"],
  SCTLR_EL1: [304, "u64"], TCR_EL1: [312, "u64"], TTBR0_EL1: [320, "u64"], TTBR1_EL1: [328, "u64"], MAIR_EL1: [336, "u64"], ESR_EL1: [344, "u64"], FAR_EL1: [352, "u64"],
  PAR_EL1: [360, "u64"], VBAR_EL1: [368, "u64"], ELR_EL1: [376, "u64"], SPSR_EL1: [384, "u64"], AFSR0_EL1: [392, "u64"], AFSR1_EL1: [400, "u64"], CONTEXTIDR_EL1: [408, "u64"],
  ACTLR_EL1: [416, "u64"], CPACR_EL1: [424, "u64"], AMAIR_EL1: [432, "u64"], TPIDR_EL0: [440, "u64"], TPIDRRO_EL0: [448, "u64"], TPIDR_EL1: [456, "u64"], CSSELR_EL1: [464, "u64"],
  CNTKCTL_EL1: [472, "u64"], FPCR: [480, "u64"], FPSR: [488, "u64"],
  V: [1024, "bytes", 512], id: [1536, "bytes", 512], engine: [2048, "bytes", 2048],
} satisfies Readonly<Record<string, Spec>>);

type Fields = typeof VcpuRegsLayout.fields;
/** The registers that are one number. */
export type VcpuRegName = { [N in keyof Fields]: ReturnType<Fields[N]["get"]> extends bigint ? N : never }[keyof Fields];

/** Index into `id` by CRm and op2 of op0 3, op1 0, CRn 0; registers elsewhere have the places that CRm 0 leaves free. */
const ID_PLACES: Readonly<Record<string, number>> = { MIDR_EL1: 0, CTR_EL0: 1, CLIDR_EL1: 2, AIDR_EL1: 3, CCSIDR_EL1: 4, MPIDR_EL1: 5, REVIDR_EL1: 6, DCZID_EL0: 7 };
/** Where {@link VcpuRegsLayout}.id holds an identification register: `CRm` 0 by name, others by encoding. Bytes from the start of the vcpu's registers. */
export const idRegisterAt = (register: string | { readonly CRm: number; readonly op2: number }): number =>
  VcpuRegsLayout.fields.id.offset + 8 * (typeof register === "string" ? (ID_PLACES[register] ?? 0) : register.CRm * 8 + register.op2);

/** `at`: {@link VcpuRegsLayout}.size bytes, zeroed. */
export function createVcpuRegs(memory: MachineMemory, at: Pa): VcpuRegs {
  const bytes = memory.bytes(at, VcpuRegsLayout.size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields = VcpuRegsLayout.fields;
  return {
    view,
    retired: 0,
    generation: 0,
    get: (name: SysReg) => fields[name].get(view, 0),
    set(name: SysReg, value: bigint) {
      fields[name].set(view, 0, BigInt.asUintN(64, value));
      this.generation++;
    },
  };
}
