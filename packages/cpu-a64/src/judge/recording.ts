/** What is kept of a judged run: one hash of all registers after each instruction, so that a replay finds the first that differs. */
import type { CpuState } from "../reference/contract.ts";
import { savedStatus } from "../reference/exceptions.ts";
import type { Generated } from "./generate.ts";

/** What a program is: a user process, a kernel of its own, or a user process with FEAT_LSE. */
export type Level = "EL0" | "EL1" | "atomics";
/** Seeds and lengths that the recordings hold. */
export const RECORDED = [
  { level: "EL0", seed: "recorded-1", count: 12000 }, { level: "EL0", seed: "recorded-2", count: 12000 }, { level: "EL0", seed: "recorded-3", count: 12000 },
  { level: "EL1", seed: "recorded-4", count: 4000 },
] as const;
/** Those of the second file, of a CPU with FEAT_LSE. */
export const RECORDED_ATOMICS = [{ level: "atomics", seed: "recorded-5", count: 9000 }] as const;

const FNV_PRIME = 0x01000193;
const FNV_OFFSET = 0x811c9dc5;
const mix = (hash: number, word: number): number => Math.imul(hash ^ word, FNV_PRIME) ^ (hash >>> 15);

/** V0 to V31 as in a BigUint64Array, FPCR, FPSR. */
export interface SimdState {
  readonly words: Uint32Array;
  readonly fpcr: number;
  readonly fpsr: number;
}
/** 32 bits over X0 to X30, SP, PC, PSTATE and, if given, SIMD and FP registers; `words` holds the registers as in a BigUint64Array. */
export function hashRegisters(words: Uint32Array, sp: bigint, pc: number, pstate: number, simd?: SimdState): number {
  let hash = FNV_OFFSET;
  if (simd !== undefined) {
    for (let n = 0; n < 128; n += 1) hash = mix(hash, simd.words[n] ?? 0);
    hash = mix(mix(hash, simd.fpcr), simd.fpsr);
  }
  for (let n = 0; n < 62; n += 1) hash = mix(hash, words[n] ?? 0);
  hash = mix(hash, Number(sp & 0xffffffffn));
  hash = mix(hash, Number(sp >> 32n));
  return mix(mix(hash, pc), pstate) >>> 0;
}
export const hashState = (state: CpuState, words: Uint32Array, simd?: SimdState): number =>
  hashRegisters(words, state.el === 1 && state.spSel === 1 ? state.spEl1 : state.spEl0, Number(state.pc), savedStatus(state), simd);
/** Registers of a state as 32-bit words, low first. */
export const wordsOf = ({ buffer, byteOffset, byteLength }: BigUint64Array): Uint32Array => new Uint32Array(buffer, byteOffset, byteLength / 4);
/** `words`: a view of the state's V registers. */
export const simdState = (state: CpuState, words: Uint32Array): SimdState => ({ words, fpcr: Number(state.system.get("FPCR") ?? 0n), fpsr: Number(state.system.get("FPSR") ?? 0n) });

/** Over bytes or words: of a program, to know that the generator still makes it, and of memory at the end. */
export function hashOf(list: Iterable<number>): number {
  let hash = FNV_OFFSET;
  for (const item of list) hash = mix(hash, item);
  return hash >>> 0;
}
export const hashProgram = ({ words, literals, registers }: Generated): number =>
  hashOf([hashOf(words), hashOf(new Uint32Array(literals.buffer)), hashOf(new Uint32Array(registers.buffer))]);
