/**
 * What the store keeps for one session: its watches, its transactions and the queue of messages for it.
 *
 * The queue is bounded without a clock. A reply keeps its request outstanding until it is fetched. An event for an
 * unprivileged domain is charged to that domain's memory and lost when it does not fit; an event for a privileged one
 * keeps the request that caused it outstanding. An event that waits in the queue already is not queued again.
 */
import { XENSTORE_PAYLOAD_MAX, XSD_SOCKMSG_TYPE } from "@granule/xen-abi";
import type { Counts } from "./accounts.ts";
import type { Message } from "./contract.ts";
import { isSpecial } from "./path.ts";
import { stringsReply } from "./payload.ts";
import type { Transaction } from "./transaction.ts";
import type { Watch } from "./watches.ts";

/** A request that is not settled: `left` of its messages wait in queues. */
export interface Origin {
  readonly domid: number;
  readonly counts: Counts;
  left: number;
}

/** A message in a queue. */
export interface Queued {
  readonly message: Message;
  /** Identifies equal events; undefined for replies and special events. */
  readonly key: string | undefined;
  /** Bytes charged to the client's domain. */
  readonly charged: number;
  readonly origin: Origin | undefined;
}

export interface Client {
  readonly id: number;
  readonly domid: number;
  readonly isPrivileged: boolean;
  /** The domain's counters. */
  readonly counts: Counts;
  /** Limit of `counts.bytes`; Infinity for a privileged domain. */
  readonly memory: number;
  isOpen: boolean;
  lostEvents: number;
  /** Oldest first, from `head` on. */
  queue: Queued[];
  head: number;
  /** Keys of the events in the queue. */
  readonly waiting: Set<string>;
  /** By path and token. */
  readonly watches: Map<string, Watch>;
  readonly transactions: Map<number, Transaction>;
  nextTransaction: number;
}

/** Bytes of a header, which an undelivered event is charged for. */
export const HEADER_SIZE = 16;
/** Fetched entries that the queue may carry before it is packed. */
const PACK_AT = 64;

export function createClient(id: number, domid: number, isPrivileged: boolean, counts: Counts, memory: number): Client {
  return {
    id, domid, isPrivileged, counts, memory, isOpen: true, lostEvents: 0, queue: [], head: 0,
    waiting: new Set(), watches: new Map(), transactions: new Map(), nextTransaction: 1,
  };
}

/** A request is being worked on; it stays outstanding until its reply and events are fetched. */
export function beginRequest(client: Client): Origin {
  client.counts.outstanding++;
  return { domid: client.domid, counts: client.counts, left: 0 };
}

function settle(origin: Origin | undefined): void {
  if (origin !== undefined && --origin.left === 0) origin.counts.outstanding--;
}

export function enqueueReply(client: Client, message: Message, origin: Origin): void {
  origin.left++;
  client.queue.push({ message, key: undefined, charged: 0, origin });
}

/** Queues a WATCH_EVENT. `path` is as the client named it. `origin`: the request that caused it, if any. */
export function enqueueEvent(client: Client, path: string, token: string, origin: Origin | undefined): void {
  const key = isSpecial(path) ? undefined : `${path}\0${token}`;
  if (key !== undefined && client.waiting.has(key)) return;
  const payload = stringsReply(path, token);
  const charged = payload.length + HEADER_SIZE;
  if (payload.length > XENSTORE_PAYLOAD_MAX || client.counts.bytes + charged > client.memory) {
    client.lostEvents++;
    return;
  }
  const cause = client.isPrivileged ? origin : undefined;
  if (cause !== undefined) cause.left++;
  restoreQueued(client, { message: { type: XSD_SOCKMSG_TYPE.XS_WATCH_EVENT, reqId: 0, txId: 0, payload }, key, charged, origin: cause });
}

/** Appends an entry whose origin counts it already. */
export function restoreQueued(client: Client, entry: Queued): void {
  client.counts.bytes += entry.charged;
  if (entry.key !== undefined) client.waiting.add(entry.key);
  client.queue.push(entry);
}

export const peek = (client: Client): Message | undefined => client.queue[client.head]?.message;

export function shift(client: Client): void {
  const entry = client.queue[client.head];
  if (entry === undefined) return;
  client.head++;
  if (client.head === client.queue.length || client.head >= PACK_AT) {
    client.queue = client.queue.slice(client.head);
    client.head = 0;
  }
  client.counts.bytes -= entry.charged;
  if (entry.key !== undefined) client.waiting.delete(entry.key);
  settle(entry.origin);
}

/** Drops all undelivered messages. */
export function dropQueue(client: Client): void {
  while (peek(client) !== undefined) shift(client);
}
