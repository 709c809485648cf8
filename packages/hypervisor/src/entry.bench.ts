/** Speed of the hypercall entry as a scripted guest sees it. */
import type { Bench } from "@granule/bench";
import { assemble } from "@granule/kit";
import { type GuestProgram, machine, scripted } from "@granule/machine";
import { GRANULE_4K, mib } from "@granule/units";
import { C } from "@granule/xen-abi";
import { DomainsPort, hypervisor, SchedulerPort } from "./index.ts";

/** xen_version(XENVER_version): no buffer, an answer in x0. */
const nullHypercalls: GuestProgram = function* (g) {
  g.regs.setBigUint64(8 * 16, BigInt(C.NR.xen_version), true);
  for (;;) {
    g.regs.setBigUint64(0, BigInt(C.XENVER_version), true);
    yield* g.hvc(C.XEN_HYPERCALL_TAG);
  }
};

export const benches: readonly Bench[] = [
  {
    // 500,000 a second where the calibration loop makes 650 million
    name: "v1 null hypercall from a scripted guest", unit: "call", target: 0.00077,
    run(ms, timed) {
      const m = assemble([machine({ ram: mib(16), tables: mib(8) }), hypervisor()]);
      const made = m.get(DomainsPort).create({ name: "bench", granule: GRANULE_4K, ram: mib(4), vcpus: [scripted(nullHypercalls)] });
      if (!made.ok) throw new Error(made.why);
      const scheduler = m.get(SchedulerPort);
      scheduler.run({ slices: 200 });
      const { counters } = made.value;
      return timed(ms, () => {
        const before = counters.get("hypercall");
        scheduler.run({ slices: 50 });
        return counters.get("hypercall") - before;
      });
    },
  },
];
