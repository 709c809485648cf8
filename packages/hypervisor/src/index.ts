export {
  ConsolesPort, DOMAIN_CREATE, DOMAIN_DYING, DOMAIN_GONE, DOMAIN_RESET, DomainsPort, FramesPort, GuestMemoryPort, MMIO, ObjectsPort, P2M, PLACE_V2, PLACEMENT, POLL_PENDING, RAM_REMOVED,
  RESET_BUSY, RESOURCE, SchedulerPort, SMCCC, SYSREG, UNDEFINED, UPCALL, VCPU_SWITCH, VcpuInfoPort,
} from "./contract.ts";
export type {
  Consoles, Counters, Domain, DomainConfig, Domains, DomainState, Frames, GuestLayout, GuestMemory, Hang, HvObject, MmioAccess, Objects, P2m, P2mEntry, P2mType, PlacementHandler,
  Scheduler, SysregAccess, Vcpu, VcpuInfos,
} from "./contract.ts";
export { diagnoseHang, type HangDiagnosis } from "./hang.ts";
export { layoutFor } from "./domains.ts";
export { hypervisor } from "./hypervisor.ts";
export type { HypervisorConfig } from "./hypervisor.ts";
export { createDriver, DRIVER_LIST_OFFSET } from "./driver.ts";
export type { Driver, DriverAnswer, DriverArgs } from "./driver.ts";
export { restoreImage, saveImage } from "./image.ts";
