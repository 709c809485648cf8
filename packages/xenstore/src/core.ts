/** The store's state, and how one request's work on the tree is merged into it or into a transaction. */
import { fail, type Result } from "@granule/units";
import type { XsdError } from "@granule/xen-abi";
import type { Accounts, Delta } from "./accounts.ts";
import { type Client, dropQueue, type Origin } from "./client.ts";
import type { Quotas, Transport } from "./contract.ts";
import type { Permissions, Principal } from "./permission.ts";
import { brokenQuota, createStep, type Step } from "./step.ts";
import { dropTransaction, mergeStep, type Transaction } from "./transaction.ts";
import type { TreeNode } from "./tree.ts";
import { fire, removeWatch, type WatchTable } from "./watches.ts";

/** An introduced domain. */
export interface Domain {
  /** SET_TARGET: the domain it acts for. */
  target: number | undefined;
  /** @releaseDomain was told for its shutdown; RESUME clears it. */
  isShutdown: boolean;
}

export interface Core {
  readonly quotas: Quotas;
  /** The first owns "/" and inherits it. */
  readonly privileged: readonly [number, ...number[]];
  readonly transport: Transport | undefined;
  root: TreeNode;
  /** The last generation that was given out. */
  generation: number;
  /** Permissions of the special watch paths. */
  readonly special: Map<string, Permissions>;
  readonly domains: Map<number, Domain>;
  /** In the order of connecting. */
  readonly clients: Map<number, Client>;
  nextClient: number;
  readonly watches: WatchTable;
  nextWatch: number;
  readonly accounts: Accounts;
}

/** One request in the hands of its handler. */
export interface Call {
  readonly core: Core;
  readonly client: Client;
  readonly payload: Uint8Array;
  readonly transaction: Transaction | undefined;
  readonly origin: Origin;
}

export const isPrivileged = (core: Core, domid: number): boolean => core.privileged.includes(domid);

export const principalOf = (core: Core, domid: number): Principal => ({
  domid, target: core.domains.get(domid)?.target, isPrivileged: isPrivileged(core, domid),
});

/** A step of `domid` from `root`. */
export const stepOf = (core: Core, domid: number, root: TreeNode): Step =>
  createStep(principalOf(core, domid), core.quotas, root, () => ++core.generation);

/** Adds to what domains use. */
export function applyDelta(core: Core, delta: Delta): void {
  for (const [domid, { nodes, bytes }] of delta) {
    const counts = core.accounts.of(domid);
    counts.nodes += nodes;
    counts.bytes += bytes;
  }
}

/** Makes `root` the live tree and tells the watches. */
export function publish(core: Core, root: TreeNode, delta: Delta, events: Step["events"], origin: Origin | undefined): void {
  const before = core.root;
  core.root = root;
  applyDelta(core, delta);
  fire(core.watches, (domid) => principalOf(core, domid), before, root, events, origin);
}

/** Runs an operation on the live tree, or in the call's transaction. All of its effects or none. */
export function perform<V>(call: Call, operation: (step: Step) => Result<V, XsdError>): Result<V, XsdError> {
  const { core, client, transaction, origin } = call;
  const step = stepOf(core, client.domid, transaction?.root ?? core.root);
  const result = operation(step);
  if (transaction !== undefined) {
    const merged = mergeStep(core, client, transaction, step, result.ok);
    return merged.ok ? result : merged;
  }
  if (!result.ok) return result;
  if (!step.who.isPrivileged) {
    const broken = brokenQuota(step.delta, core.quotas, (domid) => isPrivileged(core, domid), (domid) => core.accounts.read(domid));
    if (broken !== undefined) return fail(broken.code, broken.why);
  }
  publish(core, step.root, step.delta, step.events, origin);
  return result;
}

/** Drops watches, transactions and the queue. */
export function resetClient(core: Core, client: Client): void {
  dropWatchesAndTransactions(core, client);
  dropQueue(client);
  client.nextTransaction = 1;
}

/** RESET_WATCHES: the queue stays. */
export function dropWatchesAndTransactions(core: Core, client: Client): void {
  for (const watch of [...client.watches.values()]) removeWatch(core.watches, watch);
  for (const transaction of [...client.transactions.values()]) dropTransaction(client, transaction);
}

export function closeClient(core: Core, client: Client): void {
  resetClient(core, client);
  client.isOpen = false;
  core.clients.delete(client.id);
}
