// TABLE: registers
/**
 * System registers of the EL1&0 and EL2 translation regimes and of exceptions, as bit fields.
 * Source: Arm ARM DDI 0487, D23.2 "General system control registers" (field names and positions as printed there),
 * as Armv8.0 defines them: later extensions' fields are RES0 here and read as 0.
 */
import { reg } from "@granule/codec";

/** Translation Control Register (EL1). TG0 and TG1 encode the same granules differently: see `GranuleLevels`. */
export const TCR_EL1 = /* @__PURE__ */ reg("TCR_EL1", {
  T0SZ: [5, 0], EPD0: [7, 7], IRGN0: [9, 8], ORGN0: [11, 10], SH0: [13, 12], TG0: [15, 14],
  T1SZ: [21, 16], A1: [22, 22], EPD1: [23, 23], IRGN1: [25, 24], ORGN1: [27, 26], SH1: [29, 28], TG1: [31, 30],
  IPS: [34, 32], AS: [36, 36], TBI0: [37, 37], TBI1: [38, 38],
});

/** Translation Table Base Register 0 (EL1). BADDR holds address bits 47:1. */
export const TTBR0_EL1 = /* @__PURE__ */ reg("TTBR0_EL1", { BADDR: [47, 1], ASID: [63, 48] });
/** Translation Table Base Register 1 (EL1). */
export const TTBR1_EL1 = /* @__PURE__ */ reg("TTBR1_EL1", { BADDR: [47, 1], ASID: [63, 48] });

/** System Control Register (EL1). */
export const SCTLR_EL1 = /* @__PURE__ */ reg("SCTLR_EL1", {
  M: [0, 0], A: [1, 1], C: [2, 2], SA: [3, 3], SA0: [4, 4], CP15BEN: [5, 5], ITD: [7, 7], SED: [8, 8], UMA: [9, 9],
  I: [12, 12], DZE: [14, 14], UCT: [15, 15], nTWI: [16, 16], nTWE: [18, 18], WXN: [19, 19],
  E0E: [24, 24], EE: [25, 25], UCI: [26, 26],
});

/** Memory Attribute Indirection Register (EL1): eight attribute bytes. */
export const MAIR_EL1 = /* @__PURE__ */ reg("MAIR_EL1", {
  Attr0: [7, 0], Attr1: [15, 8], Attr2: [23, 16], Attr3: [31, 24], Attr4: [39, 32], Attr5: [47, 40], Attr6: [55, 48], Attr7: [63, 56],
});

/** Virtualization Translation Control Register. Bit 31 is RES1. */
export const VTCR_EL2 = /* @__PURE__ */ reg("VTCR_EL2", {
  T0SZ: [5, 0], SL0: [7, 6], IRGN0: [9, 8], ORGN0: [11, 10], SH0: [13, 12], TG0: [15, 14], PS: [18, 16], RES1: [31, 31],
});

/** Virtualization Translation Table Base Register. VMID has 8 bits without FEAT_VMID16. */
export const VTTBR_EL2 = /* @__PURE__ */ reg("VTTBR_EL2", { BADDR: [47, 1], VMID: [55, 48] });

/** Hypervisor Configuration Register. */
export const HCR_EL2 = /* @__PURE__ */ reg("HCR_EL2", {
  VM: [0, 0], SWIO: [1, 1], PTW: [2, 2], FMO: [3, 3], IMO: [4, 4], AMO: [5, 5], VF: [6, 6], VI: [7, 7], VSE: [8, 8],
  FB: [9, 9], BSU: [11, 10], DC: [12, 12], TWI: [13, 13], TWE: [14, 14], TID0: [15, 15], TID1: [16, 16], TID2: [17, 17], TID3: [18, 18],
  TSC: [19, 19], TIDCP: [20, 20], TACR: [21, 21], TSW: [22, 22], TPC: [23, 23], TPU: [24, 24], TTLB: [25, 25], TVM: [26, 26],
  TGE: [27, 27], TDZ: [28, 28], HCD: [29, 29], TRVM: [30, 30], RW: [31, 31], CD: [32, 32], ID: [33, 33],
});

/** Exception Syndrome Register of EL1 and EL2. */
export const ESR_ELx = /* @__PURE__ */ reg("ESR_ELx", { ISS: [24, 0], IL: [25, 25], EC: [31, 26] });
/** ISS of a Data Abort. */
export const ISS_DATA_ABORT = /* @__PURE__ */ reg("ISS_DATA_ABORT", {
  DFSC: [5, 0], WnR: [6, 6], S1PTW: [7, 7], CM: [8, 8], EA: [9, 9], FnV: [10, 10],
  AR: [14, 14], SF: [15, 15], SRT: [20, 16], SSE: [21, 21], SAS: [23, 22], ISV: [24, 24],
});
/** ISS of an Instruction Abort. */
export const ISS_INSTRUCTION_ABORT = /* @__PURE__ */ reg("ISS_INSTRUCTION_ABORT", { IFSC: [5, 0], S1PTW: [7, 7], EA: [9, 9], FnV: [10, 10] });
/** ISS of HVC and SVC from AArch64. */
export const ISS_HVC = /* @__PURE__ */ reg("ISS_HVC", { imm16: [15, 0] });
/** ISS of SMC from AArch64. */
export const ISS_SMC = /* @__PURE__ */ reg("ISS_SMC", { imm16: [15, 0] });
/** ISS of a trapped MSR, MRS or system instruction. Direction 1 is a read (MRS). */
export const ISS_SYS = /* @__PURE__ */ reg("ISS_SYS", {
  Direction: [0, 0], CRm: [4, 1], Rt: [9, 5], CRn: [13, 10], Op1: [16, 14], Op2: [19, 17], Op0: [21, 20],
});
/** ISS of a trapped WFI (TI 0) or WFE (TI 1). */
export const ISS_WFX = /* @__PURE__ */ reg("ISS_WFX", { TI: [0, 0], COND: [23, 20], CV: [24, 24] });

/** Physical Address Register after a successful AT. PA holds address bits 47:12. */
export const PAR_EL1 = /* @__PURE__ */ reg("PAR_EL1", { F: [0, 0], SH: [8, 7], NS: [9, 9], PA: [47, 12], ATTR: [63, 56] });
/** Physical Address Register after a failed AT. S is 1 when stage 2 faulted; PTW when it did so on a stage 1 walk. */
export const PAR_EL1_FAULT = /* @__PURE__ */ reg("PAR_EL1", { F: [0, 0], FST: [6, 1], PTW: [8, 8], S: [9, 9] });

/** Hypervisor IPA Fault Address Register. FIPA holds IPA bits 47:12, whatever the granule. */
export const HPFAR_EL2 = /* @__PURE__ */ reg("HPFAR_EL2", { FIPA: [39, 4] });

/** AArch64 Memory Model Feature Register 0. */
export const ID_AA64MMFR0_EL1 = /* @__PURE__ */ reg("ID_AA64MMFR0_EL1", {
  PARange: [3, 0], ASIDBits: [7, 4], BigEnd: [11, 8], SNSMem: [15, 12], BigEndEL0: [19, 16],
  TGran16: [23, 20], TGran64: [27, 24], TGran4: [31, 28], TGran16_2: [35, 32], TGran64_2: [39, 36], TGran4_2: [43, 40],
});

/** Saved Program Status Register, exception taken from AArch64. M: 0 EL0t, 4 EL1t, 5 EL1h, 8 EL2t, 9 EL2h. */
export const SPSR_ELx = /* @__PURE__ */ reg("SPSR_ELx", {
  M: [3, 0], nRW: [4, 4], F: [6, 6], I: [7, 7], A: [8, 8], D: [9, 9], IL: [20, 20], SS: [21, 21], V: [28, 28], C: [29, 29], Z: [30, 30], N: [31, 31],
});

/** PA and IPA sizes in bits by PARange, TCR_EL1.IPS and VTCR_EL2.PS. 52 is not reached here: LPA is out of scope. */
export const ADDRESS_SIZES: readonly number[] = /* @__PURE__ */ Object.freeze([32, 36, 40, 42, 44, 48]);

/** Address size in bits of a PARange, IPS or PS value; larger and reserved values count as the largest, 48. */
export const addressSizeBits = (encoded: number): number => ADDRESS_SIZES[encoded] ?? 48;

/** The PARange, IPS or PS value for a size in bits; undefined when the architecture has no such size. */
export function addressSizeEncoding(bits: number): number | undefined {
  const at = ADDRESS_SIZES.indexOf(bits);
  return at < 0 ? undefined : at;
}
