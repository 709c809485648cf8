/** Somebody else's parts, as the harness takes them: what they stand in for decides which suites they run through. */
import type { GrantTableConfig } from "@granule/grant-table";
import { type AnyPlugin, replacePlugin } from "@granule/kit";
import type { Walk } from "@granule/mmu";
import type { Store, StoreOptions } from "@granule/xenstore";
import type { Alteration } from "./matrix/contract.ts";

/** What a module under test exports as its default. Every part may be absent. */
export interface Subject extends Alteration {
  /** A grant-table plugin: runs through the grant-table suite, and the matrix runs on it. */
  readonly grantTable?: (config?: Partial<GrantTableConfig>) => AnyPlugin;
  /** A xenstore: runs through the xenstore suite. */
  readonly store?: (options?: StoreOptions) => Store;
  /** A table walker of the EL1&0 regime: runs through the walker suite. */
  readonly walk?: Walk;
}

/** What the matrix changes for a subject: its own alteration, with its grant table in the place of the preset's. */
export function alterationOf({ plugins, disk, frontend, grantTable }: Subject): Alteration {
  const replaced: Alteration["plugins"] = grantTable === undefined ? plugins : (list) => replacePlugin(plugins?.(list) ?? list, grantTable());
  return { ...(replaced === undefined ? {} : { plugins: replaced }), ...(disk === undefined ? {} : { disk }), ...(frontend === undefined ? {} : { frontend }) };
}
