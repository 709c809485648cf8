export {
  type CpuModel, CPU_MODELS, cpuModel, findCpu, granulesOf,
} from "./cpu.ts";
export {
  AP, DESCRIPTOR_BLOCK, DESCRIPTOR_PAGE, DESCRIPTOR_TABLE, DESCRIPTOR_TYPE_MASK, DESCRIPTOR_VALID,
  LEAF_STAGE1, LEAF_STAGE2, MAIR_ATTR, MEMATTR, S2AP, SH, TABLE_STAGE1,
} from "./descriptors.ts";
export {
  EC, type ExceptionClass, FAULT_STATUS, type FaultKind, faultOfStatus, faultStatus, type TranslationFault,
} from "./exceptions.ts";
export {
  DESCRIPTOR_SHIFT, DESCRIPTOR_SIZE, type Geometry, type GranuleLevels, leafSizes, type Level, levelRow, type LevelRow, LEVELS, levelsOf,
  MAX_ADDRESS_BITS, MAX_CONCATENATED_LOG2, MAX_TXSZ, MIN_TXSZ, stage1Geometry, stage2Geometry, stage2StartFault,
} from "./levels.ts";
export {
  ADDRESS_SIZES, addressSizeBits, addressSizeEncoding, ESR_ELx, HCR_EL2, HPFAR_EL2, ID_AA64MMFR0_EL1, ISS_DATA_ABORT, ISS_HVC,
  ISS_INSTRUCTION_ABORT, ISS_SMC, ISS_SYS, ISS_WFX, MAIR_EL1, PAR_EL1, PAR_EL1_FAULT, SCTLR_EL1, SPSR_ELx, TCR_EL1, TTBR0_EL1, TTBR1_EL1,
  VTCR_EL2, VTTBR_EL2,
} from "./registers.ts";
