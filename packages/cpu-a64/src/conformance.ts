/**
 * What every engine for A64 must do beyond executing instructions: leave `run`, count, take interrupts, reach devices, share
 * its state through the vcpu's registers. Tests for vitest, at every stage 2 granule. Programs run with stage 1 off unless
 * they turn it on; RAM is at 1 GiB, a device behind it.
 */
import { type CpuModel, EC, ESR_ELx, findCpu, HCR_EL2, ISS_SYS, SPSR_ELx } from "@granule/arm";
import {
  type AbortInfo, createFrameAllocator, createMachineMemory, createVcpuRegs, type Engine, type EngineFactory, type EngineHost, EXECUTE, type Exit, identify, type SysReg, VcpuRegsLayout, WRITE,
} from "@granule/machine";
import { createStage2, stage2Registers } from "@granule/mmu";
import { add, type AnyGranule, GRANULES, ipa, mib, ModelBug, range, toNumber, va } from "@granule/units";
import { describe, expect, it } from "vitest";
import { createProgram, type Program } from "./spec/program.ts";
import { systemKey } from "./spec/systemRegisters.ts";

export interface EngineUnderTest {
  /** Part of the tests' names. */
  readonly name: string;
  /** One factory for each machine: it drives all vcpus of a domain. */
  readonly create: (cpu: CpuModel, parts: Parameters<typeof createVcpuRegs>[0]) => EngineFactory;
}

const RAM = 0x40000000;
const RAM_SIZE = mib(4);
/** Stage 2 maps nothing here: the host answers. */
const DEVICE = 0x50000000;
const VECTORS = RAM + 0x800;
const IRQ_VECTOR = 0x280;

interface Access {
  readonly info: AbortInfo;
  readonly value: number;
}
interface World {
  readonly engines: readonly Engine[];
  readonly engine: Engine;
  /** Nanoseconds before the current run began are added to what it retires. */
  base: number;
  readonly accesses: Access[];
  /** What the device answers. */
  answer: (access: Access) => ReturnType<EngineHost["abort"]>;
  holds: NonNullable<EngineHost["holds"]>;
  readonly system: { readonly key: number; readonly value: bigint | undefined; readonly el: number; readonly retired: number }[];
  systemValue: bigint | undefined;
  /** What the host was told of instructions that the CPU lacks. */
  readonly unallocated: (readonly [pc: bigint, word: number])[];
  peek(at: number, bytes: number): Uint8Array;
  poke(at: number, bytes: Uint8Array): void;
  get(name: SysReg): bigint;
  x(n: number): bigint;
}

function createWorld(subject: EngineUnderTest, granule: AnyGranule, program: Program, vcpus = 1, model = "cortex-a35"): World {
  const cpu = findCpu(model);
  if (cpu === undefined) throw new ModelBug(`no ${model}`);
  const memory = createMachineMemory(mib(8));
  const tables = createFrameAllocator(memory, memory.base, mib(2));
  const ram = add(memory.base, mib(4));
  const tree = createStage2({
    memory, granule, ipaBits: 40, paBits: cpu.paBits, allocTable: (size) => tables.alloc(size, size), freeTable: (at, size) => tables.free(at, size), flush: () => undefined,
  });
  if (!tree.ok) throw new ModelBug(tree.why);
  const mapped = tree.value.map(range(ipa(RAM), RAM_SIZE), ram, { read: true, write: true, execute: true, memory: "normal", tag: 1 });
  const registers = stage2Registers(granule, 40, cpu.paBits, tree.value.root, 1);
  if (!mapped.ok || !registers.ok) throw new ModelBug("stage 2");
  const factory = subject.create(cpu, memory);
  const engines: Engine[] = [];
  const world: World = {
    engines, base: 0, accesses: [], system: [], systemValue: undefined, unallocated: [], answer: () => "inject", holds: () => false,
    get engine() {
      const [first] = engines;
      if (first === undefined) throw new ModelBug("no engine");
      return first;
    },
    peek: (at, bytes) => memory.bytes(add(ram, at - RAM), bytes).slice(),
    poke: (at, bytes) => memory.bytes(add(ram, at - RAM), bytes.length).set(bytes),
    get: (name) => world.engine.regs.get(name),
    x: (n) => world.engine.regs.view.getBigUint64(8 * n, true),
  };
  world.poke(RAM, program.bytes());
  for (let index = 0; index < vcpus; index++) {
    const at = tables.alloc(VcpuRegsLayout.size, VcpuRegsLayout.size);
    if (at === undefined) throw new ModelBug("no memory for registers");
    const regs = createVcpuRegs(memory, at);
    identify(regs, cpu, index);
    regs.set("PC", BigInt(RAM));
    regs.set("PSTATE", SPSR_ELx.encode({ M: 0b0101, D: 1, A: 1, I: 1, F: 1 }));
    regs.set("VBAR_EL1", BigInt(VECTORS));
    const host: EngineHost = {
      memory, regs, stage2: { ...registers.value, hcr: HCR_EL2.encode({ VM: 1 }) },
      translator: { translate: () => -1, abort: { esr: 0, va: va(0), write: false, bytes: 0, stage: 1, ipa: undefined }, invalidate: () => undefined },
      abort(info, value) {
        world.accesses.push({ info: { ...info }, value });
        return world.answer({ info, value });
      },
      holds: (refused) => world.holds(refused),
      now: () => world.base + regs.retired,
      unallocated: (pc, word) => void world.unallocated.push([pc, word]),
      readSystem(key, el) {
        world.system.push({ key, value: undefined, el, retired: regs.retired });
        return world.systemValue;
      },
      writeSystem(key, value, el) {
        world.system.push({ key, value, el, retired: regs.retired });
        return world.systemValue !== undefined;
      },
    };
    engines.push(factory(host));
  }
  return world;
}

const nops = (program: Program, n: number): Program => {
  for (let i = 0; i < n; i++) program.emit("HINT_hints");
  return program;
};
/** Fills up to the vectors; the vector of an IRQ from EL1h. */
const withVectors = (program: Program, synchronous: (p: Program) => void, irq: (p: Program) => void = () => undefined): Program => {
  program.align(0x800);
  while (program.here < 0xa00) program.word(0);
  synchronous(program);
  while (program.here < 0x800 + IRQ_VECTOR) program.word(0);
  irq(program);
  return program;
};

/** Declares the suite. To be called at the top of a test file. */
export function describeEngine(subject: EngineUnderTest): void {
  describe.each([...GRANULES])(`${subject.name}, stage 2 granule $name`, (granule) => {
    const worldOf = (program: Program, vcpus?: number, model?: string): World => createWorld(subject, granule, program, vcpus, model);

    it("retires exactly its budget, and goes on where it was", () => {
      const world = worldOf(nops(createProgram().label("top"), 99).to("B_only_branch_imm", "top"));
      const { engine } = world;
      let total = 0;
      for (const budget of [1, 7, 100, 12345, 1]) {
        expect(engine.run(budget)).toEqual({ kind: "budget" });
        expect(engine.regs.retired).toBe((total += budget));
        expect(world.get("PC")).toBe(BigInt(RAM + (total % 100) * 4));
      }
    });

    it("leaves run at HVC, after it, and at SMC, at it, with the immediate", () => {
      const world = worldOf(createProgram().emit("HVC_ex_exception", { imm16: 0xea1 }).emit("SMC_ex_exception", { imm16: 7 }));
      expect([{ ...world.engine.run(10) }, world.get("PC"), world.engine.regs.retired]).toEqual([{ kind: "hvc", imm: 0xea1 }, BigInt(RAM + 4), 1]);
      expect([{ ...world.engine.run(10) }, world.get("PC"), world.engine.regs.retired]).toEqual([{ kind: "smc", imm: 7 }, BigInt(RAM + 4), 2]);
    });

    it("WFI waits, but not while the interrupt line is up, masked or not; WFE ends the turn", () => {
      const world = worldOf(createProgram().emit("HINT_hints", { op2: 3 }).emit("HINT_hints", { op2: 3 }).emit("HINT_hints", { op2: 2 }));
      expect([world.engine.run(10), world.get("PC")]).toEqual([{ kind: "wait", until: Infinity }, BigInt(RAM + 4)]);
      world.engine.irq(true);
      expect([world.engine.run(10), world.get("PC"), world.engine.regs.retired]).toEqual([{ kind: "budget" }, BigInt(RAM + 12), 3]);
    });

    it("takes an interrupt when it is unmasked, before the next instruction, and returns", () => {
      const program = nops(createProgram(), 2).emit("MSR_SI_pstate", { op1: 3, op2: 7, CRm: 2 }).move(0, 1).move(1, 2).emit("HVC_ex_exception");
      const world = worldOf(withVectors(program, () => undefined, (p) => p.mrs(2, "ELR_EL1").mrs(3, "SPSR_EL1").emit("HVC_ex_exception", { imm16: 1 }).emit("ERET_64E_branch_reg")));
      world.engine.irq(true);
      expect(world.engine.run(100)).toMatchObject({ kind: "hvc", imm: 1 });
      expect([world.x(0), world.x(2)]).toEqual([0n, BigInt(RAM + 12)]);
      expect(SPSR_ELx.decode(world.x(3))).toMatchObject({ M: 0b0101, D: 1, A: 1, I: 0, F: 1 });
      expect(world.engine.regs.retired).toBe(6);
      world.engine.irq(false);
      expect(world.engine.run(100)).toMatchObject({ kind: "hvc", imm: 0 });
      expect([world.x(0), world.x(1)]).toEqual([1n, 2n]);
    });

    it("an interrupt that a device raises in the middle of a run is taken at once", () => {
      const program = createProgram().move(1, DEVICE).emit("MSR_SI_pstate", { op1: 3, op2: 7, CRm: 2 }).store(0, 1).move(0, 1);
      const world = worldOf(withVectors(program, () => undefined, (p) => p.mrs(2, "ELR_EL1").emit("HVC_ex_exception", { imm16: 1 })));
      world.answer = () => {
        world.engine.irq(true);
        return 0;
      };
      expect(world.engine.run(100)).toMatchObject({ kind: "hvc", imm: 1 });
      expect([world.x(0), world.x(2)]).toEqual([0n, BigInt(RAM + 16)]);
    });

    it("stops after the instruction in which the host asked for it", () => {
      const world = worldOf(nops(createProgram().move(1, DEVICE).load(0, 1, 0, 4), 9));
      world.answer = () => {
        world.engine.stop();
        return 5;
      };
      expect(world.engine.run(100)).toEqual({ kind: "budget" });
      expect([world.engine.regs.retired, world.x(0)]).toEqual([3, 5n]);
      expect(world.engine.run(2)).toEqual({ kind: "budget" });
      expect(world.engine.regs.retired).toBe(5);
    });

    it("devices answer loads and stores of every size that stage 2 refuses, with the time at which they began", () => {
      const program = createProgram().move(1, DEVICE + 0x10).move(0, 0x123456789abcn).store(0, 1).store(0, 1, 4, 4).emit("STRH_32_ldst_pos", { Rt: 0, Rn: 1 }).emit("STRB_32_ldst_pos", { Rt: 0, Rn: 1 });
      program.load(2, 1).load(3, 1, 0, 4).emit("LDRSB_64_ldst_pos", { Rt: 4, Rn: 1 }).emit("HVC_ex_exception");
      const world = worldOf(program);
      const times: number[] = [];
      world.answer = ({ info }) => {
        times.push(world.engine.regs.retired);
        return info.write ? 0 : info.bytes === 1 ? 0x85 : 0x89abcdef;
      };
      expect(world.engine.run(100)).toMatchObject({ kind: "hvc" });
      expect(world.accesses.map(({ info, value }) => [toNumber(info.ipa ?? ipa(0)), info.bytes, info.write, info.write ? value : 0])).toEqual([
        [DEVICE + 0x10, 8, true, 0x123456789abc], [DEVICE + 0x14, 4, true, 0x56789abc], [DEVICE + 0x10, 2, true, 0x9abc], [DEVICE + 0x10, 1, true, 0xbc],
        [DEVICE + 0x10, 8, false, 0], [DEVICE + 0x10, 4, false, 0], [DEVICE + 0x10, 1, false, 0],
      ]);
      expect([world.x(2), world.x(3), world.x(4)]).toEqual([0x89abcdefn, 0x89abcdefn, 2n ** 64n - 0x7bn]);
      const [first = 0] = times;
      expect(times).toEqual([0, 1, 2, 3, 4, 5, 6].map((n) => first + n));
      expect(first).toBe(world.engine.regs.retired - 8);
    });

    it("an access that nobody claims is an abort with an empty syndrome, of data and of instructions", () => {
      const world = worldOf(withVectors(createProgram().move(1, DEVICE + 8).load(0, 1), (p) => p.emit("HVC_ex_exception", { imm16: 2 }).emit("BR_64_branch_reg", { Rn: 1 })));
      expect(world.engine.run(100)).toMatchObject({ kind: "hvc", imm: 2 });
      expect([world.get("ESR_EL1"), world.get("FAR_EL1"), world.get("ELR_EL1")]).toEqual([0x96000000n, BigInt(DEVICE + 8), BigInt(RAM + 8)]);
      expect(world.accesses).toHaveLength(1);
      expect(world.engine.run(100)).toMatchObject({ kind: "hvc", imm: 2 });
      expect([world.get("ESR_EL1"), world.get("FAR_EL1"), world.get("ELR_EL1")]).toEqual([0x86000000n, BigInt(DEVICE + 8), BigInt(DEVICE + 8)]);
      expect(world.accesses).toHaveLength(1);
    });

    it("is held before an access when the host wants so: nothing has changed but the monitor, and an interrupt comes first", () => {
      const code = createProgram().move(1, RAM + 0x700).move(2, DEVICE).emit("LDXR_64_ldstexcl", { Rn: 1, Rt: 0 }).store(3, 2, 16).emit("STXR_64_ldstexcl", { Rn: 1, Rt: 3, Rs: 4 }).emit("BR_64_branch_reg", { Rn: 2 });
      const world = worldOf(withVectors(code, (p) => p.emit("HVC_ex_exception", { imm16: 2 }), (p) => p.mrs(5, "ELR_EL1").emit("HVC_ex_exception", { imm16: 3 })));
      const asked: number[][] = [];
      world.holds = ({ va: at, ipa: where, access }) => asked.push([toNumber(at), toNumber(where), access]) > 0;
      for (const n of [1, 2]) {
        expect(world.engine.run(100)).toMatchObject({ kind: "held", refused: { access: WRITE }, interruptible: false });
        expect(asked).toEqual(Array.from({ length: n }, () => [DEVICE + 16, DEVICE + 16, WRITE]));
        expect([world.x(2), world.get("ESR_EL1"), world.get("ELR_EL1")]).toEqual([BigInt(DEVICE), 0n, 0n]);
      }
      // past it: the store exclusive has no monitor, and the fetch after it is held as well
      world.engine.regs.set("PC", world.get("PC") + 4n);
      expect(world.engine.run(100)).toMatchObject({ kind: "held", refused: { access: EXECUTE } });
      expect([world.x(4), world.get("PC")]).toEqual([1n, BigInt(DEVICE)]);
      world.engine.regs.set("PSTATE", SPSR_ELx.encode({ M: 0b0101 }));
      expect(world.engine.run(100)).toMatchObject({ kind: "held", interruptible: true });
      world.engine.irq(true);
      expect(world.engine.run(100)).toMatchObject({ kind: "hvc", imm: 3 });
      expect(world.x(5)).toBe(BigInt(DEVICE));
    });

    it("the counters count 16 ns a tick from the host's clock, and EL0 asks CNTKCTL_EL1", () => {
      const program = createProgram().mrs(0, "CNTVCT_EL0").mrs(1, "CNTFRQ_EL0");
      nops(program, 30).mrs(2, "CNTPCT_EL0").move(5, 2).msr("CNTKCTL_EL1", 5).mrs(4, "CNTKCTL_EL1").to("ADR_only_pcreladdr", "user", { Rd: 5 }).msr("ELR_EL1", 5).msr("SPSR_EL1", 31).emit("ERET_64E_branch_reg");
      program.label("user").mrs(6, "CNTVCT_EL0").mrs(7, "CNTPCT_EL0");
      withVectors(program, () => undefined);
      while (program.here < 0xc00) program.word(0);
      const world = worldOf(program.emit("HVC_ex_exception", { imm16: 4 }));
      world.base = 16 * 1000;
      expect(world.engine.run(200)).toMatchObject({ kind: "hvc", imm: 4 });
      expect([world.x(0), world.x(1), world.x(2), world.x(4), world.x(6)]).toEqual([1000n, 62_500_000n, 1002n, 2n, 1002n]);
      expect(ESR_ELx.decode(world.get("ESR_EL1")).EC).toBe(EC.SYS64);
      expect(world.get("ESR_EL1") & 0x1ffffffn).toBe(ISS_SYS.encode({ Op0: 3, Op2: 1, Op1: 3, CRn: 14, CRm: 0, Rt: 7, Direction: 1 }));
      expect(world.system).toEqual([]);
    });

    it("registers that the PE lacks are the host's; what that lacks too is UNDEFINED", () => {
      const world = worldOf(withVectors(createProgram().move(1, 0x8000_0000_0000_0001n).msr("CNTV_CVAL_EL0", 1).mrs(2, "CNTV_CTL_EL0").emit("HVC_ex_exception").mrs(3, "CNTP_CTL_EL0"), (p) => p.emit("HVC_ex_exception", { imm16: 2 })));
      world.systemValue = 5n;
      expect(world.engine.run(100)).toMatchObject({ kind: "hvc", imm: 0 });
      const cval = world.system[0];
      expect([cval?.key, cval?.value, cval?.el]).toEqual([systemKey(3, 3, 14, 3, 2), 0x8000_0000_0000_0001n, 1]);
      expect(world.system[1]).toMatchObject({ key: systemKey(3, 3, 14, 3, 1), value: undefined, retired: (cval?.retired ?? 0) + 1 });
      expect(world.x(2)).toBe(5n);
      world.systemValue = undefined;
      expect(world.engine.run(100)).toMatchObject({ kind: "hvc", imm: 2 });
      expect(ESR_ELx.decode(world.get("ESR_EL1"))).toEqual({ EC: EC.UNKNOWN, IL: 1, ISS: 0 });
    });

    it("an instruction that the CPU lacks raises Undefined, and the host is told where it is and what", () => {
      // CASAL x0, x1, [x2], of Armv8.1
      const world = worldOf(withVectors(nops(createProgram(), 3).word(0xc8e0fc41), (p) => p.emit("HVC_ex_exception", { imm16: 3 })));
      expect(world.engine.run(100)).toMatchObject({ kind: "hvc", imm: 3 });
      expect(ESR_ELx.decode(world.get("ESR_EL1"))).toEqual({ EC: EC.UNKNOWN, IL: 1, ISS: 0 });
      expect(world.unallocated).toEqual([[BigInt(RAM + 12), 0xc8e0fc41]]);
    });

    it("a CPU with FEAT_LSE has it: a device is read and written, and an unaligned or unclaimed access is the abort of a read", () => {
      const program = createProgram().move(1, DEVICE).move(2, 5).emit("LDADDAL_32_memop", { Rs: 2, Rn: 1, Rt: 3 }).move(1, RAM + 0x404).emit("SWP_64_memop", { Rs: 2, Rn: 1, Rt: 4 });
      const world = worldOf(withVectors(program, (p) => p.emit("HVC_ex_exception", { imm16: 3 })), 1, "armv8.1-lse");
      world.answer = ({ info }) => (info.write ? 0 : 0x1_0000_0007);
      expect(world.engine.run(20)).toEqual({ kind: "hvc", imm: 3 });
      expect(world.accesses.map(({ info, value }) => [info.write, info.bytes, info.write ? value : 0])).toEqual([[false, 4, 0], [true, 4, 12]]);
      expect(world.x(3)).toBe(7n);
      expect(ESR_ELx.decode(world.get("ESR_EL1"))).toMatchObject({ EC: EC.DATA_ABORT_SAME, ISS: 0x21 });
      expect(world.get("FAR_EL1")).toBe(BigInt(RAM + 0x404));
      const unclaimed = worldOf(withVectors(createProgram().move(1, DEVICE).emit("CAS_64_comswap", { Rs: 2, Rn: 1, Rt: 3 }), (p) => p.emit("HVC_ex_exception", { imm16: 4 })), 1, "armv8.1-lse");
      expect(unclaimed.engine.run(20)).toEqual({ kind: "hvc", imm: 4 });
      expect(unclaimed.accesses.map(({ info }) => info.write)).toEqual([false]);
    });
    it("identification registers are what the vcpu's registers say", () => {
      const world = worldOf(createProgram().mrs(0, "MIDR_EL1").mrs(1, "MPIDR_EL1").mrs(2, "ID_AA64MMFR0_EL1").mrs(3, "ID_AA64PFR0_EL1").mrs(4, "ID_AA64MMFR2_EL1").emit("HVC_ex_exception"), 2);
      world.engines[1]?.run(100);
      expect([0, 1, 2, 3, 4].map((n) => world.engines[1]?.regs.view.getBigUint64(8 * n, true))).toEqual([0x411fd040n, 0x80000001n, 0x101122n, 0x11n, 0n]);
    });

    it("both stack pointers are in the vcpu's registers: the selected one in SP", () => {
      const world = worldOf(createProgram().move(0, 0x111).emit("ADD_addsub_imm", { sf: 1, Rn: 0, Rd: 31 }).move(0, 0x222).msr("SP_EL0", 0).emit("HVC_ex_exception").emit("MSR_SI_pstate", { op1: 0, op2: 5, CRm: 0 }).emit("HVC_ex_exception"));
      world.engine.run(100);
      expect([world.get("SP"), world.get("SP_EL0")]).toEqual([0x111n, 0x222n]);
      world.engine.run(100);
      expect([world.get("SP"), world.get("SP_EL1")]).toEqual([0x222n, 0x111n]);
      expect(SPSR_ELx.decode(world.get("PSTATE")).M).toBe(0b0100);
    });

    it("a host that changes registers between two runs is obeyed", () => {
      const world = worldOf(nops(createProgram(), 20).move(3, 7).emit("HVC_ex_exception"));
      world.engine.run(1);
      world.engine.regs.view.setBigUint64(8 * 30, 0x1234n, true);
      world.engine.regs.set("PC", BigInt(RAM + 80));
      expect(world.engine.run(100)).toMatchObject({ kind: "hvc" });
      expect([world.x(3), world.x(30)]).toEqual([7n, 0x1234n]);
    });

    it("code that was rewritten is executed as it is now, after IC IVAU", () => {
      const program = createProgram().to("ADR_only_pcreladdr", "patched", { Rd: 1 }).to("BL_only_branch_imm", "patched").move(2, 0xd2800540n).store(2, 1, 0, 4).sys("DC CVAU", 1).emit("DSB_barriers", { CRm: 11 });
      program.sys("IC IVAU", 1).emit("DSB_barriers", { CRm: 11 }).emit("ISB_barriers", { CRm: 15 }).emit("ORR_log_shift", { sf: 1, Rn: 31, Rm: 0, Rd: 3 }).to("BL_only_branch_imm", "patched").emit("HVC_ex_exception");
      const world = worldOf(program.label("patched").emit("MOVZ_movewide", { sf: 1, imm16: 1, Rd: 0 }).emit("RET_64R_branch_reg", { Rn: 30 }));
      expect(world.engine.run(100)).toMatchObject({ kind: "hvc" });
      expect([world.x(3), world.x(0)]).toEqual([1n, 42n]); // movz x0, #42
    });

    it("an exclusive pair of accesses works over the end of a run", () => {
      const world = worldOf(createProgram().move(1, RAM + 0x400).move(2, 9).emit("LDXR_64_ldstexcl", { Rn: 1, Rt: 0 }).emit("STXR_64_ldstexcl", { Rn: 1, Rt: 2, Rs: 3 }).emit("HVC_ex_exception"));
      let exit: Exit = { kind: "budget" };
      while (exit.kind === "budget") exit = world.engine.run(1);
      expect([world.x(3), world.peek(RAM + 0x400, 1)[0]]).toEqual([0n, 9]);
    });
  });
}
