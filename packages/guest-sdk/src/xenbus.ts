/** The xenstore client of a kernel, over its ring and event channel. Source: docs/misc/xenstore.txt. */
import type { Trap } from "@granule/machine";
import { DONE, fail, ok, type Result, vaFromIpa } from "@granule/units";
import { XENSTORE_PAYLOAD_MAX, XSD_SOCKMSG_TYPE as XS, type XsdError } from "@granule/xen-abi";
import type { Kernel, Watch, Xenbus } from "./contract.ts";
import { findRing } from "./rings.ts";
import { createMessageReader, encodeRequest, errorName, nulSeparated, nulTerminated, pathAndValue, textOf, type XsMessage } from "./xsMessages.ts";
import { createXsRing } from "./xsRing.ts";

/** Conflicts after which a transaction gives up. */
const MAX_CONFLICTS = 64;

/** Connects to the store. ENODEV: the domain has no store ring. One connection a kernel. */
export function* connectXenbus(kernel: Kernel): Trap<Result<Xenbus, "ENODEV">> {
  const found = yield* findRing(kernel, kernel.query, "store");
  if (found === undefined) return fail("ENODEV", "the domain has no store ring");
  const { events } = kernel;
  const { port } = found;
  const ring = createXsRing(kernel.g, vaFromIpa(found.memory.start));
  const reader = createMessageReader();
  const replies = new Map<number, XsMessage>();
  /** Fired paths by the watch's token. */
  const watches = new Map<string, string[]>();
  let isBroken = false;
  let lastId = 0;

  const deliver = (m: XsMessage): void => {
    if (m.type !== XS.XS_WATCH_EVENT) return void replies.set(m.reqId, m);
    const [path = "", token = ""] = nulSeparated(m.payload);
    watches.get(token)?.push(path);
  };
  /** Takes what the store wrote, and tells it that there is room again. */
  function* pump(): Trap<void> {
    const bytes = ring.read();
    const messages = reader.push(bytes);
    isBroken ||= messages === undefined || !ring.isSound;
    for (const m of messages ?? []) deliver(m);
    if (bytes.length > 0) yield* events.send(port);
  }
  events.on(port, pump);
  // what came before the handler was there
  yield* pump();

  function* send(bytes: Uint8Array): Trap<void> {
    for (let done = 0; done < bytes.length && !isBroken; ) {
      done += ring.write(bytes.subarray(done));
      yield* events.send(port);
      if (done < bytes.length) yield* events.waitFor(() => ring.hasRoom || isBroken || !ring.isSound);
      isBroken ||= !ring.isSound;
    }
  }
  function* request(type: number, payload: Uint8Array, tx = 0): Trap<Result<Uint8Array, XsdError>> {
    if (payload.length > XENSTORE_PAYLOAD_MAX) return fail("E2BIG", `a payload of ${payload.length} bytes is above ${XENSTORE_PAYLOAD_MAX}`);
    lastId = (lastId + 1) >>> 0;
    const id = lastId;
    yield* send(encodeRequest(type, id, tx, payload));
    yield* events.waitFor(() => replies.has(id) || isBroken);
    const reply = replies.get(id);
    replies.delete(id);
    if (reply === undefined) return fail("EIO", "the connection to the store is broken");
    if (reply.type !== XS.XS_ERROR) return ok(reply.payload);
    return fail(errorName(reply.payload), `xenstore request of type ${type}: ${textOf(payload).replaceAll("\0", " ")}`);
  }
  function* command(type: number, payload: Uint8Array, tx: number | undefined): Trap<Result<undefined, XsdError>> {
    const r = yield* request(type, payload, tx);
    return r.ok ? DONE : r;
  }
  function* strings(type: number, payload: Uint8Array, tx: number | undefined): Trap<Result<readonly string[], XsdError>> {
    const r = yield* request(type, payload, tx);
    return r.ok ? ok(nulSeparated(r.value)) : r;
  }
  /** Ends a transaction; EAGAIN: somebody else changed what it read. */
  const endTransaction = (tx: number, commit: boolean) => command(XS.XS_TRANSACTION_END, nulTerminated(commit ? "T" : "F"), tx);

  let lastToken = 0;
  function* watch(path: string): Trap<Result<Watch, XsdError>> {
    const token = `w${++lastToken}`;
    const fired: string[] = [];
    watches.set(token, fired);
    const r = yield* command(XS.XS_WATCH, nulTerminated(path, token), undefined);
    if (!r.ok) {
      watches.delete(token);
      return r;
    }
    return ok({
      path, token,
      get isFired() {
        return fired.length > 0;
      },
      next: () => fired.shift(),
      *remove() {
        watches.delete(token);
        return yield* command(XS.XS_UNWATCH, nulTerminated(path, token), undefined);
      },
    });
  }
  return ok({
    request, watch,
    *read(path, tx) {
      const r = yield* request(XS.XS_READ, nulTerminated(path), tx);
      return r.ok ? ok(textOf(r.value)) : r;
    },
    write: (path, value, tx) => command(XS.XS_WRITE, pathAndValue(path, value), tx),
    mkdir: (path, tx) => command(XS.XS_MKDIR, nulTerminated(path), tx),
    rm: (path, tx) => command(XS.XS_RM, nulTerminated(path), tx),
    directory: (path, tx) => strings(XS.XS_DIRECTORY, nulTerminated(path), tx),
    setPermissions: (path, entries, tx) => command(XS.XS_SET_PERMS, nulTerminated(path, ...entries), tx),
    *transaction(body) {
      for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
        const started = yield* strings(XS.XS_TRANSACTION_START, nulTerminated(""), undefined);
        if (!started.ok) return started;
        const tx = Number(started.value[0]);
        const result = yield* body(tx);
        if (!result.ok) {
          yield* endTransaction(tx, false);
          return result;
        }
        const ended = yield* endTransaction(tx, true);
        if (ended.ok) return result;
        if (ended.code !== "EAGAIN") return ended;
      }
      return fail("EAGAIN", `a transaction met ${MAX_CONFLICTS} conflicts in a row`);
    },
    *waitFor(w, until) {
      yield* events.waitFor(() => w.isFired || isBroken, until);
      return w.isFired;
    },
  });
}
