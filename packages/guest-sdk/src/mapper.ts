/**
 * Memory that other domains grant: mapped into the hole `extended`, which stage 1 covers already, or copied.
 * Source: xen/include/public/grant_table.h, "GNTTABOP_map_grant_ref"; abi-v2, Grants.
 */
import type { Trap } from "@granule/machine";
import { add, type AnyGranule, type Bytes, DONE, fail, isPowerOfTwo, ok, range, type Result, toNumber, vaFromIpa, XEN_PAGE } from "@granule/units";
import { C, V1, V2 } from "@granule/xen-abi";
import type { BootInfo, Calls, MapCode, Mapper, Mapping, MapRequest, UnmapCode } from "./contract.ts";
import { copyV1, copyV2 } from "./copy.ts";
import { createSpans } from "./spans.ts";

type Mapped = Result<Mapping, MapCode>;
type Unmapped = Result<undefined, UnmapCode>;
/** A request with its place in the hole. */
interface Placed {
  readonly request: MapRequest;
  readonly mapping: Mapping;
}
/** The two calls of one ABI; answers are in the order of the list. */
interface MapCalls {
  /** Bytes that every address must be a multiple of. */
  readonly align: Bytes;
  map(list: readonly Placed[]): Trap<readonly Result<{ readonly handle: number }, MapCode>[]>;
  unmap(list: readonly Mapping[]): Trap<readonly Result<object, UnmapCode>[]>;
}

const mapCallsV1 = (calls: Calls): MapCalls => ({
  align: XEN_PAGE.size,
  map: (list) =>
    calls.callEach(V1.grant_map_grant_ref, list.map(({ request, mapping }) => ({
      host_addr: toNumber(mapping.ipa), flags: C.GNTMAP.host_map | (request.readonly === true ? C.GNTMAP.readonly : 0), ref: request.ref, dom: request.domid,
    }))),
  unmap: (list) => calls.callEach(V1.grant_unmap_grant_ref, list.map(({ ipa, handle }) => ({ host_addr: toNumber(ipa), dev_bus_addr: 0, handle }))),
});
const mapCallsV2 = (calls: Calls, stage2: AnyGranule): MapCalls => ({
  align: stage2.size,
  map: (list) =>
    calls.callEach(V2.grant_map, list.map(({ request, mapping }) => ({
      domid: request.domid, flags: request.readonly === true ? C.GTF.readonly : 0, ref: request.ref, address: mapping.ipa, size: request.size,
    }))),
  unmap: (list) => calls.callEach(V2.grant_unmap, list.map(({ handle }) => ({ handle }))),
});

/** `stage2`: G, known in ABI v2 only. */
export function createMapper(calls: Calls, info: BootInfo, stage2: AnyGranule | undefined): Mapper {
  const spans = createSpans(info.extended);
  const abi = stage2 === undefined ? mapCallsV1(calls) : mapCallsV2(calls, stage2);
  const frame = XEN_PAGE.size;
  let bytesMapped = 0;
  const refuse = ({ size }: MapRequest): string | undefined => {
    if (stage2 === undefined) return size === frame ? undefined : `ABI v1 maps ${frame} bytes, not ${size}`;
    return isPowerOfTwo(size) && size >= frame ? undefined : `${size} bytes is not a power of two of at least ${frame}`;
  };
  /** Bytes of the hole that a mapping takes: nothing else may share its granule of stage 2. */
  const slotOf = (size: Bytes): Bytes => Math.max(size, abi.align);
  const free = (m: Mapping): void => spans.free(range(m.ipa, slotOf(m.size)));

  /** Addresses in the hole: one run for the whole list when there is one, else where there is room. */
  const place = (list: readonly MapRequest[]): Result<Placed, MapCode>[] => {
    const total = list.reduce((sum, r) => sum + slotOf(r.size), 0);
    const align = list.reduce((most, r) => Math.max(most, slotOf(r.size)), abi.align);
    const together = list.every((r) => refuse(r) === undefined && slotOf(r.size) === align) ? spans.alloc(total, align) : undefined;
    return list.map((request, i) => {
      const why = refuse(request);
      if (why !== undefined) return fail("EINVAL", why);
      const slot = slotOf(request.size);
      const at = together === undefined ? spans.alloc(slot, slot)?.start : add(together.start, i * slot);
      if (at === undefined) return fail("ENOSPC", `no room for ${slot} bytes in the hole of ${info.extended.size} bytes`);
      return ok({ request, mapping: { ipa: at, va: vaFromIpa(at), size: request.size, handle: 0 } });
    });
  };
  return {
    get bytesMapped() {
      return bytesMapped;
    },
    *map(list): Trap<readonly Mapped[]> {
      const places = place(list);
      const placed = places.flatMap((p) => (p.ok ? [p.value] : []));
      const answers = yield* abi.map(placed);
      let next = 0;
      return places.map((p) => {
        if (!p.ok) return p;
        const answer = answers[next++];
        const { mapping } = p.value;
        if (answer === undefined || !answer.ok) {
          free(mapping);
          return answer ?? fail("ENOSYS", "no answer");
        }
        bytesMapped += mapping.size;
        return ok({ ...mapping, handle: answer.value.handle });
      });
    },
    *unmap(list): Trap<readonly Unmapped[]> {
      const answers = yield* abi.unmap(list);
      return answers.map((answer, i) => {
        const m = list[i];
        if (!answer.ok || m === undefined) return answer.ok ? DONE : answer;
        free(m);
        bytesMapped -= m.size;
        return DONE;
      });
    },
    copy: (list) => (stage2 === undefined ? copyV1(calls, list) : copyV2(calls, list)),
  };
}
