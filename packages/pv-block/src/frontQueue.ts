/**
 * Requests in flight of the front end: granting what they need, putting them on the ring, and taking everything back
 * when they are answered. Source: xen/include/public/io/blkif.h. A back end that breaks a rule ends the device, and
 * with it every request in flight.
 */
import type { Kernel } from "@granule/guest-sdk/contract";
import type { Trap } from "@granule/machine";
import type { FrontRing } from "@granule/pv";
import {
  BLKIF_INDIRECT_PAGE, BLKIF_MAX_SEGMENTS_PER_REQUEST, BLKIF_OP_INDIRECT, BLKIF_OP_READ, BLKIF_OP_WRITE, BLKIF_RSP_EOPNOTSUPP, BLKIF_RSP_OKAY, BlkifRequest,
  BlkifRequestDiscard, BlkifRequestIndirect, BlkifRequestSegment, BlkifResponse, SEGS_PER_INDIRECT_FRAME,
} from "@granule/xen-abi";
import { type Bytes, fail, type Failure, type Range, vaFromIpa } from "@granule/units";
import { type BlockCounters, SECTOR } from "./contract.ts";
import type { Extent, ExtentPool } from "./extentPool.ts";
import type { Piece } from "./pieces.ts";

/** EIO: the back end or the device failed. EOPNOTSUPP: the back end cannot do that. ENOMEM: nothing left to grant with. */
export type BlockCode = "EIO" | "EOPNOTSUPP" | "ENOMEM" | "EINVAL" | "EROFS";

/** A transfer that may take several requests. */
export interface Ticket {
  /** Requests that are not answered. */
  left: number;
  failure: Failure<BlockCode> | undefined;
}

/** One request, as {@link FrontQueue.send} takes it. */
export interface FrontRequest {
  readonly operation: number;
  readonly sector: number;
  /** Data, in order; for a discard `sectors` instead. */
  readonly pieces: readonly Piece[];
  readonly sectors?: number;
}

export interface QueueParts {
  readonly peer: number;
  readonly ring: FrontRing;
  /** What requests carry as `handle`. */
  readonly handle: number;
  /** Extents of U bytes for data, and of 4096 for indirect pages. */
  readonly pool: ExtentPool;
  readonly indirectPool: ExtentPool;
  /** Keep extents granted, and send all data through them. */
  readonly isPersistent: boolean;
  readonly counters: BlockCounters;
}

export interface FrontQueue {
  /** Requests on the ring. */
  readonly inFlight: number;
  /** Puts a request on the ring. "full": try again when one is answered. The peer does not see it before the ring is pushed. */
  send(ticket: Ticket, request: FrontRequest): Trap<"sent" | "full">;
  /** Takes the responses that are there; answers how many. */
  collect(): number;
  /** Ends the device: every request in flight fails. Repeats are ignored. */
  abort(why: string): void;
  /** Why the device ended; empty: it has not. */
  readonly fault: string;
  /** Extents that the peer would not let go of. */
  readonly held: Set<Extent>;
  /** Takes back what requests without an answer had; after {@link abort}. */
  release(): void;
}

/** One segment in flight: `extent` when its bytes go through one. */
interface Sent {
  readonly ref: number;
  readonly first: number;
  readonly last: number;
  readonly memory: Range<"ipa">;
  readonly extent: Extent | undefined;
}
interface InFlight {
  readonly ticket: Ticket;
  readonly request: FrontRequest;
  readonly segments: readonly Sent[];
  readonly indirect: readonly { readonly ref: number; readonly extent: Extent }[];
}

const SEGMENT = BlkifRequestSegment.size;

export function createFrontQueue(k: Kernel, parts: QueueParts): FrontQueue {
  const { ring, peer, pool, indirectPool, isPersistent, counters } = parts;
  const slots: (InFlight | undefined)[] = Array.from({ length: ring.slots }, () => undefined);
  const freeSlots: number[] = slots.map((_, i) => ring.slots - 1 - i);
  const entry = new DataView(new ArrayBuffer(BlkifRequest.size));
  const entryBytes = new Uint8Array(entry.buffer);
  const response = new DataView(new ArrayBuffer(BlkifResponse.size));
  const responseBytes = new Uint8Array(response.buffer);
  const scratch = new Uint8Array(pool.size);
  const held = new Set<Extent>();
  let inFlight = 0;
  let fault = "";

  /** Takes one grant back. XSA-396: a peer that answered and still holds it breaks the device; nothing of it is used again. */
  function endGrant(ref: number, extent: Extent | undefined, then: ExtentPool): void {
    if (k.grants.end(ref)) {
      if (extent !== undefined) then.put(extent);
      return;
    }
    k.grants.endLater(ref);
    if (extent !== undefined) held.add(extent);
    abort(`reference ${ref}: the back end still uses it after its answer`);
  }
  function giveBack(sent: Pick<InFlight, "segments" | "indirect">): void {
    for (const { ref, extent } of sent.indirect) endGrant(ref, extent, indirectPool);
    for (const { ref, extent } of sent.segments) {
      if (extent !== undefined && isPersistent) pool.put(extent);
      else endGrant(ref, extent, pool);
    }
  }
  /** Grants what one piece needs; undefined: nothing left. */
  function* grantPiece(piece: Piece, isWrite: boolean): Trap<Sent | undefined> {
    const extent = piece.isDirect && !isPersistent ? undefined : pool.take();
    if (extent === undefined && (!piece.isDirect || isPersistent)) return undefined;
    let ref = extent?.ref;
    if (ref === undefined) {
      const granted = yield* k.grants.grant(peer, extent?.range ?? piece.memory, { readonly: isWrite && !isPersistent });
      if (!granted.ok) {
        if (extent !== undefined) pool.put(extent);
        return undefined;
      }
      ref = granted.value;
      counters.grantEntries++;
      if (extent !== undefined && isPersistent) extent.ref = ref;
    }
    if (extent !== undefined && isWrite) copyBytes(piece.memory, extent.range);
    return { ref, first: 0, last: piece.memory.size / SECTOR - 1, memory: piece.memory, extent };
  }
  function copyBytes(from: Range<"ipa">, to: Range<"ipa">): void {
    const bytes = scratch.subarray(0, Math.min(from.size, to.size));
    k.g.read(vaFromIpa(from.start), bytes);
    k.g.write(vaFromIpa(to.start), bytes);
  }
  /** Writes the segments into pages of their own; false: nothing left. */
  function* grantIndirect(segments: readonly Sent[], into: { ref: number; extent: Extent }[]): Trap<boolean> {
    for (let start = 0; start < segments.length; start += SEGS_PER_INDIRECT_FRAME) {
      const extent = indirectPool.take();
      if (extent === undefined) return false;
      const page = new DataView(new ArrayBuffer(BLKIF_INDIRECT_PAGE));
      writeSegments(page, 0, segments.slice(start, start + SEGS_PER_INDIRECT_FRAME));
      k.g.write(vaFromIpa(extent.range.start), new Uint8Array(page.buffer));
      const granted = yield* k.grants.grant(peer, extent.range, { readonly: true });
      if (!granted.ok) {
        indirectPool.put(extent);
        return false;
      }
      into.push({ ref: granted.value, extent });
    }
    return true;
  }
  function abort(why: string): void {
    if (fault !== "") return;
    fault = why;
    for (const sent of slots) if (sent !== undefined) finish(sent.ticket, fail("EIO", why));
  }
  function finish(ticket: Ticket, failure: Failure<BlockCode> | undefined): void {
    ticket.left--;
    ticket.failure ??= failure;
  }
  function complete(): void {
    const id = BlkifResponse.fields.id.get(response, 0);
    const status = BlkifResponse.fields.status.get(response, 0);
    const slot = id < BigInt(slots.length) ? Number(id) : -1;
    const sent = slots[slot];
    if (sent === undefined) return abort(`response id ${id}: no request in flight has it`);
    slots[slot] = undefined;
    freeSlots.push(slot);
    inFlight--;
    if (status === BLKIF_RSP_OKAY && sent.request.operation === BLKIF_OP_READ)
      for (const { memory, extent } of sent.segments) if (extent !== undefined) copyBytes({ start: extent.range.start, size: memory.size }, memory);
    giveBack(sent);
    // giving back may have ended the device, but this request was answered
    const code = status === BLKIF_RSP_EOPNOTSUPP ? "EOPNOTSUPP" : "EIO";
    finish(sent.ticket, status === BLKIF_RSP_OKAY ? undefined : fail(code, `operation ${sent.request.operation} at sector ${sent.request.sector}: the back end answered ${status}`));
  }
  return {
    held, abort,
    get inFlight() {
      return inFlight;
    },
    get fault() {
      return fault;
    },
    *send(ticket, request) {
      if (freeSlots.length === 0 || ring.free() === 0) return "full";
      const isWrite = request.operation !== BLKIF_OP_READ;
      const sent: { request: FrontRequest; ticket: Ticket; segments: Sent[]; indirect: { ref: number; extent: Extent }[] } = { request, ticket, segments: [], indirect: [] };
      for (const piece of request.pieces) {
        const granted = yield* grantPiece(piece, isWrite);
        if (granted === undefined) {
          giveBack(sent);
          return "full";
        }
        sent.segments.push(granted);
      }
      if (sent.segments.length > BLKIF_MAX_SEGMENTS_PER_REQUEST && !(yield* grantIndirect(sent.segments, sent.indirect))) {
        giveBack(sent);
        return "full";
      }
      const slot = freeSlots.pop() ?? 0;
      slots[slot] = sent;
      inFlight++;
      ticket.left++;
      count(sent.segments);
      encode(sent, slot);
      ring.put(entryBytes);
      return "sent";
    },
    collect() {
      let taken = 0;
      for (let n = fault === "" ? ring.ready() : 0; n !== 0 && fault === ""; n = ring.ready()) {
        if (n < 0) {
          abort(ring.fault);
          break;
        }
        for (; n > 0 && fault === ""; n--, taken++) {
          ring.take(responseBytes);
          complete();
        }
      }
      return taken;
    },
    release() {
      for (const [i, sent] of slots.entries()) {
        if (sent === undefined) continue;
        slots[i] = undefined;
        inFlight--;
        giveBack(sent);
      }
    },
  };

  function count(segments: readonly Sent[]): void {
    counters.requests++;
    counters.segments += segments.length;
    for (const s of segments) {
      counters.bytesRequested += s.memory.size;
      counters.bytesExposed += pool.size;
    }
  }
  function encode({ request, segments, indirect }: InFlight, slot: number): void {
    const base = { id: BigInt(slot), sector_number: request.sector, handle: parts.handle };
    if (request.sectors !== undefined) {
      entryBytes.fill(0);
      BlkifRequestDiscard.write(entry, { ...base, operation: request.operation, nr_sectors: request.sectors });
    } else if (indirect.length > 0) {
      entryBytes.fill(0);
      const operation = request.operation === BLKIF_OP_READ ? BLKIF_OP_READ : BLKIF_OP_WRITE;
      BlkifRequestIndirect.write(entry, { ...base, operation: BLKIF_OP_INDIRECT, indirect_op: operation, nr_segments: segments.length });
      for (const [i, { ref }] of indirect.entries()) entry.setUint32(BlkifRequestIndirect.fields.indirect_grefs.offset + 4 * i, ref, true);
    } else {
      BlkifRequest.write(entry, { ...base, operation: request.operation, nr_segments: segments.length });
      writeSegments(entry, BlkifRequest.fields.seg.offset, segments);
    }
  }
}

function writeSegments(view: DataView, at: Bytes, segments: readonly Sent[]): void {
  for (const [i, { ref, first, last }] of segments.entries()) BlkifRequestSegment.write(view, { gref: ref, first_sect: first, last_sect: last }, at + i * SEGMENT);
}
