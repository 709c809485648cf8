import { describe, expect, it } from "vitest";
import { systemKey } from "./encoding.ts";
import { createSystemRegisters } from "./systemRegisters.ts";

const keys = Array.from({ length: 0x10000 }, (_, key) => key);
const ALL = (1n << 64n) - 1n;
const MDSCR = systemKey(2, 0, 0, 2, 2);
const [OSLAR, OSLSR, OSDLR] = [systemKey(2, 0, 1, 0, 4), systemKey(2, 0, 1, 1, 4), systemKey(2, 0, 1, 3, 4)];

describe("debug and PMU registers", () => {
  it("the OS lock starts locked and follows OSLAR", () => {
    const r = createSystemRegisters({ vcpus: 2 });
    expect(r.read(0, OSLSR, 1)).toBe(10n);
    r.write(0, OSLAR, 0n, 1);
    expect([r.read(0, OSLSR, 1), r.read(1, OSLSR, 1), r.read(0, OSLAR, 1)]).toEqual([8n, 10n, undefined]);
    r.write(0, OSLAR, 1n, 1);
    r.write(0, OSDLR, 1n, 1);
    expect([r.read(0, OSLSR, 1), r.read(0, OSDLR, 1)]).toEqual([10n, 1n]);
  });

  it("what kernels write on their way up is there", () => {
    const r = createSystemRegisters({ vcpus: 1 });
    const points = [0, 1, 2, 3, 4, 5].flatMap((n) => [4, 5, 6, 7].map((op2) => systemKey(2, 0, 0, n, op2)));
    // PMUSERENR_EL0, PMCR_EL0, PMCNTENCLR_EL0, PMOVSCLR_EL0, PMINTENCLR_EL1
    const pmu = [systemKey(3, 3, 9, 14, 0), systemKey(3, 3, 9, 12, 0), systemKey(3, 3, 9, 12, 2), systemKey(3, 3, 9, 12, 3), systemKey(3, 0, 9, 14, 2)];
    for (const key of [MDSCR, OSLAR, OSDLR, ...points, ...pmu]) expect(r.write(0, key, 0n, 1), `0x${key.toString(16)}`).toBe(true);
    expect(pmu.map((key) => r.read(0, key, 1))).toEqual([0n, 0n, 0n, 0n, 0n]);
  });

  it("each register is its own, for each vcpu, and comes back from a snapshot", () => {
    const r = createSystemRegisters({ vcpus: 2 });
    const points = Array.from({ length: 16 }, (_, n) => [4, 5, 6, 7].map((op2) => systemKey(2, 0, 0, n, op2))).flat();
    points.forEach((key, i) => r.write(1, key, BigInt(4 * i), 1));
    const read = (from: typeof r): unknown => points.map((key) => [from.read(0, key, 1), from.read(1, key, 1)]);
    expect(points.filter((key) => key % 2 === 0).map((key) => r.read(1, key, 1))).toEqual(points.filter((key) => key % 2 === 0).map((key) => BigInt(4 * points.indexOf(key))));
    const again = createSystemRegisters({ vcpus: 2 });
    again.load(JSON.parse(JSON.stringify(r.save())));
    expect(read(again)).toEqual(read(r));
    expect(() => createSystemRegisters({ vcpus: 1 }).load(r.save())).toThrow("the snapshot is torn");
  });

  it("reserved bits hold nothing, claim tags are set and cleared", () => {
    const r = createSystemRegisters({ vcpus: 1 });
    for (const key of [MDSCR, systemKey(2, 0, 0, 3, 4), systemKey(2, 0, 0, 3, 5), systemKey(2, 0, 0, 3, 7)]) r.write(0, key, ALL, 1);
    const bits = (...ranges: readonly (readonly [number, number])[]): bigint => ranges.reduce((sum, [msb, lsb]) => sum + 2n ** BigInt(msb + 1) - 2n ** BigInt(lsb), 0n);
    expect(r.read(0, MDSCR, 1)).toBe(bits([30, 29], [27, 26], [23, 21], [15, 12], [6, 6], [0, 0]));
    expect([4, 5, 7].map((op2) => r.read(0, systemKey(2, 0, 0, 3, op2), 1))).toEqual([
      bits([63, 2]), bits([23, 13], [8, 5], [2, 0]), bits([28, 24], [20, 0]),
    ]);
    const [set, clear] = [systemKey(2, 0, 7, 8, 6), systemKey(2, 0, 7, 9, 6)];
    r.write(0, set, 0x1ffn, 1);
    r.write(0, clear, 0x0fn, 1);
    expect([r.read(0, set, 1), r.read(0, clear, 1)]).toEqual([0xffn, 0xf0n]);
  });

  it("EL0 reaches nothing; what is absent is UNDEFINED", () => {
    const r = createSystemRegisters({ vcpus: 1, pmu: "zero", implementationDefined: "zero" });
    expect(keys.filter((key) => r.read(0, key, 0) !== undefined || r.write(0, key, 0n, 0))).toEqual([]);
    const bare = createSystemRegisters({ vcpus: 1, pmu: "absent" });
    const more = keys.filter((key) => (r.read(0, key, 1) ?? bare.read(0, key, 1)) !== bare.read(0, key, 1));
    // PMU: CRn 9, CRm 12..14 and CRn 14, CRm 8..15 of op1 3, and two of op1 0. Implementation defined: CRn 11 and 15, all op1.
    const [pmu, implementation] = [3 * 8 + 8 * 8 + 2 + 8, 2 * 8 * 16 * 8];
    expect(more.length).toBe(pmu + implementation);
    expect(more.every((key) => key >> 14 === 3)).toBe(true);
    expect(bare.read(0, systemKey(3, 0, 15, 2, 1), 1)).toBeUndefined();
  });
});
