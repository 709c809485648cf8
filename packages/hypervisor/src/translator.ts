/**
 * A vcpu's view of memory through both stages: the walk of `@granule/mmu` behind a small cache of translations, tagged
 * at the smallest granule so that one entry is right whatever the granules are.
 */
import { EC, ESR_ELx, ISS_DATA_ABORT, faultStatus } from "@granule/arm";
import { type AbortInfo, type AccessKind, type MachineParts, type Translator, type VcpuRegs, WRITE } from "@granule/machine";
import { createTranslation, decodeStage1, decodeStage2, type Stage2Registers, type TranslationContext, walk } from "@granule/mmu";
import { offsetIn, toNumber, type Va, va, XEN_PAGE } from "@granule/units";

/** Entries of the cache; a power of two. */
const ENTRIES = 1024;
const UNIT = XEN_PAGE.size;

/** What Xen injects for an access that stage 2 refuses: a data abort from the same level with an empty ISS. */
const INJECTED_ESR = /* @__PURE__ */ Number(ESR_ELx.encode({ EC: EC.DATA_ABORT_SAME, IL: 1, ISS: 0 }));

export function createTranslator(parts: MachineParts, regs: VcpuRegs, stage2: Stage2Registers): Translator {
  const hcr = stage2.hcr;
  const stage1 = () =>
    decodeStage1(
      parts.cpu,
      { sctlr: regs.get("SCTLR_EL1"), tcr: regs.get("TCR_EL1"), ttbr0: regs.get("TTBR0_EL1"), ttbr1: regs.get("TTBR1_EL1"), mair: regs.get("MAIR_EL1"), hcr },
    );
  const context: TranslationContext = { memory: parts.memory, stage1: stage1(), stage2: decodeStage2(parts.cpu, stage2) };
  const out = createTranslation();
  let generation = regs.generation;
  /** Address of the unit that an entry holds, NaN for none; its machine address; and what EL0 and EL1 may do. */
  const tags = new Float64Array(ENTRIES).fill(Number.NaN);
  const pages = new Float64Array(ENTRIES);
  const permissions = new Uint8Array(ENTRIES);
  let abort: AbortInfo = { esr: 0, va: va(0), write: false, bytes: 0, stage: 1, ipa: undefined };

  const invalidate = (): void => void tags.fill(Number.NaN);
  const miss = (at: Va, access: AccessKind, el0: boolean, slot: number, unit: number): number => {
    const a = toNumber(at);
    if (walk(context, Math.floor(a / 2 ** 32) >>> 0, a >>> 0, access, el0, out)) {
      tags[slot] = unit;
      permissions[slot] = out.permissions;
      const machine = toNumber(out.pa);
      pages[slot] = machine - offsetIn(machine, UNIT);
      return machine;
    }
    const write = access === WRITE;
    const esr =
      out.stage === 2 || out.fault === "none"
        ? INJECTED_ESR
        : Number(ESR_ELx.encode({ EC: EC.DATA_ABORT_SAME, IL: 1, ISS: Number(ISS_DATA_ABORT.encode({ WnR: write ? 1 : 0, DFSC: faultStatus(out.fault, out.level) })) }));
    abort = { esr, va: at, write, bytes: 0, stage: out.stage, ipa: out.stage === 2 ? out.faultIpa : undefined };
    return -1;
  };
  return {
    get abort() {
      return abort;
    },
    translate(at, access, el0) {
      if (generation !== regs.generation) {
        generation = regs.generation;
        context.stage1 = stage1();
        invalidate();
      }
      const a = toNumber(at);
      const low = offsetIn(a, UNIT);
      const unit = a - low;
      const slot = (unit / UNIT) & (ENTRIES - 1);
      if (tags[slot] === unit && ((permissions[slot] ?? 0) & ((el0 ? 8 : 1) << access)) !== 0) return (pages[slot] ?? 0) + low;
      return miss(at, access, el0, slot, unit);
    },
    invalidate,
  };
}
