/** The machines of the fuzzer: one ordinary kind, and one for each scarcity that some declared error needs. Sizes in bytes. */
import { type AnyGranule, type Bytes, GRANULE_16K, GRANULE_4K, GRANULE_64K, kib, mib } from "@granule/units";
import type { FlavourName } from "./contract.ts";

export interface Flavour {
  readonly name: FlavourName;
  readonly xsm: "dummy" | "silo";
  /** Most handle numbers of a domain. */
  readonly handles: number;
  readonly maximumPort: number;
  /** Machine RAM for guests. */
  readonly ram: Bytes;
  /** RAM of a hostile domain, and the most that it may have. */
  readonly hostileRam: Bytes;
  readonly hostileMaximum: Bytes;
  /** Bytes of stage 2 tables beyond what a hostile domain needs when it is built; undefined: plenty. */
  readonly spareTables: Bytes | undefined;
  /** RAM comes in single granules that are no neighbours in the machine. */
  readonly isFragmented: boolean;
}

const plain: Flavour = {
  name: "plain", xsm: "dummy", handles: 1024, maximumPort: 255, ram: mib(8), hostileRam: mib(1), hostileMaximum: kib(1536), spareTables: undefined, isFragmented: false,
};
/** In the order of the episodes; most are ordinary. */
export const FLAVOURS: readonly Flavour[] = /* @__PURE__ */ Object.freeze([
  plain,
  { ...plain, name: "ports", maximumPort: 6 },
  { ...plain, name: "silo", xsm: "silo" },
  plain,
  { ...plain, name: "handles", handles: 256 },
  // RAM of one block, so that giving part of it back needs a table
  { ...plain, name: "tables", spareTables: 0, ram: mib(12), hostileRam: mib(2), hostileMaximum: mib(3) },
  { ...plain, name: "fragmented", isFragmented: true },
  { ...plain, name: "memory", ram: mib(3), hostileRam: kib(512), hostileMaximum: mib(4) },
]);

/** G of the two hostile domains, the neighbour and the control domain, by episode. */
const MIXES: readonly (readonly [AnyGranule, AnyGranule, AnyGranule, AnyGranule])[] = [
  [GRANULE_4K, GRANULE_16K, GRANULE_64K, GRANULE_4K],
  [GRANULE_64K, GRANULE_4K, GRANULE_16K, GRANULE_4K],
  [GRANULE_16K, GRANULE_64K, GRANULE_4K, GRANULE_4K],
  [GRANULE_4K, GRANULE_4K, GRANULE_16K, GRANULE_64K],
  [GRANULE_16K, GRANULE_4K, GRANULE_64K, GRANULE_16K],
];
/** One episode in this many is about rings instead of calls. */
const RINGS_EVERY = 25;
const rings: Flavour = { ...plain, name: "rings" };
export const flavourOf = (episode: number): Flavour => (episode % RINGS_EVERY === RINGS_EVERY - 1 ? rings : callsOf(episode));
const callsOf = (episode: number): Flavour => FLAVOURS[episode % FLAVOURS.length] ?? plain;
export const granulesOf = (episode: number): (typeof MIXES)[number] => MIXES[episode % MIXES.length] ?? [GRANULE_4K, GRANULE_4K, GRANULE_4K, GRANULE_4K];
