/** From a word to its row and fields. Source: Arm ARM DDI 0487, C4.1 "A64 instruction set encoding". */
import { ModelBug } from "@granule/units";
import { ATOMICS } from "./atomics.ts";
import { BRANCHES } from "./branches.ts";
import { DATA_PROCESSING_IMMEDIATE } from "./dataProcessingImmediate.ts";
import { DATA_PROCESSING_REGISTER } from "./dataProcessingRegister.ts";
import { LOADS_STORES } from "./loadsStores.ts";
import { compileRow, encodeRow, extractFields, type Feature, type Fields, isUnallocated, type Row, type RowSpec } from "./row.ts";
import { SIMD_FLOAT } from "./simdFloat.ts";
import { SIMD_INTEGER } from "./simdInteger.ts";
import { SIMD_LOADS_STORES } from "./simdLoadsStores.ts";

/** Integer encodings that are not loads or stores, by name: each has code of its own; loads, stores and SIMD rows share theirs. */
export type OperationName = keyof typeof DATA_PROCESSING_IMMEDIATE | keyof typeof DATA_PROCESSING_REGISTER | keyof typeof BRANCHES;

const compile = (table: Readonly<Record<string, RowSpec>>): Row[] => Object.entries(table).map(([name, spec]) => compileRow(name, spec));

/** Every encoding that is modelled. No two of them match one word. */
export const A64_ROWS: readonly Row[] = /* @__PURE__ */ Object.freeze(
  [DATA_PROCESSING_IMMEDIATE, DATA_PROCESSING_REGISTER, BRANCHES, LOADS_STORES, ATOMICS, SIMD_INTEGER, SIMD_FLOAT, SIMD_LOADS_STORES].flatMap(compile),
);

/** The row of that name. @throws ModelBug when there is none. */
function rowNamed(name: string): Row {
  const row = A64_ROWS.find((r) => r.name === name);
  if (row === undefined) throw new ModelBug(`no A64 encoding is called ${name}`);
  return row;
}

/** The word of a named encoding; absent fields are 0. @throws ModelBug for an unknown name or a field that does not fit. */
export const encode = (name: string, operands: Partial<Fields>): number => encodeRow(rowNamed(name), operands);

export interface Instruction {
  readonly word: number;
  readonly row: Row;
  readonly fields: Fields;
}
/** The instruction in a word (unsigned or signed 32 bits); undefined when it is unallocated on a CPU with these features. */
export type Decoder = (word: number) => Instruction | undefined;

/** Bits 28:21 tell nearly all rows apart. */
const INDEX_LSB = 21;
const INDEX_BITS = 8;

/** A decoder for a CPU with these optional features. */
export function createDecoder(features: ReadonlySet<Feature>): Decoder {
  const rows = A64_ROWS.filter((row) => row.feature === undefined || features.has(row.feature));
  const indexMask = 2 ** INDEX_BITS - 1;
  const buckets = Array.from({ length: 2 ** INDEX_BITS }, (_, index) =>
    rows.filter((row) => (((row.mask >>> INDEX_LSB) & (index ^ (row.value >>> INDEX_LSB))) & indexMask) === 0),
  );
  return (word) => {
    for (const row of buckets[(word >>> INDEX_LSB) & indexMask] ?? []) {
      if ((word & row.mask) >>> 0 !== row.value) continue;
      const fields = extractFields(row, word);
      // No two rows match one word, so no other can be meant.
      return isUnallocated(row, fields) ? undefined : { word: word >>> 0, row, fields };
    }
    return undefined;
  };
}
