/** The port: writing entries for a domain that does not run yet, and telling who uses what. */
import { add, type Bytes, DONE, encodeExtent, fail, ipa, range, type Result } from "@granule/units";
import type { MachineMemory } from "@granule/machine";
import { GrantEntryV1, GrantEntryV2 } from "@granule/xen-abi";
import type { EntryV1, EntryV2, GrantInUse, GrantMapping, Grants, GrantTableName } from "./contract.ts";
import { machineRanges } from "./runs.ts";
import { type Core } from "./shared.ts";
import { type InUse, refOf, type Table } from "./state.ts";
import { entryWord } from "./words.ts";

const U16 = 2 ** (8 * GrantEntryV1.fields.domid.size);
const U32 = 2 ** (8 * GrantEntryV1.fields.frame.size);
const fits = (value: number, limit: number): boolean => Number.isInteger(value) && value >= 0 && value < limit;

/** Zeroes the body's word 0 first and writes it last: no claim sees half an entry. */
function write(memory: MachineMemory, table: Table, index: number, entry: EntryV1 | EntryV2): Result<undefined, "EINVAL"> {
  if (!fits(entry.flags, U16) || !fits(entry.domid, U16)) return fail("EINVAL", `entry ${index}: flags ${entry.flags} or domid ${entry.domid} do not fit 16 bits`);
  const at = table.object.at(index * table.entrySize);
  const offset = memory.offset(at);
  if ("frame" in entry) {
    if (!fits(entry.frame, U32)) return fail("EINVAL", `entry ${index}: frame ${entry.frame} does not fit 32 bits`);
    memory.store32(at, 0);
    GrantEntryV1.fields.frame.set(memory.view, offset, entry.frame);
  } else {
    const word = encodeExtent(entry.extent);
    if (!word.ok) return word;
    memory.store32(at, 0);
    memory.store32(add(at, Uint32Array.BYTES_PER_ELEMENT), 0);
    GrantEntryV2.fields.extent.set(memory.view, offset, word.value);
  }
  memory.store32(at, entryWord(entry.flags, entry.domid));
  return DONE;
}

const describe = (use: InUse): GrantInUse => ({
  granter: use.granter, ref: refOf(use.version, use.index), mapper: use.mapper, readers: use.readers, writers: use.writers,
  extent: range(ipa(use.start), use.size), machine: machineRanges(use.runs),
});

export function createLedger(core: Core): Grants {
  const tableOf = (domid: number, name: GrantTableName): Table | undefined => core.states.get(domid)?.[name];
  return {
    seed(domain, name: GrantTableName, index, entry: EntryV1 | EntryV2) {
      const table = tableOf(domain.domid, name);
      if (table === undefined) return fail("EINVAL", `domain ${domain.domid} has no ${name} grant table`);
      if (!fits(index, U32) || ("frame" in entry) !== (name === "v1")) return fail("EINVAL", `index ${index}, or an entry of the other table`);
      const needed: Bytes = (index + 1) * table.entrySize;
      if (!table.object.grow(needed)) return fail("ENOMEM", `entry ${index} needs ${needed} bytes, the limit is ${table.object.limit}`);
      return write(core.memory, table, index, entry);
    },
    tableOf: (domain, name) => tableOf(domain.domid, name)?.object,
    active(domain) {
      const s = core.states.get(domain.domid);
      const uses = [...(s?.v1.inUse.values() ?? []), ...(s?.v2?.inUse.values() ?? [])].map(describe);
      return uses.sort((a, b) => a.ref - b.ref);
    },
    mappings(domain) {
      const out: GrantMapping[] = [];
      for (const [handle, m] of core.states.get(domain.domid)?.handles.entries() ?? [])
        out.push({ handle, granter: m.use.granter, ref: refOf(m.use.version, m.use.index), at: range(ipa(m.address), m.use.size), writable: m.writable, machine: machineRanges(m.use.runs) });
      return out;
    },
  };
}
