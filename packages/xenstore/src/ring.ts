/**
 * The shared ring as the transport of a connection, seen from the store.
 * Source: docs/misc/xenstore-ring.txt. Offsets are bytes from the start of struct xenstore_domain_interface.
 *
 * The guest may write anything anywhere at any time. Each index is read once, checked, and only then used; nothing
 * that was read decides how long this runs beyond one ring's worth of bytes in each direction.
 */
import {
  MASK_XENSTORE_IDX, XENSTORE_CONNECTED, XENSTORE_ERROR_NONE, XENSTORE_ERROR_RINGIDX, XENSTORE_RECONNECT,
  XENSTORE_RING_SIZE, XENSTORE_SERVER_FEATURE_ERROR, XENSTORE_SERVER_FEATURE_RECONNECTION,
  XENSTORE_SERVER_FEATURE_WATCHDEPTH, XenstoreDomainInterface,
} from "@granule/xen-abi";
import type { Connection } from "./connection.ts";
import type { RingWords } from "./contract.ts";

/** What this store offers in `server_features`. */
export const SERVER_FEATURES = XENSTORE_SERVER_FEATURE_RECONNECTION | XENSTORE_SERVER_FEATURE_ERROR | XENSTORE_SERVER_FEATURE_WATCHDEPTH;

/**
 * - `progress`: bytes moved or the ring was reset: signal the event channel, pump again.
 * - `idle`: nothing to do until the guest signals.
 * - `closed`: the error field says why; only a reconnection by the guest opens it again. Signal once.
 */
export type PumpOutcome = "progress" | "idle" | "closed";

const { req, rsp, req_cons, req_prod, rsp_cons, rsp_prod, server_features, connection: state, error } = XenstoreDomainInterface.fields;

/** Offers the features; to be done once, before the first pump. The ring's other words are the guest's as they are. */
export function advertise(ring: RingWords): void {
  ring.store32(error.offset, XENSTORE_ERROR_NONE);
  ring.store32(server_features.offset, SERVER_FEATURES);
  ring.barrier();
}

/** Moves at most one ring's worth of bytes in each direction. */
export function pump(connection: Connection, ring: RingWords): PumpOutcome {
  if (ring.load32(state.offset) === XENSTORE_RECONNECT) return reconnect(connection, ring);
  const taken = connection.isOpen ? takeRequests(connection, ring) : 0;
  const given = connection.isOpen ? giveReplies(connection, ring) : 0;
  if (!connection.isOpen) {
    ring.store32(error.offset, connection.error);
    return "closed";
  }
  return taken + given > 0 ? "progress" : "idle";
}

/** Empties both queues by moving the store's own indices, so the guest's words stay the guest's. */
function reconnect(connection: Connection, ring: RingWords): PumpOutcome {
  if (!connection.reset()) return "closed";
  ring.store32(req_cons.offset, ring.load32(req_prod.offset));
  ring.store32(rsp_prod.offset, ring.load32(rsp_cons.offset));
  advertise(ring);
  // last: from here on the guest uses the ring
  ring.store32(state.offset, XENSTORE_CONNECTED);
  return "progress";
}

/** Bytes between two free-running indices; closes the connection when they are more than the ring has. */
function distance(connection: Connection, from: number, to: number): number {
  const bytes = (to - from) >>> 0;
  if (bytes <= XENSTORE_RING_SIZE) return bytes;
  connection.fail(XENSTORE_ERROR_RINGIDX);
  return 0;
}

function takeRequests(connection: Connection, ring: RingWords): number {
  const cons = ring.load32(req_cons.offset);
  const size = distance(connection, cons, ring.load32(req_prod.offset));
  if (size === 0) return 0;
  // the bytes are read after the index that says they are there
  ring.barrier();
  const at = MASK_XENSTORE_IDX(cons);
  const first = Math.min(size, XENSTORE_RING_SIZE - at);
  ring.load(req.offset + at, connection.carrier.subarray(0, first));
  if (size > first) ring.load(req.offset, connection.carrier.subarray(first, size));
  const taken = connection.push(connection.carrier.subarray(0, size));
  if (taken === 0) return 0;
  // the room is given back after the bytes were read
  ring.barrier();
  ring.store32(req_cons.offset, (cons + taken) >>> 0);
  return taken;
}

function giveReplies(connection: Connection, ring: RingWords): number {
  const prod = ring.load32(rsp_prod.offset);
  const used = distance(connection, ring.load32(rsp_cons.offset), prod);
  if (!connection.isOpen || used === XENSTORE_RING_SIZE) return 0;
  const size = connection.pull(connection.carrier.subarray(0, XENSTORE_RING_SIZE - used));
  if (size === 0) return 0;
  // the room is written after the index that says it is free
  ring.barrier();
  const at = MASK_XENSTORE_IDX(prod);
  const first = Math.min(size, XENSTORE_RING_SIZE - at);
  ring.store(rsp.offset + at, connection.carrier.subarray(0, first));
  if (size > first) ring.store(rsp.offset, connection.carrier.subarray(first, size));
  // the index says so after the bytes are there
  ring.barrier();
  ring.store32(rsp_prod.offset, (prod + size) >>> 0);
  return size;
}
