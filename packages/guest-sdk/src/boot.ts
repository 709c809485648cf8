/** From a vcpu with everything off to a kernel: memory, stage 1, shared_info, vcpu_info, events and grants. */
import type { Guest, Trap } from "@granule/machine";
import { add, type AnyGranule, BACKING_UNIT, covers, GRANULES, hex, type Ipa, kib, range, type Range, roundUp, toNumber, vaFromIpa, XEN_PAGE } from "@granule/units";
import { C, PLACE_OBJECT, V1, V2, VcpuInfo } from "@granule/xen-abi";
import { createBalloon } from "./balloon.ts";
import { balloonCallsV1, balloonCallsV2 } from "./balloonCalls.ts";
import { createCalls } from "./calls.ts";
import type { BootInfo, CallResult, Calls, Kernel, KernelConfig } from "./contract.ts";
import { createEvents } from "./events.ts";
import { twoLevelBits } from "./eventBits.ts";
import { fifoBits } from "./eventFifo.ts";
import { grantFormatV1, grantFormatV2 } from "./grantFormat.ts";
import { createGrants } from "./grants.ts";
import { createLog } from "./log.ts";
import { createMapper } from "./mapper.ts";
import { createPages } from "./pages.ts";
import { findRing, type Ring, ringExtent } from "./rings.ts";
import { enableStage1 } from "./stage1.ts";

type Query = CallResult<typeof V2.query>;
/** What the toolkit keeps of the first 64 KiB of RAM: argument structures, then lists and text. */
const CALL_BUFFER = /* @__PURE__ */ kib(32);
/** Alignment of vcpu_info that both ABIs accept. */
const AREA_ALIGN = 64;

/** The granule that is the lowest bit of a mask of sizes. */
function granuleOfMask(mask: number): AnyGranule {
  const found = GRANULES.find((g) => Math.floor(mask / g.size) % 2 === 1);
  if (found === undefined) throw new Error(`the query names no granule: stage2_sizes ${hex(mask)}`);
  return found;
}

function* placeSharedInfo(calls: Calls, info: BootInfo, query: Query | undefined, stage2: AnyGranule | undefined): Trap<void> {
  const at = info.objects.start;
  const r = query === undefined || stage2 === undefined
    ? yield* calls.call(V1.add_to_physmap, { domid: C.DOMID_SELF, size: 0, space: C.XENMAPSPACE_shared_info, idx: 0, gpfn: toNumber(XEN_PAGE.frameOf(at)) })
    : yield* calls.call(V2.place, { object: PLACE_OBJECT.shared_info, offset: 0, address: at, size: roundUp(query.shared_info_size, stage2.size) });
  // placed already by the kernel or firmware that ran before: the device tree names one place for it
  if (!r.ok && r.code !== "EBUSY" && r.code !== "EEXIST") throw new Error(`shared_info: ${r.why}`);
}

function* registerVcpuInfo(calls: Calls, abi: 1 | 2, area: Ipa): Trap<void> {
  if (abi === 1) {
    const offset = XEN_PAGE.offsetOf(area);
    const r = yield* calls.call(V1.register_vcpu_info, { vcpu: 0, mfn: toNumber(XEN_PAGE.frameOf(area)), offset, rsvd: 0 });
    if (!r.ok) throw new Error(`vcpu_info: ${r.why}`);
    return;
  }
  const register = calls.caller(V2.register_vcpu_info);
  let r = yield* register({ vcpu: 0, area });
  if (!r.ok && r.code === "EBUSY") {
    yield* calls.call(V2.unregister_areas, { vcpu: 0 });
    r = yield* register({ vcpu: 0, area });
  }
  if (!r.ok) throw new Error(`vcpu_info: ${r.why}`);
}

/** Memory outside the kernel's RAM that it must map as well. */
function reserveRing(info: BootInfo, ring: Ring | undefined, take: (r: Range<"ipa">) => boolean): readonly Range<"ipa">[] {
  if (ring === undefined) return [];
  const extent = ringExtent(ring);
  if (!covers(info.ram, extent)) return [extent];
  if (!take(extent)) throw new Error(`the ring at ${hex(extent.start)} lies in memory that the kernel uses already`);
  return [];
}

/**
 * Boots vcpu 0 of a domain. @throws Error when the hypervisor refuses what a kernel cannot do without, or RAM is too
 * small: the domain crashes with the message.
 *
 * @example
 * const program: GuestProgram = function* (g) {
 *   const kernel = yield* boot(g, { granule: GRANULE_64K, abi: 2, info });
 *   yield* kernel.log("hello");
 * };
 */
export function* boot(g: Guest, config: KernelConfig): Trap<Kernel> {
  const { info, granule, abi } = config;
  const pages = createPages(g, info.ram, granule.size);
  const buffers = pages.alloc(BACKING_UNIT, BACKING_UNIT).start;
  const calls = createCalls(g, range(buffers, CALL_BUFFER));
  const scratch = range(add(buffers, CALL_BUFFER), BACKING_UNIT - CALL_BUFFER);

  let query: Query | undefined;
  if (abi === 2) {
    const r = yield* calls.call(V2.query, {});
    if (!r.ok) throw new Error(`no ABI v2 here: ${r.why}`);
    query = r.value;
  }
  const stage2 = query === undefined ? undefined : granuleOfMask(query.stage2_sizes);
  const outside: Range<"ipa">[] = [];
  for (const name of ["store", "console"] as const) outside.push(...reserveRing(info, yield* findRing(calls, query, name), pages.take));

  enableStage1(g, granule, pages, info.ram, [info.ram, info.objects, info.grantTable, info.extended, ...outside]);
  yield* placeSharedInfo(calls, info, query, stage2);
  const area = pages.alloc(roundUp(VcpuInfo.size, AREA_ALIGN)).start;
  yield* registerVcpuInfo(calls, abi, area);

  const vcpuInfo = vaFromIpa(area);
  const bits = config.events === "fifo" ? yield* fifoBits(g, calls, pages, abi) : twoLevelBits(g, vaFromIpa(info.objects.start), vcpuInfo);
  const format = query === undefined ? grantFormatV1(g, calls, info) : grantFormatV2(g, calls, info, query);
  const log = createLog(g, calls, scratch);
  return {
    ...calls, g, info, granule, abi, query, stage2, pages, log,
    grants: createGrants(g, format),
    events: createEvents(g, calls, abi, bits, vcpuInfo),
    mapper: createMapper(calls, info, stage2),
    balloon: createBalloon(pages, query === undefined ? balloonCallsV1(g, calls, scratch) : balloonCallsV2(calls), stage2),
  };
}
