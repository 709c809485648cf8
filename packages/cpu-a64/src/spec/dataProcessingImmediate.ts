// TABLE: A64 data processing, immediate
/** Source: Arm ARM DDI 0487, C4.1 "Data Processing -- Immediate". Rows are called as the encodings there, 32 and 64 bit in one (`sf`). */
import type { RowSpec } from "./row.ts";

const HALF_WORDS_32 = [{ sf: 0, hw: [2, 3] }] as const;
/** DecodeBitMasks(): reserved values of N:imms; and N needs 64 bits. */
const BITMASK = [
  { sf: 0, N: 1 },
  { N: 0, imms: 0b011111 }, { N: 0, imms: 0b101111 }, { N: 0, imms: 0b110111 }, { N: 0, imms: 0b111011 }, { N: 0, imms: [0b111101, 0b111111] },
  { N: 1, imms: 0b111111 },
] as const;
const BITFIELD = [{ sf: 0, N: 1 }, { sf: 1, N: 0 }, { sf: 0, immr: [32, 63] }, { sf: 0, imms: [32, 63] }] as const;

export const DATA_PROCESSING_IMMEDIATE = {
  // PC-rel. addressing
  ADR_only_pcreladdr: { mnemonic: "adr", bits: "0 immlo:2 10000 immhi:19 Rd:5" },
  ADRP_only_pcreladdr: { mnemonic: "adrp", bits: "1 immlo:2 10000 immhi:19 Rd:5" },
  // Add/subtract (immediate)
  ADD_addsub_imm: { mnemonic: "add", bits: "sf:1 0 0 100010 sh:1 imm12:12 Rn:5 Rd:5" },
  ADDS_addsub_imm: { mnemonic: "adds", bits: "sf:1 0 1 100010 sh:1 imm12:12 Rn:5 Rd:5" },
  SUB_addsub_imm: { mnemonic: "sub", bits: "sf:1 1 0 100010 sh:1 imm12:12 Rn:5 Rd:5" },
  SUBS_addsub_imm: { mnemonic: "subs", bits: "sf:1 1 1 100010 sh:1 imm12:12 Rn:5 Rd:5" },
  // Logical (immediate)
  AND_log_imm: { mnemonic: "and", bits: "sf:1 00 100100 N:1 immr:6 imms:6 Rn:5 Rd:5", unallocated: BITMASK },
  ORR_log_imm: { mnemonic: "orr", bits: "sf:1 01 100100 N:1 immr:6 imms:6 Rn:5 Rd:5", unallocated: BITMASK },
  EOR_log_imm: { mnemonic: "eor", bits: "sf:1 10 100100 N:1 immr:6 imms:6 Rn:5 Rd:5", unallocated: BITMASK },
  ANDS_log_imm: { mnemonic: "ands", bits: "sf:1 11 100100 N:1 immr:6 imms:6 Rn:5 Rd:5", unallocated: BITMASK },
  // Move wide (immediate)
  MOVN_movewide: { mnemonic: "movn", bits: "sf:1 00 100101 hw:2 imm16:16 Rd:5", unallocated: HALF_WORDS_32 },
  MOVZ_movewide: { mnemonic: "movz", bits: "sf:1 10 100101 hw:2 imm16:16 Rd:5", unallocated: HALF_WORDS_32 },
  MOVK_movewide: { mnemonic: "movk", bits: "sf:1 11 100101 hw:2 imm16:16 Rd:5", unallocated: HALF_WORDS_32 },
  // Bitfield
  SBFM_bitfield: { mnemonic: "sbfm", bits: "sf:1 00 100110 N:1 immr:6 imms:6 Rn:5 Rd:5", unallocated: BITFIELD },
  BFM_bitfield: { mnemonic: "bfm", bits: "sf:1 01 100110 N:1 immr:6 imms:6 Rn:5 Rd:5", unallocated: BITFIELD },
  UBFM_bitfield: { mnemonic: "ubfm", bits: "sf:1 10 100110 N:1 immr:6 imms:6 Rn:5 Rd:5", unallocated: BITFIELD },
  // Extract
  EXTR_extract: {
    mnemonic: "extr", bits: "sf:1 00 100111 N:1 0 Rm:5 imms:6 Rn:5 Rd:5",
    unallocated: [{ sf: 0, N: 1 }, { sf: 1, N: 0 }, { sf: 0, imms: [32, 63] }],
  },
} as const satisfies Readonly<Record<string, RowSpec>>;
