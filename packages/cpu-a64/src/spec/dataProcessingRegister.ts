// TABLE: A64 data processing, register
/** Source: Arm ARM DDI 0487, C4.1 "Data Processing -- Register". Rows are called as the encodings there, 32 and 64 bit in one (`sf`). */
import type { RowSpec } from "./row.ts";

const AMOUNT_32 = [{ sf: 0, imm6: [32, 63] }] as const;
/** ROR is for logical instructions only. */
const NO_ROR = [{ shift: 3 }, { sf: 0, imm6: [32, 63] }] as const;
const EXTEND_AMOUNT = [{ imm3: [5, 7] }] as const;

export const DATA_PROCESSING_REGISTER = {
  // Data-processing (2 source)
  UDIV_dp_2src: { mnemonic: "udiv", bits: "sf:1 0 0 11010110 Rm:5 000010 Rn:5 Rd:5" },
  SDIV_dp_2src: { mnemonic: "sdiv", bits: "sf:1 0 0 11010110 Rm:5 000011 Rn:5 Rd:5" },
  LSLV_dp_2src: { mnemonic: "lslv", bits: "sf:1 0 0 11010110 Rm:5 001000 Rn:5 Rd:5" },
  LSRV_dp_2src: { mnemonic: "lsrv", bits: "sf:1 0 0 11010110 Rm:5 001001 Rn:5 Rd:5" },
  ASRV_dp_2src: { mnemonic: "asrv", bits: "sf:1 0 0 11010110 Rm:5 001010 Rn:5 Rd:5" },
  RORV_dp_2src: { mnemonic: "rorv", bits: "sf:1 0 0 11010110 Rm:5 001011 Rn:5 Rd:5" },
  CRC32B_dp_2src: { mnemonic: "crc32b", bits: "0 0 0 11010110 Rm:5 010 0 00 Rn:5 Rd:5", feature: "crc32" },
  CRC32H_dp_2src: { mnemonic: "crc32h", bits: "0 0 0 11010110 Rm:5 010 0 01 Rn:5 Rd:5", feature: "crc32" },
  CRC32W_dp_2src: { mnemonic: "crc32w", bits: "0 0 0 11010110 Rm:5 010 0 10 Rn:5 Rd:5", feature: "crc32" },
  CRC32X_dp_2src: { mnemonic: "crc32x", bits: "1 0 0 11010110 Rm:5 010 0 11 Rn:5 Rd:5", feature: "crc32" },
  CRC32CB_dp_2src: { mnemonic: "crc32cb", bits: "0 0 0 11010110 Rm:5 010 1 00 Rn:5 Rd:5", feature: "crc32" },
  CRC32CH_dp_2src: { mnemonic: "crc32ch", bits: "0 0 0 11010110 Rm:5 010 1 01 Rn:5 Rd:5", feature: "crc32" },
  CRC32CW_dp_2src: { mnemonic: "crc32cw", bits: "0 0 0 11010110 Rm:5 010 1 10 Rn:5 Rd:5", feature: "crc32" },
  CRC32CX_dp_2src: { mnemonic: "crc32cx", bits: "1 0 0 11010110 Rm:5 010 1 11 Rn:5 Rd:5", feature: "crc32" },
  // Data-processing (1 source)
  RBIT_dp_1src: { mnemonic: "rbit", bits: "sf:1 1 0 11010110 00000 000000 Rn:5 Rd:5" },
  REV16_dp_1src: { mnemonic: "rev16", bits: "sf:1 1 0 11010110 00000 000001 Rn:5 Rd:5" },
  REV_32_dp_1src: { mnemonic: "rev", bits: "0 1 0 11010110 00000 000010 Rn:5 Rd:5" },
  REV32_64_dp_1src: { mnemonic: "rev32", bits: "1 1 0 11010110 00000 000010 Rn:5 Rd:5" },
  REV_64_dp_1src: { mnemonic: "rev", bits: "1 1 0 11010110 00000 000011 Rn:5 Rd:5" },
  CLZ_dp_1src: { mnemonic: "clz", bits: "sf:1 1 0 11010110 00000 000100 Rn:5 Rd:5" },
  CLS_dp_1src: { mnemonic: "cls", bits: "sf:1 1 0 11010110 00000 000101 Rn:5 Rd:5" },
  // Logical (shifted register)
  AND_log_shift: { mnemonic: "and", bits: "sf:1 00 01010 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5", unallocated: AMOUNT_32 },
  BIC_log_shift: { mnemonic: "bic", bits: "sf:1 00 01010 shift:2 1 Rm:5 imm6:6 Rn:5 Rd:5", unallocated: AMOUNT_32 },
  ORR_log_shift: { mnemonic: "orr", bits: "sf:1 01 01010 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5", unallocated: AMOUNT_32 },
  ORN_log_shift: { mnemonic: "orn", bits: "sf:1 01 01010 shift:2 1 Rm:5 imm6:6 Rn:5 Rd:5", unallocated: AMOUNT_32 },
  EOR_log_shift: { mnemonic: "eor", bits: "sf:1 10 01010 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5", unallocated: AMOUNT_32 },
  EON_log_shift: { mnemonic: "eon", bits: "sf:1 10 01010 shift:2 1 Rm:5 imm6:6 Rn:5 Rd:5", unallocated: AMOUNT_32 },
  ANDS_log_shift: { mnemonic: "ands", bits: "sf:1 11 01010 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5", unallocated: AMOUNT_32 },
  BICS_log_shift: { mnemonic: "bics", bits: "sf:1 11 01010 shift:2 1 Rm:5 imm6:6 Rn:5 Rd:5", unallocated: AMOUNT_32 },
  // Add/subtract (shifted register)
  ADD_addsub_shift: { mnemonic: "add", bits: "sf:1 0 0 01011 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5", unallocated: NO_ROR },
  ADDS_addsub_shift: { mnemonic: "adds", bits: "sf:1 0 1 01011 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5", unallocated: NO_ROR },
  SUB_addsub_shift: { mnemonic: "sub", bits: "sf:1 1 0 01011 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5", unallocated: NO_ROR },
  SUBS_addsub_shift: { mnemonic: "subs", bits: "sf:1 1 1 01011 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5", unallocated: NO_ROR },
  // Add/subtract (extended register)
  ADD_addsub_ext: { mnemonic: "add", bits: "sf:1 0 0 01011 00 1 Rm:5 option:3 imm3:3 Rn:5 Rd:5", unallocated: EXTEND_AMOUNT },
  ADDS_addsub_ext: { mnemonic: "adds", bits: "sf:1 0 1 01011 00 1 Rm:5 option:3 imm3:3 Rn:5 Rd:5", unallocated: EXTEND_AMOUNT },
  SUB_addsub_ext: { mnemonic: "sub", bits: "sf:1 1 0 01011 00 1 Rm:5 option:3 imm3:3 Rn:5 Rd:5", unallocated: EXTEND_AMOUNT },
  SUBS_addsub_ext: { mnemonic: "subs", bits: "sf:1 1 1 01011 00 1 Rm:5 option:3 imm3:3 Rn:5 Rd:5", unallocated: EXTEND_AMOUNT },
  // Add/subtract (with carry)
  ADC_addsub_carry: { mnemonic: "adc", bits: "sf:1 0 0 11010000 Rm:5 000000 Rn:5 Rd:5" },
  ADCS_addsub_carry: { mnemonic: "adcs", bits: "sf:1 0 1 11010000 Rm:5 000000 Rn:5 Rd:5" },
  SBC_addsub_carry: { mnemonic: "sbc", bits: "sf:1 1 0 11010000 Rm:5 000000 Rn:5 Rd:5" },
  SBCS_addsub_carry: { mnemonic: "sbcs", bits: "sf:1 1 1 11010000 Rm:5 000000 Rn:5 Rd:5" },
  // Conditional compare (register), (immediate)
  CCMN_condcmp_reg: { mnemonic: "ccmn", bits: "sf:1 0 1 11010010 Rm:5 cond:4 0 0 Rn:5 0 nzcv:4" },
  CCMP_condcmp_reg: { mnemonic: "ccmp", bits: "sf:1 1 1 11010010 Rm:5 cond:4 0 0 Rn:5 0 nzcv:4" },
  CCMN_condcmp_imm: { mnemonic: "ccmn", bits: "sf:1 0 1 11010010 imm5:5 cond:4 1 0 Rn:5 0 nzcv:4" },
  CCMP_condcmp_imm: { mnemonic: "ccmp", bits: "sf:1 1 1 11010010 imm5:5 cond:4 1 0 Rn:5 0 nzcv:4" },
  // Conditional select
  CSEL_condsel: { mnemonic: "csel", bits: "sf:1 0 0 11010100 Rm:5 cond:4 00 Rn:5 Rd:5" },
  CSINC_condsel: { mnemonic: "csinc", bits: "sf:1 0 0 11010100 Rm:5 cond:4 01 Rn:5 Rd:5" },
  CSINV_condsel: { mnemonic: "csinv", bits: "sf:1 1 0 11010100 Rm:5 cond:4 00 Rn:5 Rd:5" },
  CSNEG_condsel: { mnemonic: "csneg", bits: "sf:1 1 0 11010100 Rm:5 cond:4 01 Rn:5 Rd:5" },
  // Data-processing (3 source)
  MADD_dp_3src: { mnemonic: "madd", bits: "sf:1 00 11011 000 Rm:5 0 Ra:5 Rn:5 Rd:5" },
  MSUB_dp_3src: { mnemonic: "msub", bits: "sf:1 00 11011 000 Rm:5 1 Ra:5 Rn:5 Rd:5" },
  SMADDL_dp_3src: { mnemonic: "smaddl", bits: "1 00 11011 001 Rm:5 0 Ra:5 Rn:5 Rd:5" },
  SMSUBL_dp_3src: { mnemonic: "smsubl", bits: "1 00 11011 001 Rm:5 1 Ra:5 Rn:5 Rd:5" },
  SMULH_dp_3src: { mnemonic: "smulh", bits: "1 00 11011 010 Rm:5 0 (1)(1)(1)(1)(1) Rn:5 Rd:5" },
  UMADDL_dp_3src: { mnemonic: "umaddl", bits: "1 00 11011 101 Rm:5 0 Ra:5 Rn:5 Rd:5" },
  UMSUBL_dp_3src: { mnemonic: "umsubl", bits: "1 00 11011 101 Rm:5 1 Ra:5 Rn:5 Rd:5" },
  UMULH_dp_3src: { mnemonic: "umulh", bits: "1 00 11011 110 Rm:5 0 (1)(1)(1)(1)(1) Rn:5 Rd:5" },
} as const satisfies Readonly<Record<string, RowSpec>>;
