export { RUNSTATE, VcpuInfoPort } from "./contract.ts";
export type { Runstate, VcpuInfos } from "./contract.ts";
export { vcpuInfo } from "./vcpuInfo.ts";
