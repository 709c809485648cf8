/**
 * Gets and builds kvm-unit-tests. No Debian package has them, so the sources are a folder or a git repository that is named;
 * nothing of them is kept here. Needs aarch64-linux-gnu-gcc and make. Their licences are LGPL 2 and GPL 2.
 */
import { execFileSync, type StdioOptions } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join, resolve } from "node:path";
import type { GranuleName } from "../../packages/units/src/index.ts";
import { PROGRAMS } from "./tests.ts";

export interface Origin {
  /** Folder of the sources. */
  readonly source?: string | undefined;
  /** What `git clone` takes, and the branch or tag. */
  readonly git?: string | undefined;
  readonly ref?: string | undefined;
}

const HOW = "kvm-unit-tests is in no Debian package: give --source DIR or --git URL [--ref TAG], or set KVM_UNIT_TESTS to a folder";
const key = (...parts: readonly string[]): string => createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 12);

/** The folder of the sources; a repository is cloned into the cache once. Throws when none is named or it is none. */
export function findSources({ source, git, ref }: Origin, cache: string): string {
  if (git === undefined) {
    if (source === undefined || source === "") throw new Error(HOW);
    if (!existsSync(join(source, "arm", "unittests.cfg"))) throw new Error(`${source} has no arm/unittests.cfg; ${HOW}`);
    return resolve(source);
  }
  const folder = join(cache, "kvm-unit-tests", `git-${key(git, ref ?? "")}`);
  if (!existsSync(join(folder, "arm", "unittests.cfg"))) {
    mkdirSync(folder, { recursive: true });
    execFileSync("git", ["clone", "--quiet", "--depth=1", ...(ref === undefined ? [] : [`--branch=${ref}`]), "--", git, folder], { stdio: ["ignore", "ignore", "inherit"] });
  }
  return folder;
}

/** Builds the programs for one page size; answers the folder that has `PROGRAM.flat`. The sources stay as they are. */
export function build(sources: string, granule: GranuleName, cache: string): string {
  const compiler = execFileSync("aarch64-linux-gnu-gcc", ["--version"], { encoding: "utf8" }).split("\n")[0] ?? "";
  const folder = join(cache, "kvm-unit-tests", `${granule}-${key(sources, compiler)}`);
  const quiet = { cwd: folder, stdio: ["ignore", "ignore", "inherit"] satisfies StdioOptions };
  // they do not build outside of their sources
  cpSync(sources, folder, { recursive: true, preserveTimestamps: true, filter: (path) => ![".git", "config.mak"].includes(basename(path)) });
  if (!existsSync(join(folder, "config.mak"))) execFileSync(join(folder, "configure"), ["--arch=arm64", "--cross-prefix=aarch64-linux-gnu-", `--page-size=${granule}`], quiet);
  execFileSync("make", ["-s", `-j${availableParallelism()}`, ...PROGRAMS.map((program) => `arm/${program}.flat`)], quiet);
  return join(folder, "arm");
}
