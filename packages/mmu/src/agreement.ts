/**
 * Compares a walker with the naive one: every field of the answer that both have. Used by the conformance suite and
 * the property tests.
 */
import { toNumber } from "@granule/units";
import { type Access, ACCESS_EXECUTE, ACCESS_READ, ACCESS_WRITE, EL0_EXECUTE, EL0_READ, EL0_WRITE, EL1_EXECUTE, EL1_READ, EL1_WRITE, type Translation } from "./contract.ts";
import type { NaiveFailure, NaiveOutput, NaiveQuery, NaiveTranslation } from "./naive.ts";

const LETTERS: readonly (readonly [number, string])[] = [
  [EL1_READ, "r"], [EL1_WRITE, "w"], [EL1_EXECUTE, "x"], [EL0_READ, "R"], [EL0_WRITE, "W"], [EL0_EXECUTE, "X"],
];
/** Permission bits as the naive walker's letters, sorted. */
const lettersOf = (permissions: number): string => sorted(LETTERS.filter(([bit]) => (permissions & bit) !== 0).map(([, letter]) => letter).join(""));
const sorted = (text: string): string => [...text].sort().join("");

/** The access of a naive query. */
export const accessOf = (query: NaiveQuery): Access => (query.access === "read" ? ACCESS_READ : query.access === "write" ? ACCESS_WRITE : ACCESS_EXECUTE);

const stageText = (o: { level: number | undefined; contiguous: boolean; memory: number; shareability: number }): string =>
  `level ${o.level ?? "off"}${o.contiguous ? " contiguous" : ""} memory 0x${o.memory.toString(16)} SH ${o.shareability}`;
const naiveStage = (o: NaiveOutput): string =>
  stageText({ level: o.level, contiguous: o.contiguous, memory: Number(o.memory), shareability: Number(o.shareability) });

const faultText = (kind: string, stage: number, level: number, s1ptw: boolean, ipa: string): string =>
  `${kind} stage ${stage} level ${level}${s1ptw ? " s1ptw" : ""}${stage === 2 ? ` ipa 0x${ipa}` : ""}`;

/** The naive answer in one line. */
export function naiveText(answer: NaiveTranslation | NaiveFailure): string {
  if (!answer.ok) return faultText(answer.fault, answer.stage, answer.level, answer.s1ptw, (answer.ipa ?? 0n).toString(16));
  const stage2 = answer.stage2 === undefined ? "off" : naiveStage(answer.stage2);
  return `pa 0x${answer.pa.toString(16)} ipa 0x${answer.ipa.toString(16)} ${sorted(answer.allowed)} [${naiveStage(answer.stage1)}${answer.stage1.global ? " global" : ""}] [${stage2}]`;
}

const OFF = 4;
/** A walker's answer in the same form. */
export function translationText(ok: boolean, t: Translation): string {
  if (!ok) return faultText(t.fault, t.stage, t.level, t.s1ptw, toNumber(t.faultIpa).toString(16));
  const stage1 = stageText({ level: t.level1 === OFF ? undefined : t.level1, contiguous: t.contiguous1, memory: t.attributes, shareability: t.shareability1 });
  const stage2 = t.level2 === OFF ? "off" : stageText({ level: t.level2, contiguous: t.contiguous2, memory: t.memAttr2, shareability: t.shareability2 });
  return `pa 0x${toNumber(t.pa).toString(16)} ipa 0x${toNumber(t.ipa).toString(16)} ${lettersOf(t.permissions)} [${stage1}${t.global ? " global" : ""}] [${stage2}]`;
}
