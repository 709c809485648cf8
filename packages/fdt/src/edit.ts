/** A changed copy of a tree, which shares with the first what is the same: what a loader does to `/chosen`. */
import { fail, ok, type Result } from "@granule/units";
import { child } from "./navigate.ts";
import type { FdtNode, FdtProperty, FdtTree } from "./tree.ts";

/** `list` with `item` in the place of what has its name, or at the end. */
function put<T extends { readonly name: string }>(list: readonly T[], item: T): readonly T[] {
  const at = list.findIndex((x) => x.name === item.name);
  return at < 0 ? [...list, item] : list.with(at, item);
}
const without = <T extends { readonly name: string }>(list: readonly T[], name: string): readonly T[] => list.filter((x) => x.name !== name);

/** The node with these properties, each in the place of one of its name or at the end. */
export const withProperties = (node: FdtNode, ...properties: readonly FdtProperty[]): FdtNode => ({ ...node, properties: properties.reduce<readonly FdtProperty[]>(put, node.properties) });
export const withoutProperty = (node: FdtNode, name: string): FdtNode => ({ ...node, properties: without(node.properties, name) });
/** The node with these children, each in the place of one of its full name or at the end. */
export const withChildren = (node: FdtNode, ...children: readonly FdtNode[]): FdtNode => ({ ...node, children: children.reduce<readonly FdtNode[]>(put, node.children) });
/** The node without the child of this full name. */
export const withoutChild = (node: FdtNode, name: string): FdtNode => ({ ...node, children: without(node.children, name) });

/**
 * The tree with the node at `path` changed; `absent` when there is none.
 *
 * @example
 * editNode(tree, "/chosen", (chosen) => withProperties(chosen, prop.string("bootargs", "console=hvc0")));
 */
export function editNode(tree: FdtTree, path: string, change: (node: FdtNode) => FdtNode): Result<FdtTree, "absent"> {
  const names = path.split("/").filter((name) => name !== "");
  const edited = (node: FdtNode, depth: number): FdtNode | undefined => {
    const name = names[depth];
    if (name === undefined) return change(node);
    const old = child(node, name);
    const changed = old && edited(old, depth + 1);
    return changed && { ...node, children: node.children.map((c) => (c === old ? changed : c)) };
  };
  const root = path.startsWith("/") ? edited(tree.root, 0) : undefined;
  return root === undefined ? fail("absent", `there is no node ${path}`) : ok({ ...tree, root });
}
