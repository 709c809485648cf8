/**
 * Claiming entries. A claim marks word 0, then reads frame or extent once; what it found is kept with the pin, so that
 * nothing the guest writes later matters. The last pin gives up the frames first and clears the marks last.
 */
import type { Frames } from "@granule/hypervisor/contract";
import type { MachineMemory } from "@granule/machine";
import { decodeExtent, pa, type Pa, toNumber, XEN_PAGE } from "@granule/units";
import { C, GrantEntryV1, GrantEntryV2 } from "@granule/xen-abi";
import { MAX_PINS } from "./contract.ts";
import { createRuns, keep, ownRuns, type Runs } from "./runs.ts";
import { entriesOf, type InUse, type Table } from "./state.ts";
import { ALL_FLAGS, claimWord, clearMarks, type Demand } from "./words.ts";

const { GTF } = C;
const WORD = 4;

/** Why an entry cannot be had. */
export type ClaimError = "GNTST_bad_gntref" | "GNTST_general_error" | "GNTST_bad_page";

/** Map refuses sub_page, copy takes it as the whole frame (observed on Xen 4.17). The v2 table has no other flags at all. */
const TYPE_MASK = Object.freeze({
  map: { 1: GTF.type_mask | GTF.sub_page, 2: ALL_FLAGS - (GTF.readonly | GTF.reading | GTF.writing) },
  copy: { 1: GTF.type_mask, 2: ALL_FLAGS - (GTF.readonly | GTF.reading | GTF.writing) },
});

/** An entry claimed for the length of one copy. Reused. */
export interface Claim {
  table: Table | undefined;
  index: number;
  /** Set when the entry is mapped as well: its latched runs count. */
  use: InUse | undefined;
  /** Marks to clear afterwards. */
  marks: number;
  start: number;
  size: number;
}
export const createClaim = (): Claim => ({ table: undefined, index: 0, use: undefined, marks: 0, start: 0, size: 0 });

export interface Pins {
  /** Pins an entry for a mapping. */
  pin(table: Table | undefined, index: number, mapper: number, writes: boolean): InUse | ClaimError;
  unpin(use: InUse, writes: boolean): void;
  /** Claims an entry for a copy; undefined when it may. */
  claim(into: Claim, table: Table | undefined, index: number, by: number, writes: boolean): ClaimError | undefined;
  unclaim(c: Claim): void;
  /** Takes the frames from under a pin. The mappings must be gone. */
  dropFrames(use: InUse): void;
}

export function createPins(memory: MachineMemory, frames: Frames): Pins {
  const { view, i32 } = memory;
  const scratch: Runs = createRuns();
  const offsetOf = (t: Table, index: number): number => memory.offset(t.object.at(index * t.entrySize));
  const wordOf = (t: Table, index: number): number => offsetOf(t, index) / WORD;

  /** Marks the entry; a claim of a v1 entry that is in use looks at the read-only bit alone, as Xen 4.17 does. */
  const mark = (t: Table, index: number, domid: number, writes: boolean, isFirst: boolean, what: "map" | "copy"): boolean => {
    const demand: Demand = { domid, writes, checksOwner: isFirst || t.version === 2, typeMask: TYPE_MASK[what][t.version] };
    return claimWord(i32, wordOf(t, index), demand);
  };
  const unmark = (t: Table, index: number, marks: number): void => {
    if (marks !== 0) clearMarks(i32, wordOf(t, index), marks);
  };
  /** IPA of what a claimed entry grants, read once; the size goes to `latchedSize`. -1: malformed. */
  let latchedSize = 0;
  const latch = (t: Table, index: number): number => {
    const at = offsetOf(t, index);
    if (t.version === 1) {
      latchedSize = XEN_PAGE.size;
      return GrantEntryV1.fields.frame.get(view, at) * XEN_PAGE.size;
    }
    const low = at + GrantEntryV2.fields.extent.offset;
    const r = decodeExtent(view.getUint32(low + WORD, true), view.getUint32(low, true), t.domain.p2m.ipaLimit);
    if (!r.ok) return -1;
    latchedSize = r.value.size;
    return toNumber(r.value.start);
  };
  const exists = (t: Table | undefined, index: number): t is Table => t !== undefined && index < entriesOf(t);
  const mayShare = (use: InUse, by: number): boolean => use.mapper === by && use.readers < MAX_PINS && use.writers < MAX_PINS;
  const eachFrame = (r: Runs, f: (at: Pa, size: number) => void): void => {
    for (let i = 0; i < r.count; i++) f(pa(r.at[i] ?? 0), r.size[i] ?? 0);
  };
  const firstPin = (t: Table, index: number, mapper: number): InUse | undefined => {
    const start = latch(t, index);
    const size = latchedSize;
    // an extent beyond what the granter owns is not worth a walk
    if (start < 0 || (t.version === 2 && size > t.domain.currentBytes) || !ownRuns(t.domain, frames, start, size, t.version === 1, scratch)) return undefined;
    const runs = keep(scratch);
    eachFrame(runs, frames.hold);
    const isObject = frames.isObject(pa(runs.at[0] ?? 0));
    return { table: t, granter: t.domain.domid, version: t.version, index, mapper, readers: 0, writers: 0, start, size, runs, isObject };
  };

  /** v1: a copy that writes first to an entry in use reads it again; it must name the same frame still (observed on Xen 4.17). */
  const reread = (t: Table, index: number, use: InUse): ClaimError | undefined => {
    if (!ownRuns(t.domain, frames, latch(t, index), XEN_PAGE.size, true, scratch)) return "GNTST_bad_page";
    return scratch.at[0] === use.runs.at[0] ? undefined : "GNTST_general_error";
  };

  return {
    pin(table, index, mapper, writes) {
      if (!exists(table, index)) return "GNTST_bad_gntref";
      let use = table.inUse.get(index);
      if (use !== undefined && !mayShare(use, mapper)) return "GNTST_general_error";
      if ((use === undefined || (writes && use.writers === 0)) && !mark(table, index, mapper, writes, use === undefined, "map")) return "GNTST_general_error";
      if (use === undefined) {
        use = firstPin(table, index, mapper);
        if (use === undefined) {
          unmark(table, index, writes ? GTF.reading | GTF.writing : GTF.reading);
          return "GNTST_bad_page";
        }
        table.inUse.set(index, use);
      }
      if (writes) use.writers++;
      else use.readers++;
      return use;
    },
    unpin(use, writes) {
      if (writes) use.writers--;
      else use.readers--;
      const isLast = use.readers + use.writers === 0;
      if (isLast) {
        eachFrame(use.runs, frames.release);
        use.table?.inUse.delete(use.index);
      }
      if (use.table !== undefined) unmark(use.table, use.index, (writes && use.writers === 0 ? GTF.writing : 0) | (isLast ? GTF.reading : 0));
    },
    claim(into, table, index, by, writes) {
      into.table = undefined;
      if (!exists(table, index)) return "GNTST_bad_gntref";
      const use = table.inUse.get(index);
      if (use !== undefined && !mayShare(use, by)) return "GNTST_general_error";
      const marks = use === undefined || (writes && use.writers === 0);
      if (marks && !mark(table, index, by, writes, use === undefined, "copy")) return "GNTST_general_error";
      into.table = table;
      into.index = index;
      into.use = use;
      into.marks = (marks && writes ? GTF.writing : 0) | (use === undefined ? GTF.reading : 0);
      if (use !== undefined) {
        into.start = use.start;
        into.size = use.size;
        const failed = marks && table.version === 1 ? reread(table, index, use) : undefined;
        if (failed !== undefined) this.unclaim(into);
        return failed;
      }
      into.start = latch(table, index);
      into.size = latchedSize;
      if (into.start >= 0) return undefined;
      this.unclaim(into);
      return "GNTST_bad_page";
    },
    dropFrames(use) {
      eachFrame(use.runs, frames.release);
      use.runs.count = 0;
    },
    unclaim(c) {
      if (c.table !== undefined) unmark(c.table, c.index, c.marks);
      c.table = undefined;
      c.use = undefined;
    },
  };
}
