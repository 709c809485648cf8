/**
 * The tables of one tree in memory: reading and writing single descriptors, and table memory with a reserve, so that an
 * operation that runs out of tables fails before it has changed anything.
 * Units: addresses in bytes, as numbers; a descriptor is two 32-bit words.
 */
import { DESCRIPTOR_SIZE, DESCRIPTOR_TABLE, DESCRIPTOR_TYPE_MASK, DESCRIPTOR_VALID, type Geometry, type LevelRow } from "@granule/arm";
import { add, type Address, type Bytes, ModelBug, toNumber } from "@granule/units";
import type { TableOwner } from "./contract.ts";
import { ADDRESS_HI } from "./words.ts";

const WORD = 2 ** 32;
const HALF = DESCRIPTOR_SIZE / 2;

export class TableStore<S extends "ipa" | "pa"> {
  readonly owner: TableOwner<S>;
  readonly root: Address<S>;
  /** Bytes of the initial table, concatenation included. */
  readonly rootBytes: Bytes;
  /** Rows from the initial level to level 3; a depth indexes them. */
  readonly path: readonly LevelRow[];
  /** The last depth: pages. */
  readonly last: number;
  readonly #sizes: readonly Bytes[];
  readonly #startEntries: number;
  readonly #entries: number;
  readonly #tableSize: Bytes;
  readonly #reserve: number[] = [];
  /** Valid entries of a table, by its number; tables that nobody has asked about are absent. */
  readonly #valid = new Map<number, number>();
  #held: Bytes;

  private constructor(owner: TableOwner<S>, geometry: Geometry, root: Address<S>, rootBytes: Bytes) {
    this.owner = owner;
    this.root = root;
    this.rootBytes = rootBytes;
    this.path = geometry.levels.rows.filter((row) => row.level >= geometry.startLevel);
    this.last = this.path.length - 1;
    this.#sizes = this.path.map((row) => 2 ** row.shift);
    this.#startEntries = 2 ** geometry.startIndexBits;
    this.#entries = 2 ** geometry.levels.stride;
    this.#tableSize = geometry.levels.granule.size;
    this.#held = rootBytes;
  }

  /** A store with an empty initial table; undefined when the owner has no memory for that. */
  static create<S extends "ipa" | "pa">(owner: TableOwner<S>, geometry: Geometry): TableStore<S> | undefined {
    const rootBytes = Math.max(geometry.tables * geometry.levels.granule.size, geometry.levels.granule.size);
    const root = owner.allocTable(rootBytes);
    if (root === undefined) return undefined;
    const store = new TableStore(owner, geometry, root, rootBytes);
    if (owner.givesZeroes !== true) store.scrub(toNumber(root), rootBytes);
    return store;
  }
  /** A store over tables that are in memory already, `heldBytes` of them: a restored snapshot's. */
  static adopt<S extends "ipa" | "pa">(owner: TableOwner<S>, geometry: Geometry, root: Address<S>, heldBytes: Bytes): TableStore<S> {
    const store = new TableStore(owner, geometry, root, Math.max(geometry.tables * geometry.levels.granule.size, geometry.levels.granule.size));
    store.#held = heldBytes;
    return store;
  }

  get heldBytes(): Bytes {
    return this.#held;
  }
  row(depth: number): LevelRow {
    const row = this.path[depth];
    if (row === undefined) throw new ModelBug(`no lookup at depth ${depth}`);
    return row;
  }
  /** Bytes that an entry at a depth covers. */
  size(depth: number): Bytes {
    const size = this.#sizes[depth];
    if (size === undefined) throw new ModelBug(`no lookup at depth ${depth}`);
    return size;
  }
  /** Entries of a table at a depth. */
  entries(depth: number): number {
    return depth === 0 ? this.#startEntries : this.#entries;
  }

  #at(address: number): Address<S> {
    return add(this.root, address - toNumber(this.root));
  }
  lo(at: number): number {
    return this.owner.memory.load32(this.#at(at)) | 0;
  }
  hi(at: number): number {
    return this.owner.memory.load32(this.#at(at + HALF)) | 0;
  }
  isValid(lo: number): boolean {
    return (lo & DESCRIPTOR_VALID) !== 0;
  }
  isTable(depth: number, lo: number): boolean {
    return depth < this.last && (lo & DESCRIPTOR_TYPE_MASK) === DESCRIPTOR_TABLE;
  }
  /** The address in a descriptor, aligned to `2^shift` bytes. */
  addressIn(hi: number, lo: number, shift: number): number {
    return (hi & ADDRESS_HI) * WORD + ((lo & (-1 << shift)) >>> 0);
  }
  /** The next table of a table descriptor at `at`. */
  child(at: number): number {
    return this.addressIn(this.hi(at), this.lo(at), this.row(this.last).shift);
  }

  #count(at: number, by: 1 | -1): void {
    const table = Math.floor(at / this.#tableSize);
    const known = this.#valid.get(table);
    if (known !== undefined) this.#valid.set(table, known + by);
  }
  /** Makes an entry valid; it was not (break-before-make). The word with the valid bit is written last. */
  write(at: number, hi: number, lo: number): void {
    if (this.isValid(this.lo(at))) throw new ModelBug(`descriptor at 0x${at.toString(16)} is replaced while valid`);
    this.#count(at, 1);
    this.owner.memory.store32(this.#at(at + HALF), hi);
    this.owner.memory.store32(this.#at(at), lo);
  }
  /** Makes an entry invalid, its valid bit first. */
  clear(at: number): void {
    if (this.isValid(this.lo(at))) this.#count(at, -1);
    this.owner.memory.store32(this.#at(at), 0);
    this.owner.memory.store32(this.#at(at + HALF), 0);
  }
  /** Links a table. */
  link(at: number, table: number): void {
    this.write(at, Math.floor(table / WORD), (table >>> 0) | DESCRIPTOR_TABLE);
  }
  scrub(table: number, size: Bytes): void {
    for (let at = table; at < table + size; at += DESCRIPTOR_SIZE) if (this.lo(at) !== 0 || this.hi(at) !== 0) this.clear(at);
  }
  /** True when no entry of a table (not of an initial one) is valid. Counted at the first question, kept up to date since. */
  isEmpty(depth: number, table: number): boolean {
    const number = Math.floor(table / this.#tableSize);
    let valid = this.#valid.get(number);
    if (valid === undefined) {
      valid = 0;
      for (let i = 0; i < this.entries(depth); i++) if (this.isValid(this.lo(table + i * DESCRIPTOR_SIZE))) valid++;
      this.#valid.set(number, valid);
    }
    return valid === 0;
  }

  /** Puts `count` zeroed tables aside; false, and none taken, when the owner has too few. */
  reserve(count: number): boolean {
    for (let i = 0; i < count; i++) {
      const table = this.owner.allocTable(this.#tableSize);
      if (table === undefined) {
        this.releaseReserve();
        return false;
      }
      if (this.owner.givesZeroes !== true) this.scrub(toNumber(table), this.#tableSize);
      this.#valid.set(toNumber(table) / this.#tableSize, 0);
      this.#held += this.#tableSize;
      this.#reserve.push(toNumber(table));
    }
    return true;
  }
  take(): number {
    const table = this.#reserve.pop();
    if (table === undefined) throw new ModelBug("an operation needs more tables than it counted");
    return table;
  }
  releaseReserve(): void {
    for (let table = this.#reserve.pop(); table !== undefined; table = this.#reserve.pop()) this.#give(table, this.#tableSize);
  }
  /** Gives back unlinked tables, whose entries were all cleared; the caller has flushed. */
  free(tables: readonly number[]): void {
    for (const table of tables) this.#give(table, this.#tableSize);
  }
  freeRoot(): void {
    this.#give(toNumber(this.root), this.rootBytes);
  }
  #give(table: number, size: Bytes): void {
    this.#valid.delete(Math.floor(table / this.#tableSize));
    this.owner.freeTable(this.#at(table), size);
    this.#held -= size;
  }
}
