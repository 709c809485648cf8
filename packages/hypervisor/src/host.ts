/** The engine's view of its host: memory, registers, translations, and what a stage 2 abort means. */
import type { Clock, Emit } from "@granule/kit";
import type { EngineHost, MachineMemory, Stage2Values } from "@granule/machine";
import { MMIO, SYSREG, type Vcpu } from "./contract.ts";

/** An abort that no device claims is injected into the guest. */
export const createPlatformHost = (memory: MachineMemory, vcpu: Vcpu, stage2: Stage2Values, emit: Emit, clock: Clock): EngineHost => ({
  memory,
  regs: vcpu.regs,
  translator: vcpu.translator,
  stage2,
  readSystem: (key, el) => emit.handled(SYSREG, { vcpu, key, el, value: undefined }),
  writeSystem: (key, value, el) => emit.handled(SYSREG, { vcpu, key, el, value }) !== undefined,
  abort: (info, value) => emit.handled(MMIO, { vcpu, info, value }) ?? "inject",
  now: clock.now,
});
