/** The first file system of a guest: busybox, `guests/init` as the first program, and `guests/gt.c`. Not compressed: inflating costs a guest 41 million instructions. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { guestAsset } from "../assets.ts";
import { unpack } from "./apt.ts";
import { storeGuest, workFolder } from "./cache.ts";
import { cpio, type CpioEntry } from "./cpio.ts";
import { type Module, WANTED } from "./modules.ts";
import { SUITE } from "./recipes.ts";
import { runTool } from "./runTool.ts";
import { CROSS } from "./tools.ts";
import { cached, type Made, type Workshop } from "./workshop.ts";

const BUSYBOX = "busybox-static";
const COMPILE = ["-O2", "-static", "-Wl,--build-id=none"] as const;
const FOLDERS = ["bin", "dev", "mnt", "mod", "proc", "root", "sys"] as const;

/** Modules of a kernel that keeps its front ends as modules. */
interface Modules {
  /** Packages that they come from, and their versions. */
  readonly from: Readonly<Record<string, string>>;
  load(): Promise<readonly Module[]>;
}

/** What is in it: Linux wants /dev/console and /dev/null before it mounts anything there. */
export function initramfsEntries(programs: { readonly busybox: Uint8Array; readonly gt: Uint8Array }, modules: readonly Module[]): readonly CpioEntry[] {
  return [
    ...FOLDERS.map((path) => ({ path, kind: "folder" }) as const),
    { path: "bin/busybox", kind: "file", content: programs.busybox, executable: true },
    { path: "bin/gt", kind: "file", content: programs.gt, executable: true },
    { path: "bin/sh", kind: "link", to: "busybox" },
    { path: "dev/console", kind: "device", major: 5, minor: 1 },
    { path: "dev/null", kind: "device", major: 1, minor: 3 },
    { path: "init", kind: "file", content: guestAsset("init"), executable: true },
    ...modules.map(({ name, content }) => ({ path: `mod/${name}`, kind: "file", content }) as const),
    ...(modules.length === 0 ? [] : [{ path: "mod/order", kind: "file", content: Buffer.from(modules.map(({ name }) => `${name}\n`).join("")) } as const]),
  ];
}

/** Builds the initramfs `name`, or takes it from the cache. */
export async function makeInitramfs(shop: Workshop, name: string, modules?: Modules): Promise<Made> {
  const apt = await shop.apt(SUITE);
  const version = await apt.candidate(BUSYBOX);
  const madeFrom = { [BUSYBOX]: version, compiler: await shop.compiler(), ...modules?.from };
  const texts = ["init", "gt.c"].map((file) => Buffer.from(guestAsset(file)).toString());
  return cached(shop, name, { kind: "initramfs", texts, flags: COMPILE, folders: FOLDERS, modules: modules === undefined ? [] : WANTED, ...madeFrom }, async (hash) => {
    const log = join(shop.logs, `${name}.log`);
    shop.step(`${name}: ${BUSYBOX} ${version} from ${SUITE}, gt.c`);
    const box = join(shop.work, "busybox");
    await unpack(await apt.download(BUSYBOX, shop.work), box, log);
    const source = join(shop.work, "gt.c");
    const gt = join(shop.work, "gt");
    writeFileSync(source, guestAsset("gt.c"));
    await runTool(`${CROSS}gcc`, [...COMPILE, "-o", gt, source], { log });
    const result = workFolder(shop.cache, name);
    const file = "initramfs.cpio";
    writeFileSync(join(result, file), cpio(initramfsEntries({ busybox: readFileSync(join(box, "bin/busybox")), gt: readFileSync(gt) }, (await modules?.load()) ?? [])));
    return storeGuest(shop.cache, hash, result, { name, kind: "initramfs", release: version, file, madeFrom });
  });
}
