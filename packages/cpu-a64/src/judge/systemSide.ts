/**
 * A side of a duel: a machine of one engine, with vcpus of one domain, ten address spaces, vectors, devices, and a host whose answers
 * are random but the same on both sides. See systemDuel.ts.
 */
import type { AbortInfo, EngineHost } from "@granule/machine";
import { ATTR_DEVICE, ATTR_NORMAL, ATTR_NORMAL_NC, createStage1, type Stage1Attributes, stage1Registers, type Stage1RegisterValues, type Stage1Tree } from "@granule/mmu";
import { add, alignDown, type AnyGranule, GRANULE_64K, ipa, mib, ModelBug, type Range, range, toNumber, va, XEN_PAGE } from "@granule/units";
import { encode } from "../spec/decode.ts";
import { createJudgeMachine, type EngineName, type JudgeMachine } from "./machine.ts";
import { type Choice, createChoice } from "./random.ts";
import { MODEL_LSE } from "./run.ts";
import { operationWord, ROLE, systemWord } from "./systemCode.ts";

export const RAM = 0x40000000;
export const CODE = { at: RAM, size: mib(1) } as const;
/** Parts of the code, each with permissions of its own; of whole pages at every granule. */
export const CODE_CHUNKS = 16;
const VECTORS = { at: RAM + mib(1), size: mib(1) } as const;
export const DATA = { at: RAM + mib(4), size: mib(4) } as const;
const TABLES = { at: RAM + mib(8), size: mib(8) } as const;
const RAM_SIZE = mib(16);
export const DEVICE = 0x90000000;
export const ASIDS = 10;

/** Virtual addresses of the lower half. Pages are of stage 1's granule. */
export const GLOBAL = 0x10000000;
export const PRIVATE = 0x20000000;
export const WINDOW_PAGES = 12;
export const EXECUTED = 0x30000000;
/** The same memory, to be written. */
export const WRITTEN = 0x38000000;
export const BLOCKS = 0x40000000;
export const DEVICES = 0x50000000;
/** In the upper half: vectors, and one instruction for each TLBI. */
export const UPPER = -mib(64);
export const VA_BITS: Readonly<Record<number, readonly number[]>> = { 4: [32, 39, 48], 16: [36, 47], 64: [42, 48] };

export const TLBI_BY_VA = ["VAE1", "VALE1", "VAAE1", "VAALE1"] as const;
export const TLBI = [...TLBI_BY_VA, "ASIDE1", "VMALLE1"].flatMap((name) => [`TLBI ${name}`, `TLBI ${name}IS`]);
/** Loads and stores as EL1 and as EL0 of what is at X[12], a change of address space, and of an instruction. */
export const PROBES = [
  encode("LDRB_32_ldst_pos", { Rn: ROLE.bases[0], Rt: 0 }), encode("STRB_32_ldst_pos", { Rn: ROLE.bases[0], Rt: 1 }), encode("LDRB_32_ldst_unpriv", { Rn: ROLE.bases[0], Rt: 2 }),
  encode("STRB_32_ldst_unpriv", { Rn: ROLE.bases[0], Rt: 3 }), encode("LDR_64_ldst_unscaled", { Rn: ROLE.bases[0], Rt: 6 }), encode("STR_64_ldst_unscaled", { Rn: ROLE.bases[0], Rt: 7 }),
] as const;
const SWITCH = encode("MSR_SR_systemmove", { o0: 1, CRn: 2, CRm: 0, op2: 0, Rt: ROLE.ttbr0 });
const PATCH = encode("STR_32_ldst_pos", { Rn: ROLE.code, Rt: ROLE.words });
/** Around a load exclusive and a store exclusive of the doubleword at X[12]. */
const EXCLUSIVES = [
  encode("LDXR_64_ldstexcl", { Rn: ROLE.bases[0], Rt: 4 }), encode("STXR_64_ldstexcl", { Rn: ROLE.bases[0], Rt: 1, Rs: 5 }), encode("ERET_64E_branch_reg", {}), encode("CLREX_barriers", { CRm: 15 }),
] as const;
/** Where these are, one instruction after the other. */
export const SINGLE_AT = VECTORS.size - XEN_PAGE.size;
export const PROBES_AT = SINGLE_AT + TLBI.length * 4;
export const SWITCH_AT = PROBES_AT + PROBES.length * 4;
export const PATCH_AT = SWITCH_AT + 4;
export const EXCLUSIVES_AT = { load: PATCH_AT + 4, store: PATCH_AT + 8, return: PATCH_AT + 12, clear: PATCH_AT + 16 } as const;

export interface Side {
  readonly machine: JudgeMachine;
  readonly roots: readonly Stage1Tree[];
  readonly registers: readonly Stage1RegisterValues[];
  /** What the host was asked, in words. */
  readonly log: string[];
  /** Ranges of virtual addresses that a change of tables wants forgotten. */
  readonly flushes: { readonly start: number; readonly size: number }[];
}

const RIGHTS: readonly Pick<Stage1Attributes, "el0" | "write" | "executeEl1" | "executeEl0">[] = [0, 1, 2, 3].flatMap((ap) =>
  [0, 1, 2, 3].map((x) => ({ el0: (ap & 1) !== 0, write: (ap & 2) !== 0, executeEl1: (x & 1) !== 0, executeEl0: (x & 2) !== 0 })),
);
const EXECUTABLE = { el0: true, write: false, executeEl1: true, executeEl0: true } as const;
export const attributesOf = (choice: Choice, global: boolean): Stage1Attributes => ({ ...choice.pick(RIGHTS), attrIndex: choice.pick([ATTR_NORMAL, ATTR_NORMAL, ATTR_NORMAL_NC, ATTR_DEVICE]), global, tag: 0 });

/** @param codePages see FastEngineOptions */
export function createSide(engine: EngineName, seed: string, g1: AnyGranule, g2: AnyGranule, vaBits: number, codePages: number): Side {
  const choice = createChoice(`${seed} host`);
  const log: string[] = [];
  const flushes: Side["flushes"] = [];
  const abort = (info: AbortInfo, value: number): ReturnType<EngineHost["abort"]> => {
    const at = info.ipa ?? ipa(0);
    log.push(`${info.write ? "store" : "load"} ${info.bytes} at ${toNumber(at).toString(16)} va ${toNumber(info.va).toString(16)} value ${info.write ? value : 0}`);
    const kind = choice.below(8);
    if (kind === 0) machine.vcpu.engine.irq(choice.oneIn(2));
    if (kind === 1) for (const v of machine.vcpus) v.engine.stop();
    if (toNumber(at) >= DATA.at && toNumber(at) < DATA.at + DATA.size) {
      if (choice.oneIn(4)) return "inject";
      machine.stage2.map(range(alignDown(at, g2.size), g2.size), add(machine.memory.at(machine.ramStart), toNumber(alignDown(at, g2.size)) - RAM), { read: true, write: true, execute: true, memory: "normal", tag: 1 });
      return "retry";
    }
    return kind === 2 ? "inject" : choice.below(2 ** 32) * 2 ** 20 + choice.below(2 ** 20);
  };
  const machine: JudgeMachine = createJudgeMachine({
    engine, banks: [{ base: RAM, size: RAM_SIZE }], granule: g2, cpu: MODEL_LSE, vcpus: 2, codePages,
    host: {
      abort,
      readSystem: (key, el) => {
        log.push(`read ${key} at EL${el}`);
        return choice.oneIn(4) ? undefined : choice.value();
      },
      writeSystem: (key, value, el) => {
        log.push(`write ${key} ${value} at EL${el}`);
        return !choice.oneIn(4);
      },
    },
  });
  const bytes = machine.ram(TABLES.at, TABLES.size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let next = TABLES.at;
  const memory = {
    contains: () => true, load32: (a: ReturnType<typeof ipa>) => view.getUint32(toNumber(a) - TABLES.at, true),
    store32: (a: ReturnType<typeof ipa>, value: number) => view.setUint32(toNumber(a) - TABLES.at, value, true),
  };
  const treeOf = (half: "lower" | "upper"): Stage1Tree => {
    const tree = createStage1({
      memory, granule: g1, vaBits, half, outputBits: 40,
      allocTable(size) {
        const at = Math.ceil(next / size) * size;
        next = at + size;
        return next > TABLES.at + TABLES.size ? undefined : ipa(at);
      },
      freeTable: () => undefined, flush: (start, size) => void flushes.push({ start, size }),
    });
    if (!tree.ok) throw new ModelBug(tree.why);
    return tree.value;
  };
  const code = (p: Stage1Tree, input: Range<"va">, output: number, attributes: Stage1Attributes): void => {
    const r = p.map(input, ipa(output), attributes);
    if (!r.ok) throw new ModelBug(r.why);
  };
  const upper = treeOf("upper");
  code(upper, range(va(UPPER), VECTORS.size), VECTORS.at, { el0: false, write: false, executeEl1: true, executeEl0: false, attrIndex: ATTR_NORMAL, global: true, tag: 0 });
  const pages = createChoice(`${seed} pages`);
  const common = Array.from({ length: CODE_CHUNKS }, () => (pages.oneIn(3) ? pages.pick(RIGHTS.filter((r) => r.executeEl0 || r.executeEl1)) : EXECUTABLE));
  const roots = Array.from({ length: ASIDS }, () => treeOf("lower"));
  for (const root of roots) {
    common.forEach((rights, i) => code(root, range(va(EXECUTED + i * (CODE.size / CODE_CHUNKS)), CODE.size / CODE_CHUNKS), CODE.at + i * (CODE.size / CODE_CHUNKS), { ...rights, attrIndex: ATTR_NORMAL, global: true, tag: 0 }));
    code(root, range(va(WRITTEN), CODE.size), CODE.at, { el0: true, write: true, executeEl1: false, executeEl0: false, attrIndex: ATTR_NORMAL, global: true, tag: 0 });
    code(root, range(va(BLOCKS), DATA.size), DATA.at, { el0: true, write: true, executeEl1: false, executeEl0: false, attrIndex: ATTR_NORMAL, global: true, tag: 0 });
    code(root, range(va(DEVICES), GRANULE_64K.size), DEVICE, { el0: true, write: true, executeEl1: false, executeEl0: false, attrIndex: ATTR_DEVICE, global: true, tag: 0 });
    code(root, range(va(DEVICES + mib(1)), GRANULE_64K.size), DEVICE, { el0: true, write: true, executeEl1: false, executeEl0: false, attrIndex: ATTR_NORMAL, global: true, tag: 0 });
  }
  flushes.length = 0;
  const registers = roots.map((root, asid) => {
    const r = stage1Registers({ lower: { granule: g1, vaBits, root: root.root, asid: asid + 1 }, upper: { granule: g1, vaBits, root: upper.root }, outputBits: 40 });
    if (!r.ok) throw new ModelBug(r.why);
    return r.value;
  });
  return { machine, roots, registers, log, flushes };
}

const view32 = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
/** Words of code that is repeated all over: not a power of two, so that pages differ. */
const PATTERN = 3001;
/** Code, vectors and the TLBI instructions: the same in all machines. */
export function writeCode(sides: readonly Side[], seed: string): void {
  const choice = createChoice(`${seed} code`);
  const pattern = Uint32Array.from({ length: PATTERN }, () => (choice.oneIn(6) ? encode("HINT_hints", {}) : systemWord(choice, 3)));
  for (const { machine } of sides) {
    // every page of data has words of its own
    const data = view32(machine.ram(DATA.at, DATA.size));
    for (let at = 0; at < DATA.size; at += 4) data.setUint32(at, Math.imul(at + 4, 0x9e3779b1) >>> 0, true);
    for (const area of [CODE, VECTORS]) {
      const words = view32(machine.ram(area.at, area.size));
      for (let at = 0; at < area.size; at += 4) words.setUint32(at, pattern[(at / 4) % PATTERN] ?? 0, true);
    }
    const words = view32(machine.ram(VECTORS.at + SINGLE_AT, XEN_PAGE.size));
    [...TLBI.map((name) => operationWord(name, ROLE.tlbi)), ...PROBES, SWITCH, PATCH, ...EXCLUSIVES].forEach((word, i) => words.setUint32(i * 4, word, true));
  }
}
