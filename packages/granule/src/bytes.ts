/** Bytes of a payload: from a seed, and compared fast. */
import { createRandom } from "@granule/kit";
import type { Bytes } from "@granule/units";

/** Bytes that a seed gives. */
export function seededBytes(seed: string, size: Bytes): Uint8Array {
  const random = createRandom(seed);
  const words = new Int32Array(Math.ceil(size / 4));
  for (let i = 0; i < words.length; i++) words[i] = random() * 2 ** 32;
  return new Uint8Array(words.buffer, 0, size);
}

/** Index of the first byte that differs, or that only one has; -1: the same. */
export function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  let i = 0;
  // a word at a time, where both can be read so
  if (a.byteOffset % 4 === 0 && b.byteOffset % 4 === 0) {
    const words = Math.floor(length / 4);
    const x = new Int32Array(a.buffer, a.byteOffset, words);
    const y = new Int32Array(b.buffer, b.byteOffset, words);
    let w = 0;
    while (w < words && x[w] === y[w]) w++;
    i = w * 4;
  }
  while (i < length && a[i] === b[i]) i++;
  return i === length && a.length === b.length ? -1 : i;
}
