/** The store's state, and the one place where its tree changes. */
import type { Accounts, Delta } from "./accounts.ts";
import type { Client, Origin } from "./client.ts";
import type { Quotas, Transport } from "./contract.ts";
import type { Permissions, Principal } from "./permission.ts";
import { createStep, type Step } from "./step.ts";
import type { TreeNode } from "./tree.ts";
import { fire, type WatchTable } from "./watches.ts";

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
