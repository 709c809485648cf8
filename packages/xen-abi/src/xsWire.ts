// TABLE: the xenstore wire protocol.
/**
 * Messages, limits and the shared ring of xenstore, as data. Everything is counted in bytes; all integers are little-endian.
 * Sources: xen/include/public/io/xs_wire.h; docs/misc/xenstore.txt "Defined Xenstore message types";
 * docs/misc/xenstore-ring.txt "The xenstore ring datastructure".
 *
 * No size here is a page. XENSTORE_PAYLOAD_MAX is 4096 because the protocol says so, on every granule; the ring
 * needs 2080 bytes and sits at the start of whatever memory the two ends share.
 */
import { struct } from "@granule/codec";
import { kib } from "@granule/units";

/** enum xsd_sockmsg_type. 20 was XS_RESTRICT, which was removed; the types from 23 on are optional. */
export const XSD_SOCKMSG_TYPE = /* @__PURE__ */ Object.freeze({
  XS_CONTROL: 0,
  XS_DIRECTORY: 1,
  XS_READ: 2,
  XS_GET_PERMS: 3,
  XS_WATCH: 4,
  XS_UNWATCH: 5,
  XS_TRANSACTION_START: 6,
  XS_TRANSACTION_END: 7,
  XS_INTRODUCE: 8,
  XS_RELEASE: 9,
  XS_GET_DOMAIN_PATH: 10,
  XS_WRITE: 11,
  XS_MKDIR: 12,
  XS_RM: 13,
  XS_SET_PERMS: 14,
  XS_WATCH_EVENT: 15,
  XS_ERROR: 16,
  XS_IS_DOMAIN_INTRODUCED: 17,
  XS_RESUME: 18,
  XS_SET_TARGET: 19,
  XS_RESET_WATCHES: 21,
  XS_DIRECTORY_PART: 22,
  XS_GET_FEATURE: 23,
  XS_SET_FEATURE: 24,
  XS_GET_QUOTA: 25,
  XS_SET_QUOTA: 26,
  XS_INVALID: 0xffff,
});
export type XsdSockmsgName = keyof typeof XSD_SOCKMSG_TYPE;

const NAMES: ReadonlyMap<number, string> = /* @__PURE__ */ new Map(
  /* @__PURE__ */ Object.entries(XSD_SOCKMSG_TYPE).map(([name, type]) => [type, name]),
);
/** The header's name of a message type, or "type N" for a number that has none. */
export const sockmsgName = (type: number): string => NAMES.get(type) ?? `type ${type}`;

/** Names that an XS_ERROR message carries, as text with a NUL: numbers differ between systems. Order of xsd_errors[]. */
export const XSD_ERRORS = [
  "EINVAL", "EACCES", "EEXIST", "EISDIR", "ENOENT", "ENOMEM", "ENOSPC", "EIO", "ENOTEMPTY", "ENOSYS", "EROFS", "EBUSY",
  "EAGAIN", "EISCONN", "E2BIG", "EPERM",
] as const;
/** An error that xenstore may answer. */
export type XsdError = (typeof XSD_ERRORS)[number];

/** struct xsd_sockmsg: the header of every message. `tx_id` 0: no transaction. `len`: bytes of payload that follow. */
export const XsdSockmsg = /* @__PURE__ */ struct("xsd_sockmsg", 16, {
  type: [0, "u32"],
  req_id: [4, "u32"],
  tx_id: [8, "u32"],
  len: [12, "u32"],
});

/** enum xs_watch_type: position of the strings in an XS_WATCH_EVENT payload. */
export const XS_WATCH_TYPE = /* @__PURE__ */ Object.freeze({ XS_WATCH_PATH: 0, XS_WATCH_TOKEN: 1 });

/** Bytes of one direction of the ring; a power of two. */
export const XENSTORE_RING_SIZE = 1024;
/** Position in the buffer of a free-running index. */
export const MASK_XENSTORE_IDX = (index: number): number => index & (XENSTORE_RING_SIZE - 1);

/**
 * struct xenstore_domain_interface. `req`: requests, written by the guest. `rsp`: replies and events, written by the
 * store. Indices are free-running modulo 2^32 and need not start at 0.
 */
export const XenstoreDomainInterface = /* @__PURE__ */ struct("xenstore_domain_interface", 2080, {
  req: [0, "bytes", XENSTORE_RING_SIZE],
  rsp: [1024, "bytes", XENSTORE_RING_SIZE],
  req_cons: [2048, "u32"],
  req_prod: [2052, "u32"],
  rsp_cons: [2056, "u32"],
  rsp_prod: [2060, "u32"],
  server_features: [2064, "u32"],
  connection: [2068, "u32"],
  error: [2072, "u32"],
  evtchn_port: [2076, "u32"],
});

/** Largest payload of a message, in bytes; a client that exceeds it loses its connection. Unrelated to any page size. */
export const XENSTORE_PAYLOAD_MAX: number = /* @__PURE__ */ kib(4);
/** Longest absolute path, in bytes without the NUL; exceeding it is an error reply. */
export const XENSTORE_ABS_PATH_MAX = 3072;
/** Longest relative path, in bytes without the NUL; exceeding it is an error reply. */
export const XENSTORE_REL_PATH_MAX = 2048;

/** Bits of `server_features`: the guest may ask for the ring to be reset. */
export const XENSTORE_SERVER_FEATURE_RECONNECTION = 1;
/** Bits of `server_features`: the `error` field is valid. */
export const XENSTORE_SERVER_FEATURE_ERROR = 2;
/** Bits of `server_features`: XS_WATCH takes a depth. */
export const XENSTORE_SERVER_FEATURE_WATCHDEPTH = 4;
/** Bits of `server_features`: permissions may name DOMID_ANY. */
export const XENSTORE_SERVER_FEATURE_DOMID_ANY = 8;

/** Values of `connection`: the steady state, written by the store alone. */
export const XENSTORE_CONNECTED = 0;
/** Values of `connection`: the guest asks for a reset and waits for XENSTORE_CONNECTED. */
export const XENSTORE_RECONNECT = 1;

/** Values of `error`: none. */
export const XENSTORE_ERROR_NONE = 0;
/** Values of `error`: the event channel or the ring cannot be used. */
export const XENSTORE_ERROR_COMM = 1;
/** Values of `error`: producer and consumer contradict each other. */
export const XENSTORE_ERROR_RINGIDX = 2;
/** Values of `error`: the protocol was violated (payload above XENSTORE_PAYLOAD_MAX). */
export const XENSTORE_ERROR_PROTO = 3;
