import { EC, ESR_ELx } from "@granule/arm";
import { describe, expect, it } from "vitest";
import { systemDuel } from "./systemDuel.ts";

const SEEDS = 3;
const ACTIONS = 200;

describe("the engines agree under changing tables, devices, interrupts and snapshots", () => {
  const classes = new Set<number>();
  it.each(Array.from({ length: SEEDS }, (_, n) => `duel-${n}`))("%s", (seed) => {
    const { difference, retired } = systemDuel(seed, ACTIONS, (vcpu, [machine]) => {
      classes.add(ESR_ELx.decode(machine.vcpus[vcpu]?.host.regs.get("ESR_EL1") ?? 0n).EC);
    });
    expect(difference).toBeUndefined();
    expect(retired).toBeGreaterThan(500);
  });
  it("on the way, exceptions of nearly every class were taken", () => {
    const wanted = [EC.UNKNOWN, EC.SVC64, EC.SYS64, EC.INSTRUCTION_ABORT_LOWER, EC.INSTRUCTION_ABORT_SAME, EC.DATA_ABORT_LOWER, EC.DATA_ABORT_SAME, EC.BRK64];
    expect(wanted.filter((ec) => !classes.has(ec))).toEqual([]);
  });
});
