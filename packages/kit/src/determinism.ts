/** Time and chance of one machine: both are functions of the configuration and the seed, so a run repeats exactly. */

/** Nanoseconds since the machine started. Advanced by whoever runs vcpus, from the count of retired instructions. */
export interface Clock {
  now(): number;
  advance(ns: number): void;
  /** Snapshot restore only. */
  set(ns: number): void;
}
export function createClock(): Clock {
  let ns = 0;
  return { now: () => ns, advance: (by) => void (ns += by), set: (to) => void (ns = to) };
}

/** A seeded stream in [0, 1): xmur3 hash of the seed into sfc32 (public-domain generators by B. Mulvey and C. Doty-Humphrey). */
export function createRandom(seed: string): () => number {
  let h = 1779033703 ^ seed.length;
  for (let i = 0; i < seed.length; i++) {
    h = Math.imul(h ^ seed.charCodeAt(i), 3432918353);
    h = (h << 13) | (h >>> 19);
  }
  // MAGIC: shifts of a hash
  const next = (): number => {
    h = Math.imul(h ^ (h >>> 16), 2246822507);
    h = Math.imul(h ^ (h >>> 13), 3266489909);
    h ^= h >>> 16;
    return h >>> 0;
  };
  let a = next();
  let b = next();
  let c = next();
  let d = next();
  return () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 2 ** 32;
  };
}
