import { describe, expect, it } from "vitest";
import { CPU_MODELS, findCpu, granulesOf } from "./cpu.ts";
import { ID_AA64MMFR0_EL1 } from "./registers.ts";

const names = (list: readonly { readonly name: string }[]): string[] => list.map((g) => g.name);

describe("CPU models", () => {
  it("granules are what ID_AA64MMFR0_EL1 says", () => {
    const rows = CPU_MODELS.map((cpu) => [cpu.name, cpu.paBits, names(cpu.stage1).join(" "), names(cpu.stage2).join(" ")]);
    expect(rows).toEqual([
      ["all-granules", 40, "4k 16k 64k", "4k 16k 64k"],
      ["cortex-a35", 40, "4k 16k 64k", "4k 16k 64k"],
      ["cortex-a57", 44, "4k 64k", "4k 64k"],
      ["only-4k", 40, "4k", "4k"],
      ["only-16k", 40, "16k", "16k"],
      ["only-64k", 40, "64k", "64k"],
      ["no-16k", 40, "4k 64k", "4k 64k"],
      ["no-4k-stage2", 40, "4k 16k 64k", "16k 64k"],
      ["no-16k-stage2", 40, "4k 16k 64k", "4k 64k"],
      ["no-64k-stage2", 40, "4k 16k 64k", "4k 16k"],
      ["armv8.1-lse", 40, "4k 16k 64k", "4k 16k 64k"],
    ]);
  });

  it("TGran*_2: 0 follows stage 1, 1 is absent, 2 is present whatever stage 1 has", () => {
    const stage2 = (TGran16: number, TGran16_2: number): boolean => names(granulesOf(ID_AA64MMFR0_EL1.encode({ TGran16, TGran16_2 })).stage2).includes("16k");
    expect([stage2(0, 0), stage2(1, 0), stage2(1, 1), stage2(0, 2), stage2(2, 3)]).toEqual([false, true, false, true, true]);
  });

  it("names are unique and found", () => {
    expect(new Set(names(CPU_MODELS)).size).toBe(CPU_MODELS.length);
    expect(findCpu("cortex-a35")?.midr).toBe(0x411fd040n);
    expect(findCpu("cortex-z1")).toBeUndefined();
  });
});
