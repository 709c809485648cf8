/**
 * Loads and stores of SIMD and FP registers. What the TLB answers is moved at once; the rest in pieces of at most 8 bytes, low
 * first. Registers are written last, so that an abort leaves them as they were. Source: Arm ARM DDI 0487, C7.2, "Operation" of
 * LDR (SIMD&FP), STP (SIMD&FP), LD1 (multiple structures), LD1 (single structure), LD1R.
 */
import { Addressing, addressingOf, bytesLog2, elementsOf, Form, formOf, isPair, isStore, isStructure, registersOf, scaleOf } from "./generated/simd";
import { R_engine, R_SP } from "./generated/layout";
import { FAILED, loadSlow, misaligned, storeSlow } from "./memory";
import { spMisaligned } from "./rare";
import { extended } from "./scalar";
import { lane, q, rd, readX, rm, rn, v } from "./simdCore";
import { IP, NEXT, pcOf, R, RAISED } from "./state";
import { ADDEND, entryOf, PAGE_MASK, TAG_R, TAG_W, TLB } from "./tlb";

const SP: u32 = 31;
/** 64 bytes at the end of the engine's part of a vcpu's registers: what LD1 to LD4 gather. */
const E_SCRATCH: usize = R_engine + 1984;

/** Where `bytes` at `va` are in wasm memory, when the TLB knows and they are in one page; else 0. */
/* @inline */ function fastAddress(va: u64, bytes: u32, tag: usize): usize {
  const e = entryOf(TLB, va);
  return load<u64>(e + tag) == ((va + (bytes - 1)) & PAGE_MASK) ? <usize>(<u32>va + load<u32>(e, ADDEND)) : 0;
}
/** What was loaded until all of it is there. */
let FIRST_LO: u64 = 0;
let FIRST_HI: u64 = 0;

function loadSlowly(va: u64, bytes: u32): void {
  FIRST_LO = 0;
  FIRST_HI = 0;
  if (misaligned(va, bytes, false, false)) return;
  FIRST_LO = loadSlow(va, bytes == 16 ? 8 : bytes);
  if (!FAILED && bytes == 16) FIRST_HI = loadSlow(va + 8, 8);
}
function storeSlowly(va: u64, bytes: u32, n: u32): void {
  if (misaligned(va, bytes, true, false)) return;
  storeSlow(va, bytes == 16 ? 8 : bytes, load<u64>(v(n)));
  if (!FAILED && bytes == 16) storeSlow(va + 8, 8, load<u64>(v(n), 8));
}
/* @inline */ function loadTo(n: u32, from: usize, log2: u32): void {
  if (log2 == 4) return v128.store(v(n), v128.load(from));
  store<u64>(v(n), lane(from, log2, 0));
  store<u64>(v(n), 0, 8);
}
/* @inline */ function storeFrom(n: u32, to: usize, log2: u32): void {
  switch (log2) {
    case 0: return store<u8>(to, load<u8>(v(n)));
    case 1: return store<u16>(to, load<u16>(v(n)));
    case 2: return store<u32>(to, load<u32>(v(n)));
    case 3: return store<u64>(to, load<u64>(v(n)));
    default: return v128.store(to, v128.load(v(n)));
  }
}
function moveOne(code: u32, word: u32, va: u64): i32 {
  const log2 = bytesLog2(code);
  const bytes: u32 = 1 << log2;
  const n = rd(word);
  if (isStore(code)) {
    const to = fastAddress(va, bytes, TAG_W);
    if (to != 0) {
      storeFrom(n, to, log2);
      return NEXT;
    }
    storeSlowly(va, bytes, n);
    return FAILED ? RAISED : NEXT;
  }
  const from = fastAddress(va, bytes, TAG_R);
  if (from != 0) {
    loadTo(n, from, log2);
    return NEXT;
  }
  loadSlowly(va, bytes);
  if (FAILED) return RAISED;
  store<u64>(v(n), FIRST_LO);
  store<u64>(v(n), FIRST_HI, 8);
  return NEXT;
}
function moveTwo(code: u32, word: u32, va: u64): i32 {
  const log2 = bytesLog2(code);
  const bytes: u32 = 1 << log2;
  const n = rd(word);
  const m = (word >>> 10) & 31;
  if (isStore(code)) {
    const to = fastAddress(va, bytes * 2, TAG_W);
    if (to != 0) {
      storeFrom(n, to, log2);
      storeFrom(m, to + bytes, log2);
      return NEXT;
    }
    storeSlowly(va, bytes, n);
    if (FAILED) return RAISED;
    storeSlowly(va + bytes, bytes, m);
    return FAILED ? RAISED : NEXT;
  }
  const from = fastAddress(va, bytes * 2, TAG_R);
  if (from != 0) {
    loadTo(n, from, log2);
    loadTo(m, from + bytes, log2);
    return NEXT;
  }
  loadSlowly(va, bytes);
  if (FAILED) return RAISED;
  const low = FIRST_LO;
  const high = FIRST_HI;
  loadSlowly(va + bytes, bytes);
  if (FAILED) return RAISED;
  store<u64>(v(n), low);
  store<u64>(v(n), high, 8);
  store<u64>(v(m), FIRST_LO);
  store<u64>(v(m), FIRST_HI, 8);
  return NEXT;
}

/* @inline */ function signed(value: u32, bits: u32): u64 { return <u64>((<i64>value << (64 - <i64>bits)) >> (64 - <i64>bits)); }
/* @inline */ function base(word: u32): u64 { return rn(word) == SP ? load<u64>(R, R_SP) : readX(rn(word)); }
/* @inline */ function setBase(word: u32, value: u64): void {
  if (rn(word) == SP) store<u64>(R, value, R_SP);
  else store<u64>(R + (rn(word) << 3), value);
}

/** Executes the load or store of a micro-op. Answers NEXT or RAISED. */
export function simdMemory(uop: usize): i32 {
  const word = load<u32>(uop, 4);
  const code = load<u32>(uop, 8);
  const addressing = addressingOf(code);
  if (addressing == Addressing.literal) return moveOne(code, word, pcOf(IP) + (signed((word >>> 5) & 0x7ffff, 19) << 2));
  const start = base(word);
  if (rn(word) == SP && (start & 15) != 0 && spMisaligned()) return RAISED;
  if (isStructure(code)) return structures(code, word, start);
  const log2 = bytesLog2(code);
  const pair = isPair(code) != 0;
  let va = start;
  let after = start;
  switch (addressing) {
    case Addressing.unsignedOffset: va += <u64>((word >>> 10) & 0xfff) << log2; break;
    case Addressing.registerOffset: {
      const x = readX(rm(word));
      const option = (word >>> 13) & 7;
      va += (option == 3 ? x : extended(x, option)) << (((word >>> 12) & 1) != 0 ? <u64>log2 : 0);
      break;
    }
    default: {
      const offset = pair ? signed((word >>> 15) & 0x7f, 7) << log2 : signed((word >>> 12) & 0x1ff, 9);
      after += offset;
      if (addressing != Addressing.postIndex) va = after;
    }
  }
  const done = pair ? moveTwo(code, word, va) : moveOne(code, word, va);
  if (done == NEXT && (addressing == Addressing.preIndex || addressing == Addressing.postIndex)) setBase(word, after);
  return done;
}

/** LD1 to LD4, ST1 to ST4, LD1R to LD4R. */
function structures(code: u32, word: u32, va: u64): i32 {
  const form = formOf(code);
  const registers = registersOf(code) + 1;
  const size: u32 = form == Form.single ? scaleOf(code) : (word >>> 10) & 3;
  const lanes = (<u32>8 << q(word)) >>> size;
  const count = form == Form.multiple ? lanes * registers : registers;
  const bytes = count << size;
  // of a single structure: Q:S:size, less what tells the element size
  const single = (q(word) << 3 | ((word >>> 12) & 1) << 2 | (word >>> 10) & 3) >>> scaleOf(code);
  const stores = isStore(code) != 0;
  if (misaligned(va, 1 << size, stores, false)) return RAISED;
  // What is loaded is gathered first: the registers may change only when nothing fails.
  let host = fastAddress(va, bytes, stores ? TAG_W : TAG_R);
  if (host == 0 && !stores) {
    host = R + E_SCRATCH;
    for (let i: u32 = 0; i < count; i++) {
      writeElement(host + (i << size), size, loadSlow(va + (i << size), 1 << size));
      if (FAILED) return RAISED;
    }
  }
  if (!stores && form == Form.multiple) clear(rd(word), registers);
  for (let i: u32 = 0; i < count; i++) {
    let register = rd(word) + i;
    let index = single;
    if (form == Form.multiple) {
      const interleaved = elementsOf(code) != 0;
      register = rd(word) + (interleaved ? i % registers : i / lanes);
      index = interleaved ? i / registers : i % lanes;
    }
    const at = v(register & 31) + (index << size);
    if (!stores) {
      if (form == Form.replicate) replicate(register & 31, size, lanes, lane(host, size, i));
      else writeElement(at, size, lane(host, size, i));
    } else if (host != 0) writeElement(host + (i << size), size, lane(at, size, 0));
    else {
      storeSlow(va + (i << size), 1 << size, lane(at, size, 0));
      if (FAILED) return RAISED;
    }
  }
  if (addressingOf(code) == Addressing.postIndex) setBase(word, va + (rm(word) == 31 ? <u64>bytes : readX(rm(word))));
  return NEXT;
}
function writeElement(at: usize, size: u32, value: u64): void {
  if (size == 0) store<u8>(at, <u8>value);
  else if (size == 1) store<u16>(at, <u16>value);
  else if (size == 2) store<u32>(at, <u32>value);
  else store<u64>(at, value);
}
function clear(first: u32, registers: u32): void {
  for (let n: u32 = 0; n < registers; n++) v128.store(v((first + n) & 31), i64x2.splat(0));
}
function replicate(n: u32, size: u32, lanes: u32, value: u64): void {
  v128.store(v(n), i64x2.splat(0));
  for (let i: u32 = 0; i < lanes; i++) writeElement(v(n) + (i << size), size, value);
}
