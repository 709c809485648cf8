/**
 * Ways through a tree: by path, by name and unit address, by phandle.
 * Source: Devicetree Specification v0.4, section 2.2.1 "Node Names", 2.2.3 "Path Names", 3.3 "/aliases node".
 */
import { read } from "./read.ts";
import type { FdtNode, FdtTree } from "./tree.ts";

/** The part of a node's name before `@`. */
export const baseName = (node: FdtNode): string => node.name.split("@", 1)[0] ?? "";
/** The part of a node's name after `@`; undefined without one. */
export function unitAddress(node: FdtNode): string | undefined {
  const at = node.name.indexOf("@");
  return at < 0 ? undefined : node.name.slice(at + 1);
}

/** All children called `name`, whatever their unit addresses are. */
export const childrenNamed = (node: FdtNode, name: string): readonly FdtNode[] => node.children.filter((c) => baseName(c) === name);

/**
 * The child with this name. Without a unit address in `name` or as a number, it may be left out where only one child
 * has the name.
 *
 * @example
 * child(root, "memory", 0x4000_0000); // memory@40000000
 */
export function child(node: FdtNode, name: string, address?: number): FdtNode | undefined {
  const full = address === undefined ? name : `${name}@${address.toString(16)}`;
  const exact = node.children.find((c) => c.name === full);
  if (exact !== undefined || full.includes("@")) return exact;
  const [first, ...more] = childrenNamed(node, name);
  return more.length === 0 ? first : undefined;
}

/**
 * The node at a path such as `/cpus/cpu@0`, or at one that begins with a name from `/aliases`, such as `serial0`.
 * A unit address may be left out where one child alone has the name.
 */
export function find(tree: FdtTree, path: string): FdtNode | undefined {
  if (!path.startsWith("/")) return findAlias(tree, path);
  let node: FdtNode | undefined = tree.root;
  for (const name of path.split("/")) if (name !== "" && node !== undefined) node = child(node, name);
  return node;
}

function findAlias(tree: FdtTree, path: string): FdtNode | undefined {
  const [alias = "", ...rest] = path.split("/");
  const aliases = find(tree, "/aliases");
  const target = aliases && read.string(aliases, alias);
  // an alias is a full path, never another alias
  return target?.ok && target.value.startsWith("/") ? find(tree, [target.value, ...rest].join("/")) : undefined;
}

/** A step of {@link walk}. */
export interface Visit<N> {
  readonly node: N;
  /** Full path; "/" for the root. */
  readonly path: string;
  /** 1 for the root. */
  readonly depth: number;
}

/** Every node, each before its children, in document order. */
export function* walk<N extends { readonly name: string; readonly children: readonly N[] }>(root: N): Generator<Visit<N>, void, void> {
  const waiting: Visit<N>[] = [{ node: root, path: "/", depth: 1 }];
  for (let visit = waiting.pop(); visit !== undefined; visit = waiting.pop()) {
    yield visit;
    const { node, path, depth } = visit;
    const prefix = depth === 1 ? "/" : `${path}/`;
    for (const c of node.children.toReversed()) waiting.push({ node: c, path: prefix + c.name, depth: depth + 1 });
  }
}

/** The node whose `phandle` is this number. */
export function findPhandle(tree: FdtTree, phandle: number): FdtNode | undefined {
  for (const { node } of walk(tree.root)) {
    const own = read.u32(node, "phandle");
    if (own.ok && own.value === phandle) return node;
  }
  return undefined;
}
