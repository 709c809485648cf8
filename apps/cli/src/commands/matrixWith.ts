/** `--with FILE`: a module whose default export alters the machines of a run: somebody else's plugins, or a fault put in on purpose. */
import { pathToFileURL } from "node:url";
import type { Alteration } from "@granule/testkit";
import { GranuleError } from "@granule/units";

const PARTS = ["plugins", "disk", "frontend"];
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;
const isAlteration = (value: unknown): value is Alteration =>
  isRecord(value) && Object.keys(value).length > 0 && Object.entries(value).every(([key, part]) => PARTS.includes(key) && typeof part === "function");

/** Empty `path`: nothing is altered. @throws GranuleError GRAN0075 when it cannot be loaded, GRAN0076 when it exports something else. */
export async function loadAlteration(path: string): Promise<Alteration> {
  if (path === "") return {};
  let module: unknown;
  try {
    module = await import(pathToFileURL(path).href);
  } catch (e) {
    const typescript = /\.[mc]?ts$/.test(path) ? "TypeScript needs Node 22.18 or later, or tsx." : "";
    throw new GranuleError("GRAN0075", `--with "${path}": ${e instanceof Error ? e.message : String(e)}`, typescript);
  }
  const value = isRecord(module) ? module["default"] : undefined;
  if (!isAlteration(value)) throw new GranuleError("GRAN0076", `--with "${path}": its default export is no alteration`, `Export an object with functions under ${PARTS.join(", ")}: see Alteration in @granule/testkit.`);
  return value;
}
