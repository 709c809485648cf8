/** What the commands about guests print, and the options they share. */
import { MIB } from "@granule/units";
import type { Guest } from "../guests/cache.ts";
import { Interrupted, type Made } from "../guests/workshop.ts";
import { EXIT, type ExitCode, formatTable, type Output } from "../output.ts";

export const CACHE_FLAG = { kind: "parsed", parse: (value: string): string => value, brief: "Folder of the cache; otherwise GRANULE_CACHE, or granule in XDG_CACHE_HOME or ~/.cache", optional: true } as const;

/** A number of jobs. */
export const natural = (value: string): number => {
  const n = Number(value);
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(n) || n === 0) throw new Error(`"${value}" is not a whole number of 1 or more`);
  return n;
};

const COLUMNS = ["name", "kind", "pages", "release", "size", "sha256", "path"] as const;
const DIGITS = 12;
const megabytes = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;
const row = (g: Guest): readonly string[] => [g.name, g.kind, g.granule ?? "", g.release, megabytes(g.size), g.sha256.slice(0, DIGITS), g.path];

export function printGuests(output: Output, cache: string, guests: readonly Guest[], json: boolean): void {
  if (json) output.result(JSON.stringify({ cache, guests }, null, 2));
  else if (guests.length === 0) output.note(`${cache} has no guests. Make them with: granule guests build`);
  else for (const line of formatTable([COLUMNS, ...guests.map(row)], [COLUMNS.indexOf("size")])) output.result(line);
}

const duration = (ms: number): string => (ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`);

export function printMade(output: Output, cache: string, made: readonly Made[], json: boolean): void {
  output.clearProgress();
  if (json) output.result(JSON.stringify({ cache, guests: made.map(({ guest, fresh, took }) => ({ ...guest, fresh, seconds: Math.round(took / 100) / 10 })) }, null, 2));
  else for (const line of formatTable([["name", "", "release", "sha256", "path"], ...made.map(({ guest: g, fresh, took }) => [g.name, fresh ? `made in ${duration(took)}` : "in the cache", g.release, g.sha256.slice(0, DIGITS), g.path])])) output.result(line);
}

/** Runs `body`; after Ctrl-C the command says so and ends with its own code. */
export async function unlessInterrupted(output: Output, body: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await body();
  } catch (e) {
    if (!(e instanceof Interrupted)) throw e;
    output.note("interrupted; what was finished is in the cache, the rest is cleared away");
    return EXIT.interrupted;
  }
}
