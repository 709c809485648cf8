/**
 * A domain that serves one disk to a guest, as a driver domain does: this project's block back end, at a stage 2 granule of its
 * own. The guest finds it through xenstore as xvda.
 */
import { connectXenbus } from "@granule/guest-sdk";
import type { Domain } from "@granule/hypervisor";
import { serve } from "@granule/pv";
import { type BlockBackend, blockBackend, type Disk } from "@granule/pv-block";
import { type AnyGranule, type Bytes, mib } from "@granule/units";
import { blockPaths, type Toolstack, XVDA } from "../toolstack.ts";

export interface DiskSetting {
  readonly disk: Disk;
  /** G of the domain that serves it. */
  readonly stage2: AnyGranule;
  /** S1 of its kernel. */
  readonly stage1: AnyGranule;
}
const RAM: Bytes = /* @__PURE__ */ mib(8);
/** Mappings kept for a front end that reuses its grants, as Linux's does. */
const PERSISTENT = 1056;

/** Builds the domain and plugs the disk into `front`. */
export function attachDisk(toolstack: Toolstack, front: Domain, { disk, stage1, stage2 }: DiskSetting): BlockBackend {
  const backend = blockBackend({ disk, path: blockPaths(front.domid, XVDA).back, persistent: PERSISTENT });
  const back = toolstack.createGuest({ name: "disk", s1: stage1, g: stage2, abi: 2, ram: RAM }, function* (k) {
    const bus = yield* connectXenbus(k);
    if (!bus.ok) throw new Error(`xenstore: ${bus.why}`);
    const device = yield* backend.open(k, bus.value);
    if (!device.ok) throw new Error(`block back end: ${device.why}`);
    yield* serve(k, [device.value]);
  });
  toolstack.attachBlock({ front, back, device: XVDA });
  return backend;
}
