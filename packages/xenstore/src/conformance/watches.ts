/** Watches: which events come, to whom, and in which order. */
import { describe, expect, it } from "vitest";
import type { Store, StoreOptions } from "../contract.ts";
import { clientsOf, dom0AndGuest } from "./client.ts";

export function describeWatches(create: (options?: StoreOptions) => Store): void {
  describe("watches", () => {
    it("fire once when set, whether or not the node exists, and then on every change at or below", () => {
      const [dom0] = clientsOf(create());
      expect(dom0.watch("/a", "t")).toBe("OK");
      expect(dom0.events()).toEqual(["/a t"]);
      dom0.write("/a/b", "1");
      dom0.setPerms("/a/b", "n0 r5");
      dom0.mkdir("/a/c");
      dom0.mkdir("/a/c");
      dom0.write("/ab", "1");
      dom0.rm("/a/b");
      dom0.rm("/a/none");
      expect(dom0.events()).toEqual(["/a/b t", "/a/b t", "/a/c t", "/a/b t"]);
    });

    it("on removal of a parent tell their own path, deepest first", () => {
      const [dom0] = clientsOf(create());
      dom0.write("/a/b/c", "1");
      for (const path of ["/", "/a", "/a/b", "/a/b/c", "/a/none"]) dom0.watch(path, "t");
      dom0.events();
      dom0.rm("/a");
      // "/" and "/a" are told of "/a"; equal events of one client are one
      expect(dom0.events()).toEqual(["/a/b/c t", "/a/b t", "/a t"]);
    });

    it("depth limits how far below a change is told", () => {
      const [dom0] = clientsOf(create());
      dom0.watch("/a", "0", 0);
      dom0.watch("/a", "1", 1);
      dom0.watch("/a", "all");
      dom0.watch("/", "root1", 1);
      dom0.events();
      dom0.write("/a", "1");
      dom0.write("/a/b", "1");
      dom0.write("/a/b/c", "1");
      expect(dom0.events()).toEqual(["/a 0", "/a 1", "/a all", "/a root1", "/a/b 1", "/a/b all", "/a/b/c all"]);
    });

    it("relative ones tell relative paths", () => {
      const { guest } = dom0AndGuest(create());
      guest.watch("x", "t");
      guest.write("x/y", "1");
      guest.write("/local/domain/5/x/z", "1");
      expect(guest.events()).toEqual(["x t", "x/y t", "x/z t"]);
    });

    it("differ by path and token; both together are there once", () => {
      const [dom0] = clientsOf(create());
      expect([dom0.watch("/a", "t"), dom0.watch("/a", "t"), dom0.watch("/a", "u")]).toEqual(["OK", "!EEXIST", "OK"]);
      expect([dom0.unwatch("/a", "t"), dom0.unwatch("/a", "t")]).toEqual(["OK", "!ENOENT"]);
      dom0.events();
      dom0.write("/a", "1");
      expect(dom0.events()).toEqual(["/a u"]);
      expect(dom0.ask("XS_RESET_WATCHES", "\0")).toBe("OK\0");
      dom0.write("/a", "2");
      expect(dom0.events()).toEqual([]);
    });

    it("wait in the order of changes, equal ones once", () => {
      const [dom0, other] = clientsOf(create(), 5);
      dom0.setPerms("/", "r0");
      other?.watch("/", "t");
      other?.events();
      for (const path of ["/a", "/b", "/a", "/c"]) dom0.write(path, "1");
      expect(other?.events()).toEqual(["/a t", "/b t", "/c t"]);
      dom0.write("/a", "1");
      expect(other?.events()).toEqual(["/a t"]);
    });

    it("precede the reply of the change that caused them", () => {
      const [dom0] = clientsOf(create());
      dom0.watch("/a", "t");
      dom0.events();
      dom0.session.handle({ type: 11, reqId: 9, txId: 0, payload: Uint8Array.of(47, 97, 0) });
      const types: number[] = [];
      for (let m = dom0.session.peek(); m !== undefined; m = dom0.session.peek()) {
        types.push(m.type);
        dom0.session.shift();
      }
      expect(types).toEqual([15, 11]);
    });
  });

  describe("watches and permissions (XSA-115)", () => {
    it("say nothing of nodes that the watcher reads neither itself nor in its parent's list", () => {
      const { dom0, guest } = dom0AndGuest(create());
      guest.watch("/secret", "t");
      guest.watch("/", "root");
      guest.events();
      dom0.write("/secret/a", "1");
      dom0.setPerms("/secret/a", "n0 w5");
      dom0.write("/secret/a", "2");
      dom0.rm("/secret");
      expect(guest.events()).toEqual([]);
    });

    it("tell when access is given, when it is taken, and when a readable node goes", () => {
      const { dom0, guest } = dom0AndGuest(create());
      guest.watch("/secret", "t");
      guest.events();
      dom0.write("/secret/a", "1");
      dom0.setPerms("/secret/a", "n0 r5");
      expect(guest.events()).toEqual(["/secret/a t"]);
      dom0.setPerms("/secret/a", "n0");
      expect(guest.events()).toEqual(["/secret/a t"]);
      dom0.setPerms("/secret/a", "n0 r5");
      guest.events();
      dom0.rm("/secret/a");
      expect(guest.events()).toEqual(["/secret/a t"]);
    });

    it("tell a reader of the parent of new and removed children", () => {
      const { dom0, guest } = dom0AndGuest(create());
      dom0.mkdir("/open");
      dom0.setPerms("/open", "n0 r5");
      guest.watch("/open", "t");
      guest.events();
      dom0.write("/open/a", "1");
      dom0.setPerms("/open/a", "n0");
      dom0.rm("/open/a");
      expect(guest.events()).toEqual(["/open/a t"]);
      expect(guest.ls("/open")).toBe("");
    });
  });

  describe("special watches", () => {
    it("tell privileged domains of domains that come, shut down and go", () => {
      const store = create();
      const [dom0] = clientsOf(store);
      dom0.watch("@introduceDomain", "i");
      dom0.watch("@releaseDomain", "r");
      dom0.watch("@releaseDomain", "d", 1);
      dom0.watch("@releaseDomain/5", "five");
      expect(dom0.events()).toEqual(["@introduceDomain i", "@releaseDomain r", "@releaseDomain d", "@releaseDomain/5 five"]);
      dom0.ask("XS_INTRODUCE", "5\x001\x002\0");
      dom0.ask("XS_INTRODUCE", "5\x001\x002\0");
      dom0.ask("XS_INTRODUCE", "6\x001\x002\0");
      expect(dom0.events()).toEqual(["@introduceDomain i", "@introduceDomain i"]);
      store.shutdown(5);
      store.shutdown(5);
      const five = ["@releaseDomain r", "@releaseDomain/5 d", "@releaseDomain/5 five"];
      expect(dom0.events()).toEqual(five);
      expect(dom0.ask("XS_RESUME", "5\0")).toBe("OK\0");
      store.shutdown(5);
      expect(dom0.events()).toEqual(five);
      expect([dom0.ask("XS_RELEASE", "5\0"), dom0.ask("XS_RELEASE", "6\0"), dom0.ask("XS_RELEASE", "6\0")]).toEqual(["OK\0", "OK\0", "!ENOENT"]);
      expect(dom0.events()).toEqual([...five, "@releaseDomain r", "@releaseDomain/6 d"]);
    });

    it("tell others only when SET_PERMS allows it", () => {
      const store = create();
      const { dom0, guest } = dom0AndGuest(store);
      guest.watch("@introduceDomain", "t");
      guest.events();
      dom0.ask("XS_INTRODUCE", "6\x001\x002\0");
      expect(guest.events()).toEqual([]);
      expect([guest.perms("@introduceDomain"), guest.setPerms("@introduceDomain", "r5")]).toEqual(["!EACCES", "!EACCES"]);
      expect([dom0.setPerms("@introduceDomain", "n0 r5"), dom0.perms("@introduceDomain"), dom0.perms("@other")]).toEqual(["OK", "n0 r5", "!ENOENT"]);
      dom0.ask("XS_INTRODUCE", "7\x001\x002\0");
      expect(guest.events()).toEqual(["@introduceDomain t"]);
    });
  });
}
