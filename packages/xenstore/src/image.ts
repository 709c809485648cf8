/**
 * A saved store, as JSON. Bytes are text with one character per byte.
 *
 * The contents of open transactions are not saved. After load their ids are still open: requests in them work on the
 * loaded state, and TRANSACTION_END "T" answers EAGAIN, upon which every client starts again.
 */

export type NodeImage = {
  readonly path: string;
  readonly value: string;
  /** As GET_PERMS answers them. */
  readonly permissions: readonly string[];
  readonly generation: number;
};
export type DomainImage = { readonly domid: number; readonly target: number | null; readonly isShutdown: boolean };
export type WatchImage = {
  readonly path: string;
  readonly token: string;
  readonly depth: number | null;
  readonly isRelative: boolean;
  readonly sequence: number;
};
export type QueuedImage = {
  readonly type: number;
  readonly reqId: number;
  readonly txId: number;
  readonly payload: string;
  /** Index into `requests` of what it keeps outstanding. */
  readonly request: number | null;
};
export type SessionImage = {
  readonly id: number;
  readonly domid: number;
  readonly lostEvents: number;
  readonly nextTransaction: number;
  readonly transactions: readonly number[];
  readonly watches: readonly WatchImage[];
  readonly queue: readonly QueuedImage[];
};
export type StoreImage = {
  readonly version: 1;
  readonly generation: number;
  readonly nextSession: number;
  readonly nextWatch: number;
  /** Parents first; the first is "/". */
  readonly nodes: readonly NodeImage[];
  readonly special: readonly { readonly path: string; readonly permissions: readonly string[] }[];
  readonly domains: readonly DomainImage[];
  readonly sessions: readonly SessionImage[];
  /** Domids of the requests that are outstanding. */
  readonly requests: readonly number[];
};
/** A saved connection: which session it serves, and the parts of messages it holds. */
export type ConnectionImage = { readonly session: number; readonly input: string; readonly output: string };

type Guard<T> = (x: unknown) => x is T;
type Check = (x: unknown) => boolean;

const isRecord = (x: unknown): x is Readonly<Record<string, unknown>> => typeof x === "object" && x !== null;
const isText = (x: unknown): x is string => typeof x === "string" && !/[\u0100-\uffff]/.test(x);
const isCount = (x: unknown): x is number => typeof x === "number" && Number.isSafeInteger(x) && x >= 0;
const isFlag = (x: unknown): x is boolean => typeof x === "boolean";
const orNull = (guard: Check): Check => (x) => x === null || guard(x);
const listOf = (guard: Check): Check => (x) => Array.isArray(x) && x.every(guard);
/** The shape lists every key of T, so an image of another shape is refused. */
const shaped = <T>(shape: Readonly<Record<keyof T, Check>>): Guard<T> => {
  const checks = Object.entries<Check>(shape);
  return (x): x is T => isRecord(x) && checks.every(([key, check]) => check(x[key]));
};

const isNode = /* @__PURE__ */ shaped<NodeImage>({ path: isText, value: isText, permissions: listOf(isText), generation: isCount });
const isSpecialNode = /* @__PURE__ */ shaped<StoreImage["special"][number]>({ path: isText, permissions: listOf(isText) });
const isDomain = /* @__PURE__ */ shaped<DomainImage>({ domid: isCount, target: orNull(isCount), isShutdown: isFlag });
const isWatch = /* @__PURE__ */ shaped<WatchImage>({ path: isText, token: isText, depth: orNull(isCount), isRelative: isFlag, sequence: isCount });
const isQueued = /* @__PURE__ */ shaped<QueuedImage>({ type: isCount, reqId: isCount, txId: isCount, payload: isText, request: orNull(isCount) });
const isSession = /* @__PURE__ */ shaped<SessionImage>({
  id: isCount, domid: isCount, lostEvents: isCount, nextTransaction: isCount,
  transactions: listOf(isCount), watches: listOf(isWatch), queue: listOf(isQueued),
});
/** Checks the form only; what it means is checked by load. */
export const isStoreImage = /* @__PURE__ */ shaped<StoreImage>({
  version: (x) => x === 1, generation: isCount, nextSession: isCount, nextWatch: isCount, nodes: listOf(isNode),
  special: listOf(isSpecialNode), domains: listOf(isDomain), sessions: listOf(isSession), requests: listOf(isCount),
});
export const isConnectionImage = /* @__PURE__ */ shaped<ConnectionImage>({ session: isCount, input: isText, output: isText });
