/** Integer data processing. Source: Arm ARM DDI 0487, C6.2 "Alphabetical list of A64 base instructions", "Operation" of each. */
import type { DATA_PROCESSING_IMMEDIATE } from "../spec/dataProcessingImmediate.ts";
import type { DATA_PROCESSING_REGISTER } from "../spec/dataProcessingRegister.ts";
import type { Fields } from "../spec/row.ts";
import { addWithCarry, conditionHolds, decodeBitMasks, extend, FLAG_C, not, nzOf, ones, rotateRight, shiftBy, signExtend, type Width } from "./bits.ts";
import { type Core, type Execute, readX, readXSp, widthOf, writeX, writeXSp } from "./core.ts";
import { countLeadingSigns, countLeadingZeros, crc32, CRC32_POLYNOMIAL, CRC32C_POLYNOMIAL, divide, reverseBits, reverseBytes } from "./scalar.ts";

type Name = keyof typeof DATA_PROCESSING_IMMEDIATE | keyof typeof DATA_PROCESSING_REGISTER;

/** Addition or subtraction with or without flags; the flags come last. */
function addSubtract(core: Core, x: bigint, y: bigint, width: Width, subtract: boolean, setFlags: boolean, carry = subtract ? 1n : 0n): bigint {
  const { result, nzcv } = addWithCarry(x, subtract ? not(y, width) : y, carry, width);
  if (setFlags) core.state.nzcv = nzcv;
  return result;
}

const addSubtractImmediate = (subtract: boolean, setFlags: boolean): Execute => (core, f) => {
  const width = widthOf(f.sf);
  const imm = BigInt(f.imm12) << (f.sh === 1 ? 12n : 0n); // MAGIC: sh is LSL #12
  const result = addSubtract(core, readXSp(core, f.Rn, width), imm, width, subtract, setFlags);
  // With flags, register 31 is the zero register (CMP, CMN).
  (setFlags ? writeX : writeXSp)(core, f.Rd, result);
};
const addSubtractShifted = (subtract: boolean, setFlags: boolean): Execute => (core, f) => {
  const width = widthOf(f.sf);
  const operand = shiftBy(readX(core, f.Rm, width), width, f.shift, f.imm6);
  writeX(core, f.Rd, addSubtract(core, readX(core, f.Rn, width), operand, width, subtract, setFlags));
};
const addSubtractExtended = (subtract: boolean, setFlags: boolean): Execute => (core, f) => {
  const width = widthOf(f.sf);
  const operand = extend(readX(core, f.Rm, width), width, f.option, f.imm3);
  const result = addSubtract(core, readXSp(core, f.Rn, width), operand, width, subtract, setFlags);
  (setFlags ? writeX : writeXSp)(core, f.Rd, result);
};
const addSubtractCarry = (subtract: boolean, setFlags: boolean): Execute => (core, f) => {
  const width = widthOf(f.sf);
  const carry = (core.state.nzcv & FLAG_C) === 0 ? 0n : 1n;
  writeX(core, f.Rd, addSubtract(core, readX(core, f.Rn, width), readX(core, f.Rm, width), width, subtract, setFlags, carry));
};

type Logic = (x: bigint, y: bigint) => bigint;
const and: Logic = (x, y) => x & y;
const or: Logic = (x, y) => x | y;
const xor: Logic = (x, y) => x ^ y;

function setLogicFlags(core: Core, result: bigint, width: Width): void {
  core.state.nzcv = nzOf(result, width);
}
const logicalImmediate = (logic: Logic, setFlags: boolean): Execute => (core, f) => {
  const width = widthOf(f.sf);
  const result = logic(readX(core, f.Rn, width), decodeBitMasks(f.N, f.imms, f.immr, width).wmask);
  if (setFlags) setLogicFlags(core, result, width);
  (setFlags ? writeX : writeXSp)(core, f.Rd, result);
};
const logicalShifted = (logic: Logic, inverted: boolean, setFlags: boolean): Execute => (core, f) => {
  const width = widthOf(f.sf);
  const operand = shiftBy(readX(core, f.Rm, width), width, f.shift, f.imm6);
  const result = logic(readX(core, f.Rn, width), inverted ? not(operand, width) : operand);
  if (setFlags) setLogicFlags(core, result, width);
  writeX(core, f.Rd, result);
};

const moveWide = (combine: (imm: bigint, old: bigint, hole: bigint, width: Width) => bigint): Execute => (core, f) => {
  const width = widthOf(f.sf);
  const at = BigInt(f.hw * 16); // MAGIC: half-words of 16 bits
  writeX(core, f.Rd, combine(BigInt(f.imm16) << at, readX(core, f.Rd, width), 0xffffn << at, width));
};

const bitfield = (combine: (source: bigint, old: bigint, m: { wmask: bigint; tmask: bigint }, f: Fields, width: Width) => bigint): Execute => (core, f) => {
  const width = widthOf(f.sf);
  const masks = decodeBitMasks(f.N, f.imms, f.immr, width);
  writeX(core, f.Rd, combine(readX(core, f.Rn, width), readX(core, f.Rd, width), masks, f, width));
};

const conditionalCompare = (subtract: boolean, operand: (core: Core, f: Fields, width: Width) => bigint): Execute => (core, f) => {
  const width = widthOf(f.sf);
  if (conditionHolds(f.cond, core.state.nzcv)) addSubtract(core, readX(core, f.Rn, width), operand(core, f, width), width, subtract, true);
  else core.state.nzcv = f.nzcv;
};
const conditionalSelect = (otherwise: (x: bigint, width: Width) => bigint): Execute => (core, f) => {
  const width = widthOf(f.sf);
  const holds = conditionHolds(f.cond, core.state.nzcv);
  writeX(core, f.Rd, holds ? readX(core, f.Rn, width) : BigInt.asUintN(width, otherwise(readX(core, f.Rm, width), width)));
};

const oneSource = (operation: (x: bigint, width: Width) => bigint): Execute => (core, f) => {
  const width = widthOf(f.sf);
  writeX(core, f.Rd, operation(readX(core, f.Rn, width), width));
};
/** As oneSource, where the encoding fixes the width and has no `sf` field. */
const reverse = (width: Width, container: number): Execute => (core, f) => {
  writeX(core, f.Rd, reverseBytes(readX(core, f.Rn, width), width, container));
};
const twoSource = (operation: (x: bigint, y: bigint, width: Width) => bigint): Execute => (core, f) => {
  const width = widthOf(f.sf);
  writeX(core, f.Rd, operation(readX(core, f.Rn, width), readX(core, f.Rm, width), width));
};
const shiftVariable = (shift: number): Execute => twoSource((x, y, width) => shiftBy(x, width, shift, Number(y % BigInt(width))));
const checksum = (bits: number, polynomial: bigint): Execute => (core, f) => {
  writeX(core, f.Rd, crc32(readX(core, f.Rn, 32), BigInt.asUintN(bits, readX(core, f.Rm)), bits, polynomial));
};

const multiplyAdd = (subtract: boolean): Execute => (core, f) => {
  const width = widthOf(f.sf);
  const product = readX(core, f.Rn, width) * readX(core, f.Rm, width);
  const addend = readX(core, f.Ra, width);
  writeX(core, f.Rd, BigInt.asUintN(width, subtract ? addend - product : addend + product));
};
const multiplyAddLong = (subtract: boolean, signed: boolean): Execute => (core, f) => {
  const operand = (n: number): bigint => (signed ? BigInt.asIntN(32, readX(core, n)) : readX(core, n, 32));
  const product = operand(f.Rn) * operand(f.Rm);
  const addend = readX(core, f.Ra);
  writeX(core, f.Rd, BigInt.asUintN(64, subtract ? addend - product : addend + product));
};
const multiplyHigh = (signed: boolean): Execute => (core, f) => {
  const operand = (n: number): bigint => (signed ? BigInt.asIntN(64, readX(core, n)) : readX(core, n));
  writeX(core, f.Rd, BigInt.asUintN(64, (operand(f.Rn) * operand(f.Rm)) >> 64n));
};

const relative = (f: Fields): bigint => signExtend(BigInt(f.immhi * 4 + f.immlo), 21, 64);
/** ADRP counts in 4 KiB whatever the granule. */
const ADRP_SHIFT = 12n; // MAGIC: ADRP's unit, an encoding and no granule

export const DATA_PROCESSING: Readonly<Record<Name, Execute>> = {
  ADR_only_pcreladdr: (core, f) => writeX(core, f.Rd, (core.state.pc + relative(f)) & ones(64)),
  ADRP_only_pcreladdr: (core, f) => writeX(core, f.Rd, (((core.state.pc >> ADRP_SHIFT) + relative(f)) << ADRP_SHIFT) & ones(64)),
  ADD_addsub_imm: addSubtractImmediate(false, false),
  ADDS_addsub_imm: addSubtractImmediate(false, true),
  SUB_addsub_imm: addSubtractImmediate(true, false),
  SUBS_addsub_imm: addSubtractImmediate(true, true),
  AND_log_imm: logicalImmediate(and, false),
  ORR_log_imm: logicalImmediate(or, false),
  EOR_log_imm: logicalImmediate(xor, false),
  ANDS_log_imm: logicalImmediate(and, true),
  MOVN_movewide: moveWide((imm, _old, _hole, width) => not(imm, width)),
  MOVZ_movewide: moveWide((imm) => imm),
  MOVK_movewide: moveWide((imm, old, hole) => (old & ~hole) | imm),
  SBFM_bitfield: bitfield((source, _old, { wmask, tmask }, f, width) => {
    const bottom = rotateRight(source, width, f.immr) & wmask;
    const top = ((source >> BigInt(f.imms)) & 1n) === 1n ? ones(width) : 0n;
    return (top & not(tmask, width)) | (bottom & tmask);
  }),
  BFM_bitfield: bitfield((source, old, { wmask, tmask }, f, width) => {
    const bottom = (old & not(wmask, width)) | (rotateRight(source, width, f.immr) & wmask);
    return (old & not(tmask, width)) | (bottom & tmask);
  }),
  UBFM_bitfield: bitfield((source, _old, { wmask, tmask }, f, width) => rotateRight(source, width, f.immr) & wmask & tmask),
  EXTR_extract: (core, f) => {
    const width = widthOf(f.sf);
    const both = (readX(core, f.Rn, width) << BigInt(width)) | readX(core, f.Rm, width);
    writeX(core, f.Rd, (both >> BigInt(f.imms)) & ones(width));
  },
  UDIV_dp_2src: twoSource((x, y) => divide(x, y)),
  SDIV_dp_2src: twoSource((x, y, width) => BigInt.asUintN(width, divide(BigInt.asIntN(width, x), BigInt.asIntN(width, y)))),
  LSLV_dp_2src: shiftVariable(0),
  LSRV_dp_2src: shiftVariable(1),
  ASRV_dp_2src: shiftVariable(2),
  RORV_dp_2src: shiftVariable(3),
  CRC32B_dp_2src: checksum(8, CRC32_POLYNOMIAL),
  CRC32H_dp_2src: checksum(16, CRC32_POLYNOMIAL),
  CRC32W_dp_2src: checksum(32, CRC32_POLYNOMIAL),
  CRC32X_dp_2src: checksum(64, CRC32_POLYNOMIAL),
  CRC32CB_dp_2src: checksum(8, CRC32C_POLYNOMIAL),
  CRC32CH_dp_2src: checksum(16, CRC32C_POLYNOMIAL),
  CRC32CW_dp_2src: checksum(32, CRC32C_POLYNOMIAL),
  CRC32CX_dp_2src: checksum(64, CRC32C_POLYNOMIAL),
  RBIT_dp_1src: oneSource(reverseBits),
  REV16_dp_1src: oneSource((x, width) => reverseBytes(x, width, 16)),
  REV_32_dp_1src: reverse(32, 32),
  REV32_64_dp_1src: reverse(64, 32),
  REV_64_dp_1src: reverse(64, 64),
  CLZ_dp_1src: oneSource(countLeadingZeros),
  CLS_dp_1src: oneSource(countLeadingSigns),
  AND_log_shift: logicalShifted(and, false, false),
  BIC_log_shift: logicalShifted(and, true, false),
  ORR_log_shift: logicalShifted(or, false, false),
  ORN_log_shift: logicalShifted(or, true, false),
  EOR_log_shift: logicalShifted(xor, false, false),
  EON_log_shift: logicalShifted(xor, true, false),
  ANDS_log_shift: logicalShifted(and, false, true),
  BICS_log_shift: logicalShifted(and, true, true),
  ADD_addsub_shift: addSubtractShifted(false, false),
  ADDS_addsub_shift: addSubtractShifted(false, true),
  SUB_addsub_shift: addSubtractShifted(true, false),
  SUBS_addsub_shift: addSubtractShifted(true, true),
  ADD_addsub_ext: addSubtractExtended(false, false),
  ADDS_addsub_ext: addSubtractExtended(false, true),
  SUB_addsub_ext: addSubtractExtended(true, false),
  SUBS_addsub_ext: addSubtractExtended(true, true),
  ADC_addsub_carry: addSubtractCarry(false, false),
  ADCS_addsub_carry: addSubtractCarry(false, true),
  SBC_addsub_carry: addSubtractCarry(true, false),
  SBCS_addsub_carry: addSubtractCarry(true, true),
  CCMN_condcmp_reg: conditionalCompare(false, (core, f, width) => readX(core, f.Rm, width)),
  CCMP_condcmp_reg: conditionalCompare(true, (core, f, width) => readX(core, f.Rm, width)),
  CCMN_condcmp_imm: conditionalCompare(false, (_, f) => BigInt(f.imm5)),
  CCMP_condcmp_imm: conditionalCompare(true, (_, f) => BigInt(f.imm5)),
  CSEL_condsel: conditionalSelect((x) => x),
  CSINC_condsel: conditionalSelect((x) => x + 1n),
  CSINV_condsel: conditionalSelect((x) => ~x),
  CSNEG_condsel: conditionalSelect((x) => -x),
  MADD_dp_3src: multiplyAdd(false),
  MSUB_dp_3src: multiplyAdd(true),
  SMADDL_dp_3src: multiplyAddLong(false, true),
  SMSUBL_dp_3src: multiplyAddLong(true, true),
  SMULH_dp_3src: multiplyHigh(true),
  UMADDL_dp_3src: multiplyAddLong(false, false),
  UMSUBL_dp_3src: multiplyAddLong(true, false),
  UMULH_dp_3src: multiplyHigh(false),
};
