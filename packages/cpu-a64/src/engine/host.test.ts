import { VcpuRegsLayout } from "@granule/machine";
import { add, GRANULE_16K, GRANULE_4K, ipa, mib, range, toNumber } from "@granule/units";
import { describe, expect, it } from "vitest";
import { createJudgeMachine, difference, type JudgeMachine } from "../judge/machine.ts";
import { createProgram, type Program } from "../spec/program.ts";

const RAM = 0x40000000;
const BANKS = [{ base: RAM, size: mib(1) }] as const;
const put = (machine: JudgeMachine, program: Program): void => machine.ram(RAM, program.here).set(program.bytes());
const start = ({ vcpus }: JudgeMachine): void => {
  for (const { host } of vcpus) host.regs.set("PC", BigInt(RAM));
};

describe("the fast engine and its host", () => {
  it("goes on in another machine, at another stage 2 granule, from nothing but RAM, registers and what it saved", () => {
    const program = createProgram().move(1, RAM + 0x1000).move(0, 5).emit("LDXR_64_ldstexcl", { Rn: 1, Rt: 2 }).label("here").emit("STXR_64_ldstexcl", { Rn: 1, Rt: 0, Rs: 3 });
    program.load(4, 1).emit("ADD_addsub_imm", { sf: 1, Rn: 4, Rd: 4, imm12: 1 }).store(4, 1, 8).sys("TLBI VMALLE1IS").emit("HVC_ex_exception");
    const first = createJudgeMachine({ engine: "fast", banks: BANKS, granule: GRANULE_4K });
    put(first, program);
    start(first);
    first.vcpu.engine.run(program.here / 4 - 6);
    const saved = first.vcpu.engine.save();
    // elsewhere: two vcpus, so that registers and tables have other places
    const second = createJudgeMachine({ engine: "fast", banks: BANKS, granule: GRANULE_16K, vcpus: 2 });
    const restored = second.vcpus[1];
    if (restored === undefined || !saved.ok) throw new Error("no vcpu");
    second.ram(RAM, BANKS[0].size).set(first.ram(RAM, BANKS[0].size));
    const { regs } = restored.host;
    const own = first.vcpu.host.regs.view;
    new Uint8Array(regs.view.buffer, regs.view.byteOffset, VcpuRegsLayout.size).set(new Uint8Array(own.buffer, own.byteOffset, VcpuRegsLayout.size));
    regs.retired = first.vcpu.host.regs.retired;
    regs.generation++;
    restored.engine.load(saved.value);
    expect(restored.engine.run(100)).toEqual(first.vcpu.engine.run(100));
    expect(difference(first.vcpu, restored)).toBeUndefined();
    expect(new DataView(second.ram(RAM + 0x1000, 16).slice().buffer).getBigUint64(8, true)).toBe(6n);
  });

  it("leaves alone what was the registers of a vcpu that is gone", () => {
    // each page of code drops all others
    const machine = createJudgeMachine({ engine: "fast", banks: BANKS, vcpus: 2, codePages: 2 });
    const program = createProgram().sys("TLBI VMALLE1IS").sys("IC IALLUIS");
    while (program.here < 0x3000) program.emit("HINT_hints", {});
    put(machine, program.emit("HVC_ex_exception"));
    start(machine);
    const [one, gone] = machine.vcpus;
    if (one === undefined || gone === undefined) throw new Error("no vcpu");
    gone.engine.run(1);
    const { view } = gone.host.regs;
    const page = new Uint8Array(view.buffer, view.byteOffset, VcpuRegsLayout.size);
    page.fill(0x5a);
    const below = machine.memory.u8.slice(0, machine.ramStart);
    expect(one.engine.run(10_000)).toMatchObject({ kind: "hvc" });
    expect(page.every((byte) => byte === 0x5a)).toBe(true);
    const after = machine.memory.u8.slice(0, machine.ramStart);
    const { byteOffset } = one.host.regs.view;
    for (const bytes of [below, after]) bytes.fill(0, byteOffset, byteOffset + VcpuRegsLayout.size);
    expect(Buffer.compare(below, after)).toBe(0);
  });

  it("takes any budget, and counts what it did of it", () => {
    for (const budget of [Infinity, 2 ** 40, 2 ** 31, 2 ** 28]) {
      const machine = createJudgeMachine({ engine: "fast", banks: BANKS });
      put(machine, createProgram().move(0, 400_000).label("again").emit("SUBS_addsub_imm", { sf: 1, Rn: 0, Rd: 0, imm12: 1 }).to("CBNZ_compbranch", "again", { sf: 1, Rt: 0 }).emit("HINT_hints", {}).to("CBZ_compbranch", "end", { sf: 1, Rt: 0 }).label("end").emit("HVC_ex_exception"));
      start(machine);
      const loop = 800_000 + 2 + 3;
      expect(machine.vcpu.engine.run(budget)).toMatchObject({ kind: "hvc" });
      expect(machine.vcpu.host.regs.retired).toBe(loop);
    }
  });

  it("has its host map one page after the other", () => {
    const asked: number[] = [];
    const machine: JudgeMachine = createJudgeMachine({
      engine: "fast", banks: [{ base: RAM, size: mib(2) }],
      host: {
        abort(info) {
          const at = info.ipa ?? ipa(0);
          asked.push(toNumber(at));
          machine.stage2.map(range(at, GRANULE_4K.size), add(machine.memory.at(machine.ramStart), toNumber(at) - RAM), { read: true, write: true, execute: true, memory: "normal", tag: 1 });
          return "retry";
        },
      },
    });
    const hole = RAM + mib(1);
    machine.stage2.unmap(range(ipa(hole), mib(1)));
    const program = createProgram().move(1, hole);
    for (let page = 0; page < 20; page++) program.store(1, 1).load(2, 1).emit("ADD_addsub_imm", { sf: 1, sh: 1, imm12: 1, Rn: 1, Rd: 1 });
    put(machine, program.emit("HVC_ex_exception"));
    start(machine);
    expect(machine.vcpu.engine.run(1000)).toMatchObject({ kind: "hvc" });
    expect(asked).toEqual(Array.from({ length: 20 }, (_, page) => hole + page * GRANULE_4K.size));
  });
});
