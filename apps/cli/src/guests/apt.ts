/**
 * A private root of apt in the cache: lists and packages for arm64, for anybody, without a change to the machine. Where
 * packages come from is what the machine's own apt is set up with; another suite of Debian is asked of the same archives.
 * Sources: apt-get(8) "indextargets", apt.conf(5) "Directories", sources.list(5).
 */
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GranuleError } from "@granule/units";
import { runTool } from "./runTool.ts";

/** A suite of Debian, as apt sees it. */
export interface Apt {
  readonly suite: string;
  /** The version that would be had. @throws GranuleError GRAN0092 when there is none. */
  candidate(pkg: string): Promise<string>;
  /** The one package that a metapackage depends on whose name matches. @throws GranuleError GRAN0092. */
  dependency(pkg: string, matching: RegExp): Promise<string>;
  /** Downloads a package; its path. @throws GranuleError GRAN0091, GRAN0092. */
  download(pkg: string, folder: string): Promise<string>;
}

/** Where packages of a release come from. */
interface Origin {
  readonly uri: string;
  /** As sources.list has it: "bookworm", "bookworm-security". */
  readonly release: string;
  readonly suite: string;
  readonly codename: string;
}

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
/** Lists are asked for again after this many milliseconds. */
const FRESH = 24 * 60 * 60 * 1000;
const ARCHITECTURE = "arm64";
const FORMAT = "$(ORIGIN)|$(COMPONENT)|$(REPO_URI)|$(RELEASE)|$(SUITE)|$(CODENAME)";

/** Debian's archives among what `apt-get indextargets` printed in {@link FORMAT}. */
export function parseOrigins(text: string): readonly Origin[] {
  const rows = new Map<string, Origin>();
  for (const line of text.split("\n")) {
    const [origin, component, uri, release, suite, codename] = line.split("|");
    if (origin !== "Debian" || component !== "main" || uri === undefined || release === undefined || suite === undefined || codename === undefined) continue;
    rows.set(`${uri} ${release}`, { uri, release, suite, codename });
  }
  return [...rows.values()];
}

const POCKET = /-(?:updates|security|backports|proposed-updates)$/;
/** The archives of `origins` that can be asked for another suite: one row of sources.list each, without duplicates. */
export function sourcesFor(suite: string, origins: readonly Origin[], keyring: string | undefined): readonly string[] {
  const option = keyring === undefined ? "" : `[signed-by=${keyring}] `;
  const rows = origins.filter((o) => !/-(?:backports|proposed-updates)$/.test(o.release)).map((o) => `deb ${option}${o.uri} ${suite}${POCKET.exec(o.release)?.[0] ?? ""} main`);
  return [...new Set(rows)];
}

const serves = (o: Origin, suite: string): boolean => [o.release, o.suite, o.codename].includes(suite);

interface Root {
  readonly folder: string;
  readonly options: readonly string[];
}
function openRoot(cache: string, name: string, sources?: readonly string[]): Root {
  const folder = join(cache, "apt", name);
  for (const part of ["lists/partial", "cache/archives/partial", "parts"]) mkdirSync(join(folder, part), { recursive: true });
  const set: Record<string, string> = {
    "APT::Architecture": ARCHITECTURE, "APT::Architectures": ARCHITECTURE, "Dir::State": folder, "Dir::State::lists": join(folder, "lists"), "Dir::Cache": join(folder, "cache"),
    // the folder is the caller's, not the downloader's
    "APT::Sandbox::User": "root", "Acquire::Retries": "3", "Acquire::Languages": "none",
  };
  if (sources !== undefined) {
    writeFileSync(join(folder, "sources.list"), `${sources.join("\n")}\n`);
    Object.assign(set, { "Dir::Etc::sourcelist": join(folder, "sources.list"), "Dir::Etc::sourceparts": join(folder, "parts") });
  }
  return { folder, options: Object.entries(set).map(([key, value]) => `-o${key}=${value}`) };
}

const listsOf = (root: Root): readonly string[] => readdirSync(join(root.folder, "lists")).filter((file) => file.includes("_Packages"));

/** Asks for the lists again when they are old. A failure counts only when there are none. */
async function update(root: Root, log: string, note: (line: string) => void): Promise<void> {
  const stamp = join(root.folder, "updated");
  if (existsSync(stamp) && Date.now() - statSync(stamp).mtimeMs < FRESH) return;
  const say = (): void => note("the package lists could not all be renewed; going on with those that there are");
  try {
    // an archive that does not answer is no error to apt; the lists of earlier stay
    const said = await runTool("apt-get", [...root.options, "update"], { log });
    if (/^Err:/m.test(said)) say();
    else writeFileSync(stamp, "");
  } catch (e) {
    if (listsOf(root).length === 0) throw e;
    say();
  }
}

/** The machine's own archives for arm64. */
async function machineOrigins(cache: string, log: string, note: (line: string) => void): Promise<{ readonly root: Root; readonly origins: readonly Origin[] }> {
  const root = openRoot(cache, "machine");
  await update(root, log, note);
  const origins = parseOrigins(await runTool("apt-get", [...root.options, "indextargets", "--format", FORMAT, "Created-By: Packages"], { log }));
  if (origins.length > 0) return { root, origins };
  if (listsOf(root).length === 0) throw new GranuleError("GRAN0092", "none of the archives that this machine's apt is set up with answered", `Check the network and /etc/apt. The log is ${log}.`);
  throw new GranuleError("GRAN0092", "this machine's apt knows no archive of Debian that has arm64", "Add one to /etc/apt/sources.list.d, or use a container of Debian, such as debian:bookworm.");
}

/**
 * Apt for one suite: the machine's configuration where it has the suite, else the same archives asked for it.
 * @throws GranuleError GRAN0091 when apt fails, GRAN0092 when the suite cannot be had.
 */
export async function openApt(cache: string, suite: string, log: string, note: (line: string) => void): Promise<Apt> {
  const { root: machine, origins } = await machineOrigins(cache, log, note);
  let root = machine;
  if (!origins.some((o) => serves(o, suite))) {
    root = openRoot(cache, suite, sourcesFor(suite, origins, existsSync(KEYRING) ? KEYRING : undefined));
    await update(root, log, () => undefined).catch(() => undefined);
    if (!listsOf(root).some((file) => file.includes(`_dists_${suite}_`))) {
      const asked = [...new Set(origins.map((o) => o.uri))].join(" and ");
      throw new GranuleError("GRAN0092", `${suite} cannot be had: this machine's apt has ${[...new Set(origins.map((o) => o.release))].join(", ")}, and ${asked} did not answer for ${suite}`, `Add ${suite} to /etc/apt/sources.list.d. The log is ${log}.`);
    }
  }
  const cached = async (args: readonly string[]): Promise<string> => runTool("apt-cache", [...root.options, ...args], { log });
  const none = (pkg: string): GranuleError => new GranuleError("GRAN0092", `${suite} has no package ${pkg} for ${ARCHITECTURE}`, `The log is ${log}.`);
  return {
    suite,
    async candidate(pkg) {
      const version = /^ {2}Candidate: (.+)$/m.exec(await cached(["policy", pkg]))?.[1];
      if (version === undefined || version === "(none)") throw none(pkg);
      return version;
    },
    async dependency(pkg, matching) {
      const names = [...(await cached(["depends", pkg]).catch(() => "")).matchAll(/^ {2}Depends: (\S+)$/gm)].map((m) => m[1] ?? "");
      const name = names.find((each) => matching.test(each));
      if (name === undefined) throw none(pkg);
      return name;
    },
    async download(pkg, folder) {
      mkdirSync(folder, { recursive: true });
      await runTool("apt-get", [...root.options, "download", pkg], { cwd: folder, log });
      const file = readdirSync(folder).find((name) => name.startsWith(`${pkg}_`) && name.endsWith(".deb"));
      if (file === undefined) throw none(pkg);
      return join(folder, file);
    },
  };
}

/** Unpacks a package into a folder. */
export const unpack = (deb: string, folder: string, log: string): Promise<string> => runTool("dpkg-deb", ["-x", deb, folder], { log });

