// TABLE: how C spells what these tables name otherwise.
/** Names of the public headers where they are not ours, and what is ours alone, with the reason. Source: xen/include/public of Xen 4.17. */

/** Headers, in an order in which they compile. */
export const HEADERS: readonly string[] = [
  "xen.h", "errno.h", "features.h", "version.h", "sched.h", "vcpu.h", "event_channel.h", "grant_table.h", "memory.h", "platform.h", "sysctl.h", "domctl.h", "hvm/params.h", "hvm/hvm_op.h",
  "io/ring.h", "io/blkif.h", "io/console.h", "io/xs_wire.h",
];

/** C types of structures whose type is not `struct` and their name, and of arguments of calls whose source names no structure. */
export const TYPES: Readonly<Record<string, string>> = {
  sring: "struct blkif_sring",
  domid_t: "domid_t",
  event_reset_cont: "struct evtchn_reset",
  xenver_get_features: "struct xen_feature_info",
};
/** What counts as a structure's size: without the ring's slots after its header; with the member that is not in 4.17. */
export const SIZES: Readonly<Record<string, string>> = {
  "struct blkif_sring": "offsetof(struct blkif_sring, ring)", "struct xenstore_domain_interface": "sizeof(struct xenstore_domain_interface) + sizeof(uint32_t)",
};

/** Members, by C type and our name of the field; with a number: so many bytes into the member. */
export const MEMBERS: Readonly<Record<string, Readonly<Record<string, string | readonly [member: string, bytes: number]>>>> = {
  "struct vcpu_info": {
    version: "time.version", tsc_timestamp: "time.tsc_timestamp", system_time: "time.system_time", tsc_to_system_mul: "time.tsc_to_system_mul", tsc_shift: "time.tsc_shift", time_flags: "time.flags",
  },
  "struct vcpu_runstate_info": { time_running: "time[RUNSTATE_running]", time_runnable: "time[RUNSTATE_runnable]", time_blocked: "time[RUNSTATE_blocked]", time_offline: "time[RUNSTATE_offline]" },
  "struct xen_memory_exchange": {
    in_start: "in.extent_start", in_nr: "in.nr_extents", in_order: "in.extent_order", in_domid: "in.domid", out_nr: "out.nr_extents", out_order: "out.extent_order", out_domid: "out.domid",
  },
  "struct xen_add_to_physmap_batch": { foreign_domid: "u.foreign_domid" },
  "struct evtchn_status": { u: "u.pirq", u_port: "u.interdomain.port" },
  "struct gnttab_copy": {
    source_u: "source.u.ref", source_u_high: ["source.u.gmfn", 4], source_domid: "source.domid", source_offset: "source.offset",
    dest_u: "dest.u.ref", dest_u_high: ["dest.u.gmfn", 4], dest_domid: "dest.domid", dest_offset: "dest.offset",
  },
  "struct gnttab_cache_flush": { dev_bus_addr: "a.dev_bus_addr" },
  "struct vcpu_register_runstate_memory_area": { addr: "addr.p" },
};

/** What stands before the names of a record of numbers. */
export const PREFIXES: Readonly<Record<string, string>> = {
  NR: "__HYPERVISOR_", XENMEM_resource: "XENMEM_resource_", XENFEAT: "XENFEAT_", EVTCHNSTAT: "EVTCHNSTAT_", EVTCHN_FIFO: "EVTCHN_FIFO_", GTF: "GTF_", GNTMAP: "GNTMAP_", GNTTAB_CACHE: "GNTTAB_CACHE_",
  GNTCOPY: "GNTCOPY_", SHUTDOWN: "SHUTDOWN_", XEN_SYSCTL_PHYSCAP: "XEN_SYSCTL_PHYSCAP_", XEN_DOMINF: "XEN_DOMINF_", ERRNO: "XEN_", GNTST: "", XSD_SOCKMSG_TYPE: "", XS_WATCH_TYPE: "",
};
/** Records of bit numbers whose names are masks in C; what in them is no mask. */
export const MASKS: Readonly<Record<string, readonly string[]>> = { XEN_SYSCTL_PHYSCAP: [], XEN_DOMINF: ["shutdownshift"] };

/** Numbers that C spells as an expression. */
export const EXPRESSIONS: Readonly<Record<string, string>> = {
  BLKIF_RING_ENTRY: "sizeof(union blkif_sring_entry)",
  XENCONS_IN_SIZE: "sizeof(((struct xencons_interface *)0)->in)",
  XENCONS_OUT_SIZE: "sizeof(((struct xencons_interface *)0)->out)",
};

const ABI_V2 = "of ABI v2";
const LATER = "in later versions than 4.17";
const INTERNAL = "a limit of the hypervisor that no public header has; observed on Xen 4.17";
/** Names of ours, or NAME.MEMBER of records and structures, that the headers do not have, and why they are here. */
export const OWN: Readonly<Record<string, string>> = {
  GrantEntryV2: ABI_V2, GRANT_REF_V2: ABI_V2, NR_FIRST_FREE: ABI_V2, "XENFEAT.abi_v2": ABI_V2, "GNTST.GNTST_bad_granule": ABI_V2,
  "NR.query_v2": ABI_V2, "NR.memory_v2": ABI_V2, "NR.vcpu_v2": ABI_V2, "NR.event_v2": ABI_V2, "NR.grant_v2": ABI_V2, "NR.domain_v2": ABI_V2,
  "xenstore_domain_interface.evtchn_port": LATER, XENSTORE_SERVER_FEATURE_WATCHDEPTH: LATER, XENSTORE_SERVER_FEATURE_DOMID_ANY: LATER,
  "XSD_SOCKMSG_TYPE.XS_GET_FEATURE": LATER, "XSD_SOCKMSG_TYPE.XS_SET_FEATURE": LATER, "XSD_SOCKMSG_TYPE.XS_GET_QUOTA": LATER, "XSD_SOCKMSG_TYPE.XS_SET_QUOTA": LATER,
  NR_PIRQS: INTERNAL, SCHEDOP_POLL_MAX: INTERNAL, MEMOP_EXTENT_SHIFT: INTERNAL,
  "XENFEAT.grant_map_identity": "in a comment of the header: it is deprecated",
  EVTCHNOP_reset_cont: "for the hypervisor alone, under #ifdef __XEN__",
  BLKIF_SECTOR_SIZE: "in the text of blkif.h only", BLKIF_INDIRECT_PAGE: "in the text of blkif.h only", SEGS_PER_INDIRECT_FRAME: "in the text of blkif.h only",
};
