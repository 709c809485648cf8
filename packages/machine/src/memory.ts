/** Machine memory over one WebAssembly.Memory, so that an engine in wasm and devices in TypeScript see the same bytes. */
import { type Bytes, GIB, hex, ModelBug, type Pa, pa, toNumber } from "@granule/units";
import type { MachineMemory } from "./contract.ts";

/** Granularity of WebAssembly.Memory: its own "page", which is nobody's granule. */
// MAGIC: fixed by the WebAssembly specification, "Memory Instances"
const WASM_PAGE: Bytes = 64 * 1024;
/** Where machine memory starts. */
export const MEMORY_BASE: Pa = /* @__PURE__ */ pa(4 * GIB);

/** @throws RangeError when `size` is not a multiple of 64 KiB or above 3.5 GiB (wasm32 must hold an engine beside it). */
export function createMachineMemory(size: Bytes): MachineMemory {
  if (size % WASM_PAGE !== 0 || size <= 0 || size > 3.5 * GIB) throw new RangeError(`machine memory of ${size} bytes: must be a multiple of 64 KiB, at most 3.5 GiB`);
  const pages = size / WASM_PAGE;
  const wasm = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { buffer } = wasm;
  const u8 = new Uint8Array(buffer);
  const view = new DataView(buffer);
  const i32 = new Int32Array(buffer);
  const base = toNumber(MEMORY_BASE);
  const offset = (at: Pa): number => {
    const o = toNumber(at) - base;
    if (o < 0 || o >= size) throw new ModelBug(`machine address ${hex(at)} is outside memory`);
    return o;
  };
  const span = (at: Pa, bytes: Bytes): number => {
    const o = toNumber(at) - base;
    if (o < 0 || bytes < 0 || o + bytes > size) throw new ModelBug(`machine range ${hex(at)}+${hex(bytes)} leaves memory`);
    return o;
  };
  return {
    base: MEMORY_BASE, size, wasm, u8, view, i32, offset,
    at: (o) => pa(base + o),
    contains: (at) => toNumber(at) >= base && toNumber(at) < base + size,
    load32: (at) => view.getUint32(offset(at), true),
    store32: (at, value) => view.setUint32(offset(at), value, true),
    bytes: (at, n) => u8.subarray(span(at, n), span(at, n) + n),
    fill: (at, n, value) => void u8.fill(value, span(at, n), span(at, n) + n),
    copy: (to, from, n) => void u8.copyWithin(span(to, n), span(from, n), span(from, n) + n),
  };
}
