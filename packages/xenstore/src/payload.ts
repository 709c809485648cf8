/**
 * The syntax of payloads: strings that end in a NUL, then perhaps other bytes.
 * Source: docs/misc/xenstore.txt, "Xenstore protocol details - introduction".
 */
import { XSD_ERRORS, type XsdError } from "@granule/xen-abi";
import { bytesOf, textOf } from "./text.ts";

/** Domain ids from here on are special (xen/include/public/xen.h, DOMID_FIRST_RESERVED). */
export const DOMID_FIRST_RESERVED = 0x7ff0;

/** The reply of requests that have nothing to say. */
export const OK_REPLY: Uint8Array = /* @__PURE__ */ bytesOf("OK\0");

/** Every error as its payload. */
const ERROR_REPLY: ReadonlyMap<XsdError, Uint8Array> = /* @__PURE__ */ new Map(
  /* @__PURE__ */ XSD_ERRORS.map((name) => [name, bytesOf(`${name}\0`)]),
);
export const errorReply = (code: XsdError): Uint8Array => ERROR_REPLY.get(code) ?? bytesOf(`${code}\0`);

/** Strings with their NULs, as bytes. */
export const stringsReply = (...list: readonly string[]): Uint8Array => bytesOf(list.map((s) => `${s}\0`).join(""));

/** All strings that end in a NUL; bytes after the last NUL are left out, as the protocol reserves them. */
export function stringsOf(payload: Uint8Array): readonly string[] {
  const list: string[] = [];
  let start = 0;
  for (let nul = payload.indexOf(0); nul >= 0; nul = payload.indexOf(0, start)) {
    list.push(textOf(payload, start, nul));
    start = nul + 1;
  }
  return list;
}

/** The one string of a payload whose only NUL is its last byte; undefined for anything else. */
export function onlyString(payload: Uint8Array): string | undefined {
  const nul = payload.indexOf(0);
  return nul >= 0 && nul === payload.length - 1 ? textOf(payload, 0, nul) : undefined;
}

/** An unsigned decimal number up to `max`; undefined for anything else (signs, spaces, other bases, too many digits). */
export function decimal(text: string | undefined, max: number): number | undefined {
  if (text === undefined || !/^[0-9]{1,15}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= max ? value : undefined;
}

/** A real domain id: a decimal number below DOMID_FIRST_RESERVED. */
export const domidOf = (text: string | undefined): number | undefined => decimal(text, DOMID_FIRST_RESERVED - 1);
