import { findCpu, HCR_EL2, leafSizes, levelsOf } from "@granule/arm";
import { add, type AnyGranule, gib, GRANULES, ipa, mib, pa, type Range, range, toNumber, va } from "@granule/units";
import { describe, expect, it } from "vitest";
import { type Arena, createArena } from "./arena.ts";
import { checkBreakBeforeMake } from "./break-before-make.ts";
import { decodeStage1, decodeStage2 } from "./config.ts";
import { ACCESS_READ, type FoundLeaf, type Stage2Attributes, type TranslationContext } from "./contract.ts";
import { type Random, seeded } from "./random.ts";
import { ATTR_NORMAL, createStage1, stage1Registers, type Stage1Tree } from "./stage1.ts";
import { createStage2, stage2Registers, type Stage2Tree } from "./stage2.ts";
import { createTranslation, walk } from "./walk.ts";

const PA_BITS = 40;
const cpu = findCpu("all-granules");
if (cpu === undefined) throw new Error("no CPU");
const RW: Stage2Attributes = { read: true, write: true, execute: true, memory: "normal", tag: 0 };

/** What should be mapped: disjoint ascending segments. */
interface Segment {
  readonly from: number;
  readonly to: number;
  readonly output: number;
  readonly attributes: Stage2Attributes;
}
class Model {
  segments: Segment[] = [];
  cut(from: number, to: number): void {
    this.segments = this.segments.flatMap((s) => {
      if (s.to <= from || s.from >= to) return [s];
      const left = s.from < from ? [{ ...s, to: from }] : [];
      const right = s.to > to ? [{ ...s, from: to, output: s.output + to - s.from }] : [];
      return [...left, ...right];
    });
  }
  add(segment: Segment): void {
    this.cut(segment.from, segment.to);
    this.segments.push(segment);
  }
  protect(from: number, to: number, attributes: Stage2Attributes): void {
    const inside = this.segments.flatMap((s) => {
      const a = Math.max(s.from, from);
      const b = Math.min(s.to, to);
      return a < b ? [{ from: a, to: b, output: s.output + a - s.from, attributes }] : [];
    });
    for (const s of inside) this.add(s);
  }
  at(input: number): { output: number; attributes: Stage2Attributes } | undefined {
    const s = this.segments.find((x) => input >= x.from && input < x.to);
    return s === undefined ? undefined : { output: s.output + input - s.from, attributes: s.attributes };
  }
}

function unwrap<V>(r: { readonly ok: true; readonly value: V } | { readonly ok: false; readonly why: string }): V {
  if (!r.ok) throw new Error(r.why);
  return r.value;
}

function setup(granule: AnyGranule, ipaBits: number, size: number): { tree: Stage2Tree; arena: Arena<"pa">; flushes: Range<"ipa">[]; context: TranslationContext } {
  const arena = createArena(pa(gib(4)), size);
  const checker = checkBreakBeforeMake(arena.memory);
  const flushes: Range<"ipa">[] = [];
  const tree = unwrap(createStage2({
    memory: checker.memory, granule, ipaBits, paBits: PA_BITS, allocTable: arena.allocTable, freeTable: arena.freeTable,
    flush: (start, bytes) => {
      flushes.push(range(ipa(start), bytes));
      checker.flushed();
    },
  }));
  const { vtcr, vttbr } = unwrap(stage2Registers(granule, ipaBits, PA_BITS, tree.root, 7));
  const off = { sctlr: 0n, tcr: 0n, ttbr0: 0n, ttbr1: 0n, mair: 0n };
  const hcr = HCR_EL2.encode({ VM: 1, RW: 1 });
  const context: TranslationContext = { memory: arena.memory, stage1: decodeStage1(cpuModel, { ...off, hcr }), stage2: decodeStage2(cpuModel, { hcr, vtcr, vttbr }) };
  return { tree, arena, flushes, context };
}
const cpuModel = cpu;

/** Ranges at the ends of blocks and runs, where mistakes live. */
function randomRange(random: Random, granule: AnyGranule): { from: number; size: number } {
  const sizes = leafSizes(granule);
  const levels = levelsOf(granule);
  const unit = random.pick([granule.size, granule.size, ...sizes, ...levels.rows.filter((r) => r.leaf).map((r) => 2 ** r.shift * r.contiguous)].filter((s) => s <= gib(1)));
  const from = random.below(Math.max(1, gib(8) / unit)) * unit + random.pick([0, 0, 0, granule.size, 2 ** 20 * 4]);
  const size = random.pick([unit, unit * 2, granule.size * (1 + random.below(40)), unit + granule.size, granule.size]);
  return { from, size: Math.min(size, gib(2)) };
}

describe("stage 2 builder", () => {
  for (const granule of GRANULES) {
    it(`${granule.name}: any sequence of map, unmap and protect gives what a list of segments says`, () => {
      const found: FoundLeaf = { output: 0, size: 0, level: 0, tag: 0, writable: false };
      const out = createTranslation();
      let exhausted = 0;
      let probes = 0;
      for (let seed = 1; seed <= 6; seed++) {
        const random = seeded(seed);
        const { tree, arena, context } = setup(granule, 34, mib(4));
        const model = new Model();
        for (let step = 0; step < 40; step++) {
          const { from, size } = randomRange(random, granule);
          const input = range(ipa(from), size);
          const attributes: Stage2Attributes = { ...RW, write: random.chance(0.7), execute: random.chance(0.5), tag: random.below(16) };
          arena.limit = random.chance(0.1) ? arena.inUse() + granule.size * random.below(3) : mib(4);
          const before = random.chance(0.1) || arena.limit < mib(4) ? arena.words.slice() : undefined;
          const usedBefore = arena.inUse();
          const op = random.pick(["map", "map", "map", "unmap", "protect"] as const);
          // outputs congruent to the input for blocks; else only pages, and few of them
          const unit = size > granule.size * 600 || random.chance(0.5) ? gib(1) : random.pick([granule.size, ...leafSizes(granule)]);
          const output = Math.floor(random.below(2 ** 38) / unit) * unit + (unit === gib(1) || random.chance(0.7) ? from % unit : 0);
          const result = op === "map" ? tree.map(input, pa(output), attributes) : op === "unmap" ? tree.unmap(input) : tree.protect(input, attributes);
          if (!result.ok) {
            expect(result.code).toBe("ENOMEM");
            exhausted++;
            expect(arena.inUse()).toBe(usedBefore);
            if (before !== undefined) expect(before.every((w, i) => w === arena.words[i])).toBe(true);
          } else if (op === "map") model.add({ from, to: from + size, output, attributes });
          else if (op === "unmap") model.cut(from, from + size);
          else model.protect(from, from + size, attributes);
          for (const at of [from - 1, from, from + size - 1, from + size, from + random.below(size), random.below(gib(10))]) {
            if (at < 0) continue;
            probes++;
            const expected = model.at(at);
            const leaf = tree.lookup(ipa(at));
            const got = leaf === undefined ? undefined : { output: leaf.output + at - leaf.input, attributes: leaf.attributes };
            expect(got, `seed ${seed} step ${step} at ${at.toString(16)}`).toEqual(expected);
            expect(tree.find(ipa(at), found)).toBe(expected !== undefined);
            if (expected !== undefined) expect([found.output, found.tag, found.writable]).toEqual([expected.output, expected.attributes.tag, expected.attributes.write]);
            const walked = walk(context, Math.floor(at / 2 ** 32), at >>> 0, ACCESS_READ, false, out);
            expect(walked).toBe(expected !== undefined);
            if (expected !== undefined) expect(toNumber(out.pa)).toBe(expected.output);
          }
        }
        // leaves tell the same as the model, without overlaps
        const segments = model.segments.toSorted((a, b) => a.from - b.from);
        let segment: Segment | undefined;
        let next = 0;
        let end = 0;
        let total = 0;
        for (const leaf of tree.leaves(range(ipa(0), gib(16)))) {
          const last = leaf.input + leaf.size;
          segment = segment !== undefined && leaf.input < segment.to ? segment : segments[next++];
          const agrees = segment !== undefined && leaf.input >= Math.max(end, segment.from) && last <= segment.to && leaf.output - leaf.input === segment.output - segment.from;
          if (!agrees) expect.fail(`seed ${seed}: leaf at ${leaf.input.toString(16)} is not in the model`);
          end = last;
          total += leaf.size;
        }
        expect(total).toBe(model.segments.reduce((sum, s) => sum + s.to - s.from, 0));
        expect(tree.tableBytes()).toBe(arena.inUse());
        arena.limit = mib(4);
        const empty = tree.unmap(range(ipa(0), gib(16)));
        expect(empty.ok).toBe(true);
        expect(tree.tableBytes()).toBe(rootBytes(granule, 34));
        tree.destroy();
        expect(arena.inUse()).toBe(0);
      }
      expect(probes).toBeGreaterThan(1000);
      expect(exhausted).toBeGreaterThan(0);
    }, 60_000);

    it(`${granule.name}: aligned ranges take the largest leaves and contiguous runs`, () => {
      const largest = Math.max(...leafSizes(granule));
      const { tree, flushes } = setup(granule, 40, mib(4));
      unwrap(tree.map(range(ipa(gib(64)), largest * 2), pa(gib(64)), RW));
      expect([...tree.leaves(range(ipa(gib(64)), largest * 2))].map((l) => [l.size, l.contiguous])).toEqual([[largest, false], [largest, false]]);
      const row = levelsOf(granule).rows.find((r) => 2 ** r.shift === largest);
      const run = largest * (row?.contiguous ?? 0);
      unwrap(tree.map(range(ipa(gib(128)), run), pa(gib(256)), RW));
      expect([...tree.leaves(range(ipa(gib(128)), run))].every((l) => l.size === largest && l.contiguous)).toBe(true);
      // nothing was valid before: nothing to flush
      expect(flushes).toEqual([]);
      // one page out of the middle breaks block and run only there
      const hole = gib(128) + largest;
      unwrap(tree.unmap(range(ipa(hole), granule.size)));
      expect(tree.lookup(ipa(hole))).toBeUndefined();
      expect(tree.lookup(ipa(hole + granule.size))?.output).toBe(gib(256) + largest + granule.size);
      expect(tree.lookup(ipa(gib(128)))).toMatchObject({ size: largest, contiguous: false });
      expect(flushes.length).toBeGreaterThan(0);
    });

    it(`${granule.name}: refuses what is no multiple of the granule or out of range, and changes nothing`, () => {
      const { tree, arena } = setup(granule, 36, mib(4));
      const before = arena.words.slice();
      const half = granule.size / 2;
      for (const result of [
        tree.map(range(ipa(half), granule.size), pa(0), RW),
        tree.map(range(ipa(0), half), pa(0), RW),
        tree.map(range(ipa(0), granule.size), pa(half), RW),
        tree.map(range(ipa(2 ** 36 - granule.size), granule.size * 2), pa(0), RW),
        tree.map(range(ipa(0), granule.size * 2), pa(2 ** 40 - granule.size), RW),
        tree.unmap(range(ipa(2 ** 36), granule.size)),
        tree.protect(range(ipa(half), granule.size), RW),
      ]) expect(result).toMatchObject({ ok: false, code: "EINVAL" });
      expect(before.every((w, i) => w === arena.words[i])).toBe(true);
    });
  }
});

const rootBytes = (granule: AnyGranule, ipaBits: number): number => setup(granule, ipaBits, mib(4)).tree.tableBytes();

describe("stage 1 builder", () => {
  for (const granule of GRANULES) {
    for (const half of ["lower", "upper"] as const) {
      it(`${granule.name}, ${half} half: what is mapped is what a walk finds, with its permissions`, () => {
        const arena = createArena(ipa(gib(1)), mib(4));
        const vaBits = 42;
        const tree: Stage1Tree = unwrap(createStage1({
          memory: arena.memory, granule, vaBits, half, outputBits: 40, allocTable: arena.allocTable, freeTable: arena.freeTable, flush: () => undefined,
        }));
        const origin = va(half === "upper" ? -(2 ** vaBits) : 0);
        const attributes = { el0: true, write: false, executeEl1: false, executeEl0: true, attrIndex: ATTR_NORMAL, global: false, tag: 3 };
        const start = add(origin, gib(3) + mib(64));
        unwrap(tree.map(range(start, mib(64) + granule.size), ipa(gib(5)), attributes));
        expect(tree.lookup(start)?.attributes).toEqual(attributes);
        const registers = unwrap(stage1Registers({ [half]: { granule, vaBits, root: tree.root, asid: 9 }, outputBits: 40 }));
        const memory = createArena(pa(gib(1)), mib(4));
        memory.words.set(arena.words);
        const context: TranslationContext = {
          memory: memory.memory, stage1: decodeStage1(cpuModel, { ...registers, hcr: 0n }), stage2: decodeStage2(cpuModel, { hcr: 0n, vtcr: 0n, vttbr: 0n }),
        };
        const out = createTranslation();
        const at = toNumber(start) + mib(64) + 5;
        const hi = Math.floor(at / 2 ** 32) | 0;
        expect(walk(context, hi, at >>> 0, ACCESS_READ, true, out)).toBe(true);
        expect(toNumber(out.pa)).toBe(gib(5) + mib(64) + 5);
        expect(out.permissions).toBe(1 | 8 | 32);
        expect([out.attributes, out.global]).toEqual([0xff, false]);
        expect(walk(context, hi, (at + granule.size) >>> 0, ACCESS_READ, true, out)).toBe(false);
        expect([out.fault, out.stage, out.level]).toEqual(["translation", 1, 3]);
        // the other half is disabled
        expect(walk(context, half === "upper" ? 0 : -1, 0, ACCESS_READ, true, out)).toBe(false);
        expect([out.fault, out.level]).toEqual(["translation", 0]);
      });
    }
  }
});
