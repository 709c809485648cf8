/** The programs that guests are built with, and the Debian packages that have them. Packages are named, never guessed from errors. */
import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { GranuleError } from "@granule/units";
import { runTool } from "./runTool.ts";

export const CROSS = "aarch64-linux-gnu-";

interface Tool {
  /** Debian package. */
  readonly from: string;
  /** Whether it is there. */
  isThere(env: NodeJS.ProcessEnv): boolean;
}
function onPath(name: string, env: NodeJS.ProcessEnv): boolean {
  return (env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
const program = (name: string, from: string): Tool => ({ from, isThere: (env) => onPath(name, env) });
/** The path with what is not on everybody's: where mke2fs is. */
export const withSbin = (env: NodeJS.ProcessEnv): string => [env["PATH"] ?? "", "/usr/sbin", "/sbin"].join(delimiter);
const systemProgram = (name: string, from: string): Tool => ({ from, isThere: (env) => onPath(name, { PATH: withSbin(env) }) });
/** A compiler's C library for static linking: packages of compilers only recommend theirs. */
const library = (compiler: string, from: string): Tool => ({
  from,
  isThere(env) {
    if (!onPath(compiler, env)) return false;
    // the compiler answers a bare name for what it does not find
    return existsSync(execFileSync(compiler, ["-print-file-name=libc.a"], { encoding: "utf8", env }).trim());
  },
});
const CROSS_COMPILER = [program(`${CROSS}gcc`, "gcc-aarch64-linux-gnu"), library(`${CROSS}gcc`, "libc6-dev-arm64-cross")] as const;

const APT = [program("apt-get", "apt"), program("dpkg-deb", "dpkg")];
/** What each thing to make needs. */
const NEEDS = {
  fetch: APT,
  kernel: [
    ...APT, ...CROSS_COMPILER, program("make", "make"), program("gcc", "gcc"), library("gcc", "libc6-dev"), program("flex", "flex"), program("bison", "bison"), program("bc", "bc"), program("tar", "tar"), program("xz", "xz-utils"),
  ],
  initramfs: [...APT, ...CROSS_COMPILER],
  disk: [systemProgram("mke2fs", "e2fsprogs")],
} satisfies Readonly<Record<string, readonly Tool[]>>;
export type Need = keyof typeof NEEDS;

/** Debian packages that are missing for `needs`, sorted. */
function missingPackages(needs: readonly Need[], env: NodeJS.ProcessEnv): readonly string[] {
  const missing = needs.flatMap((need) => NEEDS[need].filter((tool) => !tool.isThere(env)).map((tool) => tool.from));
  return [...new Set(missing)].toSorted();
}

const INSTALL = ["apt-get", "install", "-y", "--no-install-recommends"] as const;
const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * Sees to it that `needs` can be met: what is missing is installed if that was asked for.
 * @throws GranuleError GRAN0090, with the command that installs what is missing.
 */
export async function requireTools(needs: readonly Need[], { env, install, log, note }: { readonly env: NodeJS.ProcessEnv; readonly install: boolean; readonly log: string; readonly note: (line: string) => void }): Promise<void> {
  const missing = missingPackages(needs, env);
  if (missing.length === 0) return;
  if (missing.includes("apt")) {
    throw new GranuleError("GRAN0090", "there is no apt-get on this machine", "Guests are made from Debian's packages: use Debian, or a container of it, such as debian:bookworm.");
  }
  const line = [...(isRoot() ? [] : ["sudo"]), ...INSTALL, ...missing].join(" ");
  if (!install) throw new GranuleError("GRAN0090", `missing: ${missing.join(", ")}`, `Install with: ${line} (or give --install).`);
  if (!isRoot()) throw new GranuleError("GRAN0090", `missing: ${missing.join(", ")}, and only root can install`, `Run: ${line}`);
  note(`installing ${missing.join(", ")}`);
  const options = { log, env: { DEBIAN_FRONTEND: "noninteractive" }, hint: `Try it yourself: ${line}` };
  await runTool("apt-get", ["-oAcquire::Retries=3", "update"], options);
  await runTool("apt-get", ["-oAcquire::Retries=3", ...INSTALL.slice(1), ...missing], options);
  const still = missingPackages(needs, env);
  if (still.length > 0) throw new GranuleError("GRAN0090", `still missing after installing: ${still.join(", ")}`, `See ${log}.`);
}
