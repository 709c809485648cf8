/** Which optional encodings a CPU has. Source: Arm ARM DDI 0487, "ID_AA64ISAR0_EL1, AArch64 Instruction Set Attribute Register 0". */
import type { Feature } from "./row.ts";

/** Where ID_AA64ISAR0_EL1 announces each: four bits, 0 is absent. The place in the list is the bit that the fast engine knows it by. */
export const FEATURES: readonly { readonly feature: Feature; readonly lsb: number }[] = /* @__PURE__ */ Object.freeze([
  { feature: "crc32", lsb: 16 },
  { feature: "lse", lsb: 20 },
]);

/** Features of a CPU by its ID_AA64ISAR0_EL1: bit n is that of FEATURES[n]. @param isar0 bits 31:0, unsigned */
export const featureBits = (isar0: number): number =>
  FEATURES.reduce((bits, { lsb }, index) => ((isar0 >>> lsb) & 0xf) === 0 ? bits : bits | (1 << index), 0);

/** The features of such bits. */
export const featuresOf = (bits: number): ReadonlySet<Feature> => new Set(FEATURES.filter((_, index) => ((bits >>> index) & 1) === 1).map(({ feature }) => feature));
