import { ipa, pa } from "@granule/units";
import { describe, expect, it } from "vitest";
import { ACCESS_EXECUTE, ACCESS_READ, ACCESS_WRITE, EL0_READ, EL1_READ, EL1_WRITE, type Translation } from "./contract.ts";
import { type Random, seeded } from "./random.ts";
import { createStickyTlb, createTlb, type Tlb, TLB_MISS } from "./tlb.ts";
import { createTranslation } from "./walk.ts";

/** Leaf sizes of all granules, stage 1 off included, as log2. */
const SHIFTS = [12, 12, 12, 14, 14, 16, 16, 21, 21, 25, 29, 30, 48];

/** What a TLB may hold: every fill, removed by the letter of each invalidation's scope. In bigint, with nothing shared. */
interface Kept {
  readonly vmid: number;
  readonly asid: number;
  readonly global: boolean;
  readonly va: bigint;
  readonly ipa: bigint;
  readonly shift1: bigint;
  readonly shift2: bigint;
  readonly pa: number;
  readonly permissions: number;
}
const hi = (va: bigint): number => Number(BigInt.asIntN(32, va >> 32n));
const lo = (va: bigint): number => Number(BigInt.asIntN(32, va));
const page = (x: bigint): bigint => (x >> 12n) << 12n;
const untagged = (va: bigint): bigint => BigInt.asUintN(56, va);

class Model {
  kept: Kept[] = [];
  drop(matches: (k: Kept) => boolean): void {
    this.kept = this.kept.filter((k) => !matches(k));
  }
  find(vmid: number, asid: number, va: bigint): Kept | undefined {
    return this.kept.findLast((k) => k.vmid === vmid && (k.global || k.asid === asid) && k.va === page(va));
  }
}

function randomTranslation(random: Random, va: bigint): Translation {
  const t = createTranslation();
  const offset = Number(va & 0xfffn);
  t.ipa = ipa(random.below(16) * 2 ** 29 + random.below(8) * 2 ** 12 + offset);
  t.pa = pa(2 ** 32 + random.below(2 ** 20) * 2 ** 12 + offset);
  t.shift1 = random.pick(SHIFTS);
  t.shift2 = random.pick(SHIFTS);
  t.global = random.chance(0.3);
  t.permissions = random.pick([63, random.below(64)]);
  return t;
}
function translationOf(k: Kept): Translation {
  const t = createTranslation();
  t.ipa = ipa(Number(k.ipa));
  t.pa = pa(k.pa);
  t.shift1 = Number(k.shift1);
  t.shift2 = Number(k.shift2);
  t.global = k.global;
  t.permissions = k.permissions;
  return t;
}
const randomVa = (random: Random): bigint =>
  BigInt.asUintN(64, (random.chance(0.3) ? -(1n << 40n) : 0n) + BigInt(random.below(6) * 2 ** 21 + random.below(4) * 2 ** 12 + random.below(4096)) + (random.chance(0.05) ? 0x5an << 56n : 0n));

function run(create: () => Tlb, seed: number, isSticky: boolean): { hits: number; misses: number } {
  const random = seeded(seed);
  const tlb = create();
  const model = new Model();
  let [hits, misses] = [0, 0];
  for (let step = 0; step < 1500; step++) {
    const vmid = random.below(3);
    const asid = random.below(3);
    const va = randomVa(random);
    tlb.select(vmid, asid);
    const kind = random.below(40);
    if (kind < 22) {
      const known = model.find(vmid, asid, va);
      const access = random.pick([ACCESS_READ, ACCESS_WRITE, ACCESS_EXECUTE] as const);
      const el0 = random.chance(0.5);
      const got = tlb.lookup(hi(va), lo(va), access, el0);
      const permitted = known !== undefined && ((known.permissions >> (access + (el0 ? 3 : 0))) & 1) === 1;
      const expected = permitted ? known.pa + Number(va & 0xfffn) : TLB_MISS;
      if (got === expected) hits += got === TLB_MISS ? 0 : 1;
      else if (!isSticky && known !== undefined && got === TLB_MISS) {
        // another translation took its place: a walk finds it again
        misses++;
        tlb.fill(hi(page(va)), lo(page(va)), translationOf(known));
        const again = tlb.lookup(hi(va), lo(va), access, el0);
        if (again !== expected) expect.fail(`seed ${seed} step ${step}: ${again} after a fill, expected ${expected}`);
      } else expect.fail(`seed ${seed} step ${step}: ${got}, expected ${expected}`);
    } else if (kind < 36) {
      // a walk happens only after a miss: never two translations of one address
      if (model.find(vmid, asid, va) !== undefined) continue;
      const t = randomTranslation(random, va);
      if (t.global && model.kept.some((k) => k.vmid === vmid && k.va === page(va))) continue;
      tlb.fill(hi(va), lo(va), t);
      model.kept.push({
        vmid, asid, global: t.global, va: page(va), ipa: BigInt(Number(t.ipa)) & ~0xfffn, shift1: BigInt(t.shift1), shift2: BigInt(t.shift2),
        pa: Number(t.pa) - Number(va & 0xfffn), permissions: t.permissions,
      });
    } else if (kind === 36) {
      tlb.flushAsid(vmid, asid);
      model.drop((k) => k.vmid === vmid && k.asid === asid && !k.global);
    } else if (kind === 37) {
      const all = random.chance(0.3);
      tlb.flushVa(vmid, all ? undefined : asid, hi(va), lo(va));
      model.drop((k) => k.vmid === vmid && (all || k.global || k.asid === asid) && untagged(k.va) >> k.shift1 === untagged(va) >> k.shift1);
    } else if (kind === 38) {
      const start = random.below(16) * 2 ** 29 + random.below(8) * 2 ** 12;
      const size = random.pick([2 ** 12, 2 ** 14, 2 ** 16, 2 ** 30]);
      tlb.flushIpa(vmid, start, size);
      model.drop((k) => k.vmid === vmid && (k.ipa >> k.shift2) << k.shift2 < BigInt(start + size) && ((k.ipa >> k.shift2) + 1n) << k.shift2 > BigInt(start));
    } else if (random.chance(0.1)) {
      tlb.flushAll();
      model.drop(() => true);
    } else if (random.chance(0.2)) {
      tlb.flushVmid(vmid);
      model.drop((k) => k.vmid === vmid);
    }
  }
  return { hits, misses };
}

describe("TLB", () => {
  it("sticky: answers exactly what was filled and not invalidated", () => {
    let hits = 0;
    for (let seed = 1; seed <= 40; seed++) hits += run(createStickyTlb, seed, true).hits;
    expect(hits).toBeGreaterThan(400);
  });

  it("direct-mapped: never answers what was invalidated; forgets no more than a fill mends", () => {
    let [hits, misses] = [0, 0];
    for (let seed = 1; seed <= 40; seed++) {
      const result = run(() => createTlb(256), seed, false);
      hits += result.hits;
      misses += result.misses;
    }
    expect(hits).toBeGreaterThan(250);
    expect(misses).toBeGreaterThan(0);
  });

  it("an operation on any address of a large leaf removes each of its pieces", () => {
    for (const tlb of [createTlb(), createStickyTlb()]) {
      const t = createTranslation();
      t.shift1 = 21;
      t.shift2 = 29;
      t.permissions = EL1_READ | EL1_WRITE;
      tlb.select(1, 2);
      for (let at = 0; at < 8; at++) {
        t.ipa = ipa(2 ** 30 + at * 4096);
        t.pa = pa(2 ** 33 + at * 4096);
        tlb.fill(0, 2 ** 21 + at * 4096, t);
      }
      expect(tlb.lookup(0, 2 ** 21 + 4096 + 5, ACCESS_WRITE, false)).toBe(2 ** 33 + 4096 + 5);
      expect(tlb.lookup(0, 2 ** 21 + 4096 + 5, ACCESS_READ, true)).toBe(TLB_MISS);
      tlb.flushVa(1, 2, 0, 2 ** 22 - 1);
      for (let at = 0; at < 8; at++) expect(tlb.lookup(0, 2 ** 21 + at * 4096, ACCESS_READ, false)).toBe(TLB_MISS);
      t.permissions = EL0_READ;
      tlb.fill(0, 2 ** 21, t);
      tlb.flushIpa(1, 2 ** 30 + 2 ** 29 - 4096, 4096);
      expect(tlb.lookup(0, 2 ** 21, ACCESS_READ, true)).toBe(TLB_MISS);
    }
  });
});
