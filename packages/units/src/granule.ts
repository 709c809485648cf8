/**
 * A translation granule is a value that is given, never a constant imported by habit. This file and the level
 * rows of `@granule/arm` are the only places in the project that spell a page size as a numeral.
 */
import { type Address, add, type Bytes, type Frame, type GranuleSize, isAligned, offsetIn, type Space, toNumber, type XenGfn, type XenPages } from "./space.ts";

export type GranuleName = "4k" | "16k" | "64k";

/** One translation granule: conversions between addresses and its frames. */
export interface Granule<G extends GranuleSize = GranuleSize> {
  readonly name: GranuleName;
  /** Bytes. */
  readonly size: G;
  /** log2 of `size`. */
  readonly shift: 12 | 14 | 16;
  /** The frame that contains `a`. */
  frameOf<S extends Space>(a: Address<S>): Frame<S, G>;
  /** The first byte of a frame. */
  addressOf<S extends Space>(f: Frame<S, G>): Address<S>;
  isAligned(a: Address<Space> | Bytes): boolean;
  alignDown<S extends Space>(a: Address<S>): Address<S>;
  alignUp<S extends Space>(a: Address<S>): Address<S>;
  /** Bytes of `a` above its frame's first byte. */
  offsetOf(a: Address<Space>): Bytes;
  /** Frames that `size` bytes need, rounded up. */
  countUp(size: Bytes): number;
}

function granule<G extends GranuleSize>(name: GranuleName, size: G, shift: 12 | 14 | 16): Granule<G> {
  const alignDown = <S extends Space>(a: Address<S>): Address<S> => add(a, -offsetIn(a, size));
  return Object.freeze({
    name,
    size,
    shift,
    // BRAND: the quotient is a frame of this granule.
    frameOf: <S extends Space>(a: Address<S>) => (toNumber(alignDown(a)) / size) as unknown as Frame<S, G>,
    // BRAND: the product is an address of the frame's space.
    addressOf: <S extends Space>(f: Frame<S, G>) => (toNumber(f) * size) as unknown as Address<S>,
    isAligned: (a: Address<Space> | Bytes) => isAligned(a, size),
    alignDown,
    alignUp: <S extends Space>(a: Address<S>) => add(a, (size - offsetIn(a, size)) % size),
    offsetOf: (a: Address<Space>) => offsetIn(a, size),
    countUp: (bytes: Bytes) => Math.ceil(bytes / size),
  });
}

export const GRANULE_4K: Granule<4096> = /* @__PURE__ */ granule("4k", 4096, 12);
export const GRANULE_16K: Granule<16384> = /* @__PURE__ */ granule("16k", 16384, 14);
export const GRANULE_64K: Granule<65536> = /* @__PURE__ */ granule("64k", 65536, 16);

export type AnyGranule = Granule<4096> | Granule<16384> | Granule<65536>;
/** Smallest first. */
export const GRANULES: readonly AnyGranule[] = /* @__PURE__ */ Object.freeze([GRANULE_4K, GRANULE_16K, GRANULE_64K]);

/** Finds a granule by name ("64k", any case) or by size in bytes; undefined when there is none. */
export const findGranule = (key: string | number): AnyGranule | undefined =>
  GRANULES.find((g) => g.size === key || (typeof key === "string" && g.name === key.toLowerCase()));

/**
 * XEN_PAGE: the unit of ABI v1 (every frame number, count and order) and A, the unit of alignment of ABI v2.
 * Source: xen/include/public/io/ring.h, XEN_PAGE_SHIFT. It is 4096 for ever and says nothing about anyone's granule.
 */
export const XEN_PAGE: Granule<4096> = GRANULE_4K;
/** H, in bytes: backing unit of the hypervisor's own objects, of magic pages and of the machine allocator. */
export const BACKING_UNIT: Bytes = 65536;

/** Bytes as ABI v1 pages, exact. @throws RangeError when not a multiple. */
export function xenPages(size: Bytes): XenPages {
  if (size % XEN_PAGE.size !== 0) throw new RangeError(`${size} bytes are not a multiple of ${XEN_PAGE.size}`);
  return size / XEN_PAGE.size;
}
/** ABI v1 pages as bytes. */
export const bytesOfXenPages = (count: XenPages): Bytes => count * XEN_PAGE.size;
/** A frame number that was range-checked as ABI v1's gfn. */
// BRAND: a checked number becomes a frame.
export const xenGfn = (value: number): XenGfn => value as unknown as XenGfn;

export const KIB = 1024;
export const MIB = 1048576;
export const GIB = 1073741824;
/** KiB, MiB, GiB as bytes. */
export const kib = (n: number): Bytes => n * KIB;
export const mib = (n: number): Bytes => n * MIB;
export const gib = (n: number): Bytes => n * GIB;
