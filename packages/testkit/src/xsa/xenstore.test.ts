/** Advisories about xenstore, replayed on the store itself. What each was about is in one sentence above its test. */
import { expect, it } from "vitest";
import { xenGfn } from "@granule/units";
import { createStore, type StoreOptions } from "@granule/xenstore";
import { storeClient, type StoreClient } from "./storeClient.ts";

/** Domain 0, and two guests with homes of their own. */
function world(options: StoreOptions = {}) {
  const store = createStore(options);
  const dom0 = storeClient(store, 0);
  const guest = (domid: number): StoreClient => {
    expect(store.introduce(domid, xenGfn(1), 1).ok).toBe(true);
    dom0.ask("XS_MKDIR", `/local/domain/${domid}\0`);
    dom0.ask("XS_SET_PERMS", `/local/domain/${domid}\0n${domid}\0`);
    return storeClient(store, domid);
  };
  return { store, dom0, guest, a: guest(5), b: guest(6) };
}
const start = (c: StoreClient): number => Number(c.ask("XS_TRANSACTION_START", "\0"));
const end = (c: StoreClient, tx: number, commit = true): string => c.ask("XS_TRANSACTION_END", commit ? "T\0" : "F\0", tx);
const home = (domid: number): string => `/local/domain/${domid}`;

// Watches told guests of changes of nodes, and of their names, that they could not read.
it("XSA-115: a watch says nothing of what its owner may not read", () => {
  const { dom0, a, b } = world();
  expect(b.ask("XS_WATCH", "/\0t\0")).toBe("OK");
  expect(b.ask("XS_WATCH", `${home(5)}\0t\0`)).toBe("OK");
  b.events();
  a.write("secret/key", "1");
  dom0.write("/vm/7/uuid", "x");
  expect(b.events().filter((path) => path.includes("secret") || path.includes("/vm"))).toEqual([]);
  expect([b.ask("XS_READ", `${home(5)}/secret/key\0`), b.ask("XS_DIRECTORY", `${home(5)}\0`)]).toEqual(["!EACCES", "!EACCES"]);
});

// A new domain inherited what a dead one with its domid had been allowed (322), or nodes that were still there (417).
it("XSA-322, XSA-417: of a domain that has gone no permission and no node is left", () => {
  const { store, dom0, a, b, guest } = world();
  a.write("shared", "for six");
  a.ask("XS_SET_PERMS", `${home(5)}/shared\0n5\0b6\0`);
  expect(b.ask("XS_READ", `${home(5)}/shared\0`)).toBe("for six");
  dom0.ask("XS_MKDIR", "/tool\0");
  dom0.ask("XS_SET_PERMS", "/tool\0n0\0w6\0");
  b.write("/tool/of-six", "left behind");
  expect(store.release(6).ok).toBe(true);
  expect(dom0.ask("XS_READ", "/tool/of-six\0")).toBe("!ENOENT");
  const next = guest(6);
  expect([next.ask("XS_READ", `${home(5)}/shared\0`), next.write("/tool/new", "x"), next.ask("XS_DIRECTORY", `${home(6)}\0`)]).toEqual(["!EACCES", "!EACCES", ""]);
});

// Guests made the store use memory without a limit: by watches and their events, by requests, by replies.
it("XSA-324, XSA-326, XSA-416: what the store keeps for a guest is bounded, whatever it asks", () => {
  const { store, dom0, a, b } = world({ quotas: { memory: 8000 } });
  for (let i = 0; i < 2000; i++) {
    a.write(`n${i % 700}`, "x".repeat(50));
    a.ask("XS_WATCH", `n${i}\0token${i}\0`);
    if (i % 50 === 0) start(a);
    b.session.handle({ type: 2, reqId: i, txId: 0, payload: new TextEncoder().encode(`n${i}\0`) });
  }
  expect(store.usage(5).bytes).toBeLessThanOrEqual(8000);
  expect(b.session.canRequest()).toBe(false);
  expect([store.usage(6).bytes <= 8000, dom0.write("/still", "there")]).toEqual([true, "OK"]);
});

// A guest could keep the nodes of a domain that was being taken down from being removed.
it("XSA-325: a domain's nodes go with it, although another guest has nodes and transactions below them", () => {
  const { store, dom0, a, b } = world();
  a.write("open/x", "1");
  a.ask("XS_SET_PERMS", `${home(5)}/open\0b5\0`);
  b.write(`${home(5)}/open/from-six`, "mine");
  const tx = start(b);
  b.write(`${home(5)}/open/again`, "mine", tx);
  expect(store.release(5).ok).toBe(true);
  expect([end(b, tx), dom0.ask("XS_DIRECTORY", `${home(5)}\0`), dom0.ask("XS_READ", `${home(5)}/open/from-six\0`)]).toEqual(["!EAGAIN", "!ENOENT", "!ENOENT"]);
  expect(store.usage(6).nodes).toBe(1);
});

// A guest could give its nodes to others and so make them pay (352), and the root's permissions were not looked at (353).
it("XSA-352, XSA-353: a guest gives no node away and cannot change the root", () => {
  const { a } = world();
  a.write("mine", "1");
  expect([a.ask("XS_SET_PERMS", `${home(5)}/mine\0n6\0`), a.ask("XS_GET_PERMS", `${home(5)}/mine\0`)]).toEqual([expect.stringMatching(/^!E(PERM|ACCES)$/), "n5"]);
  for (const refused of [a.write("/top", "x"), a.ask("XS_MKDIR", "/top\0"), a.ask("XS_SET_PERMS", "/\0n5\0"), a.ask("XS_RM", "/local\0")]) expect(refused).toMatch(/^!E(ACCES|PERM)$/);
});

// A guest's malformed request made the daemon read freed memory.
it("XSA-414: requests of any type and any bytes are answered", () => {
  const { store, dom0, a } = world();
  let replies = 0;
  for (let type = 0; type < 40; type++)
    for (const text of ["", "\0", "\0\0\0", "a", "/\0", "/\0\0", "T", `${"/".repeat(100)}\0`, `${"x".repeat(4096)}`, "@releaseDomain\0t", "0\x000\x000\0", `${"../".repeat(9)}\0x\0`, "\u00ff\u00fe\0"])
      for (const txId of [0, 1, 0xffffffff]) {
        const payload = new TextEncoder().encode(text).subarray(0, 4096);
        a.session.handle({ type, reqId: 3, txId, payload });
        for (let m = a.session.peek(); m !== undefined; m = a.session.peek()) {
          replies++;
          a.session.shift();
        }
      }
  expect(replies).toBeGreaterThan(40 * 13);
  expect([dom0.write("/still", "there"), store.isIntroduced(5)]).toEqual(["OK", true]);
});

// Nodes came to exist without a parent (415), were owned by others to get round the quota (419), or by transactions (421).
it("XSA-415, XSA-419, XSA-421: each node counts for its owner and hangs below its parent", () => {
  const { store, dom0, a, b } = world({ quotas: { nodes: 10 } });
  a.ask("XS_MKDIR", `${home(5)}/box\0`);
  a.ask("XS_SET_PERMS", `${home(5)}/box\0b5\0`);
  for (let i = 0; i < 50; i++) b.write(`${home(5)}/box/n${i}`, "");
  expect(store.usage(6).nodes).toBeLessThanOrEqual(10);
  for (let round = 0; round < 20; round++) {
    const tx = start(a);
    for (let i = 0; i < 20; i++) a.write(`t${round}-${i}`, "", tx);
    end(a, tx);
  }
  expect(store.usage(5).nodes).toBeLessThanOrEqual(10);
  const tx = start(a);
  a.write("box/x/y", "", tx);
  a.ask("XS_RM", `${home(5)}/box\0`);
  end(a, tx);
  expect(dom0.ask("XS_DIRECTORY", `${home(5)}/box\0`)).toBe("!ENOENT");
  expect(a.ask("XS_READ", `${home(5)}/box/x/y\0`)).toBe("!ENOENT");
});

// Removing a very deep tree recursed until the stack was used up.
it("XSA-418: the deepest tree that a path can name is removed", () => {
  const { store, dom0, a } = world({ quotas: { pathLength: 3000, nodes: 5000, memory: 10 ** 8 } });
  const deep = Array.from({ length: 1000 }, () => "d").join("/");
  expect(a.write(deep, "bottom")).toBe("OK");
  expect(store.usage(5).nodes).toBeGreaterThan(1000);
  expect([a.ask("XS_RM", `${home(5)}/d\0`), dom0.ask("XS_DIRECTORY", `${home(5)}\0`), store.usage(5).nodes]).toEqual(["OK", "", 1]);
});

// A transaction that met another one at its end crashed the daemon (440), or was done in part (484).
it("XSA-440, XSA-484: a transaction that conflicts changes nothing, and can be tried again", () => {
  const { store, a } = world();
  a.write("x", "0");
  const nodes = store.usage(5).nodes;
  for (let round = 0; round < 5; round++) {
    const one = start(a);
    const two = start(a);
    for (const [tx, value] of [[one, "one"], [two, "two"]] as const) {
      a.ask("XS_READ", `${home(5)}/x\0`, tx);
      a.write("x", value, tx);
      a.write(`only-${value}`, value, tx);
    }
    expect([end(a, one), end(a, two)]).toEqual(["OK", "!EAGAIN"]);
    expect([a.ask("XS_READ", `${home(5)}/x\0`), a.ask("XS_READ", `${home(5)}/only-two\0`), store.usage(5).transactions]).toEqual(["one", "!ENOENT", 0]);
    a.ask("XS_RM", `${home(5)}/only-one\0`);
    expect(store.usage(5).nodes).toBe(nodes);
    expect(end(a, two)).toBe("!ENOENT");
  }
});
