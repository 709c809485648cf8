/**
 * One request's work on the tree. It starts from a root and either fails, leaving nothing, or is merged as a whole
 * into the live store or into a transaction: so no operation has to undo anything.
 */
import { type Delta } from "./accounts.ts";
import type { Quotas, Usage } from "./contract.ts";
import type { Principal } from "./permission.ts";
import type { TreeNode } from "./tree.ts";
import type { Reach } from "./watches.ts";

export interface Step {
  readonly who: Principal;
  /** Undefined for privileged domains. */
  readonly quotas: Quotas | undefined;
  root: TreeNode;
  /** Paths whose state the answer depends on, or that were changed. */
  readonly touched: Set<string>;
  /** Paths that were changed. */
  readonly changed: Set<string>;
  /** In the order in which watches are to be told. */
  readonly events: Map<string, Reach>;
  readonly delta: Delta;
  /** Bytes of values written. */
  written: number;
  readonly nextGeneration: () => number;
}

export function createStep(who: Principal, quotas: Quotas, root: TreeNode, nextGeneration: () => number): Step {
  return {
    who, quotas: who.isPrivileged ? undefined : quotas, root, nextGeneration,
    touched: new Set(), changed: new Set(), events: new Map(), delta: new Map(), written: 0,
  };
}

/** Records an event; of two for one path the wider counts, at the place of the first. */
export function record(events: Map<string, Reach>, path: string, reach: Reach): void {
  if (reach === "subtree" || !events.has(path)) events.set(path, reach);
}

/**
 * Which quota the delta breaks, given what was used before it. Shrinking never breaks one. Privileged owners have none.
 */
export function brokenQuota(
  delta: Delta, quotas: Quotas, isPrivileged: (domid: number) => boolean, usedBy: (domid: number) => Pick<Usage, "nodes" | "bytes">,
): { readonly code: "ENOSPC" | "ENOMEM"; readonly why: string } | undefined {
  for (const [domid, { nodes, bytes }] of delta) {
    if (isPrivileged(domid)) continue;
    const used = usedBy(domid);
    if (nodes > 0 && used.nodes + nodes > quotas.nodes)
      return { code: "ENOSPC", why: `domain ${domid} would own ${used.nodes + nodes} nodes, quota nodes is ${quotas.nodes}` };
    if (bytes > 0 && used.bytes + bytes > quotas.memory)
      return { code: "ENOMEM", why: `domain ${domid} would use ${used.bytes + bytes} bytes, quota memory is ${quotas.memory}` };
  }
  return undefined;
}
