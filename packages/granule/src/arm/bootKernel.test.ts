import { createProgram, type Program } from "@granule/cpu-a64";
import { type KernelImage, loadImage } from "@granule/platform";
import { GRANULE_16K, GRANULE_4K, GRANULE_64K, kib, mib } from "@granule/units";
import { C } from "@granule/xen-abi";
import { describe, expect, test } from "vitest";
import { bootKernel } from "./bootKernel.ts";
import type { KernelRun, KernelSetting } from "./run.ts";

const GICD = 0x03001000;
const GICC = 0x03002000;
/** Memory of the program's own, 4 MiB into RAM: stage 1 is off, so virtual addresses are these. */
const SCRATCH = 0x40400000;
const SYSTEM_OFF = 0x84000008;

const word = (p: Program, at: number, value: number): Program => p.move(9, at).move(10, value).store(10, 9, 0, 4);
const doubleword = (p: Program, at: number, value: number | bigint): Program => p.move(9, at).move(10, value).store(10, 9);
const hypercall = (p: Program, nr: number, ...x: readonly number[]): Program => {
  x.forEach((value, n) => p.move(n, value));
  return p.move(16, nr).emit("HVC_ex_exception", { imm16: C.XEN_HYPERCALL_TAG });
};
const keep = (p: Program, Rd: number, Rm = 0): Program => p.emit("ORR_log_shift", { sf: 1, Rn: 31, Rm, Rd });
const off = (p: Program): Program => p.move(0, SYSTEM_OFF).emit("HVC_ex_exception");

const flat = async (p: Program): Promise<KernelImage> => {
  const image = await loadImage(p.bytes(), { flatOffset: 0 });
  if (!image.ok) throw new Error(image.why);
  return image.value;
};
async function start(p: Program, setting: Partial<KernelSetting> = {}): Promise<{ readonly run: KernelRun; readonly text: () => string; x(n: number): bigint }> {
  let text = "";
  const run = bootKernel({ kernel: await flat(p), memory: mib(8), output: (t) => (text += t), ...setting });
  return { run, text: () => text, x: (n) => run.domain.vcpus[0]?.regs.view.getBigUint64(8 * n, true) ?? 0n };
}
const finish = ({ run }: { readonly run: KernelRun }): string => {
  let state = run.step();
  for (let n = 0; n < 1000 && state === "running"; n++) state = run.step();
  return state === "ended" ? (run.end()?.reason ?? "?") : state;
};

const CASES = [GRANULE_4K, GRANULE_16K, GRANULE_64K].flatMap((stage2) => (["fast", "reference"] as const).map((engine) => ({ name: `the ${engine} engine, stage 2 of ${stage2.name}`, stage2, engine })));
describe.each(CASES)("$name", ({ stage2, engine }) => {
  test("a guest makes hypercalls, and powers off", async () => {
    const p = keep(hypercall(createProgram(), C.NR.xen_version, C.XENVER_version, 0), 20);
    word(p, SCRATCH, 0x000a6948);
    keep(hypercall(p, C.NR.console_io, C.CONSOLEIO_write, 3, SCRATCH), 21);
    keep(hypercall(p, 63), 22);
    const m = await start(off(p), { stage2, engine });
    expect([finish(m), m.text(), m.x(20), m.x(21), m.x(22)]).toEqual(["poweroff", "Hi\n", 0x40011n, 0n, 2n ** 64n - 38n]);
    expect(m.run.statistics()).toMatchObject({ hypercalls: [["?", 1], ["CONSOLEIO_write", 1], ["XENVER_version", 1]], firmwareCalls: 1 });
    expect(m.run.domain.granule).toBe(stage2);
  });

  test("an event is PPI 31 while it is pending, and not after the guest has answered it", async () => {
    const p = createProgram().to("ADR_only_pcreladdr", "vectors", { Rd: 9 }).msr("VBAR_EL1", 9);
    word(word(word(word(p, GICD, 1), GICD + 0x100, 0x80000000), GICC, 1), GICC + 4, 0xf0);
    // vcpu_info, which raises an upcall of its own; bind_ipi answers the port; send raises it again
    doubleword(p, SCRATCH, SCRATCH / 4096 + 1);
    word(p, SCRATCH + 8, 0);
    keep(hypercall(p, C.NR.vcpu_op, C.VCPUOP_register_vcpu_info, 0, SCRATCH), 20);
    p.emit("MSR_SI_pstate", { op1: 3, op2: 7, CRm: 2 });
    p.emit("MSR_SI_pstate", { op1: 3, op2: 6, CRm: 2 });
    word(word(p, SCRATCH + 16, 0), SCRATCH + 20, 0);
    keep(hypercall(p, C.NR.event_channel_op, C.EVTCHNOP_bind_ipi, SCRATCH + 16), 21);
    p.move(9, SCRATCH).load(22, 9, 20, 4).store(22, 9, 24, 4);
    word(p, SCRATCH + 28, 0);
    // unmask, then send
    keep(hypercall(p, C.NR.event_channel_op, C.EVTCHNOP_unmask, SCRATCH + 24), 23);
    keep(hypercall(p, C.NR.event_channel_op, C.EVTCHNOP_send, SCRATCH + 24), 24);
    p.emit("MSR_SI_pstate", { op1: 3, op2: 7, CRm: 2 }).emit("HINT_hints", { op2: 0 });
    off(p);
    p.align(0x800).label("vectors");
    while (p.here % 0x800 !== 0x280) p.word(0);
    // as Linux: upcall_pending, then pending_sel are cleared. Counts in x25; x26 is what is pending after the answer
    p.emit("ADD_addsub_imm", { sf: 1, imm12: 1, Rn: 25, Rd: 25 }).move(9, GICC).load(27, 9, 0xc, 4).move(11, SCRATCH + 4096).emit("STRB_32_ldst_pos", { Rt: 31, Rn: 11 }).store(31, 11, 8);
    p.store(27, 9, 0x10, 4).load(26, 9, 0xc, 4).emit("ERET_64E_branch_reg");
    const m = await start(p, { stage2, engine });
    expect([finish(m), m.x(20), m.x(21), m.x(22) > 0n, m.x(23), m.x(24)]).toEqual(["poweroff", 0n, 0n, true, 0n, 0n]);
    expect([m.x(25), m.x(27), m.x(26)]).toEqual([2n, 31n, 1023n]);
  });

  test("the console ring is served from the end of RAM, which the device tree leaves out", async () => {
    const p = keep(createProgram(), 19);
    doubleword(p, SCRATCH, C.DOMID_SELF + C.HVM_PARAM_CONSOLE_PFN * 2 ** 32);
    keep(hypercall(p, C.NR.hvm_op, C.HVMOP_get_param, SCRATCH), 20).move(9, SCRATCH).load(21, 9, 8);
    doubleword(p, SCRATCH, C.DOMID_SELF + C.HVM_PARAM_CONSOLE_EVTCHN * 2 ** 32);
    hypercall(p, C.NR.hvm_op, C.HVMOP_get_param, SCRATCH).move(9, SCRATCH).load(22, 9, 8);
    // x23: the ring; two bytes of output, then an event; then until the other end has taken them
    p.emit("UBFM_bitfield", { sf: 1, N: 1, immr: 52, imms: 51, Rn: 21, Rd: 23 }).move(10, 0x6b6f).emit("STRH_32_ldst_pos", { Rt: 10, Rn: 23, imm12: 1024 / 2 }).move(10, 2).store(10, 23, 3084, 4);
    p.move(9, SCRATCH).store(22, 9, 0, 4);
    hypercall(p, C.NR.event_channel_op, C.EVTCHNOP_send, SCRATCH);
    p.label("wait").load(10, 23, 3080, 4).emit("SUBS_addsub_imm", { sf: 1, Rn: 10, Rd: 31, imm12: 2 }).to("B_only_condbranch", "wait", { cond: 1 });
    const m = await start(off(p), { stage2, engine });
    expect([finish(m), m.text(), m.x(20)]).toEqual(["poweroff", "ok", 0n]);
    expect(m.x(21)).toBe(BigInt((0x40000000 + mib(8) - kib(128)) / 4096));
  });
});

test("what a domain cannot run is refused before it runs, naming who could", async () => {
  const kernel = { ...(await flat(createProgram().emit("HINT_hints"))), granule: GRANULE_16K };
  const options = { kernel, memory: mib(8), output: () => undefined };
  expect(() => bootKernel({ ...options, cpu: "cortex-a57" })).toThrow(expect.objectContaining({ code: "GRAN0101", message: expect.stringMatching(/16 KiB.*cortex-a57.*cortex-a35/s) }));
  expect(() => bootKernel({ ...options, initrd: new Uint8Array(mib(8)) })).toThrow(expect.objectContaining({ code: "GRAN0102" }));
  expect(() => bootKernel({ ...options, kernel: { ...kernel, granule: undefined }, cpu: "no-16k-stage2", stage2: GRANULE_16K })).toThrow(expect.objectContaining({ code: "GRAN0034" }));
});
