/* oxlint-disable require-yield -- a program that never traps is a generator all the same */
import { expect, test } from "vitest";
import fc from "fast-check";
import { EC, ESR_ELx } from "@granule/arm";
import { add, kib, mib, ModelBug, toNumber, va, XEN_PAGE } from "@granule/units";
import { type AbortInfo, type Engine, type ScriptedHost, GuestAbort, type GuestProgram, type Translator } from "./contract.ts";
import { createMachineMemory } from "./memory.ts";
import { createVcpuRegs, VcpuRegsLayout } from "./regs.ts";
import { createScriptedEngine } from "./scripted.ts";

const UNIT = 4096;
const UNITS = 16;

interface Bench {
  readonly engine: Engine;
  readonly host: ScriptedHost;
  /** Machine offset of each unit of the guest's VA space from 0 on; undefined: a fault. Scattered, so that neighbours are not contiguous. */
  readonly units: (number | undefined)[];
  invalidations: number;
  aborts: AbortInfo[];
  /** What the host answers to a stage 2 abort. */
  answer: (info: AbortInfo, value: number) => ReturnType<ScriptedHost["abort"]>;
  now: number;
}
function bench(program: GuestProgram, stage: 1 | 2 = 1): Bench {
  const memory = createMachineMemory(mib(1));
  const regs = createVcpuRegs(memory, memory.base);
  const units: (number | undefined)[] = Array.from({ length: UNITS }, (_, i) => kib(64) + ((i * 7) % UNITS) * UNIT);
  let abort: AbortInfo = { esr: 0, va: va(0), write: false, bytes: 0, stage: 1, ipa: undefined };
  const translator: Translator = {
    get abort() {
      return abort;
    },
    translate(at, access) {
      const unit = units[Math.floor(toNumber(at) / UNIT)];
      if (unit !== undefined) return toNumber(memory.at(unit)) + (toNumber(at) % UNIT);
      abort = { esr: 0x96000007, va: at, write: access === 1, bytes: 0, stage, ipa: undefined };
      return -1;
    },
    invalidate: () => void b.invalidations++,
  };
  const host: ScriptedHost = { memory, regs, translator, abort: (info, value) => (b.aborts.push(info), b.answer(info, value)), now: () => b.now };
  const b: Bench = { engine: createScriptedEngine(host, program), host, units, invalidations: 0, aborts: [], answer: () => "inject", now: 0 };
  return b;
}
/** Runs to the end and answers the kinds of all exits. */
function kinds(e: Engine, limit = 100): string[] {
  const out: string[] = [];
  for (let i = 0; i < limit; i++) {
    const exit = e.run(1000);
    out.push(exit.kind);
    if (exit.kind === "end" || exit.kind === "crash") return out;
  }
  throw new Error("the program does not end");
}

test("loads and stores of every size and alignment agree with a flat array, across units too", () => {
  const at = fc.integer({ min: 0, max: UNITS * UNIT - 8 });
  const near = fc.tuple(fc.integer({ min: 1, max: UNITS - 1 }), fc.integer({ min: -8, max: 0 })).map(([u, d]) => u * UNIT + d);
  const op = fc.record({ at: fc.oneof(at, near), size: fc.constantFrom(1, 2, 4, 8, 53), value: fc.bigInt(0n, 2n ** 64n - 1n) });
  fc.assert(
    fc.property(fc.array(op, { maxLength: 40 }), (list) => {
      const flat = new DataView(new ArrayBuffer(UNITS * UNIT));
      const b = bench(function* (g) {
        for (const o of list) {
          const where = va(o.at);
          const n = (bits: number): number => Number(BigInt.asUintN(bits, o.value));
          switch (o.size) {
            case 1: g.store8(where, n(8)); flat.setUint8(o.at, n(8)); break;
            case 2: g.store16(where, n(16)); flat.setUint16(o.at, n(16), true); break;
            case 4: g.store32(where, n(32)); flat.setUint32(o.at, n(32), true); break;
            case 8: g.store64(where, o.value); flat.setBigUint64(o.at, o.value, true); break;
            default: g.store53(where, n(53)); flat.setBigUint64(o.at, BigInt(n(53)), true);
          }
          expect(g.load8(where)).toBe(flat.getUint8(o.at));
          expect(g.load16(where)).toBe(flat.getUint16(o.at, true));
          expect(g.load32(where)).toBe(flat.getUint32(o.at, true));
          expect(g.load64(where)).toBe(flat.getBigUint64(o.at, true));
          if (flat.getBigUint64(o.at, true) < 2n ** 53n) expect(g.load53(where)).toBe(Number(flat.getBigUint64(o.at, true)));
        }
        const all = new Uint8Array(UNITS * UNIT);
        g.read(va(0), all);
        expect(all).toEqual(new Uint8Array(flat.buffer));
        g.fill(va(100), 3 * UNIT, 0x5a);
        g.write(va(UNIT - 3), Uint8Array.of(1, 2, 3, 4, 5));
        g.read(va(100), all.subarray(0, 3 * UNIT));
        expect([...all.subarray(UNIT - 103, UNIT - 98)]).toEqual([1, 2, 3, 4, 5]);
        expect(all[3 * UNIT - 1]).toBe(0x5a);
      });
      expect(kinds(b.engine)).toEqual(["end"]);
    }),
    { numRuns: 60 },
  );
});
test("an unaligned access is not single-copy: the part before a fault was done", () => {
  const b = bench(function* (g) {
    expect(() => g.store32(va(2 * UNIT - 2), 0x44332211)).toThrow(GuestAbort);
    expect(g.load16(va(2 * UNIT - 2))).toBe(0x2211);
    expect(() => g.load32(va(2 * UNIT - 2))).toThrow(GuestAbort);
  });
  b.units[2] = undefined;
  expect(kinds(b.engine)).toEqual(["end"]);
});
test("a naturally aligned access is done whole or not at all", () => {
  const b = bench(function* (g) {
    g.store64(va(2 * UNIT - 8), 1n);
    expect(() => g.store64(va(2 * UNIT), 2n)).toThrow(GuestAbort);
    expect(g.load64(va(2 * UNIT - 8))).toBe(1n);
  });
  b.units[2] = undefined;
  expect(kinds(b.engine)).toEqual(["end"]);
});
test("an abort is thrown inside the guest, which may go on; uncaught it is a crash that says where", () => {
  const seen: string[] = [];
  const b = bench(function* (g) {
    try {
      g.load8(va(3 * UNIT + 5));
    } catch (e) {
      if (e instanceof GuestAbort) seen.push(e.message);
    }
    yield* g.pause();
    g.store8(va(3 * UNIT + 6), 1);
  });
  b.units[3] = undefined;
  expect(b.engine.run(1).kind).toBe("budget");
  const crash = { kind: "crash", rule: "unhandled-abort", why: "data abort at va 0x3006, esr 0x96000007" };
  expect(b.engine.run(1)).toEqual(crash);
  expect(b.engine.run(1)).toEqual(crash);
  expect(seen).toEqual(["data abort at va 0x3005, esr 0x96000007"]);
});
test("another error of the program is its crash; a bug of the model is not", () => {
  const program = bench(function* () { throw new TypeError("oops"); });
  expect(program.engine.run(1)).toEqual({ kind: "crash", rule: "program", why: "oops" });
  const model = bench(function* () { throw new ModelBug("wrong"); });
  expect(() => model.engine.run(1)).toThrow(ModelBug);
});
test("a stage 2 abort goes to the host: a device answers, a retry repeats, else the guest gets it", () => {
  const b = bench(function* (g) {
    expect(g.load32(va(UNIT + 4))).toBe(0x1234);
    g.store32(va(UNIT + 8), 77);
    g.store32(va(2 * UNIT), 5);
    expect(g.load32(va(2 * UNIT))).toBe(5);
    const bytes = new Uint8Array(UNIT + 8).fill(0xee);
    g.read(va(UNIT - 4), bytes);
    expect(bytes.subarray(4, UNIT + 4).every((x) => x === 0)).toBe(true);
    g.fill(va(UNIT), 16, 9);
    expect(() => g.load8(va(4 * UNIT))).toThrow(GuestAbort);
    expect(() => g.compareAndSwap32(va(UNIT), 0, 1)).toThrow(GuestAbort);
  }, 2);
  const values: number[] = [];
  const home = b.units[2];
  b.units[1] = b.units[2] = b.units[4] = undefined;
  b.answer = (info, value) => {
    const unit = Math.floor(toNumber(info.va) / UNIT);
    if (unit === 2) return (b.units[2] = home), "retry";
    if (unit !== 1) return "inject";
    if (info.write) values.push(value);
    return 0x1234;
  };
  expect(kinds(b.engine)).toEqual(["end"]);
  expect(values[0]).toBe(77);
  expect(b.aborts[0]).toMatchObject({ bytes: 4, write: false });
});
test("a host that says retry for ever is the model's bug", () => {
  const b = bench(function* (g) { g.load8(va(0)); }, 2);
  b.units[0] = undefined;
  b.answer = () => "retry";
  expect(() => b.engine.run(1)).toThrow(ModelBug);
});
test("atomic operations answer the old word; an unaligned one is an alignment fault", () => {
  const b = bench(function* (g) {
    g.store32(va(8), 0x80000001);
    expect(g.compareAndSwap32(va(8), 5, 6)).toBe(0x80000001);
    expect(g.compareAndSwap32(va(8), 0x80000001, 6)).toBe(0x80000001);
    expect(g.fetchOr32(va(8), 0x80000000)).toBe(6);
    expect(g.fetchAnd32(va(8), 0x80000002)).toBe(0x80000006);
    expect(g.load32(va(8))).toBe(0x80000002);
    try {
      g.fetchOr32(va(UNIT - 2), 1);
      expect.unreachable();
    } catch (e) {
      if (!(e instanceof GuestAbort)) throw e;
      const esr = ESR_ELx.decode(BigInt(e.info.esr));
      expect([esr.EC, esr.ISS & 0x3f, e.info.write]).toEqual([EC.DATA_ABORT_SAME, 0x21, true]);
    }
  });
  expect(kinds(b.engine)).toEqual(["end"]);
});
test("traps are exits: hvc with its immediate, wait with its time, and both are charged", () => {
  const b = bench(function* (g) {
    g.regs.setBigUint64(0, 42n, true);
    yield* g.hvc(0xea1);
    yield* g.wait(500);
    yield* g.wait();
  });
  expect(b.engine.run(1)).toEqual({ kind: "hvc", imm: 0xea1 });
  expect(b.host.memory.view.getBigUint64(0, true)).toBe(42n);
  const retired = b.host.regs.retired;
  expect(retired).toBeGreaterThan(0);
  expect(b.engine.run(1)).toEqual({ kind: "wait", until: 500 });
  expect(b.engine.run(1)).toEqual({ kind: "wait", until: Infinity });
  expect(b.host.regs.retired).toBeGreaterThan(retired);
  expect(b.engine.run(1)).toEqual({ kind: "end" });
  expect(b.engine.run(1)).toEqual({ kind: "end" });
});
test("a wait is over at once when the line is up or the time has come, but others still get a turn", () => {
  const b = bench(function* (g) {
    yield* g.wait();
    yield* g.wait(5);
    yield* g.wait(15);
  });
  b.engine.irq(true);
  expect(b.engine.run(1).kind).toBe("budget");
  b.engine.irq(false);
  b.now = 10;
  expect(b.engine.run(1).kind).toBe("budget");
  expect(b.engine.run(1)).toEqual({ kind: "wait", until: 15 });
});
test("system registers are kept, and writing one forgets translations", () => {
  const b = bench(function* (g) {
    g.msr("TCR_EL1", 0x1234_5678_9abc_def0n);
    expect(g.mrs("TCR_EL1")).toBe(0x1234_5678_9abc_def0n);
    expect(g.mrs("TTBR0_EL1")).toBe(0n);
    g.tlbi();
  });
  const generation = b.host.regs.generation;
  expect(kinds(b.engine)).toEqual(["end"]);
  expect([b.invalidations, b.host.regs.generation]).toEqual([2, generation + 1]);
  b.engine.flush();
  expect(b.invalidations).toBe(3);
});
test("a guest is saved at a checkpoint only, and goes on from there in another engine", () => {
  const log: string[] = [];
  const program: GuestProgram = function* (g, saved) {
    let n = typeof saved === "number" ? saved : 0;
    for (; n < 3; n++) {
      log.push(`${n}`);
      yield* g.checkpoint(() => n + 1);
      yield* g.pause();
    }
  };
  const first = bench(program);
  expect(first.engine.save()).toEqual({ ok: true, value: { started: false } });
  first.engine.run(1);
  const saved = first.engine.save();
  expect(saved).toEqual({ ok: true, value: { started: true, state: 1 } });
  first.engine.run(1);
  expect(first.engine.save()).toMatchObject({ ok: false, code: "EBUSY" });
  const second = bench(program);
  expect(kinds(second.engine).at(-1)).toBe("end");
  log.length = 0;
  second.engine.load(saved.ok ? saved.value : null);
  expect(kinds(second.engine)).toEqual(["budget", "budget", "budget", "budget", "end"]);
  expect(log).toEqual(["1", "2"]);
});
test("registers of vcpus do not overlap: each has its own 4096 bytes", () => {
  const memory = createMachineMemory(kib(64));
  const [a, b] = [createVcpuRegs(memory, memory.base), createVcpuRegs(memory, add(memory.base, VcpuRegsLayout.size))];
  a.set("PAR_EL1", 1n);
  a.view.setBigUint64(0, 3n, true);
  b.view.setBigUint64(0, 2n, true);
  expect([a.view.getBigUint64(0, true), a.get("PAR_EL1"), b.get("PAR_EL1"), VcpuRegsLayout.size]).toEqual([3n, 1n, 0n, XEN_PAGE.size]);
});
