/**
 * Watches, found by the path that they watch, and who gets which event.
 * Source: docs/misc/xenstore.txt, "Watches"; XSA-115 for who may be told.
 */
import { type Client, enqueueEvent, type Origin } from "./client.ts";
import { parentOf } from "./path.ts";
import { ACCESS, accessOf, type Permissions, type Principal } from "./permission.ts";
import { find, type TreeNode } from "./tree.ts";

export interface Watch {
  readonly client: Client;
  /** Canonical, or special. */
  readonly path: string;
  readonly token: string;
  /** Levels below `path` that match; undefined: all. */
  readonly depth: number | undefined;
  /** Characters at the front of an event's path that a relative watch does not show. */
  readonly hidden: number;
  /** Order of setting, across clients. */
  readonly sequence: number;
}

/** Watches by path; each list in the order of setting. */
export type WatchTable = Map<string, Watch[]>;

/** How far an event reaches: watches on its path and above, or on its path alone. */
export type Reach = "subtree" | "exact";

export const watchKey = (path: string, token: string): string => `${path}\0${token}`;
/** Bytes that a watch counts for. */
export const chargeOfWatch = (watch: Watch): number => watch.path.length + watch.token.length;

export function addWatch(table: WatchTable, watch: Watch): void {
  const list = table.get(watch.path);
  if (list === undefined) table.set(watch.path, [watch]);
  else list.push(watch);
  watch.client.watches.set(watchKey(watch.path, watch.token), watch);
  watch.client.counts.watches++;
  watch.client.counts.bytes += chargeOfWatch(watch);
}

export function removeWatch(table: WatchTable, watch: Watch): void {
  const left = (table.get(watch.path) ?? []).filter((other) => other !== watch);
  if (left.length === 0) table.delete(watch.path);
  else table.set(watch.path, left);
  watch.client.watches.delete(watchKey(watch.path, watch.token));
  watch.client.counts.watches--;
  watch.client.counts.bytes -= chargeOfWatch(watch);
}

/** The watches that an event at `path` concerns, in the order in which they are told: by client, then by age. */
function matching(table: WatchTable, path: string, reach: Reach): readonly Watch[] {
  const found: Watch[] = [...(table.get(path) ?? [])];
  if (reach === "subtree") {
    let at = path;
    for (let above = 1; at !== "/"; above++) {
      at = parentOf(at);
      for (const watch of table.get(at) ?? []) if (watch.depth === undefined || above <= watch.depth) found.push(watch);
    }
  }
  return found.sort((a, b) => a.client.id - b.client.id || a.sequence - b.sequence);
}

/**
 * True when `who` may be told that the node at `path` changed: before or after the change the node was there, and it
 * or its parent was readable. Who reads a parent can list its children, so an event on a child tells nothing new.
 */
function mayBeTold(who: Principal, before: TreeNode, after: TreeNode, path: string): boolean {
  const reads = (list: Permissions): boolean => (accessOf(who, list) & ACCESS.read) !== 0;
  for (const root of [before, after]) {
    const node = find(root, path);
    const parent = find(root, parentOf(path));
    if (node !== undefined && parent !== undefined && (reads(node.permissions) || reads(parent.permissions))) return true;
  }
  return false;
}

/** Who is asking, by client. */
export type PrincipalOf = (domid: number) => Principal;

/** Queues the events of changes that turned the tree `before` into `after`, in the order of `events`. */
export function fire(
  table: WatchTable, principalOf: PrincipalOf, before: TreeNode, after: TreeNode,
  events: ReadonlyMap<string, Reach>, origin: Origin | undefined,
): void {
  if (table.size === 0) return;
  for (const [path, reach] of events) {
    for (const watch of matching(table, path, reach)) {
      if (!mayBeTold(principalOf(watch.client.domid), before, after, path)) continue;
      enqueueEvent(watch.client, path.slice(watch.hidden), watch.token, origin);
    }
  }
}

/**
 * Queues a special event: to watches of `name` without a depth, as `name`; to watches of `name` with depth 1 and of
 * `name/domid`, as `name/domid`. Only who may read the special path is told.
 */
export function fireSpecial(
  table: WatchTable, principalOf: PrincipalOf, permissions: Permissions,
  name: string, domid: number, origin: Origin | undefined,
): void {
  const named = `${name}/${domid}`;
  const told = [...(table.get(name) ?? []), ...(table.get(named) ?? [])].sort((a, b) => a.client.id - b.client.id || a.sequence - b.sequence);
  for (const watch of told) {
    if ((accessOf(principalOf(watch.client.domid), permissions) & ACCESS.read) === 0) continue;
    const path = watch.path === name && watch.depth === undefined ? name : named;
    enqueueEvent(watch.client, path, watch.token, origin);
  }
}
