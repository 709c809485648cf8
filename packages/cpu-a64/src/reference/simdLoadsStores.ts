/**
 * Loads and stores of SIMD and FP registers. Source: Arm ARM DDI 0487, C7.2, "Operation" of LDR (SIMD&FP), STP (SIMD&FP), LD1 (multiple
 * structures), LD1 (single structure), LD1R and their kin. A quadword moves as two doublewords, low first. All registers are
 * written last, so an abort leaves them as they were; a store that aborts may have written what came before.
 */
import { ModelBug } from "@granule/units";
import type { Fields, Row } from "../spec/row.ts";
import { ones } from "./bits.ts";
import { baseAddress, checkAlignment, type Core, type Execute, load, readX, store, writeXSp } from "./core.ts";
import { locate } from "./loadsStores.ts";
import { join, readLanes, readV, writeV } from "./simdCore.ts";

const offset = (address: bigint, by: number): bigint => (address + BigInt(by)) & ones(64);

function loadBytes(core: Core, address: bigint, bytes: 1 | 2 | 4 | 8 | 16): bigint {
  if (bytes !== 16) return load(core, address, bytes, {});
  const low = load(core, address, 8, {});
  return low | (load(core, offset(address, 8), 8, {}) << 64n);
}
function storeBytes(core: Core, address: bigint, bytes: 1 | 2 | 4 | 8 | 16, value: bigint): void {
  if (bytes !== 16) return store(core, address, bytes, value, {});
  store(core, address, 8, value, {});
  store(core, offset(address, 8), 8, value >> 64n, {});
}

/** Executes any row that has a `vector`. */
export const transferVector: Execute = (core, f, row) => {
  const { vector } = row;
  if (vector === undefined) throw new ModelBug(`${row.name} moves nothing`);
  const { bytes, kind, pair } = vector;
  const { address, writeback } = locate(core, f, row, vector);
  checkAlignment(core, address, bytes, kind === "store", {});
  const targets = pair ? [f.Rt, f.Rt2] : [f.Rt];
  if (kind === "store") targets.forEach((n, at) => storeBytes(core, offset(address, at * bytes), bytes, readV(core, n)));
  else {
    const loaded = targets.map((_, at) => loadBytes(core, offset(address, at * bytes), bytes));
    // Of one register loaded twice, the second wins, as in QEMU.
    targets.forEach((n, at) => writeV(core, n, loaded[at] ?? 0n));
  }
  if (writeback !== undefined) writeXSp(core, f.Rn, writeback);
};

/** One element in memory and in a register. */
interface Piece {
  readonly register: number;
  readonly lane: number;
}
interface Pieces {
  readonly size: 0 | 1 | 2 | 3;
  readonly list: readonly Piece[];
}
const SIZES = [0, 1, 2, 3] as const;
const register = (f: Fields, n: number): number => (f.Rt + n) % 32;

/** What is moved, in the order of memory. */
function piecesOf(f: Fields, { name, structure }: Row): Pieces {
  if (structure === undefined) throw new ModelBug(`${name} moves no structures`);
  const { form, registers, elements, scale } = structure;
  if (form === "single") {
    // Q:S:size, less what tells the element size
    const lane = (f.Q * 8 + f.S * 4 + f.size) >> scale;
    return { size: scale, list: Array.from({ length: registers }, (_, n) => ({ register: register(f, n), lane })) };
  }
  const size = SIZES[f.size] ?? 0;
  if (form === "replicate") return { size, list: Array.from({ length: registers }, (_, n) => ({ register: register(f, n), lane: 0 })) };
  const lanes = (f.Q === 1 ? 16 : 8) >> size;
  // Whole registers one after the other, or structure by structure
  const place = (at: number): Piece =>
    elements === 1 ? { register: register(f, Math.floor(at / lanes)), lane: at % lanes } : { register: register(f, at % elements), lane: Math.floor(at / elements) };
  return { size, list: Array.from({ length: lanes * registers }, (_, at) => place(at)) };
}
const BYTES = [1, 2, 4, 8] as const;

function loadPieces(core: Core, f: Fields, { structure }: Row, { size, list }: Pieces, address: bigint): void {
  const bytes = BYTES[size];
  const loaded = list.map((_, at) => load(core, offset(address, at * bytes), bytes, {}));
  const form = structure?.form;
  const lanes = new Map<number, bigint[]>();
  list.forEach((piece, at) => {
    const value = loaded[at] ?? 0n;
    const count = form === "replicate" ? (f.Q === 1 ? 16 : 8) / bytes : 16 / bytes;
    const held = lanes.get(piece.register) ?? (form === "single" ? readLanes(core, piece.register, bytes * 8, count) : Array.from({ length: count }, () => 0n));
    if (form === "replicate") held.fill(value);
    else held[piece.lane] = value;
    lanes.set(piece.register, held);
  });
  for (const [n, held] of lanes) writeV(core, n, join(held, bytes * 8));
}
/** Executes any row that has a `structure`. */
export const transferStructures: Execute = (core, f, row) => {
  const pieces = piecesOf(f, row);
  const bytes = BYTES[pieces.size];
  const isStore = row.structure?.kind === "store";
  const address = baseAddress(core, f.Rn);
  checkAlignment(core, address, bytes, isStore, {});
  const after = f.Rm === 31 ? BigInt(pieces.list.length * bytes) : readX(core, f.Rm);
  if (isStore) pieces.list.forEach(({ register: n, lane }, at) => store(core, offset(address, at * bytes), bytes, readLanes(core, n, bytes * 8, 1, lane)[0] ?? 0n, {}));
  else loadPieces(core, f, row, pieces, address);
  if (row.addressing === "postIndex") writeXSp(core, f.Rn, (address + after) & ones(64));
};
