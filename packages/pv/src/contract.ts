/**
 * What the views of a shared ring need from the memory between two ends. Offsets are bytes from the ring's start; a
 * ring is as large as its ends agreed, and no size here is a page.
 */
import type { Trap } from "@granule/machine";
import type { Bytes } from "@granule/units";

/** Shared memory that this end can load from and store to. The 4-byte ones are single-copy atomic; `offset` is a multiple of 4. */
export interface SharedWords {
  load32(offset: Bytes): number;
  store32(offset: Bytes, value: number): void;
  /** Fills `into` from `offset`. */
  load(offset: Bytes, into: Uint8Array): void;
  store(offset: Bytes, from: Uint8Array): void;
  /** Full barrier: nothing after it is observed before what stands before it. */
  barrier(): void;
}

export type RingMode = "mapped" | "copied";

/**
 * Shared memory as a list of transfers, so that an end that cannot map it can let the hypervisor copy. Transfers are
 * done by {@link commit}, in the order they were queued, with a full barrier between two; one of 4 bytes at a multiple
 * of 4 is single-copy atomic.
 */
export interface RingAccess {
  readonly mode: RingMode;
  /** Bytes that may be reached. */
  readonly size: Bytes;
  /** Queues shared -> private. */
  load(offset: Bytes, into: Uint8Array): void;
  /** Queues private -> shared; `from` must not change before {@link commit} has returned. */
  store(offset: Bytes, from: Uint8Array): void;
  /** False: a transfer failed, {@link fault} says why, and those after it may not have been done. */
  commit(): Trap<boolean>;
  /** Why the last commit failed; empty when none did. */
  readonly fault: string;
}
