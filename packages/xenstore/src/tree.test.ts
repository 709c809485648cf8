import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { childOf, nameOf, parentOf } from "./path.ts";
import { find, nearestAncestor, remove, replace, type TreeNode, walk } from "./tree.ts";

const empty = (name: string, generation = 0): TreeNode => ({
  name, value: new Uint8Array(0), permissions: [{ domid: 0, access: 0 }], generation, children: [], childBytes: 0,
});
const path = fc.array(fc.constantFrom("a", "b", "-", "ab", "Z"), { minLength: 1, maxLength: 4 }).map((names) => `/${names.join("/")}`);
const edit = fc.record({ path, isRemoval: fc.boolean() });

describe("the tree", () => {
  it("holds what a set of paths holds, and no edit changes an older tree", () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 40, size: "max" }), (edits) => {
        let root = empty("");
        let paths = new Set(["/"]);
        const history: [TreeNode, Set<string>][] = [];
        edits.forEach(({ path: p, isRemoval }, i) => {
          history.push([root, new Set(paths)]);
          if (isRemoval) {
            root = remove(root, p);
            paths = new Set([...paths].filter((q) => q !== p && !q.startsWith(`${p}/`)));
          } else {
            // a node in place of another keeps that one's children, as the operations do
            root = replace(root, p, { ...(find(root, p) ?? empty(nameOf(p))), generation: i });
            if (paths.has(parentOf(p))) paths.add(p);
          }
        });
        for (const [tree, expected] of [...history, [root, paths] as const]) {
          const seen = [...walk(tree, "/")];
          expect(seen.map((place) => place.path).toSorted()).toEqual([...expected].toSorted());
          for (const { path: at, node } of seen) {
            expect(find(tree, at)).toBe(node);
            expect(node.children.map((child) => child.name)).toEqual(node.children.map((child) => child.name).toSorted());
            expect(node.childBytes).toBe(node.children.reduce((sum, child) => sum + child.name.length + 1, 0));
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it("finds the nearest ancestor that is there", () => {
    const root = replace(replace(empty(""), "/a", empty("a")), "/a/b", empty("b"));
    expect(["/a/b/c/d", "/a/b", "/a/x/y", "/x", "/"].map((p) => nearestAncestor(root, p).path)).toEqual(["/a/b", "/a", "/a", "/", "/"]);
    expect([childOf("/", "a"), childOf("/a", "b"), parentOf("/a"), parentOf("/"), nameOf("/a/b")]).toEqual(["/a", "/a/b", "/", "/", "b"]);
  });
});
