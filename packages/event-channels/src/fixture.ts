/**
 * For this package's tests: a machine with the real core, event channels, and the least that stands in for the plugins
 * beside it (vcpu areas, and an object where a grant table would be).
 */
import { DOMAIN_CREATE, type Domain, DomainsPort, hypervisor, type HypervisorConfig, ObjectsPort, P2M, PLACEMENT, SchedulerPort, type Vcpu, VcpuInfoPort } from "@granule/hypervisor";
import { assemble, definePlugin, type Machine } from "@granule/kit";
import { type Guest, type GuestProgram, machine, type MachineMemory, MachinePort, scripted, type Trap } from "@granule/machine";
import { add, type AnyGranule, type Bytes, fail, GRANULE_4K, ipa, mib, ModelBug, ok, type Pa, va, xFromAddress, XEN_PAGE } from "@granule/units";
import { C, compile, type Hypercall, V1, VcpuInfo } from "@granule/xen-abi";
import type { EventChannelsConfig } from "./contract.ts";
import { eventChannels } from "./eventChannels.ts";

const GRANT_FRAMES = 64;


/** vcpu 0 has its vcpu_info in shared_info, others where v1's register_vcpu_info puts it; nothing is checked or pinned. */
const areas = definePlugin({
  name: "areas", version: 1, provides: { infos: VcpuInfoPort }, requires: { machine: MachinePort, domains: DomainsPort, objects: ObjectsPort, scheduler: SchedulerPort },
  setup({ use, on }) {
    const { memory } = use.machine;
    const registered = new Map<Vcpu, Pa>();
    const object = (domain: Domain, name: string) => {
      const o = use.objects.find(domain, name);
      if (o === undefined) throw new ModelBug(`no ${name}`);
      return o;
    };
    const vcpuInfo = (v: Vcpu): Pa | undefined => registered.get(v) ?? (v.index === 0 ? object(v.domain, "shared_info").at(0) : undefined);
    on.setup(DOMAIN_CREATE, (d) => {
      const info = use.objects.create(d, "shared_info", XEN_PAGE.size, XEN_PAGE.size);
      if (!info.ok) return info;
      const grants = use.objects.create(d, "grants", XEN_PAGE.size, GRANT_FRAMES * XEN_PAGE.size);
      return grants.ok ? ok(() => undefined) : grants;
    });
    on.select(PLACEMENT, C.XENMAPSPACE_shared_info, (_c, d, i, gfn) => use.objects.placeFrame(d, object(d, "shared_info"), i, gfn));
    on.select(PLACEMENT, C.XENMAPSPACE_grant_table, (_c, d, i, gfn) => use.objects.placeFrame(d, object(d, "grants"), i, gfn));
    on.hypercall(V1.register_vcpu_info, (caller, a) => {
      const v = use.domains.of(caller).vcpus[a.vcpu];
      const entry = v?.domain.p2m.lookup(ipa(a.mfn * XEN_PAGE.size));
      if (v === undefined || registered.has(v) || (entry?.type !== P2M.ram && entry?.type !== P2M.object)) return fail("EINVAL", "no frame");
      const to = add(entry.pa, a.offset);
      const from = vcpuInfo(v);
      if (from === undefined) memory.fill(to, VcpuInfo.size, 0);
      else memory.copy(to, from, VcpuInfo.size);
      memory.u8[memory.offset(to)] = 1;
      memory.bytes(add(to, VcpuInfo.fields.evtchn_pending_sel.offset), VcpuInfo.fields.evtchn_pending_sel.size).fill(0xff);
      registered.set(v, to);
      return ok({});
    });
    return {
      ports: {
        infos: {
          vcpuInfo,
          sharedInfo: (d, offset) => object(d, "shared_info").at(offset),
          upcallPending(v) {
            const at = vcpuInfo(v);
            return at !== undefined && memory.u8[memory.offset(at)] !== 0;
          },
          raise(v) {
            const at = vcpuInfo(v);
            if (at === undefined || memory.u8[memory.offset(at)] !== 0) return;
            memory.u8[memory.offset(at)] = 1;
            use.scheduler.wake(v);
          },
        },
      },
      save: () => null,
      load() {},
    };
  },
});

export interface TestMachine {
  readonly m: Machine;
  readonly memory: MachineMemory;
  /** Runs the program on vcpu 0; other vcpus stay off. Throws when the domain cannot be built. */
  domain(program: GuestProgram, options?: { readonly vcpus?: number; readonly granule?: AnyGranule; readonly privileged?: boolean; readonly ram?: Bytes }): Domain;
  run(): void;
}
/** `ram`: machine RAM in bytes. */
export function testMachine(config: Partial<HypervisorConfig> = {}, events: Partial<EventChannelsConfig> = {}, ram: Bytes = mib(16)): TestMachine {
  const m = assemble([machine({ ram, tables: mib(4) }), hypervisor(config), areas(), eventChannels(events)]);
  const { memory } = m.get(MachinePort);
  return {
    m,
    memory,
    domain(program, { vcpus = 1, granule = GRANULE_4K, privileged = false, ram: own = mib(1) } = {}) {
      const off: GuestProgram = function* () {};
      const d = m.get(DomainsPort).create({ name: "test", granule, ram: own, privileged, vcpus: Array.from({ length: vcpus }, (_, i) => scripted(i === 0 ? program : off)) });
      if (!d.ok) throw new ModelBug(d.why);
      return d.value;
    },
    run: () => void m.get(SchedulerPort).run(),
  };
}

/** Where {@link call} puts argument structures: the start of RAM. */
const ARGUMENTS = va(0x40000000);

/** A hypercall by its descriptor. Answers x0, and what was written back when it is 0. */
export function* call(g: Guest, d: Hypercall, args: Readonly<Record<string, number | bigint>>): Trap<{ readonly x0: number; readonly out: Readonly<Record<string, number | bigint>> }> {
  const compiled = compile(d);
  const bytes = new Uint8Array(d.buffer?.size ?? 0);
  const view = new DataView(bytes.buffer);
  g.regs.setBigUint64(0, BigInt(d.op ?? 0), true);
  g.regs.setBigUint64(8 * 16, BigInt(d.nr), true);
  if (d.buffer !== undefined) g.regs.setBigUint64(8 * d.buffer.x, xFromAddress(ARGUMENTS), true);
  const encoded = compiled.encode(args, g.regs, view);
  if (!encoded.ok) throw new ModelBug(encoded.why);
  g.write(ARGUMENTS, bytes);
  yield* g.hvc(C.XEN_HYPERCALL_TAG);
  g.read(ARGUMENTS, bytes);
  return { x0: Number(g.regs.getBigInt64(0, true)), out: compiled.results(g.regs, view) };
}
