/**
 * What a xenstore is to the code around it: a store, one session per client, and the byte transport beneath.
 * Source: docs/misc/xenstore.txt. Sizes are bytes; nothing here depends on a granule or on the ABI version.
 */
import type { Bytes, Result, XenGfn } from "@granule/units";
import type { XsdError } from "@granule/xen-abi";
import type { StoreImage } from "./image.ts";

/** One message without its wire header. `type` is an XS_ number, `reqId` and `txId` any u32. */
export interface Message {
  readonly type: number;
  readonly reqId: number;
  readonly txId: number;
  /** At most XENSTORE_PAYLOAD_MAX bytes. */
  readonly payload: Uint8Array;
}

/** Limits of one unprivileged domain; each is the largest value that is still allowed. Privileged domains have none. */
export interface Quotas {
  /** Nodes that the domain owns. ENOSPC. */
  readonly nodes: number;
  /** Bytes of one node: header, permission entries, value and the names of its children. ENOSPC. */
  readonly nodeSize: Bytes;
  /** Permission entries of one node. ENOSPC. */
  readonly permissions: number;
  /** Watches. ENOSPC. */
  readonly watches: number;
  /** Open transactions. ENOSPC. */
  readonly transactions: number;
  /** Nodes that one transaction may touch. ENOSPC. */
  readonly transactionNodes: number;
  /** Requests whose reply, or whose events for privileged domains, were not fetched yet: then no more are read. */
  readonly outstanding: number;
  /** Bytes of the domain's nodes, watches and undelivered events. ENOMEM; an event that does not fit is lost. */
  readonly memory: Bytes;
  /** Bytes of a path, counted from behind /local/domain/<domid>/. EINVAL. */
  readonly pathLength: Bytes;
}

/** What the store uses now on behalf of a domain, in the units of {@link Quotas}. */
export interface Usage {
  readonly nodes: number;
  readonly bytes: Bytes;
  readonly watches: number;
  readonly transactions: number;
  readonly outstanding: number;
}

/** The side effects of INTRODUCE and RELEASE, provided by whoever owns the rings. */
export interface Transport {
  /** Connects the domain's ring. `gfn` is in 4096-byte units, as in ABI v1. A failure refuses the INTRODUCE. */
  introduce(domid: number, gfn: XenGfn, evtchn: number): Result<undefined, XsdError>;
  /** Disconnects it; the domain's sessions are closed already. */
  release(domid: number): void;
}

export interface StoreOptions {
  /** Limits that differ from {@link DEFAULT_QUOTAS}. */
  readonly quotas?: Partial<Quotas>;
  /** Domains that the permissions and quotas do not bind; default [0]. The first owns "/". */
  readonly privileged?: readonly number[];
  readonly transport?: Transport;
}

/** One client. A ring is one session; a privileged domain may have more (its sockets). */
export interface Session {
  /** Position in the order of connecting; events of one change go out in this order. */
  readonly id: number;
  readonly domid: number;
  readonly isOpen: boolean;
  /** Events that did not fit the memory quota. */
  readonly lostEvents: number;
  /** False while too many requests are outstanding; the transport then leaves requests unread. */
  canRequest(): boolean;
  /** Performs one request. Its events and its reply join the queue. Ignored when the session is closed. */
  handle(request: Message): void;
  /** The next message for the client, or undefined. It stays queued until {@link Session.shift}. */
  peek(): Message | undefined;
  /** The client has the message that `peek` answered. */
  shift(): void;
  /** Drops watches, transactions and undelivered messages: the ring was reconnected. */
  reset(): void;
  /** Ends the session and drops what it has. */
  close(): void;
}

/** The store. Domains 0..DOMID_FIRST_RESERVED - 1; privileged domains are introduced from the start. */
export interface Store {
  /** A new session. ENOENT: the domain is not introduced. */
  connect(domid: number): Result<Session, "ENOENT">;
  /** An open session by its id; the way back to sessions after load. */
  session(id: number): Session | undefined;
  /** As XS_INTRODUCE: the domain may connect; again: its sessions are reset. EINVAL, or what the transport answers. */
  introduce(domid: number, gfn: XenGfn, evtchn: number): Result<undefined, XsdError>;
  /**
   * The domain died or was released: its sessions close, its nodes go with their children, its permission entries
   * go, @releaseDomain fires. ENOENT: not introduced (nodes and entries go all the same); EINVAL: privileged.
   */
  release(domid: number): Result<undefined, "EINVAL" | "ENOENT">;
  /** The domain shut down but exists: @releaseDomain fires, once until RESUME. */
  shutdown(domid: number): Result<undefined, "EINVAL" | "ENOENT">;
  isIntroduced(domid: number): boolean;
  usage(domid: number): Usage;
  /** Everything but open transactions' contents, as JSON: see {@link StoreImage}. */
  save(): StoreImage;
}

/**
 * Access to a `struct xenstore_domain_interface`. Offsets and lengths are bytes from its start; the pump never leaves
 * its 2080 bytes. All accesses happen in program order where a barrier stands between them.
 */
export interface RingWords {
  load32(offset: number): number;
  store32(offset: number, value: number): void;
  /** Fills `into` from `offset`. */
  load(offset: number, into: Uint8Array): void;
  store(offset: number, from: Uint8Array): void;
  /** Full barrier: nothing after it is observed before what stands before it. */
  barrier(): void;
}
