/** Messages of the xenstore protocol out of a byte stream. Source: docs/misc/xenstore.txt; xen/include/public/io/xs_wire.h. */
import { XENSTORE_PAYLOAD_MAX, XSD_ERRORS, type XsdError, XsdSockmsg } from "@granule/xen-abi";

export interface XsMessage {
  readonly type: number;
  readonly reqId: number;
  readonly payload: Uint8Array;
}

/** Cuts a stream of bytes into messages. */
export interface MessageReader {
  /** The messages that `bytes` completes; undefined when a length is above what the protocol allows: the stream is lost. */
  push(bytes: Uint8Array): readonly XsMessage[] | undefined;
}
export function createMessageReader(): MessageReader {
  let held = new Uint8Array(0);
  return {
    push(bytes) {
      const all = new Uint8Array(held.length + bytes.length);
      all.set(held);
      all.set(bytes, held.length);
      const view = new DataView(all.buffer);
      const out: XsMessage[] = [];
      let at = 0;
      while (all.length - at >= XsdSockmsg.size) {
        const { type, req_id, len } = XsdSockmsg.read(view, at);
        if (len > XENSTORE_PAYLOAD_MAX) return undefined;
        const end = at + XsdSockmsg.size + len;
        if (end > all.length) break;
        out.push({ type, reqId: req_id, payload: all.slice(at + XsdSockmsg.size, end) });
        at = end;
      }
      held = all.slice(at);
      return out;
    },
  };
}

/** A request as bytes. */
export function encodeRequest(type: number, reqId: number, txId: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(XsdSockmsg.size + payload.length);
  XsdSockmsg.write(new DataView(bytes.buffer), { type, req_id: reqId, tx_id: txId, len: payload.length });
  bytes.set(payload, XsdSockmsg.size);
  return bytes;
}

const encoder = /* @__PURE__ */ new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder();
export const textOf = (bytes: Uint8Array): string => decoder.decode(bytes);
/** Strings that each end with a NUL. */
export const nulTerminated = (...strings: readonly string[]): Uint8Array => encoder.encode(strings.map((s) => `${s}\0`).join(""));
/** A path with its NUL, then a value without one. */
export const pathAndValue = (path: string, value: string): Uint8Array => encoder.encode(`${path}\0${value}`);
/** Splits strings that end with, or are separated by, a NUL. */
export const nulSeparated = (bytes: Uint8Array): readonly string[] => {
  const parts = textOf(bytes).split("\0");
  if (parts.at(-1) === "") parts.pop();
  return parts;
};
/** The name in an XS_ERROR; EIO for one that the protocol does not have. */
export const errorName = (payload: Uint8Array): XsdError => {
  const name = nulSeparated(payload)[0];
  return XSD_ERRORS.find((e) => e === name) ?? "EIO";
};
