/**
 * References become numbers. A node that has a `phandle` keeps it; another that is referred to gets the smallest number
 * that is free, in the order of the references, as dtc does it.
 * Source: Devicetree Specification v0.4, section 2.3.3 "phandle".
 */
import { FDT_MAX_DEPTH } from "./format.ts";
import { walk } from "./navigate.ts";
import { read } from "./read.ts";
import { type CellsSource, complete, encodeCells, type FdtSource, isNumeric, type NodeSource, prop } from "./source.ts";
import type { FdtNode, FdtProperty, FdtTree } from "./tree.ts";

const NO_PHANDLE = 0xffffffff;

/** The `phandle` that a node has; undefined without one. */
function ownPhandle(node: NodeSource, path: string): number | undefined {
  const properties = node.properties.filter((p) => p.name === "phandle");
  const numeric = properties.filter(isNumeric);
  if (properties.length > numeric.length) throw new RangeError(`node ${path}: its phandle is a reference`);
  const own = read.u32({ name: node.name, properties: numeric, children: [] }, "phandle");
  return own.ok ? own.value : undefined;
}

/**
 * The tree with every reference replaced by a phandle.
 *
 * @throws RangeError on a reference to a path that is not there, on a phandle that is no 32-bit number from 1 to
 * 0xfffffffe where it is referred to, and on nodes nested deeper than FDT_MAX_DEPTH.
 */
export function resolvePhandles(source: FdtSource): FdtTree {
  const known = new Map<string, number | undefined>();
  const references: CellsSource[] = [];
  for (const { node, path, depth } of walk(source.root)) {
    if (depth > FDT_MAX_DEPTH) throw new RangeError(`node ${path}: nodes are nested deeper than ${FDT_MAX_DEPTH}`);
    known.set(path, ownPhandle(node, path));
    for (const p of node.properties) if (!isNumeric(p)) references.push(p);
  }
  const used = new Set(known.values());
  const given = new Map<string, number>();
  let next = 1;
  const phandle = (path: string): number => {
    if (!known.has(path)) throw new RangeError(`a reference to ${path}: there is no such node`);
    const own = known.get(path) ?? given.get(path);
    if (own === 0 || own === NO_PHANDLE) throw new RangeError(`node ${path}: ${own} is no phandle`);
    if (own !== undefined) return own;
    while (used.has(next)) next++;
    given.set(path, next);
    return next++;
  };
  for (const { cells } of references) for (const c of cells) if (typeof c !== "number") phandle(c.phandleOf);

  const resolved = (node: NodeSource, path: string): FdtNode => {
    const prefix = path === "/" ? path : `${path}/`;
    const properties: FdtProperty[] = node.properties.map((p) => (isNumeric(p) ? p : encodeCells(p, phandle)));
    const added = given.get(path);
    if (added !== undefined) properties.push(prop.u32("phandle", added));
    return { name: node.name, properties, children: node.children.map((c) => resolved(c, prefix + c.name)) };
  };
  return complete(source, resolved(source.root, "/"));
}
