/**
 * The guest's end of the xenstore ring: two byte streams in shared memory. Source: docs/misc/xenstore-ring.txt, "The
 * xenstore ring datastructure". The other end is not trusted: indices that contradict each other break the connection.
 */
import type { Guest } from "@granule/machine";
import { add, type Bytes, type Va } from "@granule/units";
import { MASK_XENSTORE_IDX, XENSTORE_RING_SIZE, XenstoreDomainInterface } from "@granule/xen-abi";

export interface XsRing {
  /** Writes what fits; answers the bytes written. */
  write(bytes: Uint8Array): Bytes;
  /** Takes what is there. */
  read(): Uint8Array;
  readonly hasRoom: boolean;
  /** False once an index made no sense. */
  readonly isSound: boolean;
}

const FIELDS = XenstoreDomainInterface.fields;

export function createXsRing(g: Guest, at: Va): XsRing {
  const word = (name: "req_cons" | "req_prod" | "rsp_cons" | "rsp_prod"): Va => add(at, FIELDS[name].offset);
  const [reqCons, reqProd, rspCons, rspProd] = [word("req_cons"), word("req_prod"), word("rsp_cons"), word("rsp_prod")];
  const req = add(at, FIELDS.req.offset);
  const rsp = add(at, FIELDS.rsp.offset);
  let isSound = true;
  /** Bytes between two free-running indices; 0 and unsound when there are more than the ring holds. */
  const between = (prod: number, cons: number): Bytes => {
    const n = (prod - cons) >>> 0;
    if (n > XENSTORE_RING_SIZE) isSound = false;
    return isSound ? n : 0;
  };
  /** Runs `each` over at most two pieces of the ring that do not wrap. */
  const span = (index: number, size: Bytes, each: (offset: Bytes, done: Bytes, n: Bytes) => void): void => {
    for (let done = 0; done < size; ) {
      const offset = MASK_XENSTORE_IDX(index + done);
      const n = Math.min(size - done, XENSTORE_RING_SIZE - offset);
      each(offset, done, n);
      done += n;
    }
  };
  return {
    get isSound() {
      return isSound;
    },
    get hasRoom() {
      return between(g.load32(reqProd), g.load32(reqCons)) < XENSTORE_RING_SIZE;
    },
    write(bytes) {
      const prod = g.load32(reqProd);
      const used = between(prod, g.load32(reqCons));
      const size = isSound ? Math.min(bytes.length, XENSTORE_RING_SIZE - used) : 0;
      span(prod, size, (offset, done, n) => g.write(add(req, offset), bytes.subarray(done, done + n)));
      // the bytes first, then the index that shows them
      g.store32(reqProd, (prod + size) >>> 0);
      return size;
    },
    read() {
      const cons = g.load32(rspCons);
      const bytes = new Uint8Array(between(g.load32(rspProd), cons));
      span(cons, bytes.length, (offset, done, n) => g.read(add(rsp, offset), bytes.subarray(done, done + n)));
      if (bytes.length > 0) g.store32(rspCons, (cons + bytes.length) >>> 0);
      return bytes;
    },
  };
}
