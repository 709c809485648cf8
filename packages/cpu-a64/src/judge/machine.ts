/**
 * A machine for the judge: vcpus of one domain over RAM, stage 2 at any granule, and an engine to drive them. Everything that
 * an engine may change can be compared with another machine's. Addresses are IPAs unless they say otherwise.
 */
import { type CpuModel, findCpu, HCR_EL2, SPSR_ELx } from "@granule/arm";
import { createFrameAllocator, createMachineMemory, createVcpuRegs, type Engine, type EngineFactory, type EngineHost, identify, idRegisterAt, type MachineMemory, VcpuRegsLayout } from "@granule/machine";
import { createStage2, type Stage2Tree, stage2Registers } from "@granule/mmu";
import { add, alignDown, type AnyGranule, type Bytes, GRANULE_4K, ipa, kib, mib, ModelBug, type Pa, range, va } from "@granule/units";
import { fastEngine, type FastEngineOptions } from "../engine/engine.ts";
import { referenceEngine } from "../reference/engine.ts";
import type { CpuState } from "../reference/contract.ts";
import { createVcpuState } from "../reference/vcpuState.ts";
import { JUDGE_CPU } from "./run.ts";

const ENGINES = ["reference", "fast"] as const;
export type EngineName = (typeof ENGINES)[number];

/** RAM of the domain. */
interface Bank {
  readonly base: number;
  readonly size: Bytes;
}
export interface JudgeMachineOptions extends Pick<FastEngineOptions, "codePages" | "deviceAlignment"> {
  readonly engine: EngineName;
  readonly cpu?: string;
  readonly banks: readonly Bank[];
  /** Stage 2's. Default 4K. */
  readonly granule?: AnyGranule;
  readonly vcpus?: number;
  /** What the host does; the default has no devices and no system registers. */
  readonly host?: Partial<Pick<EngineHost, "abort" | "readSystem" | "writeSystem">>;
}
export interface JudgeVcpu {
  readonly engine: Engine;
  readonly host: EngineHost;
  /** Its registers, as the reference interpreter sees them. */
  readonly state: CpuState;
}
export interface JudgeMachine {
  readonly cpu: CpuModel;
  readonly memory: MachineMemory;
  readonly stage2: Stage2Tree;
  readonly vcpus: readonly JudgeVcpu[];
  readonly vcpu: JudgeVcpu;
  /** Bytes of RAM from an IPA on, as far as its bank goes. */
  ram(at: number, size: Bytes): Uint8Array;
  /** Where in machine memory RAM begins and ends; and the engine's own part, which comes last. */
  readonly ramStart: number;
  readonly ramEnd: number;
  /** Another engine for the vcpus' registers as they are: what a restored machine has. */
  rebuild(): void;
}

const TABLES: Bytes = mib(2);
const CODE_PAGES = 64;
const ISAR0_CRC32 = 0x10000; // MAGIC: a field of ID_AA64ISAR0_EL1
/** What the fast engine needs beside decoded code. */
const ENGINE_PART: Bytes = mib(2);

export function createJudgeMachine(options: JudgeMachineOptions): JudgeMachine {
  const { banks, granule = GRANULE_4K } = options;
  const cpu = findCpu(options.cpu ?? JUDGE_CPU);
  if (cpu === undefined) throw new ModelBug(`no CPU ${options.cpu}`);
  const codePages = options.codePages ?? CODE_PAGES;
  const count = options.vcpus ?? 1;
  const ramSize = banks.reduce((sum, bank) => sum + bank.size, 0);
  const forEngine = options.engine === "fast" ? ENGINE_PART + codePages * kib(16) + count * mib(1) : 0;
  const memory = createMachineMemory(Math.ceil((TABLES + ramSize + 2 * forEngine) / mib(1)) * mib(1));
  const tables = createFrameAllocator(memory, memory.base, TABLES);
  const ram = add(memory.base, TABLES);
  const tree = createStage2({
    memory, granule, ipaBits: 40, paBits: cpu.paBits, allocTable: (size) => tables.alloc(size, size), freeTable: (at, size) => tables.free(at, size),
    flush: () => {
      for (const v of vcpus) v.engine.flush();
    },
  });
  if (!tree.ok) throw new ModelBug(tree.why);
  const places: { readonly bank: Bank; readonly offset: number }[] = [];
  let next = 0;
  for (const bank of banks) {
    places.push({ bank, offset: memory.offset(ram) + next });
    const mapped = tree.value.map(range(ipa(bank.base), bank.size), add(ram, next), { read: true, write: true, execute: true, memory: "normal", tag: 1 });
    if (!mapped.ok) throw new ModelBug(mapped.why);
    next += bank.size;
  }
  const registers = stage2Registers(granule, 40, cpu.paBits, tree.value.root, 1);
  if (!registers.ok) throw new ModelBug(registers.why);
  let free: Pa = add(ram, ramSize);
  const allocate = (size: Bytes, align: Bytes): Pa => {
    const at = alignDown(add(free, align - 1), align);
    free = add(at, size);
    memory.fill(at, size, 0);
    return at;
  };
  const { deviceAlignment = true } = options;
  const factoryOf = (): EngineFactory =>
    options.engine === "reference" ? referenceEngine({ cpu, deviceAlignment }) : fastEngine({ cpu, memory, allocate, deviceAlignment, codePages });
  let factory = factoryOf();
  const vcpus: { engine: Engine; host: EngineHost; state: CpuState }[] = [];
  for (let index = 0; index < count; index++) {
    const at = tables.alloc(VcpuRegsLayout.size, VcpuRegsLayout.size);
    if (at === undefined) throw new ModelBug("no memory for registers");
    const regs = createVcpuRegs(memory, at);
    identify(regs, cpu, index);
    const isar0 = idRegisterAt({ CRm: 6, op2: 0 });
    regs.view.setUint32(isar0, Number(cpu.idAa64isar0) | ISAR0_CRC32, true);
    regs.set("PSTATE", SPSR_ELx.encode({ M: 0b0101, D: 1, A: 1, I: 1, F: 1 }));
    const host: EngineHost = {
      memory, regs, stage2: { ...registers.value, hcr: HCR_EL2.encode({ VM: 1 }) },
      translator: { translate: () => -1, abort: { esr: 0, va: va(0), write: false, bytes: 0, stage: 1, ipa: undefined }, invalidate: () => undefined },
      abort: options.host?.abort ?? (() => "inject"),
      readSystem: options.host?.readSystem ?? (() => undefined),
      writeSystem: options.host?.writeSystem ?? (() => false),
      now: () => regs.retired,
    };
    vcpus.push({ engine: factory(host), host, state: createVcpuState(regs, () => false) });
  }
  const [vcpu] = vcpus;
  if (vcpu === undefined) throw new ModelBug("a machine without vcpus");
  return {
    cpu, memory, stage2: tree.value, vcpus, vcpu, ramStart: memory.offset(ram), ramEnd: memory.offset(ram) + ramSize,
    ram(at, size) {
      const found = places.find(({ bank }) => at >= bank.base && at + size <= bank.base + bank.size);
      if (found === undefined) throw new ModelBug(`no RAM at 0x${at.toString(16)}`);
      return memory.u8.subarray(found.offset + at - found.bank.base, found.offset + at - found.bank.base + size);
    },
    rebuild() {
      free = add(ram, ramSize);
      factory = factoryOf();
      for (const v of vcpus) v.engine = factory(v.host);
    },
  };
}

const F = VcpuRegsLayout.fields;
/** Bytes of the registers that an instruction may change: without `sink`, which nothing reads. */
const COMPARED = [[0, F.sink.offset], [F.PC.offset, F.FPSR.offset + F.FPSR.size], [F.V.offset, F.V.offset + F.V.size]] as const;
const NAMES = Object.values(F).filter((f) => f.type === "u64");

/** The first register in which two vcpus differ, if one does. */
export function difference(a: JudgeVcpu, b: JudgeVcpu): string | undefined {
  const [x, y] = [a.host.regs.view, b.host.regs.view];
  for (const [start, end] of COMPARED) {
    for (let at = start; at < end; at += 4) {
      if (x.getUint32(at, true) === y.getUint32(at, true)) continue;
      const word = at - (at % 8);
      const name = word < F.SP.offset ? `X${word / 8}` : word >= F.V.offset ? `V${Math.floor((word - F.V.offset) / 16)}.D[${(word / 8) % 2}]` : NAMES.find((f) => f.offset === word)?.name;
      return `${name}: 0x${x.getBigUint64(word, true).toString(16)} and 0x${y.getBigUint64(word, true).toString(16)}`;
    }
  }
  if (a.host.regs.retired !== b.host.regs.retired) return `retired: ${a.host.regs.retired} and ${b.host.regs.retired}`;
  return undefined;
}
