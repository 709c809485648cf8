import { describe, expect, it } from "vitest";
import { parseOrigins, sourcesFor } from "./apt.ts";

const TARGETS = [
  "Debian|main|http://mirror/debian/|bookworm|oldstable|bookworm",
  "Debian|main|http://mirror/debian/|bookworm|oldstable|bookworm",
  "Debian|contrib|http://mirror/debian/|bookworm|oldstable|bookworm",
  "Debian|main|http://mirror/debian/|bookworm-updates|oldstable-updates|bookworm-updates",
  "Debian|main|http://mirror/debian-security/|bookworm-security|oldstable-security|bookworm-security",
  "Debian Backports|main|http://mirror/debian/|bookworm-backports|oldstable-backports|bookworm-backports",
  "Somebody|main|https://elsewhere/|nodistro|nodistro|nodistro",
  "",
].join("\n");

describe("the machine's archives", () => {
  it("are Debian's own, each once", () => {
    expect(parseOrigins(TARGETS).map((o) => `${o.uri} ${o.release}`)).toEqual([
      "http://mirror/debian/ bookworm", "http://mirror/debian/ bookworm-updates", "http://mirror/debian-security/ bookworm-security",
    ]);
  });
  it("are asked for another suite in the same pockets", () => {
    expect(sourcesFor("trixie", parseOrigins(TARGETS), "/keys.gpg")).toEqual([
      "deb [signed-by=/keys.gpg] http://mirror/debian/ trixie main",
      "deb [signed-by=/keys.gpg] http://mirror/debian/ trixie-updates main",
      "deb [signed-by=/keys.gpg] http://mirror/debian-security/ trixie-security main",
    ]);
  });
  it("are asked without a key when there is no ring of Debian's, and not for pockets that are not wanted", () => {
    const origins = ["bookworm", "bookworm-backports", "bookworm-proposed-updates"].map((release) => ({ uri: "u/", release, suite: "", codename: "" }));
    expect(sourcesFor("trixie", origins, undefined)).toEqual(["deb u/ trixie main"]);
  });
});
