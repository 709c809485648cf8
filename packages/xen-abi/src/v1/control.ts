// TABLE: v1 interfaces of the toolstack, vm_assist, multicall.
/**
 * Hypercalls that kernels try or only a toolstack makes. Sources: xen/include/public/{domctl,sysctl,platform,hypfs,xen}.h; the order of
 * checks was observed on Xen 4.17. Of the toolstack's interfaces the queries about domains and the machine are served, the rest is refused.
 */
import { field, handled, hypercall } from "../descriptor.ts";
import * as C from "../constants.ts";

const FAULT = handled("EFAULT", "buffer", "the structure is not readable (or, on success, not writable)");
const VERSION = handled("EACCES", "version", "interface_version is another one");
const EPERM = handled("EPERM", "permission", "the caller is not the control domain");
const UNKNOWN = handled("ENOSYS", "command", "the control domain's, and not modelled");

export const domctl = hypercall({
  abi: 1, nr: C.NR.domctl, op: null, name: "domctl", source: "domctl.h, struct xen_domctl, interface version 0x15", doc: "Control of domains. Served: XEN_DOMCTL_getdomaininfo (5), for the control domain.",
  fields: { op: field.bytes("inout", { x: 0 }, "144 bytes: xen_domctl") },
  errors: [
    FAULT, VERSION, handled("EINVAL", "domid", "getdomaininfo of a reserved domid"), handled("ESRCH", "domain", "no such domain, unless the command takes none"), EPERM, UNKNOWN,
  ],
  quirks: ["commands that take no domain are createdomain (1), and test_assign_device (45) of DOMID_INVALID", "DOMID_SELF is no domain here", "nothing is written back on errors"],
});
export const sysctl = hypercall({
  abi: 1, nr: C.NR.sysctl, op: null, name: "sysctl", source: "sysctl.h, struct xen_sysctl, interface version 0x15", doc: "Control of the machine. Served: XEN_SYSCTL_physinfo (3), for the control domain.",
  fields: { op: field.bytes("inout", { x: 0 }, "136 bytes: xen_sysctl") }, errors: [FAULT, VERSION, EPERM, UNKNOWN],
});
export const platform_op = hypercall({
  abi: 1, nr: C.NR.platform_op, op: null, name: "platform_op", source: "platform.h, struct xen_platform_op, interface version 0x03000001", doc: "Control of the platform: nothing is served.",
  fields: { op: field.bytes("in", { x: 0 }, "136 bytes: xen_platform_op") }, errors: [FAULT, VERSION, EPERM],
});
export const hypfs_op = hypercall({
  abi: 1, nr: C.NR.hypfs_op, op: null, name: "hypfs_op", source: "hypfs.h", doc: "The hypervisor's file system: nothing is served.", fields: {}, errors: [EPERM], quirks: ["no argument is looked at"],
});

const assist = <const O extends number, const N extends string>(op: O, name: N, doc: string) =>
  hypercall({
    abi: 1, nr: C.NR.vm_assist, op, name, source: "xen.h, VMASST_*", doc, fields: { type: field.u32("in", { x: 1 }, "VMASST_TYPE_*") },
    errors: [handled("EINVAL", "type", "not runstate_update_flag (5), the only one on Arm")],
  });
export const vm_assist_enable = assist(C.VMASST_CMD_enable, "VMASST_CMD_enable", "Turns an assistance on. Accepted; run states are written without the flag.");
export const vm_assist_disable = assist(C.VMASST_CMD_disable, "VMASST_CMD_disable", "Turns an assistance off.");

export const multicall = hypercall({
  abi: 1, nr: C.NR.multicall, op: null, name: "multicall", source: "xen.h, struct multicall_entry", doc: "Makes a list of calls, in order; each entry's answer is written into it. Goes on after the ones that others have had a turn.",
  fields: { call_list: field.u64("in", { x: 0 }, "guest virtual address of entries of 64 bytes"), nr_calls: field.u32("in", { x: 1 }, "entries") },
  errors: [handled("EINVAL", "nested", "a multicall in a multicall, as that entry's answer"), handled("EFAULT", "entry", "an entry is not readable, or its answer not writable; what was done before stays done")],
  quirks: ["x0 and x1 are advanced when the call is interrupted"],
});
