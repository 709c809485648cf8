/** A plugin that spoils the stage 2 of every domain that is built: what the faults in stage 2 have in common. */
import { DOMAIN_CREATE, type P2m } from "@granule/hypervisor";
import { definePlugin } from "@granule/kit";
import type { Alteration } from "@granule/testkit";
import { ok } from "@granule/units";

/** `spoil` answers the operations to put in the place of the true ones, which it gets. */
export function p2mFault(spoil: (p2m: P2m) => Partial<P2m>): Alteration {
  const fault = definePlugin({
    name: "sabotage", version: 1, provides: {}, requires: {},
    setup({ on }) {
      on.setup(DOMAIN_CREATE, ({ p2m }) => {
        Object.assign(p2m, spoil({ ...p2m }));
        return ok(() => undefined);
      });
      return { ports: {}, save: () => null, load: () => undefined };
    },
  });
  return { plugins: (list) => [...list, fault()] };
}
