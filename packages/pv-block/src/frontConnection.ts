/**
 * Connecting the front end of a block device: agrees on the unit of sharing, makes the ring, reads what the back end
 * says, and gives everything back. Source: xen/include/public/io/blkif.h, "Frontend Device Properties".
 */
import type { Kernel } from "@granule/guest-sdk/contract";
import type { Trap } from "@granule/machine";
import { BASE_UNIT, chooseUnit, createFrontRing, type DeviceEnd, type FrontDriver, type FrontRing, initSharedRing, type Keys, UNIT_KEYS, wordsAt } from "@granule/pv";
import {
  BLKIF_INDIRECT_PAGE, BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST, BLKIF_MAX_SEGMENTS_PER_REQUEST, BLKIF_RING_ENTRY, type Errno, SEGS_PER_INDIRECT_FRAME, VDISK_READONLY,
} from "@granule/xen-abi";
import { type Bytes, fail, ok, type Range, type Result, vaFromIpa } from "@granule/units";
import { type BlockCounters, SECTOR } from "./contract.ts";
import { type ExtentPool, extentPool } from "./extentPool.ts";
import { createFrontQueue, type FrontQueue } from "./frontQueue.ts";

export interface BlockFrontendOptions {
  /** Own directory in the store: "device/vbd/<device>". */
  readonly path: string;
  /** Use this unit of sharing whatever the back end prefers, within its maximum; bytes. */
  readonly forceUnit?: Bytes;
  /** Bytes of the ring, a power of two; default the larger of 4096 and the unit. ABI v1: 4096. */
  readonly ringSize?: Bytes;
  /** Use feature-persistent when the back end has it; default false. */
  readonly persistent?: boolean;
  /** Most segments of a request; default 64. */
  readonly maxSegments?: number;
  /** Most memory for data that cannot be granted where it lies, in bytes; default 4 MiB. */
  readonly bounce?: Bytes;
  /** Give up waiting for the back end after this many ns of the machine's clock; default never. */
  readonly timeout?: number;
}

/** What is known of the device, and what it has while it is connected. */
export interface FrontState {
  /** Sectors of the disk. */
  sectors: number;
  isReadOnly: boolean;
  canFlush: boolean;
  canBarrier: boolean;
  canDiscard: boolean;
  /** U and the ring, in bytes. */
  unit: Bytes;
  ringSize: Bytes;
  maxSegments: number;
  live: { readonly queue: FrontQueue; readonly ring: FrontRing; readonly port: number } | undefined;
  /** Why there is no connection. */
  fault: string;
  /** An event came since it was last false. */
  isKicked: boolean;
}

export const createFrontState = (): FrontState => ({
  sectors: 0, isReadOnly: false, canFlush: false, canBarrier: false, canDiscard: false, unit: BASE_UNIT, ringSize: BASE_UNIT, maxSegments: BLKIF_MAX_SEGMENTS_PER_REQUEST,
  live: undefined, fault: "not connected", isKicked: false,
});

const MAX_SEGMENTS = 64;
const BOUNCE: Bytes = 8192 * SECTOR;
/** Nothing to wait for. */
const NOTHING: readonly never[] = [];

/** The driver that keeps `state` up to date. */
export function frontDriver(k: Kernel, end: DeviceEnd, options: BlockFrontendOptions, state: FrontState, counters: BlockCounters): FrontDriver {
  const bounce = options.bounce ?? BOUNCE;
  /** What `release` undoes, last first. */
  let undo: (() => Trap<void> | void)[] = [];

  /** A number of the back end's; 0: absent, or no number. */
  function* number(key: string): Trap<number> {
    const text = yield* end.readPeer(key);
    return text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : 0;
  }
  function* segmentLimit(): Trap<number> {
    const indirect = Math.min(yield* number("feature-max-indirect-segments"), BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST * SEGS_PER_INDIRECT_FRAME);
    const wanted = Math.min(options.maxSegments ?? MAX_SEGMENTS, Math.max(indirect, BLKIF_MAX_SEGMENTS_PER_REQUEST));
    // a request must fit what can be bounced
    return Math.max(1, Math.min(wanted, Math.floor(bounce / state.unit)));
  }
  /** The ring lies in an extent that holds nothing else, as large as the unit, so that the peer's granule can map it. */
  function* shareRing(size: Bytes): Trap<Result<{ readonly ref: number; readonly shared: Range<"ipa"> }, Errno>> {
    const extent = k.pages.allocExtent(Math.log2(Math.max(size, k.granule.size)));
    const shared: Range<"ipa"> = { start: extent.start, size };
    const granted = yield* k.grants.grant(end.peer, shared);
    if (!granted.ok) {
      k.pages.free(extent);
      return granted;
    }
    const ref = granted.value;
    undo.push(() => (k.grants.end(ref) ? k.pages.free(extent) : k.grants.endLater(ref, () => k.pages.free(extent))));
    return ok({ ref, shared });
  }
  function* prepare(): Trap<Result<Keys, Errno>> {
    const offer = { max: yield* end.readPeer(UNIT_KEYS.max), preferred: yield* end.readPeer(UNIT_KEYS.preferred) };
    const unit = chooseUnit({ abi: k.abi, s1: k.granule.size }, offer, options.forceUnit);
    if (!unit.ok) return unit;
    state.unit = unit.value;
    state.ringSize = k.abi === 1 ? BASE_UNIT : (options.ringSize ?? unit.value);
    state.maxSegments = yield* segmentLimit();
    const isPersistent = options.persistent === true && (yield* number("feature-persistent")) === 1;
    const made = yield* shareRing(state.ringSize);
    if (!made.ok) return made;
    const { ref, shared } = made.value;
    const port = yield* k.events.allocUnbound(end.peer);
    if (!port.ok) return fail("ENOSPC", `event channel: ${port.why}`);
    k.events.on(port.value, () => void (state.isKicked = true));
    undo.push(function* () {
      yield* k.events.close(port.value);
    });
    const words = wordsAt(k.g, vaFromIpa(shared.start));
    initSharedRing(words);
    const ring = createFrontRing(words, state.ringSize, BLKIF_RING_ENTRY);
    const pool = extentPool(k, state.unit, bounce);
    const indirectPool = extentPool(k, BLKIF_INDIRECT_PAGE, bounce);
    const handle = Number(end.path.slice(end.path.lastIndexOf("/") + 1)) & 0xffff;
    const queue = createFrontQueue(k, { peer: end.peer, ring, handle, pool, indirectPool, isPersistent, counters });
    undo.push(() => letGo(queue, pool, indirectPool));
    state.live = { queue, ring, port: port.value };
    return ok({
      "ring-ref": ref, "event-channel": port.value, protocol: "arm-abi", "feature-persistent": isPersistent ? 1 : 0,
      // always, so that nothing of an earlier connection stays
      ...(k.abi === 2 ? { [UNIT_KEYS.unit]: state.unit, [UNIT_KEYS.ringSize]: state.ringSize } : {}),
    });
  }
  /** The back end is gone: what it still holds is not used again. */
  function letGo(queue: FrontQueue, pool: ExtentPool, indirectPool: ExtentPool): void {
    queue.release();
    for (const extent of pool.all()) {
      if (extent.ref === undefined || k.grants.end(extent.ref)) continue;
      k.grants.endLater(extent.ref);
      queue.held.add(extent);
    }
    pool.release(queue.held);
    indirectPool.release(queue.held);
  }
  function* connected(): Trap<Result<undefined, Errno>> {
    state.sectors = yield* number("sectors");
    state.isReadOnly = ((yield* number("info")) & VDISK_READONLY) !== 0;
    state.canFlush = (yield* number("feature-flush-cache")) === 1;
    state.canBarrier = (yield* number("feature-barrier")) === 1;
    state.canDiscard = (yield* number("feature-discard")) === 1;
    if (state.sectors === 0) return fail("EINVAL", `${end.peerPath}/sectors: absent, or no positive number`);
    state.fault = "";
    return ok(undefined);
  }
  return {
    prepare, connected,
    *release() {
      state.live?.queue.abort("the device was closed");
      state.fault = state.live?.queue.fault ?? state.fault;
      state.live = undefined;
      const steps = undo.reverse();
      undo = [];
      for (const step of steps) yield* step() ?? NOTHING;
    },
  };
}
