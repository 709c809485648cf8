/**
 * How Xen 4.17 finds a hypercall's buffer when the architecture's translation refuses its address: stage 1 by hand, less strictly.
 * Observed: the access flag is not looked at; address bits above the initial table's index are ignored; a block may be at any level
 * but the last; of permissions only those of EL1 to write count; RAM and the hypervisor's own pages are found, grants are not; what
 * fails besides (EPDn, sizes, invalid descriptors) fails here too.
 * A VA has 52 bits here, and its sign says which half it is in.
 */
import { HCR_EL2, TCR_EL1 } from "@granule/arm";
import type { MachineParts, VcpuRegs } from "@granule/machine";
import { decodeStage1 } from "@granule/mmu";
import { ADDRESS_LIMIT, ipa, toNumber, type Va, vaFromWords, XEN_PAGE } from "@granule/units";
import { P2M, type Vcpu } from "./contract.ts";

const WORD = 2 ** 32;
const DESCRIPTOR = 8;
const PAGE_LEVEL = 3;
/** log2 of the entries of a table of 64K. */
const WIDE_STRIDE = 13;
/** Bits of a VA that may index a table; those of 64K have room for FEAT_LVA. */
const VA_BITS = 48;
const WIDE_VA_BITS = 52;
/** Bits of the upper word of a VA that are kept, and its sign. */
const KEPT = 0xfffff; // MAGIC: bits 51:32
const SIGN = 0xfff00000; // MAGIC: bits 63:52
const BIT_55 = 2 ** 23;
const BIT_63 = 2 ** 31;
/** Of a descriptor: valid, table or page, AP[2]; APTable[1] and bits 47:32 in the upper word. */
const VALID = 1;
const TABLE = 2;
const READ_ONLY = 1 << 7;
const TABLE_READ_ONLY = 1 << 30;
const OUTPUT_HIGH = 0xffff; // MAGIC: 16 bits
const HCR = /* @__PURE__ */ HCR_EL2.encode({ VM: 1 });

/** Which VA a register means that is not canonical: its half is bit 55's where that half's top byte is ignored, else bit 63's. Undefined: stage 1 is off. */
export function vaOfAnyRegister(regs: VcpuRegs, hi: number, lo: number): Va | undefined {
  if ((regs.get("SCTLR_EL1") & 1n) === 0n) return undefined;
  const isIgnored = TCR_EL1.fields[(hi & BIT_55) !== 0 ? "TBI1" : "TBI0"].get(regs.get("TCR_EL1")) === 1;
  return vaFromWords((hi & KEPT) | ((hi & (isIgnored ? BIT_55 : BIT_63)) !== 0 ? SIGN : 0), lo);
}

/** The machine address of a byte that is to be read or written, as a number; -1: there is none. */
export function walkBySoftware({ cpu, memory }: MachineParts, { regs, domain }: Vcpu, at: Va, write: boolean): number {
  const stage1 = decodeStage1(cpu, { sctlr: regs.get("SCTLR_EL1"), tcr: regs.get("TCR_EL1"), ttbr0: regs.get("TTBR0_EL1"), ttbr1: regs.get("TTBR1_EL1"), mair: regs.get("MAIR_EL1"), hcr: HCR });
  const isUpper = toNumber(at) < 0;
  const half = isUpper ? stage1.upper : stage1.lower;
  if (!stage1.enabled || half.disabled || half.inputBits === 0 || half.baseTooLarge) return -1;
  const { stride, granule } = half;
  const va = isUpper ? toNumber(at) + ADDRESS_LIMIT : toNumber(at);
  const bits = stride === WIDE_STRIDE ? WIDE_VA_BITS : VA_BITS;
  let table = half.base;
  let isReadOnly = false;
  for (let level = half.startLevel, shift = half.startShift; ; level++, shift -= stride) {
    const index = Math.floor(va / 2 ** shift) % 2 ** Math.min(stride, bits - shift);
    const found = domain.p2m.find(ipa(table + index * DESCRIPTOR), false);
    if (found < 0) return -1;
    const o = found - toNumber(memory.base);
    const lo = memory.view.getUint32(o, true);
    const hi = memory.view.getUint32(o + 4, true);
    if ((lo & VALID) === 0 || (level === PAGE_LEVEL && (lo & TABLE) === 0)) return -1;
    const address = (hi & OUTPUT_HIGH) * WORD + lo - (lo % XEN_PAGE.size);
    if (level < PAGE_LEVEL && (lo & TABLE) !== 0) {
      isReadOnly ||= (hi & TABLE_READ_ONLY) !== 0;
      table = address - (address % granule.size);
      continue;
    }
    if (write && (isReadOnly || (lo & READ_ONLY) !== 0)) return -1;
    // leaves of 64K have bits 51:48 of the output where others have bits 15:12: no memory is there
    if (stride === WIDE_STRIDE && address % granule.size !== 0) return -1;
    const entry = domain.p2m.lookup(ipa(Number(BigInt(address) | BigInt(va % 2 ** shift))));
    return entry !== undefined && (entry.type === P2M.ram || entry.type === P2M.object) && (!write || entry.writable) ? toNumber(entry.pa) : -1;
  }
}
