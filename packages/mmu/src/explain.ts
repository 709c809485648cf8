/**
 * Walks told step by step, for people: level, table, index bits, descriptor, decision.
 * Source of the terms: Arm ARM DDI 0487, D8.2 "Translation process".
 */
import { hex } from "@granule/units";
import type { WalkStep } from "./contract.ts";

const word64 = (hi: number, lo: number): bigint => (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0);

/** Builds a step and hands it on; out of the walk's line because it allocates. `words`: the descriptor, high word first. */
export function report(
  onStep: (step: WalkStep) => void, stage: 1 | 2, s1ptw: boolean, level: number, table: number, shift: number, width: number, index: number,
  words: readonly [hi: number, lo: number] | undefined, decision: WalkStep["decision"], output: number | undefined,
): void {
  onStep({
    stage, s1ptw, level, table, bits: [shift + width - 1, shift], index,
    descriptor: words === undefined ? undefined : word64(words[0], words[1]), decision, output,
  });
}

const DECISIONS: Readonly<Record<WalkStep["decision"], string>> = {
  table: "next table at", block: "block, output", page: "page, output",
  translation: "translation fault", accessFlag: "access flag fault", permission: "permission fault", addressSize: "address size fault",
  externalAbortOnWalk: "external abort: no memory there",
};

/** One line of text per step, e.g. `stage 1 level 2: table 0x40001000 [29:21] = 3 -> 0x...403: next table at 0x40002000`. */
export function formatStep(step: WalkStep): string {
  const indent = step.s1ptw ? "    " : "";
  const [msb, lsb] = step.bits;
  const read = step.descriptor === undefined ? "" : ` -> ${hex(step.descriptor)}`;
  const output = step.output === undefined ? "" : ` ${hex(step.output)}`;
  return `${indent}stage ${step.stage} level ${step.level}: table ${hex(step.table)} [${msb}:${lsb}] = ${step.index}${read}: ${DECISIONS[step.decision]}${output}`;
}
