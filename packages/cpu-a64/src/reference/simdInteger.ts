/**
 * Advanced SIMD on integers: how each encoding class takes its operands apart and puts the result together.
 * Source: Arm ARM DDI 0487, C7.2, "Operation" of each. What happens to a lane is in simdLanes.ts.
 */
import type { Fields, Row } from "../spec/row.ts";
import type { Core, Execute } from "./core.ts";
import { join, laneCount, operationOf, readLanes, readV, simdOf, split, writeV } from "./simdCore.ts";
import {
  ACROSS, LOGICAL, LONG, NARROW, NARROW_HIGH, ONE, PAIRS_LONG, PAIRWISE, SHIFT_LEFT, SHIFT_LONG, SHIFT_NARROW, SHIFT_RIGHT, THREE_SAME, type Two, WIDE,
} from "./simdLanes.ts";

/** Bits of an element by `size`, of a whole register. */
const widthOfSize = (size: number): number => 8 << size;
const REGISTER = 128;
const HALF = REGISTER / 2;

const pairsOf = (lanes: readonly bigint[]): (readonly [bigint, bigint])[] =>
  Array.from({ length: lanes.length / 2 }, (_, n) => [lanes[n * 2] ?? 0n, lanes[n * 2 + 1] ?? 0n] as const);

/** Lane by lane, with one that may come from elsewhere than Rm. */
function sameWidth(core: Core, f: Fields, width: number, count: number, operation: Two, second: readonly bigint[]): void {
  const old = readLanes(core, f.Rd, width, count);
  writeV(core, f.Rd, join(readLanes(core, f.Rn, width, count).map((x, n) => operation(x, second[n] ?? 0n, width, core, old[n] ?? 0n)), width));
}
export const threeSame: Execute = (core, f, row) => {
  const width = widthOfSize(f.size);
  const count = laneCount(row, f.Q, width);
  const pairwise = PAIRWISE[simdOf(row).operation];
  const second = readLanes(core, f.Rm, width, count);
  if (pairwise === undefined) return sameWidth(core, f, width, count, operationOf(THREE_SAME, row), second);
  const pairs = pairsOf([...readLanes(core, f.Rn, width, count), ...second]);
  writeV(core, f.Rd, join(pairs.map(([x, y]) => pairwise(x, y, width, core, 0n)), width));
};
export const logical: Execute = (core, f, row) => {
  const result = operationOf(LOGICAL, row)(readV(core, f.Rn), readV(core, f.Rm), readV(core, f.Rd));
  writeV(core, f.Rd, BigInt.asUintN(f.Q === 1 ? REGISTER : HALF, result));
};

/** A narrow result goes to the low half and clears the other, or for Q to the high half and keeps the other. */
function writeNarrow(core: Core, f: Fields, row: Row, lanes: readonly bigint[], width: number): void {
  const result = join(lanes, width);
  const upper = f.Q === 1 && !simdOf(row).scalar;
  writeV(core, f.Rd, upper ? (result << BigInt(HALF)) | BigInt.asUintN(HALF, readV(core, f.Rd)) : result);
}
/** Lanes that a long operation reads, of the low half or for Q of the high one; a scalar reads one. */
function readHalf(core: Core, n: number, f: Fields, row: Row, width: number): bigint[] {
  if (simdOf(row).scalar) return readLanes(core, n, width, 1);
  const count = HALF / width;
  return readLanes(core, n, width, count, f.Q * count);
}
function longResult(core: Core, f: Fields, row: Row, width: number, operation: Two, second: readonly bigint[]): void {
  const first = readHalf(core, f.Rn, f, row, width);
  const old = readLanes(core, f.Rd, width * 2, first.length);
  writeV(core, f.Rd, join(first.map((x, n) => operation(x, second[n] ?? 0n, width, core, old[n] ?? 0n)), width * 2));
}
export const threeDifferent: Execute = (core, f, row) => {
  const width = widthOfSize(f.size);
  const { operation } = simdOf(row);
  const count = HALF / width;
  const narrow = NARROW_HIGH[operation];
  if (narrow !== undefined) {
    const second = readLanes(core, f.Rm, width * 2, count);
    return writeNarrow(core, f, row, readLanes(core, f.Rn, width * 2, count).map((x, n) => narrow(x, second[n] ?? 0n, width, core, 0n)), width);
  }
  const second = readHalf(core, f.Rm, f, row, width);
  const wide = WIDE[operation];
  if (wide === undefined) return longResult(core, f, row, width, operationOf(LONG, row), second);
  writeV(core, f.Rd, join(readLanes(core, f.Rn, width * 2, count).map((x, n) => wide(x, second[n] ?? 0n, width, core, 0n)), width * 2));
};
/** Index H:L:M and Vm<3:0> of half-words, H:L and Vm of words. */
export const element: Execute = (core, f, row) => {
  const width = widthOfSize(f.size);
  const index = f.size === 1 ? f.H * 4 + f.L * 2 + f.M : f.H * 2 + f.L;
  const [value = 0n] = readLanes(core, f.size === 1 ? f.Rm : f.M * 16 + f.Rm, width, 1, index);
  const count = laneCount(row, f.Q, width);
  const same = THREE_SAME[simdOf(row).operation];
  if (same !== undefined) return sameWidth(core, f, width, count, same, Array.from({ length: count }, () => value));
  longResult(core, f, row, width, operationOf(LONG, row), Array.from({ length: HALF / width }, () => value));
};

/** Bits within which REV64, REV32 and REV16 reverse. */
const CONTAINERS: Readonly<Record<string, number>> = { REV64: 64, REV32: 32, REV16: 16 };
const reverse = (value: bigint, width: number, container: number): bigint =>
  join(split(value, container, REGISTER / container).map((part) => join(split(part, width, container / width).reverse(), width)), container);

export const twoMisc: Execute = (core, f, row) => {
  const { operation } = simdOf(row);
  const width = widthOfSize(f.size);
  const count = laneCount(row, f.Q, width);
  const container = CONTAINERS[operation];
  if (container !== undefined) return writeV(core, f.Rd, BigInt.asUintN(count * width, reverse(readV(core, f.Rn), width, container)));
  const pairsLong = PAIRS_LONG[operation];
  if (pairsLong !== undefined) {
    const old = readLanes(core, f.Rd, width * 2, count / 2);
    return writeV(core, f.Rd, join(pairsOf(readLanes(core, f.Rn, width, count)).map(([x, y], n) => pairsLong(x, y, width, core, old[n] ?? 0n)), width * 2));
  }
  const narrow = NARROW[operation];
  if (narrow !== undefined) {
    const wide = readLanes(core, f.Rn, width * 2, simdOf(row).scalar ? 1 : HALF / width);
    return writeNarrow(core, f, row, wide.map((x) => narrow(x, width, core, 0n)), width);
  }
  if (operation === "SHLL") return longResult(core, f, row, width, (x) => x << BigInt(width), []);
  const one = operationOf(ONE, row);
  const old = readLanes(core, f.Rd, width, count);
  writeV(core, f.Rd, join(readLanes(core, f.Rn, width, count).map((x, n) => one(x, width, core, old[n] ?? 0n)), width));
};

export const across: Execute = (core, f, row) => {
  const { operation } = simdOf(row);
  const width = widthOfSize(f.size);
  const lanes = readLanes(core, f.Rn, width, laneCount(row, f.Q, width)).map((x) => (operation.startsWith("S") ? BigInt.asIntN(width, x) : x));
  const combine = operationOf(ACROSS, row);
  const result = lanes.reduce((x, y) => combine(x, y, width, core, 0n));
  writeV(core, f.Rd, BigInt.asUintN(operation.endsWith("LV") ? width * 2 : width, result));
};
/** ADDP of the two doublewords. */
export const pairwise: Execute = (core, f) => {
  const [low = 0n, high = 0n] = readLanes(core, f.Rn, HALF, 2);
  writeV(core, f.Rd, BigInt.asUintN(HALF, low + high));
};

/** `immb` is the amount of a left shift, and a right shift's less than the width. */
export const shift: Execute = (core, f, row) => {
  const { operation, size = 0 } = simdOf(row);
  const width = widthOfSize(size);
  const left = BigInt(f.immb);
  const right = BigInt(width - f.immb);
  const narrow = SHIFT_NARROW[operation];
  if (narrow !== undefined) {
    const wide = readLanes(core, f.Rn, width * 2, simdOf(row).scalar ? 1 : HALF / width);
    return writeNarrow(core, f, row, wide.map((x) => narrow(x, right, width, core, 0n)), width);
  }
  const long = SHIFT_LONG[operation];
  if (long !== undefined) return longResult(core, f, row, width, (x) => long(x, left, width, core, 0n), []);
  const count = laneCount(row, f.Q, width);
  const old = readLanes(core, f.Rd, width, count);
  const toRight = SHIFT_RIGHT[operation];
  const one = toRight ?? operationOf(SHIFT_LEFT, row);
  writeV(core, f.Rd, join(readLanes(core, f.Rn, width, count).map((x, n) => one(x, toRight === undefined ? left : right, width, core, old[n] ?? 0n)), width));
};
