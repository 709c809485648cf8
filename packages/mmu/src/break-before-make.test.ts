import { LEAF_STAGE2, S2AP } from "@granule/arm";
import { add, mib, ModelBug, pa } from "@granule/units";
import { describe, expect, it } from "vitest";
import { createArena } from "./arena.ts";
import { checkBreakBeforeMake } from "./break-before-make.ts";

const AT = pa(mib(1) + 64);
const PAGE = { TYPE: 3, MemAttr: 15, S2AP: S2AP.RW, SH: 3, AF: 1 } as const;
const OUTPUT = 0x1_2345_0000n;
const page = LEAF_STAGE2.encode(PAGE) | OUTPUT;

function setup(): { write(value: bigint): void; invalidate(): void; flushed(): void } {
  const { memory, flushed } = checkBreakBeforeMake(createArena(pa(mib(1)), mib(1)).memory);
  const store = (value: bigint): void => {
    memory.store32(add(AT, 4), Number(BigInt.asIntN(32, value >> 32n)));
    memory.store32(AT, Number(BigInt.asIntN(32, value)));
  };
  return { write: store, invalidate: () => memory.store32(AT, 0), flushed };
}

describe("break-before-make checker", () => {
  const changes: readonly (readonly [string, bigint])[] = [
    ["output address, low word", page + 0x10000n],
    ["output address, high word", page | (1n << 40n)],
    ["contiguous bit", page | LEAF_STAGE2.encode({ Contiguous: 1 })],
    ["memory type", LEAF_STAGE2.encode({ ...PAGE, MemAttr: 1 }) | OUTPUT],
    ["shareability", LEAF_STAGE2.encode({ ...PAGE, SH: 2 }) | OUTPUT],
    ["block instead of page or table", LEAF_STAGE2.encode({ ...PAGE, TYPE: 1 }) | OUTPUT],
  ];
  for (const [what, value] of changes) {
    it(`refuses another ${what} while valid, and without a flush; takes it after both`, () => {
      const valid = setup();
      valid.write(page);
      expect(() => valid.write(value)).toThrow(ModelBug);
      const unflushed = setup();
      unflushed.write(page);
      unflushed.invalidate();
      expect(() => unflushed.write(value)).toThrow(/without a flush/);
      const proper = setup();
      proper.write(page);
      proper.invalidate();
      proper.flushed();
      proper.write(value);
    });
  }

  it("takes other permissions, access flag and software bits in place", () => {
    const table = setup();
    table.write(page);
    table.write(LEAF_STAGE2.encode({ ...PAGE, S2AP: S2AP.RO, AF: 0, XN: 1, SOFTWARE: 9 }) | OUTPUT);
  });

  it("takes the same mapping again without a flush", () => {
    const table = setup();
    table.write(page);
    table.invalidate();
    table.write(page);
  });
});
