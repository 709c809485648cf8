import { GRANULE_16K, GRANULE_4K, GRANULE_64K, GRANULES } from "@granule/units";
import { describe, expect, it } from "vitest";
import { generateAtomics } from "./atomicsGenerate.ts";
import { prepareKernel, prepareUser } from "./engineRun.ts";
import { generate } from "./generate.ts";
import { generateKernel } from "./kernelGenerate.ts";
import { lockstep } from "./lockstep.ts";
import { MODEL_LSE } from "./run.ts";

const COUNT = 3000;
/** Single instructions; blocks that end anywhere; whole programs. */
const BUDGETS = [[1], [7], [1000], [1, 2, 3, 50, 4000]] as const;

describe("the engines agree on random programs", () => {
  it.each([{ seed: "a", granule: GRANULE_4K }, { seed: "b", granule: GRANULE_16K }, { seed: "c", granule: GRANULE_64K }])("of EL0, stage 2 granule $granule.name", ({ seed, granule }) => {
    const program = generate(`lockstep-${seed}`, COUNT);
    for (const budgets of BUDGETS) {
      const { machine, end } = prepareUser(program, { engine: "reference", granule });
      const fast = prepareUser(program, { engine: "fast", granule });
      const { retired, difference } = lockstep(machine, fast.machine, { budgets, instructions: COUNT * 2, end });
      expect(difference, `budgets ${budgets}`).toBeUndefined();
      expect(retired).toBeGreaterThan(COUNT);
    }
  });
  it.each(GRANULES.map((granule) => ({ granule })))("of FEAT_LSE at EL0, stage 2 granule $granule.name", ({ granule }) => {
    const program = generateAtomics(`lockstep-${granule.name}`, COUNT);
    for (const budgets of BUDGETS) {
      const { machine, end } = prepareUser(program, { engine: "reference", cpu: MODEL_LSE, granule });
      const fast = prepareUser(program, { engine: "fast", cpu: MODEL_LSE, granule });
      const { retired, difference } = lockstep(machine, fast.machine, { budgets, instructions: COUNT * 2, end });
      expect(difference, `budgets ${budgets}`).toBeUndefined();
      expect(retired).toBeGreaterThan(COUNT);
    }
  });
  it.each([true, false])("of EL1 with the MMU off, unaligned accesses fault: %s", (deviceAlignment) => {
    const program = generateKernel(`lockstep-${deviceAlignment}`, COUNT);
    for (const budgets of BUDGETS) {
      const { machine, end } = prepareKernel(program, { engine: "reference", deviceAlignment });
      const fast = prepareKernel(program, { engine: "fast", deviceAlignment });
      const { retired, difference } = lockstep(machine, fast.machine, { budgets, instructions: COUNT * 4, end });
      expect(difference, `budgets ${budgets}`).toBeUndefined();
      expect(retired).toBeGreaterThan(COUNT);
    }
  });
});
