import { expect, test } from "vitest";
import { file, parsed } from "../test/blobs.ts";
import { baseName, child, childrenNamed, editNode, find, findPhandle, node, prop, read, unitAddress, walk, withChildren, withoutChild, withoutProperty, withProperties } from "./index.ts";

const tree = parsed(file("virt.dtb"));
const names = (list: readonly { readonly name: string }[]) => list.map((n) => n.name);

test("paths, with and without unit addresses", () => {
  expect(find(tree, "/")).toBe(tree.root);
  expect(find(tree, "/chosen")?.name).toBe("chosen");
  expect(find(tree, "/memory")?.name).toBe("memory@40000000");
  expect(find(tree, "/cpus/cpu@1")?.name).toBe("cpu@1");
  expect(find(tree, "/cpus/cpu-map/cluster0/core1")?.name).toBe("core1");
  for (const path of ["/cpus/cpu", "/cpu@0", "/cpus/cpu@2", "/memory@4", "/chosen/none/deeper", "", "memory"]) expect(find(tree, path), path).toBeUndefined();
});
test("aliases: one step, a full path, and what is below it", () => {
  expect(find(tree, "serial0")?.name).toBe("pl011@9000000");
  expect(find(tree, "serial0/none")).toBeUndefined();
  const odd = { ...tree, root: node("", [], [node("aliases", [prop.string("loop", "loop"), prop.string("c", "/cpus"), prop.u32("n", 1)]), node("cpus", [], [node("cpu@0")])]) };
  expect(find(odd, "loop")).toBeUndefined();
  expect(find(odd, "n")).toBeUndefined();
  expect(find(odd, "c/cpu")?.name).toBe("cpu@0");
});
test("names and unit addresses", () => {
  const memory = child(tree.root, "memory", 0x40000000);
  expect(memory && [baseName(memory), unitAddress(memory)]).toEqual(["memory", "40000000"]);
  expect(unitAddress(tree.root)).toBeUndefined();
  expect(child(tree.root, "memory", 0x50000000)).toBeUndefined();
  const cpus = find(tree, "/cpus");
  expect(names(cpus ? childrenNamed(cpus, "cpu") : [])).toEqual(["cpu@0", "cpu@1"]);
});
test("a walk is in the order of the document, with full paths that find finds", () => {
  const visits = [...walk(tree.root)];
  expect(visits.map((v) => v.path).slice(0, 9)).toEqual([
    "/", "/chosen", "/aliases", "/memory@40000000", "/cpus", "/cpus/cpu@0", "/cpus/cpu@1", "/cpus/cpu-map", "/cpus/cpu-map/cluster0",
  ]);
  for (const { node: n, path, depth } of visits) {
    expect(find(tree, path)).toBe(n);
    expect(depth).toBe(path === "/" ? 1 : path.split("/").length);
  }
});
test("an interrupt parent by its phandle", () => {
  const parent = read.u32(tree.root, "interrupt-parent");
  expect(parent.ok && findPhandle(tree, parent.value)?.name).toBe("interrupt-controller@8000000");
  expect(findPhandle(tree, 99)).toBeUndefined();
});

test("an edit changes one node and its ancestors, and shares the rest", () => {
  const edited = editNode(tree, "/chosen", (chosen) => withProperties(chosen, prop.string("bootargs", "quiet"), prop.u32("new", 1)));
  if (!edited.ok) throw new Error(edited.why);
  const [before, after] = [find(tree, "/chosen"), find(edited.value, "/chosen")];
  expect(after && read.string(after, "bootargs")).toEqual({ ok: true, value: "quiet" });
  expect(names(after?.properties ?? [])).toEqual([...names(before?.properties ?? []), "new"]);
  expect(names(edited.value.root.children)).toEqual(names(tree.root.children));
  expect(find(edited.value, "/cpus")).toBe(find(tree, "/cpus"));
  expect(before && read.string(before, "bootargs")).toEqual({ ok: true, value: "console=ttyAMA0 root=/dev/vda" });
});
test("children are replaced by name, added at the end, taken away", () => {
  const n = node("n", [prop.empty("p"), prop.empty("q")], [node("a"), node("b")]);
  expect(withChildren(n, node("a", [prop.empty("new")]), node("c")).children).toEqual([node("a", [prop.empty("new")]), node("b"), node("c")]);
  expect(names(withoutChild(n, "a").children)).toEqual(["b"]);
  expect(names(withoutProperty(n, "p").properties)).toEqual(["q"]);
});
test("the root can be edited, and what is not there cannot", () => {
  const edited = editNode(tree, "/", (root) => withChildren(root, node("hypervisor")));
  expect(edited.ok && find(edited.value, "/hypervisor")?.name).toBe("hypervisor");
  for (const path of ["/none", "/chosen/none", "serial0"]) expect(editNode(tree, path, (n) => n)).toEqual({ ok: false, code: "absent", why: `there is no node ${path}` });
});
