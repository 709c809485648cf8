/** A client of a store without a ring: one request at a time, replies and events as text. */
import { ModelBug } from "@granule/units";
import { XSD_SOCKMSG_TYPE, type XsdSockmsgName } from "@granule/xen-abi";
import type { Session, Store } from "@granule/xenstore";

export interface StoreClient {
  readonly session: Session;
  /** Strings of the reply, joined; of an error its name behind "!". */
  ask(type: XsdSockmsgName, payload: string, txId?: number): string;
  write(path: string, value: string, txId?: number): string;
  /** Events since the last call: paths. */
  events(): readonly string[];
}
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** @throws ModelBug when the store does not take the domain. */
export function storeClient(store: Store, domid: number): StoreClient {
  const opened = store.connect(domid);
  if (!opened.ok) throw new ModelBug(opened.why);
  const session = opened.value;
  const seen: string[] = [];
  const drain = (): string | undefined => {
    let reply: string | undefined;
    for (let m = session.peek(); m !== undefined; m = session.peek()) {
      const strings = decoder.decode(m.payload).split("\0").filter((s) => s !== "");
      session.shift();
      if (m.type === XSD_SOCKMSG_TYPE.XS_WATCH_EVENT) seen.push(strings[0] ?? "");
      else reply = (m.type === XSD_SOCKMSG_TYPE.XS_ERROR ? "!" : "") + strings.join(" ");
    }
    return reply;
  };
  const ask: StoreClient["ask"] = (type, payload, txId = 0) => {
    drain();
    session.handle({ type: XSD_SOCKMSG_TYPE[type], reqId: 1, txId, payload: encoder.encode(payload) });
    return drain() ?? "(no reply)";
  };
  return {
    session, ask,
    write: (path, value, txId) => ask("XS_WRITE", `${path}\0${value}`, txId),
    events() {
      drain();
      return seen.splice(0);
    },
  };
}
