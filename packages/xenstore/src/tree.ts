/**
 * The tree of nodes as an immutable value: a change copies the nodes along one path and shares all others. A snapshot
 * is therefore a reference, and a transaction that fails leaves nothing behind.
 *
 * Children are kept in the order of their names' bytes, so DIRECTORY does not depend on the order of creation. All
 * walks are loops: depth is bounded by the path length, the stack is not used for it.
 */
import type { Bytes } from "@granule/units";
import { childOf, nameOf, namesOf, parentOf } from "./path.ts";
import type { Permissions } from "./permission.ts";

export interface TreeNode {
  readonly name: string;
  /** Never modified. */
  readonly value: Uint8Array;
  readonly permissions: Permissions;
  /** Changes with value, permissions and the set of children; unique in a store. */
  readonly generation: number;
  readonly children: readonly TreeNode[];
  /** Bytes of the children's names, a NUL with each. */
  readonly childBytes: Bytes;
}

/** Bytes that a permission entry and a node's header count for, as xenstored lays them out. */
const PERMISSION_SIZE = 8;
const HEADER_SIZE = 24;

/** Bytes of a node for the quota nodeSize. */
export const sizeOf = (node: TreeNode): Bytes => chargeOf(node) - node.name.length + node.childBytes;
/** Bytes of a node for the quota memory of its owner; each child is charged for its own name. */
export const chargeOf = (node: TreeNode): Bytes =>
  HEADER_SIZE + node.name.length + node.value.length + PERMISSION_SIZE * node.permissions.length;

export const ownerOf = (node: TreeNode): number => node.permissions[0].domid;

/** Position of `name`, or of the first child behind it. */
function position(children: readonly TreeNode[], name: string): number {
  let low = 0;
  let high = children.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const there = children[middle];
    if (there !== undefined && there.name < name) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The child of that name, or undefined. */
function childNamed(node: TreeNode, name: string): TreeNode | undefined {
  const child = node.children[position(node.children, name)];
  return child?.name === name ? child : undefined;
}

/** The node at a canonical path, or undefined. */
export function find(root: TreeNode, path: string): TreeNode | undefined {
  let node: TreeNode | undefined = root;
  for (const name of namesOf(path)) {
    node = childNamed(node, name);
    if (node === undefined) return undefined;
  }
  return node;
}

/** The nearest ancestor of `path` that exists, and its path; `path` itself is not looked at. */
export function nearestAncestor(root: TreeNode, path: string): { readonly path: string; readonly node: TreeNode } {
  let at = "/";
  let node = root;
  for (const name of namesOf(parentOf(path))) {
    const child = childNamed(node, name);
    if (child === undefined) break;
    at = childOf(at, name);
    node = child;
  }
  return { path: at, node };
}

/** `node` with a child put in its place by name. */
export function withChild(node: TreeNode, child: TreeNode): TreeNode {
  const at = position(node.children, child.name);
  const isNew = node.children[at]?.name !== child.name;
  const children = node.children.slice();
  children.splice(at, isNew ? 0 : 1, child);
  return { ...node, children, childBytes: node.childBytes + (isNew ? child.name.length + 1 : 0) };
}

/** `node` without the child of that name. */
function withoutChild(node: TreeNode, name: string): TreeNode {
  const at = position(node.children, name);
  if (node.children[at]?.name !== name) return node;
  const children = node.children.slice();
  children.splice(at, 1);
  return { ...node, children, childBytes: node.childBytes - name.length - 1 };
}

/** The tree with `node` at `path`; unchanged when the parent is missing. */
export function replace(root: TreeNode, path: string, node: TreeNode): TreeNode {
  if (path === "/") return node;
  const spine: TreeNode[] = [root];
  let at = root;
  for (const name of namesOf(parentOf(path))) {
    const child = childNamed(at, name);
    if (child === undefined) return root;
    spine.push(child);
    at = child;
  }
  return spine.reduceRight((below, parent) => withChild(parent, below), node);
}

/** The tree without `path` and all below it; unchanged when there is none. "/" stays. */
export function remove(root: TreeNode, path: string): TreeNode {
  const parentPath = parentOf(path);
  const parent = find(root, parentPath);
  return parent === undefined || path === "/" ? root : replace(root, parentPath, withoutChild(parent, nameOf(path)));
}

/** A node and its path. */
export interface Place {
  readonly path: string;
  readonly node: TreeNode;
}

/** `node` and all below it, parents first, siblings in order. */
export function* walk(node: TreeNode, path: string): Generator<Place, void, void> {
  const stack: Place[] = [{ path, node }];
  for (let place = stack.pop(); place !== undefined; place = stack.pop()) {
    yield place;
    for (let i = place.node.children.length - 1; i >= 0; i--) {
      const child = place.node.children[i];
      if (child !== undefined) stack.push({ path: childOf(place.path, child.name), node: child });
    }
  }
}
