/** Transactions: snapshot, isolation, conflicts, watches. */
import { describe, expect, it } from "vitest";
import type { Store, StoreOptions } from "../contract.ts";
import { clientsOf, type TestClient } from "./client.ts";

/** What somebody else does, and whether a transaction that did the first must then fail. */
const CONFLICTS: readonly (readonly [string, mine: (c: TestClient, tx: number) => string, theirs: (c: TestClient) => string, conflict: boolean])[] = [
  ["read / write of the same", (c, tx) => c.read("/a", tx), (c) => c.write("/a", "2"), true],
  ["read / write of the same value", (c, tx) => c.read("/a", tx), (c) => c.write("/a", "1"), true],
  ["read / removal", (c, tx) => c.read("/a", tx), (c) => c.rm("/a"), true],
  ["read / permissions", (c, tx) => c.perms("/a", tx), (c) => c.setPerms("/a", "n0 r5"), true],
  ["read of nothing / creation", (c, tx) => c.read("/new", tx), (c) => c.write("/new", "2"), true],
  ["list / new child", (c, tx) => c.ls("/a", tx), (c) => c.mkdir("/a/new"), true],
  ["list / new grandchild", (c, tx) => c.ls("/a", tx), (c) => c.mkdir("/a/b/new"), false],
  ["list / value of a child", (c, tx) => c.ls("/a", tx), (c) => c.write("/a/b", "2"), false],
  ["write / write of the same", (c, tx) => c.write("/a", "3", tx), (c) => c.write("/a", "2"), true],
  ["write / write of another", (c, tx) => c.write("/a", "3", tx), (c) => c.write("/z", "2"), false],
  ["creation / creation in the same directory", (c, tx) => c.write("/a/x", "3", tx), (c) => c.write("/a/y", "2"), true],
  ["creation / removal of the directory", (c, tx) => c.write("/a/x", "3", tx), (c) => c.rm("/a"), true],
  ["removal / change below", (c, tx) => c.rm("/a", tx), (c) => c.write("/a/b", "2"), true],
  ["removal / creation below", (c, tx) => c.rm("/a", tx), (c) => c.write("/a/b/c", "2"), true],
  ["nothing / anything", () => "", (c) => c.rm("/a"), false],
];

export function describeTransactions(create: (options?: StoreOptions) => Store): void {
  describe("transactions", () => {
    const prepare = (): readonly [TestClient, TestClient] => {
      const store = create();
      const [one] = clientsOf(store);
      const [two] = clientsOf(store);
      one.write("/a", "1");
      one.write("/a/b", "1");
      one.write("/z", "1");
      return [one, two];
    };

    it.each(CONFLICTS)("%s", (_name, mine, theirs, conflict) => {
      const [one, two] = prepare();
      const tx = one.start();
      mine(one, tx);
      expect(theirs(two)).toBe("OK");
      expect(one.end(tx, true)).toBe(conflict ? "!EAGAIN" : "OK");
      expect(one.end(tx, true)).toBe("!ENOENT");
    });

    it("see the store as it was, with their own changes, until the end", () => {
      const [one, two] = prepare();
      const tx = one.start();
      two.write("/a", "2");
      two.rm("/z");
      one.write("/mine", "3", tx);
      expect([one.read("/a", tx), one.read("/z", tx), one.read("/mine", tx)]).toEqual(["1", "1", "3"]);
      expect([one.read("/a"), one.read("/z"), one.read("/mine"), two.read("/mine")]).toEqual(["2", "!ENOENT", "!ENOENT", "!ENOENT"]);
    });

    it("leave nothing when they are abandoned or conflict", () => {
      const [one, two] = prepare();
      const abandoned = one.start();
      one.write("/new", "1", abandoned);
      expect(one.end(abandoned, false)).toBe("OK");
      const conflicting = one.start();
      one.write("/new", "1", conflicting);
      two.mkdir("/other");
      expect(one.end(conflicting, true)).toBe("!EAGAIN");
      expect(one.read("/new")).toBe("!ENOENT");
    });

    it("keep what others changed beside them", () => {
      const [one, two] = prepare();
      const tx = one.start();
      one.write("/a", "mine", tx);
      one.rm("/a/b", tx);
      two.write("/z/theirs", "2");
      expect(one.end(tx, true)).toBe("OK");
      expect([one.read("/a"), one.ls("/a"), one.read("/z/theirs")]).toEqual(["mine", "", "2"]);
    });

    it("tell watches at the end, in the order of changes, each path once", () => {
      const [one, two] = prepare();
      two.watch("/", "t");
      two.events();
      const tx = one.start();
      one.write("/c", "1", tx);
      one.write("/a", "2", tx);
      one.write("/c", "2", tx);
      one.write("/gone", "1", tx);
      one.rm("/gone", tx);
      expect(two.events()).toEqual([]);
      one.end(tx, true);
      expect(two.events()).toEqual(["/c t", "/a t"]);
    });

    it("do not nest, have ids of their own, and belong to their session", () => {
      const [one, two] = prepare();
      const tx = one.start();
      expect(one.ask("XS_TRANSACTION_START", "\0", tx)).toBe("!EBUSY");
      expect(one.start()).not.toBe(tx);
      expect(two.read("/a", tx)).toBe("!ENOENT");
    });

    it("end with RESET_WATCHES", () => {
      const [one] = prepare();
      const tx = one.start();
      one.ask("XS_RESET_WATCHES", "\0");
      expect(one.end(tx, true)).toBe("!ENOENT");
    });
  });
}
