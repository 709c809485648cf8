/** Advanced SIMD that moves lanes. Source: Arm ARM DDI 0487, C7.2, "Operation" of DUP, INS, SMOV, UMOV, TBL, MOVI. */
import { operationOf, Simd, isScalar } from "./generated/simd";
import { lane, q, rd, readX, rm, rn, v, writeScalar, writeVector, writeX } from "./simdCore";
import { sx } from "./simdLanes";

/** imm5: the lowest bit set tells the element size, what is above it the index. */
export function copy(code: u32, word: u32): void {
  const imm5 = (word >>> 16) & 31;
  const size = ctz<u32>(imm5);
  const index = imm5 >>> (size + 1);
  const n = rn(word);
  const d = rd(word);
  switch (operationOf(code)) {
    case Simd.UMOV: return writeX(d, lane(v(n), size, index));
    case Simd.SMOV: {
      const value = <u64>sx(lane(v(n), size, index), 8 << size);
      return writeX(d, q(word) == 0 ? value & 0xffffffff : value);
    }
    case Simd.INS_general: return insert(d, size, index, readX(n));
    case Simd.INS_element: return insert(d, size, index, lane(v(n), size, (word >>> 11 & 15) >>> size));
    default: {
      const value = operationOf(code) == Simd.DUP_general ? readX(n) : lane(v(n), size, index);
      if (isScalar(code)) return writeScalar(d, value);
      const all = size == 0 ? i8x16.splat(<u8>value) : size == 1 ? i16x8.splat(<u16>value) : size == 2 ? i32x4.splat(<u32>value) : i64x2.splat(value);
      writeVector(d, all, q(word));
    }
  }
}
function insert(d: u32, size: u32, index: u32, value: u64): void {
  const at = v(d) + (index << size);
  if (size == 0) store<u8>(at, <u8>value);
  else if (size == 1) store<u16>(at, <u16>value);
  else if (size == 2) store<u32>(at, <u32>value);
  else store<u64>(at, value);
}

/** An index beyond the table gives 0, or for TBX leaves the destination's byte. */
export function table(code: u32, word: u32): void {
  const registers = ((word >>> 13) & 3) + 1;
  const indices = v128.load(v(rm(word)));
  let r = i64x2.splat(0);
  for (let k: u32 = 0; k < registers; k++) r = v128.or(r, i8x16.swizzle(v128.load(v((rn(word) + k) & 31)), i8x16.sub(indices, i8x16.splat(<u8>(k * 16)))));
  if (operationOf(code) == Simd.TBX) r = v128.bitselect(r, v128.load(v(rd(word))), i8x16.lt_u(indices, i8x16.splat(<u8>(registers * 16))));
  writeVector(rd(word), r, q(word));
}

/** VFPExpandImm() of single and double precision. */
export function expandSingle(imm8: u32): u64 {
  const b = (imm8 >>> 6) & 1;
  return <u64>((imm8 & 128) << 24 | (b ^ 1) << 30 | (b != 0 ? <u32>31 << 25 : 0) | (imm8 & 63) << 19);
}
export function expandDouble(imm8: u32): u64 {
  const b = <u64>((imm8 >>> 6) & 1);
  return <u64>(imm8 & 128) << 56 | (b ^ 1) << 62 | (b != 0 ? <u64>255 << 54 : 0) | <u64>(imm8 & 63) << 48;
}
/** AdvSIMDExpandImm(). */
function expand(op: u32, cmode: u32, imm8: u32): u64 {
  const value = <u64>imm8;
  switch (cmode >>> 1) {
    case 0:
    case 1:
    case 2:
    case 3: return (value << (8 * <u64>(cmode >>> 1))) * 0x0000000100000001;
    case 4: return value * 0x0001000100010001;
    case 5: return (value << 8) * 0x0001000100010001;
    case 6: return ((cmode & 1) == 0 ? (value << 8) | 0xff : (value << 16) | 0xffff) * 0x0000000100000001;
    default:
      if ((cmode & 1) != 0) return op == 0 ? expandSingle(imm8) * 0x0000000100000001 : expandDouble(imm8);
      if (op == 0) return value * 0x0101010101010101;
      return spread(imm8);
  }
}
/** Each bit to a byte. */
function spread(imm8: u32): u64 {
  let value: u64 = 0;
  for (let bit: u32 = 0; bit < 8; bit++) if (((imm8 >>> bit) & 1) != 0) value |= <u64>255 << (8 * <u64>bit);
  return value;
}
/** MOVI, MVNI, ORR, BIC and FMOV: which, is in cmode and op. */
export function immediate(word: u32): void {
  const op = (word >>> 29) & 1;
  const cmode = (word >>> 12) & 15;
  const value = expand(op, cmode, (word >>> 11) & 0xe0 | (word >>> 5) & 31);
  const d = v(rd(word));
  let low = value;
  let high = value;
  // cmode 0xx1 and 10x1 combine with the register
  if ((cmode & 1) != 0 && cmode < 12) {
    low = op == 0 ? load<u64>(d) | value : load<u64>(d) & ~value;
    high = op == 0 ? load<u64>(d, 8) | value : load<u64>(d, 8) & ~value;
  } else if (op == 1 && cmode < 14) {
    low = ~value;
    high = ~value;
  }
  store<u64>(d, low);
  store<u64>(d, q(word) == 0 ? 0 : high, 8);
}
