/** The engine's view of its host: memory, registers, translations, and what a stage 2 abort means. */
import { faultStatus } from "@granule/arm";
import type { Clock, Emit, Trace } from "@granule/kit";
import type { EngineHost, MachineMemory, Stage2Values, VcpuRegs } from "@granule/machine";
import { hex } from "@granule/units";
import { MMIO, P2M, SYSREG, type Vcpu } from "./contract.ts";

/** A vcpu whose retired instructions become time. */
export interface Timed {
  readonly regs: VcpuRegs;
  /** `regs.retired` up to which the clock has advanced. */
  counted: number;
}
/** Advances the clock by what the vcpu has retired since: also in the middle of a run, so that devices see the time. */
export function countTime(v: Timed, clock: Clock): void {
  const { retired } = v.regs;
  clock.advance(retired - v.counted);
  v.counted = retired;
}

/** DFSC of a synchronous External abort that is not on a walk. */
const EXTERNAL_ABORT = /* @__PURE__ */ faultStatus("externalAbort", 0);

interface HostConfig {
  readonly refusedAccess: "empty" | "external";
  readonly hangs: boolean;
}

/** An abort that no device claims is injected into the guest; with `hangs`, only where nothing is mapped. */
export function createPlatformHost(memory: MachineMemory, vcpu: Vcpu & Timed, stage2: Stage2Values, { refusedAccess, hangs }: HostConfig, emit: Emit, clock: Clock, trace: Trace): EngineHost {
  return {
    memory,
    regs: vcpu.regs,
    translator: vcpu.translator,
    stage2,
    ...(refusedAccess === "external" ? { abortStatus: EXTERNAL_ABORT } : {}),
    // what is mapped and refused all the same is forbidden; Xen's own pages may be executed there
    ...(hangs ? { holds: ({ ipa }) => (vcpu.domain.p2m.lookup(ipa)?.type ?? P2M.object) !== P2M.object } : {}),
    unallocated(pc, word) {
      if (trace.on) trace.emit("unallocated", { domid: vcpu.domain.domid, vcpu: vcpu.index, pc: hex(pc), word: hex(word) });
    },
    readSystem(key, el) {
      countTime(vcpu, clock);
      return emit.handled(SYSREG, { vcpu, key, el, value: undefined });
    },
    writeSystem(key, value, el) {
      countTime(vcpu, clock);
      return emit.handled(SYSREG, { vcpu, key, el, value }) !== undefined;
    },
    abort(info, value) {
      countTime(vcpu, clock);
      return emit.handled(MMIO, { vcpu, info, value }) ?? "inject";
    },
    now() {
      countTime(vcpu, clock);
      return clock.now();
    },
  };
}
