/** vcpu_info, run states and shared_info through the real core: recorded answers of Xen 4.17, every declared error, both ABIs at every granule. */
import { describe, expect, test } from "vitest";
import { type Domain, DomainsPort, FramesPort, hypervisor, type HypervisorConfig, SchedulerPort, VcpuInfoPort } from "@granule/hypervisor";
import { assemble, type Machine } from "@granule/kit";
import { type Guest, type GuestProgram, machine, type MachineMemory, MachinePort, scripted, type Trap } from "@granule/machine";
import { add, type AnyGranule, GRANULE_4K, GRANULES, ipa, kib, mib, va, xFromAddress } from "@granule/units";
import { C, codeNumber, compile, type Hypercall, V1, V2 } from "@granule/xen-abi";
import { RUNSTATE } from "./contract.ts";
import { vcpuInfo } from "./vcpuInfo.ts";

const RAM = 0x40000000;
const GFN = RAM / 4096;
const SIZE = mib(1);
const HOLE = RAM + SIZE;
const ARGUMENTS = va(RAM);


interface Bench {
  readonly m: Machine;
  readonly memory: MachineMemory;
  domain(program: GuestProgram, options?: { readonly vcpus?: number; readonly granule?: AnyGranule; readonly other?: GuestProgram }): Domain;
  run(): void;
}
function bench(config: Partial<HypervisorConfig> = {}): Bench {
  const m = assemble([machine({ ram: mib(8), tables: mib(4) }), hypervisor(config), vcpuInfo()]);
  return {
    m,
    memory: m.get(MachinePort).memory,
    domain(program, { vcpus = 2, granule = GRANULE_4K, other = function* () {} } = {}) {
      const d = m.get(DomainsPort).create({ name: "test", granule, ram: SIZE, vcpus: Array.from({ length: vcpus }, (_, i) => scripted(i === 0 ? program : other)) });
      return d.ok ? d.value : expect.fail(d.why);
    },
    run: () => void m.get(SchedulerPort).run(),
  };
}
function* call(g: Guest, d: Hypercall, args: Readonly<Record<string, number | bigint>>): Trap<number> {
  const bytes = new Uint8Array(d.buffer?.size ?? 0);
  g.regs.setBigUint64(0, BigInt(d.op ?? 0), true);
  g.regs.setBigUint64(8 * 16, BigInt(d.nr), true);
  if (d.buffer !== undefined) g.regs.setBigUint64(8 * d.buffer.x, xFromAddress(ARGUMENTS), true);
  expect(compile(d).encode(args, g.regs, new DataView(bytes.buffer)).ok).toBe(true);
  g.write(ARGUMENTS, bytes);
  yield* g.hvc(C.XEN_HYPERCALL_TAG);
  return Number(g.regs.getBigInt64(0, true));
}
const register = (g: Guest, vcpu: number, mfn: number, offset: number, rsvd = 0): Trap<number> => call(g, V1.register_vcpu_info, { vcpu, mfn, offset, rsvd });
const runstate = (g: Guest, vcpu: number, addr: number): Trap<number> => call(g, V1.register_runstate_memory_area, { vcpu, addr: BigInt(addr) });
const place = (g: Guest, index: number, gpfn: number): Trap<number> => call(g, V1.add_to_physmap, { domid: C.DOMID_SELF, size: 0, space: C.XENMAPSPACE_shared_info, idx: index, gpfn });
const bytesAt = (g: Guest, at: number, n: number): string => {
  const b = new Uint8Array(n);
  g.read(va(at), b);
  return [...b].map((x) => x.toString(16).padStart(2, "0")).join("");
};

describe("as recorded from Xen 4.17", () => {
  test("register_vcpu_info: offsets, repeats, contents", () => {
    const answers: [string, unknown, unknown][] = [];
    const t = bench({ personality: "xen-4.17" });
    const page = GFN + 32;
    const at = RAM + kib(128);
    t.domain(function* (g) {
      for (const [vcpu, offset, want] of [[0, 1, -6], [0, 4, -6], [0, 8, 0], [0, 8, -22], [1, 4096, -6], [1, 0xfff, -6], [1, 4080, -6], [1, 4056, -6], [1, 4048, 0], [1, 4049, -6], [1, 4044, -6], [1, 4040, -22], [1, 4032, -22], [2, 64, -2], [128, 64, -2], [0xffffffff, 64, -2]] as const)
        answers.push([`vcpu ${vcpu} offset ${offset}`, yield* register(g, vcpu, page, offset), want]);
      answers.push(["vcpu 0", bytesAt(g, at, 64), "00000000000000000100000000000000ffffffffffffffff0000000000000000".padEnd(128, "0")]);
      answers.push(["vcpu 1", bytesAt(g, at + 0xfc0, 64), "000000000000000000000000000000000100000000000000ffffffffffffffff".padEnd(128, "0")]);
      // a bad pointer is found after a bad vcpu
      for (const [vcpu, want] of [[0, -14], [1, -14], [2, -2]] as const) {
        [C.VCPUOP_register_vcpu_info, vcpu, 0x10000000].forEach((x, i) => g.regs.setBigUint64(8 * i, BigInt(x), true));
        g.regs.setBigUint64(8 * 16, BigInt(C.NR.vcpu_op), true);
        yield* g.hvc(C.XEN_HYPERCALL_TAG);
        answers.push([`pointer, vcpu ${vcpu}`, Number(g.regs.getBigInt64(0, true)), want]);
      }
    });
    t.run();
    expect(answers).toHaveLength(21);
    for (const [question, got, want] of answers) expect([question, got]).toEqual([question, want]);
  });

  test("frames, shared_info among them; contents move along; overlapping areas; run states at any address", () => {
    const answers: [string, unknown, unknown][] = [];
    const t = bench({ personality: "xen-4.17" });
    const d = t.domain(function* (g) {
      for (const gfn of [HOLE / 4096, 2 ** 52, 0x100000000, 0x22000, 0x3001]) answers.push([`gfn ${gfn}`, yield* register(g, 0, gfn, 0), -22]);
      answers.push(["place 1", yield* place(g, 1, GFN + 40), -22], ["place", yield* place(g, 0, GFN + 40), 0], ["place again", yield* place(g, 0, GFN + 41), -16]);
      g.store8(va(RAM + kib(160)), 1);
      g.store64(va(RAM + kib(160) + 16), 0x1234n);
      answers.push(["vcpu 0", yield* register(g, 0, GFN + 40, 2048), 0], ["vcpu 1", yield* register(g, 1, GFN + 40, 2056, 0xffffffff), 0]);
      answers.push(["overlap", bytesAt(g, RAM + kib(162), 64), "01000000000000000100000000000000ffffffffffffffff".padEnd(128, "0")]);
      answers.push(["left behind", bytesAt(g, RAM + kib(160), 24), "010000000000000000000000000000003412000000000000"]);
      for (const at of [RAM + kib(200), RAM + kib(200) + 1, RAM + kib(204) - 8, 0x10000000, HOLE, 0, 2 ** 52]) answers.push([`run states at ${at}`, yield* runstate(g, 0, at), 0]);
      answers.push(["vcpu 2", yield* runstate(g, 2, RAM), -2], ["op 99", yield* vcpuOp(g, 99, 0), -22], ["op 4", yield* vcpuOp(g, 4, 0), -22]);
    });
    t.run();
    expect(answers.length).toBe(22);
    for (const [question, got, want] of answers) expect([question, got]).toEqual([question, want]);
    expect(d.reason).toBe("0");
  });
});

function* vcpuOp(g: Guest, op: number, vcpu: number): Trap<number> {
  [op, vcpu, RAM].forEach((x, i) => g.regs.setBigUint64(8 * i, BigInt(x), true));
  g.regs.setBigUint64(8 * 16, BigInt(C.NR.vcpu_op), true);
  yield* g.hvc(C.XEN_HYPERCALL_TAG);
  return Number(g.regs.getBigInt64(0, true));
}

describe.each(GRANULES)("ABI v2, G = $name", (granule) => {
  test("areas at byte addresses, pinned until they are unregistered; v1 and v2 see one registration", () => {
    const t = bench();
    const frames = t.m.get(FramesPort);
    const infos = t.m.get(VcpuInfoPort);
    const answers: unknown[] = [];
    const pins: boolean[] = [];
    const area = RAM + kib(64) + 64;
    const d = t.domain(
      function* (g) {
        const pinned = (at: number): boolean => frames.isPinned(d.p2m.lookup(ipa(at))?.pa ?? expect.fail("hole"), 1);
        answers.push(yield* call(g, V2.register_vcpu_info, { vcpu: 1, area: HOLE }), yield* call(g, V2.register_vcpu_info, { vcpu: 1, area: area + 8 }));
        answers.push(yield* call(g, V2.register_vcpu_info, { vcpu: 1, area }), yield* call(g, V2.register_vcpu_info, { vcpu: 1, area }), yield* register(g, 1, GFN, 0));
        answers.push(yield* call(g, V2.register_runstate, { vcpu: 1, area: HOLE }), yield* call(g, V2.register_runstate, { vcpu: 1, area: area + kib(4) }), yield* call(g, V2.register_runstate, { vcpu: 1, area }));
        expect(bytesAt(g, area, 16)).toBe("0100000000000000ffffffffffffffff");
        pins.push(pinned(area), pinned(area + kib(4)), pinned(area + kib(8)));
        const one = d.vcpus[1] ?? expect.fail("no vcpu");
        expect(infos.vcpuInfo(one)).toEqual(d.p2m.lookup(ipa(area))?.pa);
        answers.push(yield* call(g, V2.unregister_areas, { vcpu: 1 }), yield* call(g, V2.unregister_areas, { vcpu: 1 }));
        expect([infos.vcpuInfo(one), infos.upcallPending(one)]).toEqual([undefined, false]);
        pins.push(pinned(area), pinned(area + kib(4)));
        // and again, in the other ABI
        answers.push(yield* register(g, 1, GFN + 16, 64), yield* call(g, V2.register_vcpu_info, { vcpu: 1, area }));
      },
      { granule },
    );
    t.run();
    expect(d.reason).toBe("0");
    expect(answers).toEqual([-2, codeNumber("EDOM"), 0, -16, -22, -2, 0, -16, 0, 0, 0, -16]);
    expect(pins).toEqual([true, true, false, false, false]);
  });

  test("unregistering vcpu 0 carries its events back to shared_info; reset starts it anew; frames are as before", () => {
    const t = bench();
    const infos = t.m.get(VcpuInfoPort);
    const seen: unknown[] = [];
    const d = t.domain(
      function* (g) {
        const before = t.m.get(FramesPort).totals();
        const zero = d.vcpus[0] ?? expect.fail("no vcpu");
        const legacy = infos.vcpuInfo(zero);
        seen.push(yield* call(g, V2.register_vcpu_info, { vcpu: 0, area: RAM + kib(64) }));
        g.store64(va(RAM + kib(64) + 16), 77n);
        seen.push(yield* call(g, V2.unregister_areas, { vcpu: 0 }), infos.vcpuInfo(zero) === legacy, infos.upcallPending(zero));
        const bytes = t.memory.bytes(legacy ?? expect.fail("none"), 24);
        seen.push([...bytes.subarray(8, 17)]);
        seen.push(yield* register(g, 0, GFN + 17, 128), yield* call(g, V2.reset, {}), infos.vcpuInfo(zero) === legacy, infos.upcallPending(zero), [...bytes.subarray(8, 17)]);
        expect(t.m.get(FramesPort).totals()).toEqual(before);
        // once more after the reset
        seen.push(yield* register(g, 0, GFN + 17, 128));
      },
      { granule },
    );
    t.run();
    expect(seen).toEqual([0, 0, true, true, [255, 255, 255, 255, 255, 255, 255, 255, 77], 0, 0, true, false, [0, 0, 0, 0, 0, 0, 0, 0, 0], 0]);
    expect(t.m.get(FramesPort).isPinned(d.p2m.lookup(ipa(RAM + kib(68)))?.pa ?? expect.fail("hole"), 1)).toBe(true);
  });

  test("shared_info is placed whole, and the guest sees what the hypervisor writes", () => {
    const t = bench();
    const d = t.domain(
      function* (g) {
        const at = Number(xFromAddress(va(0))) + HOLE + mib(1);
        expect(yield* call(g, V2.place, { object: 0, offset: 0, address: at, size: kib(64) })).toBe(0);
        t.m.get(VcpuInfoPort).raise(d.vcpus[0] ?? expect.fail("no vcpu"));
        expect(bytesAt(g, at, 2)).toBe("0100");
        expect(bytesAt(g, at + kib(64) - 8, 8)).toBe("0".repeat(16));
      },
      { granule },
    );
    t.run();
    expect(d.reason).toBe("0");
  });
});

test.each(GRANULES.filter((g) => g.size > GRANULE_4K.size))("v1 on G = $name: shared_info in own RAM is adopted, in a hole it is placed whole", (granule) => {
  const t = bench();
  const infos = t.m.get(VcpuInfoPort);
  const run = (gfn: number): unknown[] => {
    const seen: unknown[] = [];
    const d = t.domain(
      function* (g) {
        infos.raise(d.vcpus[0] ?? expect.fail("no vcpu"));
        seen.push(yield* place(g, 0, gfn));
        if (seen[0] !== 0) return;
        seen.push(bytesAt(g, gfn * 4096, 2), yield* place(g, 0, gfn + 16));
        g.store8(va(gfn * 4096), 0);
        seen.push(infos.upcallPending(d.vcpus[0] ?? expect.fail("no vcpu")));
        // a vcpu_info inside it, as real Xen lets one
        seen.push(yield* register(g, 1, gfn, 2048), bytesAt(g, gfn * 4096 + 2048, 2), yield* call(g, V2.reset, {}));
      },
      { granule },
    );
    t.run();
    t.m.get(DomainsPort).destroy(d);
    return seen;
  };
  expect(run(GFN + 33)).toEqual([0, "0100", -16, false, 0, "0100", 0]);
  expect(run((HOLE + mib(1)) / 4096)).toEqual([0, "0100", -16, false, 0, "0100", 0]);
  expect(run((HOLE + mib(1)) / 4096 + 1)).toEqual([-22]);
  expect(t.m.get(FramesPort).totals().free).toBe(mib(8));
});

test("run states: the times of a vcpu add up to its life, through the page tables of each write or at the pinned address", () => {
  const t = bench();
  const area = RAM + kib(64);
  const read = (g: Guest, at: number): { readonly state: number; readonly entry: number; readonly times: readonly number[] } =>
    ({ state: g.load32(va(at)), entry: g.load53(va(at + 8)), times: [16, 24, 32, 40].map((o) => g.load53(va(at + o))) });
  const seen: ReturnType<typeof read>[] = [];
  const d = t.domain(
    function* (g) {
      yield* runstate(g, 0, area);
      yield* call(g, V2.register_runstate, { vcpu: 1, area: area + 64 });
      for (let i = 0; i < 3; i++) {
        yield* g.wait(g.now() + 5000);
        for (const at of [area, area + 64]) {
          const s = read(g, at);
          seen.push(s);
          expect(s.times.reduce((a, b) => a + b, 0)).toBe(s.entry);
        }
      }
      // nobody is there: the write is given up, the vcpu goes on
      yield* runstate(g, 0, HOLE);
      yield* g.pause();
    },
    {
      other: function* (g) {
        yield* g.wait(g.now() + 8000);
      },
    },
  );
  t.run();
  expect(d.reason).toBe("0");
  expect(seen.map((s) => s.state)).toEqual([0, RUNSTATE.blocked, 0, RUNSTATE.offline, 0, RUNSTATE.offline]);
  // three waits of 5 us and one of 8 us, less the instructions between reading the clock and waiting
  expect(seen[4]?.times[RUNSTATE.blocked]).toBeGreaterThan(14_500);
  expect(seen[4]?.times[RUNSTATE.blocked]).toBeLessThan(15_500);
  expect(seen[5]?.times[RUNSTATE.blocked]).toBeGreaterThan(7800);
});

test("saved and restored: areas, accounts and where the words are", () => {
  const program: GuestProgram = function* (g) {
    yield* register(g, 0, GFN + 20, 64);
    yield* runstate(g, 0, RAM + kib(84));
    yield* call(g, V2.register_runstate, { vcpu: 1, area: RAM + kib(88) });
  };
  const first = bench();
  const d1 = first.domain(program);
  first.run();
  const state = first.m.save();
  const second = bench();
  second.m.get(DomainsPort).setEngines(() => scripted(program));
  second.m.load(state);
  const d2 = second.m.get(DomainsPort).get(d1.domid) ?? expect.fail("no domain");
  expect(second.m.save()).toEqual(state);
  const infoOf = (t: Bench, d: Domain) => t.m.get(VcpuInfoPort).vcpuInfo(d.vcpus[0] ?? expect.fail("no vcpu"));
  expect(infoOf(second, d2)).toEqual(infoOf(first, d1));
  expect(infoOf(second, d2)).toEqual(add(d2.p2m.lookup(ipa(RAM + kib(80)))?.pa ?? expect.fail("hole"), 64));
  second.m.get(DomainsPort).destroy(d2);
  expect(second.m.get(FramesPort).totals().owned).toBe(0);
});

test("each row of each descriptor that a handler answers is asked for above", () => {
  const rows = [V1.register_vcpu_info, V1.register_runstate_memory_area, V2.register_vcpu_info, V2.register_runstate, V2.unregister_areas]
    .flatMap((d) => d.errors.filter((e: { readonly by: string }) => e.by === "handler").map((e) => `v${d.abi} ${d.name} ${e.code}`));
  expect(rows).toEqual([
    "v1 VCPUOP_register_vcpu_info ENXIO", "v1 VCPUOP_register_vcpu_info EINVAL", "v2 register_vcpu_info ENOENT", "v2 register_vcpu_info EBUSY", "v2 register_runstate ENOENT", "v2 register_runstate EBUSY",
  ]);
});
