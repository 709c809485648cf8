/**
 * Grant tables as the toolstack, presets and ledgers see them: entries that are written before a guest starts, and who
 * has whose memory in use. Guests come through hypercalls (V1.grant_*, V2.grant_*). Sizes and addresses in bytes.
 */
import { port } from "@granule/kit";
import type { Domain, HvObject } from "@granule/hypervisor/contract";
import type { Bytes, Range, Result } from "@granule/units";

/** "v1": 8-byte entries that name one 4096-byte frame. "v2": 16-byte entries that name an EXTENT. */
export type GrantTableName = "v1" | "v2";

/** xen/include/public/grant_table.h, struct grant_entry_v1. `frame` counts 4096 bytes. */
export interface EntryV1 {
  readonly flags: number;
  readonly domid: number;
  readonly frame: number;
}
/** abi-v2, Grants: the extent is an aligned power of two of at least 4096 bytes. */
export interface EntryV2 {
  readonly flags: number;
  readonly domid: number;
  readonly extent: Range<"ipa">;
}

/** An entry that somebody has mapped: what was latched when it was claimed, whatever the granter wrote there since. */
export interface GrantInUse {
  readonly granter: number;
  /** As guests name it: bit 31 set for the v2 table. */
  readonly ref: number;
  readonly mapper: number;
  /** Mappings that only read, and that also write. */
  readonly readers: number;
  readonly writers: number;
  /** The granter's addresses when it was latched. */
  readonly extent: Range<"ipa">;
  /** Machine runs, in the order of the extent; referenced frame by frame. */
  readonly machine: readonly Range<"pa">[];
}

/** One mapping, as its owner holds it. */
export interface GrantMapping {
  readonly handle: number;
  readonly granter: number;
  readonly ref: number;
  /** Where it was mapped in the mapper's space. */
  readonly at: Range<"ipa">;
  readonly writable: boolean;
  readonly machine: readonly Range<"pa">[];
}

export interface Grants {
  /**
   * Writes an entry as a guest would: word 0 last. For entries that a toolstack reserves (0 console, 1 xenstore) before
   * the guest runs. Grows the table. EINVAL: no such table, a field does not fit. ENOMEM: past the limit, or no memory.
   */
  seed(domain: Domain, table: "v1", index: number, entry: EntryV1): Result<undefined, "EINVAL" | "ENOMEM">;
  seed(domain: Domain, table: "v2", index: number, entry: EntryV2): Result<undefined, "EINVAL" | "ENOMEM">;
  /** Undefined: the domain is gone, or configured without a v2 table. */
  tableOf(domain: Domain, table: GrantTableName): HvObject | undefined;
  /** Grants of this domain that somebody has mapped, ascending by reference. */
  active(domain: Domain): readonly GrantInUse[];
  /** What this domain has mapped, ascending by handle. Granters may be gone: their frames stay until unmapped. */
  mappings(domain: Domain): readonly GrantMapping[];
}
/** Provided by the plugin `grantTable`. */
export const GrantPort = port<Grants>()("grants");

export interface GrantTableConfig {
  /** Most 4096-byte frames of a v1 table (512 entries each). Default 64, as Xen's. */
  readonly maxFrames: number;
  /** Most bytes of a v2 table, a multiple of 64 KiB; 0: no v2 table. Default 1 MiB. */
  readonly v2Limit: Bytes;
  /** Most handle numbers of a domain, a multiple of 256; the last one is never used. Default 262144, as Xen's 1024 maptrack frames. */
  readonly handles: number;
}

/** Names of the table objects: HvObject.name. */
export const GRANT_TABLE_V1 = "grant_table_v1";
export const GRANT_TABLE_V2 = "grant_table_v2";
/** Most readers, and most writers, that one entry can have: Xen's pin counts have 8 bits and stop at the top one. */
export const MAX_PINS = 128;

