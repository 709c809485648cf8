/** What is under test: a module with somebody else's parts, or a configuration file. */
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { loadConfig } from "@granule/granule/node";
import type { Config } from "@granule/granule";
import type { Subject } from "@granule/testkit";
import { GranuleError } from "@granule/units";

const PARTS = ["plugins", "disk", "frontend", "grantTable", "store", "walk"];
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;
const isSubject = (value: unknown): value is Subject =>
  isRecord(value) && Object.keys(value).length > 0 && Object.entries(value).every(([key, part]) => PARTS.includes(key) && typeof part === "function");

export type Loaded =
  | { readonly kind: "subject"; readonly subject: Subject; readonly url: string }
  | { readonly kind: "config"; readonly config: Config };

/** @throws GranuleError GRAN0030..GRAN0033 for a configuration; GRAN0075, GRAN0076 for a module. */
export async function load(file: string): Promise<Loaded> {
  if (extname(file) === ".json") return { kind: "config", config: (await loadConfig(file)).config };
  const url = pathToFileURL(resolve(file)).href;
  let module: unknown;
  try {
    module = await import(url);
  } catch (e) {
    throw new GranuleError("GRAN0075", `"${file}": ${e instanceof Error ? e.message : String(e)}`, /\.[mc]?ts$/.test(file) ? "TypeScript needs Node 22.18 or later, or tsx." : "");
  }
  const value = isRecord(module) ? module["default"] : undefined;
  if (isRecord(value) && "domains" in value) return { kind: "config", config: (await loadConfig(file)).config };
  if (isSubject(value)) return { kind: "subject", subject: value, url };
  throw new GranuleError("GRAN0076", `"${file}": its default export is no subject`, `Export an object with functions under ${PARTS.join(", ")} (Subject in @granule/testkit), or a configuration.`);
}
