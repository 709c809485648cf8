/** Choices that most moves make: usually what makes sense, sometimes an edge, rarely nonsense. */
import { XEN_PAGE } from "@granule/units";
import { HOLES, ODD, pagesOf, RAM, REGISTERS, type PageKind, windowOf } from "./belief.ts";
import type { Turn } from "./contract.ts";

export const hex = (n: number | bigint): string => `0x${n.toString(16)}`;
export const bytesOf = (gfn: number): string => hex(BigInt(gfn) * BigInt(XEN_PAGE.size));

/** One of `good` usually, else one of `edges`. */
export function usually<T>({ dice }: Turn, good: readonly T[], edges: readonly T[], probability = 0.8): T {
  return good.length > 0 && (edges.length === 0 || dice.chance(probability)) ? dice.pick(good) : dice.pick(edges);
}
/** SELF, its own number, another domain, or nobody. */
export const anyDomain = (t: Turn): string => t.dice.pick(["SELF", "SELF", "SELF", "SELF", ...t.all.map((b) => String(b.domid)), "0", "9", "0x7ff1", "0x8000"]);
/** A domain by number, or SELF. */
export const domainName = (t: Turn, domid: number): string => (domid === t.me.domid && t.dice.chance(0.7) ? "SELF" : String(domid));
/** A frame of one of these kinds; sometimes any other. */
export const frameOf = (t: Turn, ...kinds: readonly PageKind[]): number => usually(t, pagesOf(t.me, ...kinds), [...RAM, ...HOLES, ...ODD], 0.85);
/** Where a grant is mapped, or was. */
export const anyWindow = (t: Turn): number => usually(t, [...t.me.mappings.values()].map((m) => m.gfn), REGISTERS.map(windowOf), 0.9);
/** A port that it has, an edge, or any small number. */
export const anyPort = (t: Turn): number => usually(t, [...t.me.ports.keys()], [0, 1, 2, 5, 63, 64, 65, 1022, 1023, 1024, 4095, 2 ** 17, 2 ** 32 - 1], 0.85);
export const anyVcpu = (t: Turn): number => usually(t, [0, 0, 1], [2, 8, 2 ** 32 - 1], 0.9);
/** References that turns do not need. */
const EDGE_REFERENCES = [0, 1, 7, 8, 11, 499, 502, 511, 512, 1023, 100_000, 2 ** 32 - 1] as const;
/** A grant reference of a domain. */
export const anyReference = (t: Turn, domid: number): number => usually(t, [...(t.all.find((b) => b.domid === domid)?.entries.keys() ?? [])], EDGE_REFERENCES, 0.85);
/** Where arguments lie. */
export const anyPointer = (t: Turn): string =>
  t.dice.pick(["BUF", "BUF", "BUF", "UNMAPPED", "BUF+4092", "BUF2+0xffc", "0", "0x22000000", bytesOf(t.dice.chance(0.3) ? anyWindow(t) : frameOf(t, "ram", "hole", "shared-info", "grant-frame")), "0xffffffffffffff00"]);
