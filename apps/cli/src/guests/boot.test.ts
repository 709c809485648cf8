/** The kernels of the cache are what they are called: on QEMU they come to the end of init and say their page size. */
import { execFileSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { GRANULES } from "@granule/units";
import { describe, expect, it } from "vitest";
import { inFolder } from "../captured.ts";
import { hasProgram, runs } from "../required.ts";
import { cacheFolder, findGuest, requireGuest } from "./cache.ts";

const cache = cacheFolder(process.env, process.cwd());
/** The plainest CPU with all three granules. */
const CPU = "cortex-a35";
const MINUTE = 60_000;

const bootOnQemu = (kernel: string, initramfs: string, disk: string): string =>
  execFileSync("qemu-system-aarch64", [
    "-nodefaults", "-M", "virt,gic-version=2", "-accel", "tcg", "-cpu", CPU, "-m", "256", "-display", "none", "-serial", "stdio",
    "-kernel", kernel, "-initrd", initramfs, "-append", "console=ttyAMA0 quiet", "-drive", `file=${disk},format=raw,if=none,id=disk`, "-device", "virtio-blk-device,drive=disk",
  ], { encoding: "utf8", timeout: MINUTE, stdio: ["ignore", "pipe", "pipe"] });

describe.each(GRANULES)("the kernel $name", ({ name, size }) => {
  const isThere = [name, "initramfs", "disk"].every((each) => findGuest(each, cache) !== undefined);
  it.runIf(runs("guests", isThere) && runs("qemu", hasProgram("qemu-system-aarch64")))("boots on QEMU, with a disk", { timeout: 2 * MINUTE }, () =>
    inFolder({}, async (folder) => {
      const disk = join(folder, "disk.img");
      copyFileSync(requireGuest("disk", cache).path, disk);
      const console = bootOnQemu(requireGuest(name, cache).path, requireGuest("initramfs", cache).path, disk);
      expect(console).toMatch(/^INIT-REACHED /m);
      expect(console).toContain(`INIT pagesize(smaps)=KernelPageSize: ${size / 1024} kB`);
      expect(console).toContain(`GT pagesize=${size} `);
      expect(console).toMatch(/^GT fp=50\.000000 p0=5a child=0\r?$/m);
      expect(console).toContain("hello from host disk");
      expect(console).toContain("INIT disk /dev/vda rw ok");
      expect(console).toMatch(/^INIT-DONE /m);
    }));
});
