// TABLE: numbers of the public ABI.
/** Numbers. Sources: xen/include/public/{xen,arch-arm,memory,grant_table,event_channel,vcpu,sched,version,features,hvm/params}.h. */

/** Immediate of `hvc` for hypercalls on Arm; arguments in x0..x4, number in x16, answer in x0. */
export const XEN_HYPERCALL_TAG = 0xea1;

/** v1 hypercall numbers; v2 numbers start at 64 so that both serve one domain, call by call. */
export const NR = /* @__PURE__ */ Object.freeze({
  platform_op: 7, memory_op: 12, multicall: 13, xen_version: 17, console_io: 18, grant_table_op: 20, vm_assist: 21, vcpu_op: 24, sched_op: 29, event_channel_op: 32,
  hvm_op: 34, sysctl: 35, domctl: 36, hypfs_op: 42,
  query_v2: 64, memory_v2: 65, vcpu_v2: 66, event_v2: 67, grant_v2: 68, domain_v2: 69,
});
/** First number that other people's plugins may take. */
export const NR_FIRST_FREE = 70;

export const DOMID_SELF = 0x7ff0;
export const DOMID_IO = 0x7ff1;
export const DOMID_XEN = 0x7ff2;
export const DOMID_COW = 0x7ff3;
export const DOMID_INVALID = 0x7ff4;
/** Domain ids of real domains are below this. */
export const DOMID_FIRST_RESERVED = 0x7ff0;

export const XENMEM_increase_reservation = 0;
export const XENMEM_decrease_reservation = 1;
export const XENMEM_maximum_ram_page = 2;
export const XENMEM_current_reservation = 3;
export const XENMEM_maximum_reservation = 4;
export const XENMEM_populate_physmap = 6;
export const XENMEM_add_to_physmap = 7;
export const XENMEM_exchange = 11;
export const XENMEM_maximum_gpfn = 14;
export const XENMEM_remove_from_physmap = 15;
export const XENMEM_get_sharing_freed_pages = 18;
export const XENMEM_get_sharing_shared_pages = 19;
export const XENMEM_add_to_physmap_batch = 23;
export const XENMEM_claim_pages = 24;
export const XENMEM_get_vnumainfo = 26;
export const XENMEM_reserved_device_memory_map = 27;
export const XENMEM_acquire_resource = 28;
/** Types of XENMEM_acquire_resource. */
export const XENMEM_resource = /* @__PURE__ */ Object.freeze({ ioreq_server: 0, grant_table: 1, vmtrace_buf: 2 });
export const XENMEM_resource_grant_table_id_shared = 0;
/** v1 memory_op: bits 0..5 of the command are the operation, the rest is the extent to start at. */
export const MEMOP_EXTENT_SHIFT = 6;

export const XENMAPSPACE_shared_info = 0;
export const XENMAPSPACE_grant_table = 1;
export const XENMAPSPACE_gmfn_range = 3;
export const XENMAPSPACE_gmfn_foreign = 4;
export const XENMAPSPACE_dev_mmio = 5;

export const XENVER_version = 0;
export const XENVER_extraversion = 1;
export const XENVER_compile_info = 2;
export const XENVER_capabilities = 3;
export const XENVER_changeset = 4;
export const XENVER_platform_parameters = 5;
export const XENVER_get_features = 6;
export const XENVER_pagesize = 7;
export const XENVER_guest_handle = 8;
export const XENVER_commandline = 9;
export const XENVER_build_id = 10;

/** Bits of XENVER_get_features, submap 0. 21 is this project's provisional bit for ABI v2. */
export const XENFEAT = /* @__PURE__ */ Object.freeze({
  writable_page_tables: 0, auto_translated_physmap: 2, grant_map_identity: 12, memory_op_vnode_supported: 13,
  ARM_SMCCC_supported: 14, not_direct_mapped: 16, abi_v2: 21,
});

export const VCPUOP_register_runstate_memory_area = 5;
export const VCPUOP_register_vcpu_info = 10;

export const EVTCHNOP_bind_interdomain = 0;
export const EVTCHNOP_bind_virq = 1;
export const EVTCHNOP_bind_pirq = 2;
export const EVTCHNOP_close = 3;
export const EVTCHNOP_send = 4;
export const EVTCHNOP_status = 5;
export const EVTCHNOP_alloc_unbound = 6;
export const EVTCHNOP_bind_ipi = 7;
export const EVTCHNOP_bind_vcpu = 8;
export const EVTCHNOP_unmask = 9;
export const EVTCHNOP_reset = 10;
export const EVTCHNOP_init_control = 11;
export const EVTCHNOP_expand_array = 12;
export const EVTCHNOP_set_priority = 13;
export const EVTCHNOP_reset_cont = 14;
export const EVTCHNSTAT = /* @__PURE__ */ Object.freeze({ closed: 0, unbound: 1, interdomain: 2, pirq: 3, virq: 4, ipi: 5 });
export const EVTCHN_FIFO = /* @__PURE__ */ Object.freeze({
  PENDING: 31, MASKED: 30, LINKED: 29, BUSY: 28, LINK_BITS: 17, MAX_QUEUES: 16, PRIORITY_MAX: 0, PRIORITY_DEFAULT: 7, PRIORITY_MIN: 15,
});
export const NR_VIRQS = 24;
/** Virtual interrupts that every vcpu has of its own (xen.h, "V." in the list of VIRQ_*); the others are global. */
export const VIRQ_PER_VCPU: readonly number[] = /* @__PURE__ */ Object.freeze([0, 1, 7, 13]);
/** Bound of `pirq` on Arm (observed on Xen 4.17). */
export const NR_PIRQS = 1024;

export const GNTTABOP_map_grant_ref = 0;
export const GNTTABOP_unmap_grant_ref = 1;
export const GNTTABOP_setup_table = 2;
export const GNTTABOP_transfer = 4;
export const GNTTABOP_copy = 5;
export const GNTTABOP_query_size = 6;
export const GNTTABOP_unmap_and_replace = 7;
export const GNTTABOP_set_version = 8;
export const GNTTABOP_get_status_frames = 9;
export const GNTTABOP_get_version = 10;
export const GNTTABOP_swap_grant_ref = 11;
export const GNTTABOP_cache_flush = 12;
/** Bits of grant_entry flags (v1 and the project's v2). */
export const GTF = /* @__PURE__ */ Object.freeze({
  invalid: 0, permit_access: 1, accept_transfer: 2, transitive: 3, type_mask: 3, readonly: 4, reading: 8, writing: 16,
  PWT: 32, PCD: 64, PAT: 128, sub_page: 256,
});
export const GNTMAP = /* @__PURE__ */ Object.freeze({ device_map: 1, host_map: 2, readonly: 4, application_map: 8, contains_pte: 16 });
/** Bits of op of GNTTABOP_cache_flush. */
export const GNTTAB_CACHE = /* @__PURE__ */ Object.freeze({ CLEAN: 1, INVAL: 2, SOURCE_GREF: 0x80000000 });
export const GNTCOPY = /* @__PURE__ */ Object.freeze({ source_gref: 1, dest_gref: 2 });
export const GNTTAB_RESERVED_CONSOLE = 0;
export const GNTTAB_RESERVED_XENSTORE = 1;
export const GNTTAB_NR_RESERVED_ENTRIES = 8;
/** ABI v2: a reference into the v2 table has this bit set. */
export const GRANT_REF_V2 = 0x80000000;

export const SCHEDOP_yield = 0;
export const SCHEDOP_block = 1;
export const SCHEDOP_shutdown = 2;
export const SCHEDOP_poll = 3;
export const SCHEDOP_remote_shutdown = 4;
export const SCHEDOP_shutdown_code = 5;
export const SCHEDOP_watchdog = 6;
export const SCHEDOP_pin_override = 7;
export const SHUTDOWN = /* @__PURE__ */ Object.freeze({ poweroff: 0, reboot: 1, suspend: 2, crash: 3, watchdog: 4, soft_reset: 5 });
/** Ports in one SCHEDOP_poll. */
export const SCHEDOP_POLL_MAX = 128;

export const HVMOP_set_param = 0;
export const HVMOP_get_param = 1;
export const HVMOP_guest_request_vm_event = 24;
export const HVM_PARAM_CALLBACK_IRQ = 0;
export const HVM_PARAM_STORE_PFN = 1;
export const HVM_PARAM_STORE_EVTCHN = 2;
export const HVM_PARAM_CONSOLE_PFN = 17;
export const HVM_PARAM_CONSOLE_EVTCHN = 18;

export const VMASST_CMD_enable = 0;
export const VMASST_CMD_disable = 1;
/** The only one on Arm. */
export const VMASST_TYPE_runstate_update_flag = 5;

export const XEN_SYSCTL_INTERFACE_VERSION = 0x15;
export const XEN_SYSCTL_physinfo = 3;
/** Bits of physinfo.capabilities. */
export const XEN_SYSCTL_PHYSCAP = /* @__PURE__ */ Object.freeze({ hvm: 0, hap: 3, vpmu: 7, gnttab_v1: 8 });
export const XEN_DOMCTL_INTERFACE_VERSION = 0x15;
export const XEN_DOMCTL_createdomain = 1;
export const XEN_DOMCTL_getdomaininfo = 5;
export const XEN_DOMCTL_test_assign_device = 45;
/** Bits of getdomaininfo.flags; the shutdown code is in bits 31:16, all ones while there is none. */
export const XEN_DOMINF = /* @__PURE__ */ Object.freeze({ dying: 0, hvm_guest: 1, shutdown: 2, blocked: 4, running: 5, hap: 8, shutdownshift: 16 });
export const XENPF_INTERFACE_VERSION = 0x03000001;

export const CONSOLEIO_write = 0;
export const CONSOLEIO_read = 1;
