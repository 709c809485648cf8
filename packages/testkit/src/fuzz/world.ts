/** One episode's machine: two hostile domains, a neighbour that behaves, and a control domain, each driven call by call. */
import { balloon } from "@granule/balloon";
import { eventChannels, EventPort } from "@granule/event-channels";
import { grantTable, GrantPort } from "@granule/grant-table";
import { createDriver, type Domain, type Driver, DomainsPort, FramesPort, hypervisor, ObjectsPort, SchedulerPort, VcpuInfoPort } from "@granule/hypervisor";
import { assembleList, type Json, type Machine } from "@granule/kit";
import { type EngineFactory, machine, MachinePort, scripted } from "@granule/machine";
import { type AnyGranule, type Bytes, findGranule, type GranuleName, kib, mib, ModelBug, ok, toNumber, XEN_PAGE } from "@granule/units";
import { vcpuInfo } from "@granule/vcpu-info";
import { type Flavour, flavourOf, granulesOf } from "./flavours.ts";
import { createLedger, type Ledger, type Life } from "./ledger.ts";

/** Neighbour: what it keeps for itself must not change. Control: privileged, and careful whom it names. */
type Role = "hostile" | "neighbour" | "control";

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
  /** Another one after {@link World.restore}. */
  readonly machine: Machine;
  readonly flavour: Flavour;
  readonly ledger: Ledger;
  /** By domid; dead ones are replaced. */
  readonly actors: Map<number, Actor>;
  readonly neighbour: Actor;
  get(domid: number): Actor | undefined;
  /** Destroys a domain that has ended. */
  end(actor: Actor): void;
  /** Builds a hostile or control domain; undefined: the machine is short of memory now. */
  begin(domid: number): Actor | undefined;
  /** Saves the machine and goes on with a new one that has loaded the snapshot. */
  restore(): void;
  /** Runs the machine until a blocked domain's last call is over. */
  settle(actor: Actor): void;
}

/** Domids: hostile ones, the neighbour, the control domain. */
export const HOSTILE: readonly number[] = /* @__PURE__ */ Object.freeze([1, 2]);
export const NEIGHBOUR = 3;
export const CONTROL = 4;
/** RAM of the neighbour and of the control domain. */
const SMALL_RAM: Bytes = kib(128);
const CONTROL_RAM: Bytes = kib(512);
const TABLES: Bytes = mib(8);
/** Turns for a call that blocked to come back. */
const SETTLE_SLICES = 20;
/** A domain that has tables for its RAM, its objects and one mapping has this many bytes of them to spare at least. */
const PROBE_TABLES: Bytes = mib(4);

const nameOf = (role: Role, domid: number): string => `${role}${domid}`;
const isJson = (v: unknown): v is Json => typeof v === "object" && v !== null;
/** Between two steps a driver waits for work, which is all its state; the second vcpu ends at once: areas can be registered for it all the same. */
const enginesOf = (driver: Driver): readonly [EngineFactory, EngineFactory] => [
  (host) => ({ ...driver.engine(host), save: () => ok(null), load: () => undefined }),
  scripted(function* () {}),
];

export function createWorld(episode: number, only: GranuleName | undefined): World {
  const flavour = flavourOf(episode);
  const build = (): Machine =>
    assembleList([
      machine({ ram: flavour.ram, tables: TABLES }),
      hypervisor({ xsm: flavour.xsm }),
      vcpuInfo(),
      eventChannels({ maximumPort: flavour.maximumPort }),
      grantTable({ handles: flavour.handles }),
      balloon(),
    ]);
  let m = build();
  let domains = m.get(DomainsPort);
  let scheduler = m.get(SchedulerPort);
  const ledger = createLedger();
  const actors = new Map<number, Actor>();
  const forced = only === undefined ? undefined : findGranule(only);
  const [first, second, third, fourth] = granulesOf(episode);

  const create = (role: Role, domid: number, granule: AnyGranule, ram: Bytes, maximum: Bytes, tableLimit: Bytes | undefined): Actor | undefined => {
    const driver = createDriver();
    const made = domains.create({
      name: nameOf(role, domid), domid, granule, ram, maximum, privileged: role === "control", vcpus: enginesOf(driver), ...(tableLimit === undefined ? {} : { tableLimit }),
      ...(role === "hostile" && flavour.isFragmented ? { fragment: granule.size } : {}),
    });
    if (!made.ok) return undefined;
    const domain = made.value;
    driver.attach(domain, scheduler);
    const life = ledger.begin(domid, granule.size);
    const start = toNumber(domain.layout.ram.start);
    for (let at = 0; at < ram; at += XEN_PAGE.size) ledger.addRam(life, (start + at) / XEN_PAGE.size);
    const actor: Actor = { role, granule, domain, driver, life, scratch: start, ports: [], offers: [], granted: [] };
    actors.set(domid, actor);
    // a toolstack asks no policy: where guests may not talk they still find ports that were offered to them
    if (role === "hostile" && flavour.xsm === "silo") {
      const port = m.get(EventPort).allocUnbound(domain, domid === HOSTILE[0] ? domid + 1 : domid - 1);
      if (port.ok) actor.offers.push({ port: port.value, to: domid === HOSTILE[0] ? domid + 1 : domid - 1 });
    }
    return actor;
  };
  const must = (actor: Actor | undefined): Actor => {
    if (actor === undefined) throw new ModelBug("the fuzzer's machine is too small");
    return actor;
  };
  const hostile = (domid: number): Actor | undefined => {
    const granule = forced ?? (domid === HOSTILE[0] ? first : second);
    const { hostileRam, hostileMaximum, spareTables } = flavour;
    if (spareTables === undefined) return create("hostile", domid, granule, hostileRam, hostileMaximum, undefined);
    // built once to learn how much its RAM takes, then with no more than that
    const probe = create("hostile", domid, granule, hostileRam, hostileMaximum, PROBE_TABLES);
    if (probe === undefined) return undefined;
    const needed = probe.domain.p2m.tableBytes();
    ledger.end(probe.life);
    domains.destroy(probe.domain);
    return create("hostile", domid, granule, hostileRam, hostileMaximum, needed + spareTables);
  };
  for (const domid of HOSTILE) must(hostile(domid));
  must(create("neighbour", NEIGHBOUR, third, SMALL_RAM, SMALL_RAM, undefined));
  const controller = (): Actor | undefined => create("control", CONTROL, fourth, CONTROL_RAM, mib(1), undefined);
  must(controller());

  return {
    flavour, ledger, actors,
    get machine() {
      return m;
    },
    get neighbour() {
      return must(actors.get(NEIGHBOUR));
    },
    restore() {
      const saved: unknown = JSON.parse(JSON.stringify(m.save()));
      if (!isJson(saved)) throw new ModelBug("a snapshot is JSON");
      const engines = new Map([...actors.values()].map((a) => [nameOf(a.role, a.domain.domid), enginesOf(a.driver)]));
      m = build();
      domains = m.get(DomainsPort);
      scheduler = m.get(SchedulerPort);
      domains.setEngines((name, vcpu) => engines.get(name)?.[vcpu]);
      m.load(saved);
      for (const [domid, actor] of actors) {
        const domain = domains.get(domid);
        if (domain === undefined) throw new ModelBug(`domain ${domid} is not in the snapshot`);
        actor.driver.attach(domain, scheduler);
        actors.set(domid, { ...actor, domain });
      }
    },
    get: (domid) => actors.get(domid),
    end(actor) {
      ledger.end(actor.life);
      domains.destroy(actor.domain);
      actors.delete(actor.domain.domid);
    },
    begin: (domid) => (domid === CONTROL ? controller() : hostile(domid)),
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
  domains: w.machine.get(DomainsPort), scheduler: w.machine.get(SchedulerPort), infos: w.machine.get(VcpuInfoPort),
});
