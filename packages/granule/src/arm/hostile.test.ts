/**
 * Programs that do whatever comes to mind to devices, system registers, firmware and hypercalls: nothing throws out of a run,
 * and both engines end in the same place at the same time.
 */
import { createProgram } from "@granule/cpu-a64";
import { createRandom } from "@granule/kit";
import { loadImage } from "@granule/platform";
import { GRANULE_16K, GRANULE_4K, GRANULE_64K, mib } from "@granule/units";
import { C } from "@granule/xen-abi";
import { expect, test } from "vitest";
import { bootKernel } from "./bootKernel.ts";
import type { EngineName } from "./engines.ts";

/** Distributor, CPU interface, UART, nothing, grant table, RAM, the rings at the end of RAM, beyond the IPA space. */
const PLACES = [0x03001000, 0x03002000, 0x22000000, 0x30000000, 0x38000000, 0x40300000, 0x407e0000, 2 ** 41] as const;
const SCRATCH = 0x40300000;
const SYSTEM_OFF = 0x84000008;
const ACCESSES = ["STR_64_ldst_pos", "STR_32_ldst_pos", "STRH_32_ldst_pos", "STRB_32_ldst_pos", "LDR_64_ldst_pos", "LDR_32_ldst_pos", "LDRH_32_ldst_pos", "LDRB_32_ldst_pos"] as const;
/** sched_op would end it soon. */
const NUMBERS = Object.values(C.NR).filter((nr) => nr !== C.NR.sched_op);
/** PSCI and SMCCC, but for what ends the machine or waits for ever. */
const FIRMWARE = [0x80000000, 0x80000001, 0x84000000, 0xc4000003, 0xc4000004, 0x84000006, 0x8400000a, 0x8500ff01, 0x12345678];
const STEPS = 150;

function hostileProgram(seed: number): Uint8Array {
  const random = createRandom(`hostile/${seed}`);
  const below = (n: number): number => Math.floor(random() * n);
  const pick = <T>(list: readonly [T, ...T[]] | readonly T[]): T => {
    const found = list[below(list.length)];
    if (found === undefined) throw new Error("an empty list");
    return found;
  };
  const bits = (): bigint => (BigInt(below(2 ** 32)) << 32n) | BigInt(below(2 ** 32));
  const value = (): number | bigint => pick([0, 1, 2 ** 31, below(4096), bits(), SCRATCH + 8 * below(512), pick(PLACES)]);
  const p = createProgram().to("ADR_only_pcreladdr", "vectors", { Rd: 9 }).msr("VBAR_EL1", 9);
  const steps: readonly (() => void)[] = [
    () => void p.move(0, value()).move(1, pick(PLACES) + 4 * below(1024)).emit(pick(ACCESSES), { Rt: 0, Rn: 1, imm12: below(4) }),
    () => void p.move(0, value()).emit("MSR_SR_systemmove", { o0: below(2), op1: pick([0, 3]), CRn: pick([0, 9, 14, 15]), CRm: below(16), op2: below(8), Rt: 0 }),
    () => void p.emit("MRS_RS_systemmove", { o0: below(2), op1: below(8), CRn: below(16), CRm: below(16), op2: below(8), Rt: 2 }),
    () => void p.move(0, below(2 ** 16)).msr(pick(["CNTV_TVAL_EL0", "CNTP_TVAL_EL0", "CNTV_CVAL_EL0"]), 0).move(0, below(4)).msr(pick(["CNTV_CTL_EL0", "CNTP_CTL_EL0"]), 0),
    () => {
      for (let n = 0; n < 5; n++) p.move(n, n === 0 ? below(32) : value());
      p.move(16, pick([...NUMBERS, below(100)])).emit("HVC_ex_exception", { imm16: C.XEN_HYPERCALL_TAG });
    },
    () => {
      for (let n = 1; n < 4; n++) p.move(n, value());
      p.move(0, pick(FIRMWARE)).emit(pick(["HVC_ex_exception", "SMC_ex_exception"]), { imm16: pick([0, 0, 0, 1]) });
    },
    () => void p.move(0, value()).move(1, SCRATCH + 8 * below(512)).store(0, 1),
    () => void p.emit("MSR_SI_pstate", { op1: 3, op2: 6 + below(2), CRm: 2 }),
  ];
  for (let n = 0; n < STEPS; n++) pick(steps)();
  p.move(0, SYSTEM_OFF).emit("HVC_ex_exception");
  p.align(0x800).label("vectors");
  const start = p.here;
  // an instruction that faults is left out; an interrupt is acknowledged, and stays masked after it
  for (const offset of [0x000, 0x200, 0x400]) {
    while (p.here < start + offset) p.word(0);
    p.mrs(9, "ELR_EL1").emit("ADD_addsub_imm", { sf: 1, imm12: 4, Rn: 9, Rd: 9 }).msr("ELR_EL1", 9).emit("ERET_64E_branch_reg");
    while (p.here < start + offset + 0x80) p.word(0);
    p.move(9, 0x03002000).load(10, 9, 0xc, 4).store(10, 9, 0x10, 4).mrs(9, "SPSR_EL1").emit("ORR_log_imm", { sf: 1, N: 1, immr: 57, imms: 0, Rn: 9, Rd: 9 }).msr("SPSR_EL1", 9).emit("ERET_64E_branch_reg");
  }
  return p.bytes();
}

async function outcome(seed: number, engine: EngineName) {
  const image = await loadImage(hostileProgram(seed), { flatOffset: 0 });
  if (!image.ok) throw new Error(image.why);
  let text = "";
  const stage2 = [GRANULE_4K, GRANULE_16K, GRANULE_64K][seed % 3] ?? GRANULE_4K;
  const run = bootKernel({ kernel: image.value, memory: mib(8), vcpus: 2, stage2, engine, output: (t) => (text += t), seed });
  let state = run.step({ slices: 5 });
  for (let n = 0; n < 5 && state === "running"; n++) state = run.step({ slices: 5 });
  const registers = run.domain.vcpus.map(({ regs }) => Array.from({ length: 31 }, (_, n) => regs.view.getBigUint64(8 * n, true)));
  return { state, end: run.end(), text, registers, ...run.statistics() };
}

test.each(Array.from({ length: 8 }, (_, seed) => seed))("hostile program %i", async (seed) => {
  const fast = await outcome(seed, "fast");
  expect(fast.instructions).toBeGreaterThan(STEPS);
  expect(await outcome(seed, "reference")).toEqual(fast);
});
