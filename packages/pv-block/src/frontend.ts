/**
 * The front end of a block device: reads and writes any memory of its kernel that is a multiple of 512 bytes long, in
 * as many requests as that takes. Source: xen/include/public/io/blkif.h.
 */
import { XenbusState } from "@granule/guest-sdk";
import type { Kernel, Xenbus } from "@granule/guest-sdk/contract";
import type { Trap } from "@granule/machine";
import { closeFront, connectFront, type DeviceEnd, type FrontDriver, openFront, stateName } from "@granule/pv";
import { BLKIF_OP_DISCARD, BLKIF_OP_FLUSH_DISKCACHE, BLKIF_OP_READ, BLKIF_OP_WRITE, BLKIF_OP_WRITE_BARRIER, type Errno } from "@granule/xen-abi";
import { type Bytes, fail, ok, type Range, type Result } from "@granule/units";
import { type BlockCounters, createCounters, SECTOR } from "./contract.ts";
import { type BlockFrontendOptions, createFrontState, frontDriver, type FrontState } from "./frontConnection.ts";
import type { BlockCode, FrontRequest, Ticket } from "./frontQueue.ts";
import { type Piece, piecesOf } from "./pieces.ts";

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

/** Connects. A failure leaves an error node and a device that can be connected again. */
export function* blockFrontend(k: Kernel, xenbus: Xenbus, options: BlockFrontendOptions): Trap<Result<BlockDisk, Errno>> {
  const end = yield* openFront(k, xenbus, options.path);
  if (!end.ok) return end;
  const deadline = (): number => (options.timeout === undefined ? Infinity : k.g.now() + options.timeout);
  const counters = createCounters();
  const state = createFrontState();
  const driver = frontDriver(k, end.value, options, state, counters);
  const connected = yield* connectFront(k, end.value, driver, deadline());
  if (connected.ok) return ok(createDisk(k, { end: end.value, driver, state, counters, deadline }));
  yield* end.value.end();
  return connected;
}

interface DiskParts {
  readonly end: DeviceEnd;
  readonly driver: FrontDriver;
  readonly state: FrontState;
  readonly counters: BlockCounters;
  /** When to give up waiting, in ns of the machine's clock. */
  readonly deadline: () => number;
}

function createDisk(k: Kernel, { end, driver, state, counters, deadline }: DiskParts): BlockDisk {
  /** Shows what was put on the ring to the back end. */
  function* push(): Trap<void> {
    if (state.live?.ring.push() === true) yield* k.events.send(state.live.port);
  }
  /** Waits until at least one request was answered, or the device ended. */
  function* progress(): Trap<void> {
    for (;;) {
      if (state.live === undefined || state.live.queue.fault !== "" || state.live.queue.collect() > 0) return;
      state.isKicked = false;
      if (state.live.ring.arm() !== 0) continue;
      yield* k.events.waitFor(() => state.isKicked || end.watch.isFired);
      if (!end.watch.isFired) continue;
      const peer = yield* end.peerState();
      if (peer !== XenbusState.Connected) state.live?.queue.abort(`the back end left: state ${stateName(peer)}`);
    }
  }
  /** Puts one request on the ring, waiting for room. */
  function* send(ticket: Ticket, request: FrontRequest): Trap<Result<undefined, BlockCode>> {
    for (;;) {
      if (state.live === undefined || state.live.queue.fault !== "") return fail("EIO", state.live?.queue.fault ?? state.fault);
      if ((yield* state.live.queue.send(ticket, request)) === "sent") return ok(undefined);
      yield* push();
      if (state.live.queue.inFlight === 0) return fail("ENOMEM", `a request of ${request.pieces.length} segments: no memory or references are left to grant`);
      yield* progress();
    }
  }
  function* wait(ticket: Ticket): Trap<Result<undefined, BlockCode>> {
    while (ticket.left > 0 && state.live !== undefined && state.live.queue.fault === "") yield* progress();
    return ticket.failure ?? ok(undefined);
  }
  function* submit(operation: number, sector: number, buffer: Range<"ipa">): Trap<Result<Ticket, BlockCode>> {
    const sectors = buffer.size / SECTOR;
    if (!Number.isInteger(sectors) || sectors <= 0) return fail("EINVAL", `a buffer of ${buffer.size} bytes: must be a positive multiple of ${SECTOR}`);
    if (!Number.isSafeInteger(sector) || sector < 0 || sector + sectors > state.sectors) return fail("EINVAL", `sectors ${sector}+${sectors}: the disk has ${state.sectors}`);
    if (operation !== BLKIF_OP_READ && state.isReadOnly) return fail("EROFS", "the disk is read-only");
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
    for (const piece of piecesOf(buffer, state.unit, k.granule.size)) {
      group.push(piece);
      groupBytes += piece.memory.size;
      if (group.length < state.maxSegments) continue;
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
      return state.sectors;
    },
    get isReadOnly() {
      return state.isReadOnly;
    },
    get unit() {
      return state.unit;
    },
    get ringSize() {
      return state.ringSize;
    },
    get maxSegments() {
      return state.maxSegments;
    },
    get fault() {
      return state.live?.queue.fault ?? state.fault;
    },
    read: (sector, buffer) => transfer(BLKIF_OP_READ, sector, buffer),
    write: (sector, buffer) => transfer(BLKIF_OP_WRITE, sector, buffer),
    submit: (operation, sector, buffer) => submit(operation === "read" ? BLKIF_OP_READ : BLKIF_OP_WRITE, sector, buffer),
    *flush() {
      if (!state.canFlush && !state.canBarrier) return fail("EOPNOTSUPP", "the back end has neither flush nor barrier");
      // a flush covers completed writes only
      while (state.live !== undefined && state.live.queue.inFlight > 0 && state.live.queue.fault === "") yield* progress();
      return yield* command(state.canFlush ? BLKIF_OP_FLUSH_DISKCACHE : BLKIF_OP_WRITE_BARRIER, 0);
    },
    *discard(sector, sectors) {
      if (!state.canDiscard) return fail("EOPNOTSUPP", "the back end has no discard");
      if (!Number.isSafeInteger(sector) || sector < 0 || !(sectors > 0) || sector + sectors > state.sectors) return fail("EINVAL", `sectors ${sector}+${sectors}: the disk has ${state.sectors}`);
      if (state.isReadOnly) return fail("EROFS", "the disk is read-only");
      return yield* command(BLKIF_OP_DISCARD, sector, sectors);
    },
    *close() {
      if (state.live === undefined) return;
      yield* closeFront(k, end, driver, deadline());
      yield* end.end();
    },
  };
  return disk;
}
