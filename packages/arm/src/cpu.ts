/**
 * CPU models: identification, physical address size and the translation granules of each stage.
 * Source: Arm ARM DDI 0487, "ID_AA64MMFR0_EL1, AArch64 Memory Model Feature Register 0"; the technical reference
 * manuals of the named cores for MIDR_EL1 and ID_AA64MMFR0_EL1. Models in quotes are invented.
 */
import { type AnyGranule, GRANULE_16K, GRANULE_4K, GRANULE_64K } from "@granule/units";
import { addressSizeBits, ID_AA64MMFR0_EL1 } from "./registers.ts";

/** A CPU as far as the page size is concerned. */
export interface CpuModel {
  readonly name: string;
  /** MIDR_EL1. */
  readonly midr: bigint;
  /** Physical address size in bits. */
  readonly paBits: number;
  /** ID_AA64MMFR0_EL1. */
  readonly idAa64mmfr0: bigint;
  /** ID_AA64ISAR0_EL1: optional instructions. */
  readonly idAa64isar0: bigint;
  /** Granules at stage 1, smallest first. */
  readonly stage1: readonly AnyGranule[];
  /** Granules at stage 2, smallest first. */
  readonly stage2: readonly AnyGranule[];
}

interface GranuleFields {
  readonly granule: AnyGranule;
  readonly stage1: "TGran4" | "TGran16" | "TGran64";
  readonly stage2: "TGran4_2" | "TGran16_2" | "TGran64_2";
  /** Value of the stage 1 field that means "not supported". */
  readonly absent: 0 | 15;
}
const GRANULE_FIELDS: readonly GranuleFields[] = [
  { granule: GRANULE_4K, stage1: "TGran4", stage2: "TGran4_2", absent: 15 },
  { granule: GRANULE_16K, stage1: "TGran16", stage2: "TGran16_2", absent: 0 },
  { granule: GRANULE_64K, stage1: "TGran64", stage2: "TGran64_2", absent: 15 },
];
/** TGran*_2 values: as stage 1, not supported; 2 and above are supported. */
const STAGE2_AS_STAGE1 = 0;
const STAGE2_ABSENT = 1;

/** The granules that an ID_AA64MMFR0_EL1 value announces, per stage, smallest first. */
export function granulesOf(idAa64mmfr0: bigint): Pick<CpuModel, "stage1" | "stage2"> {
  const value = ID_AA64MMFR0_EL1.decode(idAa64mmfr0);
  const atStage1 = (row: GranuleFields): boolean => value[row.stage1] !== row.absent;
  const atStage2 = (row: GranuleFields): boolean =>
    value[row.stage2] === STAGE2_AS_STAGE1 ? atStage1(row) : value[row.stage2] !== STAGE2_ABSENT;
  const list = (has: (row: GranuleFields) => boolean): readonly AnyGranule[] => Object.freeze(GRANULE_FIELDS.filter(has).map((row) => row.granule));
  return { stage1: list(atStage1), stage2: list(atStage2) };
}

/** A model from its identification registers; the rest is derived. */
export function cpuModel(name: string, midr: bigint, idAa64mmfr0: bigint, idAa64isar0 = 0n): CpuModel {
  const paBits = addressSizeBits(ID_AA64MMFR0_EL1.fields.PARange.get(idAa64mmfr0));
  return Object.freeze({ name, midr, paBits, idAa64mmfr0, idAa64isar0, ...granulesOf(idAa64mmfr0) });
}

/** PARange 2 (40 bits), 16-bit ASIDs, mixed endianness, Secure and Non-secure memory: what the invented models share. */
const BASE = { PARange: 2, ASIDBits: 2, BigEnd: 1, SNSMem: 1 } as const;
const mmfr0 = ID_AA64MMFR0_EL1.encode;
/** MIDR_EL1 of the invented models: implementer 0 (software), architecture by ID registers. */
const INVENTED = 0x000f0000n;
/** ID_AA64ISAR0_EL1: Atomic 0b0010 (FEAT_LSE) and CRC32 0b0001, which Armv8.1 requires. */
const ISAR0_ARMV8_1 = 0x0021_0000n;

/** Every model, by name. "all-granules" is the default of a pair of domains. */
export const CPU_MODELS: readonly CpuModel[] = /* @__PURE__ */ Object.freeze([
  cpuModel("all-granules", INVENTED, mmfr0({ ...BASE, TGran16: 1 })),
  cpuModel("cortex-a35", 0x411fd040n, 0x0010_1122n),
  cpuModel("cortex-a57", 0x411fd070n, 0x0000_1124n),
  cpuModel("only-4k", INVENTED, mmfr0({ ...BASE, TGran64: 15 })),
  cpuModel("only-16k", INVENTED, mmfr0({ ...BASE, TGran4: 15, TGran16: 1, TGran64: 15 })),
  cpuModel("only-64k", INVENTED, mmfr0({ ...BASE, TGran4: 15 })),
  cpuModel("no-16k", INVENTED, mmfr0({ ...BASE })),
  cpuModel("no-4k-stage2", INVENTED, mmfr0({ ...BASE, TGran16: 1, TGran4_2: 1 })),
  cpuModel("no-16k-stage2", INVENTED, mmfr0({ ...BASE, TGran16: 1, TGran16_2: 1 })),
  cpuModel("no-64k-stage2", INVENTED, mmfr0({ ...BASE, TGran16: 1, TGran64_2: 1 })),
  cpuModel("armv8.1-lse", INVENTED, mmfr0({ ...BASE, TGran16: 1 }), ISAR0_ARMV8_1),
]);

/** Finds a model by name; undefined when there is none. */
export const findCpu = (name: string): CpuModel | undefined => CPU_MODELS.find((cpu) => cpu.name === name);
