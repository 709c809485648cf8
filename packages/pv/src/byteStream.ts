/**
 * One direction of a ring of bytes: a buffer, and two free-running indices modulo 2^32 of which each end writes one.
 * Each index is read once, checked, and only then used. Source: xen/include/public/io/console.h, "Ring access".
 */
import type { SharedWords } from "./contract.ts";
import type { Bytes } from "@granule/units";

/** Where a stream is in shared memory, in bytes. */
export interface StreamLayout {
  readonly buffer: Bytes;
  /** Bytes of the buffer, a power of two. */
  readonly size: Bytes;
  readonly cons: Bytes;
  readonly prod: Bytes;
}

/** The end that produces. */
export interface StreamWriter {
  /** Writes what fits; answers how many bytes. -1: the peer broke the stream. */
  write(bytes: Uint8Array): number;
  /** Bytes that fit now; -1 as in {@link write}. */
  room(): number;
}
/** The end that consumes. */
export interface StreamReader {
  /** Takes at most `limit` bytes; undefined: the peer broke the stream. */
  read(limit?: number): Uint8Array | undefined;
}

/** Bytes between the two indices; -1 when there are more than the buffer has. */
function used(words: SharedWords, { cons, prod, size }: StreamLayout): number {
  const bytes = (words.load32(prod) - words.load32(cons)) >>> 0;
  return bytes <= size ? bytes : -1;
}
/** Runs `each` over at most two pieces that do not wrap. */
function pieces({ buffer, size }: StreamLayout, index: number, count: number, each: (offset: Bytes, done: number, n: number) => void): void {
  const at = index & (size - 1);
  const first = Math.min(count, size - at);
  if (first > 0) each(buffer + at, 0, first);
  if (count > first) each(buffer, first, count - first);
}

export function streamWriter(words: SharedWords, layout: StreamLayout): StreamWriter {
  const room = (): number => {
    const bytes = used(words, layout);
    return bytes < 0 ? -1 : layout.size - bytes;
  };
  return {
    room,
    write(bytes) {
      const count = Math.min(room(), bytes.length);
      if (count <= 0) return count;
      const prod = words.load32(layout.prod);
      // the room is written after the index that says it is free
      words.barrier();
      pieces(layout, prod, count, (offset, done, n) => words.store(offset, bytes.subarray(done, done + n)));
      // the index says so after the bytes are there
      words.barrier();
      words.store32(layout.prod, (prod + count) >>> 0);
      return count;
    },
  };
}

export function streamReader(words: SharedWords, layout: StreamLayout): StreamReader {
  return {
    read(limit = layout.size) {
      const there = used(words, layout);
      if (there < 0) return undefined;
      const bytes = new Uint8Array(Math.min(there, limit));
      const cons = words.load32(layout.cons);
      // the bytes are read after the index that says they are there
      words.barrier();
      pieces(layout, cons, bytes.length, (offset, done, n) => words.load(offset, bytes.subarray(done, done + n)));
      // the room is given back after the bytes were read
      words.barrier();
      if (bytes.length > 0) words.store32(layout.cons, (cons + bytes.length) >>> 0);
      return bytes;
    },
  };
}
