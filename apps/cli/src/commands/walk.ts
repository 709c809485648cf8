/** `granule walk`: one translation, step by step, for any granule at either stage, over tables that it builds. */
import { ACCESS_EXECUTE, ACCESS_READ, ACCESS_WRITE, type Access, createStage1, createStage2, createTranslation, decodeStage1, decodeStage2, formatStep, stage1Registers, stage2Registers, walk, type WalkStep } from "@granule/mmu";
import { type CpuModel, CPU_MODELS, findCpu, HCR_EL2 } from "@granule/arm";
import { createFrameAllocator, createMachineMemory } from "@granule/machine";
import { add, type AnyGranule, type Bytes, findGranule, gib, GranuleError, GRANULES, hex, type Ipa, ipa, mib, type Pa, range, toNumber, type Va, va, vaFromX, XEN_PAGE } from "@granule/units";

/** Where the example's RAM is in both spaces that the guest sees, and how much there is. */
const RAM_BASE: Ipa = /* @__PURE__ */ ipa(gib(1));
const RAM_SIZE: Bytes = mib(256);
/** Memory of the machine: the guest's RAM plus tables. */
const TABLES: Bytes = mib(16);
const VA_BITS = 48;

export interface WalkRequest {
  readonly cpu: string;
  /** Granule names, or "off". */
  readonly s1: string;
  readonly s2: string;
  /** 64-bit virtual address, any C notation. */
  readonly va: string;
  readonly access: "read" | "write" | "execute";
  readonly el0: boolean;
  /** Leaves at the page level only, as a fragmented domain has them. */
  readonly pages: boolean;
}
export interface WalkReport {
  readonly cpu: string;
  readonly va: string;
  readonly s1: string;
  readonly s2: string;
  readonly steps: readonly WalkStep[];
  readonly lines: readonly string[];
  /** Descriptors that were read. */
  readonly reads: number;
  readonly ok: boolean;
  readonly ipa: string;
  readonly pa: string;
  /** E.g. "translation fault at stage 2 level 1 (stage 1 descriptor at ipa 0x...)"; empty on success. */
  readonly fault: string;
  readonly summary: string;
}

const ACCESSES: Readonly<Record<WalkRequest["access"], Access>> = { read: ACCESS_READ, write: ACCESS_WRITE, execute: ACCESS_EXECUTE };

function granuleOf(name: string, what: string, available: readonly AnyGranule[], cpu: CpuModel): AnyGranule | undefined {
  if (name === "off") return undefined;
  const g = findGranule(name);
  if (g === undefined) throw new GranuleError("GRAN0050", `${what}: "${name}" is no translation granule`, `Use ${GRANULES.map((x) => x.name).join(", ")} or off.`);
  if (!available.some((a) => a.size === g.size)) {
    const models = CPU_MODELS.filter((c) => (what === "--s1" ? c.stage1 : c.stage2).some((a) => a.size === g.size)).map((c) => c.name);
    throw new GranuleError("GRAN0051", `${what}: CPU ${cpu.name} has no ${g.name} granule there`, `Models that have it: ${models.join(", ")}.`);
  }
  return g;
}
function parseVa(text: string): Va {
  if (!/^(0[xX][0-9a-fA-F]+|[0-9]+)$/.test(text)) throw new GranuleError("GRAN0052", `--va: "${text}" is not an address`, "Write it as 0x40012345.");
  const x = BigInt(text);
  if (x >= 1n << 64n) throw new GranuleError("GRAN0052", `--va: ${text} has more than 64 bits`);
  const v = vaFromX(x);
  if (!v.ok) throw new GranuleError("GRAN0052", `--va: ${v.why}`, "Bits 63:52 must be all the same; no translation regime here translates others.");
  return v.value;
}
const must = <V>(r: { readonly ok: true; readonly value: V } | { readonly ok: false; readonly why: string }): V => {
  if (!r.ok) throw new GranuleError("GRAN0053", r.why);
  return r.value;
};

/** Builds a flat stage 1 (VA = IPA) and a stage 2 over 256 MiB of RAM at 1 GiB, then walks. @throws GranuleError for a request that no CPU could run. */
export function runWalk(request: WalkRequest): WalkReport {
  const cpu = findCpu(request.cpu);
  if (cpu === undefined) throw new GranuleError("GRAN0021", `--cpu: no model "${request.cpu}"`, `Models: ${CPU_MODELS.map((c) => c.name).join(", ")}.`);
  const s1 = granuleOf(request.s1, "--s1", cpu.stage1, cpu);
  const s2 = granuleOf(request.s2, "--s2", cpu.stage2, cpu);
  const at = parseVa(request.va);
  const memory = createMachineMemory(RAM_SIZE + TABLES);
  const ram: Pa = memory.base;
  const tables = createFrameAllocator(memory, add(ram, RAM_SIZE), TABLES);
  const shapes = request.pages ? { blocks: false, contiguous: false } : {};
  const ramOffset = toNumber(ram) - toNumber(RAM_BASE);
  const tableMemory = { contains: memory.contains, load32: memory.load32, store32: memory.store32 };
  const tableFrame = (size: Bytes): Bytes => Math.max(size, XEN_PAGE.size);
  const alloc = (size: Bytes): Pa | undefined => tables.alloc(tableFrame(size), tableFrame(size));
  const { paBits } = cpu;
  const ipaBits = Math.min(40, paBits);

  let stage2 = { hcr: 0n, vtcr: 0n, vttbr: 0n };
  if (s2 !== undefined) {
    const tree = must(createStage2({ memory: tableMemory, granule: s2, ipaBits, paBits, allocTable: alloc, freeTable: () => undefined, flush: () => undefined, ...shapes }));
    must(tree.map(range(RAM_BASE, RAM_SIZE), ram, { read: true, write: true, execute: true, memory: "normal", tag: 1 }));
    stage2 = { hcr: HCR_EL2.encode({ VM: 1 }), ...must(stage2Registers(s2, ipaBits, paBits, tree.root, 1)) };
  }
  // with stage 2 off the guest's addresses are the machine's
  const guestBase = s2 === undefined ? toNumber(ram) : toNumber(RAM_BASE);
  const toMachine = (a: Ipa): Pa => (s2 === undefined ? memory.at(toNumber(a) - toNumber(memory.base)) : memory.at(toNumber(a) + ramOffset - toNumber(memory.base)));
  let stage1 = { sctlr: 0n, tcr: 0n, ttbr0: 0n, ttbr1: 0n, mair: 0n };
  if (s1 !== undefined) {
    // the guest's tables lie at the end of its own RAM
    let next = guestBase + RAM_SIZE;
    const tree = must(
      createStage1({
        granule: s1, vaBits: VA_BITS, half: "lower", outputBits: 48,
        memory: { contains: (a) => toNumber(a) >= guestBase && toNumber(a) < guestBase + RAM_SIZE, load32: (a) => memory.load32(toMachine(a)), store32: (a, v) => memory.store32(toMachine(a), v) },
        allocTable: (size) => {
          next -= next % size === 0 ? size : next % size;
          return ipa(next);
        },
        freeTable: () => undefined, flush: () => undefined, ...shapes,
      }),
    );
    must(tree.map(range(va(toNumber(RAM_BASE)), RAM_SIZE), ipa(guestBase), { el0: true, write: true, executeEl1: false, executeEl0: true, attrIndex: 0, global: true, tag: 0 }));
    stage1 = must(stage1Registers({ lower: { granule: s1, vaBits: VA_BITS, root: tree.root }, outputBits: 48 }));
  }
  const steps: WalkStep[] = [];
  const out = createTranslation();
  const context = { memory: tableMemory, stage1: decodeStage1(cpu, { ...stage1, hcr: stage2.hcr }), stage2: decodeStage2(cpu, stage2), onStep: (s: WalkStep) => void steps.push(s) };
  const a = toNumber(at);
  const ok = walk(context, Math.floor(a / 2 ** 32) >>> 0, a >>> 0, ACCESSES[request.access], request.el0, out);
  const names: Readonly<Record<string, string>> = { addressSize: "address size", accessFlag: "access flag", externalAbortOnWalk: "external abort on walk" };
  const fault = ok ? "" : `${names[out.fault] ?? out.fault} fault at stage ${out.stage} level ${out.level}${out.stage === 2 ? ` for ipa ${hex(out.faultIpa)}` : ""}${out.s1ptw ? " (a stage 1 descriptor)" : ""}`;
  const reads = steps.filter((s) => s.descriptor !== undefined).length;
  const ipaText = ok ? hex(out.ipa) : "";
  const paText = ok ? hex(out.pa) : "";
  const leaf = (level: number, shift: number): string => (level === 4 ? "off" : `level ${level} leaf of ${2 ** (shift - 10)} KiB`);
  const summary = ok
    ? `va ${hex(at)} -> ipa ${ipaText} -> pa ${paText}; stage 1 ${leaf(out.level1, out.shift1)}, stage 2 ${leaf(out.level2, out.shift2)}; ${reads} descriptors read`
    : `va ${hex(at)}: ${fault}; ${reads} descriptors read`;
  return { cpu: cpu.name, va: hex(at), s1: s1?.name ?? "off", s2: s2?.name ?? "off", steps, lines: steps.map(formatStep), reads, ok, ipa: ipaText, pa: paText, fault, summary };
}
