/** Speed of grant operations through real hypercalls of a scripted guest: lists, as back ends make them. */
import type { Bench, Measure, Timed } from "@granule/bench";
import { assemble } from "@granule/kit";
import { type Guest, type GuestProgram, machine, scripted } from "@granule/machine";
import { type Domain, DomainsPort, hypervisor, SchedulerPort } from "@granule/hypervisor";
import { add, type AnyGranule, BACKING_UNIT, type Bytes, GRANULE_16K, GRANULE_4K, GRANULE_64K, kib, mib, range, toNumber, vaFromIpa, XEN_PAGE } from "@granule/units";
import { C, compile, COPY, type Hypercall, V1, V2 } from "@granule/xen-abi";
import { GrantPort } from "./contract.ts";
import { grantTable } from "./plugin.ts";

/** Elements of a list. */
const ELEMENTS = 64;
type Element = (i: number, granter: Domain, self: Domain) => Readonly<Record<string, unknown>>;
interface Call {
  readonly d: Hypercall;
  readonly element: Element;
  /** Offset of the handle in an element: unmapping takes those that the call before it answered. */
  readonly handleAt?: Bytes;
}

/** Repeats the calls for ever, with lists that were laid out once. */
const repeating = (calls: readonly Call[], granter: () => Domain, self: () => Domain): GuestProgram =>
  function* (g: Guest) {
    const start = add(self().layout.ram.start, BACKING_UNIT);
    const laid = calls.map(({ d, element, handleAt }, n) => {
      const size = d.buffer?.size ?? 0;
      const c = compile(d);
      const at = add(start, n * BACKING_UNIT);
      for (let i = 0; i < ELEMENTS; i++) {
        const view = new DataView(new ArrayBuffer(size));
        c.encode(element(i, granter(), self()), g.regs, view);
        g.write(vaFromIpa(add(at, i * size)), new Uint8Array(view.buffer));
      }
      return { d, at, size, handleAt };
    });
    for (;;)
      for (const [n, { d, at, size, handleAt }] of laid.entries()) {
        const mapped = laid[n - 1];
        if (handleAt !== undefined && mapped?.handleAt !== undefined)
          for (let i = 0; i < ELEMENTS; i++) g.store32(vaFromIpa(add(at, i * size + handleAt)), g.load32(vaFromIpa(add(mapped.at, i * mapped.size + mapped.handleAt))));
        g.regs.setBigUint64(0, BigInt(d.op ?? 0), true);
        g.regs.setBigUint64(8, BigInt(toNumber(at)), true);
        g.regs.setBigUint64(8 * 2, BigInt(ELEMENTS), true);
        g.regs.setBigUint64(8 * 16, BigInt(d.nr), true);
        yield* g.hvc(C.XEN_HYPERCALL_TAG);
      }
  };

function measure(ms: number, timed: Timed, granule: AnyGranule, counter: string, calls: readonly Call[]): Measure {
  const m = assemble([machine({ ram: mib(32), tables: mib(8) }), hypervisor(), grantTable()]);
  const domains = m.get(DomainsPort);
  const create = (name: string, g: AnyGranule, program: GuestProgram): Domain => {
    const made = domains.create({ name, granule: g, ram: mib(8), vcpus: [scripted(program)] });
    if (!made.ok) throw new Error(made.why);
    return made.value;
  };
  const found = (domid: number) => (): Domain => {
    const d = domains.get(domid);
    if (d === undefined) throw new Error(`no domain ${domid}`);
    return d;
  };
  const granter = create("granter", GRANULE_4K, function* (g) {
    yield* g.wait();
  });
  const mapper = create("mapper", granule, repeating(calls, found(1), found(2)));
  const grants = m.get(GrantPort);
  for (let i = 0; i < ELEMENTS; i++) {
    const at = add(granter.layout.ram.start, i * BACKING_UNIT);
    grants.seed(granter, "v1", i, { flags: C.GTF.permit_access, domid: mapper.domid, frame: toNumber(at) / XEN_PAGE.size });
    grants.seed(granter, "v2", i, { flags: C.GTF.permit_access, domid: mapper.domid, extent: range(at, BACKING_UNIT) });
  }
  const scheduler = m.get(SchedulerPort);
  scheduler.run({ slices: 50 });
  return timed(ms, () => {
    const before = mapper.counters.get(counter);
    scheduler.run({ slices: 20 });
    return mapper.counters.get(counter) - before;
  });
}

const slot = (i: number, self: Domain): number => toNumber(self.layout.extended.start) + i * BACKING_UNIT;
const mapV1: readonly Call[] = [
  { d: V1.grant_map_grant_ref, handleAt: 20, element: (i, granter, self) => ({ host_addr: slot(i, self), flags: C.GNTMAP.host_map, ref: i, dom: granter.domid }) },
  { d: V1.grant_unmap_grant_ref, handleAt: 16, element: (i, _granter, self) => ({ host_addr: slot(i, self), handle: 0 }) },
];
const mapV2: readonly Call[] = [
  { d: V2.grant_map, handleAt: 28, element: (i, granter, self) => ({ domid: granter.domid, flags: 0, ref: C.GRANT_REF_V2 + i, address: slot(i, self), size: BACKING_UNIT }) },
  { d: V2.grant_unmap, handleAt: 0, element: () => ({ handle: 0 }) },
];
const copy1: Call = {
  d: V1.grant_copy,
  element: (i, granter, self) => ({
    source_u: i, source_u_high: 0, source_domid: granter.domid, source_offset: 0, dest_u: toNumber(self.layout.ram.start) / XEN_PAGE.size + kib(512) / XEN_PAGE.size + i, dest_u_high: 0, dest_domid: C.DOMID_SELF,
    dest_offset: 0, len: XEN_PAGE.size, flags: C.GNTCOPY.source_gref,
  }),
};
const copy2 = (length: Bytes): Call => ({
  d: V2.grant_copy,
  element: (i, granter, self) => ({
    flags: COPY.source_ref, length, source_domid: granter.domid, source_ref: C.GRANT_REF_V2 + i, source: 0, dest_domid: 0, dest_ref: 0, dest: toNumber(self.layout.ram.start) + mib(1) + i * BACKING_UNIT,
  }),
});

export const benches: readonly Bench[] = [
  { name: "v1 map and unmap of 4096 bytes", unit: "pair", run: (ms, timed) => measure(ms, timed, GRANULE_4K, "grant_unmap", mapV1) },
  { name: "v2 map and unmap of 64 KiB, G = 4K", unit: "pair", run: (ms, timed) => measure(ms, timed, GRANULE_4K, "grant_unmap", mapV2) },
  { name: "v2 map and unmap of 64 KiB, G = 64K", unit: "pair", run: (ms, timed) => measure(ms, timed, GRANULE_64K, "grant_unmap", mapV2) },
  { name: "v1 copy of 4096 bytes", unit: "copy", run: (ms, timed) => measure(ms, timed, GRANULE_4K, "grant_copy", [copy1]) },
  { name: "v2 copy of 4096 bytes", unit: "copy", run: (ms, timed) => measure(ms, timed, GRANULE_64K, "grant_copy", [copy2(XEN_PAGE.size)]) },
  { name: "v2 copy of 64 KiB, G = 16K", unit: "byte", run: (ms, timed) => measure(ms, timed, GRANULE_16K, "grant_copy_bytes", [copy2(BACKING_UNIT)]) },
];
