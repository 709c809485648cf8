/**
 * What a cell does: at least 1 MiB each way, in transfers whose ends and lengths are multiples of 512 bytes and cross
 * every boundary (of each granule, on the disk and in memory), also from memory that is not even sector-aligned.
 */
import { createRandom } from "@granule/kit";
import { SECTOR } from "@granule/pv-block";
import { BACKING_UNIT, type Bytes, GRANULES, kib, mib } from "@granule/units";
import { cellId } from "./cells.ts";
import type { Cell, Step } from "./contract.ts";

/** Bytes of the disk. */
export const DISK: Bytes = /* @__PURE__ */ mib(1);
/** Bytes of the largest transfer. */
const LARGEST: Bytes = /* @__PURE__ */ kib(256);
/** Bytes of the front end's buffer: the largest transfer from any byte of its first 64 KiB. */
export const BUFFER: Bytes = /* @__PURE__ */ LARGEST + BACKING_UNIT;
/** Bytes that move in each direction at least. */
const EACH_WAY: Bytes = /* @__PURE__ */ mib(1);
/** An address that is no multiple of a sector: such bytes go through memory of the driver's own. */
const ODD: Bytes = 100;

type Transfer = Extract<Step, { readonly at: Bytes }>;

function transfers(operation: "write" | "read", random: () => number): Transfer[] {
  const sectors = (most: Bytes): Bytes => SECTOR * Math.floor(random() * (most / SECTOR));
  const list: Transfer[] = [{ do: operation, at: 0, size: LARGEST, memory: 0 }, { do: operation, at: 5 * SECTOR, size: BACKING_UNIT + SECTOR, memory: ODD }];
  for (const { size } of GRANULES) {
    list.push({ do: operation, at: size - SECTOR, size: 2 * SECTOR, memory: sectors(BACKING_UNIT) });
    list.push({ do: operation, at: sectors(DISK - size), size, memory: size - SECTOR });
  }
  for (let moved = list.reduce((sum, s) => sum + s.size, 0); moved < EACH_WAY; ) {
    const size = SECTOR + sectors(LARGEST);
    list.push({ do: operation, at: sectors(DISK - size), size, memory: sectors(BACKING_UNIT) });
    moved += size;
  }
  return list;
}

/** The whole script of a cell: the same for a cell and a seed. */
export function scriptOf(cell: Cell, seed: string | number): readonly Step[] {
  const random = createRandom(`${seed}/${cellId(cell)}`);
  const few = (operation: "write" | "read"): Transfer[] => transfers(operation, random).slice(1, 4);
  return [
    ...transfers("write", random), { do: "flush" }, ...transfers("read", random),
    { do: "reconnect" }, ...few("write"), { do: "flush" }, ...few("read"),
    // last: memory that comes back in pieces need not be contiguous, so data may have to be copied after it
    { do: "balloon" }, ...few("write"), { do: "flush" }, ...few("read"),
  ];
}
