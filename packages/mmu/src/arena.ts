/** A small machine memory with an allocator of tables, for tests and benchmarks. */
import { add, type Address, type Bytes, toNumber } from "@granule/units";
import type { TableMemory } from "./contract.ts";

export interface Arena<S extends "ipa" | "pa"> {
  readonly memory: TableMemory<S>;
  readonly words: Int32Array;
  allocTable(size: Bytes): Address<S> | undefined;
  freeTable(at: Address<S>, size: Bytes): void;
  /** Bytes handed out and not given back. */
  inUse(): Bytes;
  /** Most bytes that may be in use; lower it to run out. */
  limit: Bytes;
}

/** `size` bytes from `start`, which is a multiple of the largest table that will be asked for. */
export function createArena<S extends "ipa" | "pa">(start: Address<S>, size: Bytes): Arena<S> {
  const words = new Int32Array(size / 4);
  const base = toNumber(start);
  /** Free runs by size: tables are few sizes, so that exact reuse is enough. */
  const free = new Map<Bytes, number[]>();
  let next = 0;
  let used = 0;
  const arena: Arena<S> = {
    words,
    limit: size,
    memory: {
      contains: (at) => toNumber(at) >= base && toNumber(at) < base + size,
      load32: (at) => words[(toNumber(at) - base) / 4] ?? 0,
      store32: (at, value) => {
        words[(toNumber(at) - base) / 4] = value;
      },
    },
    allocTable: (bytes) => {
      if (used + bytes > arena.limit) return undefined;
      let at = free.get(bytes)?.pop();
      if (at === undefined) {
        at = Math.ceil(next / bytes) * bytes;
        if (at + bytes > size) return undefined;
        next = at + bytes;
      }
      used += bytes;
      return add(start, at);
    },
    freeTable: (at, bytes) => {
      used -= bytes;
      const list = free.get(bytes);
      if (list === undefined) free.set(bytes, [toNumber(at) - base]);
      else list.push(toNumber(at) - base);
    },
    inUse: () => used,
  };
  return arena;
}
