/**
 * A blob to a tree. The bytes are somebody else's: each is checked before it is used, in linear time, and what is wrong
 * is a Result failure that names block, offset, field and value.
 * Source: Devicetree Specification v0.4, section 5.4 "Structure Block", 5.5 "Strings Block".
 */
import { fail, hex, ok, type Failure, type Result } from "@granule/units";
import { duplicateName, FDT_BEGIN_NODE, FDT_END, FDT_END_NODE, FDT_LIMITS, FDT_MAX_DEPTH, FDT_MAX_NAME, FDT_NOP, FDT_PROP, type FdtLimits, HEADER_SIZE, nameFault } from "./format.ts";
import { type Block, type FdtCode, type Header, readHeader } from "./header.ts";
import type { FdtNode, FdtProperty, FdtTree } from "./tree.ts";

/**
 * Reads a flattened device tree of version 17, or of 16. Bytes after `totalsize` are left alone. The tree keeps a copy
 * of the blob; values are views of it.
 *
 * @example
 * const tree = parseFdt(blob);
 * if (tree.ok) find(tree.value, "/chosen");
 */
export function parseFdt(bytes: Uint8Array, limits: Partial<FdtLimits> = {}): Result<FdtTree, FdtCode> {
  const bounds = { ...FDT_LIMITS, ...limits };
  const totalsize = bytes.length < 8 ? bytes.length : new DataView(bytes.buffer, bytes.byteOffset).getUint32(4);
  // A copy first: the bytes may be a guest's memory. It goes no further than a document may.
  const blob = bytes.slice(0, Math.max(HEADER_SIZE, Math.min(totalsize, bounds.bytes)));
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const header = readHeader(view, bytes.length, bounds);
  if (!header.ok) return header;
  const root = readStructure(blob, view, header.value, bounds);
  if (!root.ok) return root;
  return ok({ root: root.value, reservations: header.value.reservations, boot_cpuid_phys: header.value.boot_cpuid_phys });
}

/** A node that has begun. */
interface Open {
  readonly name: string;
  /** Offset of its FDT_BEGIN_NODE. */
  readonly at: number;
  readonly properties: FdtProperty[];
  readonly children: FdtNode[];
}

const TOKENS: Readonly<Record<number, string>> = {
  [FDT_BEGIN_NODE]: "FDT_BEGIN_NODE", [FDT_END_NODE]: "FDT_END_NODE", [FDT_PROP]: "FDT_PROP", [FDT_NOP]: "FDT_NOP", [FDT_END]: "FDT_END",
};
const aligned = (at: number): number => Math.ceil(at / 4) * 4;

/** The offset of the first NUL in [start, end); -1 without one, or after more than a name may have. */
function nulIn(blob: Uint8Array, start: number, end: number): number {
  const nul = blob.subarray(start, Math.min(end, start + FDT_MAX_NAME + 1)).indexOf(0);
  return nul < 0 ? -1 : start + nul;
}
const text = (blob: Uint8Array, start: number, end: number): string => String.fromCharCode(...blob.subarray(start, end));

/** Names of properties by their offset in the strings block; each is read once. */
function stringsOf(blob: Uint8Array, block: Block): (nameoff: number) => Result<string, "property" | "name"> {
  const known = new Map<number, string>();
  return (nameoff) => {
    const cached = known.get(nameoff);
    if (cached !== undefined) return ok(cached);
    const start = block.start + nameoff;
    if (start >= block.end) return fail("property", `not in the strings block of ${hex(block.end - block.start)} bytes`);
    const nul = nulIn(blob, start, block.end);
    if (nul < 0) return fail("name", `the name at ${hex(start)} does not end within ${FDT_MAX_NAME} characters and the strings block`);
    const name = text(blob, start, nul);
    const fault = nameFault("property", name);
    if (fault !== undefined) return fail("name", `the name at ${hex(start)} ${fault}`);
    known.set(nameoff, name);
    return ok(name);
  };
}

function readStructure(blob: Uint8Array, view: DataView, header: Header, limits: FdtLimits): Result<FdtNode, FdtCode> {
  const { struct } = header;
  const nameOf = stringsOf(blob, header.strings);
  const open: Open[] = [];
  let root: FdtNode | undefined;
  let nodes = 0;
  let at = struct.start;
  const wrong = <C extends FdtCode>(code: C, where: number, why: string): Failure<C> => {
    const path = open.length === 0 ? "outside the root" : `in node /${open.slice(1).map((n) => n.name).join("/")}`;
    return fail(code, `structure block: ${TOKENS[view.getUint32(where)] ?? "token"} at offset ${hex(where)} ${path}: ${why}`);
  };

  while (at + 4 <= struct.end) {
    const here = at;
    const token = view.getUint32(here);
    const node = open.at(-1);
    at += 4;
    if (token === FDT_NOP) continue;
    if (token === FDT_BEGIN_NODE) {
      if (root !== undefined) return wrong("token", here, "a second root");
      if (open.length >= FDT_MAX_DEPTH) return wrong("limit", here, `nodes are nested deeper than ${FDT_MAX_DEPTH}`);
      if (++nodes > limits.nodes) return wrong("limit", here, `more than ${limits.nodes} nodes`);
      const nul = nulIn(blob, at, struct.end);
      if (nul < 0) return wrong("name", here, `the node's name at ${hex(at)} does not end within ${FDT_MAX_NAME} characters and the block`);
      const name = text(blob, at, nul);
      const fault = node !== undefined ? nameFault("node", name) : name !== "" ? "is the root's and not empty" : undefined;
      if (fault !== undefined) return wrong("name", here, `the node's name at ${hex(at)} ${fault}`);
      open.push({ name, at: here, properties: [], children: [] });
      at = aligned(nul + 1);
    } else if (token === FDT_PROP) {
      if (node === undefined) return wrong("token", here, "a property needs a node");
      if (node.children.length > 0) return wrong("token", here, "a property after a node's children");
      if (at + 8 > struct.end) return wrong("property", here, `len and nameoff leave the block, which ends at ${hex(struct.end)}`);
      const len = view.getUint32(at);
      const nameoff = view.getUint32(at + 4);
      if (at + 8 + len > struct.end) return wrong("property", here, `len (offset ${hex(at)}) is ${hex(len)}: the value leaves the block, which ends at ${hex(struct.end)}`);
      const name = nameOf(nameoff);
      if (!name.ok) return wrong(name.code, here, `nameoff (offset ${hex(at + 4)}) is ${hex(nameoff)}: ${name.why}`);
      node.properties.push({ name: name.value, value: blob.subarray(at + 8, at + 8 + len) });
      at = aligned(at + 8 + len);
    } else if (token === FDT_END_NODE) {
      if (node === undefined) return wrong("token", here, "no node is open");
      for (const list of [node.properties, node.children]) {
        const twice = duplicateName(list);
        if (twice !== undefined) return wrong("duplicate", node.at, `two ${list === node.children ? "children" : "properties"} named ${twice}`);
      }
      open.pop();
      const closed: FdtNode = { name: node.name, properties: node.properties, children: node.children };
      const parent = open.at(-1);
      if (parent === undefined) root = closed;
      else parent.children.push(closed);
    } else if (token === FDT_END) {
      if (root === undefined) return wrong("token", here, "the root has not ended");
      // a block whose size nobody states (version 16) may have padding behind its end
      if (header.structSizeStated && at !== struct.end) return wrong("token", here, `not the end of the block, which is at ${hex(struct.end)}`);
      return ok(root);
    } else return wrong("token", here, `${hex(token)} is no token`);
  }
  return fail("token", `structure block: it ends at ${hex(struct.end)} without FDT_END`);
}
