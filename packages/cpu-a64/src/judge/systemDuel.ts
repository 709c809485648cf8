/**
 * Two machines with vcpus of one domain at random stage 1 and stage 2 granules, ten address spaces, devices and interrupts, that
 * run {@link systemWord}'s code side by side, while tables of both stages change under them as software must change them, and
 * while they are saved and loaded. After every run, of 1 to 60 instructions, all vcpus must be equal, and what the host was asked.
 */
import { SCTLR_EL1, SPSR_ELx, TCR_EL1 } from "@granule/arm";
import { add, GRANULES, ipa, kib, ModelBug, mib, range, va, XEN_PAGE } from "@granule/units";
import { encode } from "../spec/decode.ts";
import { ramDifference } from "./lockstep.ts";
import { difference, type JudgeMachine } from "./machine.ts";
import { createChoice } from "./random.ts";
import { ROLE } from "./systemCode.ts";
import {
  ASIDS, attributesOf, BLOCKS, CODE, CODE_CHUNKS, createSide, DATA, DEVICE, DEVICES, EXCLUSIVES_AT, EXECUTED, GLOBAL, PATCH_AT, PRIVATE, PROBES, PROBES_AT, RAM, type Side, SINGLE_AT, SWITCH_AT, TLBI, TLBI_BY_VA,
  UPPER, VA_BITS, WINDOW_PAGES, WRITTEN, writeCode,
} from "./systemSide.ts";

/** Words that code may be overwritten with. */
const PATCHES = [encode("HINT_hints", {}), encode("ADD_addsub_imm", { sf: 1, Rn: 0, Rd: 0, imm12: 1 }), encode("B_only_branch_imm", { imm26: 3 }), encode("SVC_ex_exception", { imm16: 9 }), 0];
const EL0T = 0b0000;
const EL1T = 0b0100;
const EL1H = 0b0101;

export interface DuelResult {
  readonly retired: number;
  readonly exceptions: number;
  readonly asked: number;
  readonly difference: string | undefined;
}

/** Called after each run: of which vcpu of the two machines. */
type Watch = (vcpu: number, machines: readonly [JudgeMachine, JudgeMachine], what: string) => void;

/** Runs a duel of `actions` runs. */
export function systemDuel(seed: string, actions: number, watch?: Watch): DuelResult {
  const choice = createChoice(seed);
  // fewer pages than there are, so that they run out; or enough, so that translations live long
  const codePages = choice.oneIn(4) ? 3 : 600;
  const g1 = choice.pick(GRANULES);
  const g2 = choice.pick(GRANULES);
  const vaBits = choice.pick(VA_BITS[g1.size / kib(1)] ?? []);
  const sides = (["reference", "fast"] as const).map((engine) => createSide(engine, seed, g1, g2, vaBits, codePages));
  const [a, b] = sides;
  if (a === undefined || b === undefined) throw new ModelBug("two sides");
  writeCode(sides, seed);
  const both = (f: (side: Side) => void): void => sides.forEach(f);
  const set = (vcpu: number, n: number, value: bigint): void => both(({ machine }) => machine.vcpus[vcpu]?.host.regs.view.setBigUint64(8 * n, BigInt.asUintN(64, value), true));
  const TBI0 = TCR_EL1.encode({ TBI0: 1 });
  const page = (): number => choice.below(WINDOW_PAGES) * g1.size;
  /** Near the ends of pages, often. */
  const within = (): number => (choice.oneIn(2) ? choice.below(g1.size / 4) * 4 : (choice.below(g1.size / XEN_PAGE.size) + 1) * XEN_PAGE.size - choice.below(24));
  const address = (): bigint => {
    const base = choice.pick([GLOBAL + page(), PRIVATE + page(), PRIVATE + page(), BLOCKS + choice.below(DATA.size / g1.size) * g1.size, DEVICES, DEVICES + mib(1), WRITTEN]);
    const at = BigInt(base + (base < WRITTEN || base >= BLOCKS ? within() : choice.below(XEN_PAGE.size)));
    // most are aligned; some have a tag, or bits that no half has
    const aligned = choice.oneIn(2) ? at : at & ~15n;
    if (base === WRITTEN) return BigInt(DEVICES);
    return choice.oneIn(6) ? aligned | (BigInt(choice.below(256)) << 56n) : choice.oneIn(30) ? aligned | (1n << BigInt(vaBits)) : aligned;
  };
  /** Offsets of code that runs often: around page ends. */
  const hot = (): number => choice.below(CODE_CHUNKS) * (CODE.size / CODE_CHUNKS) + choice.pick([0, XEN_PAGE.size - 128]) + choice.below(64) * 4;
  const codeAddress = (): bigint => (choice.oneIn(5) ? BigInt(UPPER + choice.below(SINGLE_AT / 4) * 4) : BigInt(EXECUTED + hot()));
  const refresh = (vcpu: number): void => {
    for (let n = 0; n <= ROLE.targets; n++) if (choice.oneIn(2)) set(vcpu, n, n < 4 ? BigInt(choice.between(-40, 40)) : choice.value());
    for (const n of ROLE.bases) set(vcpu, n, address());
    set(vcpu, 31, address() & (choice.oneIn(6) ? -1n : ~15n));
    set(vcpu, ROLE.code, BigInt(choice.pick([WRITTEN, EXECUTED]) + hot()));
    set(vcpu, ROLE.tlbi, choice.value());
    set(vcpu, ROLE.ttbr0, a.registers[choice.below(ASIDS)]?.ttbr0 ?? 0n);
    set(vcpu, ROLE.sctlr, (a.registers[0]?.sctlr ?? 0n) | SCTLR_EL1.encode({ A: choice.oneIn(4) ? 1 : 0, SA: choice.below(2), SA0: choice.below(2), WXN: choice.oneIn(4) ? 1 : 0, UCI: choice.below(2), UCT: choice.below(2), DZE: choice.below(2), UMA: choice.below(2), nTWI: choice.below(2), nTWE: choice.below(2) }));
    set(vcpu, ROLE.words, (BigInt(choice.pick(PATCHES)) << 32n) | BigInt(choice.pick(PATCHES)));
    const spsr = BigInt(choice.pick([EL0T, EL1T, EL1H, EL1H, 1, 9, 16]) + choice.below(16) * 64 + (choice.oneIn(12) ? 2 ** 20 : 0));
    const returnTo = codeAddress();
    set(vcpu, ROLE.spsr, spsr);
    both(({ machine }) => {
      machine.vcpus[vcpu]?.state.system.set("SPSR_EL1", spsr);
      machine.vcpus[vcpu]?.state.system.set("ELR_EL1", BigInt.asUintN(64, returnTo));
    });
    set(vcpu, ROLE.target, codeAddress() + (choice.oneIn(20) ? 2n : 0n));
    set(vcpu, 30, codeAddress());
  };
  /** Registers that code does not bring back: all of stage 1, and where exceptions go. */
  const reset = (vcpu: number): void =>
    both(({ machine, registers }) => {
      const regs = machine.vcpus[vcpu]?.host.regs;
      const values = registers[0];
      if (regs === undefined || values === undefined) return;
      regs.set("SCTLR_EL1", values.sctlr);
      regs.set("TCR_EL1", values.tcr | TBI0);
      regs.set("MAIR_EL1", values.mair);
      regs.set("TTBR0_EL1", values.ttbr0);
      regs.set("TTBR1_EL1", values.ttbr1);
      regs.set("VBAR_EL1", BigInt(UPPER));
      regs.set("CPACR_EL1", 0x300000n);
    });
  const place = (vcpu: number, pc: bigint, mode: number, daif: number): void =>
    both(({ machine }) => {
      const v = machine.vcpus[vcpu];
      if (v === undefined) return;
      v.state.pc = BigInt.asUintN(64, pc);
      v.state.il = false;
      v.state.el = mode === EL0T ? 0 : 1;
      v.state.spSel = mode === EL1H ? 1 : 0;
      v.state.daif = daif;
    });
  let wrong: string | undefined;
  let exceptions = 0;
  const run = (vcpu: number, budget: number, what: string): void => {
    const texts = sides.map(({ machine }) => {
      const v = machine.vcpus[vcpu];
      const exit = v?.engine.run(budget);
      return `${exit?.kind} ${exit !== undefined && "imm" in exit ? exit.imm : ""}`;
    });
    watch?.(vcpu, [a.machine, b.machine], what);
    if (wrong !== undefined) return;
    if (texts[0] !== texts[1]) wrong = `exits ${texts.join(" and ")}`;
    a.machine.vcpus.forEach((v, i) => {
      const other = b.machine.vcpus[i];
      const d = other === undefined ? "no vcpu" : difference(v, other);
      if (d !== undefined) wrong ??= `vcpu ${i}: ${d}`;
    });
    const asked = a.log.findIndex((line, i) => b.log[i] !== line);
    if (asked >= 0 || a.log.length !== b.log.length) wrong ??= `the host was asked ${a.log[asked]}, and ${b.log[asked < 0 ? a.log.length : asked]}`;
    if (wrong !== undefined) wrong = `${what}: ${wrong}`;
  };
  /** Executes one instruction beside the vectors, and for sure. */
  const single = (vcpu: number, offset: number, what: string): void => {
    for (let tries = 0; tries < 2; tries++) {
      place(vcpu, BigInt(UPPER + offset), EL1H, 15);
      run(vcpu, 1, what);
      if (a.machine.vcpus[vcpu]?.state.pc === BigInt.asUintN(64, BigInt(UPPER + offset + 4))) return;
      // code had turned stage 1 off or lost the upper half
      reset(vcpu);
    }
  };
  /** TLBI for what changed: of one vcpu for all, or of each. `asid`: 0 when the addresses are global. */
  const invalidate = (asid: number): void => {
    const wanted = [...a.flushes];
    both((side) => void (side.flushes.length = 0));
    for (const { start, size } of wanted) {
      const few = size <= 16 * g1.size;
      const kinds = few ? [...TLBI_BY_VA, "VMALLE1"] : ["VMALLE1"];
      const kind = choice.pick(asid === 0 ? kinds : [...kinds, "ASIDE1"]);
      const shared = choice.oneIn(2);
      const index = TLBI.indexOf(`TLBI ${kind}${shared ? "IS" : ""}`);
      for (const vcpu of shared ? [choice.below(2)] : [0, 1]) {
        const times = kind.startsWith("VA") ? size / g1.size : 1;
        for (let i = 0; i < times; i++) {
          const named = asid === 0 ? choice.below(ASIDS) : asid;
          set(vcpu, ROLE.tlbi, (BigInt(named) << 48n) | BigInt((start + i * g1.size) / XEN_PAGE.size));
          single(vcpu, SINGLE_AT + index * 4, TLBI[index] ?? "");
        }
      }
    }
  };
  /** Lets vcpus use a page in an address space: as EL1, as EL0, or its code. */
  const probe = (at: number, asid: number): void => {
    for (const vcpu of [0, 1]) {
      if (choice.oneIn(3)) continue;
      set(vcpu, ROLE.ttbr0, a.registers[asid - 1]?.ttbr0 ?? 0n);
      set(vcpu, ROLE.bases[0], BigInt(at + (choice.oneIn(3) ? g1.size - choice.between(1, 7) : choice.below(g1.size))));
      const what = `probe of 0x${at.toString(16)} in address space ${asid}`;
      single(vcpu, SWITCH_AT, what);
      for (const [i] of PROBES.entries()) {
        if (choice.oneIn(2)) continue;
        place(vcpu, BigInt(UPPER + PROBES_AT + i * 4), EL1H, 15);
        run(vcpu, 1, what);
      }
      if (!choice.oneIn(4)) continue;
      place(vcpu, BigInt(at), choice.pick([EL0T, EL1H]), 15);
      run(vcpu, 1, `code at 0x${at.toString(16)} in address space ${asid}`);
    }
  };
  /** One vcpu writes an instruction, this or another executes it, twice. */
  const rewrite = (): void => {
    const offset = hot();
    const writer = choice.below(2);
    const runner = choice.below(2);
    for (let round = 0; round < 2; round++) {
      set(writer, ROLE.code, BigInt(WRITTEN + offset));
      set(writer, ROLE.words, BigInt(choice.pick(PATCHES)));
      single(writer, PATCH_AT, "an instruction is written");
      place(runner, BigInt(EXECUTED + offset), choice.pick([EL0T, EL1H]), 15);
      run(runner, choice.between(1, 3), "an instruction that was written");
    }
  };
  /** A load exclusive and a store exclusive; between them, what may close the monitor. */
  const exclusive = (): void => {
    const vcpu = choice.below(2);
    const at = BigInt(BLOCKS + choice.below(DATA.size / 8) * 8);
    for (const v of [0, 1]) set(v, ROLE.bases[0], at);
    set(vcpu, 1, choice.value());
    single(vcpu, EXCLUSIVES_AT.load, "load exclusive");
    const between = choice.below(5);
    if (between === 0) single(vcpu, EXCLUSIVES_AT.clear, "CLREX");
    if (between === 1) single(1 - vcpu, PROBES_AT + 4, "a store of the other vcpu");
    if (between === 2) {
      both(({ machine }) => {
        machine.vcpus[vcpu]?.state.system.set("SPSR_EL1", BigInt(EL1H + 15 * 64));
        machine.vcpus[vcpu]?.state.system.set("ELR_EL1", BigInt.asUintN(64, BigInt(UPPER + EXCLUSIVES_AT.return + 4)));
      });
      single(vcpu, EXCLUSIVES_AT.return, "ERET");
    }
    if (between === 3) saveAndLoad();
    single(vcpu, EXCLUSIVES_AT.store, "store exclusive");
  };
  const changeStage1 = (): void => {
    const isGlobal = choice.oneIn(2);
    const inBlocks = isGlobal && choice.oneIn(3);
    const root = choice.below(ASIDS);
    const count = choice.oneIn(4) ? choice.between(1, 4) : 1;
    const at = inBlocks ? BLOCKS + choice.below(DATA.size / g1.size - 4) * g1.size : (isGlobal ? GLOBAL : PRIVATE) + choice.below(WINDOW_PAGES - 4) * g1.size;
    const input = range(va(at), count * g1.size);
    const output = choice.oneIn(10) ? DEVICE : DATA.at + choice.below(DATA.size / g1.size - 4) * g1.size;
    const attributes = attributesOf(choice, isGlobal);
    const unmaps = choice.oneIn(4);
    const probes = choice.oneIn(2) ? Array.from({ length: 3 }, () => [at + choice.below(count + 1) * g1.size, isGlobal || choice.oneIn(4) ? choice.between(1, ASIDS) : root + 1] as const) : [];
    for (const [page_, asid] of probes) probe(page_, asid);
    both(({ roots, flushes }) => {
      roots.forEach((tree, i) => {
        if (!isGlobal && i !== root) return;
        const known = flushes.length;
        const r = unmaps ? tree.unmap(input) : tree.map(input, ipa(output), attributes);
        if (!r.ok) throw new ModelBug(r.why);
        // the same addresses in every address space are invalidated once
        if (i > 0 && isGlobal) flushes.length = known;
      });
    });
    invalidate(isGlobal ? 0 : root + 1);
    for (const [page_, asid] of probes) probe(page_, asid);
  };
  const changeStage2 = (): void => {
    const size = g2.size * choice.between(1, 3);
    const at = DATA.at + choice.below((DATA.size - size) / g2.size) * g2.size;
    const rights = { read: !choice.oneIn(4), write: choice.oneIn(2), execute: choice.oneIn(2), memory: choice.oneIn(8) ? "device" : "normal", tag: 1 } as const;
    const kind = choice.below(3);
    both(({ machine }) => {
      const where = range(ipa(at), size);
      if (kind === 0) machine.stage2.unmap(where);
      else if (kind === 1) machine.stage2.protect(where, rights);
      else machine.stage2.map(where, add(machine.memory.at(machine.ramStart), at - RAM), { ...rights, read: true });
    });
  };
  const saveAndLoad = (): void =>
    both(({ machine }) => {
      const saved = machine.vcpus.map((v) => v.engine.save());
      machine.rebuild();
      machine.vcpus.forEach((v, i) => {
        const state = saved[i];
        v.host.regs.generation++;
        if (state?.ok === true) v.engine.load(state.value);
      });
    });
  reset(0);
  reset(1);
  for (let i = 0; i < 4 * WINDOW_PAGES; i++) changeStage1();
  for (let action = 0; action < actions && wrong === undefined; action++) {
    const vcpu = choice.below(2);
    if (choice.oneIn(3)) refresh(vcpu);
    if (choice.oneIn(40)) reset(vcpu);
    if (choice.oneIn(3)) changeStage1();
    if (choice.oneIn(25)) {
      // one page in all address spaces: there are more than an engine may have tables for
      const at = PRIVATE + page();
      for (let asid = 1; asid <= ASIDS; asid++) probe(at, asid);
    }
    if (choice.oneIn(6)) changeStage2();
    if (choice.oneIn(6)) rewrite();
    if (choice.oneIn(6)) exclusive();
    if (choice.oneIn(60)) saveAndLoad();
    const level = choice.oneIn(3);
    if (choice.oneIn(3)) both(({ machine }) => machine.vcpus[vcpu]?.engine.irq(level));
    if (!choice.oneIn(4)) {
      const pc = codeAddress();
      place(vcpu, pc, choice.pick([EL0T, EL0T, EL1T, EL1H]), choice.below(16));
      // what runs rewrites what runs next
      if (pc < BigInt(WRITTEN) && choice.oneIn(2)) set(vcpu, ROLE.code, pc + BigInt(choice.pick([0, WRITTEN - EXECUTED]) + choice.between(-8, 24) * 4 + (choice.oneIn(4) ? 2 : 0)));
    }
    const from = a.machine.vcpus[vcpu]?.state.pc ?? 0n;
    run(vcpu, choice.pick([1, 1, 2, 5, 20, 60]), `${seed}, action ${action}, stage 1 ${g1.name} ${vaBits} bits, stage 2 ${g2.name}, from 0x${from.toString(16)}`);
    if (SPSR_ELx.decode(a.machine.vcpus[vcpu]?.host.regs.get("PSTATE") ?? 0n).M === EL1H) exceptions++;
  }
  const retired = a.machine.vcpus.reduce((sum, v) => sum + v.host.regs.retired, 0);
  return { retired, exceptions, asked: a.log.length, difference: wrong ?? ramDifference(a.machine, b.machine) };
}
