/** A cell's script as text, so that one line repeats a shrunk failure: "write:512+4096@1024,flush,balloon,reconnect". */
import { SECTOR } from "@granule/pv-block";
import { GranuleError } from "@granule/units";
import type { Step } from "./contract.ts";
import { BUFFER, DISK } from "./script.ts";

/** No steps at all: connect and disconnect. */
const NONE = "none";

/** Steps as text: a transfer is "write:DISK+SIZE@MEMORY", in bytes. */
export const formatSteps = (steps: readonly Step[]): string =>
  steps.length === 0 ? NONE : steps.map((s) => ("at" in s ? `${s.do}:${s.at}+${s.size}@${s.memory}` : s.do)).join(",");

function parseStep(text: string): Step | undefined {
  if (text === "flush" || text === "balloon" || text === "reconnect") return { do: text };
  const [, operation, ...numbers] = /^(write|read):(\d{1,9})\+(\d{1,9})@(\d{1,9})$/.exec(text) ?? [];
  const [at = 0, size = 0, memory = 0] = numbers.map(Number);
  if (operation === undefined || size === 0 || size % SECTOR !== 0 || at % SECTOR !== 0 || at + size > DISK || memory + size > BUFFER) return undefined;
  return { do: operation === "write" ? "write" : "read", at, size, memory };
}

/** The reverse. @throws GranuleError GRAN0061 naming what is no step. */
export function parseSteps(text: string): readonly Step[] {
  if (text.trim() === NONE) return [];
  return text.split(",").map((part) => {
    const step = parseStep(part.trim());
    if (step !== undefined) return step;
    const hint = `A step is flush, balloon, reconnect, or write:DISK+SIZE@MEMORY or read:DISK+SIZE@MEMORY: bytes, DISK and SIZE multiples of ${SECTOR}, on a disk of ${DISK} and in a buffer of ${BUFFER}.`;
    throw new GranuleError("GRAN0061", `steps: "${part}" is no step`, hint);
  });
}
