/** `granule guests` without network and compilers: what is listed, and what it says when something is missing. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { granule, inFolder } from "../captured.ts";
import { storeGuest, workFolder } from "../guests/cache.ts";

function fill(cache: string): void {
  const work = workFolder(cache, "4k");
  writeFileSync(join(work, "Image"), new Uint8Array(1_572_864));
  storeGuest(cache, "00ff", work, { name: "4k", kind: "kernel", granule: "4k", release: "6.1.1", file: "Image", madeFrom: {} });
}

describe("granule guests list", () => {
  it("is a table, or one JSON document", () =>
    inFolder({}, async (cache) => {
      fill(cache);
      const { code, stdout, stderr } = await granule(["guests", "list", "--cache", cache]);
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(/^name +kind +pages +release +size +sha256 +path\n4k +kernel +4k +6\.1\.1 +1\.5 MiB +[0-9a-f]{12} +.*guests\/00ff\/Image\n$/);
      const json = await granule(["guests", "list", "--json"], { env: { GRANULE_CACHE: cache } });
      expect(JSON.parse(json.stdout)).toMatchObject({ cache, guests: [{ name: "4k", granule: "4k", hash: "00ff", size: 1_572_864, path: join(cache, "guests/00ff/Image") }] });
    }));
  it("says how to make some when there are none", () =>
    inFolder({}, async (cwd) => {
      const { code, stdout, stderr } = await granule(["guests", "list", "--cache", "none"], { cwd });
      expect([code, stdout]).toEqual([0, ""]);
      expect(stderr).toBe(`${join(cwd, "none")} has no guests. Make them with: granule guests build\n`);
      expect(JSON.parse((await granule(["guests", "list", "--cache", "none", "--json"], { cwd })).stdout)).toEqual({ cache: join(cwd, "none"), guests: [] });
    }));
});

/** A machine that has just these programs, which do nothing. */
function machine(folder: string, programs: readonly string[]): NodeJS.ProcessEnv {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  for (const name of programs) {
    writeFileSync(join(bin, name), "#!/bin/sh\nexit 0\n");
    chmodSync(join(bin, name), 0o755);
  }
  return { PATH: bin, GRANULE_CACHE: join(folder, "cache") };
}

describe("what is missing", () => {
  it("is named in Debian's packages, with the command that installs them; nothing is done", () =>
    inFolder({}, async (folder) => {
      const { code, stdout, stderr } = await granule(["guests", "build", "4k"], { env: machine(folder, ["apt-get", "dpkg-deb", "gcc", "make", "tar", "xz", "mke2fs"]) });
      expect([code, stdout]).toEqual([4, ""]);
      expect(stderr).toContain("error[GRAN0090]: missing: bc, bison, flex, gcc-aarch64-linux-gnu, libc6-dev, libc6-dev-arm64-cross");
      expect(stderr).toContain("apt-get install -y --no-install-recommends bc bison flex gcc-aarch64-linux-gnu libc6-dev libc6-dev-arm64-cross (or give --install).");
    }));
  it("is apt itself on a machine that is no Debian", () =>
    inFolder({}, async (folder) => {
      const { code, stderr } = await granule(["guests", "fetch"], { env: machine(folder, []) });
      expect(code).toBe(4);
      expect(stderr).toContain("error[GRAN0090]: there is no apt-get on this machine");
    }));
});

it.each([
  [["build", "8k"], 2, 'error[GRAN0050]: "8k" is no granule'],
  [["build", "--jobs", "0"], 2, '"0" is not a whole number of 1 or more'],
  [["fetch", "64k"], 4, "error[GRAN0092]: Debian has no kernel with 64k pages"],
  [["list", "x"], 2, "Too many arguments"],
])("granule guests %j is refused", async (argv, status, part) => {
  const { code, stdout, stderr } = await granule(["guests", ...argv]);
  expect([code, stdout]).toEqual([status, ""]);
  expect(stderr).toContain(part);
});

it("every command's help has examples", async () => {
  for (const command of [[], ["build"], ["fetch"], ["list"]]) {
    const { code, stdout } = await granule(["guests", ...command, "--help"]);
    expect([code, stdout.includes("Examples:")], command.join(" ")).toEqual([0, true]);
  }
});
