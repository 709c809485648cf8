/** Seeded choices. */
import { createRandom } from "@granule/kit";

export interface Choice {
  /** An integer in [0, limit). */
  below(limit: number): number;
  /** An integer in [from, to]. */
  between(from: number, to: number): number;
  /** True once in `n` times. */
  oneIn(n: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** A 64-bit value of a kind that finds mistakes: near limits, runs of ones, sparse, or anything. */
  value(): bigint;
}

export function createChoice(seed: string): Choice {
  const random = createRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const word = (): bigint => (BigInt(below(2 ** 32)) << 32n) | BigInt(below(2 ** 32));
  const oneIn = (n: number): boolean => below(n) === 0;
  const pick = <T>(list: readonly T[]): T => {
    const item = list[below(list.length)];
    if (item === undefined) throw new RangeError("nothing to pick from");
    return item;
  };
  const wrap = (x: bigint): bigint => BigInt.asUintN(64, x);
  return {
    below, oneIn, pick,
    between: (from, to) => from + below(to - from + 1),
    value() {
      switch (below(6)) {
        case 0:
          return wrap(BigInt(below(9)) - 4n);
        case 1:
          return wrap((1n << BigInt(below(64))) + BigInt(below(3)) - 1n);
        case 2:
          return wrap(((1n << BigInt(below(65))) - 1n) << BigInt(below(64)));
        case 3:
          return wrap(-(word() >> BigInt(below(64))));
        case 4:
          return word() >> BigInt(below(64));
        default:
          return word();
      }
    },
  };
}
