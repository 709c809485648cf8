/** A client for tests: one request at a time, replies and events as text. */
import { xenGfn } from "@granule/units";
import { XSD_SOCKMSG_TYPE, type XsdSockmsgName } from "@granule/xen-abi";
import { expect } from "vitest";
import type { Session, Store } from "../contract.ts";
import { bytesOf, textOf } from "../text.ts";

export interface TestClient {
  readonly session: Session;
  /** The reply's payload; of an error its name behind "!": "!ENOENT". Strings of a payload are joined and end with NULs. */
  ask(type: XsdSockmsgName | number, payload: string, txId?: number): string;
  /** The events so far, oldest first, as "path token"; they are gone then. */
  events(): readonly string[];
  read(path: string, txId?: number): string;
  write(path: string, value: string, txId?: number): string;
  mkdir(path: string, txId?: number): string;
  rm(path: string, txId?: number): string;
  /** Names of the children, or the error. */
  ls(path: string, txId?: number): string;
  perms(path: string, txId?: number): string;
  /** `list`: "n0 r5". */
  setPerms(path: string, list: string, txId?: number): string;
  watch(path: string, token: string, depth?: number): string;
  unwatch(path: string, token: string): string;
  /** The transaction's id. */
  start(): number;
  end(txId: number, commit: boolean): string;
}

const OK = "OK\0";
/** "OK" and lists without their NULs. */
const plain = (reply: string): string => (reply === OK ? "OK" : reply.split("\0").filter((part) => part !== "").join(" "));

export function testClient(store: Store, domid: number): TestClient {
  const opened = store.connect(domid);
  if (!opened.ok) throw new Error(opened.why);
  const session = opened.value;
  let reqId = 0;
  const seen: string[] = [];
  /** Fetches everything; answers the reply among it. */
  const drain = (): string | undefined => {
    let reply: string | undefined;
    for (let message = session.peek(); message !== undefined; message = session.peek()) {
      const text = textOf(message.payload);
      session.shift();
      if (message.type === XSD_SOCKMSG_TYPE.XS_WATCH_EVENT) seen.push(text.split("\0").slice(0, 2).join(" "));
      else {
        expect(message.reqId).toBe(reqId);
        reply = message.type === XSD_SOCKMSG_TYPE.XS_ERROR ? `!${text.replace("\0", "")}` : text;
      }
    }
    return reply;
  };
  const ask: TestClient["ask"] = (type, payload, txId = 0) => {
    drain();
    session.handle({ type: typeof type === "number" ? type : XSD_SOCKMSG_TYPE[type], reqId: ++reqId, txId, payload: bytesOf(payload) });
    return drain() ?? "(no reply)";
  };
  return {
    session,
    ask,
    events: () => {
      drain();
      return seen.splice(0);
    },
    read: (path, txId) => ask("XS_READ", `${path}\0`, txId),
    write: (path, value, txId) => plain(ask("XS_WRITE", `${path}\0${value}`, txId)),
    mkdir: (path, txId) => plain(ask("XS_MKDIR", `${path}\0`, txId)),
    rm: (path, txId) => plain(ask("XS_RM", `${path}\0`, txId)),
    ls: (path, txId) => plain(ask("XS_DIRECTORY", `${path}\0`, txId)),
    perms: (path, txId) => plain(ask("XS_GET_PERMS", `${path}\0`, txId)),
    setPerms: (path, list, txId) => plain(ask("XS_SET_PERMS", `${path}\0${list.split(" ").map((p) => `${p}\0`).join("")}`, txId)),
    watch: (path, token, depth) => plain(ask("XS_WATCH", `${path}\0${token}\0${depth === undefined ? "" : `${depth}\0`}`)),
    unwatch: (path, token) => plain(ask("XS_UNWATCH", `${path}\0${token}\0`)),
    start: () => Number(plain(ask("XS_TRANSACTION_START", "\0"))),
    end: (txId, commit) => plain(ask("XS_TRANSACTION_END", commit ? "T\0" : "F\0", txId)),
  };
}

/** Introduces domains and opens a client for each, after one for domain 0. */
export function clientsOf(store: Store, ...domids: readonly number[]): readonly [TestClient, ...TestClient[]] {
  const dom0 = testClient(store, 0);
  const guests = domids.map((domid) => {
    const introduced = store.introduce(domid, xenGfn(1), 1);
    if (!introduced.ok) throw new Error(introduced.why);
    return testClient(store, domid);
  });
  return [dom0, ...guests];
}

/** Domain 0 and one guest of the id 5, which has a home that it owns. */
export function dom0AndGuest(store: Store): { readonly dom0: TestClient; readonly guest: TestClient } {
  const [dom0, guest] = clientsOf(store, 5);
  if (guest === undefined) throw new Error("no guest");
  dom0.mkdir("/local/domain/5");
  dom0.setPerms("/local/domain/5", "n5");
  return { dom0, guest };
}
