/** What the makers of guests share: folders, apt, the compiler's version, where they say what they do. */
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Apt, openApt } from "./apt.ts";
import { type Guest, hashOf, readGuest, workFolder } from "./cache.ts";
import { runTool } from "./runTool.ts";
import { CROSS } from "./tools.ts";

/** A guest, and whether it had to be made. */
export interface Made {
  readonly guest: Guest;
  readonly fresh: boolean;
  /** Milliseconds that it took. */
  readonly took: number;
}

export interface Workshop {
  readonly cache: string;
  /** Folder for intermediate files; gone at the end. */
  readonly work: string;
  /** Folder of logs; stays. */
  readonly logs: string;
  readonly jobs: number;
  /** What is unpacked in `work` already. */
  readonly unpacked: Set<string>;
  /** Apt for a suite, opened once. */
  apt(suite: string): Promise<Apt>;
  /** The cross compiler's version. */
  compiler(): Promise<string>;
  /** A line about what begins. */
  step(text: string): void;
  /** What goes on within a step, on a terminal. */
  progress(text: string): void;
}

/** Somebody pressed Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

export interface WorkshopOptions {
  readonly jobs: number;
  /** Leaves the folder for intermediate files. */
  readonly keep: boolean;
  step(text: string): void;
  progress(text: string): void;
  /** As a command's context has it. */
  onInterrupt(stop: () => void): () => void;
}

/** Folders that nobody has written to for this many milliseconds are of runs that were killed. */
const ABANDONED = 24 * 60 * 60 * 1000;
function clearAbandoned(cache: string): void {
  const folder = join(cache, "work");
  for (const name of readdirSync(folder)) {
    if (Date.now() - statSync(join(folder, name)).mtimeMs > ABANDONED) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/**
 * Opens a workshop for `body` and clears it up, unless it shall be kept.
 * @throws Interrupted when Ctrl-C was pressed, besides what `body` throws.
 */
export async function inWorkshop<T>(cache: string, { jobs, keep, step, progress, onInterrupt }: WorkshopOptions, body: (shop: Workshop) => Promise<T>): Promise<T> {
  const work = workFolder(cache, "build");
  clearAbandoned(cache);
  let isStopped = false;
  // the program that runs gets the signal too, and ends
  const listening = onInterrupt(() => void (isStopped = true));
  const logs = join(cache, "logs");
  mkdirSync(logs, { recursive: true });
  const suites = new Map<string, Promise<Apt>>();
  let version: Promise<string> | undefined;
  const shop: Workshop = {
    cache, work, logs, jobs, progress, unpacked: new Set(),
    step(text) {
      if (isStopped) throw new Interrupted();
      step(text);
    },
    apt(suite) {
      const apt = suites.get(suite) ?? openApt(cache, suite, join(logs, "apt.log"), step);
      suites.set(suite, apt);
      return apt;
    },
    compiler() {
      version ??= runTool(`${CROSS}gcc`, ["--version"]).then((text) => text.split("\n")[0] ?? "");
      return version;
    },
  };
  try {
    return await body(shop);
  } catch (e) {
    throw isStopped ? new Interrupted() : e;
  } finally {
    listening();
    if (keep) step(`intermediate files are in ${work}`);
    else rmSync(work, { recursive: true, force: true });
  }
}

/** A guest made from `inputs`: the one in the cache, or what `make` makes. */
export async function cached(shop: Workshop, name: string, inputs: Readonly<Record<string, string | readonly string[]>>, make: (hash: string) => Promise<Guest>): Promise<Made> {
  const hash = hashOf({ ...inputs, name });
  const there = readGuest(shop.cache, hash);
  if (there !== undefined) return { guest: there, fresh: false, took: 0 };
  const began = performance.now();
  const guest = await make(hash);
  return { guest, fresh: true, took: performance.now() - began };
}
