/**
 * Transactions: a snapshot to work on, and optimistic commit. A commit succeeds iff no path that the transaction looked
 * at or changed has another state now than in the snapshot; so committed transactions are as if run one after another.
 * Source: docs/misc/xenstore.txt, "Transactions".
 */
import { DONE, fail, type Result } from "@granule/units";
import type { XsdError } from "@granule/xen-abi";
import { chargeAll, type Delta } from "./accounts.ts";
import type { Client, Origin } from "./client.ts";
import { type Core, isPrivileged, publish } from "./core.ts";
import { brokenQuota, record, type Step } from "./step.ts";
import { find, remove, replace, type TreeNode } from "./tree.ts";
import type { Reach } from "./watches.ts";

export interface Transaction {
  /** Unique in its session, never 0. */
  readonly id: number;
  readonly base: TreeNode;
  root: TreeNode;
  readonly touched: Set<string>;
  readonly changed: Set<string>;
  readonly events: Map<string, Reach>;
  readonly delta: Delta;
  /** Bytes charged to the session's domain while it is open: paths looked at and values written. */
  held: number;
  /** It cannot commit any more: a domain died, or the store was loaded from an image. */
  isStale: boolean;
}

/** Transaction ids are u32 and never 0. */
export const LAST_ID = 0xffffffff;

/** Opens a transaction on the current state. The caller has checked the quota. */
export function beginTransaction(core: Core, client: Client): Transaction {
  while (client.transactions.has(client.nextTransaction)) advance(client);
  const transaction = restoreTransaction(core, client, client.nextTransaction, false);
  advance(client);
  return transaction;
}

const advance = (client: Client): void => {
  client.nextTransaction = client.nextTransaction === LAST_ID ? 1 : client.nextTransaction + 1;
};

/** Opens a transaction of that id. */
export function restoreTransaction(core: Core, client: Client, id: number, isStale: boolean): Transaction {
  const transaction: Transaction = {
    id, base: core.root, root: core.root, touched: new Set(), changed: new Set(), events: new Map(), delta: new Map(), held: 0, isStale,
  };
  client.transactions.set(id, transaction);
  client.counts.transactions++;
  return transaction;
}

/** Forgets a transaction and gives back what it held. */
export function dropTransaction(client: Client, transaction: Transaction): void {
  client.transactions.delete(transaction.id);
  client.counts.transactions--;
  client.counts.bytes -= transaction.held;
}

/**
 * Takes a step into a transaction. What a failed request looked at counts too: its answer depended on it. ENOSPC:
 * more paths than the quota transactionNodes; ENOSPC, ENOMEM: the quotas as the transaction sees them.
 */
export function mergeStep(core: Core, client: Client, transaction: Transaction, step: Step, succeeded: boolean): Result<undefined, XsdError> {
  const touched = [...step.touched].filter((path) => !transaction.touched.has(path));
  const held = touched.reduce((sum, path) => sum + path.length, succeeded ? step.written : 0);
  if (!client.isPrivileged) {
    const paths = transaction.touched.size + touched.length;
    if (paths > core.quotas.transactionNodes)
      return fail("ENOSPC", `the transaction would touch ${paths} nodes, quota transactionNodes is ${core.quotas.transactionNodes}`);
    if (client.counts.bytes + held > core.quotas.memory)
      return fail("ENOMEM", `the transaction would hold ${transaction.held + held} bytes, above quota memory`);
    const broken = succeeded ? brokenQuota(step.delta, core.quotas, (domid) => isPrivileged(core, domid), (domid) => usedIn(core, transaction, domid)) : undefined;
    if (broken !== undefined) return fail(broken.code, broken.why);
  }
  for (const path of touched) transaction.touched.add(path);
  transaction.held += held;
  client.counts.bytes += held;
  if (!succeeded) return DONE;
  transaction.root = step.root;
  for (const path of step.changed) transaction.changed.add(path);
  for (const [path, reach] of step.events) record(transaction.events, path, reach);
  chargeAll(transaction.delta, step.delta);
  return DONE;
}

function usedIn(core: Core, transaction: Transaction, domid: number): { nodes: number; bytes: number } {
  const live = core.accounts.read(domid);
  const own = transaction.delta.get(domid);
  return { nodes: live.nodes + (own?.nodes ?? 0), bytes: live.bytes + (own?.bytes ?? 0) };
}

/**
 * Ends a transaction with its changes. EAGAIN: something it touched has changed since. ENOSPC, ENOMEM: the quotas,
 * which others may have used up meanwhile. In each case it is gone and nothing was changed.
 */
export function commitTransaction(core: Core, client: Client, transaction: Transaction, origin: Origin): Result<undefined, XsdError> {
  dropTransaction(client, transaction);
  if (transaction.isStale) return fail("EAGAIN", "a domain died, or the store was restored, since the transaction began");
  for (const path of transaction.touched)
    if (find(transaction.base, path)?.generation !== find(core.root, path)?.generation) return fail("EAGAIN", `${path} was changed by somebody else`);
  if (!client.isPrivileged) {
    const broken = brokenQuota(transaction.delta, core.quotas, (domid) => isPrivileged(core, domid), (domid) => core.accounts.read(domid));
    if (broken !== undefined) return fail(broken.code, broken.why);
  }
  let root = core.root;
  // a parent sorts before its children, so it is there when they are put
  for (const path of [...transaction.changed].sort()) {
    const node = find(transaction.root, path);
    if (node === undefined) root = remove(root, path);
    else {
      // children that somebody else changed meanwhile stay as they are; those of the transaction follow
      const now = find(root, path);
      root = replace(root, path, { ...node, children: now?.children ?? [], childBytes: now?.childBytes ?? 0 });
    }
  }
  publish(core, root, transaction.delta, transaction.events, origin);
  return DONE;
}
