/**
 * Writes what the engine knows of SIMD and floating point rows: a code of 32 bits a row, made when an instruction is decoded
 * and kept in its micro-op. Of data processing: operation, class, whether it is scalar, log2 of the element's bytes where the
 * row fixes it. Of loads and stores: what moves and how the address is formed.
 */
import type { Addressing, Row } from "../../packages/cpu-a64/src/spec/row.ts";

const CLASS_LSB = 9;
const SCALAR_LSB = 14;
const SIZE_LSB = 15;
const ADDRESSING = ["literal", "unsignedOffset", "signedOffset", "postIndex", "preIndex", "registerOffset", "base"] as const satisfies readonly Addressing[];
const FORMS = ["multiple", "single", "replicate"] as const;

/** Distinct names in the order of the rows, so that those of a class are close together. */
const distinct = (names: readonly (string | undefined)[]): string[] => [...new Set(names.filter((name) => name !== undefined))];

function memoryCode({ vector, structure, addressing = "base" }: Row): number {
  const common = ADDRESSING.indexOf(addressing) << 5;
  if (vector !== undefined) return (vector.kind === "store" ? 1 : 0) | (Math.log2(vector.bytes) << 1) | (vector.pair ? 1 << 4 : 0) | common;
  if (structure === undefined) return 0;
  const { kind, form, registers, elements, scale } = structure;
  return (kind === "store" ? 1 : 0) | common | (1 << 8) | (FORMS.indexOf(form) << 9) | ((registers - 1) << 11) | ((elements - 1) << 13) | (scale << 15);
}

/** generated/simd.ts. */
export function simdFile(rows: readonly Row[], header: string): string {
  const classes = distinct(rows.map((row) => row.simd?.class));
  const operations = distinct(rows.map((row) => row.simd?.operation));
  const codes = rows.flatMap((row, n) => {
    const { simd } = row;
    if (simd === undefined) return row.vector === undefined && row.structure === undefined ? [] : [[n, memoryCode(row)] as const];
    return [[n, operations.indexOf(simd.operation) | (classes.indexOf(simd.class) << CLASS_LSB) | ((simd.scalar ? 1 : 0) << SCALAR_LSB) | ((simd.size ?? 0) << SIZE_LSB)] as const];
  });
  const accessor = (name: string, lsb: number, width: number): string => `/* @inline */ export function ${name}(code: u32): u32 { return (code >>> ${lsb}) & ${2 ** width - 1}; }`;
  return [
    header,
    "/** Encoding classes. */", `export const enum Class { ${classes.join(", ")} }`,
    "/** Operations by their names in the rows. */", `export const enum Simd { ${operations.join(", ")} }`,
    "/** How an address is formed. */", `export const enum Addressing { ${ADDRESSING.join(", ")} }`,
    "/** What a load or store of structures moves. */", `export const enum Form { ${FORMS.join(", ")} }`,
    accessor("operationOf", 0, CLASS_LSB), accessor("classOf", CLASS_LSB, 5), accessor("isScalar", SCALAR_LSB, 1), accessor("sizeOf", SIZE_LSB, 2),
    accessor("isStore", 0, 1), accessor("bytesLog2", 1, 3), accessor("isPair", 4, 1), accessor("addressingOf", 5, 3), accessor("isStructure", 8, 1), accessor("formOf", 9, 2),
    accessor("registersOf", 11, 2), accessor("elementsOf", 13, 2), accessor("scaleOf", 15, 2),
    `/** The code of a row; 0 for one of general registers. */
export function simdCode(row: i32): u32 {
  switch (row) {
${codes.map(([n, code]) => `    case ${n}: return ${code};`).join("\n")}
    default: return 0;
  }
}`, "",
  ].join("\n");
}
