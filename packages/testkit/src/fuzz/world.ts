/** One episode's machine: two hostile domains, a neighbour that behaves, and a control domain, each driven call by call. */
import { balloon } from "@granule/balloon";
import { eventChannels, EventPort } from "@granule/event-channels";
import { grantTable, GrantPort } from "@granule/grant-table";
import { createDriver, type Domain, type Driver, DomainsPort, FramesPort, hypervisor, ObjectsPort, SchedulerPort } from "@granule/hypervisor";
import { assembleList, type Machine } from "@granule/kit";
import { machine, MachinePort, scripted } from "@granule/machine";
import { type AnyGranule, type Bytes, findGranule, type GranuleName, kib, mib, ModelBug, toNumber, XEN_PAGE } from "@granule/units";
import { vcpuInfo } from "@granule/vcpu-info";
import { type Flavour, flavourOf, granulesOf } from "./flavours.ts";
import { createLedger, type Ledger, type Life } from "./ledger.ts";

/** Neighbour: what it keeps for itself must not change. Control: privileged, and careful whom it names. */
export type Role = "hostile" | "neighbour" | "control";

export interface Actor {
  readonly role: Role;
  readonly granule: AnyGranule;
  readonly domain: Domain;
  readonly driver: Driver;
  readonly life: Life;
  /** First byte of its RAM: structures go here, arrays behind them. */
  readonly scratch: number;
  /** Ports that it was given, the last ones. */
  readonly ports: number[];
  /** Ports that it offered: for whom. */
  readonly offers: { readonly port: number; readonly to: number }[];
  /** References that it granted. */
  readonly granted: { readonly ref: number; readonly to: number; readonly size: Bytes }[];
}
export interface World {
  readonly machine: Machine;
  readonly flavour: Flavour;
  readonly ledger: Ledger;
  /** By domid; dead ones are replaced. */
  readonly actors: Map<number, Actor>;
  readonly neighbour: Actor;
  readonly control: Actor;
  get(domid: number): Actor | undefined;
  /** A new hostile domain in the place of one that ended. */
  replace(actor: Actor): void;
  /** Runs the machine until a blocked domain's last call is over. */
  settle(actor: Actor): void;
}

/** Domids: hostile ones, the neighbour, the control domain. */
export const HOSTILE: readonly number[] = /* @__PURE__ */ Object.freeze([1, 2]);
export const NEIGHBOUR = 3;
export const CONTROL = 4;
/** RAM of the neighbour and of the control domain. */
const SMALL_RAM: Bytes = kib(256);
const CONTROL_RAM: Bytes = kib(512);
const TABLES: Bytes = mib(8);
/** Turns for a call that blocked to come back. */
const SETTLE_SLICES = 20;
/** A domain that has tables for its RAM, its objects and one mapping has this many bytes of them to spare at least. */
const PROBE_TABLES: Bytes = mib(4);

export function createWorld(episode: number, only: GranuleName | undefined): World {
  const flavour = flavourOf(episode);
  const m = assembleList([
    machine({ ram: flavour.ram, tables: TABLES }),
    hypervisor({ xsm: flavour.xsm }),
    vcpuInfo(),
    eventChannels({ maximumPort: flavour.maximumPort }),
    grantTable({ handles: flavour.handles }),
    balloon(),
  ]);
  const domains = m.get(DomainsPort);
  const scheduler = m.get(SchedulerPort);
  const ledger = createLedger();
  const actors = new Map<number, Actor>();
  const forced = only === undefined ? undefined : findGranule(only);
  const [first, second, third, fourth] = granulesOf(episode);

  const create = (role: Role, domid: number, granule: AnyGranule, ram: Bytes, maximum: Bytes, tableLimit: Bytes | undefined): Actor => {
    const driver = createDriver();
    // its second vcpu ends at once: areas can be registered for it all the same
    const idle = scripted(function* () {});
    const made = domains.create({
      name: `${role}${domid}`, domid, granule, ram, maximum, privileged: role === "control", vcpus: [driver.engine, idle], ...(tableLimit === undefined ? {} : { tableLimit }),
    });
    if (!made.ok) throw new ModelBug(`the fuzzer's machine is too small: ${made.why}`);
    const domain = made.value;
    driver.attach(domain, scheduler);
    const life = ledger.begin(domid, granule.size);
    const start = toNumber(domain.layout.ram.start);
    for (let at = 0; at < ram; at += XEN_PAGE.size) ledger.addRam(life, (start + at) / XEN_PAGE.size);
    const actor: Actor = { role, granule, domain, driver, life, scratch: start, ports: [], offers: [], granted: [] };
    actors.set(domid, actor);
    return actor;
  };
  const hostile = (domid: number, granule: AnyGranule): Actor => {
    const { hostileRam, hostileMaximum, spareTables } = flavour;
    if (spareTables === undefined) return create("hostile", domid, granule, hostileRam, hostileMaximum, undefined);
    // built once to learn how much its RAM takes, then with no more than that
    const probe = create("hostile", domid, granule, hostileRam, hostileMaximum, PROBE_TABLES);
    const needed = probe.domain.p2m.tableBytes();
    ledger.end(probe.life);
    domains.destroy(probe.domain);
    return create("hostile", domid, granule, hostileRam, hostileMaximum, needed + spareTables);
  };
  HOSTILE.forEach((domid, i) => hostile(domid, forced ?? (i === 0 ? first : second)));
  const neighbour = create("neighbour", NEIGHBOUR, third, SMALL_RAM, SMALL_RAM, undefined);
  const control = create("control", CONTROL, fourth, CONTROL_RAM, mib(1), undefined);

  return {
    machine: m, flavour, ledger, actors, neighbour, control,
    get: (domid) => actors.get(domid),
    replace(actor) {
      // in a machine that is short of memory the other one may hold all of it
      const gone = flavour.name === "memory" ? HOSTILE.flatMap((domid) => actors.get(domid) ?? []) : [actor];
      for (const a of gone) {
        ledger.end(a.life);
        domains.destroy(a.domain);
      }
      for (const a of gone) hostile(a.domain.domid, a.granule);
    },
    settle(actor) {
      const [vcpu] = actor.domain.vcpus;
      if (vcpu === undefined || vcpu.state !== "blocked") return;
      scheduler.wake(vcpu);
      scheduler.run({ slices: SETTLE_SLICES });
    },
  };
}

/** What checks ask of the machine. */
export const portsOf = (w: World) => ({
  parts: w.machine.get(MachinePort), frames: w.machine.get(FramesPort), events: w.machine.get(EventPort), grants: w.machine.get(GrantPort), objects: w.machine.get(ObjectsPort),
  domains: w.machine.get(DomainsPort), scheduler: w.machine.get(SchedulerPort),
});
