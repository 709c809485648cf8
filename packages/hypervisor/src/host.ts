/** The engine's view of its host: memory, registers, translations, and what a stage 2 abort means. */
import type { Clock, Emit } from "@granule/kit";
import type { EngineHost, MachineMemory } from "@granule/machine";
import { MMIO, type Vcpu } from "./contract.ts";

/** An abort that no device claims is injected into the guest. */
export const createPlatformHost = (memory: MachineMemory, vcpu: Vcpu, emit: Emit, clock: Clock): EngineHost => ({
  memory,
  regs: vcpu.regs,
  translator: vcpu.translator,
  abort: (info, value) => emit.handled(MMIO, { vcpu, info, value }) ?? "inject",
  now: clock.now,
});
