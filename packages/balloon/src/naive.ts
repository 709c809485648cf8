/** The balloon as sets of 4096-byte pieces, without tables or bits: the truth that tests compare with. Pieces are numbered from the start of RAM. */
import { type Bytes, XEN_PAGE } from "@granule/units";

const A: Bytes = XEN_PAGE.size;

export class Naive {
  readonly g: number;
  readonly maximum: Bytes;
  readonly ram = new Set<number>();
  readonly pending = new Set<number>();
  /** Held pieces by their number, while they are RAM. */
  readonly held = new Set<number>();
  /** Given up while held, or mapped over. */
  orphans = 0;
  givenUpHeld = 0;
  constructor(g: Bytes, size: Bytes, maximum: Bytes) {
    this.g = g / A;
    this.maximum = maximum;
    for (let i = 0; i < size / A; i++) this.ram.add(i);
  }
  get owned(): number {
    return this.ram.size + this.orphans + this.givenUpHeld;
  }
  private range(first: number, n: number): number[] {
    return Array.from({ length: n }, (_, i) => first + i);
  }
  private drop(pieces: readonly number[]): void {
    for (const p of pieces) {
      this.ram.delete(p);
      if (this.held.delete(p)) this.givenUpHeld++;
      this.forget(p);
    }
  }
  private forget(p: number): void {
    const start = p - (p % this.g);
    for (let i = start; i < start + this.g; i++) this.pending.delete(i);
  }
  private check(list: readonly number[]): string | undefined {
    if (!list.every((p) => this.ram.has(p))) return "ENOENT";
    return list.some((p) => this.held.has(p)) ? "EBUSY" : undefined;
  }
  decrease(firsts: readonly number[], n: number): number {
    for (const [i, first] of firsts.entries()) {
      if (first % this.g !== 0 || n % this.g !== 0) return i;
      for (let p = first; p < first + n; p += this.g) {
        const granule = this.range(p, this.g);
        if (!granule.every((q) => this.ram.has(q))) return i;
        this.drop(granule);
      }
    }
    return firsts.length;
  }
  populateV1(firsts: readonly number[], n: number): number {
    for (const [i, first] of firsts.entries()) {
      if (first % this.g !== 0 || n % this.g !== 0 || (this.owned + n) * A > this.maximum) return i;
      for (const p of this.range(first, n)) {
        if (this.ram.has(p)) {
          this.orphans++;
          // the frame keeps its reference, but has no address any more
          this.held.delete(p);
          this.forget(p);
        }
        this.ram.add(p);
      }
    }
    return firsts.length;
  }
  release(first: number, n: number): string | undefined {
    if (n % this.g !== 0) return "EXDEV";
    const wrong = this.check(this.range(first, n));
    if (wrong === undefined) this.drop(this.range(first, n));
    return wrong;
  }
  populate(first: number, n: number): string | undefined {
    if (n % this.g !== 0) return "EXDEV";
    if (this.range(first, n).some((p) => this.ram.has(p))) return "EEXIST";
    if ((this.owned + n) * A > this.maximum) return "ENOMEM";
    for (const p of this.range(first, n)) this.ram.add(p);
    return undefined;
  }
  accumulate(first: number, n: number): string | number {
    const pieces = this.range(first, n);
    const wrong = this.check(pieces);
    if (wrong !== undefined) return wrong;
    if (n < this.g) {
      const granule = this.range(first - (first % this.g), this.g);
      if (!granule.every((p) => this.pending.has(p) || pieces.includes(p))) {
        for (const p of pieces) this.pending.add(p);
        return 0;
      }
      const late = this.check(granule);
      if (late !== undefined) return late;
      this.drop(granule);
      return this.g * A;
    }
    this.drop(pieces);
    return n * A;
  }
}
