// TABLE: floating-point data processing, scalar and vector
/**
 * Source: Arm ARM DDI 0487, C4.1 "Data Processing -- Scalar Floating-Point and Advanced SIMD", as Armv8.0 allocates it: single
 * and double precision; half precision in conversions only. A line is an operation: U, the bit `a` above `sz`, opcode, and whether
 * it has a scalar form; the rows are their product.
 */
import type { Constraint, RowSpec, SimdClass } from "./row.ts";
import { row, type Rows, SHIFT_SIZES } from "./simdInteger.ts";

type Line = readonly [U: 0 | 1, a: 0 | 1, opcode: string, forms?: "both" | "vector" | "scalar"];

const THREE_SAME: Readonly<Record<string, Line>> = {
  FMAXNM: [0, 0, "11000"], FMLA: [0, 0, "11001"], FADD: [0, 0, "11010"], FMULX: [0, 0, "11011", "both"], FCMEQ: [0, 0, "11100", "both"],
  FMAX: [0, 0, "11110"], FRECPS: [0, 0, "11111", "both"], FMINNM: [0, 1, "11000"], FMLS: [0, 1, "11001"], FSUB: [0, 1, "11010"], FMIN: [0, 1, "11110"],
  FRSQRTS: [0, 1, "11111", "both"], FMAXNMP: [1, 0, "11000"], FADDP: [1, 0, "11010"], FMUL: [1, 0, "11011"], FCMGE: [1, 0, "11100", "both"],
  FACGE: [1, 0, "11101", "both"], FMAXP: [1, 0, "11110"], FDIV: [1, 0, "11111"], FMINNMP: [1, 1, "11000"], FABD: [1, 1, "11010", "both"],
  FCMGT: [1, 1, "11100", "both"], FACGT: [1, 1, "11101", "both"], FMINP: [1, 1, "11110"],
};
const TWO_MISC: Readonly<Record<string, Line>> = {
  FRINTN: [0, 0, "11000"], FRINTM: [0, 0, "11001"], FCVTNS: [0, 0, "11010", "both"], FCVTMS: [0, 0, "11011", "both"], FCVTAS: [0, 0, "11100", "both"],
  SCVTF: [0, 0, "11101", "both"], FCMGT_zero: [0, 1, "01100", "both"], FCMEQ_zero: [0, 1, "01101", "both"], FCMLT_zero: [0, 1, "01110", "both"],
  FABS: [0, 1, "01111"], FRINTP: [0, 1, "11000"], FRINTZ: [0, 1, "11001"], FCVTPS: [0, 1, "11010", "both"], FCVTZS: [0, 1, "11011", "both"],
  FRECPE: [0, 1, "11101", "both"], FRECPX: [0, 1, "11111", "scalar"], FRINTA: [1, 0, "11000"], FRINTX: [1, 0, "11001"], FCVTNU: [1, 0, "11010", "both"],
  FCVTMU: [1, 0, "11011", "both"], FCVTAU: [1, 0, "11100", "both"], UCVTF: [1, 0, "11101", "both"], FCMGE_zero: [1, 1, "01100", "both"],
  FCMLE_zero: [1, 1, "01101", "both"], FNEG: [1, 1, "01111"], FRINTI: [1, 1, "11001"], FCVTPU: [1, 1, "11010", "both"], FCVTZU: [1, 1, "11011", "both"],
  FRSQRTE: [1, 1, "11101", "both"], FSQRT: [1, 1, "11111"],
};
/** URECPE and URSQRTE have words only. The others change the width: `sz` is that of the wide side, and Q the half of the narrow one. */
const TWO_MISC_OTHER: Readonly<Record<string, readonly [U: 0 | 1, a: 0 | 1, opcode: string, unallocated: readonly Constraint[]]>> = {
  URECPE: [0, 1, "11100", [{ sz: 1 }]], URSQRTE: [1, 1, "11100", [{ sz: 1 }]], FCVTN: [0, 0, "10110", []], FCVTL: [0, 0, "10111", []],
  FCVTXN: [1, 0, "10110", [{ sz: 0 }]],
};
/** Of words and all four of them only. */
const ACROSS: Readonly<Record<string, Line>> = { FMAXNMV: [1, 0, "01100"], FMAXV: [1, 0, "01111"], FMINNMV: [1, 1, "01100"], FMINV: [1, 1, "01111"] };
const PAIRWISE: Readonly<Record<string, Line>> = {
  FMAXNMP: [1, 0, "01100"], FADDP: [1, 0, "01101"], FMAXP: [1, 0, "01111"], FMINNMP: [1, 1, "01100"], FMINP: [1, 1, "01111"],
};
const ELEMENTS: Readonly<Record<string, readonly [U: 0 | 1, opcode: string]>> = { FMLA: [0, "0001"], FMLS: [0, "0101"], FMUL: [0, "1001"], FMULX: [1, "1001"] };
const SHIFTS: Readonly<Record<string, readonly [U: 0 | 1, opcode: string]>> = { SCVTF: [0, "11100"], FCVTZS: [0, "11111"], UCVTF: [1, "11100"], FCVTZU: [1, "11111"] };

/** Single and double; 2 is no precision, and half precision only converts. */
const PRECISIONS: readonly Constraint[] = [{ ftype: [2, 3] }];
const ONE_SOURCE: Readonly<Record<string, string>> = {
  FMOV: "000000", FABS: "000001", FNEG: "000010", FSQRT: "000011", FRINTN: "001000", FRINTP: "001001", FRINTM: "001010", FRINTZ: "001011",
  FRINTA: "001100", FRINTX: "001110", FRINTI: "001111",
};
/** To the precision in the name, from another one. */
const CONVERSIONS: Readonly<Record<string, readonly [opcode: string, unallocated: readonly Constraint[]]>> = {
  FCVT_S: ["000100", [{ ftype: 0 }, { ftype: 2 }]], FCVT_D: ["000101", [{ ftype: [1, 2] }]], FCVT_H: ["000111", [{ ftype: [2, 3] }]],
};
const TWO_SOURCE = ["FMUL", "FDIV", "FADD", "FSUB", "FMAX", "FMIN", "FMAXNM", "FMINNM", "FNMUL"] as const;
const THREE_SOURCE = ["FMADD", "FMSUB", "FNMADD", "FNMSUB"] as const;
const COMPARISONS: Readonly<Record<string, string>> = {
  FCMP: "Rm:5 00 1000 Rn:5 00", FCMPE: "Rm:5 00 1000 Rn:5 10", FCMP_zero: "(0)(0)(0)(0)(0) 00 1000 Rn:5 01", FCMPE_zero: "(0)(0)(0)(0)(0) 00 1000 Rn:5 11",
};
/** rmode and opcode. */
const INTEGERS: Readonly<Record<string, string>> = {
  FCVTNS: "00 000", FCVTNU: "00 001", SCVTF: "00 010", UCVTF: "00 011", FCVTAS: "00 100", FCVTAU: "00 101", FCVTPS: "01 000", FCVTPU: "01 001",
  FCVTMS: "10 000", FCVTMU: "10 001", FCVTZS: "11 000", FCVTZU: "11 001",
};
const FIXED: Readonly<Record<string, string>> = { SCVTF: "00 010", UCVTF: "00 011", FCVTZS: "11 000", FCVTZU: "11 001" };

const ONE_DOUBLEWORD: readonly Constraint[] = [{ sz: 1, Q: 0 }];
const lines = (table: Readonly<Record<string, Line>>, kind: SimdClass, suffix: string, rest: string): Rows =>
  Object.entries(table).flatMap(([name, [U, a, opcode, which = "vector"]]): Rows => [
    ...(which === "scalar" ? [] : ([[`${name}_asimd${suffix}`, row(name, kind, `0 Q:1 ${U} 01110 ${a} sz:1 ${rest.replace("%", opcode)}`, ONE_DOUBLEWORD)]] satisfies Rows)),
    ...(which === "vector" ? [] : ([[`${name}_asisd${suffix}`, row(name, kind, `01 ${U} 11110 ${a} sz:1 ${rest.replace("%", opcode)}`, [], true)]] satisfies Rows)),
  ]);
const map = <T>(table: Readonly<Record<string, T>>, make: (name: string, line: T) => Rows): Rows => Object.entries(table).flatMap(([name, line]) => make(name, line));

export const SIMD_FLOAT: Readonly<Record<string, RowSpec>> = /* @__PURE__ */ Object.freeze(
  Object.fromEntries([
    ...lines(THREE_SAME, "threeSameFloat", "same_only", "1 Rm:5 % 1 Rn:5 Rd:5"),
    ...lines(TWO_MISC, "twoMiscFloat", "misc_R", "10000 % 10 Rn:5 Rd:5"),
    ...map(TWO_MISC_OTHER, (name, [U, a, opcode, unallocated]) => [[`${name}_asimdmisc_R`, row(name, "twoMiscFloat", `0 Q:1 ${U} 01110 ${a} sz:1 10000 ${opcode} 10 Rn:5 Rd:5`, unallocated)]]),
    ["FCVTXN_asisdmisc_N", row("FCVTXN", "twoMiscFloat", "01 1 11110 0 sz:1 10000 10110 10 Rn:5 Rd:5", [{ sz: 0 }], true)],
    ...map(ACROSS, (name, [U, a, opcode]) => [[`${name}_asimdall_only_SD`, row(name, "acrossFloat", `0 1 ${U} 01110 ${a} 0 11000 ${opcode} 10 Rn:5 Rd:5`, [])]]),
    ...map(PAIRWISE, (name, [U, a, opcode]) => [[`${name}_asisdpair_only_SD`, row(name, "pairwiseFloat", `01 ${U} 11110 ${a} sz:1 11000 ${opcode} 10 Rn:5 Rd:5`, [], true)]]),
    ...map(ELEMENTS, (name, [U, opcode]) => [
      [`${name}_asimdelem_R_SD`, row(name, "elementFloat", `0 Q:1 ${U} 01111 1 sz:1 L:1 M:1 Rm:4 ${opcode} H:1 0 Rn:5 Rd:5`, [{ sz: 1, L: 1 }, { sz: 1, Q: 0 }])],
      [`${name}_asisdelem_R_SD`, row(name, "elementFloat", `01 ${U} 11111 1 sz:1 L:1 M:1 Rm:4 ${opcode} H:1 0 Rn:5 Rd:5`, [{ sz: 1, L: 1 }], true)],
    ]),
    ...map(SHIFTS, (name, [U, opcode]) =>
      ([2, 3] as const).flatMap((size): Rows => {
        const { letter, bits } = SHIFT_SIZES[size];
        const make = (lead: string, scalar: boolean, unallocated: readonly Constraint[]): RowSpec => {
          const spec = row(name, "shiftFloat", `${lead} ${bits} ${opcode} 1 Rn:5 Rd:5`, unallocated, scalar);
          return { ...spec, ...(spec.simd && { simd: { ...spec.simd, size } }) };
        };
        return [
          [`${name}_asimdshf_C_${letter.toUpperCase()}`, make(`0 Q:1 ${U} 011110`, false, size === 3 ? [{ Q: 0 }] : [])],
          [`${name}_asisdshf_C_${letter.toUpperCase()}`, make(`01 ${U} 111110`, true, [])],
        ];
      }),
    ),
    ...map(ONE_SOURCE, (name, opcode) => [[`${name}_floatdp1`, row(name, "floatOne", `000 11110 ftype:2 1 ${opcode} 10000 Rn:5 Rd:5`, PRECISIONS, true)]]),
    ...map(CONVERSIONS, (name, [opcode, unallocated]) => [[`${name}_floatdp1`, row(name, "floatOne", `000 11110 ftype:2 1 ${opcode} 10000 Rn:5 Rd:5`, unallocated, true)]]),
    ...TWO_SOURCE.map((name, n): [string, RowSpec] => [`${name}_floatdp2`, row(name, "floatTwo", `000 11110 ftype:2 1 Rm:5 ${n.toString(2).padStart(4, "0")} 10 Rn:5 Rd:5`, PRECISIONS, true)]),
    ...THREE_SOURCE.map((name, n): [string, RowSpec] => [`${name}_floatdp3`, row(name, "floatThree", `000 11111 ftype:2 ${n >> 1} Rm:5 ${n & 1} Ra:5 Rn:5 Rd:5`, PRECISIONS, true)]),
    ...map(COMPARISONS, (name, bits) => [[`${name}_floatcmp`, row(name, "floatCompare", `000 11110 ftype:2 1 ${bits} 000`, PRECISIONS, true)]]),
    ["FCCMP_floatccmp", row("FCCMP", "floatConditionalCompare", "000 11110 ftype:2 1 Rm:5 cond:4 01 Rn:5 0 nzcv:4", PRECISIONS, true)],
    ["FCCMPE_floatccmp", row("FCCMPE", "floatConditionalCompare", "000 11110 ftype:2 1 Rm:5 cond:4 01 Rn:5 1 nzcv:4", PRECISIONS, true)],
    ["FCSEL_floatsel", row("FCSEL", "floatSelect", "000 11110 ftype:2 1 Rm:5 cond:4 11 Rn:5 Rd:5", PRECISIONS, true)],
    ["FMOV_floatimm", row("FMOV", "floatImmediate", "000 11110 ftype:2 1 imm8:8 100 00000 Rd:5", PRECISIONS, true)],
    ...map(INTEGERS, (name, bits) => [[`${name}_float2int`, row(name, "floatInteger", `sf:1 00 11110 ftype:2 1 ${bits} 000000 Rn:5 Rd:5`, PRECISIONS, true)]]),
    ["FMOV_32_float2int", row("FMOV_toGeneral", "floatInteger", "0 00 11110 00 1 00 110 000000 Rn:5 Rd:5", [], true)],
    ["FMOV_S32_float2int", row("FMOV_fromGeneral", "floatInteger", "0 00 11110 00 1 00 111 000000 Rn:5 Rd:5", [], true)],
    ["FMOV_64D_float2int", row("FMOV_toGeneral64", "floatInteger", "1 00 11110 01 1 00 110 000000 Rn:5 Rd:5", [], true)],
    ["FMOV_D64_float2int", row("FMOV_fromGeneral64", "floatInteger", "1 00 11110 01 1 00 111 000000 Rn:5 Rd:5", [], true)],
    ["FMOV_64VX_float2int", row("FMOV_toGeneralTop", "floatInteger", "1 00 11110 10 1 01 110 000000 Rn:5 Rd:5", [], true)],
    ["FMOV_V64I_float2int", row("FMOV_fromGeneralTop", "floatInteger", "1 00 11110 10 1 01 111 000000 Rn:5 Rd:5", [], true)],
    ...map(FIXED, (name, bits) => [[`${name}_float2fix`, row(name, "floatFixed", `sf:1 00 11110 ftype:2 0 ${bits} scale:6 Rn:5 Rd:5`, [...PRECISIONS, { sf: 0, scale: [0, 31] }], true)]]),
  ]),
);
