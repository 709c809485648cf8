/** What the plugin keeps for each domain: its two tables, which of their entries are in use, and what it has mapped. */
import type { Domain, HvObject } from "@granule/hypervisor/contract";
import type { Bytes } from "@granule/units";
import { C, GrantEntryV1, GrantEntryV2 } from "@granule/xen-abi";
import type { Handles } from "./handles.ts";
import type { Runs } from "./runs.ts";

/** One table of one domain. */
export interface Table {
  readonly domain: Domain;
  readonly version: 1 | 2;
  readonly object: HvObject;
  /** Bytes of an entry. */
  readonly entrySize: Bytes;
  /** By index: entries that somebody has mapped. */
  readonly inUse: Map<number, InUse>;
}

/** An entry with pins, and what was latched at the first one. */
export interface InUse {
  /** Undefined when the granter is gone: then nobody is told. */
  table: Table | undefined;
  readonly granter: number;
  readonly version: 1 | 2;
  readonly index: number;
  readonly mapper: number;
  readers: number;
  writers: number;
  /** The granter's IPA of the first byte, and the size in bytes. */
  readonly start: number;
  readonly size: Bytes;
  readonly runs: Runs;
  /** A frame of one of the hypervisor's objects (v1 only), not RAM. */
  readonly isObject: boolean;
}

export interface Mapping {
  readonly use: InUse;
  /** IPA of the first byte in the mapper's space. */
  readonly address: number;
  readonly writable: boolean;
}

export interface GrantState {
  readonly domain: Domain;
  readonly v1: Table;
  /** Undefined: configured away. */
  readonly v2: Table | undefined;
  readonly handles: Handles<Mapping>;
}

export const createTable = (domain: Domain, version: 1 | 2, object: HvObject): Table => ({
  domain, version, object, entrySize: version === 1 ? GrantEntryV1.size : GrantEntryV2.size, inUse: new Map(),
});

/** The table that a reference names. */
export const tableOfRef = (state: GrantState, ref: number): Table | undefined => (ref >= C.GRANT_REF_V2 ? state.v2 : state.v1);
export const indexOfRef = (ref: number): number => (ref >= C.GRANT_REF_V2 ? ref - C.GRANT_REF_V2 : ref);
export const refOf = (version: 1 | 2, index: number): number => (version === 2 ? index + C.GRANT_REF_V2 : index);
/** Entries that the table has now. */
export const entriesOf = (t: Table): number => t.object.size / t.entrySize;
