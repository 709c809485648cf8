/**
 * Areas that a vcpu shares with the hypervisor. The port itself is the hypervisor's (events are built on it); this
 * file adds the run states. Source: xen/include/public/vcpu.h, RUNSTATE_*.
 */
export { VcpuInfoPort } from "@granule/hypervisor/contract";
export type { VcpuInfos } from "@granule/hypervisor/contract";

/** `state` of a vcpu_runstate_info, and the index of the time spent in it. */
export const RUNSTATE = /* @__PURE__ */ Object.freeze({ running: 0, runnable: 1, blocked: 2, offline: 3 });
export type Runstate = (typeof RUNSTATE)[keyof typeof RUNSTATE];

/** Name of the object (HvObject.name); v1 sees one frame of 4096 bytes, v2 places it zero-padded to BACKING_UNIT. */
export const SHARED_INFO = "shared_info";
