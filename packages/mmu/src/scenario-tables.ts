/**
 * Random translation tables for scenarios: grown along the addresses that will be asked, so that sparse tables give deep
 * walks. Stage 1 tables are reached through stage 2: the IPA of a table is its machine address modulo 1 GiB, so that
 * any stage 2 leaf can map it.
 * Units: addresses in bytes, as numbers; descriptors as 64-bit values.
 */
import { DESCRIPTOR_SIZE, type GranuleLevels, LEAF_STAGE1, LEAF_STAGE2, type Level, type LevelRow, TABLE_STAGE1 } from "@granule/arm";
import { gib, mib, ModelBug } from "@granule/units";
import type { Random } from "./random.ts";

/** How one tree of tables is looked up. */
export interface Shape {
  readonly stage: 1 | 2;
  readonly levels: GranuleLevels;
  readonly inputBits: number;
  readonly startLevel: Level;
  readonly startIndexBits: number;
  /** Bits that outputs should fit. */
  readonly outputBits: number;
  /** Machine address of the initial table. */
  readonly root: number;
  /** What is added to a table's machine address to get the address that descriptors and TTBR hold. */
  readonly bias: number;
}

const LARGEST_LEAF = gib(1);
const MEM_ATTRS = [0b0000, 0b0001, 0b0010, 0b0011, 0b0101, 0b0110, 0b1001, 0b1010, 0b1111, 0b1111, 0b1111] as const;
const SHAREABILITY = [0, 2, 3] as const;
const big = (n: number): bigint => BigInt(n);

export class TableForest {
  readonly descriptors = new Map<number, bigint>();
  /** Stage 2's tree when it is on: outputs and tables of stage 1 are mapped in it. */
  stage2: Shape | undefined;
  readonly #random: Random;
  readonly #window: { readonly start: number; readonly size: number };
  /** Machine addresses without memory. */
  readonly #hole: { readonly start: number; readonly size: number };
  readonly #children = new Map<number, number>();
  #next: number;

  constructor(random: Random, window: { readonly start: number; readonly size: number }, hole: { readonly start: number; readonly size: number }) {
    this.#random = random;
    this.#window = window;
    this.#hole = hole;
    this.#next = window.start;
  }

  /** Memory for a table, aligned to its size; undefined when the window is full. */
  #allocate(size: number): number | undefined {
    const at = Math.ceil(this.#next / size) * size;
    if (at + size > this.#window.start + this.#window.size) return undefined;
    this.#next = at + size;
    return at;
  }

  /** A new tree with an empty initial table, aligned to no more than its own size. */
  root(s: Omit<Shape, "root" | "bias">): Shape {
    const root = this.#allocate(2 ** s.startIndexBits * DESCRIPTOR_SIZE);
    if (root === undefined) throw new ModelBug("the window has no room for an initial table");
    return { ...s, root, bias: s.stage === 1 ? this.#bias() : 0 };
  }

  /** The bias of stage 1 tables: into the lower half of the IPA space, by whole GiB. */
  #bias(): number {
    if (this.stage2 === undefined) return 0;
    const aliases = Math.floor(2 ** (this.stage2.inputBits - 1) / LARGEST_LEAF);
    return (aliases <= 1 ? 0 : this.#random.below(aliases)) * LARGEST_LEAF - LARGEST_LEAF;
  }

  /** The address that TTBR or VTTBR holds, reachable through stage 2. */
  addressOf(shape: Shape): number {
    return this.#reachable(shape, shape.root, 2 ** shape.startIndexBits * DESCRIPTOR_SIZE);
  }

  /** The address by which a stage 1 tree knows a table; maps it at stage 2. */
  #reachable(shape: Shape, table: number, size: number): number {
    const address = table + shape.bias;
    if (shape.stage === 1 && this.stage2 !== undefined)
      for (let at = address; at < address + size; at += this.stage2.levels.granule.size) this.place(this.stage2, at, table + (at - address));
    return address;
  }

  /** Maps a fresh random output of stage 1 (an IPA in the upper half) at stage 2, if that is on; the address. */
  placeOutput(bits: number): number {
    const stage2 = this.stage2;
    const half = 2 ** ((stage2?.inputBits ?? bits) - 1);
    // few distinct places, so that leaves are shared
    const at = half + this.#random.below(64) * Math.floor(half / 64) + this.#random.below(Math.min(half / 64, mib(8)));
    const input = this.#random.chance(0.03) ? this.#random.below(2 ** bits) + 2 ** Math.min(bits, 47) : at;
    if (stage2 !== undefined && input < 2 ** stage2.inputBits) this.place(stage2, input);
    return input;
  }

  /** An input address that shares tables with others of the tree. */
  randomInput(shape: Shape): number {
    const cluster = Math.floor(2 ** shape.inputBits / 4);
    return Math.min(2 ** shape.inputBits - 1, this.#random.below(4) * cluster + this.#random.below(this.#random.pick([cluster, mib(64), mib(2)])));
  }

  /**
   * Grows the tree along `input`. `forced`: the machine address that stage 2 must give, for what holds a table; then
   * nearly everything is permitted. Entries that exist stay.
   */
  place(shape: Shape, input: number, forced?: number): void {
    const { levels } = shape;
    let table = shape.root;
    let width = shape.startIndexBits;
    for (const row of levels.rows) {
      if (row.level < shape.startLevel) continue;
      const index = Math.floor(input / 2 ** row.shift) % 2 ** width;
      const at = table + index * DESCRIPTOR_SIZE;
      if (!this.descriptors.has(at)) this.#grow(shape, row, at, index, 2 ** width, input, forced);
      const child = this.#children.get(at);
      if (child === undefined) return;
      table = child;
      width = levels.stride;
    }
  }

  #grow(shape: Shape, row: LevelRow, at: number, index: number, entries: number, input: number, forced: number | undefined): void {
    const random = this.#random;
    const careful = forced !== undefined;
    if (random.chance(careful ? 0.002 : 0.03)) {
      // invalid, whatever the other bits are
      this.descriptors.set(at, this.#noise() & ~1n);
      return;
    }
    const wantsTable = row.level < 3 && (!row.leaf || random.chance(0.65));
    // also leaves where the architecture has none: blocks at level 0 or 1, the reserved encoding at level 3
    const illegal = random.chance(careful ? 0 : 0.02);
    if (wantsTable && !illegal) {
      this.#growTable(shape, at);
      return;
    }
    const type = illegal ? 1n : row.level === 3 ? 3n : 1n;
    const size = 2 ** row.shift;
    const run = row.contiguous;
    const first = index - (index % run);
    const free = run > 1 && first + run <= entries && random.chance(0.3) &&
      Array.from({ length: run }, (_, i) => at + (first + i - index) * DESCRIPTOR_SIZE).every((a) => !this.descriptors.has(a));
    const runSize = free ? run * size : size;
    const output = forced === undefined ? this.#output(shape, runSize) : forced - (input % runSize);
    // a forced output that is not congruent to the run cannot be one
    const contiguous = free && output % runSize === 0;
    const attributes = this.#leafAttributes(shape, careful) | type | (contiguous ? LEAF_STAGE1.encode({ Contiguous: 1 }) : 0n);
    if (contiguous) {
      for (let i = 0; i < run; i++) this.descriptors.set(at + (first + i - index) * DESCRIPTOR_SIZE, attributes | big(output + i * size));
    } else {
      const base = output - (output % size);
      // address bits below the leaf's size are RES0 and ignored
      const noise = !careful && random.chance(0.05) && size > shape.levels.granule.size ? random.below(size / shape.levels.granule.size) * shape.levels.granule.size : 0;
      this.descriptors.set(at, attributes | big(base + noise) | (careful || !random.chance(0.02) ? 0n : 1n << big(36 + random.below(12))));
    }
  }

  #growTable(shape: Shape, at: number): void {
    const random = this.#random;
    const size = shape.levels.granule.size;
    const table = this.#allocate(size);
    const inherited = shape.stage === 1 && random.chance(0.25)
      ? TABLE_STAGE1.encode({ APTable: random.below(4), XNTable: random.below(2), PXNTable: random.below(2) })
      : 0n;
    if (table === undefined || random.chance(0.01)) {
      // a table where there is no memory, or above the output size
      const bad = random.chance(0.5) ? this.#missing(shape, size) : 2 ** (40 + random.below(8));
      this.descriptors.set(at, big(bad) | 3n | inherited);
      return;
    }
    this.#children.set(at, table);
    // bits 11:2 and 58:52 are ignored in a table descriptor
    const ignored = random.chance(0.2) ? (big(random.below(2 ** 10)) << 2n) | (big(random.below(2 ** 7)) << 52n) : 0n;
    const address = this.#reachable(shape, table, size);
    this.descriptors.set(at, big(address) | 3n | inherited | ignored);
  }

  /** The address of a table that is not there: no memory, or an IPA of the upper half, where stage 2 maps none of the tables. */
  #missing(shape: Shape, size: number): number {
    const { start, size: bytes } = shape.stage === 1 && this.stage2 !== undefined
      ? { start: 2 ** (this.stage2.inputBits - 1), size: 2 ** (this.stage2.inputBits - 1) }
      : this.#hole;
    return start + this.#random.below(bytes / size) * size;
  }

  /** A random output aligned to `size`. For stage 1 it is one that stage 2 may know. */
  #output(shape: Shape, size: number): number {
    const at = shape.stage === 1 ? this.placeOutput(shape.outputBits) : gib(4) + this.#random.below(2 ** shape.outputBits - gib(4));
    return at - (at % size);
  }

  #leafAttributes(shape: Shape, careful: boolean): bigint {
    const random = this.#random;
    const AF = random.chance(careful ? 0.002 : 0.05) ? 0 : 1;
    const software = { SOFTWARE: random.below(16), SH: random.pick(SHAREABILITY) };
    if (shape.stage === 1) {
      return LEAF_STAGE1.encode({
        ...software, AF, AttrIndx: random.below(8), NS: random.below(2), AP: random.pick([1, 1, 1, 0, 2, 3]), nG: random.below(2),
        PXN: random.below(2), UXN: random.below(2),
      });
    }
    const S2AP = random.chance(careful ? 0.995 : 0.7) ? 3 : random.below(4);
    return LEAF_STAGE2.encode({ ...software, AF, S2AP, MemAttr: random.pick(MEM_ATTRS), XN: random.below(2) });
  }

  #noise(): bigint {
    return (big(this.#random.below(2 ** 32)) << 32n) | big(this.#random.below(2 ** 32));
  }
}
