/**
 * A request as the back end understands it: decoded from private memory and checked once, so that nothing the front
 * end changes later matters (XSA-155). Source: xen/include/public/io/blkif.h. Sectors are 512 bytes.
 */
import {
  BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST, BLKIF_MAX_SEGMENTS_PER_REQUEST, BLKIF_OP_DISCARD, BLKIF_OP_FLUSH_DISKCACHE, BLKIF_OP_INDIRECT, BLKIF_OP_READ,
  BLKIF_OP_WRITE, BLKIF_OP_WRITE_BARRIER, BLKIF_RSP_EOPNOTSUPP, BLKIF_RSP_ERROR, BLKIF_RSP_OKAY, BlkifRequest, BlkifRequestDiscard, BlkifRequestIndirect,
  BlkifRequestSegment, BlkifResponse, SEGS_PER_INDIRECT_FRAME,
} from "@granule/xen-abi";
import type { Bytes } from "@granule/units";
import { SECTOR } from "./contract.ts";

/** What a device allows. */
export interface RequestLimits {
  /** Sectors of the disk. */
  readonly sectors: number;
  readonly isReadOnly: boolean;
  /** The virtual device number, as far as 16 bits hold it. */
  readonly handle: number;
  /** U in bytes: what one reference covers. */
  readonly unit: Bytes;
  /** Segments of an indirect request; 0: not supported. */
  readonly maxIndirect: number;
  readonly canDiscard: boolean;
  readonly canBarrier: boolean;
}

export type BlkifStatus = typeof BLKIF_RSP_OKAY | typeof BLKIF_RSP_ERROR | typeof BLKIF_RSP_EOPNOTSUPP;

/** One reused record: the request that was decoded last. */
export interface BlockRequest {
  /** Echoed in the response; two halves of a u64. */
  idLow: number;
  idHigh: number;
  /** As the request says it. */
  operation: number;
  /** The operation proper: of an indirect request, that of its data. Echoed: Linux's front end disables a disk that answers otherwise. */
  action: number;
  /** First sector on the disk. */
  sector: number;
  /** Sectors of a discard, else of all segments. */
  sectors: number;
  /** Segments read so far, and those that the request announced: they differ until {@link readIndirectPage} read the last page. */
  count: number;
  announced: number;
  /** References of an indirect request's pages; `indirectPages` 0: it is direct. */
  indirectPages: number;
  readonly indirectRefs: Uint32Array;
  readonly refs: Uint32Array;
  readonly first: Uint8Array;
  readonly last: Uint8Array;
  /** OKAY: may be carried out. Else {@link why} says rule, field and value. */
  status: BlkifStatus;
  why: string;
}

/** An empty record for requests of up to `maxIndirect` segments. */
export function createRequest(maxIndirect: number): BlockRequest {
  const room = Math.max(maxIndirect, BLKIF_MAX_SEGMENTS_PER_REQUEST);
  return {
    idLow: 0, idHigh: 0, operation: 0, action: 0, sector: 0, sectors: 0, count: 0, announced: 0, indirectPages: 0,
    indirectRefs: new Uint32Array(BLKIF_MAX_INDIRECT_PAGES_PER_REQUEST), refs: new Uint32Array(room), first: new Uint8Array(room), last: new Uint8Array(room),
    status: BLKIF_RSP_OKAY, why: "",
  };
}

function refuse(r: BlockRequest, why: string, status: BlkifStatus = BLKIF_RSP_ERROR): void {
  r.status = status;
  r.why = why;
}

const { operation, nr_segments, handle, id, sector_number, seg } = BlkifRequest.fields;
const { nr_sectors } = BlkifRequestDiscard.fields;
const indirect = BlkifRequestIndirect.fields;
const { gref, first_sect, last_sect } = BlkifRequestSegment.fields;

const isData = (action: number): boolean => action === BLKIF_OP_READ || action === BLKIF_OP_WRITE;

/** Decodes and checks the request at byte `at`. An indirect one must get its pages before {@link checkSegments}. */
export function readRequest(r: BlockRequest, view: DataView, at: number, limits: RequestLimits): void {
  r.status = BLKIF_RSP_OKAY;
  r.why = "";
  r.count = r.announced = r.indirectPages = r.sectors = 0;
  r.operation = r.action = operation.get(view, at);
  r.idLow = view.getUint32(at + id.offset, true);
  r.idHigh = view.getUint32(at + id.offset + 4, true);
  r.sector = sector_number.get(view, at);
  let device = handle.get(view, at);
  switch (r.operation) {
    case BLKIF_OP_READ:
    case BLKIF_OP_WRITE:
    case BLKIF_OP_WRITE_BARRIER: {
      if (r.operation === BLKIF_OP_WRITE_BARRIER && !limits.canBarrier) return refuse(r, "operation 2 (write barrier) is not supported", BLKIF_RSP_EOPNOTSUPP);
      const count = nr_segments.get(view, at);
      if (count > BLKIF_MAX_SEGMENTS_PER_REQUEST) return refuse(r, `nr_segments ${count}: at most ${BLKIF_MAX_SEGMENTS_PER_REQUEST}`);
      r.announced = count;
      readSegments(r, view, at + seg.offset, count);
      break;
    }
    case BLKIF_OP_FLUSH_DISKCACHE:
      if (nr_segments.get(view, at) !== 0) refuse(r, `nr_segments ${nr_segments.get(view, at)}: a flush has none`);
      return;
    case BLKIF_OP_DISCARD:
      if (!limits.canDiscard) return refuse(r, "operation 5 (discard) is not supported", BLKIF_RSP_EOPNOTSUPP);
      if (limits.isReadOnly) return refuse(r, "operation 5 (discard): the device is read-only");
      r.sectors = nr_sectors.get(view, at);
      return checkRange(r, limits);
    case BLKIF_OP_INDIRECT: {
      r.action = indirect.indirect_op.get(view, at);
      if (limits.maxIndirect === 0) return refuse(r, "operation 6 (indirect) is not supported", BLKIF_RSP_EOPNOTSUPP);
      if (!isData(r.action)) return refuse(r, `indirect_op ${r.action}: neither read (0) nor write (1)`);
      const count = indirect.nr_segments.get(view, at);
      if (count === 0 || count > limits.maxIndirect) return refuse(r, `nr_segments ${count}: must be in [1, ${limits.maxIndirect}]`);
      device = indirect.handle.get(view, at);
      r.indirectPages = Math.ceil(count / SEGS_PER_INDIRECT_FRAME);
      for (let i = 0; i < r.indirectPages; i++) r.indirectRefs[i] = view.getUint32(at + indirect.indirect_grefs.offset + 4 * i, true);
      r.announced = count;
      break;
    }
    default:
      return refuse(r, `operation ${r.operation} is unknown`, BLKIF_RSP_EOPNOTSUPP);
  }
  if (device !== limits.handle) return refuse(r, `handle ${device}: this device is ${limits.handle}`);
  if (r.action !== BLKIF_OP_READ && limits.isReadOnly) return refuse(r, `operation ${r.operation}: the device is read-only`);
  if (r.indirectPages === 0) checkSegments(r, limits);
}

/** Takes the segments of the next page of an indirect request, a private copy at byte `at`. */
export function readIndirectPage(r: BlockRequest, view: DataView, at: number): void {
  readSegments(r, view, at, Math.min(SEGS_PER_INDIRECT_FRAME, r.announced - r.count));
}

function readSegments(r: BlockRequest, view: DataView, at: number, count: number): void {
  for (let i = 0; i < count; i++, at += BlkifRequestSegment.size) {
    r.refs[r.count] = gref.get(view, at);
    r.first[r.count] = first_sect.get(view, at);
    r.last[r.count] = last_sect.get(view, at);
    r.count++;
  }
}

/** Checks all segments against the unit, and their sum against the disk; sets `sectors`. */
export function checkSegments(r: BlockRequest, limits: RequestLimits): void {
  const perUnit = limits.unit / SECTOR;
  let sectors = 0;
  for (let i = 0; i < r.count; i++) {
    const first = r.first[i] ?? 0;
    const last = r.last[i] ?? 0;
    if (first > last) return refuse(r, `segment ${i}: first_sect ${first} is above last_sect ${last}`);
    if (last >= perUnit) return refuse(r, `segment ${i}: last_sect ${last} leaves the unit of ${limits.unit} bytes, ${perUnit} sectors`);
    sectors += last - first + 1;
  }
  r.sectors = sectors;
  // a barrier without data is how a front end without flush asks for one
  if (sectors === 0 && r.action !== BLKIF_OP_WRITE_BARRIER) return refuse(r, "nr_segments 0: a read or write needs data");
  checkRange(r, limits);
}

function checkRange(r: BlockRequest, limits: RequestLimits): void {
  if (r.sectors > 0 && r.sector + r.sectors > limits.sectors) refuse(r, `sectors ${r.sector}+${r.sectors}: the disk has ${limits.sectors}`);
}

/** The response to `r` in `view`. */
export function writeResponse(view: DataView, r: Pick<BlockRequest, "idLow" | "idHigh" | "action">, status: BlkifStatus): void {
  view.setUint32(BlkifResponse.fields.id.offset, r.idLow, true);
  view.setUint32(BlkifResponse.fields.id.offset + 4, r.idHigh, true);
  BlkifResponse.fields.operation.set(view, 0, r.action);
  BlkifResponse.fields.status.set(view, 0, status);
}
