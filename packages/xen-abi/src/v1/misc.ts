// TABLE: v1 xen_version, vcpu_op, sched_op, hvm_op, console_io.
/** The small hypercalls of ABI v1. Sources: xen/include/public/{version,vcpu,sched,xen}.h, hvm/{hvm_op,params}.h. */
import { derived, field, handled, hypercall } from "../descriptor.ts";
import * as C from "../constants.ts";

const FAULT = derived("EFAULT", "buffer", "the structure is not readable (or, where written back, not writable)");
const ESRCH = handled("ESRCH", "domain", "no such domain");
const EPERM = handled("EPERM", "permission", "another domain, or the policy forbids it");
const VCPU = derived("ENOENT", "vcpu", "no such vcpu; checked before the pointer");

const version = <const O extends number, const N extends string>(op: O, name: N, doc: string) => ({ abi: 1, nr: C.NR.xen_version, op, name, source: "version.h", doc }) as const;
/** The answer is a number in x0; the argument is not looked at. */
export const xenver_version = hypercall({ ...version(C.XENVER_version, "XENVER_version", "Major version in the upper 16 bits, minor in the lower."), fields: { ret: field.u53("out", { x: 0 }, "version") }, errors: [] });
const text = <const O extends number, const N extends string, const S extends number>(op: O, name: N, size: S, doc: string) =>
  hypercall({ ...version(op, name, doc), fields: { arg: field.bytes("out", { x: 1 }, `${size} bytes`) }, errors: [handled("EFAULT", "buffer", "the argument is not writable")] });
export const xenver_extraversion = text(C.XENVER_extraversion, "XENVER_extraversion", 16, "The part of the version after the minor number.");
export const xenver_compile_info = text(C.XENVER_compile_info, "XENVER_compile_info", 192, "Compiler, who, domain, date: 64, 16, 32 and 80 bytes.");
export const xenver_capabilities = text(C.XENVER_capabilities, "XENVER_capabilities", 1024, "Names of the guest interfaces.");
export const xenver_changeset = text(C.XENVER_changeset, "XENVER_changeset", 64, "Source revision.");
export const xenver_platform_parameters = text(C.XENVER_platform_parameters, "XENVER_platform_parameters", 8, "virt_start, a u64.");
export const xenver_guest_handle = text(C.XENVER_guest_handle, "XENVER_guest_handle", 16, "The domain's UUID.");
export const xenver_commandline = text(C.XENVER_commandline, "XENVER_commandline", 1024, "Xen's command line; denied to guests.");
export const xenver_get_features = hypercall({
  ...version(C.XENVER_get_features, "XENVER_get_features", "XENFEAT_* bits of one submap."), buffer: { x: 1, size: 8 },
  fields: { submap_idx: field.u32("in", { at: 0 }, "index"), submap: field.u32("out", { at: 4 }, "bits") },
  errors: [derived("EFAULT", "buffer", "not readable and writable"), handled("EINVAL", "index", "not 0")],
});
export const xenver_pagesize = hypercall({
  ...version(C.XENVER_pagesize, "XENVER_pagesize", "Unit of ABI v1 in bytes: always 4096, whatever anyone's granule is."),
  fields: { arg: field.u64("in", { x: 1 }, "must be NULL"), ret: field.u53("out", { x: 0 }, "bytes") }, errors: [handled("EINVAL", "argument", "the argument is not NULL")],
});
export const xenver_build_id = hypercall({ ...version(C.XENVER_build_id, "XENVER_build_id", "The build's identification: denied to guests."), fields: {}, errors: [handled("EPERM", "permission", "always")], quirks: ["the argument is not looked at"] });

const vcpu = { abi: 1, nr: C.NR.vcpu_op } as const;
export const register_vcpu_info = hypercall({
  ...vcpu, op: C.VCPUOP_register_vcpu_info, name: "VCPUOP_register_vcpu_info", source: "vcpu.h, struct vcpu_register_vcpu_info",
  doc: "Moves a vcpu's vcpu_info to the domain's own memory; once, until reset.", buffer: { x: 2, size: 16 },
  fields: {
    vcpu: field.vcpu("in", { x: 1 }, "vcpu"), mfn: field.u53("in", { at: 0 }, "4096-byte frame", { class: "access" }), offset: field.u32("in", { at: 8 }, "bytes"), rsvd: field.u32("in", { at: 12 }, "ignored"),
  },
  errors: [VCPU, FAULT, handled("ENXIO", "offset", "above 4048 or not a multiple of 8"), handled("EINVAL", "area", "registered already, or the frame is not RAM of the domain")],
  quirks: ["on success evtchn_upcall_pending is 1 and evtchn_pending_sel is ~0"],
});
export const register_runstate_memory_area = hypercall({
  ...vcpu, op: C.VCPUOP_register_runstate_memory_area, name: "VCPUOP_register_runstate_memory_area", source: "vcpu.h, struct vcpu_register_runstate_memory_area",
  doc: "Virtual address where a vcpu's run states are written at each switch, through the page tables current then.", buffer: { x: 2, size: 8 },
  fields: { vcpu: field.vcpu("in", { x: 1 }, "vcpu"), addr: field.u64("in", { at: 0 }, "guest virtual address, any alignment") }, errors: [VCPU, FAULT],
});
export const vcpu_op_other = hypercall({
  ...vcpu, op: null, name: "vcpu_op", source: "vcpu.h", doc: "Any other operation.", fields: { vcpu: field.vcpu("in", { x: 1 }, "vcpu") },
  errors: [VCPU, handled("EINVAL", "operation", "not for a guest of Arm")],
});

const sched = { abi: 1, nr: C.NR.sched_op } as const;
export const sched_yield = hypercall({ ...sched, op: C.SCHEDOP_yield, name: "SCHEDOP_yield", source: "sched.h", doc: "Gives the processor to others.", fields: {}, errors: [] });
export const sched_block = hypercall({ ...sched, op: C.SCHEDOP_block, name: "SCHEDOP_block", source: "sched.h", doc: "Enables upcalls and waits for one.", fields: {}, errors: [] });
export const sched_shutdown = hypercall({
  ...sched, op: C.SCHEDOP_shutdown, name: "SCHEDOP_shutdown", source: "sched.h, struct sched_shutdown", doc: "Ends the domain with a reason.",
  buffer: { x: 1, size: 4 }, fields: { reason: field.u32("in", { at: 0 }, "SHUTDOWN_*") }, errors: [FAULT],
});
export const sched_poll = hypercall({
  ...sched, op: C.SCHEDOP_poll, name: "SCHEDOP_poll", source: "sched.h, struct sched_poll", doc: "Waits until one of the ports is pending, or until a time.",
  buffer: { x: 1, size: 24 },
  fields: { ports: field.array("in", { at: 0 }, "port", 4), nr_ports: field.u32("in", { at: 8 }, "entries"), timeout: field.u64("in", { at: 16 }, "ns since boot; 0: none") },
  errors: [FAULT, handled("EINVAL", "ports", "more than 128, or no such port"), handled("EFAULT", "list", "the list is not readable")],
});
export const sched_remote_shutdown = hypercall({
  ...sched, op: C.SCHEDOP_remote_shutdown, name: "SCHEDOP_remote_shutdown", source: "sched.h, struct sched_remote_shutdown", doc: "Control domain: ends another domain.",
  buffer: { x: 1, size: 8 }, fields: { domain_id: field.domid("in", { at: 0 }, "domain"), reason: field.u32("in", { at: 4 }, "SHUTDOWN_*") },
  errors: [FAULT, ESRCH, EPERM],
});

export const sched_shutdown_code = hypercall({
  ...sched, op: C.SCHEDOP_shutdown_code, name: "SCHEDOP_shutdown_code", source: "sched.h, struct sched_shutdown", doc: "Announces the reason of a shutdown to come. Accepted; the shutdown says its own.",
  buffer: { x: 1, size: 4 }, fields: { reason: field.u32("in", { at: 0 }, "SHUTDOWN_*") }, errors: [FAULT],
});
export const sched_watchdog = hypercall({
  ...sched, op: C.SCHEDOP_watchdog, name: "SCHEDOP_watchdog", source: "sched.h, struct sched_watchdog", doc: "Two timers a domain: one that expires ends it, with reason watchdog.",
  buffer: { x: 1, size: 8 },
  fields: { id: field.u32("in", { at: 0 }, "1 or 2; 0: a new one"), timeout: field.u32("in", { at: 4 }, "seconds; 0: stop"), ret: field.u53("out", { x: 0 }, "id of a new one") },
  errors: [FAULT, handled("EINVAL", "id", "no such watchdog, or not in use")],
  quirks: ["when both are in use a new one answers -ENOSPC in the lower 32 bits of x0 alone", "a new one with timeout 0 expires at once"],
});
export const sched_pin_override = hypercall({
  ...sched, op: C.SCHEDOP_pin_override, name: "SCHEDOP_pin_override", source: "sched.h, struct sched_pin_override", doc: "Pins the vcpu to a CPU: the hardware domain's.", fields: {},
  errors: [handled("EPERM", "permission", "always")], quirks: ["the argument is not looked at"],
});

const hvm = { abi: 1, nr: C.NR.hvm_op, wideOp: true, source: "hvm/hvm_op.h, struct xen_hvm_param" } as const;
export const hvm_get_param = hypercall({
  ...hvm, op: C.HVMOP_get_param, name: "HVMOP_get_param", doc: "Reads an HVM_PARAM_*; *_PFN are 4096-byte frames.", buffer: { x: 1, size: 16 },
  fields: { domid: field.domid("in", { at: 0 }, "domain"), index: field.u32("in", { at: 4 }, "HVM_PARAM_*"), value: field.u64("out", { at: 8 }, "as the parameter says") },
  errors: [FAULT, handled("EINVAL", "index", "not a parameter on Arm"), ESRCH, EPERM],
});
export const hvm_set_param = hypercall({
  ...hvm, op: C.HVMOP_set_param, name: "HVMOP_set_param", doc: "Writes an HVM_PARAM_*; control domain only, but for CALLBACK_IRQ.", buffer: { x: 1, size: 16 },
  fields: { domid: field.domid("in", { at: 0 }, "domain"), index: field.u32("in", { at: 4 }, "HVM_PARAM_*"), value: field.u64("in", { at: 8 }, "as the parameter says") },
  errors: [FAULT, handled("EINVAL", "index", "not a parameter on Arm"), ESRCH, EPERM],
});
export const hvm_guest_request_vm_event = hypercall({
  ...hvm, source: "hvm/hvm_op.h", op: C.HVMOP_guest_request_vm_event, name: "HVMOP_guest_request_vm_event", doc: "Tells a monitor of the domain, of which there is none.",
  fields: { arg: field.u64("in", { x: 1 }, "must be NULL") }, errors: [handled("EINVAL", "argument", "not NULL")],
});

const console_ = { abi: 1, nr: C.NR.console_io, source: "xen.h, CONSOLEIO_*" } as const;
export const console_write = hypercall({
  ...console_, op: C.CONSOLEIO_write, name: "CONSOLEIO_write", doc: "Writes bytes to the hypervisor's console, a line at a time.",
  fields: { count: field.u32("in", { x: 1 }, "bytes"), buffer: field.bytes("in", { x: 2 }, "bytes") }, errors: [handled("EFAULT", "buffer", "not readable; what came before is written")],
});
export const console_read = hypercall({
  ...console_, op: C.CONSOLEIO_read, name: "CONSOLEIO_read", doc: "Reads console input; answers the number of bytes.",
  fields: { count: field.u32("in", { x: 1 }, "bytes"), buffer: field.bytes("out", { x: 2 }, "bytes"), ret: field.u53("out", { x: 0 }, "bytes") },
  errors: [handled("E2BIG", "count", "above 2^31 - 1")], quirks: ["there is never any input, and the buffer is not looked at"],
});
