/**
 * Operations on nodes. Each works on a {@link Step}: it reads and replaces the step's root and records what it looked
 * at, what it changed and which events follow.
 * Source: docs/misc/xenstore.txt, "Database read, write and permissions operations". Paths are canonical.
 */
import { DONE, fail, ModelBug, ok, type Result } from "@granule/units";
import { XENSTORE_PAYLOAD_MAX, type XsdError } from "@granule/xen-abi";
import { charge } from "./accounts.ts";
import { nameOf, parentOf } from "./path.ts";
import { ACCESS, accessOf, formatPermission, inheritedBy, type Permissions } from "./permission.ts";
import { stringsReply } from "./payload.ts";
import { record, type Step } from "./step.ts";
import { bytesOf } from "./text.ts";
import { chargeOf, find, nearestAncestor, ownerOf, remove, replace, sizeOf, type TreeNode, walk, withChild } from "./tree.ts";

const EMPTY: Uint8Array = /* @__PURE__ */ new Uint8Array(0);

type Found = Result<TreeNode, "ENOENT" | "EACCES">;

/**
 * The node, if the caller has all bits of `need`. A caller that lacks them on the nearest existing ancestor is not told
 * whether the node exists: it gets EACCES either way.
 */
function locate(step: Step, path: string, need: number): Found {
  step.touched.add(path);
  const node = find(step.root, path);
  if (node !== undefined) return (accessOf(step.who, node.permissions) & need) === need ? ok(node) : fail("EACCES", `no access to ${path}`);
  const ancestor = nearestAncestor(step.root, path);
  step.touched.add(ancestor.path);
  return (accessOf(step.who, ancestor.node.permissions) & need) === 0
    ? fail("EACCES", `no access to ${ancestor.path}`)
    : fail("ENOENT", `no node ${path}`);
}

/** Puts a node whose parent exists, and accounts for the difference to what was there. */
function put(step: Step, path: string, node: TreeNode): void {
  const before = find(step.root, path);
  if (before !== undefined) charge(step.delta, ownerOf(before), -1, -chargeOf(before));
  charge(step.delta, ownerOf(node), 1, chargeOf(node));
  step.root = replace(step.root, path, node);
  step.touched.add(path);
  step.changed.add(path);
}

/** Refuses a node above the quota. */
function fits(step: Step, path: string, node: TreeNode): Result<undefined, "ENOSPC"> {
  const limit = step.quotas?.nodeSize;
  return limit === undefined || sizeOf(node) <= limit ? DONE : fail("ENOSPC", `${path}: ${sizeOf(node)} bytes, quota nodeSize is ${limit}`);
}

/** Creates the node and its missing ancestors, which get no value. The caller was found to have write access. */
function create(step: Step, path: string, value: Uint8Array): Result<undefined, "ENOSPC"> {
  const ancestor = nearestAncestor(step.root, path);
  const permissions = inheritedBy(step.who, ancestor.node.permissions);
  // deepest first, each made with its child in it: linear in the depth
  let below: TreeNode | undefined;
  for (let at = path; at !== ancestor.path; at = parentOf(at)) {
    const bare = { name: nameOf(at), value: EMPTY, permissions, generation: step.nextGeneration(), children: [], childBytes: 0 };
    const node: TreeNode = below === undefined ? { ...bare, value } : withChild(bare, below);
    const room = fits(step, at, node);
    if (!room.ok) return room;
    charge(step.delta, ownerOf(node), 1, chargeOf(node));
    step.touched.add(at);
    step.changed.add(at);
    below = node;
  }
  if (below === undefined) throw new ModelBug(`create: ${path} exists`);
  const grown = { ...withChild(ancestor.node, below), generation: step.nextGeneration() };
  const room = fits(step, ancestor.path, grown);
  if (!room.ok) return room;
  put(step, ancestor.path, grown);
  record(step.events, path, "subtree");
  return DONE;
}

export function readNode(step: Step, path: string): Result<Uint8Array, XsdError> {
  const found = locate(step, path, ACCESS.read);
  // a copy: the reply leaves the store, the value does not
  return found.ok ? ok(found.value.value.slice()) : found;
}

/** WRITE. `value` becomes the store's: the caller does not modify it afterwards. */
export function writeNode(step: Step, path: string, value: Uint8Array): Result<undefined, XsdError> {
  const found = locate(step, path, ACCESS.write);
  step.written += value.length;
  if (!found.ok) return found.code === "ENOENT" ? create(step, path, value) : found;
  const node = { ...found.value, value, generation: step.nextGeneration() };
  const room = fits(step, path, node);
  if (!room.ok) return room;
  put(step, path, node);
  record(step.events, path, "subtree");
  return DONE;
}

export function makeNode(step: Step, path: string): Result<undefined, XsdError> {
  const found = locate(step, path, ACCESS.write);
  if (found.ok) return DONE;
  return found.code === "ENOENT" ? create(step, path, EMPTY) : found;
}

/** Removes a node that exists and all below it; watches are told about the deepest nodes first. */
function removeSubtree(step: Step, path: string, node: TreeNode): void {
  const places = [...walk(node, path)];
  for (const place of places.reverse()) {
    charge(step.delta, ownerOf(place.node), -1, -chargeOf(place.node));
    step.touched.add(place.path);
    step.changed.add(place.path);
    record(step.events, place.path, place.path === path ? "subtree" : "exact");
  }
  step.root = remove(step.root, path);
  const parent = find(step.root, parentOf(path));
  if (parent !== undefined) put(step, parentOf(path), { ...parent, generation: step.nextGeneration() });
}

export function removeNode(step: Step, path: string): Result<undefined, XsdError> {
  const found = locate(step, path, ACCESS.write);
  if (!found.ok) {
    if (found.code !== "ENOENT") return found;
    return find(step.root, parentOf(path)) === undefined ? fail("ENOENT", `no node ${parentOf(path)}`) : DONE;
  }
  if (path === "/") return fail("EINVAL", "the root cannot be removed");
  removeSubtree(step, path, found.value);
  return DONE;
}

export function directory(step: Step, path: string): Result<Uint8Array, XsdError> {
  const found = locate(step, path, ACCESS.read);
  if (!found.ok) return found;
  if (found.value.childBytes > XENSTORE_PAYLOAD_MAX) return fail("E2BIG", `${path}: names of ${found.value.childBytes} bytes need DIRECTORY_PART`);
  return ok(stringsReply(...found.value.children.map((child) => child.name)));
}

/** DIRECTORY_PART: the generation, then as many whole names from byte `offset` on as fit; an empty name ends the list. */
export function directoryPart(step: Step, path: string, offset: number): Result<Uint8Array, XsdError> {
  const found = locate(step, path, ACCESS.read);
  if (!found.ok) return found;
  let text = `${found.value.generation}\0`;
  let at = 0;
  for (const { name } of found.value.children) {
    const rest = name.slice(Math.max(0, offset - at));
    at += name.length + 1;
    if (at <= offset) continue;
    if (text.length + rest.length + 2 > XENSTORE_PAYLOAD_MAX) return ok(bytesOf(text));
    text += `${rest}\0`;
  }
  return ok(bytesOf(`${text}\0`));
}

export function getPermissions(step: Step, path: string): Result<Uint8Array, XsdError> {
  const found = locate(step, path, ACCESS.read);
  return found.ok ? ok(stringsReply(...found.value.permissions.map(formatPermission))) : found;
}

/** SET_PERMS. EPERM: an unprivileged caller names another owner. ENOSPC: too many entries. */
export function setPermissions(step: Step, path: string, list: Permissions): Result<undefined, XsdError> {
  const room = countAllowed(step, list);
  if (!room.ok) return room;
  const found = locate(step, path, ACCESS.write | ACCESS.owner);
  if (!found.ok) return found;
  if (!step.who.isPrivileged && list[0].domid !== ownerOf(found.value))
    return fail("EPERM", `${path}: only a privileged domain changes the owner`);
  const node = { ...found.value, permissions: list, generation: step.nextGeneration() };
  const fit = fits(step, path, node);
  if (!fit.ok) return fit;
  put(step, path, node);
  record(step.events, path, "subtree");
  return DONE;
}

/** The quota of permission entries. */
export function countAllowed(step: Step, list: Permissions): Result<undefined, "ENOSPC"> {
  const limit = step.quotas?.permissions;
  return limit === undefined || list.length <= limit ? DONE : fail("ENOSPC", `${list.length} permissions, quota permissions is ${limit}`);
}

/** A domain is gone: what it owns goes with all below, and no entry names it any more. "/" falls to `heir`. */
export function forgetDomain(step: Step, domid: number, heir: number): void {
  const inherit = (list: Permissions): Permissions => {
    const [owner, ...others] = list;
    return [owner.domid === domid ? { domid: heir, access: owner.access } : owner, ...others.filter((p) => p.domid !== domid)];
  };
  for (const { path, node } of walk(step.root, "/")) {
    const now = find(step.root, path);
    if (now === undefined || !node.permissions.some((p) => p.domid === domid)) continue;
    if (ownerOf(now) === domid && path !== "/") removeSubtree(step, path, now);
    else put(step, path, { ...now, permissions: inherit(now.permissions), generation: step.nextGeneration() });
  }
}

