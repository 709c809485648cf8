// TABLE: calls of v1 that a guest can make on Xen and that come to nothing
/**
 * Calls that real Xen knows and this project does not model, with what a guest gets for them: most say EPERM, but for what they look
 * at first. Personality xen-4.17 only. Observed on Xen 4.17; numbers from xen/include/public/{xen,memory,sysctl,domctl,platform}.h.
 */
import { vaFromX, XEN_PAGE } from "@granule/units";
import { C, type Code, codeNumber } from "@granule/xen-abi";
import type { Domains, Frames, GuestMemory, Vcpu } from "./contract.ts";

const NR = { platform_op: 7, vm_assist: 21, sysctl: 35, domctl: 36, hypfs_op: 42 } as const;
const XENVER_build_id = 10;
const XEN_SYSCTL_INTERFACE_VERSION = 0x15;
const XEN_DOMCTL_INTERFACE_VERSION = 0x15;
const XENPF_INTERFACE_VERSION = 0x03000001;
/** VMASST_TYPE_runstate_update_flag: the only one on Arm. */
const VMASST_RUNSTATE = 5;
const MAX_ORDER = 9;
const SCHEDOP_shutdown_code = 5;
const SCHEDOP_pin_override = 7;
const HVMOP_guest_request_vm_event = 24;
const GNTTABOP_COMMANDS = 2 ** 12; // MAGIC: the bits above are Xen's own
const COUNT_SIGN = 1n << 31n;
const MEMOP = { increase_reservation: 0, exchange: 11, get_sharing_freed_pages: 18, get_sharing_shared_pages: 19, claim_pages: 24, get_vnumainfo: 26, reserved_device_memory_map: 27, acquire_resource: 28 } as const;
/** These take no extent to start at. */
const QUERIES: readonly number[] = [C.XENMEM_maximum_ram_page, C.XENMEM_current_reservation, C.XENMEM_maximum_reservation, C.XENMEM_maximum_gpfn];

interface Needs {
  readonly domains: Domains;
  readonly frames: Frames;
  readonly memory: GuestMemory;
}
/** x0 of a call that has no descriptor; undefined: it is unknown here too. */
export type Refusals = (vcpu: Vcpu) => number | undefined;

export function createRefusals({ domains, frames, memory }: Needs): Refusals {
  const scratch = new DataView(new ArrayBuffer(32));
  const x = (vcpu: Vcpu, n: number): bigint => vcpu.regs.view.getBigUint64(8 * n, true);
  /** Reads `size` bytes at register `n`; false: EFAULT. */
  const reads = (vcpu: Vcpu, n: number, size: number): boolean => {
    const at = vaFromX(x(vcpu, n), true);
    return at.ok && memory.readVa(vcpu, at.value, new Uint8Array(scratch.buffer, 0, size)).ok;
  };
  const word = (at: number): number => scratch.getUint32(at, true);
  const versioned = (vcpu: Vcpu, version: number): Code => (!reads(vcpu, 0, 8) ? "EFAULT" : word(4) === version ? "EPERM" : "EACCES");
  /** A translated guest gets memory that has no address: only its count shows. */
  const increase = (vcpu: Vcpu): number => {
    let done = Number(x(vcpu, 0) >> BigInt(C.MEMOP_EXTENT_SHIFT));
    if (!reads(vcpu, 1, 32)) return done;
    const [count, order, d] = [Number(scratch.getBigUint64(8, true)), word(16), domains.resolve({ domid: vcpu.domain.domid, vcpu: vcpu.index }, scratch.getUint16(24, true))];
    if (d !== vcpu.domain || order > MAX_ORDER) return done;
    while (done < count && frames.allocate(d, XEN_PAGE.size * 2 ** order) !== undefined) done++;
    return done;
  };
  /** Domains by the first halfword of an argument in x1. */
  const acquire = (vcpu: Vcpu): Code => {
    if (!reads(vcpu, 1, 32)) return "EFAULT";
    const domid = scratch.getUint16(0, true);
    return domains.get(domid) === undefined ? "ESRCH" : "EPERM";
  };
  const memoryOp = (vcpu: Vcpu, op: number): Code | number | undefined => {
    switch (op) {
      case MEMOP.increase_reservation: return increase(vcpu);
      case MEMOP.exchange: return reads(vcpu, 1, 32) ? 0 : "EFAULT";
      case MEMOP.get_sharing_freed_pages:
      case MEMOP.get_sharing_shared_pages:
      case MEMOP.reserved_device_memory_map: return 0;
      case MEMOP.claim_pages: return reads(vcpu, 1, 32) ? "EINVAL" : "EFAULT";
      case MEMOP.get_vnumainfo: return "ESRCH";
      case MEMOP.acquire_resource: return acquire(vcpu);
      default: return QUERIES.includes(op) ? "EINVAL" : undefined;
    }
  };
  const assist = (vcpu: Vcpu, command: number): Code | 0 => {
    if (command > 1) return "ENOSYS";
    return x(vcpu, 1) === BigInt(VMASST_RUNSTATE) ? 0 : "EINVAL";
  };
  const domctl = (vcpu: Vcpu): Code => {
    if (!reads(vcpu, 0, 16)) return "EFAULT";
    if (word(4) !== XEN_DOMCTL_INTERFACE_VERSION) return "EACCES";
    const domid = scratch.getUint16(8, true);
    return domid === C.DOMID_SELF ? "EINVAL" : domains.get(domid) === undefined ? "ESRCH" : "EPERM";
  };
  const schedule = (vcpu: Vcpu, command: number): Code | 0 | undefined => {
    if (command === SCHEDOP_pin_override) return "EPERM";
    if (command !== SCHEDOP_shutdown_code) return undefined;
    return reads(vcpu, 1, 4) ? 0 : "EFAULT";
  };
  const answer = (vcpu: Vcpu): Code | number | undefined => {
    const command = vcpu.regs.view.getUint32(0, true);
    switch (vcpu.regs.view.getUint32(8 * 16, true)) {
      case NR.platform_op: return versioned(vcpu, XENPF_INTERFACE_VERSION);
      case NR.sysctl: return versioned(vcpu, XEN_SYSCTL_INTERFACE_VERSION);
      case NR.domctl: return domctl(vcpu);
      case NR.hypfs_op: return "EPERM";
      case NR.vm_assist: return assist(vcpu, command);
      case C.NR.xen_version: return command === XENVER_build_id ? "EPERM" : undefined;
      case C.NR.memory_op: return memoryOp(vcpu, command % 2 ** C.MEMOP_EXTENT_SHIFT);
      // a negative count, or bits that only a continuation has
      case C.NR.grant_table_op: return command >= GNTTABOP_COMMANDS || (x(vcpu, 2) & COUNT_SIGN) !== 0n ? "EINVAL" : undefined;
      case C.NR.sched_op: return schedule(vcpu, command);
      case C.NR.hvm_op: return command === HVMOP_guest_request_vm_event ? (x(vcpu, 1) === 0n ? 0 : "EINVAL") : undefined;
      case C.NR.vcpu_op: return x(vcpu, 1) < BigInt(vcpu.domain.vcpus.length) ? "EINVAL" : "ENOENT";
      default: return undefined;
    }
  };
  return (vcpu) => {
    // the number is compared as 64 bits
    if (vcpu.regs.view.getUint32(8 * 16 + 4, true) !== 0) return undefined;
    const found = answer(vcpu);
    return typeof found === "string" ? codeNumber(found) : found;
  };
}
