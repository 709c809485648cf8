/** Configuration files of the host: JSON, or a module whose default export is the configuration. */
import { readFileSync } from "node:fs";
import { dirname, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { GranuleError } from "@granule/units";
import { type Config, parseConfig } from "./config.ts";

/** A checked configuration and the folder that paths in it are relative to. */
export interface LoadedConfig {
  readonly config: Config;
  readonly folder: string;
}

const reason = (e: unknown): string => (e instanceof Error ? e.message : String(e));
const hasDefault = (m: unknown): m is { readonly default: unknown } => typeof m === "object" && m !== null && "default" in m;

async function read(path: string): Promise<unknown> {
  if (extname(path) === ".json") return JSON.parse(readFileSync(path, "utf8"));
  const module: unknown = await import(pathToFileURL(path).href);
  if (!hasDefault(module)) throw new Error("it has no default export");
  return module.default;
}

/** @throws GranuleError GRAN0030: not readable or not valid; GRAN0021, GRAN0031..GRAN0033: what it says is wrong. */
export async function loadConfig(file: string, overrides: Readonly<Record<string, unknown>> = {}): Promise<LoadedConfig> {
  const path = resolve(file);
  let raw: unknown;
  try {
    raw = await read(path);
  } catch (e) {
    const typescript = /\.[mc]?ts$/.test(path) ? "TypeScript needs Node 22.18 or later, or tsx. " : "";
    throw new GranuleError("GRAN0030", `configuration "${file}": ${reason(e)}`, `${typescript}See examples/pair.json and examples/pair.config.ts.`);
  }
  return { config: parseConfig(typeof raw === "object" && raw !== null ? { ...raw, ...overrides } : raw), folder: dirname(path) };
}
