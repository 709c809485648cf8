import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inFolder } from "../captured.ts";
import { cacheFolder, findGuest, type Guest, hashOf, listGuests, requireGuest, storeGuest, workFolder } from "./cache.ts";

function put(cache: string, name: string, hash: string, content = name): Guest {
  const work = workFolder(cache, name);
  writeFileSync(join(work, "Image"), content);
  const guest = storeGuest(cache, hash, work, { name, kind: "kernel", granule: "4k", release: "6.1", file: "Image", madeFrom: { "linux-source-6.1": "6.1.1-1" } });
  expect(existsSync(work)).toBe(false);
  return guest;
}

describe("where the cache is", () => {
  it.each([
    [{ HOME: "/h" }, undefined, "/h/.cache/granule"],
    [{ HOME: "/h", XDG_CACHE_HOME: "" }, undefined, "/h/.cache/granule"],
    [{ HOME: "/h", XDG_CACHE_HOME: "/x" }, undefined, "/x/granule"],
    [{ HOME: "/h", XDG_CACHE_HOME: "/x", GRANULE_CACHE: "/g" }, undefined, "/g"],
    [{ GRANULE_CACHE: "/g" }, "here", "/cwd/here"],
    [{ GRANULE_CACHE: "there" }, undefined, "/cwd/there"],
  ])("%j and --cache %s", (env, chosen, expected) => {
    expect(cacheFolder(env, "/cwd", chosen)).toBe(expected);
  });
});

describe("the hash", () => {
  it("is of what is said, not of the order of keys", () => {
    expect(hashOf({ a: "1", b: ["2", "3"] })).toBe(hashOf({ b: ["2", "3"], a: "1" }));
    expect(hashOf({ a: "1" })).toMatch(/^[0-9a-f]{16}$/);
  });
  it("differs when anything differs", () => {
    const inputs = [{ a: "1" }, { a: "2" }, { b: "1" }, { a: ["1"] }, { a: ["1", "1"] }, { a: "1", b: "" }];
    expect(new Set(inputs.map((each) => hashOf(each))).size).toBe(inputs.length);
  });
});

describe("what is stored", () => {
  it("is found by name, whatever the case, with its size and hash", () =>
    inFolder({}, async (cache) => {
      expect([listGuests(cache), findGuest("4k", cache)]).toEqual([[], undefined]);
      const guest = put(cache, "4k", "aa", "an image");
      expect(findGuest("4K", cache)).toEqual(guest);
      expect(guest).toMatchObject({ hash: "aa", size: 8, granule: "4k", path: join(cache, "guests/aa/Image"), sha256: createHash("sha256").update("an image").digest("hex") });
      expect(readFileSync(guest.path, "utf8")).toBe("an image");
      expect(readdirSync(join(cache, "work"))).toEqual([]);
    }));
  it("is the newest of its name", () =>
    inFolder({}, async (cache) => {
      put(cache, "4k", "aa");
      await new Promise((done) => setTimeout(done, 5));
      put(cache, "4k", "bb");
      put(cache, "16k", "cc");
      expect(findGuest("4k", cache)?.hash).toBe("bb");
      expect(listGuests(cache).map((g) => g.hash)).toEqual(["cc", "bb", "aa"]);
    }));
  it("takes the place of what was there", () =>
    inFolder({}, async (cache) => {
      put(cache, "4k", "aa", "old");
      put(cache, "4k", "aa", "new");
      expect(readFileSync(requireGuest("4k", cache).path, "utf8")).toBe("new");
    }));
});

it("leaves out what is damaged: no record, a record that says something else, a file cut short", () =>
  inFolder({}, async (cache) => {
    const cut = put(cache, "4k", "aa", "an image");
    truncateSync(cut.path, 3);
    for (const [hash, change] of [["bb", { kind: "planet" }], ["cc", { granule: "8k" }], ["dd", { madeFrom: { gcc: 12 } }], ["ee", { size: "8" }]] as const) {
      put(cache, "4k", hash, "an image");
      const file = join(cache, "guests", hash, "guest.json");
      writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), ...change }));
    }
    writeFileSync(join(cache, "guests", "note"), "no folder");
    expect(listGuests(cache)).toEqual([]);
  }));

it.each([
  ["16k", /no guest "16k" in .*, which is empty/, "granule guests build 16k"],
  ["initramfs", /no guest "initramfs"/, "granule guests build"],
  ["debian-16k", /no guest "debian-16k"/, "granule guests fetch 16k"],
])("says how to get %s", (name, message, hint) =>
  inFolder({}, async (cache) => {
    const caught = (): unknown => {
      try {
        return requireGuest(name, cache);
      } catch (e) {
        return e;
      }
    };
    expect(caught()).toMatchObject({ code: "GRAN0093", message: expect.stringMatching(message), hint: `Make it with: ${hint}` });
  }));

it("says when the cache cannot be written", () =>
  inFolder({ cache: "a file" }, async (folder) => {
    expect(() => workFolder(join(folder, "cache"), "x")).toThrow(expect.objectContaining({ code: "GRAN0094" }));
  }));
