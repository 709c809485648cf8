/**
 * The front end's view of a shared ring: it owns the ring, so it always reaches it by loads and stores.
 * Source: xen/include/public/io/ring.h, "front" private variables and the macros named below. It writes `req_prod`,
 * `rsp_event` and request slots, and nothing else. Indices are free-running modulo 2^32.
 */
import { ringSlots, SharedRing } from "@granule/xen-abi";
import { type Bytes, ModelBug } from "@granule/units";
import type { SharedWords } from "./contract.ts";

export interface FrontRing {
  /** Slots of the ring, a power of two. */
  readonly slots: number;
  /** RING_FREE_REQUESTS: slots that may be filled now. */
  free(): number;
  /** Fills the next slot; the peer does not see it before {@link push}. @throws ModelBug when no slot is free. */
  put(request: Uint8Array): void;
  /** RING_PUSH_REQUESTS_AND_CHECK_NOTIFY: shows the slots to the peer; true when it wants an event. */
  push(): boolean;
  /** Responses that {@link take} may take; -1: the peer broke the ring, {@link fault} says how, for good. */
  ready(): number;
  /** Copies the next response out of the shared ring. Only after {@link ready} said that there is one. */
  take(into: Uint8Array): void;
  /** RING_FINAL_CHECK_FOR_RESPONSES: asks for an event at the next response; answers as {@link ready}. */
  arm(): number;
  readonly fault: string;
}

const { req_prod, req_event, rsp_prod, rsp_event } = SharedRing.fields;

/** SHARED_RING_INIT: the front end, once, before the peer learns of the ring. `at`: where both indices start. */
export function initSharedRing(words: SharedWords, at = 0): void {
  words.store32(req_prod.offset, at);
  words.store32(rsp_prod.offset, at);
  words.store32(req_event.offset, (at + 1) >>> 0);
  words.store32(rsp_event.offset, (at + 1) >>> 0);
  words.barrier();
}

/** FRONT_RING_ATTACH. `size`: bytes of the ring; `entry`: bytes of a slot. @throws ModelBug when no slot fits. */
export function createFrontRing(words: SharedWords, size: Bytes, entry: Bytes, at = 0): FrontRing {
  const slots = ringSlots(size, entry);
  if (slots === 0) throw new ModelBug(`a ring of ${size} bytes has no slot of ${entry} bytes`);
  /** req_prod_pvt; `pushed` is what the peer was shown of it. */
  let prod = at;
  let pushed = at;
  let cons = at;
  let fault = "";
  const offsetOf = (index: number): Bytes => SharedRing.size + (index & (slots - 1)) * entry;

  const ready = (): number => {
    if (fault !== "") return -1;
    const seen = words.load32(rsp_prod.offset);
    const count = (seen - cons) >>> 0;
    const outstanding = (pushed - cons) >>> 0;
    if (count > outstanding) {
      fault = `ring index rsp_prod: ${seen} is ${count} slots ahead of the last response taken (${cons}), but ${outstanding} requests are outstanding`;
      return -1;
    }
    // responses are read after the index that says they are there
    if (count > 0) words.barrier();
    return count;
  };
  return {
    slots, ready,
    get fault() {
      return fault;
    },
    free: () => slots - ((prod - cons) >>> 0),
    put(request) {
      if (((prod - cons) >>> 0) >= slots) throw new ModelBug("put on a full ring");
      words.store(offsetOf(prod), request);
      prod = (prod + 1) >>> 0;
    },
    push() {
      const old = pushed;
      // the peer sees requests before the index that says they are there
      words.barrier();
      words.store32(req_prod.offset, prod);
      pushed = prod;
      // and the index before this end looks whether the peer sleeps
      words.barrier();
      return ((pushed - words.load32(req_event.offset)) >>> 0) < ((pushed - old) >>> 0);
    },
    take(into) {
      words.load(offsetOf(cons), into);
      cons = (cons + 1) >>> 0;
    },
    arm() {
      const count = ready();
      if (count !== 0) return count;
      words.store32(rsp_event.offset, (cons + 1) >>> 0);
      // the peer sees the wish before this end looks for the last time
      words.barrier();
      return ready();
    },
  };
}
