/** A store's state as it begins: "/" and the two special paths, owned by the first privileged domain. */
import { createAccounts, DEFAULT_QUOTAS } from "./accounts.ts";
import type { StoreOptions } from "./contract.ts";
import type { Core } from "./core.ts";
import { INTRODUCE_DOMAIN, RELEASE_DOMAIN } from "./domains.ts";
import { ACCESS, type Permissions } from "./permission.ts";
import { chargeOf, type TreeNode } from "./tree.ts";

export function createCore(options: StoreOptions): Core {
  const [first = 0, ...others] = options.privileged ?? [];
  const permissions: Permissions = [{ domid: first, access: ACCESS.none }];
  const root: TreeNode = { name: "", value: new Uint8Array(0), permissions, generation: 1, children: [], childBytes: 0 };
  const core: Core = {
    quotas: { ...DEFAULT_QUOTAS, ...options.quotas },
    privileged: [first, ...others],
    transport: options.transport,
    root,
    generation: 1,
    special: new Map([INTRODUCE_DOMAIN, RELEASE_DOMAIN].map((path) => [path, permissions])),
    domains: new Map([first, ...others].map((domid) => [domid, { target: undefined, isShutdown: false }])),
    clients: new Map(),
    nextClient: 1,
    watches: new Map(),
    nextWatch: 1,
    accounts: createAccounts(),
  };
  const owner = core.accounts.of(first);
  owner.nodes = 1;
  owner.bytes = chargeOf(root);
  return core;
}
