/** Domains: built with RAM that is contiguous in machine memory, and taken apart without a trace. */
import { type Caller, type Clock, type Emit, type Json, jsonList, type Trace } from "@granule/kit";
import { createVcpuRegs, type Engine, type EngineFactory, type MachineParts, VcpuRegsLayout } from "@granule/machine";
import { createPlatformHost, type Timed } from "./host.ts";
import { add, type AnyGranule, BACKING_UNIT, type Bytes, DONE, fail, gib, GranuleError, type Ipa, ipa, mib, ModelBug, ok, type Pa, range, type Result, roundUp, XEN_PAGE } from "@granule/units";
import { C } from "@granule/xen-abi";
import { type Counters, type Domain, DOMAIN_CREATE, DOMAIN_DYING, DOMAIN_GONE, type DomainConfig, type Domains, type DomainState, type GuestLayout, type Hang, P2M, type Vcpu } from "./contract.ts";
import type { FrameTable } from "./frames.ts";
import type { OwnedObjects } from "./objects.ts";
import { loadDomain, saveDomain, specOf } from "./domainState.ts";
import { createP2m, type OwnedP2m, type SavedP2m } from "./p2m.ts";
import { createTranslator } from "./translator.ts";
import { createCheckEnv, type GuestBuffers } from "./env.ts";

/** Largest VMID: VTTBR_EL2.VMID has 8 bits without FEAT_VMID16; 0 is the host's. */
const MAX_VMID = 255;
/** Alignments to try for a domain's RAM, so that stage 2 blocks of every granule fit: 512 MiB, 32 MiB, 2 MiB, 64 KiB. */
const RAM_ALIGNMENTS: readonly Bytes[] = [mib(512), mib(32), mib(2), BACKING_UNIT];

const RAM0_BASE = 0x40000000;
/** Where things are in a guest's IPA space. Bases as Xen's guest memory map for Arm (public/arch-arm.h: GUEST_GNTTAB_BASE, GUEST_MAGIC_BASE, GUEST_RAM0_BASE); sizes are multiples of 64 KiB. */
export const layoutFor = (ram: Bytes, ramAt: Ipa = ipa(RAM0_BASE)): GuestLayout => ({
  grantTable: range(ipa(0x38000000), mib(16)),
  objects: range(ipa(0x39000000), mib(16)),
  ram: range(ramAt, ram),
  extended: range(ipa(gib(64)), gib(1)),
});

/** Whole frames for the registers of `vcpus` vcpus, in bytes. */
const regsBytes = (vcpus: number): Bytes => roundUp(vcpus * VcpuRegsLayout.size, XEN_PAGE.size);

/** What a domain is built from, and what a snapshot keeps of that. */
export interface DomainSpec {
  readonly domid: number;
  readonly name: string;
  readonly granule: AnyGranule;
  readonly privileged: boolean;
  readonly ram: Bytes;
  readonly ramAt: Ipa;
  readonly maximum: Bytes;
  readonly vmid: number;
  readonly tableLimit: Bytes;
  readonly regsAt: Pa;
}

/** A domain as the core sees it: the mutable side of {@link Domain}. */
export interface OwnedDomain extends Domain {
  readonly p2m: OwnedP2m;
  readonly vcpus: OwnedVcpu[];
  readonly vmid: number;
  state: DomainState;
  reason: string;
  readonly regsAt: Pa;
  /** How many vcpus were online, and of these blocked, when it ended. */
  ended: { readonly online: number; readonly blocked: number } | undefined;
}
/** Where the vcpu was held last. */
interface Held extends Hang {
  /** An interrupt would be taken before the access is tried again. */
  readonly interruptible: boolean;
  /** `regs.retired` then. */
  readonly retired: number;
  /** It has been traced. */
  isTold: boolean;
}
export interface OwnedVcpu extends Vcpu, Timed {
  readonly domain: OwnedDomain;
  state: "runnable" | "blocked" | "hung" | "offline";
  hang: Held | undefined;
  /** ns of the machine's clock; Infinity: until woken. */
  wakeAt: number;
  /** A list call that was pre-empted: dispatched again before the engine runs. `done`: elements so far. */
  continuation: { readonly done: number } | undefined;
  /** SCHEDOP_poll: ports that wake it, masked or not. */
  polled: readonly number[];
  /** The turn ends after this exit. */
  yielded: boolean;
}

interface DomainsConfig {
  /** "dummy": all may talk. "silo": one end must be privileged. */
  readonly xsm: "dummy" | "silo";
  readonly refusedAccess: "empty" | "external";
  /** Most bits of an IPA; the CPU may have fewer. */
  readonly ipaBits: number;
  /** An access that a mapping forbids hangs the vcpu, as under Xen 4.17; else it gets the abort of an address where nothing is. */
  readonly hangs: boolean;
}

export interface OwnedDomains extends Domains {
  get(domid: number): OwnedDomain | undefined;
  of(caller: Caller): OwnedDomain;
  vcpuOf(caller: Caller): OwnedVcpu;
  list(): readonly OwnedDomain[];
  save(): Json;
  load(state: Json): void;
}

interface Needs {
  readonly parts: MachineParts;
  readonly frames: FrameTable;
  readonly objects: OwnedObjects;
  readonly emit: Emit;
  readonly trace: Trace;
  readonly clock: Clock;
  readonly buffers: GuestBuffers;
  readonly config: DomainsConfig;
}

function createCounters(): Counters {
  const values = new Map<string, number>();
  return {
    add: (name, by) => void values.set(name, (values.get(name) ?? 0) + by),
    get: (name) => values.get(name) ?? 0,
    all: () => Object.fromEntries([...values].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

export function createDomains(needs: Needs): OwnedDomains {
  const { parts, frames, objects, emit, trace, clock, config } = needs;
  const byId = new Map<number, OwnedDomain>();
  /** In the order of domids; undefined: a domain came or went. The scheduler asks at every turn. */
  let sorted: readonly OwnedDomain[] | undefined;
  let engineOf: ((domainName: string, vcpu: number) => EngineFactory | undefined) | undefined;
  const vmids = new Set<number>();
  const freeNumber = (taken: { has(n: number): boolean }, limit: number): number | undefined => {
    for (let n = 1; n <= limit; n++) if (!taken.has(n)) return n;
    return undefined;
  };

  /** Allocates and maps RAM; ENOMEM leaves pieces that {@link takeApart} gives back. */
  const populate = (domain: OwnedDomain, fragment: Bytes | undefined): Result<undefined, "ENOMEM" | "EINVAL"> => {
    const { ram } = domain.layout;
    let at: Pa | undefined;
    for (const align of RAM_ALIGNMENTS) if (at === undefined && (align <= ram.size || align === BACKING_UNIT)) at = frames.allocate(domain, ram.size, align);
    if (at === undefined) return fail("ENOMEM", `domain ${domain.name}: no ${ram.size} contiguous bytes of machine memory`);
    const piece = fragment ?? ram.size;
    for (let done = 0; done < ram.size; done += piece) {
      // a fragmented domain has its pieces in descending machine order: neighbours are never contiguous
      const from = fragment === undefined ? at : add(at, ram.size - done - piece);
      const r = domain.p2m.map(range(add(ram.start, done), piece), from, P2M.ram, true);
      if (!r.ok) return r;
    }
    return DONE;
  };
  const takeApart = (domain: OwnedDomain): void => {
    objects.drop(domain);
    frames.disownAll(domain.domid);
    domain.p2m.destroy();
    parts.tables.free(domain.regsAt, regsBytes(domain.vcpus.length));
    vmids.delete(domain.vmid);
    byId.delete(domain.domid);
    sorted = undefined;
  };

  /** A domain's structure over a new P2M, or over one that a snapshot brought: registered, with its vcpus, without RAM. */
  const construct = (spec: DomainSpec, engines: readonly EngineFactory[], saved?: SavedP2m): Result<OwnedDomain, "ENOMEM" | "EINVAL"> => {
    const vcpus: OwnedVcpu[] = [];
    const flush = (): void => {
      for (const v of vcpus) {
        v.engine.flush();
        // what it repeats may succeed now
        if (v.state === "hung") v.state = "runnable";
      }
    };
    const p2m = createP2m(parts, spec.granule, spec.vmid, spec.tableLimit, flush, saved, config.ipaBits);
    if (!p2m.ok) return p2m;
    const { domid, name, granule, privileged, vmid, regsAt } = spec;
    const domain: OwnedDomain = {
      domid, name, granule, privileged, layout: layoutFor(spec.ram, spec.ramAt), p2m: p2m.value, vcpus, vmid, counters: createCounters(), state: "running", reason: "",
      maximumBytes: spec.maximum, params: new Map(), regsAt, ended: undefined,
      get currentBytes() {
        return frames.currentOf(domid);
      },
    };
    byId.set(domid, domain);
    vmids.add(vmid);
    sorted = undefined;
    engines.forEach((factory, index) => {
      const regs = createVcpuRegs(parts.memory, add(regsAt, index * VcpuRegsLayout.size));
      const translator = createTranslator(parts, regs, p2m.value.registers);
      const vcpu: OwnedVcpu = {
        domain, index, regs, translator, state: "runnable", hang: undefined, wakeAt: Infinity, continuation: undefined, polled: [], yielded: false, irqSource: undefined, deadlineSource: undefined, counted: regs.retired,
        get engine() {
          return engine;
        },
        get env() {
          return env;
        },
      };
      const env = createCheckEnv(vcpu, domains, needs.buffers);
      const engine: Engine = factory(createPlatformHost(parts.memory, vcpu, p2m.value.registers, config, emit, clock, trace));
      vcpus.push(vcpu);
    });
    return ok(domain);
  };

  const check = (c: DomainConfig): string | undefined => {
    if (c.ram <= 0 || c.ram % BACKING_UNIT !== 0) return `ram: ${c.ram} bytes is not a positive multiple of ${BACKING_UNIT}`;
    if (!parts.cpu.stage2.some((g) => g.size === c.granule.size))
      return `granule: CPU ${parts.cpu.name} has no stage 2 granule of ${c.granule.size} bytes; it has ${parts.cpu.stage2.map((g) => g.size).join(", ")}`;
    if (c.fragment !== undefined && (c.fragment <= 0 || c.fragment % c.granule.size !== 0 || c.ram % c.fragment !== 0)) return `fragment: ${c.fragment} bytes must divide ram and be a multiple of the stage 2 granule of ${c.granule.size} bytes`;
    if (c.vcpus.length === 0) return "vcpus: there must be one at least";
    if (c.online !== undefined && !(c.online >= 1 && c.online <= c.vcpus.length)) return `online: ${c.online} vcpus of ${c.vcpus.length}`;
    if (c.domid !== undefined && (!Number.isInteger(c.domid) || c.domid < 0 || c.domid >= C.DOMID_FIRST_RESERVED)) return `domid: ${c.domid} is not in [0, ${C.DOMID_FIRST_RESERVED})`;
    return undefined;
  };

  const domains: OwnedDomains = {
    create(c) {
      const wrong = check(c);
      if (wrong !== undefined) return fail("EINVAL", `domain ${c.name}: ${wrong}`);
      const domid = c.domid ?? freeNumber(byId, C.DOMID_FIRST_RESERVED - 1);
      if (domid === undefined || byId.has(domid)) return fail("EEXIST", `domain ${c.name}: domid ${domid ?? "(none free)"} is taken`);
      const vmid = freeNumber(vmids, MAX_VMID);
      if (vmid === undefined) return fail("ENOMEM", `domain ${c.name}: all ${MAX_VMID} VMIDs are in use`);
      const tableLimit = c.tableLimit ?? Math.ceil(c.ram / (XEN_PAGE.size / 8) / BACKING_UNIT) * BACKING_UNIT + mib(2);
      const regsAt = parts.tables.alloc(regsBytes(c.vcpus.length), XEN_PAGE.size);
      if (regsAt === undefined) return fail("ENOMEM", `domain ${c.name}: no memory for vcpu registers`);
      const made = construct({ domid, name: c.name, granule: c.granule, privileged: c.privileged ?? false, ram: c.ram, ramAt: c.ramAt ?? ipa(RAM0_BASE), maximum: c.maximum ?? c.ram, vmid, tableLimit, regsAt }, c.vcpus);
      if (!made.ok) {
        parts.tables.free(regsAt, regsBytes(c.vcpus.length));
        return made;
      }
      const domain = made.value;
      const populated = populate(domain, c.fragment);
      const built = populated.ok ? emit.setup(DOMAIN_CREATE, domain) : populated;
      if (!built.ok) {
        takeApart(domain);
        return fail("ENOMEM", `domain ${c.name}: ${built.why}`);
      }
      for (const v of domain.vcpus) if (v.index >= (c.online ?? c.vcpus.length)) v.state = "offline";
      if (trace.on) trace.emit("domain", { domid, name: c.name, granule: c.granule.size, ram: c.ram, vcpus: c.vcpus.length });
      return ok(domain);
    },
    get: (domid) => byId.get(domid),
    resolve: (caller, domid) => byId.get(domid === C.DOMID_SELF ? caller.domid : domid),
    of(caller) {
      const d = byId.get(caller.domid);
      if (d === undefined) throw new ModelBug(`no domain ${caller.domid}`);
      return d;
    },
    vcpuOf(caller) {
      const v = byId.get(caller.domid)?.vcpus[caller.vcpu];
      if (v === undefined) throw new ModelBug(`no vcpu ${caller.vcpu} in domain ${caller.domid}`);
      return v;
    },
    list: () => (sorted ??= [...byId.values()].sort((a, b) => a.domid - b.domid)),
    xsm: config.xsm,
    mayTalk: (a, b) => config.xsm === "dummy" || a === b || a.privileged || b.privileged,
    shutdown(d, reason) {
      end(d.domid, "shutdown", String(reason));
    },
    crash(d, rule, why) {
      end(d.domid, "crashed", `${rule}: ${why}`);
    },
    destroy(d) {
      const domain = byId.get(d.domid);
      if (domain === undefined) throw new ModelBug(`domain ${d.domid} is destroyed twice`);
      end(d.domid, "dying", domain.reason);
      emit.event(DOMAIN_DYING, domain);
      emit.event(DOMAIN_GONE, domain);
      // what it had mapped of others is referenced no longer
      for (const run of domain.p2m.runs(range(ipa(0), domain.p2m.highest()))) frames.leafGone(run, run.size);
      takeApart(domain);
    },
    setEngines: (f) => void (engineOf = f),
    save: () => [...byId.values()].map((d) => saveDomain(parts.memory, d)),
    load(state) {
      byId.clear();
      vmids.clear();
      sorted = undefined;
      for (const s of jsonList(state, "domains")) {
        const { spec, p2m, vcpus } = specOf(parts.memory, s);
        const engines = Array.from({ length: vcpus }, (_, i) => {
          const factory = engineOf?.(spec.name, i);
          if (factory === undefined) throw new GranuleError("GRAN0038", `the snapshot has domain "${spec.name}", vcpu ${i}: there is no program for it`, "Call setEngines() before load().");
          return factory;
        });
        const made = construct(spec, engines, p2m);
        if (!made.ok) throw new GranuleError("GRAN0018", `the snapshot's domain "${spec.name}": ${made.why}`);
        loadDomain(made.value, s);
      }
    },
  };
  const end = (domid: number, state: DomainState, reason: string): void => {
    const domain = byId.get(domid);
    if (domain === undefined || (domain.state !== "running" && state !== "dying")) return;
    domain.state = state;
    domain.reason = reason;
    domain.ended ??= { online: domain.vcpus.filter((v) => v.state !== "offline").length, blocked: domain.vcpus.filter((v) => v.state === "blocked").length };
    for (const v of domain.vcpus) v.state = "offline";
    if (trace.on) trace.emit("domain-end", { domid, state, reason });
  };
  return domains;
}
