/**
 * Advanced SIMD that moves lanes: copies, permutations, tables, immediates.
 * Source: Arm ARM DDI 0487, C7.2, "Operation" of DUP, INS, SMOV, UMOV, EXT, TBL, TBX, TRN1, UZP1, ZIP1, MOVI; J1 AdvSIMDExpandImm().
 */
import { ModelBug } from "@granule/units";
import type { Fields } from "../spec/row.ts";
import { ones } from "./bits.ts";
import { type Core, type Execute, readX, writeX } from "./core.ts";
import { expandImmediate } from "./floatFormat.ts";
import { join, laneCount, operationOf, readLanes, readV, simdOf, writeV } from "./simdCore.ts";

/** imm5: the lowest bit set tells the element size, what is above it the index. */
function elementOf(imm5: number): { readonly size: number; readonly width: number; readonly index: number } {
  const size = 31 - Math.clz32(imm5 & -imm5);
  return { size, width: 8 << size, index: imm5 >> (size + 1) };
}
function insert(core: Core, n: number, width: number, index: number, value: bigint): void {
  const at = BigInt(index * width);
  writeV(core, n, (readV(core, n) & ~(ones(width) << at)) | (value << at));
}
const oneLane = (core: Core, n: number, width: number, index: number): bigint => readLanes(core, n, width, 1, index)[0] ?? 0n;

export const copy: Execute = (core, f, row) => {
  const { operation } = simdOf(row);
  const { size, width, index } = elementOf(f.imm5);
  const count = laneCount(row, f.Q, width);
  switch (operation) {
    case "DUP_element":
      return writeV(core, f.Rd, join(Array.from({ length: count }, () => oneLane(core, f.Rn, width, index)), width));
    case "DUP_general":
      return writeV(core, f.Rd, join(Array.from({ length: count }, () => readX(core, f.Rn)), width));
    case "UMOV":
      return writeX(core, f.Rd, oneLane(core, f.Rn, width, index));
    case "SMOV":
      // Bit 30 is Q: X or W
      return writeX(core, f.Rd, BigInt.asUintN((row.value & 2 ** 30) === 0 ? 32 : 64, BigInt.asIntN(width, oneLane(core, f.Rn, width, index))));
    case "INS_general":
      return insert(core, f.Rd, width, index, BigInt.asUintN(width, readX(core, f.Rn)));
    case "INS_element":
      return insert(core, f.Rd, width, index, oneLane(core, f.Rn, width, f.imm4 >> size));
    default:
      throw new ModelBug(`${row.name} copies nothing`);
  }
};

type Permute = (x: readonly bigint[], y: readonly bigint[], n: number) => bigint | undefined;
const unzip = (part: 0 | 1): Permute => (x, y, n) => [...x, ...y][n * 2 + part];
const zip = (part: 0 | 1): Permute => (x, y, n) => (n % 2 === 0 ? x : y)[part * (x.length / 2) + (n >> 1)];
const transpose = (part: 0 | 1): Permute => (x, y, n) => (n % 2 === 0 ? x : y)[n - (n % 2) + part];
const PERMUTATIONS: Readonly<Record<string, Permute>> = { UZP1: unzip(0), UZP2: unzip(1), ZIP1: zip(0), ZIP2: zip(1), TRN1: transpose(0), TRN2: transpose(1) };

export const permute: Execute = (core, f, row) => {
  const width = 8 << f.size;
  const count = laneCount(row, f.Q, width);
  const x = readLanes(core, f.Rn, width, count);
  const y = readLanes(core, f.Rm, width, count);
  const source = operationOf(PERMUTATIONS, row);
  writeV(core, f.Rd, join(x.map((_, n) => source(x, y, n) ?? 0n), width));
};
const bytesOf = (f: Fields): number => (f.Q === 1 ? 16 : 8);

export const extract: Execute = (core, f) => {
  const bytes = bytesOf(f);
  const both = [...readLanes(core, f.Rn, 8, bytes), ...readLanes(core, f.Rm, 8, bytes)];
  writeV(core, f.Rd, join(both.slice(f.imm4, f.imm4 + bytes), 8));
};

/** An index beyond the table gives 0, or for TBX leaves the destination's byte. */
export const table: Execute = (core, f, row) => {
  const bytes = bytesOf(f);
  const entries = Array.from({ length: f.len + 1 }, (_, n) => readLanes(core, (f.Rn + n) % 32, 8, 16)).flat();
  const old = simdOf(row).operation === "TBX" ? readLanes(core, f.Rd, 8, bytes) : [];
  writeV(core, f.Rd, join(readLanes(core, f.Rm, 8, bytes).map((index, n) => entries[Number(index)] ?? old[n] ?? 0n), 8));
};

const replicate = (value: bigint, width: number): bigint => join(Array.from({ length: 64 / width }, () => value), width);
/** AdvSIMDExpandImm(): 64 bits. */
function expand(op: number, cmode: number, imm8: number): bigint {
  const value = BigInt(imm8);
  const mode = cmode >> 1;
  if (mode < 4) return replicate(value << BigInt(8 * mode), 32);
  if (mode < 6) return replicate(value << BigInt(8 * (mode & 1)), 16);
  // MSL: shifted in with ones
  if (mode === 6) return replicate((cmode & 1) === 0 ? (value << 8n) | 0xffn : (value << 16n) | ones(16), 32); // MAGIC: MSL's amounts
  if ((cmode & 1) === 0) return op === 0 ? replicate(value, 8) : join(Array.from({ length: 8 }, (_, bit) => (((imm8 >> bit) & 1) === 1 ? ones(8) : 0n)), 8);
  return op === 0 ? replicate(expandImmediate("single", imm8), 32) : expandImmediate("double", imm8);
}
/** MOVI, MVNI, ORR, BIC and FMOV: which, is in cmode and op. */
export const immediate: Execute = (core, f) => {
  const half = expand(f.op, f.cmode, f.abc * 32 + f.defgh);
  const value = f.Q === 1 ? (half << 64n) | half : half;
  const width = f.Q === 1 ? 128 : 64;
  const old = readV(core, f.Rd);
  // cmode 0xx1 and 10x1 combine with the register
  const combines = (f.cmode & 1) === 1 && f.cmode < 12;
  if (combines) return writeV(core, f.Rd, BigInt.asUintN(width, f.op === 0 ? old | value : old & ~value));
  writeV(core, f.Rd, f.op === 1 && f.cmode < 14 ? value ^ ones(width) : value);
};
