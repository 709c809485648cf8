import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clientsOf, testClient } from "./conformance/client.ts";
import { createStore, loadStore } from "./store.ts";

/** A store with something of everything, saved. */
function savedStore(): Record<string, unknown> {
  const store = createStore();
  const [dom0, five] = clientsOf(store, 5, 6);
  dom0.write("/a/b", "value \u00ff\0");
  dom0.setPerms("/a/b", "n0 b5");
  dom0.setPerms("@releaseDomain", "n0 r5");
  dom0.ask("XS_SET_TARGET", "5\x006\0");
  five?.watch("/a", "t", 3);
  five?.watch("x", "t");
  five?.start();
  dom0.watch("/", "t");
  five?.session.handle({ type: 11, reqId: 1, txId: 0, payload: Uint8Array.from([..."/a/b\0new"], (c) => c.charCodeAt(0)) });
  return JSON.parse(JSON.stringify(store.save()));
}

/** Every path to a leaf or list of a JSON value. */
function places(value: unknown, at: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, inner]) => places(inner, [...at, key]))];
}
function changed(value: unknown, [key, ...rest]: readonly string[], to: unknown): unknown {
  if (key === undefined) return to;
  if (Array.isArray(value)) return value.map((inner, i) => (String(i) === key ? changed(inner, rest, to) : inner));
  return Object.fromEntries(Object.entries(value as object).map(([k, inner]) => [k, k === key ? changed(inner, rest, to) : inner]));
}

describe("load", () => {
  it("carries what waits for clients, and makes open transactions start again", () => {
    const image = savedStore();
    const loaded = loadStore(image);
    if (!loaded.ok) throw new Error(loaded.why);
    expect(loaded.value.save()).toEqual(image);
    const session = loaded.value.session(2);
    if (session === undefined) throw new Error("no session");
    const types: number[] = [];
    for (let m = session.peek(); m !== undefined; m = session.peek()) {
      types.push(m.type);
      session.shift();
    }
    expect(types).toEqual([15, 11]);
    session.handle({ type: 7, reqId: 1, txId: 1, payload: Uint8Array.of(84, 0) });
    expect(String.fromCharCode(...(session.peek()?.payload ?? []))).toBe("EAGAIN\0");
    // dom0 has not fetched its event yet, so the write is outstanding
    expect(loaded.value.usage(5).outstanding).toBe(2);
  });

  it("refuses or accepts an image in which anything was replaced, and never throws", () => {
    const image = savedStore();
    const where = places(image);
    const garbage = fc.oneof(fc.constantFrom<unknown>(null, -1, 0, 1, 2, 1e9, 1.5, "", "/", "/a", "//", "x7", "\u0100", [], {}, true), fc.jsonValue({ maxDepth: 1 }));
    fc.assert(
      fc.property(fc.nat(where.length - 1), garbage, (i, to) => {
        const loaded = loadStore(changed(image, where[i] ?? [], to));
        if (!loaded.ok) expect(loaded.code).toBe("EINVAL");
        // what was accepted is a store: it saves, loads, and works
        else {
          const again = loadStore(JSON.parse(JSON.stringify(loaded.value.save())));
          expect(again.ok).toBe(true);
          loaded.value.release(5);
          expect(loaded.value.usage(5).outstanding).toBe(0);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("a value that no reply can carry is E2BIG", () => {
    const loaded = loadStore(changed(savedStore(), ["nodes", "1", "value"], "x".repeat(5000)));
    if (!loaded.ok) throw new Error(loaded.why);
    expect(testClient(loaded.value, 0).read("/a")).toBe("!E2BIG");
  });

  it.each([
    ["a node before its parent", ["nodes", "1", "path"], "/x/y"], ["a node twice", ["nodes", "2", "path"], "/a"],
    ["a permission list without owner", ["nodes", "1", "permissions"], []], ["a generation to come", ["nodes", "1", "generation"], 1e9],
    ["a watch twice", ["sessions", "1", "watches", "0", "path"], "/local/domain/5/x"], ["a target that is missing", ["domains", "1", "target"], 9],
    ["another version", ["version"], 2], ["a session of nobody", ["sessions", "1", "domid"], 9],
  ])("refuses %s", (_what, where, to) => {
    expect(loadStore(changed(savedStore(), where, to))).toMatchObject({ ok: false, code: "EINVAL" });
  });
});
