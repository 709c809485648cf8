/**
 * Caches of whole translations (both stages combined), per VMID and ASID, tagged at 4096 bytes whatever the leaves are:
 * every leaf is a multiple of that. Invalidation looks at the leaves' true sizes.
 * Source: Arm ARM DDI 0487, D8.13 "Translation Lookaside Buffers", D8.14 "TLB maintenance": scope of VA, ASID, VMID and
 * IPA operations; an entry may cover less than its leaf, but an operation on any address of a leaf removes all of it.
 *
 * Two kinds: `createTlb` is small, direct-mapped and fast. `createStickyTlb` forgets nothing until it is told to: with
 * it, a missing invalidation shows.
 */
import { type Bytes, GRANULE_4K, isPowerOfTwo, ModelBug, toNumber } from "@granule/units";
import type { Access, Translation } from "./contract.ts";

const UNIT = GRANULE_4K;
const WORD = 2 ** 32;
/** What `lookup` answers when it knows no such translation, or one that does not permit the access. */
export const TLB_MISS = -1;

export interface Tlb {
  /** The VMID and ASID of the lookups and fills that follow. */
  select(vmid: number, asid: number): void;
  /** Machine address in bytes of a 64-bit virtual address in two words, or {@link TLB_MISS}. */
  lookup(vaHi: number, vaLo: number, access: Access, el0: boolean): number;
  /** Keeps what a successful walk of that address gave. */
  fill(vaHi: number, vaLo: number, translation: Translation): void;
  /** TLBI ALLE1. */
  flushAll(): void;
  /** TLBI VMALLS12E1 (and VMALLE1: stage 1 and combined entries are the same here). */
  flushVmid(vmid: number): void;
  /** TLBI ASIDE1: non-global translations of an ASID. */
  flushAsid(vmid: number, asid: number): void;
  /** TLBI VAE1: of an ASID and global ones; with `asid` undefined VAAE1: of all. */
  flushVa(vmid: number, asid: number | undefined, vaHi: number, vaLo: number): void;
  /** TLBI IPAS2E1 and what must follow it, for a range of IPAs in bytes. */
  flushIpa(vmid: number, start: number, size: Bytes): void;
}

/** Contexts as one number: a VMID's ASID, or its global translations. */
const ASID_BITS = 16;
const ASIDS = 2 ** ASID_BITS;
const contextOf = (vmid: number, asid: number): number => vmid * ASIDS + asid;
const globalOf = (vmid: number): number => -1 - vmid;
const vmidOf = (context: number): number => (context < 0 ? -1 - context : Math.floor(context / ASIDS));
/** No context: above every VMID of 8 bits. */
const UNUSED = 256 * ASIDS;

const pageOf = (lo: number): number => lo & -UNIT.size;
/** Bits of `Translation.permissions` that an access needs. */
const permissionBit = (access: Access, el0: boolean): number => 1 << (access + (el0 ? 3 : 0));

/** One cached translation as invalidations see it. */
interface Scope {
  readonly context: number;
  readonly vaHi: number;
  readonly vaLo: number;
  readonly shift1: number;
  readonly shift2: number;
  readonly ipa: number;
}

/** Bits 55:0 of the two addresses agree above the leaf's offset; a tag in bits 63:56 is no part of the translation. */
function isSameLeaf(e: Scope, hi: number, lo: number): boolean {
  const differHi = (e.vaHi ^ hi) & 0xffffff;
  const differLo = e.vaLo ^ lo;
  return e.shift1 >= 32 ? differHi >>> (e.shift1 - 32) === 0 : differHi === 0 && differLo >>> e.shift1 === 0;
}
const holdsVa = (e: Scope, vmid: number, asid: number | undefined, hi: number, lo: number): boolean =>
  vmidOf(e.context) === vmid && (asid === undefined || e.context < 0 || e.context === contextOf(vmid, asid)) && isSameLeaf(e, hi, lo);
function holdsIpa(e: Scope, vmid: number, start: number, size: Bytes): boolean {
  const leaf = 2 ** e.shift2;
  const first = e.ipa - (e.ipa % leaf);
  return vmidOf(e.context) === vmid && first < start + size && start < first + leaf;
}

class DirectMappedTlb implements Tlb {
  readonly #mask: number;
  readonly #context: Int32Array;
  readonly #vaHi: Int32Array;
  readonly #vaLo: Int32Array;
  readonly #permissions: Uint8Array;
  readonly #shifts: Uint8Array;
  /** Machine address and IPA of the unit. */
  readonly #pa: Float64Array;
  readonly #ipa: Float64Array;
  #current = contextOf(0, 0);
  #global = globalOf(0);

  constructor(entries: number) {
    this.#mask = entries - 1;
    this.#context = new Int32Array(entries).fill(UNUSED);
    this.#vaHi = new Int32Array(entries);
    this.#vaLo = new Int32Array(entries);
    this.#permissions = new Uint8Array(entries);
    this.#shifts = new Uint8Array(entries * 2);
    this.#pa = new Float64Array(entries);
    this.#ipa = new Float64Array(entries);
  }

  #slot(hi: number, lo: number): number {
    const unit = lo >>> UNIT.shift;
    return (unit ^ (unit >>> 10) ^ hi) & this.#mask;
  }
  select(vmid: number, asid: number): void {
    this.#current = contextOf(vmid, asid);
    this.#global = globalOf(vmid);
  }
  lookup(vaHi: number, vaLo: number, access: Access, el0: boolean): number {
    const i = this.#slot(vaHi, vaLo);
    const page = vaLo & -UNIT.size;
    const context = this.#context[i];
    if (this.#vaLo[i] !== page || this.#vaHi[i] !== (vaHi | 0) || (context !== this.#current && context !== this.#global)) return TLB_MISS;
    if (((this.#permissions[i] ?? 0) & permissionBit(access, el0)) === 0) return TLB_MISS;
    return (this.#pa[i] ?? 0) + (vaLo - page);
  }
  fill(vaHi: number, vaLo: number, t: Translation): void {
    const i = this.#slot(vaHi, vaLo);
    const offset = vaLo - pageOf(vaLo);
    this.#context[i] = t.global ? this.#global : this.#current;
    this.#vaHi[i] = vaHi;
    this.#vaLo[i] = pageOf(vaLo);
    this.#permissions[i] = t.permissions;
    this.#shifts[2 * i] = t.shift1;
    this.#shifts[2 * i + 1] = t.shift2;
    this.#pa[i] = toNumber(t.pa) - offset;
    this.#ipa[i] = toNumber(t.ipa) - offset;
  }
  flushAll(): void {
    this.#context.fill(UNUSED);
  }
  flushVmid(vmid: number): void {
    this.#drop((e) => vmidOf(e.context) === vmid);
  }
  flushAsid(vmid: number, asid: number): void {
    const context = contextOf(vmid, asid);
    this.#drop((e) => e.context === context);
  }
  flushVa(vmid: number, asid: number | undefined, vaHi: number, vaLo: number): void {
    this.#drop((e) => holdsVa(e, vmid, asid, vaHi, vaLo));
  }
  flushIpa(vmid: number, start: number, size: Bytes): void {
    this.#drop((e) => holdsIpa(e, vmid, start, size));
  }
  /** Looks at every entry: a large leaf's pieces lie in many slots. */
  #drop(matches: (e: Scope) => boolean): void {
    for (let i = 0; i <= this.#mask; i++) {
      const context = this.#context[i] ?? UNUSED;
      if (context === UNUSED) continue;
      const scope = {
        context, vaHi: this.#vaHi[i] ?? 0, vaLo: this.#vaLo[i] ?? 0, shift1: this.#shifts[2 * i] ?? 0, shift2: this.#shifts[2 * i + 1] ?? 0, ipa: this.#ipa[i] ?? 0,
      };
      if (matches(scope)) this.#context[i] = UNUSED;
    }
  }
}

/** A direct-mapped TLB. `entries` is a power of two, 1024 by default. @throws ModelBug for another number. */
export function createTlb(entries = 1024): Tlb {
  if (!isPowerOfTwo(entries)) throw new ModelBug(`a TLB of ${entries} entries`);
  return new DirectMappedTlb(entries);
}

interface StickyEntry extends Scope {
  readonly permissions: number;
  readonly pa: number;
}

class StickyTlb implements Tlb {
  /** By context, then by the number of the 4096-byte unit with its tag. */
  readonly #contexts = new Map<number, Map<number, StickyEntry>>();
  #vmid = 0;
  #asid = 0;

  select(vmid: number, asid: number): void {
    this.#vmid = vmid;
    this.#asid = asid;
  }
  #unit(vaHi: number, vaLo: number): number {
    return (vaHi >>> 0) * (WORD / UNIT.size) + (vaLo >>> UNIT.shift);
  }
  lookup(vaHi: number, vaLo: number, access: Access, el0: boolean): number {
    const unit = this.#unit(vaHi, vaLo);
    const e = this.#contexts.get(contextOf(this.#vmid, this.#asid))?.get(unit) ?? this.#contexts.get(globalOf(this.#vmid))?.get(unit);
    return e === undefined || (e.permissions & permissionBit(access, el0)) === 0 ? TLB_MISS : e.pa + (vaLo - pageOf(vaLo));
  }
  fill(vaHi: number, vaLo: number, t: Translation): void {
    const context = t.global ? globalOf(this.#vmid) : contextOf(this.#vmid, this.#asid);
    const offset = vaLo - pageOf(vaLo);
    const units = this.#contexts.get(context) ?? new Map<number, StickyEntry>();
    this.#contexts.set(context, units);
    units.set(this.#unit(vaHi, vaLo), {
      context, vaHi, vaLo: pageOf(vaLo), shift1: t.shift1, shift2: t.shift2, ipa: toNumber(t.ipa) - offset, permissions: t.permissions, pa: toNumber(t.pa) - offset,
    });
  }
  flushAll(): void {
    this.#contexts.clear();
  }
  flushVmid(vmid: number): void {
    for (const context of this.#contexts.keys()) if (vmidOf(context) === vmid) this.#contexts.delete(context);
  }
  flushAsid(vmid: number, asid: number): void {
    this.#contexts.delete(contextOf(vmid, asid));
  }
  flushVa(vmid: number, asid: number | undefined, vaHi: number, vaLo: number): void {
    this.#drop((e) => holdsVa(e, vmid, asid, vaHi, vaLo));
  }
  flushIpa(vmid: number, start: number, size: Bytes): void {
    this.#drop((e) => holdsIpa(e, vmid, start, size));
  }
  #drop(matches: (e: Scope) => boolean): void {
    for (const units of this.#contexts.values()) {
      for (const [unit, entry] of units) if (matches(entry)) units.delete(unit);
    }
  }
}

/** A TLB that keeps every translation until an invalidation names it: the harshest that the architecture allows. */
export const createStickyTlb = (): Tlb => new StickyTlb();
