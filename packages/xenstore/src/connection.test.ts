import { xenGfn } from "@granule/units";
import { XENSTORE_ERROR_NONE, XENSTORE_ERROR_PROTO, XENSTORE_PAYLOAD_MAX, XSD_SOCKMSG_TYPE, XsdSockmsg } from "@granule/xen-abi";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeStore } from "./conformance.ts";
import { type Connection, createConnection, encodeMessage, loadConnection } from "./connection.ts";
import type { Message, Session, Store, StoreOptions } from "./contract.ts";
import { createStore, loadStore } from "./store.ts";
import { bytesOf, textOf } from "./text.ts";

/** A guest's connection to a store in which it may write. */
function guestConnection(options?: StoreOptions): { readonly store: Store; readonly connection: Connection } {
  const store = createStore(options);
  store.introduce(5, xenGfn(1), 1);
  const dom0 = store.connect(0);
  if (dom0.ok) dom0.value.handle({ type: XSD_SOCKMSG_TYPE.XS_SET_PERMS, reqId: 0, txId: 0, payload: bytesOf("/\0b0\0") });
  const connection = createConnection(store, 5);
  if (!connection.ok) throw new Error(connection.why);
  return { store, connection: connection.value };
}

function pullAll(connection: Connection, chunk = 100): string {
  const into = new Uint8Array(chunk);
  let all = "";
  for (let given = connection.pull(into); given > 0; given = connection.pull(into)) all += textOf(into, 0, given);
  return all;
}

const request = (type: number, payload: string, reqId = 1): Uint8Array => encodeMessage({ type, reqId, txId: 0, payload: bytesOf(payload) });

/** Bytes that look like messages often enough to reach every handler. */
const word = fc.constantFrom("/", "a", "b", "/a", "/a/b", "@releaseDomain", "t", "T", "F", "0", "1", "5", "n5", "b0", "r6", "help", "\0", "\0", "\0", "\u00ff");
const anyMessage = fc.record({
  type: fc.oneof({ weight: 9, arbitrary: fc.nat(28) }, { weight: 1, arbitrary: fc.nat(0xffffffff) }),
  reqId: fc.nat(0xffffffff),
  txId: fc.oneof(fc.constant(0), fc.nat(3)),
  payload: fc.array(word, { maxLength: 8 }).map((words) => bytesOf(words.join(""))),
});
const anyBytes = fc.oneof(
  { weight: 8, arbitrary: anyMessage.map(encodeMessage) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }) },
);

describe("a connection", () => {
  it("survives any bytes, with bounded memory", () => {
    const LIMIT = 20;
    fc.assert(
      fc.property(fc.array(fc.tuple(anyBytes, fc.boolean()), { maxLength: 100, size: "max" }), fc.boolean(), (pieces, isPrivileged) => {
        const { store, connection } = guestConnection({ quotas: { outstanding: LIMIT, memory: 5000 }, privileged: isPrivileged ? [0, 5] : [0] });
        for (const [bytes, fetch] of pieces) {
          expect(connection.push(bytes)).toBeLessThanOrEqual(bytes.length);
          const held = connection.save();
          expect(held.input.length).toBeLessThan(XsdSockmsg.size + XENSTORE_PAYLOAD_MAX);
          expect(held.output.length).toBeLessThanOrEqual(XsdSockmsg.size + XENSTORE_PAYLOAD_MAX);
          if (!isPrivileged) {
            expect(store.usage(5).outstanding).toBeLessThanOrEqual(LIMIT);
            expect(store.usage(5).bytes).toBeLessThanOrEqual(5000);
          }
          if (fetch) pullAll(connection);
        }
        expect([XENSTORE_ERROR_NONE, XENSTORE_ERROR_PROTO]).toContain(connection.error);
      }),
      { numRuns: 300 },
    );
  });

  it("answers every request once, in order, however its bytes are cut", () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 15 }), fc.infiniteStream(fc.integer({ min: 1, max: 30 })), (messages, sizes) => {
        const whole = guestConnection().connection;
        const cut = guestConnection().connection;
        let expected = "";
        let actual = "";
        for (const message of messages) {
          const bytes = encodeMessage(message);
          expect(whole.push(bytes)).toBe(bytes.length);
          expected += pullAll(whole, 5000);
          for (let at = 0; at < bytes.length; ) {
            const end = Math.min(bytes.length, at + (sizes.next().value ?? 1));
            expect(cut.push(bytes.subarray(at, end))).toBe(end - at);
            at = end;
          }
          actual += pullAll(cut, sizes.next().value ?? 1);
        }
        expect(actual).toBe(expected);
        const replies = repliesIn(expected).filter(({ type }) => type !== XSD_SOCKMSG_TYPE.XS_WATCH_EVENT);
        expect(replies.map(({ reqId, txId }) => [reqId, txId])).toEqual(messages.map(({ reqId, txId }) => [reqId, txId]));
      }),
      { numRuns: 200 },
    );
  });

  it("takes the largest payload and closes above it", () => {
    const { connection } = guestConnection();
    connection.push(request(XSD_SOCKMSG_TYPE.XS_WRITE, `/a\0${"x".repeat(XENSTORE_PAYLOAD_MAX - 3)}`));
    expect(pullAll(connection)).toContain("ENOSPC");
    connection.push(XsdSockmsg.encode({ type: 2, req_id: 1, tx_id: 0, len: XENSTORE_PAYLOAD_MAX + 1 }));
    expect([connection.isOpen, connection.error, connection.push(Uint8Array.of(1)), pullAll(connection)]).toEqual([false, XENSTORE_ERROR_PROTO, 0, ""]);
  });

  it("takes no further request while too many are outstanding, and goes on later", () => {
    const { connection } = guestConnection({ quotas: { outstanding: 3 } });
    const one = request(XSD_SOCKMSG_TYPE.XS_READ, "/\0");
    const five = new Uint8Array(one.length * 5);
    for (let i = 0; i < 5; i++) five.set(one, i * one.length);
    expect(connection.push(five)).toBe(3 * one.length);
    expect(repliesIn(pullAll(connection))).toHaveLength(3);
    expect(connection.push(five.subarray(3 * one.length))).toBe(2 * one.length);
    expect(repliesIn(pullAll(connection))).toHaveLength(2);
  });

  it("begins anew on a message boundary, without watches, also after a failure", () => {
    const { connection } = guestConnection();
    connection.push(request(XSD_SOCKMSG_TYPE.XS_WATCH, "/a\0t\0"));
    connection.push(Uint8Array.of(1, 2, 3));
    expect(connection.reset()).toBe(true);
    expect(pullAll(connection)).toBe("");
    connection.push(request(XSD_SOCKMSG_TYPE.XS_MKDIR, "/a\0"));
    expect(repliesIn(pullAll(connection)).map(({ type }) => type)).toEqual([XSD_SOCKMSG_TYPE.XS_MKDIR]);
    connection.fail(1);
    expect([connection.isOpen, connection.error, connection.reset(), connection.isOpen, connection.error]).toEqual([false, 1, true, true, 0]);
  });

  it("stays closed when its domain is gone", () => {
    const { store, connection } = guestConnection();
    store.release(5);
    expect([connection.isOpen, connection.reset(), connection.push(Uint8Array.of(1))]).toEqual([false, false, 0]);
  });

  it("goes on after save and load in the middle of messages", () => {
    const { store, connection } = guestConnection();
    const bytes = request(XSD_SOCKMSG_TYPE.XS_WRITE, "/a\0value");
    connection.push(request(XSD_SOCKMSG_TYPE.XS_WATCH, "/a\0t\0"));
    const first = new Uint8Array(5);
    connection.pull(first);
    connection.push(bytes.subarray(0, 18));
    const loaded = loadStore(JSON.parse(JSON.stringify(store.save())));
    const again = loaded.ok ? loadConnection(loaded.value, JSON.parse(JSON.stringify(connection.save()))) : loaded;
    if (!again.ok) throw new Error(again.why);
    const finish = (c: Connection): string => {
      c.push(bytes.subarray(18));
      return pullAll(c);
    };
    const rest = finish(again.value);
    expect(rest).toBe(finish(connection));
    expect(repliesIn(textOf(first) + rest)).toHaveLength(3);
    expect(loadConnection(store, { session: 99, input: "", output: "" })).toMatchObject({ code: "EINVAL" });
    expect(loadConnection(store, { session: connection.save().session, input: 3 })).toMatchObject({ code: "EINVAL" });
  });
});

function repliesIn(stream: string): readonly Message[] {
  const bytes = bytesOf(stream);
  const view = new DataView(bytes.buffer);
  const found: Message[] = [];
  for (let at = 0; at < bytes.length; ) {
    const header = XsdSockmsg.read(view, at);
    found.push({ type: header.type, reqId: header.req_id, txId: header.tx_id, payload: bytes.subarray(at + 16, at + 16 + header.len) });
    at += 16 + header.len;
  }
  return found;
}

/** A store whose sessions go through bytes. */
function overBytes(options?: StoreOptions): Store {
  const store = createStore(options);
  const connect = (domid: number): ReturnType<Store["connect"]> => {
    const made = createConnection(store, domid);
    if (!made.ok) return made;
    const connection = made.value;
    const inner = store.session(connection.save().session);
    if (inner === undefined) throw new Error("no session");
    let next: Message | undefined;
    const peek = (): Message | undefined => {
      if (next !== undefined) return next;
      const header = new Uint8Array(16);
      if (connection.pull(header) === 0) return undefined;
      const { type, req_id: reqId, tx_id: txId, len } = XsdSockmsg.read(new DataView(header.buffer));
      const payload = new Uint8Array(len);
      expect(connection.pull(payload)).toBe(len);
      next = { type, reqId, txId, payload };
      return next;
    };
    const session: Session = {
      id: inner.id, domid, peek,
      get isOpen() {
        return connection.isOpen;
      },
      get lostEvents() {
        return inner.lostEvents;
      },
      canRequest: () => inner.canRequest(),
      handle: (message) => void connection.push(encodeMessage(message)),
      shift: () => {
        peek();
        next = undefined;
      },
      reset: () => void connection.reset(),
      close: () => connection.fail(0),
    };
    return { ok: true, value: session };
  };
  return { ...store, connect };
}

describeStore({ name: "store over byte streams", create: overBytes });
