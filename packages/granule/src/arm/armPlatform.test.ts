import { createProgram, fastEngine, type Program, referenceEngine } from "@granule/cpu-a64";
import { type Domain, DomainsPort, hypervisor, SchedulerPort } from "@granule/hypervisor";
import { assemble, type Machine } from "@granule/kit";
import { type EngineFactory, machine, type MachineParts, MachinePort } from "@granule/machine";
import { VIRT_MAP } from "@granule/platform";
import { add, GRANULE_4K, ipa, mib, xFromAddress } from "@granule/units";
import { expect, test } from "vitest";
import { armPlatform } from "./armPlatform.ts";
import { ArmPlatformPort } from "./contract.ts";
import type { EngineName } from "./engines.ts";
import { resetVcpu } from "./vcpu.ts";

/** Small, so that there is little to save. */
const ENGINES: Readonly<Record<EngineName, (parts: MachineParts) => EngineFactory>> = {
  fast: ({ cpu, memory, tables }) => fastEngine({ cpu, memory, allocate: (size, align) => tables.alloc(size, align), codePages: 8 }),
  reference: ({ cpu }) => referenceEngine({ cpu }),
};
const GICD = 0x08000000;
const GICC = 0x08010000;
const UART = 0x09000000;
const RAM = 0x40000000;

const word = (p: Program, at: number, value: number): Program => p.move(9, at).move(10, value).store(10, 9, 0, 4);
/** A timer every 1000 ticks; each interrupt prints a dot and counts the time in x20; the fifth powers off. */
function ticking(): Uint8Array {
  const p = createProgram().to("ADR_only_pcreladdr", "vectors", { Rd: 9 }).msr("VBAR_EL1", 9);
  word(word(word(word(p, GICD, 1), GICD + 0x100, 1 << 27), GICC, 1), GICC + 4, 0xf0);
  p.move(1, 1000).msr("CNTV_TVAL_EL0", 1).move(1, 1).msr("CNTV_CTL_EL0", 1).emit("MSR_SI_pstate", { op1: 3, op2: 7, CRm: 2 });
  p.label("work").emit("ADD_addsub_imm", { sf: 1, imm12: 1, Rn: 21, Rd: 21 }).to("B_only_branch_imm", "work");
  p.align(0x800).label("vectors");
  while (p.here % 0x800 !== 0x280) p.word(0);
  p.move(9, GICC).load(5, 9, 0xc, 4).move(1, 1000).msr("CNTV_TVAL_EL0", 1).store(5, 9, 0x10, 4).move(9, UART).move(10, 46).emit("STRB_32_ldst_pos", { Rt: 10, Rn: 9 });
  p.mrs(6, "CNTVCT_EL0").emit("ADD_addsub_shift", { sf: 1, Rm: 6, Rn: 20, Rd: 20 }).emit("ADD_addsub_imm", { sf: 1, imm12: 1, Rn: 22, Rd: 22 });
  p.emit("SUBS_addsub_imm", { sf: 1, Rn: 22, Rd: 31, imm12: 5 }).to("B_only_condbranch", "more", { cond: 1 });
  p.move(0, 0x84000008).emit("HVC_ex_exception").label("more").emit("ERET_64E_branch_reg");
  return p.bytes();
}

interface World {
  readonly machine: Machine;
  text: string;
}
const empty = (): World => {
  const world: World = { machine: assemble([machine({ cpu: "cortex-a35", ram: mib(4), tables: mib(4) }), hypervisor(), armPlatform()]), text: "" };
  return world;
};
const setting = (world: World) => ({ map: VIRT_MAP, output: (byte: number) => void (world.text += String.fromCharCode(byte)) });
function started(engine: EngineName): { readonly world: World; readonly domain: Domain } {
  const world = empty();
  const parts = world.machine.get(MachinePort);
  const made = world.machine.get(DomainsPort).create({ name: "virt", granule: GRANULE_4K, ram: mib(2), vcpus: [ENGINES[engine](parts)] });
  if (!made.ok) throw new Error(made.why);
  world.machine.get(ArmPlatformPort).attach(made.value, setting(world));
  const entry = made.value.p2m.lookup(ipa(RAM));
  const [vcpu] = made.value.vcpus;
  if (entry === undefined || vcpu === undefined) throw new Error("no memory");
  const program = ticking();
  parts.memory.bytes(add(entry.pa, 0), program.length).set(program);
  resetVcpu(vcpu.regs, parts.cpu, 0, { pc: xFromAddress(ipa(RAM)), x0: 0n });
  return { world, domain: made.value };
}
/** All that can be seen of the end. */
const outcome = (world: World) => {
  const domain = world.machine.get(DomainsPort).get(1);
  const regs = domain?.vcpus[0]?.regs;
  return { state: domain?.state, text: world.text, time: world.machine.now(), retired: regs?.retired, x: [5, 6, 20, 21, 22].map((n) => regs?.view.getBigUint64(8 * n, true)) };
};

test.each([["fast", "fast"], ["reference", "reference"], ["fast", "reference"], ["reference", "fast"]] as const)("a machine saved by the %s engine goes on with the %s one, to the same end", (before, after) => {
  const whole = started(before).world;
  whole.machine.get(SchedulerPort).run();
  const end = outcome(whole);
  expect(end).toMatchObject({ state: "shutdown", text: "....." });

  const first = started(before).world;
  // in the middle of the third period: timer armed, an interrupt behind it
  first.machine.get(SchedulerPort).run({ until: () => first.text === ".." });
  expect(first.text).toBe("..");
  const saved = JSON.parse(JSON.stringify(first.machine.save()));
  const second = empty();
  second.text = first.text;
  second.machine.get(DomainsPort).setEngines(() => ENGINES[after](second.machine.get(MachinePort)));
  second.machine.get(ArmPlatformPort).setSettings(() => setting(second));
  second.machine.load(saved);
  second.machine.get(SchedulerPort).run();
  expect(outcome(second)).toEqual(end);
});

test("a snapshot of a platform for which there is no setting is refused, and so is a second platform", () => {
  const { world, domain } = started("reference");
  const saved = world.machine.save();
  const other = empty();
  other.machine.get(DomainsPort).setEngines(() => ENGINES.reference(other.machine.get(MachinePort)));
  expect(() => other.machine.load(saved)).toThrow(expect.objectContaining({ code: "GRAN0038" }));
  expect(() => world.machine.get(ArmPlatformPort).attach(domain, setting(world))).toThrow(expect.objectContaining({ code: "GRAN0100" }));
});
