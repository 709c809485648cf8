import { type Cell, furtherCells, matrixCells } from "@granule/testkit";
import { GRANULES } from "@granule/units";
import fc from "fast-check";
import { expect, test } from "vitest";
import { granule } from "../captured.ts";
import { parseOnly } from "./matrixOnly.ts";

const CELLS: readonly Cell[] = [...matrixCells(), ...furtherCells()];
const count = (source: string): number => CELLS.filter(parseOnly(source)).length;
const size = (name: string): number => GRANULES.find((g) => g.name === name)?.size ?? 0;

test.each<[string, (c: Cell) => boolean]>([
  ["s1Front==64k && abiBack==2 && mode==negotiated", (c) => c.s1Front === "64k" && c.abiBack === 2 && c.mode === "negotiated"],
  ["gFront<gBack", (c) => size(c.gFront) < size(c.gBack)],
  ["gBack >= 16384", (c) => c.gBack !== "4k"],
  ["!(abiFront==1||abiBack==1)", (c) => c.abiFront === 2 && c.abiBack === 2],
  ["abiFront==1 || abiFront==2 && mode==baseline", (c) => c.abiFront === 1 || (c.abiFront === 2 && c.mode === "baseline")],
  ["(abiFront==1 || abiFront==2) && mode==baseline", (c) => c.mode === "baseline"],
  ["fragmented==true", (c) => c.fragmented === true],
  ["forceUnit != none && forceUnit < 64K", (c) => c.forceUnit !== undefined && c.forceUnit < 65536],
  ["forceUnit <= 64k", (c) => c.forceUnit !== undefined],
  ["storeG==4k", (c) => c.storeG === undefined || c.storeG === "4k"],
  ["cpu != all-granules", (c) => c.cpu !== undefined],
  [" ! mode == baseline ", (c) => c.mode === "negotiated"],
])("%s", (source, naive) => {
  const wanted = CELLS.filter(naive);
  expect(wanted.length).toBeGreaterThan(0);
  expect(CELLS.filter(parseOnly(source))).toEqual(wanted);
});

test("precedence and parentheses: any expression agrees with JavaScript's own", () => {
  const leaf = fc.constantFrom("abiFront==1", "abiBack!=1", "gFront>gBack", "mode==baseline");
  const truth: Record<string, (c: Cell) => boolean> = { "abiFront==1": (c) => c.abiFront === 1, "abiBack!=1": (c) => c.abiBack !== 1, "gFront>gBack": (c) => size(c.gFront) > size(c.gBack), "mode==baseline": (c) => c.mode === "baseline" };
  const { expression } = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof({ depthSize: "small" }, leaf, tie("expression").map((e) => `!(${e})`), fc.tuple(tie("expression"), fc.constantFrom(" && ", "||"), tie("expression")).map((t) => t.join("")), tie("expression").map((e) => `( ${e} )`)),
  }));
  fc.assert(
    fc.property(expression, (source) => {
      const js = source.replace(/abiFront==1|abiBack!=1|gFront>gBack|mode==baseline/g, (m) => `t[${JSON.stringify(m)}](c)`);
      const naive = new Function("t", "c", `return ${js}`);
      expect(count(source)).toBe(CELLS.filter((c) => naive(truth, c)).length);
    }),
    { numRuns: 60 },
  );
});

test.each([
  ["s1front==64k", 1, 'expected a field, not "s1front"'],
  ["s1Front=64k", 8, "a comparison is =="],
  ["s1Front", 8, "expected ==, !=, <, <=, > or >=, and it ends"],
  ["s1Front==", 10, "expected a size such as 64k, and it ends"],
  ["s1Front==big", 10, 'expected a size such as 64k, not "big"'],
  ["abiBack==2k", 10, "expected a number"],
  ["mode==fast", 7, 'expected baseline or negotiated, not "fast"'],
  ["mode<baseline", 5, "mode is a word: == or !="],
  ["forceUnit<none", 11, "expected a size such as 64k"],
  ["(abiBack==2", 12, 'expected ")" for the "(" at column 1, and it ends'],
  ["abiBack==2)", 11, 'expected &&, || or the end, not ")"'],
  ["abiBack==2 abiFront==1", 12, "expected &&, || or the end"],
  ["abiBack==2 & abiFront==1", 12, '"&" means nothing here'],
  ["toString==1", 1, "expected a field"],
  [`${"(".repeat(1000)}abiBack==2`, 52, "nested deeper than 50"],
  [`${"!".repeat(10_000)}abiBack==2`, 52, "nested deeper than 50"],
])("%s is refused at column %i", async (source, column, why) => {
  const { code, stderr } = await granule(["matrix", "--only", source]);
  expect(code).toBe(2);
  expect(stderr).toContain(`error[GRAN0070]: --only, column ${column}: ${why}`);
  const lines = stderr.split("\n");
  expect(lines[2]?.indexOf("^")).toBe(2 + column - 1);
  expect(lines[1]).toBe(`  ${source}`);
});

test("any text is read or refused, never anything else", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), (source) => {
      try {
        parseOnly(source);
      } catch (e) {
        expect(e).toMatchObject({ code: "GRAN0070" });
      }
    }),
  );
});
