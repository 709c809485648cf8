/**
 * The cache of guests: a folder `guests/HASH/` for each kernel, initramfs or disk, with its files and a `guest.json`
 * that describes it. HASH is of everything that it was made from, so another configuration or package version is another
 * folder. A folder appears by one rename, complete.
 */
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { findGranule, GranuleError, type GranuleName } from "@granule/units";

const GUEST_KINDS = ["kernel", "initramfs", "disk"] as const;
type GuestKind = (typeof GUEST_KINDS)[number];

/** What `guest.json` says. */
export interface GuestRecord {
  /** What users call it: "4k", "debian-16k", "initramfs". */
  readonly name: string;
  readonly kind: GuestKind;
  /** A kernel's page size. */
  readonly granule?: GranuleName;
  /** Version of the kernel, or of what the rest is made from. */
  readonly release: string;
  /** Name of the file that is the guest, in the folder of `guest.json`. */
  readonly file: string;
  /** Bytes of that file. */
  readonly size: number;
  /** SHA-256 of that file, hex. */
  readonly sha256: string;
  /** Packages and tools that it was made with, and their versions. */
  readonly madeFrom: Readonly<Record<string, string>>;
  /** When, in ISO 8601. */
  readonly made: string;
}

/** One guest of the cache. */
export interface Guest extends GuestRecord {
  readonly hash: string;
  /** Absolute path of the file. */
  readonly path: string;
}

const RECORD = "guest.json";
const HASH_DIGITS = 16;
const reason = (e: unknown): string => (e instanceof Error ? e.message : String(e));

/** The cache's folder: `chosen` (relative to `cwd`), else GRANULE_CACHE, else `granule` in XDG_CACHE_HOME or ~/.cache. */
export function cacheFolder(env: NodeJS.ProcessEnv, cwd: string, chosen?: string): string {
  const set = chosen ?? env["GRANULE_CACHE"] ?? "";
  if (set !== "") return resolve(cwd, set);
  const xdg = env["XDG_CACHE_HOME"] ?? "";
  return join(xdg !== "" ? xdg : join(env["HOME"] ?? homedir(), ".cache"), "granule");
}

/** What the folder of a guest made from `inputs` is called. The order of keys does not matter, of lists it does. */
export function hashOf(inputs: Readonly<Record<string, string | readonly string[]>>): string {
  const sorted = Object.entries(inputs).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex").slice(0, HASH_DIGITS);
}

const isStrings = (v: unknown): v is Readonly<Record<string, string>> => typeof v === "object" && v !== null && Object.values(v).every((each) => typeof each === "string");
function isRecord(v: unknown): v is GuestRecord {
  if (typeof v !== "object" || v === null) return false;
  const has = (key: string, type: "string" | "number"): boolean => typeof Reflect.get(v, key) === type;
  const granule: unknown = Reflect.get(v, "granule");
  const kind: unknown = Reflect.get(v, "kind");
  return (
    has("name", "string") && GUEST_KINDS.some((each) => each === kind) && (granule === undefined || (typeof granule === "string" && findGranule(granule)?.name === granule)) &&
    has("release", "string") && has("file", "string") && has("size", "number") && has("sha256", "string") && isStrings(Reflect.get(v, "madeFrom")) && has("made", "string")
  );
}

/** The guest in `guests/HASH`; undefined when the folder is none of a guest, or its file is gone or cut short. */
export function readGuest(cache: string, hash: string): Guest | undefined {
  const folder = join(cache, "guests", hash);
  let record: unknown;
  try {
    record = JSON.parse(readFileSync(join(folder, RECORD), "utf8"));
  } catch {
    return undefined;
  }
  if (!isRecord(record)) return undefined;
  const path = join(folder, record.file);
  return existsSync(path) && statSync(path).size === record.size ? { ...record, hash, path } : undefined;
}

/** Every guest of the cache, by name and then the newest first. A cache that is not there is empty. */
export function listGuests(cache: string): readonly Guest[] {
  const folder = join(cache, "guests");
  if (!existsSync(folder)) return [];
  const guests = readdirSync(folder).flatMap((hash) => readGuest(cache, hash) ?? []);
  return guests.toSorted((a, b) => (a.name !== b.name ? (a.name < b.name ? -1 : 1) : a.made < b.made ? 1 : -1));
}

/** The newest guest called `name`, or undefined. */
export const findGuest = (name: string, cache: string): Guest | undefined => listGuests(cache).find((guest) => guest.name === name.toLowerCase());

/** The name of the initramfs that goes with a kernel: Debian's kernels need modules of their own. */
export const initramfsOf = (kernel: string): string => (kernel.toLowerCase().startsWith("debian-") ? `${kernel.toLowerCase()}-initramfs` : "initramfs");

/**
 * The same, for a command that cannot do without it.
 * @throws GranuleError GRAN0093, which says how to get it.
 */
export function requireGuest(name: string, cache: string): Guest {
  const guest = findGuest(name, cache);
  if (guest !== undefined) return guest;
  const names = [...new Set(listGuests(cache).map((each) => each.name))];
  const how = name.startsWith("debian-") ? `granule guests fetch ${name.slice("debian-".length)}` : `granule guests build${findGranule(name) === undefined ? "" : ` ${name}`}`;
  throw new GranuleError("GRAN0093", `no guest "${name}" in ${cache}${names.length === 0 ? ", which is empty" : `, which has ${names.join(", ")}`}`, `Make it with: ${how}`);
}

/**
 * An empty folder in the cache for work in progress, on the same file system as the results.
 * @throws GranuleError GRAN0094.
 */
export function workFolder(cache: string, name: string): string {
  const folder = join(cache, "work", `${name}-${randomBytes(4).toString("hex")}`);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (e) {
    throw new GranuleError("GRAN0094", `${folder}: ${reason(e)}`, "Choose a folder that can be written: --cache DIR or GRANULE_CACHE.");
  }
  return folder;
}

/**
 * Puts a finished folder into the cache as the guest `hash`; `folder` is gone afterwards.
 * @throws GranuleError GRAN0094.
 */
export function storeGuest(cache: string, hash: string, folder: string, described: Omit<GuestRecord, "size" | "sha256" | "made">): Guest {
  const target = join(cache, "guests", hash);
  try {
    const bytes = readFileSync(join(folder, described.file));
    const record: GuestRecord = { ...described, size: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex"), made: new Date().toISOString() };
    writeFileSync(join(folder, RECORD), `${JSON.stringify(record, null, 2)}\n`);
    mkdirSync(join(cache, "guests"), { recursive: true });
    // what is there is either damaged, or the same from somebody who was faster
    rmSync(target, { recursive: true, force: true });
    renameSync(folder, target);
    return { ...record, hash, path: join(target, record.file) };
  } catch (e) {
    throw new GranuleError("GRAN0094", `${target}: ${reason(e)}`, "Choose a folder that can be written: --cache DIR or GRANULE_CACHE.");
  }
}
