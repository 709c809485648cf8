// TABLE: structures of the public ABI.
/** Structures that live in memory shared by guest and hypervisor. Offsets and sizes as on arm64. */
import { struct } from "@granule/codec";

/** xen/include/public/xen.h, struct vcpu_info with arch-arm.h's empty arch part: 48 bytes on arm64. Byte 1 is padding: evtchn_upcall_mask is x86's (XEN_HAVE_PV_UPCALL_MASK). */
export const VcpuInfo = /* @__PURE__ */ struct("vcpu_info", 48, {
  evtchn_upcall_pending: [0, "u8"], evtchn_pending_sel: [8, "u64"],
  version: [16, "u32"], tsc_timestamp: [24, "u64"], system_time: [32, "u64"], tsc_to_system_mul: [40, "u32"],
  tsc_shift: [44, "bytes", 1], time_flags: [45, "u8"],
});
/** xen.h, struct shared_info: one legacy vcpu_info, then the 2-level bitmaps (64 words of 64 bits each), then wall clock. */
export const SharedInfo = /* @__PURE__ */ struct("shared_info", 1096, {
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
