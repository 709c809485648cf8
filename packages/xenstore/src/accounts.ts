/** What each domain uses, and the limits of what it may. Sizes are bytes. */
import { kib, mib } from "@granule/units";
import type { Quotas, Usage } from "./contract.ts";

/** Limits of xenstored (its defaults); docs/man/xenstored.8 option --quota names them. */
export const DEFAULT_QUOTAS: Quotas = /* @__PURE__ */ Object.freeze({
  nodes: 1000,
  nodeSize: kib(2),
  permissions: 5,
  watches: 128,
  transactions: 10,
  transactionNodes: 1024,
  outstanding: 20,
  memory: mib(2.5),
  pathLength: kib(2),
});

/** Modifiable {@link Usage}. */
export type Counts = { -readonly [K in keyof Usage]: Usage[K] };

const NOTHING: Usage = /* @__PURE__ */ Object.freeze({ nodes: 0, bytes: 0, watches: 0, transactions: 0, outstanding: 0 });

export interface Accounts {
  /** The counters of a domain, made when they are missing. Who counts down later keeps this object, not the domid. */
  of(domid: number): Counts;
  /** A copy. */
  read(domid: number): Usage;
  /** The domid will mean another domain from now on. */
  forget(domid: number): void;
}

export function createAccounts(): Accounts {
  const all = new Map<number, Counts>();
  return {
    of: (domid) => {
      let counts = all.get(domid);
      if (counts === undefined) all.set(domid, (counts = { ...NOTHING }));
      return counts;
    },
    read: (domid) => ({ ...(all.get(domid) ?? NOTHING) }),
    forget: (domid) => void all.delete(domid),
  };
}

/** Changes of nodes and bytes, by owner. */
export type Delta = Map<number, { nodes: number; bytes: number }>;

/** Adds to what `owner` uses. */
export function charge(delta: Delta, owner: number, nodes: number, bytes: number): void {
  const sum = delta.get(owner);
  if (sum === undefined) delta.set(owner, { nodes, bytes });
  else {
    sum.nodes += nodes;
    sum.bytes += bytes;
  }
}

/** Adds all of `from`. */
export function chargeAll(delta: Delta, from: Delta): void {
  for (const [owner, { nodes, bytes }] of from) charge(delta, owner, nodes, bytes);
}
