/**
 * The front end of a block device: connects through xenbus, agrees on the unit of sharing, and reads and writes any
 * memory of its kernel that is a multiple of 512 bytes long. Source: xen/include/public/io/blkif.h, "Frontend Device Properties".
 */
import { XenbusState } from "@granule/guest-sdk";
import type { Kernel, Xenbus } from "@granule/guest-sdk/contract";
import type { Trap } from "@granule/machine";
import {
  BASE_UNIT, chooseUnit, closeFront, connectFront, createFrontRing, type DeviceEnd, type FrontDriver, type FrontRing, initSharedRing, type Keys, openFront, UNIT_KEYS,
  wordsAt,
} from "@granule/pv";
import {
  BLKIF_INDIRECT_PAGE, BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST, BLKIF_MAX_SEGMENTS_PER_REQUEST, BLKIF_OP_DISCARD, BLKIF_OP_FLUSH_DISKCACHE, BLKIF_OP_READ,
  BLKIF_OP_WRITE, BLKIF_OP_WRITE_BARRIER, BLKIF_RING_ENTRY, type Errno, SEGS_PER_INDIRECT_FRAME, VDISK_READONLY,
} from "@granule/xen-abi";
import { type Bytes, fail, ok, type Range, type Result, vaFromIpa } from "@granule/units";
import { type BlockCounters, createCounters, SECTOR } from "./contract.ts";
import { type ExtentPool, extentPool } from "./extentPool.ts";
import { type BlockCode, createFrontQueue, type FrontQueue, type FrontRequest, type Ticket } from "./frontQueue.ts";
import { type Piece, piecesOf } from "./pieces.ts";

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

/** A connected disk. */
export interface BlockDisk {
  /** Sectors of 512 bytes. */
  readonly sectors: number;
  readonly isReadOnly: boolean;
  /** U, in bytes. */
  readonly unit: Bytes;
  readonly ringSize: Bytes;
  readonly maxSegments: number;
  readonly counters: BlockCounters;
  /** Why the device ended; empty: it has not. */
  readonly fault: string;
  /** Fills a buffer from the disk; any address, a multiple of 512 bytes. */
  read(sector: number, buffer: Range<"ipa">): Trap<Result<undefined, BlockCode>>;
  write(sector: number, buffer: Range<"ipa">): Trap<Result<undefined, BlockCode>>;
  /** All that was written before is durable. */
  flush(): Trap<Result<undefined, BlockCode>>;
  discard(sector: number, sectors: number): Trap<Result<undefined, BlockCode>>;
  /** Starts a transfer; the buffer is the device's until {@link wait} has answered. */
  submit(operation: "read" | "write", sector: number, buffer: Range<"ipa">): Trap<Result<Ticket, BlockCode>>;
  wait(ticket: Ticket): Trap<Result<undefined, BlockCode>>;
  /** Disconnects; {@link blockFrontend} may connect again. */
  close(): Trap<void>;
}

const MAX_SEGMENTS = 64;
const BOUNCE: Bytes = 8192 * SECTOR;

/** Connects. A failure leaves an error node and a device that can be connected again. */
export function* blockFrontend(k: Kernel, xenbus: Xenbus, options: BlockFrontendOptions): Trap<Result<BlockDisk, Errno>> {
  const end = yield* openFront(k, xenbus, options.path);
  if (!end.ok) return end;
  const until = options.timeout === undefined ? Infinity : k.g.now() + options.timeout;
  const front = createFront(k, end.value, options);
  const connected = yield* connectFront(k, end.value, front.driver, until);
  if (connected.ok) return ok(front.disk);
  yield* end.value.end();
  return connected;
}

/** Values of the back end's keys. */
interface Features {
  sectors: number;
  isReadOnly: boolean;
  canFlush: boolean;
  canBarrier: boolean;
  canDiscard: boolean;
}

function createFront(k: Kernel, end: DeviceEnd, options: BlockFrontendOptions): { readonly driver: FrontDriver; readonly disk: BlockDisk } {
  const counters = createCounters();
  const features: Features = { sectors: 0, isReadOnly: false, canFlush: false, canBarrier: false, canDiscard: false };
  let unit: Bytes = BASE_UNIT;
  let ringSize: Bytes = BASE_UNIT;
  let maxSegments = BLKIF_MAX_SEGMENTS_PER_REQUEST;
  let live: { readonly queue: FrontQueue; readonly ring: FrontRing; readonly port: number } | undefined;
  let fault = "not connected";
  /** What `release` undoes, last first. */
  let undo: (() => Trap<void> | void)[] = [];
  /** An event came since it was last false. */
  let isKicked = false;

  function* number(key: string): Trap<number> {
    const text = yield* end.readPeer(key);
    return text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : 0;
  }

  function* prepare(): Trap<Result<Keys, Errno>> {
    const offer = { max: yield* end.readPeer(UNIT_KEYS.max), preferred: yield* end.readPeer(UNIT_KEYS.preferred) };
    const chosen = chooseUnit({ abi: k.abi, s1: k.granule.size }, offer, options.forceUnit);
    if (!chosen.ok) return chosen;
    unit = chosen.value;
    ringSize = k.abi === 1 ? BASE_UNIT : (options.ringSize ?? unit);
    const isPersistent = options.persistent === true && (yield* number("feature-persistent")) === 1;
    const indirect = Math.min(yield* number("feature-max-indirect-segments"), BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST * SEGS_PER_INDIRECT_FRAME);
    maxSegments = Math.max(Math.min(options.maxSegments ?? MAX_SEGMENTS, Math.max(indirect, BLKIF_MAX_SEGMENTS_PER_REQUEST)), 1);
    const pool = extentPool(k, unit, options.bounce ?? BOUNCE);
    // a request must fit what can be bounced
    maxSegments = Math.max(1, Math.min(maxSegments, Math.floor((options.bounce ?? BOUNCE) / unit)));
    const indirectPool = extentPool(k, BLKIF_INDIRECT_PAGE, options.bounce ?? BOUNCE);

    // the ring lies in an extent that holds nothing else, as large as the unit, so that the peer's granule can map it
    const extent = k.pages.allocExtent(Math.log2(Math.max(ringSize, k.granule.size)));
    const shared: Range<"ipa"> = { start: extent.start, size: ringSize };
    const words = wordsAt(k.g, vaFromIpa(shared.start));
    initSharedRing(words);
    const granted = yield* k.grants.grant(end.peer, shared);
    if (!granted.ok) {
      k.pages.free(extent);
      return granted;
    }
    undo.push(() => (k.grants.end(granted.value) ? k.pages.free(extent) : k.grants.endLater(granted.value, () => k.pages.free(extent))));
    const port = yield* k.events.allocUnbound(end.peer);
    if (!port.ok) return fail("ENOSPC", `event channel: ${port.why}`);
    k.events.on(port.value, () => void (isKicked = true));
    undo.push(function* () {
      yield* k.events.close(port.value);
    });
    const ring = createFrontRing(words, ringSize, BLKIF_RING_ENTRY);
    const handle = Number(end.path.slice(end.path.lastIndexOf("/") + 1)) & 0xffff;
    const queue = createFrontQueue(k, { peer: end.peer, ring, handle, pool, indirectPool, isPersistent, counters });
    undo.push(() => letGo(queue, pool, indirectPool));
    live = { queue, ring, port: port.value };
    return ok({
      "ring-ref": granted.value, "event-channel": port.value, protocol: "arm-abi", "feature-persistent": isPersistent ? 1 : 0,
      // always, so that nothing of an earlier connection stays
      ...(k.abi === 2 ? { [UNIT_KEYS.unit]: unit, [UNIT_KEYS.ringSize]: ringSize } : {}),
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
    features.sectors = yield* number("sectors");
    features.isReadOnly = ((yield* number("info")) & VDISK_READONLY) !== 0;
    features.canFlush = (yield* number("feature-flush-cache")) === 1;
    features.canBarrier = (yield* number("feature-barrier")) === 1;
    features.canDiscard = (yield* number("feature-discard")) === 1;
    if (features.sectors === 0) return fail("EINVAL", `${end.peerPath}/sectors: absent, or no positive number`);
    fault = "";
    return ok(undefined);
  }
  const driver: FrontDriver = {
    prepare, connected,
    *release() {
      live?.queue.abort("the device was closed");
      fault = live?.queue.fault ?? fault;
      live = undefined;
      const steps = undo.reverse();
      undo = [];
      for (const step of steps) yield* step() ?? NOTHING;
    },
  };

  /** Shows what was put on the ring to the back end. */
  function* push(): Trap<void> {
    if (live?.ring.push() === true) yield* k.events.send(live.port);
  }
  /** Waits until at least one request was answered, or the device ended. */
  function* progress(): Trap<void> {
    for (;;) {
      if (live === undefined || live.queue.fault !== "" || live.queue.collect() > 0) return;
      isKicked = false;
      if (live.ring.arm() !== 0) continue;
      yield* k.events.waitFor(() => isKicked || end.watch.isFired);
      if (!end.watch.isFired) continue;
      const state = yield* end.peerState();
      if (state !== XenbusState.Connected) live.queue.abort(`the back end left: state ${state}`);
    }
  }
  /** Puts one request on the ring, waiting for room. */
  function* send(ticket: Ticket, request: FrontRequest): Trap<Result<undefined, BlockCode>> {
    for (;;) {
      if (live === undefined || live.queue.fault !== "") return fail("EIO", live?.queue.fault ?? fault);
      if ((yield* live.queue.send(ticket, request)) === "sent") return ok(undefined);
      yield* push();
      if (live.queue.inFlight === 0) return fail("ENOMEM", `a request of ${request.pieces.length} segments: no memory or references are left to grant`);
      yield* progress();
    }
  }
  function* wait(ticket: Ticket): Trap<Result<undefined, BlockCode>> {
    while (ticket.left > 0 && live !== undefined && live.queue.fault === "") yield* progress();
    return ticket.failure ?? ok(undefined);
  }
  function* submit(operation: number, sector: number, buffer: Range<"ipa">): Trap<Result<Ticket, BlockCode>> {
    const sectors = buffer.size / SECTOR;
    if (!Number.isInteger(sectors) || sectors <= 0) return fail("EINVAL", `a buffer of ${buffer.size} bytes: must be a positive multiple of ${SECTOR}`);
    if (!Number.isSafeInteger(sector) || sector < 0 || sector + sectors > features.sectors) return fail("EINVAL", `sectors ${sector}+${sectors}: the disk has ${features.sectors}`);
    if (operation !== BLKIF_OP_READ && features.isReadOnly) return fail("EROFS", "the disk is read-only");
    const ticket: Ticket = { left: 0, failure: undefined };
    let at = sector;
    let group: Piece[] = [];
    let groupBytes = 0;
    function* sendGroup(): Trap<Result<undefined, BlockCode>> {
      const sent = yield* send(ticket, { operation, sector: at, pieces: group });
      at += groupBytes / SECTOR;
      group = [];
      groupBytes = 0;
      return sent;
    }
    for (const piece of piecesOf(buffer, unit, k.granule.size)) {
      group.push(piece);
      groupBytes += piece.memory.size;
      if (group.length < maxSegments) continue;
      const sent = yield* sendGroup();
      if (!sent.ok) return yield* giveUp(ticket, sent);
    }
    if (group.length > 0) {
      const sent = yield* sendGroup();
      if (!sent.ok) return yield* giveUp(ticket, sent);
    }
    yield* push();
    return ok(ticket);
  }
  /** The buffer is not the caller's before what was sent of it is answered. */
  function* giveUp<F>(ticket: Ticket, failure: F): Trap<F> {
    yield* push();
    yield* wait(ticket);
    return failure;
  }
  function* transfer(operation: number, sector: number, buffer: Range<"ipa">): Trap<Result<undefined, BlockCode>> {
    const ticket = yield* submit(operation, sector, buffer);
    return ticket.ok ? yield* wait(ticket.value) : ticket;
  }
  /** A request without data. */
  function* command(operation: number, sector: number, sectors?: number): Trap<Result<undefined, BlockCode>> {
    const ticket: Ticket = { left: 0, failure: undefined };
    const sent = yield* send(ticket, { operation, sector, pieces: [], ...(sectors === undefined ? {} : { sectors }) });
    if (!sent.ok) return sent;
    yield* push();
    return yield* wait(ticket);
  }
  const disk: BlockDisk = {
    counters, wait,
    get sectors() {
      return features.sectors;
    },
    get isReadOnly() {
      return features.isReadOnly;
    },
    get unit() {
      return unit;
    },
    get ringSize() {
      return ringSize;
    },
    get maxSegments() {
      return maxSegments;
    },
    get fault() {
      return live?.queue.fault ?? fault;
    },
    read: (sector, buffer) => transfer(BLKIF_OP_READ, sector, buffer),
    write: (sector, buffer) => transfer(BLKIF_OP_WRITE, sector, buffer),
    submit: (operation, sector, buffer) => submit(operation === "read" ? BLKIF_OP_READ : BLKIF_OP_WRITE, sector, buffer),
    *flush() {
      if (!features.canFlush && !features.canBarrier) return fail("EOPNOTSUPP", "the back end has neither flush nor barrier");
      // a flush covers completed writes only
      while (live !== undefined && live.queue.inFlight > 0 && live.queue.fault === "") yield* progress();
      return yield* command(features.canFlush ? BLKIF_OP_FLUSH_DISKCACHE : BLKIF_OP_WRITE_BARRIER, 0);
    },
    *discard(sector, sectors) {
      if (!features.canDiscard) return fail("EOPNOTSUPP", "the back end has no discard");
      if (!Number.isSafeInteger(sector) || sector < 0 || !(sectors > 0) || sector + sectors > features.sectors) return fail("EINVAL", `sectors ${sector}+${sectors}: the disk has ${features.sectors}`);
      if (features.isReadOnly) return fail("EROFS", "the disk is read-only");
      return yield* command(BLKIF_OP_DISCARD, sector, sectors);
    },
    *close() {
      if (live === undefined) return;
      yield* closeFront(k, end, driver, options.timeout === undefined ? Infinity : k.g.now() + options.timeout);
      yield* end.end();
    },
  };
  return { driver, disk };
}

/** Nothing to wait for. */
const NOTHING: readonly never[] = [];
