/** Hypercall 70: how many bytes of a range of the caller's own RAM are zero. A descriptor, a handler, a plugin. */
import { DomainsPort, GuestMemoryPort } from "@granule/hypervisor";
import { definePlugin } from "@granule/kit";
import { MachinePort } from "@granule/machine";
import { ok, range } from "@granule/units";
import { derived, field, handled, hypercall } from "@granule/xen-abi";

/** Address and size in bytes, as everything in ABI v2; the table says what is checked before the handler runs. */
export const countZeroes = hypercall({
  abi: 2, nr: 70, op: 0, name: "count_zeroes", source: "this example", doc: "Counts the zero bytes of a range.",
  buffer: { x: 1, size: 24 },
  fields: {
    address: field.ipa("in", { at: 0 }, "bytes (IPA)", { class: "access", align: 8, extentOf: "size" }),
    size: field.size("in", { at: 8 }, "bytes", { class: "access", align: 8 }),
    zeroes: field.u53("out", { at: 16 }, "bytes"),
  },
  errors: [
    derived("EFAULT", "buffer", "the structure is not in the caller's own RAM"),
    derived("EDOM", "alignment", "address or size is not a multiple of 8 bytes"),
    derived("ERANGE", "range", "the range ends above the IPA limit"),
    handled("ENOENT", "not-owned", "some of the range is not RAM that the caller owns"),
  ],
});

export const zeroCounter = definePlugin({
  name: "zero-counter",
  version: 1,
  provides: {},
  requires: { domains: DomainsPort, memory: GuestMemoryPort, machine: MachinePort },
  setup({ use, on }) {
    on.hypercall(countZeroes, (caller, { address, size }) => {
      const runs = use.memory.ramRuns(use.domains.of(caller), range(address, size));
      if (runs === undefined) return { ok: false, code: "ENOENT", why: `${size} bytes are not all own RAM` };
      let zeroes = 0;
      for (const run of runs) for (const byte of use.machine.memory.bytes(run.start, run.size)) zeroes += byte === 0 ? 1 : 0;
      return ok({ zeroes });
    });
    return { ports: {}, save: () => null, load: () => undefined };
  },
});
