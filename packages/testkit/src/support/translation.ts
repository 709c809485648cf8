/** The tables of translation: both stages at each granule and in each mix, built by the builders and walked by the walker. */
import { type CpuModel, findCpu, HCR_EL2 } from "@granule/arm";
import {
  ACCESS_READ, ATTR_NORMAL, createStage1, createStage2, createTranslation, decodeStage1, decodeStage2, stage1Registers, stage2Registers, type TableMemory, type Translation, type TranslationContext, type TreeOptions, walk,
} from "@granule/mmu";
import { add, type Address, type AnyGranule, type Bytes, formatBytes, gib, GRANULES, ipa, mib, ModelBug, pa, range, type Result, roundUp, toNumber, va } from "@granule/units";
import { DEFAULT_CPU } from "../matrix/cells.ts";
import type { SupportTable } from "./contract.ts";

/** Size of both input spaces and of the PA space, in bits. */
const BITS = 40;
/** Largest piece that is tried: no granule has a contiguous run above 16 GiB. */
const MOST_LOG2 = 35;
/** Where tables lie, in machine and in guest-physical space alike. */
const TABLES = { start: gib(1), size: mib(8) };
const OUTPUT: Bytes = /* @__PURE__ */ gib(256);
const RW = { read: true, write: true, execute: true, memory: "normal", tag: 0 } as const;
const RW1 = { el0: false, write: true, executeEl1: true, executeEl0: false, attrIndex: ATTR_NORMAL, global: true, tag: 0 };

const value = <V>(r: Result<V, string>): V => {
  if (!r.ok) throw new ModelBug(r.why);
  return r.value;
};

interface Tables {
  /** The same words, as the machine and as a guest without offset sees them. */
  readonly machine: TableMemory;
  readonly guest: TableMemory<"ipa">;
  take(size: Bytes): number | undefined;
}
function createTables(): Tables {
  const words = new Int32Array(TABLES.size / 4);
  let next = 0;
  const index = (at: Address<"ipa" | "pa">): number => (toNumber(at) - TABLES.start) / 4;
  const memory = {
    contains: (at: Address<"ipa"> | Address<"pa">) => index(at) >= 0 && index(at) < words.length,
    load32: (at: Address<"ipa"> | Address<"pa">) => words[index(at)] ?? 0,
    store32: (at: Address<"ipa"> | Address<"pa">, word: number) => void (words[index(at)] = word),
  };
  return {
    machine: memory,
    guest: memory,
    take(size) {
      const at = roundUp(next, size);
      next = at + size;
      return next > TABLES.size ? undefined : TABLES.start + at;
    },
  };
}

/** What is on: stage 1 at S1, stage 2 at G, or both. */
interface Regime {
  readonly s1?: AnyGranule;
  readonly g?: AnyGranule;
}
const cpuOf = (): CpuModel => {
  const cpu = findCpu(DEFAULT_CPU);
  if (cpu === undefined) throw new ModelBug(`no CPU ${DEFAULT_CPU}`);
  return cpu;
};

/** Maps `size` bytes, aligned to their size, and walks to the last of them. Answers the translation and how many descriptors were read. */
function translate({ s1, g }: Regime, size: Bytes, options: TreeOptions = {}): { readonly out: Translation; readonly reads: number } {
  const cpu = cpuOf();
  const t = createTables();
  const owner = { freeTable: () => undefined, flush: () => undefined, ...options };
  const hcr = HCR_EL2.encode({ RW: 1, VM: g === undefined ? 0 : 1 });
  let stage1 = { sctlr: 0n, tcr: 0n, ttbr0: 0n, ttbr1: 0n, mair: 0n };
  let stage2 = { vtcr: 0n, vttbr: 0n };
  // with both stages on, stage 2 does the moving and stage 1 the rest
  const input = size;
  if (g !== undefined) {
    const allocTable = (bytes: Bytes) => {
      const at = t.take(bytes);
      return at === undefined ? undefined : pa(at);
    };
    const tree = value(createStage2({ ...owner, memory: t.machine, granule: g, ipaBits: BITS, paBits: BITS, allocTable }));
    value(tree.map(range(ipa(TABLES.start), TABLES.size), pa(TABLES.start), RW));
    value(tree.map(range(ipa(s1 === undefined ? input : OUTPUT), size), pa(OUTPUT + (s1 === undefined ? 0 : size)), RW));
    stage2 = value(stage2Registers(g, BITS, BITS, tree.root, 1));
  }
  if (s1 !== undefined) {
    const allocTable = (bytes: Bytes) => {
      const at = t.take(bytes);
      return at === undefined ? undefined : ipa(at);
    };
    const tree = value(createStage1({ ...owner, memory: t.guest, granule: s1, vaBits: BITS, half: "lower", outputBits: BITS, allocTable }));
    value(tree.map(range(va(input), size), ipa(OUTPUT), RW1));
    stage1 = value(stage1Registers({ lower: { granule: s1, vaBits: BITS, root: tree.root }, outputBits: BITS }));
  }
  let reads = 0;
  const context: TranslationContext = {
    memory: t.machine, stage1: decodeStage1(cpu, { ...stage1, hcr }), stage2: decodeStage2(cpu, { ...stage2, hcr }), onStep: () => void reads++,
  };
  const out = createTranslation();
  const last = toNumber(add(va(input), size - 1));
  const expected = OUTPUT + (s1 !== undefined && g !== undefined ? size : 0) + size - 1;
  if (!walk(context, Math.floor(last / 2 ** 32), last >>> 0, ACCESS_READ, false, out) || toNumber(out.pa) !== expected)
    throw new ModelBug(`S1 ${s1?.name ?? "off"}, G ${g?.name ?? "off"}, ${formatBytes(size)}: the walk does not find what was mapped`);
  return { out, reads };
}

/** Sizes of the leaves that one stage has, and of its contiguous runs, found by mapping every power of two. */
function leavesOf(stage: 1 | 2, granule: AnyGranule): { readonly pages: string; readonly blocks: string; readonly runs: string } {
  const regime: Regime = stage === 1 ? { s1: granule } : { g: granule };
  const leaves: Bytes[] = [];
  const runs = new Map<number, Bytes>();
  for (let log2 = granule.shift; log2 <= MOST_LOG2; log2++) {
    const size = 2 ** log2;
    const { out } = translate(regime, size, { contiguous: false });
    if ((stage === 1 ? out.shift1 : out.shift2) === log2) leaves.push(size);
    const run = translate(regime, size).out;
    const shift = stage === 1 ? run.shift1 : run.shift2;
    if ((stage === 1 ? run.contiguous1 : run.contiguous2) && !runs.has(shift)) runs.set(shift, size);
  }
  const [page, ...blocks] = leaves;
  const list = (sizes: readonly Bytes[]): string => `Supported: ${sizes.map(formatBytes).join(", ")}`;
  return { pages: list(page === undefined ? [] : [page]), blocks: list(blocks), runs: list([...runs.values()]) };
}

export function translationTables(): readonly SupportTable[] {
  const stages = ([1, 2] as const).flatMap((stage) => {
    const found = GRANULES.map((g) => leavesOf(stage, g));
    return [
      { what: `stage ${stage}, pages`, statuses: found.map((f) => f.pages) },
      { what: `stage ${stage}, blocks`, statuses: found.map((f) => f.blocks) },
      { what: `stage ${stage}, contiguous runs`, statuses: found.map((f) => f.runs) },
    ];
  });
  return [
    {
      title: "Translation",
      about: `Every power of two up to ${formatBytes(2 ** MOST_LOG2)} is mapped by the builder and found by the walker, alone and with contiguous runs.`,
      what: "leaf", columns: GRANULES.map((g) => `granule ${g.name}`), rows: stages,
    },
    {
      title: "Translation through both stages",
      about: `One granule's worth of each is mapped in ${BITS}-bit spaces, and walked: how many descriptors a walk reads.`,
      what: "stage 1", columns: GRANULES.map((g) => `G = ${g.name}`),
      rows: GRANULES.map((s1) => ({ what: `S1 = ${s1.name}`, statuses: GRANULES.map((g) => `Supported, ${translate({ s1, g }, Math.max(s1.size, g.size)).reads} reads`) })),
    },
  ];
}
