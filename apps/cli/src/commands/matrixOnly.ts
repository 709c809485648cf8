/**
 * The expressions of `granule matrix --only`: comparisons of a cell's fields, joined by `!`, `&&`, `||` and parentheses.
 * `gFront < gBack && mode == negotiated`. Sizes (4k, 65536) compare by bytes; a field that a cell lacks equals `none`.
 */
import { DEFAULT_CPU, type Cell } from "@granule/testkit";
import { findGranule, GRANULE_4K, GranuleError, KIB } from "@granule/units";

type Value = number | string;
export type Predicate = (cell: Cell) => boolean;
const NONE = "none";
const sizeOf = (name: string): number => findGranule(name)?.size ?? 0;

/** Fields that an expression may name. Sizes and ABI versions are numbers. */
const FIELDS: Readonly<Record<string, { readonly kind: "size" | "number" | "word"; readonly get: (cell: Cell) => Value; readonly words?: readonly string[] }>> = {
  s1Front: { kind: "size", get: (c) => sizeOf(c.s1Front) },
  s1Back: { kind: "size", get: (c) => sizeOf(c.s1Back) },
  gFront: { kind: "size", get: (c) => sizeOf(c.gFront) },
  gBack: { kind: "size", get: (c) => sizeOf(c.gBack) },
  abiFront: { kind: "number", get: (c) => c.abiFront },
  abiBack: { kind: "number", get: (c) => c.abiBack },
  mode: { kind: "word", get: (c) => c.mode, words: ["baseline", "negotiated"] },
  fragmented: { kind: "word", get: (c) => String(c.fragmented === true), words: ["true", "false"] },
  forceUnit: { kind: "size", get: (c) => c.forceUnit ?? NONE },
  storeG: { kind: "size", get: (c) => sizeOf(c.storeG ?? GRANULE_4K.name) },
  cpu: { kind: "word", get: (c) => c.cpu ?? DEFAULT_CPU },
};
const FIELD_NAMES: readonly string[] = Object.keys(FIELDS);

const COMPARE: Readonly<Record<string, (a: Value, b: Value) => boolean>> = {
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  // "none" is no number, and NaN is in no order
  "<": (a, b) => Number(a) < Number(b),
  "<=": (a, b) => Number(a) <= Number(b),
  ">": (a, b) => Number(a) > Number(b),
  ">=": (a, b) => Number(a) >= Number(b),
};

interface Token {
  readonly text: string;
  /** From 0; the end of the expression for the token after the last. */
  readonly at: number;
}

function tokens(source: string): readonly Token[] {
  const found: Token[] = [];
  const pattern = /\s*(?:(&&|\|\||[=!<>]=|[<>!()]|[\w-]+)|(\S))/gy;
  for (let m = pattern.exec(source); m !== null; m = pattern.exec(source)) {
    const text = m[1] ?? m[2] ?? "";
    const at = pattern.lastIndex - text.length;
    if (m[1] === undefined) refuse(source, at, text === "=" ? "a comparison is ==" : `"${text}" means nothing here`);
    found.push({ text, at });
  }
  return found;
}

/** @throws GranuleError GRAN0070, with the expression and a caret under the column. */
function refuse(source: string, at: number, what: string): never {
  const line = source.replace(/\s/g, " ");
  throw new GranuleError("GRAN0070", `--only, column ${at + 1}: ${what}\n  ${line}\n  ${" ".repeat(at)}^`, `Fields: ${FIELD_NAMES.join(", ")}. Or give the name of a cell.`);
}

/** Deepest nesting: an expression is typed by hand. */
const DEPTH = 50;

/** Reads an expression. @throws GranuleError GRAN0070 pointing at the column. */
export function parseOnly(source: string): Predicate {
  const list = tokens(source);
  let next = 0;
  const peek = (): Token => list[next] ?? { text: "", at: source.length };
  const take = (): Token => {
    const t = peek();
    next++;
    return t;
  };
  const fail = (t: Token, wanted: string): never => refuse(source, t.at, t.text === "" ? `expected ${wanted}, and it ends` : `expected ${wanted}, not "${t.text}"`);

  function either(depth: number): Predicate {
    const parts = [both(depth)];
    while (peek().text === "||") {
      take();
      parts.push(both(depth));
    }
    return (c) => parts.some((p) => p(c));
  }
  function both(depth: number): Predicate {
    const parts = [one(depth)];
    while (peek().text === "&&") {
      take();
      parts.push(one(depth));
    }
    return (c) => parts.every((p) => p(c));
  }
  function one(depth: number): Predicate {
    const t = peek();
    if (depth > DEPTH) refuse(source, t.at, `nested deeper than ${DEPTH}`);
    if (t.text === "!") {
      take();
      const inner = one(depth + 1);
      return (c) => !inner(c);
    }
    if (t.text !== "(") return comparison();
    take();
    const inner = either(depth + 1);
    const close = take();
    return close.text === ")" ? inner : fail(close, `")" for the "(" at column ${t.at + 1}`);
  }
  function comparison(): Predicate {
    const name = take();
    const field = Object.hasOwn(FIELDS, name.text) ? FIELDS[name.text] : undefined;
    if (field === undefined) return fail(name, "a field");
    const operator = take();
    const compare = Object.hasOwn(COMPARE, operator.text) ? COMPARE[operator.text] : undefined;
    if (compare === undefined) return fail(operator, "==, !=, <, <=, > or >=");
    const isOrder = operator.text !== "==" && operator.text !== "!=";
    if (isOrder && field.kind === "word") refuse(source, operator.at, `${name.text} is a word: == or !=`);
    const value = take();
    const other = Object.hasOwn(FIELDS, value.text) ? FIELDS[value.text] : undefined;
    if (other !== undefined && other.kind === field.kind) return (c) => compare(field.get(c), other.get(c));
    const right = valueOf(value, field.kind, isOrder);
    if (right === undefined || (field.words !== undefined && !field.words.includes(String(right)))) return fail(value, field.words?.join(" or ") ?? EXAMPLES[field.kind]);
    return (c) => compare(field.get(c), right);
  }

  const whole = either(0);
  return next < list.length ? fail(peek(), "&&, || or the end") : whole;
}

const EXAMPLES = { size: "a size such as 64k", number: "a number", word: "a word" } as const;

function valueOf({ text }: Token, kind: "size" | "number" | "word", isOrder: boolean): Value | undefined {
  if (kind === "word") return /^[\w-]+$/.test(text) ? text : undefined;
  if (kind === "size" && text === NONE && !isOrder) return NONE;
  const [, digits, suffix] = /^(\d{1,9})([kK]?)$/.exec(text) ?? [];
  if (digits === undefined || (suffix !== "" && kind === "number")) return undefined;
  return Number(digits) * (suffix === "" ? 1 : KIB);
}
