/**
 * The loop of the back end: requests off the ring, data moved, responses on the ring. Requests are carried out in the
 * order of the ring, so a flush or barrier covers every write before it.
 */
import type { CopyRequest, EventCode, Kernel } from "@granule/guest-sdk/contract";
import type { Trap } from "@granule/machine";
import type { BackRing } from "@granule/pv";
import {
  BLKIF_INDIRECT_PAGE, BLKIF_OP_DISCARD, BLKIF_OP_FLUSH_DISKCACHE, BLKIF_OP_WRITE_BARRIER, BLKIF_OP_READ, BLKIF_RING_ENTRY, BLKIF_RSP_ERROR, BLKIF_RSP_OKAY,
  BlkifRequestSegment, BlkifResponse, SEGS_PER_INDIRECT_FRAME,
} from "@granule/xen-abi";
import { add, type Range, type Result, vaFromIpa } from "@granule/units";
import { type BlockCounters, type Disk, SECTOR } from "./contract.ts";
import { type BlockRequest, checkSegments, createRequest, readIndirectPage, readRequest, type BlkifStatus, type RequestLimits, writeResponse } from "./request.ts";
import type { Transfer } from "./transfer.ts";

export interface ProcessorParts {
  readonly disk: Disk;
  readonly peer: number;
  readonly ring: BackRing;
  readonly transfer: Transfer;
  readonly limits: RequestLimits;
  readonly counters: BlockCounters;
  readonly notify: () => Trap<Result<undefined, EventCode>>;
}

export interface Processor {
  /** Serves what is on the ring, at most once around; answers why the last refused request was, or why the ring is broken. */
  step(): Trap<string>;
  /** More requests came meanwhile. */
  readonly hasMore: boolean;
  /** The front end broke the ring: nothing more is served. */
  readonly isBroken: boolean;
  /** Gives memory back. */
  release(): void;
}

/** What is kept of a request until its response is written. */
interface Outcome {
  readonly idLow: number;
  readonly idHigh: number;
  readonly action: number;
  status: BlkifStatus;
}

export function createProcessor(k: Kernel, parts: ProcessorParts): Processor {
  const { disk, ring, transfer, limits, counters } = parts;
  const request = createRequest(limits.maxIndirect);
  const response = new DataView(new ArrayBuffer(BlkifResponse.size));
  const responseBytes = new Uint8Array(response.buffer);
  const page = new DataView(new ArrayBuffer(BLKIF_INDIRECT_PAGE));
  const pageBytes = new Uint8Array(page.buffer);
  /** Private memory for indirect pages; made when the first one comes. */
  let staging: Range<"ipa"> | undefined;
  let outcomes: Outcome[] = [];
  let hasMore = false;
  let isBroken = false;
  let why = "";

  const failRequest = (index: number, reason: string): void => {
    const outcome = outcomes[index];
    if (outcome !== undefined) outcome.status = BLKIF_RSP_ERROR;
    why = reason;
  };
  /** Copies the pages of an indirect request: they are read once, whatever the granules are. */
  function* readIndirect(r: BlockRequest): Trap<void> {
    staging ??= k.pages.alloc(BLKIF_INDIRECT_PAGE * r.indirectRefs.length);
    const list: CopyRequest[] = [];
    for (let i = 0; i < r.indirectPages; i++) {
      const left = Math.min(SEGS_PER_INDIRECT_FRAME, r.announced - i * SEGS_PER_INDIRECT_FRAME);
      const dest = { ipa: add(staging.start, i * BLKIF_INDIRECT_PAGE) };
      list.push({ source: { domid: parts.peer, ref: r.indirectRefs[i] ?? 0, offset: 0 }, dest, length: left * BlkifRequestSegment.size });
    }
    counters.copyElements += list.length;
    const results = yield* k.mapper.copy(list);
    for (let i = 0; i < list.length; i++) {
      const result = results[i];
      if (result?.ok !== true) {
        r.status = BLKIF_RSP_ERROR;
        r.why = `indirect_grefs[${i}] ${r.indirectRefs[i]}: ${result?.why ?? "no answer"}`;
        return;
      }
      counters.copyBytes += list[i]?.length ?? 0;
      k.g.read(vaFromIpa(add(staging.start, i * BLKIF_INDIRECT_PAGE)), pageBytes);
      readIndirectPage(r, page, 0);
    }
    checkSegments(r, limits);
  }
  /** Adds the segments of request `index` to the transfer; runs it when it is full. */
  function* move(index: number, r: BlockRequest): Trap<void> {
    const isWrite = r.action !== BLKIF_OP_READ;
    let at = r.sector * SECTOR;
    for (let i = 0; i < r.count; i++) {
      const first = r.first[i] ?? 0;
      const bytes = ((r.last[i] ?? 0) - first + 1) * SECTOR;
      if (!transfer.fits(bytes)) yield* transfer.run(failRequest);
      transfer.add(index, r.refs[i] ?? 0, first * SECTOR, bytes, at, isWrite);
      at += bytes;
      counters.segments++;
      counters.bytesRequested += bytes;
      counters.bytesExposed += limits.unit;
    }
  }
  function* carryOut(index: number, r: BlockRequest): Trap<void> {
    switch (r.action) {
      case BLKIF_OP_FLUSH_DISKCACHE:
        yield* transfer.run(failRequest);
        if (!disk.flush()) failRequest(index, "the disk failed to flush");
        return;
      case BLKIF_OP_WRITE_BARRIER:
        yield* transfer.run(failRequest);
        if (!disk.flush()) return failRequest(index, "the disk failed to flush before a barrier");
        yield* move(index, r);
        yield* transfer.run(failRequest);
        if (!disk.flush()) failRequest(index, "the disk failed to flush after a barrier");
        return;
      case BLKIF_OP_DISCARD:
        yield* transfer.run(failRequest);
        if (disk.discard?.(r.sector * SECTOR, r.sectors * SECTOR) !== true) failRequest(index, "the disk failed to discard");
        return;
      default:
        yield* move(index, r);
    }
  }
  function broken(): string {
    isBroken = true;
    hasMore = false;
    return ring.fault;
  }
  return {
    get hasMore() {
      return hasMore;
    },
    get isBroken() {
      return isBroken;
    },
    *step() {
      why = "";
      const count = yield* ring.fetch();
      if (count < 0) return broken();
      outcomes = [];
      for (let i = 0; i < count; i++) {
        readRequest(request, ring.requests, i * BLKIF_RING_ENTRY, limits);
        if (request.indirectPages > 0 && request.status === BLKIF_RSP_OKAY) yield* readIndirect(request);
        const { idLow, idHigh, action, status } = request;
        outcomes.push({ idLow, idHigh, action, status });
        counters.requests++;
        if (status === BLKIF_RSP_OKAY) yield* carryOut(i, request);
        else why = request.why;
      }
      yield* transfer.run(failRequest);
      for (const outcome of outcomes) {
        writeResponse(response, outcome, outcome.status);
        ring.respond(responseBytes);
      }
      const notify = yield* ring.push();
      if (notify < 0) return broken();
      if (notify === 1) yield* parts.notify();
      const left = yield* ring.arm();
      if (left < 0) return broken();
      hasMore = left > 0;
      return why;
    },
    release() {
      if (staging !== undefined) k.pages.free(staging);
      staging = undefined;
    },
  };
}
