/**
 * Every leaf of a stage 2 table, read descriptor by descriptor from machine memory by the registers alone: no code of
 * the builder or of the walkers is used. Source: Arm ARM DDI 0487, "VTCR_EL2", D8.3 "Translation table descriptor formats".
 */
import type { MachineMemory } from "@granule/machine";
import { type Bytes, GRANULES, XEN_PAGE } from "@granule/units";

export interface Stage2View {
  readonly vtcr: bigint;
  readonly vttbr: bigint;
}
/** One leaf: addresses in bytes, as plain numbers. */
export interface WalkedLeaf {
  readonly ipa: number;
  readonly pa: number;
  readonly size: Bytes;
  readonly read: boolean;
  readonly write: boolean;
  readonly execute: boolean;
}

const bits = (x: bigint, msb: number, lsb: number): number => Number((x >> BigInt(lsb)) & ((1n << BigInt(msb - lsb + 1)) - 1n));
/** VTCR_EL2.TG0: 0, 1, 2. */
const TG0 = ["4k", "64k", "16k"];
const DESCRIPTOR: Bytes = 8;
const LAST_LEVEL = 3;
const HIGH = 2 ** 32;
/** Output address: bits 47:12. */
const ADDRESS_HI_MASK = 0xffff;
const XN_BIT = 1 << 22; // MAGIC: bit 54 in the upper word
const VALID = 1;
const TABLE = 2;
const S2AP_READ = 1 << 6; // MAGIC: bit 6
const S2AP_WRITE = 1 << 7; // MAGIC: bit 7

/** Calls `each` for every valid leaf, ascending; answers how many. */
export function eachLeaf(memory: MachineMemory, { vtcr, vttbr }: Stage2View, base: number, each: (leaf: WalkedLeaf) => void): number {
  const granule = GRANULES.find((g) => g.name === TG0[bits(vtcr, 15, 14)]);
  if (granule === undefined) throw new RangeError("VTCR_EL2.TG0 is reserved");
  const inputBits = 64 - bits(vtcr, 5, 0);
  const stride = granule.shift - Math.log2(DESCRIPTOR);
  const sl0 = bits(vtcr, 7, 6);
  const start = granule.size === XEN_PAGE.size ? 2 - sl0 : 3 - sl0;
  const lsb = (level: number): number => granule.shift + stride * (LAST_LEVEL - level);
  const { view } = memory;
  let count = 0;
  const table = (at: number, level: number, ipa: number, entries: number): void => {
    const span = 2 ** lsb(level);
    for (let i = 0; i < entries; i++) {
      const offset = at - base + i * DESCRIPTOR;
      const low = view.getUint32(offset, true);
      if ((low & VALID) === 0) continue;
      const high = view.getUint32(offset + 4, true);
      const address = (high & ADDRESS_HI_MASK) * HIGH + (low - (low % XEN_PAGE.size));
      const input = ipa + i * span;
      if ((low & TABLE) !== 0 && level < LAST_LEVEL) {
        table(address, level + 1, input, 2 ** stride);
        continue;
      }
      count++;
      each({ ipa: input, pa: address - (address % span), size: span, read: (low & S2AP_READ) !== 0, write: (low & S2AP_WRITE) !== 0, execute: (high & XN_BIT) === 0 });
    }
  };
  table(bits(vttbr, 47, 1) * 2, start, 0, 2 ** (inputBits - lsb(start)));
  return count;
}
