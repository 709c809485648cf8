/**
 * A ring that this end cannot map: the hypervisor copies between the granted ring and a staging area of this end's own
 * RAM. The elements of one list are done in order with a full barrier between, and an aligned one of 4 bytes is
 * single-copy atomic, so the lists that {@link RingAccess} queues mean the same here as on a mapped ring.
 */
import type { CopyRequest, Kernel } from "@granule/guest-sdk/contract";
import { add, type Bytes, type Ipa, roundUp, vaFromIpa } from "@granule/units";
import type { RingAccess } from "./contract.ts";

/** Alignment of a transfer in the staging area, at least that of anything that must be atomic. */
const ALIGN: Bytes = 16;

/** Counts of what went through the hypervisor. */
export interface CopyTally {
  copyElements: number;
  copyBytes: Bytes;
}

/** `release` gives the staging area back. */
export interface CopiedRing extends RingAccess {
  release(): void;
}

interface Transfer {
  readonly offset: Bytes;
  readonly bytes: Uint8Array;
  readonly isLoad: boolean;
}

/** The ring of `size` bytes that `domid` granted as `ref`. @throws Error when there is no memory for the staging area. */
export function copiedRing(k: Kernel, domid: number, ref: number, size: Bytes, tally: CopyTally): CopiedRing {
  // one commit moves at most every slot once, and a few words
  const staging = k.pages.alloc(size);
  const queue: Transfer[] = [];
  let fault = "";
  return {
    mode: "copied",
    size,
    get fault() {
      return fault;
    },
    load: (offset, bytes) => void queue.push({ offset, bytes, isLoad: true }),
    store: (offset, bytes) => void queue.push({ offset, bytes, isLoad: false }),
    *commit() {
      const list: CopyRequest[] = [];
      let at: Bytes = 0;
      for (const { offset, bytes, isLoad } of queue) {
        const own: { readonly ipa: Ipa } = { ipa: add(staging.start, at) };
        const shared = { domid, ref, offset };
        if (!isLoad) k.g.write(vaFromIpa(own.ipa), bytes);
        list.push({ source: isLoad ? shared : own, dest: isLoad ? own : shared, length: bytes.length });
        tally.copyBytes += bytes.length;
        at += roundUp(bytes.length, ALIGN);
      }
      tally.copyElements += list.length;
      const results = yield* k.mapper.copy(list);
      at = 0;
      for (const [i, { offset, bytes, isLoad }] of queue.entries()) {
        const result = results[i];
        if (result?.ok !== true) {
          fault = `ring bytes ${offset}..${offset + bytes.length} of reference ${ref} cannot be copied: ${result?.why ?? "no answer"}`;
          break;
        }
        if (isLoad) k.g.read(vaFromIpa(add(staging.start, at)), bytes);
        at += roundUp(bytes.length, ALIGN);
      }
      queue.length = 0;
      return fault === "";
    },
    release: () => k.pages.free(staging),
  };
}
