/**
 * From an instruction word to a micro-op: once for each place in memory, so it is plain and need not be fast. The row
 * comes from the generated decoder; what is CONSTRAINED UNPREDICTABLE is chosen as the reference interpreter does.
 */
import { R_sink, R_SP, R_zero } from "./generated/layout";
import {
  b40, b5, cond, decode, hw, imm12, imm14, imm16, imm19, imm26, imm3, imm5, imm6, imm7, imm9, immhi, immlo, immr, imms, N, nzcv, option, Ra, Rd, Rm, Rn, rowTransfer, Rt, Rt2, S, sf, sh, shift,
  TRANSFER_ATOMIC, TRANSFER_EXCLUSIVE, TRANSFER_LOAD, TRANSFER_ORDERED, TRANSFER_PAIR, TRANSFER_PREFETCH, TRANSFER_SIGNED, TRANSFER_SIMD, TRANSFER_UNPRIVILEGED, TRANSFER_WIDE,
  ROW_ADC_addsub_carry, ROW_ADCS_addsub_carry, ROW_ADD_addsub_ext, ROW_ADD_addsub_imm, ROW_ADD_addsub_shift, ROW_ADDS_addsub_ext, ROW_ADDS_addsub_imm, ROW_ADDS_addsub_shift,
  ROW_ADR_only_pcreladdr, ROW_ADRP_only_pcreladdr, ROW_AND_log_imm, ROW_AND_log_shift, ROW_ANDS_log_imm, ROW_ANDS_log_shift, ROW_ASRV_dp_2src, ROW_B_only_branch_imm, ROW_B_only_condbranch,
  ROW_BFM_bitfield, ROW_BIC_log_shift, ROW_BICS_log_shift, ROW_BL_only_branch_imm, ROW_BLR_64_branch_reg, ROW_BR_64_branch_reg, ROW_CBNZ_compbranch, ROW_CBZ_compbranch,
  ROW_CCMN_condcmp_imm, ROW_CCMN_condcmp_reg, ROW_CCMP_condcmp_imm, ROW_CCMP_condcmp_reg, ROW_CLS_dp_1src, ROW_CLZ_dp_1src, ROW_CRC32B_dp_2src, ROW_CRC32CX_dp_2src,
  ROW_CSEL_condsel, ROW_CSINC_condsel, ROW_CSINV_condsel, ROW_CSNEG_condsel, ROW_DMB_barriers, ROW_DSB_barriers, ROW_EON_log_shift, ROW_EOR_log_imm, ROW_EOR_log_shift, ROW_EXTR_extract,
  ROW_HINT_hints, ROW_ISB_barriers, ROW_LSLV_dp_2src, ROW_LSRV_dp_2src, ROW_MADD_dp_3src, ROW_MOVK_movewide, ROW_MOVN_movewide, ROW_MOVZ_movewide, ROW_MSUB_dp_3src,
  ROW_ORN_log_shift, ROW_ORR_log_imm, ROW_ORR_log_shift, ROW_RBIT_dp_1src, ROW_RET_64R_branch_reg, ROW_REV16_dp_1src, ROW_REV32_64_dp_1src, ROW_REV_32_dp_1src, ROW_REV_64_dp_1src, ROW_RORV_dp_2src,
  ROW_SBC_addsub_carry, ROW_SBCS_addsub_carry, ROW_SBFM_bitfield, ROW_SDIV_dp_2src, ROW_SMADDL_dp_3src, ROW_SMSUBL_dp_3src, ROW_SMULH_dp_3src, ROW_SUB_addsub_ext, ROW_SUB_addsub_imm,
  ROW_SUB_addsub_shift, ROW_SUBS_addsub_ext, ROW_SUBS_addsub_imm, ROW_SUBS_addsub_shift, ROW_TBNZ_only_testbranch, ROW_TBZ_only_testbranch, ROW_UBFM_bitfield, ROW_UDIV_dp_2src,
  ROW_UMADDL_dp_3src, ROW_UMSUBL_dp_3src, ROW_UMULH_dp_3src, FIRST_SIMD_ROW, transferAddressing, transferSizeLog2,
} from "./generated/rows";
import { simdCode } from "./generated/simd";
import { Op } from "./generated/ops";
import { wordAt } from "./pages";
import { E_FEATURES, R, UOP_PAGE } from "./state";

const XZR: u32 = 31;
/** Addressing of a transfer, as the generator numbers them. */
const LITERAL: u32 = 0;
const POST_INDEX: u32 = 3;
const PRE_INDEX: u32 = 4;
const REGISTER_OFFSET: u32 = 5;

// ---- places of registers ----
function source(n: u32): u32 { return (n == XZR ? R_zero : n * 8); }
function target(n: u32): u32 { return (n == XZR ? R_sink : n * 8); }
function sourceSp(n: u32): u32 { return (n == XZR ? R_SP : n * 8); }

function emit(uop: usize, op: i32, d: u32, n: u32, m: u32, imm: u64): void {
  store<u16>(uop, <u16>d, 2);
  store<u16>(uop, <u16>n, 4);
  store<u16>(uop, <u16>m, 6);
  store<u64>(uop, imm, 8);
  store<u16>(uop, <u16>op);
}
function pack(at8: u32, at12: u32): u64 { return <u64>at8 | (<u64>at12 << 32); }
function signed(value: u32, bits: u32): i64 { return (<i64>value << (64 - <i64>bits)) >> (64 - <i64>bits); }
function ones(bits: u32): u64 { return (bits >= 64 ? 0xffffffffffffffff : (<u64>1 << bits) - 1); }

/** The wmask of DecodeBitMasks(); reserved values are excluded by the rows. */
function bitMask(n: u32, s: u32, r: u32, width: u32): u64 {
  const length = 31 - clz<u32>((n << 6) | (s ^ 63));
  const levels = (<u32>1 << length) - 1;
  const size = <u32>1 << length;
  const rotate = r & levels;
  let element = ones((s & levels) + 1);
  if (rotate != 0) element = ((element >> rotate) | (element << (size - rotate))) & ones(size);
  let mask: u64 = 0;
  for (let at: u32 = 0; at < width; at += size) mask |= element << at;
  return mask;
}

/** Decodes the instruction of a micro-op that is DECODE. */
export function translate(uop: usize): void {
  const word = load<u32>(wordAt(uop));
  const row = decode(word, load<u32>(R, E_FEATURES));
  if (row < 0) return emit(uop, Op.UNALLOCATED, 0, 0, 0, word);
  const transfer = rowTransfer(row);
  if ((transfer & TRANSFER_SIMD) != 0) return emitSimd(uop, Op.SIMD_MEMORY, row, word);
  if (transfer != 0) return translateTransfer(uop, row, word, transfer);
  if (row >= FIRST_SIMD_ROW) return emitSimd(uop, Op.SIMD, row, word);
  if (translateImmediate(uop, row, word) || translateRegister(uop, row, word) || translateBranch(uop, row, word)) return;
  const nothing = row == ROW_DSB_barriers || row == ROW_DMB_barriers || row == ROW_ISB_barriers || (row == ROW_HINT_hints && !isWait(word));
  emit(uop, nothing ? Op.NOP : Op.SYSTEM, 0, 0, 0, pack(word, row));
}
/** WFE and WFI. */
function isWait(word: u32): bool { return ((word >>> 5) & 127) == 2 || ((word >>> 5) & 127) == 3; }
/** u16 row at 2, u32 word at 4, u32 code of the row at 8. */
function emitSimd(uop: usize, op: i32, row: i32, word: u32): void {
  store<u32>(uop, simdCode(row), 8);
  store<u16>(uop, <u16>row, 2);
  store<u32>(uop, word, 4);
  store<u16>(uop, <u16>op);
}

function translateImmediate(uop: usize, row: i32, word: u32): bool {
  const wide = sf(word) == 1;
  const d = target(Rd(word));
  const dSp = sourceSp(Rd(word));
  const n = source(Rn(word));
  const nSp = sourceSp(Rn(word));
  switch (row) {
    case ROW_ADR_only_pcreladdr:
    case ROW_ADRP_only_pcreladdr: {
      const imm = signed((immhi(word) << 2) | immlo(word), 21);
      emit(uop, row == ROW_ADR_only_pcreladdr ? Op.ADR : Op.ADRP, d, 0, 0, row == ROW_ADR_only_pcreladdr ? imm : imm << 12);
      return true;
    }
    case ROW_ADD_addsub_imm:
    case ROW_SUB_addsub_imm:
    case ROW_ADDS_addsub_imm:
    case ROW_SUBS_addsub_imm: {
      const imm = <u64>imm12(word) << (sh(word) == 1 ? 12 : 0);
      if (row == ROW_ADD_addsub_imm) emit(uop, wide ? Op.ADDI64 : Op.ADDI32, dSp, nSp, 0, imm);
      else if (row == ROW_SUB_addsub_imm) emit(uop, wide ? Op.ADDI64 : Op.ADDI32, dSp, nSp, 0, 0 - imm);
      else if (row == ROW_ADDS_addsub_imm) emit(uop, wide ? Op.ADDSI64 : Op.ADDSI32, d, nSp, 0, imm);
      else emit(uop, wide ? Op.SUBSI64 : Op.SUBSI32, d, nSp, 0, imm);
      return true;
    }
    case ROW_AND_log_imm:
    case ROW_ORR_log_imm:
    case ROW_EOR_log_imm:
    case ROW_ANDS_log_imm: {
      const imm = bitMask(N(word), imms(word), immr(word), wide ? 64 : 32);
      if (row == ROW_AND_log_imm) emit(uop, Op.ANDI, dSp, n, 0, imm);
      else if (row == ROW_ORR_log_imm) emit(uop, Rn(word) == XZR ? Op.MOVI : wide ? Op.ORRI64 : Op.ORRI32, dSp, n, 0, imm);
      else if (row == ROW_EOR_log_imm) emit(uop, wide ? Op.EORI64 : Op.EORI32, dSp, n, 0, imm);
      else emit(uop, wide ? Op.ANDSI64 : Op.ANDSI32, d, n, 0, imm);
      return true;
    }
    case ROW_MOVN_movewide:
    case ROW_MOVZ_movewide:
    case ROW_MOVK_movewide: {
      const amount = hw(word) * 16;
      const value = <u64>imm16(word) << amount;
      if (row == ROW_MOVK_movewide) emit(uop, wide ? Op.MOVK64 : Op.MOVK32, d, amount, 0, value);
      else emit(uop, Op.MOVI, d, 0, 0, row == ROW_MOVZ_movewide ? value : wide ? ~value : <u64>(~<u32>value));
      return true;
    }
    case ROW_SBFM_bitfield:
    case ROW_UBFM_bitfield: {
      const r = immr(word);
      const s = imms(word);
      const width: u32 = wide ? 64 : 32;
      // left so that bit s is the top one, then right
      const left = width - 1 - s;
      const right = s >= r ? left + r : left - (width - r);
      const isSigned = row == ROW_SBFM_bitfield;
      if (!isSigned && wide && s == 63) emit(uop, Op.LSRI64, d, n, 0, r);
      else if (!isSigned && wide && s + 1 == r) emit(uop, Op.LSLI64, d, n, 0, 63 - s);
      else emit(uop, isSigned ? (wide ? Op.SBF64 : Op.SBF32) : wide ? Op.UBF64 : Op.UBF32, d, n, 0, pack(left, right));
      return true;
    }
    case ROW_BFM_bitfield: {
      const r = immr(word);
      const s = imms(word);
      const width: u32 = wide ? 64 : 32;
      const mask = s >= r ? ones(s - r + 1) : ones(s + 1) << (width - r);
      emit(uop, wide ? Op.BFM64 : Op.BFM32, d, n, r, mask);
      return true;
    }
    case ROW_EXTR_extract:
      emit(uop, wide ? Op.EXTR64 : Op.EXTR32, d, n, source(Rm(word)), imms(word));
      return true;
    default:
      return false;
  }
}

/** Bit 3 of a kind: 64 bits. */
const KIND_64: u32 = 8;
/** Arithmetic kinds: 0 add, 1 adds, 2 sub, 3 subs; logic: 0 and, 1 orr, 2 eor, 3 ands, +4 with the operand inverted. */
function arithmeticKind(word: u32): u32 { return ((word >>> 29) & 3) | (sf(word) == 1 ? KIND_64 : 0); }
function logicKind(word: u32): u32 { return ((word >>> 29) & 3) | (((word >>> 21) & 1) << 2) | (sf(word) == 1 ? KIND_64 : 0); }
/** The operation of two, in the 64-bit or 32-bit form, which follow each other. */
function sized(op64: i32, word: u32): i32 { return (sf(word) == 1 ? op64 : op64 + 1); }

function logicOf(row: i32): i32 {
  switch (row) {
    case ROW_AND_log_shift: return Op.AND64;
    case ROW_ORR_log_shift: return Op.ORR64;
    case ROW_EOR_log_shift: return Op.EOR64;
    case ROW_ANDS_log_shift: return Op.ANDS64;
    case ROW_BIC_log_shift: return Op.BIC64;
    case ROW_ORN_log_shift: return Op.ORN64;
    case ROW_EON_log_shift: return Op.EON64;
    case ROW_BICS_log_shift: return Op.BICS64;
    default: return -1;
  }
}
/** Rows of two or one sources and no further operand. */
function plainOf(row: i32, word: u32): i32 {
  switch (row) {
    case ROW_ADC_addsub_carry: return sized(Op.ADC64, word);
    case ROW_ADCS_addsub_carry: return sized(Op.ADCS64, word);
    case ROW_SBC_addsub_carry: return sized(Op.SBC64, word);
    case ROW_SBCS_addsub_carry: return sized(Op.SBCS64, word);
    case ROW_UDIV_dp_2src: return sized(Op.UDIV64, word);
    case ROW_SDIV_dp_2src: return sized(Op.SDIV64, word);
    case ROW_LSLV_dp_2src: return sized(Op.LSLV64, word);
    case ROW_LSRV_dp_2src: return sized(Op.LSRV64, word);
    case ROW_ASRV_dp_2src: return sized(Op.ASRV64, word);
    case ROW_RORV_dp_2src: return sized(Op.RORV64, word);
    case ROW_RBIT_dp_1src: return sized(Op.RBIT64, word);
    case ROW_REV16_dp_1src: return sized(Op.REV16_64, word);
    case ROW_REV_32_dp_1src: return Op.REV32;
    case ROW_REV_64_dp_1src: return Op.REV64;
    case ROW_REV32_64_dp_1src: return Op.REV32_64;
    case ROW_CLZ_dp_1src: return sized(Op.CLZ64, word);
    case ROW_CLS_dp_1src: return sized(Op.CLS64, word);
    case ROW_SMULH_dp_3src: return Op.SMULH;
    case ROW_UMULH_dp_3src: return Op.UMULH;
    default: return -1;
  }
}
/** Multiply-add rows, whose addend is at 8. */
function multiplyOf(row: i32, word: u32): i32 {
  switch (row) {
    case ROW_MADD_dp_3src: return sized(Op.MADD64, word);
    case ROW_MSUB_dp_3src: return sized(Op.MSUB64, word);
    case ROW_SMADDL_dp_3src: return Op.SMADDL;
    case ROW_SMSUBL_dp_3src: return Op.SMSUBL;
    case ROW_UMADDL_dp_3src: return Op.UMADDL;
    case ROW_UMSUBL_dp_3src: return Op.UMSUBL;
    default: return -1;
  }
}
/** Conditional select, whose condition is at 8. */
function selectOf(row: i32, word: u32): i32 {
  switch (row) {
    case ROW_CSEL_condsel: return sized(Op.CSEL64, word);
    case ROW_CSINC_condsel: return sized(Op.CSINC64, word);
    case ROW_CSINV_condsel: return sized(Op.CSINV64, word);
    case ROW_CSNEG_condsel: return sized(Op.CSNEG64, word);
    default: return -1;
  }
}

function translateRegister(uop: usize, row: i32, word: u32): bool {
  const d = target(Rd(word));
  const n = source(Rn(word));
  const m = source(Rm(word));
  const logic = logicOf(row);
  if (logic >= 0) {
    if (imm6(word) != 0) emit(uop, Op.LOGIC_SHIFTED, d, n, m, pack(shift(word) << 8 | imm6(word), logicKind(word)));
    else if (row == ROW_ORR_log_shift && Rn(word) == XZR) emit(uop, sized(Op.MOV64, word), d, n, m, 0);
    else emit(uop, sized(logic, word), d, n, m, 0);
    return true;
  }
  let op = plainOf(row, word);
  if (op >= 0) {
    emit(uop, op, d, n, m, 0);
    return true;
  }
  op = multiplyOf(row, word);
  if (op >= 0) {
    emit(uop, op, d, n, m, source(Ra(word)));
    return true;
  }
  op = selectOf(row, word);
  if (op >= 0) {
    emit(uop, op, d, n, m, cond(word));
    return true;
  }
  if (row >= ROW_CRC32B_dp_2src && row <= ROW_CRC32CX_dp_2src) {
    // size in bits 11:10, polynomial in bit 12
    emit(uop, Op.CRC32, d, n, m, (word >>> 10) & 7);
    return true;
  }
  switch (row) {
    case ROW_ADD_addsub_shift:
    case ROW_ADDS_addsub_shift:
    case ROW_SUB_addsub_shift:
    case ROW_SUBS_addsub_shift: {
      const plain = row == ROW_ADD_addsub_shift ? Op.ADD64 : row == ROW_ADDS_addsub_shift ? Op.ADDS64 : row == ROW_SUB_addsub_shift ? Op.SUB64 : Op.SUBS64;
      if (imm6(word) == 0) emit(uop, sized(plain, word), d, n, m, 0);
      else if (row == ROW_ADD_addsub_shift && shift(word) == 0 && sf(word) == 1) emit(uop, Op.ADD_LSL64, d, n, m, imm6(word));
      else emit(uop, Op.ARITH_SHIFTED, d, n, m, pack(shift(word) << 8 | imm6(word), arithmeticKind(word)));
      return true;
    }
    case ROW_ADD_addsub_ext:
    case ROW_SUB_addsub_ext:
    case ROW_ADDS_addsub_ext:
    case ROW_SUBS_addsub_ext: {
      const flags = row == ROW_ADDS_addsub_ext || row == ROW_SUBS_addsub_ext;
      emit(uop, Op.ARITH_EXTENDED, flags ? d : sourceSp(Rd(word)), sourceSp(Rn(word)), m, pack(option(word) << 8 | imm3(word), arithmeticKind(word)));
      return true;
    }
    case ROW_CCMP_condcmp_reg: emit(uop, sized(Op.CCMP64, word), 0, n, m, pack(cond(word) << 4 | nzcv(word), 0)); return true;
    case ROW_CCMN_condcmp_reg: emit(uop, sized(Op.CCMN64, word), 0, n, m, pack(cond(word) << 4 | nzcv(word), 0)); return true;
    case ROW_CCMP_condcmp_imm: emit(uop, sized(Op.CCMP64, word), 0, n, R_zero, pack(cond(word) << 4 | nzcv(word), imm5(word))); return true;
    case ROW_CCMN_condcmp_imm: emit(uop, sized(Op.CCMN64, word), 0, n, R_zero, pack(cond(word) << 4 | nzcv(word), imm5(word))); return true;
    default: return false;
  }
}

/** Whether the instruction `words` away lies in the same 4096 bytes. */
function isNear(uop: usize, words: i64): bool {
  const index = <i64>((uop & (UOP_PAGE - 1)) >>> 4) + words;
  return index >= 0 && index < 1024;
}
/** A branch: near, its distance counts micro-ops, far, bytes. The far form of an operation is B_FAR - B further on. */
function emitBranch(uop: usize, op: i32, far: i32, n: u32, bit: u32, words: i64): void {
  if (isNear(uop, words)) emit(uop, op, bit, n, 0, words << 4);
  else emit(uop, far, bit, n, 0, words << 2);
}
function translateBranch(uop: usize, row: i32, word: u32): bool {
  const t = source(Rt(word));
  const wide = sf(word) == 1;
  switch (row) {
    case ROW_B_only_branch_imm: emitBranch(uop, Op.B, Op.B_FAR, 0, 0, signed(imm26(word), 26)); return true;
    case ROW_BL_only_branch_imm: emitBranch(uop, Op.BL, Op.BL_FAR, 0, 0, signed(imm26(word), 26)); return true;
    case ROW_B_only_condbranch: {
      const c = word & 15;
      const words = signed(imm19(word), 19);
      if (c >= 14) emitBranch(uop, Op.B, Op.B_FAR, 0, 0, words);
      else emitBranch(uop, Op.BEQ + c, Op.BCOND_FAR, 0, c, words);
      return true;
    }
    case ROW_CBZ_compbranch: emitBranch(uop, wide ? Op.CBZ64 : Op.CBZ32, wide ? Op.CBZ64_FAR : Op.CBZ32_FAR, t, 0, signed(imm19(word), 19)); return true;
    case ROW_CBNZ_compbranch: emitBranch(uop, wide ? Op.CBNZ64 : Op.CBNZ32, wide ? Op.CBNZ64_FAR : Op.CBNZ32_FAR, t, 0, signed(imm19(word), 19)); return true;
    case ROW_TBZ_only_testbranch: emitBranch(uop, Op.TBZ, Op.TBZ_FAR, t, b5(word) << 5 | b40(word), signed(imm14(word), 14)); return true;
    case ROW_TBNZ_only_testbranch: emitBranch(uop, Op.TBNZ, Op.TBNZ_FAR, t, b5(word) << 5 | b40(word), signed(imm14(word), 14)); return true;
    case ROW_BR_64_branch_reg: emit(uop, Op.BR, 0, source(Rn(word)), 0, 0); return true;
    case ROW_BLR_64_branch_reg: emit(uop, Op.BLR, 0, source(Rn(word)), 0, 0); return true;
    case ROW_RET_64R_branch_reg: emit(uop, Op.RET, 0, source(Rn(word)), 0, 0); return true;
    default: return false;
  }
}

/** Which of the 13 single accesses: see Op.LDRB and its successors. */
function accessOf(transfer: u32): i32 {
  const size = transferSizeLog2(transfer);
  if ((transfer & TRANSFER_LOAD) == 0) return 9 + size;
  if ((transfer & TRANSFER_SIGNED) == 0) return size;
  return (transfer & TRANSFER_WIDE) != 0 ? 4 + size : 7 + size;
}
/** Which of the 5 pairs. */
function pairOf(transfer: u32): i32 {
  const wide = transferSizeLog2(transfer) == 3;
  if ((transfer & TRANSFER_LOAD) == 0) return wide ? 3 : 4;
  return (transfer & TRANSFER_SIGNED) != 0 ? 2 : wide ? 0 : 1;
}

function translateTransfer(uop: usize, row: i32, word: u32, transfer: u32): void {
  if ((transfer & TRANSFER_PREFETCH) != 0) return emit(uop, Op.NOP, 0, 0, 0, 0);
  if ((transfer & TRANSFER_ATOMIC) != 0) return emit(uop, Op.ATOMIC, 0, 0, 0, word);
  if ((transfer & (TRANSFER_EXCLUSIVE | TRANSFER_ORDERED)) != 0) return emit(uop, Op.SYNCHRONISED, 0, 0, 0, pack(word, row));
  if ((transfer & TRANSFER_UNPRIVILEGED) != 0) return emit(uop, Op.UNPRIVILEGED, 0, sourceSp(Rn(word)), 0, pack(word, row));
  const load = (transfer & TRANSFER_LOAD) != 0;
  const t = load ? target(Rt(word)) : source(Rt(word));
  const n = sourceSp(Rn(word));
  const addressing = transferAddressing(transfer);
  if ((transfer & TRANSFER_PAIR) != 0) {
    const offset = signed(imm7(word), 7) << transferSizeLog2(transfer);
    const mode = addressing == PRE_INDEX ? 5 : addressing == POST_INDEX ? 10 : 0;
    return emit(uop, Op.LDPX + mode + pairOf(transfer), t, n, load ? target(Rt2(word)) : source(Rt2(word)), offset);
  }
  const access = accessOf(transfer);
  if (addressing == LITERAL) return emit(uop, access == 2 ? Op.LDRW_LIT : access == 3 ? Op.LDRX_LIT : Op.LDRSW_LIT, t, 0, 0, signed(imm19(word), 19) << 2);
  if (addressing == REGISTER_OFFSET) return emit(uop, Op.LDRB_R + access, t, n, source(Rm(word)), pack(option(word), S(word) == 1 ? transferSizeLog2(transfer) : 0));
  if (addressing == PRE_INDEX) return emit(uop, Op.LDRB_PRE + access, t, n, 0, signed(imm9(word), 9));
  if (addressing == POST_INDEX) return emit(uop, Op.LDRB_POST + access, t, n, 0, signed(imm9(word), 9));
  // unsigned and scaled, or signed
  const scaled = ((word >>> 24) & 1) == 1;
  emit(uop, Op.LDRB + access, t, n, 0, scaled ? <u64>imm12(word) << transferSizeLog2(transfer) : <u64>signed(imm9(word), 9));
}
