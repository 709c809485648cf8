/**
 * A vcpu that starts as the boot protocol says: EL1 with SP_EL1, MMU and caches off, everything masked.
 * Sources: Linux, Documentation/arch/arm64/booting.rst, "Call the kernel image"; Arm DEN0022, CPU_ON, "Initial core configuration".
 */
import { type CpuModel, SPSR_ELx } from "@granule/arm";
import { identify, type VcpuRegs, VcpuRegsLayout } from "@granule/machine";

/** EL1h, with D, A, I and F masked. */
const PSTATE = /* @__PURE__ */ SPSR_ELx.encode({ M: 0b0101, D: 1, A: 1, I: 1, F: 1 });
/** SCTLR_EL1's RES1 bits of Armv8.0: 29, 28, 23, 22, 20, 11. M, C and I are 0. */
const SCTLR_RES1 = 0x30d00800n;

/** Debug exceptions are not masked. */
const PSTATE_XEN = /* @__PURE__ */ SPSR_ELx.encode({ M: 0b0101, A: 1, I: 1, F: 1 });
const SCTLR_XEN = 0xc50078n;

/** Where a vcpu starts: PC and x0. */
export interface VcpuStart {
  readonly pc: bigint;
  readonly x0: bigint;
  /** SCTLR_EL1 and PSTATE as Xen 4.17 was observed to set them. */
  readonly asXen?: boolean;
}

/** Resets a vcpu. What the architecture leaves UNKNOWN is 0; what the engine keeps beside the registers stays. */
export function resetVcpu(regs: VcpuRegs, cpu: CpuModel, index: number, { pc, x0, asXen = false }: VcpuStart): void {
  new Uint8Array(regs.view.buffer, regs.view.byteOffset, VcpuRegsLayout.fields.engine.offset).fill(0);
  identify(regs, cpu, index);
  regs.view.setBigUint64(0, x0, true);
  regs.set("PC", pc);
  regs.set("PSTATE", asXen ? PSTATE_XEN : PSTATE);
  regs.set("SCTLR_EL1", asXen ? SCTLR_XEN : SCTLR_RES1);
}
