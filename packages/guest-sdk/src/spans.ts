/** First-fit allocator of ranges: free ranges in ascending order, never adjacent. Deterministic; knows no memory. */
import { type Bytes, hex, ipa, type Range, range, toNumber } from "@granule/units";

export interface Spans {
  /** `size` bytes at a multiple of `align` (a power of two), the lowest that is free; undefined when there is none. */
  alloc(size: Bytes, align: Bytes): Range<"ipa"> | undefined;
  /** Exactly this range; false when some of it is not free. */
  take(r: Range<"ipa">): boolean;
  /** @throws Error when some of it is free or outside. */
  free(r: Range<"ipa">): void;
  readonly bytesFree: Bytes;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** All of `whole` is free at the start. */
export function createSpans(whole: Range<"ipa">): Spans {
  const low = toNumber(whole.start);
  const high = low + whole.size;
  const spans: Span[] = whole.size > 0 ? [{ start: low, end: high }] : [];
  let bytesFree = whole.size;

  /** Index of the first span that ends above `at`. */
  const find = (at: number): number => {
    let a = 0;
    let b = spans.length;
    while (a < b) {
      const middle = (a + b) >>> 1;
      if ((spans[middle]?.end ?? 0) > at) b = middle;
      else a = middle + 1;
    }
    return a;
  };
  /** Cuts [start, end) out of span `i`, which contains it. */
  const cut = (i: number, span: Span, start: number, end: number): void => {
    const rest: Span[] = [];
    if (span.start < start) rest.push({ start: span.start, end: start });
    if (end < span.end) rest.push({ start: end, end: span.end });
    spans.splice(i, 1, ...rest);
    bytesFree -= end - start;
  };
  return {
    get bytesFree() {
      return bytesFree;
    },
    alloc(size, align) {
      for (const [i, span] of spans.entries()) {
        const start = Math.ceil(span.start / align) * align;
        if (start + size > span.end) continue;
        cut(i, span, start, start + size);
        return range(ipa(start), size);
      }
      return undefined;
    },
    take(r) {
      const start = toNumber(r.start);
      const i = find(start);
      const span = spans[i];
      if (span === undefined || span.start > start || span.end < start + r.size) return false;
      cut(i, span, start, start + r.size);
      return true;
    },
    free(r) {
      const start = toNumber(r.start);
      const end = start + r.size;
      const i = find(start);
      const after = spans[i];
      if (start < low || end > high || (after !== undefined && after.start < end)) throw new Error(`free of ${hex(start)}+${hex(r.size)}: not allocated`);
      const before = spans[i - 1];
      const joinsBefore = before !== undefined && before.end === start;
      const joinsAfter = after !== undefined && after.start === end;
      const joined: Span = { start: joinsBefore ? before.start : start, end: joinsAfter ? after.end : end };
      spans.splice(joinsBefore ? i - 1 : i, (joinsBefore ? 1 : 0) + (joinsAfter ? 1 : 0), joined);
      bytesFree += r.size;
    },
  };
}
