/** A vcpu's view of memory through both stages: the walk of `@granule/mmu` behind a TLB of whole translations. */
import { EC, ESR_ELx, ISS_DATA_ABORT, faultStatus } from "@granule/arm";
import { type AbortInfo, type AccessKind, type MachineParts, type Translator, type VcpuRegs, WRITE } from "@granule/machine";
import { createTlb, createTranslation, decodeStage1, decodeStage2, type Stage2Registers, TLB_MISS, type TranslationContext, walk } from "@granule/mmu";
import { toNumber, type Va, va } from "@granule/units";

const WORD = 2 ** 32;
/** What Xen injects for an access that stage 2 refuses: a data abort from the same level with an empty ISS. */
const INJECTED_ESR = /* @__PURE__ */ Number(ESR_ELx.encode({ EC: EC.DATA_ABORT_SAME, IL: 1, ISS: 0 }));

export function createTranslator(parts: MachineParts, regs: VcpuRegs, stage2: Stage2Registers): Translator {
  const stage1 = () =>
    decodeStage1(parts.cpu, {
      sctlr: regs.get("SCTLR_EL1"), tcr: regs.get("TCR_EL1"), ttbr0: regs.get("TTBR0_EL1"), ttbr1: regs.get("TTBR1_EL1"), mair: regs.get("MAIR_EL1"), hcr: stage2.hcr,
    });
  const context: TranslationContext = { memory: parts.memory, stage1: stage1(), stage2: decodeStage2(parts.cpu, stage2) };
  const out = createTranslation();
  // one vcpu's own: a domain that changes its stage 2 flushes each of its vcpus' whole TLB
  const tlb = createTlb();
  let generation = regs.generation;
  let abort: AbortInfo = { esr: 0, va: va(0), write: false, bytes: 0, stage: 1, ipa: undefined };

  const miss = (at: Va, hi: number, lo: number, access: AccessKind, el0: boolean): number => {
    if (walk(context, hi, lo, access, el0, out)) {
      tlb.fill(hi, lo, out);
      return toNumber(out.pa);
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
        tlb.flushAll();
      }
      const a = toNumber(at);
      const hi = Math.floor(a / WORD) | 0;
      const lo = a | 0;
      const found = tlb.lookup(hi, lo, access, el0);
      return found === TLB_MISS ? miss(at, hi, lo, access, el0) : found;
    },
    invalidate: () => tlb.flushAll(),
  };
}
