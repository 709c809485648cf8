/**
 * Handle numbers of one domain's mappings. The free list is the one that Xen 4.17 shows: first in, first out; numbers
 * come in chunks; a new chunk is opened when one free number is left, and goes in front of it.
 */
import { type Json, jsonList, jsonNumber, jsonObject } from "@granule/kit";
import { ModelBug, XEN_PAGE } from "@granule/units";

/** Numbers of a chunk: 16-byte entries in a frame of 4096 bytes. */
export const HANDLE_CHUNK = XEN_PAGE.size / 16;

export interface Handles<M> {
  /** A free number, or -1. */
  take(): number;
  /** Can {@link take} answer? */
  hasFree(): boolean;
  /** To the tail of the free list. */
  giveBack(handle: number): void;
  set(handle: number, mapping: M): void;
  get(handle: number): M | undefined;
  /** Ascending. */
  entries(): Generator<readonly [number, M], void, void>;
  /** Numbers that can still be taken. */
  free(): number;
  /** Mappings held. */
  used(): number;
  saveList(): Json;
  loadList(state: Json | undefined): void;
}

/** `limit`: most numbers, a multiple of {@link HANDLE_CHUNK}. */
export function createHandles<M>(limit: number): Handles<M> {
  let next: number[] = [];
  const mappings: (M | undefined)[] = [];
  let head = -1;
  let tail = -1;
  let free = 0;
  let used = 0;
  const open = (): void => {
    const first = next.length;
    for (let h = first; h < first + HANDLE_CHUNK; h++) next.push(h + 1);
    const last = next.length - 1;
    next[last] = head;
    if (head < 0) tail = last;
    head = first;
    free += HANDLE_CHUNK;
  };
  const hasFree = (): boolean => free > 1 || next.length < limit;
  return {
    hasFree,
    take() {
      if (!hasFree()) return -1;
      if (free <= 1) open();
      const h = head;
      head = next[h] ?? -1;
      free--;
      return h;
    },
    giveBack(handle) {
      if (mappings[handle] !== undefined) {
        mappings[handle] = undefined;
        used--;
      }
      next[handle] = -1;
      if (tail >= 0 && free > 0) next[tail] = handle;
      else head = handle;
      tail = handle;
      free++;
    },
    set(handle, mapping) {
      if (mappings[handle] !== undefined) throw new ModelBug(`handle ${handle} is in use`);
      mappings[handle] = mapping;
      used++;
    },
    get: (handle) => mappings[handle],
    *entries() {
      for (let h = 0; h < mappings.length; h++) {
        const m = mappings[h];
        if (m !== undefined) yield [h, m];
      }
    },
    free: () => Math.max(0, free + (limit - next.length) - 1),
    used: () => used,
    saveList() {
      const list: number[] = [];
      for (let h = head; h >= 0 && list.length < free; h = next[h] ?? -1) list.push(h);
      return { opened: next.length, list };
    },
    loadList(state) {
      const s = jsonObject(state, "handles");
      const list = jsonList(s["list"], "free handles").map((h) => jsonNumber(h, "a free handle"));
      next = Array.from({ length: jsonNumber(s["opened"], "opened handles") }, () => -1);
      mappings.length = 0;
      used = 0;
      list.forEach((h, i) => (next[h] = list[i + 1] ?? -1));
      head = list[0] ?? -1;
      tail = list[list.length - 1] ?? -1;
      free = list.length;
    },
  };
}
