/**
 * Arithmetic on bit vectors held in non-negative bigints.
 * Source: Arm ARM DDI 0487, J1 "Pseudocode shared functions": AddWithCarry(), ROR(), ShiftReg(), ExtendReg(),
 * DecodeBitMasks(), ConditionHolds(). Widths in bits.
 */

/** PSTATE.NZCV as a 4-bit number. */
const FLAG_N = 8;
const FLAG_Z = 4;
export const FLAG_C = 2;
const FLAG_V = 1;

/** The two operation sizes of general registers. */
export type Width = 32 | 64;

export const ones = (width: number): bigint => (1n << BigInt(width)) - 1n;
export const not = (x: bigint, width: number): bigint => x ^ ones(width);

/** `x` as a two's complement number of `from` bits, in `to` bits. */
export const signExtend = (x: bigint, from: number, to: number): bigint => BigInt.asUintN(to, BigInt.asIntN(from, x));

/** A field of `bits` bits as a signed number. */
export const signedField = (value: number, bits: number): number => (value >= 2 ** (bits - 1) ? value - 2 ** bits : value);

export function rotateRight(x: bigint, width: number, amount: number): bigint {
  const by = BigInt(amount % width);
  return ((x >> by) | (x << (BigInt(width) - by))) & ones(width);
}

/** LSL, LSR, ASR, ROR: the `shift` field's order. `amount` is below `width`. */
export function shiftBy(x: bigint, width: Width, shift: number, amount: number): bigint {
  const by = BigInt(amount);
  if (shift === 0) return (x << by) & ones(width);
  if (shift === 1) return x >> by;
  if (shift === 2) return BigInt.asUintN(width, BigInt.asIntN(width, x) >> by);
  return rotateRight(x, width, amount);
}

/** UXTB, UXTH, UXTW, UXTX, SXTB, SXTH, SXTW, SXTX by `option`, then a left shift of 0 to 4. */
export function extend(x: bigint, width: Width, option: number, shift: number): bigint {
  const from = Math.min(8 << (option & 3), width);
  const value = option >= 4 ? signExtend(x, from, width) : BigInt.asUintN(from, x);
  return (value << BigInt(shift)) & ones(width);
}

export const nzOf = (result: bigint, width: Width): number =>
  (result >> BigInt(width - 1) === 1n ? FLAG_N : 0) | (result === 0n ? FLAG_Z : 0);

/** x + y + carry, and the flags of it. Subtraction is x + NOT(y) + 1. */
export function addWithCarry(x: bigint, y: bigint, carry: bigint, width: Width): { readonly result: bigint; readonly nzcv: number } {
  const unsigned = x + y + carry;
  const signed = BigInt.asIntN(width, x) + BigInt.asIntN(width, y) + carry;
  const result = unsigned & ones(width);
  const nzcv = nzOf(result, width) | (result === unsigned ? 0 : FLAG_C) | (BigInt.asIntN(width, result) === signed ? 0 : FLAG_V);
  return { result, nzcv };
}

const replicate = (element: bigint, size: number, width: number): bigint => {
  let result = 0n;
  for (let at = 0; at < width; at += size) result |= element << BigInt(at);
  return result;
};

/** The wmask and tmask of bitmask immediates and bitfield moves. The caller has excluded reserved values. */
export function decodeBitMasks(n: number, imms: number, immr: number, width: Width): { readonly wmask: bigint; readonly tmask: bigint } {
  const length = 31 - Math.clz32((n << 6) | (imms ^ 0b111111));
  const levels = 2 ** length - 1;
  const s = imms & levels;
  const r = immr & levels;
  const size = 2 ** length;
  return {
    wmask: replicate(rotateRight(ones(s + 1), size, r), size, width),
    tmask: replicate(ones(((s - r) & levels) + 1), size, width),
  };
}

/** Whether a condition of B.cond holds. 0b1111 is "always", as 0b1110 is. */
export function conditionHolds(cond: number, nzcv: number): boolean {
  const n = (nzcv & FLAG_N) !== 0;
  const z = (nzcv & FLAG_Z) !== 0;
  const c = (nzcv & FLAG_C) !== 0;
  const v = (nzcv & FLAG_V) !== 0;
  // EQ, CS, MI, VS, HI, GE, GT, AL; each odd condition is the inverse of the one before, but for 0b1111.
  const holds = [z, c, n, v, c && !z, n === v, n === v && !z, true][cond >> 1] ?? true;
  return (cond & 1) === 1 && cond !== 0b1111 ? !holds : holds;
}
