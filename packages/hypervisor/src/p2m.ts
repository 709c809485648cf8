/**
 * The P2M: stage 2 of one domain as Arm descriptors in machine memory, written by the table builder that the walker
 * is tested against, with a type tag in each leaf. Its tables are charged to the domain.
 */
import { HCR_EL2 } from "@granule/arm";
import type { MachineParts } from "@granule/machine";
import { createStage2, type FoundLeaf, type Stage2Attributes, type Stage2Registers, stage2Registers } from "@granule/mmu";
import { add, type AnyGranule, type Bytes, endOf, fail, type Ipa, ok, type Pa, type Range, type Result, roundUp, toNumber, XEN_PAGE } from "@granule/units";
import { P2M, type P2m, type P2mType } from "./contract.ts";

/** Input size of every domain's stage 2, unless it is asked for: 40 bits, so that a 40-bit CPU can start at the level each granule asks for. */
export const IPA_BITS = 40;

/** Input bits from which stage 2 of 4K starts at level 0, however many they are. */
const FOUR_LEVELS = 44;

/** What a snapshot must know beside the tables, which are in memory. Offsets and sizes in bytes. */
export interface SavedP2m {
  readonly root: number;
  readonly tableBytes: Bytes;
  readonly treeBytes: Bytes;
  readonly highest: Bytes;
}
/** A P2M and what only the core may do with it. */
export interface OwnedP2m extends P2m {
  readonly registers: Stage2Registers;
  save(): SavedP2m;
  destroy(): void;
}

const TYPES: ReadonlyMap<number, P2mType> = new Map(Object.values(P2M).map((t) => [t, t]));
const typeOf = (tag: number): P2mType => TYPES.get(tag) ?? P2M.device;

/** ENOMEM when there is no room for the root table. `saved`: its tables are in memory already. `flush` invalidates cached translations of the domain. */
export function createP2m(parts: MachineParts, granule: AnyGranule, vmid: number, tableLimit: Bytes, flush: () => void, saved?: SavedP2m, mostBits = IPA_BITS): Result<OwnedP2m, "ENOMEM" | "EINVAL"> {
  const inputBits = Math.min(mostBits, parts.cpu.paBits);
  // four levels of tables have room for more than the CPU translates: frames can be there that nobody reaches, as under Xen
  const ipaBits = granule.size === XEN_PAGE.size && inputBits >= FOUR_LEVELS ? mostBits : inputBits;
  let tableBytes = saved?.tableBytes ?? 0;
  const rounded = (size: Bytes): Bytes => roundUp(size, XEN_PAGE.size);
  const found: FoundLeaf = { output: 0, size: 0, level: 0, tag: 0, writable: false };
  const made = createStage2({
    memory: parts.memory, granule, ipaBits, paBits: Math.max(parts.cpu.paBits, ipaBits), flush, givesZeroes: true, ...(saved === undefined ? {} : { adopted: { root: parts.memory.at(saved.root), bytes: saved.treeBytes } }),
    allocTable(size) {
      const bytes = rounded(size);
      if (tableBytes + bytes > tableLimit) return undefined;
      const at = parts.tables.alloc(bytes, bytes);
      if (at !== undefined) tableBytes += bytes;
      return at;
    },
    freeTable(at, size) {
      tableBytes -= rounded(size);
      parts.tables.free(at, rounded(size));
    },
  });
  if (!made.ok) return made;
  const tree = made.value;
  const registers = stage2Registers(granule, inputBits, parts.cpu.paBits, tree.root, vmid);
  if (!registers.ok) return registers;
  const ipaLimit = 2 ** ipaBits;
  let highest = saved?.highest ?? 0;
  const attributes = (type: P2mType, writable: boolean): Stage2Attributes => ({
    read: true, write: writable, execute: type === P2M.ram || type === P2M.foreign, memory: type === P2M.device ? "device" : "normal", tag: type,
  });
  const machine = (output: number): Pa => parts.memory.at(output - toNumber(parts.memory.base));
  const within = (r: Range<"ipa">): boolean => toNumber(endOf(r)) <= ipaLimit;
  const tooHigh = (r: Range<"ipa">) => fail("EINVAL", `range 0x${toNumber(r.start).toString(16)}+0x${r.size.toString(16)} ends above the IPA limit 0x${ipaLimit.toString(16)}`);
  return ok({
    granule, ipaLimit, tableLimit,
    registers: { ...registers.value, hcr: HCR_EL2.encode({ VM: 1 }) },
    lookup(at) {
      if (toNumber(at) >= ipaLimit) return undefined;
      if (!tree.find(at, found)) return undefined;
      return { pa: machine(found.output), size: found.size, type: typeOf(found.tag), writable: found.writable };
    },
    find(at, write) {
      if (toNumber(at) >= ipaLimit || !tree.find(at, found) || found.tag === P2M.device || (write && !found.writable)) return -1;
      return found.output;
    },
    map(input, output, type, writable) {
      if (!within(input)) return tooHigh(input);
      const r = tree.map(input, output, attributes(type, writable));
      if (r.ok) highest = Math.max(highest, toNumber(endOf(input)));
      return r;
    },
    unmap: (input) => (within(input) ? tree.unmap(input) : tooHigh(input)),
    isEmpty: (input) => within(input) && tree.leaves(input).next().done === true,
    *runs(input) {
      const first = toNumber(input.start);
      const end = Math.min(first + input.size, ipaLimit);
      let run: { ipa: Ipa; pa: Pa; size: Bytes; type: P2mType; writable: boolean } | undefined;
      for (const leaf of tree.leaves(input)) {
        const start = Math.max(first, leaf.input);
        const size = Math.min(end, leaf.input + leaf.size) - start;
        const at = machine(leaf.output + (start - leaf.input));
        const type = typeOf(leaf.attributes.tag);
        if (run !== undefined && run.type === type && run.writable === leaf.attributes.write && toNumber(run.ipa) + run.size === start && toNumber(run.pa) + run.size === toNumber(at)) {
          run.size += size;
          continue;
        }
        if (run !== undefined) yield run;
        run = { ipa: add(input.start, start - first), pa: at, size, type, writable: leaf.attributes.write };
      }
      if (run !== undefined) yield run;
    },
    tableBytes: () => tableBytes,
    highest: () => highest,
    save: () => ({ root: parts.memory.offset(tree.root), tableBytes, treeBytes: tree.tableBytes(), highest }),
    destroy: () => tree.destroy(),
  });
}
