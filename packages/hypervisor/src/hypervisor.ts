/** The hypervisor core as a plugin: domains, frames, guest memory, objects, entry and scheduler, wired together. */
import { definePlugin, type Json, jsonObject } from "@granule/kit";
import { MachinePort } from "@granule/machine";
import { fail, GranuleError } from "@granule/units";
import { V1 } from "@granule/xen-abi";
import { ConsolesPort, DOMAIN_GONE, DomainsPort, FramesPort, GuestMemoryPort, ObjectsPort, SchedulerPort } from "./contract.ts";
import { createDomains } from "./domains.ts";
import { createEntry } from "./entry.ts";
import { createGuestBuffers } from "./env.ts";
import { createFrames } from "./frames.ts";
import { createGuestMemory } from "./guestMemory.ts";
import { registerMemoryOps } from "./memoryOps.ts";
import { createObjects } from "./objects.ts";
import { IPA_BITS } from "./p2m.ts";
import { registerControlOps } from "./controlOps.ts";
import { registerRareMemoryOps } from "./memoryRare.ts";
import { createScheduler } from "./scheduler.ts";
import { vaOfAnyRegister, walkBySoftware } from "./softwareWalk.ts";
import { createWatchdogs } from "./watchdogs.ts";
import { type Personality, registerConsoleOps, registerParamOps, registerSchedOps, registerVersionOps } from "./smallOps.ts";

export interface HypervisorConfig {
  /** "granule": ABI v2 beside v1, XSM dummy. "xen-4.17": answers as real Xen, no v2, XSM silo. Default "granule". */
  readonly personality: "granule" | "xen-4.17";
  /** Overrides the personality's policy. */
  readonly xsm: "dummy" | "silo";
  /** The abort that a guest gets where stage 2 maps nothing and no device answers: an empty ISS as under Xen (default), or a synchronous External abort as on a machine without hypervisor. */
  readonly refusedAccess: "empty" | "external";
}

/** Xen takes as many as the CPU has. */
const XEN_IPA_BITS = 48;
/** Both answer as the same version: guests ask for it, and v1 is the same. */
const VERSION = { major: 4, minor: 17, capabilities: "xen-3.0-aarch64 xen-3.0-armv7l " } as const;
const PERSONALITIES: Readonly<Record<HypervisorConfig["personality"], Personality & { readonly xsm: HypervisorConfig["xsm"]; readonly ipaBits: number; readonly hangs: boolean }>> = {
  granule: { ...VERSION, name: "granule", abi2: true, extraversion: ".granule", xsm: "dummy", ipaBits: IPA_BITS, hangs: false },
  "xen-4.17": { ...VERSION, name: "xen-4.17", abi2: false, extraversion: ".7", xsm: "silo", ipaBits: XEN_IPA_BITS, hangs: true },
};

type Parsed = Omit<HypervisorConfig, "personality"> & { readonly personality: Personality; readonly ipaBits: number; readonly hangs: boolean };
function parse(raw: Partial<HypervisorConfig> | undefined): Parsed {
  // configurations come from files too
  const given = raw ?? {};
  if (typeof given !== "object") throw new GranuleError("GRAN0020", "hypervisor: the configuration is not an object");
  const { personality = "granule", refusedAccess = "empty" } = given;
  const p = Object.hasOwn(PERSONALITIES, personality) ? PERSONALITIES[personality] : undefined;
  if (p === undefined) throw new GranuleError("GRAN0023", `hypervisor.personality: "${String(personality)}" is not known`, `Use ${Object.keys(PERSONALITIES).join(" or ")}.`);
  const { xsm = p.xsm } = given;
  if (xsm !== "dummy" && xsm !== "silo") throw new GranuleError("GRAN0024", `hypervisor.xsm: "${String(xsm)}" is not known`, "Use dummy or silo.");
  if (refusedAccess !== "empty" && refusedAccess !== "external") throw new GranuleError("GRAN0025", `hypervisor.refusedAccess: "${String(refusedAccess)}" is not known`, "Use empty or external.");
  return { personality: p, xsm, refusedAccess, ipaBits: p.ipaBits, hangs: p.hangs };
}

/** Provides the ports of the core. */
export const hypervisor = definePlugin({
  name: "hypervisor",
  version: 3,
  provides: { domains: DomainsPort, frames: FramesPort, memory: GuestMemoryPort, objects: ObjectsPort, scheduler: SchedulerPort, consoles: ConsolesPort },
  requires: { machine: MachinePort },
  config: parse,
  setup({ use, on, emit, clock, trace, config }) {
    const parts = use.machine;
    const isGranule = config.personality.abi2;
    const frames = createFrames(parts);
    // Xen takes a reference to the frame while it copies
    const memory = createGuestMemory(parts.memory, trace, isGranule ? undefined : frames.mayReference, isGranule ? undefined : (vcpu, at, write) => walkBySoftware(parts, vcpu, at, write));
    const objects = createObjects(parts.memory, frames);
    const buffers = createGuestBuffers(memory, isGranule ? undefined : vaOfAnyRegister);
    const domains = createDomains({ parts, frames, objects, emit, trace, clock, buffers, config });
    const entry = createEntry(emit, buffers, trace, config.personality);
    const watchdogs = createWatchdogs(domains, clock, trace);
    const scheduler = createScheduler(domains, entry, clock, emit, trace, watchdogs);
    const needs = { on, emit, clock, domains, scheduler: () => scheduler, watchdogs, personality: config.personality };
    registerMemoryOps({ on, emit, domains, frames, objects, parts });
    registerRareMemoryOps({ on, emit, domains, frames });
    registerControlOps({ on, domains, frames, objects, parts });
    on.hypercall(V1.multicall, () => fail("EINVAL", "a multicall in a multicall"));
    on.hypercall(V1.vcpu_op_other, () => fail("EINVAL", "the operation is not for guests"));
    on.event(DOMAIN_GONE, (domain) => watchdogs.forget(domain.domid));
    registerVersionOps(needs);
    registerSchedOps(needs);
    registerParamOps(needs);
    const consoles = registerConsoleOps(needs);
    return {
      ports: { domains, frames, memory, objects, scheduler, consoles },
      save: (): Json => ({ frames: frames.save(), objects: objects.save(), domains: domains.save(), scheduler: scheduler.save(), watchdogs: watchdogs.save() }),
      load(state) {
        const s = jsonObject(state, "hypervisor");
        const part = (key: string): Json => {
          const value = s[key];
          if (value === undefined) throw new GranuleError("GRAN0018", `the snapshot is torn: hypervisor.${key} is missing`);
          return value;
        };
        frames.load(part("frames"));
        domains.load(part("domains"));
        scheduler.load(part("scheduler"));
        watchdogs.load(part("watchdogs"));
        objects.load(part("objects"), (domid) => {
          const domain = domains.get(domid);
          if (domain === undefined) throw new GranuleError("GRAN0018", `the snapshot is torn: objects of domain ${domid}, which it has not`);
          return domain;
        });
      },
    };
  },
});
