/**
 * Micro-ops by machine page: 16 bytes for each instruction of 4096 bytes of code, decoded when first executed. `MAP` has the
 * micro-op page of each machine page that holds code; `OWNERS` the machine page of each micro-op page. A translator of hot
 * code would hang what it makes off the same pages, so that dropping a page drops it.
 */
import { flushAll, withholdWrites } from "./tlb";
import { MEM_SIZE, MOST_VCPUS, RECORD, setVcpus, UOP_PAGE } from "./state";

/** u32 for each 4096 bytes of machine memory: address of its micro-op page, or 0. */
let MAP: usize = 0;
/** u32 for each micro-op page: wasm address of its code. */
let OWNERS: usize = 0;
let POOL: usize = 0;
let PAGES: u32 = 0;
let USED: u32 = 0;

/** Bytes that `pages` micro-op pages, their administration and the vcpus' records need; the first page stays free, so that no page is at 0. */
export function poolBytes(memorySize: f64, pages: u32): f64 {
  return <f64>UOP_PAGE + <f64>pages * (<f64>UOP_PAGE + 4) + memorySize / 1024 + <f64>(MOST_VCPUS * <u32>RECORD);
}
/** `at`: poolBytes() of memory, aligned to UOP_PAGE, zeroed. */
export function createPool(at: usize, pages: u32): void {
  POOL = at + UOP_PAGE;
  PAGES = pages;
  USED = 0;
  OWNERS = POOL + pages * <u32>UOP_PAGE;
  MAP = OWNERS + pages * 4;
  const records = MAP + <usize>(MEM_SIZE >> 10);
  setVcpus(records, records);
}

/* @inline */ function mapOf(host: usize): usize { return MAP + ((host >>> 12) << 2); }

/** The micro-ops of the 4096 bytes at `host`; 0 when they hold no code. */
export function codeAt(host: usize): usize { return load<u32>(mapOf(host)); }
/** Where the code of a micro-op lies. */
export function wordAt(uop: usize): usize {
  const index = (uop - POOL) / UOP_PAGE;
  return load<u32>(OWNERS + index * 4) + ((uop & (UOP_PAGE - 1)) >>> 2);
}

/** Drops all micro-ops and translations, whatever the administration says; nothing may be executing. */
export function dropAllCode(): void {
  memory.fill(MAP, 0, <usize>(MEM_SIZE >> 10));
  codeAllChanged();
  USED = 0;
  flushAll();
}
/** The micro-ops of the 4096 bytes at `host`, made when there are none. May drop all others. Zero is "not decoded". */
export function makeCode(host: usize): usize {
  const known = codeAt(host);
  if (known != 0) return known;
  if (USED == PAGES) dropAllCode();
  const page = POOL + USED * <u32>UOP_PAGE;
  memory.fill(page, 0, UOP_PAGE);
  store<u32>(OWNERS + USED * 4, <u32>host);
  store<u32>(mapOf(host), <u32>page);
  USED++;
  withholdWrites(host);
  return page;
}
/** The bytes [at, at + bytes) changed: their micro-ops are decoded anew. They lie in one page. */
export function codeChanged(at: usize, bytes: u32): void {
  const page = codeAt(at);
  if (page == 0) return;
  const first = (at & 0xffc) << 2;
  const last = ((at + bytes - 1) & 0xffc) << 2;
  for (let o = first; o <= last; o += 16) store<u16>(page + o, 0);
}
/** All code of machine memory [at, at + bytes) is decoded anew. */
export function codeRangeChanged(at: usize, bytes: usize): void {
  for (let page = at & ~0xfff; page < at + bytes; page += 4096) {
    const uops = codeAt(page);
    if (uops != 0) memory.fill(uops, 0, UOP_PAGE);
  }
}
/** IC IALLU: all code is decoded anew. */
export function codeAllChanged(): void {
  memory.fill(POOL, 0, USED * <u32>UOP_PAGE);
}
