/**
 * A kernel's own stage 1: a flat map (VA = IPA) of everything that it uses, at its granule, in tables in its own RAM.
 * Source: Arm ARM DDI 0487, D8.2 "Translation process"; registers are written in the order that it demands: attributes,
 * control, base, then SCTLR_EL1.M.
 */
import { ADDRESS_SIZES } from "@granule/arm";
import type { Guest } from "@granule/machine";
import { ATTR_NORMAL, createStage1, type Stage1Attributes, stage1Registers } from "@granule/mmu";
import { type AnyGranule, covers, endOf, range, type Range, toNumber, vaFromIpa } from "@granule/units";
import type { Pages } from "./contract.ts";

/** The smallest VA size that kernels use, in bits; every granule has it. */
const LEAST_VA_BITS = 39;

const NORMAL: Stage1Attributes = { el0: false, write: true, executeEl1: false, executeEl0: false, attrIndex: ATTR_NORMAL, global: true, tag: 0 };

/**
 * Maps `regions` (multiples of the granule) flat and turns stage 1 on. Loads and stores may abort while it runs only
 * where the guest has no RAM. @throws Error when RAM or the address space is too small.
 */
export function enableStage1(g: Guest, granule: AnyGranule, pages: Pages, ram: Range<"ipa">, regions: readonly Range<"ipa">[]): void {
  const top = Math.max(...regions.map((r) => toNumber(endOf(r))));
  const vaBits = Math.max(LEAST_VA_BITS, Math.ceil(Math.log2(top)));
  const outputBits = ADDRESS_SIZES.find((bits) => bits >= vaBits);
  if (outputBits === undefined) throw new Error(`no address size of ${vaBits} bits`);
  const tree = createStage1({
    granule, vaBits, outputBits, half: "lower",
    memory: {
      contains: (at) => covers(ram, range(at, 8)),
      load32: (at) => g.load32(vaFromIpa(at)),
      store32: (at, value) => g.store32(vaFromIpa(at), value >>> 0),
    },
    givesZeroes: true,
    allocTable: (size) => pages.tryAlloc(size, size)?.start,
    freeTable: (at, size) => pages.free(range(at, Math.max(size, pages.unit))),
    flush: () => g.tlbi(),
  });
  if (!tree.ok) throw new Error(`stage 1: ${tree.why}`);
  for (const r of regions) {
    const mapped = tree.value.map(range(vaFromIpa(r.start), r.size), r.start, NORMAL);
    if (!mapped.ok) throw new Error(`stage 1: ${mapped.why}`);
  }
  const values = stage1Registers({ lower: { granule, vaBits, root: tree.value.root }, outputBits });
  if (!values.ok) throw new Error(`stage 1: ${values.why}`);
  g.msr("MAIR_EL1", values.value.mair);
  g.msr("TCR_EL1", values.value.tcr);
  g.msr("TTBR0_EL1", values.value.ttbr0);
  g.msr("TTBR1_EL1", values.value.ttbr1);
  g.tlbi();
  g.msr("SCTLR_EL1", values.value.sctlr);
}
