/** What the generator's parts share: where things are, and how instructions are appended. Addresses and sizes in bytes. */
import { encodeRow, type FieldName, type Fields, isUnallocated, NO_FIELDS, type Row } from "../spec/row.ts";
import type { Choice } from "./random.ts";

/** Where a program's data lies: in the memory of QEMU's virt machine too. Far from its code, so that no offset leads from one to the other. */
export const DATA_BASE = 0x50000000;
export const DATA_SIZE = 0x20000;
/** How many values an imm16 field has. */
export const HALF_WORD = 0x10000; // MAGIC: 2^16 values of a half-word
/** Literals that programs load: 64-bit values before the first instruction. */
export const LITERALS = 512;

/** Appends one instruction. `at` is the index of the next one. */
export interface Emitter {
  readonly choice: Choice;
  readonly at: number;
  word(word: number): void;
  emit(name: string, operands: Partial<Fields>): void;
}

/** AESE and kin, SHA1C and kin, SHA1H and kin, PMULL of doublewords: masks and values. */
const CRYPTOGRAPHY = [[0xff3e0c00, 0x4e280800], [0xff208c00, 0x5e000000], [0xff3e0c00, 0x5e280800], [0xbfe0fc00, 0x0ee0e000]] as const;
/** Encodings that the judge's CPU has and the rows have not. */
export const isCryptography = (word: number): boolean => CRYPTOGRAPHY.some(([mask, value]) => (word & mask) >>> 0 === value);

/** Field values at random; the second try of an unallocated combination stands. */
export function randomFields(choice: Choice, row: Row): Fields {
  const draw = (): Fields => {
    const fields: Record<FieldName, number> = { ...NO_FIELDS };
    for (const { name, width } of row.fields) fields[name] = choice.below(2 ** width);
    return fields;
  };
  let fields = draw();
  for (let tries = 0; tries < 8 && isUnallocated(row, fields); tries += 1) fields = draw();
  return fields;
}
/** The word of a row with these fields; fields that the row lacks are dropped. */
export const wordOf = (row: Row, fields: Fields): number => encodeRow(row, Object.fromEntries(row.fields.map(({ name }) => [name, fields[name]])));
