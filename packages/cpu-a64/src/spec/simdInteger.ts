// TABLE: Advanced SIMD data processing on integers
/**
 * Source: Arm ARM DDI 0487, C4.1 "Data Processing -- Scalar Floating-Point and Advanced SIMD", as Armv8.0 allocates it. A line
 * is an operation: U, opcode, the element sizes of its vector form and those of its scalar form; the rows are their product.
 */
import type { Constraint, RowSpec, SimdClass } from "./row.ts";

export type Rows = [string, RowSpec][];
/** Element sizes: any of b, h, s, d; "" is no such form. */
type Line = readonly [U: 0 | 1, opcode: string, vector: string, scalar?: string];

/** Refuses the values of `size` that are not among the letters. A vector of one doubleword does not exist. */
function sizes(letters: string, scalar: boolean): Constraint[] {
  const absent = [..."bhsd"].flatMap((letter, size): Constraint[] => (letters.includes(letter) ? [] : [{ size }]));
  return letters.includes("d") && !scalar ? [...absent, { size: 3, Q: 0 }] : absent;
}
export function row(operation: string, kind: SimdClass, bits: string, unallocated: readonly Constraint[], scalar = false): RowSpec {
  return {
    mnemonic: operation.toLowerCase().replace(/_.*/, ""), bits, simd: { class: kind, operation, scalar },
    ...(unallocated.length > 0 && { unallocated }),
  };
}

const THREE_SAME: Readonly<Record<string, Line>> = {
  SHADD: [0, "00000", "bhs"], SQADD: [0, "00001", "bhsd", "bhsd"], SRHADD: [0, "00010", "bhs"], SHSUB: [0, "00100", "bhs"],
  SQSUB: [0, "00101", "bhsd", "bhsd"], CMGT: [0, "00110", "bhsd", "d"], CMGE: [0, "00111", "bhsd", "d"], SSHL: [0, "01000", "bhsd", "d"],
  SQSHL: [0, "01001", "bhsd", "bhsd"], SRSHL: [0, "01010", "bhsd", "d"], SQRSHL: [0, "01011", "bhsd", "bhsd"], SMAX: [0, "01100", "bhs"],
  SMIN: [0, "01101", "bhs"], SABD: [0, "01110", "bhs"], SABA: [0, "01111", "bhs"], ADD: [0, "10000", "bhsd", "d"],
  CMTST: [0, "10001", "bhsd", "d"], MLA: [0, "10010", "bhs"], MUL: [0, "10011", "bhs"], SMAXP: [0, "10100", "bhs"],
  SMINP: [0, "10101", "bhs"], SQDMULH: [0, "10110", "hs", "hs"], ADDP: [0, "10111", "bhsd"],
  UHADD: [1, "00000", "bhs"], UQADD: [1, "00001", "bhsd", "bhsd"], URHADD: [1, "00010", "bhs"], UHSUB: [1, "00100", "bhs"],
  UQSUB: [1, "00101", "bhsd", "bhsd"], CMHI: [1, "00110", "bhsd", "d"], CMHS: [1, "00111", "bhsd", "d"], USHL: [1, "01000", "bhsd", "d"],
  UQSHL: [1, "01001", "bhsd", "bhsd"], URSHL: [1, "01010", "bhsd", "d"], UQRSHL: [1, "01011", "bhsd", "bhsd"], UMAX: [1, "01100", "bhs"],
  UMIN: [1, "01101", "bhs"], UABD: [1, "01110", "bhs"], UABA: [1, "01111", "bhs"], SUB: [1, "10000", "bhsd", "d"],
  CMEQ: [1, "10001", "bhsd", "d"], MLS: [1, "10010", "bhs"], PMUL: [1, "10011", "b"], UMAXP: [1, "10100", "bhs"],
  UMINP: [1, "10101", "bhs"], SQRDMULH: [1, "10110", "hs", "hs"],
};
/** `size` chooses the operation. */
const LOGICAL: Readonly<Record<string, readonly [U: 0 | 1, size: string]>> = {
  AND: [0, "00"], BIC: [0, "01"], ORR: [0, "10"], ORN: [0, "11"], EOR: [1, "00"], BSL: [1, "01"], BIT: [1, "10"], BIF: [1, "11"],
};
const THREE_DIFFERENT: Readonly<Record<string, Line>> = {
  SADDL: [0, "0000", "bhs"], SADDW: [0, "0001", "bhs"], SSUBL: [0, "0010", "bhs"], SSUBW: [0, "0011", "bhs"], ADDHN: [0, "0100", "bhs"],
  SABAL: [0, "0101", "bhs"], SUBHN: [0, "0110", "bhs"], SABDL: [0, "0111", "bhs"], SMLAL: [0, "1000", "bhs"], SQDMLAL: [0, "1001", "hs", "hs"],
  SMLSL: [0, "1010", "bhs"], SQDMLSL: [0, "1011", "hs", "hs"], SMULL: [0, "1100", "bhs"], SQDMULL: [0, "1101", "hs", "hs"], PMULL: [0, "1110", "b"],
  UADDL: [1, "0000", "bhs"], UADDW: [1, "0001", "bhs"], USUBL: [1, "0010", "bhs"], USUBW: [1, "0011", "bhs"], RADDHN: [1, "0100", "bhs"],
  UABAL: [1, "0101", "bhs"], RSUBHN: [1, "0110", "bhs"], UABDL: [1, "0111", "bhs"], UMLAL: [1, "1000", "bhs"], UMLSL: [1, "1010", "bhs"],
  UMULL: [1, "1100", "bhs"],
};
const TWO_MISC: Readonly<Record<string, Line>> = {
  REV64: [0, "00000", "bhs"], REV16: [0, "00001", "b"], SADDLP: [0, "00010", "bhs"], SUQADD: [0, "00011", "bhsd", "bhsd"], CLS: [0, "00100", "bhs"],
  CNT: [0, "00101", "b"], SADALP: [0, "00110", "bhs"], SQABS: [0, "00111", "bhsd", "bhsd"], CMGT_zero: [0, "01000", "bhsd", "d"],
  CMEQ_zero: [0, "01001", "bhsd", "d"], CMLT_zero: [0, "01010", "bhsd", "d"], ABS: [0, "01011", "bhsd", "d"], XTN: [0, "10010", "bhs"],
  SQXTN: [0, "10100", "bhs", "bhs"],
  REV32: [1, "00000", "bh"], UADDLP: [1, "00010", "bhs"], USQADD: [1, "00011", "bhsd", "bhsd"], CLZ: [1, "00100", "bhs"], UADALP: [1, "00110", "bhs"],
  SQNEG: [1, "00111", "bhsd", "bhsd"], CMGE_zero: [1, "01000", "bhsd", "d"],
  CMLE_zero: [1, "01001", "bhsd", "d"], NEG: [1, "01011", "bhsd", "d"], SQXTUN: [1, "10010", "bhs", "bhs"], SHLL: [1, "10011", "bhs"],
  UQXTN: [1, "10100", "bhs", "bhs"],
};
const ACROSS: Readonly<Record<string, readonly [U: 0 | 1, opcode: string]>> = {
  SADDLV: [0, "00011"], SMAXV: [0, "01010"], SMINV: [0, "11010"], ADDV: [0, "11011"], UADDLV: [1, "00011"], UMAXV: [1, "01010"], UMINV: [1, "11010"],
};
const PERMUTE: Readonly<Record<string, string>> = { UZP1: "001", TRN1: "010", ZIP1: "011", UZP2: "101", TRN2: "110", ZIP2: "111" };

/** Shifts by an immediate. Narrow and long ones have no doubleword form; their sizes are those of the narrow side. */
const SHIFTS: Readonly<Record<string, Line>> = {
  SSHR: [0, "00000", "bhsd", "d"], SSRA: [0, "00010", "bhsd", "d"], SRSHR: [0, "00100", "bhsd", "d"], SRSRA: [0, "00110", "bhsd", "d"],
  SHL: [0, "01010", "bhsd", "d"], SQSHL: [0, "01110", "bhsd", "bhsd"], SHRN: [0, "10000", "bhs"], RSHRN: [0, "10001", "bhs"],
  SQSHRN: [0, "10010", "bhs", "bhs"], SQRSHRN: [0, "10011", "bhs", "bhs"], SSHLL: [0, "10100", "bhs"],
  USHR: [1, "00000", "bhsd", "d"], USRA: [1, "00010", "bhsd", "d"], URSHR: [1, "00100", "bhsd", "d"], URSRA: [1, "00110", "bhsd", "d"],
  SRI: [1, "01000", "bhsd", "d"], SLI: [1, "01010", "bhsd", "d"], SQSHLU: [1, "01100", "bhsd", "bhsd"], UQSHL: [1, "01110", "bhsd", "bhsd"],
  SQSHRUN: [1, "10000", "bhs", "bhs"], SQRSHRUN: [1, "10001", "bhs", "bhs"], UQSHRN: [1, "10010", "bhs", "bhs"], UQRSHRN: [1, "10011", "bhs", "bhs"],
  USHLL: [1, "10100", "bhs"],
};
/** By element; `size` 1 and 2 only. */
const ELEMENTS: Readonly<Record<string, readonly [U: 0 | 1, opcode: string, scalar: boolean]>> = {
  SMLAL: [0, "0010", false], SQDMLAL: [0, "0011", true], SMLSL: [0, "0110", false], SQDMLSL: [0, "0111", true], MUL: [0, "1000", false],
  SMULL: [0, "1010", false], SQDMULL: [0, "1011", true], SQDMULH: [0, "1100", true], SQRDMULH: [0, "1101", true],
  MLA: [1, "0000", false], UMLAL: [1, "0010", false], MLS: [1, "0100", false], UMLSL: [1, "0110", false], UMULL: [1, "1010", false],
};

/** Which bits of immh:immb tell the element size; the others, here `immb`, are the amount. immh 0000 belongs to MOVI and kin. */
export const SHIFT_SIZES = [
  { letter: "b", bits: "0001 immb:3" }, { letter: "h", bits: "001 immb:4" }, { letter: "s", bits: "01 immb:5" }, { letter: "d", bits: "1 immb:6" },
] as const;
const shifts = (): Rows =>
  Object.entries(SHIFTS).flatMap(([name, [U, opcode, vector, scalar = ""]]) =>
    SHIFT_SIZES.flatMap(({ letter, bits }, size): Rows => {
      const rows: Rows = [];
      const make = (suffix: string, lead: string, isScalar: boolean, unallocated: readonly Constraint[]): void => {
        const spec = row(name, "shift", `${lead} ${bits} ${opcode} 1 Rn:5 Rd:5`, unallocated, isScalar);
        rows.push([`${name}_${suffix}_${letter.toUpperCase()}`, { ...spec, ...(spec.simd && { simd: { ...spec.simd, size } }) }]);
      };
      if (vector.includes(letter)) make("asimdshf_R", `0 Q:1 ${U} 011110`, false, letter === "d" ? [{ Q: 0 }] : []);
      if (scalar.includes(letter)) make("asisdshf_R", `01 ${U} 111110`, true, []);
      return rows;
    }),
  );

/** Both forms of the lines of a table. `%` in the bits stands for opcode; U follows. */
function forms(lines: Readonly<Record<string, Line>>, kind: SimdClass, suffix: string, rest: string): Rows {
  return Object.entries(lines).flatMap(([name, [U, opcode, vector, scalar = ""]]): Rows => {
    const bits = rest.replace("%", opcode);
    const rows: Rows = [[`${name}_asimd${suffix}`, row(name, kind, `0 Q:1 ${U} 01110 ${bits}`, sizes(vector, false))]];
    if (scalar !== "") rows.push([`${name}_asisd${suffix}`, row(name, kind, `01 ${U} 11110 ${bits}`, sizes(scalar, true), true)]);
    return rows;
  });
}
const entries = <T>(table: Readonly<Record<string, T>>, make: (name: string, line: T) => readonly [string, RowSpec]): Rows =>
  Object.entries(table).map(([name, line]): [string, RowSpec] => [...make(name, line)]);

/** imm5 whose lowest bit set is not one of B, H, S or D: 0 and 16. */
const NO_ELEMENT: readonly Constraint[] = [{ imm5: 0 }, { imm5: 16 }];
const WORD: readonly Constraint[] = [8, 24].map((imm5) => ({ imm5 }));
const HALF: readonly Constraint[] = [4, 12, 20, 28].map((imm5) => ({ imm5 }));
const COPIES: Readonly<Record<string, RowSpec>> = {
  DUP_asimdins_DV_v: row("DUP_element", "copy", "0 Q:1 0 01110000 imm5:5 0 0000 1 Rn:5 Rd:5", [...NO_ELEMENT, { imm5: 8, Q: 0 }, { imm5: 24, Q: 0 }]),
  DUP_asimdins_DR_r: row("DUP_general", "copy", "0 Q:1 0 01110000 imm5:5 0 0001 1 Rn:5 Rd:5", [...NO_ELEMENT, { imm5: 8, Q: 0 }, { imm5: 24, Q: 0 }]),
  SMOV_asimdins_W_w: row("SMOV", "copy", "0 0 0 01110000 imm5:5 0 0101 1 Rn:5 Rd:5", [...NO_ELEMENT, ...WORD, ...HALF]),
  SMOV_asimdins_X_x: row("SMOV", "copy", "0 1 0 01110000 imm5:5 0 0101 1 Rn:5 Rd:5", [...NO_ELEMENT, ...WORD]),
  UMOV_asimdins_W_w: row("UMOV", "copy", "0 0 0 01110000 imm5:5 0 0111 1 Rn:5 Rd:5", [...NO_ELEMENT, ...WORD]),
  UMOV_asimdins_X_x: row("UMOV", "copy", "0 1 0 01110000 imm5:5 0 0111 1 Rn:5 Rd:5", [{ imm5: [0, 7] }, { imm5: [9, 23] }, { imm5: [25, 31] }]),
  INS_asimdins_IR_r: row("INS_general", "copy", "0 1 0 01110000 imm5:5 0 0011 1 Rn:5 Rd:5", NO_ELEMENT),
  INS_asimdins_IV_v: row("INS_element", "copy", "0 1 1 01110000 imm5:5 0 imm4:4 1 Rn:5 Rd:5", NO_ELEMENT),
  DUP_asisdone_only: row("DUP_element", "copy", "01 0 11110000 imm5:5 0 0000 1 Rn:5 Rd:5", NO_ELEMENT, true),
};

export const SIMD_INTEGER: Readonly<Record<string, RowSpec>> = /* @__PURE__ */ Object.freeze(
  Object.fromEntries([
    ...forms(THREE_SAME, "threeSame", "same_only", "size:2 1 Rm:5 % 1 Rn:5 Rd:5"),
    ...entries(LOGICAL, (name, [U, size]) => [`${name}_asimdsame_only`, row(name, "logical", `0 Q:1 ${U} 01110 ${size} 1 Rm:5 00011 1 Rn:5 Rd:5`, [])]),
    ...forms(THREE_DIFFERENT, "threeDifferent", "diff_L", "size:2 1 Rm:5 % 00 Rn:5 Rd:5"),
    ...forms(TWO_MISC, "twoMisc", "misc_R", "size:2 10000 % 10 Rn:5 Rd:5"),
    ["NOT_asimdmisc_R", row("NOT", "twoMisc", "0 Q:1 1 01110 00 10000 00101 10 Rn:5 Rd:5", [])],
    ["RBIT_asimdmisc_R", row("RBIT", "twoMisc", "0 Q:1 1 01110 01 10000 00101 10 Rn:5 Rd:5", [])],
    ...entries(ACROSS, (name, [U, opcode]) => [
      `${name}_asimdall_only`, row(name, "across", `0 Q:1 ${U} 01110 size:2 11000 ${opcode} 10 Rn:5 Rd:5`, [{ size: 3 }, { size: 2, Q: 0 }]),
    ]),
    ...entries(PERMUTE, (name, opcode) => [`${name}_asimdperm_only`, row(name, "permute", `0 Q:1 001110 size:2 0 Rm:5 0 ${opcode} 10 Rn:5 Rd:5`, [{ size: 3, Q: 0 }])]),
    ...shifts(),
    ...entries(ELEMENTS, (name, [U, opcode]) => [
      `${name}_asimdelem`, row(name, "element", `0 Q:1 ${U} 01111 size:2 L:1 M:1 Rm:4 ${opcode} H:1 0 Rn:5 Rd:5`, [{ size: 0 }, { size: 3 }]),
    ]),
    ...entries(Object.fromEntries(Object.entries(ELEMENTS).filter(([, line]) => line[2])), (name, [U, opcode]) => [
      `${name}_asisdelem`, row(name, "element", `01 ${U} 11111 size:2 L:1 M:1 Rm:4 ${opcode} H:1 0 Rn:5 Rd:5`, [{ size: 0 }, { size: 3 }], true),
    ]),
    ["ADDP_asisdpair_only", row("ADDP", "pairwise", "01 0 11110 size:2 11000 11011 10 Rn:5 Rd:5", [{ size: [0, 2] }], true)],
    ["EXT_asimdext_only", row("EXT", "extract", "0 Q:1 101110 000 Rm:5 0 imm4:4 0 Rn:5 Rd:5", [{ imm4: [8, 15], Q: 0 }])],
    ["TBL_asimdtbl", row("TBL", "table", "0 Q:1 001110 000 Rm:5 0 len:2 0 00 Rn:5 Rd:5", [])],
    ["TBX_asimdtbl", row("TBX", "table", "0 Q:1 001110 000 Rm:5 0 len:2 1 00 Rn:5 Rd:5", [])],
    ...Object.entries(COPIES),
    // MOVI, MVNI, ORR, BIC and FMOV by op and cmode; FMOV of doublewords fills the whole register
    ["MOVI_asimdimm", row("MOVI", "immediate", "0 Q:1 op:1 0111100000 abc:3 cmode:4 01 defgh:5 Rd:5", [{ op: 1, cmode: 15, Q: 0 }])],
  ]),
);
