/**
 * shared_info, vcpu_info and run states as a plugin, in both ABIs.
 * Sources: xen/include/public/{xen,vcpu,memory}.h; answers and their order as observed on Xen 4.17; docs/spec, v2 "Vcpu areas".
 */
import {
  DOMAIN_CREATE, DOMAIN_GONE, DOMAIN_RESET, type Domain, DomainsPort, FramesPort, GuestMemoryPort, type HvObject, ObjectsPort, ownFrame, PLACE_V2, PLACEMENT, SchedulerPort, UPCALL, VCPU_SWITCH,
  type Vcpu, VcpuInfoPort, type VcpuInfos,
} from "@granule/hypervisor/contract";
import { type Caller, definePlugin } from "@granule/kit";
import { MachinePort } from "@granule/machine";
import { add, fail, hex, type Ipa, isAligned, ModelBug, ok, type Pa, range, XEN_PAGE, vaFromX } from "@granule/units";
import { C, PLACE_OBJECT, V1, V2, VcpuInfo, VcpuRunstateInfo } from "@granule/xen-abi";
import { createAreas, type DomainAreas, UPCALL_OFFSET, type VcpuAreas } from "./areas.ts";
import { RUNSTATE, type Runstate, SHARED_INFO } from "./contract.ts";
import { createAccount, encodeAccount, enter } from "./runstate.ts";
import { loadAreas, saveAreas } from "./save.ts";

/** v1: `offset` is a multiple of this many bytes. */
const V1_ALIGNMENT = 8;
/** A vcpu that hangs never stops trying. */
const runstateOf = ({ state }: Vcpu): Runstate => (state === "hung" ? RUNSTATE.runnable : RUNSTATE[state]);

/** Provides {@link VcpuInfoPort}. */
export const vcpuInfo = definePlugin({
  name: "vcpu-info",
  version: 1,
  provides: { infos: VcpuInfoPort },
  requires: { machine: MachinePort, domains: DomainsPort, frames: FramesPort, memory: GuestMemoryPort, objects: ObjectsPort, scheduler: SchedulerPort },
  setup({ use, on, emit, clock }) {
    const { memory } = use.machine;
    const areas = createAreas(memory, use.frames);
    const byDomain = new Map<number, DomainAreas>();
    const of = (domain: Domain): DomainAreas => {
      const d = byDomain.get(domain.domid);
      if (d === undefined) throw new ModelBug(`vcpu-info: domain ${domain.domid} has no areas`);
      return d;
    };
    const found = (caller: Caller, index: number): { readonly d: DomainAreas; readonly v: VcpuAreas } => {
      const d = of(use.domains.of(caller));
      const v = d.vcpus[index];
      if (v === undefined) throw new ModelBug(`vcpu-info: vcpu ${index} passed the derived check`);
      return { d, v };
    };
    const fresh = (domain: Domain, sharedInfo: HvObject): DomainAreas => ({
      domain, sharedInfo, vcpus: domain.vcpus.map((vcpu): VcpuAreas => ({ vcpu, info: undefined, runstate: undefined, account: createAccount(runstateOf(vcpu), clock.now()) })),
    });

    const infos: VcpuInfos = {
      vcpuInfo: (vcpu) => areas.infoAt(of(vcpu.domain), vcpu.index),
      sharedInfo: (domain, offset) => of(domain).sharedInfo.at(offset),
      upcallPending(vcpu) {
        // asked of a vcpu whose domain has gone: nothing is pending
        const d = byDomain.get(vcpu.domain.domid);
        const at = d === undefined ? undefined : areas.infoAt(d, vcpu.index);
        return at !== undefined && memory.u8[memory.offset(add(at, UPCALL_OFFSET))] !== 0;
      },
      raise(vcpu) {
        const at = areas.infoAt(of(vcpu.domain), vcpu.index);
        if (at === undefined) return;
        const o = memory.offset(add(at, UPCALL_OFFSET));
        // bit 0 alone: a guest may have written others (observed on Xen 4.17)
        const byte = memory.u8[o] ?? 0;
        if ((byte & 1) !== 0) return;
        memory.u8[o] = byte | 1;
        emit.event(UPCALL, vcpu);
        use.scheduler.wake(vcpu);
      },
    };
    const register = (d: DomainAreas, v: VcpuAreas, at: Pa): void => {
      areas.moveInfo(d, v, at);
      infos.raise(v.vcpu);
    };

    const image = new Uint8Array(VcpuRunstateInfo.size);
    const imageView = new DataView(image.buffer);
    /** Writes the run states, if they are asked for. A fault is nobody's error: the guest gave the address. */
    const writeRunstate = (v: VcpuAreas, through = v.vcpu, now?: number): void => {
      if (v.runstate === undefined) return;
      encodeAccount(v.account, imageView, now);
      if (v.runstate.kind === "pa") {
        memory.bytes(v.runstate.at, image.length).set(image);
        return;
      }
      const at = vaFromX(v.runstate.at, true);
      if (at.ok) use.memory.writeVa(through, at.value, image);
    };
    on.event(VCPU_SWITCH, ({ vcpu, running }) => {
      const v = byDomain.get(vcpu.domain.domid)?.vcpus[vcpu.index];
      if (v === undefined) return;
      enter(v.account, running ? RUNSTATE.running : runstateOf(vcpu), clock.now());
      writeRunstate(v);
    });

    on.setup(DOMAIN_CREATE, (domain) => {
      const object = use.objects.create(domain, SHARED_INFO, XEN_PAGE.size, XEN_PAGE.size);
      if (!object.ok) return object;
      const d = fresh(domain, object.value);
      byDomain.set(domain.domid, d);
      return ok(() => void byDomain.delete(domain.domid));
    });
    on.event(DOMAIN_GONE, (domain) => {
      areas.drop(of(domain));
      byDomain.delete(domain.domid);
    });
    on.event(DOMAIN_RESET, (domain) => {
      const d = of(domain);
      areas.drop(d);
      const first = areas.infoAt(d, 0);
      // the next kernel finds it as the first one did
      if (first !== undefined) memory.fill(first, VcpuInfo.size, 0);
    });
    on.select(PLACEMENT, C.XENMAPSPACE_shared_info, (_caller, domain, index, gpfn) =>
      index === 0 ? use.objects.placeFrame(domain, of(domain).sharedInfo, 0, gpfn) : fail("EINVAL", `shared_info: index ${index}, it is one frame of ${XEN_PAGE.size} bytes`),
    );
    on.select(PLACE_V2, PLACE_OBJECT.shared_info, (domain) => of(domain).sharedInfo);

    on.hypercall(V1.register_vcpu_info, (caller, a) => {
      const { d, v } = found(caller, a.vcpu);
      if (a.offset > XEN_PAGE.size - VcpuInfo.size || !isAligned(a.offset, V1_ALIGNMENT))
        return fail("ENXIO", `offset ${a.offset} bytes: must be a multiple of ${V1_ALIGNMENT} and leave ${VcpuInfo.size} bytes of the frame`);
      if (v.info !== undefined) return fail("EINVAL", `vcpu ${a.vcpu} has registered a vcpu_info`);
      const frame = ownFrame(use.frames, d.domain, a.mfn);
      if (frame === undefined) return fail("EINVAL", `gfn ${hex(a.mfn)} is not RAM of domain ${caller.domid}`);
      register(d, v, add(frame, a.offset));
      return ok({});
    });
    on.hypercall(V1.register_runstate_memory_area, (caller, a) => {
      const { v } = found(caller, a.vcpu);
      areas.setRunstate(v, { kind: "va", at: a.addr });
      const self = use.domains.vcpuOf(caller);
      // another vcpu's time up to now is included, its own as it stood when it began to run
      if (v.vcpu === self) writeRunstate(v);
      else writeRunstate(v, self, clock.now());
      return ok({});
    });

    /** The area lies in one frame: its alignment is the next power of two of its size. */
    const ownArea = (domain: Domain, at: Ipa, size: number): Pa | undefined => use.memory.ramRuns(domain, range(at, size))?.[0]?.start;
    on.hypercall(V2.register_vcpu_info, (caller, a) => {
      const { d, v } = found(caller, a.vcpu);
      const at = ownArea(d.domain, a.area, VcpuInfo.size);
      if (at === undefined) return fail("ENOENT", `vcpu_info at ${hex(a.area)} is not in RAM of domain ${caller.domid}`);
      if (v.info !== undefined) return fail("EBUSY", `vcpu ${a.vcpu} has registered a vcpu_info`);
      register(d, v, at);
      return ok({});
    });
    on.hypercall(V2.register_runstate, (caller, a) => {
      const { d, v } = found(caller, a.vcpu);
      const at = ownArea(d.domain, a.area, VcpuRunstateInfo.size);
      if (at === undefined) return fail("ENOENT", `run states at ${hex(a.area)} are not in RAM of domain ${caller.domid}`);
      if (v.runstate !== undefined) return fail("EBUSY", `vcpu ${a.vcpu} has registered an area for run states`);
      areas.setRunstate(v, { kind: "pa", at });
      writeRunstate(v, v.vcpu, v.vcpu === use.domains.vcpuOf(caller) ? undefined : clock.now());
      return ok({});
    });
    on.hypercall(V2.unregister_areas, (caller, a) => {
      const { d, v } = found(caller, a.vcpu);
      const had = v.info !== undefined;
      areas.returnInfo(d, v);
      areas.setRunstate(v, undefined);
      // its upcall may have been pending for events that only the selector shows
      if (had) infos.raise(v.vcpu);
      return ok({});
    });

    return {
      ports: { infos },
      save: () => saveAreas(memory, byDomain.values()),
      load(state) {
        const restored = loadAreas(memory, state, use.domains.get, (domain) => {
          const object = use.objects.find(domain, SHARED_INFO);
          if (object === undefined) throw new ModelBug(`vcpu-info: domain ${domain.domid} has no ${SHARED_INFO}`);
          return fresh(domain, object);
        });
        byDomain.clear();
        for (const d of restored) byDomain.set(d.domain.domid, d);
      },
    };
  },
});
