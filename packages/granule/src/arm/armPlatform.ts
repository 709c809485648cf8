/**
 * GICv2 or GICv3, generic timers, UART, debug registers and PSCI of domains with A64 vcpus, behind the hypervisor's hooks.
 * Sources: those of @granule/platform; xen/include/public/hvm/params.h, HVM_PARAM_CALLBACK_IRQ, and the arm/xen devicetree
 * binding for the event channel's PPI, which is level-sensitive: its line is evtchn_upcall_pending.
 */
import { type Domain, DOMAIN_GONE, DomainsPort, MMIO, P2M, SchedulerPort, SMCCC, SYSREG, UNDEFINED, UPCALL, type Vcpu } from "@granule/hypervisor";
import { type Clock, definePlugin, type Json, jsonList, jsonNumber, jsonObject } from "@granule/kit";
import { injectUndefined, MachinePort, mpidrOf } from "@granule/machine";
import {
  createFirmware, createGenericTimers, createGicV2, createGicV3, createPl011, createSystemRegisters, type Firmware, type FirmwareHost, type GicV2, type MmioDevice, type Saved,
  type SystemRegisters,
} from "@granule/platform";
import { contains, distance, GranuleError, ipa, ipaFromX, kib, ModelBug, range, type Range } from "@granule/units";
import { C } from "@granule/xen-abi";
import { ArmPlatformPort, type ArmPlatforms, type Platform, type PlatformSetting } from "./contract.ts";
import { resetVcpu } from "./vcpu.ts";

/** GICv2 has eight CPU interfaces. */
const MOST_VCPUS = 8;
/** MPIDR_EL1 without RES1 and the bits that are no affinity. */
const AFFINITY = 0xff_00ff_ffffn;

/** GUEST_GICV3_GICD_BASE has 64 KiB of registers; GUEST_GICV3_GICR0_BASE. */
const DISTRIBUTOR_V3 = /* @__PURE__ */ kib(64);
const REDISTRIBUTORS_AT = /* @__PURE__ */ ipa(0x0302_0000);

/** UARTDR, UARTRSR, UARTFR, UARTIMSC, UARTRIS, UARTMIS, UARTICR: others abort. */
const XEN_UART: readonly number[] = [0x00, 0x04, 0x18, 0x38, 0x3c, 0x40, 0x44];
/** The widest access that they take, in bytes. */
const WORD = 4;

interface DeviceAt {
  readonly at: Range<"ipa">;
  readonly device: MmioDevice;
}
interface OwnedPlatform extends Platform {
  readonly devices: readonly DeviceAt[];
  readonly exact: boolean;
  /** Of a GICv3. */
  readonly icc: SystemRegisters | undefined;
  /** The event channel's interrupt comes when the upcall becomes pending. */
  readonly upcallAt: number | undefined;
  readonly debug: SystemRegisters & Saved;
  readonly firmware: Firmware;
  /** Samples the line of the event channel's PPI, if the domain has one. */
  sampleUpcall(vcpu: Vcpu): void;
}

interface Controller {
  readonly gic: Pick<GicV2, "setLine" | "pulse" | "irq" | "save" | "load">;
  readonly devices: readonly DeviceAt[];
  readonly icc: SystemRegisters | undefined;
}
function controllerOf({ map, gic: version = 2 }: PlatformSetting, vcpus: number, onIrq: (vcpu: number, level: boolean) => void): Controller {
  if (version === 2) {
    const gic = createGicV2({ vcpus, onIrq });
    return { gic, icc: undefined, devices: [{ at: map.gicd.at, device: gic.distributor }, { at: map.gicc.at, device: gic.cpuInterface }] };
  }
  const gic = createGicV3({ vcpus, onIrq });
  return { gic, icc: gic, devices: [{ at: range(map.gicd.at.start, DISTRIBUTOR_V3), device: gic.distributor }, { at: range(REDISTRIBUTORS_AT, gic.redistributors.size), device: gic.redistributors }] };
}
/** @throws ModelBug when the domain has no such vcpu. */
function vcpuOf(domain: Domain, index: number): Vcpu {
  const vcpu = domain.vcpus[index];
  if (vcpu === undefined) throw new ModelBug(`domain ${domain.name} has no vcpu ${index}`);
  return vcpu;
}
/** Builds what {@link ArmPlatforms.attach} gives; wires interrupts into the vcpus. */
function build(domain: Domain, setting: PlatformSetting, clock: Clock, host: FirmwareHost): OwnedPlatform {
  const { vcpus } = domain;
  const { map, output, uart: hasUart = true, exact = false } = setting;
  const vcpuAt = (index: number): Vcpu => vcpuOf(domain, index);
  const { gic, icc, devices } = controllerOf(setting, vcpus.length, (vcpu, level) => vcpuAt(vcpu).engine.irq(level));
  const timers = createGenericTimers({ vcpus: vcpus.length, now: clock.now, onLine: gic.setLine, cntkctl: (vcpu) => vcpuAt(vcpu).regs.get("CNTKCTL_EL1") });
  const isXen = map.xen !== undefined;
  const uart = createPl011({ output, sbsa: isXen, onIrq: (level) => gic.setLine(map.uart.intid ?? 0, level) });
  /** Set by the event channels before; asked for the level of the PPI. */
  const upcalls = vcpus.map((vcpu) => vcpu.irqSource);
  const eventChannel = map.xen?.eventChannel;
  const platform: OwnedPlatform = {
    domain, map, gic, timers, uart, icc,
    exact,
    upcallAt: exact ? eventChannel : undefined,
    devices: hasUart ? [...devices, { at: range(map.uart.at.start, uart.size), device: exact ? { ...uart, answers: (offset, bytes) => bytes <= WORD && XEN_UART.includes(offset) } : uart }] : devices,
    debug: createSystemRegisters({ vcpus: vcpus.length }),
    firmware: createFirmware(host, { xen: isXen }),
    sampleUpcall(vcpu) {
      if (eventChannel !== undefined && !exact) gic.setLine(eventChannel, upcalls[vcpu.index]?.() ?? false, vcpu.index);
    },
  };
  for (const vcpu of vcpus) {
    vcpu.irqSource = () => {
      platform.sampleUpcall(vcpu);
      if (timers.deadline(vcpu.index) <= clock.now()) timers.update(vcpu.index);
      return gic.irq(vcpu.index);
    };
    vcpu.deadlineSource = () => timers.deadline(vcpu.index);
  }
  return platform;
}

/** Provides {@link ArmPlatformPort}. Domains without a platform are left alone. To be put after the event channels. */
export const armPlatform = definePlugin({
  name: "arm-platform",
  version: 1,
  provides: { platforms: ArmPlatformPort },
  requires: { machine: MachinePort, domains: DomainsPort, scheduler: SchedulerPort },
  setup({ use, on, clock }) {
    const { cpu } = use.machine;
    const byDomain = new Map<number, OwnedPlatform>();
    let settingOf: ((domainName: string) => PlatformSetting | undefined) | undefined;

    const firmwareHost = (domain: Domain): FirmwareHost => {
      const vcpu = (index: number): Vcpu => vcpuOf(domain, index);
      return {
        vcpuOf: (mpidr) => domain.vcpus.find(({ index }) => (BigInt(mpidrOf(index)) & AFFINITY) === mpidr)?.index,
        state: (index) => (vcpu(index).state === "offline" ? "off" : "on"),
        cpuOn(index, entry, context) {
          const at = ipaFromX(entry, domain.p2m.ipaLimit);
          if (!at.ok || domain.p2m.lookup(at.value)?.type !== P2M.ram) return false;
          resetVcpu(vcpu(index).regs, cpu, index, { pc: entry, x0: context, asXen: byDomain.get(domain.domid)?.exact === true });
          vcpu(index).engine.flush();
          use.scheduler.start(vcpu(index));
          return true;
        },
        cpuOff: (index) => use.scheduler.stop(vcpu(index)),
        standby: (index) => use.scheduler.block(vcpu(index), vcpu(index).deadlineSource?.() ?? Infinity),
        systemOff: () => use.domains.shutdown(domain, C.SHUTDOWN.poweroff),
        systemReset: () => use.domains.shutdown(domain, C.SHUTDOWN.reboot),
      };
    };
    const attach = (domain: Domain, setting: PlatformSetting): OwnedPlatform => {
      if (byDomain.has(domain.domid)) throw new GranuleError("GRAN0100", `domain ${domain.name} has a platform`);
      if (domain.vcpus.length > MOST_VCPUS) throw new GranuleError("GRAN0100", `domain ${domain.name}: ${domain.vcpus.length} vcpus, a GICv2 serves ${MOST_VCPUS} at most`, "Give it fewer vcpus.");
      const platform = build(domain, setting, clock, firmwareHost(domain));
      byDomain.set(domain.domid, platform);
      return platform;
    };

    on.handled(MMIO, ({ vcpu, info, value }) => {
      const platform = byDomain.get(vcpu.domain.domid);
      if (platform === undefined || info.ipa === undefined) return undefined;
      for (const { at, device } of platform.devices) {
        if (!contains(at, info.ipa)) continue;
        // the guest may have answered the event meanwhile, by a store that nobody saw
        platform.sampleUpcall(vcpu);
        const offset = distance(info.ipa, at.start);
        if (device.answers?.(offset, info.bytes) === false) return undefined;
        if (!info.write) return device.read(vcpu.index, offset, info.bytes);
        device.write(vcpu.index, offset, info.bytes, value);
        return 0;
      }
      return undefined;
    });
    on.handled(SYSREG, ({ vcpu, key, el, value }) => {
      const platform = byDomain.get(vcpu.domain.domid);
      if (platform === undefined) return undefined;
      const { timers, debug, icc } = platform;
      const { index } = vcpu;
      if (value === undefined) return timers.read(index, key, el) ?? icc?.read(index, key, el) ?? debug.read(index, key, el);
      const before = timers.deadline(index);
      const isDone = timers.write(index, key, value, el) || icc?.write(index, key, value, el) === true || debug.write(index, key, value, el);
      // the run in progress has a budget that ends at the deadline as it was
      if (timers.deadline(index) < before) vcpu.engine.stop();
      return isDone ? 0n : undefined;
    });
    on.handled(SMCCC, ({ vcpu }) => {
      const platform = byDomain.get(vcpu.domain.domid);
      if (platform === undefined) return undefined;
      platform.firmware.call(vcpu.index, vcpu.regs.view);
      return true;
    });
    on.handled(UNDEFINED, ({ vcpu, at }) => {
      if (!byDomain.has(vcpu.domain.domid)) return undefined;
      injectUndefined(vcpu.regs, at);
      return true;
    });
    on.event(UPCALL, (vcpu) => {
      const platform = byDomain.get(vcpu.domain.domid);
      if (platform?.upcallAt !== undefined) platform.gic.pulse(platform.upcallAt, vcpu.index);
    });
    on.event(DOMAIN_GONE, (domain) => void byDomain.delete(domain.domid));

    const platforms: ArmPlatforms = { attach, of: (domain) => byDomain.get(domain.domid), setSettings: (f) => void (settingOf = f) };
    return {
      ports: { platforms },
      save: (): Json => [...byDomain.values()].map((p) => ({ domid: p.domain.domid, gic: p.gic.save(), timers: p.timers.save(), uart: p.uart.save(), debug: p.debug.save() })),
      load(state) {
        byDomain.clear();
        for (const saved of jsonList(state, "platforms")) {
          const s = jsonObject(saved, "a platform");
          const domain = use.domains.get(jsonNumber(s["domid"], "a platform's domid"));
          const setting = domain === undefined ? undefined : settingOf?.(domain.name);
          if (domain === undefined || setting === undefined)
            throw new GranuleError("GRAN0038", `the snapshot has a platform of domain "${domain?.name ?? String(s["domid"])}": there is no setting for it`, "Call setSettings() before load().");
          const p = attach(domain, setting);
          const parts = { timers: p.timers, uart: p.uart, debug: p.debug, gic: p.gic };
          for (const [name, part] of Object.entries(parts)) part.load(s[name] ?? null);
        }
      },
    };
  },
});
