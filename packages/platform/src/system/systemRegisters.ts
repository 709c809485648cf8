/**
 * System registers that kernels touch and neither the PE nor the timers hold: debug, the OS lock, and what a PMU
 * that is not there leaves. Source: Arm ARM DDI 0487, D23.3 "Debug registers", D23.5 "Performance Monitors registers".
 *
 * Decided here, for an Armv8.0 model with ID_AA64DFR0_EL1.PMUVer = 0, and alike in what Xen 4.17 does for its guests:
 * - PMU registers are RAZ/WI at EL1 and UNDEFINED at EL0. The architecture says UNDEFINED everywhere; `pmu` "absent" does that.
 * - IMPLEMENTATION DEFINED encodings (op0 3, CRn 11 and 15: S3_0_C15_...) are UNDEFINED; `implementationDefined` "zero" makes
 *   them RAZ/WI at EL1, for firmware that was built for one core.
 * - Breakpoints and watchpoints hold what is written and never fire: AArch64 cannot say that there are none, so kernels reset them.
 *   MDSCR_EL1 holds its bits; software step is not modelled.
 */
import type { Saved, SystemRegisters } from "../contract.ts";
import { loadWide, saveWide } from "../saved.ts";
import { systemKey } from "./encoding.ts";

/** How what is not there answers. */
export interface SystemRegistersOptions {
  readonly vcpus: number;
  /** Default "zero": RAZ/WI at EL1. */
  readonly pmu?: "absent" | "zero";
  /** Default "absent": UNDEFINED. */
  readonly implementationDefined?: "absent" | "zero";
}

const debug = (CRn: number, CRm: number, op2: number, op1 = 0): number => systemKey(2, op1, CRn, CRm, op2);
const MDSCR_EL1 = /* @__PURE__ */ debug(0, 2, 2);
const OSLAR_EL1 = /* @__PURE__ */ debug(1, 0, 4);
const OSLSR_EL1 = /* @__PURE__ */ debug(1, 1, 4);
const OSDLR_EL1 = /* @__PURE__ */ debug(1, 3, 4);
const DBGPRCR_EL1 = /* @__PURE__ */ debug(1, 4, 4);
const DBGCLAIMSET_EL1 = /* @__PURE__ */ debug(7, 8, 6);
const DBGCLAIMCLR_EL1 = /* @__PURE__ */ debug(7, 9, 6);
const DBGAUTHSTATUS_EL1 = /* @__PURE__ */ debug(7, 14, 6);
const MDRAR_EL1 = /* @__PURE__ */ debug(1, 0, 0);
const MDCCSR_EL0 = /* @__PURE__ */ debug(0, 1, 0, 3);
const MDCCINT_EL1 = /* @__PURE__ */ debug(0, 2, 0);
const OSDTRRX_EL1 = /* @__PURE__ */ debug(0, 0, 2);
const OSDTRTX_EL1 = /* @__PURE__ */ debug(0, 3, 2);
const OSECCR_EL1 = /* @__PURE__ */ debug(0, 6, 2);
const PMINTENSET_EL1 = /* @__PURE__ */ systemKey(3, 0, 9, 14, 1);

/** Breakpoints and watchpoints: DBGBVRn, DBGBCRn, DBGWVRn, DBGWCRn, by op2 4 to 7 of CRn 0 and CRm n. */
const POINTS = 16;
const FIRST_OP2 = 4;
const DBGBVR = 4;
const DBGWVR = 6;
/** Bits that exist: addresses are words; controls without the reserved ones. */
const POINT_BITS: readonly bigint[] = [0xffff_ffff_ffff_fffcn, 0x00ff_e1e7n, 0xffff_ffff_ffff_fffcn, 0x1f1f_ffffn];
/** MDSCR_EL1: SS, ERR, TDCC, KDE, HDE, MDE, RAZ/WI, TDA, INTdis, TXU, RXO, TXfull, RXfull. */
const MDSCR_BITS = 0x6ce0_f041n;
/** OSLSR_EL1: OSLM (0b10: implemented) and OSLK. */
const OSLM = 8n;
const OSLK = 2n;

const crn = (key: number): number => (key >> 7) & 15;
const crm = (key: number): number => (key >> 3) & 15;

/** Words a vcpu: MDSCR, OS lock, OSDLR, DBGPRCR, claim tags, then the points. */
const MDSCR = 0;
const LOCK = 1;
const DOUBLE_LOCK = 2;
const POWER = 3;
const CLAIM = 4;
const FIXED = 5;
const WORDS = FIXED + 4 * POINTS;

/** Debug registers after reset: the OS lock is set. */
export function createSystemRegisters({ vcpus, pmu = "zero", implementationDefined = "absent" }: SystemRegistersOptions): SystemRegisters & Saved {
  const words = new BigUint64Array(WORDS * vcpus);
  for (let vcpu = 0; vcpu < vcpus; vcpu++) words[WORDS * vcpu + LOCK] = OSLK;

  /** Index of a breakpoint's or watchpoint's register; undefined: it is none. */
  const pointOf = (key: number): number | undefined =>
    (key & ~0x7f) === debug(0, 0, 0) && (key & 7) >= DBGBVR && (key & 7) <= DBGWVR + 1 ? FIXED + 4 * crm(key) + (key & 7) - FIRST_OP2 : undefined;
  const isPmu = (key: number): boolean => {
    const el0 = key >> 11 === 0b11011;
    return (el0 && crn(key) === 9 && crm(key) >= 12) || (el0 && crn(key) === 14 && crm(key) >= 8) || key === PMINTENSET_EL1 || key === PMINTENSET_EL1 + 1;
  };
  const isImplementationDefined = (key: number): boolean => key >> 14 === 3 && (crn(key) === 11 || crn(key) === 15); // MAGIC: op0
  const isZero = (key: number): boolean =>
    (pmu === "zero" && isPmu(key)) || (implementationDefined === "zero" && isImplementationDefined(key));

  function read(vcpu: number, key: number, el: 0 | 1): bigint | undefined {
    if (el === 0) return undefined;
    const at = WORDS * vcpu;
    const point = pointOf(key);
    if (point !== undefined) return words[at + point];
    switch (key) {
      case MDSCR_EL1: return words[at + MDSCR];
      case OSLSR_EL1: return OSLM | (words[at + LOCK] ?? 0n);
      case OSDLR_EL1: return words[at + DOUBLE_LOCK];
      case DBGPRCR_EL1: return words[at + POWER];
      case DBGCLAIMCLR_EL1: return words[at + CLAIM];
      // All claim tags exist.
      case DBGCLAIMSET_EL1: return 0xffn;
      case MDRAR_EL1:
      case MDCCSR_EL0:
      case MDCCINT_EL1:
      case OSDTRRX_EL1:
      case OSDTRTX_EL1:
      case OSECCR_EL1:
      case DBGAUTHSTATUS_EL1: return 0n;
      // Write-only.
      case OSLAR_EL1: return undefined;
    }
    return isZero(key) ? 0n : undefined;
  }
  function write(vcpu: number, key: number, value: bigint, el: 0 | 1): boolean {
    if (el === 0) return false;
    const at = WORDS * vcpu;
    const point = pointOf(key);
    if (point !== undefined) {
      words[at + point] = value & (POINT_BITS[(point - FIXED) & 3] ?? 0n);
      return true;
    }
    switch (key) {
      case MDSCR_EL1:
        words[at + MDSCR] = value & MDSCR_BITS;
        return true;
      case OSLAR_EL1:
        words[at + LOCK] = (value & 1n) === 0n ? 0n : OSLK;
        return true;
      case OSDLR_EL1:
        words[at + DOUBLE_LOCK] = value & 1n;
        return true;
      case DBGPRCR_EL1:
        words[at + POWER] = value & 1n;
        return true;
      case DBGCLAIMSET_EL1:
        words[at + CLAIM] = (words[at + CLAIM] ?? 0n) | (value & 0xffn);
        return true;
      case DBGCLAIMCLR_EL1:
        words[at + CLAIM] = (words[at + CLAIM] ?? 0n) & ~value;
        return true;
      case MDCCINT_EL1:
      case OSDTRRX_EL1:
      case OSDTRTX_EL1:
      case OSECCR_EL1: return true;
    }
    return isZero(key);
  }
  return {
    read,
    write,
    save: () => saveWide(words),
    load: (saved) => loadWide(words, { registers: saved }, "registers"),
  };
}
