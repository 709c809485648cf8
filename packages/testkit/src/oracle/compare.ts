/** Recorded answers and new ones, field by field. */
import type { Answers, Operation, Script } from "./contract.ts";
import { DIFFERENCES, type DifferenceName, type MaskName, MASKS, type Mask } from "./masks.ts";

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
}

interface Field {
  readonly name: string;
  readonly value: string;
}
/** NAME=VALUE words; a dump's row is one field; a word alone is its own name. */
function fieldsOf(line: string): readonly Field[] {
  const dump = /^d (\S+) (\S*)\s*(.*)$/.exec(line);
  if (dump !== null) return [{ name: `d${dump[1] ?? ""}`, value: dump[2] ?? "" }, ...(dump[3] === "" ? [] : fieldsOf(dump[3] ?? ""))];
  return line.split(/\s+/).filter((w) => w !== "").map((word) => {
    const at = word.indexOf("=");
    return at < 0 ? { name: word, value: "" } : { name: word.slice(0, at), value: word.slice(at + 1) };
  });
}
const matching = <N extends string>(list: readonly Mask<N>[], script: string, { text }: Operation, name: string): N | undefined =>
  list.find((m) => m.script.test(script) && m.text.test(text) && m.field.test(name))?.name;
const count = <N extends string>(counts: Partial<Record<N, number>>, name: N): void => void (counts[name] = (counts[name] ?? 0) + 1);

/** Of a dump, the rows that differ. */
function rowsThatDiffer(want: readonly string[], have: readonly string[]): Pick<Difference, "expected" | "got"> {
  const show = (list: readonly string[], other: readonly string[]): string => list.filter((line, i) => list.length === 1 || line !== other[i]).join(" ; ") || "(no answer)";
  return { expected: show(want, have), got: show(have, want) };
}

/** Compares the answers to a script. */
export function compareAnswers(script: Script, expected: Answers, got: Answers): Comparison {
  const masked: Partial<Record<MaskName, number>> = {};
  const deliberate: Partial<Record<DifferenceName, number>> = {};
  const differences: Difference[] = [];
  let lines = 0;
  let equal = 0;
  let fields = 0;
  /** Equal, but for masked fields. */
  const isSame = (operation: Operation, want: readonly string[], have: readonly string[]): boolean => {
    let same = want.length === have.length;
    for (const [i, line] of want.entries()) {
      const kept = (text: string, counts: boolean): string =>
        fieldsOf(text).filter(({ name }) => {
          const mask = matching(MASKS, script.name, operation, name);
          if (counts) fields++;
          if (counts && mask !== undefined) count(masked, mask);
          return mask === undefined;
        }).map(({ name, value }) => `${name}=${value}`).join(" ");
      if (kept(line, true) !== kept(have[i] ?? "", false)) same = false;
    }
    return same;
  };
  lines++;
  fields++;
  if (expected.ending === got.ending) equal++;
  else differences.push({ script: script.name, tag: "-", id: 0, text: "the run", expected: `${expected.ending} ${expected.why}`.trim(), got: `${got.ending} ${got.why}`.trim() });
  for (const { tag, operations } of script.domains)
    for (const operation of operations) {
      const want = expected.domains[tag]?.[operation.id] ?? [];
      const have = got.domains[tag]?.[operation.id] ?? [];
      if (want.length === 0 && have.length === 0) continue;
      lines++;
      if (isSame(operation, want, have)) equal++;
      else {
        const reason = matching(DIFFERENCES, script.name, operation, "");
        if (reason !== undefined) count(deliberate, reason);
        else differences.push({ script: script.name, tag, id: operation.id, text: operation.text, ...rowsThatDiffer(want, have) });
      }
    }
  return { script: script.name, lines, equal, fields, masked, deliberate, differences };
}
