/** Integer operations that wasm has no instruction for. Source: Arm ARM DDI 0487, C6.2, "Operation" of each. */

/** The high 64 bits of an unsigned product. */
export function multiplyHigh(a: u64, b: u64): u64 {
  const aLo = a & 0xffffffff;
  const aHi = a >> 32;
  const bLo = b & 0xffffffff;
  const bHi = b >> 32;
  const low = aLo * bLo;
  const middle = aHi * bLo + (low >> 32);
  const other = aLo * bHi + (middle & 0xffffffff);
  return aHi * bHi + (middle >> 32) + (other >> 32);
}
export function multiplyHighSigned(a: i64, b: i64): u64 {
  return multiplyHigh(a, b) - (a < 0 ? <u64>b : 0) - (b < 0 ? <u64>a : 0);
}

/** Within each group of `2 * distance` bits, exchanges the halves; `mask` selects the lower ones. */
/* @inline */ function exchange(x: u64, distance: u64, mask: u64): u64 { return ((x >> distance) & mask) | ((x & mask) << distance); }

export function reverseBytes16(x: u64): u64 { return exchange(x, 8, 0x00ff00ff00ff00ff); }
export function reverseBytes32(x: u64): u64 { return exchange(reverseBytes16(x), 16, 0x0000ffff0000ffff); }
export function reverseBytes64(x: u64): u64 { return rotr<u64>(reverseBytes32(x), 32); }
export function reverseBits64(x: u64): u64 {
  return reverseBytes64(exchange(exchange(exchange(x, 1, 0x5555555555555555), 2, 0x3333333333333333), 4, 0x0f0f0f0f0f0f0f0f));
}

/** CRC32 (polynomial 0x04c11db7) or CRC32C (0x1edc6f41), both reflected. */
export function crc32(sum: u32, data: u64, bytes: u32, castagnoli: bool): u32 {
  const polynomial: u32 = castagnoli ? 0x82f63b78 : 0xedb88320;
  let crc: u64 = <u64>sum ^ data;
  if (bytes < 8) crc = <u64>sum ^ (data & ((<u64>1 << (bytes * 8)) - 1));
  for (let i: u32 = 0; i < bytes * 8; i++) crc = (crc & 1) != 0 ? (crc >> 1) ^ polynomial : crc >> 1;
  return <u32>crc;
}

/** LSL, LSR, ASR, ROR by an amount below the width. */
export function shifted64(x: u64, kind: u32, amount: u32): u64 {
  switch (kind) {
    case 0: return x << amount;
    case 1: return x >> amount;
    case 2: return <u64>(<i64>x >> amount);
    default: return rotr<u64>(x, amount);
  }
}
export function shifted32(x: u32, kind: u32, amount: u32): u32 {
  switch (kind) {
    case 0: return x << amount;
    case 1: return x >> amount;
    case 2: return <u32>(<i32>x >> amount);
    default: return rotr<u32>(x, amount);
  }
}
/** UXTB, UXTH, UXTW, UXTX, SXTB, SXTH, SXTW, SXTX by `option`. */
export function extended(x: u64, option: u32): u64 {
  switch (option) {
    case 0: return <u64><u8>x;
    case 1: return <u64><u16>x;
    case 2: return <u64><u32>x;
    case 4: return <u64><i64><i8>x;
    case 5: return <u64><i64><i16>x;
    case 6: return <u64><i64><i32>x;
    default: return x;
  }
}
