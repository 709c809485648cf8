/**
 * The distributor's registers: Arm IHI 0048B, 4.3 "Distributor register descriptions". 32-bit accesses; bytes only
 * where the architecture has them (GICD_IPRIORITYRn, GICD_ITARGETSRn, GICD_CPENDSGIRn, GICD_SPENDSGIRn).
 */
import type { Ignored, MmioDevice } from "../contract.ts";
import { byteAt, ENABLE_GROUP0, ENABLE_GROUP1, type GicState, pendingWord, PRIORITY_MASK, PRIVATE, SGIS, wordAt } from "./state.ts";

const SIZE = 0x1000; // MAGIC: the distributor's register map
/** 4.3.5: a Cortex GIC-400, as its Technical Reference Manual (DDI 0471B) gives it. */
const GICD_IIDR_VALUE = 0x0200143b;
/** GICD_TYPER, 4.3.2: no Security Extensions, no lockable SPIs. */
const typer = (state: GicState): number => (((state.intids + 31) >>> 5) - 1) | ((state.vcpus - 1) << 5);
/** Identification registers at 0xfd0: PIDR4..7, PIDR0..3, CIDR0..3; PIDR2 (ICPIDR2) says GICv2 in bits 7:4. */
const IDENTIFICATION_AT = 0xfd0;
const IDENTIFICATION: readonly number[] = [0x04, 0, 0, 0, 0x90, 0xb4, 0x2b, 0, 0x0d, 0xf0, 0x05, 0xb1];

const GICD_CTLR = 0x000;
const GICD_TYPER = 0x004;
const GICD_IIDR = 0x008;
const GICD_SGIR = 0xf00;
const GICD_NSACR = 0xe00;
const GICD_NSACR_END = 0xf00;
/** Names of arrays of a bit for each interrupt, 0x80 bytes each, from 0x80. */
const BIT_ARRAYS = ["group", "setEnable", "clearEnable", "setPending", "clearPending", "setActive", "clearActive"] as const;
type BitArray = (typeof BIT_ARRAYS)[number];
const BIT_ARRAYS_AT = 0x080;
const GICD_IPRIORITYR = 0x400;
const GICD_ITARGETSR = 0x800;
const GICD_ICFGR = 0xc00;
const GICD_ICFGR_END = 0xd00;
const GICD_CPENDSGIR = 0xf10;
const GICD_SPENDSGIR = 0xf20;
const GICD_SPENDSGIR_END = 0xf30;

/** SGIs of a word that is banked; their enable is fixed and their pending state is set by other registers. */
const notSgis = (n: number): number => (n === 0 ? 0xffff0000 : 0xffffffff);

function readBits(state: GicState, which: BitArray, at: number): number {
  switch (which) {
    case "group":
      return state.group1[at] ?? 0;
    case "setEnable":
    case "clearEnable":
      return state.enabled[at] ?? 0;
    case "setPending":
    case "clearPending":
      return pendingWord(state, at);
    case "setActive":
    case "clearActive":
      return state.active[at] ?? 0;
  }
}
function writeBits(state: GicState, which: BitArray, n: number, at: number, value: number): void {
  const set = (words: Uint32Array, bits: number): void => void (words[at] = (words[at] ?? 0) | bits);
  const clear = (words: Uint32Array, bits: number): void => void (words[at] = (words[at] ?? 0) & ~bits);
  switch (which) {
    case "group":
      state.group1[at] = value;
      return;
    case "setEnable":
      return set(state.enabled, value & notSgis(n));
    case "clearEnable":
      return clear(state.enabled, value & notSgis(n));
    case "setPending":
      return set(state.latch, value & notSgis(n));
    case "clearPending":
      return clear(state.latch, value & notSgis(n));
    case "setActive":
      return set(state.active, value);
    case "clearActive":
      return clear(state.active, value);
  }
}

/** GICD_ICFGRn: bit 1 of each pair says edge-triggered; bit 0 is RAZ/WI. */
function readConfig(state: GicState, at: number, half: number): number {
  const edge = (state.edge[at] ?? 0) >>> (16 * half);
  let pairs = 0;
  for (let i = 0; i < 16; i++) pairs |= ((edge >>> i) & 1) << (2 * i + 1);
  return pairs >>> 0;
}
function writeConfig(state: GicState, at: number, half: number, value: number): void {
  let edge = 0;
  for (let i = 0; i < 16; i++) edge |= ((value >>> (2 * i + 1)) & 1) << i;
  const shift = 16 * half;
  state.edge[at] = ((state.edge[at] ?? 0) & ~(0xffff << shift)) | (edge << shift);
}

/** Makes an SGI pending at `to`, or no longer, for the senders in `sources`. */
function setSources(state: GicState, to: number, sgi: number, sources: number): void {
  state.sources[SGIS * to + sgi] = sources;
  const latch = state.latch[to] ?? 0;
  state.latch[to] = sources === 0 ? latch & ~(1 << sgi) : latch | (1 << sgi);
}
/** The sender of a pending SGI that is acknowledged first: the lowest. */
export function firstSource(state: GicState, vcpu: number, sgi: number): number {
  const sources = state.sources[SGIS * vcpu + sgi] ?? 0;
  return sources === 0 ? 0 : 31 - Math.clz32(sources & -sources);
}
/** {@link firstSource}, which is taken away. */
export function takeSource(state: GicState, vcpu: number, sgi: number): number {
  const source = firstSource(state, vcpu, sgi);
  setSources(state, vcpu, sgi, (state.sources[SGIS * vcpu + sgi] ?? 0) & ~(1 << source));
  return source;
}

/** GICD_SGIR, 4.3.15: bits 25:24 say to whom. NSATT has no meaning without Security Extensions. */
function sendSgi(state: GicState, from: number, value: number): void {
  const sgi = value & 15;
  const everyone = (1 << state.vcpus) - 1;
  const filter = (value >>> 24) & 3;
  // 0: the list in bits 23:16; 1: all others; 2: the sender; 3 is reserved and sends nothing.
  const targets = [(value >>> 16) & 0xff & everyone, everyone & ~(1 << from), 1 << from, 0][filter] ?? 0; // MAGIC: CPUTargetList
  for (let to = 0; to < state.vcpus; to++)
    if ((targets & (1 << to)) !== 0) setSources(state, to, sgi, (state.sources[SGIS * to + sgi] ?? 0) | (1 << from));
}

/** Reads a register of bytes, a byte at a time. */
function readByte(state: GicState, vcpu: number, offset: number): number {
  const intid = offset & 0x3ff;
  if (offset >= GICD_CPENDSGIR) return state.sources[SGIS * vcpu + (offset & 15)] ?? 0;
  if (intid >= state.intids) return 0;
  if (offset < GICD_ITARGETSR) return state.priority[byteAt(state, intid, vcpu)] ?? 0;
  // 4.3.12: with one processor the registers are RAZ/WI.
  return state.vcpus === 1 ? 0 : (state.targets[byteAt(state, intid, vcpu)] ?? 0);
}
function writeByte(state: GicState, vcpu: number, offset: number, value: number): void {
  const intid = offset & 0x3ff;
  const everyone = (1 << state.vcpus) - 1;
  if (offset >= GICD_CPENDSGIR) {
    const sgi = offset & 15;
    const sources = state.sources[SGIS * vcpu + sgi] ?? 0;
    setSources(state, vcpu, sgi, offset < GICD_SPENDSGIR ? sources & ~value : sources | (value & everyone));
  } else if (intid >= state.intids) return;
  else if (offset < GICD_ITARGETSR) state.priority[byteAt(state, intid, vcpu)] = value & PRIORITY_MASK;
  else if (intid >= PRIVATE && state.vcpus > 1) state.targets[byteAt(state, intid, vcpu)] = value & everyone;
}
const isByteRegister = (offset: number): boolean =>
  (offset >= GICD_IPRIORITYR && offset < GICD_ICFGR) || (offset >= GICD_CPENDSGIR && offset < GICD_SPENDSGIR_END);

/** `changed`: the state is another; which lines follow is for the owner to see. */
export function createDistributor(state: GicState, changed: () => void, ignored: Ignored | undefined): MmioDevice {
  const name = "GICD";
  const words = (state.intids + 31) >>> 5;
  return {
    name,
    size: SIZE,
    read(vcpu, offset, bytes) {
      if (isByteRegister(offset) && (bytes === 1 || (bytes === 4 && offset % 4 === 0))) {
        let value = 0;
        for (let i = bytes - 1; i >= 0; i--) value = value * 0x100 + readByte(state, vcpu, offset + i);
        return value;
      }
      if (bytes === 4 && offset % 4 === 0) {
        if (offset === GICD_CTLR) return state.distributor[0] ?? 0;
        if (offset === GICD_TYPER) return typer(state);
        if (offset === GICD_IIDR) return GICD_IIDR_VALUE;
        const which = BIT_ARRAYS[(offset - BIT_ARRAYS_AT) >> 7];
        const n = (offset >>> 2) & 31;
        if (which !== undefined && n < words) return readBits(state, which, wordAt(state, n, vcpu)) >>> 0;
        if (offset >= GICD_ICFGR && offset < GICD_ICFGR_END && (offset - GICD_ICFGR) >> 3 < words)
          return readConfig(state, wordAt(state, (offset - GICD_ICFGR) >> 3, vcpu), (offset >>> 2) & 1);
        if (offset >= IDENTIFICATION_AT) return IDENTIFICATION[(offset - IDENTIFICATION_AT) >> 2] ?? 0;
        if (offset >= GICD_NSACR && offset < GICD_NSACR_END) return 0;
      }
      ignored?.(name, vcpu, offset, bytes, undefined);
      return 0;
    },
    write(vcpu, offset, bytes, value) {
      if (isByteRegister(offset) && (bytes === 1 || (bytes === 4 && offset % 4 === 0))) {
        for (let i = 0; i < bytes; i++) writeByte(state, vcpu, offset + i, (value >>> (8 * i)) & 0xff);
        return changed();
      }
      if (bytes === 4 && offset % 4 === 0) {
        const which = BIT_ARRAYS[(offset - BIT_ARRAYS_AT) >> 7];
        const n = (offset >>> 2) & 31;
        if (offset === GICD_CTLR) state.distributor[0] = value & (ENABLE_GROUP0 | ENABLE_GROUP1);
        else if (offset === GICD_SGIR) sendSgi(state, vcpu, value);
        else if (which !== undefined && n < words) writeBits(state, which, n, wordAt(state, n, vcpu), value);
        else if (offset >= GICD_ICFGR && offset < GICD_ICFGR_END && (offset - GICD_ICFGR) >> 3 < words) {
          // The SGIs' half is read-only.
          if (offset > GICD_ICFGR) writeConfig(state, wordAt(state, (offset - GICD_ICFGR) >> 3, vcpu), (offset >>> 2) & 1, value);
        } else if (offset < GICD_NSACR || offset >= GICD_NSACR_END) return ignored?.(name, vcpu, offset, bytes, value);
        return changed();
      }
      ignored?.(name, vcpu, offset, bytes, value);
    },
  };
}
