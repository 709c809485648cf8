/** Speed of walks with the TLB off, of TLB hits and of table building. */
import type { Bench } from "@granule/bench";
import { findCpu, HCR_EL2 } from "@granule/arm";
import { type AnyGranule, gib, GRANULES, ipa, ipaFromPa, mib, ModelBug, pa, range, type Result, toNumber, va } from "@granule/units";
import { createArena } from "./arena.ts";
import { decodeStage1, decodeStage2 } from "./config.ts";
import { ACCESS_READ, type TranslationContext } from "./contract.ts";
import { seeded } from "./random.ts";
import { ATTR_NORMAL, createStage1, stage1Registers } from "./stage1.ts";
import { createStage2, stage2Registers } from "./stage2.ts";
import { createTlb } from "./tlb.ts";
import { createTranslation, walk } from "./walk.ts";

const PA_BITS = 40;
const BATCH = 5000;
/** What is mapped and walked, in bytes from address 0. */
const SPAN = gib(1);
/** Where the tables lie, in the IPA space too. */
const TABLES = gib(4);

function unwrap<V>(r: Result<V, string>): V {
  if (!r.ok) throw new ModelBug(r.why);
  return r.value;
}

/** 1 GiB mapped page by page at both stages, so that every walk goes to level 3. */
function twoStages(granule: AnyGranule): TranslationContext {
  const cpu = findCpu("all-granules");
  if (cpu === undefined) throw new ModelBug("no CPU model");
  const arena = createArena(pa(TABLES), mib(16));
  const options = { granule, blocks: false, contiguous: false } as const;
  const tables2 = unwrap(createStage2({
    ...options, memory: arena.memory, ipaBits: PA_BITS, paBits: PA_BITS, allocTable: arena.allocTable, freeTable: arena.freeTable, flush: () => undefined,
  }));
  const attributes2 = { read: true, write: true, execute: true, memory: "normal", tag: 0 } as const;
  // stage 1 tables lie where IPA and machine address are the same number
  const guest = createArena(ipaFromPa(pa(TABLES + mib(16))), mib(16));
  const tables1 = unwrap(createStage1({
    ...options, memory: guest.memory, vaBits: 48, half: "lower", outputBits: PA_BITS, allocTable: guest.allocTable, freeTable: guest.freeTable, flush: () => undefined,
  }));
  unwrap(tables1.map(range(va(0), SPAN), ipa(0), { el0: true, write: true, executeEl1: false, executeEl0: false, attrIndex: ATTR_NORMAL, global: true, tag: 0 }));
  unwrap(tables2.map(range(ipa(0), SPAN), pa(gib(8)), attributes2));
  unwrap(tables2.map(range(ipa(TABLES), mib(32)), pa(TABLES), attributes2));
  const both = createArena(pa(TABLES), mib(32));
  both.words.set(arena.words);
  both.words.set(guest.words, arena.words.length);
  const hcr = HCR_EL2.encode({ VM: 1, RW: 1 });
  const registers1 = unwrap(stage1Registers({ lower: { granule, vaBits: 48, root: tables1.root }, outputBits: PA_BITS }));
  const registers2 = unwrap(stage2Registers(granule, PA_BITS, PA_BITS, tables2.root, 1));
  return { memory: both.memory, stage1: decodeStage1(cpu, { ...registers1, hcr }), stage2: decodeStage2(cpu, { ...registers2, hcr }) };
}

function randomAddresses(): Uint32Array {
  const random = seeded(1);
  return Uint32Array.from({ length: BATCH }, () => random.below(SPAN));
}

const walks: readonly Bench[] = GRANULES.map((granule) => ({
  name: `two-stage walk to level 3, random addresses in 1 GiB, ${granule.name}`, unit: "walk",
  // a million a second where the calibration loop makes 650 million
  target: 0.0015,
  run(ms, timed) {
    const context = twoStages(granule);
    const addresses = randomAddresses();
    const out = createTranslation();
    return timed(ms, () => {
      for (const at of addresses) if (!walk(context, 0, at, ACCESS_READ, false, out)) throw new ModelBug("a mapped address faults");
      return BATCH;
    });
  },
}));

export const benches: readonly Bench[] = [
  ...walks,
  {
    // 100 million a second where the calibration loop makes 650 million
    name: "TLB hit", unit: "lookup", target: 0.07,
    run(ms, timed) {
      const tlb = createTlb();
      const t = createTranslation();
      t.permissions = 1;
      tlb.select(1, 1);
      const unit = GRANULES[0]?.size ?? 0;
      const addresses = Uint32Array.from({ length: BATCH }, (_, i) => (i % 256) * unit + 8);
      for (let i = 0; i < 256; i++) {
        t.ipa = ipa(i * unit);
        t.pa = pa(gib(4) + i * unit);
        tlb.fill(0, i * unit, t);
      }
      return timed(ms, () => {
        for (const at of addresses) if (tlb.lookup(0, at, ACCESS_READ, false) < 0) throw new ModelBug("a filled translation misses");
        return BATCH;
      });
    },
  },
  ...GRANULES.map((granule): Bench => ({
    name: `map and unmap one granule at stage 2, ${granule.name}`, unit: "pair",
    run(ms, timed) {
      const arena = createArena(pa(TABLES), mib(16));
      const tables = unwrap(createStage2({
        memory: arena.memory, granule, ipaBits: PA_BITS, paBits: PA_BITS, allocTable: arena.allocTable, freeTable: arena.freeTable, flush: () => undefined,
      }));
      const attributes = { read: true, write: true, execute: false, memory: "normal", tag: 1 } as const;
      unwrap(tables.map(range(ipa(0), SPAN), pa(gib(8)), attributes));
      const pages = Math.floor(toNumber(ipa(mib(64))) / granule.size);
      let next = 0;
      return timed(ms, () => {
        for (let i = 0; i < 64; i++) {
          const at = (next++ % pages) * granule.size;
          unwrap(tables.unmap(range(ipa(at), granule.size)));
          unwrap(tables.map(range(ipa(at), granule.size), pa(gib(8) + at), attributes));
        }
        return 64;
      });
    },
  })),
];
