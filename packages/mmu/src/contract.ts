/**
 * The seams of the translation system: the memory that tables live in, what a walk asks and answers, and what a
 * table builder takes. Implementations: `walk.ts` (fast), `naive.ts` (slow, for tests), an engine's own.
 * Source of the terms: Arm ARM DDI 0487, D8 "The AArch64 Virtual Memory System Architecture".
 */
import type { Level, TranslationFault } from "@granule/arm";
import type { Address, AnyGranule, Bytes, Ipa, Pa, Range, Result } from "@granule/units";

/**
 * Memory as a table walk sees it: little-endian 32-bit words, naturally aligned. A descriptor is two of them, low word
 * first. `S` is the space that the tables lie in: "pa" for a walk and for stage 2, "ipa" for the stage 1 tables of a guest.
 */
export interface TableMemory<S extends "ipa" | "pa" = "pa"> {
  /** True when the 8 bytes at `at` exist; a walk that leaves memory ends in an external abort. */
  contains(at: Address<S>): boolean;
  /** The word as an unsigned or signed 32-bit number; only called where `contains`. */
  load32(at: Address<S>): number;
  store32(at: Address<S>, value: number): void;
}

/** What the access wants. Numbers, not strings: they index the permission bits. */
export const ACCESS_READ = 0;
export const ACCESS_WRITE = 1;
export const ACCESS_EXECUTE = 2;
export type Access = typeof ACCESS_READ | typeof ACCESS_WRITE | typeof ACCESS_EXECUTE;

/** Bits of `Translation.permissions`: `1 << access` for EL1, `8 << access` for EL0. */
export const EL1_READ = 1;
export const EL1_WRITE = 2;
export const EL1_EXECUTE = 4;
export const EL0_READ = 8;
export const EL0_WRITE = 16;
export const EL0_EXECUTE = 32;
export const ALL_PERMISSIONS = 63;

/**
 * The answer of a walk: one record that the caller owns and walks overwrite. After success `fault` is "none" and the
 * first group is valid; after a fault the second. Nothing is allocated by a walk.
 */
export interface Translation {
  /** Machine address (stage 2), or the output of stage 1 alone for `walkStage1`. */
  pa: Pa;
  /** Output of stage 1: what stage 2 was asked, also after a stage 2 fault on the final address. */
  ipa: Ipa;
  /** What both stages allow, for both exception levels: `EL1_READ` ... */
  permissions: number;
  /** Level of the stage 1 leaf; 4 when stage 1 is off. */
  level1: number;
  /** Level of the stage 2 leaf; 4 when stage 2 is off. */
  level2: number;
  /** log2 of the bytes of the stage 1 leaf (48 when stage 1 is off), without contiguity. */
  shift1: number;
  /** log2 of the bytes of the stage 2 leaf (48 when stage 2 is off), without contiguity. */
  shift2: number;
  /** True when the stage 1 leaf has the contiguous bit. */
  contiguous1: boolean;
  /** True when the stage 2 leaf has the contiguous bit. */
  contiguous2: boolean;
  /** Stage 1 memory type as a MAIR_EL1 attribute byte. */
  attributes: number;
  /** Stage 1 SH field of the leaf. */
  shareability1: number;
  /** Stage 2 MemAttr field; 15 (Normal write-back) when stage 2 is off. */
  memAttr2: number;
  /** Stage 2 SH field; 0 when stage 2 is off. */
  shareability2: number;
  /** Stage 1 leaf without nG: the translation holds for every ASID. */
  global: boolean;

  /** "none" after success. */
  fault: TranslationFault | "none";
  /** The stage that faulted. */
  stage: 1 | 2;
  /** Level of the fault, for the fault status code. */
  level: number;
  /** Stage 2 faulted on the address of a stage 1 descriptor (ESR_ELx.S1PTW). */
  s1ptw: boolean;
  /** The IPA that stage 2 refused (HPFAR_EL2.FIPA); meaningless when `stage` is 1. */
  faultIpa: Ipa;
}

/** One step of a walk, for people. Allocated only when somebody listens. */
export interface WalkStep {
  readonly stage: 1 | 2;
  /** True for the stage 2 steps that translate the address of a stage 1 descriptor. */
  readonly s1ptw: boolean;
  readonly level: number;
  /** Address of the table: an IPA at stage 1 when stage 2 is on, else a machine address. */
  readonly table: number;
  /** Bits of the input address that index the table, [msb, lsb]. */
  readonly bits: readonly [msb: number, lsb: number];
  readonly index: number;
  /** The 64-bit descriptor; undefined when the walk ended before it was read. */
  readonly descriptor: bigint | undefined;
  /** What the walk made of it. */
  readonly decision: "table" | "block" | "page" | TranslationFault;
  /** Output of a leaf, base address of the next table, or undefined on a fault. */
  readonly output: number | undefined;
}

/** A lookup's stage 1 half: what one TTBR of the EL1&0 regime says, decoded. */
export interface Stage1Half {
  /** EPDn: walks through this half are disabled. */
  readonly disabled: boolean;
  /** TBIn. */
  readonly topByteIgnored: boolean;
  /** 64 - TnSZ, in bits; 0 when TnSZ is out of range. */
  readonly inputBits: number;
  /** Base of the initial table in bytes, aligned as the architecture aligns it. */
  readonly base: number;
  /** True when the base has bits above the output size. */
  readonly baseTooLarge: boolean;
  readonly startLevel: number;
  /** log2 of the bytes of an entry at the initial level. */
  readonly startShift: number;
  readonly stride: number;
  /** The lowest level that may hold a block. */
  readonly firstLeafLevel: number;
  readonly granule: AnyGranule;
  readonly asid: number;
}

/** Stage 1 of the EL1&0 regime, decoded from its registers by `decodeStage1`. */
export interface Stage1 {
  /** SCTLR_EL1.M, and not HCR_EL2.DC. */
  readonly enabled: boolean;
  /** HCR_EL2.DC: with stage 1 off, memory is Normal write-back and not Device-nGnRnE. */
  readonly defaultCacheable: boolean;
  readonly writeImpliesExecuteNever: boolean;
  /** Output address size: min(IPS, PA size, 48), in bits. */
  readonly outputBits: number;
  /** PA size of the CPU in bits: the limit of addresses while stage 1 is off. */
  readonly paBits: number;
  /** TTBR0's half: bit 55 of the address is 0. */
  readonly lower: Stage1Half;
  /** TTBR1's half: bit 55 of the address is 1. */
  readonly upper: Stage1Half;
  /** MAIR_EL1, low and high word. */
  readonly mairLo: number;
  readonly mairHi: number;
  /** ASID that tags non-global translations (TCR_EL1.A1 chooses the TTBR). */
  readonly asid: number;
}

/** Stage 2, decoded from its registers by `decodeStage2`. */
export interface Stage2 {
  /** HCR_EL2.VM or HCR_EL2.DC. */
  readonly enabled: boolean;
  /** True when T0SZ, SL0 and the PA size contradict each other: every access is a translation fault at level 0. */
  readonly invalid: boolean;
  readonly inputBits: number;
  /** Output address size: min(PS, PA size, 48), in bits. */
  readonly outputBits: number;
  readonly base: number;
  readonly baseTooLarge: boolean;
  readonly startLevel: number;
  readonly startShift: number;
  readonly stride: number;
  /** The lowest level that may hold a block. */
  readonly firstLeafLevel: number;
  readonly granule: AnyGranule;
  readonly vmid: number;
}

/** What a walk needs. A vcpu keeps one and replaces its parts when a register is written. */
export interface TranslationContext {
  readonly memory: TableMemory;
  stage1: Stage1;
  stage2: Stage2;
  /** Called for every step of a walk; leave it undefined where speed matters. */
  onStep?: ((step: WalkStep) => void) | undefined;
}

/**
 * Translates a 64-bit virtual address, given as two 32-bit words, through both stages (through stage 1 only when
 * stage 2 is off). True after success; `out` says the rest.
 */
export type Walk = (context: TranslationContext, vaHi: number, vaLo: number, access: Access, el0: boolean, out: Translation) => boolean;

/** Attributes of a stage 2 mapping. */
export interface Stage2Attributes {
  readonly read: boolean;
  readonly write: boolean;
  readonly execute: boolean;
  readonly memory: "normal" | "device";
  /** The owner's type tag, bits 58:55 of each leaf: 0..15. */
  readonly tag: number;
}

/** Attributes of a stage 1 mapping in the EL1&0 regime. */
export interface Stage1Attributes {
  readonly el0: boolean;
  readonly write: boolean;
  readonly executeEl1: boolean;
  readonly executeEl0: boolean;
  /** AttrIndx: which byte of MAIR_EL1. */
  readonly attrIndex: number;
  readonly global: boolean;
  /** The owner's type tag, bits 58:55 of each leaf: 0..15. */
  readonly tag: number;
}

/** A leaf that a lookup found. */
export interface Leaf<A> {
  readonly level: Level;
  /** Where the leaf begins in the input space, in bytes. */
  readonly input: number;
  /** Where it begins in the output space, in bytes. */
  readonly output: number;
  /** Bytes of the leaf; a contiguous run has several. */
  readonly size: Bytes;
  readonly contiguous: boolean;
  readonly attributes: A;
}

/** A leaf found without allocating: see `TableTree.find`. */
export interface FoundLeaf {
  /** Output of the address that was asked, in bytes. */
  output: number;
  /** Bytes from the address that was asked to the end of the leaf. */
  size: Bytes;
  level: number;
  /** The type tag of the leaf. */
  tag: number;
  writable: boolean;
}

/** What a table tree takes from its owner. */
export interface TableOwner<S extends "ipa" | "pa"> {
  readonly memory: TableMemory<S>;
  /** `size` bytes aligned to `size`, or undefined when there are none. The tree zeroes them. */
  readonly allocTable: (size: Bytes) => Address<S> | undefined;
  /** True: what `allocTable` gives is zero, so the tree need not look. */
  readonly givesZeroes?: boolean;
  /** Gets back what `allocTable` gave, all descriptors invalid, after a flush. */
  readonly freeTable: (at: Address<S>, size: Bytes) => void;
  /** Input addresses whose translations may be cached: invalidate them before the tree goes on. */
  readonly flush: (start: number, size: Bytes) => void;
}

/**
 * Translation tables of one stage: inputs in space `I`, outputs in `O`, which is also where the tables lie. All sizes
 * and addresses are multiples of the granule.
 */
export interface TableTree<I extends "va" | "ipa", O extends "ipa" | "pa", A> {
  readonly granule: AnyGranule;
  readonly inputBits: number;
  /** Base of the initial table, for TTBR or VTTBR. */
  readonly root: Address<O>;
  /** Bytes of tables held, the initial one included. */
  tableBytes(): Bytes;
  /**
   * Maps `input` to the output range that begins at `output`, replacing what was there. EINVAL: not a multiple of the
   * granule, or outside the input or output size. ENOMEM: no table; then nothing has changed.
   */
  map(input: Range<I>, output: Address<O>, attributes: A): Result<void, "EINVAL" | "ENOMEM">;
  /** Unmaps, splitting leaves at the edges (ENOMEM: then nothing has changed); holes are skipped. */
  unmap(input: Range<I>): Result<void, "EINVAL" | "ENOMEM">;
  /** Gives what is mapped in the range other attributes; holes stay holes. */
  protect(input: Range<I>, attributes: A): Result<void, "EINVAL" | "ENOMEM">;
  /** The leaf that translates an input address. */
  lookup(at: Address<I>): Leaf<A> | undefined;
  /** As {@link lookup} without allocating: false when nothing is mapped, else `found` is filled. */
  find(at: Address<I>, found: FoundLeaf): boolean;
  /** Leaves in the range, ascending; the first and last may reach beyond it. */
  leaves(input: Range<I>): Generator<Leaf<A>, void, void>;
  /** Unmaps everything and gives back every table; the tree is unusable afterwards. */
  destroy(): void;
}
