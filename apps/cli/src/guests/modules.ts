/**
 * Modules out of a package of Debian's kernel, each after what it depends on. The package has no list of dependencies (depmod
 * makes it at installation), but each module says its own. Source: Linux, include/linux/module.h, MODULE_INFO and "depends".
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { runTool } from "./runTool.ts";

/** A module of a kernel. */
export interface Module {
  /** File name. */
  readonly name: string;
  readonly content: Uint8Array;
}

/** What a guest wants of a kernel that has it as modules: its disk, its network card, what is on the disk (ext4 asks for crc32c by name), Xen's file system. */
export const WANTED = ["xen-blkfront", "xen-netfront", "virtio_mmio", "virtio_blk", "virtio_net", "crc32c_generic", "ext4", "xenfs"] as const;

/** A module's name, in which - and _ are the same. */
const nameOf = (file: string): string => basename(file).replace(/\.ko(\.xz)?$/, "").replaceAll("-", "_");

/** Names that a module's own description says it depends on. */
export function dependsOf(module: Uint8Array): readonly string[] {
  const list = /(?:^|\0)depends=([^\0]*)\0/.exec(Buffer.from(module).toString("latin1"))?.[1] ?? "";
  return list.split(",").filter((name) => name !== "").map(nameOf);
}

/** The order in which `wanted` and all that they depend on can be loaded; names that `depends` does not know are built in. */
export function loadOrder(wanted: readonly string[], depends: (name: string) => readonly string[] | undefined): readonly string[] {
  const order = new Set<string>();
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const needs = depends(name);
    if (needs === undefined) return;
    for (const each of needs) visit(each);
    order.add(name);
  };
  for (const name of wanted) visit(nameOf(name));
  return [...order];
}

/** The modules that a guest wants, from an unpacked package. */
export async function modulesIn(pkg: string, log: string): Promise<readonly Module[]> {
  const folder = ["usr/lib/modules", "lib/modules"].map((each) => join(pkg, each)).find((each) => existsSync(each));
  if (folder === undefined) return [];
  const files = new Map(readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => /\.ko(\.xz)?$/.test(file)).map((file) => [nameOf(file), join(folder, file)]));
  const contents = new Map<string, Uint8Array>();
  const open = async (name: string): Promise<void> => {
    const file = files.get(name);
    if (file === undefined || contents.has(name)) return;
    if (file.endsWith(".xz")) await runTool("xz", ["-d", file], { log });
    const content = readFileSync(file.replace(/\.xz$/, ""));
    contents.set(name, content);
    for (const each of dependsOf(content)) await open(each);
  };
  for (const name of WANTED) await open(nameOf(name));
  const order = loadOrder(WANTED, (name) => {
    const content = contents.get(name);
    return content === undefined ? undefined : dependsOf(content);
  });
  return order.flatMap((name) => {
    const content = contents.get(name);
    return content === undefined ? [] : [{ name: `${name}.ko`, content }];
  });
}
