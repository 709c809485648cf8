import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CNTFRQ_EL0, CNTP_CTL_EL0, CNTP_CVAL_EL0, CNTP_TVAL_EL0, CNTPCT_EL0, CNTV_CTL_EL0, CNTV_CVAL_EL0, CNTV_TVAL_EL0, CNTVCT_EL0 } from "../system/encoding.ts";
import { createGenericTimers } from "./genericTimers.ts";

const u64 = (x: bigint): bigint => BigInt.asUintN(64, x);
const PPI = { virtual: 27, physical: 30 } as const;

/** D11 by its words: a count from the time, a comparison of unsigned numbers, no state but the registers. */
interface Naive {
  offset: bigint;
  readonly virtual: { ctl: bigint; cval: bigint };
  readonly physical: { ctl: bigint; cval: bigint };
}
const counts = (n: Naive, now: number, hz: number): { virtual: bigint; physical: bigint } => {
  const physical = (BigInt(now) * BigInt(hz)) / 1_000_000_000n;
  return { physical, virtual: u64(physical - n.offset) };
};
const lineOf = (n: Naive, which: "virtual" | "physical", now: number, hz: number): boolean => (n[which].ctl & 3n) === 1n && counts(n, now, hz)[which] >= n[which].cval;

const REGISTERS = {
  virtual: { ctl: CNTV_CTL_EL0, cval: CNTV_CVAL_EL0, tval: CNTV_TVAL_EL0 },
  physical: { ctl: CNTP_CTL_EL0, cval: CNTP_CVAL_EL0, tval: CNTP_TVAL_EL0 },
} as const;
const which = fc.constantFrom("virtual" as const, "physical" as const);
const near = fc.bigInt({ min: -40n, max: 60n });
const ops = fc.array(
  fc.oneof(
    fc.record({ op: fc.constant("advance" as const), ns: fc.integer({ min: 0, max: 900 }) }),
    fc.record({ op: fc.constant("ctl" as const), which, value: fc.bigInt({ min: 0n, max: 7n }) }),
    fc.record({ op: fc.constant("cval" as const), which, from: near }),
    fc.record({ op: fc.constant("far" as const), which, value: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }) }),
    fc.record({ op: fc.constant("tval" as const), which, value: near }),
    fc.record({ op: fc.constant("offset" as const), value: fc.oneof(near, fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })) }),
    fc.record({ op: fc.constant("save" as const) }),
  ),
  { maxLength: 40 },
);

describe("generic timers", () => {
  it("registers, lines and deadlines are those of the architecture's words, at any frequency", () => {
    fc.assert(
      fc.property(fc.constantFrom(62_500_000, 1_000_000_000, 24_000_000, 19_200_000, 54_000_000), fc.integer({ min: 0, max: 2 ** 45 }), ops, (hz, start, list) => {
        let now = start;
        const lines = { [PPI.virtual]: false, [PPI.physical]: false } as Record<number, boolean>;
        const options = { vcpus: 2, now: () => now, frequency: hz, onLine: (intid: number, level: boolean, vcpu: number) => (expect([lines[intid], vcpu]).toEqual([!level, 1]), (lines[intid] = level)) };
        let timers = createGenericTimers(options);
        const naive: Naive = { offset: 0n, virtual: { ctl: 0n, cval: 0n }, physical: { ctl: 0n, cval: 0n } };
        for (const op of list) {
          if (op.op === "advance") {
            // Whoever stops at each deadline sees each line rise in the very nanosecond.
            const end = now + op.ns;
            while (timers.deadline(1) <= end) {
              const at = timers.deadline(1);
              expect(at).toBeGreaterThan(now);
              now = at - 1;
              const before = [lineOf(naive, "virtual", now, hz), lineOf(naive, "physical", now, hz)];
              expect([lines[PPI.virtual], lines[PPI.physical]]).toEqual(before);
              now = at;
              timers.update(1);
              expect([lines[PPI.virtual], lines[PPI.physical]]).not.toEqual(before);
            }
            now = end;
          } else if (op.op === "ctl") {
            naive[op.which].ctl = op.value & 3n;
            expect(timers.write(1, REGISTERS[op.which].ctl, op.value, 1)).toBe(true);
          } else if (op.op === "cval" || op.op === "far") {
            naive[op.which].cval = op.op === "far" ? op.value : u64(counts(naive, now, hz)[op.which] + op.from);
            timers.write(1, REGISTERS[op.which].cval, naive[op.which].cval, 1);
          } else if (op.op === "tval") {
            naive[op.which].cval = u64(counts(naive, now, hz)[op.which] + op.value);
            timers.write(1, REGISTERS[op.which].tval, u64(op.value), 1);
          } else if (op.op === "offset") {
            naive.offset = u64(op.value);
            timers.setVirtualOffset(1, naive.offset);
          } else {
            const saved = JSON.stringify(timers.save());
            timers = createGenericTimers(options);
            timers.load(JSON.parse(saved));
            expect(JSON.stringify(timers.save())).toBe(saved);
          }
          const count = counts(naive, now, hz);
          expect([timers.read(1, CNTVCT_EL0, 1), timers.read(1, CNTPCT_EL0, 1), timers.read(1, CNTFRQ_EL0, 1)]).toEqual([count.virtual, count.physical, BigInt(hz)]);
          for (const name of ["virtual", "physical"] as const) {
            const { ctl, cval } = naive[name];
            const met = (ctl & 1n) === 1n && count[name] >= cval;
            expect(timers.read(1, REGISTERS[name].ctl, 1)).toBe(ctl | (met ? 4n : 0n));
            expect(timers.read(1, REGISTERS[name].cval, 1)).toBe(cval);
            expect(timers.read(1, REGISTERS[name].tval, 1)).toBe(BigInt.asUintN(32, cval - count[name]));
            expect(lines[PPI[name]]).toBe(lineOf(naive, name, now, hz));
          }
          expect(timers.deadline(0)).toBe(Infinity);
        }
      }),
      { numRuns: 400 },
    );
  });

  it("EL0 reaches what CNTKCTL_EL1 opens, and nothing else is here", () => {
    const BITS = [
      [0, 1n, [CNTPCT_EL0, CNTFRQ_EL0]], [1, 2n, [CNTVCT_EL0, CNTFRQ_EL0]], [8, 0x100n, [CNTV_CTL_EL0, CNTV_CVAL_EL0, CNTV_TVAL_EL0]],
      [9, 0x200n, [CNTP_CTL_EL0, CNTP_CVAL_EL0, CNTP_TVAL_EL0]],
    ] as const;
    const all = new Set(BITS.flatMap(([, , keys]) => [...keys]));
    for (const [bit, value, open] of [...BITS, [63, 0n, []] as const]) {
      const timers = createGenericTimers({ vcpus: 1, now: () => 0, onLine: () => undefined, cntkctl: () => value });
      for (const key of all) {
        expect(timers.read(0, key, 0) !== undefined, `bit ${bit}, register 0x${key.toString(16)}`).toBe(open.some((k) => k === key));
        expect(timers.read(0, key, 1)).toBeDefined();
      }
    }
    const timers = createGenericTimers({ vcpus: 1, now: () => 0, onLine: () => undefined });
    const keys = Array.from({ length: 0x10000 }, (_, key) => key);
    expect(keys.filter((key) => timers.read(0, key, 1) !== undefined)).toEqual([...all].sort((x, y) => x - y));
    expect(keys.filter((key) => timers.write(0, key, 0n, 1))).toEqual([...all].filter((key) => key > CNTVCT_EL0).sort((x, y) => x - y));
    expect(keys.filter((key) => timers.write(0, key, 0n, 0))).toEqual([]);
  });

  it("a torn snapshot is refused", () => {
    const timers = createGenericTimers({ vcpus: 1, now: () => 0, onLine: () => undefined });
    for (const torn of [null, {}, { control: [0], compare: ["0", "0"], offsets: ["0"], lines: [0, 0] }, { control: [0, 0], compare: ["0", "x"], offsets: ["0"], lines: [0, 0] }])
      expect(() => timers.load(torn)).toThrow("the snapshot is torn");
  });
});
