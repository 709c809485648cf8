// TABLE: arguments for calls that come to nothing, and for those of the control domain.
/**
 * The calls of ABI v1 that kernels try in vain, the control domain's interfaces, memory without an address, and watchdogs: arguments that
 * are likely to do, and such that break one rule. Undefined: nothing can be asked now.
 */
import type { DriverArgs } from "@granule/hypervisor";
import { type Bytes, XEN_PAGE } from "@granule/units";
import { C, XenDomctl, XenPlatformOp, XenSysctl } from "@granule/xen-abi";
import type { Recipe } from "./recipes.ts";
import type { Scene } from "./scene.ts";
import { NOBODY } from "./spoil.ts";
import { NEIGHBOUR } from "./world.ts";

const FRAME: Bytes = XEN_PAGE.size;
const WORD: Bytes = 4;
const { DOMID_SELF } = C;
/** Frames of a v1 grant table are fewer, and so are numbers of operations. */
const FAR = 100_000;
/** Seconds: no run of a machine lasts that long, unless everyone waits. */
const LONG = 1000;

const nothing: Recipe = () => ({});
const isHostile = (s: Scene): boolean => s.actor.role === "hostile";
const byHostile = (f: Recipe): Recipe => (s) => (isHostile(s) ? f(s) : undefined);
const byControl = (f: Recipe): Recipe => (s) => (isHostile(s) ? undefined : f(s));
/** Nobody has anything there. */
const nowhere = (s: Scene): bigint => BigInt(s.hole() ?? 0);

/** A toolstack's structure: 32-bit words from the start, the rest is 0. */
const op = (size: Bytes, words: (s: Scene) => readonly number[]): Recipe => (s) => {
  const first = words(s);
  return { op: s.array(4, Array.from({ length: size / WORD }, (_, i) => first[i] ?? 0)) };
};
const domctl = (words: (s: Scene) => readonly number[]): Recipe => op(XenDomctl.size, words);
const sysctl = (words: (s: Scene) => readonly number[]): Recipe => op(XenSysctl.size, words);
const info = (domid: number): readonly number[] => [C.XEN_DOMCTL_getdomaininfo, C.XEN_DOMCTL_INTERFACE_VERSION, domid];
const UNKNOWN = 200;

const exchange = (s: Scene, change: DriverArgs): DriverArgs => ({
  in_start: s.array(8, [0, 0]), in_nr: 2, in_order: 0, in_domid: DOMID_SELF, out_nr: 2, out_order: 0, out_domid: DOMID_SELF, nr_exchanged: 0, ...change,
});
/** Frames of a hostile domain's grant table, mapped by the control domain over whatever it has there. */
const acquire = (s: Scene, change: (gfn: number) => DriverArgs = () => ({})): DriverArgs | undefined => {
  const ats = [s.dice.chance(0.3) ? s.ram(FRAME) : s.hole(FRAME), s.dice.chance(0.3) ? s.kind("foreign") : s.hole(FRAME)].flatMap((at) => (at === undefined ? [] : [at / FRAME]));
  const [gfn] = ats;
  if (gfn === undefined) return undefined;
  return {
    domid: s.peer(), type: C.XENMEM_resource.grant_table, id: C.XENMEM_resource_grant_table_id_shared, nr_frames: ats.length, pad: 0, frame: s.dice.below(8), frame_list: s.array(8, ats), start: 0, ...change(gfn),
  };
};
/** Calls that change nothing, the second of them unknown. */
const entries = (s: Scene): readonly (number | bigint)[] =>
  [[C.NR.xen_version, C.XENVER_version], [C.NR.query_v2 - 1, 0], [C.NR.vm_assist, C.VMASST_CMD_enable]].slice(0, 1 + s.dice.below(3)).flatMap(([nr = 0, first = 0]) => [nr, 0, first, s.dice.below(8), 0, 0, 0, 0]);
const ENTRY_WORDS = 8;
const multicall: Recipe = (s) => {
  const list = entries(s);
  return { call_list: s.array(8, list), nr_calls: list.length / ENTRY_WORDS };
};

export const RECIPES_RARE: Readonly<Record<string, Recipe>> = {
  "v1.increase_reservation": (s) => ({ extent_start: 0n, nr_extents: 1 + s.dice.below(3), extent_order: s.dice.below(3), mem_flags: 0, domid: s.target(), start: 0 }),
  "v1.exchange": (s) => exchange(s, { nr_exchanged: 2 }),
  "v1.get_sharing_freed_pages": nothing,
  "v1.get_sharing_shared_pages": nothing,
  "v1.claim_pages": (s) => ({ domid: s.actor.domain.domid }),
  "v1.get_vnumainfo": (s) => ({ domid: s.target(), pad: 0 }),
  "v1.reserved_device_memory_map": (s) => ({ flags: s.dice.below(2) }),
  "v1.acquire_resource": byControl((s) => (s.dice.chance(0.1) ? { domid: s.peer(), type: C.XENMEM_resource.grant_table, id: 0, nr_frames: 0, pad: 0, frame: 0, frame_list: 0n, start: 0 } : acquire(s))),
  "v1.grant_other": () => ({ operation: 99, count: 1 }),
  "v1.xenver_build_id": nothing,
  "v1.vcpu_op_other": (s) => ({ vcpu: s.dice.below(2) }),
  "v1.sched_shutdown_code": (s) => ({ reason: s.dice.below(6) }),
  // what the control domain does must not be cut short: others are changed by it
  "v1.sched_watchdog": byHostile((s) => (s.dice.chance(0.05) ? { id: 0, timeout: 0 } : s.dice.chance(0.5) ? { id: 0, timeout: LONG + s.dice.below(LONG) } : { id: 1 + s.dice.below(2), timeout: s.dice.pick([0, 0, LONG]) })),
  "v1.sched_pin_override": nothing,
  "v1.hvm_guest_request_vm_event": () => ({ arg: 0n }),
  "v1.multicall": multicall,
  "v1.vm_assist_enable": () => ({ type: C.VMASST_TYPE_runstate_update_flag }),
  "v1.vm_assist_disable": () => ({ type: C.VMASST_TYPE_runstate_update_flag }),
  "v1.domctl": domctl((s) => info(s.dice.pick([s.actor.domain.domid, s.peer()]))),
  "v1.sysctl": sysctl(() => [C.XEN_SYSCTL_physinfo, C.XEN_SYSCTL_INTERFACE_VERSION]),
  "v1.platform_op": op(XenPlatformOp.size, (s) => [s.dice.below(64), C.XENPF_INTERFACE_VERSION]),
  "v1.hypfs_op": nothing,
};

export const AIMS_RARE: Readonly<Record<string, Readonly<Record<string, Recipe>>>> = {
  "v1.exchange": {
    arguments: (s) => exchange(s, s.dice.pick([{ nr_exchanged: 3 }, { out_domid: 0 }, { out_order: 1 }])), domain: (s) => exchange(s, { in_domid: NOBODY, out_domid: NOBODY }),
    permission: byHostile((s) => exchange(s, { in_domid: NEIGHBOUR, out_domid: NEIGHBOUR })), list: (s) => exchange(s, { in_start: nowhere(s) }), translated: (s) => exchange(s, { nr_exchanged: 1 }),
  },
  "v1.claim_pages": { arguments: (s) => ({ domid: s.dice.pick([DOMID_SELF, NOBODY]) }), permission: (s) => ({ domid: s.peer() }) },
  "v1.get_vnumainfo": { pad: () => ({ domid: DOMID_SELF, pad: 1 }), domain: () => ({ domid: NOBODY, pad: 0 }), permission: byHostile(() => ({ domid: NEIGHBOUR, pad: 0 })), topology: () => ({ domid: DOMID_SELF, pad: 0 }) },
  "v1.reserved_device_memory_map": { flags: () => ({ flags: 2 }) },
  "v1.acquire_resource": {
    pad: (s) => acquire(s, () => ({ pad: 1 })), domain: (s) => acquire(s, () => ({ domid: s.dice.pick([NOBODY, DOMID_SELF]) })), permission: (s) => acquire(s, () => ({ domid: s.actor.domain.domid })),
    resource: byControl((s) => acquire(s, () => s.dice.pick([{ id: 1 }, { type: C.XENMEM_resource.ioreq_server }, { type: C.XENMEM_resource.vmtrace_buf }]))),
    frames: byControl((s) => acquire(s, () => s.dice.pick([{ frame: FAR }, { nr_frames: 0 }, { frame_list: 0n }]))), trace: byControl((s) => acquire(s, () => ({ type: 3 }))),
    list: byControl((s) => acquire(s, () => ({ frame_list: nowhere(s) }))), table: byControl((s) => acquire(s, (gfn) => ({ frame: 63, nr_frames: 1, frame_list: s.array(8, [gfn]) }))),
    frame: byControl((s) => acquire(s, () => ({ nr_frames: 1, frame_list: s.array(8, [s.actor.domain.p2m.ipaLimit / FRAME]) }))),
    "later-frame": byControl((s) => acquire(s, (gfn) => ({ nr_frames: 2, frame_list: s.array(8, [gfn, s.actor.domain.p2m.ipaLimit / FRAME]) }))),
  },
  "v1.grant_other": { count: () => ({ operation: 99, count: 0x80000000 }), operation: () => ({ operation: FAR, count: 1 }), unknown: () => ({ operation: 99, count: 1 }) },
  "v1.sched_watchdog": { id: () => ({ id: 7, timeout: LONG }) },
  "v1.hvm_guest_request_vm_event": { argument: () => ({ arg: 1n }) },
  "v1.multicall": { nested: multicall, entry: (s) => ({ call_list: nowhere(s), nr_calls: 1 }) },
  "v1.vm_assist_enable": { type: (s) => ({ type: s.dice.below(5) }) },
  "v1.vm_assist_disable": { type: () => ({ type: 6 }) },
  "v1.domctl": {
    buffer: (s) => ({ op: nowhere(s) }), version: domctl(() => [C.XEN_DOMCTL_getdomaininfo, 1, 1]), domid: domctl(() => info(DOMID_SELF)), domain: domctl(() => info(NOBODY)),
    permission: byHostile(domctl((s) => info(s.actor.domain.domid))), command: byControl(domctl((s) => [UNKNOWN, C.XEN_DOMCTL_INTERFACE_VERSION, s.actor.domain.domid])),
  },
  "v1.sysctl": {
    buffer: (s) => ({ op: nowhere(s) }), version: sysctl(() => [C.XEN_SYSCTL_physinfo, 1]), permission: byHostile(sysctl(() => [C.XEN_SYSCTL_physinfo, C.XEN_SYSCTL_INTERFACE_VERSION])),
    command: byControl(sysctl(() => [UNKNOWN, C.XEN_SYSCTL_INTERFACE_VERSION])),
  },
  "v1.platform_op": { buffer: (s) => ({ op: nowhere(s) }), version: op(XenPlatformOp.size, () => [0, 1]) },
};

/** Whatever they are asked, nothing changes, be it that they succeed. */
export const COME_TO_NOTHING: readonly string[] = [
  "v1.exchange", "v1.get_sharing_freed_pages", "v1.get_sharing_shared_pages", "v1.claim_pages", "v1.get_vnumainfo", "v1.grant_other", "v1.xenver_build_id", "v1.vcpu_op_other", "v1.sched_shutdown_code",
  "v1.sched_pin_override", "v1.hvm_guest_request_vm_event", "v1.vm_assist_enable", "v1.vm_assist_disable", "v1.platform_op", "v1.hypfs_op",
];
/** Refused however they are asked. */
export const NEVER_SUCCEED: readonly string[] = [
  "v1.claim_pages", "v1.get_vnumainfo", "v1.grant_other", "v1.xenver_build_id", "v1.vcpu_op_other", "v1.sched_pin_override", "v1.platform_op", "v1.hypfs_op",
];
