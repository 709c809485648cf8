import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clientsOf } from "./conformance/client.ts";
import { NaiveStore } from "./naive.ts";
import { createStore, loadStore } from "./store.ts";

const name = fc.constantFrom("a", "b", "c");
const path = fc.oneof(
  { weight: 6, arbitrary: fc.array(name, { minLength: 0, maxLength: 3 }).map((names) => `/${names.join("/")}`) },
  { weight: 2, arbitrary: fc.array(name, { minLength: 1, maxLength: 2 }).map((names) => names.join("/")) },
);
const permission = fc.tuple(fc.constantFrom("n", "r", "w", "b"), fc.constantFrom(0, 5, 6)).map(([letter, domid]) => `${letter}${domid}`);
const operation = fc.oneof(
  { weight: 3, arbitrary: fc.record({ name: fc.constantFrom("READ", "DIRECTORY", "GET_PERMS"), path, more: fc.constant([]) }) },
  { weight: 6, arbitrary: fc.record({ name: fc.constant("WRITE"), path, more: fc.tuple(fc.constantFrom("", "1", "2")) }) },
  { weight: 2, arbitrary: fc.record({ name: fc.constantFrom("MKDIR", "RM"), path, more: fc.constant([]) }) },
  { weight: 3, arbitrary: fc.record({ name: fc.constant("SET_PERMS"), path, more: fc.array(permission, { minLength: 1, maxLength: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ name: fc.constant("WATCH"), path, more: fc.tuple(fc.constantFrom("t", "u"), fc.constantFrom("", "0", "1")) }) },
  { weight: 1, arbitrary: fc.record({ name: fc.constant("UNWATCH"), path, more: fc.tuple(fc.constantFrom("t", "u")) }) },
  { weight: 2, arbitrary: fc.record({ name: fc.constant("START"), path: fc.constant("/"), more: fc.constant([]) }) },
  { weight: 3, arbitrary: fc.record({ name: fc.constant("END"), path: fc.constant("/"), more: fc.tuple(fc.constantFrom("T", "T", "F")) }) },
);
const step = fc.record({ operation, who: fc.nat(2), transaction: fc.constantFrom(0, 0, 0, 1, 2, 3), fetch: fc.boolean() });
const steps = fc.array(step, { minLength: 1, maxLength: 80, size: "max" });

const PAYLOAD = {
  plain: (sent: string) => `${sent}\0`,
  list: (sent: string, more: readonly string[]) => [sent, ...more].filter((s) => s !== "").map((s) => `${s}\0`).join(""),
};

/** The wire payload of an operation of the model. */
function payloadOf({ name: what, path: sent, more }: { readonly name: string; readonly path: string; readonly more: readonly string[] }): string {
  if (what === "WRITE") return `${sent}\0${more[0] ?? ""}`;
  if (what === "END") return `${more[0] ?? ""}\0`;
  if (what === "START") return "\0";
  return more.length > 0 ? PAYLOAD.list(sent, more) : PAYLOAD.plain(sent);
}
const TYPE: Readonly<Record<string, number>> = {
  READ: 2, DIRECTORY: 1, GET_PERMS: 3, WRITE: 11, MKDIR: 12, RM: 13, SET_PERMS: 14, WATCH: 4, UNWATCH: 5, START: 6, END: 7,
};
const printed = (reply: string): string => (reply.endsWith("\0") ? reply.split("\0").filter((s) => s !== "").join(" ") : reply);

/** Pairs of a watch's path and depth: an empty depth is none. */
const moreOf = (more: readonly string[]): readonly string[] => more.filter((s, i) => i === 0 || s !== "");

describe("the store against the naive store", () => {
  it("answers the same and tells the same", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const clients = clientsOf(createStore(), 5, 6);
        const naive = new NaiveStore();
        // opens the root, so that guests have something to do
        clients[0].setPerms("/", "b0");
        naive.request(0, "SET_PERMS", "/", ["b0"], 0);
        for (const { operation: op, who, transaction, fetch } of all) {
          const client = clients[who];
          if (client === undefined) throw new Error("no client");
          const { domid } = client.session;
          // the client fetches what waits for it, then asks, then fetches again
          expect(client.events()).toEqual(naive.events(domid));
          const expected = naive.request(domid, op.name, op.path, moreOf(op.more), transaction);
          const txId = op.name === "START" ? 0 : transaction;
          expect(printed(client.ask(TYPE[op.name] ?? 99, payloadOf(op), txId)), `${domid} ${op.name} ${op.path}`).toBe(expected);
          expect(client.events()).toEqual(naive.events(domid));
          if (fetch) for (const each of clients) expect(each.events()).toEqual(naive.events(each.session.domid));
        }
      }),
      { numRuns: 400 },
    );
  });

  it("is the same after save and load, and so are its images", () => {
    fc.assert(
      fc.property(steps, (all) => {
        const store = createStore();
        const clients = clientsOf(store, 5, 6);
        clients[0].setPerms("/", "b0");
        for (const { operation: op, who, transaction } of all) clients[who]?.ask(TYPE[op.name] ?? 99, payloadOf(op), op.name === "START" ? 0 : transaction);
        const image = JSON.parse(JSON.stringify(store.save()));
        const loaded = loadStore(image);
        if (!loaded.ok) throw new Error(loaded.why);
        expect(loaded.value.save()).toEqual(image);
        for (const domid of [0, 5, 6]) {
          // what open transactions hold is not saved
          const { bytes: _bytes, ...usage } = store.usage(domid);
          expect(loaded.value.usage(domid)).toMatchObject(usage);
        }
      }),
      { numRuns: 200 },
    );
  });
});
