/**
 * How the back end moves the data of requests: between the disk and memory that the front end granted, mapped or
 * copied. Segments are collected over several requests, so that one call of the hypervisor serves many of them.
 *
 * Mapping is tried where this domain's granule allows it; a grant that cannot be mapped for its granule (a fragmented
 * front end, or a back end of ABI v1 that cannot know its G) is copied instead.
 */
import type { Kernel, MapRequest, Mapping } from "@granule/guest-sdk/contract";
import type { Trap } from "@granule/machine";
import { add, type Bytes, isAligned, type Range, vaFromIpa, type Va } from "@granule/units";
import type { BlockCounters, DataMode, Disk } from "./contract.ts";
import type { PersistentGrants } from "./persistent.ts";

/** Most segments of one collection: what one list of the hypervisor's takes. */
const MAX_SEGMENTS = 256;

export interface TransferOptions {
  readonly disk: Disk;
  /** The front end's domain. */
  readonly peer: number;
  /** U, in bytes. */
  readonly unit: Bytes;
  /** False: do not even try to map. */
  readonly canMap: boolean;
  /** Bytes of own memory for copying; at least `unit`. */
  readonly bounce: Bytes;
  readonly persistent: PersistentGrants | undefined;
  readonly counters: BlockCounters;
}

export interface Transfer {
  /** "copied" once something had to be. */
  readonly mode: DataMode;
  /** False when this segment must wait until {@link run}. */
  fits(bytes: Bytes): boolean;
  /** Adds a segment of request `request`: `bytes` at `offset` of reference `ref`, at `at` of the disk. */
  add(request: number, ref: number, offset: Bytes, bytes: Bytes, at: Bytes, isWrite: boolean): void;
  /** Carries out what was added, in order on the disk. `fail` is called for a request that failed. */
  run(fail: (request: number, why: string) => void): Trap<void>;
  /** Gives memory back. */
  release(): void;
}

/** One segment. `data`: where its bytes are while it runs; `copied`: in the bounce buffer. */
interface Segment {
  readonly request: number;
  readonly ref: number;
  readonly offset: Bytes;
  readonly bytes: Bytes;
  readonly at: Bytes;
  readonly isWrite: boolean;
  data: Va | undefined;
  copied: Range<"ipa"> | undefined;
}

export function createTransfer(k: Kernel, options: TransferOptions): Transfer {
  const { disk, peer, unit, persistent, counters } = options;
  let mode: DataMode = options.canMap ? "mapped" : "copied";
  let segments: Segment[] = [];
  let total: Bytes = 0;
  let bounce: Range<"ipa"> | undefined;
  let failed = new Set<number>();
  const scratch = new Uint8Array(unit);

  /** Maps what can be mapped; answers the mappings to undo. The rest keeps `data` undefined. */
  function* mapAll(fail: (request: number, why: string) => void): Trap<readonly Mapping[]> {
    const wanted: Segment[] = [];
    const list: MapRequest[] = [];
    for (const s of segments) {
      const kept = persistent?.find(s.ref);
      if (kept !== undefined) s.data = add(kept, s.offset);
      else {
        wanted.push(s);
        // a kept mapping serves both directions
        list.push({ domid: peer, ref: s.ref, size: unit, readonly: s.isWrite && persistent === undefined });
      }
    }
    if (list.length === 0) return [];
    counters.mapElements += list.length;
    const undo: Mapping[] = [];
    const results = yield* k.mapper.map(list);
    for (const [i, s] of wanted.entries()) {
      const result = results[i];
      if (result?.ok === true) {
        s.data = add(result.value.va, s.offset);
        if (persistent?.keep(s.ref, result.value) !== true) undo.push(result.value);
      } else if (result?.code === "GNTST_bad_granule") mode = "copied";
      else fail(s.request, `reference ${s.ref}: ${result?.why ?? "no answer"}`);
    }
    return undo;
  }

  /** Gives every segment that is not mapped a place in the bounce buffer. */
  function place(): void {
    let at: Bytes = 0;
    for (const s of segments) {
      if (s.data !== undefined || failed.has(s.request)) continue;
      bounce ??= k.pages.alloc(options.bounce);
      s.copied = { start: add(bounce.start, at), size: s.bytes };
      s.data = vaFromIpa(s.copied.start);
      at += s.bytes;
    }
  }
  function* copy(isWrite: boolean, fail: (request: number, why: string) => void): Trap<void> {
    const list: { readonly s: Segment; readonly own: Range<"ipa"> }[] = [];
    for (const s of segments) if (s.copied !== undefined && s.isWrite === isWrite && !failed.has(s.request)) list.push({ s, own: s.copied });
    if (list.length === 0) return;
    counters.copyElements += list.length;
    const results = yield* k.mapper.copy(list.map(({ s, own }) => {
      const granted = { domid: peer, ref: s.ref, offset: s.offset };
      const mine = { ipa: own.start };
      return isWrite ? { source: granted, dest: mine, length: s.bytes } : { source: mine, dest: granted, length: s.bytes };
    }));
    for (const [i, { s }] of list.entries()) {
      const result = results[i];
      if (result?.ok === true) counters.copyBytes += s.bytes;
      else fail(s.request, `reference ${s.ref}: ${result?.why ?? "no answer"}`);
    }
  }
  /** One segment between disk and memory. Bytes are read from shared memory once. */
  function move(s: Segment): boolean {
    if (s.data === undefined) return false;
    const bytes = scratch.subarray(0, s.bytes);
    if (s.isWrite) {
      k.g.read(s.data, bytes);
      return disk.write(s.at, bytes);
    }
    if (!disk.read(s.at, bytes)) return false;
    k.g.write(s.data, bytes);
    return true;
  }
  return {
    get mode() {
      return mode;
    },
    fits: (bytes) => segments.length < MAX_SEGMENTS && total + bytes <= options.bounce,
    add(request, ref, offset, bytes, at, isWrite) {
      segments.push({ request, ref, offset, bytes, at, isWrite, data: undefined, copied: undefined });
      total += bytes;
    },
    *run(fail) {
      const failOnce = (request: number, why: string): void => {
        if (!failed.has(request)) fail(request, why);
        failed.add(request);
      };
      if (segments.length === 0) return;
      const undo = options.canMap ? yield* mapAll(failOnce) : [];
      place();
      yield* copy(true, failOnce);
      for (const s of segments) {
        // a request that cannot be done in full does not touch the disk
        if (!failed.has(s.request) && !move(s)) failOnce(s.request, `the disk failed at byte ${s.at}`);
      }
      yield* copy(false, failOnce);
      if (undo.length > 0) {
        counters.unmapElements += undo.length;
        yield* k.mapper.unmap(undo);
      }
      segments = [];
      total = 0;
      failed = new Set();
    },
    release() {
      if (bounce !== undefined) k.pages.free(bounce);
      bounce = undefined;
    },
  };
}

/** True when a granule of `g` bytes can map grants of `unit` bytes; a kernel of ABI v1 cannot know, and tries. */
export const canMapUnit = (k: Kernel, unit: Bytes): boolean => k.stage2 === undefined || isAligned(unit, k.stage2.size);
