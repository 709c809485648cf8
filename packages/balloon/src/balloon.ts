/** The balloon as a plugin: reservations of ABI v1, extents of ABI v2, and the pieces in between. */
import { definePlugin, type Json, jsonList, jsonNumber } from "@granule/kit";
import { ModelBug } from "@granule/units";
import { type Domain, DOMAIN_CREATE, DOMAIN_GONE, DOMAIN_RESET, DomainsPort, FramesPort, RAM_REMOVED } from "@granule/hypervisor";
import { BalloonPort } from "./contract.ts";
import { registerExtentOps } from "./extents.ts";
import { createPending, type Pending } from "./pending.ts";
import { createRam } from "./ram.ts";
import { registerReservationOps } from "./reservation.ts";

/** Provides {@link BalloonPort} and answers populate_physmap, decrease_reservation (v1), release, populate, accumulate (v2). */
export const balloon = definePlugin({
  name: "balloon",
  version: 1,
  provides: { balloon: BalloonPort },
  requires: { domains: DomainsPort, frames: FramesPort },
  setup({ use, on, emit }) {
    const { domains, frames } = use;
    const byDomain = new Map<number, Pending>();
    const pendingOf = (d: Domain): Pending => {
      const p = byDomain.get(d.domid);
      if (p === undefined) throw new ModelBug(`balloon: domain ${d.domid} was not built`);
      return p;
    };
    const ram = createRam(frames, emit);
    registerReservationOps(on, emit, domains, frames, ram);
    registerExtentOps(on, domains, ram, pendingOf);
    on.setup(DOMAIN_CREATE, (d) => {
      byDomain.set(d.domid, createPending(d.granule));
      return { ok: true, value: () => void byDomain.delete(d.domid) };
    });
    on.event(DOMAIN_GONE, (d) => void byDomain.delete(d.domid));
    on.event(DOMAIN_RESET, (d) => pendingOf(d).clear());
    on.event(RAM_REMOVED, ({ domain, range }) => pendingOf(domain).forget(range));
    return {
      ports: { balloon: { pendingBytes: (d) => pendingOf(d).bytes() } },
      save: (): Json => [...byDomain].map(([domid, p]) => [domid, p.save()]),
      load(state) {
        const saved = new Map(jsonList(state, "balloon").map((entry) => [jsonNumber(jsonList(entry, "balloon")[0], "balloon"), jsonList(entry, "balloon")[1]]));
        byDomain.clear();
        for (const d of domains.list()) {
          const pending = createPending(d.granule);
          pending.load(saved.get(d.domid) ?? []);
          byDomain.set(d.domid, pending);
        }
      },
    };
  },
});
