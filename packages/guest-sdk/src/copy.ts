/**
 * Grant copy in both ABIs: requests become elements of one list. ABI v1 addresses a side as a frame of 4096 bytes (its
 * reference, or a gfn of the caller) and an offset in it, so a request is cut at the frames of both sides; v2 takes
 * byte addresses and needs no cut. Source: xen/include/public/grant_table.h, "GNTTABOP_copy"; abi-v2, Grants.
 */
import type { Trap } from "@granule/machine";
import { add, type Bytes, DONE, fail, offsetIn, type Result, toNumber, XEN_PAGE } from "@granule/units";
import { C, COPY, V1, V2 } from "@granule/xen-abi";
import type { CallArgs, Calls, CopyCode, CopyRequest, CopySide } from "./contract.ts";

type Done = Result<undefined, CopyCode>;
type ElementV1 = CallArgs<typeof V1.grant_copy>;
type ElementV2 = CallArgs<typeof V2.grant_copy>;
const FRAME = XEN_PAGE.size;
/** A frame number is 64 bits, in two words; a reference is the low one. */
const WORD = 2 ** 32;

/** Reference or frame, and offset in it, of a side of ABI v1. */
interface FrameSide {
  readonly u: number;
  readonly domid: number;
  readonly offset: Bytes;
}
function frameSide(side: CopySide, done: Bytes): FrameSide {
  if ("ref" in side) return { u: side.ref, domid: side.domid, offset: side.offset + done };
  const at = add(side.ipa, done);
  return { u: toNumber(XEN_PAGE.frameOf(at)), domid: C.DOMID_SELF, offset: offsetIn(at, FRAME) };
}
const leavesFrame = (side: CopySide, length: Bytes): boolean => "ref" in side && side.offset + length > FRAME;

/** The elements of one request, appended to `out`; false when a side cannot be expressed: v1 grants are one frame. */
export function copyElementsV1(request: CopyRequest, out: ElementV1[]): boolean {
  const { source, dest, length } = request;
  if (leavesFrame(source, length) || leavesFrame(dest, length)) return false;
  const flags = ("ref" in source ? C.GNTCOPY.source_gref : 0) | ("ref" in dest ? C.GNTCOPY.dest_gref : 0);
  for (let done = 0; done < length; ) {
    const s = frameSide(source, done);
    const d = frameSide(dest, done);
    const len = Math.min(length - done, FRAME - s.offset, FRAME - d.offset);
    out.push({
      source_u: s.u % WORD, source_u_high: Math.floor(s.u / WORD), source_domid: s.domid, source_offset: s.offset,
      dest_u: d.u % WORD, dest_u_high: Math.floor(d.u / WORD), dest_domid: d.domid, dest_offset: d.offset, len, flags,
    });
    done += len;
  }
  return true;
}
export function copyElementV2({ source, dest, length }: CopyRequest): ElementV2 {
  const s = "ref" in source ? source : undefined;
  const d = "ref" in dest ? dest : undefined;
  return {
    flags: (s === undefined ? 0 : COPY.source_ref) | (d === undefined ? 0 : COPY.dest_ref), length,
    source_domid: s?.domid ?? 0, source_ref: s?.ref ?? 0, source: "ipa" in source ? toNumber(source.ipa) : source.offset,
    dest_domid: d?.domid ?? 0, dest_ref: d?.ref ?? 0, dest: "ipa" in dest ? toNumber(dest.ipa) : dest.offset,
  };
}

export function* copyV1(calls: Calls, list: readonly CopyRequest[]): Trap<readonly Done[]> {
  const out: Done[] = [];
  const elements: ElementV1[] = [];
  /** Index of the request that an element belongs to. */
  const owner: number[] = [];
  for (const [i, request] of list.entries()) {
    const fits = copyElementsV1(request, elements);
    while (owner.length < elements.length) owner.push(i);
    out.push(fits ? DONE : fail("GNTST_bad_copy_arg", `a copy of ${request.length} bytes leaves the grant: in ABI v1 one frame of ${FRAME} bytes`));
  }
  const results = yield* calls.callEach(V1.grant_copy, elements);
  for (const [k, r] of results.entries()) {
    const i = owner[k];
    if (!r.ok && i !== undefined && out[i]?.ok === true) out[i] = r;
  }
  return out;
}
export function* copyV2(calls: Calls, list: readonly CopyRequest[]): Trap<readonly Done[]> {
  const results = yield* calls.callEach(V2.grant_copy, list.map(copyElementV2));
  return results.map((r) => (r.ok ? DONE : r));
}
