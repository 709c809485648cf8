/** Registers of a vcpu in machine memory, outside every guest's reach. */
import { struct } from "@granule/codec";
import type { MachineMemory, SysReg, VcpuRegs } from "./contract.ts";
import type { Pa } from "@granule/units";

/** Bytes that one vcpu's registers take: the layout that an engine in wasm shares. */
export const VcpuRegsLayout = /* @__PURE__ */ struct("vcpu_regs", 1024, {
  x: [0, "bytes", 248], SP_EL0: [248, "u64"], SP_EL1: [256, "u64"], PC: [264, "u64"], PSTATE: [272, "u64"],
  SCTLR_EL1: [280, "u64"], TCR_EL1: [288, "u64"], TTBR0_EL1: [296, "u64"], TTBR1_EL1: [304, "u64"], MAIR_EL1: [312, "u64"],
  ESR_EL1: [320, "u64"], FAR_EL1: [328, "u64"], PAR_EL1: [336, "u64"], VBAR_EL1: [344, "u64"], ELR_EL1: [352, "u64"], SPSR_EL1: [360, "u64"],
});

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
