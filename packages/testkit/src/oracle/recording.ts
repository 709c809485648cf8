/** Files of answers. */
import { type Json, jsonList, jsonObject, jsonString } from "@granule/kit";
import { GranuleError } from "@granule/units";
import type { Ending, Recording } from "./contract.ts";

const isEnding = (text: string): text is Ending => ["done", "refused", "hangs"].includes(text);
const isJson = (_value: unknown): _value is Json => true;

/** A file of answers, an operation a line. */
export function formatRecording({ script, subject, ending, why, domains }: Recording): string {
  const inner = Object.entries(domains).map(([tag, operations]) => {
    const lines = Object.entries(operations).map(([id, list]) => `   ${JSON.stringify(id)}: ${JSON.stringify(list)}`);
    return `  ${JSON.stringify(tag)}: {\n${lines.join(",\n")}\n  }`;
  });
  const head = Object.entries({ script, subject, ending, why }).map(([key, value]) => ` ${JSON.stringify(key)}: ${JSON.stringify(value)},`);
  return `{\n${head.join("\n")}\n "domains": {\n${inner.join(",\n")}\n }\n}\n`;
}

/** @throws GranuleError GRAN0112 when the text is no recording. */
export function parseRecording(name: string, text: string): Recording {
  try {
    const parsed: unknown = JSON.parse(text);
    const file = jsonObject(isJson(parsed) ? parsed : null, name);
    const ending = jsonString(file["ending"], "ending");
    if (!isEnding(ending)) throw new Error(`ending "${ending}"`);
    const domains = Object.entries(jsonObject(file["domains"], "domains")).map(([tag, operations]) => [
      tag, Object.fromEntries(Object.entries(jsonObject(operations, tag)).map(([id, lines]) => [id, jsonList(lines, id).map((l) => jsonString(l, id))])),
    ] as const);
    return { script: jsonString(file["script"], "script"), subject: jsonString(file["subject"], "subject"), ending, why: jsonString(file["why"], "why"), domains: Object.fromEntries(domains) };
  } catch (error) {
    throw new GranuleError("GRAN0112", `${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
