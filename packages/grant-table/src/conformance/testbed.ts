/**
 * Domains on the real core, driven one hypercall at a time. Each runs a scripted guest that sleeps until the test gives
 * it something to do, so that every call goes through registers, guest memory and the trap.
 */
import { type AnyPlugin, assembleList, definePlugin, type Machine } from "@granule/kit";
import { type EngineFactory, type Guest, type GuestProgram, machine, MachinePort, scripted, type Trap } from "@granule/machine";
import { type Domain, type DomainConfig, DOMAIN_CREATE, DomainsPort, hypervisor, ObjectsPort, PLACEMENT, SchedulerPort } from "@granule/hypervisor";
import { add, type AnyGranule, BACKING_UNIT, type Bytes, ipa, type Ipa, kib, mib, ok, type Pa, toNumber, vaFromIpa, XEN_PAGE } from "@granule/units";
import { C, compile, type Compiled, GNTST, type Hypercall } from "@granule/xen-abi";
import type { GrantTableConfig } from "../contract.ts";

/** Makes the plugin under test. */
export type CreateGrants = (config?: Partial<GrantTableConfig>) => AnyPlugin;
export type Args = Readonly<Record<string, unknown>>;
interface CallResult {
  /** Signed x0. */
  readonly x0: number;
  /** Out fields of each element; `status` included. */
  readonly out: readonly Readonly<Record<string, number | bigint>>[];
}

/** A domain whose guest does what the test says. Stage 1 is off: its VAs are IPAs. */
export interface Actor {
  readonly domain: Domain;
  readonly domid: number;
  /** A piece of its RAM that calls use for their arguments. */
  readonly buffer: Ipa;
  /** Runs something in the guest. */
  act<V>(f: (g: Guest) => Trap<V>): V;
  /** Loads and stores without a trap. */
  look<V>(f: (g: Guest) => V): V;
  /** One hypercall with these elements. */
  call(d: Hypercall, ...elements: readonly Args[]): CallResult;
  /** The only element's status (0: okay), or x0 of a call without one. */
  status(d: Hypercall, args: Args): number;
  /** At its next turn it stops at a checkpoint. */
  park(): void;
  read(at: Ipa, size: Bytes): Uint8Array;
  write(at: Ipa, bytes: Uint8Array): void;
}

export interface Testbed {
  readonly machine: Machine;
  actor(granule: AnyGranule, more?: Partial<DomainConfig>): Actor;
  /** Stops every guest at a checkpoint, so that the machine can be saved. */
  park(): void;
  /** Machine memory, not a copy. */
  bytes(at: Pa, size: Bytes): Uint8Array;
}

/** Object 0 of add_to_physmap, so that a test can grant a frame that belongs to the hypervisor. */
const sharedInfo = definePlugin({
  name: "shared-info-double", version: 1, provides: {}, requires: { objects: ObjectsPort },
  setup({ on, use }) {
    const NAME = "shared_info";
    on.setup(DOMAIN_CREATE, (d) => {
      const r = use.objects.create(d, NAME, XEN_PAGE.size, XEN_PAGE.size);
      return r.ok ? ok(() => undefined) : r;
    });
    on.select(PLACEMENT, C.XENMAPSPACE_shared_info, (_caller, d, index, gpfn) => {
      const object = use.objects.find(d, NAME);
      return object === undefined || index !== 0 ? { ok: false, code: "EINVAL", why: "no such frame" } : use.objects.placeFrame(d, object, index, gpfn);
    });
    return { ports: {}, save: () => null, load: () => undefined };
  },
});

const compiled = new Map<Hypercall, Compiled>();
const compiledOf = (d: Hypercall): Compiled => {
  const known = compiled.get(d) ?? compile(d);
  compiled.set(d, known);
  return known;
};

export interface TestbedOptions {
  readonly grants?: Partial<GrantTableConfig>;
  readonly xsm?: "dummy" | "silo";
  readonly ram?: Bytes;
}

export function createTestbed(create: CreateGrants, o: TestbedOptions = {}): Testbed {
  const m = assembleList([machine({ ram: o.ram ?? mib(8), tables: mib(4) }), hypervisor({ xsm: o.xsm ?? "dummy" }), sharedInfo(), create(o.grants)]);
  const actors: Actor[] = [];
  const programs = new Map<string, EngineFactory>();
  m.get(DomainsPort).setEngines((name) => programs.get(name));
  return {
    machine: m,
    actor(granule, more) {
      const a = createActor(m, programs, granule, more);
      actors.push(a);
      return a;
    },
    park() {
      for (const a of actors) a.park();
      m.get(SchedulerPort).run({ slices: actors.length });
    },
    bytes: (where, size) => m.get(MachinePort).memory.bytes(where, size),
  };
}

function createActor(m: Machine, programs: Map<string, EngineFactory>, granule: AnyGranule, more: Partial<DomainConfig> = {}): Actor {
  const jobs: ((g: Guest) => Trap<void>)[] = [];
  const program: GuestProgram = function* (g) {
    for (;;) {
      const job = jobs.shift();
      if (job === undefined) yield* g.wait();
      else yield* job(g);
    }
  };
  const name = `actor ${programs.size} at ${granule.name}`;
  programs.set(name, scripted(program));
  const made = m.get(DomainsPort).create({ name, granule, ram: kib(512), vcpus: [scripted(program)], ...more });
  if (!made.ok) throw new Error(made.why);
  const { domid } = made.value;
  /** A loaded machine has other objects for the same domains. */
  const live = (): Domain => m.get(DomainsPort).get(domid) ?? made.value;
  const { ram } = made.value.layout;
  const buffer = add(ram.start, ram.size - BACKING_UNIT);
  const wake = (): void => {
    const [vcpu] = live().vcpus;
    if (vcpu !== undefined) m.get(SchedulerPort).wake(vcpu);
  };
  const act = <V>(f: (g: Guest) => Trap<V>): V => {
    const done: V[] = [];
    jobs.push(function* (g) {
      done.push(yield* f(g));
    });
    wake();
    m.get(SchedulerPort).run({ until: () => done.length > 0 });
    if (done.length === 0) throw new Error(`domain ${domid} is ${live().state}: ${live().reason}`);
    const [value] = done;
    if (value === undefined) throw new Error("an act without a value");
    return value;
  };
  const look = <V>(f: (g: Guest) => V): V => {
    const [seen] = act(function* (g): Trap<readonly [V]> {
      yield* g.pause();
      return [f(g)];
    });
    return seen;
  };
  const hypercall = (d: Hypercall, elements: readonly Args[]) =>
    function* (g: Guest): Trap<CallResult> {
      const c = compiledOf(d);
      const size = d.buffer?.size ?? 0;
      const views = elements.map((args) => {
        const view = new DataView(new ArrayBuffer(size));
        const e = c.encode(args, g.regs, view);
        if (!e.ok) throw new Error(e.why);
        return view;
      });
      views.forEach((v, i) => g.write(vaFromIpa(add(buffer, i * size)), new Uint8Array(v.buffer)));
      if (d.op !== null) g.regs.setBigUint64(0, BigInt(d.op), true);
      if (d.buffer !== undefined) g.regs.setBigUint64(8 * d.buffer.x, BigInt(toNumber(buffer)), true);
      if (d.buffer?.list !== undefined) g.regs.setBigUint64(8 * d.buffer.list.count, BigInt(elements.length), true);
      g.regs.setBigUint64(8 * 16, BigInt(d.nr), true);
      yield* g.hvc(C.XEN_HYPERCALL_TAG);
      const x0 = Number(g.regs.getBigInt64(0, true));
      const out = views.map((v, i) => {
        g.read(vaFromIpa(add(buffer, i * size)), new Uint8Array(v.buffer));
        return c.results(g.regs, v);
      });
      return { x0, out };
    };
  const call = (d: Hypercall, ...elements: readonly Args[]): CallResult => act(hypercall(d, elements));
  return {
    get domain() {
      return live();
    },
    domid, buffer, act, look, call,
    status(d, args) {
      const r = call(d, args);
      return r.x0 !== 0 ? r.x0 : Number(r.out[0]?.["status"] ?? 0);
    },
    park() {
      jobs.push((g) => g.checkpoint(() => null));
      wake();
    },
    read: (where, size) =>
      look((g) => {
        const into = new Uint8Array(size);
        g.read(vaFromIpa(where), into);
        return into;
      }),
    write: (where, bytes) => look((g) => g.write(vaFromIpa(where), bytes)),
  };
}

/** `okay`, or the name of a grant status, for messages. */
export const statusName = (status: number): string => Object.entries(GNTST).find(([, n]) => n === status)?.[0] ?? String(status);
export const at = (address: number): Ipa => ipa(address);
