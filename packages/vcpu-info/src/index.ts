export { RUNSTATE, SHARED_INFO, VcpuInfoPort } from "./contract.ts";
export type { Runstate, VcpuInfos } from "./contract.ts";
export { vcpuInfo } from "./vcpuInfo.ts";
