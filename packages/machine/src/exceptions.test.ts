import { EC, ESR_ELx, findCpu, SPSR_ELx } from "@granule/arm";
import { mib } from "@granule/units";
import { expect, test } from "vitest";
import { injectAbort, injectException, injectUndefined } from "./exceptions.ts";
import { identify, mpidrOf } from "./identification.ts";
import { createMachineMemory, MEMORY_BASE } from "./memory.ts";
import { createVcpuRegs, idRegisterAt } from "./regs.ts";

const regsOf = (pstate: Parameters<typeof SPSR_ELx.encode>[0]) => {
  const regs = createVcpuRegs(createMachineMemory(mib(1)), MEMORY_BASE);
  regs.set("PSTATE", SPSR_ELx.encode(pstate));
  regs.set("PC", 0x40001000n);
  regs.set("VBAR_EL1", 0xffff_8000_0001_0000n);
  regs.set("SP", 0x111n);
  regs.set("SP_EL0", 0x222n);
  regs.set("SP_EL1", 0x333n);
  return regs;
};

// Arm ARM DDI 0487, D1.3 "Exceptions", table of vector offsets
test.each([
  ["EL0", 0b0000, 0x400n, { SP: 0x333n, SP_EL0: 0x111n }],
  ["EL1 with SP_EL0", 0b0100, 0x000n, { SP: 0x333n, SP_EL0: 0x111n }],
  ["EL1 with SP_EL1", 0b0101, 0x200n, { SP: 0x111n, SP_EL0: 0x222n }],
] as const)("an exception from %s: vector, stack pointers, saved state", (_, M, offset, sp) => {
  const regs = regsOf({ M, N: 1, C: 1, I: 1, IL: 1, SS: 1 });
  const before = regs.get("PSTATE");
  injectException(regs, { esr: 0x123n, far: -1n, returnTo: 0x40000ffcn });
  expect(regs.get("PC")).toBe(0xffff_8000_0001_0000n + offset);
  expect([regs.get("ESR_EL1"), regs.get("FAR_EL1"), regs.get("ELR_EL1"), regs.get("SPSR_EL1")]).toEqual([0x123n, 2n ** 64n - 1n, 0x40000ffcn, before]);
  expect({ SP: regs.get("SP"), SP_EL0: regs.get("SP_EL0") }).toEqual(sp);
  expect(SPSR_ELx.decode(regs.get("PSTATE"))).toMatchObject({ M: 0b0101, N: 1, Z: 0, C: 1, V: 0, D: 1, A: 1, I: 1, F: 1, IL: 0, SS: 0 });
});

test("an UNDEFINED instruction, and accesses that stage 2 refuses", () => {
  const undefinedAt = regsOf({ M: 0b0101 });
  injectUndefined(undefinedAt, 0x40000ffcn);
  expect(ESR_ELx.decode(undefinedAt.get("ESR_EL1"))).toEqual({ EC: EC.UNKNOWN, IL: 1, ISS: 0 });
  expect(undefinedAt.get("FAR_EL1")).toBe(0n);
  const esr = (M: number, kind: "data" | "instruction"): bigint => {
    const regs = regsOf({ M });
    injectAbort(regs, kind, 0xdead000n);
    expect([regs.get("FAR_EL1"), regs.get("ELR_EL1")]).toEqual([0xdead000n, 0x40001000n]);
    return regs.get("ESR_EL1");
  };
  expect([esr(0b0101, "data"), esr(0, "data"), esr(0b0101, "instruction"), esr(0, "instruction")]).toEqual([0x96000000n, 0x92000000n, 0x86000000n, 0x82000000n]);
});

test("vcpus have numbers of their own, and the granules of the model", () => {
  expect([0, 1, 15, 16, 33].map(mpidrOf)).toEqual([0x80000000, 0x80000001, 0x8000000f, 0x80000100, 0x80000201]);
  const cpu = findCpu("cortex-a35");
  if (cpu === undefined) throw new Error("no such model");
  const regs = createVcpuRegs(createMachineMemory(mib(1)), MEMORY_BASE);
  identify(regs, cpu, 17);
  const read = (register: Parameters<typeof idRegisterAt>[0]): bigint => regs.view.getBigUint64(idRegisterAt(register), true);
  expect([read("MIDR_EL1"), read("MPIDR_EL1"), read({ CRm: 7, op2: 0 }), read("DCZID_EL0")]).toEqual([0x411fd040n, 0x80000101n, 0x101122n, 4n]);
});
