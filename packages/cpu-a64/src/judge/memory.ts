/** Flat memory for programs of the judge: a few regions, everything else faults as an unmapped page does. */
import { faultStatus } from "@granule/arm";
import type { MemoryFault, ReferenceMemory } from "../reference/contract.ts";

export interface Region {
  readonly base: number;
  readonly bytes: Uint8Array;
  readonly writable: boolean;
}
/** Level of the faults that are reported: the page level. */
const PAGE_LEVEL = 3;
/** User space: the top byte is ignored. */
const TAGGED_BITS = 56;

export interface FlatMemoryOptions {
  /** The MMU is off: no tags, and an address above this many bits is an Address size fault at level 0. */
  readonly physicalBits?: number;
}

export function createFlatMemory(regions: readonly Region[], { physicalBits }: FlatMemoryOptions = {}): ReferenceMemory {
  // Addresses with higher bits in use belong to no region.
  const place = (va: bigint): number => Number(physicalBits === undefined ? BigInt.asUintN(TAGGED_BITS, va) : va);
  const views = regions.map((region) => ({ ...region, view: new DataView(region.bytes.buffer, region.bytes.byteOffset, region.bytes.byteLength) }));
  const find = (at: number, bytes: number, write: boolean): { view: DataView; offset: number } | undefined => {
    const region = views.find((r) => at >= r.base && at + bytes <= r.base + r.bytes.length && (!write || r.writable));
    return region && { view: region.view, offset: at - region.base };
  };
  const fault = (va: bigint, kind: "translation" | "permission" = "translation"): MemoryFault => {
    const tooLarge = physicalBits !== undefined && va >> BigInt(physicalBits) !== 0n;
    return { status: tooLarge ? faultStatus("addressSize", 0) : faultStatus(kind, PAGE_LEVEL), va, stage: 1 };
  };
  return {
    fetch(va) {
      const found = find(place(va), 4, false);
      return found === undefined ? fault(va) : found.view.getUint32(found.offset, true);
    },
    load(va, bytes) {
      const found = find(place(va), bytes, false);
      if (found === undefined) return fault(va);
      const { view, offset } = found;
      if (bytes === 8) return view.getBigUint64(offset, true);
      return BigInt(bytes === 4 ? view.getUint32(offset, true) : bytes === 2 ? view.getUint16(offset, true) : view.getUint8(offset));
    },
    store(va, bytes, value) {
      const found = find(place(va), bytes, true);
      if (found === undefined) return fault(va, find(place(va), bytes, false) === undefined ? "translation" : "permission");
      const { view, offset } = found;
      if (bytes === 8) view.setBigUint64(offset, value, true);
      else if (bytes === 4) view.setUint32(offset, Number(value), true);
      else if (bytes === 2) view.setUint16(offset, Number(value), true);
      else view.setUint8(offset, Number(value));
      return undefined;
    },
  };
}
