import { xenGfn } from "@granule/units";
import {
  XENSTORE_CONNECTED, XENSTORE_ERROR_NONE, XENSTORE_ERROR_PROTO, XENSTORE_ERROR_RINGIDX, XENSTORE_RECONNECT, XENSTORE_RING_SIZE,
  XenstoreDomainInterface, XSD_SOCKMSG_TYPE, XsdSockmsg,
} from "@granule/xen-abi";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Connection, createConnection, encodeMessage } from "./connection.ts";
import type { RingWords } from "./contract.ts";
import { advertise, pump, SERVER_FEATURES } from "./ring.ts";
import { createStore } from "./store.ts";
import { bytesOf, textOf } from "./text.ts";

const at = XenstoreDomainInterface.fields;

interface TestRing extends RingWords {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly log: string[];
}

function testRing(): TestRing {
  const bytes = new Uint8Array(XenstoreDomainInterface.size);
  const view = new DataView(bytes.buffer);
  const log: string[] = [];
  const nameOf = (offset: number): string =>
    Object.values(at).find((f) => offset >= f.offset && offset < f.offset + f.size)?.name ?? "outside";
  return {
    bytes, view, log,
    load32: (offset) => {
      log.push(`load ${nameOf(offset)}`);
      return view.getUint32(offset, true);
    },
    store32: (offset, value) => {
      log.push(`store ${nameOf(offset)}`);
      view.setUint32(offset, value, true);
    },
    load: (offset, into) => {
      log.push(`load ${nameOf(offset)} ${nameOf(offset + into.length - 1)}`);
      into.set(bytes.subarray(offset, offset + into.length));
    },
    store: (offset, from) => {
      log.push(`store ${nameOf(offset)} ${nameOf(offset + from.length - 1)}`);
      bytes.set(from, offset);
    },
    barrier: () => void log.push("barrier"),
  };
}

function guest(): Connection {
  const store = createStore();
  store.introduce(5, xenGfn(1), 1);
  const connection = createConnection(store, 5);
  if (!connection.ok) throw new Error(connection.why);
  return connection.value;
}

/** The guest's end: puts as much as there is room for, takes what is there. */
function put(ring: TestRing, bytes: Uint8Array): number {
  const prod = at.req_prod.get(ring.view, 0);
  const room = XENSTORE_RING_SIZE - ((prod - at.req_cons.get(ring.view, 0)) >>> 0);
  const size = Math.min(room, bytes.length);
  for (let i = 0; i < size; i++) ring.bytes[at.req.offset + ((prod + i) % XENSTORE_RING_SIZE)] = bytes[i] ?? 0;
  at.req_prod.set(ring.view, 0, (prod + size) >>> 0);
  return size;
}
function take(ring: TestRing): string {
  const cons = at.rsp_cons.get(ring.view, 0);
  const size = (at.rsp_prod.get(ring.view, 0) - cons) >>> 0;
  let text = "";
  for (let i = 0; i < size; i++) text += String.fromCharCode(ring.bytes[at.rsp.offset + ((cons + i) % XENSTORE_RING_SIZE)] ?? 0);
  at.rsp_cons.set(ring.view, 0, (cons + size) >>> 0);
  return text;
}

const read = (path: string): Uint8Array => encodeMessage({ type: XSD_SOCKMSG_TYPE.XS_READ, reqId: 1, txId: 0, payload: bytesOf(`${path}\0`) });

describe("the ring", () => {
  it("carries the byte streams unchanged, wherever its indices start", () => {
    const start = fc.oneof(fc.constantFrom(0, 1023, 0xfffffff0, 0x7ffffff0), fc.nat(0xffffffff));
    fc.assert(
      fc.property(start, start, fc.array(fc.string({ maxLength: 900 }), { maxLength: 12 }), (reqStart, rspStart, paths) => {
        const [direct, connection, ring] = [guest(), guest(), testRing()];
        for (const field of [at.req_cons, at.req_prod]) field.set(ring.view, 0, reqStart);
        for (const field of [at.rsp_cons, at.rsp_prod]) field.set(ring.view, 0, rspStart);
        advertise(ring);
        let [expected, actual] = ["", ""];
        const into = new Uint8Array(5000);
        for (const path of paths) {
          const bytes = read(path);
          direct.push(bytes);
          expected += textOf(into, 0, direct.pull(into));
          for (let sent = 0; sent < bytes.length; ) {
            sent += put(ring, bytes.subarray(sent));
            while (pump(connection, ring) === "progress") actual += take(ring);
          }
        }
        expect(actual).toBe(expected);
        expect(pump(connection, ring)).toBe("idle");
      }),
      { numRuns: 100 },
    );
  });

  it("full of replies stops the requests, not the store", () => {
    const [connection, ring] = [guest(), testRing()];
    let sent = 0;
    for (let size = put(ring, read("/")); size > 0; size = put(ring, read("/"))) {
      sent += size;
      while (pump(connection, ring) === "progress");
      if (sent > 100_000) break;
    }
    expect(sent).toBeLessThan(100_000);
    expect(pump(connection, ring)).toBe("idle");
    take(ring);
    expect(pump(connection, ring)).toBe("progress");
  });

  it.each([
    ["req", "req_prod", XENSTORE_RING_SIZE + 1], ["req", "req_cons", 1], ["rsp", "rsp_prod", XENSTORE_RING_SIZE + 1],
    ["rsp", "rsp_cons", 0x80000000],
  ] as const)("%s: impossible indices (%s = %i) close it with XENSTORE_ERROR_RINGIDX", (_direction, field, value) => {
    const [connection, ring] = [guest(), testRing()];
    at[field].set(ring.view, 0, value);
    expect([pump(connection, ring), at.error.get(ring.view, 0), connection.isOpen]).toEqual(["closed", XENSTORE_ERROR_RINGIDX, false]);
  });

  it("a payload that is too long closes it with XENSTORE_ERROR_PROTO; then only a reconnection helps", () => {
    const [connection, ring] = [guest(), testRing()];
    put(ring, XsdSockmsg.encode({ len: 5000 }));
    expect([pump(connection, ring), at.error.get(ring.view, 0)]).toEqual(["closed", XENSTORE_ERROR_PROTO]);
    put(ring, read("/"));
    expect(pump(connection, ring)).toBe("closed");
    at.connection.set(ring.view, 0, XENSTORE_RECONNECT);
    expect([pump(connection, ring), at.connection.get(ring.view, 0), at.error.get(ring.view, 0)]).toEqual(["progress", XENSTORE_CONNECTED, XENSTORE_ERROR_NONE]);
    put(ring, read("/"));
    expect([pump(connection, ring), take(ring)]).toEqual(["progress", textOf(encodeMessage({ type: 16, reqId: 1, txId: 0, payload: bytesOf("EACCES\0") }))]);
  });

  it("a reconnection empties both queues and drops what was half read or half written", () => {
    const [connection, ring] = [guest(), testRing()];
    put(ring, read("/"));
    pump(connection, ring);
    put(ring, read("/").subarray(0, 7));
    pump(connection, ring);
    at.connection.set(ring.view, 0, XENSTORE_RECONNECT);
    pump(connection, ring);
    expect(take(ring)).toBe("");
    expect(at.req_cons.get(ring.view, 0)).toBe(at.req_prod.get(ring.view, 0));
    expect(at.server_features.get(ring.view, 0)).toBe(SERVER_FEATURES);
    put(ring, read("/"));
    pump(connection, ring);
    expect(take(ring)).toHaveLength(16 + 7);
  });

  it("survives a guest that writes anything anywhere", () => {
    const scribble = fc.record({ offset: fc.nat(XenstoreDomainInterface.size - 1), bytes: fc.uint8Array({ maxLength: 40 }) });
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 3, arbitrary: scribble }, { weight: 2, arbitrary: fc.constant(null) }), { maxLength: 60 }), (moves) => {
        const [connection, ring] = [guest(), testRing()];
        for (const move of moves) {
          if (move === null) put(ring, read("/a"));
          else ring.bytes.set(move.bytes.subarray(0, ring.bytes.length - move.offset), move.offset);
          ring.log.length = 0;
          const outcome = pump(connection, ring);
          // bounded work, within the structure
          expect(ring.log.length).toBeLessThan(20);
          expect(ring.log.filter((entry) => entry.includes("outside"))).toEqual([]);
          if (outcome === "closed") expect([XENSTORE_ERROR_RINGIDX, XENSTORE_ERROR_PROTO]).toContain(at.error.get(ring.view, 0));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("orders its accesses: index, bytes, index", () => {
    const [connection, ring] = [guest(), testRing()];
    put(ring, read("/"));
    pump(connection, ring);
    expect(ring.log).toEqual([
      "load connection", "load req_cons", "load req_prod", "barrier", "load req req", "barrier", "store req_cons",
      "load rsp_prod", "load rsp_cons", "barrier", "store rsp rsp", "barrier", "store rsp_prod",
    ]);
  });
});
