/** The steps of a random sequence: what a guest or its toolstack may do next. Places and entries are picked by number. */
import fc from "fast-check";
import { BACKING_UNIT, kib, XEN_PAGE } from "@granule/units";

export const PAGE = XEN_PAGE.size;
export const RAM = kib(512);
export const PAGES = RAM / PAGE;
/** Pages of a 64 KiB unit, and places for mappings, each of that size. */
export const UNIT = BACKING_UNIT / PAGE;
export const SLOTS = 6;
const REFS = 3;
/** The last unit holds the arguments of calls. */
export const GRANTABLE = PAGES - UNIT;

/** `stray`: 0 is somebody whom the entry does not name. `pick`s choose among the entries that grant something. */
export type Step =
  | { readonly kind: "grant"; readonly table: 1 | 2; readonly index: number; readonly by: number; readonly to: number; readonly page: number; readonly slot: number; readonly log2: number; readonly flags: number; readonly rude: number }
  | { readonly kind: "end"; readonly by: number; readonly pick: number }
  | { readonly kind: "map"; readonly abi: 1 | 2; readonly pick: number; readonly stray: number; readonly by: number; readonly slot: number; readonly sub: number; readonly size: number; readonly writes: boolean }
  | { readonly kind: "unmap"; readonly abi: 1 | 2; readonly by: number; readonly which: number }
  | { readonly kind: "copy"; readonly by: number; readonly stray: number; readonly source: SideStep; readonly dest: SideStep; readonly length: number; readonly fits: number }
  | { readonly kind: "release"; readonly by: number; readonly unit: number; readonly again: number };
export interface SideStep {
  readonly isRef: boolean;
  readonly pick: number;
  /** In the grant, or in own RAM. */
  readonly at: number;
}

const who = fc.nat({ max: 2 });
const dice = fc.nat({ max: 7 });
const table = fc.constantFrom<1 | 2>(1, 2, 2);
const index = fc.nat({ max: REFS - 1 });
const side: fc.Arbitrary<SideStep> = fc.record({ isRef: fc.boolean(), pick: fc.nat(), at: fc.nat({ max: RAM - 1 }) });
export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("grant" as const), table, index, by: who, to: who, page: fc.nat({ max: GRANTABLE - 1 }), slot: fc.nat({ max: 3 * SLOTS }), log2: fc.constantFrom(0, 2, 4, 4, 5), flags: fc.constantFrom(1, 1, 1, 5, 2, 0), rude: dice }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("end" as const), by: who, pick: fc.nat() }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("map" as const), abi: fc.constantFrom<1 | 2>(1, 2, 2), pick: fc.nat(), stray: dice, by: who, slot: fc.nat({ max: SLOTS - 1 }), sub: fc.nat({ max: 1 }), size: dice, writes: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("unmap" as const), abi: fc.constantFrom<1 | 2>(1, 2), by: who, which: fc.nat({ max: 7 }) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("copy" as const), by: who, stray: dice, source: side, dest: side, length: fc.oneof(fc.nat({ max: 200 }), fc.nat({ max: RAM / 4 })), fits: dice }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("release" as const), by: who, unit: fc.nat({ max: GRANTABLE / UNIT - 1 }), again: dice }) },
);
