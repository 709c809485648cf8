/**
 * What every xenstore must do, as tests for vitest: the payloads, permissions, watches, transactions, domains and
 * quotas of docs/misc/xenstore.txt. The implementation is driven through {@link Store} and its sessions alone.
 */
import { describe } from "vitest";
import { describeDomains } from "./conformance/domains.ts";
import { describeNodes } from "./conformance/nodes.ts";
import { describePermissions } from "./conformance/permissions.ts";
import { describeTransactions } from "./conformance/transactions.ts";
import { describeWatches } from "./conformance/watches.ts";
import type { Store, StoreOptions } from "./contract.ts";

export interface StoreUnderTest {
  /** Part of the tests' names. */
  readonly name: string;
  /** A store with nothing in it but "/". */
  readonly create: (options?: StoreOptions) => Store;
}

/** Declares the suite. To be called at the top of a test file. */
export function describeStore({ name, create }: StoreUnderTest): void {
  describe(name, () => {
    describeNodes(create);
    describePermissions(create);
    describeWatches(create);
    describeTransactions(create);
    describeDomains(create);
  });
}
