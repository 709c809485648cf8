/**
 * The store as a service domain: a scripted guest that maps the ring of every domain that is introduced, and serves them
 * in turn. Sources: docs/misc/xenstore.txt, XS_INTRODUCE; docs/misc/xenstore-ring.txt; xen/include/public/grant_table.h,
 * GNTTAB_RESERVED_XENSTORE.
 *
 * A domain's ring sits alone in a 64 KiB extent of its own memory, which the toolstack has granted to this domain under
 * the reserved reference: v1's names its first 4096 bytes, v2's the extent. So the store maps it at any granule.
 */
import type { Kernel, Mapping } from "@granule/guest-sdk/contract";
import type { Trap } from "@granule/machine";
import { mapReservedRing, serve, type Service, wordsAt } from "@granule/pv";
import { DONE, fail, type Result, xenGfn } from "@granule/units";
import { C, type XsdError } from "@granule/xen-abi";
import { type Connection, createConnection } from "./connection.ts";
import type { RingWords, Store, StoreOptions } from "./contract.ts";
import { advertise, pump } from "./ring.ts";
import { createStore } from "./store.ts";

/** A client's ring as people ask about it. */
export interface StoreClient {
  readonly domid: number;
  /** Why its ring is not served; empty: it is. */
  readonly fault: string;
}

/** The service domain. Its host calls everything but `run`, and then wakes the domain's vcpu. */
export interface StoreDomain {
  /** The store itself, for the host's own session: `store.connect(0)`. */
  readonly store: Store;
  /** The toolstack made a domain: serve its ring. `port`: the domain's event channel, unbound, for this domain. */
  introduce(domid: number, port: number): Result<undefined, XsdError>;
  /** The domain is gone. */
  release(domid: number): Result<undefined, "EINVAL" | "ENOENT">;
  /** The host used a session of its own: watches of others may have fired. */
  poke(): void;
  /** In the order of introduction. */
  clients(): readonly StoreClient[];
  /** What the guest does, for a guest that serves others as well. */
  service(k: Kernel): Service;
  /** A guest that does nothing else: serves for ever, or until `stop`. */
  run(k: Kernel): Trap<void>;
  stop(): void;
}

interface Client {
  readonly domid: number;
  readonly port: number;
  readonly mapping: Mapping;
  readonly ring: RingWords;
  readonly connection: Connection;
  /** The guest was told that its connection is closed. */
  isClosed: boolean;
}
/** What is to be done in the guest, in order. `port` undefined: the domain was released. */
interface Order {
  readonly domid: number;
  readonly port: number | undefined;
}

/** A store and the guest program that serves it. A guest's XS_INTRODUCE and XS_RELEASE go the same way as the host's. */
export function storeDomain(options: Omit<StoreOptions, "transport"> = {}): StoreDomain {
  const orders: Order[] = [];
  const served = new Map<number, Client>();
  const faults = new Map<number, string>();
  let isPoked = false;
  let isStopped = false;
  const store = createStore({
    ...options,
    transport: {
      introduce(domid, _gfn, port) {
        orders.push({ domid, port });
        return DONE;
      },
      release: (domid) => void orders.push({ domid, port: undefined }),
    },
  });

  /** Lets go of a domain's ring. */
  function* detach(k: Kernel, domid: number): Trap<void> {
    const client = served.get(domid);
    faults.delete(domid);
    if (client === undefined) return;
    served.delete(domid);
    yield* k.events.close(client.port);
    yield* k.mapper.unmap([client.mapping]);
  }
  function* attach(k: Kernel, domid: number, remotePort: number): Trap<Result<undefined, string>> {
    const mapped = yield* mapReservedRing(k, domid, C.GNTTAB_RESERVED_XENSTORE);
    if (!mapped.ok) return fail("map", mapped.why);
    const mapping = mapped.value;
    const port = yield* k.events.bindInterdomain(domid, remotePort);
    const connection = createConnection(store, domid);
    if (!port.ok || !connection.ok) {
      if (port.ok) yield* k.events.close(port.value);
      yield* k.mapper.unmap([mapping]);
      return fail("bind", port.ok ? "the domain was released meanwhile" : `port ${remotePort}: ${port.why}`);
    }
    const ring = wordsAt(k.g, mapping.va);
    advertise(ring);
    // an event only has to wake this domain: every ring is looked at then
    k.events.on(port.value, () => void (isPoked = true));
    served.set(domid, { domid, port: port.value, mapping, ring, connection: connection.value, isClosed: false });
    isPoked = true;
    return DONE;
  }
  function* follow(k: Kernel): Trap<void> {
    for (let order = orders.shift(); order !== undefined; order = orders.shift()) {
      yield* detach(k, order.domid);
      if (order.port === undefined) continue;
      const attached = yield* attach(k, order.domid, order.port);
      if (attached.ok) continue;
      faults.set(order.domid, attached.why);
      yield* k.log(`xenstore: domain ${order.domid} is not served: ${attached.why}`);
    }
  }
  /** One ring's worth of each client, in turn; true when something moved. A flooding client gets no more than the others. */
  function* round(k: Kernel): Trap<boolean> {
    let hasMoved = false;
    for (const client of served.values()) {
      const outcome = pump(client.connection, client.ring);
      const isNews = outcome === "progress" || (outcome === "closed" && !client.isClosed);
      client.isClosed = outcome === "closed";
      if (!isNews) continue;
      hasMoved = true;
      yield* k.events.send(client.port);
    }
    return hasMoved;
  }
  const service = (k: Kernel): Service => ({
    isReady: () => isPoked || orders.length > 0,
    *step() {
      isPoked = false;
      yield* follow(k);
      // what moved may have moved something for others: look again, after everybody else had a turn
      if (yield* round(k)) isPoked = true;
      return true;
    },
  });
  return {
    store,
    // the ring is found by its grant, so the frame number that XS_INTRODUCE carries is not needed
    introduce: (domid, port) => store.introduce(domid, xenGfn(0), port),
    release: (domid) => store.release(domid),
    poke: () => void (isPoked = true),
    clients: () => [...served.keys(), ...faults.keys()].map((domid) => ({ domid, fault: faults.get(domid) ?? "" })),
    service,
    run: (k) => serve(k, [service(k)], () => isStopped),
    stop: () => void (isStopped = true),
  };
}
