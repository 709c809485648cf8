/** Reading back what `save()` wrote: a snapshot may be torn, and then the error says which part. */
import { GranuleError } from "@granule/units";
import type { Json } from "./plugin.ts";

export type JsonObject = { readonly [k: string]: Json };
const isObject = (v: Json | undefined): v is JsonObject => typeof v === "object" && v !== null && !Array.isArray(v);
const isList = (v: Json | undefined): v is readonly Json[] => Array.isArray(v);
const torn = (what: string, kind: string): GranuleError => new GranuleError("GRAN0018", `the snapshot is torn: ${what} is no ${kind}`);

/** @throws GranuleError GRAN0018 when `v` is no object. `what` names the part. */
export function jsonObject(v: Json | undefined, what: string): JsonObject {
  if (!isObject(v)) throw torn(what, "object");
  return v;
}
/** @throws GranuleError GRAN0018 when `v` is no list. */
export function jsonList(v: Json | undefined, what: string): readonly Json[] {
  if (!isList(v)) throw torn(what, "list");
  return v;
}
/** @throws GranuleError GRAN0018 when `v` is no number. */
export function jsonNumber(v: Json | undefined, what: string): number {
  if (typeof v !== "number") throw torn(what, "number");
  return v;
}
/** @throws GranuleError GRAN0018 when `v` is no string. */
export function jsonString(v: Json | undefined, what: string): string {
  if (typeof v !== "string") throw torn(what, "string");
  return v;
}
