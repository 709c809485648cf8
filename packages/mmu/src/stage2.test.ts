import { CPU_MODELS, HCR_EL2, VTCR_EL2 } from "@granule/arm";
import { GRANULES, pa } from "@granule/units";
import { describe, expect, it } from "vitest";
import { decodeStage2 } from "./config.ts";
import { stage2Registers } from "./stage2.ts";

describe("stage 2 registers", () => {
  it("what stage2Registers encodes decodeStage2 reads, for every CPU, granule and IPA size", () => {
    const hcr = HCR_EL2.encode({ VM: 1 });
    let settings = 0;
    for (const cpu of CPU_MODELS) {
      for (const granule of cpu.stage2) {
        for (let ipaBits = 25; ipaBits <= cpu.paBits; ipaBits++) {
          const registers = stage2Registers(granule, ipaBits, cpu.paBits, pa(2 ** 33), 200);
          if (!registers.ok) throw new Error(registers.why);
          const stage2 = decodeStage2(cpu, { hcr, ...registers.value });
          expect(stage2).toMatchObject({ enabled: true, invalid: false, inputBits: ipaBits, outputBits: cpu.paBits, base: 2 ** 33, vmid: 200 });
          expect(stage2.granule).toBe(granule);
          settings++;
        }
      }
    }
    expect(settings).toBeGreaterThan(300);
  });

  it("40-bit IPA: 4K at level 1 with 2 tables, 16K at level 2 with 16, 64K at level 2", () => {
    const starts = GRANULES.map((granule) => {
      const registers = stage2Registers(granule, 40, 40, pa(0), 1);
      if (!registers.ok) throw new Error(registers.why);
      const { T0SZ, SL0, TG0, PS } = VTCR_EL2.decode(registers.value.vtcr);
      return [granule.name, T0SZ, SL0, TG0, PS];
    });
    expect(starts).toEqual([["4k", 24, 1, 0, 2], ["16k", 24, 1, 2, 2], ["64k", 24, 1, 1, 2]]);
  });

  it("refuses IPA sizes above the PA size, below 25 bits, and VMIDs above 8 bits", () => {
    for (const granule of GRANULES) {
      expect(stage2Registers(granule, 41, 40, pa(0), 1)).toMatchObject({ ok: false, code: "EINVAL" });
      expect(stage2Registers(granule, 24, 40, pa(0), 1)).toMatchObject({ ok: false, code: "EINVAL" });
      expect(stage2Registers(granule, 40, 40, pa(0), 256)).toMatchObject({ ok: false, code: "EINVAL" });
    }
  });
});
