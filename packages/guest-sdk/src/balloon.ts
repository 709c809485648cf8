/**
 * The balloon driver: own pages out to the hypervisor and back, at the guest's own page size. Where S1 >= G, and in ABI
 * v1 always, a piece is one page of S1. Where S1 < G (v2) pages are handed in one by one and leave the domain when
 * their granule is complete; what comes back is a whole granule. Source: abi-v2, Memory ("accumulate").
 */
import type { Trap } from "@granule/machine";
import { add, alignDown, type AnyGranule, type Bytes, distance, type Ipa, range, type Range, toNumber } from "@granule/units";
import type { BalloonCalls } from "./balloonCalls.ts";
import type { Balloon, BalloonReport, Pages } from "./contract.ts";

/** A granule of which some pages were handed in. */
interface Incomplete {
  readonly start: Ipa;
  /** Offsets of those pages. */
  readonly have: Set<Bytes>;
}

/** `stage2`: G when the kernel knows it (ABI v2). */
export function createBalloon(pages: Pages, calls: BalloonCalls, stage2: AnyGranule | undefined): Balloon {
  const { unit } = pages;
  const accumulate = stage2 !== undefined && stage2.size > unit ? calls.accumulate : undefined;
  /** Size of what comes back in one piece. */
  const piece: Bytes = accumulate === undefined || stage2 === undefined ? unit : stage2.size;
  /** Pieces that left the domain; the last to go is the first to come back. */
  const out: Range<"ipa">[] = [];
  /** By address. */
  const incomplete = new Map<number, Incomplete>();
  let bytesPending = 0;

  const noPages = { code: "ENOMEM", why: `the kernel has no free page of ${unit} bytes` } as const;
  /** v1 answers a count and no reason. */
  const stopOf = (exchange: { readonly done: number; readonly failure: BalloonReport["stopped"] }, asked: number): BalloonReport["stopped"] =>
    exchange.failure ?? (exchange.done < asked ? { code: undefined, why: `ABI v1 answers only a count: ${exchange.done} of ${asked} extents` } : undefined);

  function* inflateWhole(size: Bytes): Trap<BalloonReport> {
    const list: Range<"ipa">[] = [];
    while (list.length * unit < size) {
      const page = pages.tryAlloc(unit);
      if (page === undefined) break;
      list.push(page);
    }
    const exchange = yield* calls.release(list);
    out.push(...list.slice(0, exchange.done));
    for (const page of list.slice(exchange.done)) pages.free(page);
    const bytes = exchange.done * unit;
    return { asked: size, moved: bytes, changed: bytes, stopped: stopOf(exchange, list.length) ?? (list.length * unit < size ? noPages : undefined) };
  }

  const granuleOf = (page: Range<"ipa">): Incomplete => {
    const start = alignDown(page.start, piece);
    const known = incomplete.get(toNumber(start)) ?? { start, have: new Set<Bytes>() };
    incomplete.set(toNumber(start), known);
    return known;
  };
  /** Pages to hand in: those that complete a granule first, then granules that are wholly free, then any. */
  const choose = (size: Bytes): Range<"ipa">[] => {
    const list: Range<"ipa">[] = [];
    const left = (): Bytes => size - list.length * unit;
    for (const { start, have } of incomplete.values())
      for (let offset = 0; offset < piece && left() > 0; offset += unit) {
        const page = range(add(start, offset), unit);
        if (!have.has(offset) && pages.take(page)) list.push(page);
      }
    while (left() > 0) {
      const whole = pages.tryAlloc(piece, piece) ?? pages.tryAlloc(unit);
      if (whole === undefined) break;
      const used = Math.min(whole.size, left());
      for (let offset = 0; offset < used; offset += unit) list.push(range(add(whole.start, offset), unit));
      if (used < whole.size) pages.free(range(add(whole.start, used), whole.size - used));
    }
    return list;
  };
  function* inflateByPieces(size: Bytes, handIn: NonNullable<BalloonCalls["accumulate"]>): Trap<BalloonReport> {
    const list = choose(size);
    const exchange = yield* handIn(list);
    for (const page of list.slice(exchange.done)) pages.free(page);
    for (const page of list.slice(0, exchange.done)) {
      const granule = granuleOf(page);
      granule.have.add(distance(page.start, granule.start));
      bytesPending += unit;
      if (granule.have.size * unit < piece) continue;
      incomplete.delete(toNumber(granule.start));
      bytesPending -= piece;
      out.push(range(granule.start, piece));
    }
    return {
      asked: size, moved: exchange.done * unit, changed: exchange.freed,
      stopped: stopOf(exchange, list.length) ?? (list.length * unit < size ? noPages : undefined),
    };
  }
  return {
    get bytesOut() {
      return out.length * piece;
    },
    get bytesPending() {
      return bytesPending;
    },
    inflate(size) {
      const asked = Math.ceil(size / unit) * unit;
      return accumulate === undefined ? inflateWhole(asked) : inflateByPieces(asked, accumulate);
    },
    *deflate(size) {
      const wanted = Math.ceil(size / piece);
      const list = out.slice(-wanted).reverse();
      const exchange = yield* calls.populate(list);
      out.length -= exchange.done;
      for (const r of list.slice(0, exchange.done)) pages.free(r);
      const bytes = exchange.done * piece;
      const empty = { code: "ENOENT", why: `only ${list.length} of ${wanted} pieces are out` } as const;
      return { asked: wanted * piece, moved: bytes, changed: bytes, stopped: stopOf(exchange, list.length) ?? (list.length < wanted ? empty : undefined) };
    },
  };
}
