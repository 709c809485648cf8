/** Linux's own block front end against this project's back end, over every mix of granules: it mounts, reads and writes a file system. */
import { createHash } from "node:crypto";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { GRANULES } from "@granule/units";
import { describe, expect, it } from "vitest";
import { granule, inFolder } from "../captured.ts";
import { cacheFolder, findGuest, requireGuest } from "../guests/cache.ts";
import { runs } from "../required.ts";

const cache = cacheFolder(process.env, process.cwd());
const MINUTE = 60_000;
/** What init reads of the disk first. */
const READ = 1024 * 1024;
/** S1 of the front end, its G, G of the back end: each pair of granules once. */
const CASES = GRANULES.flatMap((s1, i) => GRANULES.map((back, j) => ({ s1: s1.name, front: GRANULES[(i + j) % GRANULES.length]?.name ?? "", back: back.name })));

describe.each(CASES)("S1 $s1 and G $front in front, G $back behind", ({ s1, front, back }) => {
  const isThere = [s1, "initramfs", "disk"].every((each) => findGuest(each, cache) !== undefined);
  it.runIf(runs("guests", isThere))("reads and writes what is on the disk", { timeout: 2 * MINUTE }, () =>
    inFolder({}, async (cwd) => {
      const image = join(cwd, "disk.img");
      copyFileSync(requireGuest("disk", cache).path, image);
      const before = createHash("md5").update(readFileSync(image).subarray(0, READ)).digest("hex");
      const flags = ["--kernel", requireGuest(s1, cache).path, "--initrd", requireGuest("initramfs", cache).path, "--stage2-granule", front, "--disk", image, "--disk-granule", back];
      const { code, stdout } = await granule(["boot", ...flags, "--cmdline", "console=hvc0 quiet", "--instructions", "300000000", "--json"], { cwd });
      const { console: text, disk } = JSON.parse(stdout);
      expect(text).toContain(before);
      expect(text).toContain("hello from host disk");
      expect(text).toContain("INIT disk /dev/xvda rw ok");
      expect(readFileSync(image).includes("written by guest 6.1")).toBe(true);
      // the front end speaks ABI v1: a back end whose G is larger than 4 KiB copies
      expect([disk.mapElements > 0, disk.copyBytes > READ, disk.fault]).toEqual([back === "4k", back !== "4k", ""]);
      expect(code).toBe(0);
    }));
});
