import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TestClient, testClient } from "./conformance/client.ts";
import { createStore } from "./store.ts";

type Do = (client: TestClient, txId: number) => string;
interface Named {
  readonly name: string;
  readonly run: Do;
}

const path = fc.array(fc.constantFrom("a", "b"), { minLength: 1, maxLength: 3 }).map((names) => `/${names.join("/")}`);
const action = fc.oneof(
  path.map((p): Named => ({ name: `read ${p}`, run: (c, tx) => c.read(p, tx) })),
  path.map((p): Named => ({ name: `list ${p}`, run: (c, tx) => c.ls(p, tx) })),
  fc.tuple(path, fc.constantFrom("1", "2", "3")).map(([p, value]): Named => ({ name: `write ${p} ${value}`, run: (c, tx) => c.write(p, value, tx) })),
  path.map((p): Named => ({ name: `mkdir ${p}`, run: (c, tx) => c.mkdir(p, tx) })),
  path.map((p): Named => ({ name: `rm ${p}`, run: (c, tx) => c.rm(p, tx) })),
);
/** Whose turn it is, and whether it begins or ends a transaction, acts in it, or acts outside. */
const turn = fc.record({ who: fc.nat(2), kind: fc.constantFrom("in", "in", "in", "in", "end", "out"), action });

interface Done {
  readonly action: Named;
  readonly reply: string;
}

/** The tree as text, read by a client. */
function contents(client: TestClient, at: string): readonly string[] {
  const names = client.ls(at).split(" ").filter((name) => name !== "");
  return [`${at}=${client.read(at)}`, ...names.flatMap((name) => contents(client, `${at === "/" ? "" : at}/${name}`))];
}

describe("transactions", () => {
  it("that commit are as if run one after another, in the order of their commits", () => {
    let conflicts = 0;
    let commits = 0;
    fc.assert(
      fc.property(fc.array(turn, { minLength: 10, maxLength: 60, size: "max" }), (turns) => {
        const store = createStore();
        const sessions = [0, 1, 2].map(() => ({ client: testClient(store, 0), txId: 0, log: new Array<Done>() }));
        const history: Done[] = [];
        for (const { who, kind, action: what } of turns) {
          const session = sessions[who];
          if (session === undefined) continue;
          if (kind === "out") history.push({ action: what, reply: what.run(session.client, 0) });
          else if (kind === "end" && session.txId !== 0) {
            const isCommitted = session.client.end(session.txId, true) === "OK";
            if (isCommitted) history.push(...session.log);
            commits += isCommitted && session.log.length > 0 ? 1 : 0;
            conflicts += isCommitted ? 0 : 1;
            session.txId = 0;
          } else {
            if (session.txId === 0) [session.txId, session.log] = [session.client.start(), []];
            session.log.push({ action: what, reply: what.run(session.client, session.txId) });
          }
        }
        const serial = testClient(createStore(), 0);
        for (const { action: what, reply } of history) expect(what.run(serial, 0), what.name).toBe(reply);
        expect(contents(serial, "/")).toEqual(contents(testClient(store, 0), "/"));
      }),
      { numRuns: 300 },
    );
    // both ends were seen, else the property says little
    expect([commits > 50, conflicts > 50]).toEqual([true, true]);
  });

  it("alone never conflict", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 20 }), fc.array(action, { maxLength: 20 }), (before, inside) => {
        const client = testClient(createStore(), 0);
        for (const { run } of before) run(client, 0);
        const txId = client.start();
        for (const { run } of inside) run(client, txId);
        expect(client.end(txId, true)).toBe("OK");
      }),
      { numRuns: 100 },
    );
  });
});
