// TABLE: structures of the public ABI.
/** Structures that live in memory shared by guest and hypervisor, and those of control interfaces. Offsets and sizes as on arm64. */
import { struct } from "@granule/codec";

/** xen/include/public/xen.h, struct vcpu_info with arch-arm.h's empty arch part: 48 bytes on arm64. Byte 1 is padding: evtchn_upcall_mask is x86's (XEN_HAVE_PV_UPCALL_MASK). */
export const VcpuInfo = /* @__PURE__ */ struct("vcpu_info", 48, {
  evtchn_upcall_pending: [0, "u8"], evtchn_pending_sel: [8, "u64"],
  version: [16, "u32"], tsc_timestamp: [24, "u64"], system_time: [32, "u64"], tsc_to_system_mul: [40, "u32"],
  tsc_shift: [44, "bytes", 1], time_flags: [45, "u8"],
});
/** xen.h, struct shared_info: one legacy vcpu_info, then the 2-level bitmaps (64 words of 64 bits each), then wall clock. */
export const SharedInfo = /* @__PURE__ */ struct("shared_info", 1088, {
  vcpu_info: [0, "bytes", 48], evtchn_pending: [0x30, "bytes", 512], evtchn_mask: [0x230, "bytes", 512],
  wc_version: [0x430, "u32"], wc_sec: [0x434, "u32"], wc_nsec: [0x438, "u32"], wc_sec_hi: [0x43c, "u32"],
});
/** vcpu.h, struct vcpu_runstate_info: 48 bytes on arm64. */
export const VcpuRunstateInfo = /* @__PURE__ */ struct("vcpu_runstate_info", 48, {
  state: [0, "i32"], state_entry_time: [8, "u64"], time_running: [16, "u64"], time_runnable: [24, "u64"],
  time_blocked: [32, "u64"], time_offline: [40, "u64"],
});
/** grant_table.h, struct grant_entry_v1: 8 bytes; `frame` counts 4096 bytes. */
export const GrantEntryV1 = /* @__PURE__ */ struct("grant_entry_v1", 8, { flags: [0, "u16"], domid: [2, "u16"], frame: [4, "u32"] });
/**
 * ABI v2's own table: 16 aligned bytes. Word 0 (flags | domid << 16) is claimed by a 32-bit compare-and-swap and is
 * written last by the guest; `extent` is latched once after the claim.
 */
export const GrantEntryV2 = /* @__PURE__ */ struct("grant_entry_abi2", 16, { flags: [0, "u16"], domid: [2, "u16"], extent: [8, "u64"] });
/** event_channel.h, struct evtchn_fifo_control_block: 72 bytes; `ready` is a bitmap of queues, then 16 heads. */
export const EvtchnFifoControlBlock = /* @__PURE__ */ struct("evtchn_fifo_control_block", 72, { ready: [0, "u32"], head: [8, "bytes", 64] });

/** domctl.h, struct xen_domctl: 144 bytes with its union, which is at 16. */
export const XenDomctl = /* @__PURE__ */ struct("xen_domctl", 144, { cmd: [0, "u32"], interface_version: [4, "u32"], domain: [8, "u16"], u: [16, "bytes", 128] });
/** domctl.h, struct xen_domctl_getdomaininfo, in the union. Pages are 4096 bytes. */
export const XenDomctlGetdomaininfo = /* @__PURE__ */ struct("xen_domctl_getdomaininfo", 120, {
  domain: [0, "u16"], pad1: [2, "u16"], flags: [4, "u32"], tot_pages: [8, "u64"], max_pages: [16, "u64"], outstanding_pages: [24, "u64"], shr_pages: [32, "u64"], paged_pages: [40, "u64"],
  shared_info_frame: [48, "u64"], cpu_time: [56, "u64"], nr_online_vcpus: [64, "u32"], max_vcpu_id: [68, "u32"], ssidref: [72, "u32"], handle: [76, "bytes", 16], cpupool: [92, "u32"],
  gpaddr_bits: [96, "u8"], pad2: [97, "bytes", 7], arch_config: [104, "bytes", 12],
});
/** sysctl.h, struct xen_sysctl: 136 bytes with its union, which is at 8. */
export const XenSysctl = /* @__PURE__ */ struct("xen_sysctl", 136, { cmd: [0, "u32"], interface_version: [4, "u32"], u: [8, "bytes", 128] });
/** sysctl.h, struct xen_sysctl_physinfo, in the union. Pages are 4096 bytes. */
export const XenSysctlPhysinfo = /* @__PURE__ */ struct("xen_sysctl_physinfo", 112, {
  threads_per_core: [0, "u32"], cores_per_socket: [4, "u32"], nr_cpus: [8, "u32"], max_cpu_id: [12, "u32"], nr_nodes: [16, "u32"], max_node_id: [20, "u32"], cpu_khz: [24, "u32"],
  capabilities: [28, "u32"], arch_capabilities: [32, "u32"], total_pages: [40, "u64"], free_pages: [48, "u64"], scrub_pages: [56, "u64"], outstanding_pages: [64, "u64"], max_mfn: [72, "u64"],
  hw_cap: [80, "bytes", 32],
});
/** platform.h, struct xen_platform_op: 136 bytes. */
export const XenPlatformOp = /* @__PURE__ */ struct("xen_platform_op", 136, { cmd: [0, "u32"], interface_version: [4, "u32"], u: [8, "bytes", 128] });
