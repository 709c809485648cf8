/**
 * How an instruction encoding is written down, and what is derived from it.
 * Source: Arm ARM DDI 0487, C4.1 "A64 instruction set encoding": a row is one encoding of it, its fields are named as there.
 */
import { ModelBug } from "@granule/units";

/** Names of encoding fields that a program can choose. Fixed bits have no name. */
const FIELD_NAMES = [
  "sf", "sh", "shift", "option", "imm3", "imm6", "imm12", "imm16", "hw", "N", "immr", "imms", "immlo", "immhi",
  "cond", "nzcv", "imm5", "imm19", "imm26", "imm14", "b5", "b40", "imm9", "imm7", "S",
  "CRm", "CRn", "op1", "op2", "o0", "Rd", "Rn", "Rm", "Ra", "Rt", "Rt2", "Rs",
  "Q", "size", "sz", "L", "H", "M", "imm4", "immb", "abc", "defgh", "cmode", "op", "len", "ftype", "imm8", "scale",
] as const;
export type FieldName = (typeof FIELD_NAMES)[number];
/** Field values, unsigned; a field that the encoding lacks is 0. */
export type Fields = Readonly<Record<FieldName, number>>;

export const NO_FIELDS: Fields = /* @__PURE__ */ Object.freeze({
  sf: 0, sh: 0, shift: 0, option: 0, imm3: 0, imm6: 0, imm12: 0, imm16: 0, hw: 0, N: 0, immr: 0, imms: 0, immlo: 0, immhi: 0,
  cond: 0, nzcv: 0, imm5: 0, imm19: 0, imm26: 0, imm14: 0, b5: 0, b40: 0, imm9: 0, imm7: 0, S: 0,
  CRm: 0, CRn: 0, op1: 0, op2: 0, o0: 0, Rd: 0, Rn: 0, Rm: 0, Ra: 0, Rt: 0, Rt2: 0, Rs: 0,
  Q: 0, size: 0, sz: 0, L: 0, H: 0, M: 0, imm4: 0, immb: 0, abc: 0, defgh: 0, cmode: 0, op: 0, len: 0, ftype: 0, imm8: 0, scale: 0,
});

/** A part that a CPU may lack: its encodings are then unallocated. "lse": FEAT_LSE of Armv8.1. */
export type Feature = "crc32" | "lse";

/** What a load, store or prefetch moves. `width` is that of the register written: a signed 8-bit load may fill 32 or 64 bits. */
export interface Transfer {
  readonly kind: "load" | "store" | "prefetch";
  readonly bytes: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  readonly width: 32 | 64;
  /** Rt and Rt2, `bytes` each. */
  readonly pair: boolean;
}
/** What a load or store of SIMD and FP registers moves: `bytes` of Vt and, for a pair, as many of Vt2. A load clears the rest. */
export interface VectorTransfer {
  readonly kind: "load" | "store";
  readonly bytes: 1 | 2 | 4 | 8 | 16;
  readonly pair: boolean;
}
/** What LD1 to LD4 and ST1 to ST4 move: registers from Vt on, which hold structures of `elements`. */
export interface StructureTransfer {
  readonly kind: "load" | "store";
  /** Whole registers, one lane of each, or one element into all lanes. */
  readonly form: "multiple" | "single" | "replicate";
  readonly registers: 1 | 2 | 3 | 4;
  readonly elements: 1 | 2 | 3 | 4;
  /** Of "single", log2 of an element's bytes; the other forms have it in `size`. */
  readonly scale: 0 | 1 | 2 | 3;
}
/** Encoding classes of SIMD and FP data processing: what the fields mean. "Float": elements are floating-point numbers. */
export type SimdClass =
  | "threeSame" | "threeSameFloat" | "logical" | "threeDifferent" | "twoMisc" | "twoMiscFloat" | "across" | "acrossFloat" | "copy" | "permute"
  | "extract" | "table" | "immediate" | "shift" | "shiftFloat" | "element" | "elementFloat" | "pairwise" | "pairwiseFloat" | "floatOne" | "floatTwo"
  | "floatThree" | "floatCompare" | "floatConditionalCompare" | "floatSelect" | "floatImmediate" | "floatInteger" | "floatFixed";
/** What a SIMD or FP data-processing row does. */
export interface SimdOperation {
  readonly class: SimdClass;
  /** As the Arm ARM names the instruction, in capitals; where one name has several forms, the form follows it. */
  readonly operation: string;
  /** One element of the register, not all of them. */
  readonly scalar: boolean;
  /** log2 of an element's bytes, where the row fixes it. */
  readonly size?: number;
}
/** How an atomic instruction changes what it loads; "compareAndSwap" has its own operands. */
export type AtomicOperation =
  | "compareAndSwap" | "swap" | "add" | "clear" | "exclusiveOr" | "set" | "signedMaximum" | "signedMinimum" | "unsignedMaximum" | "unsignedMinimum";
/** What an atomic instruction loads and stores: `bytes`, or, for a pair, twice as many as one access. */
export interface AtomicAccess {
  readonly operation: AtomicOperation;
  readonly bytes: 1 | 2 | 4 | 8;
  /** CASP: fields Rs and Rt are half the number of the first of two registers. */
  readonly pair: boolean;
}
/** How a load or store finds its address, and whether it writes the base register. */
export type Addressing = "literal" | "unsignedOffset" | "signedOffset" | "postIndex" | "preIndex" | "registerOffset" | "base";

/** All of the named fields hold the value, or lie in the inclusive interval: the encoding is unallocated. */
export type Constraint = Readonly<Partial<Record<FieldName, number | readonly [from: number, to: number]>>>;

/** One encoding as it is written in the tables. */
export interface RowSpec {
  readonly mnemonic: string;
  /** Bits 31 to 0: runs of 0 and 1, and `name:width`. Spaces separate. `(0)` and `(1)` are bits that "should be" so. */
  readonly bits: string;
  readonly unallocated?: readonly Constraint[];
  /**
   * Pairs of register fields that make the instruction CONSTRAINED UNPREDICTABLE when equal. "base" is Rn with
   * writeback, where 31 is SP and clashes with nothing.
   */
  readonly unpredictable?: readonly (readonly ["Rn" | "Rt" | "Rs", FieldName])[];
  readonly feature?: Feature;
  readonly transfer?: Transfer;
  readonly vector?: VectorTransfer;
  readonly structure?: StructureTransfer;
  readonly simd?: SimdOperation;
  readonly atomic?: AtomicAccess;
  readonly addressing?: Addressing;
  /** LDTR and STTR: the access is checked as one of EL0. */
  readonly unprivileged?: boolean;
  /** LDXR and kin: `exclusive` uses the monitor, `ordered` has acquire or release semantics. */
  readonly exclusive?: boolean;
  readonly ordered?: boolean;
}

interface RowField {
  readonly name: FieldName;
  readonly lsb: number;
  readonly width: number;
}
/** One encoding, compiled. A word belongs to it when `(word & mask) >>> 0 === value` and no constraint refuses it. */
export interface Row<N extends string = string> extends RowSpec {
  readonly name: N;
  readonly mask: number;
  readonly value: number;
  /** The "should be one" bits, which an encoder sets and a decoder ignores. */
  readonly shouldBe: number;
  readonly fields: readonly RowField[];
}

const isFieldName = (name: string): name is FieldName => name in NO_FIELDS;

/** Compiles one row. @throws ModelBug when the bits are not 32, or a field is unknown. */
export function compileRow<N extends string>(name: N, spec: RowSpec): Row<N> {
  const fields: RowField[] = [];
  let at = 32;
  let mask = 0;
  let value = 0;
  let shouldBe = 0;
  for (const part of spec.bits.trim().split(/\s+/)) {
    const [, field, size] = /^([A-Za-z]\w*):(\d+)$/.exec(part) ?? [];
    if (field !== undefined) {
      if (!isFieldName(field)) throw new ModelBug(`${name}: no field is called ${field}`);
      at -= Number(size);
      fields.push({ name: field, lsb: at, width: Number(size) });
      continue;
    }
    if (!/^(?:[01]|\([01]\))+$/.test(part)) throw new ModelBug(`${name}: "${part}" is neither bits nor a field`);
    for (const [bit] of part.matchAll(/\([01]\)|[01]/g)) {
      at -= 1;
      // A "should be" bit of another value is CONSTRAINED UNPREDICTABLE; executing as if it held is one of the choices.
      if (bit.length > 1) {
        shouldBe += bit === "(1)" ? 2 ** at : 0;
        continue;
      }
      mask += 2 ** at;
      value += bit === "1" ? 2 ** at : 0;
    }
  }
  if (at !== 0) throw new ModelBug(`${name}: ${32 - at} bits`);
  return Object.freeze({ ...spec, name, mask, value, shouldBe, fields });
}

const meets = (value: number, want: number | readonly [number, number]): boolean =>
  typeof want === "number" ? value === want : value >= want[0] && value <= want[1];

const isMet = (constraint: Constraint, fields: Fields): boolean =>
  FIELD_NAMES.every((name) => {
    const want = constraint[name];
    return want === undefined || meets(fields[name], want);
  });

/** Whether a constraint of the row makes these field values unallocated. */
export const isUnallocated = (row: Row, fields: Fields): boolean => row.unallocated?.some((c) => isMet(c, fields)) ?? false;

/** Whether the operands clash: what the instruction then does is a choice, see the README. */
export const isUnpredictable = (row: Row, fields: Fields): boolean =>
  row.unpredictable?.some(([a, b]) => fields[a] === fields[b] && !(a === "Rn" && fields.Rn === 31)) ?? false;

/** Field values of a word that matches the row. */
export function extractFields(row: Row, word: number): Fields {
  const fields: Record<FieldName, number> = { ...NO_FIELDS };
  for (const { name, lsb, width } of row.fields) fields[name] = (word >>> lsb) & (2 ** width - 1);
  return fields;
}

/** The word of a row with these operands; absent ones are 0. @throws ModelBug when one does not fit. */
export function encodeRow(row: Row, operands: Partial<Fields>): number {
  let word = row.value + row.shouldBe;
  for (const { name, lsb, width } of row.fields) {
    const value = operands[name] ?? 0;
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** width) throw new ModelBug(`${row.name}: ${name} = ${value} does not fit ${width} bits`);
    word += value * 2 ** lsb;
  }
  for (const name of FIELD_NAMES) if (operands[name] !== undefined && !row.fields.some((f) => f.name === name)) throw new ModelBug(`${row.name} has no field ${name}`);
  return word;
}
