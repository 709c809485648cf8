/**
 * Bits of the translation table descriptors of VMSAv8-64, as data.
 * Source: Arm ARM DDI 0487, D8.3.1 "VMSAv8-64 descriptor formats". The address fields run up to bit 47; where they
 * begin depends on granule and level (`LevelRow.shift` for a leaf, the granule for a table).
 * Bits 58:55 are reserved for software use: the owner of a table keeps its type tag there.
 */
import { reg } from "@granule/codec";

/** Bits 1:0 of every descriptor, at level 0..2: 1 is a block, 3 a table; at level 3: 3 is a page, 1 is reserved. */
export const DESCRIPTOR_VALID = 1;
export const DESCRIPTOR_BLOCK = 1;
export const DESCRIPTOR_TABLE = 3;
export const DESCRIPTOR_PAGE = 3;
/** The mask of the two type bits. */
export const DESCRIPTOR_TYPE_MASK = 3;

/** Table descriptor at stage 1: attributes that lower levels inherit. At stage 2 these bits are RES0 (bits 63:59). */
export const TABLE_STAGE1 = /* @__PURE__ */ reg("TABLE_STAGE1", {
  TYPE: [1, 0], PXNTable: [59, 59], XNTable: [60, 60], APTable: [62, 61], NSTable: [63, 63],
});

/** Block and page descriptors at stage 1 (EL1&0 regime). */
export const LEAF_STAGE1 = /* @__PURE__ */ reg("LEAF_STAGE1", {
  TYPE: [1, 0], AttrIndx: [4, 2], NS: [5, 5], AP: [7, 6], SH: [9, 8], AF: [10, 10], nG: [11, 11],
  Contiguous: [52, 52], PXN: [53, 53], UXN: [54, 54], SOFTWARE: [58, 55],
});

/** Block and page descriptors at stage 2. Bit 53 is RES0 without FEAT_XNX. */
export const LEAF_STAGE2 = /* @__PURE__ */ reg("LEAF_STAGE2", {
  TYPE: [1, 0], MemAttr: [5, 2], S2AP: [7, 6], SH: [9, 8], AF: [10, 10], Contiguous: [52, 52], XN: [54, 54], SOFTWARE: [58, 55],
});

/** AP[2:1] values at stage 1. */
export const AP = /* @__PURE__ */ Object.freeze({ RW_EL1: 0, RW: 1, RO_EL1: 2, RO: 3 });
/** S2AP values. */
export const S2AP = /* @__PURE__ */ Object.freeze({ NONE: 0, RO: 1, WO: 2, RW: 3 });
/** SH values; 1 is reserved. */
export const SH = /* @__PURE__ */ Object.freeze({ NON: 0, OUTER: 2, INNER: 3 });
/** Stage 2 MemAttr values that the models write: Normal write-back and Device-nGnRE. */
export const MEMATTR = /* @__PURE__ */ Object.freeze({ NORMAL_WB: 0b1111, NORMAL_NC: 0b0101, DEVICE_nGnRE: 0b0001 });
/** MAIR_EL1 attribute bytes that the models write. */
export const MAIR_ATTR = /* @__PURE__ */ Object.freeze({ DEVICE_nGnRnE: 0x00, DEVICE_nGnRE: 0x04, NORMAL_NC: 0x44, NORMAL_WB: 0xff });
