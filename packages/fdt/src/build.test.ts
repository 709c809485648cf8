import { expect, test } from "vitest";
import { field, parsed } from "../test/blobs.ts";
import { buildFdt, find, findPhandle, type FdtSource, node, type NodeSource, phandleOf, prop, read, resolvePhandles } from "./index.ts";

const top = (...children: NodeSource[]): FdtSource => ({ root: node("", [], children) });

test("a name is in the strings block once, also where it is the end of another", () => {
  const blob = buildFdt(top(node("a", [prop.empty("#size-cells"), prop.empty("cells")]), node("b", [prop.empty("size-cells"), prop.empty("#size-cells")])));
  expect(field(blob, "size_dt_strings")).toBe("#size-cells\0".length);
});
test("phandles: who has one keeps it, others get the smallest that is free, who is not referred to gets none", () => {
  const tree = parsed(buildFdt(top(
    node("user", [prop.cells("of", [phandleOf("/b"), 7, phandleOf("/has"), phandleOf("/a"), phandleOf("/b")]), prop.cells("self", [phandleOf("/user")])]),
    node("a"), node("b"), node("has", [prop.u32("phandle", 2)]), node("unused"),
  )));
  const user = find(tree, "/user");
  expect(user && read.cells(user, "of")).toEqual({ ok: true, value: [1, 7, 2, 3, 1] });
  expect(user && read.cells(user, "self")).toEqual({ ok: true, value: [4] });
  expect([1, 2, 3, 4, 5].map((n) => findPhandle(tree, n)?.name)).toEqual(["b", "has", "a", "user", undefined]);
  expect(find(tree, "/unused")?.properties).toEqual([]);
});
test("resolving changes nothing where nothing refers", () => {
  const source = top(node("a", [prop.u32("phandle", 1)]));
  expect(resolvePhandles(source)).toEqual({ ...source, reservations: [], boot_cpuid_phys: 0 });
});

const deep = (levels: number): NodeSource => (levels === 1 ? node("n") : node("n", [], [deep(levels - 1)]));
const REFUSED: readonly (readonly [string, FdtSource, string])[] = [
  ["a named root", { root: node("r") }, 'the root\'s name is "r", not empty'],
  ["a node's empty name", top(node("")), "node /: the name of a child is empty"],
  ["a node's name", top(node("n", [], [node("a/b")])), 'node /n: the name of a child "a/b" has other characters'],
  ["a property's name", top(node("n", [prop.empty("ä")])), 'node /n: the name of a property "ä"'],
  ["a long name", top(node("n".repeat(256))), "longer than 255 characters"],
  ["two children of one name", top(node("n"), node("n")), "node /: two properties or children named n"],
  ["two properties of one name", top(node("n", [prop.empty("p"), prop.u32("p", 1)])), "node /n: two properties or children named p"],
  ["a reference to nowhere", top(node("n", [prop.cells("p", [phandleOf("/m")])])), "a reference to /m: there is no such node"],
  ["a phandle that is a reference", top(node("n", [prop.cells("phandle", [phandleOf("/n")])])), "node /n: its phandle is a reference"],
  ["a phandle that is none", top(node("n", [prop.u32("phandle", 0), prop.cells("p", [phandleOf("/n")])])), "node /n: 0 is no phandle"],
  ["nodes too deep", top(deep(64)), "nodes are nested deeper than 64"],
  ["nodes much too deep", top(deep(3000)), "nodes are nested deeper than 64"],
  ["a reservation of zeroes", { ...top(), reservations: [{ address: 0, size: 0 }] }, "would end the list"],
  ["a reservation beyond 2^53", { ...top(), reservations: [{ address: 2 ** 53, size: 1 }] }, "9007199254740992 is no whole number"],
  ["a cell among references", top(node("n", [prop.cells("p", [2 ** 32, phandleOf("/n")])])), "property p: 4294967296 does not fit 32 bits"],
  ["a boot CPU", { ...top(), boot_cpuid_phys: -1 }, "boot_cpuid_phys: -1 does not fit 32 bits"],
];
test.each(REFUSED)("is refused: %s", (_, source, why) => {
  expect(() => buildFdt(source)).toThrow(RangeError);
  expect(() => buildFdt(source)).toThrow(why);
});
