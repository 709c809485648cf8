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
  /** 64 bits that hold floating-point numbers of one precision, special ones often. */
  float(): bigint;
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
  /** Of `size` bits: exponents at the limits, near each other or anywhere; fractions at the limits, sparse or anything. */
  const number = (exponentBits: number, fractionBits: number): bigint => {
    const last = 2 ** exponentBits - 1;
    const exponent = pick([0, 1, last - 1, last, last, (last >> 1) + below(9) - 4, (last >> 1) + below(200) - 100, (last >> 1) + below(70), below(last)]);
    const full = (1n << BigInt(fractionBits)) - 1n;
    const any = BigInt.asUintN(fractionBits, word());
    const fraction = pick([0n, 1n, full, 1n << BigInt(fractionBits - 1), 1n << BigInt(below(fractionBits)), any, any & ~(full >> BigInt(below(fractionBits))), any]);
    const bounded = BigInt(Math.min(Math.max(exponent, 0), last));
    return (BigInt(below(2)) << BigInt(exponentBits + fractionBits)) | (bounded << BigInt(fractionBits)) | fraction;
  };
  const wrap = (x: bigint): bigint => BigInt.asUintN(64, x);
  return {
    below, oneIn, pick,
    between: (from, to) => from + below(to - from + 1),
    float() {
      const kind = below(5);
      if (kind < 2) return number(11, 52);
      if (kind < 4) return (number(8, 23) << 32n) | number(8, 23);
      return [0n, 16n, 32n, 48n].reduce((all, at) => all | (number(5, 10) << at), 0n);
    },
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
