/**
 * Encodings of the system registers of this package: op0:op1:CRn:CRm:op2 packed into 16 bits, as an MRS or MSR has them.
 * Source: Arm ARM DDI 0487, D23 "AArch64 System Register Descriptions".
 */

/** Packs an encoding. */
export const systemKey = (op0: number, op1: number, CRn: number, CRm: number, op2: number): number =>
  (op0 << 14) | (op1 << 11) | (CRn << 7) | (CRm << 3) | op2; // MAGIC: the register's encoding space

const counter = (op2: number): number => systemKey(3, 3, 14, 0, op2);
export const CNTFRQ_EL0 = /* @__PURE__ */ counter(0);
export const CNTPCT_EL0 = /* @__PURE__ */ counter(1);
export const CNTVCT_EL0 = /* @__PURE__ */ counter(2);
export const CNTP_TVAL_EL0 = /* @__PURE__ */ systemKey(3, 3, 14, 2, 0);
export const CNTP_CTL_EL0 = /* @__PURE__ */ systemKey(3, 3, 14, 2, 1);
export const CNTP_CVAL_EL0 = /* @__PURE__ */ systemKey(3, 3, 14, 2, 2);
export const CNTV_TVAL_EL0 = /* @__PURE__ */ systemKey(3, 3, 14, 3, 0);
export const CNTV_CTL_EL0 = /* @__PURE__ */ systemKey(3, 3, 14, 3, 1);
export const CNTV_CVAL_EL0 = /* @__PURE__ */ systemKey(3, 3, 14, 3, 2);
