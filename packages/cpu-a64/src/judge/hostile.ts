/**
 * Hostile code in the fast engine: random words, random registers, random stage 1 tables, random answers of the host. A domain
 * may do to itself what it likes. Nothing that it does may throw, last longer than its budget, or change a byte outside its RAM,
 * its registers and the engine's own memory: not stage 2 tables, not the other domain, whose vcpu goes on as if alone.
 */
import { findCpu, HCR_EL2, SPSR_ELx } from "@granule/arm";
import { createFrameAllocator, createMachineMemory, createVcpuRegs, type Engine, type EngineHost, identify, VcpuRegsLayout } from "@granule/machine";
import { createStage2, stage2Registers } from "@granule/mmu";
import { add, alignDown, type AnyGranule, type Bytes, GRANULES, ipa, kib, mib, ModelBug, type Pa, range, va } from "@granule/units";
import { fastEngine } from "../engine/engine.ts";
import { A64_ROWS } from "../spec/decode.ts";
import { createProgram } from "../spec/program.ts";
import { HALF_WORD, randomFields, wordOf } from "./emitter.ts";
import { type Choice, createChoice } from "./random.ts";
import { systemWord } from "./systemCode.ts";

const CPU = "armv8.1-lse";
/** The hostile domain's RAM begins here, and that of the other. */
const RAM = 0x40000000;
const LAYOUT = { tables: mib(1), hostile: mib(2), other: kib(256), engine: mib(4) } as const;
const CODE_PAGES = 24;
const SYSTEM = ["SCTLR_EL1", "TCR_EL1", "TTBR0_EL1", "TTBR1_EL1", "MAIR_EL1", "VBAR_EL1", "ELR_EL1", "SPSR_EL1", "CPACR_EL1", "SP_EL0", "SP_EL1"] as const;
const F = VcpuRegsLayout.fields;
/** What a round may last, in instructions. */
const ROUND = 1500;
/** Words of RAM that are written anew for each round. */
const FRESH = 256;
const POOL = 6000;

interface Domain {
  readonly engine: Engine;
  readonly host: EngineHost;
}
export interface HostileResult {
  readonly retired: number;
  /** How many runs ended in what. */
  readonly exits: Readonly<Record<string, number>>;
  /** Accesses that the host was asked for. */
  readonly asked: number;
  readonly violation: string | undefined;
}

/** Addresses that lead somewhere, others that nearly do, and anything. */
function address(choice: Choice): bigint {
  const at = RAM + choice.below(LAYOUT.hostile);
  switch (choice.below(8)) {
    case 0: return choice.value();
    case 1: return BigInt(at);
    case 2: return BigInt(at) | (BigInt(choice.below(256)) << 56n);
    case 3: return BigInt.asUintN(64, BigInt(RAM + choice.pick([-8, -1, LAYOUT.hostile - 4, LAYOUT.hostile])));
    default: return BigInt(at - (at % 8));
  }
}
/** A stage 1 descriptor: mostly valid, mostly to RAM. */
function descriptor(choice: Choice, granule: AnyGranule): bigint {
  const output = choice.oneIn(8) ? choice.value() & 0xffff_ffff_f000n : BigInt(RAM + choice.below(LAYOUT.hostile / granule.size) * granule.size);
  const low = BigInt(choice.below(2 ** 10) * 4) | (choice.oneIn(10) ? 0n : 0x400n) | (choice.oneIn(10) ? BigInt(choice.below(4)) : choice.oneIn(8) ? 1n : 3n);
  return output | low | (choice.oneIn(4) ? BigInt(choice.below(HALF_WORD)) << 48n : 0n);
}

/** Words to fill RAM with, of each kind: anything; system code; nearly valid instructions. */
function createPool(choice: Choice): readonly Uint32Array[] {
  const nearly = (): number => {
    const row = choice.pick(A64_ROWS);
    return (wordOf(row, randomFields(choice, row)) ^ (choice.oneIn(12) ? 2 ** choice.below(32) : 0)) >>> 0;
  };
  return [() => choice.below(2 ** 32), () => systemWord(choice, 8), nearly].map((word) => Uint32Array.from({ length: POOL }, word));
}
/** Fills part of RAM, at most FRESH words. */
function fill(choice: Choice, pool: readonly Uint32Array[], view: DataView, at: number, words: number, granule: AnyGranule): void {
  if (choice.oneIn(6)) {
    for (let n = 0; n + 1 < words; n += 2) view.setBigUint64(at + n * 4, descriptor(choice, granule), true);
    return;
  }
  const from = choice.below(POOL - FRESH);
  const source = choice.pick(pool);
  for (let n = 0; n < words; n++) view.setUint32(at + n * 4, source[from + n] ?? 0, true);
}

/** Runs until so many instructions are retired, or something happens that must not. */
export function hostileRun(seed: string, instructions: number): HostileResult {
  const choice = createChoice(seed);
  const cpu = findCpu(CPU);
  if (cpu === undefined) throw new ModelBug(`no CPU ${CPU}`);
  const memory = createMachineMemory(Object.values(LAYOUT).reduce((sum, size) => sum + size, 0));
  const tables = createFrameAllocator(memory, memory.base, LAYOUT.tables);
  const starts = { hostile: add(memory.base, LAYOUT.tables), other: add(memory.base, LAYOUT.tables + LAYOUT.hostile), engine: add(memory.base, LAYOUT.tables + LAYOUT.hostile + LAYOUT.other) };
  let free: Pa = starts.engine;
  const factory = fastEngine({
    cpu, memory, codePages: CODE_PAGES,
    allocate(size, align) {
      const at = alignDown(add(free, align - 1), align);
      free = add(at, size);
      return at;
    },
  });
  let asked = 0;
  const granule = choice.pick(GRANULES);
  const create = (vmid: number, ram: Pa, size: Bytes, vcpus: number): readonly Domain[] => {
    const tree = createStage2({ memory, granule, ipaBits: 40, paBits: cpu.paBits, allocTable: (n) => tables.alloc(n, n), freeTable: (at, n) => tables.free(at, n), flush: () => undefined });
    if (!tree.ok) throw new ModelBug(tree.why);
    const mapped = tree.value.map(range(ipa(RAM), size), ram, { read: true, write: true, execute: true, memory: "normal", tag: 1 });
    const registers = stage2Registers(granule, 40, cpu.paBits, tree.value.root, vmid);
    if (!mapped.ok || !registers.ok) throw new ModelBug("stage 2");
    return Array.from({ length: vcpus }, (_, index) => {
      const at = tables.alloc(VcpuRegsLayout.size, VcpuRegsLayout.size);
      if (at === undefined) throw new ModelBug("no memory for registers");
      const regs = createVcpuRegs(memory, at);
      identify(regs, cpu, index);
      regs.set("PSTATE", SPSR_ELx.encode({ M: 0b0101, D: 1, A: 1, I: 1, F: 1 }));
      regs.set("PC", BigInt(RAM));
      const host: EngineHost = {
        memory, regs, stage2: { ...registers.value, hcr: HCR_EL2.encode({ VM: 1 }) },
        translator: { translate: () => -1, abort: { esr: 0, va: va(0), write: false, bytes: 0, stage: 1, ipa: undefined }, invalidate: () => undefined },
        abort() {
          asked++;
          if (choice.oneIn(8)) engine.irq(choice.oneIn(2));
          return choice.oneIn(2) ? "inject" : choice.below(2 ** 32);
        },
        readSystem: () => (choice.oneIn(2) ? undefined : choice.value()),
        writeSystem: () => choice.oneIn(2),
        now: () => regs.retired,
      };
      const engine = factory(host);
      return { engine, host };
    });
  };
  const hostile = create(1, starts.hostile, LAYOUT.hostile, 2);
  const [other] = create(2, starts.other, LAYOUT.other, 1);
  if (other === undefined) throw new ModelBug("no other domain");

  // the other domain counts in X0 and in its memory
  const counting = createProgram().move(1, RAM + kib(64)).label("again").emit("ADD_addsub_imm", { sf: 1, Rn: 0, Rd: 0, imm12: 1 }).store(0, 1).to("B_only_branch_imm", "again").bytes();
  memory.bytes(starts.other, counting.length).set(counting);
  const LOOP = 3;
  const before = 2;
  const ram = memory.bytes(starts.hostile, LAYOUT.hostile);
  const view = new DataView(ram.buffer, ram.byteOffset, ram.byteLength);
  const pool = createPool(choice);
  for (let at = 0; at < LAYOUT.hostile; at += FRESH * 4) fill(choice, pool, view, at, FRESH, granule);

  /** All that must stay: everything but the hostile domain's RAM and registers, and the engine's memory. */
  const untouchable: Int32Array[] = [];
  const words = (from: number, to: number): void => void untouchable.push(memory.i32.subarray(from / 4, to / 4));
  let from = 0;
  for (const { host } of [...hostile, other]) {
    const at = host.regs.view.byteOffset;
    words(from, at);
    // of the other domain's registers all but the engine's part
    if (host === other.host) words(at, at + F.engine.offset);
    from = at + VcpuRegsLayout.size;
  }
  words(from, memory.offset(starts.hostile));
  words(memory.offset(starts.other), memory.offset(starts.engine));
  const copies = untouchable.map((part) => part.slice());
  const changed = (): string | undefined => {
    for (const [i, part] of untouchable.entries()) {
      const copy = copies[i] ?? part;
      for (let n = 0; n < part.length; n++) if (part[n] !== copy[n]) return `machine memory at offset 0x${(part.byteOffset + n * 4).toString(16)} changed`;
    }
    return undefined;
  };

  const exits: Record<string, number> = {};
  let retired = 0;
  let turns = 0;
  let violation: string | undefined;
  while (retired < instructions && violation === undefined) {
    const vcpu = choice.pick(hostile);
    const { regs } = vcpu.host;
    for (let n = 0; n < 32; n++) if (choice.oneIn(3)) regs.view.setBigUint64(8 * n, address(choice), true);
    if (choice.oneIn(2)) for (const name of SYSTEM) if (choice.oneIn(2)) regs.set(name, name === "SCTLR_EL1" && choice.oneIn(2) ? choice.value() & ~1n : choice.oneIn(2) ? choice.value() : address(choice));
    regs.view.setUint32(F.PSTATE.offset, choice.pick([0, 4, 5, 5]) + choice.below(16) * 64 + choice.below(16) * 2 ** 28 + (choice.oneIn(50) ? 2 ** 20 : 0), true);
    F.PC.set(regs.view, 0, address(choice));
    fill(choice, pool, view, choice.below(LAYOUT.hostile / 4 - FRESH) * 4, choice.below(FRESH), granule);
    if (choice.oneIn(4)) vcpu.engine.irq(choice.oneIn(2));
    if (choice.oneIn(30)) vcpu.engine.flush();
    const budget = choice.oneIn(3) ? choice.below(20) + 1 : choice.below(ROUND) + 1;
    const began = regs.retired;
    const exit = vcpu.engine.run(budget);
    const did = regs.retired - began;
    retired += did;
    exits[exit.kind] = (exits[exit.kind] ?? 0) + 1;
    if (did > budget || did < 1) violation = `${did} instructions of a budget of ${budget}`;
    if (turns++ % 16 !== 0) continue;
    violation ??= changed();
    // and the other goes on, undisturbed
    other.engine.run(LOOP * 5);
    const count = (other.host.regs.retired - before + 2) / LOOP;
    const got = Number(other.host.regs.view.getBigUint64(0, true));
    if (got !== Math.floor(count)) violation ??= `the other domain counted ${got} in ${other.host.regs.retired} instructions`;
    untouchable.forEach((part, i) => copies[i]?.set(part));
  }
  return { retired, exits, asked, violation };
}
