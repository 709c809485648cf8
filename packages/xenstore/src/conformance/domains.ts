/** Domains that come and go, and what each may use. */
import { xenGfn } from "@granule/units";
import { describe, expect, it } from "vitest";
import type { Quotas, Store, StoreOptions } from "../contract.ts";
import { clientsOf, dom0AndGuest, type TestClient, testClient } from "./client.ts";

/** A quota of 3 (or as given), what the guest does in a loop, and how it ends. */
const QUOTAS: readonly (readonly [keyof Quotas, limit: number, (guest: TestClient, i: number) => string, allowed: number, code: string])[] = [
  ["nodes", 4, (guest, i) => guest.mkdir(`n${i}`), 3, "!ENOSPC"],
  ["watches", 3, (guest, i) => guest.watch(`n${i}`, "t"), 3, "!ENOSPC"],
  ["transactions", 3, (guest) => guest.ask("XS_TRANSACTION_START", "\0").replace(/^\d+\0$/, "OK"), 3, "!ENOSPC"],
  ["nodeSize", 200, (guest, i) => guest.write("n", "x".repeat(i * 50)), 4, "!ENOSPC"],
  ["nodeSize", 200, (guest, i) => guest.mkdir(`${"x".repeat(40)}${i}`), 4, "!ENOSPC"],
  ["permissions", 3, (guest, i) => guest.setPerms("", `n5${" r6".repeat(i)}`.trim()), 0, "!EINVAL"],
  ["permissions", 3, (guest, i) => guest.setPerms("/local/domain/5", `n5${" r6".repeat(i)}`), 3, "!ENOSPC"],
  ["pathLength", 20, (guest, i) => guest.write("x".repeat(17 + i), ""), 4, "!EINVAL"],
  ["memory", 1000, (guest, i) => guest.write(`n${i}`, "x".repeat(200)), 4, "!ENOMEM"],
];

export function describeDomains(create: (options?: StoreOptions) => Store): void {
  describe("quotas", () => {
    it.each(QUOTAS)("%s %i", (quota, limit, operate, allowed, code) => {
      const { dom0, guest } = dom0AndGuest(create({ quotas: { [quota]: limit } }));
      let i = 0;
      while (i < 10 && operate(guest, i) === "OK") i++;
      expect(i).toBe(allowed);
      expect(operate(guest, i)).toBe(code);
      expect(dom0.write(`/${"x".repeat(100)}`, "x".repeat(2000))).toBe("OK");
    });

    it("a transaction touches at most transactionNodes paths, and may still end", () => {
      const { guest } = dom0AndGuest(create({ quotas: { transactionNodes: 3 } }));
      const tx = guest.start();
      expect([guest.write("a", "", tx), guest.write("b", "", tx), guest.read("a", tx), guest.write("c", "", tx)]).toEqual(["OK", "OK", "", "!ENOSPC"]);
      expect([guest.end(tx, true), guest.ls("/local/domain/5")]).toEqual(["OK", "a b"]);
    });

    it("what a transaction creates counts in it and again at its end", () => {
      const { guest } = dom0AndGuest(create({ quotas: { nodes: 3 } }));
      const one = guest.start();
      const two = guest.start();
      expect([guest.mkdir("a", one), guest.mkdir("b", one), guest.mkdir("c", one)]).toEqual(["OK", "OK", "!ENOSPC"]);
      expect(guest.mkdir("d", two)).toBe("OK");
      expect([guest.end(one, true), guest.end(two, true)]).toEqual(["OK", "!EAGAIN"]);
    });

    it("freeing and undoing give back what was used", () => {
      const store = create();
      const { guest } = dom0AndGuest(store);
      const before = store.usage(5);
      guest.write("a/b/c", "value");
      guest.watch("a", "t");
      const kept = guest.start();
      guest.write("a/x", "other", kept);
      guest.end(kept, true);
      const dropped = guest.start();
      guest.write("a/y", "other", dropped);
      guest.end(dropped, false);
      expect(store.usage(5).nodes).toBe(before.nodes + 4);
      guest.rm("a");
      guest.unwatch("a", "t");
      guest.events();
      expect(store.usage(5)).toEqual(before);
    });

    it("events that do not fit the watcher's memory are lost, and counted", () => {
      const { dom0, guest } = dom0AndGuest(create({ quotas: { memory: 2000 } }));
      dom0.setPerms("/", "r0");
      guest.watch("/", "t");
      for (let i = 0; i < 200; i++) dom0.write(`/many-${i}`, "");
      expect(guest.session.lostEvents).toBeGreaterThan(100);
      expect(guest.session.lostEvents + guest.events().length).toBe(200 + 1);
      dom0.write("/again", "");
      expect(guest.events()).toEqual(["/again t"]);
    });

    it("stalls a domain whose requests are outstanding, until replies and the events for privileged domains are fetched", () => {
      const { dom0, guest } = dom0AndGuest(create({ quotas: { outstanding: 3 } }));
      dom0.watch("/", "t");
      dom0.events();
      const { session } = guest;
      const fetchReplies = (): void => {
        while (session.peek() !== undefined) session.shift();
      };
      for (const name of ["a", "b", "c"]) {
        expect(session.canRequest()).toBe(true);
        session.handle({ type: 12, reqId: 0, txId: 0, payload: Uint8Array.of(name.charCodeAt(0), 0) });
      }
      expect(session.canRequest()).toBe(false);
      fetchReplies();
      expect(session.canRequest()).toBe(false);
      expect(dom0.events()).toHaveLength(3);
      expect(session.canRequest()).toBe(true);
    });
  });

  describe("domains", () => {
    it("connect when they are introduced, and lose their sessions with RELEASE", () => {
      const store = create();
      expect(store.connect(5)).toMatchObject({ ok: false, code: "ENOENT" });
      const [dom0, guest] = clientsOf(store, 5);
      expect([dom0.ask("XS_IS_DOMAIN_INTRODUCED", "5\0"), dom0.ask("XS_IS_DOMAIN_INTRODUCED", "6\0")]).toEqual(["T\0", "F\0"]);
      expect(dom0.ask("XS_RELEASE", "5\0")).toBe("OK\0");
      expect([guest?.session.isOpen, store.isIntroduced(5), store.connect(5).ok]).toEqual([false, false, false]);
    });

    it.each(["0\x001\x001\0", "32752\x001\x001\0", "5\x001\x000\0", "5\x001\0", "5\0-1\x001\0", "x\x001\x001\0"])("INTRODUCE %j is refused", (payload) => {
      expect(testClient(create(), 0).ask("XS_INTRODUCE", payload)).toBe("!EINVAL");
    });

    it("a transport is told, and can refuse", () => {
      const told: string[] = [];
      const store = create({
        transport: {
          introduce: (domid, gfn, evtchn) => {
            told.push(`introduce ${domid} ${String(gfn)} ${evtchn}`);
            return domid === 6 ? { ok: false, code: "EIO", why: "no ring" } : { ok: true, value: undefined };
          },
          release: (domid) => void told.push(`release ${domid}`),
        },
      });
      const [dom0] = clientsOf(store);
      expect([dom0.ask("XS_INTRODUCE", "5\x0017\x003\0"), dom0.ask("XS_INTRODUCE", "6\x001\x001\0"), dom0.ask("XS_RELEASE", "5\0")]).toEqual(["OK\0", "!EIO", "OK\0"]);
      expect([store.isIntroduced(6), ...told]).toEqual([false, "introduce 5 17 3", "introduce 6 1 1", "release 5"]);
    });

    it("a second INTRODUCE resets the sessions", () => {
      const { dom0, guest } = dom0AndGuest(create());
      guest.watch("a", "t");
      guest.events();
      const tx = guest.start();
      expect(dom0.ask("XS_INTRODUCE", "5\x001\x001\0")).toBe("OK\0");
      guest.write("a", "1");
      expect([guest.events(), guest.read("a", tx)]).toEqual([[], "!ENOENT"]);
    });

    it("leave nothing that a later domain of the same id could use (XSA-322, XSA-417)", () => {
      const store = create();
      const { dom0, guest } = dom0AndGuest(store);
      guest.write("a", "1");
      dom0.write("/theirs/keep", "1");
      dom0.setPerms("/theirs/keep", "n0 b5 r6");
      dom0.write("/theirs/below/x", "1");
      dom0.setPerms("/theirs/below", "n5");
      dom0.setPerms("@releaseDomain", "n0 r5");
      dom0.watch("/theirs", "t");
      dom0.events();
      expect(dom0.ask("XS_RELEASE", "5\0")).toBe("OK\0");
      expect(dom0.events()).toEqual(["/theirs/below t"]);
      expect([dom0.read("/local/domain/5"), dom0.read("/theirs/below/x")]).toEqual(["!ENOENT", "!ENOENT"]);
      expect([dom0.perms("/theirs/keep"), dom0.perms("@releaseDomain")]).toEqual(["n0 r6", "n0"]);
      expect(store.usage(5)).toEqual({ nodes: 0, bytes: 0, watches: 0, transactions: 0, outstanding: 0 });
    });

    it("and no open transaction brings it back", () => {
      const { dom0 } = dom0AndGuest(create());
      const tx = dom0.start();
      dom0.write("/new", "1", tx);
      dom0.setPerms("/new", "n0 b5", tx);
      dom0.ask("XS_RELEASE", "5\0");
      expect([dom0.end(tx, true), dom0.read("/new")]).toEqual(["!EAGAIN", "!ENOENT"]);
    });

    it("the root survives its owner", () => {
      const { dom0 } = dom0AndGuest(create());
      dom0.setPerms("/", "b5");
      dom0.ask("XS_RELEASE", "5\0");
      expect(dom0.perms("/")).toBe("b0");
    });

    it("a target that is gone grants nothing more", () => {
      const store = create();
      const [dom0, five] = clientsOf(store, 5, 6);
      dom0.write("/n", "1");
      dom0.setPerms("/n", "n6");
      dom0.ask("XS_SET_TARGET", "5\x006\0");
      expect(five?.read("/n")).toBe("1");
      dom0.ask("XS_RELEASE", "6\0");
      store.introduce(6, xenGfn(1), 1);
      dom0.write("/n", "1");
      dom0.setPerms("/n", "n6");
      expect(five?.read("/n")).toBe("!EACCES");
      expect(dom0.ask("XS_SET_TARGET", "5\x009\0")).toBe("!ENOENT");
    });
  });
}
