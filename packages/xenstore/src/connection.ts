/**
 * The byte stream of one client: cuts it into messages and puts messages into bytes. It does not know what carries
 * the bytes. Memory is bounded: one partial message in, one partial message out, whatever is fed.
 * Source: docs/misc/xenstore.txt, the introduction; docs/misc/xenstore-ring.txt, "The connection error feature".
 */
import { fail, ok, type Result } from "@granule/units";
import {
  XENSTORE_ERROR_NONE, XENSTORE_ERROR_PROTO, XENSTORE_PAYLOAD_MAX, XENSTORE_RING_SIZE, XsdSockmsg,
} from "@granule/xen-abi";
import type { Message, Session, Store } from "./contract.ts";
import { type ConnectionImage, isConnectionImage } from "./image.ts";
import { bytesOf, textOf } from "./text.ts";

export interface Connection {
  readonly domid: number;
  readonly isOpen: boolean;
  /** Why it was closed: an XENSTORE_ERROR_ number. */
  readonly error: number;
  /** Room of XENSTORE_RING_SIZE bytes in which a transport may carry bytes; its contents mean nothing. */
  readonly carrier: Uint8Array;
  /**
   * Takes bytes of the client and performs the requests in them. Answers how many it took: fewer when requests are
   * outstanding or the connection closed; the rest is to be offered again.
   */
  push(bytes: Uint8Array): number;
  /** Fills the front of `into` with bytes for the client; answers how many. */
  pull(into: Uint8Array): number;
  /** Closes it for an XENSTORE_ERROR_ reason: its watches and transactions end, its bytes are dropped. */
  fail(error: number): void;
  /** Begins anew on a message boundary, also after a failure. False: the domain is not introduced. */
  reset(): boolean;
  save(): ConnectionImage;
}

const HEADER = XsdSockmsg.size;
const { type: TYPE, req_id: REQ_ID, tx_id: TX_ID, len: LEN } = XsdSockmsg.fields;
const NOTHING: Uint8Array = /* @__PURE__ */ new Uint8Array(0);

/** A connection of an introduced domain. ENOENT: it is not introduced. */
export function createConnection(store: Store, domid: number): Result<Connection, "ENOENT"> {
  const session = store.connect(domid);
  return session.ok ? ok(connectionOf(store, session.value, NOTHING)) : session;
}

/** The connection that an image describes, on a loaded store. EINVAL: it describes none, or no open session. */
export function loadConnection(store: Store, image: unknown): Result<Connection, "EINVAL"> {
  if (!isConnectionImage(image)) return fail("EINVAL", "image: not the form of a saved connection");
  const session = store.session(image.session);
  if (session === undefined) return fail("EINVAL", `image: session ${image.session} is not open`);
  const connection = connectionOf(store, session, bytesOf(image.output));
  // what was held was no whole message, so this performs nothing
  const input = bytesOf(image.input);
  return connection.push(input) === input.length && connection.isOpen ? ok(connection) : fail("EINVAL", "image: input is no part of a message");
}

function connectionOf(store: Store, opened: Session, unsent: Uint8Array): Connection {
  // header and payload of the message that is coming in; `have` bytes of it are there, of `need` that are known of
  const input = new Uint8Array(HEADER + XENSTORE_PAYLOAD_MAX);
  const view = new DataView(input.buffer);
  let session = opened;
  let have = 0;
  let need = HEADER;
  let output = unsent;
  let sent = 0;
  let error = XENSTORE_ERROR_NONE;

  const clear = (): void => {
    have = 0;
    need = HEADER;
    output = NOTHING;
    sent = 0;
  };
  const close = (why: number): void => {
    clear();
    error = why;
    session.close();
  };
  /** The message is there as far as `need` says: learn its length, or perform it. */
  const advance = (): void => {
    const size = HEADER + LEN.get(view, 0);
    if (size > input.length) return close(XENSTORE_ERROR_PROTO);
    if (have < size) {
      need = size;
      return;
    }
    const request = { type: TYPE.get(view, 0), reqId: REQ_ID.get(view, 0), txId: TX_ID.get(view, 0), payload: input.subarray(HEADER, size) };
    have = 0;
    need = HEADER;
    session.handle(request);
  };

  return {
    domid: opened.domid,
    get isOpen() {
      return session.isOpen;
    },
    get error() {
      return error;
    },
    carrier: new Uint8Array(XENSTORE_RING_SIZE),
    push: (bytes) => {
      let taken = 0;
      while (taken < bytes.length && session.isOpen && (have > 0 || session.canRequest())) {
        const part = bytes.subarray(taken, taken + need - have);
        input.set(part, have);
        have += part.length;
        taken += part.length;
        if (have === need) advance();
      }
      return taken;
    },
    pull: (into) => {
      let given = 0;
      while (given < into.length && session.isOpen) {
        if (sent === output.length) {
          const message = session.peek();
          if (message === undefined) break;
          output = encodeMessage(message);
          sent = 0;
          session.shift();
        }
        const part = output.subarray(sent, sent + into.length - given);
        into.set(part, given);
        sent += part.length;
        given += part.length;
      }
      return given;
    },
    fail: close,
    reset: () => {
      clear();
      if (session.isOpen) session.reset();
      else {
        const again = store.connect(opened.domid);
        if (!again.ok) return false;
        session = again.value;
      }
      error = XENSTORE_ERROR_NONE;
      return true;
    },
    save: () => ({ session: session.id, input: textOf(input, 0, have), output: textOf(output, sent) }),
  };
}

/** A message with its header. */
export function encodeMessage({ type, reqId, txId, payload }: Message): Uint8Array {
  const bytes = new Uint8Array(HEADER + payload.length);
  XsdSockmsg.write(new DataView(bytes.buffer), { type, req_id: reqId, tx_id: txId, len: payload.length });
  bytes.set(payload, HEADER);
  return bytes;
}
