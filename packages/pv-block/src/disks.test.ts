import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "@granule/kit";
import { ipa, toNumber } from "@granule/units";
import { memoryDisk } from "./memoryDisk.ts";
import { piecesOf } from "./pieces.ts";
import { volatileDisk } from "./volatileDisk.ts";

const SECTORS = 12;
const step = fc.oneof(
  fc.record({ op: fc.constant("write" as const), at: fc.nat(SECTORS - 1), n: fc.integer({ min: 1, max: 4 }), fill: fc.nat(255) }),
  fc.record({ op: fc.constantFrom("flush" as const, "cut" as const) }),
);

describe("a disk with a volatile cache", () => {
  it("keeps what was flushed, invents nothing, and reads back what was written last", () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 40 }), fc.string(), (steps, seed) => {
      const disk = volatileDisk(memoryDisk(new Uint8Array(SECTORS * 512)), createRandom(seed));
      /** Of each sector, what a power cut may leave: the flushed value first, then what was written since. */
      const allowed = Array.from({ length: SECTORS }, () => [0]);
      const into = new Uint8Array(512);
      const valueAt = (s: number): number => {
        expect(disk.read(s * 512, into)).toBe(true);
        expect(new Set(into).size).toBe(1);
        return into[0]!;
      };
      for (const s of steps) {
        if (s.op === "write") {
          const n = Math.min(s.n, SECTORS - s.at);
          expect(disk.write(s.at * 512, new Uint8Array(n * 512).fill(s.fill))).toBe(true);
          for (let i = s.at; i < s.at + n; i++) allowed[i]!.push(s.fill);
        } else if (s.op === "flush") {
          disk.flush();
          expect(disk.pending).toBe(0);
          for (let i = 0; i < SECTORS; i++) allowed[i] = [allowed[i]!.at(-1)!];
        } else {
          disk.powerCut();
          for (let i = 0; i < SECTORS; i++) {
            expect(allowed[i]).toContain(valueAt(i));
            allowed[i] = [valueAt(i)];
          }
        }
        for (let i = 0; i < SECTORS; i++) expect(valueAt(i)).toBe(allowed[i]!.at(-1));
      }
    }));
  });
  it("a power cut may keep and may lose what was not flushed", () => {
    const seen = new Set<number>();
    for (let seed = 0; seed < 40; seed++) {
      const bytes = new Uint8Array(512);
      const disk = volatileDisk(memoryDisk(bytes), createRandom(String(seed)));
      disk.write(0, new Uint8Array(512).fill(1));
      disk.write(0, new Uint8Array(512).fill(2));
      disk.powerCut();
      seen.add(bytes[0]!);
    }
    expect([...seen].sort()).toEqual([0, 1, 2]);
  });
  it.each([[-512, 512], [6144, 512], [5632, 1024]])("refuses %i+%i", (offset, size) => {
    const disk = volatileDisk(memoryDisk(new Uint8Array(SECTORS * 512)), () => 0);
    expect([disk.read(offset, new Uint8Array(size)), disk.write(offset, new Uint8Array(size)), disk.discard?.(offset, size)]).toEqual([false, false, false]);
  });
});

describe("how a buffer is cut", () => {
  const size = fc.constantFrom(4096, 16384, 65536);
  it("covers the buffer once, in order, and grants where it lies only whole units that are no larger than a page of the kernel", () => {
    fc.assert(fc.property(fc.nat(300_000), fc.integer({ min: 1, max: 400 }), size, size, (start, sectors, unit, s1) => {
      const buffer = { start: ipa(start), size: sectors * 512 };
      let at = start;
      for (const { memory, isDirect } of piecesOf(buffer, unit, s1)) {
        expect(toNumber(memory.start)).toBe(at);
        expect(memory.size > 0 && memory.size <= unit && memory.size % 512 === 0).toBe(true);
        if (isDirect) expect([at % unit, memory.size, unit <= s1]).toEqual([0, unit, true]);
        at += memory.size;
      }
      expect(at).toBe(start + buffer.size);
    }));
  });
  it.each([
    // [address, bytes, unit, S1] -> pieces, "=" granted where they lie
    [0, 8192, 4096, 4096, "=4096 =4096"], [0, 65536, 65536, 65536, "=65536"], [0, 65536, 65536, 4096, "65536"], [512, 8192, 4096, 65536, "3584 =4096 512"],
    [100, 8192, 4096, 4096, "4096 4096"], [4096, 20480, 16384, 16384, "12288 8192"], [0, 512, 65536, 4096, "512"],
  ])("%i+%i in units of %i, S1 %i: %s", (start, bytes, unit, s1, expected) => {
    const found = [...piecesOf({ start: ipa(start), size: bytes }, unit, s1)].map((p) => `${p.isDirect ? "=" : ""}${p.memory.size}`);
    expect(found.join(" ")).toBe(expected);
  });
});
