/**
 * Where the blocks of a blob are, and that they are where they may be.
 * Source: Devicetree Specification v0.4, section 5.2 "Header", 5.3 "Memory Reservation Block", 5.6 "Alignment".
 */
import { type Failure, fail, hex, ok, type Result } from "@granule/units";
import { FDT_LAST_COMP_VERSION, FDT_MAGIC, FDT_VERSION, type FdtLimits, HEADER_SIZE, type HeaderField, offsetOfField } from "./format.ts";
import type { FdtRange } from "./tree.ts";

/**
 * What is wrong with a blob. `magic`, `version`: not such a document. `truncated`: fewer bytes than it says. `limit`:
 * bytes, nodes or depth beyond the limits. `layout`: a block that is misaligned, outside or over another one.
 * `reservation`: the list does not end, or a number is not below 2^53. `token`: none, or none here. `name`: of a node or
 * property. `duplicate`: two of one name in one node. `property`: its value or name leaves its block.
 */
export type FdtCode = "magic" | "version" | "truncated" | "limit" | "layout" | "reservation" | "token" | "name" | "duplicate" | "property";

/** `[start, end)` in bytes from the start of the blob. */
export interface Block {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}
export interface Header {
  readonly boot_cpuid_phys: number;
  readonly reservations: readonly FdtRange[];
  readonly struct: Block;
  /** False in version 16: `struct.end` is then only a bound. */
  readonly structSizeStated: boolean;
  readonly strings: Block;
}

const ENTRY_SIZE = 16;

/** Reads the header and the memory reservation block of the first bytes of `available`. */
export function readHeader(blob: DataView, available: number, limits: FdtLimits): Result<Header, FdtCode> {
  const field = (name: HeaderField): number => blob.getUint32(offsetOfField(name));
  const wrong = <C extends FdtCode>(code: C, name: HeaderField, why: string): Failure<C> =>
    fail(code, `header: ${name} (offset ${hex(offsetOfField(name))}) is ${hex(field(name))}: ${why}`);

  if (blob.byteLength >= 4 && field("magic") !== FDT_MAGIC) return wrong("magic", "magic", `not ${hex(FDT_MAGIC)}`);
  if (blob.byteLength < HEADER_SIZE - 4) return fail("truncated", `header: ${blob.byteLength} bytes are less than a header of ${HEADER_SIZE} bytes`);
  const version = field("version");
  const total = field("totalsize");
  if (version < FDT_LAST_COMP_VERSION) return wrong("version", "version", "16, 17 and what is compatible can be read");
  if (field("last_comp_version") > FDT_VERSION) return wrong("version", "last_comp_version", "the blob says that a reader of 17 cannot read it");
  if (total > limits.bytes) return wrong("limit", "totalsize", `more than ${limits.bytes} bytes`);
  if (total > blob.byteLength) return wrong("truncated", "totalsize", `only ${available} bytes are there`);
  const structSizeStated = version >= FDT_VERSION;
  const headerSize = structSizeStated ? HEADER_SIZE : HEADER_SIZE - 4;
  if (total < headerSize) return wrong("layout", "totalsize", `less than a header of ${headerSize} bytes`);

  for (const [name, unit] of [["off_mem_rsvmap", 8], ["off_dt_struct", 4], ["off_dt_strings", 1]] as const) {
    if (field(name) % unit !== 0) return wrong("layout", name, `not a multiple of ${unit} bytes`);
    if (field(name) > total) return wrong("layout", name, `beyond totalsize ${hex(total)}`);
  }
  const rsvmap = readReservations(blob, field("off_mem_rsvmap"), total);
  if (!rsvmap.ok) return rsvmap;
  const strings: Block = { name: "strings block", start: field("off_dt_strings"), end: field("off_dt_strings") + field("size_dt_strings") };
  if (strings.end > total) return wrong("layout", "size_dt_strings", `the block at ${hex(strings.start)} ends beyond totalsize ${hex(total)}`);
  const start = field("off_dt_struct");
  // version 16 does not say where the structure block ends: before the next block
  const next = Math.min(...[total, strings.start, field("off_mem_rsvmap")].filter((at) => at > start));
  const struct: Block = { name: "structure block", start, end: structSizeStated ? start + field("size_dt_struct") : next };
  if (struct.end > total) return wrong("layout", "size_dt_struct", `the block at ${hex(start)} ends beyond totalsize ${hex(total)}`);

  const head: Block = { name: "header", start: 0, end: headerSize };
  const overlap = overlapOf([head, rsvmap.value.block, struct, strings]);
  if (overlap !== undefined) return fail("layout", `header: ${overlap}`);
  return ok({ boot_cpuid_phys: field("boot_cpuid_phys"), reservations: rsvmap.value.list, struct, structSizeStated, strings });
}

function overlapOf(blocks: readonly Block[]): string | undefined {
  const sorted = blocks.filter((b) => b.end > b.start).sort((a, b) => a.start - b.start);
  for (const [i, b] of sorted.entries()) {
    const before = sorted[i - 1];
    if (before !== undefined && before.end > b.start)
      return `the ${b.name} (${hex(b.start)} to ${hex(b.end)}) overlaps the ${before.name} (${hex(before.start)} to ${hex(before.end)})`;
  }
  return undefined;
}

function readReservations(blob: DataView, start: number, total: number): Result<{ list: readonly FdtRange[]; block: Block }, "reservation"> {
  const list: FdtRange[] = [];
  for (let at = start; at + ENTRY_SIZE <= total; at += ENTRY_SIZE) {
    const address = u64(blob, at);
    const size = u64(blob, at + 8);
    if (address === 0 && size === 0) return ok({ list, block: { name: "memory reservation block", start, end: at + ENTRY_SIZE } });
    for (const [name, offset, n] of [["address", at, address], ["size", at + 8, size]] as const)
      if (n >= 2 ** 53) return fail("reservation", `memory reservation block: ${name} (offset ${hex(offset)}) is 0x${blob.getBigUint64(offset).toString(16)}: not below 2^53`);
    list.push({ address, size });
  }
  return fail("reservation", `memory reservation block: no entry of zeroes between its start ${hex(start)} and totalsize ${hex(total)}`);
}

/** Exact below 2^53, and never below 2^53 when the true value is not. */
const u64 = (view: DataView, at: number): number => view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4);
