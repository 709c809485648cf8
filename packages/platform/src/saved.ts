/** Numbers in typed arrays as JSON, and back with every length checked. */
import { jsonList, jsonNumber, jsonString } from "@granule/kit";
import type { Json, JsonObject } from "@granule/kit";
import { GranuleError } from "@granule/units";

type Words = Uint8Array | Uint16Array | Uint32Array | Float64Array;

export const saveWords = (words: Words): Json => [...words];
/** @throws GranuleError GRAN0018 when the state does not fit: it is of another configuration, or torn. */
export function loadWords(into: Words, state: JsonObject, name: string): void {
  const list = jsonList(state[name], name);
  if (list.length !== into.length) throw new GranuleError("GRAN0018", `the snapshot is torn: ${name} has ${list.length} numbers, not ${into.length}`);
  list.forEach((value, i) => (into[i] = jsonNumber(value, name)));
}
export const saveWide = (values: BigUint64Array): Json => [...values].map((v) => v.toString(16));
/** @throws GranuleError GRAN0018, as {@link loadWords}. */
export function loadWide(into: BigUint64Array, state: JsonObject, name: string): void {
  const list = jsonList(state[name], name);
  if (list.length !== into.length) throw new GranuleError("GRAN0018", `the snapshot is torn: ${name} has ${list.length} numbers, not ${into.length}`);
  list.forEach((value, i) => {
    const text = jsonString(value, name);
    if (!/^[0-9a-f]{1,16}$/.test(text)) throw new GranuleError("GRAN0018", `the snapshot is torn: ${name} has ${JSON.stringify(text)}, which is no 64-bit hex number`);
    into[i] = BigInt(`0x${text}`);
  });
}
