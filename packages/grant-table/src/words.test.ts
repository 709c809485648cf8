import { expect, test } from "vitest";
import fc from "fast-check";
import { C } from "@granule/xen-abi";
import { ALL_FLAGS, CLAIM_TRIES, claimWord, clearMarks, type Demand, entryWord } from "./words.ts";

const { GTF } = C;
const words = (...values: number[]): Int32Array => Int32Array.from(values);
const demand = (over: Partial<Demand> = {}): Demand => ({ domid: 2, writes: false, checksOwner: true, typeMask: GTF.type_mask, ...over });

test("a claim succeeds exactly when type, domid and access allow it, and marks nothing else", () => {
  const domid = fc.constantFrom(0, 1, 2, 0x7ff0, 0x8002, 0xffff);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: ALL_FLAGS }), domid, domid, fc.boolean(), (flags, named, claims, writes) => {
      const w = words(7, entryWord(flags, named), 9);
      const allowed = (flags & 3) === 1 && named === claims && !(writes && (flags & 4) !== 0);
      expect(claimWord(w, 1, demand({ domid: claims, writes }))).toBe(allowed);
      const marked = allowed ? flags | 8 | (writes ? 16 : 0) : flags;
      expect([...w].map((x) => x >>> 0)).toEqual([7, (marked | (named << 16)) >>> 0, 9]);
    }),
  );
});

test("a claim without owner check still minds the read-only bit", () => {
  const w = words(entryWord(GTF.permit_access | GTF.readonly, 9));
  expect(claimWord(w, 0, demand({ checksOwner: false, writes: true }))).toBe(false);
  expect(claimWord(w, 0, demand({ checksOwner: false }))).toBe(true);
});

test("a guest that changes the word under the claim is looked at again, but not for ever", () => {
  const guest = (changes: number, into: number) => {
    let left = changes;
    return (w: Int32Array, i: number, expected: number, value: number): number => {
      if (left-- > 0) w[i] = into === 0 ? 0 : into + left * GTF.PWT;
      const old = w[i] ?? 0;
      if (old === expected) w[i] = value;
      return old;
    };
  };
  const base = entryWord(GTF.permit_access, 2);
  const harmless = base;
  const w = words(base);
  expect(claimWord(w, 0, demand(), guest(CLAIM_TRIES - 1, harmless))).toBe(true);
  expect((w[0] ?? 0) & GTF.reading).toBe(GTF.reading);
  expect(claimWord(words(base), 0, demand(), guest(CLAIM_TRIES, harmless))).toBe(false);
  const revoked = words(base);
  expect(claimWord(revoked, 0, demand(), guest(1, 0))).toBe(false);
  expect(revoked[0]).toBe(0);
});

test("clearing takes the marks and leaves what the guest wrote beside them", () => {
  const w = words(entryWord(ALL_FLAGS, 0xabcd));
  clearMarks(w, 0, GTF.writing);
  clearMarks(w, 0, GTF.reading);
  expect((w[0] ?? 0) >>> 0).toBe(entryWord(ALL_FLAGS - 24, 0xabcd));
});
