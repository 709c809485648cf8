import { expect, test } from "vitest";
import fc from "fast-check";
import { createClock, createRandom } from "./determinism.ts";
import { createTrace, jsonLines, ringSink, teeSink, type TraceRecord } from "./trace.ts";

test("a seed decides the whole stream, and streams of different seeds differ", () => {
  const take = (seed: string): number[] => {
    const next = createRandom(seed);
    return Array.from({ length: 20 }, next);
  };
  fc.assert(
    fc.property(fc.string(), fc.string(), (s, t) => {
      expect(take(s)).toEqual(take(s));
      if (s !== t) expect(take(s)).not.toEqual(take(t));
      for (const x of take(s)) expect(x >= 0 && x < 1).toBe(true);
    }),
  );
});
test("the stream is even: 16 buckets of 16000 numbers hold 1000 +- 150 each", () => {
  const next = createRandom("even");
  const buckets = Array.from({ length: 16 }, () => 0);
  for (let i = 0; i < 16000; i++) {
    const b = Math.floor(next() * 16);
    buckets[b] = (buckets[b] ?? 0) + 1;
  }
  for (const n of buckets) expect(Math.abs(n - 1000)).toBeLessThan(150);
});
test("the clock moves only when it is moved", () => {
  const clock = createClock();
  clock.advance(5);
  clock.advance(7);
  expect(clock.now()).toBe(12);
  clock.set(3);
  expect(clock.now()).toBe(3);
});
test("a trace without a sink is off; with one it carries the machine's time", () => {
  const clock = createClock();
  expect(createTrace(clock).on).toBe(false);
  const lines: string[] = [];
  const trace = createTrace(clock, jsonLines((l) => void lines.push(l)));
  clock.advance(9);
  trace.emit("hvc", { nr: 12, name: "x", ok: true });
  expect(lines).toEqual(['{"t":9,"kind":"hvc","nr":12,"name":"x","ok":true}\n']);
});
test("a ring keeps the newest records, oldest first", () => {
  fc.assert(
    fc.property(fc.nat(40), fc.integer({ min: 1, max: 10 }), (n, limit) => {
      const ring = ringSink(limit);
      const seen: TraceRecord[] = [];
      const sink = teeSink(ring.sink, (r) => void seen.push(r));
      for (let t = 0; t < n; t++) sink({ t, kind: "k" });
      expect(ring.records()).toEqual(seen.slice(-limit));
    }),
  );
});
