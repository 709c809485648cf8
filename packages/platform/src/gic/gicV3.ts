/**
 * A GICv3 as a guest sees it through system registers, for up to eight vcpus: distributor with affinity routing, redistributors, and
 * ICC_*_EL1. Which interrupt is pending, active and signalled is a GICv2's business behind it: the prioritisation is the same.
 * What Xen's virtual GICv3 leaves out reads as zero here too: groups, pending bits, identification.
 * Sources: Arm IHI 0069, "The GIC Registers"; xen/include/public/arch-arm.h for the map; answers observed on Xen 4.17.
 */
import type { GicV2, GicV2Options, MmioDevice, SystemRegisters } from "../contract.ts";
import { systemKey } from "../system/encoding.ts";
import { createGicV2 } from "./gicV2.ts";

/** Devices and registers of a GICv3. */
export interface GicV3 extends Pick<GicV2, "setLine" | "pulse" | "irq" | "save" | "load">, SystemRegisters {
  readonly distributor: MmioDevice;
  /** Of all vcpus, one after the other. */
  readonly redistributors: MmioDevice;
}

const FRAME = 0x10000; // MAGIC: each register frame of a GICv3 has 64 KiB
/** RD_base and SGI_base. */
const REDISTRIBUTOR = 2 * FRAME;
const SPIS = 224;
const PRIVATE = 32;

const GICD_CTLR = 0x0;
const GICD_TYPER = 0x4;
const GICD_IIDR = 0x8;
const GICD_IIDR_VALUE = 0x34c;
/** GICD_PIDR2: ArchRev 3. */
const GICD_PIDR2 = 0xffe8;
const GICD_PIDR2_VALUE = 0x30;
/** Affinity routing, which cannot be switched off, and Group 1. */
const ARE = 0x10;
const ENABLE_GROUP1 = 2;
/** IDbits: INTIDs of 10 bits. */
const ID_BITS = 9 << 19;
const BITS_AT = 0x80;
const ISENABLER = 0x100;
const ICENABLER = 0x180;
const ISPENDR = 0x200;
const ISACTIVER = 0x300;
const IPRIORITYR = 0x400;
const ITARGETSR = 0x800;
const ICFGR = 0xc00;
const ICFGR_END = 0xd00;
const GICD_SGIR = 0xf00;
const GICD_IROUTER = 0x6000;
const FIRST_IROUTER = GICD_IROUTER + 8 * PRIVATE;
const ROUTERS_END = 0x7fe0; // MAGIC: INTIDs 1020 and up have no register
/** Offsets in the distributor where no register is, from one to another (exclusive): they read as zero at any width (observed on Xen 4.17). */
const RESERVED: readonly (readonly [number, number])[] = [
  [0xc, 0x10], [0x14, BITS_AT], [0xd00, 0xe00], [0xf04, 0xf10], [0xf30, FIRST_IROUTER], [ROUTERS_END, GICD_PIDR2], [GICD_PIDR2 + 4, FRAME],
];
const GICR_TYPER = 0x8;
const GICR_TYPER_LAST = 0x10;

const GICC = { CTLR: 0x00, PMR: 0x04, BPR: 0x08, IAR: 0x0c, EOIR: 0x10, RPR: 0x14, HPPIR: 0x18, DIR: 0x1000 } as const; // MAGIC: GICC_DIR is in the second half of its map
const EOI_MODE_V2 = 0x200;
const EOI_MODE_V3 = 2;
const INTID = 0x3ff;
/** System registers of EL1 that the GIC knows, in the order of their encodings. */
const ICC = {
  PMR: systemKey(3, 0, 4, 6, 0), DIR: systemKey(3, 0, 12, 11, 1), RPR: systemKey(3, 0, 12, 11, 3), SGI1R: systemKey(3, 0, 12, 11, 5), IAR1: systemKey(3, 0, 12, 12, 0),
  EOIR1: systemKey(3, 0, 12, 12, 1), HPPIR1: systemKey(3, 0, 12, 12, 2), BPR1: systemKey(3, 0, 12, 12, 3), CTLR: systemKey(3, 0, 12, 12, 4),
  SRE: systemKey(3, 0, 12, 12, 5), IGRPEN1: systemKey(3, 0, 12, 12, 7),
} as const;
/** ICC_SRE_EL1: system registers on, no bypass; fixed. */
const SRE_FIXED = 7n;
/** ICC_CTLR_EL1: PRIbits is one less than the five bits of a priority. */
const PRIBITS = 4n << 8n;

/**
 * A GICv3 after reset.
 *
 * @throws GranuleError GRAN0026 as {@link createGicV2}.
 * @example
 * const gic = createGicV3({ vcpus: 2, onIrq: (vcpu, level) => engines[vcpu].irq(level) });
 * gic.pulse(31, 1);
 */
export function createGicV3({ vcpus, onIrq, ignored }: Pick<GicV2Options, "vcpus" | "onIrq" | "ignored">): GicV3 {
  const gic = createGicV2({ vcpus, spis: SPIS, ...(onIrq === undefined ? {} : { onIrq }) });
  const { distributor: d, cpuInterface: c } = gic;

  /** Enabled SGIs, which a GICv2 cannot disable: what was written is read, and all of them are delivered. */
  const sgis = new Uint16Array(vcpus);
  /** Registers of bits, bytes and pairs for words that the frame has: SPIs in the distributor, the first word in SGI_base. */
  const readArray = (vcpu: number, offset: number, bytes: number): number | undefined => {
    if (offset < ISENABLER || (offset >= ISPENDR && offset < ISACTIVER)) return 0;
    if (offset === ISENABLER || offset === ICENABLER) return ((d.read(vcpu, offset, bytes) & 0xffff0000) | (sgis[vcpu] ?? 0)) >>> 0; // MAGIC: SGIs are 15:0
    if (offset >= ITARGETSR && offset < ICFGR) return 0;
    return offset < ICFGR_END ? d.read(vcpu, offset, bytes) : undefined;
  };
  const writeArray = (vcpu: number, offset: number, bytes: number, value: number): boolean => {
    if (offset < ISENABLER || (offset >= ITARGETSR && offset < ICFGR)) return true;
    if (offset === ISENABLER) sgis[vcpu] = (sgis[vcpu] ?? 0) | value;
    if (offset === ICENABLER) sgis[vcpu] = (sgis[vcpu] ?? 0) & ~value;
    if (offset < ICFGR_END) d.write(vcpu, offset, bytes, value);
    return offset < ICFGR_END;
  };
  /** Is the register, at its offset in the map of a distributor, of INTIDs below 32? */
  const isPrivate = (offset: number): boolean => {
    if (offset < IPRIORITYR) return (offset & 0x7f) < 4; // MAGIC: 0x80 bytes for each array of bits
    if (offset < ICFGR) return (offset & INTID) < PRIVATE;
    return offset - ICFGR < PRIVATE / 4;
  };

  /** Bytes only where a byte is an interrupt's, 64 bits only where a register has them; where there is none, any width. */
  const answers = (offset: number, bytes: number): boolean =>
    bytes === 4 || (bytes === 1 && offset >= IPRIORITYR && offset < ITARGETSR) || (bytes === 8 && offset >= FIRST_IROUTER && offset < ROUTERS_END) ||
    RESERVED.some(([first, end]) => offset >= first && offset < end);
  const distributor: MmioDevice = {
    name: "GICD",
    size: FRAME,
    answers,
    read(vcpu, offset, bytes) {
      if (offset === GICD_CTLR) return ARE | ((d.read(vcpu, GICD_CTLR, 4) & 1) === 0 ? 0 : ENABLE_GROUP1);
      if (offset === GICD_TYPER) return ID_BITS | ((vcpus - 1) << 5) | ((PRIVATE + SPIS) / 32 - 1);
      if (offset === GICD_IIDR) return GICD_IIDR_VALUE;
      if (offset === GICD_PIDR2) return GICD_PIDR2_VALUE;
      if (offset >= BITS_AT && offset < ICFGR_END && !isPrivate(offset)) return readArray(vcpu, offset, bytes) ?? 0;
      const intid = (offset - GICD_IROUTER) >> 3;
      // a target of one vcpu, as bits in a GICv2 and as a number here
      if (intid >= PRIVATE && intid < PRIVATE + SPIS) return offset % 8 === 0 ? Math.max(0, 31 - Math.clz32(d.read(vcpu, ITARGETSR + intid, 1))) : 0;
      ignored?.("GICD", vcpu, offset, bytes, undefined);
      return 0;
    },
    write(vcpu, offset, bytes, value) {
      if (offset === GICD_CTLR) return d.write(vcpu, GICD_CTLR, 4, (value & ENABLE_GROUP1) === 0 ? 0 : 1);
      if (offset >= BITS_AT && offset < ICFGR_END && !isPrivate(offset) && writeArray(vcpu, offset, bytes, value)) return;
      const intid = (offset - GICD_IROUTER) >> 3;
      const target = value & 0xff; // MAGIC: Aff0
      if (intid >= PRIVATE && intid < PRIVATE + SPIS && offset % 8 === 0 && target < vcpus) return d.write(vcpu, ITARGETSR + intid, 1, 1 << target);
      ignored?.("GICD", vcpu, offset, bytes, value);
    },
  };
  const redistributors: MmioDevice = {
    name: "GICR",
    size: vcpus * REDISTRIBUTOR,
    read(vcpu, at, bytes) {
      const owner = Math.floor(at / REDISTRIBUTOR);
      const offset = at % REDISTRIBUTOR;
      if (offset === GICR_TYPER) return (owner << 8) | (owner === vcpus - 1 && vcpus > 1 && owner > 0 ? GICR_TYPER_LAST : 0);
      if (offset === GICR_TYPER + 4) return owner;
      const inSgi = offset - FRAME;
      if (inSgi >= BITS_AT && inSgi < ICFGR_END && isPrivate(inSgi)) return readArray(owner, inSgi, bytes) ?? 0;
      ignored?.("GICR", vcpu, at, bytes, undefined);
      return 0;
    },
    write(vcpu, at, bytes, value) {
      const inSgi = (at % REDISTRIBUTOR) - FRAME;
      if (inSgi >= BITS_AT && inSgi < ICFGR_END && isPrivate(inSgi) && writeArray(Math.floor(at / REDISTRIBUTOR), inSgi, bytes, value)) return;
      ignored?.("GICR", vcpu, at, bytes, value);
    },
  };

  const control = (vcpu: number, mask: number, on: boolean): void => c.write(vcpu, GICC.CTLR, 4, (c.read(vcpu, GICC.CTLR, 4) & ~mask) | (on ? mask : 0));
  /** ICC_SGI1R_EL1: targets in bits 15:0, INTID in 27:24, IRM (all but the sender) in 40. */
  const sendSgi = (vcpu: number, value: bigint): void => {
    const filter = (value >> 40n) & 1n;
    d.write(vcpu, GICD_SGIR, 4, Number((filter << 24n) | ((value & 0xffn) << 16n) | ((value >> 24n) & 15n))); // MAGIC: fields of GICD_SGIR
  };
  return {
    distributor, redistributors,
    setLine: gic.setLine, pulse: gic.pulse, irq: gic.irq, save: gic.save, load: gic.load,
    read(vcpu, key, el) {
      if (el === 0) return undefined;
      const from = (offset: number): bigint => BigInt(c.read(vcpu, offset, 4));
      switch (key) {
        case ICC.PMR: return from(GICC.PMR);
        case ICC.RPR: return from(GICC.RPR);
        case ICC.BPR1: return from(GICC.BPR);
        case ICC.IAR1: return from(GICC.IAR) & BigInt(INTID);
        case ICC.HPPIR1: return from(GICC.HPPIR) & BigInt(INTID);
        case ICC.CTLR: return PRIBITS | ((from(GICC.CTLR) & BigInt(EOI_MODE_V2)) === 0n ? 0n : BigInt(EOI_MODE_V3));
        case ICC.SRE: return SRE_FIXED;
        case ICC.IGRPEN1: return from(GICC.CTLR) & 1n;
        default: return undefined;
      }
    },
    write(vcpu, key, value, el) {
      if (el === 0) return false;
      const word = Number(BigInt.asUintN(32, value));
      switch (key) {
        case ICC.PMR: c.write(vcpu, GICC.PMR, 4, word); return true;
        case ICC.BPR1: c.write(vcpu, GICC.BPR, 4, word); return true;
        case ICC.EOIR1: c.write(vcpu, GICC.EOIR, 4, word); return true;
        case ICC.DIR: c.write(vcpu, GICC.DIR, 4, word); return true;
        case ICC.CTLR: control(vcpu, EOI_MODE_V2, (word & EOI_MODE_V3) !== 0); return true;
        case ICC.IGRPEN1: control(vcpu, 1, (word & 1) !== 0); return true;
        case ICC.SRE: return true;
        case ICC.SGI1R: sendSgi(vcpu, value); return true;
        default: return false;
      }
    },
  };
}
