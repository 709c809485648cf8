/** A disk for guests: 8 MiB of ext2 with a file `hello`. Guests write to it: copy it before use. */
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatBytes, kib, mib } from "@granule/units";
import { storeGuest, workFolder } from "./cache.ts";
import { runTool } from "./runTool.ts";
import { withSbin } from "./tools.ts";
import { cached, type Made, type Workshop } from "./workshop.ts";

const SIZE = mib(8);
const HELLO = "hello from host disk\n";
/** A file system without chance in it, but for its times. Its block is 4 KiB: a kernel reads no block above its page size. */
const FORMAT = ["-q", "-t", "ext2", "-b", String(kib(4)), "-U", "6772616e-756c-6500-0000-000000000001", "-E", "root_owner=0:0,hash_seed=6772616e-756c-6500-0000-000000000002"] as const;

/** Makes the disk, or takes it from the cache. */
export function makeDisk(shop: Workshop): Promise<Made> {
  return cached(shop, "disk", { kind: "disk", format: FORMAT, size: String(SIZE), hello: HELLO }, async (hash) => {
    shop.step(`disk: ${formatBytes(SIZE)} of ext2`);
    const content = join(shop.work, "disk");
    mkdirSync(content);
    writeFileSync(join(content, "hello"), HELLO);
    const result = workFolder(shop.cache, "disk");
    const image = join(result, "disk.img");
    writeFileSync(image, "");
    truncateSync(image, SIZE);
    await runTool("mke2fs", [...FORMAT, "-d", content, image], { log: join(shop.logs, "disk.log"), env: { PATH: withSbin(process.env) } });
    return storeGuest(shop.cache, hash, result, { name: "disk", kind: "disk", release: "1", file: "disk.img", madeFrom: {} });
  });
}
