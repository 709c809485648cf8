/** What the host decides of a vcpu, as the engine's part of its registers has it: see assembly/state.ts and assembly/config.ts. */
import { type CpuModel, HCR_EL2 } from "@granule/arm";
import { setU53 } from "@granule/codec";
import type { EngineHost } from "@granule/machine";
import { decodeStage2 } from "@granule/mmu";
import { GRANULES } from "@granule/units";
import type { EngineOffsets } from "./wasm.ts";

const OPTION_DEVICE_ALIGNMENT = 1;
const OPTION_DEFAULT_CACHEABLE = 2;
/** Bits of an address that a walk handles. */
const MOST_PA_BITS = 48;

/** `deviceAlignment`: unaligned accesses to Device memory fault. */
export function writeSettings(view: DataView, offsets: EngineOffsets, cpu: CpuModel, host: Pick<EngineHost, "stage2" | "abortStatus">, deviceAlignment: boolean): void {
  const set = (at: number, value: number): void => view.setUint32(at, value, true);
  const flag = (on: boolean): number => (on ? 1 : 0);
  set(offsets.granules, GRANULES.reduce((bits, g, i) => bits + (cpu.stage1.some((has) => has.size === g.size) ? 2 ** i : 0), 0));
  set(offsets.paBits, Math.min(cpu.paBits, MOST_PA_BITS));
  set(offsets.injectIss, host.abortStatus ?? 0);
  const { DC } = HCR_EL2.decode(host.stage2.hcr);
  set(offsets.options, (deviceAlignment ? OPTION_DEVICE_ALIGNMENT : 0) + (DC === 1 ? OPTION_DEFAULT_CACHEABLE : 0));
  const s = decodeStage2(cpu, host.stage2);
  setU53(view, offsets.stage2, s.base);
  [flag(s.enabled), flag(s.invalid), s.inputBits, s.outputBits, s.startLevel, s.startShift, s.stride, s.firstLeafLevel, flag(s.baseTooLarge)].forEach((value, i) => set(offsets.stage2 + 8 + 4 * i, value));
}
