/** For the replays of security advisories: a machine with every plugin, and domains that are driven one call at a time. */
import { balloon } from "@granule/balloon";
import { eventChannels, type EventChannelsConfig, EventPort, type Events } from "@granule/event-channels";
import { grantTable, type GrantTableConfig, GrantPort, type Grants } from "@granule/grant-table";
import { createDriver, type Domain, type DomainConfig, type Domains, DomainsPort, type Driver, type Frames, FramesPort, hypervisor, type HypervisorConfig, SchedulerPort } from "@granule/hypervisor";
import { assembleList, type Machine } from "@granule/kit";
import { machine, type MachineParts, MachinePort } from "@granule/machine";
import { type AnyGranule, type Bytes, ipa, mib, ModelBug, pa, toNumber, XEN_PAGE } from "@granule/units";
import { C, type Hypercall } from "@granule/xen-abi";
import { vcpuInfo } from "@granule/vcpu-info";

export interface BenchConfig {
  readonly ram?: Bytes;
  readonly tables?: Bytes;
  readonly hypervisor?: Partial<HypervisorConfig>;
  readonly grants?: Partial<GrantTableConfig>;
  readonly events?: Partial<EventChannelsConfig>;
}
/** A domain and its driver. Addresses are plain numbers (bytes of IPA). */
export interface Subject extends Driver {
  readonly domain: Domain;
  readonly domid: number;
  /** First byte of RAM; structures of calls go there, so that tests use what is 64 KiB further on. */
  readonly ram: number;
  /** x0, or the status of the only element. */
  status(d: Hypercall, args?: Readonly<Record<string, unknown>>): number;
  /** Machine address of a byte of its space; -1: nothing is there. */
  machineAt(at: number): number;
}
export interface Bench {
  readonly machine: Machine;
  readonly parts: MachineParts;
  readonly domains: Domains;
  readonly frames: Frames;
  readonly grants: Grants;
  readonly events: Events;
  subject(granule: AnyGranule, more?: Partial<DomainConfig>): Subject;
  /** A v1 entry of one frame at an IPA, as a guest writes it. */
  grant(from: Subject, ref: number, to: Subject, at: number, flags?: number): void;
  /** Bytes of machine memory, not a copy. */
  bytes(at: number, size: Bytes): Uint8Array;
}

export function createBench(c: BenchConfig = {}): Bench {
  const m = assembleList([
    machine({ ram: c.ram ?? mib(16), tables: c.tables ?? mib(8) }), hypervisor(c.hypervisor ?? {}), vcpuInfo(), eventChannels(c.events ?? {}), grantTable(c.grants ?? {}), balloon(),
  ]);
  const domains = m.get(DomainsPort);
  const parts = m.get(MachinePort);
  const grants = m.get(GrantPort);
  return {
    machine: m, parts, domains, grants, frames: m.get(FramesPort), events: m.get(EventPort),
    subject(granule, more = {}) {
      const driver = createDriver();
      const made = domains.create({ name: "subject", granule, ram: mib(1), vcpus: [driver.engine], ...more });
      if (!made.ok) throw new ModelBug(made.why);
      const domain = made.value;
      driver.attach(domain, m.get(SchedulerPort));
      return {
        ...driver, domain, domid: domain.domid, ram: toNumber(domain.layout.ram.start),
        status(d, args = {}) {
          if (d.buffer?.list === undefined) {
            const r = driver.call(d, args);
            return r.x0 !== 0 ? r.x0 : Number(r.out["status"] ?? 0);
          }
          const { x0, out } = driver.list(d, [args]);
          return x0 !== 0 ? x0 : Number(out[0]?.["status"] ?? 0);
        },
        machineAt: (at) => domain.p2m.find(ipa(at), false),
      };
    },
    grant(from, ref, to, at, flags = C.GTF.permit_access) {
      const r = grants.seed(from.domain, "v1", ref, { flags, domid: to.domid, frame: at / XEN_PAGE.size });
      if (!r.ok) throw new ModelBug(r.why);
    },
    bytes: (at, size) => parts.memory.bytes(pa(at), size),
  };
}
