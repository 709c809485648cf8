/**
 * Exception classes and fault status codes.
 * Source: Arm ARM DDI 0487, D23.2.45 "ESR_EL2, Exception Syndrome Register (EL2)": EC, and DFSC/IFSC of the ISS
 * encodings for Data and Instruction Aborts. PAR_EL1.FST uses the same codes.
 */
import type { Level } from "./levels.ts";

/** ESR_ELx.EC values that the models use. */
export const EC = /* @__PURE__ */ Object.freeze({
  UNKNOWN: 0x00, WFX: 0x01, FP_ASIMD: 0x07, ILLEGAL_STATE: 0x0e, SVC64: 0x15, HVC64: 0x16, SMC64: 0x17, SYS64: 0x18,
  INSTRUCTION_ABORT_LOWER: 0x20, INSTRUCTION_ABORT_SAME: 0x21, PC_ALIGNMENT: 0x22,
  DATA_ABORT_LOWER: 0x24, DATA_ABORT_SAME: 0x25, SP_ALIGNMENT: 0x26, SERROR: 0x2f,
  BREAKPOINT_LOWER: 0x30, BREAKPOINT_SAME: 0x31, SOFTWARE_STEP_LOWER: 0x32, SOFTWARE_STEP_SAME: 0x33,
  WATCHPOINT_LOWER: 0x34, WATCHPOINT_SAME: 0x35, BRK64: 0x3c,
});
export type ExceptionClass = (typeof EC)[keyof typeof EC];

/** Faults that a translation can end in. */
export type TranslationFault = "addressSize" | "translation" | "accessFlag" | "permission" | "externalAbortOnWalk";
/** Every kind of fault that DFSC and IFSC name. */
export type FaultKind = TranslationFault | "externalAbort" | "alignment" | "tlbConflict";

interface FaultRow {
  readonly kind: FaultKind;
  /** DFSC/IFSC of level 0, or the only code when `levels` is empty. */
  readonly code: number;
  /** Levels that have a code of their own: code + level. */
  readonly levels: readonly Level[];
}

/** Fault status codes, one row per kind. Access flag and permission faults at level 0 exist only with FEAT_LPA2. */
export const FAULT_STATUS: readonly FaultRow[] = /* @__PURE__ */ Object.freeze([
  { kind: "addressSize", code: 0b000000, levels: [0, 1, 2, 3] },
  { kind: "translation", code: 0b000100, levels: [0, 1, 2, 3] },
  { kind: "accessFlag", code: 0b001000, levels: [1, 2, 3] },
  { kind: "permission", code: 0b001100, levels: [1, 2, 3] },
  { kind: "externalAbort", code: 0b010000, levels: [] },
  { kind: "externalAbortOnWalk", code: 0b010100, levels: [0, 1, 2, 3] },
  { kind: "alignment", code: 0b100001, levels: [] },
  { kind: "tlbConflict", code: 0b110000, levels: [] },
] satisfies FaultRow[]);

/** DFSC/IFSC/FST of a fault; `level` is ignored by kinds without one. @throws RangeError for a level that has no code. */
export function faultStatus(kind: FaultKind, level: number): number {
  const row = FAULT_STATUS.find((r) => r.kind === kind);
  if (row === undefined || (row.levels.length > 0 && !row.levels.some((l) => l === level))) throw new RangeError(`no fault status for ${kind} at level ${level}`);
  return row.levels.length === 0 ? row.code : row.code + level;
}

/** The inverse of {@link faultStatus}; undefined for a code that the table lacks. `level` is absent where the kind has none. */
export function faultOfStatus(code: number): { readonly kind: FaultKind; readonly level?: Level } | undefined {
  for (const row of FAULT_STATUS) {
    if (row.levels.length === 0 && row.code === code) return { kind: row.kind };
    const level = row.levels.find((l) => row.code + l === code);
    if (level !== undefined) return { kind: row.kind, level };
  }
  return undefined;
}
