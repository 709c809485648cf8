/** Kernels of the cache in a domain of granule's: each page size on each granule of stage 2 comes to the end of init. */
import { GRANULES } from "@granule/units";
import { describe, expect, it } from "vitest";
import { granule } from "../captured.ts";
import { runs } from "../required.ts";
import { cacheFolder, findGuest } from "./cache.ts";

const cache = cacheFolder(process.env, process.cwd());
/** Several times what it takes: 35 to 45 million. */
const INSTRUCTIONS = "300000000";
const MINUTE = 60_000;

const boot = (kernel: string, ...flags: readonly string[]): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> =>
  granule(["boot", "--kernel", kernel, "--cmdline", "console=hvc0 quiet", "--instructions", INSTRUCTIONS, ...flags], { env: { GRANULE_CACHE: cache } });

const PAIRS = GRANULES.flatMap((pages) => GRANULES.map((stage2) => ({ pages, stage2: stage2.name, name: pages.name })));

describe.each(PAIRS)("the kernel $name on a stage 2 of $stage2", ({ pages, stage2, name }) => {
  const isThere = [name, "initramfs"].every((each) => findGuest(each, cache) !== undefined);
  it.runIf(runs("guests", isThere))("sees its own page size and Xen, and powers off", { timeout: 2 * MINUTE }, async () => {
    const { code, stdout, stderr } = await boot(name, "--stage2-granule", stage2);
    expect(stderr).toContain("powered off after");
    expect(stdout).toContain(`INIT pagesize(smaps)=KernelPageSize: ${pages.size / 1024} kB`);
    expect(stdout).toContain(`GT pagesize=${pages.size} `);
    expect(stdout).toMatch(/^GT fp=50\.000000 p0=5a child=0\r?$/m);
    expect(stdout).toMatch(/^INIT hypervisor=xen /m);
    expect(stdout).toMatch(/^INIT-DONE /m);
    expect(code).toBe(0);
  });
});
