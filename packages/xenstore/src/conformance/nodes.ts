/** READ, WRITE, MKDIR, RM, DIRECTORY, DIRECTORY_PART, and the payloads that are refused. */
import type { XsdSockmsgName } from "@granule/xen-abi";
import { describe, expect, it } from "vitest";
import type { Store, StoreOptions } from "../contract.ts";
import { clientsOf, dom0AndGuest, testClient } from "./client.ts";

/** Payloads and the documented answer to each, as domain 0 on a store that has /a. */
const PAYLOADS: readonly (readonly [XsdSockmsgName, string, string, string])[] = [
  ["XS_READ", "/a", "!EINVAL", "no terminator"],
  ["XS_READ", "", "!EINVAL", "nothing"],
  ["XS_READ", "\0", "!EINVAL", "empty path"],
  ["XS_READ", "/a\0x", "!EINVAL", "bytes behind the terminator"],
  ["XS_READ", "/a\0\0", "!EINVAL", "two terminators"],
  ["XS_READ", "//a\0", "!EINVAL", "doubled slash"],
  ["XS_READ", "/a/\0", "!EINVAL", "trailing slash"],
  ["XS_READ", "/a b\0", "!EINVAL", "space"],
  ["XS_READ", "/\u00e9\0", "!EINVAL", "not ASCII"],
  ["XS_READ", "@a\0", "!EINVAL", "special path"],
  ["XS_READ", `/${"x".repeat(3072)}\0`, "!EINVAL", "absolute path of 3073 bytes"],
  ["XS_READ", `/${"x".repeat(3071)}\0`, "!ENOENT", "absolute path of 3072 bytes"],
  ["XS_READ", `${"x".repeat(2049)}\0`, "!EINVAL", "relative path of 2049 bytes"],
  ["XS_READ", `${"x".repeat(2048)}\0`, "!ENOENT", "relative path of 2048 bytes"],
  ["XS_WRITE", "/a", "!EINVAL", "no terminator"],
  ["XS_WRITE", "/a\0", "OK\0", "empty value"],
  ["XS_WRITE", "/a\0\0x\0", "OK\0", "value with NULs"],
  ["XS_MKDIR", "/a\0x", "!EINVAL", "bytes behind the terminator"],
  ["XS_RM", "/\0", "!EINVAL", "the root"],
  ["XS_RM", "/none\0", "OK\0", "missing, its parent is there"],
  ["XS_RM", "/none/b\0", "!ENOENT", "missing, its parent too"],
  ["XS_DIRECTORY", "/a\0", "", "no children"],
  ["XS_DIRECTORY", "/none\0", "!ENOENT", "missing"],
  ["XS_DIRECTORY_PART", "/a\0", "!EINVAL", "no offset"],
  ["XS_DIRECTORY_PART", "/a\0x\0", "!EINVAL", "offset is no number"],
  ["XS_GET_PERMS", "/none\0", "!ENOENT", "missing"],
  ["XS_SET_PERMS", "/a\0", "!EINVAL", "no permission"],
  ["XS_SET_PERMS", "/a\0x1\0", "!EINVAL", "unknown letter"],
  ["XS_SET_PERMS", "/a\0r\0", "!EINVAL", "no domain"],
  ["XS_SET_PERMS", "/a\0r70000\0", "!EINVAL", "no domain id"],
  ["XS_SET_PERMS", "/a\0r32752\0", "!EINVAL", "DOMID_SELF"],
  ["XS_WATCH", "/a\0", "!EINVAL", "no token"],
  ["XS_WATCH", "/a\0t", "!EINVAL", "token without terminator"],
  ["XS_WATCH", "/a\0t\0-1\0", "!EINVAL", "depth below 0"],
  ["XS_WATCH", "/a\0t\x001\x002\0", "!EINVAL", "a fourth string"],
  ["XS_WATCH", "@x\0t\x002\0", "!EINVAL", "special path with depth 2"],
  ["XS_UNWATCH", "/a\0t\0", "!ENOENT", "not watched"],
  ["XS_UNWATCH", "/a\0", "!EINVAL", "no token"],
  ["XS_TRANSACTION_END", "T\0", "!ENOENT", "tx_id 0"],
  ["XS_TRANSACTION_END", "X\0", "!EINVAL", "neither T nor F"],
  ["XS_CONTROL", "help\0", "help\0", "the one command"],
  ["XS_CONTROL", "check\0", "!EINVAL", "another command"],
  ["XS_GET_DOMAIN_PATH", "007\0", "/local/domain/7\0", "normalised"],
  ["XS_GET_DOMAIN_PATH", "x\0", "!EINVAL", "no number"],
  ["XS_WATCH_EVENT", "/a\0t\0", "!ENOSYS", "only in replies"],
  ["XS_ERROR", "EINVAL\0", "!ENOSYS", "only in replies"],
  ["XS_GET_FEATURE", "", "!ENOSYS", "optional"],
  ["XS_INVALID", "", "!ENOSYS", "never a type"],
];

export function describeNodes(create: (options?: StoreOptions) => Store): void {
  describe("payloads", () => {
    it.each(PAYLOADS)("%s %j answers %j: %s", (type, payload, expected) => {
      const [dom0] = clientsOf(create());
      dom0.write("/a", "1");
      expect(dom0.ask(type, payload)).toBe(expected);
    });

    it.each([20, 27, 0xffffffff])("type %i answers ENOSYS", (type) => expect(testClient(create(), 0).ask(type, "/a\0")).toBe("!ENOSYS"));

    it("an unknown tx_id is ENOENT, but not for watches", () => {
      const [dom0] = clientsOf(create());
      expect(dom0.read("/", 7)).toBe("!ENOENT");
      expect(dom0.ask("XS_WATCH", "/\0t\0", 7)).toBe("OK\0");
      expect(dom0.ask("XS_UNWATCH", "/\0t\0", 7)).toBe("OK\0");
    });
  });

  describe("nodes", () => {
    it("stores values byte for byte and creates parents with empty values", () => {
      const [dom0] = clientsOf(create());
      const value = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join("");
      expect(dom0.write("/a/b/c", value)).toBe("OK");
      expect([dom0.read("/a/b/c"), dom0.read("/a"), dom0.ls("/a")]).toEqual([value, "", "b"]);
    });

    it("MKDIR leaves a value that is there", () => {
      const [dom0] = clientsOf(create());
      dom0.write("/a", "1");
      expect([dom0.mkdir("/a"), dom0.read("/a")]).toEqual(["OK", "1"]);
    });

    it("RM removes all below", () => {
      const [dom0] = clientsOf(create());
      dom0.write("/a/b/c", "1");
      expect([dom0.rm("/a"), dom0.read("/a/b/c"), dom0.ls("/")]).toEqual(["OK", "!ENOENT", ""]);
    });

    it("lists children in the order of their bytes, whatever the order of creation", () => {
      const [dom0] = clientsOf(create());
      for (const name of ["b", "a-1", "a", "Z", "a0", "0"]) dom0.write(`/d/${name}`, "");
      expect(dom0.ls("/d")).toBe("0 Z a a-1 a0 b");
    });

    it("a relative path starts at the caller's home", () => {
      const { dom0, guest } = dom0AndGuest(create());
      expect(guest.write("x/y", "1")).toBe("OK");
      expect(dom0.read("/local/domain/5/x/y")).toBe("1");
    });

    it("lists that do not fit a reply are E2BIG, and are had in parts of one generation", () => {
      const [dom0] = clientsOf(create());
      const names = Array.from({ length: 600 }, (_, i) => `name-${String(i).padStart(4, "0")}`);
      for (const name of names) dom0.mkdir(`/d/${name}`);
      expect(dom0.ls("/d")).toBe("!E2BIG");
      let list = "";
      const generations = new Set<string>();
      for (let part = ""; !part.endsWith("\0\0"); list += part) {
        const reply = dom0.ask("XS_DIRECTORY_PART", `/d\0${list.length}\0`);
        generations.add(reply.slice(0, reply.indexOf("\0")));
        part = reply.slice(reply.indexOf("\0") + 1);
      }
      expect(list).toBe(`${names.map((name) => `${name}\0`).join("")}\0`);
      expect(generations.size).toBe(1);
      dom0.rm("/d/name-0000");
      expect(dom0.ask("XS_DIRECTORY_PART", "/d\x000\0").split("\0")[0]).not.toBe([...generations][0]);
      expect(dom0.ask("XS_DIRECTORY_PART", "/d\x00999999\0")).toMatch(/^\d+\0\0$/);
    });

    it("goes as deep as a path can be long", () => {
      const [dom0] = clientsOf(create());
      const deep = "/a".repeat(1536);
      expect([dom0.write(deep, "1"), dom0.read(deep), dom0.rm("/a"), dom0.ls("/")]).toEqual(["OK", "1", "OK", ""]);
    });
  });
}
