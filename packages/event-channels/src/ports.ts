/** The ports of one domain: which exist, which are free, what each is bound to. Knows nothing of how events reach a guest. */
import { C } from "@granule/xen-abi";
import type { PortState } from "./contract.ts";

/** Ports come to exist this many at a time (observed on Xen 4.17: status of a port that does not exist is EINVAL). */
const BUCKET = 64;

/** One port. Port 0 exists and is never used. */
export interface Channel {
  readonly port: number;
  state: PortState;
  /** The vcpu whose upcall it raises. */
  vcpu: number;
  /** `unbound`, `interdomain`. */
  remoteDomid: number;
  /** `interdomain`. */
  remotePort: number;
  virq: number;
  /** FIFO: was once raised while the array had no word for it. */
  owed: boolean;
  /** FIFO: queue of the next link. */
  priority: number;
  /** FIFO: queue (vcpu * MAX_QUEUES + priority) where it was linked last. */
  lastQueue: number;
}

const createChannel = (port: number): Channel =>
  ({ port, state: "closed", vcpu: 0, remoteDomid: 0, remotePort: 0, virq: 0, owed: false, priority: C.EVTCHN_FIFO.PRIORITY_DEFAULT, lastQueue: 0 });

export interface PortTable {
  /** A port that exists, free ones and 0 included. */
  find(port: number): Channel | undefined;
  /** A port that is in use. */
  inUse(port: number): Channel | undefined;
  /** The lowest free port below `limit` (exclusive) that `isBusy` does not hold back; undefined: none. It stays free until its state is set. */
  free(limit: number, isBusy: (c: Channel) => boolean): Channel | undefined;
  /** Makes a port free again. */
  release(c: Channel): void;
  /** Every port that exists, ascending. */
  all(): readonly Channel[];
  /** Restores the number of ports that exist. */
  grow(count: number): void;
}

export function createPortTable(): PortTable {
  const channels: Channel[] = [];
  /** No free port is below. */
  let hint = 1;
  const grow = (count: number): void => {
    while (channels.length < count) for (let i = 0; i < BUCKET; i++) channels.push(createChannel(channels.length));
  };
  grow(BUCKET);
  return {
    find: (port) => channels[port],
    inUse(port) {
      const c = channels[port];
      return c === undefined || c.state === "closed" ? undefined : c;
    },
    free(limit, isBusy) {
      let low = true;
      for (let port = hint; port < limit; port++) {
        if (port >= channels.length) {
          grow(port + 1);
          // nobody looks at the word of a port that has just come to exist (observed on Xen 4.17)
          return channels[port];
        }
        const c = channels[port];
        if (c === undefined || c.state !== "closed") continue;
        if (low) hint = port;
        low = false;
        if (!isBusy(c)) return c;
      }
      return undefined;
    },
    release(c) {
      c.state = "closed";
      c.vcpu = 0;
      hint = Math.min(hint, c.port);
    },
    all: () => channels,
    grow,
  };
}
