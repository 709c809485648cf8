/** Linux from Debian's sources with `guests/kernel.config` and one page size. Source: Linux, Documentation/kbuild. */
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { guestAsset } from "../assets.ts";
import { storeGuest, workFolder } from "./cache.ts";
import { cached, type Made, type Workshop } from "./workshop.ts";
import { unpack } from "./apt.ts";
import { KERNEL_ENV, KERNEL_SOURCE, KERNEL_TARBALL, type KERNELS, SUITE } from "./recipes.ts";
import { runTool } from "./runTool.ts";

/** How many files are compiled for an Image, about: for the progress line. */
const OBJECTS = 860;
const COMPILED = /^ {2}(?:CC|AS) +(.+)$/;

/** The sources, unpacked once for all kernels of a run. */
async function sources(shop: Workshop): Promise<string> {
  const folder = join(shop.work, KERNEL_SOURCE);
  if (shop.unpacked.has(folder)) return folder;
  const log = join(shop.logs, "sources.log");
  const apt = await shop.apt(SUITE);
  shop.step(`${KERNEL_SOURCE}: downloading 140 MB from ${SUITE}`);
  const deb = await apt.download(KERNEL_SOURCE, shop.work);
  await unpack(deb, join(shop.work, "package"), log);
  shop.step(`${KERNEL_SOURCE}: unpacking 1.3 GB into ${shop.work}`);
  await runTool("tar", ["-xJf", join(shop.work, "package", KERNEL_TARBALL), "-C", shop.work], { log });
  shop.unpacked.add(folder);
  return folder;
}

/** Builds one kernel, or takes it from the cache. */
export async function makeKernel(shop: Workshop, recipe: (typeof KERNELS)[number]): Promise<Made> {
  const { granule } = recipe;
  const base = Buffer.from(guestAsset("kernel.config")).toString();
  const config = `${base}${recipe.config.join("\n")}\n`;
  const apt = await shop.apt(SUITE);
  const madeFrom = { [KERNEL_SOURCE]: await apt.candidate(KERNEL_SOURCE), compiler: await shop.compiler() };
  return cached(shop, granule, { kind: "kernel", config, environment: Object.entries(KERNEL_ENV).flat(), ...madeFrom }, async (hash) => {
    const tree = await sources(shop);
    const build = join(shop.work, granule);
    mkdirSync(build);
    const all = join(build, "all.config");
    writeFileSync(all, config);
    const log = join(shop.logs, `${granule}.log`);
    const hint = `The folder of this build is ${build}.`;
    const make = (...args: readonly string[]): readonly string[] => ["-C", tree, `O=${build}`, ...args];
    shop.step(`${granule}: compiling with ${shop.jobs} ${shop.jobs === 1 ? "job" : "jobs"}, about 6 minutes of processor time; log ${log}`);
    await runTool("make", make(`KCONFIG_ALLCONFIG=${all}`, "allnoconfig"), { env: KERNEL_ENV, log, hint });
    let done = 0;
    const onLine = (line: string): void => {
      const file = COMPILED.exec(line)?.[1];
      if (file === undefined) return;
      done += 1;
      shop.progress(`${granule}: ${Math.min(99, Math.round((100 * done) / OBJECTS))}% ${file}`);
    };
    await runTool("make", make(`-j${shop.jobs}`, "Image"), { env: KERNEL_ENV, log, hint, onLine });
    const release = (await runTool("make", make("-s", "kernelrelease"), { env: KERNEL_ENV, log, hint })).trim();
    const result = workFolder(shop.cache, granule);
    copyFileSync(join(build, "arch/arm64/boot/Image"), join(result, "Image"));
    copyFileSync(join(build, "System.map"), join(result, "System.map"));
    copyFileSync(join(build, ".config"), join(result, "config"));
    return storeGuest(shop.cache, hash, result, { name: granule, kind: "kernel", granule, release, file: "Image", madeFrom });
  });
}
