/** How one request's work on the tree is merged into the live store or into a transaction. */
import { fail, type Result } from "@granule/units";
import type { XsdError } from "@granule/xen-abi";
import type { Client, Origin } from "./client.ts";
import { type Core, isPrivileged, publish, stepOf } from "./core.ts";
import { brokenQuota, type Step } from "./step.ts";
import { mergeStep, type Transaction } from "./transaction.ts";

/** One request in the hands of its handler. */
export interface Call {
  readonly core: Core;
  readonly client: Client;
  readonly payload: Uint8Array;
  readonly transaction: Transaction | undefined;
  readonly origin: Origin;
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
