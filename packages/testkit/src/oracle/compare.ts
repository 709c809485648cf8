/** Recorded answers and new ones, field by field. */
import type { Answers, Operation, Script } from "./contract.ts";
import { DIFFERENCES, type DifferenceName, type MaskName, MASKS, type Mask, PARTS } from "./masks.ts";

/** One operation whose answers differ. */
export interface Difference {
  readonly script: string;
  readonly tag: string;
  readonly id: number;
  /** The script's line. */
  readonly text: string;
  readonly expected: string;
  readonly got: string;
}
export interface Comparison {
  readonly script: string;
  /** Operations with an answer, and those whose answers are equal but for what is masked. */
  readonly lines: number;
  readonly equal: number;
  /** Fields of all answers; those that were compared, and masked by name. */
  readonly fields: number;
  readonly masked: Readonly<Partial<Record<MaskName, number>>>;
  /** Lines that differ as decisions.md says. */
  readonly deliberate: Readonly<Partial<Record<DifferenceName, number>>>;
  readonly differences: readonly Difference[];
  /** What granule says of vcpus that hung, as they should or not. */
  readonly hangs: readonly string[];
}

/** Deliberate differences are of whole lines. */
const LINE = "line";
/** How the run ended, as a line. */
const THE_RUN: Operation = { id: 0, code: 0, operands: [], text: "the run", answers: true };

interface Field {
  readonly name: string;
  readonly value: string;
}
/** Hexadecimal digits of 8 bytes. */
const WORD = 16;
/** NAME=VALUE words; 8 bytes of a dump are one field, named "d" and their offset; a word alone is its own name. */
function fieldsOf(line: string): readonly Field[] {
  const dump = /^d (\S+) (\S*)\s*(.*)$/.exec(line);
  if (dump !== null) {
    const words = (dump[2] ?? "").match(new RegExp(`.{1,${WORD}}`, "g")) ?? [];
    const start = Number.parseInt(dump[1] ?? "0", 16);
    return [...words.map((value, i) => ({ name: `d${(start + (i * WORD) / 2).toString(16)}`, value })), ...(dump[3] === "" ? [] : fieldsOf(dump[3] ?? ""))];
  }
  return line.split(/\s+/).filter((w) => w !== "").map((word) => {
    const at = word.indexOf("=");
    return at < 0 ? { name: word, value: "" } : { name: word.slice(0, at), value: word.slice(at + 1) };
  });
}
/** `value`: what was recorded. */
const matching = <N extends string>(list: readonly Mask<N>[], script: string, { text }: Operation, name: string, value = ""): N | undefined =>
  list.find((m) => m.script.test(script) && m.text.test(text) && m.field.test(name) && m.value.test(value))?.name;
const count = <N extends string>(counts: Partial<Record<N, number>>, name: N): void => void (counts[name] = (counts[name] ?? 0) + 1);

/** Of a dump, the rows that differ. */
function rowsThatDiffer(want: readonly string[], have: readonly string[]): Pick<Difference, "expected" | "got"> {
  const show = (list: readonly string[], other: readonly string[]): string => list.filter((line, i) => list.length === 1 || line !== other[i]).join(" ; ") || "(no answer)";
  return { expected: show(want, have), got: show(have, want) };
}

/** Deliberate differences that none of the comparisons has met: of all scripts, they are there no longer. */
export const unusedDifferences = (all: readonly Comparison[]): readonly DifferenceName[] =>
  [...new Set(DIFFERENCES.map(({ name }) => name))].filter((name) => all.every(({ deliberate }) => deliberate[name] === undefined));

/** Compares the answers to a script. */
export function compareAnswers(script: Script, expected: Answers, got: Answers): Comparison {
  const masked: Partial<Record<MaskName, number>> = {};
  const deliberate: Partial<Record<DifferenceName, number>> = {};
  const differences: Difference[] = [];
  let lines = 0;
  let equal = 0;
  let fields = 0;
  /** Registers that only some calls change: their absence is masked as well. */
  const isOptional = (operation: Operation, name: string): boolean => /^x[0-9]+$/.test(name) && matching(MASKS, script.name, operation, name) !== undefined;
  /** Equal, but for masked fields. */
  const isSame = (operation: Operation, want: readonly string[], have: readonly string[]): boolean => {
    let same = want.length === have.length;
    for (const [i, line] of want.entries()) {
      const recorded = fieldsOf(line);
      const hidden = new Set<string>();
      for (const { name, value } of recorded) {
        fields++;
        const mask = matching(MASKS, script.name, operation, name, value);
        if (mask === undefined) continue;
        count(masked, mask);
        hidden.add(name);
      }
      const parts = new Map(recorded.flatMap(({ name, value }) => {
        const part = PARTS.find((p) => p.text.test(operation.text) && p.field.test(name) && p.value.test(value));
        return part === undefined ? [] : [[name, part.digits] as const];
      }));
      const valueOf = ({ name, value }: Field): string => value.slice(-(parts.get(name) ?? value.length));
      const shown = (list: readonly Field[]): string => list.filter(({ name }) => !hidden.has(name) && !isOptional(operation, name)).map((f) => `${f.name}=${valueOf(f)}`).join(" ");
      if (shown(recorded) !== shown(fieldsOf(have[i] ?? ""))) same = false;
    }
    return same;
  };
  const differ = (tag: string, operation: Operation, what: Pick<Difference, "expected" | "got">): void => {
    const reason = matching(DIFFERENCES, script.name, operation, LINE);
    if (reason !== undefined) count(deliberate, reason);
    else differences.push({ script: script.name, tag, id: operation.id, text: operation.text, ...what });
  };
  lines++;
  fields++;
  if (expected.ending === got.ending) equal++;
  else differ("-", THE_RUN, { expected: `${expected.ending} ${expected.why}`.trim(), got: `${got.ending} ${got.why}`.trim() });
  for (const { tag, operations } of script.domains)
    for (const operation of operations) {
      const want = expected.domains[tag]?.[operation.id] ?? [];
      const have = got.domains[tag]?.[operation.id] ?? [];
      if (want.length === 0 && have.length === 0) continue;
      lines++;
      if (isSame(operation, want, have)) equal++;
      else differ(tag, operation, rowsThatDiffer(want, have));
    }
  return { script: script.name, lines, equal, fields, masked, deliberate, differences, hangs: got.hangs ?? [] };
}
