/** Choices of one step: a seeded stream, and the values that break things most often. */
import { createRandom } from "@granule/kit";
import { gib, GRANULES, kib, mib } from "@granule/units";

export interface Dice {
  /** An integer in [0, n). */
  below(n: number): number;
  chance(probability: number): boolean;
  /** @throws RangeError for an empty list. */
  pick<T>(list: readonly T[]): T;
  u32(): number;
  /** A 64-bit word: all bits, few bits, or an edge. */
  u64(): bigint;
  /** A number up to `bits` wide that breaks things more often than a fair one. */
  edge(bits: 8 | 16 | 32): number;
}

const EDGES: readonly bigint[] = [
  0n, 1n, 2n, 7n, 8n, 63n, 64n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 40n - 1n, 2n ** 40n, 2n ** 48n,
  2n ** 52n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n,
  ...GRANULES.flatMap((g) => [BigInt(g.size), BigInt(g.size) - 1n, 2n ** 64n - BigInt(g.size)]), BigInt(kib(32)), BigInt(mib(2)), BigInt(gib(1)),
];

export function createDice(seed: string): Dice {
  const random = createRandom(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const u32 = (): number => below(2 ** 32);
  const pick = <T>(list: readonly T[]): T => {
    const item = list[below(list.length)];
    if (item === undefined) throw new RangeError("nothing to choose from");
    return item;
  };
  const u64 = (): bigint => {
    const kind = below(4);
    if (kind === 0) return (BigInt(u32()) << 32n) | BigInt(u32());
    if (kind === 1) return BigInt(below(16));
    if (kind === 2) return 1n << BigInt(below(64));
    return BigInt.asUintN(64, pick(EDGES) + BigInt(below(3) - 1));
  };
  return {
    below, pick, u32, u64,
    chance: (probability) => random() < probability,
    edge: (bits) => Number(BigInt.asUintN(bits, u64())),
  };
}
