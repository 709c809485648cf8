/**
 * Counting, reversing, dividing and CRC on bit vectors.
 * Source: Arm ARM DDI 0487, C6.2: CLS, CLZ, RBIT, REV, REV16, REV32, SDIV, CRC32, CRC32C.
 */
import { not } from "./bits.ts";

/** CRC-32 (IEEE 802.3) and CRC-32C (Castagnoli), highest power first, without x^32. */
export const CRC32_POLYNOMIAL = 0x04c11db7n;
export const CRC32C_POLYNOMIAL = 0x1edc6f41n;

export const countLeadingZeros = (x: bigint, width: number): bigint => BigInt(width - (x === 0n ? 0 : x.toString(2).length));

/** Bits below the sign bit that equal it. */
export function countLeadingSigns(x: bigint, width: number): bigint {
  const magnitude = x >> BigInt(width - 1) === 1n ? not(x, width) : x;
  return countLeadingZeros(magnitude, width) - 1n;
}

export function reverseBits(x: bigint, width: number): bigint {
  let result = 0n;
  for (let at = 0n; at < BigInt(width); at += 1n) result = (result << 1n) | ((x >> at) & 1n);
  return result;
}

/** Reverses the bytes within each container of `container` bits. */
export function reverseBytes(x: bigint, width: number, container: number): bigint {
  let result = 0n;
  for (let byte = 0; byte < width / 8; byte += 1) {
    const perContainer = container / 8;
    const to = byte - (byte % perContainer) + (perContainer - 1 - (byte % perContainer));
    result |= ((x >> BigInt(byte * 8)) & 0xffn) << BigInt(to * 8);
  }
  return result;
}

/** Truncating division; by zero it gives zero. The caller wraps: the least number by -1 overflows. */
export const divide = (x: bigint, y: bigint): bigint => (y === 0n ? 0n : x / y);

/** One CRC step over `bits` bits of data: bit-reversed operands, polynomial division modulo 2, bit-reversed remainder. */
export function crc32(accumulator: bigint, data: bigint, bits: number, polynomial: bigint): bigint {
  let dividend = (reverseBits(accumulator, 32) << BigInt(bits)) ^ (reverseBits(data, bits) << 32n);
  for (let at = BigInt(bits + 32) - 1n; at >= 32n; at -= 1n)
    if (((dividend >> at) & 1n) === 1n) dividend ^= (polynomial | (1n << 32n)) << (at - 32n);
  return reverseBits(dividend, 32);
}
