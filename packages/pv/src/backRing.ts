/**
 * The back end's view of a shared ring, mapped or copied. Source: xen/include/public/io/ring.h, "back" private
 * variables and the macros named below. It writes `rsp_prod`, `req_event` and response slots, and nothing else.
 *
 * A request is read into private memory once, after the index that says it is there (XSA-155: what is checked must be
 * what is used). Responses may be given in any order; each takes the place of a request that was read.
 */
import { ringSlots, SharedRing } from "@granule/xen-abi";
import type { Trap } from "@granule/machine";
import { type Bytes, ModelBug } from "@granule/units";
import type { RingAccess } from "./contract.ts";

export interface BackRing {
  /** Slots of the ring, a power of two. */
  readonly slots: number;
  /** Requests of the last {@link fetch}, one after the other, `entry` bytes each, in private memory. */
  readonly requests: DataView;
  /** Reads all new requests; answers how many. -1: the ring is broken, {@link fault} says how, for good. */
  fetch(): Trap<number>;
  /** Adds a response (at most `entry` bytes); the peer does not see it before {@link push}. @throws ModelBug when no request waits for one. */
  respond(response: Uint8Array): void;
  /** RING_PUSH_RESPONSES_AND_CHECK_NOTIFY: 1 when the peer wants an event, 0 when not, -1 as in {@link fetch}. */
  push(): Trap<0 | 1 | -1>;
  /** RING_FINAL_CHECK_FOR_REQUESTS: asks for an event at the next request; answers how many wait to be fetched, or -1. */
  arm(): Trap<number>;
  readonly fault: string;
}

const { req_prod, req_event, rsp_prod, rsp_event } = SharedRing.fields;

/** A private copy of one index word. */
function word(): { readonly bytes: Uint8Array; get(): number; set(value: number): void } {
  const bytes = new Uint8Array(4);
  const view = new DataView(bytes.buffer);
  return { bytes, get: () => view.getUint32(0, true), set: (value) => view.setUint32(0, value, true) };
}

/** BACK_RING_ATTACH. `entry`: bytes of a slot; `at`: where both indices start. @throws ModelBug when no slot fits. */
export function createBackRing(access: RingAccess, entry: Bytes, at = 0): BackRing {
  const slots = ringSlots(access.size, entry);
  if (slots === 0) throw new ModelBug(`a ring of ${access.size} bytes has no slot of ${entry} bytes`);
  const requests = new Uint8Array(slots * entry);
  /** Responses that wait for push, by slot. */
  const responses = new Uint8Array(slots * entry);
  const seenReqProd = word();
  const seenRspEvent = word();
  const ownRspProd = word();
  const ownReqEvent = word();
  let cons = at;
  /** rsp_prod_pvt; `pushed` is what the peer was shown of it. */
  let prod = at;
  let pushed = at;
  let fault = "";
  const slot = (index: number): number => index & (slots - 1);
  const offsetOf = (index: number): Bytes => SharedRing.size + slot(index) * entry;

  function* commit(): Trap<boolean> {
    if (fault !== "") return false;
    if (yield* access.commit()) return true;
    fault = access.fault;
    return false;
  }
  /** Requests between `cons` and the peer's index as last read. RING_REQUEST_PROD_OVERFLOW, and never backwards. */
  const waiting = (): number => {
    const seen = seenReqProd.get();
    const count = (seen - cons) >>> 0;
    const room = slots - ((cons - prod) >>> 0);
    if (count <= room) return count;
    fault = `ring index req_prod: ${seen} is ${count} slots ahead of the last request read (${cons}), but the ring of ${slots} slots has room for ${room}`;
    return -1;
  };
  /** Runs of slots that do not wrap, in order: at most two. */
  const runs = (from: number, count: number, each: (offset: Bytes, done: number, n: number) => void): void => {
    const first = Math.min(count, slots - slot(from));
    if (first > 0) each(offsetOf(from), 0, first);
    if (count > first) each(SharedRing.size, first, count - first);
  };
  return {
    slots,
    requests: new DataView(requests.buffer),
    get fault() {
      return fault;
    },
    *fetch() {
      access.load(req_prod.offset, seenReqProd.bytes);
      if (!(yield* commit())) return -1;
      const count = waiting();
      if (count <= 0) return count;
      runs(cons, count, (offset, done, n) => access.load(offset, requests.subarray(done * entry, (done + n) * entry)));
      if (!(yield* commit())) return -1;
      cons = (cons + count) >>> 0;
      return count;
    },
    respond(response) {
      if (prod === cons) throw new ModelBug("a response without a request");
      const start = slot(prod) * entry;
      responses.fill(0, start, start + entry).set(response, start);
      prod = (prod + 1) >>> 0;
    },
    *push() {
      if (prod === pushed) return fault === "" ? 0 : -1;
      const old = pushed;
      runs(old, (prod - old) >>> 0, (offset, _done, n) => {
        const start = offset - SharedRing.size;
        access.store(offset, responses.subarray(start, start + n * entry));
      });
      // in this order: the peer sees responses, then the index, and only then this end looks whether the peer sleeps
      ownRspProd.set(prod);
      access.store(rsp_prod.offset, ownRspProd.bytes);
      access.load(rsp_event.offset, seenRspEvent.bytes);
      pushed = prod;
      if (!(yield* commit())) return -1;
      return ((pushed - seenRspEvent.get()) >>> 0) < ((pushed - old) >>> 0) ? 1 : 0;
    },
    *arm() {
      ownReqEvent.set((cons + 1) >>> 0);
      access.store(req_event.offset, ownReqEvent.bytes);
      access.load(req_prod.offset, seenReqProd.bytes);
      if (!(yield* commit())) return -1;
      return waiting();
    },
  };
}

/** The `rsp_prod` that is in the ring, where a back end that starts on a ring in use goes on; -1: it cannot be read. */
export function* rspProdOf(access: RingAccess): Trap<number> {
  const seen = word();
  access.load(rsp_prod.offset, seen.bytes);
  return (yield* access.commit()) ? seen.get() : -1;
}
