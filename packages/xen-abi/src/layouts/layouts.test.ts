/** The tables of ABI v1 against what a compiler makes of Xen's public headers: see tools/layout-recorder. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { claims, layouts, ownable } from "./claims.ts";
import { MEMBERS, OWN } from "./spelling.ts";

interface Recording {
  readonly source: string;
  readonly values: Readonly<Record<string, number>>;
}
const isRecording = (x: unknown): x is Recording =>
  typeof x === "object" && x !== null && "source" in x && "values" in x && typeof x.values === "object" && x.values !== null && Object.values(x.values).every((v) => Number.isSafeInteger(v));
function recorded(): Recording {
  const json: unknown = JSON.parse(readFileSync(new URL("../../vectors/layouts.json", import.meta.url), "utf8"));
  if (!isRecording(json)) throw new Error("vectors/layouts.json is no recording");
  return json;
}
const { values, source } = recorded();
const alignmentOf = (type: string): string => `_Alignof(${type})`;

test("every size, offset and number is that of the headers", () => {
  const wrong = claims().flatMap(({ c, value }) => (values[c] === value ? [] : [`${c}: ${value} here, ${values[c] ?? "not recorded: npm run record:layouts"} in ${source}`]));
  expect(wrong).toEqual([]);
});
test("a structure is a multiple of its alignment, and its members that are not arrays lie at multiples of their own", () => {
  for (const { type, size, members } of layouts()) {
    const alignment = values[alignmentOf(type)] ?? 0;
    expect(alignment, type).toBeGreaterThan(0);
    expect(size % alignment, type).toBe(0);
    for (const m of members) if ([1, 2, 4, 8].includes(m.size)) expect(m.offset % m.size, `${type}, ${m.name}`).toBe(0);
  }
});
test("what is recorded is what the tables have today", () => {
  const wanted = new Set([...claims().map(({ c }) => c), ...layouts().map(({ type }) => alignmentOf(type))]);
  expect(Object.keys(values).filter((c) => !wanted.has(c))).toEqual([]);
});
test("what is spelled otherwise, or is our own, exists", () => {
  const names = ownable();
  expect(Object.keys(OWN).filter((name) => !names.has(name))).toEqual([]);
  const types = new Set(layouts().map(({ type }) => type));
  expect(Object.keys(MEMBERS).filter((type) => !types.has(type))).toEqual([]);
});
