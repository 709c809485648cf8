/** Debian's own kernels for arm64, unpacked from their packages, each with an initramfs that has its modules. */
import { copyFileSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { GranuleError } from "@granule/units";
import { unpack } from "./apt.ts";
import { initramfsOf, storeGuest, workFolder } from "./cache.ts";
import { makeInitramfs } from "./initramfs.ts";
import { modulesIn } from "./modules.ts";
import type { DEBIAN_KERNELS } from "./recipes.ts";
import { cached, type Made, type Workshop } from "./workshop.ts";

/** Fetches one kernel and makes its initramfs, or takes them from the cache. */
export async function fetchKernel(shop: Workshop, recipe: (typeof DEBIAN_KERNELS)[number]): Promise<readonly Made[]> {
  const { granule, suite, metapackage } = recipe;
  const name = `debian-${granule}`;
  const log = join(shop.logs, `${name}.log`);
  const apt = await shop.apt(suite);
  const pkg = await apt.dependency(metapackage, recipe.depends);
  const madeFrom = { [pkg]: await apt.candidate(pkg) };
  const folder = join(shop.work, name);
  const open = async (): Promise<string> => {
    if (existsSync(folder)) return folder;
    shop.step(`${name}: downloading ${pkg} from ${suite}`);
    await unpack(await apt.download(pkg, shop.work), folder, log);
    return folder;
  };
  const kernel = await cached(shop, name, { kind: "kernel", suite, ...madeFrom }, async (hash) => {
    const boot = join(await open(), "boot");
    const find = (prefix: string): string => {
      const file = readdirSync(boot).find((each) => each.startsWith(prefix));
      if (file === undefined) throw new GranuleError("GRAN0092", `${pkg} has no boot/${prefix}*`, "Use granule guests build instead.");
      return join(boot, file);
    };
    const result = workFolder(shop.cache, name);
    copyFileSync(find("vmlinuz-"), join(result, "Image"));
    copyFileSync(find("config-"), join(result, "config"));
    return storeGuest(shop.cache, hash, result, { name, kind: "kernel", granule, release: pkg.replace("linux-image-", ""), file: "Image", madeFrom });
  });
  const initramfs = await makeInitramfs(shop, initramfsOf(name), { from: madeFrom, load: async () => modulesIn(await open(), log) });
  return [kernel, initramfs];
}
