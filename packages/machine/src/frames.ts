/** First-fit allocator of one memory region, a bit for each 4096-byte frame; deterministic. */
import { add, BACKING_UNIT, type Bytes, distance, hex, ModelBug, type Pa, toNumber, XEN_PAGE } from "@granule/units";
import type { Json } from "@granule/kit";
import type { FrameAllocator, MachineMemory } from "./contract.ts";

/** `start` and `size` are multiples of BACKING_UNIT; the region is zero. Memory is scrubbed when it is freed. */
export function createFrameAllocator(memory: MachineMemory, start: Pa, size: Bytes): FrameAllocator {
  const unit = XEN_PAGE.size;
  const count = size / unit;
  /** 1: in use. */
  const used = new Uint8Array(count);
  let free = count;
  /** No frame below this index is free. */
  let hint = 0;
  const frames = (at: Pa, bytes: Bytes): { first: number; n: number } => {
    const first = distance(at, start) / unit;
    const n = bytes / unit;
    if (!Number.isInteger(first) || !Number.isInteger(n) || first < 0 || n <= 0 || first + n > count)
      throw new ModelBug(`frames ${hex(at)}+${hex(bytes)} are outside the region or not whole`);
    return { first, n };
  };
  const alloc = (bytes: Bytes, align: Bytes = BACKING_UNIT, phase: Bytes = 0): Pa | undefined => {
    if (bytes <= 0 || bytes % unit !== 0 || align % unit !== 0 || phase % unit !== 0) throw new ModelBug(`allocation of ${bytes} bytes at ${phase} modulo ${align}`);
    const n = bytes / unit;
    if (n > free) return undefined;
    const step = align / unit;
    const origin = toNumber(start) / unit;
    let i = hint;
    i += (((phase / unit - origin - i) % step) + step) % step;
    search: for (; i + n <= count; ) {
      for (let k = n - 1; k >= 0; k--)
        if (used[i + k] === 1) {
          const from = i + k + 1;
          i = from + ((((phase / unit - origin - from) % step) + step) % step);
          continue search;
        }
      used.fill(1, i, i + n);
      free -= n;
      while (hint < count && used[hint] === 1) hint++;
      return add(start, i * unit);
    }
    return undefined;
  };
  return {
    start, size, alloc,
    free(at, bytes) {
      const { first, n } = frames(at, bytes);
      for (let i = first; i < first + n; i++) {
        if (used[i] !== 1) throw new ModelBug(`machine frame ${hex(add(start, i * unit))} is freed twice`);
        used[i] = 0;
      }
      free += n;
      hint = Math.min(hint, first);
      // at once, so that nothing of the owner outlives it; new memory is zero, so alloc need not
      memory.fill(at, bytes, 0);
    },
    freeBytes: () => free * unit,
    isFree: (at) => used[frames(at, unit).first] === 0,
    save: (): Json => runs(used),
    load(state) {
      used.fill(0);
      if (!Array.isArray(state)) throw new ModelBug("frame allocator: torn state");
      let at = 0;
      let value = 0;
      for (const n of state) {
        used.fill(value, at, at + Number(n));
        at += Number(n);
        value ^= 1;
      }
      free = used.reduce((sum, u) => sum + (1 - u), 0);
      hint = 0;
      while (hint < count && used[hint] === 1) hint++;
    },
  };
}

/** Lengths of alternating runs of 0 and 1, starting with 0. */
function runs(bits: Uint8Array): number[] {
  const out: number[] = [];
  let value = 0;
  let n = 0;
  for (const b of bits) {
    if (b !== value) {
      out.push(n);
      n = 0;
      value = b;
    }
    n++;
  }
  out.push(n);
  return out;
}
