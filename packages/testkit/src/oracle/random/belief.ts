/** What a domain of a random script is believed to have. */

/** A guest frame of the playground. "read-only": a grant may be mapped there without the right to write, which hangs a writer. */
export type PageKind = "ram" | "hole" | "shared-info" | "grant-frame" | "mapped" | "read-only" | "unknown";

export interface GrantEntry {
  readonly flags: number;
  readonly domid: number;
  readonly gfn: number;
}
export interface Mapping {
  readonly handle: number;
  readonly gfn: number;
}
/** Who is at the other end: nobody of this domain's for an IPI or a VIRQ. */
export interface BelievedPort {
  readonly kind: "unbound" | "interdomain" | "ipi" | "virq";
  readonly domid: number;
  readonly port: number;
}

export interface Belief {
  readonly tag: string;
  readonly domid: number;
  /** Frames of the playground. */
  readonly pages: Map<number, PageKind>;
  readonly ports: Map<number, BelievedPort>;
  readonly entries: Map<number, GrantEntry>;
  readonly mappings: Mapping[];
  /** Handles in the order in which they are given out. */
  readonly freeHandles: number[];
  /** Where vcpu_info of a vcpu is. */
  readonly vcpuInfo: Map<number, number>;
  sharedInfo: number | undefined;
  /** Where the first frame of the grant table is. */
  table: number | undefined;
  hasFifo: boolean;
  /** Granule of stage 1 in KiB, as the script says it; 0: off. */
  stage1: 0 | 4 | 64;
}

const frames = (first: number, count: number): readonly number[] => Array.from({ length: count }, (_, i) => first + i);
/** RAM that steps may do anything with; it is filled at the start. */
export const RAM = /* @__PURE__ */ frames(0x41200, 32);
/** Nothing is there. */
export const HOLES = /* @__PURE__ */ frames(0x46000, 16);
/** Nothing is there; only read-only grants are mapped here, and nobody writes here. */
export const READ_ONLY = /* @__PURE__ */ frames(0x46800, 8);
/** Where Xen's device tree tells guests to put grant frames. */
export const GRANT_AREA = /* @__PURE__ */ frames(0x38000, 6);
/** RAM that nobody reads: whole blocks of order 9 come and go. */
export const BIG = 0x42000;
/** Run states are written here at any time, so that nobody else uses it. */
export const RUN_STATES = 0x41240;
/** Not of the playground: virtual UART, interrupt controller, beyond the address size. */
export const ODD: readonly number[] = [0, 0x3001, 0x22000, 0xfffffffff, 0x100000000000, 2 ** 52 - 1];
export const VCPUS = 2;
/** Handles that a domain may use at most here. */
const HANDLES = 64;

export const createBelief = (tag: string, domid: number): Belief => ({
  tag, domid,
  pages: new Map([
    ...RAM.map((gfn) => [gfn, "ram"] as const), ...HOLES.map((gfn) => [gfn, "hole"] as const), ...READ_ONLY.map((gfn) => [gfn, "read-only"] as const),
    ...GRANT_AREA.map((gfn) => [gfn, "hole"] as const),
  ]),
  ports: new Map(), entries: new Map(), mappings: [], freeHandles: frames(0, HANDLES).slice(), vcpuInfo: new Map(),
  sharedInfo: undefined, table: undefined, hasFifo: false, stage1: 0,
});

/** Frames that are believed to be of one of these kinds. */
export const pagesOf = (b: Belief, ...kinds: readonly PageKind[]): readonly number[] => [...b.pages].flatMap(([gfn, kind]) => (kinds.includes(kind) ? [gfn] : []));
/** Something else is there now. */
export function place(b: Belief, gfn: number, kind: PageKind): void {
  if (!b.pages.has(gfn) || b.pages.get(gfn) === "read-only") return;
  b.pages.set(gfn, kind);
  if (b.sharedInfo === gfn && kind !== "shared-info") b.sharedInfo = undefined;
  if (b.table === gfn && kind !== "grant-frame") b.table = undefined;
}
/** The port that Xen gives next. */
export function nextPort(b: Belief): number {
  let port = 1;
  while (b.ports.has(port)) port++;
  return port;
}
