/** From an image to the store's state. An image that means no store is refused, with the reason. */
import { DONE, fail, ok, type Result } from "@granule/units";
import { XSD_SOCKMSG_TYPE } from "@granule/xen-abi";
import { charge, type Delta } from "./accounts.ts";
import { type Client, createClient, HEADER_SIZE, type Origin, restoreQueued } from "./client.ts";
import type { StoreOptions } from "./contract.ts";
import { applyDelta, type Core, isPrivileged } from "./core.ts";
import { createCore } from "./create.ts";
import { isStoreImage, type NodeImage, type SessionImage, type StoreImage } from "./image.ts";
import { canonicalPath, domainPath, isSpecial, nameOf, parentOf } from "./path.ts";
import { stringsOf } from "./payload.ts";
import { parsePermissions } from "./permission.ts";
import { bytesOf } from "./text.ts";
import { LAST_ID, restoreTransaction } from "./transaction.ts";
import { chargeOf, find, ownerOf, replace, type TreeNode, walk } from "./tree.ts";
import { addWatch, watchKey } from "./watches.ts";

type Loaded<V = undefined> = Result<V, "EINVAL">;

export function loadCore(image: unknown, options: StoreOptions): Loaded<Core> {
  if (!isStoreImage(image)) return fail("EINVAL", "image: not the form of a saved store, version 1");
  const core = createCore(options);
  core.generation = image.generation;
  core.nextClient = image.nextSession;
  core.nextWatch = image.nextWatch;
  for (const part of [loadTree, loadDomains, loadSessions]) {
    const loaded = part(core, image);
    if (!loaded.ok) return loaded;
  }
  return ok(core);
}

function loadTree(core: Core, image: StoreImage): Loaded {
  const before: Delta = new Map();
  for (const { node } of walk(core.root, "/")) charge(before, ownerOf(node), -1, -chargeOf(node));
  applyDelta(core, before);
  const delta: Delta = new Map();
  const seen = new Set<string>();
  let root: TreeNode | undefined;
  for (const saved of image.nodes) {
    const made = nodeOf(saved);
    if (!made.ok) return made;
    const hasParent = root === undefined ? saved.path === "/" : find(root, parentOf(saved.path)) !== undefined;
    if (!hasParent || seen.has(saved.path)) return fail("EINVAL", `nodes: ${saved.path} before its parent, or twice`);
    if (saved.generation > image.generation) return fail("EINVAL", `nodes: ${saved.path}: generation ${saved.generation} is still to come`);
    seen.add(saved.path);
    root = root === undefined ? made.value : replace(root, saved.path, made.value);
    charge(delta, ownerOf(made.value), 1, chargeOf(made.value));
  }
  if (root === undefined) return fail("EINVAL", "nodes: none");
  core.root = root;
  applyDelta(core, delta);
  for (const { path, permissions } of image.special) {
    const parsed = parsePermissions(permissions);
    if (!parsed.ok) return parsed;
    if (!core.special.has(path)) return fail("EINVAL", `special: ${path}`);
    core.special.set(path, parsed.value);
  }
  return DONE;
}

function nodeOf(saved: NodeImage): Loaded<TreeNode> {
  const path = canonicalPath(saved.path, { domid: 0, limit: undefined, special: false });
  const permissions = parsePermissions(saved.permissions);
  if (!path.ok || path.value !== saved.path) return fail("EINVAL", `nodes: path ${saved.path}`);
  if (!permissions.ok) return permissions;
  return ok({
    name: nameOf(saved.path), value: bytesOf(saved.value), permissions: permissions.value,
    generation: saved.generation, children: [], childBytes: 0,
  });
}

function loadDomains(core: Core, image: StoreImage): Loaded {
  core.domains.clear();
  for (const { domid, target, isShutdown } of image.domains) core.domains.set(domid, { target: target ?? undefined, isShutdown });
  for (const domid of core.privileged) if (!core.domains.has(domid)) return fail("EINVAL", `domains: ${domid} is privileged here and missing`);
  for (const { target } of core.domains.values())
    if (target !== undefined && !core.domains.has(target)) return fail("EINVAL", `domains: target ${target} is missing`);
  return DONE;
}

function loadSessions(core: Core, image: StoreImage): Loaded {
  const origins = image.requests.map((domid): Origin => ({ domid, counts: core.accounts.of(domid), left: 0 }));
  for (const saved of [...image.sessions].sort((a, b) => a.id - b.id)) {
    if (!core.domains.has(saved.domid) || core.clients.has(saved.id) || saved.id >= core.nextClient) return fail("EINVAL", `sessions: ${saved.id}`);
    const memory = isPrivileged(core, saved.domid) ? Infinity : core.quotas.memory;
    const client = createClient(saved.id, saved.domid, isPrivileged(core, saved.domid), core.accounts.of(saved.domid), memory);
    core.clients.set(client.id, client);
    client.lostEvents = saved.lostEvents;
    const parts = loadQueue(client, saved, origins);
    if (!parts.ok) return parts;
    for (const id of saved.transactions) {
      if (id === 0 || id > LAST_ID || client.transactions.has(id)) return fail("EINVAL", `sessions: ${saved.id}: transaction ${id}`);
      restoreTransaction(core, client, id, true);
    }
    if (saved.nextTransaction === 0 || saved.nextTransaction > LAST_ID) return fail("EINVAL", `sessions: ${saved.id}: next transaction`);
    client.nextTransaction = saved.nextTransaction;
  }
  for (const origin of origins) if (origin.left > 0) origin.counts.outstanding++;
  return loadWatches(core, image);
}

function loadQueue(client: Client, saved: SessionImage, origins: readonly Origin[]): Loaded {
  for (const { type, reqId, txId, payload, request } of saved.queue) {
    const origin = request === null ? undefined : origins[request];
    if (request !== null && origin === undefined) return fail("EINVAL", `sessions: ${saved.id}: request ${request}`);
    if (origin !== undefined) origin.left++;
    const bytes = bytesOf(payload);
    const isEvent = type === XSD_SOCKMSG_TYPE.XS_WATCH_EVENT;
    const [path = "", token = ""] = isEvent ? stringsOf(bytes) : [];
    restoreQueued(client, {
      message: { type, reqId, txId, payload: bytes },
      key: isEvent && !isSpecial(path) ? `${path}\0${token}` : undefined,
      charged: isEvent ? bytes.length + HEADER_SIZE : 0,
      origin,
    });
  }
  return DONE;
}

/** All sessions' watches, oldest first: the table keeps the order of setting. */
function loadWatches(core: Core, image: StoreImage): Loaded {
  const all = image.sessions.flatMap((session) => session.watches.map((watch) => ({ session, watch })));
  for (const { session, watch } of all.sort((a, b) => a.watch.sequence - b.watch.sequence)) {
    const client = core.clients.get(session.id);
    const path = canonicalPath(watch.path, { domid: session.domid, limit: undefined, special: true });
    const isWhole = path.ok && path.value === watch.path && !watch.token.includes("\0");
    if (client === undefined || !isWhole || watch.sequence >= core.nextWatch || client.watches.has(watchKey(watch.path, watch.token)))
      return fail("EINVAL", `watches: ${watch.path}`);
    const home = `${domainPath(session.domid)}/`;
    if (watch.isRelative && !watch.path.startsWith(home)) return fail("EINVAL", `watches: ${watch.path} is not below ${home}`);
    addWatch(core.watches, {
      client, path: watch.path, token: watch.token, depth: watch.depth ?? undefined, sequence: watch.sequence,
      hidden: watch.isRelative ? home.length : 0,
    });
  }
  return DONE;
}
