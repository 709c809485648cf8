/** Operands of SIMD instructions: fields of the word, registers, lanes, and the result that is put together in LO and HI. */
import { R_FPSR, R_V } from "./generated/layout";
import { R } from "./state";

/* @inline */ export function rd(word: u32): u32 { return word & 31; }
/* @inline */ export function rn(word: u32): u32 { return (word >>> 5) & 31; }
/* @inline */ export function rm(word: u32): u32 { return (word >>> 16) & 31; }
/** Bit 30: 16 bytes, not 8. */
/* @inline */ export function q(word: u32): u32 { return (word >>> 30) & 1; }
/** Where V[n] is. */
/* @inline */ export function v(n: u32): usize { return R + R_V + (n << 4); }
/* @inline */ export function readX(n: u32): u64 { return n == 31 ? 0 : load<u64>(R + (n << 3)); }
/* @inline */ export function writeX(n: u32, value: u64): void { if (n != 31) store<u64>(R + (n << 3), value); }

/** A lane, zero-extended. `size`: log2 of its bytes. */
/* @inline */ export function lane(register: usize, size: u32, index: u32): u64 {
  const at = register + (index << size);
  if (size == 0) return load<u8>(at);
  if (size == 1) return load<u16>(at);
  if (size == 2) return load<u32>(at);
  return load<u64>(at);
}

/** The result so far: operands are read until all lanes are there, because the destination may be one of them. */
let LO: u64 = 0;
let HI: u64 = 0;
/* @inline */ export function begin(): void {
  LO = 0;
  HI = 0;
}
/** Of `size`: log2 of its bytes. What exceeds the lane is dropped. */
/* @inline */ export function put(size: u32, index: u32, value: u64): void {
  const width: u64 = <u64>8 << size;
  const bit: u64 = <u64>index << (3 + <u64>size);
  const bits = (value << (64 - width)) >> (64 - width);
  if (bit < 64) LO |= bits << bit;
  else HI |= bits << (bit - 64);
}
/* @inline */ export function finish(n: u32): void {
  store<u64>(v(n), LO);
  store<u64>(v(n), HI, 8);
}
/** The low half of the result. */
/* @inline */ export function lowResult(): u64 { return LO; }
/** To the low half, clearing the other; or with `upper` to the high half, keeping the other. */
/* @inline */ export function finishHalf(n: u32, value: u64, upper: bool): void {
  if (upper) store<u64>(v(n), value, 8);
  else {
    store<u64>(v(n), value);
    store<u64>(v(n), 0, 8);
  }
}
/** A scalar result: the rest of the register is cleared. */
/* @inline */ export function writeScalar(n: u32, value: u64): void {
  store<u64>(v(n), value);
  store<u64>(v(n), 0, 8);
}
/** A vector result of 16 bytes or, with the rest cleared, of 8. */
/* @inline */ export function writeVector(n: u32, value: v128, whole: u32): void {
  v128.store(v(n), value);
  if (whole == 0) store<u64>(v(n), 0, 8);
}
const FPSR_QC: u64 = 1 << 27;
export function setQc(): void { store<u64>(R, load<u64>(R, R_FPSR) | FPSR_QC, R_FPSR); }
