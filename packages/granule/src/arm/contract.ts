/** What stands around the A64 vcpus of a domain, as a plugin gives it: one platform a domain that asks for it. */
import type { Domain } from "@granule/hypervisor";
import { port } from "@granule/kit";
import type { GenericTimers, GicV2, MemoryMap, Uart } from "@granule/platform";

export interface PlatformSetting {
  /** Where devices are. */
  readonly map: MemoryMap;
  /** A byte that the guest sent to its UART. */
  readonly output: (byte: number) => void;
  /** Architecture version of the interrupt controller; default 2. A GICv3 has its redistributors at GUEST_GICV3_GICR0_BASE. */
  readonly gic?: 2 | 3;
  /** False: there is no UART. */
  readonly uart?: boolean;
  /**
   * True: as Xen 4.17 was observed. The event channel's PPI comes at the moment when evtchn_upcall_pending becomes set (it is its level
   * otherwise), registers of a vcpu that starts have Xen's values, and the UART has the registers of Xen's only.
   */
  readonly exact?: boolean;
}
/** The platform of one domain. */
export interface Platform {
  readonly domain: Domain;
  readonly map: MemoryMap;
  readonly gic: Pick<GicV2, "setLine" | "pulse" | "irq" | "save" | "load">;
  readonly timers: GenericTimers;
  readonly uart: Uart;
}
export interface ArmPlatforms {
  /**
   * Gives a domain, which has not run yet, interrupt controller, timers, UART and firmware. Its vcpus are then A64 ones: their
   * interrupt line is the GIC's, and an UNDEFINED instruction that traps is the guest's exception. @throws GranuleError
   * GRAN0100 for more than 8 vcpus, or when the domain has a platform.
   */
  attach(domain: Domain, setting: PlatformSetting): Platform;
  /** Undefined: it has none, as domains of scripted guests. */
  of(domain: Domain): Platform | undefined;
  /** Settings of the domains that a snapshot brings back; set before `load`. */
  setSettings(settingOf: (domainName: string) => PlatformSetting | undefined): void;
}
export const ArmPlatformPort = port<ArmPlatforms>()("arm-platform");
