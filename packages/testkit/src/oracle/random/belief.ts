/** What a domain of a random script is believed to have. */

/** A guest frame of the playground. */
export type PageKind = "ram" | "hole" | "shared-info" | "grant-frame" | "unknown";

interface GrantEntry {
  readonly flags: number;
  readonly domid: number;
  readonly gfn: number;
}
/** A grant that may be mapped. Its handle is in the interpreter's register of this number. */
export interface Mapping {
  readonly register: number;
  readonly gfn: number;
  readonly granter: number;
  readonly isReadOnly: boolean;
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
  /** By register: it is not used again before it was unmapped at its place. */
  readonly mappings: Map<number, Mapping>;
  /** Pages that it gave up: as many can come back. */
  spare: number;
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
/** Where each register's grant is mapped: nothing else is put there, and what is mapped read-only is not written to, which would hang. */
const WINDOWS = 0x46800;
/** Registers of the interpreter that hold handles; those below have a use of their own. */
export const REGISTERS = /* @__PURE__ */ frames(4, 24);
export const windowOf = (register: number): number => WINDOWS + register;
/** Whether its grant may be mapped read-only: a page of stage 1 that points to another one can always be written to. */
export const mayBeReadOnly = (register: number): boolean => register % 2 === 1;
/** Where Xen's device tree tells guests to put grant frames. */
export const GRANT_AREA = /* @__PURE__ */ frames(0x38000, 6);
/** RAM that nobody reads: whole blocks of order 9 come and go. */
export const BIG = 0x42000;
/** Run states are written here at any time, so that nobody else uses it. */
export const RUN_STATES = 0x41240;
/** Not of the playground: virtual UART, interrupt controller, beyond the address size. */
export const ODD: readonly number[] = [0, 0x3001, 0x22000, 0xfffffffff, 0x100000000000, 2 ** 52 - 1];
export const VCPUS = 2;

export const createBelief = (tag: string, domid: number): Belief => ({
  tag, domid,
  pages: new Map([
    ...RAM.map((gfn) => [gfn, "ram"] as const), ...HOLES.map((gfn) => [gfn, "hole"] as const),
    ...GRANT_AREA.map((gfn) => [gfn, "hole"] as const),
  ]),
  ports: new Map(), entries: new Map(), mappings: new Map(),
  spare: 0, sharedInfo: undefined, table: undefined, hasFifo: false, stage1: 0,
});

/** Frames that are believed to be of one of these kinds. */
export const pagesOf = (b: Belief, ...kinds: readonly PageKind[]): readonly number[] => [...b.pages].flatMap(([gfn, kind]) => (kinds.includes(kind) ? [gfn] : []));
/** RAM that is given up. */
export function giveUp(b: Belief, gfn: number): void {
  if (b.pages.get(gfn) === "ram") b.spare++;
  place(b, gfn, "hole");
}
/** RAM that comes, if there may be more. */
export function populate(b: Belief, gfn: number, pages: number): void {
  if (b.spare < pages) return;
  b.spare -= pages;
  for (let i = 0; i < pages; i++) place(b, gfn + i, "ram");
}
/** Something else is there now. */
export function place(b: Belief, gfn: number, kind: PageKind): void {
  if (!b.pages.has(gfn)) return;
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
