/** From the store's state to its image. */
import type { Client, Origin } from "./client.ts";
import type { Core } from "./core.ts";
import type { QueuedImage, SessionImage, StoreImage } from "./image.ts";
import { formatPermission } from "./permission.ts";
import { textOf } from "./text.ts";
import { walk } from "./tree.ts";

export function saveCore(core: Core): StoreImage {
  const origins = new Map<Origin, number>();
  const indexOf = (origin: Origin | undefined): number | null => {
    // a request of a domain that is gone keeps nobody waiting
    if (origin === undefined || core.accounts.of(origin.domid) !== origin.counts) return null;
    const known = origins.get(origin) ?? origins.size;
    origins.set(origin, known);
    return known;
  };
  const sessions = [...core.clients.values()].map((client) => saveClient(client, indexOf));
  return {
    version: 1,
    generation: core.generation,
    nextSession: core.nextClient,
    nextWatch: core.nextWatch,
    nodes: [...walk(core.root, "/")].map(({ path, node }) => ({
      path, value: textOf(node.value), permissions: node.permissions.map(formatPermission), generation: node.generation,
    })),
    special: [...core.special].map(([path, permissions]) => ({ path, permissions: permissions.map(formatPermission) })),
    domains: [...core.domains].map(([domid, { target, isShutdown }]) => ({ domid, target: target ?? null, isShutdown })),
    sessions,
    requests: [...origins.keys()].map((origin) => origin.domid),
  };
}

function saveClient(client: Client, indexOf: (origin: Origin | undefined) => number | null): SessionImage {
  const queue = client.queue.slice(client.head).map(({ message, origin }): QueuedImage => ({
    type: message.type, reqId: message.reqId, txId: message.txId, payload: textOf(message.payload), request: indexOf(origin),
  }));
  const watches = [...client.watches.values()].map((watch) => ({
    path: watch.path, token: watch.token, depth: watch.depth ?? null, isRelative: watch.hidden > 0, sequence: watch.sequence,
  }));
  return {
    id: client.id, domid: client.domid, lostEvents: client.lostEvents, nextTransaction: client.nextTransaction,
    transactions: [...client.transactions.keys()], watches, queue,
  };
}
