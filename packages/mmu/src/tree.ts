/**
 * Builds translation tables of either stage. Every change follows break-before-make: entries are made invalid, the
 * owner's flush runs, then new entries are written. Leaves are as large as alignment allows, contiguous runs included.
 * Source: Arm ARM DDI 0487, D8.13 "Translation Lookaside Buffers": "Using break-before-make when updating translation
 * table entries"; D8.6.1 "The Contiguous bit".
 * Inside, inputs count from the tree's first address in bytes (`origin` for a TTBR1 half is not 0).
 */
import { DESCRIPTOR_BLOCK, DESCRIPTOR_PAGE, DESCRIPTOR_SIZE, type Geometry } from "@granule/arm";
import { type Address, type Bytes, DONE, fail, hex, type Range, type Result, toNumber } from "@granule/units";
import type { FoundLeaf, Leaf, TableOwner, TableTree } from "./contract.ts";
import { TableStore } from "./table-store.ts";
import { isLeafAllowed, type Plan, tablesNeeded } from "./tree-plan.ts";
import { findLeaf, leafAt } from "./tree-read.ts";
import { ADDRESS_HI, type AttributeCodec, CONTIGUOUS_HI, type Words } from "./words.ts";

const WORD = 2 ** 32;
/** What a tree may use beside pages. */
export interface TreeOptions {
  /** Blocks where alignment allows (default true). */
  readonly blocks?: boolean;
  /** Contiguous runs where alignment allows (default true). */
  readonly contiguous?: boolean;
}
interface TreeConfig<A> extends Required<TreeOptions> {
  readonly geometry: Geometry;
  /** First input address in bytes. */
  readonly origin: number;
  readonly outputBits: number;
  readonly codec: AttributeCodec<A>;
}
type Outcome = Result<void, "EINVAL" | "ENOMEM">;

class Tree<I extends "va" | "ipa", O extends "ipa" | "pa", A> implements TableTree<I, O, A> {
  readonly #store: TableStore<O>;
  readonly #config: TreeConfig<A>;
  readonly #limit: number;
  constructor(store: TableStore<O>, config: TreeConfig<A>) {
    this.#store = store;
    this.#config = config;
    this.#limit = 2 ** config.geometry.inputBits;
  }

  get granule() {
    return this.#config.geometry.levels.granule;
  }
  get inputBits(): number {
    return this.#config.geometry.inputBits;
  }
  get root(): Address<O> {
    return this.#store.root;
  }
  tableBytes(): Bytes {
    return this.#store.heldBytes;
  }

  map(input: Range<I>, output: Address<O>, attributes: A): Outcome {
    const from = this.#inputOf(input.start);
    const to = from + input.size;
    const out = toNumber(output);
    const outputLimit = 2 ** this.#config.outputBits;
    if (!this.granule.isAligned(out)) return fail("EINVAL", `output ${hex(out)} is not a multiple of the granule of ${this.granule.size} bytes`);
    if (out < 0 || out + input.size > outputLimit) return fail("EINVAL", `output ${hex(out)}+${hex(input.size)} ends above the output limit ${hex(outputLimit)}`);
    return this.#change({ from, to, output: out, wholesale: true }, () => {
      this.#invalidate(from, to);
      this.#fill(0, toNumber(this.root), 0, from, to, out, this.#config.codec.encode(attributes));
    });
  }

  unmap(input: Range<I>): Outcome {
    const from = this.#inputOf(input.start);
    const to = from + input.size;
    return this.#change({ from, to, output: undefined, wholesale: true }, () => {
      const doomed: number[] = [];
      if (this.#clear(0, toNumber(this.root), 0, from, to, doomed)) this.#flush(from, to);
      this.#store.free(doomed);
    });
  }

  protect(input: Range<I>, attributes: A): Outcome {
    const from = this.#inputOf(input.start);
    const to = from + input.size;
    return this.#change({ from, to, output: undefined, wholesale: false }, () => {
      const kept: (readonly [at: number, hi: number, lo: number])[] = [];
      this.#eachLeaf(0, toNumber(this.root), 0, from, to, (at, depth) => {
        const mask = -1 << this.#store.row(depth).shift;
        kept.push([at, this.#store.hi(at) & (ADDRESS_HI | CONTIGUOUS_HI), this.#store.lo(at) & (mask | DESCRIPTOR_PAGE)]);
        this.#store.clear(at);
      });
      if (kept.length === 0) return;
      this.#flush(from, to);
      const words = this.#config.codec.encode(attributes);
      for (const [at, hi, lo] of kept) this.#store.write(at, hi | words.hi, lo | words.lo);
    });
  }

  lookup(at: Address<I>): Leaf<A> | undefined {
    const input = this.#inputOf(at);
    return input < 0 || input >= this.#limit ? undefined : leafAt(this.#store, this.#config, input, input).leaf;
  }

  find(at: Address<I>, found: FoundLeaf): boolean {
    const input = this.#inputOf(at);
    return input >= 0 && input < this.#limit && findLeaf(this.#store, this.#config.codec, input, found);
  }

  *leaves(input: Range<I>): Generator<Leaf<A>, void, void> {
    const from = this.#inputOf(input.start);
    const to = Math.min(from + input.size, this.#limit);
    for (let at = Math.max(0, from); at < to; ) {
      const { leaf, end } = leafAt<A, O>(this.#store, this.#config, at, to);
      if (leaf !== undefined) yield leaf;
      at = end;
    }
  }

  destroy(): void {
    const doomed: number[] = [];
    this.#clear(0, toNumber(this.root), 0, 0, this.#limit, doomed);
    this.#flush(0, this.#limit);
    this.#store.free(doomed);
    this.#store.freeRoot();
  }

  #inputOf(at: Address<I>): number {
    return toNumber(at) - this.#config.origin;
  }
  #flush(from: number, to: number): void {
    this.#store.owner.flush(this.#config.origin + from, to - from);
  }

  /** Checks a range, reserves the tables an operation needs, cuts leaves at the range's ends, then runs it. */
  #change(plan: Plan, run: () => void): Outcome {
    const { from, to } = plan;
    const size = to - from;
    if (!this.granule.isAligned(from) || !this.granule.isAligned(size) || size < 0)
      return fail("EINVAL", `range ${hex(from)}+${hex(size)} is not a multiple of the granule of ${this.granule.size} bytes`);
    if (from < 0 || to > this.#limit) return fail("EINVAL", `range ${hex(from)}+${hex(size)} leaves the input size of ${this.inputBits} bits`);
    if (size === 0) return DONE;
    const needed = tablesNeeded(this.#store, this.#config, plan);
    if (!this.#store.reserve(needed)) return fail("ENOMEM", `no memory for ${needed} translation tables of ${this.granule.size} bytes`);
    this.#cutAt(from);
    this.#cutAt(to);
    run();
    this.#store.releaseReserve();
    return DONE;
  }

  /** Makes `boundary` a boundary between leaves and between contiguous runs. */
  #cutAt(boundary: number): void {
    if (boundary === 0 || boundary === this.#limit) return;
    const store = this.#store;
    let table = toNumber(store.root);
    let base = 0;
    for (let depth = 0; ; depth++) {
      const row = store.row(depth);
      const size = store.size(depth);
      const index = Math.floor((boundary - base) / size);
      const at = table + index * DESCRIPTOR_SIZE;
      const lo = store.lo(at);
      if (!store.isValid(lo)) return;
      if (!store.isTable(depth, lo)) {
        const inRun = (store.hi(at) & CONTIGUOUS_HI) !== 0;
        if (inRun && boundary % (size * row.contiguous) !== 0) this.#breakRun(depth, table, base, index);
        if (boundary % size === 0) return;
        this.#split(depth, at, base + index * size);
      } else if (boundary % size === 0) return;
      table = store.child(at);
      base += index * size;
    }
  }

  /** Rewrites a contiguous run as single leaves. */
  #breakRun(depth: number, table: number, base: number, index: number): void {
    const store = this.#store;
    const row = store.row(depth);
    const first = index - (index % row.contiguous);
    const entries = Array.from({ length: row.contiguous }, (_, i) => {
      const at = table + (first + i) * DESCRIPTOR_SIZE;
      return { at, hi: store.hi(at), lo: store.lo(at) };
    });
    for (const e of entries) store.clear(e.at);
    const start = base + first * store.size(depth);
    this.#flush(start, start + row.contiguous * store.size(depth));
    for (const e of entries) store.write(e.at, e.hi & ~CONTIGUOUS_HI, e.lo);
  }

  /** Replaces the block at `at`, which begins at input `start`, by a table of the next level's leaves. */
  #split(depth: number, at: number, start: number): void {
    const store = this.#store;
    const hi = store.hi(at);
    const lo = store.lo(at);
    const row = store.row(depth);
    const next = store.row(depth + 1);
    const words = { hi: hi & ~(ADDRESS_HI | CONTIGUOUS_HI), lo: lo & ~((-1 << row.shift) | DESCRIPTOR_PAGE) };
    const output = store.addressIn(hi, lo, row.shift);
    const table = store.take();
    const entries = store.entries(depth + 1);
    const size = store.size(depth + 1);
    const runs = this.#config.contiguous && next.contiguous > 1;
    // below a block level there are only leaf levels
    for (let i = 0; i < entries; i++) this.#writeLeaf(depth + 1, table + i * DESCRIPTOR_SIZE, output + i * size, words, runs);
    store.clear(at);
    this.#flush(start, start + store.size(depth));
    store.link(at, table);
  }

  #writeLeaf(depth: number, at: number, output: number, words: Words, contiguous: boolean): void {
    const type = depth === this.#store.last ? DESCRIPTOR_PAGE : DESCRIPTOR_BLOCK;
    this.#store.write(at, words.hi | Math.floor(output / WORD) | (contiguous ? CONTIGUOUS_HI : 0), words.lo | (output >>> 0) | type);
  }

  /** Calls `visit` for each leaf entry in the range; leaves do not cross its ends. */
  #eachLeaf(depth: number, table: number, base: number, from: number, to: number, visit: (at: number, depth: number) => void): void {
    const size = this.#store.size(depth);
    for (let entry = from - (from % size); entry < to; entry += size) {
      const at = table + ((entry - base) / size) * DESCRIPTOR_SIZE;
      const lo = this.#store.lo(at);
      if (!this.#store.isValid(lo)) continue;
      if (this.#store.isTable(depth, lo)) this.#eachLeaf(depth + 1, this.#store.child(at), entry, Math.max(from, entry), Math.min(to, entry + size), visit);
      else visit(at, depth);
    }
  }

  /** Makes every leaf of the range invalid and flushes once; tables stay, to be filled. */
  #invalidate(from: number, to: number): void {
    let any = false;
    this.#eachLeaf(0, toNumber(this.root), 0, from, to, (at) => {
      any = true;
      this.#store.clear(at);
    });
    if (any) this.#flush(from, to);
  }

  /** Makes the range invalid and unlinks tables that end up empty into `doomed`; true when a flush is due. */
  #clear(depth: number, table: number, base: number, from: number, to: number, doomed: number[]): boolean {
    const store = this.#store;
    const size = store.size(depth);
    let any = false;
    for (let entry = from - (from % size); entry < to; entry += size) {
      const at = table + ((entry - base) / size) * DESCRIPTOR_SIZE;
      const lo = store.lo(at);
      if (!store.isValid(lo)) continue;
      if (!store.isTable(depth, lo)) {
        store.clear(at);
        any = true;
        continue;
      }
      const child = store.child(at);
      const end = Math.min(to, entry + size);
      any = this.#clear(depth + 1, child, entry, Math.max(from, entry), end, doomed) || any;
      if (!store.isEmpty(depth + 1, child)) continue;
      store.clear(at);
      doomed.push(child);
      any = true;
    }
    return any;
  }

  /** Writes leaves over a range without any. */
  #fill(depth: number, table: number, base: number, from: number, to: number, output: number, words: Words): void {
    const store = this.#store;
    const row = store.row(depth);
    const size = store.size(depth);
    const runSize = size * row.contiguous;
    const runs = this.#config.contiguous && row.contiguous > 1 && row.contiguous <= store.entries(depth);
    const delta = output - from;
    for (let at = from; at < to; ) {
      const entry = at - (at % size);
      const end = Math.min(to, entry + size);
      const where = table + ((entry - base) / size) * DESCRIPTOR_SIZE;
      const whole = at === entry && end === entry + size;
      if (whole && isLeafAllowed(this.#store, this.#config, depth) && (entry + delta) % size === 0) {
        this.#dropEmptyTable(depth, where, entry);
        const run = entry - (entry % runSize);
        const contiguous = runs && run >= from && run + runSize <= to && (run + delta) % runSize === 0;
        this.#writeLeaf(depth, where, entry + delta, words, contiguous);
      } else {
        if (!store.isValid(store.lo(where))) store.link(where, store.take());
        this.#fill(depth + 1, store.child(where), entry, at, end, at + delta, words);
      }
      at = end;
    }
  }

  /** Unlinks the table at an entry that becomes a leaf; it and what is below have no leaves. */
  #dropEmptyTable(depth: number, at: number, entry: number): void {
    const store = this.#store;
    if (!store.isTable(depth, store.lo(at))) return;
    const doomed = [store.child(at)];
    const size = store.size(depth);
    this.#clear(depth + 1, store.child(at), entry, entry, entry + size, doomed);
    store.clear(at);
    this.#flush(entry, entry + size);
    store.free(doomed);
  }
}

/** Tables that are in memory already: where they start, and how many bytes of them there are. */
export interface AdoptedTables<O extends "ipa" | "pa"> {
  readonly root: Address<O>;
  readonly bytes: Bytes;
}
/** A tree with an empty initial table, or over adopted ones; ENOMEM when the owner has no memory for that. */
export function createTree<I extends "va" | "ipa", O extends "ipa" | "pa", A>(
  owner: TableOwner<O>, config: TreeConfig<A>, adopted?: AdoptedTables<O>,
): Result<TableTree<I, O, A>, "ENOMEM"> {
  const store = adopted === undefined ? TableStore.create(owner, config.geometry) : TableStore.adopt(owner, config.geometry, adopted.root, adopted.bytes);
  if (store === undefined) return fail("ENOMEM", `no memory for an initial table of granule ${config.geometry.levels.granule.name}`);
  return { ok: true, value: new Tree<I, O, A>(store, config) };
}
