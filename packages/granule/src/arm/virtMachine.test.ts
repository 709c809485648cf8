import { createProgram, type Program } from "@granule/cpu-a64";
import { loadImage } from "@granule/platform";
import { GRANULE_16K, GRANULE_4K, GRANULE_64K, mib } from "@granule/units";
import { describe, expect, test } from "vitest";
import type { KernelRun, KernelSetting } from "./run.ts";
import { virtMachine } from "./virtMachine.ts";

const UART = 0x09000000;
const GICD = 0x08000000;
const GICC = 0x08010000;
const PSCI = { CPU_OFF: 0x84000002, CPU_ON: 0xc4000003, AFFINITY_INFO: 0xc4000004, SYSTEM_OFF: 0x84000008, SYSTEM_RESET: 0x84000009 } as const;

/** Writes a character to the UART; clobbers x9 and x10. */
const print = (p: Program, char: string): Program => p.move(9, UART).move(10, char.charCodeAt(0)).emit("STRB_32_ldst_pos", { Rt: 10, Rn: 9 });
const psci = (p: Program, id: number): Program => p.move(0, id).emit("HVC_ex_exception");
const word = (p: Program, at: number, value: number): Program => p.move(9, at).move(10, value).store(10, 9, 0, 4);
/** VBAR_EL1 at label "vectors", which starts a new block of 2 KiB. */
const vectors = (p: Program, handlers: Readonly<Record<number, (p: Program) => void>>): void => {
  p.align(0x800).label("vectors");
  const start = p.here;
  for (const [offset, handler] of Object.entries(handlers)) {
    while (p.here < start + Number(offset)) p.word(0);
    handler(p);
  }
};
const useVectors = (p: Program): Program => p.to("ADR_only_pcreladdr", "vectors", { Rd: 9 }).msr("VBAR_EL1", 9);

async function start(p: Program, setting: Partial<KernelSetting> = {}): Promise<{ readonly run: KernelRun; readonly text: () => string }> {
  const image = await loadImage(p.bytes(), { flatOffset: 0 });
  if (!image.ok) throw new Error(image.why);
  let text = "";
  const run = virtMachine({ kernel: image.value, memory: mib(8), output: (t) => (text += t), ...setting });
  return { run, text: () => text };
}
const finish = ({ run }: { readonly run: KernelRun }): string => {
  let state = run.step();
  for (let n = 0; n < 1000 && state === "running"; n++) state = run.step();
  return state === "ended" ? (run.end()?.reason ?? "?") : state;
};

const CASES = [GRANULE_4K, GRANULE_16K, GRANULE_64K].flatMap((stage2) => (["fast", "reference"] as const).map((engine) => ({ name: `the ${engine} engine, stage 2 of ${stage2.name}`, stage2, engine })));
describe.each(CASES)("$name", ({ stage2, engine }) => {
  test("a program prints, and powers off", async () => {
    const m = await start(psci(print(print(createProgram(), "h"), "i"), PSCI.SYSTEM_OFF), { stage2, engine });
    expect([finish(m), m.text()]).toEqual(["poweroff", "hi"]);
    expect(m.run.statistics()).toMatchObject({ hypercalls: [], firmwareCalls: 1 });
  });

  test("a timer interrupts WFI through the GIC at the very nanosecond, and its line falls when it is told to", async () => {
    const p = createProgram();
    useVectors(p);
    // distributor on, PPI 27 enabled; CPU interface on, everything unmasked
    word(word(word(word(p, GICD, 1), GICD + 0x100, 1 << 27), GICC, 1), GICC + 4, 0xf0);
    p.move(1, 1000).msr("CNTV_CVAL_EL0", 1).move(1, 1).msr("CNTV_CTL_EL0", 1).emit("MSR_SI_pstate", { op1: 3, op2: 7, CRm: 2 });
    p.label("idle").emit("HINT_hints", { op2: 3 }).to("B_only_branch_imm", "idle");
    vectors(p, {
      0x280: (h) => {
        h.mrs(4, "CNTVCT_EL0").move(9, GICC).load(5, 9, 0xc, 4).mrs(6, "CNTV_CTL_EL0").move(1, 2).msr("CNTV_CTL_EL0", 1).store(5, 9, 0x10, 4).load(7, 9, 0xc, 4);
        psci(h, PSCI.SYSTEM_OFF);
      },
    });
    const m = await start(p, { stage2, engine });
    expect(finish(m)).toBe("poweroff");
    const x = (n: number): bigint | undefined => m.run.domain.vcpus[0]?.regs.view.getBigUint64(8 * n, true);
    // ISTATUS and ENABLE; the acknowledged INTID; then nothing is pending
    expect([x(4), x(5), x(6), x(7)]).toEqual([1000n, 27n, 5n, 1023n]);
  });

  test("a timer interrupts a loop at its deadline, also one that is set for sooner than the turn's end", async () => {
    const p = createProgram();
    useVectors(p);
    word(word(word(word(p, GICD, 1), GICD + 0x100, 1 << 27), GICC, 1), GICC + 4, 0xf0);
    p.emit("MSR_SI_pstate", { op1: 3, op2: 7, CRm: 2 }).mrs(1, "CNTVCT_EL0").emit("ADD_addsub_imm", { sf: 1, imm12: 40, Rn: 1, Rd: 1 });
    p.msr("CNTV_CVAL_EL0", 1).move(2, 1).msr("CNTV_CTL_EL0", 2).label("loop").to("B_only_branch_imm", "loop");
    vectors(p, { 0x280: (h) => psci(h.mrs(4, "CNTVCT_EL0"), PSCI.SYSTEM_OFF) });
    const m = await start(p, { stage2, engine });
    expect(finish(m)).toBe("poweroff");
    const x = (n: number): bigint => m.run.domain.vcpus[0]?.regs.view.getBigUint64(8 * n, true) ?? 0n;
    expect(x(4)).toBe(x(1));
  });
});

test("a second vcpu starts by PSCI with PC and x0, says so by an SGI, and goes", async () => {
  const p = createProgram();
  useVectors(p);
  word(word(word(p, GICD, 1), GICC, 1), GICC + 4, 0xf0);
  psci(p.move(1, 1).to("ADR_only_pcreladdr", "second", { Rd: 2 }).move(3, 0x77), PSCI.CPU_ON);
  p.emit("ORR_log_shift", { sf: 1, Rn: 31, Rm: 0, Rd: 20 });
  psci(p.move(1, 1), PSCI.CPU_ON);
  p.emit("ORR_log_shift", { sf: 1, Rn: 31, Rm: 0, Rd: 21 }).emit("MSR_SI_pstate", { op1: 3, op2: 7, CRm: 2 });
  p.label("idle").emit("HINT_hints", { op2: 3 }).to("B_only_branch_imm", "idle");
  p.label("second");
  print(p, "2");
  word(p, GICD + 0xf00, (1 << 16) | 3);
  p.emit("ORR_log_shift", { sf: 1, Rn: 31, Rm: 0, Rd: 25 });
  psci(p, PSCI.CPU_OFF);
  vectors(p, {
    0x280: (h) => {
      h.move(9, GICC).load(22, 9, 0xc, 4).store(22, 9, 0x10, 4);
      // until the other one is off
      h.label("wait");
      psci(h.move(1, 1).move(2, 0), PSCI.AFFINITY_INFO);
      h.emit("SUBS_addsub_imm", { sf: 1, Rn: 0, Rd: 31, imm12: 1 }).to("B_only_condbranch", "wait", { cond: 1 });
      psci(print(h, "1"), PSCI.SYSTEM_RESET);
    },
  });
  const m = await start(p, { vcpus: 2 });
  expect([finish(m), m.text()]).toEqual(["reboot", "21"]);
  const [first, second] = m.run.domain.vcpus.map(({ regs }) => (n: number) => regs.view.getBigInt64(8 * n, true));
  // SUCCESS, ALREADY_ON; SGI 3 of vcpu 1; the context
  expect([first?.(20), first?.(21), first?.(22), second?.(0)]).toEqual([0n, -4n, BigInt((1 << 10) | 3), BigInt(PSCI.CPU_OFF)]);
});

test("typed text interrupts, and is read back", async () => {
  const p = createProgram();
  useVectors(p);
  word(word(word(word(p, GICD, 1), GICD + 0x104, 1 << 1), GICD + 0x820, 0x0100), GICC, 1);
  word(word(p, GICC + 4, 0xf0), UART + 0x38, 0x50).emit("MSR_SI_pstate", { op1: 3, op2: 7, CRm: 2 });
  p.label("idle").emit("HINT_hints", { op2: 3 }).to("B_only_branch_imm", "idle");
  vectors(p, {
    0x280: (h) => {
      h.move(9, GICC).load(5, 9, 0xc, 4).move(11, UART).load(12, 11, 0, 4).store(12, 11, 0, 4).store(5, 9, 0x10, 4);
      h.emit("SUBS_addsub_imm", { sf: 1, Rn: 12, Rd: 31, imm12: 46 }).to("B_only_condbranch", "more", { cond: 1 });
      psci(h, PSCI.SYSTEM_OFF);
      h.label("more").emit("ERET_64E_branch_reg");
    },
  });
  const m = await start(p);
  expect(finish(m)).toBe("stuck");
  m.run.type("héllo");
  expect(finish(m)).toBe("stuck");
  m.run.type("!.");
  expect([finish(m), m.text()]).toEqual(["poweroff", "héllo!."]);
});

test("an address where nothing is aborts, and what is undefined is the guest's own exception", async () => {
  const p = createProgram();
  useVectors(p);
  p.move(20, 0x30000000).load(0, 20);
  p.emit("HVC_ex_exception", { imm16: 5 }).emit("SMC_ex_exception", { imm16: 1 }).mrs(0, "OSLAR_EL1");
  psci(p, PSCI.SYSTEM_OFF);
  vectors(p, {
    // prints the exception class, and skips the instruction
    0x200: (h) => {
      h.mrs(10, "ESR_EL1").emit("UBFM_bitfield", { sf: 1, N: 1, immr: 26, imms: 63, Rn: 10, Rd: 10 }).emit("ADD_addsub_imm", { sf: 1, imm12: 48, Rn: 10, Rd: 10 });
      h.move(9, UART).emit("STRB_32_ldst_pos", { Rt: 10, Rn: 9 }).mrs(10, "ELR_EL1").emit("ADD_addsub_imm", { sf: 1, imm12: 4, Rn: 10, Rd: 10 }).msr("ELR_EL1", 10).emit("ERET_64E_branch_reg");
    },
  });
  const m = await start(p);
  // 0x25 is a data abort from the same level, 0 an unknown reason
  expect([finish(m), m.text()]).toEqual(["poweroff", `${String.fromCharCode(48 + 0x25)}000`]);
});

test("SMC is firmware too; a machine that waits for ever is stuck; a horizon is kept", async () => {
  const off = await start(createProgram().move(0, PSCI.SYSTEM_OFF).emit("SMC_ex_exception"));
  expect(finish(off)).toBe("poweroff");
  const stuck = await start(createProgram().label("idle").emit("HINT_hints", { op2: 3 }).to("B_only_branch_imm", "idle"));
  expect(finish(stuck)).toBe("stuck");
  const p = createProgram().move(1, 62500).msr("CNTV_CVAL_EL0", 1).move(1, 1).msr("CNTV_CTL_EL0", 1).emit("HINT_hints", { op2: 3 });
  const waiting = await start(psci(p, PSCI.SYSTEM_OFF));
  expect([waiting.run.step({ horizon: 400_000 }), waiting.run.machine.now()]).toEqual(["waiting", 400_000]);
  expect(waiting.run.step({ horizon: 2_000_000 })).toBe("ended");
  expect(waiting.run.machine.now()).toBeGreaterThanOrEqual(1_000_000);
});
