/**
 * A guest kernel's toolkit, for scripted guests: what the kernel of a domain has after `boot`. Everything that traps is
 * a generator (`Trap`) and is called with `yield*`. A failed hypercall is a Result; a kernel's own mistake throws, which
 * ends its domain. Stage 1 is an identity map: the VA of memory is `vaFromIpa` of its IPA. Sizes are bytes.
 */
import type { Guest, Trap } from "@granule/machine";
import type { AnyGranule, Bytes, Ipa, Range, Result, Va } from "@granule/units";
import type { Code, V1, V2 } from "@granule/xen-abi";
import type { CallCode, CallResult, Calls } from "./callTypes.ts";

export type { CallArgs, CallCode, CallResult, Calls, StatusList, StopList, StopResult } from "./callTypes.ts";
export type { Watch, Xenbus } from "./xenbusTypes.ts";

/** What a kernel learns from its device tree. Regions are multiples of 64 KiB; all but `ram` are holes at the start. */
export interface BootInfo {
  readonly ram: Range<"ipa">;
  /** For the grant table (hypervisor node, reg[0]). A v1 table begins at its start, a v2 table in its middle. */
  readonly grantTable: Range<"ipa">;
  /** For shared_info. */
  readonly objects: Range<"ipa">;
  /** For memory that other domains grant. */
  readonly extended: Range<"ipa">;
  readonly vcpus: number;
  /** The command line. */
  readonly args: Readonly<Record<string, string>>;
}

export interface KernelConfig {
  /** S1: the granule of the kernel's own tables. */
  readonly granule: AnyGranule;
  /** The ABI that the toolkit's own calls use; `call` takes descriptors of both. */
  readonly abi: 1 | 2;
  readonly info: BootInfo;
  /** Default "2-level". */
  readonly events?: "2-level" | "fifo";
}

/** A booted kernel: stage 1 on, shared_info and vcpu_info in place. */
export interface Kernel extends Calls {
  readonly g: Guest;
  readonly info: BootInfo;
  /** S1. */
  readonly granule: AnyGranule;
  readonly abi: 1 | 2;
  /** What ABI v2 answers to a query; undefined in v1, which cannot ask. */
  readonly query: CallResult<typeof V2.query> | undefined;
  /** G; undefined in ABI v1, where a kernel never learns it. */
  readonly stage2: AnyGranule | undefined;
  readonly pages: Pages;
  readonly grants: Grants;
  readonly events: Events;
  readonly mapper: Mapper;
  readonly balloon: Balloon;
  /** One line on the hypervisor's console. */
  log(text: string): Trap<void>;
}

/** Allocator of the kernel's own RAM, in units of S1; first fit, deterministic. */
export interface Pages {
  /** S1 in bytes: sizes are rounded up to it. */
  readonly unit: Bytes;
  /** Contiguous zeroed memory; `align` is a power of two, default S1. @throws Error when there is none. */
  alloc(size: Bytes, align?: Bytes): Range<"ipa">;
  /** As `alloc`; undefined when there is none. */
  tryAlloc(size: Bytes, align?: Bytes): Range<"ipa"> | undefined;
  /** 2^log2 bytes aligned to their size, at least S1: fit for one EXTENT that holds nothing else. @throws Error when there is none. */
  allocExtent(log2: number): Range<"ipa">;
  /** Exactly this range (whole units), not zeroed; false when some of it is in use or not RAM. */
  take(r: Range<"ipa">): boolean;
  /** @throws Error when some of it was free. */
  free(r: Range<"ipa">): void;
  readonly bytesFree: Bytes;
  readonly bytesTotal: Bytes;
}

export interface GrantCounters {
  /** Entries that are granted now, and the bytes that peers can reach through them. */
  readonly entries: number;
  readonly bytes: Bytes;
  /** Entries ever granted. */
  readonly total: number;
}
/** The kernel's grant table: v1's (frames of 4096 bytes) or v2's (EXTENTs), as the kernel's ABI. Entries 0..7 are reserved. */
export interface Grants {
  /**
   * Lets `domid` reach a range; answers the reference. EINVAL: v1: not one aligned 4096-byte frame; v2: not an aligned
   * power of two of at least 4096 bytes. ENOSPC: the table is full and cannot grow.
   */
  grant(domid: number, r: Range<"ipa">, options?: { readonly readonly?: boolean }): Trap<Result<number, "EINVAL" | "ENOSPC">>;
  /** Takes a grant back; false, and nothing changed, while a mapping or copy of the peer uses it. @throws Error when it is not granted. */
  end(ref: number): boolean;
  /** Takes it back now, or in a later `endDeferred`; `onEnded` runs once it is. */
  endLater(ref: number, onEnded?: () => void): void;
  /** Tries the deferred ones again; answers how many are still in use. */
  endDeferred(): number;
  isInUse(ref: number): boolean;
  /** The granted range. @throws Error when it is not granted. */
  rangeOf(ref: number): Range<"ipa">;
  readonly counters: GrantCounters;
}

type EventCalls = "event_alloc_unbound" | "event_bind_interdomain" | "event_close" | "event_send" | "event_unmask";
/** What an event operation may answer, in either ABI; ENOMEM: no memory for the words of FIFO ports. */
export type EventCode = CallCode<(typeof V1)[EventCalls]> | CallCode<(typeof V2)[EventCalls]> | "ENOMEM";
/** Event channels. A port is a number, the same in both ABIs. */
export interface Events {
  /** A port to which `remote` may bind. */
  allocUnbound(remote: number): Trap<Result<number, EventCode>>;
  /** A local port bound to `remote`'s port. It is pending once at the start. */
  bindInterdomain(remote: number, remotePort: number): Trap<Result<number, EventCode>>;
  /** Frees a port and its handler. */
  close(port: number): Trap<Result<undefined, EventCode>>;
  send(port: number): Trap<Result<undefined, EventCode>>;
  mask(port: number): void;
  unmask(port: number): Trap<Result<undefined, EventCode>>;
  isPending(port: number): boolean;
  /** Was it pending? It is not any more. */
  consume(port: number): boolean;
  /** Runs when the port is found pending by `dispatch` or `waitFor`; its pending bit was cleared before. Replaces the last one. */
  on(port: number, handler: (port: number) => Trap<void> | void): void;
  off(port: number): void;
  /** Runs the handlers of all pending ports, without waiting; ports without a handler stay pending. */
  dispatch(): Trap<void>;
  /**
   * Dispatches and sleeps until `condition` holds (true) or `until` (ns of the machine's clock) is past (false). No
   * wakeup is lost: the upcall is cleared before ports are scanned, and the condition is checked after.
   */
  waitFor(condition: () => boolean, until?: number): Trap<boolean>;
}

/** Memory of another domain, mapped. */
export interface Mapping {
  readonly va: Va;
  readonly ipa: Ipa;
  readonly size: Bytes;
  readonly handle: number;
}
export interface MapRequest {
  readonly domid: number;
  readonly ref: number;
  /** Must be the grant's; v1: 4096. */
  readonly size: Bytes;
  readonly readonly?: boolean;
}
/** ENOSPC: no room in `extended`. EINVAL: a size that the ABI cannot express. */
export type MapCode = CallCode<typeof V1.grant_map_grant_ref> | CallCode<typeof V2.grant_map> | "ENOSPC" | "EINVAL";
export type UnmapCode = CallCode<typeof V1.grant_unmap_grant_ref> | CallCode<typeof V2.grant_unmap>;
export type CopyCode = CallCode<typeof V1.grant_copy> | CallCode<typeof V2.grant_copy>;
/** One side of a copy: bytes of a grant (`offset` from its start), or own RAM. */
export type CopySide =
  | { readonly domid: number; readonly ref: number; readonly offset: Bytes }
  | { readonly ipa: Ipa };
export interface CopyRequest {
  readonly source: CopySide;
  readonly dest: CopySide;
  readonly length: Bytes;
}
/** The other end of grants: mapping and copying. Lists go out in as few hypercalls as the ABI allows; answers are in order. */
export interface Mapper {
  /**
   * Maps each grant in `extended`; a list of equal sizes is contiguous there. An element fails alone: on
   * GNTST_bad_granule (a granule of this domain's G cannot be mapped) fall back to `copy`.
   */
  map(list: readonly MapRequest[]): Trap<readonly Result<Mapping, MapCode>[]>;
  unmap(list: readonly Mapping[]): Trap<readonly Result<undefined, UnmapCode>[]>;
  /** Copies, split where the ABI demands (v1: at 4096-byte frames of either side). A failed element may have been done in part. */
  copy(list: readonly CopyRequest[]): Trap<readonly Result<undefined, CopyCode>[]>;
  readonly bytesMapped: Bytes;
}

/** What a change of the balloon did. */
export interface BalloonReport {
  readonly asked: Bytes;
  /** Bytes of own pages that changed hands (v2, S1 < G: pieces of incomplete granules included). */
  readonly moved: Bytes;
  /** Bytes by which the domain's RAM really changed. */
  readonly changed: Bytes;
  /** Why it stopped before `asked`. `code` undefined: ABI v1, which answers a count only. ENOMEM: maybe the kernel's own lack of pages. */
  readonly stopped: { readonly code: Code | undefined; readonly why: string } | undefined;
}
/** Gives RAM back and takes it again, at the guest's own page size. v1 with G > S1 is refused: 0 done. */
export interface Balloon {
  /** Gives up to `size` bytes (rounded up to S1) of free pages to the hypervisor. */
  inflate(size: Bytes): Trap<BalloonReport>;
  /** Takes up to `size` bytes back, rounded up to whole pieces: S1, or G where S1 < G in v2. */
  deflate(size: Bytes): Trap<BalloonReport>;
  /** Bytes that left the domain. */
  readonly bytesOut: Bytes;
  /** v2, S1 < G: bytes handed in whose granule is not complete; unusable, and still the domain's. */
  readonly bytesPending: Bytes;
}
