/**
 * domctl, sysctl, platform_op and hypfs_op of ABI v1: what the control domain may ask; and vm_assist, which every kernel may.
 * Sources: xen/include/public/{domctl,sysctl,platform,xen}.h; fields and the order of checks as observed on Xen 4.17.
 */
import type { On } from "@granule/kit";
import type { MachineParts } from "@granule/machine";
import { type Bytes, fail, ok, type Result, toNumber, xenPages, XEN_PAGE } from "@granule/units";
import { C, type GuestBytes, V1, XenDomctl, XenDomctlGetdomaininfo as Info, XenPlatformOp, XenSysctl, XenSysctlPhysinfo as Physinfo } from "@granule/xen-abi";
import type { OwnedDomain, OwnedDomains } from "./domains.ts";
import type { Frames, Objects } from "./contract.ts";

interface Needs {
  readonly on: On;
  readonly domains: OwnedDomains;
  readonly frames: Frames;
  readonly objects: Objects;
  readonly parts: MachineParts;
}

/** Hz of the counters, in thousands. */
const COUNTER_KHZ = 62_500;
/** Vcpus take turns on one processor. */
const PROCESSORS = 1;
/** The shutdown code of a domain that has not ended. */
const NO_CODE = 0xffff; // MAGIC: all ones in 16 bits
const bits = (...list: readonly number[]): number => list.reduce((mask, bit) => mask + 2 ** bit, 0);

/** Vcpus that are, or were when it ended, online, and of these blocked. */
const vcpusOf = (d: OwnedDomain): { readonly online: number; readonly blocked: number } =>
  d.ended ?? { online: d.vcpus.filter((v) => v.state !== "offline").length, blocked: d.vcpus.filter((v) => v.state === "blocked").length };

/** Reads the whole structure. */
function readOp(from: GuestBytes, size: Bytes): Result<DataView, "EFAULT"> {
  const bytes = new Uint8Array(size);
  const r = from.read(0, bytes);
  return r.ok ? ok(new DataView(bytes.buffer)) : r;
}
function writeOp(to: GuestBytes, op: DataView): Result<Record<never, never>, "EFAULT"> {
  const r = to.write(0, new Uint8Array(op.buffer));
  return r.ok ? ok({}) : r;
}
const versioned = (found: number, wanted: number): Result<undefined, "EACCES"> => (found === wanted ? ok(undefined) : fail("EACCES", `interface version 0x${found.toString(16)}, this is 0x${wanted.toString(16)}`));
const NOT_PRIVILEGED = "only the control domain may";

export function registerControlOps({ on, domains, frames, objects, parts }: Needs): void {
  const flagsOf = (d: OwnedDomain, isCaller: boolean): number => {
    const { XEN_DOMINF: F } = C;
    const { online, blocked } = vcpusOf(d);
    const hasEnded = d.state === "shutdown" || d.state === "crashed";
    const set = [
      F.hvm_guest, F.hap, ...(d.state === "dying" ? [F.dying] : []), ...(hasEnded ? [F.shutdown] : []), ...(online === blocked ? [F.blocked] : []), ...(isCaller ? [F.running] : []),
    ];
    const code = d.state === "crashed" ? C.SHUTDOWN.crash : d.state === "shutdown" ? Number(d.reason) : NO_CODE;
    return bits(...set) + code * 2 ** F.shutdownshift;
  };
  /** Bits of a guest physical address that can be used. */
  const addressBits = (d: OwnedDomain): number => Math.min(Math.log2(d.p2m.ipaLimit), parts.cpu.paBits);
  const describe = (d: OwnedDomain, isCaller: boolean, view: DataView, at: number): void => {
    const f = Info.fields;
    const shared = objects.find(d, "shared_info");
    f.domain.set(view, at, d.domid);
    f.pad1.set(view, at, 0);
    f.flags.set(view, at, flagsOf(d, isCaller));
    f.tot_pages.set(view, at, BigInt(xenPages(d.currentBytes)));
    f.max_pages.set(view, at, BigInt(xenPages(d.maximumBytes)));
    for (const none of [f.outstanding_pages, f.shr_pages, f.paged_pages]) none.set(view, at, 0n);
    f.shared_info_frame.set(view, at, shared === undefined ? 0n : BigInt(Math.floor(toNumber(shared.at(0)) / XEN_PAGE.size)));
    f.cpu_time.set(view, at, BigInt(d.vcpus.reduce((sum, v) => sum + v.regs.retired, 0)));
    f.nr_online_vcpus.set(view, at, vcpusOf(d).online);
    f.max_vcpu_id.set(view, at, d.vcpus.length - 1);
    f.ssidref.set(view, at, 0);
    f.cpupool.set(view, at, 0);
    f.gpaddr_bits.set(view, at, addressBits(d));
    const bytes = new Uint8Array(view.buffer, view.byteOffset + at, Info.size);
    for (const { offset, size } of [f.handle, f.pad2, f.arch_config]) bytes.fill(0, offset, offset + size);
  };

  on.hypercall(V1.domctl, (c, a) => {
    const op = readOp(a.op, XenDomctl.size);
    if (!op.ok) return op;
    const version = versioned(XenDomctl.fields.interface_version.get(op.value, 0), C.XEN_DOMCTL_INTERFACE_VERSION);
    if (!version.ok) return version;
    const cmd = XenDomctl.fields.cmd.get(op.value, 0);
    const domid = XenDomctl.fields.domain.get(op.value, 0);
    const isQuery = cmd === C.XEN_DOMCTL_getdomaininfo;
    const takesNone = cmd === C.XEN_DOMCTL_createdomain || (cmd === C.XEN_DOMCTL_test_assign_device && domid === C.DOMID_INVALID);
    if (isQuery && domid >= C.DOMID_FIRST_RESERVED) return fail("EINVAL", `domid ${domid} is reserved`);
    const d = domains.get(domid);
    if (d === undefined && !takesNone) return fail("ESRCH", `no domain ${domid}`);
    if (!domains.of(c).privileged) return fail("EPERM", NOT_PRIVILEGED);
    if (!isQuery || d === undefined) return fail("ENOSYS", `command ${cmd} is not modelled`);
    describe(d, d === domains.of(c), op.value, XenDomctl.fields.u.offset);
    return writeOp(a.op, op.value);
  });

  on.hypercall(V1.sysctl, (c, a) => {
    const op = readOp(a.op, XenSysctl.size);
    if (!op.ok) return op;
    const version = versioned(XenSysctl.fields.interface_version.get(op.value, 0), C.XEN_SYSCTL_INTERFACE_VERSION);
    if (!version.ok) return version;
    if (!domains.of(c).privileged) return fail("EPERM", NOT_PRIVILEGED);
    const cmd = XenSysctl.fields.cmd.get(op.value, 0);
    if (cmd !== C.XEN_SYSCTL_physinfo) return fail("ENOSYS", `command ${cmd} is not modelled`);
    const at = XenSysctl.fields.u.offset;
    const f = Physinfo.fields;
    const { memory } = parts;
    const { XEN_SYSCTL_PHYSCAP: CAP } = C;
    new Uint8Array(op.value.buffer, at, Physinfo.size).fill(0);
    for (const one of [f.threads_per_core, f.cores_per_socket, f.nr_nodes]) one.set(op.value, at, 1);
    f.nr_cpus.set(op.value, at, PROCESSORS);
    f.max_cpu_id.set(op.value, at, PROCESSORS - 1);
    f.cpu_khz.set(op.value, at, COUNTER_KHZ);
    f.capabilities.set(op.value, at, bits(CAP.hvm, CAP.hap, CAP.vpmu, CAP.gnttab_v1));
    f.total_pages.set(op.value, at, BigInt(xenPages(memory.size)));
    f.free_pages.set(op.value, at, BigInt(xenPages(frames.totals().free)));
    f.max_mfn.set(op.value, at, BigInt(Math.floor((toNumber(memory.base) + memory.size) / XEN_PAGE.size) - 1));
    return writeOp(a.op, op.value);
  });

  on.hypercall(V1.platform_op, (_c, a) => {
    const op = readOp(a.op, XenPlatformOp.size);
    if (!op.ok) return op;
    const version = versioned(XenPlatformOp.fields.interface_version.get(op.value, 0), C.XENPF_INTERFACE_VERSION);
    return version.ok ? fail("EPERM", "the platform is not the guest's") : version;
  });
  on.hypercall(V1.hypfs_op, () => fail("EPERM", "there is no file system of the hypervisor here"));

  const assist = (_c: unknown, { type }: { readonly type: number }): Result<Record<never, never>, "EINVAL"> =>
    type === C.VMASST_TYPE_runstate_update_flag ? ok({}) : fail("EINVAL", `assistance ${type} does not exist on Arm`);
  on.hypercall(V1.vm_assist_enable, assist);
  on.hypercall(V1.vm_assist_disable, assist);
}
