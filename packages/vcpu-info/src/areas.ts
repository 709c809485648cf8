/**
 * Where vcpu_info and the run states of each vcpu are. vcpu 0's vcpu_info starts in shared_info; the others have none
 * until they register one (XEN_LEGACY_MAX_VCPUS is 1 on Arm). Registered memory is pinned, so its machine address
 * stays good whatever the guest does with its address space. Sources: xen/include/public/{xen,vcpu,arch-arm}.h.
 */
import type { Domain, Frames, HvObject, Vcpu } from "@granule/hypervisor/contract";
import type { MachineMemory } from "@granule/machine";
import { add, type Bytes, type Pa, XEN_PAGE } from "@granule/units";
import { SharedInfo, VcpuInfo } from "@granule/xen-abi";
import type { Account } from "./runstate.ts";

/** Where run states go. v1: a guest virtual address, through the page tables current at each write. v2: pinned memory. */
export type RunstateArea = { readonly kind: "va"; readonly at: bigint } | { readonly kind: "pa"; readonly at: Pa };

export interface VcpuAreas {
  readonly vcpu: Vcpu;
  /** The registered vcpu_info. */
  info: Pa | undefined;
  runstate: RunstateArea | undefined;
  account: Account;
}
export interface DomainAreas {
  readonly domain: Domain;
  readonly sharedInfo: HvObject;
  readonly vcpus: readonly VcpuAreas[];
}

const { evtchn_upcall_pending: UPCALL, evtchn_pending_sel: SELECTOR } = VcpuInfo.fields;
const LEGACY: Bytes = SharedInfo.fields.vcpu_info.offset;
const WORD: Bytes = 4;
const ALL_BITS = 0xffffffff;

/** Registration of areas: moves contents, pins and unpins. */
export interface Areas {
  /** Machine address of the vcpu_info in use. */
  infoAt(d: DomainAreas, index: number): Pa | undefined;
  /**
   * Moves the vcpu_info to `at`. Every selector bit is set, so that an event between the copy and the move is not
   * lost; the caller raises the upcall.
   */
  moveInfo(d: DomainAreas, v: VcpuAreas, at: Pa): void;
  setRunstate(v: VcpuAreas, area: RunstateArea | undefined): void;
  /** The vcpu_info goes back to where it was at first, with its contents. */
  returnInfo(d: DomainAreas, v: VcpuAreas): void;
  /** Unpins everything; contents stay where they are. */
  drop(d: DomainAreas): void;
}

export function createAreas(memory: MachineMemory, frames: Frames): Areas {
  const pin = (at: Pa): void => frames.pin(XEN_PAGE.alignDown(at), XEN_PAGE.size);
  const unpin = (at: Pa): void => frames.unpin(XEN_PAGE.alignDown(at), XEN_PAGE.size);
  const legacyAt = (d: DomainAreas, index: number): Pa | undefined => (index === 0 ? d.sharedInfo.at(LEGACY) : undefined);
  const infoAt = (d: DomainAreas, index: number): Pa | undefined => d.vcpus[index]?.info ?? legacyAt(d, index);
  const copyInfo = (to: Pa, from: Pa | undefined): void => {
    if (from === undefined) memory.fill(to, VcpuInfo.size, 0);
    else memory.copy(to, from, VcpuInfo.size);
    memory.store32(add(to, SELECTOR.offset), ALL_BITS);
    memory.store32(add(to, SELECTOR.offset + WORD), ALL_BITS);
  };
  const unpinInfo = (v: VcpuAreas): void => {
    if (v.info !== undefined) unpin(v.info);
    v.info = undefined;
  };
  const setRunstate = (v: VcpuAreas, area: RunstateArea | undefined): void => {
    if (area?.kind === "pa") pin(area.at);
    if (v.runstate?.kind === "pa") unpin(v.runstate.at);
    v.runstate = area;
  };
  return {
    infoAt,
    moveInfo(d, v, at) {
      copyInfo(at, infoAt(d, v.vcpu.index));
      pin(at);
      v.info = at;
    },
    setRunstate,
    returnInfo(d, v) {
      const legacy = legacyAt(d, v.vcpu.index);
      if (v.info !== undefined && legacy !== undefined) copyInfo(legacy, v.info);
      unpinInfo(v);
    },
    drop(d) {
      for (const v of d.vcpus) {
        unpinInfo(v);
        setRunstate(v, undefined);
      }
    },
  };
}

/** Offset of evtchn_upcall_pending (one byte) in a vcpu_info. */
export const UPCALL_OFFSET: Bytes = UPCALL.offset;
