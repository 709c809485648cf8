/** What a run of block devices reads like: who had which sizes, what moving a MiB took, and whether the bytes are right. */
import { createHash } from "node:crypto";
import type { BlockReport } from "@granule/granule";
import { formatBytes, MIB } from "@granule/units";

/** One device, in numbers for tables and JSON. Counts are per MiB moved (written plus read). */
export interface Summary {
  readonly front: { readonly s1: string; readonly g: string; readonly abi: number };
  readonly back: { readonly s1: string; readonly g: string; readonly abi: number };
  readonly wanted: string;
  /** Bytes. */
  readonly unit: number;
  readonly ring: string;
  readonly data: string;
  readonly bytesMoved: number;
  readonly perMiB: {
    readonly hypercalls: number;
    readonly grantEntries: number;
    /** Elements of map, unmap and copy calls. */
    readonly mapElements: number;
    readonly copyElements: number;
    readonly ringRequests: number;
    readonly bytesCopied: number;
    /** Granted beyond what was asked for. */
    readonly bytesExposed: number;
  };
  readonly sha256: { readonly payload: string; readonly readBack: string };
  readonly intact: boolean;
}

const granule = (bytes: number): string => `${bytes / 1024}K`;
export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

export function summarise(d: BlockReport): Summary {
  const perMiB = (n: number): number => Math.round((n * MIB * 10) / d.bytesMoved) / 10;
  const { counters: f } = d.front;
  const { counters: b } = d.back;
  return {
    front: { s1: granule(d.front.s1), g: granule(d.front.g), abi: d.front.abi }, back: { s1: granule(d.back.s1), g: granule(d.back.g), abi: d.back.abi },
    wanted: d.wanted, unit: d.unit, ring: d.ring, data: d.data, bytesMoved: d.bytesMoved,
    perMiB: {
      hypercalls: perMiB(d.front.hypercalls + d.back.hypercalls), grantEntries: perMiB(f.grantEntries), mapElements: perMiB(b.mapElements + b.unmapElements),
      copyElements: perMiB(b.copyElements), ringRequests: perMiB(f.requests), bytesCopied: perMiB(b.copyBytes), bytesExposed: perMiB(f.bytesExposed - f.bytesRequested),
    },
    sha256: { payload: sha256(d.payload), readBack: sha256(d.readBack) }, intact: d.intact,
  };
}

export const SIZES_HEADER = ["front", "back", "ABI", "wanted", "U", "ring", "data"] as const;
export const sizesRow = (s: Summary): readonly string[] => [
  `S1 ${s.front.s1} G ${s.front.g}`, `S1 ${s.back.s1} G ${s.back.g}`, s.front.abi === s.back.abi ? `v${s.front.abi}` : `v${s.front.abi}/v${s.back.abi}`, s.wanted, formatBytes(s.unit), s.ring, s.data,
];
export const COSTS_HEADER = ["hypercalls", "grants", "map+unmap", "copies", "requests", "bytes copied", "over-exposed"] as const;
export const costsRow = (s: Summary): readonly string[] => {
  const p = s.perMiB;
  return [p.hypercalls, p.grantEntries, p.mapElements, p.copyElements, p.ringRequests, p.bytesCopied, p.bytesExposed].map(String);
};
