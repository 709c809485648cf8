/** A trace in a file, a JSON object a line; lines are gathered so that a long run does not pay for each. */
import { closeSync, openSync, writeSync } from "node:fs";
import { jsonLines, type TraceSink } from "@granule/kit";
import { GranuleError } from "@granule/units";

/** @throws GranuleError GRAN0030 when it cannot be written. */
export function traceFile(path: string): { readonly sink: TraceSink; close(): void } {
  let file: number;
  try {
    file = openSync(path, "w");
  } catch (e) {
    throw new GranuleError("GRAN0030", `trace file "${path}": ${e instanceof Error ? e.message : String(e)}`, "Give a path that can be written.");
  }
  let pending: string[] = [];
  const flush = (): void => {
    writeSync(file, pending.join(""));
    pending = [];
  };
  const sink = jsonLines((line) => {
    if (pending.push(line) >= 1000) flush();
  });
  return {
    sink,
    close() {
      flush();
      closeSync(file);
    },
  };
}
