import { EC, ESR_ELx, faultStatus, SCTLR_EL1, SPSR_ELx } from "@granule/arm";
import { describe, expect, it } from "vitest";
import { createFlatMemory } from "../judge/memory.ts";
import { createDecoder, encode } from "../spec/decode.ts";
import type { Fields } from "../spec/row.ts";
import type { CpuState, MemoryFault, Outcome, ReferenceMemory, SystemPort } from "./contract.ts";
import { createCpuState, createReferenceCpu } from "./cpu.ts";

const CODE = 0x40000;
const VECTORS = 0x80000n;
const NO_PORT: SystemPort = { read: () => undefined, write: () => false, operate: () => undefined };
const UDF = 0;

interface Setup {
  readonly el?: 0 | 1;
  readonly spSel?: 0 | 1;
  readonly port?: SystemPort;
  readonly sctlr?: Parameters<typeof SCTLR_EL1.encode>[0];
  readonly memory?: ReferenceMemory;
  readonly prepare?: (state: CpuState) => void;
}
/** Runs the words, one step each, from CODE; the state and the last outcome. */
function run(words: readonly number[], setup: Setup = {}): { state: CpuState; outcome: Outcome } {
  const bytes = new Uint8Array(0x1000);
  const view = new DataView(bytes.buffer);
  words.forEach((word, n) => view.setUint32(n * 4, word, true));
  const state = createCpuState(BigInt(CODE));
  state.el = setup.el ?? 1;
  state.spSel = setup.spSel ?? 1;
  state.daif = 0;
  state.system.set("VBAR_EL1", VECTORS);
  state.system.set("SCTLR_EL1", SCTLR_EL1.encode(setup.sctlr ?? {}));
  setup.prepare?.(state);
  const memory = setup.memory ?? createFlatMemory([{ base: CODE, bytes, writable: true }]);
  const cpu = createReferenceCpu({ decode: createDecoder(new Set()), memory, port: setup.port ?? NO_PORT, identification: { MIDR_EL1: 0x411fd040n, DCZID_EL0: 4n } }, state);
  let outcome: Outcome = { kind: "retired" };
  for (const _ of words) outcome = cpu.step();
  return { state, outcome };
}
const system = (state: CpuState, name: string): bigint => state.system.get(name) ?? 0n;
const esr = (state: CpuState): { EC: number; IL: number; ISS: number } => ESR_ELx.decode(system(state, "ESR_EL1"));
const register = (o0: number, op1: number, CRn: number, CRm: number, op2: number, Rt = 0): Partial<Fields> => ({ o0, op1, CRn, CRm, op2, Rt });
const mrs = (...at: Parameters<typeof register>): number => encode("MRS_RS_systemmove", register(...at));
const msr = (...at: Parameters<typeof register>): number => encode("MSR_SR_systemmove", register(...at));

describe("taking an exception to EL1", () => {
  it.each([
    ["EL0", 0, 0, 0x400n, 0b0000],
    ["EL1 with SP_EL0", 1, 0, 0x000n, 0b0100],
    ["EL1 with SP_EL1", 1, 1, 0x200n, 0b0101],
  ] as const)("from %s: vector, SPSR, and the new PSTATE", (_, el, spSel, offset, M) => {
    const { state, outcome } = run([UDF], { el, spSel, prepare: (s) => { s.nzcv = 0b1010; s.daif = 0b0101; } });
    expect(outcome).toEqual({ kind: "exception", ec: EC.UNKNOWN });
    expect(state).toMatchObject({ pc: VECTORS + offset, el: 1, spSel: 1, daif: 0b1111, nzcv: 0b1010, il: false });
    expect(SPSR_ELx.decode(system(state, "SPSR_EL1"))).toMatchObject({ M, nRW: 0, N: 1, Z: 0, C: 1, V: 0, D: 0, A: 1, I: 0, F: 1, IL: 0 });
    expect(system(state, "ELR_EL1")).toBe(BigInt(CODE));
    expect(esr(state)).toEqual({ EC: EC.UNKNOWN, IL: 1, ISS: 0 });
  });
  it("SVC returns after itself, BRK to itself; both report the immediate", () => {
    const svc = run([encode("SVC_ex_exception", { imm16: 0x1234 })], { el: 0 }).state;
    expect([esr(svc), system(svc, "ELR_EL1")]).toEqual([{ EC: EC.SVC64, IL: 1, ISS: 0x1234 }, BigInt(CODE + 4)]);
    const brk = run([encode("BRK_ex_exception", { imm16: 0xf000 })]).state;
    expect([esr(brk), system(brk, "ELR_EL1")]).toEqual([{ EC: EC.BRK64, IL: 1, ISS: 0xf000 }, BigInt(CODE)]);
  });
  it.each([["irq", 0x80n], ["fiq", 0x100n], ["serror", 0x180n]] as const)("%s has a vector of its own and returns to the instruction not executed", (kind, offset) => {
    const state = createCpuState(BigInt(CODE));
    state.system.set("VBAR_EL1", VECTORS);
    state.el = 0;
    const cpu = createReferenceCpu({ decode: createDecoder(new Set()), memory: createFlatMemory([]), port: NO_PORT, identification: {} }, state);
    cpu.interrupt(kind);
    expect([state.pc, state.el, system(state, "ELR_EL1")]).toEqual([VECTORS + 0x400n + offset, 1, BigInt(CODE)]);
    expect(state.system.has("ESR_EL1")).toBe(kind === "serror");
  });
  it("VBAR_EL1 keeps bits 10:0 clear", () => {
    expect(system(run([msr(1, 0, 12, 0, 0)], { prepare: (s) => { s.x[0] = 0x12fffn; } }).state, "VBAR_EL1")).toBe(0x12800n);
  });
});

describe("aborts", () => {
  const ldr = encode("LDR_64_ldst_pos", { Rn: 1, Rt: 0 });
  const str = encode("STR_64_ldst_immpre", { Rn: 1, Rt: 0, imm9: 8 });
  const unmapped = (s: CpuState): void => { s.x[1] = 0x9000n; };
  it.each([["EL0", 0, EC.DATA_ABORT_LOWER], ["EL1", 1, EC.DATA_ABORT_SAME]] as const)("a load at %s sets FAR and DFSC", (_, el, ec) => {
    const { state } = run([ldr], { el, prepare: unmapped });
    expect(esr(state)).toEqual({ EC: ec, IL: 1, ISS: faultStatus("translation", 3) });
    expect(system(state, "FAR_EL1")).toBe(0x9000n);
  });
  it("a store reports WnR and leaves the base register alone", () => {
    const { state } = run([str], { prepare: unmapped });
    expect(esr(state).ISS).toBe(faultStatus("translation", 3) | 0x40);
    expect([system(state, "FAR_EL1"), state.x[1]]).toEqual([0x9008n, 0x9000n]);
  });
  it("a pair whose second half faults changes no register and reports that half", () => {
    const end = CODE + 0x1000;
    const { state } = run([encode("LDP_64_ldstpair_post", { Rn: 1, Rt: 2, Rt2: 3, imm7: 2 })], { prepare: (s) => { s.x.fill(7n); s.x[1] = BigInt(end - 8); } });
    expect([state.x[1], state.x[2], state.x[3], system(state, "FAR_EL1")]).toEqual([BigInt(end - 8), 7n, 7n, BigInt(end)]);
  });
  it("a fetch that fails is an Instruction Abort", () => {
    const { state } = run([encode("BR_64_branch_reg", { Rn: 1 }), UDF], { el: 0, prepare: unmapped });
    expect([esr(state).EC, system(state, "FAR_EL1"), system(state, "ELR_EL1")]).toEqual([EC.INSTRUCTION_ABORT_LOWER, 0x9000n, 0x9000n]);
  });
  it("a misaligned PC is no Instruction Abort", () => {
    const { state } = run([encode("BR_64_branch_reg", { Rn: 1 }), UDF], { prepare: (s) => { s.x[1] = BigInt(CODE + 2); } });
    expect([esr(state).EC, system(state, "FAR_EL1")]).toEqual([EC.PC_ALIGNMENT, BigInt(CODE + 2)]);
  });
  it("SP as a base must be aligned where SCTLR_EL1 says so, but not for a prefetch", () => {
    const load = encode("LDR_64_ldst_pos", { Rn: 31, Rt: 0 });
    const prepare = (s: CpuState): void => { s.spEl1 = BigInt(CODE + 8); };
    expect(esr(run([load], { sctlr: { SA: 1 }, prepare }).state).EC).toBe(EC.SP_ALIGNMENT);
    expect(run([load], { sctlr: { SA0: 1 }, prepare }).outcome.kind).toBe("retired");
    expect(run([encode("PRFM_ldst_pos", { Rn: 31, Rt: 0 })], { sctlr: { SA: 1 }, prepare }).outcome.kind).toBe("retired");
  });
  it("alignment: exclusive and ordered accesses always, others with SCTLR_EL1.A", () => {
    const prepare = (s: CpuState): void => { s.x[1] = BigInt(CODE + 4); };
    const alignment = (name: string, A: number): number => {
      const { state, outcome } = run([encode(name, { Rn: 1, Rt: 0 })], { sctlr: { A }, prepare });
      return outcome.kind === "exception" ? esr(state).ISS : 0;
    };
    expect([alignment("LDR_64_ldst_pos", 0), alignment("LDR_64_ldst_pos", 1), alignment("LDAR_64_ldstexcl", 0), alignment("LDXR_64_ldstexcl", 0), alignment("STLR_64_ldstexcl", 0), alignment("LDXR_32_ldstexcl", 0)])
      .toEqual([0, 0x21, 0x21, 0x21, 0x61, 0]);
  });
  it("LDTR and STTR at EL1 ask with EL0's rights", () => {
    const asked: boolean[] = [];
    const flat = createFlatMemory([{ base: CODE, bytes: new Uint8Array(64), writable: true }]);
    const words = [encode("LDR_64_ldst_unpriv", { Rn: 1 }), encode("LDR_64_ldst_unscaled", { Rn: 1 })];
    let next = 0;
    const memory: ReferenceMemory = { ...flat, fetch: () => words[next++] ?? 0, load: (va, bytes, rights) => { asked.push(rights.el0); return flat.load(va, bytes, rights); } };
    run(words, { memory, prepare: (s) => { s.x[1] = BigInt(CODE); } });
    expect(asked).toEqual([true, false]);
  });
  it("a stage 2 fault leaves the step with everything as it was", () => {
    const fault: MemoryFault = { status: faultStatus("translation", 2), va: 0x9000n, stage: 2 };
    const flat = createFlatMemory([]);
    const memory: ReferenceMemory = { ...flat, fetch: () => str, store: () => fault };
    const { state, outcome } = run([str], { memory, prepare: unmapped });
    expect(outcome).toEqual({ kind: "abort", fault, write: true, maintenance: false });
    expect([state.pc, state.x[1], state.system.has("ESR_EL1")]).toEqual([BigInt(CODE), 0x9000n, false]);
  });
});

describe("ERET", () => {
  const eret = encode("ERET_64E_branch_reg", {});
  const from = (spsr: bigint, words = [eret]): ReturnType<typeof run> =>
    run(words, { prepare: (s) => { s.system.set("SPSR_EL1", spsr); s.system.set("ELR_EL1", BigInt(CODE + 8)); s.monitor = { address: 0n, bytes: 8, values: [0n, 0n] }; } });
  it.each([["EL0t", 0b0000, 0, 0], ["EL1t", 0b0100, 1, 0], ["EL1h", 0b0101, 1, 1]] as const)("returns to %s", (_, M, el, spSel) => {
    const { state } = from(SPSR_ELx.encode({ M, Z: 1, I: 1 }));
    expect(state).toMatchObject({ pc: BigInt(CODE + 8), el, spSel, nzcv: 4, daif: 2, il: false, monitor: undefined });
  });
  it.each([["EL2h", 0b1001, 0], ["M<1> set", 0b0010, 0], ["EL0 with SP 1", 0b0001, 0], ["AArch32", 0b0000, 1]] as const)("to %s is illegal, and the next instruction takes that", (_, M, nRW) => {
    const { state } = from(SPSR_ELx.encode({ M, nRW, N: 1 }));
    expect(state).toMatchObject({ pc: BigInt(CODE + 8), el: 1, spSel: 1, nzcv: 8, il: true });
    const next = from(SPSR_ELx.encode({ M, nRW }), [eret, UDF]).state;
    expect([esr(next).EC, SPSR_ELx.decode(system(next, "SPSR_EL1")).IL, next.il]).toEqual([EC.ILLEGAL_STATE, 1, false]);
  });
  it("undoes any exception", () => {
    const { state } = run([encode("SVC_ex_exception", {})], { el: 0, prepare: (s) => { s.nzcv = 9; s.daif = 3; } });
    const memory: ReferenceMemory = { ...createFlatMemory([]), fetch: () => eret };
    createReferenceCpu({ decode: createDecoder(new Set()), memory, port: NO_PORT, identification: {} }, state).step();
    expect(state).toMatchObject({ pc: BigInt(CODE + 4), el: 0, nzcv: 9, daif: 3, il: false });
  });
});

describe("what leaves the core", () => {
  it("HVC moves on, SMC does not; both are UNDEFINED at EL0", () => {
    const hvc = encode("HVC_ex_exception", { imm16: 0xea1 });
    const smc = encode("SMC_ex_exception", { imm16: 1 });
    const done = run([hvc]);
    expect([done.outcome, done.state.pc]).toEqual([{ kind: "hvc", imm: 0xea1 }, BigInt(CODE + 4)]);
    const trapped = run([smc]);
    expect([trapped.outcome, trapped.state.pc]).toEqual([{ kind: "smc", imm: 1 }, BigInt(CODE)]);
    for (const word of [hvc, smc]) expect(run([word], { el: 0 }).outcome).toEqual({ kind: "exception", ec: EC.UNKNOWN });
  });
  it("WFI and WFE wait; at EL0 without SCTLR_EL1.nTWx they trap", () => {
    const wfe = encode("HINT_hints", { op2: 2 });
    const wfi = encode("HINT_hints", { op2: 3 });
    expect([run([wfi]).outcome, run([wfe]).outcome]).toEqual([{ kind: "wait", event: false }, { kind: "wait", event: true }]);
    expect(run([wfi], { el: 0, sctlr: { nTWI: 1 } }).outcome.kind).toBe("wait");
    expect(esr(run([wfe], { el: 0, sctlr: { nTWI: 1 } }).state)).toEqual({ EC: EC.WFX, IL: 1, ISS: 0x1e00001 });
  });
});

describe("system registers", () => {
  it("PSTATE fields read as registers", () => {
    const { state } = run([mrs(1, 0, 4, 2, 2, 0), mrs(1, 3, 4, 2, 1, 1), mrs(1, 0, 4, 2, 0, 2), mrs(1, 3, 4, 2, 0, 3)], { prepare: (s) => { s.daif = 5; s.nzcv = 6; } });
    expect([...state.x.subarray(0, 4)]).toEqual([4n, 0x140n, 1n, 0x60000000n]);
  });
  it("SP_EL0 is UNDEFINED while it is the stack pointer", () => {
    expect(run([mrs(1, 0, 4, 1, 0)], { prepare: (s) => { s.spEl0 = 5n; } }).state.x[0]).toBe(5n);
    expect(run([mrs(1, 0, 4, 1, 0)], { spSel: 0 }).outcome.kind).toBe("exception");
    expect(run([msr(1, 0, 4, 1, 0)], { spSel: 0 }).outcome.kind).toBe("exception");
  });
  it("SPSel chooses the stack pointer; DAIFSet and DAIFClr change only their bits", () => {
    const pstate = (op1: number, op2: number, CRm: number): number => encode("MSR_SI_pstate", { op1, op2, CRm });
    const { state } = run([pstate(0, 5, 0), encode("ADD_addsub_imm", { sf: 1, imm12: 1, Rn: 31, Rd: 31 }), pstate(3, 6, 0b1010), pstate(3, 7, 0b0011)], {
      prepare: (s) => { s.spEl0 = 0x10n; s.spEl1 = 0x20n; s.daif = 0b0001; },
    });
    expect(state).toMatchObject({ spSel: 0, spEl0: 0x11n, spEl1: 0x20n, daif: 0b1000 });
  });
  it("EL0: UNDEFINED for EL1's, a trap for what SCTLR_EL1 closes, else the value", () => {
    const ctr = mrs(1, 3, 0, 0, 1, 5);
    expect(run([mrs(1, 0, 1, 0, 0)], { el: 0 }).outcome).toEqual({ kind: "exception", ec: EC.UNKNOWN });
    // ISS: Op0 3, Op2 1, Op1 3, CRn 0, Rt 5, CRm 0, read
    expect(esr(run([ctr], { el: 0 }).state)).toEqual({ EC: EC.SYS64, IL: 1, ISS: 0x32c0a1 });
    expect(run([ctr], { el: 0, sctlr: { UCT: 1 } }).outcome.kind).toBe("retired");
    // MSR DAIFSet, #2: Op0 0, Op2 6, Op1 3, CRn 4, Rt 31, CRm 2, write
    expect(esr(run([encode("MSR_SI_pstate", { op1: 3, CRm: 2, op2: 6 })], { el: 0 }).state).ISS).toBe(0x0cd3e4);
  });
  it("DCZID_EL0.DZP tells EL0 that DC ZVA would trap", () => {
    const dczid = mrs(1, 3, 0, 0, 7, 1);
    expect([run([dczid], { el: 0 }), run([dczid], { el: 0, sctlr: { DZE: 1 } }), run([dczid])].map(({ state }) => state.x[1])).toEqual([20n, 4n, 4n]);
  });
  it("identification is given, reads as 0 where it is not, and cannot be written", () => {
    expect(run([mrs(1, 0, 0, 0, 0, 1)]).state.x[1]).toBe(0x411fd040n);
    const reserved = run([mrs(1, 0, 0, 4, 2, 1)], { prepare: (s) => { s.x[1] = 5n; } });
    expect([reserved.outcome.kind, reserved.state.x[1]]).toEqual(["retired", 0n]);
    expect(run([msr(1, 0, 0, 0, 0)]).outcome.kind).toBe("exception");
  });
  it("others are the port's, or UNDEFINED", () => {
    const written: bigint[] = [];
    const port: SystemPort = { ...NO_PORT, read: (r) => (r.CRn === 14 ? 99n : undefined), write: (r, value) => r.CRn === 14 && written.push(value) > 0 };
    const { state } = run([mrs(1, 3, 14, 0, 2, 1), msr(1, 3, 14, 3, 1, 1)], { port });
    expect([state.x[1], written]).toEqual([99n, [99n]]);
    expect(run([mrs(1, 3, 15, 0, 0)], { port }).outcome.kind).toBe("exception");
  });
  it("TLBI, IC and DC go to the port; its fault is a cache maintenance abort", () => {
    const seen: unknown[] = [];
    const tlbi = encode("SYS_CR_systeminstrs", { op1: 0, CRn: 8, CRm: 3, op2: 1, Rt: 2 });
    const civac = encode("SYS_CR_systeminstrs", { op1: 3, CRn: 7, CRm: 14, op2: 1, Rt: 2 });
    const port: SystemPort = { ...NO_PORT, operate: (name, value, el) => { seen.push([name, value, el]); return name === "DC CIVAC" ? { status: 7, va: value, stage: 1 } : undefined; } };
    const { state } = run([tlbi, civac], { port, prepare: (s) => { s.x[2] = 0x77n; } });
    expect(seen).toEqual([["TLBI VAE1IS", 0x77n, 1], ["DC CIVAC", 0x77n, 1]]);
    expect([esr(state), system(state, "FAR_EL1")]).toEqual([{ EC: EC.DATA_ABORT_SAME, IL: 1, ISS: 0x147 }, 0x77n]);
    expect(run([tlbi], { el: 0, port }).outcome).toEqual({ kind: "exception", ec: EC.UNKNOWN });
    expect(esr(run([civac], { el: 0, port }).state).EC).toBe(EC.SYS64);
  });
});
