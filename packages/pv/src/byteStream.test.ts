import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type StreamLayout, streamReader, streamWriter } from "./byteStream.ts";
import type { SharedWords } from "./contract.ts";

const LAYOUT: StreamLayout = { buffer: 8, size: 16, cons: 0, prod: 4 };

function shared(at: number): { readonly view: DataView; readonly words: SharedWords } {
  const u8 = new Uint8Array(8 + 16 + 8).fill(0xcc);
  const view = new DataView(u8.buffer);
  view.setUint32(0, at, true);
  view.setUint32(4, at, true);
  return {
    view,
    words: {
      load32: (o) => view.getUint32(o, true), store32: (o, v) => view.setUint32(o, v, true), barrier: () => undefined,
      load: (o, into) => into.set(u8.subarray(o, o + into.length)), store: (o, from) => u8.set(from, o),
    },
  };
}
const step = fc.oneof(fc.record({ write: fc.uint8Array({ maxLength: 40 }) }), fc.record({ read: fc.integer({ min: 0, max: 40 }) }));

describe("a stream of bytes", () => {
  it("gives what was taken, in order, across 2^32, and stays in its buffer", () => {
    fc.assert(fc.property(fc.array(step), fc.constantFrom(0, 7, 2 ** 32 - 5, 2 ** 31), (steps, at) => {
      const { view, words } = shared(at);
      const writer = streamWriter(words, LAYOUT);
      const reader = streamReader(words, LAYOUT);
      const queue: number[] = [];
      for (const s of steps) {
        if ("write" in s) {
          const n = writer.write(s.write);
          expect(n).toBe(Math.min(s.write.length, LAYOUT.size - queue.length));
          queue.push(...s.write.subarray(0, n));
        } else {
          const expected = queue.splice(0, s.read);
          expect([...(reader.read(s.read) ?? [])]).toEqual(expected);
        }
        expect(writer.room()).toBe(LAYOUT.size - queue.length);
      }
      for (let i = 24; i < 32; i++) expect(view.getUint8(i)).toBe(0xcc);
    }));
  });
  it.each([[17, 0], [0, 1], [0x80000000, 0]])("prod %i and cons %i contradict each other: both ends say so, and write nothing", (prod, cons) => {
    const { view, words } = shared(0);
    view.setUint32(0, cons, true);
    view.setUint32(4, prod, true);
    expect([streamWriter(words, LAYOUT).write(new Uint8Array(1)), streamWriter(words, LAYOUT).room(), streamReader(words, LAYOUT).read()]).toEqual([-1, -1, undefined]);
    expect([view.getUint32(0, true), view.getUint32(4, true)]).toEqual([cons, prod]);
  });
});
