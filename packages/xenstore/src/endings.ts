/** How sessions end, wholly or in part. */
import { type Client, dropQueue } from "./client.ts";
import type { Core } from "./core.ts";
import { dropTransaction } from "./transaction.ts";
import { removeWatch } from "./watches.ts";

/** Drops watches, transactions and the queue. */
export function resetClient(core: Core, client: Client): void {
  dropWatchesAndTransactions(core, client);
  dropQueue(client);
  client.nextTransaction = 1;
}

/** RESET_WATCHES: the queue stays. */
export function dropWatchesAndTransactions(core: Core, client: Client): void {
  for (const watch of client.watches.values()) removeWatch(core.watches, watch);
  for (const transaction of client.transactions.values()) dropTransaction(client, transaction);
}

export function closeClient(core: Core, client: Client): void {
  resetClient(core, client);
  client.isOpen = false;
  core.clients.delete(client.id);
}
