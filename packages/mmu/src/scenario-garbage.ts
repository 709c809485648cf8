/**
 * Memory full of descriptors that nobody wrote, and registers with arbitrary bits: what a hostile or broken guest can
 * present. Any 8 bytes of machine memory are a descriptor; most are shaped so that walks go on for several levels.
 */
import { HCR_EL2, SCTLR_EL1, TCR_EL1, VTCR_EL2 } from "@granule/arm";
import type { NaiveRegisters } from "./naive.ts";
import { seeded } from "./random.ts";
import type { ReadDescriptor } from "./scenario-memory.ts";

function mix(x: number): number {
  let h = Math.imul(x ^ (x >>> 15), 0x45d9f3b);
  h = Math.imul(h ^ (h >>> 13), 0x45d9f3b);
  return (h ^ (h >>> 13)) >>> 0;
}

/** Machine addresses in bytes. */
export interface Window {
  readonly start: number;
  readonly size: number;
}
const ADDRESS = 0xffff_ffff_f000n;
/** A descriptor or table base that mostly points into the window. */
function within(value: bigint, { start, size }: Window): bigint {
  if ((value & 0xf_0000n) === 0n) return value;
  return (value & ~ADDRESS) | ((BigInt(start) + ((value & ADDRESS) % BigInt(size))) & ADDRESS);
}

/**
 * Descriptors by address and seed alone; about one address in 128 has no memory. With a window, most point into it, and all of
 * it is memory.
 */
export const garbageMemory = (seed: number, window?: Window): ReadDescriptor => (at) => {
  const a = mix((at >>> 3) ^ Math.floor(at / 2 ** 32) ^ Math.imul(seed, 0x9e3779b1));
  const b = mix(a ^ 0x5bd1e995);
  const shape = mix(b + 1);
  if ((shape & 127) === 0 && window === undefined) return undefined;
  // mostly valid tables and pages with the access flag, readable, and addresses that fit
  const lo = (a | ((shape & 0x700) === 0 ? 0 : 0x401) | ((shape & 0x3000) === 0 ? 0 : 2) | ((shape & 0xc000) === 0 ? 0 : 0x40)) >>> 0;
  const hi = (shape & 0x1f0000) === 0 ? b : (b & 0xffff00ff) >>> 0;
  const descriptor = (BigInt(hi) << 32n) | BigInt(lo);
  return window === undefined ? descriptor : within(descriptor, window);
};

/** Arbitrary register values; most often both stages are on, with input sizes and start levels that are allowed. */
export function garbageRegisters(seed: number, window?: Window): NaiveRegisters {
  const random = seeded(seed);
  const any = (): bigint => (BigInt(random.below(2 ** 32)) << 32n) | BigInt(random.below(2 ** 32));
  const often = (p: number, value: number, otherwise: number): number => (random.chance(p) ? value : random.below(otherwise));
  const size = (): number => often(0.9, 16 + random.below(24), 64);
  const tcr = TCR_EL1.encode({ ...TCR_EL1.decode(any()), T0SZ: size(), T1SZ: size(), IPS: often(0.8, 2, 8), EPD0: often(0.9, 0, 2), EPD1: often(0.9, 0, 2) });
  const vtcr = VTCR_EL2.encode({ T0SZ: often(0.9, 24 + random.below(12), 64), SL0: random.below(4), TG0: random.below(4), PS: often(0.8, 2, 8) });
  const base = (): bigint => {
    const value = any() & (random.chance(0.9) ? 0xff_ffff_ffffn : -1n);
    return window === undefined ? value : within(value, window);
  };
  return {
    tcr, vtcr, mair: any(), ttbr0: base(), ttbr1: base(), vttbr: base(),
    sctlr: SCTLR_EL1.encode({ ...SCTLR_EL1.decode(any()), M: often(0.9, 1, 2) }),
    hcr: HCR_EL2.encode({ VM: often(0.8, 1, 2), DC: often(0.9, 0, 2), RW: 1 }),
  };
}

/** An address to ask: near the ends of the two halves, tagged, or anything. */
export function garbageAddress(random: { below(n: number): number; chance(p: number): boolean }): bigint {
  const inner = BigInt(random.below(2 ** (16 + random.below(33))));
  const va = random.chance(0.4) ? -1n - inner : inner;
  const tagged = random.chance(0.1) ? va ^ (BigInt(random.below(256)) << 56n) : va;
  return BigInt.asUintN(64, random.chance(0.05) ? tagged ^ (1n << BigInt(random.below(64))) : tagged);
}
