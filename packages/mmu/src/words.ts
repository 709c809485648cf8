/** 64-bit descriptors as two 32-bit words, and attributes as descriptor bits. Source of the layouts: `descriptors.ts` of `@granule/arm`. */
import { AP, LEAF_STAGE1, LEAF_STAGE2, MEMATTR, S2AP, SH } from "@granule/arm";
import type { BitField } from "@granule/codec";
import type { Stage1Attributes, Stage2Attributes } from "./contract.ts";

/** Attribute bits of a leaf, without type, address and contiguous bit. */
export interface Words {
  readonly hi: number;
  readonly lo: number;
}
/** How one stage writes attributes into a leaf and reads them back. */
export interface AttributeCodec<A> {
  encode(attributes: A): Words;
  decode(hi: number, lo: number): A;
  isWritable(lo: number): boolean;
}

/** Fields that each lie in one word, as words, without bigint: maps run over many granules. */
function put(...values: readonly (readonly [field: BitField, value: number])[]): Words {
  let hi = 0;
  let lo = 0;
  for (const [{ lsb, msb, name }, value] of values) {
    if (value < 0 || value >= 2 ** (msb - lsb + 1)) throw new RangeError(`${name}: ${value} does not fit bits ${msb}:${lsb}`);
    if (lsb >= 32) hi |= value << (lsb - 32);
    else lo |= value << lsb;
  }
  return { hi, lo };
}
/** A field that lies in one word, without bigint: lookups run over many leaves. */
const take = (field: BitField, hi: number, lo: number): number =>
  ((field.lsb >= 32 ? hi >>> (field.lsb - 32) : lo >>> field.lsb) & (2 ** (field.msb - field.lsb + 1) - 1));
const flag = (on: boolean): 0 | 1 => (on ? 1 : 0);

/** Words of the contiguous bit and of the address, common to both stages. */
export const CONTIGUOUS_HI: number = /* @__PURE__ */ put([LEAF_STAGE1.fields.Contiguous, 1]).hi;
/** Bits 47:32 of an address are bits 15:0 of a descriptor's high word. */
export const ADDRESS_HI = 0xffff;
/** Bits 58:55, the owner's tag, in the high word. */
export const tagOf = (hi: number): number => (hi >>> (LEAF_STAGE2.fields.SOFTWARE.lsb - 32)) & 15;

export const STAGE2_ATTRIBUTES: AttributeCodec<Stage2Attributes> = {
  encode: (a) => {
    const f = LEAF_STAGE2.fields;
    const isNormal = a.memory === "normal";
    return put(
      [f.MemAttr, isNormal ? MEMATTR.NORMAL_WB : MEMATTR.DEVICE_nGnRE], [f.SH, isNormal ? SH.INNER : SH.OUTER], [f.AF, 1],
      [f.S2AP, (a.read ? S2AP.RO : S2AP.NONE) | (a.write ? S2AP.WO : S2AP.NONE)], [f.XN, flag(!a.execute)], [f.SOFTWARE, a.tag],
    );
  },
  decode: (hi, lo) => {
    const f = LEAF_STAGE2.fields;
    const s2ap = take(f.S2AP, hi, lo);
    return {
      read: (s2ap & S2AP.RO) !== 0, write: (s2ap & S2AP.WO) !== 0, execute: take(f.XN, hi, lo) === 0,
      memory: take(f.MemAttr, hi, lo) === MEMATTR.DEVICE_nGnRE ? "device" : "normal", tag: tagOf(hi),
    };
  },
  isWritable: (lo) => (lo & (S2AP.WO << LEAF_STAGE2.fields.S2AP.lsb)) !== 0,
};

export const STAGE1_ATTRIBUTES: AttributeCodec<Stage1Attributes> = {
  encode: (a) => {
    const f = LEAF_STAGE1.fields;
    return put(
      [f.AttrIndx, a.attrIndex], [f.AP, (a.write ? AP.RW_EL1 : AP.RO_EL1) | (a.el0 ? AP.RW : AP.RW_EL1)], [f.SH, SH.INNER], [f.AF, 1],
      [f.nG, flag(!a.global)], [f.PXN, flag(!a.executeEl1)], [f.UXN, flag(!a.executeEl0)], [f.SOFTWARE, a.tag],
    );
  },
  decode: (hi, lo) => {
    const f = LEAF_STAGE1.fields;
    const ap = take(f.AP, hi, lo);
    return {
      el0: (ap & AP.RW) !== 0, write: (ap & AP.RO_EL1) === 0, executeEl1: take(f.PXN, hi, lo) === 0, executeEl0: take(f.UXN, hi, lo) === 0,
      attrIndex: take(f.AttrIndx, hi, lo), global: take(f.nG, hi, lo) === 0, tag: tagOf(hi),
    };
  },
  isWritable: (lo) => (lo & (AP.RO_EL1 << LEAF_STAGE1.fields.AP.lsb)) === 0,
};
