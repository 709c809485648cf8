/** release, populate and accumulate of ABI v2: one extent at a time, all or nothing. */
import type { On } from "@granule/kit";
import { alignDown, fail, hex, ok, range } from "@granule/units";
import { V2 } from "@granule/xen-abi";
import type { Domain, Domains } from "@granule/hypervisor";
import type { Pending } from "./pending.ts";
import type { Ram } from "./ram.ts";

export function registerExtentOps(on: On, domains: Domains, ram: Ram, pendingOf: (domain: Domain) => Pending): void {
  on.hypercall(V2.release, (c, { extent }) => {
    const d = domains.of(c);
    const checked = ram.check(d, extent);
    if (!checked.ok) return checked;
    const taken = ram.take(d, extent);
    return taken.ok ? ok({}) : taken;
  });

  on.hypercall(V2.populate, (c, { extent }) => {
    const d = domains.of(c);
    if (!d.p2m.isEmpty(extent)) return fail("EEXIST", `occupied: some of the ${hex(extent.size)} bytes at ${hex(extent.start)} are mapped`);
    const filled = ram.fill(d, extent, true);
    return filled.ok ? ok({}) : filled;
  });

  on.hypercall(V2.accumulate, (c, { extent }) => {
    const d = domains.of(c);
    const pending = pendingOf(d);
    const piece = ram.check(d, extent);
    if (!piece.ok) return piece;
    const start = alignDown(extent.start, d.granule.size);
    const isWhole = extent.size >= d.granule.size;
    const mask = isWhole ? 0 : pending.with(start, extent);
    if (!isWhole && !pending.isComplete(mask)) {
      pending.set(start, mask);
      return ok({ freed: 0 });
    }
    const whole = isWhole ? extent : range(start, d.granule.size);
    // pieces that came earlier stayed reachable: they may be granted by now, or gone
    const checked = ram.check(d, whole);
    if (!checked.ok) return checked;
    const taken = ram.take(d, whole);
    return taken.ok ? ok({ freed: whole.size }) : taken;
  });
}
