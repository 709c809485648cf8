/**
 * A second translation walk, slow and in `bigint`, that shares no table and no code with the fast one: it imports only
 * `@granule/units` and follows the architecture's own steps. Tests compare the two; nothing else uses it.
 * Source: Arm ARM DDI 0487, J1.1 "Pseudocode for AArch64 operation": AArch64.FullTranslate() and what it calls, with
 * the feature set of Armv8.0 plus the granules of later CPUs.
 */
import { type AnyGranule, GRANULE_16K, GRANULE_4K } from "@granule/units";

/** As much of a CPU as a walk depends on. */
export interface NaiveCpu {
  readonly paBits: number;
  readonly stage1: readonly AnyGranule[];
  readonly stage2: readonly AnyGranule[];
}
export interface NaiveRegisters {
  readonly sctlr: bigint;
  readonly tcr: bigint;
  readonly ttbr0: bigint;
  readonly ttbr1: bigint;
  readonly mair: bigint;
  readonly hcr: bigint;
  readonly vtcr: bigint;
  readonly vttbr: bigint;
}
/** Reads the descriptor at a machine address; undefined where there is no memory. */
export type NaiveRead = (pa: bigint) => bigint | undefined;

type NaiveFault = "addressSize" | "translation" | "accessFlag" | "permission" | "externalAbortOnWalk";
export interface NaiveFailure {
  readonly ok: false;
  readonly fault: NaiveFault;
  readonly stage: 1 | 2;
  readonly level: number;
  readonly s1ptw: boolean;
  /** What stage 2 refused; undefined for a stage 1 fault. */
  readonly ipa: bigint | undefined;
}
/** What one stage made of an address. Levels are undefined when the stage is off. */
export interface NaiveOutput {
  readonly ok: true;
  readonly address: bigint;
  readonly level: number | undefined;
  /** Accesses allowed, as letters: r, w, x for EL1 and R, W, X for EL0. */
  readonly allowed: string;
  readonly contiguous: boolean;
  /** MAIR byte at stage 1, MemAttr at stage 2. */
  readonly memory: bigint;
  readonly shareability: bigint;
  readonly global: boolean;
}
export interface NaiveTranslation {
  readonly ok: true;
  readonly pa: bigint;
  readonly ipa: bigint;
  readonly allowed: string;
  readonly stage1: NaiveOutput;
  /** Undefined when stage 2 is off. */
  readonly stage2: NaiveOutput | undefined;
}
export interface NaiveQuery {
  readonly va: bigint;
  readonly access: "read" | "write" | "execute";
  readonly el0: boolean;
}

/** Departures of another implementation from the architecture, to replay its recordings; none by default. */
export interface NaiveQuirks {
  /** A block descriptor is taken at levels 0 and 1 where the granule has none. */
  readonly blocksAtEveryLevel: boolean;
  /** A stage 2 fault on the address of a stage 1 descriptor reports the stage 1 level. */
  readonly stage1LevelOnWalk: boolean;
  /** PAR_EL1.SH of a single stage is the descriptor's (0 without one), also for Device and Non-cacheable memory. */
  readonly descriptorShareability: boolean;
  /** Where one stage says Device and the other Normal, the inner nibble of Normal counts as a Device type. */
  readonly normalNibbleAsDevice: boolean;
  /** VTCR_EL2.PS, and not the PA size alone, limits stage 2's input size and start level. */
  readonly stage2SizesByPs: boolean;
}
export const NO_QUIRKS: NaiveQuirks = { blocksAtEveryLevel: false, stage1LevelOnWalk: false, descriptorShareability: false, normalNibbleAsDevice: false, stage2SizesByPs: false };

const bit = (x: bigint, n: number): boolean => ((x >> BigInt(n)) & 1n) === 1n;
const bits = (x: bigint, msb: number, lsb: number): bigint => (x >> BigInt(lsb)) & ((1n << BigInt(msb - lsb + 1)) - 1n);
const uint = (x: bigint, msb: number, lsb: number): number => Number(bits(x, msb, lsb));
/** Align(x, 2^n). */
const align = (x: bigint, n: number): bigint => (x >> BigInt(n)) << BigInt(n);
/** DecodePASize(), without the sizes of LPA. */
const paSize = (encoded: number): number => [32, 36, 40, 42, 44, 48, 48, 48][encoded] ?? 48;

/** The granule an encoding means; reserved or missing: the smallest the CPU has. */
function granuleShift(encoding: number, names: readonly string[], available: readonly AnyGranule[]): number {
  const chosen = available.find((g) => g.name === names[encoding]) ?? available[0];
  if (chosen === undefined) throw new Error("no granule");
  return chosen.shift;
}
const TG0_NAMES = ["4k", "64k", "16k", "reserved"];
const TG1_NAMES = ["reserved", "16k", "4k", "64k"];

/** Table, block, page or invalid: DecodeDescriptorType() for 64-bit descriptors without LPA2 and LPA. */
function descriptorType(descriptor: bigint, level: number, granule: number, quirks: NaiveQuirks): "invalid" | "table" | "block" | "page" {
  switch (bits(descriptor, 1, 0)) {
    case 3n: return level === 3 ? "page" : "table";
    // BlockDescSupported(): 4K at level 1 and 2, 16K and 64K at level 2
    case 1n: return level === 2 || (level === 1 && granule === GRANULE_4K.shift) || (quirks.blocksAtEveryLevel && level < 3) ? "block" : "invalid";
    default: return "invalid";
  }
}

/** What the two stages' walks have in common. */
interface WalkParameters {
  readonly input: bigint;
  readonly inputBits: number;
  readonly granule: number;
  readonly startLevel: number;
  readonly base: bigint;
  readonly outputBits: number;
  readonly fetch: (address: bigint, level: number) => bigint | NaiveFailure;
  readonly onTable: (descriptor: bigint) => void;
  readonly quirks: NaiveQuirks;
}
type Walked = { readonly descriptor: bigint; readonly level: number; readonly output: bigint } | { readonly fault: NaiveFault; readonly level: number } | NaiveFailure;

/** AArch64.S1Walk() and AArch64.S2Walk(), from the initial table to the final descriptor and its output address. */
function walkTables(p: WalkParameters): Walked {
  const stride = p.granule - 3;
  const tooLarge = (address: bigint): boolean => address >> BigInt(p.outputBits) !== 0n;
  // step 1: the base of the initial table, aligned to its size
  const lsbOf = (level: number): number => p.granule + stride * (3 - level);
  let base = align(p.base, p.inputBits - lsbOf(p.startLevel) + 3);
  let level = p.startLevel;
  // step 2: address size fault by the base
  if (tooLarge(base)) return { fault: "addressSize", level: 0 };
  for (let msb = p.inputBits - 1; ; msb = lsbOf(level) + stride - 1) {
    // step 3: fetch the descriptor
    const lsb = lsbOf(level);
    const descriptor = p.fetch(base + bits(p.input, msb, lsb) * 8n, level);
    if (typeof descriptor !== "bigint") return descriptor;
    // step 4: decode it
    const type = descriptorType(descriptor, level, p.granule, p.quirks);
    if (type === "invalid") return { fault: "translation", level };
    const low = type === "table" ? p.granule : lsb;
    const address = align(bits(descriptor, 47, 0), low);
    // step 5: address size fault by the next table or the output
    if (tooLarge(address)) return { fault: "addressSize", level };
    if (type !== "table") return { descriptor, level, output: address + bits(p.input, low - 1, 0) };
    p.onTable(descriptor);
    base = address;
    level += 1;
  }
}

const letterOf = (q: { access: "read" | "write" | "execute"; el0: boolean }): string => {
  const letter = q.access === "read" ? "r" : q.access === "write" ? "w" : "x";
  return q.el0 ? letter.toUpperCase() : letter;
};

/** The naive walk of one set of registers. */
export class NaiveWalker {
  readonly #cpu: NaiveCpu;
  readonly #registers: NaiveRegisters;
  readonly #read: NaiveRead;
  readonly quirks: NaiveQuirks;
  constructor(cpu: NaiveCpu, registers: NaiveRegisters, read: NaiveRead, quirks = NO_QUIRKS) {
    this.quirks = quirks;
    this.#cpu = cpu;
    this.#registers = registers;
    this.#read = read;
  }

  get #stage2On(): boolean {
    // HCR_EL2.DC makes the PE behave as if HCR_EL2.VM were 1
    return bit(this.#registers.hcr, 0) || bit(this.#registers.hcr, 12);
  }

  /** AArch64.FullTranslate(). */
  translate(q: NaiveQuery): NaiveTranslation | NaiveFailure {
    const stage1 = this.stage1(q);
    if (!stage1.ok) return stage1;
    if (!this.#stage2On) return { ok: true, pa: stage1.address, ipa: stage1.address, allowed: stage1.allowed, stage1, stage2: undefined };
    const stage2 = this.#stage2(stage1.address, letterOf(q), false);
    if (!stage2.ok) return stage2;
    const allowed = [...stage1.allowed].filter((c) => stage2.allowed.includes(c)).join("");
    return { ok: true, pa: stage2.address, ipa: stage1.address, allowed, stage1, stage2 };
  }

  /** AArch64.S1Translate(). */
  stage1(q: NaiveQuery): NaiveOutput | NaiveFailure {
    const { tcr, sctlr, hcr, mair } = this.#registers;
    const fault = (kind: NaiveFault, level: number): NaiveFailure => ({ ok: false, fault: kind, stage: 1, level, s1ptw: false, ipa: undefined });
    const upper = bit(q.va, 55);
    const tbi = bit(tcr, upper ? 38 : 37);
    const addrTop = tbi ? 55 : 63;
    if (!bit(sctlr, 0) || bit(hcr, 12)) {
      // S1DisabledOutput(): the address must be a physical one
      if (bits(q.va, addrTop, this.#cpu.paBits) !== 0n) return fault("addressSize", 0);
      const cacheable = bit(hcr, 12);
      return {
        ok: true, address: bits(q.va, 51, 0), level: undefined, allowed: "rwxRWX", contiguous: false,
        memory: cacheable ? 0xffn : 0n, shareability: cacheable ? 0n : 2n, global: true,
      };
    }
    // the size of the input address, and whether the address fits it
    const txsz = upper ? uint(tcr, 21, 16) : uint(tcr, 5, 0);
    if (txsz < 16 || txsz > 39) return fault("translation", 0);
    const inputBits = 64 - txsz;
    const beyond = bits(q.va, addrTop, inputBits);
    const wanted = upper ? (1n << BigInt(addrTop - inputBits + 1)) - 1n : 0n;
    if (beyond !== wanted) return fault("translation", 0);
    if (bit(tcr, upper ? 23 : 7)) return fault("translation", 0);
    const granule = upper ? granuleShift(uint(tcr, 31, 30), TG1_NAMES, this.#cpu.stage1) : granuleShift(uint(tcr, 15, 14), TG0_NAMES, this.#cpu.stage1);
    // S1StartLevel(): 3 - ((inputBits - granule - 1) DIV stride)
    const startLevel = 3 - Math.floor((inputBits - granule - 1) / (granule - 3));
    const ttbr = upper ? this.#registers.ttbr1 : this.#registers.ttbr0;
    let [apTable, uxnTable, pxnTable] = [0n, false, false];
    const walked = walkTables({
      input: q.va, inputBits, granule, startLevel, base: align(bits(ttbr, 47, 0), 1),
      outputBits: Math.min(paSize(uint(tcr, 34, 32)), this.#cpu.paBits, 48),
      fetch: (address, level) => {
        let at = address;
        if (this.#stage2On) {
          // the address of a descriptor is an IPA; its stage 2 access is a read
          const translated = this.#stage2(address, "r", true);
          if (!translated.ok) return this.quirks.stage1LevelOnWalk ? { ...translated, level } : translated;
          at = translated.address;
        }
        return this.#read(at) ?? fault("externalAbortOnWalk", level);
      },
      quirks: this.quirks,
      onTable: (descriptor) => {
        apTable |= bits(descriptor, 62, 61);
        uxnTable ||= bit(descriptor, 60);
        pxnTable ||= bit(descriptor, 59);
      },
    });
    if ("ok" in walked) return walked;
    if ("fault" in walked) return fault(walked.fault, walked.level);
    const { descriptor, level, output } = walked;
    if (!bit(descriptor, 10)) return fault("accessFlag", level);
    // S1 permissions: direct, then hierarchical, then WXN
    const readOnly = bit(descriptor, 7) || bit(apTable, 1);
    const forEl0 = bit(descriptor, 6) && !bit(apTable, 0);
    const wxn = bit(sctlr, 19);
    let allowed = "r";
    if (!readOnly) allowed += "w";
    if (forEl0) allowed += readOnly ? "R" : "RW";
    const writableAtEl0 = allowed.includes("W");
    if (!bit(descriptor, 53) && !pxnTable && !writableAtEl0 && !(wxn && !readOnly)) allowed += "x";
    if (!bit(descriptor, 54) && !uxnTable && !(wxn && writableAtEl0)) allowed += "X";
    if (!allowed.includes(letterOf(q))) return fault("permission", level);
    return {
      ok: true, address: output, level, allowed, contiguous: bit(descriptor, 52), memory: bits(mair >> (8n * bits(descriptor, 4, 2)), 7, 0),
      shareability: bits(descriptor, 9, 8), global: !bit(descriptor, 11),
    };
  }

  /** AArch64.S2Translate(). `letter`: the access, as in `NaiveOutput.allowed`. */
  #stage2(ipa: bigint, letter: string, s1ptw: boolean): NaiveOutput | NaiveFailure {
    const { vtcr, vttbr } = this.#registers;
    const outputBits = Math.min(paSize(uint(vtcr, 18, 16)), this.#cpu.paBits, 48);
    const paMax = this.quirks.stage2SizesByPs ? outputBits : this.#cpu.paBits;
    const fault = (kind: NaiveFault, level: number): NaiveFailure => ({ ok: false, fault: kind, stage: 2, level, s1ptw, ipa });
    const granule = granuleShift(uint(vtcr, 15, 14), TG0_NAMES, this.#cpu.stage2);
    const stride = granule - 3;
    const t0sz = uint(vtcr, 5, 0);
    const inputBits = 64 - t0sz;
    const sl0 = uint(vtcr, 7, 6);
    // S2InvalidTxSZ()
    if (t0sz < 64 - Math.min(paMax, 48) || t0sz > 39) return fault("translation", 0);
    // S2InvalidSL()
    if (sl0 === 3) return fault("translation", 0);
    if (sl0 === 2 && paMax < (granule === GRANULE_16K.shift ? 42 : 44)) return fault("translation", 0);
    // S2StartLevel()
    const startLevel = granule === GRANULE_4K.shift ? 2 - sl0 : 3 - sl0;
    // S2InconsistentSL()
    const least = (3 - startLevel) * stride + granule + 1;
    const most = least + (stride - 1) + 4;
    if (inputBits < least || inputBits > most) return fault("translation", 0);
    // IPAIsOutOfRange()
    if (ipa >> BigInt(inputBits) !== 0n) return fault("translation", 0);
    const walked = walkTables({
      input: ipa, inputBits, granule, startLevel, base: align(bits(vttbr, 47, 0), 1),
      outputBits,
      fetch: (address, level) => this.#read(address) ?? fault("externalAbortOnWalk", level),
      quirks: this.quirks,
      onTable: () => undefined,
    });
    if ("ok" in walked) return walked;
    if ("fault" in walked) return fault(walked.fault, walked.level);
    const { descriptor, level, output } = walked;
    if (!bit(descriptor, 10)) return fault("accessFlag", level);
    const allowed = (bit(descriptor, 6) ? "rR" : "") + (bit(descriptor, 7) ? "wW" : "") + (bit(descriptor, 54) ? "" : "xX");
    if (!allowed.includes(letter)) return fault("permission", level);
    return {
      ok: true, address: output, level, allowed, contiguous: bit(descriptor, 52), memory: bits(descriptor, 5, 2),
      shareability: bits(descriptor, 9, 8), global: false,
    };
  }
}
