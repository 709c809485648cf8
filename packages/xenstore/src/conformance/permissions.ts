/** Who may do what: every letter, every kind of caller, every operation, against the document's sentences. */
import { describe, expect, it } from "vitest";
import type { Store, StoreOptions } from "../contract.ts";
import { clientsOf, type TestClient } from "./client.ts";

type Make = (options?: StoreOptions) => Store;
const LETTERS = ["n", "r", "w", "b"] as const;

/** Operations on /n, a node of domain 5, and what they need. None of them is left done: each gets a store of its own. */
const OPERATIONS: readonly (readonly [string, needs: "read" | "write" | "owner", (client: TestClient, owner: number) => string])[] = [
  ["READ", "read", (client) => client.read("/n")],
  ["DIRECTORY", "read", (client) => client.ls("/n")],
  ["GET_PERMS", "read", (client) => client.perms("/n")],
  ["READ of a missing child", "read", (client) => client.read("/n/none")],
  ["WRITE", "write", (client) => client.write("/n", "2")],
  ["WRITE of a new child", "write", (client) => client.write("/n/new/er", "2")],
  ["MKDIR of a new child", "write", (client) => client.mkdir("/n/new")],
  ["RM", "write", (client) => client.rm("/n")],
  ["SET_PERMS", "owner", (client, owner) => client.setPerms("/n", `b${owner}`)],
];

/** Who asks: the domain, the list of /n, and which letter decides ("owner": everything is allowed). */
const CALLERS: readonly (readonly [string, domid: number, list: (letter: string) => string, target?: number])[] = [
  ["without an entry: the first letter", 6, (letter) => `${letter}5`],
  ["with an entry", 6, (letter) => `b5 ${letter}6`],
  ["with an entry for its target", 6, (letter) => `b5 ${letter}7`, 7],
  ["with two entries: the first", 6, (letter) => `n5 ${letter}6 b6`],
];

const ALLOWED: Readonly<Record<string, readonly string[]>> = { n: [], r: ["read"], w: ["write"], b: ["read", "write"] };

/** Prepares /n and a caller. */
function prepare(create: Make, domid: number, list: string, target?: number): TestClient {
  const store = create();
  const [dom0, ...guests] = clientsOf(store, 5, 6, 7);
  dom0.write("/n", "1");
  expect(dom0.setPerms("/n", list)).toBe("OK");
  if (target !== undefined) expect(dom0.ask("XS_SET_TARGET", `${domid}\0${target}\0`)).toBe("OK\0");
  return [dom0, ...guests].find((client) => client.session.domid === domid) ?? dom0;
}

export function describePermissions(create: Make): void {
  describe("permissions", () => {
    for (const [who, domid, list, target] of CALLERS)
      for (const letter of LETTERS)
        it.each(OPERATIONS)(`${who}, ${letter}: %s`, (_name, needs, operate) => {
          const reply = operate(prepare(create, domid, list(letter), target), 5);
          if (ALLOWED[letter]?.includes(needs) === true) expect(reply).not.toBe("!EACCES");
          else expect(reply).toBe("!EACCES");
        });

    const all: readonly (readonly [string, number, string, number?])[] = [
      ["the owner", 5, "n5"], ["the owner, against its entry", 5, "n5 n5"], ["who acts for the owner", 6, "n5", 5], ["domain 0", 0, "n5"],
    ];
    for (const [who, domid, list, target] of all)
      it.each(OPERATIONS)(`${who} may: %s`, (_name, _needs, operate) => {
        expect(operate(prepare(create, domid, list, target), 5)).not.toMatch(/EACCES|EPERM/);
      });

    it("only privileged domains give a node away", () => {
      expect(prepare(create, 5, "n5").setPerms("/n", "n6")).toBe("!EPERM");
      expect(prepare(create, 6, "n5", 5).setPerms("/n", "n6")).toBe("!EPERM");
      expect(prepare(create, 0, "n5").setPerms("/n", "n6")).toBe("OK");
    });

    it("a new node inherits its parent's list; its owner is the creator, unless that is privileged", () => {
      const store = create();
      const [dom0, guest] = clientsOf(store, 5);
      dom0.mkdir("/p");
      dom0.setPerms("/p", "w0 b5 r6");
      guest?.write("/p/q/guests", "1");
      dom0.write("/p/dom0s", "1");
      expect([dom0.perms("/p/q"), dom0.perms("/p/q/guests"), dom0.perms("/p/dom0s")]).toEqual(["w5 b5 r6", "w5 b5 r6", "w0 b5 r6"]);
    });

    it("a missing node is ENOENT only to who has access to its nearest ancestor", () => {
      expect(prepare(create, 6, "n5 r6").read("/n/x/y")).toBe("!ENOENT");
      expect(prepare(create, 6, "n5").read("/n/x/y")).toBe("!EACCES");
      expect(prepare(create, 6, "n5 w6").read("/n/x/y")).toBe("!EACCES");
    });

    it.each(["XS_CONTROL", "XS_INTRODUCE", "XS_RELEASE", "XS_IS_DOMAIN_INTRODUCED", "XS_RESUME", "XS_SET_TARGET"] as const)(
      "%s is for privileged domains", (type) => {
        const [dom0, guest] = clientsOf(create(), 5);
        expect(guest?.ask(type, "5\0")).toBe("!EACCES");
        expect(dom0.ask(type, "5\0")).not.toBe("!EACCES");
      });

    it("other privileged domains can be configured", () => {
      const store = create({ privileged: [0, 3] });
      const [dom0, three] = clientsOf(store, 3);
      dom0.write("/n", "1");
      expect([three?.read("/n"), three?.ask("XS_IS_DOMAIN_INTRODUCED", "3\0"), dom0.ask("XS_RELEASE", "3\0")]).toEqual(["1", "T\0", "!EINVAL"]);
    });
  });
}
