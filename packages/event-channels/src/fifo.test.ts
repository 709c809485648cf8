/**
 * FIFO delivery against a naive model: a set of pending ports. The guest side is the consumer of "FIFO-based Event
 * Channel ABI", cut at every memory access, so that events arrive between any two of them.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { createMachineMemory, type MachineMemory } from "@granule/machine";
import { add, kib, type Pa } from "@granule/units";
import { C } from "@granule/xen-abi";
import type { Domain, Vcpu, VcpuInfos } from "@granule/hypervisor";
import { createFifo, type Fifo } from "./fifo.ts";
import { type Channel, createPortTable } from "./ports.ts";

const PORTS = 8;
const VCPUS = 2;
const QUEUES = 16;
const PENDING = 2 ** 31;
const MASKED = 2 ** 30;
const LINKED = 2 ** 29;
const LINK = 2 ** 17 - 1;

interface Bench {
  readonly memory: MachineMemory;
  readonly fifo: Fifo;
  readonly channels: readonly Channel[];
  readonly upcall: boolean[];
  /** Loads and stores of memory since the last reset. */
  accesses: number;
  word(port: number): Pa;
  block(vcpu: number): Pa;
}

function createBench(): Bench {
  const real = createMachineMemory(kib(64));
  const upcall = [false, false];
  const b = { accesses: 0 };
  const memory: MachineMemory = {
    ...real,
    load32: (at) => (b.accesses++, real.load32(at)),
    store32: (at, v) => (b.accesses++, real.store32(at, v)),
  };
  const domain = { domid: 1, vcpus: Array.from({ length: VCPUS }, (_, index) => ({ index }) as Vcpu) } as unknown as Domain;
  const infos = { raise: (v: Vcpu) => void (upcall[v.index] = true) } as VcpuInfos;
  const fifo = createFifo(memory, infos, domain);
  const array = add(real.base, kib(16));
  const blocks = add(real.base, kib(32));
  fifo.frames.push(array);
  for (let v = 0; v < VCPUS; v++) fifo.blocks[v] = add(blocks, v * 128);
  const table = createPortTable();
  const channels = table.all().slice(1, PORTS + 1);
  for (const c of channels) {
    c.state = "ipi";
    c.vcpu = c.port % VCPUS;
  }
  return Object.assign(b, { memory: real, fifo, channels, upcall, word: (port: number) => add(array, 4 * port), block: (v: number) => add(blocks, 128 * v) });
}

/** The guest's upcall handler on one vcpu: yields between any two accesses of shared memory. Never more steps than a list can be long. */
function* consume(b: Bench, vcpu: number, heads: number[], deliver: (port: number) => void): Generator<void, void, void> {
  const { memory } = b;
  b.upcall[vcpu] = false;
  yield;
  const takeReady = (): number => {
    const bits = memory.load32(b.block(vcpu));
    memory.store32(b.block(vcpu), 0);
    return bits;
  };
  let ready = takeReady();
  for (let steps = 0; ready !== 0 && steps < 1000; steps++) {
    yield;
    const queue = 31 - Math.clz32(ready & -ready);
    let head = heads[queue] ?? 0;
    if (head === 0) head = memory.load32(add(b.block(vcpu), 8 + 4 * queue));
    yield;
    const word = memory.load32(b.word(head));
    memory.store32(b.word(head), (word & ~(LINKED | LINK)) >>> 0);
    const next = word & LINK;
    if (next === 0) ready &= ~(1 << queue);
    heads[queue] = next;
    yield;
    const now = memory.load32(b.word(head));
    if ((now & PENDING) !== 0 && (now & MASKED) === 0) {
      memory.store32(b.word(head), (now & ~PENDING) >>> 0);
      deliver(head);
    }
    yield;
    ready |= takeReady();
  }
}

type Action =
  | { readonly kind: "raise" | "mask" | "unmask"; readonly port: number }
  | { readonly kind: "priority" | "move"; readonly port: number; readonly to: number }
  | { readonly kind: "step"; readonly vcpu: number };
const port = fc.integer({ min: 0, max: PORTS - 1 });
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("raise" as const), port }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("mask" as const, "unmask" as const), port }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("priority" as const), port, to: fc.integer({ min: 0, max: QUEUES - 1 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("move" as const), port, to: fc.integer({ min: 0, max: VCPUS - 1 }) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("step" as const), vcpu: fc.integer({ min: 0, max: VCPUS - 1 }) }) },
);

test("no event is lost, and none is delivered twice, however the guest consumes", () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 200, size: "max" }), (actions) => {
      const b = createBench();
      /** The model: raised and not delivered since. */
      const raised = new Set<number>();
      const heads = Array.from({ length: VCPUS }, () => Array.from({ length: QUEUES }, () => 0));
      const running: (Generator<void, void, void> | undefined)[] = [undefined, undefined];
      const deliver = (p: number): void => {
        expect(raised.delete(p), `port ${p} delivered without having been raised`).toBe(true);
      };
      const step = (vcpu: number): void => {
        if (running[vcpu] === undefined && b.upcall[vcpu] === true) running[vcpu] = consume(b, vcpu, heads[vcpu] ?? [], deliver);
        if (running[vcpu]?.next().done === true) running[vcpu] = undefined;
      };
      const channel = (i: number): Channel => b.channels[i] ?? expect.fail("no channel");
      for (const a of actions) {
        if (a.kind === "step") step(a.vcpu);
        else if (a.kind === "raise") {
          raised.add(channel(a.port).port);
          b.fifo.raise(channel(a.port));
        } else if (a.kind === "mask") b.memory.store32(b.word(a.port + 1), (b.memory.load32(b.word(a.port + 1)) | MASKED) >>> 0);
        else if (a.kind === "priority") channel(a.port).priority = a.to;
        else if (a.kind === "move") channel(a.port).vcpu = a.to;
        else b.fifo.unmask(channel(a.port));
      }
      for (const c of b.channels) b.fifo.unmask(c);
      for (let i = 0; i < 20_000 && (running.some((r) => r !== undefined) || b.upcall.includes(true)); i++) for (let v = 0; v < VCPUS; v++) step(v);
      expect([...raised]).toEqual([]);
      expect(b.channels.filter((c) => b.fifo.isPending(c) || b.fifo.isBusy(c))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

type Spoil = { readonly at: number; readonly value: number };
test("a guest that writes anything into its words and blocks costs a bounded number of accesses, and reaches nothing else", () => {
  const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const hostile = fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("spoil" as const), at: fc.integer({ min: 0, max: PORTS + 1 }), value: fc.oneof(word, word.map((w) => (w | LINKED) >>> 0)) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("block" as const), at: fc.integer({ min: 0, max: 17 }), value: word }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("raise" as const, "unmask" as const, "clear" as const), port }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("move" as const), port, queue: fc.integer({ min: 0, max: 15 }), vcpu: fc.integer({ min: 0, max: VCPUS - 1 }) }) },
  );
  fc.assert(
    fc.property(fc.array(hostile, { maxLength: 120, size: "max" }), (actions) => {
      const b = createBench();
      const spoil = (at: Pa, s: Spoil): void => b.memory.store32(at, s.value);
      for (const a of actions) {
        b.accesses = 0;
        if (a.kind === "spoil") spoil(b.word(a.at), a);
        else if (a.kind === "block") spoil(add(b.block(0), 4 * a.at), a);
        else {
          const c = b.channels[a.port] ?? expect.fail("no channel");
          if (a.kind === "move") {
            c.priority = a.queue;
            c.vcpu = a.vcpu;
          } else b.fifo[a.kind](c);
        }
        // unmask: 2; raise: word 2, tail 2, head 1, ready 2
        expect(b.accesses).toBeLessThanOrEqual(9);
      }
      const inArray = (at: number): boolean => at >= kib(16) && at < kib(16) + 4 * (PORTS + 2);
      const inBlocks = (at: number): boolean => at >= kib(32) && at < kib(32) + 128 + 72;
      const touched = b.memory.u8.reduce<number[]>((list, byte, at) => (byte !== 0 && !inArray(at) && !inBlocks(at) ? [...list, at] : list), []);
      expect(touched).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test("a raise before the array has the port's word is owed; without a control block it is dropped", () => {
  const b = createBench();
  b.fifo.frames.length = 0;
  const [c] = b.channels;
  if (c === undefined) expect.fail("no channel");
  b.fifo.raise(c);
  expect([c.owed, b.fifo.isPending(c), b.fifo.isMasked(c), b.fifo.isBusy(c)]).toEqual([true, false, true, false]);
  const other = createBench();
  const [d] = other.channels;
  if (d === undefined) expect.fail("no channel");
  other.fifo.blocks[d.vcpu] = undefined;
  other.fifo.raise(d);
  expect([d.owed, other.fifo.isPending(d)]).toEqual([false, false]);
});

test("the layout is the header's", () => {
  expect([C.EVTCHN_FIFO.PENDING, C.EVTCHN_FIFO.MASKED, C.EVTCHN_FIFO.LINKED, C.EVTCHN_FIFO.BUSY, C.EVTCHN_FIFO.LINK_BITS]).toEqual([31, 30, 29, 28, 17]);
});
