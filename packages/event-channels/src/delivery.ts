/** How an event reaches a guest: the part that differs between the 2-level and the FIFO ABI. */
import type { Channel } from "./ports.ts";

/** All words that it reads are the guest's to write: none is trusted, and no loop depends on one. */
export interface Delivery {
  /** Ports below this number (exclusive) can be delivered. */
  readonly portLimit: number;
  /** Makes the port pending, and raises the upcall of its vcpu when it is not masked. */
  raise(c: Channel): void;
  /** The port is closed: no longer pending. */
  clear(c: Channel): void;
  /** Clears the mask; a pending event is delivered. */
  unmask(c: Channel): void;
  isPending(c: Channel): boolean;
  isMasked(c: Channel): boolean;
  /** A free port that must not be given out yet, because the guest still has it in a queue. */
  isBusy(c: Channel): boolean;
}
