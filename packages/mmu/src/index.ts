export {
  type Access, ACCESS_EXECUTE, ACCESS_READ, ACCESS_WRITE, ALL_PERMISSIONS, EL0_EXECUTE, EL0_READ, EL0_WRITE, EL1_EXECUTE, EL1_READ, EL1_WRITE,
  type FoundLeaf, type Leaf, type Stage1, type Stage1Attributes, type Stage1Half, type Stage2, type Stage2Attributes, type TableMemory,
  type TableOwner, type TableTree, type Translation, type TranslationContext, type Walk, type WalkStep,
} from "./contract.ts";
export { combineAttributes, combineShareability, parOf } from "./attributes.ts";
export { type BreakBeforeMake, checkBreakBeforeMake } from "./break-before-make.ts";
export { decodeStage1, decodeStage2, type Stage1Registers, type Stage2Registers } from "./config.ts";
export { formatStep } from "./explain.ts";
export {
  ATTR_DEVICE, ATTR_NORMAL, ATTR_NORMAL_NC, createStage1, type HalfSetting, type Stage1Config, stage1Registers, type Stage1RegisterValues,
  type Stage1Setting, type Stage1Tree, STANDARD_MAIR,
} from "./stage1.ts";
export { createStage2, type Stage2Config, stage2Registers, type Stage2Tree, vtcrOf, vttbrOf } from "./stage2.ts";
export { createStickyTlb, createTlb, type Tlb, TLB_MISS } from "./tlb.ts";
export { type AdoptedTables, type TreeOptions } from "./tree.ts";
export { createTranslation, LEVEL_OFF, walk, walkStage1, walkStage2 } from "./walk.ts";
