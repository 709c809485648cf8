import { EC, ESR_ELx, faultStatus, SCTLR_EL1 } from "@granule/arm";
import { describe, expect, it } from "vitest";
import { createFlatMemory, type Region } from "../judge/memory.ts";
import { A64_ROWS, createDecoder, encode } from "../spec/decode.ts";
import type { Fields } from "../spec/row.ts";
import { createCpuState, createReferenceCpu } from "./cpu.ts";

const CODE = 0x40000;
const DATA = 0x50000;
const READ_ONLY = 0x60000;
const WNR = 0x40;
const NOWHERE = 0x70000;

interface Ran {
  readonly x: BigUint64Array;
  readonly data: DataView;
  /** Syndrome of the Data Abort that it ended in, and FAR_EL1. */
  readonly abort: { readonly iss: number; readonly far: bigint } | undefined;
}
/** Executes one instruction over 16 bytes of data: all ones but the low byte, which is 0xf0. */
function run(name: string, operands: Partial<Fields>, registers: Readonly<Record<number, bigint>>, A = 0): Ran {
  const code = new Uint8Array(16);
  new DataView(code.buffer).setUint32(0, encode(name, operands), true);
  const bytes = (): Uint8Array => new Uint8Array(16).fill(0xff).fill(0xf0, 0, 1);
  const data: Region = { base: DATA, bytes: bytes(), writable: true };
  const memory = createFlatMemory([{ base: CODE, bytes: code, writable: false }, data, { base: READ_ONLY, bytes: bytes(), writable: false }]);
  const state = createCpuState(BigInt(CODE));
  state.system.set("SCTLR_EL1", SCTLR_EL1.encode({ A }));
  for (const [n, value] of Object.entries(registers)) state.x[Number(n)] = value;
  const port = { read: () => undefined, write: () => false, operate: () => undefined };
  const outcome = createReferenceCpu({ decode: createDecoder(new Set(["lse"])), memory, port, identification: {} }, state).step();
  const esr = ESR_ELx.decode(state.system.get("ESR_EL1") ?? 0n);
  if (outcome.kind === "exception") expect(esr.EC).toBe(EC.DATA_ABORT_SAME);
  return { x: state.x, data: new DataView(data.bytes.buffer), abort: outcome.kind === "exception" ? { iss: esr.ISS, far: state.system.get("FAR_EL1") ?? 0n } : undefined };
}
const ATOMIC = A64_ROWS.filter((row) => row.atomic !== undefined);

describe("what an atomic instruction does to memory and registers", () => {
  it.each([
    ["LDADDB_32_memop", 0x20n, 0x10],
    ["LDCLRB_32_memop", 0x30n, 0xc0],
    ["LDEORB_32_memop", 0x3fn, 0xcf],
    ["LDSETB_32_memop", 0x03n, 0xf3],
    ["LDSMAXB_32_memop", 0x01n, 0x01],
    ["LDSMINB_32_memop", 0x01n, 0xf0],
    ["LDUMAXB_32_memop", 0x01n, 0xf0],
    ["LDUMINB_32_memop", 0x01n, 0x01],
    ["SWPB_32_memop", 0x55n, 0x55],
  ] as const)("%s with 0xf0 in memory and garbage above the operand", (name, operand, stored) => {
    const { x, data } = run(name, { Rs: 1, Rn: 2, Rt: 3 }, { 1: operand | 0xabcd00n, 2: BigInt(DATA), 3: 7n });
    expect([data.getUint8(0), data.getUint8(1), x[3], x[1]]).toEqual([stored, 0xff, 0xf0n, operand | 0xabcd00n]);
  });
  it("CAS stores when memory is what Rs holds, of the bytes it compares, and gives what was there", () => {
    const cas = (comparand: bigint): readonly unknown[] => {
      const { x, data } = run("CASH_32_comswap", { Rs: 1, Rn: 2, Rt: 3 }, { 1: comparand, 2: BigInt(DATA), 3: 0x11234n });
      return [data.getUint16(0, true), x[1]];
    };
    expect([cas(0x9fff0n), cas(0xfff1n)]).toEqual([[0x1234, 0xfff0n], [0xfff0, 0xfff0n]]);
  });
  it.each([
    [0xffff_fff0n, 0xffff_ffffn, 5, 6],
    [0xffff_fff0n, 0n, 0xffff_fff0, 0xffff_ffff],
    [0n, 0xffff_ffffn, 0xffff_fff0, 0xffff_ffff],
  ] as const)("CASP compares both registers: %s and %s", (low, high, stored, storedHigh) => {
    const { x, data } = run("CASP_32_comswappr", { Rs: 4, Rn: 2, Rt: 3 }, { 2: BigInt(DATA), 6: 5n, 7: 6n, 8: low, 9: high });
    expect([data.getUint32(0, true), data.getUint32(4, true), x[8], x[9]]).toEqual([stored, storedHigh, 0xffff_fff0n, 0xffff_ffffn]);
  });
  it("CASP of X30 has XZR as the second register", () => {
    const { x, data } = run("CASP_64_comswappr", { Rs: 15, Rn: 2, Rt: 0 }, { 2: BigInt(DATA), 30: 1n });
    expect([x[30], data.getUint8(8)]).toEqual([0xffff_ffff_ffff_fff0n, 0xff]);
  });
});

describe("aborts of every atomic instruction", () => {
  const at = (name: string, address: number, A = 0): Ran["abort"] => run(name, { Rn: 20 }, { 20: BigInt(address) }, A).abort;
  it.each(ATOMIC.filter(({ atomic }) => atomic !== undefined && (atomic.bytes > 1 || atomic.pair)).map(({ name }) => name))("%s must be aligned, whatever SCTLR_EL1.A says", (name) => {
    for (const A of [0, 1]) expect(at(name, DATA + 1, A)).toEqual({ iss: faultStatus("alignment", 0), far: BigInt(DATA + 1) });
  });
  it("a pair must be aligned as a whole", () => {
    expect(at("CASP_64_comswappr", DATA + 8)?.iss).toBe(faultStatus("alignment", 0));
    expect(at("CAS_64_comswap", DATA + 8)).toBeUndefined();
  });
  it.each(ATOMIC.map(({ name }) => name))("%s: what a read would fault on is reported as a read, the rest as a write", (name) => {
    expect(at(name, NOWHERE)).toEqual({ iss: faultStatus("translation", 3), far: BigInt(NOWHERE) });
    expect(at(name, READ_ONLY)).toEqual({ iss: faultStatus("permission", 3) | WNR, far: BigInt(READ_ONLY) });
  });
  it("an abort changes no register", () => {
    const { x } = run("LDADD_64_memop", { Rs: 1, Rn: 2, Rt: 3 }, { 1: 5n, 2: BigInt(READ_ONLY), 3: 9n });
    expect([x[1], x[3]]).toEqual([5n, 9n]);
  });
});
