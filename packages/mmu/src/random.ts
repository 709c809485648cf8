/** A small seeded generator of numbers whose sequence never changes: recordings depend on it. */

export interface Random {
  /** A whole number in [0, n), n up to 2^53. */
  below(n: number): number;
  /** True with probability `p`. */
  chance(p: number): boolean;
  /** One of the items. @throws RangeError when there are none. */
  pick<T>(items: readonly T[]): T;
}

/** Source of the sequence: the public-domain mulberry32 mixing function. */
export function seeded(seed: number): Random {
  let state = seed | 0;
  const word = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    // MAGIC: a shift of the mixing function
    return (x ^ (x >>> 14)) >>> 0;
  };
  const unit = (): number => (word() * 2 ** 21 + (word() >>> 11)) / 2 ** 53;
  return {
    below: (n) => Math.floor(unit() * n),
    chance: (p) => unit() < p,
    pick: (items) => {
      const item = items[Math.floor(unit() * items.length)];
      if (item === undefined) throw new RangeError("pick from an empty list");
      return item;
    },
  };
}
